#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "fingerprint/key_file.h"
#include "fingerprint/key_impl.h"
#include "fingerprint/keyed_digest.h"
#include "revenant/fingerprint.h"
#include "util/bytes.h"

namespace revenant {
namespace {

// Appends a random link. getentropy() reports what libsodium's generator would abort on.
Result<void> AddRandomLink(KeyChain& chain) {
  MasterKey& link = chain.emplace_back();
  if (::getentropy(link.data(), link.size()) == 0) return {};
  return Error{Code::kIo, fmt::format("the system gave no randomness for a key: {}",
                                      std::generic_category().message(errno))};
}

// Says where the key came from that `error` is about.
Error Prefix(const std::string& place, Error error) {
  error.message = place + ": " + error.message;
  return error;
}

}  // namespace

Key::Key(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Key::Key(Key&&) noexcept = default;
Key& Key::operator=(Key&&) noexcept = default;
Key::~Key() = default;

Result<Key> Key::Generate() {
  KeyChain chain;
  if (auto added = AddRandomLink(chain); !added) return std::move(added).error();
  return Key(std::make_unique<Impl>(std::move(chain)));
}

Result<Key> Key::Read(const std::filesystem::path& file) {
  auto text = ReadSecretFile(file);
  if (!text) return std::move(text).error();
  auto chain = DecodeKeyFile({text->data(), text->size()});
  if (!chain) return Prefix("key file " + file.string(), std::move(chain).error());
  return Key(std::make_unique<Impl>(*std::move(chain)));
}

Result<Key> Key::FromKeeper(const std::function<Result<std::string>()>& fetch) {
  if (!fetch) return Error{Code::kInvalidArgument, "key keeper: no function to ask"};
  auto text = fetch();
  if (!text) return Prefix("key keeper", std::move(text).error());
  auto chain = DecodeKeyFile(*text);
  sodium_memzero(text->data(), text->size());
  if (!chain) return Prefix("key keeper", std::move(chain).error());
  return Key(std::make_unique<Impl>(*std::move(chain)));
}

Result<void> Key::WriteNew(const std::filesystem::path& file) const {
  const SecretText text = EncodeKeyFile(impl_->chain);
  return WriteNewSecretFile(file, {text.data(), text.size()});
}

Result<Key> Key::Rotated() const {
  if (impl_->chain.size() >= kMaxChainLinks) {
    return Error{Code::kConflict, fmt::format("the key has been rotated {} times already, which is "
                                              "the limit; enrol into a new store instead",
                                              kMaxChainLinks - 1)};
  }
  KeyChain chain;
  chain.reserve(impl_->chain.size() + 1);
  chain = impl_->chain;
  if (auto added = AddRandomLink(chain); !added) return std::move(added).error();
  return Key(std::make_unique<Impl>(std::move(chain)));
}

std::string Key::CheckValue() const { return HexEncode(CheckOf(impl_->chain)); }

std::optional<std::string> Key::PreviousCheckValue() const {
  const std::span<const MasterKey> chain = impl_->chain;
  if (chain.size() == 1) return std::nullopt;
  return HexEncode(CheckOf(chain.first(chain.size() - 1)));
}

}  // namespace revenant

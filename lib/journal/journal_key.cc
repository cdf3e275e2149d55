// Ed25519 keys (RFC 8032, by libsodium) and their files.

#include <sodium.h>

#include <algorithm>
#include <charconv>

#include "fingerprint/key_file.h"
#include "fingerprint/sha256.h"
#include "journal/base64.h"
#include "revenant/journal.h"
#include "util/bytes.h"
#include "util/try.h"
#include "util/wiping.h"

namespace revenant {
namespace {

constexpr std::string_view kNamePrefix = "revenant.journal/";
constexpr std::size_t kNameBytes = 8;
constexpr char kAlgorithm = 0x01;  // Ed25519, of C2SP signed-note

// The key file: FORMAT.md. Hexadecimal digits by libsodium, whose time does not depend on them.
constexpr std::string_view kMagic = "revenant-journal-key ";
constexpr std::string_view kHeader = "revenant-journal-key 1\n";
constexpr std::string_view kSeed = "seed ";
constexpr std::string_view kSum = "sum ";
constexpr std::size_t kSumBytes = 16;
constexpr std::size_t kFileBytes =
    kHeader.size() + kSeed.size() + 2 * crypto_sign_SEEDBYTES + 1 + kSum.size() + 2 * kSumBytes + 1;

using Seed = std::array<std::uint8_t, crypto_sign_SEEDBYTES>;

char* PutText(char* out, std::string_view text) { return std::copy(text.begin(), text.end(), out); }

char* PutHexLine(char* out, std::string_view name, std::span<const std::uint8_t> bytes) {
  out = PutText(out, name);
  sodium_bin2hex(out, 2 * bytes.size() + 1, bytes.data(), bytes.size());
  out[2 * bytes.size()] = '\n';  // in place of the zero that sodium_bin2hex ends with
  return out + 2 * bytes.size() + 1;
}

SecretText EncodeFile(const Seed& seed) {
  SecretText text(kFileBytes);
  char* end = PutHexLine(PutText(text.data(), kHeader), kSeed, seed);
  Sha256Digest digest;
  Sha256Stream stream(Sha256Best());
  stream.Update({text.data(), end});
  stream.Finish(digest);
  PutHexLine(end, kSum, std::span(digest).first<kSumBytes>());
  return text;
}

// A file is right iff it is the only text of its seed: that checks the sum and the rest in one.
Result<void> DecodeFile(const SecretText& file, Seed& seed) {
  const std::string_view text(file.data(), file.size());
  if (!text.starts_with(kMagic)) {
    return Error{Code::kInvalidArgument, "this is not a journal key"};
  }
  if (!text.starts_with(kHeader) && text.size() > kMagic.size() && text[kMagic.size()] != '1') {
    return Error{Code::kUnsupportedFormat,
                 "the journal key was made by a later version of Revenant; use that version"};
  }
  const Error damaged{Code::kCorruption, "the journal key is damaged; put back a copy of it"};
  if (text.size() != kFileBytes ||
      sodium_hex2bin(seed.data(), seed.size(), text.data() + kHeader.size() + kSeed.size(),
                     2 * seed.size(), nullptr, nullptr, nullptr) != 0) {
    return damaged;
  }
  const SecretText only = EncodeFile(seed);
  if (sodium_memcmp(only.data(), text.data(), only.size()) != 0) return damaged;
  return {};
}

std::array<std::uint8_t, 4> KeyId(std::string_view name, std::span<const std::uint8_t> key) {
  Sha256Stream stream(Sha256Best());
  stream.Update(name);
  stream.UpdateByte('\n');
  stream.UpdateByte(kAlgorithm);
  stream.Update(AsView(key));
  Sha256Digest digest;
  stream.Finish(digest);
  return {digest[0], digest[1], digest[2], digest[3]};
}

}  // namespace

// --- Public

Result<JournalPublicKey> JournalPublicKey::Parse(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  const Error bad{Code::kInvalidArgument,
                  "this is not the public key of a journal (one line, NAME+ID+BASE64)"};
  const std::size_t first = text.find('+');
  if (first == 0 || first == std::string_view::npos) return bad;
  const std::size_t second = text.find('+', first + 1);
  if (second == std::string_view::npos) return bad;
  JournalPublicKey key;
  key.name_ = text.substr(0, first);
  const auto bytes = FromBase64(text.substr(second + 1));
  if (!bytes || bytes->size() != 1 + key.bytes_.size() || bytes->front() != kAlgorithm) return bad;
  std::copy(bytes->begin() + 1, bytes->end(), key.bytes_.begin());
  if (key.ToText() != text) return bad;  // its id is another key's, or the name has odd characters
  if (key.name_.find_first_of(" \t\r\n") != std::string::npos || !IsUtf8(key.name_)) return bad;
  return key;
}

std::string JournalPublicKey::ToText() const {
  std::string text = name_ + '+' + HexEncode(id()) + '+';
  AppendBase64(text, std::string(1, kAlgorithm).append(AsView(bytes_)));
  return text;
}

bool JournalPublicKey::Verify(std::string_view text, std::string_view signature) const {
  return signature.size() == crypto_sign_BYTES &&
         crypto_sign_verify_detached(AsBytes(signature).data(), AsBytes(text).data(), text.size(),
                                     bytes_.data()) == 0;
}

std::array<std::uint8_t, 4> JournalPublicKey::id() const { return KeyId(name_, bytes_); }

// --- Secret

struct JournalKey::Impl {
  Wiped<Seed> seed;
  Wiped<std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES>> secret;
  JournalPublicKey public_key;

  // Everything else follows from the seed.
  void Derive() {
    crypto_sign_seed_keypair(public_key.bytes_.data(), secret.value.data(), seed.value.data());
    Sha256Digest digest;
    Sha256Stream stream(Sha256Best());
    stream.Update(AsView(public_key.bytes_));
    stream.Finish(digest);
    public_key.name_ = std::string(kNamePrefix) + HexEncode(std::span(digest).first<kNameBytes>());
  }
};

JournalKey::JournalKey(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
JournalKey::JournalKey(JournalKey&&) noexcept = default;
JournalKey& JournalKey::operator=(JournalKey&&) noexcept = default;
JournalKey::~JournalKey() = default;

Result<JournalKey> JournalKey::Generate() {
  if (sodium_init() < 0) return Error{Code::kIo, "the system gave no randomness for a journal key"};
  auto impl = std::make_unique<Impl>();
  randombytes_buf(impl->seed.value.data(), impl->seed.value.size());
  impl->Derive();
  return JournalKey(std::move(impl));
}

Result<JournalKey> JournalKey::Read(const std::filesystem::path& file) {
  TRY_ASSIGN(const SecretText text, ReadSecretFile(file));
  auto impl = std::make_unique<Impl>();
  if (Result<void> read = DecodeFile(text, impl->seed.value); !read) {
    return Error{read.error().code, "key file " + file.string() + ": " + read.error().message};
  }
  impl->Derive();
  return JournalKey(std::move(impl));
}

Result<void> JournalKey::WriteNew(const std::filesystem::path& file) const {
  const SecretText text = EncodeFile(impl_->seed.value);
  return WriteNewSecretFile(file, {text.data(), text.size()});
}

const JournalPublicKey& JournalKey::public_key() const { return impl_->public_key; }

std::string JournalKey::Sign(std::string_view text) const {
  std::array<std::uint8_t, crypto_sign_BYTES> signature;
  crypto_sign_detached(signature.data(), nullptr, AsBytes(text).data(), text.size(),
                       impl_->secret.value.data());
  return std::string(AsView(signature));
}

}  // namespace revenant

#include "exchange/files/member_keys.h"

#include <sodium.h>

#include <algorithm>

#include "fingerprint/key_file.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

// A key file is these lines, each a label and 64 hexadecimal digits; the root's public key stands
// for its secret where that is kept elsewhere. The last line is a digest of all before it.
constexpr std::string_view kHeader = "revenant-member-key 1\n";
constexpr std::string_view kRoot = "root ", kRootPublic = "root-public ", kSigning = "signing ",
                           kReceiving = "receiving ", kKeeping = "keeping ", kSum = "sum ";
constexpr std::size_t kDigits = 64;

void PutText(SecretText& out, std::string_view text) {
  out.insert(out.end(), text.begin(), text.end());
}

void PutLine(SecretText& out, std::string_view label, const std::array<std::uint8_t, 32>& bytes) {
  PutText(out, label);
  const std::size_t at = out.size();
  out.resize(at + kDigits + 1);
  sodium_bin2hex(out.data() + at, kDigits + 1, bytes.data(), bytes.size());
  out.back() = '\n';
}

bool TakeLine(std::string_view& text, std::string_view label, std::array<std::uint8_t, 32>& out) {
  if (!text.starts_with(label) || text.size() < label.size() + kDigits + 1) return false;
  text.remove_prefix(label.size());
  const int failed =
      sodium_hex2bin(out.data(), out.size(), text.data(), kDigits, nullptr, nullptr, nullptr);
  text.remove_prefix(kDigits);
  if (failed != 0 || text.front() != '\n') return false;
  text.remove_prefix(1);
  return true;
}

std::string_view ViewOf(const SecretText& text) { return {text.data(), text.size()}; }

Error Damaged() {
  return {Code::kCorruption, "the member key is damaged; restore it from its back-up"};
}

}  // namespace

void MemberKeys::DeriveKeys(bool with_root) {
  Secrets& secrets = state_->secrets.value;
  if (with_root) {
    state_->root.emplace(secrets.root);
    state_->root_key = state_->root->key();
  }
  state_->signing.emplace(secrets.signing);
  crypto_scalarmult_base(state_->receiving_key.data(), secrets.receiving.data());
}

Result<MemberKeys> MemberKeys::Generate() {
  if (sodium_init() < 0) return Error{Code::kIo, "the system gives no randomness"};
  MemberKeys keys;
  randombytes_buf(&keys.state_->secrets.value, sizeof(Secrets));
  keys.DeriveKeys(true);
  return keys;
}

Result<MemberKeys> MemberKeys::NextGeneration() const {
  TRY_ASSIGN(MemberKeys next, Generate());
  Secrets& secrets = next.state_->secrets.value;
  secrets.root = state_->secrets.value.root;
  secrets.keeping = state_->secrets.value.keeping;
  next.state_->root_key = state_->root_key;
  next.state_->root.reset();
  next.DeriveKeys(has_root());
  return next;
}

void MemberKeys::KeepingKey(std::string_view purpose, Wiped<Secret>& key) const {
  std::string message = "revenant/keeping/1";
  PutLengthPrefixed(message, purpose);
  const Secret& keeping = state_->secrets.value.keeping;
  crypto_generichash(key.value.data(), key.value.size(), AsBytes(message).data(), message.size(),
                     keeping.data(), keeping.size());
}

SecretText MemberKeys::Encode(bool with_root) const {
  const Secrets& secrets = state_->secrets.value;
  SecretText text;
  text.reserve(1024);  // more than the longest: it never moves
  PutText(text, kHeader);
  if (with_root) {
    PutLine(text, kRoot, secrets.root);
  } else {
    PutLine(text, kRootPublic, state_->root_key);
  }
  PutLine(text, kSigning, secrets.signing);
  PutLine(text, kReceiving, secrets.receiving);
  PutLine(text, kKeeping, secrets.keeping);
  PutLine(text, kSum, DigestOf(ViewOf(text)));
  return text;
}

Result<MemberKeys> MemberKeys::Decode(std::string_view text) {
  const std::string_view whole = text;
  if (!text.starts_with("revenant-member-key ")) {
    return Error{Code::kInvalidArgument, "this is not a member key"};
  }
  if (!text.starts_with(kHeader)) {
    return Error{Code::kUnsupportedFormat, "the member key was made by a later version"};
  }
  text.remove_prefix(kHeader.size());
  MemberKeys keys;
  Secrets& secrets = keys.state_->secrets.value;
  const bool with_root = TakeLine(text, kRoot, secrets.root);
  if (!with_root && !TakeLine(text, kRootPublic, keys.state_->root_key)) return Damaged();
  std::array<std::uint8_t, 32> sum{};
  if (!TakeLine(text, kSigning, secrets.signing) ||
      !TakeLine(text, kReceiving, secrets.receiving) ||
      !TakeLine(text, kKeeping, secrets.keeping) || !TakeLine(text, kSum, sum) || !text.empty()) {
    return Damaged();
  }
  keys.DeriveKeys(with_root);
  // Keys have one text only: comparing with it checks the sum and the case of the digits at once.
  const SecretText only = keys.Encode(with_root);
  if (only.size() != whole.size() || sodium_memcmp(only.data(), whole.data(), only.size()) != 0) {
    return Damaged();
  }
  return keys;
}

Result<MemberKeys> MemberKeys::Read(const std::filesystem::path& file) {
  if (sodium_init() < 0) return Error{Code::kIo, "the system gives no randomness"};
  TRY_ASSIGN(const SecretText text, ReadSecretFile(file));
  Result<MemberKeys> keys = Decode(ViewOf(text));
  if (!keys) return Error{keys.error().code, file.string() + ": " + keys.error().message};
  return keys;
}

Result<void> MemberKeys::WriteNew(const std::filesystem::path& file, bool with_root) const {
  if (with_root && !has_root()) {
    return Error{Code::kInvalidArgument, "these keys hold no root secret to write"};
  }
  return WriteNewSecretFile(file, ViewOf(Encode(with_root)));
}

}  // namespace revenant

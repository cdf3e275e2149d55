#include "exchange/files/member_keys.h"

#include <sodium.h>

#include "fingerprint/secret_file.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

// The root's public key stands for its secret where that is kept elsewhere.
constexpr SecretFormat kFormat = {
    .header = "revenant-member-key 1\n",
    .sum = SecretSum::kBlake2b,
    .another = "this is not a member key",
    .later = "the member key was made by a later version",
    .damaged = "the member key is damaged; restore it from its back-up",
};
constexpr std::string_view kRoot = "root ", kRootPublic = "root-public ", kSigning = "signing ",
                           kReceiving = "receiving ", kKeeping = "keeping ";
constexpr std::size_t kMaxFileBytes = 1024;

std::string_view ViewOf(const SecretText& text) { return {text.data(), text.size()}; }

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
  SecretWriter out(kFormat, kMaxFileBytes);
  if (with_root) {
    out.Line(kRoot, secrets.root);
  } else {
    out.Line(kRootPublic, state_->root_key);
  }
  out.Line(kSigning, secrets.signing);
  out.Line(kReceiving, secrets.receiving);
  out.Line(kKeeping, secrets.keeping);
  return out.Finish();
}

Result<MemberKeys> MemberKeys::Decode(std::string_view text) {
  TRY_ASSIGN(SecretReader in, SecretReader::Open(kFormat, text));
  MemberKeys keys;
  Secrets& secrets = keys.state_->secrets.value;
  const bool with_root = in.Line(kRoot, secrets.root);
  if ((!with_root && !in.Line(kRootPublic, keys.state_->root_key)) ||
      !in.Line(kSigning, secrets.signing) || !in.Line(kReceiving, secrets.receiving) ||
      !in.Line(kKeeping, secrets.keeping)) {
    return in.Damaged();
  }
  keys.DeriveKeys(with_root);
  TRY(in.Finish(keys.Encode(with_root)));
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

// Ed25519 keys (RFC 8032, by libsodium) and their files.

#include <sodium.h>

#include <algorithm>
#include <charconv>

#include "fingerprint/secret_file.h"
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

// FORMAT.md has the file.
constexpr SecretFormat kFormat = {
    .header = "revenant-journal-key 1\n",
    .sum = SecretSum::kSha256,
    .another = "this is not a journal key",
    .later = "the journal key was made by a later version of Revenant; use that version",
    .damaged = "the journal key is damaged; put back a copy of it",
};
constexpr std::string_view kSeed = "seed ";
constexpr std::size_t kMaxFileBytes = 256;

using Seed = std::array<std::uint8_t, crypto_sign_SEEDBYTES>;

SecretText EncodeFile(const Seed& seed) {
  SecretWriter out(kFormat, kMaxFileBytes);
  out.Line(kSeed, seed);
  return out.Finish();
}

Result<void> DecodeFile(const SecretText& text, Seed& seed) {
  TRY_ASSIGN(SecretReader in, SecretReader::Open(kFormat, {text.data(), text.size()}));
  if (!in.Line(kSeed, seed)) return in.Damaged();
  return in.Finish(EncodeFile(seed));
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

#include "exchange/crypto/at_rest.h"

#include <sodium.h>

#include "util/bytes.h"

namespace revenant {
namespace {

constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kMacBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(kNonceBytes + kMacBytes == kSealBytes);
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == sizeof(SealKey));

}  // namespace

std::string Seal(const SealKey& key, std::string_view place, std::string_view content) {
  std::string sealed(kSealBytes + content.size(), '\0');
  auto* bytes = reinterpret_cast<unsigned char*>(sealed.data());
  randombytes_buf(bytes, kNonceBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + kNonceBytes, nullptr, AsBytes(content).data(),
                                             content.size(), AsBytes(place).data(), place.size(),
                                             nullptr, bytes, key.data());
  return sealed;
}

bool Unseal(const SealKey& key, std::string_view place, std::string_view sealed,
            SecretText& content) {
  if (sealed.size() < kSealBytes) return false;
  content.resize(sealed.size() - kSealBytes);
  const auto* bytes = AsBytes(sealed).data();
  return crypto_aead_xchacha20poly1305_ietf_decrypt(
             reinterpret_cast<unsigned char*>(content.data()), nullptr, nullptr,
             bytes + kNonceBytes, sealed.size() - kNonceBytes, AsBytes(place).data(), place.size(),
             bytes, key.data()) == 0;
}

}  // namespace revenant

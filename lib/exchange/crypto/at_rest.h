// What a member keeps for itself, sealed: XChaCha20-Poly1305 with a random nonce, under a key that
// is derived for one purpose, and bound to its place by associated data, so that nothing sealed can
// be put where something else belongs. FORMAT.md, "Sealed at rest", has the bytes.
// Threads: pure functions. Errors: nullopt or false where the key, the place or the bytes are
// others.
#ifndef REVENANT_EXCHANGE_CRYPTO_AT_REST_H_
#define REVENANT_EXCHANGE_CRYPTO_AT_REST_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "util/wiping.h"

namespace revenant {

using SealKey = std::array<std::uint8_t, 32>;
inline constexpr std::size_t kSealBytes = 24 + 16;  // nonce and mac, beside the content

std::string Seal(const SealKey& key, std::string_view place, std::string_view content);
[[nodiscard]] bool Unseal(const SealKey& key, std::string_view place, std::string_view sealed,
                          SecretText& content);

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_CRYPTO_AT_REST_H_

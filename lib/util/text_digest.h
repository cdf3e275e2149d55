#ifndef REVENANT_UTIL_TEXT_DIGEST_H_
#define REVENANT_UTIL_TEXT_DIGEST_H_

#include <sodium.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "util/bytes.h"

namespace revenant {

// Blake2bHex() (util/digest.h) of a text that comes in pieces. Hex() once, after the last.
class TextDigest {
 public:
  TextDigest() { crypto_generichash_init(&state_, nullptr, 0, crypto_generichash_BYTES); }
  void Add(std::string_view piece) {
    crypto_generichash_update(&state_, AsBytes(piece).data(), piece.size());
  }
  std::string Hex() {
    std::array<std::uint8_t, crypto_generichash_BYTES> digest;
    crypto_generichash_final(&state_, digest.data(), digest.size());
    return HexEncode(digest);
  }

 private:
  crypto_generichash_state state_;
};

}  // namespace revenant

#endif  // REVENANT_UTIL_TEXT_DIGEST_H_

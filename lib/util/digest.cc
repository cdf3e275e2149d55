#include "util/digest.h"

#include <sodium.h>

#include <array>
#include <cstdint>

#include "util/bytes.h"

namespace revenant {

std::string Blake2bHex(std::string_view text) {
  std::array<std::uint8_t, 32> digest;
  crypto_generichash(digest.data(), digest.size(), AsBytes(text).data(), text.size(), nullptr, 0);
  return HexEncode(digest);
}

}  // namespace revenant

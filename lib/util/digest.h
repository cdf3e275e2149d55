#ifndef REVENANT_UTIL_DIGEST_H_
#define REVENANT_UTIL_DIGEST_H_

#include <string>
#include <string_view>

namespace revenant {

// BLAKE2b-256 in hex: of texts that are public anyway, never of identifiers.
std::string Blake2bHex(std::string_view text);

}  // namespace revenant

#endif  // REVENANT_UTIL_DIGEST_H_

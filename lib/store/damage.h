#ifndef REVENANT_STORE_DAMAGE_H_
#define REVENANT_STORE_DAMAGE_H_

#include <string>
#include <string_view>

#include "revenant/result.h"

namespace revenant {

// What can be done about damage that nothing here mends. (An export is for comparison: nothing
// reads it back.)
inline constexpr std::string_view kPutBack =
    "put back a copy of the folder that was made while the store was closed";

inline Error DamageIn(std::string_view place) {
  return {Code::kCorruption, std::string(place) + ": " + std::string(kPutBack)};
}

}  // namespace revenant

#endif  // REVENANT_STORE_DAMAGE_H_

#ifndef REVENANT_STORE_DAMAGE_H_
#define REVENANT_STORE_DAMAGE_H_

#include <string>
#include <string_view>

#include "revenant/result.h"

namespace revenant {

// What can be done about damage that nothing here mends.
inline constexpr std::string_view kPutBack =
    "put back a copy: `revenant restore` makes a store of a checkpoint, a back-up or an `export "
    "--facts`";

inline Error DamageIn(std::string_view place) {
  return {Code::kCorruption, std::string(place) + ": " + std::string(kPutBack)};
}

}  // namespace revenant

#endif  // REVENANT_STORE_DAMAGE_H_

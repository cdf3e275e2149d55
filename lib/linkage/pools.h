#ifndef REVENANT_LINKAGE_POOLS_H_
#define REVENANT_LINKAGE_POOLS_H_

#include <string_view>

#include "revenant/identifier.h"
#include "revenant/link_policy.h"

namespace revenant {

// What the kind of an account becomes that lies in a pool: "pay.iban.pool".
inline constexpr std::string_view kPoolSuffix = ".pool";

// Makes an account that begins as one of the policy's pools says (KindPolicy::pools) one of its
// provider's: of another kind, without what derives from it. This needs the value as it was typed,
// so a list of pools holds for what is seen from then on; what was taken in before stays as it is
// until it is withdrawn and seen again.
// Threads: pure.
void TakeAsPooled(const LinkPolicy& policy, Normalized& normal);

}  // namespace revenant

#endif  // REVENANT_LINKAGE_POOLS_H_

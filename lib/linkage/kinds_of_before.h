#ifndef REVENANT_LINKAGE_KINDS_OF_BEFORE_H_
#define REVENANT_LINKAGE_KINDS_OF_BEFORE_H_

#include <string_view>

#include "revenant/link_policy.h"

namespace revenant {

// What rules 1 said of a kind where a policy has no section for it: the table of kinds as it stood
// then, frozen, so that stores and certificates of before are judged as they were. nullptr: the
// kind came later. Threads: any number.
const KindPolicy* KindOfBefore(std::string_view name);

}  // namespace revenant

#endif  // REVENANT_LINKAGE_KINDS_OF_BEFORE_H_

#ifndef REVENANT_POLICY_TEXT_H_
#define REVENANT_POLICY_TEXT_H_

#include <string>
#include <vector>

#include "revenant/link_policy.h"
#include "revenant/policy.h"

namespace revenant {

// A whole policy as the file that sets it: every setting written out. Pure functions.
std::string PolicyToml(const LinkPolicy& links, const EnforcementPolicy& enforcement);

// What the second of two such files says otherwise than the first, by name:
// "[verdict] block_bits: 9 -> 7".
std::vector<std::string> DifferingSettings(const std::string& before, const std::string& after);

}  // namespace revenant

#endif  // REVENANT_POLICY_TEXT_H_

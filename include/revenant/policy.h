#ifndef REVENANT_POLICY_H_
#define REVENANT_POLICY_H_

#include <string>
#include <string_view>

#include "revenant/case_file.h"
#include "revenant/clocks.h"
#include "revenant/duty.h"
#include "revenant/exchange_policy.h"
#include "revenant/knowledge.h"
#include "revenant/result.h"
#include "revenant/sanctions.h"

namespace revenant {

// What follows from a link: the numbers of every rule in the headers above. A value type.
struct EnforcementPolicy {
  SanctionPolicy sanctions;   // [sanctions]
  KnowledgePolicy knowledge;  // [knowledge]
  DutyPolicy duty;            // [duty], [duty.TYPE]
  ClockPolicy clocks;         // [clocks], [clocks.NAME]
  ExchangePolicy exchange;    // [exchange], [exchange.listed_days], [exchange.only_to]
  friend bool operator==(const EnforcementPolicy&, const EnforcementPolicy&) = default;
};

// Reads these sections of a policy file; those of link_policy.h are left to ParseLinkPolicy(),
// which leaves these: both read the same file. `file` names the source in errors. kInvalidArgument
// with "file:line:column: ..." for a syntax error, an unknown section or key, a wrong type, a
// number out of range, thresholds that contradict each other.
Result<EnforcementPolicy> ParseEnforcementPolicy(std::string_view toml, std::string_view file);

// The same policy as TOML, every setting written out, canonical: parsing it returns an equal
// policy.
std::string FormatEnforcementPolicy(const EnforcementPolicy& policy);

}  // namespace revenant

#endif  // REVENANT_POLICY_H_

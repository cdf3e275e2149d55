#ifndef REVENANT_LINKAGE_VALUE_READER_H_
#define REVENANT_LINKAGE_VALUE_READER_H_

// The one way from a typed value to the identifiers that count: normalised, accounts in pools taken
// as their provider's, junk as the policy says.
// Threads: one at a time. Lifetime: within that of the policy and its junk. Cost: Normalize().

#include <string_view>

#include "linkage/junk_values.h"
#include "revenant/identifier.h"
#include "revenant/link_policy.h"
#include "revenant/record.h"

namespace revenant {

// Does a value of the kind have check digits?
bool HasCheckDigits(std::string_view kind);

// How a value reads before the policy's list of junk is asked.
struct ReadsAs {
  bool junk = false;          // by itself, regardless of the policy
  bool digits_agree = false;  // if it is of a kind with check digits
};
ReadsAs ReadValue(const LinkPolicy& policy, const JunkValues& junk, const Attribute& value,
                  Normalized& out);

class ValueReader {
 public:
  ValueReader(const LinkPolicy& policy, const JunkValues& junk) : policy_(&policy), junk_(&junk) {}

  // Valid until the next call.
  const Normalized& Read(const RawAttribute& raw);

  // Of the value that was read last: it is junk by itself, regardless of what a policy says.
  bool reads_junk() const { return reads_as_.junk; }
  // Of the value that was read last, if it is of a kind with check digits: they agree.
  bool check_digits_agree() const { return reads_as_.digits_agree; }

 private:
  const LinkPolicy* policy_;
  const JunkValues* junk_;
  Normalized normal_;  // its memory serves one value after another
  ReadsAs reads_as_;
};

}  // namespace revenant

#endif  // REVENANT_LINKAGE_VALUE_READER_H_

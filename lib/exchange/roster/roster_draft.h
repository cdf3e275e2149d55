#ifndef REVENANT_EXCHANGE_ROSTER_ROSTER_DRAFT_H_
#define REVENANT_EXCHANGE_ROSTER_ROSTER_DRAFT_H_

// From what members agreed on, written down as JSON, to a roster that they can sign. FORMAT.md,
// "Drafting a roster", has the members of the object.
// Threads: pure but for `read_card`. Errors: kInvalidArgument naming the member of the JSON;
// Refusal names for cards that do not hold.

#include <string_view>

#include "exchange/roster/roster.h"
#include "revenant/exchange_membership.h"
#include "revenant/exchange_policy.h"

namespace revenant {

// `after`: the roster that it is to follow; nullptr makes a genesis. `defaults` has the quotas of
// members for which the JSON names none.
Result<Roster> DraftRoster(std::string_view json, const SignedRoster* after,
                           const ReadCard& read_card, const ExchangePolicy& defaults = {});

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_ROSTER_ROSTER_DRAFT_H_

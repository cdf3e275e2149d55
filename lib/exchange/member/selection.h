#ifndef REVENANT_EXCHANGE_MEMBER_SELECTION_H_
#define REVENANT_EXCHANGE_MEMBER_SELECTION_H_

// What of a registry may be shared with others: confirmed infringers' own, directly observed,
// linking, non-hub identifiers, each case by itself; nothing inferred, nothing that rests on
// another member's word, nothing that its country keeps.
// Threads: reads one view. Cost: one pass over all sellers, and the rows of the banned ones.

#include <map>
#include <string_view>

#include "exchange/files/entry.h"
#include "exchange/member/membership.h"
#include "revenant/exchange_feeds.h"
#include "revenant/exchange_policy.h"
#include "revenant/link_policy.h"

namespace revenant {

// One entry that the list is to have.
struct Candidate {
  SellerId seller{};
  Fingerprint fingerprint;
  std::string kind;
  ExchangeReason reason = ExchangeReason::kOther;
  std::uint8_t infringements = 0;
  DayNumber banned_on = 0, expires_on = 0;
  std::string evidence;  // what is held, for the salted digest
};
using CandidateKey = std::pair<SellerId, Fingerprint>;
struct Selection {
  std::map<CandidateKey, Candidate> wanted;
  ExportPlan plan;  // what was left out; `kinds` and `sellers` of what was not
};

// `countries` are those to which the list goes.
Result<Selection> Select(const View& view, const LinkPolicy& policy, const ExchangePolicy& rules,
                         std::string_view home, const std::vector<std::string>& countries,
                         Time now);

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_MEMBER_SELECTION_H_

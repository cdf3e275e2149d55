#ifndef REVENANT_EXCHANGE_SELECTION_H_
#define REVENANT_EXCHANGE_SELECTION_H_

// What of a registry may be told to others: confirmed infringers' own, directly observed, linking,
// non-hub identifiers, each case by itself; nothing inferred, nothing that rests on another
// member's word, nothing that its country keeps.
// Threads: reads one view. Cost: one pass over all sellers, and the rows of the banned ones.

#include <map>
#include <string_view>

#include "exchange/entry.h"
#include "exchange/membership.h"
#include "revenant/exchange_feeds.h"
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
Result<Selection> Select(const View& view, const LinkPolicy& policy, std::string_view home,
                         const std::vector<std::string>& countries, Time now);

// May an identifier of `kind` that is held in `home` go to `country`? By a table: kinds of Chinese
// authorities stay in China by default (Personal Information Protection Law, articles 38 to 40).
bool MayLeave(std::string_view kind, std::string_view home, std::string_view country);

// How long an entry of `kind` is listed.
std::uint16_t ListedDays(std::string_view kind);

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_SELECTION_H_

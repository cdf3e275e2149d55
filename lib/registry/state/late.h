#ifndef REVENANT_REGISTRY_STATE_LATE_H_
#define REVENANT_REGISTRY_STATE_LATE_H_

// Rule 10, from LinkPolicy::rules 2 on: a seller that first carried a fingerprint after the first
// ban in force among its carriers does not count towards its limit, so that flooding it frees
// nobody. Every local carrier's ban counts, leaf or not, whenever that carrier came to it; a
// carrier since an unknown time counts. README.md beside this file says what each question costs.
// Threads, errors: those of the view.

#include <cstdint>

#include "registry/state/kind_policies.h"
#include "store/view.h"

namespace revenant {

inline bool LeavesOutLate(const LinkPolicy& policy) { return policy.rules >= 2; }

// When the earliest of a seller's bans in force was set; ObservationRow::kNever: there is none.
// Cost: a scan of its bans.
Result<std::int64_t> FirstBan(const View& view, SellerId seller);

// The same where rule 10 counts it: of our own platform's sellers, under rules 2.
Result<std::int64_t> CountedBan(const View& view, const LinkPolicy& policy, SellerId seller,
                                const SellerRow& row);

// Since when a seller carries a fingerprint, which it must: Time::kUnknownMicros where no live
// sighting has a date. Cost: the seller's observations.
Result<std::int64_t> FirstSighting(const View& view, SellerId seller,
                                   const Fingerprint& fingerprint);

// How many enrolled carriers must be left out so that the fingerprint is no hub; 0: it is none
// anyway, or is one all the same. Judged without the carrier `without`, which is one of
// `row.enrolled` unless `enrolled` says so.
// Cost: nothing where the number of carriers or of bans settles it; else of few carriers (32) their
// rows, of many two seeks and as many rows as the limit.
Result<std::uint64_t> LateCarriers(const View& view, const KindPolicies& kinds,
                                   const Fingerprint& fingerprint, const FingerprintRow& row,
                                   std::uint64_t enrolled, SellerId without);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_STATE_LATE_H_

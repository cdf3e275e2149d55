#ifndef REVENANT_REGISTRY_STATE_LIVE_H_
#define REVENANT_REGISTRY_STATE_LIVE_H_

#include <algorithm>
#include <functional>
#include <map>
#include <vector>

#include "store/view.h"

namespace revenant {

// What the registers of an observation say today (DESIGN.md section 5, "Facts are registers").
struct Shown {
  bool live = false;
  Time first, last;  // shown from max(first, through)
};

// `every_source` is the register that withdraws a root attribute from all sources at once.
inline Shown Show(const ObservationRow& row, std::int64_t every_source) {
  const std::int64_t through = std::max(row.through, every_source);
  Shown shown;
  shown.live = row.last > through;
  shown.first = Time{std::max(row.first, through)};
  shown.last = Time{row.last};
  return shown;
}

struct LiveObservation {
  const ObservationKey& key;  // both live as long as the visit
  const ObservationRow& row;
  Shown shown;
};

// Live observations of a seller, in key order. Cost: one scan of the seller's rows.
Result<void> ForEachLive(const View& view, SellerId seller,
                         const std::function<Result<bool>(LiveObservation&)>& visit);

// Which fingerprints (not junk) a seller carries, and in how many live observations each.
struct Carried {
  Fingerprint fingerprint;
  WordId kind{};
  std::uint32_t observations = 0;
};
Result<std::vector<Carried>> CarriedBy(const View& view, SellerId seller);

// When a seller was first seen with each of them, as far as its live observations say.
struct FirstSeen {
  WordId kind{};
  Time first;
  friend bool operator==(const FirstSeen&, const FirstSeen&) = default;
};
using FirstSightings = std::map<Fingerprint, FirstSeen>;
Result<FirstSightings> FirstSightingsOf(const View& view, SellerId seller);

// A time by which joins are ordered: unknown comes last.
inline std::int64_t SortableTime(Time time) { return time.known() ? time.micros : INT64_MAX; }

}  // namespace revenant

#endif  // REVENANT_REGISTRY_STATE_LIVE_H_

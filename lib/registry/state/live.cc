#include "registry/state/live.h"

#include <algorithm>

#include "util/try.h"

namespace revenant {

Result<void> ForEachLive(const View& view, SellerId seller,
                         const std::function<Result<bool>(LiveObservation&)>& visit) {
  // Source numbers sort kEverySource first, so its register is known before the rows it governs.
  struct {
    const std::function<Result<bool>(LiveObservation&)>& visit;
    Fingerprint root;
    std::int64_t every_source = ObservationRow::kNever;
  } state{visit};  // as one, so that the function below fits into std::function without allocating
  return view.ForEachObservation(
      seller, [&state](const ObservationKey& key, const ObservationRow& row) -> Result<bool> {
        if (key.root != state.root) state.every_source = ObservationRow::kNever;
        state.root = key.root;
        if (key.source == kEverySource) {
          state.every_source = row.through;
          return true;
        }
        LiveObservation observation{key, row, Show(row, state.every_source)};
        return observation.shown.live ? state.visit(observation) : true;
      });
}

Result<std::vector<Carried>> CarriedBy(const View& view, SellerId seller) {
  std::vector<Carried> carried;
  TRY(ForEachLive(view, seller, [&](LiveObservation& observation) -> Result<bool> {
    for (const ObservationRow::Item& item : observation.row.items) {
      if (!item.junk) carried.push_back({item.fingerprint, item.kind, 1});
    }
    return true;
  }));
  std::sort(carried.begin(), carried.end(),
            [](const Carried& a, const Carried& b) { return a.fingerprint < b.fingerprint; });
  std::size_t kept = 0;
  for (const Carried& item : carried) {
    if (kept > 0 && carried[kept - 1].fingerprint == item.fingerprint) {
      ++carried[kept - 1].observations;
    } else {
      carried[kept++] = item;
    }
  }
  carried.resize(kept);
  return carried;
}

Result<FirstSightings> FirstSightingsOf(const View& view, SellerId seller) {
  FirstSightings sightings;
  TRY(ForEachLive(view, seller, [&](LiveObservation& observation) -> Result<bool> {
    const Time seen = observation.shown.first;
    for (const ObservationRow::Item& item : observation.row.items) {
      if (item.junk) continue;
      const auto [place, fresh] = sightings.emplace(item.fingerprint, FirstSeen{item.kind, seen});
      Time& first = place->second.first;
      if (!fresh && SortableTime(seen) < SortableTime(first)) first = seen;
    }
    return true;
  }));
  return sightings;
}

}  // namespace revenant

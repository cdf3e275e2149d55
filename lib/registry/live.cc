#include "registry/live.h"

#include <algorithm>

#include "util/try.h"

namespace revenant {

Result<void> ForEachLive(const View& view, SellerId seller,
                         const std::function<Result<bool>(LiveObservation&)>& visit) {
  // Source numbers sort kEverySource first, so its register is known before the rows it governs.
  Fingerprint root;
  std::int64_t every_source = ObservationRow::kNever;
  return view.ForEachObservation(
      seller, [&](const ObservationKey& key, const ObservationRow& row) -> Result<bool> {
        if (key.root != root) every_source = ObservationRow::kNever;
        root = key.root;
        if (key.source == kEverySource) {
          every_source = row.through;
          return true;
        }
        LiveObservation observation{key, row, Show(row, every_source)};
        return observation.shown.live ? visit(observation) : true;
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

}  // namespace revenant

#ifndef REVENANT_REGISTRY_STATE_SIGHTING_H_
#define REVENANT_REGISTRY_STATE_SIGHTING_H_

// How what was seen goes into registers: the same for one event and for a bulk load.

#include <algorithm>
#include <vector>

#include "store/rows.h"

namespace revenant {

// The register of known times only: unknown says nothing about when something began.
inline std::int64_t EarlierKnown(std::int64_t a, std::int64_t b) {
  if (a <= Time::kUnknownMicros) return std::max(a, b);
  if (b <= Time::kUnknownMicros) return a;
  return std::min(a, b);
}

inline void AddSighting(ObservationRow& row, std::int64_t first, std::int64_t last) {
  row.first = EarlierKnown(row.first, first);
  row.last = std::max(row.last, last);
}
inline void AddSighting(ObservationRow& row, Time seen) {
  AddSighting(row, seen.micros, seen.micros);
}

// The items must be sorted once the last one is in.
inline void AddItem(std::vector<ObservationRow::Item>& items, const ObservationRow::Item& item) {
  const auto same = std::find_if(items.begin(), items.end(), [&](const auto& known) {
    return known.fingerprint == item.fingerprint;
  });
  if (same == items.end()) {
    items.push_back(item);
  } else {
    same->junk |= item.junk;
    same->verified |= item.verified;
    same->checked |= item.checked;
    same->reads_junk |= item.reads_junk;
  }
}

}  // namespace revenant

#endif  // REVENANT_REGISTRY_STATE_SIGHTING_H_

#ifndef REVENANT_REGISTRY_APPLY_EVENT_RUN_H_
#define REVENANT_REGISTRY_APPLY_EVENT_RUN_H_

// What one event is about, and the results of applying it so far.

#include <cstdint>
#include <map>

#include "registry/state/counts.h"
#include "revenant/registry.h"
#include "revenant/time.h"
#include "store/store.h"

namespace revenant {

struct EventRun {
  SellerId cause = kNoSeller;  // the seller that it is about
  std::uint8_t event = 0;      // which event (event_names.h)
  Time at;                     // its own time
  Counts counts;
  Applied applied;
};

// A seller whose row an event changes.
struct EventSeller {
  SellerId id{};
  SellerRow before, after;
  bool is_new = false;  // got its number from this event: no row names it yet
  // The earliest of its bans in force, where rule 10 asks; kNever: none, or another platform's.
  std::int64_t ban_before = ObservationRow::kNever, ban_after = ObservationRow::kNever;
};

// How many live observations of a fingerprint a seller gained or lost.
struct CarryDelta {
  WordId kind{};
  std::int64_t observations = 0;
  std::int64_t first = ObservationRow::kNever;  // earliest known sighting of what it has now
  bool redated = false;  // it may carry it since another time, with the same number
  bool lost = false;     // an observation of it is gone or later
};
using CarryDeltas = std::map<Fingerprint, CarryDelta>;

// A fingerprint of the seller whose row, class or joins an event touches.
struct Touch {
  Fingerprint fingerprint;
  WordId kind{};
  std::uint32_t before = 0, after = 0;  // live observations by the seller
  // Since when it carries it, where its own row among many carriers says so.
  std::int64_t first_before = ObservationRow::kNever, first_after = ObservationRow::kNever;
  FingerprintRow row_before, row_after;
};

// Deletes every row whose key begins with `prefix`. Errors: the batch's.
Result<void> DeletePrefix(Batch& batch, Table table, const std::string& prefix);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_APPLY_EVENT_RUN_H_

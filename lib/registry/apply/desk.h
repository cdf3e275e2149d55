#ifndef REVENANT_REGISTRY_APPLY_DESK_H_
#define REVENANT_REGISTRY_APPLY_DESK_H_

// Where decisions are entered (rule 12): what an event must be when somebody stamps it. The
// function that applies it asks none of this, since there order must not matter. Threads: belongs
// to one batch.

#include <vector>

#include "registry/apply/applier.h"
#include "revenant/event.h"
#include "revenant/registry.h"
#include "store/store.h"

namespace revenant {

class Desk {
 public:
  explicit Desk(Time received) : received_(received) {}

  // Applies an event that may be entered. Errors: as Registry::Enter.
  Result<Applied> Pass(const Batch& batch, Applier& applier, const Event& event);

  // One for each event; empty ones for those that were refused.
  std::vector<Entered> TakeEntered() { return std::move(entered_); }

 private:
  const Time received_;
  std::vector<Entered> entered_;
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_APPLY_DESK_H_

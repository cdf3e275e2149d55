#ifndef REVENANT_REGISTRY_APPLY_DESK_H_
#define REVENANT_REGISTRY_APPLY_DESK_H_

// Where decisions are entered (rule 12): what must hold for an event when it is entered. The
// function that applies it asks none of this, since there order must not matter. Threads: belongs
// to one batch.

#include <vector>

#include "revenant/event.h"
#include "revenant/registry.h"
#include "store/view.h"

namespace revenant {

class Desk {
 public:
  explicit Desk(Time received) : received_(received) {}

  // Before an event is applied: may it be entered? Errors: as Registry::Enter.
  Result<void> Admit(const View& view, const Event& event);
  // After it: what it came to and what still stands.
  Result<void> Note(const View& view, const Event& event, const Applied& applied);

  // One for each event that came to be admitted; empty ones for those that were refused.
  std::vector<Entered> TakeEntered() { return std::move(entered_); }

 private:
  const Time received_;
  std::vector<Entered> entered_;
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_APPLY_DESK_H_

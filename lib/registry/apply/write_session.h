#ifndef REVENANT_REGISTRY_APPLY_WRITE_SESSION_H_
#define REVENANT_REGISTRY_APPLY_WRITE_SESSION_H_

// The one way to write: wait for the turn, build a batch, enter it in the journal and the filter,
// commit. A session that ends without Commit() leaves no trace.
// Threads: a turn or a session belongs to one; turns are taken one at a time. Errors: kConflict
// (opened for reading only), and where it says so.

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/log.h"
#include "registry/answer/serving.h"
#include "registry/apply/foreign_leaf.h"
#include "revenant/registry.h"
#include "util/mutex.h"

namespace revenant {

class Applier;
class Desk;
class Recorder;

// What one writer leaves for the next.
struct WriterState {
  explicit WriterState(Access how) : access(how) {}

  const Access access;
  Mutex mutex;                    // one turn at a time
  Actor actor GUARDED_BY(mutex);  // the actor of calls that name none
  // Empty: to be read from the store.
  std::optional<JournalLog> journal GUARDED_BY(mutex);
};

class WriterTurn {
 public:
  // Waits for the writers before.
  static Result<WriterTurn> Take(Serving& serving, WriterState& state);

  // The end of the journal. A session that commits gives the new one back; after a failure it is
  // read again from the store.
  Result<JournalLog> TakeJournal();
  void GiveBack(JournalLog log);
  Actor ActorOr(const Actor& named) const;
  // Lets the next writer in.
  void End() { lock_.unlock(); }

 private:
  WriterTurn(Serving& serving, WriterState& state)
      : serving_(&serving), state_(&state), lock_(state.mutex) {}
  Serving* serving_;
  WriterState* state_;
  std::unique_lock<Mutex> lock_;
};

class WriteSession {
 public:
  struct Options {
    Actor actor;                          // fields left empty: those of ActAs()
    const std::string* import = nullptr;  // the input whose records the events are
    bool exchange = false;                // it may be what joins an exchange
  };
  static Result<std::unique_ptr<WriteSession>> Begin(Serving& serving, WriterState& state,
                                                     const Options& options);
  // Takes no turn and can't be committed: shows what a batch would hold. Also over a store that was
  // opened for reading.
  static std::unique_ptr<WriteSession> Rehearse(Serving& serving);

  ~WriteSession();

  Batch& batch() { return *batch_; }
  const LinkPolicy& policy() const { return *policy_; }

  // Applies an event, through `desk` if it is being entered, and notes it in the journal if it
  // changed anything. After an error the batch is no good: see ApplyOrUndo().
  Result<Applied> Apply(const Event& event, Desk* desk = nullptr);
  // The same; after an error the batch is as it was before the event.
  Result<Applied> ApplyOrUndo(const Event& event, Desk* desk = nullptr);

  // Makes a foreign case what `leaf` says, as of the moment `at`, alerts included. The same leaf
  // again changes nothing. An alert about an erased case names it no more.
  Result<void> Mirror(const ForeignLeaf& leaf, Time at);
  std::uint32_t new_alerts() const { return new_alerts_; }  // by Mirror()

  // What else the journal is to remember; returns the entry's number (Recorder::Enter).
  Result<std::uint64_t> Enter(std::string_view type, std::string_view body,
                              const std::vector<SellerName>& about);

  // Ends the session. Waiting for the disk is done after the turn, so that those who wait for it
  // wait together. kIo: the disk.
  Result<void> Commit(Durability durability);

 private:
  explicit WriteSession(Serving& serving);
  void Follow(std::shared_ptr<const LinkPolicy> policy);

  Serving& serving_;
  std::optional<WriterTurn> turn_;  // none: a rehearsal
  bool exchange_ = false;
  std::unique_ptr<Batch> batch_;
  std::shared_ptr<const LinkPolicy> policy_before_, policy_;
  std::shared_ptr<const JunkList> junk_;
  std::unique_ptr<Applier> applier_;    // under policy_
  std::unique_ptr<Recorder> recorder_;  // none: a rehearsal
  std::uint32_t new_alerts_ = 0;
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_APPLY_WRITE_SESSION_H_

#ifndef REVENANT_REGISTRY_ANSWER_GATE_H_
#define REVENANT_REGISTRY_ANSWER_GATE_H_

// What every screening passes first: the policy and the taint filter of one state, published
// without a lock on the readers' side, and kept right beside the writer.
//
// The filter is made when screenings ask for it (or WaitUntilFilled() does): read back from the
// file that a clean close left, if nothing was written since, else filled from a snapshot on
// threads of its own while screenings ask the store. What is written meanwhile is entered as well.
// It is filled again when it is overfull, or when an event tainted more than it may wait for,
// together with the table of rows in memory if that is wanted.
// Threads: readers any number; where it says "writer" below the registry's writer mutex is held.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "registry/answer/published.h"
#include "registry/answer/row_table.h"
#include "registry/answer/taint_filter.h"
#include "revenant/link_policy.h"
#include "store/store.h"
#include "util/mutex.h"

namespace revenant {

class Gate {
 public:
  // One published state of affairs.
  struct Watch {
    std::shared_ptr<const LinkPolicy> policy;
    std::shared_ptr<TaintFilter> filter;
    // While a policy is being changed: the state before, which the old policy belongs to.
    std::shared_ptr<const View> pinned;
    // Rows in memory, where they were asked for and are there already.
    std::shared_ptr<RowTable> rows;
  };
  // Rows and the policy that goes with them.
  struct State {
    std::shared_ptr<const View> view;
    std::shared_ptr<const LinkPolicy> policy;
    std::shared_ptr<const TaintFilter> filter;
  };

  enum class Born : std::uint8_t { kNow, kBefore };  // a store just made has nothing to fill from
  // `writer` serialises what writers do. `rows_bytes`: for rows in memory (row_table.h); 0: none.
  Gate(Store& store, std::shared_ptr<const LinkPolicy> policy, Born born, std::uint64_t rows_bytes,
       Mutex& writer);
  // Stops filling; leaves the filter in a file if it is whole.
  ~Gate();

  auto Read() const { return watch_.Read(); }
  // Snapshot and policy of one state.
  State Now() const;

  // A screening asked the store for want of a filter; enough of them have it filled.
  void NoteAsked();
  // Returns once the filter stands. kIo, kCorruption: the store could not be read.
  Result<void> WaitUntilFilled();

  // Returns once nothing that was asked for is being filled.
  Result<void> WaitUntilIdle();

  // The caller holds `writer`: clang cannot see it where a lock moves.
  void AssertWriting() const ASSERT_CAPABILITY(writer_) {}
  // Writer: what a batch adds and touches, before it is committed.
  void Enter(const TaintAdditions& additions, const Batch& batch);
  // Writer: commits by `commit` with the policy changed as of the same moment.
  Result<void> ChangePolicy(std::shared_ptr<const LinkPolicy> policy,
                            const std::function<Result<void>()>& commit);
  // Of a reader, with the writer mutex held: `go_on` takes the store to a newer state and returns
  // its policy, or nullptr if nothing is new.
  Result<void> Follow(const std::function<Result<std::shared_ptr<const LinkPolicy>>()>& go_on);
  std::shared_ptr<const LinkPolicy> policy() const { return Read()->policy; }

 private:
  void Publish(std::shared_ptr<const LinkPolicy> policy, std::shared_ptr<TaintFilter> filter,
               std::shared_ptr<RowTable> rows = nullptr,
               std::shared_ptr<const View> pinned = nullptr);
  void Demand();
  void Work();
  Result<void> Fill();
  Result<std::unique_ptr<TaintFilter>> FilterOf(const State& state, const Store::Stamp& stamp);
  Result<std::shared_ptr<RowTable>> RowsOf(const State& state);
  void LeaveFile() const;

  static constexpr int kPatience = 16;  // screenings to wait for before building a filter

  Store& store_;
  const std::uint64_t rows_bytes_;
  Mutex& writer_;
  Published<Watch> watch_;

  // What was entered while a filter is being filled, for the new one.
  bool filling_ GUARDED_BY(writer_) = false;
  TaintAdditions meanwhile_ GUARDED_BY(writer_);
  RowTouches touched_meanwhile_ GUARDED_BY(writer_);
  RowTouches touches_ GUARDED_BY(writer_);  // of the batch at hand

  std::atomic<int> asked_{0};
  // A reader's filter lasts until the writer writes: filling it must not take all of the time.
  std::atomic<std::int64_t> quiet_until_{0};
  std::atomic<bool> stop_{false};
  std::optional<Store::Stamp> file_stamp_;  // of the file that was read, the worker's until it ends
  Mutex work_ ACQUIRED_AFTER(writer_);
  CondVar changed_;
  std::uint64_t demands_ GUARDED_BY(work_) = 0;
  std::uint64_t served_ GUARDED_BY(work_) = 0;
  Result<void> last_fill_ GUARDED_BY(work_);
  std::thread worker_ GUARDED_BY(work_);  // started at the first demand
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_ANSWER_GATE_H_

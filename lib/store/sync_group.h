#ifndef REVENANT_STORE_SYNC_GROUP_H_
#define REVENANT_STORE_SYNC_GROUP_H_

#include <atomic>
#include <cstdint>
#include <functional>

#include "revenant/result.h"
#include "util/mutex.h"

namespace revenant {

// Lets callers that wait for the disk wait together: the first of them syncs the log for all that
// wrote before it began, the others wait for it, and the next one syncs for all that came
// meanwhile.
// Threads: any number.
class SyncGroup {
 public:
  explicit SyncGroup(std::function<Result<void>()> sync) : sync_(std::move(sync)) {}

  // Something was written to the log: returns its number, from 1. Writes come one after the other.
  std::uint64_t Wrote() { return ++written_; }
  std::uint64_t written() const { return written_; }

  // Returns once everything up to write number `through` survives power loss. An error concerns
  // every write since the last sync.
  Result<void> Wait(std::uint64_t through) {
    MutexLock lock(mutex_);
    while (synced_ < through) {
      if (syncing_) {
        changed_.Wait(mutex_);
        continue;
      }
      syncing_ = true;
      const std::uint64_t reached = written_;
      lock.Unlock();
      Result<void> done = sync_();
      lock.Lock();
      syncing_ = false;
      ++syncs_;
      if (done) synced_ = reached;
      changed_.NotifyAll();
      if (!done) return done;
    }
    return {};
  }

  // How often the log was synced.
  std::uint64_t syncs() const {
    const MutexLock lock(mutex_);
    return syncs_;
  }

 private:
  const std::function<Result<void>()> sync_;
  std::atomic<std::uint64_t> written_{0};
  mutable Mutex mutex_;
  CondVar changed_;
  bool syncing_ GUARDED_BY(mutex_) = false;
  std::uint64_t synced_ GUARDED_BY(mutex_) = 0;
  std::uint64_t syncs_ GUARDED_BY(mutex_) = 0;
};

}  // namespace revenant

#endif  // REVENANT_STORE_SYNC_GROUP_H_

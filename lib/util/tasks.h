#ifndef REVENANT_UTIL_TASKS_H_
#define REVENANT_UTIL_TASKS_H_

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <new>
#include <utility>

#include "revenant/result.h"
#include "util/crew.h"
#include "util/mutex.h"

namespace revenant {

// Threads that work through numbered tasks, started in the order of their numbers. The caller
// waits, and is asked from time to time whether to continue.
class Tasks {
 public:
  using Work = std::function<Result<void>(std::size_t task)>;

  Tasks(unsigned threads, std::function<bool()> go_on)
      : threads_(std::max(1U, threads)), go_on_(std::move(go_on)) {}

  // Returns when all tasks are done, or no more are begun because one failed (its error) or the
  // caller asked to stop (then stopped()). Where the system gives fewer threads, fewer work; where
  // it gives none, the caller's does. kIo: memory ran out in a task.
  Result<void> Run(std::size_t count, const Work& work) {
    std::atomic<std::size_t> next{0};
    {
      MutexLock lock(mutex_);
      left_ = std::min<std::size_t>(threads_, count);
    }
    Crew crew;  // joined before what its threads look at goes
    for (std::size_t started = 0; started < std::min<std::size_t>(threads_, count); ++started) {
      if (crew.Start([&] {
            for (std::size_t task = next++; task < count && !halted(); task = next++) {
              DoOne(work, task);
            }
            MutexLock lock(mutex_);
            --left_;
            changed_.NotifyAll();
          })) {
        continue;
      }
      MutexLock lock(mutex_);
      left_ -= std::min<std::size_t>(threads_, count) - started;
      break;
    }
    if (crew.size() == 0) {
      for (std::size_t task = 0; task < count && !halted(); ++task) {
        if (go_on_ && !go_on_()) stopped_ = true;
        if (!stopped_) DoOne(work, task);
      }
    }
    MutexLock lock(mutex_);
    while (left_ > 0) {
      changed_.WaitFor(mutex_, std::chrono::milliseconds(50));
      if (stopped_ || !go_on_ || halted()) continue;
      lock.Unlock();
      if (!go_on_()) stopped_ = true;
      lock.Lock();
    }
    lock.Unlock();
    crew.Join();
    lock.Lock();
    return outcome_;
  }

  bool stopped() const { return stopped_; }
  // What runs long, or waits for another task, looks here.
  bool halted() const { return stopped_ || failed_; }
  unsigned threads() const { return threads_; }

 private:
  void DoOne(const Work& work, std::size_t task) {
    try {
      if (Result<void> done = work(task); !done) Fail(std::move(done).error());
    } catch (const std::bad_alloc&) {  // would end the process, leaving a thread
      Fail({Code::kIo, "not enough memory"});
    }
  }

  void Fail(Error error) {
    MutexLock lock(mutex_);
    if (!failed_) outcome_ = std::move(error);
    failed_ = true;
  }

  const unsigned threads_;
  const std::function<bool()> go_on_;
  Mutex mutex_;
  CondVar changed_;
  std::atomic<bool> stopped_{false}, failed_{false};
  std::size_t left_ GUARDED_BY(mutex_) = 0;  // threads at work
  Result<void> outcome_ GUARDED_BY(mutex_);
};

}  // namespace revenant

#endif  // REVENANT_UTIL_TASKS_H_

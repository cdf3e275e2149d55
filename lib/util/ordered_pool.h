#ifndef REVENANT_UTIL_ORDERED_POOL_H_
#define REVENANT_UTIL_ORDERED_POOL_H_

#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <utility>

#include "util/crew.h"
#include "util/mutex.h"

namespace revenant {

// Threads that work on jobs side by side and hand them back in the order in which they were given.
// At most `capacity` jobs are under way, so memory is bounded. The caller feeds and takes from one
// thread: while Full(), Take() before the next Give(). Where the system gives fewer threads, fewer
// work; where it gives none, Take() does. What `work` throws is thrown by Take().
template <typename Job>
class OrderedPool {
 public:
  OrderedPool(unsigned threads, std::size_t capacity, std::function<void(Job&)> work)
      : capacity_(capacity), work_(std::move(work)) {
    for (unsigned i = 0; i < threads && crew_.Start([this] { Run(); }); ++i) {
    }
  }
  // Jobs that were not started are dropped.
  ~OrderedPool() {
    {
      MutexLock lock(mutex_);
      stopping_ = true;
    }
    given_.NotifyAll();
    crew_.Join();
  }
  OrderedPool(const OrderedPool&) = delete;
  OrderedPool& operator=(const OrderedPool&) = delete;

  // The caller alone changes slots_, so these take no lock.
  bool Full() const NO_THREAD_SAFETY_ANALYSIS { return slots_.size() >= capacity_; }
  bool Empty() const NO_THREAD_SAFETY_ANALYSIS { return slots_.empty(); }

  void Give(std::unique_ptr<Job> job) {
    MutexLock lock(mutex_);
    slots_.push_back({std::move(job), false, nullptr});
    waiting_.push_back(&slots_.back());
    given_.NotifyOne();
  }

  // The oldest job; waits until it is done. There must be one.
  std::unique_ptr<Job> Take() {
    MutexLock lock(mutex_);
    if (crew_.size() == 0) DoNext();
    while (!slots_.front().done) done_.Wait(mutex_);
    Slot slot = std::move(slots_.front());
    slots_.pop_front();
    if (slot.thrown) std::rethrow_exception(slot.thrown);
    return std::move(slot.job);
  }

 private:
  struct Slot {
    std::unique_ptr<Job> job;
    bool done;
    std::exception_ptr thrown;
  };

  void Run() {
    MutexLock lock(mutex_);
    while (true) {
      while (!stopping_ && waiting_.empty()) given_.Wait(mutex_);
      if (stopping_) return;
      DoNext();
    }
  }

  // Lets go of the mutex while it works.
  void DoNext() REQUIRES(mutex_) {
    Slot* slot = waiting_.front();
    waiting_.pop_front();
    mutex_.unlock();
    std::exception_ptr thrown;
    try {
      work_(*slot->job);
    } catch (...) {  // would end the process, leaving a thread
      thrown = std::current_exception();
    }
    mutex_.lock();
    slot->thrown = thrown;
    slot->done = true;
    done_.NotifyOne();
  }

  const std::size_t capacity_;
  const std::function<void(Job&)> work_;
  Mutex mutex_;
  CondVar given_, done_;
  std::deque<Slot> slots_ GUARDED_BY(mutex_);  // a deque keeps its elements where they are
  std::deque<Slot*> waiting_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  Crew crew_;
};

}  // namespace revenant

#endif  // REVENANT_UTIL_ORDERED_POOL_H_

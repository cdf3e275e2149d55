#ifndef REVENANT_UTIL_ORDERED_POOL_H_
#define REVENANT_UTIL_ORDERED_POOL_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "util/crew.h"

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
  // Jobs that nobody started are dropped.
  ~OrderedPool() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    given_.notify_all();
    crew_.Join();
  }
  OrderedPool(const OrderedPool&) = delete;
  OrderedPool& operator=(const OrderedPool&) = delete;

  bool Full() const { return slots_.size() >= capacity_; }
  bool Empty() const { return slots_.empty(); }

  void Give(std::unique_ptr<Job> job) {
    std::lock_guard lock(mutex_);
    slots_.push_back({std::move(job), false, nullptr});
    waiting_.push_back(&slots_.back());
    given_.notify_one();
  }

  // The oldest job; waits until it is done. There must be one.
  std::unique_ptr<Job> Take() {
    std::unique_lock lock(mutex_);
    if (crew_.size() == 0) DoNext(lock);
    done_.wait(lock, [this] { return slots_.front().done; });
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
    std::unique_lock lock(mutex_);
    while (true) {
      given_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (stopping_) return;
      DoNext(lock);
    }
  }

  void DoNext(std::unique_lock<std::mutex>& lock) {
    Slot* slot = waiting_.front();
    waiting_.pop_front();
    lock.unlock();
    std::exception_ptr thrown;
    try {
      work_(*slot->job);
    } catch (...) {  // would end the process, leaving a thread
      thrown = std::current_exception();
    }
    lock.lock();
    slot->thrown = thrown;
    slot->done = true;
    done_.notify_one();
  }

  const std::size_t capacity_;
  const std::function<void(Job&)> work_;
  std::mutex mutex_;  // guards what follows, but the caller alone changes slots_
  std::condition_variable given_, done_;
  std::deque<Slot> slots_;  // a deque keeps its elements where they are
  std::deque<Slot*> waiting_;
  bool stopping_ = false;
  Crew crew_;
};

}  // namespace revenant

#endif  // REVENANT_UTIL_ORDERED_POOL_H_

#ifndef REVENANT_LIB_AUDIT_ORDERED_POOL_H_
#define REVENANT_LIB_AUDIT_ORDERED_POOL_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace revenant {

// Threads that work on jobs side by side and hand them back in the order in which they were given.
// At most `capacity` jobs are under way, so memory is bounded. The caller feeds and takes from one
// thread: while Full(), Take() before the next Give().
template <typename Job>
class OrderedPool {
 public:
  OrderedPool(unsigned threads, std::size_t capacity, std::function<void(Job&)> work)
      : capacity_(capacity), work_(std::move(work)) {
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
  }
  // Jobs that nobody started are dropped.
  ~OrderedPool() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    given_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  OrderedPool(const OrderedPool&) = delete;
  OrderedPool& operator=(const OrderedPool&) = delete;

  bool Full() const { return slots_.size() >= capacity_; }
  bool Empty() const { return slots_.empty(); }

  void Give(std::unique_ptr<Job> job) {
    std::lock_guard lock(mutex_);
    slots_.push_back({std::move(job), false});
    waiting_.push_back(&slots_.back());
    given_.notify_one();
  }

  // The oldest job; waits until it is done. There must be one.
  std::unique_ptr<Job> Take() {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return slots_.front().done; });
    std::unique_ptr<Job> job = std::move(slots_.front().job);
    slots_.pop_front();
    return job;
  }

 private:
  struct Slot {
    std::unique_ptr<Job> job;
    bool done;
  };

  void Run() {
    std::unique_lock lock(mutex_);
    while (true) {
      given_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (stopping_) return;
      Slot* slot = waiting_.front();
      waiting_.pop_front();
      lock.unlock();
      work_(*slot->job);
      lock.lock();
      slot->done = true;
      done_.notify_one();
    }
  }

  const std::size_t capacity_;
  const std::function<void(Job&)> work_;
  std::mutex mutex_;  // guards what follows, but the caller alone changes slots_
  std::condition_variable given_, done_;
  std::deque<Slot> slots_;  // a deque keeps its elements where they are
  std::deque<Slot*> waiting_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace revenant

#endif  // REVENANT_LIB_AUDIT_ORDERED_POOL_H_

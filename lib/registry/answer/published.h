#ifndef REVENANT_REGISTRY_ANSWER_PUBLISHED_H_
#define REVENANT_REGISTRY_ANSWER_PUBLISHED_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <thread>

namespace revenant {

// A value that one thread replaces and any number read, without a lock on the readers' side: they
// count themselves in and out, and the thread that replaces the value waits until all that may have
// seen the old one are gone (read-copy-update with a counter per reader: McKenney, "SRCU", 2006).
// std::atomic<std::shared_ptr> would do, but that of libstdc++ 12 takes a lock and shares one count
// among all readers.
// Threads: Read() from any; Publish() from one at a time, and never from a thread that holds a
// Reading.
// Lifetime: no reader is left when it is destroyed. Cost: two uncontended atomic additions per
// reading; Publish() waits for the readings under way, so hold them for moments only.
template <typename T>
class Published {
 public:
  explicit Published(std::unique_ptr<const T> first) : current_(first.release()) {}
  ~Published() { delete current_.load(); }
  Published(const Published&) = delete;
  Published& operator=(const Published&) = delete;

  class Reading {
   public:
    Reading(const T* value, std::atomic<std::size_t>& count) : value_(value), count_(count) {}
    ~Reading() { count_.fetch_sub(1); }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

    const T& operator*() const { return *value_; }
    const T* operator->() const { return value_; }

   private:
    const T* const value_;
    std::atomic<std::size_t>& count_;
  };

  // The value as it is now, unchanging and alive while the reading lives.
  Reading Read() const {
    // All accesses are sequentially consistent: a reader that counts itself in before it loads the
    // pointer is seen by the thread that exchanges the pointer afterwards.
    std::atomic<std::size_t>& count = slots_[SlotOfThread()].readers[phase_.load() & 1];
    count.fetch_add(1);
    return Reading(current_.load(), count);
  }
  // Is this the value still? Asked while the reading lives.
  bool IsCurrent(const Reading& reading) const { return &*reading == current_.load(); }

  void Publish(std::unique_ptr<const T> next) {
    const std::unique_ptr<const T> old(current_.exchange(next.release()));
    // Readers that enter from now on see the new value. Two turns: one thread may have asked for
    // the phase long ago and count itself in only now.
    for (int turn = 0; turn < 2; ++turn) {
      const std::size_t phase = phase_.fetch_add(1) & 1;
      for (const Slot& slot : slots_) {
        while (slot.readers[phase].load() != 0) std::this_thread::yield();
      }
    }
  }

 private:
  static constexpr std::size_t kSlots = 16;
  struct alignas(64) Slot {  // a cache line, so that readers do not disturb each other
    std::array<std::atomic<std::size_t>, 2> readers{};
  };
  static std::size_t SlotOfThread() {
    static thread_local const std::size_t slot =
        std::hash<std::thread::id>()(std::this_thread::get_id()) % kSlots;
    return slot;
  }

  std::atomic<const T*> current_;
  std::atomic<std::size_t> phase_{0};
  mutable std::array<Slot, kSlots> slots_{};
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_ANSWER_PUBLISHED_H_

#ifndef REVENANT_C_HANDLES_H_
#define REVENANT_C_HANDLES_H_

// The numbers that callers hold, and what stands behind them. A call takes a lease; closing takes
// the number out of the table and waits for the leases.

#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "revenant/registry.h"
#include "revenant/result.h"
#include "revenant/screener.h"
#include "util/mutex.h"

namespace revenant::c {

// RV_CLOSED, which the library itself does not have.
inline constexpr Code kClosed = static_cast<Code>(7);

struct Object {
  virtual ~Object() = default;
  std::promise<void> gone;  // kept once the last lease is over
};

// What one thread screens with: the same memory for one application after the other.
struct Desk {
  explicit Desk(const Registry& registry) : screener(registry) {}
  Screener screener;
  Record record;
  std::string certificate;
};

struct Store final : Object {
  explicit Store(std::unique_ptr<Registry> opened) : registry(std::move(opened)) {}

  std::unique_ptr<Desk> TakeDesk();
  void ReturnDesk(std::unique_ptr<Desk> desk);

  const std::unique_ptr<Registry> registry;
  Mutex numbering;  // from the choice of an objection's number until it is entered

 private:
  Mutex mutex_;
  std::vector<std::unique_ptr<Desk>> desks_ GUARDED_BY(mutex_);
};

// A list that is read one answer at a time. It keeps no store open.
struct Cursor final : Object {
  using Next = std::function<Result<std::optional<std::string>>()>;  // JSON; nullopt: the end
  explicit Cursor(Next function) : next(std::move(function)) {}
  Mutex mutex;
  const Next next;
};

std::uint64_t Add(std::shared_ptr<Object> object);
// kClosed; kConflict: this thread holds a lease on it. Returns once the object is gone.
Result<void> Close(std::uint64_t handle);
// nullptr: none.
std::shared_ptr<Object> Find(std::uint64_t handle);

template <typename T, typename... Args>
std::shared_ptr<T> MakeObject(Args&&... args) {
  // The promise outlives the object: whoever waits for it may open the store again.
  return std::shared_ptr<T>(new T(std::forward<Args>(args)...), [](T* object) {
    std::promise<void> gone = std::move(object->gone);
    delete object;
    gone.set_value();
  });
}

// Threads: belongs to the one that took it.
template <typename T>
class Lease {
 public:
  // kClosed, also if the handle is of another sort.
  static Result<std::unique_ptr<Lease>> Take(std::uint64_t handle);
  ~Lease();
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  T& operator*() const { return *object_; }
  T* operator->() const { return object_.get(); }

 private:
  Lease(std::uint64_t handle, std::shared_ptr<T> object);
  std::shared_ptr<T> object_;
  std::uint64_t handle_;
};

}  // namespace revenant::c

#endif  // REVENANT_C_HANDLES_H_

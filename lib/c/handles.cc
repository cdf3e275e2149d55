#include "c/handles.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace revenant::c {
namespace {

// Never destroyed: a thread may still call while the process ends.
struct Table {
  SharedMutex mutex;
  std::uint64_t last GUARDED_BY(mutex) = 0;
  std::unordered_map<std::uint64_t, std::shared_ptr<Object>> objects GUARDED_BY(mutex);
};

Table& TheTable() {
  static Table& table = *new Table;
  return table;
}

// The handles that this thread has leases on, the latest last.
std::vector<std::uint64_t>& Leased() {
  thread_local std::vector<std::uint64_t> handles;
  return handles;
}

std::shared_ptr<Object> TakeOut(std::uint64_t handle) {
  Table& table = TheTable();
  WriterLock lock(table.mutex);
  const auto found = table.objects.find(handle);
  if (found == table.objects.end()) return nullptr;
  std::shared_ptr<Object> object = std::move(found->second);
  table.objects.erase(found);
  return object;
}

}  // namespace

std::unique_ptr<Desk> Store::TakeDesk() {
  {
    MutexLock lock(mutex_);
    if (!desks_.empty()) {
      std::unique_ptr<Desk> desk = std::move(desks_.back());
      desks_.pop_back();
      return desk;
    }
  }
  return std::make_unique<Desk>(*registry);
}

void Store::ReturnDesk(std::unique_ptr<Desk> desk) {
  MutexLock lock(mutex_);
  desks_.push_back(std::move(desk));
}

std::uint64_t Add(std::shared_ptr<Object> object) {
  Table& table = TheTable();
  WriterLock lock(table.mutex);
  table.objects.emplace(++table.last, std::move(object));
  return table.last;
}

std::shared_ptr<Object> Find(std::uint64_t handle) {
  Table& table = TheTable();
  ReaderLock lock(table.mutex);
  const auto found = table.objects.find(handle);
  return found == table.objects.end() ? nullptr : found->second;
}

Result<void> Close(std::uint64_t handle) {
  const std::vector<std::uint64_t>& leased = Leased();
  if (std::find(leased.begin(), leased.end(), handle) != leased.end()) {
    return Error{Code::kConflict, "rv_close: called from a callback of the handle itself"};
  }
  std::shared_ptr<Object> object = TakeOut(handle);
  if (object == nullptr) return Error{kClosed, "rv_close: the handle is closed, or never was one"};
  const std::future<void> gone = object->gone.get_future();
  object.reset();
  gone.wait();
  return {};
}

template <typename T>
Lease<T>::Lease(std::uint64_t handle, std::shared_ptr<T> object)
    : object_(std::move(object)), handle_(handle) {
  Leased().push_back(handle_);
}

template <typename T>
Lease<T>::~Lease() {
  Leased().pop_back();
}

template <typename T>
Result<std::unique_ptr<Lease<T>>> Lease<T>::Take(std::uint64_t handle) {
  auto object = std::dynamic_pointer_cast<T>(Find(handle));
  if (object == nullptr) {
    return Error{kClosed, std::is_same_v<T, Store> ? "the registry is closed, or never was open"
                                                   : "the cursor is closed, or never was open"};
  }
  return std::unique_ptr<Lease<T>>(new Lease<T>(handle, std::move(object)));
}

template class Lease<Store>;
template class Lease<Cursor>;

}  // namespace revenant::c

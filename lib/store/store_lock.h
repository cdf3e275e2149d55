#ifndef REVENANT_STORE_STORE_LOCK_H_
#define REVENANT_STORE_STORE_LOCK_H_

// The writer's lock of a store, without opening it: no process writes to it while this lives.
// Threads: one at a time. Errors: kConflict, naming who has it; kCorruption (damaged logs); kIo.

#include <filesystem>
#include <memory>

#include "revenant/result.h"

namespace revenant {

class StoreLock {
 public:
  static Result<StoreLock> Take(const std::filesystem::path& dir);
  StoreLock(StoreLock&&) noexcept;
  StoreLock& operator=(StoreLock&&) = delete;
  ~StoreLock();

 private:
  struct Impl;
  explicit StoreLock(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace revenant

#endif  // REVENANT_STORE_STORE_LOCK_H_

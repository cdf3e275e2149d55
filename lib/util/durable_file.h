// Files that grow by appending, small ones read whole, and folders for one process at a time: what
// an operator's ledger needs beside ReplaceFile() (revenant/atomic_file.h).
// Errors: kNotFound, kIo, kConflict (FolderLock: another process has it).
#ifndef REVENANT_UTIL_DURABLE_FILE_H_
#define REVENANT_UTIL_DURABLE_FILE_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "revenant/result.h"
#include "util/wiping.h"

namespace revenant {

// Appends to a file of `size` bytes and syncs. A failure leaves the file as it was, or with part of
// `bytes` at its end. kConflict: the file is shorter, so another process changed it.
Result<void> AppendToFile(const std::filesystem::path& file, std::uint64_t size,
                          std::string_view bytes);

// kInvalidArgument: longer than `max`.
Result<SecretText> ReadWholeFile(const std::filesystem::path& file, std::size_t max);

// Held for as long as it lives, by one process at a time; the system lets go when that dies.
class FolderLock {
 public:
  static Result<FolderLock> Take(const std::filesystem::path& dir);
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace revenant

#endif  // REVENANT_UTIL_DURABLE_FILE_H_

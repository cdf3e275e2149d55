// Small files that must be there whole after a power cut: the ledger and the keys of an operator,
// its answers, what a member waits for. Mode 0600, since all of them are somebody's secret.
// Errors: kNotFound, kIo, kConflict (FolderLock: somebody else has it).
#ifndef REVENANT_UTIL_DURABLE_FILE_H_
#define REVENANT_UTIL_DURABLE_FILE_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "revenant/result.h"
#include "util/wiping.h"

namespace revenant {

// The old content or the new one, never a mixture: written beside its place, synced, renamed, and
// the folder synced. True durability ends where the disk lies about syncing.
Result<void> ReplaceFile(const std::filesystem::path& file, std::string_view bytes);

// Appends to a file of `size` bytes and syncs. A failure leaves the file as it was, or with part of
// `bytes` at its end. kConflict: the file is shorter, so somebody else changed it.
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

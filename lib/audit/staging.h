#ifndef REVENANT_LIB_AUDIT_STAGING_H_
#define REVENANT_LIB_AUDIT_STAGING_H_

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "revenant/result.h"
#include "util/posix_file.h"

namespace revenant {

// A file that grows in a staging folder and can be continued by a later process from any size that
// it once had. Only its owner can read it. Threads: one at a time. Errors: kIo.
class StagedFile {
 public:
  explicit StagedFile(std::filesystem::path path) : path_(std::move(path)) {}

  Result<void> OpenNew();
  // Drops what stands behind `size`. False: there is no such file, or it is shorter.
  Result<bool> Continue(std::uint64_t size);
  // Buffered.
  Result<void> Append(std::string_view bytes);
  Result<void> Flush();
  // Writes what has been appended, and keeps it through a power cut.
  Result<void> Sync();
  // Moves it into another folder of the same file system, which the caller syncs.
  Result<void> MoveTo(const std::filesystem::path& folder);

  std::uint64_t size() const { return size_; }  // what is buffered included
  const std::filesystem::path& path() const { return path_; }

 private:
  const std::filesystem::path path_;
  FileDescriptor file_;
  std::string buffer_;
  std::uint64_t size_ = 0;
};

// The folder in which an audit's results grow, out/.unfinished, and the lock on `out`: one audit at
// a time. Threads: one at a time.
class StagingFolder {
 public:
  static constexpr std::string_view kName = ".unfinished";

  explicit StagingFolder(const std::filesystem::path& out) : out_(out), path_(out / kName) {}
  // Unless Keep() was called, removes the folder.
  ~StagingFolder();
  StagingFolder(const StagingFolder&) = delete;
  StagingFolder& operator=(const StagingFolder&) = delete;

  // `out` must exist. kConflict: another process holds the lock.
  Result<void> Open();
  // Makes it again, empty.
  Result<void> Empty();
  // What SaveState() wrote last; empty: nothing.
  std::string State() const;
  Result<void> SaveState(std::string_view state) const;
  // Leaves it for a later audit.
  void Keep() { keep_ = true; }

  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  const std::filesystem::path out_, path_;
  FileDescriptor lock_;
  bool keep_ = false;
};

}  // namespace revenant

#endif  // REVENANT_LIB_AUDIT_STAGING_H_

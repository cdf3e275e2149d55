#ifndef REVENANT_ATOMIC_FILE_H_
#define REVENANT_ATOMIC_FILE_H_

#include <filesystem>
#include <memory>
#include <string_view>

#include "revenant/result.h"

namespace revenant {

// A file that appears whole or not at all, and stays after a power cut: written beside its place as
// NAME.tmp, synced, renamed, and the folder synced. Only its owner can read it. What answers,
// exports, dossiers and requests are written with, for programs that must not lose them.
//
//   AtomicFile file("journal.rvj");
//   file.Open(), file.Append(...), ..., file.Finish(), file.Publish()
//
// Each step may fail; without Publish() nothing is left behind. Threads: one at a time. Two
// programs never mix: the second one's Open() is a kConflict.
// Errors: kNotFound (no such folder), kConflict, kIo. Cost: writes of 256 KiB, two syncs.
class AtomicFile {
 public:
  // A file that is at `path` already is replaced in one step.
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  // Removes what a killed run left there.
  Result<void> Open();
  // Buffered.
  Result<void> Append(std::string_view bytes);
  // Writes and syncs what has been appended.
  Result<void> Finish();
  // Puts the finished file into its place. Once it returns without an error, the file stays.
  Result<void> Publish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// All steps at once: the old content or the new one, never a mixture.
Result<void> ReplaceFile(const std::filesystem::path& file, std::string_view bytes);

}  // namespace revenant

#endif  // REVENANT_ATOMIC_FILE_H_

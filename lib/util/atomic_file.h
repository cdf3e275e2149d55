// The one way in which files are written whole: beside their place, synced, then put there, and the
// folder synced. revenant/atomic_file.h stands on this, and so do the files of secrets.
// Threads: one at a time. Errors: the system's numbers, 0 for none.
#ifndef REVENANT_UTIL_ATOMIC_FILE_H_
#define REVENANT_UTIL_ATOMIC_FILE_H_

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "revenant/atomic_file.h"
#include "util/posix_file.h"

namespace revenant {

// True durability ends where the disk lies about syncing.
class FileDraft {
 public:
  enum class Existing : std::uint8_t {
    kReplace,
    kKeep,  // EEXIST, also for a symbolic link that leads nowhere
  };

  explicit FileDraft(std::filesystem::path path, Existing existing = Existing::kReplace);
  ~FileDraft();  // removes what was not published
  FileDraft(const FileDraft&) = delete;
  FileDraft& operator=(const FileDraft&) = delete;

  // Makes NAME.tmp with mode 0600, whatever the umask. EWOULDBLOCK: another process is writing it
  // now.
  int Open();
  int Write(std::string_view bytes);
  int Sync();
  // Renames it and syncs the folder.
  int Publish();

 private:
  const std::filesystem::path path_;
  const std::filesystem::path draft_;
  const Existing existing_;
  FileDescriptor file_;  // locked, from Open() to Publish()
  bool made_ = false;
};

}  // namespace revenant

#endif  // REVENANT_UTIL_ATOMIC_FILE_H_

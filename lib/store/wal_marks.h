#ifndef REVENANT_STORE_WAL_MARKS_H_
#define REVENANT_STORE_WAL_MARKS_H_

// What the logs of a store must hold at least, written beside them while they grow: how many bytes
// were handed to the operating system, how many were synced, and a hash over each. Without it a log
// that is missing, cut at a record's end or swapped for an older one looks like one to which
// nothing more was ever written (FORMAT.md, "Beside the tables").
//
// A mark is written after what it speaks of, and taken back before its log is deleted, so it never
// says too much: what was written is there unless the machine went down (another boot), what was
// synced in any case.
// Threads: WalMarks any number. Cost: one write of some hundred bytes to the page cache for each
// write of a log.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "util/mutex.h"
#include "util/posix_file.h"

namespace revenant {

struct WalMark {
  std::uint64_t number = 0;  // of the log
  std::uint64_t written = 0, written_hash = 0;
  std::uint64_t synced = 0, synced_hash = 0;
};

// All of them, as the file has them.
struct WalMarkList {
  std::string boot;      // of the machine, when `written` was true
  std::string manifest;  // what CURRENT says: marks of another MANIFEST are of another time
  std::vector<WalMark> logs;

  std::string Encode() const;
  static std::optional<WalMarkList> Decode(std::string_view bytes);
  // nullopt: there is none, or it cannot be read.
  static std::optional<WalMarkList> Read(const std::filesystem::path& dir);
};

// Which start of the machine this is; empty where the system does not tell.
std::string BootId();

// The writer's side.
class WalMarks {
 public:
  static constexpr std::string_view kFileName = "log_marks";

  explicit WalMarks(std::filesystem::path dir);

  // Before anything else: what a process before left.
  void GoOnFrom(std::optional<WalMarkList> before);

  void Written(std::uint64_t number, std::uint64_t bytes, std::uint64_t hash);
  void Synced(std::uint64_t number, std::uint64_t bytes, std::uint64_t hash);
  // Before a log is deleted. False: the mark could not be taken back.
  bool Forget(std::uint64_t number);
  void NewManifest(std::string manifest);

 private:
  WalMark& Of(std::uint64_t number) REQUIRES(mutex_);
  bool Write() REQUIRES(mutex_);

  const std::filesystem::path file_;
  Mutex mutex_;
  WalMarkList list_ GUARDED_BY(mutex_);
  FileDescriptor out_ GUARDED_BY(mutex_);
};

}  // namespace revenant

#endif  // REVENANT_STORE_WAL_MARKS_H_

#ifndef REVENANT_UTIL_OUT_FILE_H_
#define REVENANT_UTIL_OUT_FILE_H_

#include <filesystem>
#include <string>
#include <string_view>

#include "revenant/result.h"
#include "util/posix_file.h"

namespace revenant {

// A file that appears complete or not at all: written beside its place as NAME.tmp, synced, then
// renamed. Only its owner can read it. Left without Publish() it is removed. Threads: one at a
// time.
class OutFile {
 public:
  explicit OutFile(std::filesystem::path path);
  ~OutFile();
  OutFile(const OutFile&) = delete;
  OutFile& operator=(const OutFile&) = delete;

  // Opens it, over the leavings of a run that was killed. kIo, kNotFound (no such folder).
  Result<void> Open();
  // Buffered. kIo, as all after it.
  Result<void> Append(std::string_view bytes);
  // Writes and syncs what there is.
  Result<void> Finish();
  // Renames what was finished into its place.
  Result<void> Publish();

 private:
  Result<void> Flush();

  const std::filesystem::path path_;
  const std::filesystem::path temporary_;
  std::string buffer_;
  FileDescriptor file_;
  bool made_ = false;
};

}  // namespace revenant

#endif  // REVENANT_UTIL_OUT_FILE_H_

#include "store/status.h"

#include <string>

namespace revenant {

Error FromRocks(const rocksdb::Status& status, std::string_view doing) {
  const std::string text = std::string(doing) + ": " + status.ToString();
  if (status.IsCorruption()) {
    return {Code::kCorruption, text + "; restore a checkpoint or back-up"};
  }
  if (status.IsNotFound() || status.IsPathNotFound()) return {Code::kNotFound, text};
  if (status.IsNoSpace()) return {Code::kIo, text + "; make room and try again"};
  if (status.IsBusy() || status.IsTryAgain()) return {Code::kConflict, text};
  if (status.IsIOError()) {
    // RocksDB reports its lock file as an I/O error; a caller would act differently on it.
    if (text.find("lock") != std::string::npos || text.find("LOCK") != std::string::npos) {
      return {Code::kConflict, text + "; another process has the store open for writing"};
    }
    return {Code::kIo, text};
  }
  if (status.IsNotSupported()) return {Code::kUnsupportedFormat, text};
  return {Code::kIo, text};
}

}  // namespace revenant

#include "store/status.h"

#include <fmt/format.h>

#include <string>

#include "store/damage.h"

namespace revenant {

// By code alone: the text may name a folder, whose name may hold any word.
Error FromRocks(const rocksdb::Status& status, std::string_view doing) {
  const std::string text = fmt::format("{}: {}", doing, status.ToString());
  if (status.IsCorruption()) return DamageIn(text);
  if (status.subcode() == rocksdb::Status::kSpaceLimit) {  // RetryableFiles
    return FromRocks(rocksdb::Status::NoSpace(status.getState()), doing);
  }
  if (status.IsNoSpace()) return {Code::kIo, text + "; make room and try again"};
  if (status.IsPathNotFound() || status.IsNotFound()) return {Code::kNotFound, text};
  if (status.IsIOError()) return {Code::kIo, text};
  if (status.IsMemoryLimit()) return {Code::kIo, text + "; give it more memory"};
  if (status.IsBusy() || status.IsTryAgain()) return {Code::kConflict, text};
  if (status.IsNotSupported()) return {Code::kUnsupportedFormat, text};
  return {Code::kIo, text};
}

}  // namespace revenant

#ifndef REVENANT_STORE_WAL_CHECK_H_
#define REVENANT_STORE_WAL_CHECK_H_

// Reads the logs that a killed process left before RocksDB does, which forgives too much: it
// silently drops what follows a damaged record, and cannot know that a log is missing.
//
// The end of the last write may be torn: the process or the machine stopped in the middle of it,
// and it was never acknowledged. Everything else is damage.
// Errors: kCorruption names the file, the byte and what can be done; kIo. Cost: reads every log
// once, at some hundred MB per second; a store that was closed has an empty one.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "revenant/result.h"
#include "store/wal_marks.h"

namespace revenant {

struct WalFile {
  std::uint64_t number = 0;
  std::string path;  // for messages
  int fd = -1;       // the caller's
};

struct TornLog {
  std::uint64_t number = 0, end = 0;  // the bytes that are whole
  std::string text;                   // one line about it
};

struct WalCheck {
  std::vector<TornLog> torn;
};

// `marks`: what the logs must hold, those of this MANIFEST; nullopt: it was not written down.
Result<WalCheck> CheckWals(const std::vector<WalFile>& logs,
                           const std::optional<WalMarkList>& marks,
                           const std::filesystem::path& dir);

// Opens the logs that lie in `dir` and checks them: for the one process that has the store.
Result<WalCheck> CheckWalsIn(const std::filesystem::path& dir,
                             const std::optional<WalMarkList>& marks);

// The number in "000123.log"; nullopt: no log's name.
std::optional<std::uint64_t> WalNumber(std::string_view file_name);

}  // namespace revenant

#endif  // REVENANT_STORE_WAL_CHECK_H_

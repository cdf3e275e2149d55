// How the writer's RocksDB is closed.

#include <rocksdb/convenience.h>
#include <rocksdb/db.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "store/store_impl.h"

namespace revenant {
namespace {

// Each closing leaves a file for every table that was written, and RocksDB's own merging of them,
// which begins at four, is cut short by the closing: a hundred short runs would leave hundreds of
// files, which every opening holds open. So the newest small ones become one. Large ones are left
// to RocksDB: merging those takes as long as there are rows in them.
constexpr std::size_t kSmallFilesAllowed = 2;
constexpr std::uint64_t kSmallFile = std::uint64_t{2} << 20;  // bytes

std::vector<std::string> NewestSmallFiles(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* table) {
  rocksdb::ColumnFamilyMetaData about;
  db.GetColumnFamilyMetaData(table, &about);
  std::vector<std::string> small;
  if (about.levels.empty()) return small;
  for (const rocksdb::SstFileMetaData& file : about.levels.front().files) {  // the newest first
    if (file.size > kSmallFile) break;
    small.push_back(file.name);
  }
  return small;
}

void MergeSmallFiles(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* table) {
  const std::vector<std::string> small = NewestSmallFiles(db, table);
  if (small.size() <= kSmallFilesAllowed) return;
  const rocksdb::Status merged =
      db.CompactFiles(rocksdb::CompactionOptions(), table, small, /*output_level=*/0);
  // RocksDB has them in hand already: let it finish what it does. A merge that fails for another
  // reason, on a full disk say, leaves everything as it was.
  if (merged.IsAborted() && db.PauseBackgroundWork().ok()) {
    db.ContinueBackgroundWork().PermitUncheckedError();
  }
}

}  // namespace

bool Opened::TriesAgain() {
  return retryable != nullptr && retryable->failed() && db->Resume().IsBusy();
}

// Close() may wait for that without an end: while a merge fails again and again, while the MANIFEST
// cannot be written, or if it comes in between two attempts (RocksDB,
// ErrorHandler::EndAutoRecovery).
void Opened::StopTryingAgain() {
  rocksdb::CancelAllBackgroundWork(db.get(), /*wait=*/true);
  if (!TriesAgain()) return;
  retryable->Abandon();
  while (TriesAgain()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

Opened::~Opened() {
  if (db == nullptr) return;
  // After an error RocksDB tries again as long as it takes: then the logs must do.
  if (writable && !TriesAgain()) {
    // They would do in any case, but the next opening, even for a single read, would replay them.
    db->Flush(rocksdb::FlushOptions(), handles).PermitUncheckedError();
    for (rocksdb::ColumnFamilyHandle* table : handles) MergeSmallFiles(*db, table);
  }
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  if (writable) StopTryingAgain();
  db->Close().PermitUncheckedError();
}

}  // namespace revenant

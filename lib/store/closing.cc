// How the writer's RocksDB is closed.

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

// A log with a torn end must not be needed any more: opening stops there, and refuses a table that
// is ahead of it. RocksDB may still be mending by itself; it is waited for, but not for long.
void Opened::FlushPastTornLog() {
  constexpr int kTries = 250;
  for (int tries = 0; own != nullptr && own->log_torn() && tries < kTries; ++tries) {
    const rocksdb::Status status = db->Resume();
    if (status.ok() && db->Flush(rocksdb::FlushOptions(), handles).ok()) own->ForgetTornLog();
    if (!status.ok() && !status.IsBusy()) break;
    if (own->log_torn()) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

Opened::~Opened() {
  if (db == nullptr) return;
  if (writable) {
    // The log would do, but the next opening, even for a single read, would replay it.
    db->Flush(rocksdb::FlushOptions(), handles).PermitUncheckedError();
    FlushPastTornLog();
    for (rocksdb::ColumnFamilyHandle* table : handles) MergeSmallFiles(*db, table);
  }
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  db->Close().PermitUncheckedError();
}

}  // namespace revenant

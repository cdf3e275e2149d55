#ifndef REVENANT_STORE_STORE_IMPL_H_
#define REVENANT_STORE_STORE_IMPL_H_

// What stands behind Store, for the files of this room alone.

#include <rocksdb/cache.h>
#include <rocksdb/db.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/interned_names.h"
#include "store/own_files.h"
#include "store/pinned_files.h"
#include "store/read_cache.h"
#include "store/retryable_files.h"
#include "store/store.h"
#include "store/sync_group.h"
#include "store/upgrade.h"
#include "util/mutex.h"

namespace revenant {

inline constexpr std::string_view kFormatName = "format";  // in kMeta: the number of this format

// A RocksDB that was opened, with its tables. A reader's never changes once others may see it: what
// was written since is read by another one that takes its place (Store::Refresh).
struct Opened {
  std::shared_ptr<RetryableFiles> retryable;  // the writer's
  std::shared_ptr<OwnFiles> own;              // the writer's, over them
  std::shared_ptr<PinnedFiles> pinned;        // a reader's
  std::unique_ptr<rocksdb::Env> env;          // over them
  std::unique_ptr<rocksdb::DB> db;
  TableHandles tables{};
  std::vector<rocksdb::ColumnFamilyHandle*> handles;  // all that were opened
  std::string identity;                               // of the database
  bool writable = false, may_hold_uncounted = false;

  Opened() = default;
  ~Opened();
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;

  // Whether every log can be relied on, and written to.
  bool LogsAreSound() const {
    return own == nullptr || (!own->log_failed() && !own->log_in_doubt());
  }

  rocksdb::ColumnFamilyHandle* Handle(Table table) const {
    return tables[static_cast<std::size_t>(table)];
  }

  // After an operation that failed. RocksDB takes it for granted, by an assertion, that no file is
  // deleted while its MANIFEST is in doubt, but sees to it only where it writes by itself.
  void KeepFilesWhileInDoubt() const {
    if (own != nullptr && own->manifest_failed()) db->DisableFileDeletions().PermitUncheckedError();
  }

 private:
  bool TriesAgain();  // RocksDB, after an error
  void StopTryingAgain();
};

struct Store::Impl {
  std::string dir;
  Options options;
  std::shared_ptr<rocksdb::Cache> cache;
  mutable Mutex switching;
  std::shared_ptr<Opened> opened GUARDED_BY(switching);  // the writer's stays the same
  Mutex refreshing ACQUIRED_BEFORE(switching);           // one Refresh() at a time
  Words words;
  ReadCache cached;             // the writer's
  bool failed = false;          // the writer's: a write did not go through
  bool waited_in_vain = false;  // the writer's, for RocksDB to take writes again
  SyncGroup log{[this] { return SyncLog(); }};

  // For the writer, whose RocksDB stays the same.
  const Opened& Mine() const NO_THREAD_SAFETY_ANALYSIS { return *opened; }
  rocksdb::DB& db() const { return *Mine().db; }
  rocksdb::ColumnFamilyHandle* Handle(Table table) const { return Mine().Handle(table); }
  // For readers: alive as long as it is held.
  std::shared_ptr<Opened> Now() const {
    const MutexLock lock(switching);
    return opened;
  }
  std::string Doing(std::string_view what) const { return std::string(what) + " " + dir; }
  void Say(LogLevel level, std::string_view line) const {
    if (options.log) options.log(level, line);
  }

  // Open and check; what they give has words that are in `words`.
  Result<std::shared_ptr<Opened>> OpenForWriting();
  Result<std::shared_ptr<Opened>> OpenPinned();
  Result<std::shared_ptr<Opened>> OpenOnTestDisk();
  Result<void> FindTables(Opened& found) const;
  Result<void> Settle(Opened& found);                            // format, upgrade, words
  Result<std::uint64_t> CheckFormat(const Opened& found) const;  // gives the store's own
  Result<void> Upgrade(Opened& found, std::uint64_t format);
  Result<void> LoadWords(const Opened& found);
  Result<void> SyncLog();
  rocksdb::Status WaitUntilResumed();
  // Before a write: whether RocksDB takes writes again, after one that failed.
  Result<void> ComeBack();
};

// The result of rocksdb::DB::Get, as ours.
Result<std::optional<std::string>> Found(const rocksdb::Status& status,
                                         const rocksdb::PinnableSlice& value);

// Visits the rows of `iterator` whose keys begin with `prefix`.
Result<void> Walk(rocksdb::Iterator& iterator, std::string_view prefix,
                  const View::VisitRaw& visit);

}  // namespace revenant

#endif  // REVENANT_STORE_STORE_IMPL_H_

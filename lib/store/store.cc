#include "store/store.h"

#include <fcntl.h>
#include <rocksdb/db.h>
#include <rocksdb/statistics.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

#include "store/damage.h"
#include "store/slices.h"
#include "store/status.h"
#include "store/still_files.h"
#include "store/store_impl.h"
#include "util/posix_file.h"
#include "util/try.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

// Makes the folder of a new store, which its owner alone may enter under any umask, unless
// something is there already.
Result<void> MakeFolder(const fs::path& dir) {
  std::error_code error;
  const fs::file_status there = fs::status(dir, error);
  if (error && there.type() != fs::file_type::not_found) {
    return Error{Code::kIo, dir.string() + ": cannot create: " + error.message()};
  }
  if (!fs::exists(there)) {
    fs::create_directories(dir, error);
    if (error) return Error{Code::kIo, dir.string() + ": cannot create: " + error.message()};
  } else if (!fs::is_directory(there)) {
    return Error{Code::kConflict, dir.string() + ": is not a folder"};
  } else if (fs::exists(dir / "CURRENT", error)) {
    return Error{Code::kConflict, dir.string() + ": a store is there already; name another folder"};
  } else if (!fs::is_empty(dir, error) || error) {
    if (error) return Error{Code::kIo, dir.string() + ": cannot read: " + error.message()};
    return Error{Code::kConflict, dir.string() + ": folder is not empty; name a new one"};
  }
  fs::permissions(dir, fs::perms::owner_all, error);
  if (error) return Error{Code::kIo, dir.string() + ": cannot set its mode: " + error.message()};
  return {};
}

// Is there a store, and may we look at it?
Result<void> LookForStore(const fs::path& dir) {
  const fs::path current = dir / "CURRENT";
  const FileDescriptor in(::open(current.c_str(), O_RDONLY | O_CLOEXEC));
  if (in.valid()) return {};
  const int number = errno;
  if (number == EACCES || number == EPERM) {
    return Error{Code::kIo, dir.string() +
                                ": reading it is not permitted; the store's owner alone "
                                "may, unless its modes are changed"};
  }
  if (number != ENOENT && number != ENOTDIR) return SystemError("open store", current, number);
  std::error_code error;
  if (fs::exists(dir / "IDENTITY", error)) return DamageIn(current.string() + ": is missing");
  return Error{Code::kNotFound, dir.string() + ": no store there; `init` makes one"};
}

// Its tables may be another store's, and it would no longer be what its list of digests says.
Result<void> RefuseCheckpoint(const fs::path& dir) {
  std::error_code error;
  if (!fs::exists(dir / kCheckpointFile, error)) return {};
  return Error{Code::kInvalidArgument,
               dir.string() +
                   ": is a checkpoint, which may only be read; `revenant --store NEW "
                   "restore " +
                   dir.string() + "` makes a store of it"};
}

}  // namespace

Result<void> Walk(rocksdb::Iterator& iterator, std::string_view prefix,
                  const View::VisitRaw& visit) {
  for (iterator.Seek(ToSlice(prefix)); iterator.Valid(); iterator.Next()) {
    const std::string_view key = ToView(iterator.key());
    if (!key.starts_with(prefix)) break;
    TRY_ASSIGN(const bool more, visit(key, ToView(iterator.value())));
    if (!more) break;
  }
  if (!iterator.status().ok()) return FromRocks(iterator.status(), "read store");
  return {};
}

Result<std::optional<std::string>> Found(const rocksdb::Status& status,
                                         const rocksdb::PinnableSlice& value) {
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return FromRocks(status, "read store");
  return std::optional<std::string>(value.ToString());
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::Open(const fs::path& dir, const Options& options) {
  auto impl = std::make_unique<Impl>();
  impl->dir = dir.string();
  impl->options = options;
  impl->cache =
      rocksdb::HyperClockCacheOptions(options.cache_bytes, std::size_t{8} << 10).MakeSharedCache();
  const bool on_disk = options.env == nullptr;  // a test's disk has no folders to make
  if (on_disk) TRY(options.mode == Mode::kCreate ? MakeFolder(dir) : LookForStore(dir));
  if (on_disk && options.mode == Mode::kReadWrite) TRY(RefuseCheckpoint(dir));
  TRY_ASSIGN(const std::shared_ptr<Opened> opened, !on_disk ? impl->OpenOnTestDisk()
                                                   : options.mode == Mode::kReadOnly
                                                       ? impl->OpenPinned()
                                                       : impl->OpenForWriting());
  {
    const MutexLock switching(impl->switching);
    impl->opened = opened;
  }
  if (options.mode == Mode::kCreate) {
    rocksdb::WriteOptions synced;
    synced.sync = true;
    const rocksdb::Status status = impl->db().Put(
        synced, impl->Handle(Table::kMeta), ToSlice(kFormatName), EncodeNumber(kFormatVersion));
    if (!status.ok()) return FromRocks(status, impl->Doing("create store"));
  }
  TRY(impl->Settle(*opened));
  std::unique_ptr<Store> store(new Store(std::move(impl)));
  if (store->writable()) store->RemoveBulkFolder();
  return store;
}

Result<bool> Store::IsBehind() const {
  if (writable() || impl_->options.env != nullptr) return false;
  TRY_ASSIGN(const PinnedFiles::Moment moment, PinnedFiles::Now(impl_->dir));
  return moment != impl_->Now()->pinned->moment();
}

Result<bool> Store::Refresh() {
  TRY_ASSIGN(const bool is_behind, IsBehind());
  if (!is_behind) return false;
  const MutexLock refreshing(impl_->refreshing);
  const std::shared_ptr<Opened> before = impl_->Now();
  TRY(LookForStore(impl_->dir));
  TRY_ASSIGN(const std::shared_ptr<Opened> next, impl_->OpenPinned());
  if (next->identity != before->identity) {
    return Error{Code::kConflict,
                 impl_->dir + ": another store has taken this one's place; open that one"};
  }
  TRY(impl_->Settle(*next));
  const bool is_new = next->db->GetLatestSequenceNumber() != before->db->GetLatestSequenceNumber();
  {
    const MutexLock switching(impl_->switching);
    impl_->opened = next;
  }
  return is_new;
}

namespace {

// Does enough of a table lie above its lowest level, in files that were written one by one?
bool IsUntidy(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* table) {
  rocksdb::ColumnFamilyMetaData about;
  db.GetColumnFamilyMetaData(table, &about);
  std::uint64_t lowest = 0;
  for (const rocksdb::LevelMetaData& level : about.levels) {
    if (level.level > 0 && level.size > 0) lowest = level.size;
  }
  return about.size > 0 && (about.size - lowest) * 4 >= about.size;
}

}  // namespace

Result<void> Store::Tidy() {
  rocksdb::Status status = impl_->db().Flush(rocksdb::FlushOptions(), impl_->Mine().handles);
  rocksdb::CompactRangeOptions whole;
  whole.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  for (rocksdb::ColumnFamilyHandle* table : impl_->Mine().handles) {
    if (!status.ok()) break;
    if (!IsUntidy(impl_->db(), table)) continue;
    status = impl_->db().CompactRange(whole, table, nullptr, nullptr);
  }
  return status.ok() ? Result<void>() : FromRocks(status, impl_->Doing("tidy store"));
}

Result<void> Store::VerifyChecksums() const {
  const std::shared_ptr<Opened> now = impl_->Now();
  const rocksdb::Status status = now->db->VerifyChecksum();
  if (!status.ok()) return FromRocks(status, impl_->Doing("verify store"));
  return {};
}

Result<std::optional<std::string>> Store::Meta(std::string_view name) const {
  const std::shared_ptr<Opened> now = impl_->Now();
  rocksdb::PinnableSlice value;
  return Found(
      now->db->Get(rocksdb::ReadOptions(), now->Handle(Table::kMeta), ToSlice(name), &value),
      value);
}

std::size_t Store::WordCount() const { return impl_->words.size(); }

bool Store::writable() const { return impl_->options.mode != Mode::kReadOnly; }

Result<void> Store::Impl::SyncLog() {
  if (!Mine().LogsAreSound()) {  // RocksDB ends the process if it is asked to sync such a log
    return Error{Code::kIo, Doing("write store") +
                                ": an earlier write failed; what came after the last sync may not "
                                "survive a loss of power"};
  }
  const rocksdb::Status status = db().FlushWAL(true);
  // Disks made of memory, of tests, have no power to lose.
  return status.ok() || status.IsNotSupported() ? Result<void>()
                                                : FromRocks(status, Doing("write store"));
}

// RocksDB mends itself after a failed write, in a thread of its own. While the disk stays full,
// only the first write waits for that.
rocksdb::Status Store::Impl::WaitUntilResumed() {
  constexpr int kTries = 100;
  rocksdb::Status status = db().Resume();
  for (int tries = waited_in_vain ? kTries : 1; status.IsBusy() && tries < kTries; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    status = db().Resume();
  }
  waited_in_vain = status.IsBusy();
  return status;
}

// A service should not have to be started again because the disk was full for a while.
Result<void> Store::Impl::ComeBack() {
  const OwnFiles* own = Mine().own.get();
  const auto log_failed = [&] { return own != nullptr && own->log_failed(); };
  const bool failed_unseen = Mine().retryable != nullptr && Mine().retryable->failed();
  if (!failed && !failed_unseen) return {};
  rocksdb::Status status = WaitUntilResumed();
  if (status.ok() && !failed && Mine().LogsAreSound()) return {};
  if (status.ok() && log_failed()) {
    // RocksDB begins a new log only where it has rows to put into tables. A row that the failed log
    // never sees is one: putting it there fails at that log, and the next attempt begins another.
    rocksdb::WriteOptions unlogged;
    unlogged.disableWAL = true;
    status = db().Put(unlogged, Handle(Table::kMeta), ToSlice(kFormatName),
                      EncodeNumber(kFormatVersion));
    if (status.ok()) {
      // All tables, so that nothing needs the failed log.
      db().Flush(rocksdb::FlushOptions(), Mine().handles).PermitUncheckedError();
      if (log_failed()) status = WaitUntilResumed();
    }
  }
  if (status.IsBusy()) {
    return Error{Code::kIo, Doing("write store") +
                                ": an earlier write failed, and the disk does not "
                                "take writes yet; make room and try again"};
  }
  if (!status.ok()) return FromRocks(status, Doing("write store"));
  if (log_failed()) {
    return Error{
        Code::kIo,
        Doing("write store") + ": its log could not be written; close the store and open it again"};
  }
  if (own != nullptr && own->log_in_doubt()) {
    status = db().Flush(rocksdb::FlushOptions(), Mine().handles);
    if (!status.ok()) return FromRocks(status, Doing("write store"));
    Mine().own->TrustLogs();
  }
  failed = false;
  if (own != nullptr && !own->manifest_failed()) {
    db().EnableFileDeletions(/*force=*/true).PermitUncheckedError();
  }
  return {};
}

Result<void> Store::Sync() { return impl_->SyncLog(); }

std::uint64_t Store::LastCommit() const { return impl_->log.written(); }
Result<void> Store::SyncThrough(std::uint64_t commit) { return impl_->log.Wait(commit); }
std::uint64_t Store::Syncs() const { return impl_->log.syncs(); }

Result<Store::Stamp> Store::CurrentStamp() const {
  const std::shared_ptr<Opened> now = impl_->Now();
  return Stamp{now->identity, now->db->GetLatestSequenceNumber()};
}

std::uint64_t Store::PointReads() const {
  const std::shared_ptr<rocksdb::Statistics>& statistics =
      impl_->Now()->db->GetDBOptions().statistics;
  return statistics == nullptr ? 0 : statistics->getTickerCount(rocksdb::NUMBER_KEYS_READ);
}

// --- Snapshots ---

namespace {

class SnapshotView final : public View {
 public:
  SnapshotView(std::shared_ptr<const Opened> opened, const Words& words)
      : opened_(std::move(opened)), words_(words) {
    // What a reader has open never changes, and knows no snapshots.
    if (opened_->writable) read_.snapshot = opened_->db->GetSnapshot();
  }
  ~SnapshotView() override {
    if (read_.snapshot != nullptr) opened_->db->ReleaseSnapshot(read_.snapshot);
  }
  SnapshotView(const SnapshotView&) = delete;
  SnapshotView& operator=(const SnapshotView&) = delete;

  Result<void> Scan(Table table, std::string_view prefix, const VisitRaw& visit) const override {
    rocksdb::ColumnFamilyHandle* handle = opened_->Handle(table);
    if (handle == nullptr) return {};  // of a later format than the store's: empty
    std::unique_ptr<rocksdb::Iterator> iterator(opened_->db->NewIterator(read_, handle));
    return Walk(*iterator, prefix, visit);
  }
  Result<std::optional<std::string>> Get(Table table, std::string_view key) const override {
    rocksdb::ColumnFamilyHandle* handle = opened_->Handle(table);
    if (handle == nullptr) return std::optional<std::string>();
    rocksdb::PinnableSlice value;
    return Found(opened_->db->Get(read_, handle, ToSlice(key), &value), value);
  }
  bool MayHoldUncounted() const override { return opened_->may_hold_uncounted; }
  std::string Word(WordId id) const override { return words_.At(id); }
  WordId FindWord(std::string_view text) const override { return words_.Find(text); }

 private:
  const std::shared_ptr<const Opened> opened_;
  const Words& words_;
  rocksdb::ReadOptions read_;
};

}  // namespace

std::unique_ptr<View> Store::Snapshot() const {
  return std::make_unique<SnapshotView>(impl_->Now(), impl_->words);
}

}  // namespace revenant

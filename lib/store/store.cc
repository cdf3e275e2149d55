#include "store/store.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/statistics.h>

#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "store/rocks_options.h"
#include "store/slices.h"
#include "store/status.h"
#include "store/store_impl.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUpgradeName = "upgrade";  // there while rows of an older format may be
constexpr std::uint64_t kGatheredSince = 3;  // before it each observation had a row of its own

// Makes the folder of a new store, unless something is there already.
Result<void> MakeFolder(const fs::path& dir) {
  std::error_code error;
  if (!fs::exists(dir, error)) {
    fs::create_directories(dir, error);
    if (error) return Error{Code::kIo, dir.string() + ": cannot create: " + error.message()};
    return {};
  }
  if (!fs::is_directory(dir, error)) {
    return Error{Code::kConflict, dir.string() + ": is not a folder"};
  }
  if (!fs::is_empty(dir, error) || error) {
    return Error{Code::kConflict, dir.string() + ": folder is not empty; name a new one"};
  }
  return {};
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

Store::Impl::~Impl() {
  if (db != nullptr && mode != Mode::kReadOnly) {
    // The log would do, but whoever opens next, be it for one question, would replay it.
    db->Flush(rocksdb::FlushOptions(), handles).PermitUncheckedError();
  }
  for (rocksdb::ColumnFamilyHandle* handle : handles) db->DestroyColumnFamilyHandle(handle);
  if (db) db->Close().PermitUncheckedError();
}

Result<void> Store::Impl::OpenDatabase(const Options& options) {
  cache =
      rocksdb::HyperClockCacheOptions(options.cache_bytes, std::size_t{8} << 10).MakeSharedCache();
  const rocksdb::DBOptions db_options = DatabaseOptions(options);
  // A newer version may have more tables than we know: open whatever is there, then ask its format.
  std::vector<std::string> names;
  if (mode == Mode::kCreate) {
    for (std::size_t i = 0; i < kTableCount; ++i) names.push_back(TableName(Table(i)));
  } else {
    const rocksdb::Status listed = rocksdb::DB::ListColumnFamilies(db_options, dir, &names);
    if (!listed.ok()) return FromRocks(listed, Doing("open store"));
  }
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : names) families.emplace_back(name, TableOptions(name, cache));
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status =
      mode == Mode::kReadOnly
          ? rocksdb::DB::OpenForReadOnly(db_options, dir, families, &handles, &opened)
          : rocksdb::DB::Open(db_options, dir, families, &handles, &opened);
  db.reset(opened);
  if (!status.ok()) return FromRocks(status, Doing("open store"));
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    for (std::size_t i = 0; i < kTableCount; ++i) {
      if (handle->GetName() == TableName(Table(i))) tables[i] = handle;
    }
  }
  return {};
}

Result<std::uint64_t> Store::Impl::CheckFormat() const {
  rocksdb::PinnableSlice value;
  const rocksdb::Status status =
      db->Get(rocksdb::ReadOptions(), Handle(Table::kMeta), ToSlice(kFormatName), &value);
  if (status.IsNotFound()) {
    return Error{Code::kNotFound, dir + ": is not a Revenant store (a database without a format)"};
  }
  if (!status.ok()) return FromRocks(status, Doing("open store"));
  TRY_ASSIGN(const std::uint64_t format, DecodeNumber(ToView(value)));
  if (format > kFormatVersion) {
    return Error{Code::kUnsupportedFormat, dir + ": store format " + std::to_string(format) +
                                               " is newer than " + std::to_string(kFormatVersion) +
                                               ", which this version reads: upgrade"};
  }
  for (std::size_t i = 0; i < kTableCount; ++i) {
    if (tables[i] == nullptr && FormatOf(Table(i)) <= format) {
      return Error{Code::kCorruption,
                   dir + ": table " + TableName(Table(i)) + " is missing: restore a back-up"};
    }
  }
  return format;
}

// An older store lacks what later formats brought, which is empty in it, and before format 3 it has
// its observations in rows of their own. Readers go by that. Who may write makes the tables, then
// raises the number together with a mark that rows are still to be changed, changes them and takes
// the mark away: cut short anywhere, the next one goes on, and no older version meets rows that it
// does not know.
Result<void> Store::Impl::Upgrade(std::uint64_t format, std::size_t batch_bytes) {
  rocksdb::PinnableSlice mark;
  const rocksdb::Status marked =
      db->Get(rocksdb::ReadOptions(), Handle(Table::kMeta), ToSlice(kUpgradeName), &mark);
  if (!marked.ok() && !marked.IsNotFound()) return FromRocks(marked, Doing("open store"));
  if (format == kFormatVersion && marked.IsNotFound()) return {};
  const bool gathers = format < kGatheredSince || marked.ok();
  if (mode == Mode::kReadOnly) {
    may_hold_uncounted = gathers;
    return {};
  }
  for (std::size_t i = 0; i < kTableCount; ++i) {
    if (tables[i] != nullptr) continue;
    const rocksdb::Status made = db->CreateColumnFamily(TableOptions(TableName(Table(i)), cache),
                                                        TableName(Table(i)), &tables[i]);
    if (!made.ok()) return FromRocks(made, Doing("upgrade store"));
    handles.push_back(tables[i]);
  }
  rocksdb::WriteOptions synced;
  synced.sync = true;
  rocksdb::ColumnFamilyHandle* meta = Handle(Table::kMeta);
  rocksdb::WriteBatch begun;
  rocksdb::Status status =
      begun.Put(meta, ToSlice(kFormatName), ToSlice(EncodeNumber(kFormatVersion)));
  if (status.ok() && gathers) {
    status = begun.Put(meta, ToSlice(kUpgradeName), ToSlice(EncodeNumber(format)));
  }
  if (status.ok()) status = db->Write(synced, &begun);
  if (!status.ok()) return FromRocks(status, Doing("upgrade store"));
  if (!gathers) return {};
  TRY(GatherObservations(*db, tables, batch_bytes));
  status = db->Delete(synced, meta, ToSlice(kUpgradeName));
  return status.ok() ? Result<void>() : FromRocks(status, Doing("upgrade store"));
}

Result<void> Store::Impl::LoadWords() {
  std::unique_ptr<rocksdb::Iterator> iterator(
      db->NewIterator(rocksdb::ReadOptions(), Handle(Table::kWords)));
  return Walk(*iterator, "", [&](std::string_view key, std::string_view text) -> Result<bool> {
    ByteReader reader(key);
    const std::uint32_t id = reader.BigEndian32();
    if (!reader.AtEnd() || id != words.size() + 1) {
      return Error{Code::kCorruption, dir + ": table words has a gap: restore a back-up"};
    }
    words.Append(text);
    return true;
  });
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::Open(const fs::path& dir, const Options& options) {
  auto impl = std::make_unique<Impl>();
  impl->dir = dir.string();
  impl->mode = options.mode;
  rocksdb::Env* env = options.env == nullptr ? rocksdb::Env::Default() : options.env;
  if (options.mode == Mode::kCreate) {
    if (options.env == nullptr) TRY(MakeFolder(dir));  // a test's disk has no folders to make
  } else if (!env->FileExists((dir / "CURRENT").string()).ok()) {
    return Error{Code::kNotFound, dir.string() + ": no store there; `init` makes one"};
  }
  TRY(impl->OpenDatabase(options));
  if (options.mode == Mode::kCreate) {
    rocksdb::WriteOptions synced;
    synced.sync = true;
    const rocksdb::Status status = impl->db->Put(
        synced, impl->Handle(Table::kMeta), ToSlice(kFormatName), EncodeNumber(kFormatVersion));
    if (!status.ok()) return FromRocks(status, impl->Doing("create store"));
  }
  TRY_ASSIGN(const std::uint64_t format, impl->CheckFormat());
  TRY(impl->Upgrade(format, options.upgrade_batch_bytes));
  TRY(impl->LoadWords());
  std::unique_ptr<Store> store(new Store(std::move(impl)));
  if (store->writable()) store->RemoveBulkFolder();
  return store;
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
  rocksdb::Status status = impl_->db->Flush(rocksdb::FlushOptions(), impl_->handles);
  rocksdb::CompactRangeOptions whole;
  whole.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  for (rocksdb::ColumnFamilyHandle* table : impl_->handles) {
    if (!status.ok()) break;
    if (!IsUntidy(*impl_->db, table)) continue;
    status = impl_->db->CompactRange(whole, table, nullptr, nullptr);
  }
  return status.ok() ? Result<void>() : FromRocks(status, impl_->Doing("tidy store"));
}

Result<void> Store::VerifyChecksums() const {
  const rocksdb::Status status = impl_->db->VerifyChecksum();
  if (!status.ok()) return FromRocks(status, impl_->Doing("verify store"));
  return {};
}

Result<std::optional<std::string>> Store::Meta(std::string_view name) const {
  rocksdb::PinnableSlice value;
  return Found(
      impl_->db->Get(rocksdb::ReadOptions(), impl_->Handle(Table::kMeta), ToSlice(name), &value),
      value);
}

std::size_t Store::WordCount() const { return impl_->words.size(); }

bool Store::writable() const { return impl_->mode != Mode::kReadOnly; }

Result<void> Store::Impl::SyncLog() {
  const rocksdb::Status status = db->FlushWAL(true);
  // Disks made of memory, of tests, have no power to lose.
  return status.ok() || status.IsNotSupported() ? Result<void>()
                                                : FromRocks(status, Doing("write store"));
}

Result<void> Store::Sync() { return impl_->SyncLog(); }

std::uint64_t Store::LastCommit() const { return impl_->log.written(); }
Result<void> Store::SyncThrough(std::uint64_t commit) { return impl_->log.Wait(commit); }
std::uint64_t Store::Syncs() const { return impl_->log.syncs(); }

Result<Store::Stamp> Store::CurrentStamp() const {
  Stamp stamp;
  const rocksdb::Status status = impl_->db->GetDbIdentity(stamp.store);
  if (!status.ok()) return FromRocks(status, impl_->Doing("read store"));
  stamp.sequence = impl_->db->GetLatestSequenceNumber();
  return stamp;
}

std::uint64_t Store::PointReads() const {
  const std::shared_ptr<rocksdb::Statistics>& statistics = impl_->db->GetDBOptions().statistics;
  return statistics == nullptr ? 0 : statistics->getTickerCount(rocksdb::NUMBER_KEYS_READ);
}

// --- Snapshots ---

namespace {

class SnapshotView final : public View {
 public:
  SnapshotView(rocksdb::DB& db, const TableHandles& tables, bool may_hold_uncounted,
               const Words& words)
      : db_(db), tables_(tables), may_hold_uncounted_(may_hold_uncounted), words_(words) {
    read_.snapshot = db_.GetSnapshot();
  }
  ~SnapshotView() override {
    if (read_.snapshot != nullptr) db_.ReleaseSnapshot(read_.snapshot);
  }
  SnapshotView(const SnapshotView&) = delete;
  SnapshotView& operator=(const SnapshotView&) = delete;

  Result<void> Scan(Table table, std::string_view prefix, const VisitRaw& visit) const override {
    rocksdb::ColumnFamilyHandle* handle = tables_[static_cast<std::size_t>(table)];
    if (handle == nullptr) return {};  // of a later format than the store's: empty
    std::unique_ptr<rocksdb::Iterator> iterator(db_.NewIterator(read_, handle));
    return Walk(*iterator, prefix, visit);
  }
  Result<std::optional<std::string>> Get(Table table, std::string_view key) const override {
    rocksdb::ColumnFamilyHandle* handle = tables_[static_cast<std::size_t>(table)];
    if (handle == nullptr) return std::optional<std::string>();
    rocksdb::PinnableSlice value;
    return Found(db_.Get(read_, handle, ToSlice(key), &value), value);
  }
  bool MayHoldUncounted() const override { return may_hold_uncounted_; }
  std::string Word(WordId id) const override { return words_.At(id); }
  WordId FindWord(std::string_view text) const override { return words_.Find(text); }

 private:
  rocksdb::DB& db_;
  const TableHandles& tables_;
  const bool may_hold_uncounted_;
  const Words& words_;
  rocksdb::ReadOptions read_;
};

}  // namespace

std::unique_ptr<View> Store::Snapshot() const {
  return std::make_unique<SnapshotView>(*impl_->db, impl_->tables, impl_->may_hold_uncounted,
                                        impl_->words);
}

}  // namespace revenant

#include "store/store.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/statistics.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/write_batch_with_index.h>

#include <array>
#include <cassert>
#include <system_error>
#include <unordered_set>
#include <utility>
#include <vector>

#include "store/read_cache.h"
#include "store/slices.h"
#include "store/status.h"
#include "store/upgrade.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFormatName = "format";
constexpr std::string_view kUpgradeName = "upgrade";  // there while rows of an older format may be
constexpr std::string_view kBulkFolder = "bulk_load";

rocksdb::ColumnFamilyOptions TableOptions(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.format_version = 5;
  table.checksum = rocksdb::kXXH3;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.whole_key_filtering = true;
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.compression = rocksdb::kLZ4Compression;
  // Most of what is looked up is not there: without this every miss walks the memtable's skip list.
  options.memtable_prefix_bloom_size_ratio = 0.1;
  options.memtable_whole_key_filtering = true;
  // Strangers' identifiers are misses: the filter of the last level must stay (never set
  // optimize_filters_for_hits).
  return options;
}

rocksdb::DBOptions DatabaseOptions(const Store::Options& options) {
  rocksdb::DBOptions db;
  db.create_if_missing = options.mode == Store::Mode::kCreate;
  db.error_if_exists = options.mode == Store::Mode::kCreate;
  db.create_missing_column_families = true;
  db.max_open_files = -1;
  db.keep_log_file_num = 2;
  db.info_log_level = rocksdb::WARN_LEVEL;
  db.max_background_jobs = 2;
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  if (options.env != nullptr) db.env = options.env;
  if (options.count_reads) {
    db.statistics = rocksdb::CreateDBStatistics();
    db.statistics->set_stats_level(rocksdb::kExceptHistogramOrTimers);
  }
  return db;
}

// Visits the rows of `iterator` whose keys begin with `prefix`.
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

// What rocksdb::DB::Get and its batch variant give, as ours.
Result<std::optional<std::string>> Found(const rocksdb::Status& status,
                                         const rocksdb::PinnableSlice& value) {
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return FromRocks(status, "read store");
  return std::optional<std::string>(value.ToString());
}

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

struct Store::Impl {
  std::string dir;
  Mode mode{};
  std::shared_ptr<rocksdb::Cache> cache;
  std::unique_ptr<rocksdb::DB> db;
  TableHandles tables{};
  bool may_hold_uncounted = false;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;  // all that were opened
  Words words;
  ReadCache cached;  // the writer's

  ~Impl() {
    if (db != nullptr && mode != Mode::kReadOnly) {
      // The log would do, but whoever opens next, be it for one question, would replay it.
      db->Flush(rocksdb::FlushOptions(), handles).PermitUncheckedError();
    }
    for (rocksdb::ColumnFamilyHandle* handle : handles) db->DestroyColumnFamilyHandle(handle);
    if (db) db->Close().PermitUncheckedError();
  }

  rocksdb::ColumnFamilyHandle* Handle(Table table) const {
    return tables[static_cast<std::size_t>(table)];
  }
  std::string Doing(std::string_view what) const { return std::string(what) + " " + dir; }

  Result<void> OpenDatabase(const Options& options);
  Result<std::uint64_t> CheckFormat() const;  // gives the store's own
  Result<void> Upgrade(std::uint64_t format, std::size_t batch_bytes);
  Result<void> LoadWords();
};

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
  for (const std::string& name : names) families.emplace_back(name, TableOptions(cache));
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

// An older store lacks what later formats brought, which is empty in it, and has its observations
// in rows of their own. Readers go by that. Who may write makes the tables, then raises the number
// together with a mark that rows are still to be changed, changes them and takes the mark away: cut
// short anywhere, the next one goes on, and no older version meets rows that it does not know.
Result<void> Store::Impl::Upgrade(std::uint64_t format, std::size_t batch_bytes) {
  rocksdb::PinnableSlice mark;
  const rocksdb::Status marked =
      db->Get(rocksdb::ReadOptions(), Handle(Table::kMeta), ToSlice(kUpgradeName), &mark);
  if (!marked.ok() && !marked.IsNotFound()) return FromRocks(marked, Doing("open store"));
  if (format == kFormatVersion && marked.IsNotFound()) return {};
  if (mode == Mode::kReadOnly) {
    may_hold_uncounted = true;
    return {};
  }
  for (std::size_t i = 0; i < kTableCount; ++i) {
    if (tables[i] != nullptr) continue;
    const rocksdb::Status made =
        db->CreateColumnFamily(TableOptions(cache), TableName(Table(i)), &tables[i]);
    if (!made.ok()) return FromRocks(made, Doing("upgrade store"));
    handles.push_back(tables[i]);
  }
  rocksdb::WriteOptions synced;
  synced.sync = true;
  rocksdb::ColumnFamilyHandle* meta = Handle(Table::kMeta);
  rocksdb::WriteBatch begun;
  rocksdb::Status status =
      begun.Put(meta, ToSlice(kFormatName), ToSlice(EncodeNumber(kFormatVersion)));
  if (status.ok()) status = begun.Put(meta, ToSlice(kUpgradeName), ToSlice(EncodeNumber(format)));
  if (status.ok()) status = db->Write(synced, &begun);
  if (!status.ok()) return FromRocks(status, Doing("upgrade store"));
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

Result<void> Store::Sync() {
  const rocksdb::Status status = impl_->db->FlushWAL(true);
  // Disks made of memory, of tests, have no power to lose.
  return status.ok() || status.IsNotSupported() ? Result<void>()
                                                : FromRocks(status, impl_->Doing("write store"));
}

Result<Store::Stamp> Store::CurrentStamp() const {
  Stamp stamp;
  const rocksdb::Status status = impl_->db->GetDbIdentity(stamp.store);
  if (!status.ok()) return FromRocks(status, impl_->Doing("read store"));
  stamp.sequence = impl_->db->GetLatestSequenceNumber();
  return stamp;
}

Result<std::optional<std::string>> Store::ReadSideFile(std::string_view name) const {
  rocksdb::Env* env = impl_->db->GetEnv();
  const std::string path = (fs::path(impl_->dir) / name).string();
  std::string bytes;
  const rocksdb::Status status = env->FileExists(path).IsNotFound()
                                     ? rocksdb::Status::NotFound()
                                     : rocksdb::ReadFileToString(env, path, &bytes);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return FromRocks(status, impl_->Doing("read store"));
  return std::optional<std::string>(std::move(bytes));
}

Result<void> Store::WriteSideFile(std::string_view name, std::string_view bytes) {
  rocksdb::Env* env = impl_->db->GetEnv();
  const std::string path = (fs::path(impl_->dir) / name).string();
  const std::string draft = path + ".new";
  rocksdb::Status status = rocksdb::WriteStringToFile(env, ToSlice(bytes), draft, false);
  if (status.ok()) status = env->RenameFile(draft, path);
  if (!status.ok()) {
    env->DeleteFile(draft).PermitUncheckedError();
    return FromRocks(status, impl_->Doing("write beside store"));
  }
  return {};
}

rocksdb::DB& Store::database() const { return *impl_->db; }
rocksdb::ColumnFamilyHandle* Store::HandleOf(Table table) const { return impl_->Handle(table); }
std::string Store::BulkFolder() const { return (fs::path(impl_->dir) / kBulkFolder).string(); }

void Store::RemoveBulkFolder() {
  rocksdb::Env* env = impl_->db->GetEnv();
  std::vector<std::string> names;
  if (!env->GetChildren(BulkFolder(), &names).ok()) return;  // there is none
  for (const std::string& name : names) {
    if (name == "." || name == "..") continue;
    env->DeleteFile(BulkFolder() + "/" + name).PermitUncheckedError();
  }
  env->DeleteDir(BulkFolder()).PermitUncheckedError();
}

Result<void> Store::Ingest(const std::vector<rocksdb::IngestExternalFileArg>& files,
                           const std::vector<std::string>& new_words) {
  // Files may come in without moving the number of the last write, by which side files are known to
  // be of another state: so a write goes first, and it is synced, as the files will be.
  rocksdb::WriteOptions synced;
  synced.sync = true;
  rocksdb::Status status = impl_->db->Put(synced, impl_->Handle(Table::kMeta), ToSlice(kFormatName),
                                          EncodeNumber(kFormatVersion));
  if (status.ok()) status = impl_->db->IngestExternalFiles(files);
  if (!status.ok()) return FromRocks(status, impl_->Doing("write store"));
  for (const std::string& word : new_words) impl_->words.Append(word);
  impl_->cached = {};
  return {};
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

// --- Batches ---

struct Batch::Impl {
  Store::Impl* store = nullptr;
  rocksdb::WriteBatchWithIndex writes{rocksdb::BytewiseComparator(), 0, true};
  std::vector<std::string> new_words;
  std::size_t words_at_mark = 0;
  // What this batch has written of rows that are kept in memory once committed. Undone writes stay
  // in it: such reads are merely slower.
  std::unordered_set<std::string> written;

  void NoteWrite(Table table, std::string_view key) {
    if (ReadCache::Keeps(table, key)) written.insert(WrittenName(table, key));
  }
  bool Wrote(Table table, std::string_view key) const {
    return written.contains(WrittenName(table, key));
  }
  static std::string WrittenName(Table table, std::string_view key) {
    return std::string(1, static_cast<char>(table)).append(key);
  }
};

Batch::Batch(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Batch::~Batch() = default;

std::unique_ptr<Batch> Store::NewBatch() {
  auto impl = std::make_unique<Batch::Impl>();
  impl->store = impl_.get();
  return std::unique_ptr<Batch>(new Batch(std::move(impl)));
}

Result<void> Store::Commit(Batch& batch, bool sync) {
  rocksdb::WriteOptions options;
  options.sync = sync;
  const rocksdb::Status status = impl_->db->Write(options, batch.impl_->writes.GetWriteBatch());
  if (!status.ok()) return FromRocks(status, impl_->Doing("write store"));
  for (const std::string& word : batch.impl_->new_words) impl_->words.Append(word);
  for (const std::string& name : batch.impl_->written) {
    impl_->cached.Forget(Table(name.front()), std::string_view(name).substr(1));
  }
  return {};
}

void Batch::Put(Table table, std::string_view key, std::string_view value) {
  impl_->NoteWrite(table, key);
  impl_->writes.Put(impl_->store->Handle(table), ToSlice(key), ToSlice(value));
}

void Batch::Delete(Table table, std::string_view key) {
  impl_->NoteWrite(table, key);
  impl_->writes.Delete(impl_->store->Handle(table), ToSlice(key));
}

void Batch::PutSeller(SellerId seller, const SellerRow& row) {
  Put(Table::kSellers, SellerKey(seller), Encode(row));
}

void Batch::PutComponent(LabelId label, std::uint32_t part, const ComponentRow& row) {
  const std::string key = ComponentKey(label, part);
  if (row.size == 0) {
    Delete(Table::kComponents, key);
  } else {
    Put(Table::kComponents, key, Encode(row));
  }
}

WordId Batch::InternWord(std::string_view text) {
  if (const WordId known = FindWord(text); known != WordId{0}) return known;
  impl_->new_words.emplace_back(text);
  const auto id = static_cast<std::uint32_t>(impl_->store->words.size() + impl_->new_words.size());
  std::string key;
  PutBigEndian32(key, id);
  Put(Table::kWords, key, text);
  return WordId{id};
}

Result<std::uint64_t> Batch::NextNumber(std::string_view counter) {
  TRY_ASSIGN(const std::optional<std::string> bytes, Get(Table::kMeta, counter));
  std::uint64_t next = 1;
  if (bytes) {
    TRY_ASSIGN(const std::uint64_t last, DecodeNumber(*bytes));
    next = last + 1;
  }
  Put(Table::kMeta, counter, EncodeNumber(next));
  return next;
}

void Batch::SetMark() {
  impl_->writes.SetSavePoint();
  impl_->words_at_mark = impl_->new_words.size();
}

void Batch::RollBackToMark() {
  impl_->writes.RollbackToSavePoint().PermitUncheckedError();  // fails only without a mark
  impl_->new_words.resize(impl_->words_at_mark);
}

void Batch::DropMark() { impl_->writes.PopSavePoint().PermitUncheckedError(); }

Result<void> Batch::Scan(Table table, std::string_view prefix, const VisitRaw& visit) const {
  rocksdb::ColumnFamilyHandle* handle = impl_->store->Handle(table);
  std::unique_ptr<rocksdb::Iterator> iterator(impl_->writes.NewIteratorWithBase(
      handle, impl_->store->db->NewIterator(rocksdb::ReadOptions(), handle)));
  return Walk(*iterator, prefix, visit);
}

Result<std::optional<std::string>> Batch::Get(Table table, std::string_view key) const {
  rocksdb::PinnableSlice value;
  if (ReadCache::Keeps(table, key) && !impl_->Wrote(table, key)) {
    ReadCache& cached = impl_->store->cached;
    if (const ReadCache::Value* known = cached.Find(table, key)) return *known;
    TRY_ASSIGN(ReadCache::Value read,
               Found(impl_->store->db->Get(rocksdb::ReadOptions(), impl_->store->Handle(table),
                                           ToSlice(key), &value),
                     value));
    return cached.Keep(table, key, std::move(read));
  }
  return Found(impl_->writes.GetFromBatchAndDB(impl_->store->db.get(), rocksdb::ReadOptions(),
                                               impl_->store->Handle(table), ToSlice(key), &value),
               value);
}

std::string Batch::Word(WordId id) const {
  const auto index = static_cast<std::size_t>(id);
  const std::size_t known = impl_->store->words.size();
  if (index <= known) return impl_->store->words.At(id);
  return index - known <= impl_->new_words.size() ? impl_->new_words[index - known - 1] : "";
}

WordId Batch::FindWord(std::string_view text) const {
  if (const WordId known = impl_->store->words.Find(text); known != WordId{0}) return known;
  for (std::size_t i = 0; i < impl_->new_words.size(); ++i) {
    if (impl_->new_words[i] == text) {
      return WordId{static_cast<std::uint32_t>(impl_->store->words.size() + i + 1)};
    }
  }
  return WordId{0};
}

}  // namespace revenant

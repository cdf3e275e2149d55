// How RocksDB is opened over a store's folder, in each mode, and what is checked before anybody
// reads.

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "store/damage.h"
#include "store/rocks_options.h"
#include "store/slices.h"
#include "store/status.h"
#include "store/store_impl.h"
#include "store/wal_check.h"
#include "util/bytes.h"
#include "util/crew.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr std::uint64_t kGatheredSince = 3;  // before it each observation had a row of its own
constexpr std::string_view kUpgradeName = "upgrade";  // there while rows of an older format may be

// The threads that RocksDB would start once it wants to flush or compact, in the middle of things.
Result<void> StartThreads(rocksdb::Env& env, const std::string& doing) {
  try {
    for (const auto pool : {rocksdb::Env::Priority::HIGH, rocksdb::Env::Priority::LOW}) {
      env.Schedule([](void*) {}, nullptr, pool);
    }
    Crew crew;  // what RocksDB starts while it opens
    for (int i = 0; i < 2; ++i) {
      if (!crew.Start([] {})) throw std::system_error(EAGAIN, std::generic_category());
    }
    return {};
  } catch (const std::system_error&) {
    return Error{Code::kIo, doing + ": the system gives no thread; raise `ulimit -u` and -v"};
  }
}

}  // namespace

Result<void> Store::Impl::FindTables(Opened& found) const {
  for (rocksdb::ColumnFamilyHandle* handle : found.handles) {
    for (std::size_t i = 0; i < kTableCount; ++i) {
      if (handle->GetName() == TableName(Table(i))) found.tables[i] = handle;
    }
  }
  const rocksdb::Status status = found.db->GetDbIdentity(found.identity);
  return status.ok() ? Result<void>() : FromRocks(status, Doing("open store"));
}

namespace {

// A newer version may have more tables than we know: open what is there, then ask its format.
Result<std::vector<rocksdb::ColumnFamilyDescriptor>> Families(
    const rocksdb::DBOptions& options, const std::string& dir, bool is_new,
    const std::shared_ptr<rocksdb::Cache>& cache) {
  std::vector<std::string> names;
  if (is_new) {
    for (std::size_t i = 0; i < kTableCount; ++i) names.push_back(TableName(Table(i)));
  } else {
    const rocksdb::Status listed = rocksdb::DB::ListColumnFamilies(options, dir, &names);
    if (!listed.ok()) return FromRocks(listed, "open store " + dir);
  }
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : names) families.emplace_back(name, TableOptions(name, cache));
  return families;
}

// RocksDB opens a table whose properties it cannot read, says so in its log alone, and then finds
// none of its rows.
Result<void> CheckTables(const Opened& opened, const std::string& dir) {
  for (rocksdb::ColumnFamilyHandle* handle : opened.handles) {
    rocksdb::TablePropertiesCollection properties;
    const rocksdb::Status status = opened.db->GetPropertiesOfAllTables(handle, &properties);
    const std::string table = dir + ": a file of table " + handle->GetName() + " cannot be read";
    if (status.IsCorruption()) return DamageIn(table + " (" + status.ToString() + ")");
    if (!status.ok()) return FromRocks(status, "open store " + dir);
    for (const auto& [file, found] : properties) {
      if (found == nullptr) return DamageIn(table);
    }
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<Opened>> Store::Impl::OpenForWriting() {
  const bool is_new = options.mode == Mode::kCreate;
  auto made = std::make_shared<Opened>();
  made->retryable = std::make_shared<RetryableFiles>(
      options.files != nullptr ? options.files : rocksdb::FileSystem::Default());
  made->own = std::make_shared<OwnFiles>(made->retryable, dir);
  made->env = rocksdb::NewCompositeEnv(made->own);
  rocksdb::DBOptions db_options = DatabaseOptions(options);
  db_options.env = made->env.get();
  TRY(StartThreads(*made->env, Doing("open store")));
  TRY_ASSIGN(const auto families, Families(db_options, dir, is_new, cache));
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(db_options, dir, families, &made->handles, &db);
  made->db.reset(db);
  if (!status.ok()) {
    if (made->own->trouble()) return *made->own->trouble();
    return FromRocks(status, Doing("open store"));
  }
  for (const TornLog& torn : made->own->torn()) Say(LogLevel::kWarning, torn.text);
  made->writable = true;
  TRY(FindTables(*made));
  TRY(CheckTables(*made, dir));
  return made;
}

// Beside a writer, of this process or another.
Result<std::shared_ptr<Opened>> Store::Impl::OpenPinned() {
  constexpr int kTries = 5;
  for (int tries = 1;; ++tries) {
    const std::optional<WalMarkList> marks = WalMarkList::Read(dir);
    auto made = std::make_shared<Opened>();
    TRY_ASSIGN(made->pinned,
               PinnedFiles::Pin(
                   dir, options.files != nullptr ? options.files : rocksdb::FileSystem::Default()));
    // A log that is no longer needed may go between the two looks, and its mark with it.
    const Result<WalCheck> logs = made->pinned->CheckLogs(marks);
    if (!logs) {
      if (tries >= kTries) return logs.error();
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      continue;
    }
    for (const TornLog& torn : logs->torn) Say(LogLevel::kDetail, torn.text);
    made->env = rocksdb::NewCompositeEnv(made->pinned);
    rocksdb::DBOptions db_options = DatabaseOptions(options);
    db_options.env = made->env.get();
    TRY_ASSIGN(const auto families, Families(db_options, dir, false, cache));
    rocksdb::DB* db = nullptr;
    // Not as a secondary instance: that takes a table which it cannot read for one that is not
    // there yet, and goes back to a state without it.
    const rocksdb::Status status =
        rocksdb::DB::OpenForReadOnly(db_options, dir, families, &made->handles, &db);
    made->db.reset(db);
    if (!status.ok()) return FromRocks(status, Doing("open store"));
    TRY(FindTables(*made));
    TRY(CheckTables(*made, dir));
    return made;
  }
}

Result<std::shared_ptr<Opened>> Store::Impl::OpenOnTestDisk() {
  auto made = std::make_shared<Opened>();
  const rocksdb::DBOptions db_options = DatabaseOptions(options);
  TRY_ASSIGN(const auto families, Families(db_options, dir, options.mode == Mode::kCreate, cache));
  rocksdb::DB* db = nullptr;
  made->writable = options.mode != Mode::kReadOnly;
  const rocksdb::Status status =
      made->writable ? rocksdb::DB::Open(db_options, dir, families, &made->handles, &db)
                     : rocksdb::DB::OpenForReadOnly(db_options, dir, families, &made->handles, &db);
  made->db.reset(db);
  if (!status.ok()) return FromRocks(status, Doing("open store"));
  TRY(FindTables(*made));
  return made;
}

Result<void> Store::Impl::Settle(Opened& found) {
  TRY_ASSIGN(const std::uint64_t format, CheckFormat(found));
  TRY(Upgrade(found, format));
  return LoadWords(found);
}

Result<std::uint64_t> Store::Impl::CheckFormat(const Opened& found) const {
  rocksdb::PinnableSlice value;
  const rocksdb::Status status = found.db->Get(rocksdb::ReadOptions(), found.Handle(Table::kMeta),
                                               ToSlice(kFormatName), &value);
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
    if (found.tables[i] == nullptr && FormatOf(Table(i)) <= format) {
      return DamageIn(dir + ": table " + TableName(Table(i)) + " is missing");
    }
  }
  return format;
}

// An older store lacks what later formats brought, which is empty in it, and before format 3 it has
// its observations in rows of their own. Readers go by that. A writer makes the tables, then raises
// the number together with a mark that rows still have to be changed, changes them and takes the
// mark away: cut short anywhere, the next opening continues, and no older version meets rows that
// it does not know.
Result<void> Store::Impl::Upgrade(Opened& found, std::uint64_t format) {
  rocksdb::PinnableSlice mark;
  const rocksdb::Status marked = found.db->Get(rocksdb::ReadOptions(), found.Handle(Table::kMeta),
                                               ToSlice(kUpgradeName), &mark);
  if (!marked.ok() && !marked.IsNotFound()) return FromRocks(marked, Doing("open store"));
  if (format == kFormatVersion && marked.IsNotFound()) return {};
  const bool gathers = format < kGatheredSince || marked.ok();
  if (!found.writable) {
    found.may_hold_uncounted = gathers;
    return {};
  }
  for (std::size_t i = 0; i < kTableCount; ++i) {
    if (found.tables[i] != nullptr) continue;
    const rocksdb::Status made = found.db->CreateColumnFamily(
        TableOptions(TableName(Table(i)), cache), TableName(Table(i)), &found.tables[i]);
    if (!made.ok()) {
      found.KeepFilesWhileInDoubt();
      return FromRocks(made, Doing("upgrade store"));
    }
    found.handles.push_back(found.tables[i]);
  }
  rocksdb::WriteOptions synced;
  synced.sync = true;
  rocksdb::ColumnFamilyHandle* meta = found.Handle(Table::kMeta);
  rocksdb::WriteBatch begun;
  rocksdb::Status status =
      begun.Put(meta, ToSlice(kFormatName), ToSlice(EncodeNumber(kFormatVersion)));
  if (status.ok() && gathers) {
    status = begun.Put(meta, ToSlice(kUpgradeName), ToSlice(EncodeNumber(format)));
  }
  if (status.ok()) status = found.db->Write(synced, &begun);
  if (!status.ok()) return FromRocks(status, Doing("upgrade store"));
  if (!gathers) return {};
  TRY(GatherObservations(*found.db, found.tables, options.upgrade_batch_bytes));
  status = found.db->Delete(synced, meta, ToSlice(kUpgradeName));
  return status.ok() ? Result<void>() : FromRocks(status, Doing("upgrade store"));
}

// Those that are not known yet: words are only ever added.
Result<void> Store::Impl::LoadWords(const Opened& found) {
  std::unique_ptr<rocksdb::Iterator> iterator(
      found.db->NewIterator(rocksdb::ReadOptions(), found.Handle(Table::kWords)));
  std::string next;
  PutBigEndian32(next, static_cast<std::uint32_t>(words.size() + 1));
  for (iterator->Seek(ToSlice(next)); iterator->Valid(); iterator->Next()) {
    ByteReader reader(ToView(iterator->key()));
    const std::uint32_t id = reader.BigEndian32();
    if (!reader.AtEnd() || id != words.size() + 1) {
      return DamageIn(dir + ": table words has a gap");
    }
    words.Append(ToView(iterator->value()));
  }
  if (!iterator->status().ok()) return FromRocks(iterator->status(), Doing("read store"));
  return {};
}

}  // namespace revenant

// A store under a new key, without raw values.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <utility>
#include <vector>

#include "journal/log.h"
#include "operations/part_folder.h"
#include "registry/apply/recorder.h"
#include "registry/state/meta_rows.h"
#include "revenant/case_file.h"
#include "revenant/operations.h"
#include "store/bulk_writer.h"
#include "store/damage.h"
#include "store/journal_rows.h"
#include "store/spill.h"
#include "store/still_files.h"
#include "store/store.h"
#include "store/store_lock.h"
#include "util/bytes.h"
#include "util/json_writer.h"
#include "util/posix_file.h"
#include "util/try.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFileBytes = std::size_t{256} << 20;  // of one sorted file, about
constexpr std::size_t kSpillBytes = std::size_t{256}
                                    << 20;      // of keys in memory while they are sorted
constexpr std::size_t kPartitions = 256;        // by the first byte of the new digest
constexpr std::uint64_t kSellersABlock = 4096;  // of an import's entry in the journal

// One table's rows in the order of their keys, in as many files as it takes.
class SortedTable {
 public:
  SortedTable(BulkWriter& writer, Table table) : writer_(writer), table_(table) {}
  Result<void> Put(std::string_view key, std::string_view value) {
    if (file_ == nullptr) file_ = std::make_unique<TableFile>(writer_, table_);
    TRY(file_->Put(key, value));
    ++rows_;
    bytes_ += key.size() + value.size();
    return bytes_ < kFileBytes ? Result<void>() : Finish();
  }
  Result<void> Finish() {
    if (file_ != nullptr) TRY(file_->Finish());
    file_.reset();
    bytes_ = 0;
    return {};
  }
  std::uint64_t rows() const { return rows_; }

 private:
  BulkWriter& writer_;
  const Table table_;
  std::unique_ptr<TableFile> file_;
  std::size_t bytes_ = 0;
  std::uint64_t rows_ = 0;
};

// Every row of a store, written into another one under the next key of the chain.
class Rewriter {
 public:
  Rewriter(const View& from, const Fingerprinter& keyed, std::string key_check, BulkWriter& writer)
      : from_(from), keyed_(keyed), key_check_(std::move(key_check)), writer_(writer) {}

  Result<std::uint64_t> Run() {
    TRY_ASSIGN(last_seller_, NumberOf(kSellerCounter));
    for (std::size_t i = 0; i < kTableCount; ++i) TRY(Rewrite(Table(i)));
    TRY(writer_.Ingest(words_));
    return rows_;
  }

 private:
  Result<std::uint64_t> NumberOf(std::string_view name) const {
    TRY_ASSIGN(const std::optional<std::string> bytes, from_.Get(Table::kMeta, name));
    if (!bytes) return std::uint64_t{0};
    return DecodeNumber(*bytes);
  }

  Result<void> Rewrite(Table table) {
    switch (table) {
      case Table::kTombstones:
      case Table::kFingerprints:
      case Table::kCarriers:
      case Table::kDated:
      case Table::kJournalAbout:
        return Resort(table);
      case Table::kObservations:
        return Observations();
      default:
        break;
    }
    SortedTable out(writer_, table);
    TRY(from_.Scan(table, "", [&](std::string_view key, std::string_view value) -> Result<bool> {
      TRY_ASSIGN(const std::optional<std::string> changed, Changed(table, key, value));
      if (table == Table::kWords) words_.emplace_back(value);
      if (table == Table::kMeta && key == "format") return true;  // is there
      TRY(out.Put(key, changed ? std::string_view(*changed) : value));
      return true;
    }));
    rows_ += out.rows();
    return out.Finish();
  }

  // nullopt: the value stays.
  Result<std::optional<std::string>> Changed(Table table, std::string_view key,
                                             std::string_view value) const {
    if (table == Table::kMeta && key == kKeyCheckName) return std::optional(key_check_);
    if (table == Table::kJournalBodies) {
      TRY_ASSIGN(JournalBodyRow row, DecodeJournalBodyRow(value));
      for (Fingerprint& about : row.about) {
        if (!IsBlock(about)) about = keyed_.Rewrap(about);
      }
      std::sort(row.about.begin(), row.about.end());
      return std::optional(Encode(row));
    }
    if (table == Table::kCases) {
      TRY_ASSIGN(const CaseKey named, DecodeCaseKey(key));
      if (named.type != CaseType::kMeasure) return std::optional<std::string>();
      TRY_ASSIGN(CaseRow row, DecodeCaseRow(value));
      Result<MeasureDetail> detail = MeasureDetailFrom(row.reason);
      if (!detail) return std::optional<std::string>();
      for (BasisCase& basis : detail->basis) {
        for (std::string& hop : basis.path) {
          if (const auto old = Fingerprint::FromHex(hop)) hop = keyed_.Rewrap(*old).ToHex();
        }
      }
      row.reason = ToDetail(*detail);
      return std::optional(Encode(row));
    }
    return std::optional<std::string>();
  }

  // An entry about an import names blocks of sellers' numbers where others have digests of names.
  bool IsBlock(const Fingerprint& about) const {
    ByteReader reader(AsView(about.bytes));
    const std::uint64_t block = reader.BigEndian64();
    return block <= last_seller_ / kSellersABlock && reader.BigEndian32() < kSellersABlock &&
           reader.BigEndian32() < kSellersABlock;
  }

  // Tables whose keys begin with a digest come in another order.
  Result<void> Resort(Table table) {
    SpillBudget budget(kSpillBytes);
    Spill spill(writer_.env(), writer_.TemporaryPath("rekey"), kPartitions, budget);
    Spill::Writer spiller(spill);
    TRY(from_.Scan(table, "", [&](std::string_view key, std::string_view value) -> Result<bool> {
      Fingerprint digest;
      if (key.size() < digest.bytes.size()) {
        return DamageIn(std::string("store: table ") + TableName(table));
      }
      std::copy_n(AsBytes(key).begin(), digest.bytes.size(), digest.bytes.begin());
      if (table != Table::kJournalAbout || !IsBlock(digest)) digest = keyed_.Rewrap(digest);
      std::string moved(AsView(digest.bytes));
      moved += key.substr(digest.bytes.size());
      std::string& out = spiller.Open(digest.bytes.front());
      PutLengthPrefixed(out, moved);
      PutLengthPrefixed(out, value);
      TRY(spiller.Close(digest.bytes.front()));
      return true;
    }));
    TRY(spiller.Finish());
    SortedTable out(writer_, table);
    std::string bytes;
    std::vector<std::pair<std::string_view, std::string_view>> sorted;
    for (std::size_t partition = 0; partition < kPartitions; ++partition) {
      bytes.clear();
      sorted.clear();
      TRY(spill.Take(partition, bytes));
      ByteReader reader{std::string_view(bytes)};
      while (!reader.AtEnd()) {
        const std::string_view key = reader.LengthPrefixed();
        sorted.emplace_back(key, reader.LengthPrefixed());
        if (!reader.ok()) return DamageIn(std::string("store: table ") + TableName(table));
      }
      std::sort(sorted.begin(), sorted.end());
      for (const auto& [key, value] : sorted) TRY(out.Put(key, value));
    }
    rows_ += out.rows();
    return out.Finish();
  }

  Observed Rewrapped(Observed observed) const {
    observed.root = keyed_.Rewrap(observed.root);
    for (ObservationRow::Item& item : observed.registers.items) {
      item.fingerprint = keyed_.Rewrap(item.fingerprint);
    }
    std::sort(observed.registers.items.begin(), observed.registers.items.end());
    return observed;
  }

  Result<void> Observations() {
    SortedTable out(writer_, Table::kObservations);
    SellerId seller = kNoSeller;
    std::vector<Observed> all;
    const auto end = [&]() -> Result<void> {
      if (all.empty()) return {};
      std::sort(all.begin(), all.end(), InOrder);
      Result<void> put;
      EmitObserved(seller, all, [&](std::string_view key, std::string_view value) {
        if (put) put = out.Put(key, value);
      });
      all.clear();
      return put;
    };
    TRY(from_.ForEachObservation(
        [&](const ObservationKey& key, const ObservationRow& row) -> Result<bool> {
          if (key.seller != seller) TRY(end());
          seller = key.seller;
          all.push_back(Rewrapped({key.root, key.source, row}));
          return true;
        }));
    TRY(end());
    rows_ += out.rows();
    return out.Finish();
  }

  const View& from_;
  const Fingerprinter& keyed_;
  const std::string key_check_;
  BulkWriter& writer_;
  std::vector<std::string> words_;
  std::uint64_t last_seller_ = 0, rows_ = 0;
};

// The journal says who did it and when; what entries cite keeps the digests of its time.
Result<void> Note(Store& store, const std::string& before, const std::string& after,
                  const Actor& actor) {
  const std::unique_ptr<Batch> batch = store.NewBatch();
  std::string body;
  JsonWriter json = JsonWriter::Inside(body);
  json.Text("key_check_before", before).Text("key_check", after).End();
  TRY_ASSIGN(JournalLog log, JournalLog::Open(*batch));
  TRY(log.Append(*batch, actor.at.known() ? actor.at : Now(), "rekey", BodyOf(actor, body), {}));
  return store.Commit(*batch, true);
}

struct KeyFiles {
  fs::path now, next, before;
};

KeyFiles FilesOf(const fs::path& key_file) {
  KeyFiles files{key_file, key_file, key_file};
  files.next += ".new";
  files.before += ".old";
  return files;
}

// What a link leads to: renaming would else put another file in place of the link.
fs::path Followed(const fs::path& path) {
  std::error_code error;
  fs::path followed = fs::canonical(path, error);
  return error ? path : followed;  // what is wrong with it is said by what opens it
}

// One rekeying of a key at a time, held by the key's own file.
Result<FileDescriptor> LockKey(const fs::path& file) {
  FileDescriptor lock(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!lock.valid()) return SystemError("opening", file, errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return SystemError("locking", file, errno);
    return Error{Code::kConflict, file.string() + ": another process is rekeying with it"};
  }
  struct stat locked{}, named{};
  if (::fstat(lock.get(), &locked) != 0 || ::stat(file.c_str(), &named) != 0 ||
      locked.st_ino != named.st_ino || locked.st_dev != named.st_dev) {
    return Error{Code::kConflict, file.string() + ": another process rekeyed a moment ago"};
  }
  return lock;
}

// The next key: that of a run that was cut short, or a new one.
class NextKey {
 public:
  static Result<NextKey> Find(const KeyFiles& files, const Key& now) {
    Result<Key> next = Key::Read(files.next);
    if (!next && next.error().code == Code::kNotFound) {
      TRY_ASSIGN(Key made, now.Rotated());
      TRY(made.WriteNew(files.next));
      return NextKey(std::move(made), files.next);
    }
    if (!next) return std::move(next).error();
    if (next->PreviousCheckValue() == now.CheckValue()) return NextKey(*std::move(next), {});
    return Error{Code::kConflict, fmt::format("{}: does not follow from {}; move it away",
                                              files.next.string(), files.now.string())};
  }
  NextKey(NextKey&& other) noexcept
      : key_(std::move(other.key_)), made_(std::exchange(other.made_, {})) {}
  NextKey& operator=(NextKey&&) = delete;
  ~NextKey() {  // nothing was written under it
    if (!made_.empty()) ::unlink(made_.c_str());
  }
  const Key& key() const { return key_; }
  void Stays() { made_.clear(); }

 private:
  NextKey(Key key, fs::path made) : key_(std::move(key)), made_(std::move(made)) {}
  Key key_;
  fs::path made_;  // by this run, for no store yet
};

// As the key of before is.
Result<void> GiveToOwner(const fs::path& next, const fs::path& now) {
  struct stat owner{};
  if (::stat(now.c_str(), &owner) != 0) return SystemError("looking at", now, errno);
  if (owner.st_uid == ::geteuid()) return {};
  if (::lchown(next.c_str(), owner.st_uid, owner.st_gid) == 0) return {};
  return SystemError("changing the owner of", next, errno);
}

// The administrator may do it for the owner, and what is made is the owner's.
Result<void> CheckOwner(const fs::path& dir) {
  struct stat owner{};
  if (::stat(dir.c_str(), &owner) != 0 || ::geteuid() == 0 || owner.st_uid == ::geteuid()) {
    return {};
  }
  return Error{Code::kInvalidArgument,
               dir.string() + ": belongs to another user, who alone may rekey it"};
}

bool IsSameFile(const fs::path& a, const fs::path& b) {
  struct stat one{}, other{};
  return ::lstat(a.c_str(), &one) == 0 && ::lstat(b.c_str(), &other) == 0 &&
         one.st_ino == other.st_ino && one.st_dev == other.st_dev;
}

// Room for the old key: the one of a rekeying before goes under its check value.
Result<void> MoveAside(const fs::path& before) {
  struct stat there{};
  if (::lstat(before.c_str(), &there) != 0) {
    return errno == ENOENT ? Result<void>() : Result<void>(SystemError("finding", before, errno));
  }
  const Result<Key> key = Key::Read(before);
  fs::path aside = before;
  aside += "-" + (key ? key->CheckValue() : "unreadable");
  const fs::path plain = aside;
  std::error_code error;
  for (int n = 2; fs::symlink_status(aside, error).type() != fs::file_type::not_found; ++n) {
    aside = plain;
    aside += fmt::format("-{}", n);
  }
  if (::rename(before.c_str(), aside.c_str()) == 0) return {};
  return SystemError("renaming", before, errno);
}

// The old file stays beside the new one: copies of before need it.
Result<void> SwitchKeys(const KeyFiles& files) {
  std::error_code error;
  if (!fs::exists(files.next, error)) {
    return Error{Code::kConflict, files.next.string() + ": another process put it into its place"};
  }
  if (!IsSameFile(files.now, files.before)) {
    TRY(MoveAside(files.before));
    if (::link(files.now.c_str(), files.before.c_str()) != 0) {
      return SystemError("keeping", files.before, errno);
    }
  }
  if (::rename(files.next.c_str(), files.now.c_str()) != 0) {
    return SystemError("putting into its place", files.now, errno);
  }
  const int failed = SyncFolder(files.now.parent_path());
  return failed == 0 ? Result<void>()
                     : Result<void>(SystemError("syncing", files.now.parent_path(), failed));
}

Result<void> CheckFits(const Store& store, const View& view, const fs::path& dir) {
  std::error_code error;
  if (fs::exists(dir / kCheckpointFile, error)) {
    return Error{
        Code::kInvalidArgument,
        dir.string() + ": is a checkpoint, which may only be read; `restore` makes a store of it"};
  }
  TRY_ASSIGN(const std::optional<std::string> format, store.Meta("format"));
  TRY_ASSIGN(const std::optional<std::string> unfinished, store.Meta("upgrade"));
  if (!format || *format != EncodeNumber(kFormatVersion) || unfinished) {
    return Error{Code::kConflict,
                 dir.string() +
                     ": is in the format of an earlier version; `revenant upgrade` "
                     "first"};
  }
  bool in_exchange = false;
  TRY(view.Scan(Table::kExchange, "", [&](std::string_view, std::string_view) -> Result<bool> {
    in_exchange = true;
    return false;
  }));
  if (!in_exchange) return {};
  return Error{Code::kConflict,
               dir.string() +
                   ": is a member of an exchange, whose sealed rows are bound to the "
                   "fingerprints of this key; such a store cannot be rekeyed"};
}

}  // namespace

Result<RekeyReport> Rekey(const fs::path& store_dir, const fs::path& key_file, const Actor& actor,
                          const LogSink& log) {
  const fs::path dir = Followed(store_dir);
  const KeyFiles files = FilesOf(Followed(key_file));
  TRY_ASSIGN(const FileDescriptor key_lock, LockKey(files.now));
  TRY_ASSIGN(const Key now, Key::Read(files.now));
  const auto another_key = [&](const std::optional<std::string>& check) {
    return Error{
        Code::kInvalidArgument,
        fmt::format("{}: another key made this store (its check value is {}, this key's is "
                    "{})",
                    dir.string(), check.value_or("missing"), now.CheckValue())};
  };
  {
    // Before a key is made: is this a store, and is the key right?
    TRY_ASSIGN(const std::unique_ptr<Store> store,
               Store::Open(dir, {.mode = Store::Mode::kReadOnly, .log = log}));
    TRY(CheckFits(*store, *store->Snapshot(), dir));
    TRY(CheckOwner(dir));
    TRY_ASSIGN(const std::optional<std::string> check, store->Meta(kKeyCheckName));
    std::error_code error;
    if (check != now.CheckValue() && !fs::exists(files.next, error)) return another_key(check);
  }
  TRY_ASSIGN(const StoreLock lock, StoreLock::Take(dir));
  TRY_ASSIGN(NextKey next, NextKey::Find(files, now));
  RekeyReport report{now.CheckValue(), next.key().CheckValue(), 0, false, files.now, files.before};
  TRY_ASSIGN(const std::unique_ptr<Store> store,
             Store::Open(dir, {.mode = Store::Mode::kReadOnly, .log = log}));
  TRY(CheckFits(*store, *store->Snapshot(), dir));
  TRY_ASSIGN(const std::optional<std::string> check, store->Meta(kKeyCheckName));
  report.resumed = check == next.key().CheckValue();
  if (!report.resumed) {
    if (check != now.CheckValue()) return another_key(check);
    TRY_ASSIGN(PartFolder part, PartFolder::MakeBeside(dir));
    {
      TRY_ASSIGN(const std::unique_ptr<Store> made,
                 Store::Open(part.path(), {.mode = Store::Mode::kCreate, .log = log}));
      const Fingerprinter keyed(next.key());
      TRY_ASSIGN(const std::unique_ptr<BulkWriter> writer, BulkWriter::Begin(*made));
      TRY_ASSIGN(report.rows, Rewriter(*store->Snapshot(), keyed, report.key_check, *writer).Run());
      TRY(Note(*made, report.key_check_before, report.key_check, actor));
    }
    TRY(part.GiveToOwner());
    TRY(GiveToOwner(files.next, files.now));
    const Result<void> exchanged = part.Exchange();
    if (part.exchanged()) next.Stays();
    TRY(exchanged);
    // What the store was goes here,
  } else {
    TRY(PartFolder::MakeBeside(dir));  // and here, where a run was cut short before that
  }
  TRY(SwitchKeys(files));
  return report;
}

}  // namespace revenant

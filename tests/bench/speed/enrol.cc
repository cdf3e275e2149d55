// Enrolling one by one, against one WriteBatch of the very rows that each of them wrote, into a
// copy of the store as it was before.

#include <rocksdb/cache.h>
#include <rocksdb/db.h>

#include <set>
#include <thread>

#include "bench/speed/bench.h"
#include "store/rocks_options.h"

namespace revenant::bench {
namespace {

struct Row {
  Table table{};
  std::string key, value;
};

std::vector<Row> JournalRows(const Store& store) {
  std::vector<Row> rows;
  for (const Table table :
       {Table::kJournal, Table::kJournalBodies, Table::kJournalNodes, Table::kJournalAbout}) {
    Need(store.Snapshot()->Scan(table, "",
                                [&](std::string_view key, std::string_view value) -> Result<bool> {
                                  rows.push_back({table, std::string(key), std::string(value)});
                                  return true;
                                }));
  }
  return rows;
}

// A copy of a store, with nothing of ours around it.
class BareDatabase {
 public:
  explicit BareDatabase(const std::filesystem::path& dir) {
    const auto cache =
        rocksdb::HyperClockCacheOptions(std::size_t{1} << 30, 8192).MakeSharedCache();
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (std::size_t i = 0; i < kTableCount; ++i) {
      const char* name = TableName(Table(i));
      families.push_back({name, TableOptions(name, cache)});
    }
    rocksdb::DB* db = nullptr;
    const rocksdb::DBOptions options = DatabaseOptions(Store::Options{});
    if (!rocksdb::DB::Open(options, dir.string(), families, &tables_, &db).ok()) std::exit(2);
    db_.reset(db);
  }
  BareDatabase(const BareDatabase&) = delete;
  BareDatabase& operator=(const BareDatabase&) = delete;
  ~BareDatabase() {
    for (rocksdb::ColumnFamilyHandle* handle : tables_) {
      db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
    }
  }

  void Write(const std::vector<Row>& rows) {
    rocksdb::WriteBatch batch;
    bool ok = true;
    for (const Row& row : rows) {
      ok &= batch.Put(tables_[static_cast<std::size_t>(row.table)], row.key, row.value).ok();
    }
    if (!ok || !db_->Write({}, &batch).ok()) std::exit(2);
  }

 private:
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> tables_;
};

// Reads back what the enrolments wrote.
std::vector<std::vector<Row>> SameRows(const Store& store, const std::vector<Event>& events,
                                       const std::vector<Row>& journal_before) {
  std::set<std::pair<Table, std::string>> old;
  for (const Row& row : journal_before) old.emplace(row.table, row.key);
  std::vector<Row> journal;
  for (Row& row : JournalRows(store)) {
    if (!old.contains({row.table, row.key})) journal.push_back(std::move(row));
  }
  const std::unique_ptr<View> view = store.Snapshot();
  std::vector<std::vector<Row>> written(events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto copy = [&](Table table, std::string_view key) {
      written[i].push_back(
          {table, std::string(key), Need(view->Get(table, key)).value_or(std::string())});
    };
    const auto& enrol = std::get<Enrol>(events[i]);
    const SellerId seller = Need(view->FindSeller(enrol.seller)).value();
    copy(Table::kNames, NameKey(view->FindWord(enrol.seller.platform), enrol.seller.external_id));
    copy(Table::kSellers, SellerKey(seller));
    copy(Table::kObservations, ObservedKey(seller));
    for (const char* number : {"sellers", "counts", "journal"}) copy(Table::kMeta, number);
    for (const KeyedAttribute& attribute : enrol.attributes) {
      for (const KeyedIdentifier& identifier : attribute.identifiers) {
        copy(Table::kFingerprints, FingerprintKey(identifier.fingerprint));
      }
    }
    for (std::size_t j = i; j < journal.size(); j += events.size()) {
      written[i].push_back(journal[j]);
    }
  }
  return written;
}

// Each waits for the disk, several at once.
void Synced(Bench& bench, std::uint64_t threads) {
  const std::uint64_t each = bench.check() ? 20 : 300;
  std::vector<std::vector<Event>> events(threads);
  std::uint64_t next = 20'000'000 + threads * 1'000'000;
  for (std::vector<Event>& own : events) {
    for (std::uint64_t i = 0; i < each; ++i) {
      own.push_back(Need(bench.registry().Prepare(bench.market.Newcomer(next++), Now())).event);
    }
  }
  const Store& store = *bench.inner().store;
  const std::uint64_t syncs = store.Syncs();
  const double seconds = Seconds([&] {
    std::vector<std::thread> writers;
    for (const std::vector<Event>& own : events) {
      writers.emplace_back([&] {
        for (const Event& event : own) Need(bench.registry().Apply(event, Durability::kSynced));
      });
    }
    for (std::thread& writer : writers) writer.join();
  });
  const auto count = static_cast<double>(threads * each);
  bench.report.Add(fmt::format("enrol.synced{}", threads),
                   fmt::format("enrol one newcomer, synced, {} at a time ({:.2f} syncs each)",
                               threads, static_cast<double>(store.Syncs() - syncs) / count),
                   count / seconds, "enrols/s");
}

}  // namespace

void Enrolments(Bench& bench) {
  const std::uint64_t count = bench.check() ? 500 : 1'000;
  bench.Close();
  std::filesystem::copy(bench.store(), bench.options.dir / "raw");
  BareDatabase raw(bench.options.dir / "raw");
  bench.Open(Store::Mode::kReadWrite, false);
  Need(bench.registry().WarmUp());
  std::vector<Pair> runs;
  for (int run = 0; run < bench.runs(); ++run) {
    std::vector<Event> events;
    for (std::uint64_t i = 0; i < count; ++i) {
      const Record newcomer = bench.market.Newcomer(static_cast<std::uint64_t>(run) * count + i);
      events.push_back(Need(bench.registry().Prepare(newcomer, Now())).event);
    }
    const std::vector<Row> journal_before = JournalRows(*bench.inner().store);
    std::vector<double> values, floors;
    for (const Event& event : events) {
      values.push_back(Seconds([&] { Need(bench.registry().Apply(event)); }) * 1e6);
    }
    for (const auto& rows : SameRows(*bench.inner().store, events, journal_before)) {
      floors.push_back(Seconds([&] { raw.Write(rows); }) * 1e6);
    }
    runs.push_back({Median(std::move(values)), Median(std::move(floors))});
  }
  bench.report.Add("enrol.one",
                   "enrol one newcomer, buffered / one raw WriteBatch of the same rows",
                   MedianRun(std::move(runs)), "us", "<= 2");
  for (const std::uint64_t threads : {1, 8}) Synced(bench, threads);
}

}  // namespace revenant::bench

// Enrolling one by one, against one WriteBatch of the very rows that each of them wrote.

#include <rocksdb/db.h>

#include <set>

#include "bench/speed/bench.h"

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

// A database with as many tables as a store, and nothing of ours around it.
class BareDatabase {
 public:
  explicit BareDatabase(const std::filesystem::path& dir) {
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* db = nullptr;
    if (!rocksdb::DB::Open(options, dir.string(), &db).ok()) std::exit(2);
    db_.reset(db);
    for (std::size_t i = 0; i < kTableCount; ++i) {
      rocksdb::ColumnFamilyHandle* handle = nullptr;
      const std::string name = "t" + std::to_string(i);
      if (!db_->CreateColumnFamily({}, name, &handle).ok()) std::exit(2);
      tables_.push_back(handle);
    }
  }
  BareDatabase(const BareDatabase&) = delete;
  BareDatabase& operator=(const BareDatabase&) = delete;
  ~BareDatabase() {
    for (rocksdb::ColumnFamilyHandle* handle : tables_) {
      db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
    }
  }

  void Put(rocksdb::WriteBatch& batch, Table table, std::string_view key, std::string_view value) {
    const auto status =
        batch.Put(tables_[static_cast<std::size_t>(table)], rocksdb::Slice(key.data(), key.size()),
                  rocksdb::Slice(value.data(), value.size()));
    if (!status.ok()) std::exit(2);
  }
  void Write(rocksdb::WriteBatch& batch) {
    if (!db_->Write({}, &batch).ok()) std::exit(2);
  }

 private:
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> tables_;
};

// Reads back what the enrolments wrote, as batches for a bare database with the same tables.
std::vector<rocksdb::WriteBatch> SameRows(const Store& store, const std::vector<Event>& events,
                                          const std::vector<Row>& journal_before,
                                          BareDatabase& raw) {
  std::set<std::pair<Table, std::string>> old;
  for (const Row& row : journal_before) old.emplace(row.table, row.key);
  std::vector<Row> journal;
  for (Row& row : JournalRows(store)) {
    if (!old.contains({row.table, row.key})) journal.push_back(std::move(row));
  }
  const std::unique_ptr<View> view = store.Snapshot();
  std::vector<rocksdb::WriteBatch> batches(events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto copy = [&](Table table, const std::string& key) {
      raw.Put(batches[i], table, key, Need(view->Get(table, key)).value_or(""));
    };
    const auto& enrol = std::get<Enrol>(events[i]);
    const SellerId seller = Need(view->FindSeller(enrol.seller)).value();
    copy(Table::kNames, NameKey(view->FindWord(enrol.seller.platform), enrol.seller.external_id));
    copy(Table::kSellers, SellerKey(seller));
    copy(Table::kMeta, "sellers");
    copy(Table::kMeta, "counts");
    Need(view->Scan(Table::kObservations, SellerKey(seller),
                    [&](std::string_view key, std::string_view value) -> Result<bool> {
                      raw.Put(batches[i], Table::kObservations, key, value);
                      return true;
                    }));
    for (const KeyedAttribute& attribute : enrol.attributes) {
      for (const KeyedIdentifier& identifier : attribute.identifiers) {
        copy(Table::kFingerprints, FingerprintKey(identifier.fingerprint));
      }
    }
    for (std::size_t j = i; j < journal.size(); j += events.size()) {
      raw.Put(batches[i], journal[j].table, journal[j].key, journal[j].value);
    }
  }
  return batches;
}

}  // namespace

void Enrolments(Bench& bench) {
  const std::uint64_t count = bench.check() ? 500 : 1'000;
  BareDatabase raw(bench.options.dir / "raw");
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
    for (auto& batch : SameRows(*bench.inner().store, events, journal_before, raw)) {
      floors.push_back(Seconds([&] { raw.Write(batch); }) * 1e6);
    }
    runs.push_back({Median(std::move(values)), Median(std::move(floors))});
  }
  bench.report.Add("enrol.one",
                   "enrol one newcomer, buffered / one raw WriteBatch of the same rows",
                   MedianRun(std::move(runs)), "us", "<= 2");
}

}  // namespace revenant::bench

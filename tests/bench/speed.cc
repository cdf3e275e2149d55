// What screening, enrolling and opening cost, each beside its floor: the least that the same work
// could cost with the same parts, measured in the same process over the same values. Prints a page
// of Markdown.
//
//   speed DIR [IDENTIFIERS=100000] [SEED=1] [--check]
//
// --check: verifies verdicts, counts and the number of rows read instead of timing at length; exit
// 1 where one is wrong.

#include <fmt/format.h>
#include <rocksdb/db.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <set>
#include <thread>

#include "bench/market.h"
#include "registry/impl.h"
#include "registry/screening.h"
#include "revenant/screener.h"

namespace revenant::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

template <typename T>
T Need(Result<T> result) {
  if (!result) {
    fmt::print(stderr, "speed: {}\n", result.error().message);
    std::exit(2);
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

template <typename Call>
double Seconds(const Call& call) {
  const auto start = Clock::now();
  call();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Medians in microseconds of two calls, made in turns for each of `count` items: whatever else the
// machine does meets both alike.
struct Medians {
  double value = 0, floor = 0;
};
template <typename Call, typename Floor>
Medians Compare(int rounds, std::size_t count, const Call& call, const Floor& floor) {
  std::vector<double> values, floors;
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < count; ++i) {
      // Whoever comes second finds its rows in the cache: by turns.
      const bool first = (i + static_cast<std::size_t>(round)) % 2 == 0;
      if (first) values.push_back(Seconds([&] { call(i); }) * 1e6);
      floors.push_back(Seconds([&] { floor(i); }) * 1e6);
      if (!first) values.push_back(Seconds([&] { call(i); }) * 1e6);
    }
  }
  return {Median(std::move(values)), Median(std::move(floors))};
}

// A view that notes which rows were asked for.
class NotingView final : public View {
 public:
  explicit NotingView(const View& view) : view_(view) {}

  Result<void> Scan(Table table, std::string_view prefix, const VisitRaw& visit) const override {
    scans_.emplace(table, prefix);
    return view_.Scan(table, prefix, visit);
  }
  Result<std::optional<std::string>> Get(Table table, std::string_view key) const override {
    gets_.emplace(table, key);
    return view_.Get(table, key);
  }
  std::string Word(WordId id) const override { return view_.Word(id); }
  WordId FindWord(std::string_view text) const override { return view_.FindWord(text); }

  // The same rows once more, each once, and nothing else.
  void Replay(const View& view) const {
    for (const auto& [table, key] : gets_) Need(view.Get(table, key));
    for (const auto& [table, prefix] : scans_) {
      Need(view.Scan(table, prefix,
                     [](std::string_view, std::string_view) -> Result<bool> { return true; }));
    }
  }
  std::size_t rows() const { return gets_.size() + scans_.size(); }

 private:
  const View& view_;
  mutable std::set<std::pair<Table, std::string>> gets_, scans_;
};

// One line of the page: what it took, and what it would take at least.
struct Line {
  std::string what, value, floor, ratio, must;
};

class Bench {
 public:
  Bench(fs::path dir, std::uint64_t identifiers, std::uint64_t seed, bool check)
      : dir_(std::move(dir)),
        market_(std::max<std::uint64_t>(1000, identifiers / 4), seed),
        check_(check),
        key_(Need(Key::Generate())) {}

  int Run() {
    fs::create_directories(dir_);
    Open(Store::Mode::kCreate);
    Load();
    Reopen();
    Strangers();
    Suspects();
    if (!check_) BesideAWriter();
    Enrolments();
    Sizes();
    fmt::print("| what | measured | floor | ratio | must |\n|---|---|---|---|---|\n");
    for (const Line& line : lines_) {
      fmt::print("| {} | {} | {} | {} | {} |\n", line.what, line.value, line.floor, line.ratio,
                 line.must);
    }
    for (const std::string& failure : failures_) fmt::print(stderr, "speed: {}\n", failure);
    return failures_.empty() ? 0 : 1;
  }

 private:
  void Open(Store::Mode mode) {
    Store::Options options;
    options.mode = mode;
    options.count_reads = true;
    options.cache_bytes = std::size_t{1} << 30;
    const LinkPolicy policy;
    registry_ = Need(OpenRegistry(dir_ / "store", key_, options,
                                  mode == Store::Mode::kCreate ? &policy : nullptr));
  }
  Registry::Impl& inner() { return Inside(*registry_); }
  void Expect(bool holds, std::string what) {
    if (!holds) failures_.push_back(std::move(what));
  }
  void Add(std::string what, const Medians& medians, const char* unit, std::string must) {
    lines_.push_back({std::move(what), fmt::format("{:.3g} {}", medians.value, unit),
                      fmt::format("{:.3g} {}", medians.floor, unit),
                      fmt::format("{:.2f}", medians.value / medians.floor), std::move(must)});
  }
  void Add(std::string what, std::string value, std::string must) {
    lines_.push_back({std::move(what), std::move(value), "", "", std::move(must)});
  }

  void Load() {
    std::vector<Event> events;
    std::uint64_t banned = 0;
    const double seconds = Seconds([&] {
      for (std::uint64_t i = 0; i < market_.sellers(); ++i) {
        Intake intake = Need(registry_->Prepare(market_.Seller(i), Now()));
        const SellerName name = intake.event.seller;
        events.push_back(std::move(intake.event));
        if (market_.IsBanned(i)) {
          events.push_back(Ban{name, "case", "counterfeit", Now()});
          ++banned;
        }
        if (events.size() >= 1000 || i + 1 == market_.sellers()) {
          Need(registry_->ApplyAll(events));
          events.clear();
        }
      }
    });
    const Stats stats = Need(registry_->GetStats());
    Expect(stats.sellers == market_.sellers(), "sellers are missing");
    Expect(stats.banned == banned, "bans are missing");
    Expect(stats.observations == 4 * market_.sellers(), "observations are missing");
    Expect(stats.linked_clusters > market_.sellers() / 200, "rings were not found");
    Add("enrolment in batches of 1,000",
        fmt::format("{:.0f} sellers/s", static_cast<double>(market_.sellers()) / seconds), "");
  }

  // Closes and opens the store: with the filter's file, then as if the process had been killed.
  void Reopen() {
    registry_.reset();
    const double clean = Seconds([&] {
      Open(Store::Mode::kReadWrite);
      Need(registry_->WarmUp());
    });
    registry_.reset();
    fs::remove(dir_ / "store" / "taint_filter");
    const double killed = Seconds([&] {
      Open(Store::Mode::kReadWrite);
      Need(registry_->WarmUp());
    });
    Add("open and warm up, clean close", fmt::format("{:.3f} s", clean), "<= 2 s at 100M");
    Add("open and warm up, no filter left", fmt::format("{:.3f} s", killed), "<= 20 s at 100M");
  }

  void Strangers() {
    const std::uint64_t count = check_ ? 5'000 : 50'000;
    std::vector<Record> records;
    for (std::uint64_t i = 0; i < count; ++i) records.push_back(market_.Stranger(i));
    Screener screener(*registry_);
    const std::uint64_t before = inner().store->PointReads();
    std::uint64_t clear = 0;
    for (const Record& record : records) {
      clear += (*Need(screener.Screen(record, Now()))).decision == Decision::kClear;
    }
    const double reads = 1000.0 * static_cast<double>(inner().store->PointReads() - before) /
                         static_cast<double>(count);
    Expect(clear == count, "a stranger was suspected");
    Expect(reads <= 10, fmt::format("{:.1f} rows read for 1,000 strangers", reads));
    Add("rows read for 1,000 strangers", fmt::format("{:.1f}", reads), "<= 10");
    const Medians medians = Compare(
        Rounds(), records.size(),
        [&](std::size_t i) { Need(screener.Screen(records[i], Time{1})); },
        [&](std::size_t i) { Floor(records[i]); });
    Expect(floor_hits_ < count / 20, "the filter takes strangers for members");
    Add("screen, stranger, 8 identifiers / normalise + HMAC + filter", medians, "us", "<= 1.5");
  }

  // What no screening of a stranger can spare: normalise, key, ask the filter.
  void Floor(const Record& record) {
    const auto watch = inner().gate.Read();
    const TaintFilter& filter = *watch->filter;
    for (const RawAttribute& raw : record.attributes) {
      Normalize({raw.kind, raw.country, raw.value}, normal_);
      for (const Identifier& identifier : normal_.identifiers()) {
        floor_hits_ += filter.Has(inner().keyed.Of(identifier));
      }
    }
    floor_hits_ += filter.Has(record.seller);
  }

  void Suspects() {
    // Ones that lead to a banned seller directly.
    std::vector<Record> records;
    for (std::uint64_t i = 0; i < market_.sellers() && records.size() < Sampled(); ++i) {
      if (market_.IsBanned(i)) records.push_back(market_.Suspect(i));
    }
    Screener screener(*registry_);
    const Registry::Impl::State state = inner().Now();
    std::vector<NotingView> needs;
    needs.reserve(records.size());
    std::size_t suspected = 0, rows = 0;
    for (const Record& record : records) {
      const Intake intake = Need(registry_->Prepare(record, Time{1}));
      const Verdict wanted = Need(
          Screening(needs.emplace_back(*state.view), *state.policy).Run(intake.event, Time{1}));
      const Verdict& found = *Need(screener.Screen(record, Time{1}));
      Expect(found.decision == wanted.decision && found.links.size() == wanted.links.size() &&
                 found.reasons.size() == wanted.reasons.size(),
             "the filter changed a verdict");
      suspected += found.decision != Decision::kClear;
      rows += needs.back().rows();
    }
    Expect(suspected * 2 > records.size(), "suspects were let in");
    const auto count = static_cast<double>(records.size());
    const Medians medians = Compare(
        20 * Rounds(), records.size(),
        [&](std::size_t i) { Need(screener.Screen(records[i], Time{1})); },
        [&](std::size_t i) { needs[i].Replay(*state.view); });
    Add(fmt::format("screen, suspect, direct link / raw reads of its {:.1f} rows",
                    static_cast<double>(rows) / count),
        medians, "us", "<= 1.5");
  }

  // Screenings one by one while another thread enrols newcomers at a fixed pace.
  void BesideAWriter() {
    constexpr int kEnrolsASecond = 10'000, kScreens = 100'000;
    std::atomic<bool> done = false;
    std::uint64_t enrolled = 0;
    const auto begin = Clock::now();
    std::thread writer([&] {
      for (; !done; ++enrolled) {
        const Record newcomer = market_.Newcomer(1'000'000 + enrolled);
        Need(registry_->Enrol(newcomer));
        std::this_thread::sleep_until(begin + std::chrono::microseconds(1'000'000) * enrolled /
                                                  kEnrolsASecond);
      }
    });
    Screener screener(*registry_);
    std::vector<double> micros;
    for (std::uint64_t i = 0; i < kScreens; ++i) {
      const Record record = market_.Stranger(i % 10'000);
      micros.push_back(Seconds([&] { Need(screener.Screen(record, Time{1})); }) * 1e6);
    }
    done = true;
    writer.join();
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    std::sort(micros.begin(), micros.end());
    Add(fmt::format("screen, stranger, p99.9 / p50 beside {:.0f} enrols/s",
                    static_cast<double>(enrolled) / seconds),
        Medians{micros[micros.size() * 999 / 1000], micros[micros.size() / 2]}, "us", "<= 5");
  }

  // One by one, against one WriteBatch of the very rows that each of them wrote.
  void Enrolments() {
    const std::uint64_t count = check_ ? 500 : 5'000;
    std::vector<Event> events;
    for (std::uint64_t i = 0; i < count; ++i) {
      events.push_back(Need(registry_->Prepare(market_.Newcomer(i), Now())).event);
    }
    const auto journal_before = JournalRows();
    std::vector<double> values, floors;
    for (const Event& event : events) {
      values.push_back(Seconds([&] { Need(registry_->Apply(event)); }) * 1e6);
    }
    std::vector<rocksdb::WriteBatch> batches = SameRows(events, journal_before);
    for (rocksdb::WriteBatch& batch : batches) {
      floors.push_back(Seconds([&] {
                         if (!raw_->Write({}, &batch).ok()) std::exit(2);
                       }) *
                       1e6);
    }
    for (rocksdb::ColumnFamilyHandle* handle : raw_tables_) {
      raw_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
    }
    raw_.reset();
    Add("enrol one newcomer, buffered / one raw WriteBatch of the same rows",
        Medians{Median(std::move(values)), Median(std::move(floors))}, "us", "<= 2");
  }

  struct Row {
    Table table{};
    std::string key, value;
  };
  std::vector<Row> JournalRows() {
    std::vector<Row> rows;
    for (const Table table :
         {Table::kJournal, Table::kJournalBodies, Table::kJournalNodes, Table::kJournalAbout}) {
      Need(inner().store->Snapshot()->Scan(
          table, "", [&](std::string_view key, std::string_view value) -> Result<bool> {
            rows.push_back({table, std::string(key), std::string(value)});
            return true;
          }));
    }
    return rows;
  }

  // Reads back what the enrolments wrote, for a bare database with the same tables.
  std::vector<rocksdb::WriteBatch> SameRows(const std::vector<Event>& events,
                                            const std::vector<Row>& journal_before) {
    std::set<std::pair<Table, std::string>> old;
    for (const Row& row : journal_before) old.emplace(row.table, row.key);
    std::vector<Row> journal;
    for (Row& row : JournalRows()) {
      if (!old.contains({row.table, row.key})) journal.push_back(std::move(row));
    }
    OpenRaw();
    const std::unique_ptr<View> view = inner().store->Snapshot();
    std::vector<rocksdb::WriteBatch> batches(events.size());
    for (std::size_t i = 0; i < events.size(); ++i) {
      const auto put = [&](Table table, std::string_view key, std::string_view value) {
        const auto status = batches[i].Put(raw_tables_[static_cast<std::size_t>(table)],
                                           rocksdb::Slice(key.data(), key.size()),
                                           rocksdb::Slice(value.data(), value.size()));
        if (!status.ok()) std::exit(2);
      };
      const auto copy = [&](Table table, const std::string& key) {
        put(table, key, Need(view->Get(table, key)).value_or(""));
      };
      const auto& enrol = std::get<Enrol>(events[i]);
      const SellerId seller = Need(view->FindSeller(enrol.seller)).value();
      copy(Table::kNames, NameKey(view->FindWord(enrol.seller.platform), enrol.seller.external_id));
      copy(Table::kSellers, SellerKey(seller));
      copy(Table::kMeta, "sellers");
      copy(Table::kMeta, "counts");
      Need(view->Scan(Table::kObservations, SellerKey(seller),
                      [&](std::string_view key, std::string_view value) -> Result<bool> {
                        put(Table::kObservations, key, value);
                        return true;
                      }));
      for (const KeyedAttribute& attribute : enrol.attributes) {
        for (const KeyedIdentifier& identifier : attribute.identifiers) {
          copy(Table::kFingerprints, FingerprintKey(identifier.fingerprint));
        }
      }
      for (std::size_t j = i; j < journal.size(); j += events.size()) {
        put(journal[j].table, journal[j].key, journal[j].value);
      }
    }
    return batches;
  }

  void OpenRaw() {
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* db = nullptr;
    if (!rocksdb::DB::Open(options, (dir_ / "raw").string(), &db).ok()) std::exit(2);
    raw_.reset(db);
    for (std::size_t i = 0; i < kTableCount; ++i) {
      rocksdb::ColumnFamilyHandle* handle = nullptr;
      const std::string name = "t" + std::to_string(i);
      if (!raw_->CreateColumnFamily({}, name, &handle).ok()) std::exit(2);
      raw_tables_.push_back(handle);
    }
  }

  void Sizes() {
    const Stats stats = Need(registry_->GetStats());
    {
      const auto watch = inner().gate.Read();
      const TaintFilter& filter = *watch->filter;
      Add("memory: names of the filter",
          fmt::format("{:.2f} B a seller", static_cast<double>(filter.names().bytes()) /
                                               static_cast<double>(stats.sellers)),
          "<= 12 B");
      Add("memory: fingerprints of the filter",
          fmt::format("{:.2f} B for each of {} tainted and the room to grow ({})",
                      static_cast<double>(filter.fingerprints().bytes()) /
                          static_cast<double>(filter.fingerprints().capacity()),
                      filter.fingerprints().added(),
                      filter.fingerprints().capacity() - filter.fingerprints().added()),
          "<= 2 B");
    }
    registry_.reset();
    SizesOfTables(stats.observations);
  }

  // What a closed store takes on disk, table by table, as loading and compaction left it.
  void SizesOfTables(std::uint64_t observations) {
    const std::string path = (dir_ / "store").string();
    std::vector<std::string> names;
    if (!rocksdb::DB::ListColumnFamilies({}, path, &names).ok()) std::exit(2);
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const std::string& name : names) families.push_back({name, {}});
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* opened = nullptr;
    if (!rocksdb::DB::OpenForReadOnly({}, path, families, &handles, &opened).ok()) std::exit(2);
    const std::unique_ptr<rocksdb::DB> db(opened);
    std::uint64_t all = 0;
    for (rocksdb::ColumnFamilyHandle* handle : handles) {
      std::uint64_t bytes = 0, rows = 0;
      db->GetIntProperty(handle, rocksdb::DB::Properties::kTotalSstFilesSize, &bytes);
      db->GetIntProperty(handle, rocksdb::DB::Properties::kEstimateNumKeys, &rows);
      if (rows > 0) {
        Add(fmt::format("disk, table {}", handle->GetName()),
            fmt::format("{:.1f} B an observation, {:.1f} B a row ({})",
                        static_cast<double>(bytes) / static_cast<double>(observations),
                        static_cast<double>(bytes) / static_cast<double>(rows), rows),
            "");
      }
      all += bytes;
      db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
    }
    Add("disk, all tables",
        fmt::format("{:.1f} B an observation",
                    static_cast<double>(all) / static_cast<double>(observations)),
        "<= 45 B");
  }

  int Rounds() const { return check_ ? 1 : 5; }
  std::size_t Sampled() const { return check_ ? 100 : 1'000; }

  const fs::path dir_;
  const Market market_;
  const bool check_;
  Key key_;
  std::unique_ptr<Registry> registry_;
  std::unique_ptr<rocksdb::DB> raw_;
  std::vector<rocksdb::ColumnFamilyHandle*> raw_tables_;
  Normalized normal_;
  std::uint64_t floor_hits_ = 0;
  std::vector<Line> lines_;
  std::vector<std::string> failures_;
};

}  // namespace
}  // namespace revenant::bench

int main(int argc, char** argv) {
  bool check = false;
  std::vector<std::string> rest;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--check") == 0) {
      check = true;
    } else {
      rest.emplace_back(argv[i]);
    }
  }
  if (rest.empty() || rest.size() > 3) {
    fmt::print(stderr, "usage: speed DIR [IDENTIFIERS=100000] [SEED=1] [--check]\n");
    return 2;
  }
  const auto number = [&](std::size_t at, std::uint64_t otherwise) {
    return rest.size() > at ? std::strtoull(rest[at].c_str(), nullptr, 10) : otherwise;
  };
  const std::filesystem::path dir = rest[0];
  if (std::filesystem::exists(dir) && !std::filesystem::is_empty(dir)) {
    fmt::print(stderr, "speed: {}: is not empty\n", dir.string());
    return 2;
  }
  return revenant::bench::Bench(dir, number(1, 100'000), number(2, 1), check).Run();
}

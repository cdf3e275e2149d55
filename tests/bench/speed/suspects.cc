// Screening suspects, each of which leads to a banned seller directly.

#include <deque>
#include <set>

#include "bench/speed/bench.h"
#include "bench/speed/floors.h"
#include "registry/answer/screening.h"
#include "registry/handle.h"
#include "revenant/screener.h"
#include "util/bytes.h"

namespace revenant::bench {
namespace {

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
  bool MayHoldUncounted() const override { return view_.MayHoldUncounted(); }
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
  // The same rows taken to what they say. A scan takes all of a seller.
  void Decode(const View& view) const {
    for (const auto& [table, key] : gets_) DecodeOne(view, table, key);
    for (const auto& [table, prefix] : scans_) DecodeOne(view, table, prefix);
  }
  std::size_t rows() const { return gets_.size() + scans_.size(); }

 private:
  static void DecodeOne(const View& view, Table table, std::string_view key) {
    ByteReader reader(key);
    const std::uint64_t number = key.size() < sizeof(number) ? 0 : reader.BigEndian64();
    switch (table) {
      case Table::kFingerprints:
        Need(view.FingerprintState(Need(DecodeFingerprintKey(key))));
        break;
      case Table::kSellers:
        Need(view.Seller(SellerId{number}));
        break;
      case Table::kComponents:
        Need(view.Component(LabelId{number}, 0));
        break;
      case Table::kObservations:
        Need(view.ForEachObservation(
            SellerId{number}, [](const auto&, const auto&) -> Result<bool> { return true; }));
        break;
      case Table::kCases:
        Need(view.ForEachCase(SellerId{number}, CaseType::kBan,
                              [](const auto&, const auto&) -> Result<bool> { return true; }));
        break;
      default:
        break;
    }
  }

  const View& view_;
  mutable std::set<std::pair<Table, std::string>> gets_, scans_;
};

// Suspects, and the rows that each of them needs.
struct Cases {
  std::vector<Record> records;
  std::deque<NotingView> needs;
  std::size_t rows = 0;
  double RowsEach() const {
    return static_cast<double>(rows) / static_cast<double>(records.size());
  }
};

Cases Gather(Bench& bench, const Serving::State& state) {
  Cases cases;
  const std::size_t sampled = bench.check() ? 100 : 1'000;
  for (std::uint64_t i = 0; i < bench.market.sellers() && cases.records.size() < sampled; ++i) {
    if (bench.market.IsBanned(i)) cases.records.push_back(bench.market.Suspect(i));
  }
  Screener screener(bench.registry());
  std::size_t suspected = 0;
  for (const Record& record : cases.records) {
    const Intake intake = Need(bench.registry().Prepare(record, Time{1}));
    const Verdict wanted = Need(
        Screening(cases.needs.emplace_back(*state.view), *state.policy).Run(intake.event, Time{1}));
    const Verdict& found = *Need(screener.Screen(record, Time{1}));
    bench.report.Expect(found.decision == wanted.decision &&
                            found.links.size() == wanted.links.size() &&
                            found.reasons.size() == wanted.reasons.size(),
                        "the filter changed a verdict");
    suspected += found.decision != Decision::kClear;
    cases.rows += cases.needs.back().rows();
  }
  bench.report.Expect(suspected * 2 > cases.records.size(), "suspects were let in");
  return cases;
}

}  // namespace

void Suspects(Bench& bench) {
  const Serving::State state = bench.inner().Now();
  const Cases cases = Gather(bench, state);
  Screener screener(bench.registry());
  const Pair pair = Compare(
      bench.runs(), 20, cases.records.size(),
      [&](std::size_t i) { Need(screener.Screen(cases.records[i], Time{1})); },
      [&](std::size_t i) { cases.needs[i].Replay(*state.view); });
  bench.report.Add(
      "screen.suspect",
      fmt::format("screen, suspect, direct link / raw reads of its {:.1f} rows", cases.RowsEach()),
      pair, "us", "<= 1.5");
}

void InMemory(Bench& bench) {
  bench.Close();
  bench.Open(Store::Mode::kReadWrite, true, std::uint64_t{1} << 30);
  bench.report.Add("open.in_memory", "open and warm up, rows of tainted sellers into memory",
                   Seconds([&] { Need(bench.registry().WarmUp()); }), "s");
  {
    const Serving::State state = bench.inner().Now();
    const Cases cases = Gather(bench, state);
    Screener screener(bench.registry());
    const std::uint64_t before = bench.inner().store->PointReads();
    for (const Record& record : cases.records) Need(screener.Screen(record, Time{1}));
    const double reads = static_cast<double>(bench.inner().store->PointReads() - before) /
                         static_cast<double>(cases.records.size());
    bench.report.Expect(reads < 0.2, fmt::format("{:.2f} rows read a suspect in memory", reads));
    StrangerFloor floor(bench.inner());
    const Pair pair = Compare(
        bench.runs(), 20, cases.records.size(),
        [&](std::size_t i) { Need(screener.Screen(cases.records[i], Time{1})); },
        [&](std::size_t i) {
          floor(cases.records[i]);
          cases.needs[i].Decode(*state.view);
        });
    bench.report.Add(
        "screen.suspect.in_memory",
        fmt::format("screen, suspect, in memory ({:.2f} rows read) / normalise + HMAC + "
                    "filter + the rows looked up in memory and decoded",
                    reads),
        pair, "us", "<= 2");
    const auto watch = bench.inner().gate.Read();
    bench.report.Add(
        "memory.rows",
        fmt::format("memory: {} rows of tainted sellers, and which fingerprints there are",
                    watch->rows->entries()),
        static_cast<double>(watch->rows->bytes()) / 1e6, "MB");
  }
  bench.Close();
  bench.Open(Store::Mode::kReadWrite);
  Need(bench.registry().WarmUp());
}

}  // namespace revenant::bench

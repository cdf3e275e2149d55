// Screening strangers and suspects, alone and beside a writer.

#include <atomic>
#include <set>
#include <thread>

#include "bench/speed/bench.h"
#include "registry/screening.h"
#include "revenant/screener.h"

namespace revenant::bench {
namespace {

// What no screening of a stranger can spare: normalise, key, ask the filter.
class StrangerFloor {
 public:
  explicit StrangerFloor(Registry::Impl& inner) : inner_(inner) {}

  void operator()(const Record& record) {
    const auto watch = inner_.gate.Read();
    const TaintFilter& filter = *watch->filter;
    for (const RawAttribute& raw : record.attributes) {
      Normalize({raw.kind, raw.country, raw.value}, normal_);
      for (const Identifier& identifier : normal_.identifiers()) {
        hits_ += filter.Has(inner_.keyed.Of(identifier));
      }
    }
    hits_ += filter.Has(record.seller);
  }
  std::uint64_t hits() const { return hits_; }

 private:
  Registry::Impl& inner_;
  Normalized normal_;
  std::uint64_t hits_ = 0;
};

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

}  // namespace

void Strangers(Bench& bench) {
  const std::uint64_t count = bench.check() ? 5'000 : 50'000;
  std::vector<Record> records;
  for (std::uint64_t i = 0; i < count; ++i) records.push_back(bench.market.Stranger(i));
  Screener screener(bench.registry());
  const std::uint64_t before = bench.inner().store->PointReads();
  std::uint64_t clear = 0;
  for (const Record& record : records) {
    clear += (*Need(screener.Screen(record, Now()))).decision == Decision::kClear;
  }
  const double reads = 1000.0 * static_cast<double>(bench.inner().store->PointReads() - before) /
                       static_cast<double>(count);
  bench.report.Expect(clear == count, "a stranger was suspected");
  bench.report.Expect(reads <= 10, fmt::format("{:.1f} rows read for 1,000 strangers", reads));
  bench.report.Add("screen.stranger.reads", "rows read for 1,000 strangers", reads, "", "<= 10");
  StrangerFloor floor(bench.inner());
  const Pair pair = Compare(
      bench.runs(), 1, records.size(),
      [&](std::size_t i) { Need(screener.Screen(records[i], Time{1})); },
      [&](std::size_t i) { floor(records[i]); });
  bench.report.Expect(floor.hits() < count / 20, "the filter takes strangers for members");
  bench.report.Add("screen.stranger", "screen, stranger, 8 identifiers / normalise + HMAC + filter",
                   pair, "us", "<= 1.5");
}

void Suspects(Bench& bench) {
  const std::size_t sampled = bench.check() ? 100 : 1'000;
  std::vector<Record> records;
  for (std::uint64_t i = 0; i < bench.market.sellers() && records.size() < sampled; ++i) {
    if (bench.market.IsBanned(i)) records.push_back(bench.market.Suspect(i));
  }
  Screener screener(bench.registry());
  const Registry::Impl::State state = bench.inner().Now();
  std::vector<NotingView> needs;
  needs.reserve(records.size());
  std::size_t suspected = 0, rows = 0;
  for (const Record& record : records) {
    const Intake intake = Need(bench.registry().Prepare(record, Time{1}));
    const Verdict wanted =
        Need(Screening(needs.emplace_back(*state.view), *state.policy).Run(intake.event, Time{1}));
    const Verdict& found = *Need(screener.Screen(record, Time{1}));
    bench.report.Expect(found.decision == wanted.decision &&
                            found.links.size() == wanted.links.size() &&
                            found.reasons.size() == wanted.reasons.size(),
                        "the filter changed a verdict");
    suspected += found.decision != Decision::kClear;
    rows += needs.back().rows();
  }
  bench.report.Expect(suspected * 2 > records.size(), "suspects were let in");
  const Pair pair = Compare(
      bench.runs(), 20, records.size(),
      [&](std::size_t i) { Need(screener.Screen(records[i], Time{1})); },
      [&](std::size_t i) { needs[i].Replay(*state.view); });
  bench.report.Add("screen.suspect",
                   fmt::format("screen, suspect, direct link / raw reads of its {:.1f} rows",
                               static_cast<double>(rows) / static_cast<double>(records.size())),
                   pair, "us", "<= 1.5");
}

// Screenings one by one while another thread enrols newcomers at a fixed pace.
void BesideAWriter(Bench& bench) {
  constexpr int kEnrolsASecond = 10'000, kScreens = 100'000;
  std::atomic<bool> done = false;
  std::uint64_t enrolled = 0;
  const auto begin = std::chrono::steady_clock::now();
  std::thread writer([&] {
    for (; !done; ++enrolled) {
      const Record newcomer = bench.market.Newcomer(1'000'000 + enrolled);
      Need(bench.registry().Enrol(newcomer));
      std::this_thread::sleep_until(begin + std::chrono::microseconds(1'000'000) * enrolled /
                                                kEnrolsASecond);
    }
  });
  Screener screener(bench.registry());
  std::vector<double> micros;
  for (std::uint64_t i = 0; i < kScreens; ++i) {
    const Record record = bench.market.Stranger(i % 10'000);
    micros.push_back(Seconds([&] { Need(screener.Screen(record, Time{1})); }) * 1e6);
  }
  done = true;
  writer.join();
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::sort(micros.begin(), micros.end());
  bench.report.Add("screen.stranger.tail",
                   fmt::format("screen, stranger, p99.9 / p50 beside {:.0f} enrols/s",
                               static_cast<double>(enrolled) / seconds),
                   Pair{micros[micros.size() * 999 / 1000], micros[micros.size() / 2]}, "us",
                   "<= 5");
}

}  // namespace revenant::bench

// Loading the store and opening it again.

#include <algorithm>

#include "bench/speed/bench.h"

namespace revenant::bench {

Bench::Bench(BenchOptions given)
    : options(std::move(given)),
      market(std::max<std::uint64_t>(1000, options.identifiers / 4), options.seed),
      key_(Need(Key::Generate())) {
  std::filesystem::create_directories(options.dir);
}

void Bench::Open(Store::Mode mode) {
  Store::Options how;
  how.mode = mode;
  how.count_reads = true;
  how.cache_bytes = std::size_t{1} << 30;
  const LinkPolicy policy;
  registry_ =
      Need(OpenRegistry(store(), key_, how, mode == Store::Mode::kCreate ? &policy : nullptr));
}

void Load(Bench& bench) {
  bench.Open(Store::Mode::kCreate);
  const Market& market = bench.market;
  std::vector<Event> events;
  std::uint64_t banned = 0;
  const double seconds = Seconds([&] {
    for (std::uint64_t i = 0; i < market.sellers(); ++i) {
      Intake intake = Need(bench.registry().Prepare(market.Seller(i), Now()));
      const SellerName name = intake.event.seller;
      events.push_back(std::move(intake.event));
      if (market.IsBanned(i)) {
        events.push_back(Ban{name, "case", "counterfeit", Now()});
        ++banned;
      }
      if (events.size() >= 1000 || i + 1 == market.sellers()) {
        Need(bench.registry().ApplyAll(events));
        events.clear();
      }
    }
  });
  const Stats stats = Need(bench.registry().GetStats());
  bench.report.Expect(stats.sellers == market.sellers(), "sellers are missing");
  bench.report.Expect(stats.banned == banned, "bans are missing");
  bench.report.Expect(stats.observations == 4 * market.sellers(), "observations are missing");
  bench.report.Expect(stats.linked_clusters > market.sellers() / 200, "rings were not found");
  bench.report.Add("enrol.batch", "enrolment in batches of 1,000",
                   static_cast<double>(market.sellers()) / seconds, "sellers/s");
}

// With the filter's file, then as if the process had been killed.
void Reopen(Bench& bench) {
  const auto seconds = [&] {
    return Seconds([&] {
      bench.Open(Store::Mode::kReadWrite);
      Need(bench.registry().WarmUp());
    });
  };
  bench.Close();
  bench.report.Add("open.clean", "open and warm up, clean close", seconds(), "s", "<= 2 s at 100M");
  bench.Close();
  std::filesystem::remove(bench.store() / "taint_filter");
  bench.report.Add("open.killed", "open and warm up, no filter left", seconds(), "s",
                   "<= 20 s at 100M");
}

}  // namespace revenant::bench

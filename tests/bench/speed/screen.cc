// Screening strangers, which no seller is linked to.

#include "bench/speed/bench.h"
#include "bench/speed/floors.h"
#include "revenant/screener.h"

namespace revenant::bench {

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

}  // namespace revenant::bench

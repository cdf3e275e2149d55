// Loading the store and opening it again.

#include <algorithm>
#include <thread>

#include "bench/speed/bench.h"
#include "bench/speed/market_csv.h"

namespace revenant::bench {

Bench::Bench(BenchOptions given)
    : options(std::move(given)),
      market(std::max<std::uint64_t>(1000, options.identifiers / 4), options.seed),
      key_(Need(Key::Generate())) {
  std::filesystem::create_directories(options.dir);
}

void Bench::Open(Store::Mode mode, bool count_reads, std::uint64_t in_memory_bytes) {
  Store::Options how;
  how.mode = mode;
  how.count_reads = count_reads;
  how.cache_bytes = std::size_t{1} << 30;
  const LinkPolicy policy;
  registry_ = Need(OpenRegistry(
      store(), key_, how, mode == Store::Mode::kCreate ? &policy : nullptr, {}, in_memory_bytes));
}

namespace {

// Bans come after the load, as events.
std::uint64_t BanSome(Bench& bench) {
  constexpr std::size_t kAtOnce = 1000;
  std::vector<Event> events;
  std::uint64_t banned = 0;
  for (std::uint64_t i = 0; i < bench.market.sellers(); ++i) {
    if (bench.market.IsBanned(i)) {
      events.emplace_back(Ban{bench.market.Seller(i).seller, "case", "counterfeit", Now()});
    }
    if (events.size() < kAtOnce && i + 1 < bench.market.sellers()) continue;
    Need(bench.registry().ApplyAll(events));
    banned += events.size();
    events.clear();
  }
  return banned;
}

void AddLoad(Bench& bench, const ImportReport& load, double cpu_seconds) {
  const double cores = std::max(1U, std::thread::hardware_concurrency());
  const auto identifiers = static_cast<double>(load.identifiers);
  bench.report.Add("bulk.load", "bulk load from CSV, identifiers/s/core by the clock",
                   {identifiers / load.seconds / cores / 1e6, 1.0}, "M", ">= 0.6");
  bench.report.Add("bulk.cpu", "bulk load from CSV, identifiers for each second of a core's work",
                   {identifiers / cpu_seconds / 1e6, 1.0}, "M", "");
  const struct {
    const char *id, *what;
    double seconds;
  } phases[] = {{"bulk.share.read", "parse, normalise, HMAC, deal out", load.times.reading},
                {"bulk.share.sellers", "sort by seller, observations", load.times.sellers},
                {"bulk.share.fingerprints", "sort by fingerprint, carriers, names, joining",
                 load.times.fingerprints},
                {"bulk.share.clusters", "sellers, members, sums", load.times.clusters},
                {"bulk.share.taking_in", "taking in", load.times.taking_in}};
  for (const auto& phase : phases) {
    bench.report.Add(phase.id, fmt::format("of it, {}", phase.what),
                     100 * phase.seconds / load.seconds, "%");
  }
  bench.report.Add("bulk.bytes", "bytes that it writes for an identifier",
                   static_cast<double>(load.times.file_bytes) / identifiers, "B");
}

}  // namespace

void Load(Bench& bench) {
  bench.Open(Store::Mode::kCreate);
  const std::string csv = (bench.options.dir / "market.csv").string();
  WriteMarketCsv(csv, bench.market.sellers(),
                 [&](std::uint64_t number) { return bench.market.Seller(number); });
  ImportOptions how;
  how.mode = ImportMode::kBulk;
  how.memory_bytes = std::size_t{4} << 30;
  const double before = CpuSeconds();
  bench.load = Need(Import(bench.registry(), {&csv, 1}, how));
  AddLoad(bench, bench.load, CpuSeconds() - before);
  std::filesystem::remove(csv);
  if (!bench.check()) LoadFloors(bench);
  const std::uint64_t banned = BanSome(bench);

  const Stats stats = Need(bench.registry().GetStats());
  bench.report.Expect(bench.load.bulk && bench.load.rejected == 0, "the load refused something");
  bench.report.Expect(stats.sellers == bench.market.sellers(), "sellers are missing");
  bench.report.Expect(stats.banned == banned, "bans are missing");
  bench.report.Expect(stats.observations == 4 * bench.market.sellers(), "observations are missing");
  bench.report.Expect(stats.linked_clusters > bench.market.sellers() / 200, "rings were not found");
}

// What batches take, as the ones that an import of few records makes.
void Batches(Bench& bench) {
  constexpr std::uint64_t kFirst = 10'000'000, kCount = 20'000;
  std::vector<Event> events;
  const double seconds = Seconds([&] {
    for (std::uint64_t i = 0; i < kCount; ++i) {
      events.emplace_back(
          Need(bench.registry().Prepare(bench.market.Newcomer(kFirst + i), Now())).event);
      if (events.size() < 1000) continue;
      Need(bench.registry().ApplyAll(events));
      events.clear();
    }
  });
  bench.report.Add("enrol.batch", "enrolment in batches of 1,000",
                   static_cast<double>(kCount) / seconds, "sellers/s");
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

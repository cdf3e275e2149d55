// One question to the taint filter's Bloom filter, against its size.
#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "util/bloom.h"

namespace revenant {
namespace {

void AskBloom(benchmark::State& state) {
  const auto count = static_cast<std::uint64_t>(state.range(0));
  Bloom bloom(count);
  std::mt19937_64 random(1);
  for (std::uint64_t i = 0; i < count; ++i) bloom.Add({random(), random()});
  std::vector<Bloom::Key> strangers(1 << 16);
  for (Bloom::Key& key : strangers) key = {random(), random()};
  std::size_t next = 0;
  std::int64_t taken = 0;
  for (auto _ : state) {
    taken += bloom.Has(strangers[next]);
    next = (next + 1) % strangers.size();
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["false_positives"] =
      static_cast<double>(taken) / static_cast<double>(state.iterations());
}
BENCHMARK(AskBloom)->Arg(10'000)->Arg(1'000'000)->Arg(10'000'000);

}  // namespace
}  // namespace revenant

// What normalising costs, for each of the kinds that most records carry.
#include <benchmark/benchmark.h>

#include <iterator>

#include "revenant/identifier.h"

namespace revenant {
namespace {

struct Sample {
  const char *kind, *value;
};
constexpr Sample kSamples[] = {
    {"contact.phone", "+8613812345678"},
    {"contact.email", "m.5aa59296c3f37ba0@roe-trading-ltd.org"},
    {"pay.iban", "DE44652035542585810356"},
    {"device.imei", "354244562130365"},
};

void Normalizes(benchmark::State& state) {
  const Sample& sample = kSamples[state.range(0)];
  state.SetLabel(sample.kind);
  Normalized normal;
  for (auto _ : state) {
    Normalize({sample.kind, "", sample.value}, normal);
    benchmark::DoNotOptimize(normal.identifiers().data());
  }
}
BENCHMARK(Normalizes)->DenseRange(0, std::size(kSamples) - 1);

}  // namespace
}  // namespace revenant

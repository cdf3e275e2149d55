#ifndef REVENANT_TESTS_BENCH_SPEED_BENCH_H_
#define REVENANT_TESTS_BENCH_SPEED_BENCH_H_

// What the phases of the benchmark share: the market, the store that it was loaded into, and the
// page. Every phase is a function in a file of its own; main.cc names them in order.

#include <filesystem>
#include <memory>

#include "bench/market.h"
#include "bench/speed/kit.h"
#include "bench/speed/report.h"
#include "registry/handle.h"
#include "registry/impl.h"
#include "revenant/audit.h"

namespace revenant::bench {

struct BenchOptions {
  std::filesystem::path dir;  // made; everything lies inside
  std::uint64_t identifiers = 100'000;
  std::uint64_t seed = 1;
  bool check = false;  // little work, and counts instead of times
  int runs = 5;        // of each ratio, of which the median counts
};

class Bench {
 public:
  explicit Bench(BenchOptions options);

  // Opens the store that all phases but Load() work on.
  void Open(Store::Mode mode, bool count_reads = true, std::uint64_t in_memory_bytes = 0);
  void Close() { registry_.reset(); }
  std::filesystem::path store() const { return options.dir / "store"; }

  Registry& registry() { return *registry_; }
  Serving& inner() { return Inside(*registry_); }

  bool check() const { return options.check; }
  int runs() const { return options.check ? 1 : options.runs; }

  const BenchOptions options;
  const Market market;
  Report report;
  ImportReport load;  // what Load() did

 private:
  const Key key_;
  std::unique_ptr<Registry> registry_;
};

// The phases. Each expects the store open and leaves it so, unless it says otherwise.
void Load(Bench& bench);           // makes the store: comes first
void LoadFloors(Bench& bench);     // what the load could not have done without
void Batches(Bench& bench);        // adds newcomers
void Reopen(Bench& bench);         // closes and opens it
void Strangers(Bench& bench);      // nobody knows them: no row may be read
void Suspects(Bench& bench);       // each leads to a ban directly
void InMemory(Bench& bench);       // the same with rows in memory; closes and opens the store
void Audits(Bench& bench);         // leaves sellers.csv and audit.csv for peers
void BesideAWriter(Bench& bench);  // adds newcomers
void Enrolments(Bench& bench);     // adds newcomers
void MemorySizes(Bench& bench);    // what the filter takes
void DiskSizes(Bench& bench);      // of the load alone: comes right after it

}  // namespace revenant::bench

#endif  // REVENANT_TESTS_BENCH_SPEED_BENCH_H_

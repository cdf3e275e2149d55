// What the library costs, each figure beside its floor: the least that the same work could cost
// with the same parts, measured in the same process over the same values. Prints a page of
// Markdown, and on demand the same for programs.
//
//   speed DIR [IDENTIFIERS=100000] [SEED=1] [--runs N] [--only PHASE,...] [--json FILE] [--check]
//
// --runs: how often each ratio is taken; the median counts (5). --only: these phases, after
// loading.
// --check: verifies verdicts, counts and the number of rows read instead of timing at length; exit
// 1 where one is wrong.

#include <fstream>
#include <string>
#include <string_view>

#include "bench/speed/bench.h"

namespace revenant::bench {
namespace {

struct Phase {
  std::string_view name;
  void (*run)(Bench&);
  bool in_check = true;
  bool always = false;  // what others stand on
};
constexpr Phase kPhases[] = {
    {"load", Load, true, true},  {"disk", DiskSizes},
    {"reopen", Reopen},          {"strangers", Strangers},
    {"suspects", Suspects},      {"in_memory", InMemory},
    {"audits", Audits},          {"writer", BesideAWriter, false},
    {"batches", Batches, false}, {"enrolments", Enrolments},
    {"memory", MemorySizes},
};

int Run(const BenchOptions& options, const std::string& only, const std::string& json) {
  Bench bench(options);
  for (const Phase& phase : kPhases) {
    const bool is_named =
        fmt::format(",{},", only).find(fmt::format(",{},", phase.name)) != std::string::npos;
    const bool is_wanted = only.empty() ? phase.in_check || !options.check : is_named;
    if (is_wanted || phase.always) phase.run(bench);
  }
  fmt::print("{}", bench.report.Markdown());
  if (!json.empty()) {
    std::ofstream file(json);
    file << bench.report.Json(options.identifiers, options.seed);
    bench.report.Expect(file.flush().good(), json + ": cannot write");
  }
  for (const std::string& failure : bench.report.failures()) {
    fmt::print(stderr, "speed: {}\n", failure);
  }
  return bench.report.failures().empty() ? 0 : 1;
}

int Usage() {
  fmt::print(stderr,
             "usage: speed DIR [IDENTIFIERS=100000] [SEED=1] [--runs N] [--only PHASE] "
             "[--json FILE] [--check]\n");
  return 2;
}

}  // namespace
}  // namespace revenant::bench

int main(int argc, char** argv) {
  using revenant::bench::Usage;
  revenant::bench::BenchOptions options;
  std::string json, only;
  int places = 0;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--check") {
      options.check = true;
    } else if (word == "--runs" && i + 1 < argc) {
      options.runs = std::max(1, std::atoi(argv[++i]));
    } else if (word == "--only" && i + 1 < argc) {
      only = argv[++i];
    } else if (word == "--json" && i + 1 < argc) {
      json = argv[++i];
    } else if (places == 0) {
      options.dir = word, ++places;
    } else if (places == 1) {
      options.identifiers = std::strtoull(argv[i], nullptr, 10), ++places;
    } else if (places == 2) {
      options.seed = std::strtoull(argv[i], nullptr, 10), ++places;
    } else {
      return Usage();
    }
  }
  if (places == 0) return Usage();
  if (std::filesystem::exists(options.dir) && !std::filesystem::is_empty(options.dir)) {
    fmt::print(stderr, "speed: {}: is not empty\n", options.dir.string());
    return 2;
  }
  return revenant::bench::Run(options, only, json);
}

// What a bulk load cannot do without: the very same rows through RocksDB's file writer alone, and
// the same edges joined by a bare array and by Boost.

#include <rocksdb/db.h>
#include <rocksdb/sst_file_writer.h>

#include <algorithm>
#include <boost/pending/disjoint_sets.hpp>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <thread>

#include "bench/speed/bench.h"
#include "linkage/union_find.h"
#include "registry/state/kind_policies.h"
#include "util/try.h"

namespace revenant::bench {
namespace {

using Edges = std::vector<UnionFind::Edge>;

// Seconds of one thread, and rows.
struct Rewritten {
  double seconds = 0;
  std::uint64_t rows = 0;
};
Rewritten Rewrite(const Store& store, const std::filesystem::path& dir) {
  constexpr std::size_t kAtOnce = 500'000;
  Rewritten all;
  std::filesystem::create_directories(dir);
  std::vector<std::pair<std::string, std::string>> rows;
  int file = 0;
  for (std::size_t i = 0; i < kTableCount; ++i) {
    const auto write = [&] {
      if (rows.empty()) return;
      const double before = CpuSeconds();
      rocksdb::SstFileWriter writer(rocksdb::EnvOptions(),
                                    store.database().GetOptions(store.HandleOf(Table(i))), nullptr,
                                    /*invalidate_page_cache=*/false);
      bool good = writer.Open((dir / (std::to_string(++file) + ".sst")).string()).ok();
      for (const auto& [key, value] : rows) good = good && writer.Put(key, value).ok();
      if (!good || !writer.Finish().ok()) std::exit(2);
      all.seconds += CpuSeconds() - before;
      all.rows += rows.size();
      rows.clear();
    };
    Need(store.Snapshot()->Scan(Table(i), "",
                                [&](std::string_view key, std::string_view value) -> Result<bool> {
                                  rows.emplace_back(key, value);
                                  if (rows.size() == kAtOnce) write();
                                  return true;
                                }));
    write();
  }
  std::filesystem::remove_all(dir);
  return all;
}

// The edges that the load joined, in the order of fingerprints.
Edges EdgesOf(const Store& store, const LinkPolicy& policy) {
  const std::unique_ptr<View> view = store.Snapshot();
  const KindPolicies kinds(policy, *view);
  Edges edges;
  Need(view->Scan(
      Table::kFingerprints, "", [&](std::string_view key, std::string_view value) -> Result<bool> {
        TRY_ASSIGN(const Fingerprint fingerprint, DecodeFingerprintKey(key));
        TRY_ASSIGN(const FingerprintRow row, DecodeFingerprintRow(value));
        if (row.enrolled < 2 || !kinds.Joins(row)) return true;
        std::uint64_t first = 0;
        TRY(view->ForEachCarrier(fingerprint, row, [&](const Carrier& carrier) -> Result<bool> {
          const auto seller = static_cast<std::uint64_t>(carrier.seller);
          if (first != 0) edges.emplace_back(first - 1, seller - 1);
          if (first == 0) first = seller;
          return true;
        }));
        return true;
      }));
  return edges;
}

// Each joins the edges among nodes 0, 1, ... that it has made sets of; only the joining is timed.
double Own(std::size_t nodes, const Edges& edges) {
  UnionFind own(nodes);
  return Seconds([&] { own.Join(edges); });
}

// An array, path halving, the nodes ahead prefetched, and nothing else.
double Bare(std::size_t nodes, const Edges& edges) {
  constexpr std::size_t kAhead = 16;
  std::vector<std::uint32_t> parent(nodes);
  std::iota(parent.begin(), parent.end(), 0U);
  const auto find = [&](std::uint32_t node) {
    while (parent[node] != node) node = parent[node] = parent[parent[node]];
    return node;
  };
  return Seconds([&] {
    for (std::size_t i = 0; i < edges.size(); ++i) {
      if (i + kAhead < edges.size()) {
        __builtin_prefetch(&parent[edges[i + kAhead].first]);
        __builtin_prefetch(&parent[edges[i + kAhead].second]);
      }
      const std::uint32_t a = find(edges[i].first), b = find(edges[i].second);
      if (a != b) parent[std::max(a, b)] = std::min(a, b);
    }
  });
}

double Boost(std::size_t nodes, const Edges& edges) {
  std::vector<std::uint32_t> rank(nodes), parent(nodes);
  boost::disjoint_sets sets(rank.data(), parent.data());
  for (std::uint32_t i = 0; i < nodes; ++i) sets.make_set(i);
  return Seconds([&] {
    for (const auto& [a, b] : edges) sets.union_set(a, b);
  });
}

void AddJoins(Bench& bench, const std::string& which, std::size_t nodes, const Edges& edges) {
  const double count = static_cast<double>(edges.size()) / 1e6;
  std::vector<Pair> bare, boost;
  for (int run = 0; run < bench.runs(); ++run) {
    const double own = count / Own(nodes, edges);
    bare.push_back({own, count / Bare(nodes, edges)});
    boost.push_back({own, count / Boost(nodes, edges)});
  }
  const std::string what = fmt::format("union-find of {} {} edges", edges.size(), which);
  bench.report.Add("join." + which + ".bare", what + " / prefetched array", MedianRun(bare),
                   "M edges/s", ">= 0.6");
  bench.report.Add("join." + which + ".boost", what + " / boost::disjoint_sets", MedianRun(boost),
                   "M edges/s", ">= 2.5");
}

// Pairs of 32-bit numbers, for peers/components.py.
void WriteEdges(const std::filesystem::path& path, const Edges& edges) {
  static_assert(sizeof(Edges::value_type) == 8);
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) std::exit(2);
  if (std::fwrite(edges.data(), 8, edges.size(), file) != edges.size()) std::exit(2);
  if (std::fclose(file) != 0) std::exit(2);
}

}  // namespace

void LoadFloors(Bench& bench) {
  const Store& store = *bench.inner().store;
  const LoadTimes& times = bench.load.times;
  const double cores = std::max(1U, std::thread::hardware_concurrency());
  const Rewritten floor = Rewrite(store, bench.options.dir / "again");
  bench.report.Add(
      "bulk.write",
      fmt::format("load: sorting, joining, writing {} rows / SstFileWriter of them", floor.rows),
      {(times.sellers + times.fingerprints + times.clusters) * cores, floor.seconds}, "core s", "");

  const std::size_t nodes = bench.market.sellers();
  const Edges edges = EdgesOf(store, bench.registry().policy());
  const double inside = static_cast<double>(times.edges) / times.joining / 1e6;
  std::vector<double> bare;
  for (int run = 0; run < bench.runs(); ++run) {
    bare.push_back(static_cast<double>(edges.size()) / Bare(nodes, edges) / 1e6);
  }
  bench.report.Add("bulk.join", fmt::format("load: union-find of {} edges / array", times.edges),
                   {inside, Median(bare)}, "M edges/s", ">= 0.6");
  AddJoins(bench, "market", nodes, edges);
  Edges random(nodes);
  std::uint64_t state = bench.options.seed;
  const auto draw = [&] {
    state = state * 6364136223846793005 + 1442695040888963407;  // Knuth's MMIX
    return static_cast<std::uint32_t>((state >> 33) % nodes);
  };
  for (auto& [a, b] : random) {
    a = draw();
    b = draw();
  }
  AddJoins(bench, "random", nodes, random);
  WriteEdges(bench.options.dir / "edges.bin", random);
}

}  // namespace revenant::bench

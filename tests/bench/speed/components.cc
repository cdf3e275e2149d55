// Connected components of the market's observations in memory: boost::disjoint_sets beside the
// floor of everything of the kind, a prefetched array with path halving. The edges go to a file,
// for peers.

#include <algorithm>
#include <boost/pending/disjoint_sets.hpp>
#include <cstdio>
#include <memory>
#include <numeric>
#include <random>
#include <unordered_map>
#include <vector>

#include "bench/speed/bench.h"

namespace revenant::bench {
namespace {

struct Edge {
  std::uint32_t seller, value;
};

// Sellers are numbers from 0 on, the values that they carry follow.
std::vector<Edge> EdgesOf(const Market& market) {
  std::unordered_map<std::string, std::uint32_t> numbers;
  std::vector<Edge> edges;
  auto next = static_cast<std::uint32_t>(market.sellers());
  for (std::uint64_t i = 0; i < market.sellers(); ++i) {
    for (const RawAttribute& attribute : market.Seller(i).attributes) {
      const auto [found, is_new] = numbers.emplace(attribute.value, next);
      next += is_new;
      edges.push_back({static_cast<std::uint32_t>(i), found->second});
    }
  }
  // A load meets them by fingerprint, which is to say in any order.
  std::shuffle(edges.begin(), edges.end(), std::mt19937_64(1));
  return edges;
}

// Links by index, so that a root is the smallest of its tree.
class Array {
 public:
  explicit Array(std::size_t nodes) : parents_(nodes) {
    std::iota(parents_.begin(), parents_.end(), 0u);
  }
  void Join(const std::vector<Edge>& edges) {
    constexpr std::size_t kAhead = 16;
    for (std::size_t i = 0; i < edges.size(); ++i) {
      if (i + kAhead < edges.size()) {
        __builtin_prefetch(&parents_[edges[i + kAhead].seller]);
        __builtin_prefetch(&parents_[edges[i + kAhead].value]);
      }
      const std::uint32_t a = Root(edges[i].seller), b = Root(edges[i].value);
      parents_[std::max(a, b)] = std::min(a, b);
    }
  }
  std::size_t Trees() const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < parents_.size(); ++i) count += parents_[i] == i;
    return count;
  }

 private:
  std::uint32_t Root(std::uint32_t node) {
    while (parents_[node] != node) node = parents_[node] = parents_[parents_[node]];
    return node;
  }
  std::vector<std::uint32_t> parents_;
};

std::size_t BoostTrees(std::size_t nodes, const std::vector<Edge>& edges, double& seconds) {
  std::vector<std::uint32_t> ranks(nodes), parents(nodes);
  boost::disjoint_sets<std::uint32_t*, std::uint32_t*> sets(ranks.data(), parents.data());
  std::size_t trees = nodes;
  seconds = Seconds([&] {
    for (std::uint32_t i = 0; i < nodes; ++i) sets.make_set(i);
    for (const Edge& edge : edges) {
      const std::uint32_t a = sets.find_set(edge.seller), b = sets.find_set(edge.value);
      if (a == b) continue;
      sets.link(a, b);
      --trees;
    }
  });
  return trees;
}

void WriteEdges(const std::filesystem::path& path, const std::vector<Edge>& edges) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) std::exit(2);
  if (std::fwrite(edges.data(), sizeof(Edge), edges.size(), file) != edges.size()) std::exit(2);
  if (std::fclose(file) != 0) std::exit(2);
}

}  // namespace

void Components(Bench& bench) {
  const std::vector<Edge> edges = EdgesOf(bench.market);
  std::size_t nodes = 0;
  for (const Edge& edge : edges) nodes = std::max<std::size_t>(nodes, edge.value + 1u);
  const auto millions = static_cast<double>(edges.size()) / 1e6;
  std::vector<Pair> runs;
  for (int run = 0; run < bench.runs(); ++run) {
    double boost = 0;
    const std::size_t trees = BoostTrees(nodes, edges, boost);
    std::size_t array_trees = 0;
    const double least = Seconds([&] {
      Array array(nodes);
      array.Join(edges);
      array_trees = array.Trees();
    });
    bench.report.Expect(trees == array_trees, "two ways to join disagree");
    runs.push_back({boost / millions * 1e3, least / millions * 1e3});
  }
  bench.report.Add("components.boost",
                   "components, boost::disjoint_sets / prefetched array, an edge",
                   MedianRun(std::move(runs)), "ns", "");
  if (!bench.check()) WriteEdges(bench.options.dir / "edges.bin", edges);
}

}  // namespace revenant::bench

// A random graph with one giant component, enrolled, taken apart again and compared with
// Boost.Graph after each step; `giant_graph.py` repeats the comparison with scipy from the edges
// that this program writes.
//
//   giant_graph DIR [SELLERS=435000] [PAIRS=600000] [HUBS=3000] [SEED=1]

#include <fmt/format.h>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/connected_components.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>

#include "revenant/registry.h"

namespace revenant {
namespace {

using Clock = std::chrono::steady_clock;
double Since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

template <typename T>
T Need(Result<T> result) {
  if (!result) {
    fmt::print(stderr, "giant_graph: {}\n", result.error().message);
    std::exit(2);
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

struct Pair {
  std::uint32_t a = 0, b = 0;
  bool gone = false;
};

SellerName NameOf(std::uint32_t seller) { return {"g", fmt::format("s{:06}", seller)}; }

struct Expected {
  std::uint64_t clusters = 0, linked = 0, largest = 0;
};
Expected ByBoost(std::uint32_t sellers, const std::vector<Pair>& pairs) {
  boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS> graph(sellers);
  for (const Pair& pair : pairs) {
    if (!pair.gone) boost::add_edge(pair.a, pair.b, graph);
  }
  std::vector<int> component(sellers);
  Expected expected;
  expected.clusters =
      static_cast<std::uint64_t>(boost::connected_components(graph, component.data()));
  std::vector<std::uint64_t> size(expected.clusters);
  for (const int label : component) ++size[static_cast<std::size_t>(label)];
  for (const std::uint64_t each : size) {
    expected.linked += each > 1;
    expected.largest = std::max(expected.largest, each);
  }
  return expected;
}

void WriteEdges(const std::string& file, std::uint32_t sellers, const std::vector<Pair>& pairs) {
  std::ofstream out(file);
  out << sellers << '\n';
  for (const Pair& pair : pairs) {
    if (!pair.gone) out << pair.a << ' ' << pair.b << '\n';
  }
}

bool Compare(std::string_view when, const Registry& registry, std::uint32_t sellers,
             const std::vector<Pair>& pairs, std::uint32_t hubs) {
  const auto start = Clock::now();
  const Expected expected = ByBoost(sellers, pairs);
  const double boost_seconds = Since(start);
  const Stats stats = Need(registry.GetStats());
  const bool equal =
      stats.clusters == expected.clusters && stats.linked_clusters == expected.linked &&
      stats.largest_cluster == expected.largest && stats.hubs == hubs && stats.sellers == sellers;
  fmt::print("{}: sellers {} clusters {} linked {} largest {} hubs {}: {} (Boost.Graph {:.2f} s)\n",
             when, stats.sellers, stats.clusters, stats.linked_clusters, stats.largest_cluster,
             stats.hubs, equal ? "equal" : "DIFFERENT", boost_seconds);
  std::fflush(stdout);
  return equal;
}

int Run(int argc, char** argv) {
  const auto argument = [&](int index, std::uint32_t otherwise) {
    return argc > index ? static_cast<std::uint32_t>(std::atoi(argv[index])) : otherwise;
  };
  const std::string dir = argv[1];
  const std::uint32_t sellers = argument(2, 435'000), pair_count = argument(3, 600'000);
  const std::uint32_t hubs = argument(4, 3'000), seed = argument(5, 1);
  std::mt19937_64 random(seed);
  std::vector<Pair> pairs(pair_count);
  for (Pair& pair : pairs) {
    pair.a = static_cast<std::uint32_t>(random() % sellers);
    do pair.b = static_cast<std::uint32_t>(random() % sellers);
    while (pair.b == pair.a);
  }
  std::vector<Record> records(sellers);
  const Time day{1'700'000'000'000'000};
  for (std::uint32_t i = 0; i < sellers; ++i) {
    records[i].seller = NameOf(i);
    records[i].seen = day;
  }
  for (std::uint32_t i = 0; i < pair_count; ++i) {
    for (const std::uint32_t end : {pairs[i].a, pairs[i].b}) {
      records[end].attributes.push_back({"custom.pair", "", fmt::format("pair-{}", i)});
    }
  }
  LinkPolicy policy;
  const std::uint32_t limit = policy.For("custom.hub").fanout_limit;
  for (std::uint32_t hub = 0; hub < hubs; ++hub) {
    const auto first = static_cast<std::uint32_t>(random() % sellers);
    for (std::uint32_t i = 0; i <= limit; ++i) {
      records[(first + i * 7) % sellers].attributes.push_back(
          {"custom.hub", "", fmt::format("hub-{}", hub)});
    }
  }
  const Key key = Need(Key::Generate());
  const auto registry = Need(Registry::Create(dir + "/store", key, policy));
  std::uint64_t attributes = 0;
  auto start = Clock::now();
  std::vector<Event> batch;
  for (const Record& record : records) {
    attributes += record.attributes.size();
    batch.push_back(Need(registry->Prepare(record, Now())).event);
    if (batch.size() == 256 || &record == &records.back()) {
      Need(registry->ApplyAll(batch));
      batch.clear();
    }
  }
  fmt::print("enrolled {} sellers with {} attributes in {:.1f} s\n", sellers, attributes,
             Since(start));
  bool equal = Compare("after enrolment", *registry, sellers, pairs, hubs);
  WriteEdges(dir + "/edges-before.txt", sellers, pairs);

  start = Clock::now();
  std::uint64_t moved = 0, removed = 0;
  double slowest = 0;
  for (std::uint32_t i = 0; i < pair_count; i += 10, ++removed) {
    const auto one = Clock::now();
    Record record;
    record.seller = NameOf(pairs[i].a);
    record.attributes.push_back({"custom.pair", "", fmt::format("pair-{}", i)});
    const Fingerprint root = Need(registry->Prepare(record, Now())).event.attributes[0].root;
    for (const std::uint32_t end : {pairs[i].a, pairs[i].b}) {
      moved += Need(registry->Apply(Withdraw{NameOf(end), root, "", Time{day.micros + 1}}))
                   .sellers_moved;
    }
    pairs[i].gone = true;
    slowest = std::max(slowest, Since(one));
    if (removed % 5000 == 4999) {
      fmt::print("  {} identifiers deleted, {:.1f} s\n", removed + 1, Since(start));
      std::fflush(stdout);
    }
  }
  fmt::print(
      "deleted {} identifiers one by one in {:.1f} s: {:.2f} ms each, slowest {:.1f} ms, {} "
      "sellers relabelled\n",
      removed, Since(start), Since(start) * 1e3 / static_cast<double>(removed), slowest * 1e3,
      moved);
  equal = Compare("after deletion", *registry, sellers, pairs, hubs) && equal;
  WriteEdges(dir + "/edges-after.txt", sellers, pairs);
  return equal ? 0 : 1;
}

}  // namespace
}  // namespace revenant

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: giant_graph DIR [SELLERS] [PAIRS] [HUBS] [SEED]\n", stderr);
    return 2;
  }
  return revenant::Run(argc, argv);
}

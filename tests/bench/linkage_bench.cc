// Our own flow and components beside Boost.Graph's, and what the shape and the layout of a cluster
// cost: items are edges, so that 1 / items_per_second is the time per edge.
#include <benchmark/benchmark.h>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/connected_components.hpp>
#include <boost/pending/disjoint_sets.hpp>
#include <random>

#include "boost_flow.h"
#include "linkage/cluster_drawing.h"
#include "linkage/cluster_shape.h"
#include "linkage/union_find.h"
#include "linkage/unit_flow.h"

namespace revenant {
namespace {

// A neighbourhood as a search leaves it: sellers and proofs as gates, each proof with four sellers,
// edges both ways.
test::GateEdges Neighbours(std::uint32_t sellers) {
  std::mt19937 random(1);
  test::GateEdges edges;
  for (std::uint32_t proof = 0; proof < sellers; ++proof) {
    for (int i = 0; i < 4; ++i) {
      const auto seller = static_cast<std::uint32_t>(random() % sellers);
      edges.emplace_back(seller, sellers + proof);
      edges.emplace_back(sellers + proof, seller);
    }
  }
  return edges;
}

void Items(benchmark::State& state, std::size_t edges) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(edges));
}

void UnitFlowWays(benchmark::State& state) {
  const auto sellers = static_cast<std::uint32_t>(state.range(0));
  const test::GateEdges edges = Neighbours(sellers);
  UnitFlow flow;
  for (auto _ : state) {
    flow.Start(2 * sellers);
    for (const auto& [a, b] : edges) flow.AddEdge(a, b);
    benchmark::DoNotOptimize(flow.Ways(0, 1, 2 * sellers));
  }
  Items(state, edges.size());
}
BENCHMARK(UnitFlowWays)->Arg(10)->Arg(100)->Arg(1'000)->Arg(10'000);

template <test::Engine engine>
void BoostFlowWays(benchmark::State& state) {
  const auto sellers = static_cast<std::uint32_t>(state.range(0));
  const test::GateEdges edges = Neighbours(sellers);
  for (auto _ : state) {
    benchmark::DoNotOptimize(test::BoostWays(2 * sellers, edges, 0, 1, engine));
  }
  Items(state, edges.size());
}
BENCHMARK(BoostFlowWays<test::Engine::kPushRelabel>)->Arg(10)->Arg(100)->Arg(1'000)->Arg(10'000);
BENCHMARK(BoostFlowWays<test::Engine::kBoykovKolmogorov>)
    ->Arg(10)
    ->Arg(100)
    ->Arg(1'000)
    ->Arg(10'000);

std::vector<UnionFind::Edge> RandomEdges(std::size_t nodes) {
  std::mt19937 random(1);
  std::vector<UnionFind::Edge> edges(nodes);
  for (auto& [a, b] : edges) {
    a = static_cast<UnionFind::Node>(random() % nodes);
    b = static_cast<UnionFind::Node>(random() % nodes);
  }
  return edges;
}

void UnionFindComponents(benchmark::State& state) {
  const auto nodes = static_cast<std::size_t>(state.range(0));
  const std::vector<UnionFind::Edge> edges = RandomEdges(nodes);
  for (auto _ : state) {
    UnionFind found(nodes);
    found.Join(edges);
    benchmark::DoNotOptimize(found.Roots().data());
  }
  Items(state, edges.size());
}
BENCHMARK(UnionFindComponents)->Arg(10'000)->Arg(1'000'000)->Arg(10'000'000);

void BoostDisjointSets(benchmark::State& state) {
  const auto nodes = static_cast<std::uint32_t>(state.range(0));
  const std::vector<UnionFind::Edge> edges = RandomEdges(nodes);
  for (auto _ : state) {
    std::vector<std::uint32_t> rank(nodes), parent(nodes);
    boost::disjoint_sets<std::uint32_t*, std::uint32_t*> sets(rank.data(), parent.data());
    for (std::uint32_t i = 0; i < nodes; ++i) sets.make_set(i);
    for (const auto& [a, b] : edges) sets.union_set(a, b);
    for (std::uint32_t i = 0; i < nodes; ++i) parent[i] = sets.find_set(i);
    benchmark::DoNotOptimize(parent.data());
  }
  Items(state, edges.size());
}
BENCHMARK(BoostDisjointSets)->Arg(10'000)->Arg(1'000'000)->Arg(10'000'000);

void BoostConnectedComponents(benchmark::State& state) {
  const auto nodes = static_cast<std::size_t>(state.range(0));
  const std::vector<UnionFind::Edge> edges = RandomEdges(nodes);
  using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS>;
  std::vector<std::uint32_t> component(nodes);
  for (auto _ : state) {
    const Graph graph(edges.begin(), edges.end(), nodes);
    benchmark::DoNotOptimize(boost::connected_components(
        graph,
        boost::make_iterator_property_map(component.begin(), get(boost::vertex_index, graph))));
  }
  Items(state, edges.size());
}
BENCHMARK(BoostConnectedComponents)->Arg(10'000)->Arg(1'000'000);

void ShapeOfChain(benchmark::State& state) {
  const auto nodes = static_cast<std::uint32_t>(state.range(0));
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
  for (std::uint32_t i = 1; i < nodes; ++i) edges.emplace_back(i - 1, i);
  const std::vector<bool> counted(nodes, true);
  for (auto _ : state) benchmark::DoNotOptimize(FindShape(nodes, edges, counted));
  Items(state, edges.size());
}
BENCHMARK(ShapeOfChain)->Arg(1'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

void ShapeOfRandom(benchmark::State& state) {
  const auto nodes = static_cast<std::uint32_t>(state.range(0));
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges = RandomEdges(nodes);
  for (auto& [a, b] : edges) {
    if (a > b) std::swap(a, b);
  }
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  std::erase_if(edges, [](const auto& edge) { return edge.first == edge.second; });
  const std::vector<bool> counted(nodes, true);
  for (auto _ : state) benchmark::DoNotOptimize(FindShape(nodes, edges, counted));
  Items(state, edges.size());
}
BENCHMARK(ShapeOfRandom)->Arg(1'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

void LayOutGraph(benchmark::State& state) {
  const auto nodes = static_cast<std::uint32_t>(state.range(0));
  const std::vector<UnionFind::Edge> edges = RandomEdges(nodes);
  for (auto _ : state) benchmark::DoNotOptimize(LayOutByForces(nodes, edges, 1));
  Items(state, edges.size());
}
BENCHMARK(LayOutGraph)->Arg(100)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace revenant

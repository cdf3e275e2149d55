// Our own flow and components beside Boost.Graph's, on random graphs too large to try everything.

#include <doctest/doctest.h>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/connected_components.hpp>
#include <boost/graph/incremental_components.hpp>
#include <boost/pending/disjoint_sets.hpp>
#include <map>
#include <random>

#include "bench/boost_flow.h"
#include "linkage/union_find.h"
#include "linkage/unit_flow.h"

namespace revenant {
namespace {

TEST_CASE("UnitFlowFindsAsManyWaysAsBothOfBoostsMaximumFlows") {
  std::mt19937 random(5);
  UnitFlow flow;
  std::map<std::uint32_t, int> seen;
  for (int round = 0; round < 600; ++round) {
    CAPTURE(round);
    const std::uint32_t gates = 3 + static_cast<std::uint32_t>(random() % 120);
    test::GateEdges edges;
    const std::size_t count = gates * (1 + random() % 5);
    for (std::size_t i = 0; i < count; ++i) {
      const auto a = static_cast<std::uint32_t>(random() % gates);
      const auto b = static_cast<std::uint32_t>(random() % gates);
      const bool straight = (a == 0 && b == 1) || (a == 1 && b == 0);
      if (a != b && !straight) edges.emplace_back(a, b);
    }
    flow.Start(gates);
    for (const auto& [a, b] : edges) flow.AddEdge(a, b);
    const std::uint32_t ways = flow.Ways(0, 1, gates);
    REQUIRE(ways == static_cast<std::uint32_t>(
                        test::BoostWays(gates, edges, 0, 1, test::Engine::kPushRelabel)));
    REQUIRE(ways == static_cast<std::uint32_t>(
                        test::BoostWays(gates, edges, 0, 1, test::Engine::kBoykovKolmogorov)));
    ++seen[ways];
  }
  for (std::uint32_t ways = 0; ways < 6; ++ways) CHECK(seen[ways] > 0);
}

TEST_CASE("UnionFindFindsBoostsComponents") {
  std::mt19937 random(6);
  for (int round = 0; round < 100; ++round) {
    CAPTURE(round);
    const std::size_t nodes = 1 + random() % 3'000;
    std::vector<UnionFind::Edge> edges(random() % (2 * nodes));
    for (auto& [a, b] : edges) {
      a = static_cast<UnionFind::Node>(random() % nodes);
      b = static_cast<UnionFind::Node>(random() % nodes);
    }
    UnionFind found(nodes);
    found.Join(edges);
    // By search.
    using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS>;
    const Graph graph(edges.begin(), edges.end(), nodes);
    std::vector<std::size_t> component(nodes);
    const std::size_t count = boost::connected_components(
        graph,
        boost::make_iterator_property_map(component.begin(), get(boost::vertex_index, graph)));
    // And edge by edge.
    std::vector<std::size_t> rank(nodes, 0), parent(nodes);
    boost::disjoint_sets<std::size_t*, std::size_t*> sets(rank.data(), parent.data());
    boost::initialize_incremental_components(graph, sets);
    boost::incremental_components(graph, sets);

    std::vector<UnionFind::Node> least(count, UINT32_MAX);
    for (std::size_t i = 0; i < nodes; ++i) {
      UnionFind::Node& first = least[component[i]];
      first = std::min(first, static_cast<UnionFind::Node>(i));
    }
    std::map<std::size_t, UnionFind::Node> root_of_set;
    const auto roots = found.Roots();
    std::size_t own = 0;
    for (std::size_t i = 0; i < nodes; ++i) {
      REQUIRE(roots[i] == least[component[i]]);
      REQUIRE(root_of_set.emplace(sets.find_set(i), roots[i]).first->second == roots[i]);
      own += roots[i] == i;
    }
    CHECK(own == count);
    CHECK(root_of_set.size() == count);
  }
}

}  // namespace
}  // namespace revenant

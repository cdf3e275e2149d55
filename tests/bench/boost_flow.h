#ifndef REVENANT_TESTS_BENCH_BOOST_FLOW_H_
#define REVENANT_TESTS_BENCH_BOOST_FLOW_H_

// What UnitFlow counts, counted by Boost.Graph: every gate is an edge of capacity 1 between two
// vertices.

#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 takes an iterator of Boost's flow for uninitialised (its edge() is an optional inside).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/boykov_kolmogorov_max_flow.hpp>
#include <boost/graph/push_relabel_max_flow.hpp>
#include <cstdint>
#include <utility>
#include <vector>

namespace revenant::test {

using GateEdges = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
enum class Engine : std::uint8_t { kPushRelabel, kBoykovKolmogorov };

inline int BoostWays(std::size_t gates, const GateEdges& edges, std::uint32_t from,
                     std::uint32_t to, Engine engine) {
  using Lists = boost::adjacency_list_traits<boost::vecS, boost::vecS, boost::directedS>;
  using Color = boost::property<
      boost::vertex_color_t, boost::default_color_type,
      boost::property<boost::vertex_distance_t, long,
                      boost::property<boost::vertex_predecessor_t, Lists::edge_descriptor>>>;
  using Capacity = boost::property<
      boost::edge_capacity_t, int,
      boost::property<boost::edge_residual_capacity_t, int,
                      boost::property<boost::edge_reverse_t, Lists::edge_descriptor>>>;
  using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, Color, Capacity>;
  Graph graph(2 * gates);
  auto reverse = get(boost::edge_reverse, graph);
  auto capacity = get(boost::edge_capacity, graph);
  const auto add = [&](std::size_t a, std::size_t b) {
    const auto there = add_edge(a, b, graph).first;
    const auto back = add_edge(b, a, graph).first;
    capacity[there] = 1;
    capacity[back] = 0;
    reverse[there] = back;
    reverse[back] = there;
  };
  for (std::size_t gate = 0; gate < gates; ++gate) add(2 * gate, 2 * gate + 1);
  for (const auto& [a, b] : edges) add(2 * a + 1, 2 * b);
  const std::size_t source = 2 * from + 1, sink = 2 * to;
  return engine == Engine::kPushRelabel ? push_relabel_max_flow(graph, source, sink)
                                        : boykov_kolmogorov_max_flow(graph, source, sink);
}

}  // namespace revenant::test

#endif  // REVENANT_TESTS_BENCH_BOOST_FLOW_H_

// What holds a graph together, against taking each vertex and each edge out of it.

#include "linkage/cluster_shape.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "revenant/cluster_graph.h"

namespace revenant {
namespace {

using Edges = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
constexpr std::uint32_t kNobody = UINT32_MAX;

// Sizes of the components, in counted vertices, by the least vertex of each.
std::vector<std::uint32_t> Components(std::size_t vertices, const Edges& edges,
                                      const std::vector<bool>& counted, std::uint32_t gone,
                                      std::vector<std::uint32_t>& least) {
  least.resize(vertices);
  std::iota(least.begin(), least.end(), 0U);
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto& [a, b] : edges) {
      if (a == gone || b == gone) continue;
      changed = changed || least[a] != least[b];
      least[a] = least[b] = std::min(least[a], least[b]);
    }
  }
  std::vector<std::uint32_t> sizes(vertices, 0);
  for (std::uint32_t i = 0; i < vertices; ++i) {
    if (i != gone && counted[i]) ++sizes[least[i]];
  }
  return sizes;
}

GraphShape NaiveShape(std::size_t vertices, const Edges& edges, const std::vector<bool>& counted) {
  GraphShape shape;
  std::vector<std::uint32_t> whole, rest;
  (void)Components(vertices, edges, counted, kNobody, whole);
  for (std::uint32_t gone = 0; gone < vertices; ++gone) {
    const std::vector<std::uint32_t> sizes = Components(vertices, edges, counted, gone, rest);
    std::vector<std::uint32_t> roots;  // of what is left of its component
    std::uint32_t sum = 0, largest = 0;
    for (std::uint32_t i = 0; i < vertices; ++i) {
      if (i == gone || whole[i] != whole[gone] || rest[i] != i) continue;
      roots.push_back(i);
      sum += sizes[i];
      largest = std::max(largest, sizes[i]);
    }
    if (roots.size() < 2) continue;
    shape.cuts.push_back({gone, static_cast<std::uint32_t>(roots.size()), sum - largest});
  }
  for (std::uint32_t edge = 0; edge < edges.size(); ++edge) {
    Edges without = edges;
    without.erase(without.begin() + edge);
    (void)Components(vertices, without, counted, kNobody, rest);
    if (rest[edges[edge].first] != rest[edges[edge].second]) shape.bridges.push_back(edge);
  }
  return shape;
}

TEST_CASE("CutsAndBridgesAreWhatPartsTheGraphWhenTakenOut") {
  std::mt19937 random(29);
  int cuts = 0, bridges = 0, whole = 0;
  for (int round = 0; round < 2'000; ++round) {
    CAPTURE(round);
    const std::size_t vertices = 1 + random() % 14;
    const auto share = random() % 50;
    Edges edges;
    for (std::uint32_t a = 0; a < vertices; ++a) {
      for (std::uint32_t b = a + 1; b < vertices; ++b) {
        if (random() % 100 < share)
          edges.emplace_back(random() % 2 ? std::pair(a, b) : std::pair(b, a));
      }
    }
    std::shuffle(edges.begin(), edges.end(), random);
    std::vector<bool> counted(vertices);
    for (std::size_t i = 0; i < vertices; ++i) counted[i] = random() % 3 != 0;
    const GraphShape found = FindShape(vertices, edges, counted);
    const GraphShape expected = NaiveShape(vertices, edges, counted);
    REQUIRE(found.cuts == expected.cuts);
    REQUIRE(found.bridges == expected.bridges);
    cuts += !found.cuts.empty();
    bridges += !found.bridges.empty();
    whole += found.cuts.empty() && edges.size() > 5;
    // Each block but the first of a component hangs on a cut vertex.
    std::vector<std::uint32_t> least;
    (void)Components(vertices, edges, counted, kNobody, least);
    std::vector<bool> with_edge(vertices, false);
    for (const auto& [a, b] : edges) with_edge[least[a]] = true;
    std::uint32_t blocks = 0;
    for (std::uint32_t i = 0; i < vertices; ++i) blocks += with_edge[i];
    for (const GraphShape::CutVertex& cut : found.cuts) blocks += cut.parts - 1;
    REQUIRE(found.blocks == blocks);
  }
  CHECK(cuts > 500);
  CHECK(bridges > 500);
  CHECK(whole > 50);
}

TEST_CASE("AChainOfAMillionNeedsNoStack") {
  constexpr std::uint32_t kLength = 1'000'000;
  Edges edges;
  for (std::uint32_t i = 1; i < kLength; ++i) edges.emplace_back(i - 1, i);
  const GraphShape shape = FindShape(kLength, edges, std::vector<bool>(kLength, true));
  CHECK(shape.cuts.size() == kLength - 2);
  CHECK(shape.bridges.size() == kLength - 1);
  CHECK(shape.blocks == kLength - 1);
  CHECK(shape.cuts[0] == GraphShape::CutVertex{1, 2, 1});
  CHECK(shape.cuts[499'999] == GraphShape::CutVertex{500'000, 2, 499'999});
}

// --- Of a cluster

struct Carries {
  std::uint32_t seller, identifier;
  bool refused = false;
};
ClusterGraph Cluster(std::size_t sellers, std::size_t identifiers,
                     const std::vector<Carries>& carries) {
  ClusterGraph graph;
  for (std::size_t i = 0; i < sellers; ++i) {
    ClusterGraph::Seller seller;
    seller.name = {"p", std::string(1, static_cast<char>('a' + i))};
    graph.sellers.push_back(seller);
  }
  for (std::size_t i = 0; i < identifiers; ++i) {
    ClusterGraph::Identifier identifier;
    identifier.kind = "pay.iban";
    identifier.fingerprint.bytes.fill(static_cast<std::uint8_t>(i + 1));
    identifier.joins = true;
    graph.identifiers.push_back(identifier);
  }
  for (const Carries& each : carries) {
    graph.carries.push_back({each.seller, each.identifier, {}, each.refused});
  }
  return graph;
}
using Points = std::vector<ClusterShape::CutPoint>;

TEST_CASE("OneSharedIdentifierHoldsTheClusterTogether") {
  const ClusterGraph graph = Cluster(3, 1, {{0, 0}, {1, 0}, {2, 0}});
  const ClusterShape shape = ShapeOf(graph);
  CHECK(shape.identifiers == Points{{0, 3, 2}});
  CHECK(shape.sellers.empty());
  CHECK(shape.bridges == std::vector<std::uint32_t>{0, 1, 2});
  CHECK(shape.members == 3);
  CHECK(DescribeShape(graph, shape) ==
        "held together by pay.iban 01010101 (2 of 3 sellers come apart without it)");
}

TEST_CASE("ASellerMayHoldTwoGroupsTogether") {
  // a, b and c share two identifiers each way; c and d, d and e likewise.
  const ClusterGraph graph = Cluster(5, 4,
                                     {{0, 0},
                                      {1, 0},
                                      {2, 0},
                                      {0, 1},
                                      {1, 1},
                                      {2, 1},
                                      {2, 2},
                                      {3, 2},
                                      {4, 2},
                                      {2, 3},
                                      {3, 3},
                                      {4, 3}});
  const ClusterShape shape = ShapeOf(graph);
  CHECK(shape.sellers == Points{{2, 2, 2}});
  CHECK(shape.identifiers.empty());
  CHECK(shape.bridges.empty());
  CHECK(shape.blocks == 2);
  CHECK(DescribeShape(graph, shape) ==
        "held together by seller p:c (2 of 5 sellers come apart without it)");
}

TEST_CASE("WhatDoesNotJoinHoldsNothing") {
  const Carries kTwice[] = {{0, 0}, {1, 0}, {0, 1}, {1, 1}};
  ClusterGraph graph = Cluster(2, 2, {std::begin(kTwice), std::end(kTwice)});
  CHECK(ShapeOf(graph).identifiers.empty());
  CHECK(DescribeShape(graph, ShapeOf(graph)) == "no single seller or identifier holds it together");
  SUBCASE("a hub or a supporting kind") { graph.identifiers[1].joins = false; }
  SUBCASE("a refused carry") { graph.carries[3].refused = true; }
  const ClusterShape shape = ShapeOf(graph);
  CHECK(shape.identifiers == Points{{0, 2, 1}});
  CHECK(DescribeShape(graph, shape) ==
        "held together by pay.iban 01010101 (1 of 2 sellers comes apart without it)");
}

TEST_CASE("LeavesAndSellersBeyondAreNoMembers") {
  for (const bool leaf : {true, false}) {
    ClusterGraph graph = Cluster(3, 2, {{0, 0}, {1, 0}, {1, 1}, {2, 1}});
    CHECK(ShapeOf(graph).sellers == Points{{1, 2, 1}});
    (leaf ? graph.sellers[2].leaf : graph.sellers[2].beyond) = true;
    const ClusterShape shape = ShapeOf(graph);
    CHECK(shape.members == 2);
    CHECK(shape.sellers.empty());
    CHECK(shape.identifiers == Points{{0, 2, 1}});
    CHECK(shape.bridges == std::vector<std::uint32_t>{0, 1});
  }
}

TEST_CASE("WhatPartsMostIsNamedFirst") {
  // a - 0 - b - 1 - c - 2 - d - 3 - e: the middle seller parts most.
  const ClusterGraph graph =
      Cluster(5, 4, {{0, 0}, {1, 0}, {1, 1}, {2, 1}, {2, 2}, {3, 2}, {3, 3}, {4, 3}});
  const ClusterShape shape = ShapeOf(graph);
  CHECK(shape.sellers == Points{{2, 2, 2}, {1, 2, 1}, {3, 2, 1}});
  CHECK(shape.identifiers == Points{{1, 2, 2}, {2, 2, 2}, {0, 2, 1}, {3, 2, 1}});
  CHECK(DescribeShape(graph, shape, 2) ==
        "held together by pay.iban 02020202 (2 of 5 sellers come apart without it), "
        "pay.iban 03030303 (2 of 5) and 5 more");
}

TEST_CASE("NothingHoldsOneSellerTogether") {
  CHECK(DescribeShape(Cluster(1, 0, {}), ShapeOf(Cluster(1, 0, {}))) ==
        "nothing to hold together: one seller");
  CHECK(ShapeOf({}).blocks == 0);
}

}  // namespace
}  // namespace revenant

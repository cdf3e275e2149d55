// Pictures of a cluster: the same twice, finite, and safe to open with any names of sellers.

#include "linkage/cluster_drawing.h"

#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <random>
#include <string_view>

namespace revenant {
namespace {

using Edges = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

Edges RandomEdges(std::uint32_t vertices, std::size_t count) {
  std::mt19937 random(3);
  Edges edges;
  for (std::size_t i = 0; i < count; ++i) {
    edges.emplace_back(random() % vertices, random() % vertices);
  }
  return edges;
}

TEST_CASE("TheSameGraphIsDrawnTheSame") {
  const Edges edges = RandomEdges(200, 300);
  const std::vector<DrawnAt> drawn = LayOutByForces(200, edges, 1);
  CHECK(LayOutByForces(200, edges, 1) == drawn);
  CHECK(LayOutByForces(200, edges, 2) != drawn);
}

TEST_CASE("PositionsAreFiniteAndOnThePage") {
  Edges star, ring, both_ways;
  for (std::uint32_t i = 1; i < 500; ++i) star.emplace_back(0, i);
  for (std::uint32_t i = 0; i < 40; ++i) ring.emplace_back(i, (i + 1) % 40);
  for (std::uint32_t i = 0; i < 10; ++i)
    both_ways.insert(both_ways.end(), {{0, i}, {i, 0}, {i, i}});
  struct Case {
    std::string_view name;
    std::uint32_t vertices;
    Edges edges;
  };
  const Case kCases[] = {
      {"nothing", 0, {}},          {"one", 1, {}},           {"two apart", 2, {}},
      {"two joined", 2, {{0, 1}}}, {"a star", 500, star},    {"a ring", 40, ring},
      {"many apart", 300, {}},     {"loops", 10, both_ways}, {"random", 400, RandomEdges(400, 900)},
  };
  for (const Case& row : kCases) {
    CAPTURE(row.name);
    const std::vector<DrawnAt> drawn = LayOutByForces(row.vertices, row.edges, 1);
    REQUIRE(drawn.size() == row.vertices);
    for (const DrawnAt& at : drawn) {
      REQUIRE(std::isfinite(at.x));
      REQUIRE(std::isfinite(at.y));
      REQUIRE((at.x >= 0 && at.x <= 1 && at.y >= 0 && at.y <= 1));
    }
  }
}

TEST_CASE("WhatIsJoinedIsDrawnNearer") {
  // Two groups of ten that know each other, and one edge between them.
  Edges edges;
  for (std::uint32_t a = 0; a < 20; ++a) {
    for (std::uint32_t b = a + 1; b < 20; ++b) {
      if (a / 10 == b / 10) edges.emplace_back(a, b);
    }
  }
  edges.emplace_back(0, 10);
  const std::vector<DrawnAt> drawn = LayOutByForces(20, edges, 1);
  double within = 0, between = 0;
  for (std::uint32_t a = 0; a < 20; ++a) {
    for (std::uint32_t b = a + 1; b < 20; ++b) {
      const double distance = std::hypot(drawn[a].x - drawn[b].x, drawn[a].y - drawn[b].y);
      (a / 10 == b / 10 ? within : between) += distance / (a / 10 == b / 10 ? 90 : 100);
    }
  }
  CHECK(within < 0.7 * between);
}

ClusterGraph TwoSellers(std::string first_name) {
  ClusterGraph graph;
  ClusterGraph::Seller seller;
  seller.name = {"p", std::move(first_name)};
  seller.banned = true;
  graph.sellers.push_back(seller);
  seller.name = {"p", "z"};
  seller.banned = false;
  seller.since = Time{1'700'000'000'000'000};
  graph.sellers.push_back(seller);
  ClusterGraph::Identifier identifier;
  identifier.kind = "pay.iban";
  identifier.fingerprint.bytes.fill(0xAB);
  identifier.carriers = 2;
  identifier.joins = true;
  graph.identifiers.push_back(identifier);
  graph.carries = {{0, 0, Time{1'600'000'000'000'000}, false}, {1, 0, {}, false}};
  return graph;
}

std::size_t Count(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST_CASE("GraphmlHoldsEveryVertexEdgeAndTheShape") {
  const ClusterGraph graph = TwoSellers("a");
  const std::string xml = ToGraphml(graph);
  CHECK(ToGraphml(graph) == xml);
  CHECK(Count(xml, "<node id=") == 3);
  CHECK(Count(xml, "<edge id=") == 2);
  CHECK(Count(xml, "edgedefault=\"undirected\"") == 1);
  for (const char* part : {">p:a<", ">pay.iban abababab<", ">abababababababababababababababab<",
                           ">2020-09-13T12:26:40Z<", ">identifier<", ">seller<", ">active<"}) {
    CAPTURE(part);
    CHECK(Count(xml, part) > 0);
  }
  CHECK(Count(xml, "attr.name=\"holds_together\" attr.type=\"string\"") == 1);
  CHECK(Count(xml, "attr.name=\"x\" attr.type=\"int\"") == 1);
}

TEST_CASE("DotHoldsEveryVertexAndEdge") {
  const std::string dot = ToDot(TwoSellers("a"));
  CHECK(dot.starts_with("graph G {"));
  CHECK(Count(dot, "[label=") == 3);
  CHECK(Count(dot, "0--2 ") == 1);
  CHECK(Count(dot, "1--2 ") == 1);
  CHECK(Count(dot, "fillcolor") == 1);   // the banned one
  CHECK(Count(dot, "penwidth=3") == 3);  // the identifier and both carries hold it
  CHECK(Count(dot, "label=\"p:a\", pos=\"") == 1);
}

TEST_CASE("NamesThatAreMeantToBreakAFileDoNot") {
  struct Case {
    std::string_view name;
    const char *id, *xml, *dot;
  };
  constexpr Case kCases[] = {
      {"markup", "<b>&\"'", ">p:&lt;b&gt;&amp;&quot;&apos;<", "\"p:<b>&\\\"'\""},
      {"a backslash at the end", "x\\", ">p:x\\<", "\"p:x\\\\\""},
      {"a way out of the label", "\"]; x [label=\"", ">p:&quot;]; x [label=&quot;<",
       "\"p:\\\"]; x [label=\\\"\""},
      {"control characters", "a\x1b[31m\x01z", ">p:a\xEF\xBF\xBD[31m\xEF\xBF\xBDz<",
       "\"p:a\xEF\xBF\xBD[31m\xEF\xBF\xBDz\""},
      {"C1 control characters", "a\xC2\x9Bz", ">p:a\xEF\xBF\xBDz<", "\"p:a\xEF\xBF\xBDz\""},
      {"bytes that are no UTF-8", "a\xFFz", ">p:a\xEF\xBF\xBDz<", "\"p:a\xEF\xBF\xBDz\""},
      {"a noncharacter", "a\xEF\xBF\xBFz", ">p:a\xEF\xBF\xBDz<", "\"p:a\xEF\xBF\xBDz\""},
      {"a line end", "a\nz", ">p:a\xEF\xBF\xBDz<", "\"p:a\xEF\xBF\xBDz\""},
      {"another script", "\xE5\x95\x86", ">p:\xE5\x95\x86<", "\"p:\xE5\x95\x86\""},
  };
  for (const Case& row : kCases) {
    CAPTURE(row.name);
    const ClusterGraph graph = TwoSellers(row.id);
    CHECK(Count(ToGraphml(graph), row.xml) == 1);
    CHECK(Count(ToDot(graph), row.dot) == 1);
    const auto json = nlohmann::json::parse(ToJson(graph));
    CHECK(json["sellers"].size() == 2);
  }
}

TEST_CASE("JsonSaysWhatTheGraphHolds") {
  ClusterGraph graph = TwoSellers("a");
  graph.cut_short = true;
  const auto json = nlohmann::json::parse(ToJson(graph));
  CHECK(json["v"] == 1);
  CHECK(json["sellers"][0]["seller"] == "p:a");
  CHECK(json["sellers"][0]["banned"] == true);
  CHECK(json["sellers"][0]["since"].is_null());
  CHECK(json["sellers"][1]["since"] == "2023-11-14T22:13:20Z");
  CHECK(json["identifiers"][0]["fingerprint"] == "abababababababababababababababab");
  CHECK(json["identifiers"][0]["carriers"] == 2);
  CHECK(json["carries"][1]["seller"] == 1);
  CHECK(json["carries"][0]["since"] == "2020-09-13T12:26:40Z");
  CHECK(json["shape"]["members"] == 2);
  CHECK(json["shape"]["identifiers"][0]["parted"] == 1);
  CHECK(json["shape"]["bridges"] == nlohmann::json({0, 1}));
  CHECK(json["cut_short"] == true);
}

}  // namespace
}  // namespace revenant

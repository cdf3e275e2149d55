#include "revenant/cluster_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "linkage/cluster_shape.h"
#include "linkage/value_facts.h"
#include "util/json_writer.h"

namespace revenant {
namespace {

bool IsMember(const ClusterGraph::Seller& seller) { return !seller.leaf && !seller.beyond; }

bool Holds(const ClusterGraph& graph, const ClusterGraph::Carry& carry) {
  return carry.seller < graph.sellers.size() && carry.identifier < graph.identifiers.size() &&
         !carry.refused && IsMember(graph.sellers[carry.seller]) &&
         graph.identifiers[carry.identifier].joins;
}

void WorstFirst(std::vector<ClusterShape::CutPoint>& points) {
  std::sort(points.begin(), points.end(), [](const auto& a, const auto& b) {
    return std::tie(b.parted, a.place) < std::tie(a.parted, b.place);
  });
}

void WritePoints(JsonWriter& json, std::string_view key,
                 const std::vector<ClusterShape::CutPoint>& points, std::string_view place) {
  json.Array(key);
  for (const ClusterShape::CutPoint& point : points) {
    json.Object().Count(place, point.place).Count("parts", point.parts);
    json.Count("parted", point.parted).End();
  }
  json.End();
}

}  // namespace

ClusterShape ShapeOf(const ClusterGraph& graph) {
  const auto sellers = static_cast<std::uint32_t>(graph.sellers.size());
  ClusterShape shape;
  for (const ClusterGraph::Seller& seller : graph.sellers) shape.members += IsMember(seller);
  // An identifier that one member alone carries holds nothing, and without it no side is empty of
  // sellers whichever vertex goes.
  std::vector<std::uint32_t> carriers(graph.identifiers.size(), 0);
  for (const ClusterGraph::Carry& carry : graph.carries) {
    if (Holds(graph, carry)) ++carriers[carry.identifier];
  }
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
  std::vector<std::uint32_t> carry_of;  // each edge
  for (std::uint32_t i = 0; i < graph.carries.size(); ++i) {
    const ClusterGraph::Carry& carry = graph.carries[i];
    if (!Holds(graph, carry) || carriers[carry.identifier] < 2) continue;
    edges.emplace_back(carry.seller, sellers + carry.identifier);
    carry_of.push_back(i);
  }
  std::vector<bool> counted(sellers + graph.identifiers.size(), false);
  std::fill_n(counted.begin(), sellers, true);
  const GraphShape found = FindShape(counted.size(), edges, counted);
  for (const GraphShape::CutVertex& cut : found.cuts) {
    if (cut.vertex < sellers) {
      shape.sellers.push_back({cut.vertex, cut.parts, cut.parted});
    } else {
      shape.identifiers.push_back({cut.vertex - sellers, cut.parts, cut.parted});
    }
  }
  WorstFirst(shape.sellers);
  WorstFirst(shape.identifiers);
  for (const std::uint32_t edge : found.bridges) shape.bridges.push_back(carry_of[edge]);
  shape.blocks = found.blocks;
  return shape;
}

std::string DescribeShape(const ClusterGraph& graph, const ClusterShape& shape, std::size_t limit) {
  if (shape.members < 2) return "nothing to hold together: one seller";
  struct Named {
    std::uint32_t parted = 0;
    std::string name;
  };
  std::vector<Named> points;
  for (const ClusterShape::CutPoint& point : shape.identifiers) {
    const ClusterGraph::Identifier& identifier = graph.identifiers[point.place];
    points.push_back(
        {point.parted, identifier.kind + ' ' + identifier.fingerprint.ToHex().substr(0, 8)});
  }
  for (const ClusterShape::CutPoint& point : shape.sellers) {
    points.push_back({point.parted, "seller " + graph.sellers[point.place].name.ToString()});
  }
  const std::string_view part = graph.cut_short ? ", as far as it was read" : "";
  if (points.empty()) {
    return fmt::format("no single seller or identifier holds it together{}", part);
  }
  std::stable_sort(points.begin(), points.end(),
                   [](const Named& a, const Named& b) { return a.parted > b.parted; });
  std::string text = "held together by ";
  for (std::size_t i = 0; i < std::min(limit, points.size()); ++i) {
    const Named& point = points[i];
    if (i == 0) {
      text += fmt::format("{} ({} of {} sellers {} apart without it)", point.name, point.parted,
                          shape.members, point.parted == 1 ? "comes" : "come");
    } else {
      text += fmt::format(", {} ({} of {})", point.name, point.parted, shape.members);
    }
  }
  if (points.size() > limit) text += fmt::format(" and {} more", points.size() - limit);
  return text.append(part);
}

namespace {

std::string GraphJson(const ClusterGraph& graph, const std::span<const ValueFacts>* values) {
  const ClusterShape shape = ShapeOf(graph);
  const std::vector<DrawnAt> drawn = LayOut(graph);
  const auto place = [&](JsonWriter& json, std::size_t vertex) {
    json.Real("x", drawn[vertex].x).Real("y", drawn[vertex].y).End();
  };
  std::string line;
  JsonWriter json(line);
  json.Object().Count("v", 1).Array("sellers");
  for (std::size_t i = 0; i < graph.sellers.size(); ++i) {
    const ClusterGraph::Seller& seller = graph.sellers[i];
    json.Object().Text("seller", seller.name.ToString()).Text("status", StatusName(seller.status));
    json.Moment("since", seller.since).Flag("banned", seller.banned).Flag("leaf", seller.leaf);
    json.Flag("beyond", seller.beyond);
    place(json, i);
  }
  json.End().Array("identifiers");
  for (std::size_t i = 0; i < graph.identifiers.size(); ++i) {
    const ClusterGraph::Identifier& identifier = graph.identifiers[i];
    json.Object().Text("kind", identifier.kind).Text("fingerprint", identifier.fingerprint.ToHex());
    json.Count("carriers", identifier.carriers).Flag("joins", identifier.joins);
    place(json, graph.sellers.size() + i);
  }
  json.End().Array("carries");
  for (const ClusterGraph::Carry& carry : graph.carries) {
    json.Object().Count("seller", carry.seller).Count("identifier", carry.identifier);
    json.Moment("since", carry.since).Flag("refused", carry.refused).End();
  }
  json.End().Object("shape").Count("members", shape.members).Count("blocks", shape.blocks);
  WritePoints(json, "sellers", shape.sellers, "seller");
  WritePoints(json, "identifiers", shape.identifiers, "identifier");
  json.Array("bridges");
  for (const std::uint32_t bridge : shape.bridges) json.Count("", bridge);
  json.End().End().Flag("cut_short", graph.cut_short);
  if (values != nullptr) WriteValues(json, *values);
  json.End();
  return line;
}

}  // namespace

std::string ToJson(const ClusterGraph& graph) { return GraphJson(graph, nullptr); }
std::string ToJson(const ClusterGraph& graph, std::span<const ValueFacts> values) {
  return GraphJson(graph, &values);
}

}  // namespace revenant

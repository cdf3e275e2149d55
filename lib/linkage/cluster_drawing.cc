// Pictures of a cluster: Boost.Graph lays it out and writes it.

#include "linkage/cluster_drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/fruchterman_reingold.hpp>
#include <boost/graph/graphml.hpp>
#include <boost/graph/graphviz.hpp>
#include <boost/graph/random_layout.hpp>
#include <boost/graph/topology.hpp>
#include <boost/property_map/dynamic_property_map.hpp>
#include <boost/property_map/function_property_map.hpp>
#include <boost/random/mersenne_twister.hpp>
#include <cmath>
#include <sstream>

#include "util/bytes.h"

namespace revenant {
namespace {

struct Numbered {
  std::uint32_t number = 0;
};
using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS,
                                    boost::no_property, Numbered>;
using Vertex = boost::graph_traits<Graph>::vertex_descriptor;
using Edge = boost::graph_traits<Graph>::edge_descriptor;

Graph GraphOf(std::size_t vertices,
              std::span<const std::pair<std::uint32_t, std::uint32_t>> edges) {
  Graph graph(vertices);
  for (std::uint32_t i = 0; i < edges.size(); ++i) {
    boost::add_edge(edges[i].first, edges[i].second, Numbered{i}, graph);
  }
  return graph;
}

// A square around the origin in which no distance is 0: Boost divides by them.
class Square : public boost::rectangle_topology<boost::mt19937> {
 public:
  explicit Square(boost::mt19937& random) : rectangle_topology(random, -0.5, -0.5, 0.5, 0.5) {}
  double distance(const point_type& a, const point_type& b) const {
    return std::max(kLeast, rectangle_topology::distance(a, b));
  }
  double norm(const point_difference_type& difference) const {
    return std::max(kLeast, rectangle_topology::norm(difference));
  }

 private:
  static constexpr double kLeast = 1e-9;
};

// Sellers first, then identifiers.
std::vector<std::pair<std::uint32_t, std::uint32_t>> EdgesOf(const ClusterGraph& graph) {
  const auto sellers = static_cast<std::uint32_t>(graph.sellers.size());
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
  for (const ClusterGraph::Carry& carry : graph.carries) {
    edges.emplace_back(carry.seller, sellers + carry.identifier);
  }
  return edges;
}

// What XML 1.0 and terminals take: UTF-8 without control characters and noncharacters.
std::string Clean(std::string_view text) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  std::string clean;
  while (!text.empty()) {
    const Utf8Char next = DecodeUtf8(text);
    const bool taken = next.size > 0 && next.code_point >= 0x20 &&
                       (next.code_point < 0x7F || next.code_point > 0x9F) &&
                       (next.code_point & 0xFFFE) != 0xFFFE;
    const std::size_t size = std::max<std::size_t>(1, next.size);
    clean += taken ? text.substr(0, size) : kReplacement;
    text.remove_prefix(size);
  }
  return clean;
}

// A DOT string. (Boost's own escapes quotes and leaves backslashes, so that a name may end it.)
std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : Clean(text)) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted += '"';
}

std::string Moment(Time time) { return time.known() ? FormatTime(time) : std::string(); }
std::string Word(bool flag) { return flag ? "true" : "false"; }

// What both files say of each vertex and edge.
class Picture {
 public:
  explicit Picture(const ClusterGraph& graph)
      : graph_(graph),
        drawn_(LayOut(graph)),
        cut_(drawn_.size(), false),
        bridge_(graph.carries.size(), false),
        side_(80 * std::sqrt(static_cast<double>(std::max<std::size_t>(1, drawn_.size())))) {
    const ClusterShape shape = ShapeOf(graph);
    for (const auto& point : shape.sellers) cut_[point.place] = true;
    for (const auto& point : shape.identifiers) cut_[graph.sellers.size() + point.place] = true;
    for (const std::uint32_t carry : shape.bridges) bridge_[carry] = true;
  }

  const ClusterGraph::Seller* SellerAt(Vertex vertex) const {
    return vertex < graph_.sellers.size() ? &graph_.sellers[vertex] : nullptr;
  }
  const ClusterGraph::Identifier& IdentifierAt(Vertex vertex) const {
    return graph_.identifiers[vertex - graph_.sellers.size()];
  }
  const ClusterGraph::Carry& CarryAt(std::uint32_t number) const { return graph_.carries[number]; }
  std::string Label(Vertex vertex) const {
    if (const ClusterGraph::Seller* seller = SellerAt(vertex)) return seller->name.ToString();
    const ClusterGraph::Identifier& identifier = IdentifierAt(vertex);
    return identifier.kind + ' ' + identifier.fingerprint.ToHex().substr(0, 8);
  }
  bool Cuts(Vertex vertex) const { return cut_[vertex]; }
  bool Bridges(std::uint32_t carry) const { return bridge_[carry]; }
  // In points, so that a hundred vertices have room.
  int X(Vertex vertex) const { return static_cast<int>(std::lround(drawn_[vertex].x * side_)); }
  int Y(Vertex vertex) const { return static_cast<int>(std::lround(drawn_[vertex].y * side_)); }

 private:
  const ClusterGraph& graph_;
  std::vector<DrawnAt> drawn_;
  std::vector<bool> cut_, bridge_;
  double side_;
};

}  // namespace

std::vector<DrawnAt> LayOutByForces(std::size_t vertices,
                                    std::span<const std::pair<std::uint32_t, std::uint32_t>> edges,
                                    std::uint64_t seed) {
  if (vertices == 0) return {};
  constexpr double kGoldenAngle = 2.399963229728653, kCentred = 0.5;
  constexpr std::size_t kMost = 200, kLeast = 10, kVisits = 2'000'000;
  const std::size_t rounds = std::clamp(kVisits / vertices, kLeast, kMost);
  constexpr double kFirstStep = 0.1;
  const Graph graph = GraphOf(vertices, edges);
  boost::mt19937 random(static_cast<std::uint32_t>(seed ^ (seed >> 32)));
  const Square square(random);
  // A sunflower's seeds, evenly spread; the seed turns it.
  std::vector<Square::point_type> points(vertices);
  const double turn = static_cast<double>(random() % 1000) / 1000;
  for (std::size_t i = 0; i < vertices; ++i) {
    const double angle = kGoldenAngle * static_cast<double>(i) + turn;
    const double radius =
        0.45 * std::sqrt((static_cast<double>(i) + kCentred) / static_cast<double>(vertices));
    points[i][0] = radius * std::cos(angle);
    points[i][1] = radius * std::sin(angle);
  }
  const auto position =
      boost::make_iterator_property_map(points.begin(), get(boost::vertex_index, graph));
  boost::fruchterman_reingold_force_directed_layout(
      graph, position, square,
      boost::cooling(boost::linear_cooling<double>(rounds, kFirstStep))
          .force_pairs(boost::make_grid_force_pairs(square, position, graph)));
  std::vector<DrawnAt> drawn;
  for (const Square::point_type& point : points) {
    const auto rounded = [](double value) { return std::round((value + kCentred) * 1e4) / 1e4; };
    drawn.push_back({rounded(point[0]), rounded(point[1])});
  }
  return drawn;
}

std::vector<DrawnAt> LayOut(const ClusterGraph& graph, std::uint64_t seed) {
  return LayOutByForces(graph.sellers.size() + graph.identifiers.size(), EdgesOf(graph), seed);
}

std::string ToGraphml(const ClusterGraph& cluster) {
  const Picture picture(cluster);
  const Graph graph =
      GraphOf(cluster.sellers.size() + cluster.identifiers.size(), EdgesOf(cluster));
  boost::dynamic_properties properties;
  const auto of_vertex = [&](const std::string& name, auto value) {
    properties.property(name, boost::make_function_property_map<Vertex>(value));
  };
  const auto of_edge = [&](const std::string& name, auto value) {
    properties.property(
        name, boost::make_function_property_map<Edge>(
                  [value, &graph](const Edge& edge) { return value(graph[edge].number); }));
  };
  of_vertex("label", [&](Vertex vertex) { return Clean(picture.Label(vertex)); });
  of_vertex("type", [&](Vertex vertex) {
    return std::string(picture.SellerAt(vertex) != nullptr ? "seller" : "identifier");
  });
  of_vertex("holds_together", [&](Vertex vertex) { return Word(picture.Cuts(vertex)); });
  of_vertex("x", [&](Vertex vertex) { return picture.X(vertex); });
  of_vertex("y", [&](Vertex vertex) { return picture.Y(vertex); });
  // Of sellers; empty with identifiers.
  const auto of_seller = [&](const std::string& name, auto value) {
    of_vertex(name, [value, &picture](Vertex vertex) {
      const ClusterGraph::Seller* seller = picture.SellerAt(vertex);
      return seller == nullptr ? std::string() : std::string(value(*seller));
    });
  };
  of_seller("status", [](const ClusterGraph::Seller& seller) { return StatusName(seller.status); });
  of_seller("since", [](const ClusterGraph::Seller& seller) { return Moment(seller.since); });
  of_seller("banned", [](const ClusterGraph::Seller& seller) { return Word(seller.banned); });
  of_seller("leaf", [](const ClusterGraph::Seller& seller) { return Word(seller.leaf); });
  of_seller("beyond", [](const ClusterGraph::Seller& seller) { return Word(seller.beyond); });
  const auto of_identifier = [&](const std::string& name, auto value) {
    of_vertex(name, [value, &picture](Vertex vertex) {
      return picture.SellerAt(vertex) != nullptr ? std::string()
                                                 : std::string(value(picture.IdentifierAt(vertex)));
    });
  };
  using Shared = ClusterGraph::Identifier;
  of_identifier("kind", [](const Shared& identifier) { return Clean(identifier.kind); });
  of_identifier("fingerprint",
                [](const Shared& identifier) { return identifier.fingerprint.ToHex(); });
  of_identifier("carriers",
                [](const Shared& identifier) { return std::to_string(identifier.carriers); });
  of_identifier("joins", [](const Shared& identifier) { return Word(identifier.joins); });
  of_edge("first_seen", [&](std::uint32_t carry) { return Moment(picture.CarryAt(carry).since); });
  of_edge("refused", [&](std::uint32_t carry) { return Word(picture.CarryAt(carry).refused); });
  of_edge("bridge", [&](std::uint32_t carry) { return Word(picture.Bridges(carry)); });
  std::ostringstream out;
  boost::write_graphml(out, graph, get(boost::vertex_index, graph), properties, true);
  return std::move(out).str();
}

std::string ToDot(const ClusterGraph& cluster) {
  const Picture picture(cluster);
  const Graph graph =
      GraphOf(cluster.sellers.size() + cluster.identifiers.size(), EdgesOf(cluster));
  const auto write_vertex = [&](std::ostream& out, Vertex vertex) {
    out << fmt::format("[label={}, pos=\"{},{}\"", Quoted(picture.Label(vertex)), picture.X(vertex),
                       picture.Y(vertex));
    if (const ClusterGraph::Seller* seller = picture.SellerAt(vertex)) {
      out << ", shape=box";
      if (seller->banned) out << ", style=filled, fillcolor=\"#f4a6a0\"";
      if ((seller->leaf || seller->beyond) && !seller->banned) out << ", style=dashed";
    } else if (!picture.IdentifierAt(vertex).joins) {
      out << ", style=dotted";
    }
    if (picture.Cuts(vertex)) out << ", penwidth=3";
    out << ']';
  };
  const auto write_edge = [&](std::ostream& out, const Edge& edge) {
    const std::uint32_t carry = graph[edge].number;
    if (picture.CarryAt(carry).refused) {
      out << "[style=dashed]";
    } else if (picture.Bridges(carry)) {
      out << "[penwidth=3]";
    }
  };
  std::ostringstream out;
  boost::write_graphviz(out, graph, write_vertex, write_edge);
  return std::move(out).str();
}

}  // namespace revenant

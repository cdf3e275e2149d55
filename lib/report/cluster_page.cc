// A cluster as a picture, a page and a GEXF file.

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "report/picture.h"
#include "report/render.h"
#include "revenant/identifier.h"
#include "revenant/report.h"

namespace revenant {
namespace {

using namespace report;

constexpr std::size_t kMostVertices = 1'000, kMostSellers = 400;

std::string ShortName(const ClusterGraph::Identifier& identifier) {
  return identifier.kind + ' ' + identifier.fingerprint.ToHex().substr(0, 8);
}

NodeShape ShapeOfNode(const ClusterGraph::Seller& seller) {
  if (seller.banned) return NodeShape::kBanned;
  return seller.status == SellerStatus::kApplicant ? NodeShape::kApplicant : NodeShape::kSeller;
}

// Of a kind that links by default, it can only be a hub.
NodeShape ShapeOfNode(const ClusterGraph::Identifier& identifier) {
  if (identifier.joins) return NodeShape::kIdentifier;
  const KindInfo* kind = FindKind(identifier.kind);
  return kind != nullptr && kind->role == Role::kLinking ? NodeShape::kHub : NodeShape::kSupporting;
}

std::string DetailOf(const ClusterGraph::Seller& seller) {
  std::string detail = "enrolled " + DayText(seller.since);
  if (seller.leaf) detail += ", no cluster passes through it";
  if (seller.beyond) detail += ", beyond the cluster: a refused sighting leads to it";
  return detail;
}

std::string CarriersOf(const ClusterGraph::Identifier& identifier) {
  return fmt::format("carried by {} enrolled seller{}", identifier.carriers,
                     identifier.carriers == 1 ? "" : "s");
}

// What there is room for: banned sellers first, then in order, and what two of them share.
PictureGraph PictureOf(const ClusterGraph& graph) {
  constexpr std::uint32_t kNone = UINT32_MAX;
  std::vector<std::uint32_t> sellers(graph.sellers.size(), kNone);
  std::vector<std::uint32_t> identifiers(graph.identifiers.size(), kNone);
  std::vector<std::uint32_t> carriers(graph.identifiers.size(), 0);
  const bool all = graph.sellers.size() + graph.identifiers.size() <= kMostVertices;
  const ClusterShape shape = ShapeOf(graph);
  PictureGraph picture;
  for (const bool banned : {true, false}) {
    for (std::size_t i = 0; i < sellers.size(); ++i) {
      const ClusterGraph::Seller& seller = graph.sellers[i];
      if (seller.banned != banned || (!all && picture.nodes.size() >= kMostSellers)) continue;
      sellers[i] = static_cast<std::uint32_t>(picture.nodes.size());
      picture.nodes.push_back(
          {ShapeOfNode(seller), seller.name.ToString(), DetailOf(seller), false});
    }
  }
  for (const ClusterGraph::Carry& carry : graph.carries) {
    if (sellers[carry.seller] != kNone) ++carriers[carry.identifier];
  }
  for (std::size_t i = 0; i < identifiers.size(); ++i) {
    const ClusterGraph::Identifier& identifier = graph.identifiers[i];
    if (!all && (carriers[i] < 2 || picture.nodes.size() >= kMostVertices)) continue;
    identifiers[i] = static_cast<std::uint32_t>(picture.nodes.size());
    picture.nodes.push_back(
        {ShapeOfNode(identifier), ShortName(identifier), CarriersOf(identifier), false});
  }
  for (const auto& cut : shape.sellers) {
    if (sellers[cut.place] != kNone) picture.nodes[sellers[cut.place]].cut_point = true;
  }
  for (const auto& cut : shape.identifiers) {
    if (identifiers[cut.place] != kNone) picture.nodes[identifiers[cut.place]].cut_point = true;
  }
  for (std::uint32_t i = 0; i < graph.carries.size(); ++i) {
    const ClusterGraph::Carry& carry = graph.carries[i];
    if (sellers[carry.seller] == kNone || identifiers[carry.identifier] == kNone) continue;
    PictureEdge edge{sellers[carry.seller],
                     identifiers[carry.identifier],
                     Stroke::kSolid,
                     std::binary_search(shape.bridges.begin(), shape.bridges.end(), i),
                     "",
                     carry.since};
    if (!graph.identifiers[carry.identifier].joins) edge.stroke = Stroke::kDashed;
    if (carry.refused) edge.stroke = Stroke::kDotted;
    edge.detail = fmt::format("{}, {}: first seen {}", picture.nodes[edge.a].label,
                              picture.nodes[edge.b].label, DayText(carry.since));
    if (carry.refused) edge.detail += "; refused: a finding of different people";
    if (edge.on_path) edge.detail += "; without it the cluster comes apart";
    picture.edges.push_back(std::move(edge));
  }
  picture.left_out = graph.sellers.size() + graph.identifiers.size() - picture.nodes.size();
  picture.title = fmt::format("Cluster of {} sellers that share {} values", graph.sellers.size(),
                              graph.identifiers.size());
  if (picture.left_out > 0) {
    picture.title += fmt::format("; {} of both are left out", picture.left_out);
  }
  return picture;
}

// For each shared value: who carries it here, how many of them banned, since when.
std::string ValueTable(const ClusterGraph& graph) {
  struct Held {
    std::uint64_t here = 0, banned = 0;
    Time first;
  };
  std::vector<Held> held(graph.identifiers.size());
  for (const ClusterGraph::Carry& carry : graph.carries) {
    Held& each = held[carry.identifier];
    ++each.here;
    if (graph.sellers[carry.seller].banned) ++each.banned;
    if (carry.since.known() && (!each.first.known() || carry.since < each.first)) {
      each.first = carry.since;
    }
  }
  std::string out =
      "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"Shared values\"><table>"
      "<thead><tr><th scope=\"col\">Value</th><th scope=\"col\">Counts as</th>"
      "<th scope=\"col\" class=\"num\">Carriers</th><th scope=\"col\" class=\"num\">Here</th>"
      "<th scope=\"col\" class=\"num\">Of these banned</th><th scope=\"col\">First seen</th></tr>"
      "</thead><tbody>\n";
  constexpr std::size_t kMostRows = 2'000;
  for (std::size_t i = 0; i < std::min(held.size(), kMostRows); ++i) {
    const ClusterGraph::Identifier& identifier = graph.identifiers[i];
    const NodeShape shape = ShapeOfNode(identifier);
    out += fmt::format(
        "<tr><th scope=\"row\" class=\"name\">{}</th><td>{}</td><td class=\"num\">{}</td><td "
        "class=\"num\">{}</td><td class=\"num\">{}</td><td>{}</td></tr>\n",
        Escaped(ShortName(identifier)),
        shape == NodeShape::kHub          ? "hub"
        : shape == NodeShape::kSupporting ? "adds weight"
                                          : "links",
        identifier.carriers, held[i].here, held[i].banned, DayText(held[i].first));
  }
  out += "</tbody></table></div>\n";
  if (held.size() > kMostRows) {
    out += fmt::format("<p>{} more are left out; GEXF and JSON have them all.</p>\n",
                       held.size() - kMostRows);
  }
  return out;
}

}  // namespace

std::string ToSvg(const ClusterGraph& graph) { return DrawGraph(PictureOf(graph), true); }

std::string ToHtml(const ClusterGraph& graph) {
  const PictureGraph picture = PictureOf(graph);
  std::string out = PageHead(picture.title, true);
  out += "<header><h1>" + Escaped(picture.title) + "</h1>\n<p>";
  out += Escaped(DescribeShape(graph, ShapeOf(graph))) + "</p>\n</header>\n<main>\n";
  out += GraphLegend();
  out +=
      "<section aria-labelledby=\"graph\"><h2 id=\"graph\">Graph</h2>\n<div class=\"graph\" "
      "role=\"group\" tabindex=\"0\" aria-label=\"Graph of the cluster\">" +
      (picture.nodes.size() > kMostNodes ? DrawOnCanvas(picture) : DrawGraph(picture)) +
      "</div>\n<details><summary>The graph as a table</summary><div class=\"scroll\" "
      "role=\"group\" tabindex=\"0\" aria-label=\"Graph of the cluster as a table\">" +
      TableOfGraph(picture) +
      "</div></details></section>\n<section aria-labelledby=\"values\"><h2 id=\"values\">Shared "
      "values</h2>\n" +
      ValueTable(graph) + "</section>\n</main>\n";
  return out + PageEnd(true);
}

std::string ToGexf(const ClusterGraph& graph) {
  const std::vector<DrawnAt> drawn = LayOut(graph);
  const ClusterShape shape = ShapeOf(graph);
  std::vector<bool> cut(drawn.size(), false);
  for (const auto& point : shape.sellers) cut[point.place] = true;
  for (const auto& point : shape.identifiers) cut[graph.sellers.size() + point.place] = true;
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<gexf xmlns=\"http://gexf.net/1.3\" xmlns:viz=\"http://gexf.net/1.3/viz\" version=\"1.3\">\n"
      "<meta><creator>Revenant</creator></meta>\n"
      "<graph defaultedgetype=\"undirected\" mode=\"dynamic\" timeformat=\"dateTime\">\n"
      "<attributes class=\"node\" mode=\"static\">\n";
  constexpr std::string_view kAttributes[][2] = {
      {"type", "string"},        {"banned", "boolean"},         {"leaf", "boolean"},
      {"beyond", "boolean"},     {"holds_together", "boolean"}, {"kind", "string"},
      {"fingerprint", "string"}, {"carriers", "long"},          {"joins", "boolean"}};
  const auto to = std::back_inserter(out);
  for (std::size_t i = 0; i < std::size(kAttributes); ++i) {
    fmt::format_to(to, "<attribute id=\"{}\" title=\"{}\" type=\"{}\"/>\n", i, kAttributes[i][0],
                   kAttributes[i][1]);
  }
  out +=
      "</attributes>\n<attributes class=\"edge\" mode=\"static\">\n"
      "<attribute id=\"0\" title=\"refused\" type=\"boolean\"/>\n"
      "<attribute id=\"1\" title=\"bridge\" type=\"boolean\"/>\n</attributes>\n<nodes>\n";
  const auto start = [&](Time since) {
    if (since.known()) fmt::format_to(to, " start=\"{}\"", FormatTime(since));
  };
  const auto value = [&](std::size_t id, std::string_view text) {
    fmt::format_to(to, "<attvalue for=\"{}\" value=\"{}\"/>", id, Escaped(text));
  };
  const auto flag = [&](std::size_t id, bool set) { value(id, set ? "true" : "false"); };
  constexpr double kSide = 1'000;
  const auto close = [&](std::size_t i, std::string_view symbol) {
    fmt::format_to(to,
                   "</attvalues><viz:position x=\"{:.1f}\" y=\"{:.1f}\" z=\"0\"/><viz:shape "
                   "value=\"{}\"/></node>\n",
                   drawn[i].x * kSide, drawn[i].y * kSide, symbol);
  };
  for (std::size_t i = 0; i < graph.sellers.size(); ++i) {
    const ClusterGraph::Seller& seller = graph.sellers[i];
    fmt::format_to(to, "<node id=\"{}\" label=\"{}\"", i, Escaped(seller.name.ToString()));
    start(seller.since);
    out += "><attvalues>";
    value(0, StatusName(seller.status));
    flag(1, seller.banned);
    flag(2, seller.leaf);
    flag(3, seller.beyond);
    flag(4, cut[i]);
    close(i, seller.banned ? "diamond" : "square");
  }
  for (std::size_t i = 0; i < graph.identifiers.size(); ++i) {
    const ClusterGraph::Identifier& identifier = graph.identifiers[i];
    const std::size_t place = graph.sellers.size() + i;
    fmt::format_to(to, "<node id=\"{}\" label=\"{}\"><attvalues>", place,
                   Escaped(ShortName(identifier)));
    value(0, "identifier");
    flag(4, cut[place]);
    value(5, identifier.kind);
    value(6, identifier.fingerprint.ToHex());
    value(7, std::to_string(identifier.carriers));
    flag(8, identifier.joins);
    close(place, identifier.joins ? "disc" : "triangle");
  }
  out += "</nodes>\n<edges>\n";
  for (std::uint32_t i = 0; i < graph.carries.size(); ++i) {
    const ClusterGraph::Carry& carry = graph.carries[i];
    fmt::format_to(to, "<edge id=\"{}\" source=\"{}\" target=\"{}\"", i, carry.seller,
                   graph.sellers.size() + carry.identifier);
    start(carry.since);
    out += "><attvalues>";
    flag(0, carry.refused);
    flag(1, std::binary_search(shape.bridges.begin(), shape.bridges.end(), i));
    out += "</attvalues></edge>\n";
  }
  out += "</edges>\n</graph>\n</gexf>\n";
  return out;
}

}  // namespace revenant

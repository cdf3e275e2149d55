#include "report/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "linkage/cluster_drawing.h"
#include "linkage/cluster_shape.h"
#include "revenant/identifier.h"
#include "revenant/printable.h"
#include "util/bytes.h"
#include "util/html_escape.h"
#include "util/json_writer.h"

namespace revenant::report {
namespace {

constexpr std::string_view kCss =
    ".rv{--rv-ink:#1b1f24;--rv-soft:#59636e;--rv-paper:#fff;--rv-line:#6e7781;--rv-app:#ddf4ff;"
    "--rv-ban:#ffe0dc;--rv-sel:#f6f8fa;--rv-id:#fff8c5;--rv-hub:#fbefff;--rv-plus:#0969da;"
    "--rv-minus:#9a6700;--rv-bar:#0969da;--rv-strong:#a40e26;"
    "font:13px/1.3 system-ui,sans-serif;color:var(--rv-ink);background:var(--rv-paper)}\n"
    "@media (prefers-color-scheme:dark){.rv{--rv-ink:#e6edf3;--rv-soft:#a3adb8;--rv-paper:#0d1117;"
    "--rv-line:#8b949e;--rv-app:#0c2d4a;--rv-ban:#5a1512;--rv-sel:#21262d;--rv-id:#3b2f06;"
    "--rv-hub:#34184f;--rv-plus:#58a6ff;--rv-minus:#d29922;--rv-bar:#58a6ff;--rv-strong:#ff8b82}}\n"
    "@media print{.rv{--rv-ink:#000;--rv-soft:#333;--rv-paper:#fff;--rv-line:#444;--rv-app:#ddf4ff;"
    "--rv-ban:#ffe0dc;--rv-sel:#f6f8fa;--rv-id:#fff8c5;--rv-hub:#fbefff;--rv-plus:#0969da;"
    "--rv-minus:#9a6700;--rv-bar:#0969da;--rv-strong:#a40e26;"
    "-webkit-print-color-adjust:exact;print-color-adjust:exact}}\n"
    ".rv-paper{fill:var(--rv-paper)}.rv text{fill:var(--rv-ink);stroke:none}.rv "
    ".rv-soft{fill:var(--rv-soft)}"
    ".rv .rv-what{font-size:11px;font-weight:600}\n"
    ".rv-node{stroke:var(--rv-ink);stroke-width:1.2}.rv-node.rv-cut{stroke-width:3}"
    ".rv-node:focus{outline:3px solid var(--rv-plus);outline-offset:2px}\n"
    ".rv-applicant{fill:var(--rv-app)}.rv-seller{fill:var(--rv-sel)}.rv-banned{fill:var(--rv-ban)}"
    ".rv-identifier,.rv-supporting{fill:var(--rv-id)}.rv-hub{fill:var(--rv-hub)}\n"
    ".rv-edge{stroke:var(--rv-line);stroke-width:1.5;fill:none}"
    ".rv-edge.rv-path{stroke:var(--rv-strong);stroke-width:2.6}\n"
    ".rv-chart text{paint-order:stroke;stroke:var(--rv-paper);stroke-width:3px}\n"
    ".rv-dim{opacity:.25}.rv-gone{display:none}.rv "
    ".rv-pin>*{stroke:var(--rv-plus);stroke-width:3}.rv .rv-pin>text{stroke:none}\n"
    ".rv-plus{fill:var(--rv-plus)}.rv-minus{fill:var(--rv-minus)}.rv-count{fill:var(--rv-bar)}"
    ".rv-prior,.rv-total{fill:var(--rv-soft)}"
    ".rv-mark{stroke:var(--rv-strong);stroke-width:1.5;fill:none}"
    ".rv-axis{stroke:var(--rv-line);stroke-width:1}\n";

constexpr std::string_view kLegend =
    "<p class=\"rv-legend\">Arrow: the application. Box: a seller. Octagon: a banned "
    "seller. "
    "Rounded: a value that links. Rounded, dashed: one that only adds weight. Rounded, double: a "
    "hub, which too many share to link anybody. &#9670; and a bold outline: without it the "
    "rest comes apart. Lines: solid for documents, accounts and whatever else "
    "links; dashed for what only adds weight; dotted for what was withdrawn or refused. Bold lines "
    "are the strongest link.</p>\n";

constexpr int kBoxWidth = 188, kBoxHeight = 44, kColumn = 236, kRow = 62, kMargin = 14;
constexpr std::size_t kMostInColumns = 40, kLabelChars = 24;

std::string_view WhatOf(NodeShape shape) {
  switch (shape) {
    case NodeShape::kApplicant:
      return "application";
    case NodeShape::kSeller:
      return "seller";
    case NodeShape::kBanned:
      return "banned seller";
    case NodeShape::kIdentifier:
      return "shared value";
    case NodeShape::kSupporting:
      return "adds weight only";
    case NodeShape::kHub:
      return "hub";
  }
  return "";
}

std::string_view ClassOf(NodeShape shape) {
  switch (shape) {
    case NodeShape::kApplicant:
      return "rv-applicant";
    case NodeShape::kSeller:
      return "rv-seller";
    case NodeShape::kBanned:
      return "rv-banned";
    case NodeShape::kIdentifier:
      return "rv-identifier";
    case NodeShape::kSupporting:
      return "rv-supporting";
    case NodeShape::kHub:
      return "rv-hub";
  }
  return "";
}

// At most `chars` characters, the middle left out: both ends of a name tell it from others.
std::string Shortened(std::string_view text, std::size_t chars) {
  std::vector<std::string_view> all;
  while (!text.empty()) {
    const std::size_t size = std::max<std::size_t>(1, DecodeUtf8(text).size);
    all.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  const bool fits = all.size() <= chars;
  const std::size_t front = fits ? all.size() : (chars - 1) / 2;
  std::string out;
  for (std::size_t i = 0; i < front; ++i) out += all[i];
  if (fits) return out;
  out += "\u2026";
  for (std::size_t i = all.size() - (chars - 1 - front); i < all.size(); ++i) out += all[i];
  return out;
}

struct Point {
  int x = 0, y = 0;
};
struct Drawing {
  std::vector<Point> at;  // centres
  int width = 0, height = 0;
};

using Pairs = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

Pairs PairsOf(const PictureGraph& graph) {
  Pairs pairs;
  for (const PictureEdge& edge : graph.edges) pairs.emplace_back(edge.a, edge.b);
  return pairs;
}

// Columns by distance from the first node; what it does not reach stands in the last one. In a
// column nodes stand in order of the mean place of their neighbours to the left.
Drawing InColumns(const PictureGraph& graph) {
  const std::size_t count = graph.nodes.size();
  std::vector<std::vector<std::uint32_t>> next(count);
  for (const PictureEdge& edge : graph.edges) {
    next[edge.a].push_back(edge.b);
    next[edge.b].push_back(edge.a);
  }
  std::vector<std::vector<std::uint32_t>> columns;
  std::vector<std::size_t> column(count, count);
  std::vector<double> height(count, 0);
  if (count > 0) {
    columns.push_back({0});
    column[0] = 0;
  }
  while (!columns.empty() && !columns.back().empty()) {
    std::vector<std::uint32_t> reached;
    for (const std::uint32_t node : columns.back()) {
      for (const std::uint32_t neighbour : next[node]) {
        if (column[neighbour] != count) continue;
        column[neighbour] = columns.size();
        reached.push_back(neighbour);
      }
    }
    columns.push_back(std::move(reached));
  }
  if (!columns.empty()) columns.pop_back();
  std::vector<std::uint32_t> apart;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (column[i] == count) apart.push_back(i);
  }
  if (!apart.empty()) columns.push_back(std::move(apart));

  std::size_t most = 0;
  for (const auto& nodes : columns) most = std::max(most, nodes.size());
  Drawing drawing;
  drawing.at.resize(count);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::vector<std::pair<double, std::uint32_t>> order;
    for (const std::uint32_t node : columns[i]) {
      double sum = 0;
      int left = 0;
      for (const std::uint32_t neighbour : next[node]) {
        if (column[neighbour] >= column[node]) continue;
        sum += height[neighbour];
        ++left;
      }
      order.emplace_back(left == 0 ? 0 : sum / left, node);
    }
    std::stable_sort(order.begin(), order.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    const double top = static_cast<double>(most - order.size()) / 2;
    for (std::size_t place = 0; place < order.size(); ++place) {
      const std::uint32_t node = order[place].second;
      height[node] = top + static_cast<double>(place);
      drawing.at[node] = {
          kMargin + kBoxWidth / 2 + static_cast<int>(i) * kColumn,
          kMargin + kBoxHeight / 2 + static_cast<int>(std::lround(height[node] * kRow))};
    }
  }
  drawing.width = 2 * kMargin + kBoxWidth +
                  static_cast<int>(std::max<std::size_t>(1, columns.size()) - 1) * kColumn;
  drawing.height =
      2 * kMargin + kBoxHeight + static_cast<int>(std::max<std::size_t>(1, most) - 1) * kRow;
  return drawing;
}

// From the top down, a box that would cover another one moves below it.
void Spread(Drawing& drawing) {
  constexpr int kGap = 8;
  std::vector<std::size_t> order(drawing.at.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(drawing.at[a].y, drawing.at[a].x) <
           std::pair(drawing.at[b].y, drawing.at[b].x);
  });
  std::vector<Point> placed;
  for (const std::size_t i : order) {
    Point& at = drawing.at[i];
    const auto covers = [&](const Point& other) {
      return std::abs(other.x - at.x) < kBoxWidth + kGap &&
             std::abs(other.y - at.y) < kBoxHeight + kGap;
    };
    for (auto other = placed.begin();
         (other = std::find_if(placed.begin(), placed.end(), covers)) != placed.end();
         other = placed.begin()) {
      at.y = other->y + kBoxHeight + kGap;
    }
    placed.push_back(at);
    drawing.height = std::max(drawing.height, at.y + kBoxHeight / 2 + kMargin);
  }
}

Drawing ByForces(const PictureGraph& graph) {
  const std::size_t count = graph.nodes.size();
  const std::vector<DrawnAt> drawn = LayOutByForces(count, PairsOf(graph), 1);
  const double side = std::sqrt(static_cast<double>(count));
  const int width = static_cast<int>(side * kBoxWidth * 1.5);
  const int height = static_cast<int>(side * kRow * 2.2);
  Drawing drawing;
  drawing.width = width + kBoxWidth + 2 * kMargin;
  drawing.height = height + kBoxHeight + 2 * kMargin;
  for (const DrawnAt& at : drawn) {
    drawing.at.push_back({kMargin + kBoxWidth / 2 + static_cast<int>(std::lround(at.x * width)),
                          kMargin + kBoxHeight / 2 + static_cast<int>(std::lround(at.y * height))});
  }
  Spread(drawing);
  return drawing;
}

void AppendShape(std::string& out, NodeShape shape, Point at) {
  const auto to = std::back_inserter(out);
  const int left = at.x - kBoxWidth / 2, top = at.y - kBoxHeight / 2;
  const int right = left + kBoxWidth, bottom = top + kBoxHeight;
  constexpr int kPoint = 12;
  const std::string_view shade = ClassOf(shape);
  const auto rect = [&](int inset, int radius, std::string_view more) {
    fmt::format_to(to,
                   "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\" "
                   "fill=\"#fff\"{}/>",
                   shade, left + inset, top + inset, kBoxWidth - 2 * inset, kBoxHeight - 2 * inset,
                   radius, more);
  };
  switch (shape) {
    case NodeShape::kApplicant:
      fmt::format_to(to, "<path class=\"{}\" d=\"M{} {}H{}L{} {}L{} {}H{}Z\" fill=\"#fff\"/>",
                     shade, left, top, right - kPoint, right, at.y, right - kPoint, bottom, left);
      return;
    case NodeShape::kBanned:
      fmt::format_to(to,
                     "<path class=\"{}\" d=\"M{} {}H{}L{} {}V{}L{} {}H{}L{} {}V{}Z\" "
                     "fill=\"#fff\"/>",
                     shade, left + kPoint, top, right - kPoint, right, top + kPoint,
                     bottom - kPoint, right - kPoint, bottom, left + kPoint, left, bottom - kPoint,
                     top + kPoint);
      return;
    case NodeShape::kSeller:
      return rect(0, 0, "");
    case NodeShape::kIdentifier:
      return rect(0, kBoxHeight / 2, "");
    case NodeShape::kSupporting:
      return rect(0, kBoxHeight / 2, " stroke-dasharray=\"5 3\"");
    case NodeShape::kHub:
      rect(0, kBoxHeight / 2, "");
      return rect(4, kBoxHeight / 2 - 4, "");
  }
}

std::string TitleOf(const PictureNode& node) {
  std::string title = fmt::format("{}: {}", WhatOf(node.shape), node.label);
  if (!node.detail.empty()) title += "; " + node.detail;
  if (node.cut_point) title += "; without it the rest comes apart";
  return title;
}

constexpr std::string_view kOpen =
    "<svg class=\"rv{}\" xmlns=\"http://www.w3.org/2000/svg\" role=\"graphics-document\" "
    "aria-roledescription=\"{}\" aria-label=\"{}\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {} "
    "{}\">\n";

void Open(std::string& out, std::string_view name, std::string_view description,
          std::string_view label, int width, int height) {
  fmt::format_to(std::back_inserter(out), fmt::runtime(kOpen), name, description, Escaped(label),
                 width, height, width, height);
  out += "<title>" + Escaped(label) + "</title>\n";
}

// Where a bar of the waterfall or of counts stands.
constexpr int kChartWidth = 460, kBarRow = 42, kBarHeight = 15;

}  // namespace

void AppendEscaped(std::string& out, std::string_view text) {
  std::string shown = Printable(text);
  for (std::size_t at = 0; (at = shown.find("\xEF\xBF", at)) != shown.npos; at += 3) {
    if (at + 2 < shown.size() && static_cast<unsigned char>(shown[at + 2]) >= 0xBE) {
      shown[at + 2] = '\xBD';  // XML takes neither U+FFFE nor U+FFFF
    }
  }
  for (const char c : shown) AppendHtmlEscaped(out, c);
}

std::string Escaped(std::string_view text) {
  std::string out;
  AppendEscaped(out, text);
  return out;
}

std::string BitsText(MilliBits bits) {
  const std::uint64_t size =
      bits < 0 ? 0 - static_cast<std::uint64_t>(bits) : static_cast<std::uint64_t>(bits);
  std::string text = fmt::format("{}.{:03}", size / 1000, size % 1000);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return (bits < 0 ? "\u2212" : "") + text;
}

std::string DayText(Time time) { return time.known() ? FormatTime(time).substr(0, 10) : "unknown"; }

std::string_view PictureCss() { return kCss; }
std::string_view GraphLegend() { return kLegend; }

std::string DrawGraph(const PictureGraph& graph, bool standalone) {
  const bool columns = graph.nodes.size() <= kMostInColumns;
  const Drawing drawing = columns ? InColumns(graph) : ByForces(graph);
  std::string out;
  const auto to = std::back_inserter(out);
  Open(out, " rv-graph", "evidence graph", graph.title, drawing.width, drawing.height);
  if (standalone) {
    out.append("<style>").append(kCss).append("</style>\n");
    out += "<rect class=\"rv-paper\" width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n";
  }
  for (const PictureEdge& edge : graph.edges) {
    const Point a = drawing.at[edge.a], b = drawing.at[edge.b];
    const std::string_view dash = edge.stroke == Stroke::kSolid    ? ""
                                  : edge.stroke == Stroke::kDashed ? " stroke-dasharray=\"7 4\""
                                                                   : " stroke-dasharray=\"1.5 4\"";
    fmt::format_to(to, "<path class=\"rv-edge{}\" data-a=\"{}\" data-b=\"{}\" d=\"M{} {}L{} {}\"",
                   edge.on_path ? " rv-path" : "", edge.a, edge.b, a.x, a.y, b.x, b.y);
    if (edge.since.known()) fmt::format_to(to, " data-since=\"{}\"", DayText(edge.since));
    fmt::format_to(to, " stroke=\"#444\"{}>", dash);
    out += "<title>" + Escaped(edge.detail) + "</title></path>\n";
  }
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const PictureNode& node = graph.nodes[i];
    const Point at = drawing.at[i];
    fmt::format_to(to,
                   "<g class=\"rv-node{}\" data-node=\"{}\" role=\"graphics-symbol\" "
                   "aria-roledescription=\"{}\" aria-label=\"{}\" stroke=\"#000\"><title>",
                   node.cut_point ? " rv-cut" : "", i, WhatOf(node.shape), Escaped(TitleOf(node)));
    AppendEscaped(out, TitleOf(node));
    out += "</title>";
    AppendShape(out, node.shape, at);
    fmt::format_to(to,
                   "<text class=\"rv-what\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}{}</text>"
                   "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text></g>\n",
                   at.x, at.y - 6, WhatOf(node.shape), node.cut_point ? " \u25C6" : "", at.x,
                   at.y + 12, Escaped(Shortened(node.label, kLabelChars)));
  }
  out += "</svg>\n";
  return out;
}

std::string DrawOnCanvas(const PictureGraph& graph) {
  const Drawing drawing = ByForces(graph);
  std::string data;
  JsonWriter json(data);
  json.Object().Array("nodes");
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const PictureNode& node = graph.nodes[i];
    json.Array().Signed({}, drawing.at[i].x).Signed({}, drawing.at[i].y);
    json.Text({}, WhatOf(node.shape)).Text({}, Printable(Shortened(node.label, kLabelChars)));
    json.Text({}, Printable(TitleOf(node))).Count({}, node.cut_point ? 1 : 0).End();
  }
  json.End().Array("edges");
  for (const PictureEdge& edge : graph.edges) {
    json.Array().Count({}, edge.a).Count({}, edge.b);
    json.Count({}, static_cast<std::uint64_t>(edge.stroke)).Count({}, edge.on_path ? 1 : 0);
    json.Text({}, edge.since.known() ? DayText(edge.since) : "").End();
  }
  json.End().End();
  std::string out = "<canvas class=\"rv\" role=\"img\" aria-label=\"" + Escaped(graph.title) +
                    "\"></canvas>\n<script type=\"application/json\">";
  for (const char c : data) c == '<' ? out += "\\u003c" : out += c;
  return out + "</script>\n<noscript><p>Without scripts only the table shows it.</p></noscript>\n";
}

std::string TableOfGraph(const PictureGraph& graph) {
  std::vector<std::vector<std::size_t>> next(graph.nodes.size());
  for (const PictureEdge& edge : graph.edges) {
    next[edge.a].push_back(edge.b);
    next[edge.b].push_back(edge.a);
  }
  std::string out =
      "<table><thead><tr><th scope=\"col\">What</th><th scope=\"col\">Name</th>"
      "<th scope=\"col\">Joined with</th></tr></thead><tbody>\n";
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const PictureNode& node = graph.nodes[i];
    out.append("<tr><td>").append(WhatOf(node.shape));
    if (node.cut_point) out += ", holds the rest together";
    out += "</td><th scope=\"row\">";
    AppendEscaped(out, node.label);
    if (!node.detail.empty()) out += " <span class=\"soft\">" + Escaped(node.detail) + "</span>";
    out += "</th><td>";
    for (std::size_t n = 0; n < next[i].size(); ++n) {
      if (n > 0) out += ", ";
      AppendEscaped(out, graph.nodes[next[i][n]].label);
    }
    out += "</td></tr>\n";
  }
  out += "</tbody></table>\n";
  return out;
}

namespace {

// Collects the evidence of links: each seller and each value once.
class Collector {
 public:
  Collector(PictureGraph& graph, const FactsByValue& facts, std::size_t most_nodes)
      : graph_(graph), facts_(facts), most_nodes_(most_nodes) {}

  void Add(const Link& link, const std::vector<Hop>& path, bool strongest) {
    for (const Hop& hop : path) AddHop(link, hop, strongest);
  }

 private:
  std::optional<std::uint32_t> Place(const std::string& key, const PictureNode& node) {
    const auto found = places_.find(key);
    if (found != places_.end()) return found->second;
    if (graph_.nodes.size() >= most_nodes_) {
      if (left_out_.emplace(key, 0).second) ++graph_.left_out;
      return std::nullopt;
    }
    places_.emplace(key, static_cast<std::uint32_t>(graph_.nodes.size()));
    graph_.nodes.push_back(node);
    return static_cast<std::uint32_t>(graph_.nodes.size() - 1);
  }

  std::optional<std::uint32_t> PlaceSeller(const Link& link, const SellerName& name) {
    PictureNode node{NodeShape::kSeller, name.ToString(), "", false};
    if (graph_.nodes.empty()) node.shape = NodeShape::kApplicant;
    const auto place = Place("s" + node.label, node);
    if (place && name == link.seller && graph_.nodes[*place].shape == NodeShape::kSeller) {
      PictureNode& end = graph_.nodes[*place];
      if (link.banned) end.shape = NodeShape::kBanned;
      if (link.banned) {
        end.detail = "banned on " + DayText(link.banned_at);
        if (!link.ban_reason.empty()) end.detail += " for " + link.ban_reason;
      }
    }
    return place;
  }

  std::optional<std::uint32_t> PlaceValue(const SharedIdentifier& shared) {
    const std::string hex = shared.fingerprint.ToHex();
    PictureNode node{NodeShape::kIdentifier, shared.kind + ' ' + hex.substr(0, 8), "", false};
    const auto known = facts_.find(shared.fingerprint);
    const KindInfo* kind = FindKind(shared.kind);
    if (known != facts_.end() && known->second.hub) {
      node.shape = NodeShape::kHub;
    } else if (!shared.makes_hop) {
      node.shape = NodeShape::kSupporting;
    }
    if (kind != nullptr) node.detail = kind->title;
    if (known != facts_.end() && known->second.carriers) {
      const std::uint64_t carriers = *known->second.carriers;
      node.detail +=
          fmt::format("{}carried by {} enrolled seller{}", node.detail.empty() ? "" : ", ",
                      carriers, carriers == 1 ? "" : "s");
    }
    return Place("v" + hex, node);
  }

  void Join(std::optional<std::uint32_t> seller, std::optional<std::uint32_t> value,
            const SharedIdentifier& shared, const Sighting& sighting, const Hop& hop,
            bool strongest) {
    if (!seller || !value) return;
    const auto [at, added] =
        edges_.emplace(std::pair(*seller, *value), static_cast<std::uint32_t>(graph_.edges.size()));
    if (!added) {
      graph_.edges[at->second].on_path = graph_.edges[at->second].on_path || strongest;
      return;
    }
    PictureEdge edge{*seller, *value, Stroke::kSolid, strongest, "", sighting.first};
    if (!shared.makes_hop) edge.stroke = Stroke::kDashed;
    if (hop.forbidden) edge.stroke = Stroke::kDotted;
    edge.detail =
        fmt::format("{}, {}: first seen {}, last seen {}", graph_.nodes[*seller].label,
                    graph_.nodes[*value].label, DayText(sighting.first), DayText(sighting.last));
    for (std::size_t i = 0; i < sighting.sources.size(); ++i) {
      edge.detail += (i == 0 ? "; says " : ", ") + sighting.sources[i];
    }
    if (hop.forbidden) edge.detail += "; refused: a finding of different people";
    graph_.edges.push_back(std::move(edge));
  }

  void AddHop(const Link& link, const Hop& hop, bool strongest) {
    const auto from = PlaceSeller(link, hop.from);
    std::vector<std::optional<std::uint32_t>> values;
    for (const SharedIdentifier& shared : hop.shared) values.push_back(PlaceValue(shared));
    const auto to = PlaceSeller(link, hop.to);
    for (std::size_t i = 0; i < hop.shared.size(); ++i) {
      Join(from, values[i], hop.shared[i], hop.shared[i].from, hop, strongest);
      Join(to, values[i], hop.shared[i], hop.shared[i].to, hop, strongest);
    }
  }

  PictureGraph& graph_;
  const FactsByValue& facts_;
  const std::size_t most_nodes_;
  std::map<std::string, std::uint32_t> places_;
  std::map<std::string, int> left_out_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> edges_;
};

}  // namespace

PictureGraph EvidenceOf(std::span<const Link> links, const FactsByValue& facts,
                        std::size_t most_nodes) {
  PictureGraph graph;
  Collector collector(graph, facts, most_nodes);
  for (const Link& link : links) collector.Add(link, link.path, &link == links.data());
  for (const Link& link : links) {
    for (const std::vector<Hop>& path : link.runners_up) collector.Add(link, path, false);
  }
  if (!links.empty() && !graph.nodes.empty()) {
    graph.title = fmt::format("What joins {} and {}", graph.nodes.front().label,
                              links.front().seller.ToString());
    if (links.size() > 1) graph.title += fmt::format(" and {} more", links.size() - 1);
  }
  // What only adds weight joins nobody, so it holds nothing together either.
  Pairs joining;
  for (const PictureEdge& edge : graph.edges) {
    if (edge.stroke == Stroke::kSolid) joining.emplace_back(edge.a, edge.b);
  }
  std::vector<bool> counted(graph.nodes.size(), false);
  for (std::size_t i = 0; i < counted.size(); ++i) {
    counted[i] = i == 0 || graph.nodes[i].shape == NodeShape::kBanned;
  }
  for (const auto& cut : FindShape(graph.nodes.size(), joining, counted).cuts) {
    graph.nodes[cut.vertex].cut_point = cut.vertex != 0 && cut.parted > 0;
  }
  return graph;
}

Waterfall WaterfallOf(const Link& link, const std::optional<Scale>& scale,
                      const FactsByValue& facts) {
  Waterfall waterfall;
  waterfall.title = "Evidence for the link to " + link.seller.ToString() + ", in bits";
  waterfall.weight = link.strength;
  using Role = WaterfallStep::Role;
  auto& steps = waterfall.steps;
  if (scale) steps.push_back({Role::kPrior, "Before any evidence (prior)", scale->prior});
  const auto weakest =
      std::min_element(link.path.begin(), link.path.end(),
                       [](const Hop& a, const Hop& b) { return a.weight < b.weight; });
  MilliBits so_far = 0;
  if (weakest != link.path.end()) {
    std::vector<WaterfallStep> discounts;
    MilliBits gaps = 0;
    std::size_t faded = 0;  // values
    for (const SharedIdentifier& shared : weakest->shared) {
      const std::string name = shared.kind + ' ' + shared.fingerprint.ToHex().substr(0, 8);
      const auto known = facts.find(shared.fingerprint);
      const bool full = known != facts.end() && known->second.full_weight > 0;
      const MilliBits before = full ? known->second.full_weight : shared.weight;
      steps.push_back({Role::kEvidence, "Same " + name, before});
      so_far += shared.weight;
      if (before == shared.weight) continue;
      const MilliBits spread = std::min(before - shared.weight, known->second.hub_discount);
      if (spread > 0) {
        discounts.push_back({Role::kDiscount, "Discount for a hub: many share " + name, -spread});
      }
      const MilliBits gap = before - shared.weight - spread;
      if (gap == 0) continue;
      discounts.push_back({Role::kDiscount, "Discount for time since the ban: " + name, -gap});
      gaps += gap;
      ++faded;
    }
    if (weakest->weight != so_far) {
      steps.push_back(
          {Role::kDiscount, "Discount for one family or one source", weakest->weight - so_far});
    }
    constexpr std::size_t kMostFaded = 2;  // each with a bar of its own
    if (faded > kMostFaded) {
      std::erase_if(discounts, [](const WaterfallStep& step) {
        return step.label.starts_with("Discount for time since the ban");
      });
      discounts.push_back({Role::kDiscount,
                           fmt::format("Discount for time since the ban ({} values)", faded),
                           -gaps});
    }
    steps.insert(steps.end(), discounts.begin(), discounts.end());
    so_far = weakest->weight;
  }
  if (link.strength != so_far) {
    steps.push_back({Role::kDiscount, fmt::format("Discount for {} hops", link.path.size()),
                     link.strength - so_far});
  }
  waterfall.total = link.strength + (scale ? scale->prior : 0);
  if (scale) {
    waterfall.review = scale->review;
    waterfall.block = scale->block;
  }
  if (link.path.size() > 1 && weakest != link.path.end()) {
    waterfall.note = fmt::format("The weakest of {} hops decides: {} to {}. ", link.path.size(),
                                 weakest->from.ToString(), weakest->to.ToString());
  }
  if (link.blame_strength != link.strength) {
    waterfall.note += fmt::format(
        "Of these {} bits, {} are of what was carried later than by the other side; only they can "
        "block.",
        BitsText(link.strength), BitsText(link.blame_strength));
  }
  return waterfall;
}

std::string DrawWaterfall(const Waterfall& waterfall) {
  MilliBits low = 0, high = 0, at = 0;
  for (const WaterfallStep& step : waterfall.steps) {
    at += step.bits;
    low = std::min(low, at);
    high = std::max(high, at);
  }
  for (const auto& mark : {waterfall.review, waterfall.block}) {
    if (!mark) continue;
    low = std::min(low, *mark);
    high = std::max(high, *mark);
  }
  const MilliBits span = std::max<MilliBits>(1, high - low);
  constexpr int kLeft = 8, kRight = 8, kInner = kChartWidth - kLeft - kRight;
  const auto place = [&](MilliBits bits) {
    return kLeft + static_cast<int>((bits - low) * kInner / span);
  };
  const int rows = static_cast<int>(waterfall.steps.size()) + 1;
  const int bottom = rows * kBarRow + 8;
  const bool marks = waterfall.review || waterfall.block;
  const int height = bottom + (marks ? 38 : 4);
  std::string out;
  const auto to = std::back_inserter(out);
  Open(out, " rv-chart", "waterfall of evidence", waterfall.title, kChartWidth, height);
  const auto mark = [&](const std::optional<MilliBits>& bits, std::string_view name, int line) {
    if (!bits) return;
    const int x = place(*bits);
    const bool flip = x > kChartWidth / 2;
    fmt::format_to(to,
                   "<g role=\"graphics-symbol\" aria-roledescription=\"threshold\" "
                   "aria-label=\"{0} from {1} bits\"><path class=\"rv-mark\" stroke=\"#000\" "
                   "d=\"M{2} 4V{3}\"{4}/><text x=\"{5}\" y=\"{6}\" text-anchor=\"{7}\">{0} from "
                   "{1}</text></g>\n",
                   name, BitsText(*bits), x, bottom + line * 16 + 2,
                   line == 0 ? " stroke-dasharray=\"6 3\"" : "", flip ? x - 5 : x + 5,
                   bottom + line * 16 + 12, flip ? "end" : "start");
  };
  fmt::format_to(to, "<path class=\"rv-axis\" stroke=\"#444\" d=\"M{} 4V{}\"/>\n", place(0),
                 bottom);
  mark(waterfall.review, "review", 0);
  mark(waterfall.block, "block", 1);
  int row = 0;
  const auto bar = [&](std::string_view role, std::string_view shade, const std::string& label,
                       MilliBits from, MilliBits bits) {
    const int top = row++ * kBarRow;
    const int x = std::min(place(from), place(from + bits));
    const int width = std::max(1, std::abs(place(from + bits) - place(from)));
    const std::string sign = bits > 0 && role != "total" ? "+" : "";
    fmt::format_to(to,
                   "<g class=\"rv-bar\" data-role=\"{}\" data-millibits=\"{}\" "
                   "role=\"graphics-symbol\" aria-roledescription=\"bar\" aria-label=\"{}: {}{} "
                   "bits\"><text x=\"{}\" y=\"{}\">{}</text><text x=\"{}\" y=\"{}\" "
                   "text-anchor=\"end\">{}{}</text><rect class=\"{}\" x=\"{}\" y=\"{}\" "
                   "width=\"{}\" height=\"{}\"/></g>\n",
                   role, bits, Escaped(label), sign, BitsText(bits), kLeft, top + 16,
                   Escaped(Shortened(label, 58)), kChartWidth - kRight, top + 16, sign,
                   BitsText(bits), shade, x, top + 22, width, kBarHeight);
  };
  at = 0;
  for (const WaterfallStep& step : waterfall.steps) {
    const bool prior = step.role == WaterfallStep::Role::kPrior;
    bar(prior                                         ? "prior"
        : step.role == WaterfallStep::Role::kEvidence ? "evidence"
                                                      : "discount",
        prior ? "rv-prior" : (step.bits < 0 ? "rv-minus" : "rv-plus"), step.label, at, step.bits);
    at += step.bits;
  }
  const bool odds = waterfall.total != waterfall.weight;
  bar("total", "rv-total",
      odds ? fmt::format("Odds in bits (weight of the link: {})", BitsText(waterfall.weight))
           : std::string("Weight of the link"),
      0, waterfall.total);
  out += "</svg>\n";
  return out;
}

std::string DrawBars(std::string_view title, std::span<const Bar> bars) {
  std::uint64_t most = 1;
  for (const Bar& bar : bars) most = std::max(most, bar.count);
  constexpr int kTop = 4, kStep = 40;
  const int height = kTop * 2 + std::max(1, static_cast<int>(bars.size())) * kStep;
  std::string out;
  const auto to = std::back_inserter(out);
  Open(out, " rv-chart", "bar chart", title, kChartWidth, height);
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const int top = kTop + static_cast<int>(i) * kStep;
    const double share = static_cast<double>(bars[i].count) / static_cast<double>(most);
    const int width = static_cast<int>(std::lround(share * (kChartWidth - 16)));
    const std::string label = Escaped(bars[i].label);
    fmt::format_to(to,
                   "<g class=\"rv-bar\" data-count=\"{0}\" role=\"graphics-symbol\" "
                   "aria-roledescription=\"bar\" aria-label=\"{1}: {0}\"><text x=\"8\" "
                   "y=\"{2}\">{3}</text><text x=\"{4}\" y=\"{2}\" "
                   "text-anchor=\"end\">{0}</text><rect class=\"rv-count\" x=\"8\" y=\"{5}\" "
                   "width=\"{6}\" height=\"{7}\"/></g>\n",
                   bars[i].count, label, top + 16, Escaped(Shortened(bars[i].label, 48)),
                   kChartWidth - 8, top + 21, bars[i].count == 0 ? 0 : std::max(1, width),
                   kBarHeight - 2);
  }
  out += "</svg>\n";
  return out;
}

}  // namespace revenant::report

#include "report/picture.h"

#include <fmt/format.h>

#include <iterator>

#include "report/drawing.h"
#include "revenant/printable.h"
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

constexpr std::size_t kLabelChars = 24;

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
  OpenPicture(out, " rv-graph", "evidence graph", graph.title, drawing.width, drawing.height);
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

}  // namespace revenant::report

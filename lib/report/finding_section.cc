#include "report/finding_section.h"

#include <fmt/format.h>

#include "linkage/value_facts.h"
#include "report/picture.h"
#include "util/json_writer.h"

namespace revenant::report {

std::string Grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}
std::string Counted(std::uint64_t number, std::string_view one, std::string_view many) {
  return Grouped(number) + ' ' + std::string(number == 1 ? one : many);
}

std::string KindLabel(const std::string& kind) {
  const std::string title = ShortTitle(kind);
  return title == kind ? kind : fmt::format("{} ({})", title, kind);
}

namespace {

const SharedIdentifier* Strongest(const Finding& finding) {
  if (finding.links.empty() || finding.links[0].path.empty()) return nullptr;
  const auto& shared = finding.links[0].path[0].shared;
  return shared.empty() ? nullptr : &shared[0];
}
std::string_view KindOf(const Finding& finding) {
  if (const SharedIdentifier* shared = Strongest(finding)) return shared->kind;
  return finding.hubs.empty() ? std::string_view() : std::string_view(finding.hubs[0].kind);
}
std::string SeenOn(const Finding& finding) {
  if (!finding.seen.empty()) return finding.seen.substr(0, 10);
  const SharedIdentifier* shared = Strongest(finding);
  return shared == nullptr || !shared->from.first.known() ? "" : DayText(shared->from.first);
}

std::string Span(Time first, Time last) {
  if (!first.known() && !last.known()) return "unknown";
  const std::string from = DayText(first), to = DayText(last);
  return from == to ? from : from + " to " + to;
}

// What the store holds about a value: who carries it, what it joins, since when.
void StoreCells(std::string& out, const EvidenceFacts* known) {
  if (known == nullptr || !known->store) {
    out += "<td>";
    if (known != nullptr && known->carriers) out += Grouped(*known->carriers);
    out += "</td><td></td><td></td>";
    return;
  }
  const ValueFacts& value = *known->store;
  out += fmt::format("<td>{}, {} banned ({})", Grouped(value.carriers), Grouped(value.banned),
                     BannedShare(value));
  if (value.withdrawn > 0) out += fmt::format("; {} took it back", Grouped(value.withdrawn));
  out += "</td><td>" + ClustersJoined(value) + "</td><td>" + Span(value.first, value.last);
  if (!value.complete) out += ", of some of them";
  out += "</td>";
}

void Values(std::string& out, const Finding& finding) {
  const auto cell = [&](std::string_view text) { out += "<td>" + Escaped(text) + "</td>"; };
  for (const Hop& hop : finding.links[0].path) {
    const std::string label =
        fmt::format("Shared by {} and {}", hop.from.ToString(), hop.to.ToString());
    out += "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"" + Escaped(label);
    out += "\"><table class=\"values\"><caption>" + Escaped(label);
    if (hop.forbidden) out += " (an investigator found that they are different people)";
    out +=
        "</caption><thead><tr><th scope=\"col\">Value</th><th scope=\"col\" class=\"num\">Bits"
        "</th><th scope=\"col\">Counts as</th><th scope=\"col\">Sellers on file</th>"
        "<th scope=\"col\">Clusters joined</th><th scope=\"col\">Seen on file</th>"
        "<th scope=\"col\">First side</th><th scope=\"col\">Other side</th>"
        "<th scope=\"col\">Sources</th></tr></thead><tbody>\n";
    for (const SharedIdentifier& shared : hop.shared) {
      const auto found = finding.facts.find(shared.fingerprint);
      const EvidenceFacts* known = found == finding.facts.end() ? nullptr : &found->second;
      out += "<tr><th scope=\"row\" class=\"name\">" + Escaped(KindLabel(shared.kind));
      out += " <code>" + shared.fingerprint.ToHex().substr(0, 8) + "</code></th>";
      out += "<td class=\"num\">" + BitsText(shared.weight) + "</td>";
      cell(known != nullptr && known->hub ? "hub" : shared.makes_hop ? "links" : "adds weight");
      StoreCells(out, known);
      cell(Span(shared.from.first, shared.from.last));
      cell(Span(shared.to.first, shared.to.last));
      std::string sources;
      for (const std::string& source : shared.to.sources) {
        sources += (sources.empty() ? "" : ", ") + source;
      }
      cell(sources.empty() ? "unknown" : sources);
      out += "</tr>\n";
    }
    out += "</tbody></table></div>\n";
  }
}

void FurtherLinks(std::string& out, const Finding& finding) {
  if (finding.links.size() < 2) return;
  out +=
      "<h4>Further links</h4>\n<div class=\"scroll\" role=\"group\" tabindex=\"0\" "
      "aria-label=\"Further links of " +
      Escaped(finding.seller) +
      "\"><table><thead><tr><th scope=\"col\">Leads to</th><th scope=\"col\" "
      "class=\"num\">Bits</th><th scope=\"col\" class=\"num\">Hops</th><th scope=\"col\" "
      "class=\"num\">Proofs</th><th scope=\"col\">Banned</th></tr></thead><tbody>\n";
  for (std::size_t i = 1; i < finding.links.size(); ++i) {
    const Link& link = finding.links[i];
    out += fmt::format(
        "<tr><th scope=\"row\" class=\"name\">{}</th><td class=\"num\">{}</td><td "
        "class=\"num\">{}</td><td class=\"num\">{}</td><td>{}</td></tr>\n",
        Escaped(link.seller.ToString()), BitsText(link.strength), link.path.size(), link.redundancy,
        link.banned ? Escaped(DayText(link.banned_at) +
                              (link.ban_reason.empty() ? "" : " for " + link.ban_reason))
                    : "");
  }
  out += "</tbody></table></div>\n";
}

void Hubs(std::string& out, const Finding& finding) {
  if (finding.hubs.empty()) return;
  out +=
      "<h4>Widely shared values</h4>\n<div class=\"scroll\" role=\"group\" tabindex=\"0\" "
      "aria-label=\"Widely shared values of " +
      Escaped(finding.seller) +
      "\"><table><thead><tr><th scope=\"col\">Value</th><th scope=\"col\" "
      "class=\"num\">Carriers</th><th scope=\"col\" class=\"num\">Banned</th><th "
      "scope=\"col\" class=\"num\">Share</th></tr></thead><tbody>\n";
  for (const Finding::Hub& hub : finding.hubs) {
    const double share = hub.carriers == 0 ? 0
                                           : 100 * static_cast<double>(hub.banned) /
                                                 static_cast<double>(hub.carriers);
    out += fmt::format(
        "<tr><th scope=\"row\" class=\"name\">{} <code>{}</code></th><td class=\"num\">{}</td>"
        "<td class=\"num\">{}</td><td class=\"num\">{:.0f} %</td></tr>\n",
        Escaped(KindLabel(hub.kind)), Escaped(hub.fingerprint.substr(0, 8)), Grouped(hub.carriers),
        Grouped(hub.banned), share);
  }
  out += "</tbody></table></div>\n";
}

}  // namespace

std::string PlainRow(std::size_t number, const Finding& finding) {
  const bool linked = !finding.links.empty();
  const Link none;
  const Link& link = linked ? finding.links[0] : none;
  const std::string_view verdict = VerdictName(finding.decision);
  return fmt::format(
      "<tr><td class=\"v {0}\">{0}</td><th scope=\"row\" class=\"name\"><a href=\"#f{1}\">{2}</a>"
      "</th><td class=\"name\">{3}</td><td class=\"num\">{4}</td><td class=\"num\">{5}</td>"
      "<td class=\"num\">{6}</td><td class=\"name\">{7}</td><td class=\"day\">{8}</td></tr>\n",
      verdict, number, Escaped(finding.seller), linked ? Escaped(link.seller.ToString()) : "",
      linked ? BitsText(link.strength) : "", linked ? std::to_string(link.path.size()) : "",
      linked ? std::to_string(link.redundancy) : "", Escaped(KindOf(finding)),
      Escaped(SeenOn(finding)));
}

std::string Embedded(std::size_t number, std::uint64_t line, const Finding& finding) {
  std::string text;
  JsonWriter json(text);
  json.Object().Count("n", number).Count("l", line);
  json.Text("v", VerdictName(finding.decision)).Text("a", finding.seller);
  const Link none;
  const Link& link = finding.links.empty() ? none : finding.links[0];
  json.Text("t", finding.links.empty() ? std::string() : link.seller.ToString());
  json.Signed("w", link.strength).Count("h", link.path.size()).Count("p", link.redundancy);
  json.Count("b", link.banned ? 1 : 0).Text("k", KindOf(finding)).Text("s", SeenOn(finding));
  json.Text("x", Headline(finding)).Array("e");
  for (const Hop& hop : link.path) {
    json.Array().Text({}, hop.from.ToString()).Text({}, hop.to.ToString()).Array();
    for (const SharedIdentifier& shared : hop.shared) {
      json.Array().Text({}, shared.kind).Text({}, shared.fingerprint.ToHex().substr(0, 8));
      json.Signed({}, shared.weight).Count({}, shared.makes_hop ? 1 : 0);
      const auto day = [](Time time) { return time.known() ? DayText(time) : std::string(); };
      json.Text({}, day(shared.to.first)).Text({}, day(shared.from.first));
      const auto known = finding.facts.find(shared.fingerprint);
      if (known != finding.facts.end() && known->second.store) {
        const ValueFacts& value = *known->second.store;
        json.Count({}, value.carriers).Count({}, value.banned).Text({}, BannedShare(value));
        json.Text({}, ClustersJoined(value)).Text({}, Span(value.first, value.last));
      }
      json.End();
    }
    json.End().Signed({}, hop.weight).End();
  }
  json.End().End();
  // Nothing in it may end the script element.
  std::string safe;
  for (const char c : text) c == '<' ? safe += "\\u003c" : safe += c;
  return safe;
}

std::string Section(std::size_t number, const Finding& finding) {
  const std::string_view verdict = VerdictName(finding.decision);
  std::string out = fmt::format("<details class=\"finding\" id=\"f{}\"{}><summary><h3>", number,
                                number == 1 ? " open" : "");
  AppendEscaped(out, Headline(finding));
  out += fmt::format("</h3></summary>\n<p><strong class=\"v {0}\">{0}</strong></p>\n<ul>", verdict);
  for (const Finding::Why& why : finding.reasons) out += "<li>" + Escaped(why.text) + "</li>";
  out += "</ul>\n";
  if (!finding.contested.empty()) {
    out += "<p>Objections that nobody has reviewed yet: ";
    for (std::size_t i = 0; i < finding.contested.size(); ++i) {
      out += (i == 0 ? "" : ", ") + Escaped(finding.contested[i]);
    }
    out += ".</p>\n";
  }
  if (!finding.links.empty()) {
    const Waterfall bars = WaterfallOf(finding.links[0], finding.scale, finding.facts);
    out += "<h4>Evidence in bits</h4>\n" + DrawWaterfall(bars);
    if (!bars.note.empty()) out += "<p class=\"soft\">" + Escaped(bars.note) + "</p>\n";
    const PictureGraph graph = EvidenceOf(finding.links, finding.facts);
    out +=
        "<h4>Evidence graph</h4>\n<div class=\"graph\" role=\"group\" tabindex=\"0\" "
        "aria-label=\"Evidence graph of " +
        Escaped(finding.seller) + "\">" + DrawGraph(graph) + "</div>\n";
    if (graph.left_out > 0) {
      out += "<p>" + Counted(graph.left_out, "node is", "nodes are") + " left out.</p>\n";
    }
    out +=
        "<details><summary>The graph as a table</summary><div class=\"scroll\" "
        "role=\"group\" tabindex=\"0\" aria-label=\"Evidence graph of " +
        Escaped(finding.seller) + " as a table\">" + TableOfGraph(graph) +
        "</div></details>\n<h4>Shared values</h4>\n";
    Values(out, finding);
    FurtherLinks(out, finding);
  }
  Hubs(out, finding);
  out += "</details>\n";
  return out;
}

}  // namespace revenant::report

// Pictures say what they show in words and shapes, and cannot be made to say anything else.

#include "report/picture.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <regex>

namespace revenant::report {
namespace {

Time Day(std::int64_t day) { return {day * 86'400'000'000}; }

Fingerprint Print(std::uint8_t first) {
  Fingerprint print;
  print.bytes[0] = first;
  return print;
}

SharedIdentifier Shared(std::string kind, std::uint8_t print, MilliBits weight, bool joins = true) {
  SharedIdentifier shared;
  shared.kind = std::move(kind);
  shared.fingerprint = Print(print);
  shared.weight = weight;
  shared.makes_hop = joins;
  shared.from = {Day(20), Day(20), {"form"}};
  shared.to = {Day(1), Day(9), {"form", "bank"}};
  return shared;
}

SellerName Shop(std::string id) { return {"shop", std::move(id)}; }

// new -(iban, phone)- middle -(iban)- old, which is banned.
Link TwoHops() {
  Link link;
  link.seller = Shop("old");
  link.banned = true;
  link.banned_at = Day(10);
  link.ban_reason = "counterfeit";
  Hop near{Shop("new"), Shop("middle"), {}, 20'500, 20'500, false};
  near.shared = {Shared("pay.iban", 1, 18'000), Shared("contact.phone", 2, 2'500, false)};
  Hop far{Shop("middle"), Shop("old"), {}, 17'250, 17'250, false};
  far.shared = {Shared("pay.iban", 3, 16'000), Shared("pay.bic", 4, 5'000, false)};
  link.path = {near, far};
  link.strength = link.blame_strength = 15'250;
  return link;
}

std::size_t Count(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// What the drawn bars say, by role.
std::map<std::string, MilliBits> BarsOf(const std::string& svg) {
  std::map<std::string, MilliBits> sums;
  const std::regex bar("data-role=\"([a-z]+)\" data-millibits=\"(-?[0-9]+)\"");
  for (std::sregex_iterator at(svg.begin(), svg.end(), bar), end; at != end; ++at) {
    sums[(*at)[1]] += std::stoll((*at)[2]);
  }
  return sums;
}

TEST_CASE("EvidenceShowsEachSellerAndEachValueOnce") {
  const Link link = TwoHops();
  const PictureGraph graph = EvidenceOf({&link, 1}, {});
  REQUIRE(graph.nodes.size() == 7);
  CHECK(graph.edges.size() == 8);
  CHECK(graph.nodes[0].shape == NodeShape::kApplicant);
  CHECK(graph.nodes[0].label == "shop:new");
  CHECK(graph.nodes[1].shape == NodeShape::kIdentifier);
  CHECK(graph.nodes[1].label == "pay.iban 01000000");
  CHECK(graph.nodes[2].shape == NodeShape::kSupporting);
  CHECK(graph.nodes[3].shape == NodeShape::kSeller);
  CHECK(graph.nodes[6].shape == NodeShape::kBanned);
  CHECK(graph.nodes[6].detail == "banned on 1970-01-11 for counterfeit");
  CHECK(graph.edges[0].stroke == Stroke::kSolid);
  CHECK(graph.edges[2].stroke == Stroke::kDashed);
  // All that joins stands alone here; what only adds weight holds nothing.
  CHECK(graph.nodes[1].cut_point);
  CHECK(graph.nodes[3].cut_point);
  CHECK(!graph.nodes[2].cut_point);
  CHECK(!graph.nodes[0].cut_point);
  CHECK(!graph.nodes[6].cut_point);
}

TEST_CASE("ARunnerUpRelievesACutPoint") {
  Link link = TwoHops();
  Hop direct{Shop("new"), Shop("old"), {}, 12'000, 12'000, false};
  direct.shared = {Shared("device.imei", 9, 12'000)};
  link.runners_up = {{direct}};
  const PictureGraph graph = EvidenceOf({&link, 1}, {});
  for (const PictureNode& node : graph.nodes) CHECK(!node.cut_point);
  CHECK(graph.edges.front().on_path);
  CHECK(!graph.edges.back().on_path);
}

TEST_CASE("HubsAndRefusedJoinsAreDrawnDifferently") {
  Link link = TwoHops();
  link.path[0].shared[1].kind = "pay.iban";
  link.path[1].forbidden = true;
  FactsByValue facts;
  facts[Print(2)] = {40, true, 0, 0};
  const PictureGraph graph = EvidenceOf({&link, 1}, facts);
  CHECK(graph.nodes[2].shape == NodeShape::kHub);
  CHECK(graph.nodes[2].detail.find("carried by 40 enrolled sellers") != std::string::npos);
  CHECK(graph.edges[4].stroke == Stroke::kDotted);
  const std::string svg = DrawGraph(graph);
  CHECK(svg.find(">hub<") != std::string::npos);
  CHECK(svg.find("stroke-dasharray=\"1.5 4\"") != std::string::npos);
}

TEST_CASE("AGraphIsReadableWithoutColoursOrEyes") {
  const Link link = TwoHops();
  const PictureGraph graph = EvidenceOf({&link, 1}, {});
  const std::string svg = DrawGraph(graph);
  CHECK(svg == DrawGraph(graph));
  CHECK(Count(svg, "role=\"graphics-document\"") == 1);
  CHECK(Count(svg, "role=\"graphics-symbol\"") == 7);
  CHECK(Count(svg, "<title>") == 1 + 7 + 8);
  CHECK(svg.find(">banned seller<") != std::string::npos);
  CHECK(svg.find(">application<") != std::string::npos);
  CHECK(svg.find("first seen 1970-01-21") != std::string::npos);
  CHECK(svg.find("<style") == std::string::npos);
  CHECK(svg.find("style=") == std::string::npos);
  CHECK(svg.find("<script") == std::string::npos);
  CHECK(DrawGraph(graph, true).find("<style>.rv{") != std::string::npos);
  const std::string table = TableOfGraph(graph);
  CHECK(Count(table, "<tr><td>") == 7);
  CHECK(table.find("shop:middle") < table.find("shop:old"));
}

TEST_CASE("NamesCannotEndTheirElement") {
  Link link = TwoHops();
  const std::string evil = "x\"><script>alert('1')</script>&\x1b\xfe";
  link.seller = link.path[1].to = {"shop", evil};
  link.ban_reason = evil;
  link.path[0].shared[0].kind = evil;
  link.path[0].shared[0].from.sources = {evil};
  const PictureGraph graph = EvidenceOf({&link, 1}, {});
  const std::string all = DrawGraph(graph) + TableOfGraph(graph) +
                          DrawWaterfall(WaterfallOf(link, Scale{-10'000, 0, 7'000})) +
                          DrawBars(evil, std::vector<Bar>{{evil, 3}});
  CHECK(all.find("<script") == std::string::npos);
  CHECK(all.find("\"><s") == std::string::npos);
  CHECK(all.find('\x1b') == std::string::npos);
  CHECK(all.find('\xfe') == std::string::npos);
}

TEST_CASE("BarsAddUpToTheLink") {
  const Link link = TwoHops();
  FactsByValue facts;
  facts[Print(3)] = {1, false, 16'500, 0};
  facts[Print(4)] = {50, true, 11'000, 5'644};
  const Waterfall plain = WaterfallOf(link, std::nullopt);
  const Waterfall full = WaterfallOf(link, Scale{-10'000, 0, 7'000}, facts);
  auto bars = BarsOf(DrawWaterfall(plain));
  CHECK(bars["evidence"] == 21'000);
  CHECK(bars["evidence"] + bars["discount"] == 15'250);
  CHECK(bars["total"] == 15'250);
  bars = BarsOf(DrawWaterfall(full));
  CHECK(bars["prior"] == -10'000);
  CHECK(bars["evidence"] == 27'500);
  CHECK(bars["evidence"] + bars["discount"] == 15'250);
  CHECK(bars["total"] == 5'250);
  REQUIRE(full.steps.size() == 8);
  CHECK(full.steps[3].label == "Discount for one family or one source");
  CHECK(full.steps[3].bits == -3'750);
  CHECK(full.steps[4].label == "Discount for time since the ban: pay.iban 03000000");
  CHECK(full.steps[5].bits == -5'644);
  CHECK(full.steps[5].label == "Discount for a hub: many share pay.bic 04000000");
  CHECK(full.steps[7].label == "Discount for 2 hops");
  CHECK(full.steps[7].bits == -2'000);
  CHECK(full.note.find("weakest of 2 hops decides: shop:middle to shop:old") != std::string::npos);
  CHECK(DrawWaterfall(full).find("block from 7") != std::string::npos);
}

TEST_CASE("ManyFadedValuesShareOneBar") {
  Link link = TwoHops();
  link.path = {link.path[1]};
  link.path[0].shared.clear();
  FactsByValue facts;
  for (std::uint8_t i = 0; i < 3; ++i) {
    link.path[0].shared.push_back(Shared("pay.iban", i, 10'000));
    facts[Print(i)] = {2, false, 10'500, 0, std::nullopt};
  }
  link.path[0].weight = link.strength = link.blame_strength = 24'000;
  const Waterfall bars = WaterfallOf(link, std::nullopt, facts);
  REQUIRE(bars.steps.size() == 5);
  CHECK(bars.steps[4].label == "Discount for time since the ban (3 values)");
  CHECK(bars.steps[4].bits == -1'500);
  auto sums = BarsOf(DrawWaterfall(bars));
  CHECK(sums["evidence"] + sums["discount"] == 24'000);
}

TEST_CASE("ACanvasGetsItsGraphAsData") {
  Link link = TwoHops();
  link.seller = link.path[1].to = Shop("x</script><script>alert(1)</script>\x1b");
  const PictureGraph graph = EvidenceOf({&link, 1}, {});
  const std::string text = DrawOnCanvas(graph);
  CHECK(text == DrawOnCanvas(graph));
  CHECK(text.find("role=\"img\" aria-label=\"What joins") != text.npos);
  CHECK(Count(text, "<script") == 1);
  CHECK(text.find('\x1b') == text.npos);
  const std::size_t begin = text.find("json\">") + 6;
  const auto data =
      nlohmann::json::parse(text.substr(begin, text.find("</script>", begin) - begin));
  REQUIRE(data["nodes"].size() == graph.nodes.size());
  REQUIRE(data["edges"].size() == graph.edges.size());
  CHECK(data["nodes"][0][2] == "application");
  CHECK(data["nodes"][0][4].get<std::string>().starts_with("application: shop:new"));
  for (const auto& edge : data["edges"]) {
    CHECK(edge[0].get<std::size_t>() < graph.nodes.size());
    CHECK(edge[1].get<std::size_t>() < graph.nodes.size());
  }
}

TEST_CASE("NothingToDrawIsStillAPicture") {
  CHECK(DrawGraph({}).find("</svg>") != std::string::npos);
  CHECK(DrawGraph(EvidenceOf({}, {})).find("</svg>") != std::string::npos);
  CHECK(DrawWaterfall(WaterfallOf({}, std::nullopt)).find("</svg>") != std::string::npos);
  CHECK(DrawBars("none", {}).find("</svg>") != std::string::npos);
}

TEST_CASE("TwoHundredNodesStayBelow300Kilobytes") {
  std::vector<Link> links;
  for (int i = 0; i < 32; ++i) {
    Link link = TwoHops();
    link.seller = link.path[1].to = Shop(fmt::format("a-rather-long-name-of-a-shop-{}", i));
    for (std::size_t hop = 0; hop < 2; ++hop) {
      for (int s = 0; s < 4; ++s) {
        const auto print = static_cast<std::uint8_t>(hop == 0 ? s : 8 * i + s);
        link.path[hop].shared.push_back(Shared("doc.cn.resident_id", print, 9'000));
      }
    }
    links.push_back(link);
  }
  const PictureGraph graph = EvidenceOf(links, {});
  CHECK(graph.nodes.size() <= kMostNodes);
  CHECK(graph.nodes.size() > 150);
  const std::string svg = DrawGraph(graph);
  CHECK(svg.size() < 300'000);
  CHECK(svg == DrawGraph(graph));
  const PictureGraph few = EvidenceOf(links, {}, 20);
  CHECK(few.nodes.size() == 20);
  CHECK(few.left_out == graph.nodes.size() - 20);
  for (const PictureEdge& edge : few.edges) CHECK(std::max(edge.a, edge.b) < 20);
}

TEST_CASE("BitsAreWrittenWithoutIdleDigits") {
  CHECK(BitsText(16'316) == "16.316");
  CHECK(BitsText(12'000) == "12");
  CHECK(BitsText(-10'500) == "\u221210.5");
  CHECK(BitsText(0) == "0");
}

}  // namespace
}  // namespace revenant::report

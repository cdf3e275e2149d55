// The page of an audit says what its results say, and refuses what is no audit's.

#include "revenant/report.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "report/read_results.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

class Results {
 public:
  Results() {
    std::string path = (fs::temp_directory_path() / "revenant-report-XXXXXX").string();
    REQUIRE(mkdtemp(path.data()) != nullptr);
    path_ = path;
  }
  ~Results() { fs::remove_all(path_); }
  const fs::path& path() const { return path_; }
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
  }
  std::string Read(const std::string& name) const {
    std::ifstream file(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void Summarise(int clear, int review, int block) const {
    Write("summary.json",
          fmt::format(R"({{"v":1,"inputs":[{{"file":"a<b.csv","records":{0}}}],"records":{0},)"
                      R"("screened":{1},"rejected":2,"verdicts":{{"clear":{2},"review":{3},)"
                      R"("block":{4}}},"kinds":{{"pay.iban":{4}}},"banned_led_to":1,)"
                      R"("as_of":"2026-05-01T00:00:00Z","store":{{"sellers":1200,"banned":7}},)"
                      R"("policy_digest":"4ef4d940"}})",
                      clear + review + block + 1, clear + review + block, clear, review, block));
  }

 private:
  fs::path path_;
};

const std::string kClear =
    R"({"v":1,"platform":"shop","seller":"C","verdict":"clear","reasons":[],"links":[],)"
    R"("certificate":null})"
    "\n";

// A finding of one hop, as ToJson() writes it.
std::string Line(const std::string& id, const std::string& verdict, int milli,
                 const std::string& end = "S-1042") {
  return fmt::format(
      R"({{"v":1,"platform":"shop","seller":"{0}","verdict":"{1}","reasons":[{{"code":"strong_link",)"
      R"("text":"Leads to it."}}],"links":[{{"seller":"shop:{3}","weight_bits":{2}.5,)"
      R"("blame_bits":{2}.5,"hops":1,"redundancy":2,"ban":{{"at":"2026-02-01T00:00:00Z",)"
      R"("reason":"counterfeit","case":"C-1"}},"path":[{{"from":"shop:{0}","to":"shop:{3}",)"
      R"("weight_bits":{2}.5,"blame_bits":{2}.5,"shared":[{{"kind":"pay.iban",)"
      R"("fingerprint":"18ad86fc8db3d52da9385499a7c8c95f","weight_bits":{2}.25,"source":"form",)"
      R"("makes_hop":true,"from_is_later":true,"from":{{"first":"2026-03-15T00:00:00Z",)"
      R"("last":null,"sources":["form"]}},"to":{{"first":"2026-01-15T00:00:00Z","last":null,)"
      R"("sources":["form"]}}}},{{"kind":"contact.phone",)"
      R"("fingerprint":"28ad86fc8db3d52da9385499a7c8c95f","weight_bits":0.5,"source":null,)"
      R"("makes_hop":false,"from_is_later":true,"from":{{"first":null,"last":null,"sources":[]}},)"
      R"("to":{{"first":null,"last":null,"sources":[]}}}}]}}],"runners_up":[]}}],)"
      R"("attributes":[],"identifiers":2,"cut_short":false,"as_of":"2026-05-01T00:00:00Z",)"
      R"("certificate":null}})"
      "\n",
      id, verdict, milli, end);
}

TEST_CASE("ThePageSaysWhatTheResultsSay") {
  const Results results;
  results.Summarise(1, 0, 1);
  results.Write("results.jsonl", kClear + Line("S-2077", "block", 20));
  results.Write("report.html", "an earlier one");
  const Result<void> written = WriteReport(results.path());
  if (!written) FAIL(written.error().message);
  const std::string page = results.Read("report.html");
  for (const std::string_view part :
       {"shop:S-2077 leads to shop:S-1042, banned for counterfeit: same IBAN, same Phone number",
        "3 records in = 1 clear + 0 review + 1 block + 1 rejected.", "of which 7 banned",
        "Content-Security-Policy", "script-src 'sha256-", "18ad86fc", "data-millibits=\"20500\"",
        "a&lt;b.csv", "4ef4d940", "2026-03", "Discount for one family"}) {
    CAPTURE(part);
    CHECK(page.find(part) != page.npos);
  }
  CHECK(page.find("unsafe-inline") == page.npos);
  CHECK(page.find("18ad86fc8db3") == page.npos);
  CHECK(!fs::exists(results.path() / "report.html.tmp"));
  CHECK(WriteReport(results.path()));
  CHECK(results.Read("report.html") == page);
}

TEST_CASE("ThePageSaysWhatTheStoreHoldsOfAValue") {
  struct Case {
    const char *value, *carriers, *clusters, *seen;
  };
  const Results results;
  results.Summarise(0, 0, 1);
  for (
      const Case& one :
      {Case{
           R"("carriers":1200,"banned":300,"hub":false,"clusters":3,"at_least":false,)"
           R"("first":"2026-01-15T00:00:00Z","last":"2026-03-15T00:00:00Z","withdrawn":0,"complete":true)",
           "1,200, 300 banned (25 %)", "3", "2026-01-15 to 2026-03-15"},
       {R"("carriers":2,"banned":0,"hub":false,"clusters":2,"at_least":true,"first":null,"last":null,)"
        R"("withdrawn":1,"complete":false)",
        "2, 0 banned (0 %); 1 took it back", "at least 2", "unknown, of some of them"},
       {R"("carriers":"many","banned":-1,"hub":7,"clusters":[],"at_least":0,"first":"soon")",
        "0, 0 banned (0 %)", "none", "unknown, of some of them"}}) {
    CAPTURE(one.value);
    std::string line = Line("S-2077", "block", 20);
    line.replace(line.find("\"certificate\""), 0,
                 fmt::format(R"("values":[{{"kind":"pay.iban",)"
                             R"("fingerprint":"18ad86fc8db3d52da9385499a7c8c95f",{}}}],)",
                             one.value));
    results.Write("results.jsonl", line);
    const Result<void> written = WriteReport(results.path());
    if (!written) FAIL(written.error().message);
    const std::string page = results.Read("report.html");
    const std::string cells =
        fmt::format("<td>{}</td><td>{}</td><td>{}</td>", one.carriers, one.clusters, one.seen);
    CHECK(page.find(cells) != page.npos);
  }
}

TEST_CASE("NamesInResultsStayText") {
  const Results results;
  results.Summarise(0, 0, 1);
  const std::string evil = R"(x</script><script>alert(1)</script>\u001b\"><b>)";
  results.Write("results.jsonl", Line(evil, "block", 20, evil));
  REQUIRE(WriteReport(results.path()));
  const std::string page = results.Read("report.html");
  CHECK(page.find("<script>alert") == page.npos);
  CHECK(page.find("<b>") == page.npos);
  CHECK(page.find('\x1b') == page.npos);
  std::size_t scripts = 0;
  for (auto at = page.find("</script"); at != page.npos; at = page.find("</script", at + 1)) {
    ++scripts;
  }
  CHECK(scripts == 2);
}

TEST_CASE("AnAuditWithoutFindingsHasAPageToo") {
  const Results results;
  results.Summarise(2, 0, 0);
  results.Write("results.jsonl", kClear + kClear);
  REQUIRE(WriteReport(results.path()));
  CHECK(results.Read("report.html").find("no application leads to a banned seller") !=
        std::string::npos);
}

TEST_CASE("TooManyFindingsAreCutToTheStrongestAndThePageSaysSo") {
  const Results results;
  std::string lines;
  constexpr int kFindings = 6'001;
  for (int i = 0; i < kFindings; ++i) {
    lines += Line(fmt::format("N{}", i), i == 6'000 ? "block" : "review", i == 77 ? 40 : 12);
  }
  results.Summarise(0, kFindings - 1, 1);
  results.Write("results.jsonl", lines);
  REQUIRE(WriteReport(results.path()));
  const std::string page = results.Read("report.html");
  CHECK(page.find("lists the 5,000 strongest of 6,001 findings") != page.npos);
  CHECK(page.find("Drawn here: the 200 strongest") != page.npos);
  CHECK(page.find("{\"n\":1,\"l\":6001,\"v\":\"block\"") != page.npos);
  CHECK(page.find("{\"n\":2,\"l\":78,") != page.npos);
  CHECK(page.find("{\"n\":3,\"l\":1,") != page.npos);
  CHECK(page.find("{\"n\":5000,") != page.npos);
  CHECK(page.find("{\"n\":5001,") == page.npos);
  CHECK(page.find("shop:N5999") == page.npos);
  CHECK(page.size() < 8'000'000);
}

TEST_CASE("WhatNoAuditWroteIsRefusedByName") {
  const Results results;
  const auto refused = [&](Code code, std::string_view part) {
    const Result<void> written = WriteReport(results.path());
    REQUIRE(!written);
    CAPTURE(written.error().message);
    CHECK(written.error().code == code);
    CHECK(written.error().message.find(part) != std::string::npos);
    CHECK(!fs::exists(results.path() / "report.html"));
    CHECK(!fs::exists(results.path() / "report.html.tmp"));
  };
  CHECK(WriteReport(results.path() / "nowhere").error().code == Code::kNotFound);
  refused(Code::kNotFound, "summary.json: cannot be opened");
  results.Write("summary.json", "{");
  refused(Code::kCorruption, "summary.json: not the summary");
  results.Write("summary.json", R"({"v":2,"verdicts":{}})");
  refused(Code::kCorruption, "summary.json: not the summary");
  results.Summarise(1, 0, 1);
  refused(Code::kNotFound, "results.jsonl: cannot be opened");
  for (const std::string bad : {"", "x", "{}", R"({"v":2,"platform":"shop"})",
                                R"({"v":1,"platform":"shop","seller":"x","verdict":"maybe"})"}) {
    results.Write("results.jsonl", kClear + bad + "\n");
    refused(Code::kCorruption, "results.jsonl:2: not a verdict");
  }
  const std::string line = Line("S", "block", 20);
  results.Write("results.jsonl", kClear + line.substr(0, line.size() / 2) + "}\n");
  refused(Code::kCorruption, "results.jsonl:2: not a verdict");
  results.Write("results.jsonl", kClear);
  refused(Code::kCorruption, "0 to block, but summary.json counts 0 and 1");
}

TEST_CASE("AGlanceTakesWhatTheWholeLineSays") {
  report::Glance glance;
  const std::string line = Line("S-2", "review", 11);
  REQUIRE(report::GlanceAt(std::string_view(line).substr(0, line.size() - 1), glance));
  CHECK(glance.decision == Decision::kReview);
  CHECK(glance.weight == 11'500);
  CHECK(glance.leads_to == "shop:S-1042");
  CHECK(glance.kind == "pay.iban");
  CHECK(glance.seen_month == "2026-03");
  // A name cannot pass for a member.
  const std::string sly = Line(R"(x\",\"verdict\":\"clear)", "block", 9);
  REQUIRE(report::GlanceAt(std::string_view(sly).substr(0, sly.size() - 1), glance));
  CHECK(glance.decision == Decision::kBlock);
}

TEST_CASE("AHeadlineNamesWhatIsTheSameAndWhoStandsBetween") {
  report::Finding finding;
  finding.seller = "shop:new";
  finding.reasons = {{"tainted_hub", "Carries a widely shared value."}};
  CHECK(Headline(finding) == "shop:new: Carries a widely shared value.");
  Link link;
  link.seller = {"shop", "old"};
  link.banned = true;
  Hop hop{{"shop", "new"}, {"shop", "middle"}, {}, 1, 1, false};
  SharedIdentifier shared;
  shared.kind = "custom.badge";
  hop.shared = {shared};
  link.path = {hop, {{"shop", "middle"}, {"shop", "old"}, {shared}, 1, 1, false}};
  finding.links = {link};
  CHECK(Headline(finding) ==
        "shop:new may lead to shop:old, banned: same custom.badge, over shop:middle");
}

ClusterGraph Cluster() {
  ClusterGraph graph;
  graph.sellers.resize(3);
  graph.sellers[0].name = {"p", "a&b"};
  graph.sellers[1].name = {"p", "c\xEF\xBF\xBE"};
  graph.sellers[1].banned = true;
  graph.sellers[2].name = {"p", "d"};
  graph.sellers[2].status = SellerStatus::kApplicant;
  graph.identifiers.resize(2);
  graph.identifiers[0].kind = "pay.iban";
  graph.identifiers[0].carriers = 2;
  graph.identifiers[0].joins = true;
  graph.identifiers[1].kind = "contact.phone";
  graph.identifiers[1].carriers = 3;
  const Time day{86'400'000'000};
  graph.carries = {{0, 0, day, false}, {1, 0, {}, false}, {1, 1, day, true}, {2, 1, day, false}};
  return graph;
}

TEST_CASE("AClusterIsDrawnAsAPictureAndAPage") {
  const ClusterGraph graph = Cluster();
  const std::string svg = ToSvg(graph);
  CHECK(svg.starts_with("<svg"));
  CHECK(svg.find("p:a&amp;b") != svg.npos);
  CHECK(svg.find("\xEF\xBF\xBE") == svg.npos);
  CHECK(svg.find(">banned seller<") != svg.npos);
  CHECK(svg.find("data-since=\"1970-01-02\"") != svg.npos);
  CHECK(svg.find("<style>") != svg.npos);
  const std::string page = ToHtml(graph);
  CHECK(page.find("Content-Security-Policy") != page.npos);
  CHECK(page.find("<th scope=\"row\" class=\"name\">pay.iban 00000000</th><td>links</td>") !=
        page.npos);
  CHECK(ToSvg({}).find("</svg>") != std::string::npos);
  CHECK(ToHtml({}).find("</html>") != std::string::npos);
}

TEST_CASE("AClusterIsWrittenForGephi") {
  const std::string gexf = ToGexf(Cluster());
  CHECK(gexf.starts_with("<?xml"));
  for (const std::string_view part :
       {"version=\"1.3\"", "label=\"p:a&amp;b\"", "<attvalue for=\"1\" value=\"true\"/>",
        "<edge id=\"2\" source=\"1\" target=\"4\" start=\"1970-01-02T00:00:00Z\">", "viz:position",
        "</gexf>"}) {
    CAPTURE(part);
    CHECK(gexf.find(part) != gexf.npos);
  }
  CHECK(gexf.find("\xEF\xBF\xBE") == gexf.npos);
}

TEST_CASE("AHugeClusterIsDrawnInPart") {
  ClusterGraph graph;
  for (std::uint32_t i = 0; i < 1'500; ++i) {
    ClusterGraph::Seller seller;
    seller.name = {"p", std::to_string(i)};
    seller.banned = i == 1'499;
    graph.sellers.push_back(seller);
    ClusterGraph::Identifier identifier;
    identifier.kind = "pay.iban";
    identifier.joins = true;
    graph.identifiers.push_back(identifier);
    graph.carries.push_back({i, i, {}, false});
    if (i > 0) graph.carries.push_back({i, i - 1, {}, false});
  }
  const std::string svg = ToSvg(graph);
  CHECK(svg.find("of both are left out") != svg.npos);
  CHECK(svg.find("banned seller: p:1499") != svg.npos);
  CHECK(svg == ToSvg(graph));
}

}  // namespace
}  // namespace revenant

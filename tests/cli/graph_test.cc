// The verb `graph`, and the line of `cluster` that says what holds it together.

#include <doctest/doctest.h>

#include "command.h"

namespace revenant::test {
namespace {

// "old" and "twin" share an account and a mailbox, "twin" and "third" a handset.
constexpr std::string_view kSellers =
    R"({"platform":"eu","seller":"old","seen":"2026-01-01T00:00:00Z","attributes":[{"kind":"pay.iban","value":"DE89370400440532013000"},{"kind":"contact.email","value":"jane.roe@roe-trading-ltd.org"}]}
{"platform":"eu","seller":"twin","seen":"2026-02-01T00:00:00Z","attributes":[{"kind":"pay.iban","value":"DE89370400440532013000"},{"kind":"contact.email","value":"jane.roe@roe-trading-ltd.org"},{"kind":"device.imei","value":"490154203237518"}]}
{"platform":"eu","seller":"third","seen":"2026-03-01T00:00:00Z","attributes":[{"kind":"device.imei","value":"490154203237518"}]}
{"platform":"eu","seller":"lone","seen":"2026-03-01T00:00:00Z","attributes":[{"kind":"pay.iban","value":"GB82WEST12345698765432"}]}
)";

struct Shop : Workshop {
  Shop() {
    Write("sellers.jsonl", kSellers);
    REQUIRE(On("s", {"init"}).exit_code == 0);
    REQUIRE(On("s", {"import", "sellers.jsonl"}).exit_code == 0);
    REQUIRE(On("s", {"ban", "eu:old", "--reason", "fakes", "--at", "2026-03-01"}).exit_code == 0);
  }
};

TEST_CASE("AClusterIsDrawnInThreeFormats") {
  const Shop shop;
  const Outcome xml = shop.On("s", {"graph", "eu:third"});
  CHECK(xml.exit_code == 0);
  CHECK(xml.out.starts_with("<?xml"));
  CHECK(xml.out.ends_with("</graphml>\n"));
  CHECK(xml.out.find(">eu:old<") != std::string::npos);
  CHECK(xml.out.find("eu:lone") == std::string::npos);
  CHECK(shop.On("s", {"graph", "eu:third", "--format", "graphml"}).out == xml.out);
  const Outcome dot = shop.On("s", {"graph", "eu:third", "--format", "dot"});
  CHECK(dot.out.starts_with("graph G {"));
  CHECK(dot.out.find("label=\"eu:twin\"") != std::string::npos);
  const Outcome json = shop.On("s", {"graph", "eu:third", "--format", "json"});
  CHECK(shop.On("s", {"graph", "eu:third", "--json"}).out == json.out);
  const std::vector<Json> lines = Lines(json.out);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0]["v"] == 1);
  CHECK(lines[0]["sellers"].size() == 3);
  CHECK(lines[0]["shape"]["sellers"].size() == 1);  // twin
  CHECK(lines[0]["cut_short"] == false);
  // Never a raw value.
  for (const std::string& out : {xml.out, dot.out, json.out}) {
    for (const char* value : {"DE89", "jane", "490154203237518"}) {
      CHECK(out.find(value) == std::string::npos);
    }
  }
}

TEST_CASE("AClusterIsDrawnForPeopleAndForGephi") {
  const Shop shop;
  const Outcome svg = shop.On("s", {"graph", "eu:third", "--format", "svg"});
  CHECK(svg.exit_code == 0);
  CHECK(svg.out.starts_with("<svg"));
  CHECK(svg.out.find("banned seller: eu:old") != std::string::npos);
  const Outcome page = shop.On("s", {"graph", "eu:third", "--format", "html"});
  CHECK(page.out.starts_with("<!DOCTYPE html>"));
  CHECK(page.out.find("held together by device.imei") != std::string::npos);
  const Outcome gexf = shop.On("s", {"graph", "eu:third", "--format", "gexf"});
  CHECK(gexf.out.ends_with("</gexf>\n"));
  for (const std::string& out : {svg.out, page.out, gexf.out}) {
    CHECK(out.find("eu:twin") != std::string::npos);
    CHECK(out.find("eu:lone") == std::string::npos);
    for (const char* value : {"DE89", "jane", "490154203237518"}) {
      CHECK(out.find(value) == std::string::npos);
    }
  }
}

TEST_CASE("AnAuditLeavesAPageThatCanBeMadeAgain") {
  const Shop shop;
  shop.Write("new.csv",
             "platform,seller,seen,pay.iban,contact.email\n"
             "eu,again,2026-04-01,DE89370400440532013000,jane.roe@roe-trading-ltd.org\n");
  REQUIRE(shop.On("s", {"audit", "new.csv", "--out", "out"}).exit_code == 0);
  const std::string page = shop.Read("out/report.html");
  CHECK(page.find("eu:again leads to eu:old, banned for fakes: same IBAN") != std::string::npos);
  CHECK(page.find("1 record in = 0 clear + 0 review + 1 block + 0 rejected.") != std::string::npos);
  for (const char* value : {"DE89", "jane"}) CHECK(page.find(value) == std::string::npos);
  std::filesystem::remove(shop.dir() / "out/report.html");
  CHECK(shop.Run({"report", "out"}).out == "Written: out/report.html\n");
  CHECK(shop.Read("out/report.html") == page);
  const Outcome json = shop.Run({"report", "out", "--json"});
  REQUIRE(Lines(json.out).size() == 1);
  CHECK(Lines(json.out)[0]["report"] == "out/report.html");
  const Outcome nowhere = shop.Run({"report", "nowhere"});
  CHECK(nowhere.exit_code == 2);
  CHECK(nowhere.err.find("nowhere/summary.json") != std::string::npos);
}

TEST_CASE("AGraphSaysThatItIsCutShort") {
  const Shop shop;
  const Outcome outcome = shop.On("s", {"graph", "eu:third", "--max-sellers", "2"});
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.err.find("nearest 2 sellers") != std::string::npos);
  CHECK(shop.On("s", {"graph", "eu:nobody"}).exit_code == 2);
  CHECK(shop.On("s", {"graph", "eu:old", "--format", "png"}).exit_code == 2);
}

TEST_CASE("AClusterSaysWhatHoldsItTogether") {
  const Shop shop;
  const Outcome cluster = shop.On("s", {"cluster", "eu:old"});
  CHECK(cluster.exit_code == 0);
  const std::size_t line = cluster.out.find("held together by device.imei ");
  REQUIRE(line != std::string::npos);
  CHECK(cluster.out.substr(line).find("(1 of 3 sellers comes apart without it), seller eu:twin") !=
        std::string::npos);
  CHECK(shop.On("s", {"cluster", "eu:lone"}).out.find("together") == std::string::npos);
}

}  // namespace
}  // namespace revenant::test

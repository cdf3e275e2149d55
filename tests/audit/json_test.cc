#include "revenant/json.h"

#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "util/digest.h"
#include "util/json_writer.h"

namespace revenant {
namespace {

TEST_CASE("bits are decimal numbers, exact to the thousandth") {
  struct Case {
    MilliBits bits;
    std::string_view text;
  };
  constexpr Case kCases[] = {
      {0, "0.0"},     {11'400, "11.4"},    {12'000, "12.0"}, {1, "0.001"},
      {-1, "-0.001"}, {-10'050, "-10.05"}, {100, "0.1"},     {INT64_MIN, "-9223372036854775.808"},
  };
  for (const Case& test : kCases) {
    std::string text;
    JsonWriter(text).Array().Bits({}, test.bits).End();
    CHECK(text == "[" + std::string(test.text) + "]");
  }
}

TEST_CASE("commas stand between members and nowhere else, at any depth") {
  std::string text;
  JsonWriter json(text);
  json.Object().Array("a").End().Object("b").Count("c", 1).End().Array("d");
  json.Object().End().Array().Text({}, "e").Text({}, "\xff").End().End();
  json.TextOrNull("f", "").Moment("g", Time()).Flag("h", false).End();
  CHECK(text ==
        "{\"a\":[],\"b\":{\"c\":1},\"d\":[{},[\"e\",\"\xef\xbf\xbd\"]],\"f\":null,\"g\":null,"
        "\"h\":false}");
}

TEST_CASE("MembersGoOnInAnObjectThatSomebodyElseBegan") {
  std::string text = "{\"by\":\"ann\"";
  JsonWriter json = JsonWriter::Inside(text);
  json.Text("a", "b").Array("c").Count({}, 1).Signed({}, -2).End().End();
  CHECK(text == R"({"by":"ann","a":"b","c":[1,-2]})");
}

TEST_CASE("ADecimalHasAPointOrAnExponentAndA64BitNumberIsText") {
  struct Case {
    double number;
    std::string_view text;
  };
  constexpr Case kCases[] = {{0, "0.0"},      {50, "50.0"},    {0.02, "0.02"},    {-1.5, "-1.5"},
                             {1e-5, "1e-05"}, {1e22, "1e+22"}, {HUGE_VAL, "null"}};
  for (const Case& test : kCases) {
    std::string text;
    JsonWriter(text).Array().Decimal({}, test.number).End();
    CHECK(text == "[" + std::string(test.text) + "]");
  }
  std::string text;
  JsonWriter(text).Object().Number("seq", UINT64_MAX).End();
  CHECK(text == R"({"seq":"18446744073709551615"})");
}

TEST_CASE("ADecisionCarriesWhatItChangedAndWhatIsOwedNow") {
  const SellerName seller = {"eu", "a"};
  Consequences consequences;
  consequences.changes.push_back({{{"eu", "C-1"}, Step::kFreeze, seller}, Change::kNowDue});
  const auto json = nlohmann::json::parse(ToJson(seller, consequences));
  CHECK(json["v"] == 1);
  CHECK(json["changed"] == false);
  REQUIRE(json["changes"].size() == 1);
  CHECK(json["changes"][0]["step"] == "freeze");
  CHECK(json["changes"][0]["change"] == "now_due");
  CHECK(json["sanctions"]["due"].empty());
}

TEST_CASE("AnExplanationSaysThatTwoAreTooFarApartOnlyIfTheyAre") {
  Explanation explanation = {{"eu", "a"}, {"eu", "b"}, std::nullopt, false};
  CHECK(ToJson(explanation) == R"({"v":1,"a":"eu:a","b":"eu:b","linked":false,"link":null})");
  explanation.same_cluster = true;
  CHECK(nlohmann::json::parse(ToJson(explanation))["same_cluster"] == true);
  explanation.link.emplace().seller = {"eu", "b"};
  CHECK(nlohmann::json::parse(ToJson(explanation))["link"]["seller"] == "eu:b");
}

TEST_CASE("RequestsForTokensStandBehindTheReportOfAnImport") {
  const std::string requests[] = {R"({"request":"a"})", R"({"request":"b"})"};
  const std::string text = ToJson(ImportReport(), requests);
  CHECK(text.ends_with(R"(,"token_requests":[{"request":"a"},{"request":"b"}]})"));
  CHECK(ToJson(ImportReport(), {}).ends_with(R"(,"token_requests":[]})"));
}

TEST_CASE("a verdict ends in its certificate, byte for byte, or in none") {
  Verdict verdict;
  verdict.seller = {"eu", "new \"shop\""};
  verdict.decision = Decision::kReview;
  verdict.reasons.push_back({Because::kLink, {"eu", "old"}, {}, "Leads to eu:old."});
  Link link;
  link.seller = {"eu", "old"};
  link.strength = 13'288;
  Hop hop;
  hop.from = verdict.seller;
  hop.to = link.seller;
  SharedIdentifier shared;
  shared.kind = "pay.iban";
  shared.to.sources = {"a", "b"};
  hop.shared.push_back(shared);
  link.path.push_back(hop);
  verdict.links.push_back(link);

  const std::string text = ToJson(verdict, R"({"b":1,"a":"\u0001"})");
  CHECK(text.ends_with(R"(,"certificate":{"b":1,"a":"\u0001"}})"));
  const auto json = nlohmann::json::parse(text);
  CHECK(json["certificate"]["b"] == 1);
  CHECK(json["links"][0]["weight_bits"] == 13.288);
  CHECK(json["links"][0]["hops"] == 1);
  CHECK(json["links"][0]["path"][0]["shared"][0]["source"] == "a");
  CHECK(json["reasons"][0]["code"] == "link");
  CHECK(json["as_of"].is_null());
  CHECK(nlohmann::json::parse(ToJson(verdict))["certificate"].is_null());
}

TEST_CASE("WhatIsTooMuchAtOnceStandsInAVerdictOnlyIfThereIsAny") {
  Verdict verdict;
  CHECK_FALSE(nlohmann::json::parse(ToJson(verdict)).contains("bursts"));
  verdict.bursts.push_back({.kind = "net.ip", .sellers = 3, .before = 1, .hours = 48});
  const auto json = nlohmann::json::parse(ToJson(verdict));
  REQUIRE(json["bursts"].size() == 1);
  CHECK(json["bursts"][0]["sellers"] == 3);
  CHECK(json["bursts"][0]["before"] == 1);
  CHECK(json["bursts"][0]["hours"] == 48);
  CHECK(json["fresh_starts"].empty());
  verdict.fresh_starts.push_back(
      {.seller = {"p", "a"}, .kind = "net.ip", .identifiers = 2, .hours = 24});
  const auto start = nlohmann::json::parse(ToJson(verdict))["fresh_starts"][0];
  CHECK(start["seller"] == "p:a");
  CHECK(start["identifiers"] == 2);
}

TEST_CASE("a number that JavaScript would round is a string, counts are numbers") {
  Alert alert;
  alert.number = UINT64_MAX;
  alert.event = "ban";
  const auto json = nlohmann::json::parse(ToJson(alert));
  CHECK(json["number"] == "18446744073709551615");
  CHECK(json["seller"].is_null());
  CHECK(nlohmann::json::parse(ToJson(Stats{.sellers = 3}))["sellers"] == 3);
}

}  // namespace
}  // namespace revenant

// The verbs of enforcement, as a user runs them; the worked case of README stands first.

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "command.h"

namespace revenant::test {
namespace {

constexpr std::string_view kSellers =
    R"({"platform":"eu","seller":"old","seen":"2026-01-01T00:00:00Z","attributes":[{"kind":"pay.iban","value":"DE89 3704 0044 0532 0130 00"},{"kind":"org.supplier","value":"Example Trading Co."},{"kind":"device.imei","value":"490154203237518"}]}
{"platform":"eu","seller":"twin","seen":"2026-02-01T00:00:00Z","attributes":[{"kind":"pay.iban","value":"DE89370400440532013000"},{"kind":"org.supplier","value":"EXAMPLE TRADING CO."},{"kind":"device.imei","value":"490154203237518"}]}
)";

struct Shop : Workshop {
  Shop() {
    Write("sellers.jsonl", kSellers);
    REQUIRE(On("s", {"init"}).exit_code == 0);
    REQUIRE(On("s", {"import", "sellers.jsonl"}).exit_code == 0);
  }
  Outcome Do(const Words& arguments, std::string_view input = {}) const {
    return On("s", arguments, input);
  }
  void Enter(const Words& arguments, std::string_view input = {}) const {
    const Outcome outcome = Do(arguments, input);
    CAPTURE(outcome.err);
    REQUIRE(outcome.exit_code == 0);
  }
  Json Ask(Words arguments, int exit_code = 0) const {
    arguments.push_back("--json");
    const Outcome outcome = Do(arguments);
    CAPTURE(outcome.err);
    REQUIRE(outcome.exit_code == exit_code);
    return outcome.out.empty() ? Json() : Json::parse(outcome.out);
  }
};

// "step/case@seller" of each object of a list.
std::set<std::string> Measures(const Json& list) {
  std::set<std::string> texts;
  for (const Json& each : list) {
    texts.insert(each["step"].get<std::string>() + "/" + each["case"].get<std::string>() + "@" +
                 each["seller"].get<std::string>());
  }
  return texts;
}
using Set = std::set<std::string>;

TEST_CASE("a second infringement owes a deduction, and a wrong notice takes it back") {
  const Shop shop;
  shop.Enter({"notice", "eu:old", "--case", "C-1", "--has",
              "right_holder,contact,proof_of_right,listing,evidence", "--language", "zh", "--at",
              "2026-01-10"});
  shop.Enter({"infringe", "eu:old", "--right", "trademark", "--case", "C-1", "--at", "2026-01-12"});
  shop.Enter({"ban", "eu:old", "--reason", "counterfeit", "--case", "C-1", "--at", "2026-01-15"});

  // The new storefront, linked by the bank account, infringes: the second of the person.
  const Json told = shop.Ask(
      {"infringe", "eu:twin", "--right", "trademark", "--case", "C-2", "--at", "2026-03-01"});
  CHECK(told["changed"] == true);
  CHECK(Measures(told["changes"]) == Set{"freeze/C-2@eu:twin", "deduct/C-2@eu:twin"});
  CHECK(Measures(told["sanctions"]["due"]) ==
        Set{"freeze/C-1@eu:old", "freeze/C-1@eu:twin", "freeze/C-2@eu:twin", "deduct/C-2@eu:twin"});
  for (const Json& due : told["sanctions"]["due"]) {
    if (due["step"] != "deduct") continue;
    CHECK(due["amount"] == 87500);  // half of the deposit that one own and one linked case ask for
    CHECK(due["currency"] == "EUR");
    REQUIRE(due["basis"].size() == 2);
    CHECK(due["basis"][0]["case"] == "C-1");
    CHECK(due["basis"][0]["link"]["from"] == "eu:old");
    CHECK(due["basis"][0]["link"]["why"] == "strong_link");
    CHECK(due["basis"][1]["link"].is_null());
  }
  // A seller that was there first is looked at, and not punished.
  REQUIRE(told["sanctions"]["proposals"].size() == 1);
  CHECK(told["sanctions"]["proposals"][0]["seller"] == "eu:old");
  CHECK(told["sanctions"]["proposals"][0]["why"] == "earlier_holder");

  shop.Enter({"measure", "eu:twin", "--step", "deduct", "--case", "C-2", "--amount", "875", "--at",
              "2026-03-02"});
  const Json carried = shop.Ask({"sanctions", "eu:twin", "--at", "2026-03-03"});
  CHECK(Measures(carried["standing"]) == Set{"deduct/C-2@eu:twin"});
  CHECK(carried["to_undo"].empty());

  // The notice on the first case is found wrong: one step back down.
  const Json back = shop.Ask({"retract", "eu:old", "--case", "C-1", "--at", "2026-03-10"});
  CHECK(Measures(back["sanctions"]["due"]) == Set{"freeze/C-2@eu:twin"});
  REQUIRE(back["sanctions"]["to_undo"].size() == 1);
  const Json& undo = back["sanctions"]["to_undo"][0];
  CHECK(undo["step"] == "deduct");
  CHECK(undo["because"] == "stepped_down");
  CHECK(undo["fallen"][0]["case"] == "C-1");
  CHECK(undo["amount"] == 87500);

  shop.Enter(
      {"measure", "eu:twin", "--step", "deduct", "--case", "C-2", "--undo", "--at", "2026-03-11"});
  CHECK(shop.Ask({"sanctions", "eu:twin", "--at", "2026-03-12"})["to_undo"].empty());
  CHECK(shop.Do({"fsck"}).exit_code == 0);
  // All of it is in the back-up.
  const std::string facts = shop.Do({"export", "--facts"}).out;
  for (const char* kept : {"\"kind\":\"notice\"", "\"kind\":\"measure\"", "deduct:eu:C-2"}) {
    CHECK(facts.find(kept) != std::string::npos);
  }
}

TEST_CASE("the third infringement terminates and makes a record for credit reporting") {
  const Shop shop;
  const Outcome early = shop.Do({"sanctions", "eu:old", "--credit-report"});
  CHECK(early.exit_code == 2);
  for (const char* number : {"1", "2", "3"}) {
    shop.Enter({"infringe", "eu:old", "--right", "design", "--case", std::string("C-") + number,
                "--at", std::string("2026-03-0") + number});
  }
  const Outcome outcome =
      shop.Do({"sanctions", "eu:old", "--credit-report", "--at", "2026-03-04T00:00:00Z"});
  REQUIRE(outcome.exit_code == 0);
  const Json report = Json::parse(outcome.out);
  CHECK(report["type"] == "credit_report");
  CHECK(report["infringements"] == 3.0);
  CHECK(report["cases"].size() == 3);
  CHECK(report["filing"] == "due");
  CHECK(outcome.out.find("DE89") == std::string::npos);
  CHECK(outcome.out.find("twin") == std::string::npos);
}

TEST_CASE("knowledge names every fact, and changes with what is on file") {
  const Shop shop;
  const Words ask = {"knowledge", "eu:twin"};
  CHECK(shop.Ask(ask)["knowledge"] == "none");
  CHECK(shop.Ask(ask)["findings"].size() == 8);
  shop.Enter(
      {"figure", "eu:twin", "--name", "price_ratio", "--value", "0.7", "--source", "crawler"});
  CHECK(shop.Ask(ask)["knowledge"] == "none");
  shop.Enter({"--now", "2099-01-01", "figure", "eu:twin", "--name", "price_ratio", "--value",
              "0.699", "--source", "crawler"});
  CHECK(shop.Ask(ask)["knowledge"] == "should_have_known");
  CHECK(shop.Ask(ask)["findings"][0]["factor"] == "price");
  shop.Enter({"order", "eu:twin", "--ref", "4 Ob 1/26", "--country", "AT"});
  CHECK(shop.Ask(ask)["knowledge"] == "actual");
  CHECK(shop.Do(ask).out.find("4 Ob 1/26") != std::string::npos);
}

TEST_CASE("a listing's infringing words go on file, its text does not") {
  const Shop shop;
  const Outcome found = shop.Do({"listing", "eu:twin", "--listing", "L-1", "--text", "-"},
                                "秘密 高 仿 BAG R E P L I C A");
  CHECK(found.exit_code == 0);
  CHECK(found.out.find("replica") != std::string::npos);
  const std::string facts = shop.Do({"export", "--facts"}).out;
  CHECK(facts.find("高仿") != std::string::npos);
  CHECK(facts.find("秘密") == std::string::npos);
  CHECK(shop.Ask({"knowledge", "eu:twin"})["knowledge"] == "should_have_known");
  shop.Enter({"listing", "eu:twin", "--listing", "L-1", "--down"});
  CHECK(shop.Ask({"knowledge", "eu:twin"})["knowledge"] == "none");
}

TEST_CASE("due lists what is late before what is next, in the policy's zone") {
  const Shop shop;
  CHECK(shop.Do({"due"}).exit_code == 1);
  shop.Write("cn.toml", "[clocks]\nregime = \"cn\"\n");
  shop.Enter({"policy", "set", "cn.toml"});
  CHECK(shop.Do({"policy", "show"}).out.find("regime = \"cn\"") != std::string::npos);
  shop.Enter({"notice", "eu:old", "--case", "C-1", "--at", "2026-03-01T00:00:00Z"});
  const Outcome listed = shop.Do({"due", "--at", "2026-03-02T00:00:00Z"});
  CHECK(listed.out ==
        "late       2026-03-01T20:00:00+08:00  acknowledge of eu:old case C-1\n"
        "next       2026-03-04T08:00:00+08:00  measure of eu:old case C-1\n");
  for (const char* stage : {"acknowledge", "measure"}) {
    shop.Enter(
        {"milestone", "eu:old", "--case", "C-1", "--stage", stage, "--at", "2026-03-01T01:00:00Z"});
  }
  CHECK(shop.Do({"due"}).exit_code == 1);
  CHECK(shop.Do({"due", "eu:old", "--all"}).exit_code == 0);
}

TEST_CASE("suppliers warn from the number in the policy") {
  const Shop shop;
  shop.Write("low.toml", "[knowledge]\nsupplier_bans = 1\n");
  CHECK(shop.Ask({"supplier", "eu:twin"})["warns"] == false);
  shop.Enter({"ban", "eu:old", "--reason", "x"});
  CHECK(shop.Ask({"supplier", "eu:twin"})["warns"] == false);
  shop.Enter({"policy", "set", "low.toml"});
  const Json warning = shop.Ask({"supplier", "eu:twin"});
  CHECK(warning["warns"] == true);
  CHECK(warning["banned"] == Json::array({"eu:old"}));
}

TEST_CASE("duty prints what is asked and what is shown") {
  const Shop shop;
  const Json high = shop.Ask({"duty", "--type", "payment", "--shows", "deposit,verify_identity"});
  CHECK(high["level"] == "high");
  CHECK(high["exempt"] == false);
  CHECK(high["thresholds_met"] == true);
  CHECK(shop.Ask({"duty", "--type", "information"})["obligations"].size() <
        high["obligations"].size());
  CHECK(shop.Do({"duty", "--shows", "nonsense"}).exit_code == 2);
}

TEST_CASE("bad entries end in one line, and nothing is on file") {
  const Shop shop;
  const std::string before = shop.Do({"export", "--facts"}).out;
  const Words kBad[] = {
      {"notice", "eu:old", "--case", "C-1", "--has", "signatures"},
      {"notice", "eu:old", "--case", "C-1", "--claim", "1.234"},
      {"notice", "eu:old", "--case", "C-1", "--at", "yesterday"},
      {"figure", "eu:old", "--name", "price_ratio", "--value", "-1", "--source", "s"},
      {"figure", "eu:old", "--name", "price_ratio", "--value", "99999999999999", "--source", "s"},
      {"figure", "eu:old", "--name", "height", "--value", "1", "--source", "s"},
      {"measure", "eu:old", "--step", "jail", "--case", "C-1"},
      {"measure", "eu:old", "--step", "freeze", "--case", ":"},
      {"listing", "eu:old", "--listing", "L-1"},
      {"sanctions", "eu:nobody"},
  };
  for (const Words& words : kBad) {
    CAPTURE(words[0]);
    const Outcome outcome = shop.Do(words);
    CHECK(outcome.exit_code == 2);
    CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1);
  }
  CHECK(shop.Do({"export", "--facts"}).out == before);
}

}  // namespace
}  // namespace revenant::test

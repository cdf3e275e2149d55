// From keys to tokens at the command line: two platforms, two operators, every step a file.
#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "command.h"

namespace revenant::test {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSellers =
    R"({"platform":"eu","seller":"old","seen":"2026-01-01T00:00:00Z","attributes":[{"kind":"pay.iban","value":"DE89 3704 0044 0532 0130 00"},{"kind":"contact.phone","country":"US","value":"(650) 253-0000"},{"kind":"pay.crypto.eth","value":"0x52908400098527886E0F7030069857D2E4169EE7"}]}
)";
// Raw values and canonical forms that no file may show.
constexpr std::string_view kRaw[] = {"DE89370400440532013000", "370400440532",
                                     "+16502530000",           "6502530000",
                                     "52908400098527886",      "52908400098527886e0f"};

constexpr std::string_view kMembers =
    R"("operators":["op0.card","op1.card"],"members":[)"
    R"({"id":1,"card":"a.card","guessable":{"backlog":0,"daily":3},"random":{"daily":100}},)"
    R"({"id":2,"card":"b.card","guessable":{"backlog":5,"daily":0},"random":{"daily":100}}]})";

std::vector<Json> Lines(const std::string& text) {
  std::vector<Json> lines;
  std::istringstream input(text);
  for (std::string line; std::getline(input, line);) lines.push_back(Json::parse(line));
  return lines;
}

// Two stores "a" and "b", operators in "op0" and "op1", all of one exchange.
struct Market : Workshop {
  Market() {
    Write("sellers.jsonl", kSellers);
    for (const std::string name : {"a", "b"}) {
      Do(name, {"init"});
      Do(name, {"import", "sellers.jsonl"});
      Do(name, {"exchange", "keygen", "--name", name, "--country", "DE", "--card", name + ".card"});
    }
    for (const std::string place : {"0", "1"}) {
      Do("none", {"exchange", "operator", "init", "op" + place, "--name", "op-" + place, "--place",
                  place, "--card", "op" + place + ".card"});
    }
    Publish("genesis", "",
            R"({"created":"2026-01-01","expires":"2027-01-01","threshold":2,)"
            R"("epochs":[{"epoch":1,"from":"2026-01-01","until":"2026-06-01"}],)");
    for (const std::string name : {"a", "b"}) {
      Do(name, {"exchange", "join", "genesis.roster", "--name", name});
    }
    for (const std::string place : {"0", "1"}) {
      Do("none", {"exchange", "operator", "roster", "op" + place, "genesis.roster"});
    }
  }

  Outcome Do(const std::string& store, Words arguments, int exit_code = 0) const {
    arguments.insert(arguments.begin(), {"--now", now});
    const Outcome outcome = On(store, arguments);
    CAPTURE(arguments.back());
    CAPTURE(outcome.err);
    CHECK(outcome.exit_code == exit_code);
    return outcome;
  }

  // Drafts a roster and has both sign it.
  void Publish(const std::string& name, const std::string& after, const std::string& front) const {
    Write(name + ".json", front + std::string(kMembers));
    Words draft = {"exchange", "roster", "--draft", name + ".json", "--out", name + ".draft"};
    if (!after.empty()) draft.insert(draft.end(), {"--after", after + ".roster"});
    Do("a", draft);
    Do("a", {"exchange", "roster", "--sign", name + ".draft", "--out", name + ".half"});
    Do("b", {"exchange", "roster", "--sign", name + ".half", "--out", name + ".roster"});
  }

  // Asks, has both operators answer, takes the tokens; gives how many there were.
  int Fetch(const std::string& store, Words blind) const {
    blind.insert(blind.begin(), {"exchange", "blind"});
    blind.insert(blind.end(), {"--out", store + "-requests", "--json"});
    int tokens = 0;
    for (const Json& ask : Lines(Do(store, blind).out)) {
      const std::string request = ask["request"];
      Do("none", {"exchange", "operator", "evaluate", "op0", request, "--out", "first.eval"});
      Do("none", {"exchange", "operator", "evaluate", "op1", request, "--after", "first.eval",
                  "--out", "second.eval"});
      const Json taken = Json::parse(
          Do(store, {"exchange", "unblind", request, "first.eval", "second.eval", "--json"}).out);
      tokens += taken["tokens"].get<int>();
      CHECK_FALSE(std::filesystem::exists((dir() / request).replace_extension(".pending")));
    }
    return tokens;
  }

  std::string now = "2026-03-01T00:00:00Z";
};

TEST_CASE("members get tokens through both operators, and no file shows an identifier") {
  const Market market;
  const auto screen = [&] {
    return Json::parse(market.Do("a", {"screen", "sellers.jsonl", "--json"}).out);
  };
  CHECK(screen()["verdict"] == "clear");
  CHECK(screen()["scope"] == "local");
  CHECK(screen()["awaiting_evaluation"] == 3);
  CHECK(market.Fetch("a", {"sellers.jsonl"}) == 3);
  CHECK(market.Fetch("b", {"sellers.jsonl"}) == 3);
  CHECK_FALSE(screen().contains("scope"));
  CHECK_FALSE(screen().contains("awaiting_evaluation"));
  market.Do("a", {"exchange", "blind", "sellers.jsonl", "--out", "again"}, 1);

  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(market.dir())) {
    const std::string name = entry.path().lexically_relative(market.dir()).string();
    if (!entry.is_regular_file() || name == "sellers.jsonl") continue;
    CAPTURE(name);
    const std::string bytes = market.Read(name);
    for (const std::string_view raw : kRaw) CHECK(bytes.find(raw) == std::string::npos);
    ++files;
  }
  CHECK(files > 20);
}

TEST_CASE("quotas are kept and shown, and a request that comes again is free") {
  Market market;
  CHECK(market.Fetch("a", {"sellers.jsonl"}) == 3);
  const auto quota = [&] {
    return Lines(market.Do("none", {"exchange", "operator", "quota", "op0", "--json"}).out);
  };
  REQUIRE(quota().size() == 4);
  CHECK(quota()[0]["member"] == "a");
  CHECK(quota()[0]["class"] == "guessable");
  CHECK(quota()[0]["evaluated"] == "2");
  CHECK(quota()[0]["left_today"] == "1");
  CHECK(quota()[1]["evaluated"] == "1");

  market.Write("more.csv",
               "platform,seller,pay.iban,pay.iban#2\n"
               "eu,s1,DE93999999990000000001,DE66999999990000000002\n");
  const Json ask =
      Lines(market.Do("a", {"exchange", "blind", "more.csv", "--out", "more", "--json"}).out)[0];
  const Words evaluate = {"exchange",     "operator", "evaluate", "op0",
                          ask["request"], "--out",    "more.eval"};
  const Outcome refused = market.Do("none", evaluate, 2);
  CHECK(refused.err.starts_with("revenant: refused, over quota: "));
  CHECK(quota()[0]["refused"] == "1");
  CHECK(quota()[0]["left_today"] == "1");

  market.now = "2026-03-02T00:00:00Z";
  market.Do("none", evaluate);
  const std::string answer = market.Read("more.eval");
  market.Do("none", evaluate);
  CHECK(market.Read("more.eval") == answer);
  CHECK(quota()[0]["evaluated"] == "4");
  CHECK(quota()[0]["left_today"] == "1");
}

TEST_CASE("tokens are carried into the next epoch without identifiers") {
  Market market;
  CHECK(market.Fetch("a", {"sellers.jsonl"}) == 3);
  std::filesystem::remove(market.dir() / "sellers.jsonl");
  market.Do("a", {"exchange", "blind", "--rotate", "--out", "early"}, 2);
  for (const std::string place : {"0", "1"}) {
    market.Do("none", {"exchange", "operator", "rotate", "op" + place, "--epoch", "2", "--card",
                       "op" + place + ".card"});
  }
  market.Publish("next", "genesis",
                 R"({"created":"2026-04-01","expires":"2027-01-01","threshold":2,)"
                 R"("epochs":[{"epoch":1,"from":"2026-01-01","until":"2026-06-01"},)"
                 R"({"epoch":2,"from":"2026-05-01","until":"2026-12-01"}],)");
  market.now = "2026-05-15T00:00:00Z";
  market.Do("a", {"exchange", "roster", "next.roster"});
  for (const std::string place : {"0", "1"}) {
    market.Do("none", {"exchange", "operator", "roster", "op" + place, "next.roster"});
  }
  CHECK(market.Fetch("a", {"--rotate"}) == 3);
  market.Do("a", {"exchange", "blind", "--rotate", "--out", "again"}, 1);

  market.now = "2026-06-02T00:00:00Z";
  const Json ended =
      Json::parse(market.Do("none", {"exchange", "operator", "rotate", "op0", "--json"}).out);
  CHECK(ended["destroyed"] == Json::array({1}));
}

TEST_CASE("a host without the member key defers inputs to the desk") {
  const Market market;
  std::filesystem::rename(market.dir() / "a.member.key", market.dir() / "elsewhere.key");
  market.Do("a", {"exchange", "blind", "sellers.jsonl", "--defer", "later", "--kind", "pay.iban"});
  market.Do("a", {"exchange", "blind", "sellers.jsonl", "--defer", "later"}, 2);
  market.Do("a", {"exchange", "blind", "--deferred", "later", "--out", "requests"}, 2);
  std::filesystem::rename(market.dir() / "elsewhere.key", market.dir() / "a.member.key");
  CHECK(market.Fetch("a", {"--deferred", "later"}) == 1);
}

}  // namespace
}  // namespace revenant::test

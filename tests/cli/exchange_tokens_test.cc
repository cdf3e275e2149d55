// From keys to tokens at the command line: two platforms, two operators, every step a file.
#include <doctest/doctest.h>

#include <filesystem>

#include "market.h"

namespace revenant::test {
namespace {

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

// Every answer to the requests that a line of `import --json` names, taken in; gives the tokens.
int Answer(const Market& market, const std::string& store, const Json& requests) {
  int tokens = 0;
  for (const Json& ask : requests) {
    const std::string request = ask["request"];
    market.Do("none", {"exchange", "operator", "evaluate", "op0", request, "--out", "first.eval"});
    market.Do("none", {"exchange", "operator", "evaluate", "op1", request, "--after", "first.eval",
                       "--out", "second.eval"});
    const Words unblind = {"exchange", "unblind", request, "first.eval", "second.eval", "--json"};
    tokens += Json::parse(market.Do(store, unblind).out)["tokens"].get<int>();
  }
  return tokens;
}

TEST_CASE("an import asks for tokens while the values are at hand") {
  const Market market;
  const Words import = {"import", "sellers.jsonl", "--tokens-request", "ask", "--json"};
  const Json report = Json::parse(market.Do("a", import).out);
  const Json& requests = report["token_requests"];
  REQUIRE(requests.size() == 2);
  CHECK(requests[0]["request"] == "ask-guessable-epoch1-1.request");
  CHECK(requests[0]["class"] == "guessable");
  CHECK(requests[0]["items"] == 2);
  CHECK(requests[1]["request"] == "ask-random-epoch1-1.request");
  CHECK(std::filesystem::exists(market.dir() / "ask-random-epoch1-1.pending"));
  for (const std::string_view raw : kRaw) {
    for (const Json& ask : requests) {
      CHECK(market.Read(ask["request"]).find(raw) == std::string::npos);
    }
  }
  CHECK(Answer(market, "a", requests) == 3);

  // What has its token is not asked for again, and without the option nothing is.
  CHECK(Json::parse(market.Do("a", import).out)["token_requests"].empty());
  CHECK_FALSE(Json::parse(market.Do("a", {"import", "sellers.jsonl", "--json"}).out)
                  .contains("token_requests"));
  // The other verb that asks agrees.
  market.Do("a", {"exchange", "blind", "sellers.jsonl", "--out", "again"}, 1);
}

TEST_CASE("requests of an import hold what the policy says, each identifier once") {
  const Market market;
  market.Write("policy.toml", "[exchange]\nrequest_items = 2\n");
  market.Do("b", {"policy", "set", "policy.toml"});
  market.Write("more.csv",
               "platform,seller,pay.iban,pay.iban#2\n"
               "eu,s1,DE93999999990000000001,DE66999999990000000002\n"
               "eu,s2,DE93999999990000000001,DE02120300000000202051\n"
               "eu,s3,DE66999999990000000002,\n");
  const Json report =
      Json::parse(market.Do("b", {"import", "more.csv", "--tokens-request", "t", "--json"}).out);
  REQUIRE(report["token_requests"].size() == 2);
  CHECK(report["token_requests"][0]["items"] == 2);
  CHECK(report["token_requests"][1]["items"] == 1);
  CHECK(report["token_requests"][1]["request"] == "t-guessable-epoch1-2.request");
  CHECK(Answer(market, "b", report["token_requests"]) == 3);
}

TEST_CASE("an import that cannot ask enrols nobody") {
  Market market;
  market.Write("new.csv", "platform,seller,pay.iban\neu,new,DE93999999990000000001\n");
  const std::string before = market.Do("a", {"export", "--facts"}).out;
  const auto refused = [&](const std::string& store, Words more, const char* says) {
    Words words = {"import", "new.csv", "--tokens-request", "ask"};
    words.insert(words.end(), more.begin(), more.end());
    const Outcome outcome = market.Do(store, words, 2);
    CHECK_MESSAGE(outcome.err.find(says) != std::string::npos, outcome.err);
    CHECK(market.Do("a", {"export", "--facts"}).out == before);
    for (const auto& entry : std::filesystem::directory_iterator(market.dir())) {
      CHECK_FALSE(entry.path().filename().string().starts_with("ask"));
    }
  };
  refused("a", {"--member-key", "nowhere.key"}, "nowhere.key");
  refused("a", {"--key", "b.key"}, "another key made this store");
  market.Do("loner", {"init"});
  refused("loner", {"--member-key", "a.member.key"}, "no exchange was joined");
  market.now = "2027-03-01T00:00:00Z";
  refused("a", {}, "refused, expired roster");
}

TEST_CASE("audits say what was never compared with other members' lists") {
  const Market market;
  const auto audit = [&](const std::string& out) {
    return Json::parse(market.Do("a", {"audit", "sellers.jsonl", "--out", out, "--json"}).out);
  };
  const Json before = audit("before");
  CHECK(before["awaiting_evaluation"] == 3);
  CHECK(before["clear_local"] == 1);
  const Json verdict = Json::parse(market.Read("before/results.jsonl"));
  CHECK(verdict["awaiting_evaluation"] == 3);
  CHECK(verdict["scope"] == "local");
  CHECK(market.Fetch("a", {"sellers.jsonl"}) == 3);
  CHECK_FALSE(audit("after").contains("clear_local"));
  CHECK(market.Read("after/results.jsonl").find("scope") == std::string::npos);
}

}  // namespace
}  // namespace revenant::test

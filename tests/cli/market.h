// Two platforms and two operators of one exchange, at the command line.
#ifndef REVENANT_TESTS_CLI_MARKET_H_
#define REVENANT_TESTS_CLI_MARKET_H_

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "command.h"

namespace revenant::test {

inline constexpr std::string_view kSellers =
    R"({"platform":"eu","seller":"old","seen":"2026-01-01T00:00:00Z","attributes":[{"kind":"pay.iban","value":"DE89 3704 0044 0532 0130 00"},{"kind":"contact.phone","country":"US","value":"(650) 253-0000"},{"kind":"pay.crypto.eth","value":"0x52908400098527886E0F7030069857D2E4169EE7"}]}
)";
// Raw values and canonical forms that no file may show.
inline constexpr std::string_view kRaw[] = {"DE89370400440532013000", "370400440532",
                                            "+16502530000",           "6502530000",
                                            "52908400098527886",      "52908400098527886e0f"};

inline constexpr std::string_view kMembers =
    R"("operators":["op0.card","op1.card"],"members":[)"
    R"({"id":1,"card":"a.card","guessable":{"backlog":0,"daily":3},"random":{"daily":100}},)"
    R"({"id":2,"card":"b.card","guessable":{"backlog":5,"daily":0},"random":{"daily":100}}]})";

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

  // An exit code of -1 is any.
  Outcome Do(const std::string& store, Words arguments, int exit_code = 0) const {
    arguments.insert(arguments.begin(), {"--now", now});
    const Outcome outcome = On(store, arguments);
    CAPTURE(arguments.back());
    CAPTURE(outcome.err);
    if (exit_code >= 0) CHECK(outcome.exit_code == exit_code);
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

}  // namespace revenant::test

#endif  // REVENANT_TESTS_CLI_MARKET_H_

// A person's rights at the command line: what is held, objections, and erasure at other members.
#include <doctest/doctest.h>

#include "command.h"

namespace revenant::test {
namespace {

constexpr std::string_view kSellers =
    R"({"platform":"eu","seller":"old","seen":"2026-01-01T00:00:00Z","attributes":[{"kind":"pay.iban","value":"DE89 3704 0044 0532 0130 00"}]}
)";
constexpr std::string_view kApplication =
    R"({"platform":"eu","seller":"new","seen":"2026-02-20T00:00:00Z","attributes":[{"kind":"pay.iban","value":"DE89 3704 0044 0532 0130 00"}]}
)";

// Store "a", whose seller eu:old is banned.
struct Desk : Workshop {
  Desk() {
    Write("sellers.jsonl", kSellers);
    Write("application.jsonl", kApplication);
    for (const std::string name : {"a", "b"}) {
      Do(name, {"init"});
      Do(name, {"import", "sellers.jsonl"});
    }
    Do("a", {"infringe", "eu:old", "--right", "trademark", "--case", "C-1"});
    Do("a", {"ban", "eu:old", "--reason", "counterfeit", "--case", "C-1"});
  }
  Outcome Do(const std::string& store, Words arguments, int exit_code = 0) const {
    arguments.insert(arguments.begin(), {"--now", now, "--as", "ann"});
    const Outcome outcome = On(store, arguments);
    CAPTURE(arguments.back());
    CAPTURE(outcome.err);
    CHECK(outcome.exit_code == exit_code);
    return outcome;
  }
  Json One(const std::string& store, Words arguments) const {
    arguments.push_back("--json");
    return Json::parse(Do(store, arguments).out);
  }
  std::string now = "2026-02-01T00:00:00Z";
};

TEST_CASE("an objection is shown as contested until a person has looked, and changes no verdict") {
  Desk desk;
  const auto screen = [&] { return desk.One("a", {"screen", "application.jsonl"}); };
  const Json before = screen();
  CHECK_FALSE(before.contains("contested"));
  desk.Do("a", {"contest", "eu:old"}, 1);
  desk.now = "2026-02-02T00:00:00Z";
  const Json entered = desk.One("a", {"contest", "eu:old", "--statement", "it was my cousin"});
  CHECK(entered["open"] == true);
  CHECK(entered["statement"] == "it was my cousin");
  const Json contested = screen();
  CHECK(contested["contested"] == Json::array({"eu:old"}));
  CHECK(contested["verdict"] == before["verdict"]);
  CHECK(desk.Do("a", {"screen", "application.jsonl"}).out.find("contested") != std::string::npos);
  desk.Do("a", {"dossier", "eu:old", "--out", "case.json"});
  const Json sections = Json::parse(desk.Read("case.json"))["dossier"];
  CHECK(sections["findings"]["contested"] == Json::array({"eu:old"}));
  CHECK(sections["objections"][0]["state"] == "waits for a review");

  desk.now = "2026-02-03T00:00:00Z";
  desk.Do("a", {"contest", "eu:old", "--reviewed-by", "bob"}, 2);  // without an outcome
  desk.Do("a", {"contest", "eu:old", "--reviewed-by", "bob", "--outcome", "maybe"}, 2);
  desk.Do("a", {"contest", "eu:old", "--reviewed-by", "bob", "--outcome", "upheld", "--ref", "7"},
          2);
  const Json reviewed = desk.One("a", {"contest", "eu:old", "--reviewed-by", "bob", "--outcome",
                                       "rejected", "--note", "no proof"});
  CHECK(reviewed["open"] == false);
  CHECK(reviewed["review"]["by"] == "bob");
  CHECK(reviewed["review"]["outcome"] == "rejected");
  CHECK_FALSE(screen().contains("contested"));
  CHECK(desk.Do("a", {"journal", "show"}).out.find("it was my cousin") != std::string::npos);
  desk.Do("a", {"contest", "eu:old", "--take-back"});
  CHECK(desk.One("a", {"contest", "eu:old"})["taken_back"] == true);
}

TEST_CASE("objections have numbers of their own, and no review goes to another one") {
  Desk desk;
  const auto contest = [&](std::initializer_list<const char*> more, int exit_code = 0) {
    Words words = {"contest", "eu:old"};
    words.insert(words.end(), more.begin(), more.end());
    return desk.Do("a", words, exit_code).err;
  };
  contest({"--statement", "first"});
  contest({"--reviewed-by", "ann", "--outcome", "upheld", "--note", "n1"});
  contest({"--statement", "second"});
  contest({"--statement", "third"});
  contest({"--statement", "once more", "--ref", "1"}, 2);
  CHECK(contest({"--reviewed-by", "ann", "--outcome", "rejected"}, 2).find("2, 3") !=
        std::string::npos);
  contest({"--reviewed-by", "ann", "--outcome", "rejected", "--ref", "3"});
  contest({"--reviewed-by", "bob", "--outcome", "rejected"});  // the only one that is open
  contest({"--reviewed-by", "bob", "--outcome", "rejected"}, 2);
  const std::vector<Json> all = Lines(desk.Do("a", {"contest", "eu:old", "--json"}).out);
  REQUIRE(all.size() == 3);
  const char* const expected[][3] = {
      {"first", "ann", "upheld"}, {"second", "bob", "rejected"}, {"third", "ann", "rejected"}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(all[i]["statement"] == expected[i][0]);
    CHECK(all[i]["review"]["by"] == expected[i][1]);
    CHECK(all[i]["review"]["outcome"] == expected[i][2]);
  }
  // A number after which there is none is passed over.
  contest({"--statement", "fourth", "--ref", "18446744073709551615"});
  contest({"--statement", "fifth"});
  contest({"--statement", "sixth"});
  const std::string filed = desk.Do("a", {"contest", "eu:old", "--json"}).out;
  CHECK(Lines(filed).size() == 6);
  for (const char* said : {"fourth", "fifth", "sixth"}) {
    CHECK(filed.find(said) != std::string::npos);
  }
}

TEST_CASE("subject tells what is held about a seller, without any value of an identifier") {
  const Desk desk;
  const Json report = desk.One("a", {"subject", "eu:old"});
  CHECK(report["v"] == 1);
  CHECK(report["seller"] == "eu:old");
  CHECK(report["status"] == "active");
  REQUIRE(report["observations"].size() == 1);
  const Json& held = report["observations"][0];
  CHECK(held["kind"] == "pay.iban");
  CHECK(held["source"] == "eu");
  CHECK(held["first"] == "2026-01-01T00:00:00Z");
  CHECK(held["purpose"].get<std::string>().starts_with("to recognise"));
  CHECK(held["expires"].is_string());
  CHECK(report["cases"].size() == 2);
  CHECK(report["journal"].size() == 3);
  CHECK(report["sanctions"][0]["step"] == "freeze");
  for (const char* empty : {"contests", "alerts", "evaluations", "foreign", "told"}) {
    CHECK(report[empty].empty());
  }
  CHECK(report.dump().find("0044") == std::string::npos);
  CHECK(desk.Do("a", {"subject", "eu:old"}).out.find("shared with others: none") !=
        std::string::npos);
  desk.Do("a", {"subject", "eu:nobody"}, 2);
}

TEST_CASE("an erasure goes out with the next list and comes back as a signed receipt") {
  Desk desk;
  for (const std::string name : {"a", "b"}) {
    desk.Do(name,
            {"exchange", "keygen", "--name", name, "--country", "DE", "--card", name + ".card"});
  }
  desk.Do("a", {"exchange", "operator", "init", "op", "--name", "op", "--card", "op.card"});
  desk.Write("genesis.json", R"({"created":"2026-02-01","expires":"2027-01-01","threshold":2,
    "operators":["op.card"],"epochs":[{"epoch":1,"from":"2026-02-01","until":"2026-12-01"}],
    "members":[{"id":1,"card":"a.card","guessable":{"daily":10},"random":{"daily":10}},
               {"id":2,"card":"b.card","guessable":{"daily":10},"random":{"daily":10}}]})");
  desk.Do("a", {"exchange", "roster", "--draft", "genesis.json", "--out", "draft"});
  desk.Do("a", {"exchange", "roster", "--sign", "draft", "--out", "half"});
  desk.Do("b", {"exchange", "roster", "--sign", "half", "--out", "genesis"});
  desk.Do("a", {"exchange", "operator", "roster", "op", "genesis"});
  for (const std::string name : {"a", "b"}) {
    desk.Do(name, {"exchange", "join", "genesis", "--name", name});
    const Json ask =
        desk.One(name, {"exchange", "blind", "sellers.jsonl", "--out", name + "-desk"});
    const std::string request = ask["request"];
    desk.Do(name, {"exchange", "operator", "evaluate", "op", request, "--out", "answer"});
    desk.Do(name, {"exchange", "unblind", request, "answer"});
  }
  CHECK(desk.One("a", {"subject", "eu:old"})["evaluations"].size() == 1);
  desk.Do("a", {"exchange", "export", "--out", "list.0"});
  desk.Do("b", {"exchange", "import", "list.0"});
  CHECK(desk.One("b", {"subject", "eu:old"})["foreign"].size() == 1);
  const Json told = desk.One("a", {"subject", "eu:old"})["told"];
  REQUIRE(told.size() == 1);
  CHECK(told[0]["readers"] == Json::array({"b"}));

  desk.now = "2026-02-05T00:00:00Z";
  desk.Do("a", {"exchange", "erasures"}, 1);
  desk.Do("a", {"exchange", "withdraw", "eu:old", "--erase"});
  desk.Do("a", {"exchange", "export", "--out", "list.1"});
  const std::vector<Json> open =
      Lines(desk.Do("a", {"exchange", "erasures", "--open", "--json"}).out);
  REQUIRE(open.size() == 1);
  CHECK(open[0]["member"] == "b");
  CHECK(open[0]["seller"] == "eu:old");
  CHECK(open[0]["answered"].is_null());
  std::filesystem::create_directory(desk.dir() / "mail");
  const std::vector<Json> taken =
      Lines(desk.Do("b", {"exchange", "import", "list.1", "--receipts", "mail", "--json"}).out);
  CHECK(taken.front()["erased"] == 1);
  CHECK(desk.One("b", {"subject", "eu:old"})["foreign"].empty());
  CHECK(desk.One("a", {"exchange", "feedback", "--receipt", "mail/a.receipt"})["erased"] == 1);
  desk.Do("a", {"exchange", "erasures", "--open"}, 1);
  CHECK(desk.One("a", {"exchange", "erasures"})["receipt"].get<std::string>().size() == 64);
  CHECK(desk.One("a", {"subject", "eu:old"})["told"][0]["why"] == "erased");
  desk.Do("b", {"exchange", "feedback", "--out", "mail"});  // the receipt once more
  CHECK(desk.Do("a", {"exchange", "feedback", "--receipt", "mail/a.receipt"}).out ==
        "b: has read 0 opinions, erased 0 entries\n");
  desk.Do("a", {"exchange", "feedback", "--stand-by", "eu:old"}, 2);  // nobody disputes it
}

}  // namespace
}  // namespace revenant::test

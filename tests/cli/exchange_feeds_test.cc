// Lists between two platforms at the command line: what is shared, what is refused, and in which
// words.
#include <doctest/doctest.h>

#include <filesystem>
#include <map>

#include "market.h"

namespace revenant::test {
namespace {

namespace fs = std::filesystem;

// Of the market's platforms a has banned its seller and b holds the same identifiers; both have
// their tokens. a published number 0 (its case) and, renewing it, 1 and 2.
struct Traders : Market {
  Traders() {
    Do("a", {"infringe", "eu:old", "--right", "trademark", "--case", "C-1", "--at", "2026-02-01"});
    Do("a", {"ban", "eu:old", "--reason", "counterfeit", "--case", "C-1", "--at", "2026-02-01"});
    Fetch("a", {"sellers.jsonl"});
    Fetch("b", {"sellers.jsonl"});
    // A thief's copy of the store and of its keys publishes another number 1 than the store itself.
    Export("list.0");
    fs::copy(dir() / "a", dir() / "copy", fs::copy_options::recursive);
    fs::copy_file(dir() / "a.member.key", dir() / "thief.key");
    Do("copy", {"exchange", "--member-key", "thief.key", "export", "--valid-days", "5", "--out",
                "other.1", "--key", "a.key"});
    Export("list.1");
    Export("list.2");
    Write("apply.jsonl",
          R"({"platform":"eu","seller":"fresh","seen":"2026-03-01T00:00:00Z","attributes":[)"
          R"({"kind":"pay.iban","value":"DE89370400440532013000"}]})"
          "\n");
  }
  void Export(const std::string& file) const { Do("a", {"exchange", "export", "--out", file}); }
  Outcome Import(const std::string& file, int exit_code = 0) const {
    return Do("b", {"exchange", "import", file, "--json"}, exit_code);
  }
  Json Screen() const { return Json::parse(Do("b", {"screen", "apply.jsonl", "--json"}).out); }
  Json Status(const std::string& store) const {
    return Json::parse(Do(store, {"exchange", "status", "--json"}).out);
  }
  // All that may not change where something is refused: what the stores hold, what the exchange
  // knows, and every file beside them.
  std::string State() const {
    std::string state;
    for (const std::string store : {"a", "b"}) {
      state += Do(store, {"export", "--facts"}).out + Do(store, {"exchange", "status"}).out +
               Do(store, {"exchange", "alerts"}, -1).out;
    }
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(dir())) {
      const std::string name = entry.path().lexically_relative(dir()).string();
      // Opening a store changes its own files, whatever is read or refused.
      const bool of_a_store = fs::exists(dir() / name.substr(0, name.find('/')) / "CURRENT");
      if (entry.is_regular_file() && !of_a_store && name[0] != '.') files[name] = Read(name);
    }
    for (const auto& [name, bytes] : files) state += name + "\n" + bytes + "\n";
    return state;
  }
};

TEST_CASE("a store put back from a copy does not publish a number twice") {
  Traders traders;
  const Outcome refused = traders.Do(
      "copy",
      {"exchange", "--member-key", "a.member.key", "export", "--out", "again", "--key", "a.key"},
      2);
  CHECK(refused.err.find("put back from an older copy") != std::string::npos);
  CHECK_FALSE(fs::exists(traders.dir() / "again"));
}

TEST_CASE("a case is told, found, disputed, withdrawn and gone") {
  Traders traders;
  const Json taken = Json::parse(traders.Import("list.0").out);
  CHECK(taken["outcome"] == "applied");
  CHECK(taken["member"] == "a");
  CHECK(taken["added"] == 3);
  CHECK(taken["matched"] == 3);
  CHECK(taken["new_alerts"] == 1);  // b's own seller
  CHECK(Json::parse(traders.Import("list.0").out)["outcome"] == "unchanged");
  CHECK(Lines(traders.Do("b", {"exchange", "alerts", "--json"}).out).size() == 1);

  const Json verdict = traders.Screen();
  CHECK(verdict["verdict"] == "review");
  const Json& foreign = verdict["foreign"][0];
  CHECK(foreign["member"] == "a");
  CHECK(foreign["reason"] == "counterfeit");
  CHECK(foreign["infringements"] == 1);
  CHECK(foreign["stale"] == false);
  const std::string found = foreign["seller"];

  traders.Do("b", {"exchange", "feedback", found, "--opinion", "false_positive"});
  CHECK(traders.Screen()["verdict"] == "clear");
  CHECK(traders.Status("b")["feeds"][0]["disputed"] == 3);
  traders.Do("b", {"exchange", "feedback", found, "--opinion", "retracted"});
  CHECK(traders.Screen()["verdict"] == "review");
  CHECK(traders.Status("b")["feeds"][0]["disputed"] == 0);

  traders.now = "2026-03-20T00:00:00Z";
  CHECK(traders.Screen()["foreign"][0]["stale"] == true);
  CHECK(traders.Status("b")["feeds"][0]["stale"] == true);
  traders.Import("list.1");
  traders.Import("list.2");
  traders.Do("a", {"exchange", "withdraw", "eu:old"});
  traders.Export("list.3");
  const Json gone = Json::parse(traders.Import("list.3").out);
  CHECK(gone["removed"] == 3);
  CHECK(gone["unmatched"] == 3);
  CHECK(gone["new_alerts"] == 1);
  CHECK(traders.Screen()["verdict"] == "clear");
  traders.Do("a", {"exchange", "withdraw", "eu:old", "--lift"});
  traders.Export("list.4");
  CHECK(Json::parse(traders.Import("list.4").out)["added"] == 3);
  CHECK(traders.Screen()["verdict"] == "review");
}

TEST_CASE("opinions, entries and receipts are counted in words") {
  const Traders traders;
  traders.Import("list.0");
  const std::string found = traders.Screen()["foreign"][0]["seller"];
  traders.Do("b", {"exchange", "feedback", found, "--opinion", "false_positive"});
  fs::create_directory(traders.dir() / "mail");
  traders.Do("b", {"exchange", "feedback", "--out", "mail"});
  CHECK(traders.Do("a", {"exchange", "feedback", "--take", "mail/a.feedback", "--receipt-out", "r"})
            .out == "b: 3 opinions taken, 0 without proof\n");
  CHECK(traders.Do("b", {"exchange", "feedback", "--receipt", "r"}).out ==
        "a: has read 3 opinions, erased 0 entries\n");
}

TEST_CASE("the status of an exchange says what a person wants to know") {
  Traders traders;
  Json status = traders.Status("a");
  CHECK(status["self"] == "a");
  CHECK(status["roster_version"] == "0");
  CHECK(status["forked"] == false);
  CHECK(status["epoch"] == 1);
  CHECK(status["epochs"].size() == 1);
  CHECK(status["epochs"][0]["until"] == "2026-06-01T00:00:00Z");
  CHECK(status["tokens"] == 3);
  CHECK(status["members"].size() == 2);
  CHECK(status["members"][1]["guessable"]["backlog"] == 5);
  CHECK(status["pending"] == Json({{"requests", 0}, {"items", 0}, {"oldest", nullptr}}));
  REQUIRE(status["quotas"].size() == 2);
  CHECK(status["quotas"][0] == Json({{"class", "guessable"},
                                     {"daily", 3},
                                     {"left_today", 1},
                                     {"backlog", 0},
                                     {"left_of_backlog", 0},
                                     {"asked", 2}}));
  CHECK(status["quotas"][1]["left_today"] == 99);
  REQUIRE(status["feeds"].size() == 1);
  CHECK(status["feeds"][0]["own"] == true);
  CHECK(status["feeds"][0]["seq"] == 2);
  CHECK(status["feeds"][0]["live"] == 3);
  // b has a backlog and no daily rate.
  CHECK(traders.Status("b")["quotas"][0]["left_of_backlog"] == 3);

  traders.Write("more.csv", "platform,seller,pay.iban\neu,s1,DE93999999990000000001\n");
  traders.Do("a", {"exchange", "blind", "more.csv", "--out", "more"});
  status = traders.Status("a");
  CHECK(status["pending"] ==
        Json({{"requests", 1}, {"items", 1}, {"oldest", "2026-03-01T00:00:00Z"}}));
  CHECK(status["quotas"][0]["left_today"] == 0);
  const std::string text = traders.Do("a", {"exchange", "status"}).out;
  for (const char* says :
       {"we are a; roster 0 holds until 2027-01-01T00:00:00Z", "epoch 1, 3 identifiers",
        "guessable identifiers: 0 of 3 left today, 0 of 0 of the backlog",
        "1 request with 1 item not answered yet", "number 1.2, epoch 1, 3 live"}) {
    CHECK_MESSAGE(text.find(says) != std::string::npos, says, " in\n", text);
  }
  traders.now = "2026-03-02T00:00:00Z";  // a day's rate is a day's
  CHECK(traders.Status("a")["quotas"][0]["left_today"] == 3);
  traders.now = "2026-07-01T00:00:00Z";
  CHECK(traders.Status("a")["epoch"] == 0);
  CHECK(traders.Status("a")["feeds"][0]["stale"] == true);
}

struct RefusedCase {
  const char* name;
  const char* store;
  Words words;
  const char* says;
  const char* now = "2026-03-02T00:00:00Z";
};
const RefusedCase kRefused[] = {
    {"an older list",
     "b",
     {"exchange", "import", "list.0"},
     "list.0: refused, rollback: number 1 is held, not 0"},
    {"a damaged list", "b", {"exchange", "import", "flipped"}, "flipped: refused, checksum"},
    {"half a list", "b", {"exchange", "import", "half"}, "half: refused, truncated"},
    {"no list", "b", {"exchange", "import", "sellers.jsonl"}, "refused, not an exchange file"},
    {"a file that is no list",
     "b",
     {"exchange", "import", "genesis.roster"},
     "refused, wrong type"},
    {"no file", "b", {"exchange", "import", "nowhere"}, "nowhere"},
    {"our own list", "a", {"exchange", "import", "list.2"}, "refused, not for us"},
    {"another member's key",
     "b",
     {"exchange", "--member-key", "a.member.key", "import", "list.2"},
     "refused, not for us"},
    {"another exchange", "b", {"exchange", "import", "elsewhere.0"}, "refused, wrong exchange"},
    {"an expired roster",
     "b",
     {"exchange", "import", "list.2"},
     "refused, expired roster: version 0 held until 2027-01-01T00:00:00Z: adopt its successor",
     "2027-02-01T00:00:00Z"},
    {"a list out of the future",
     "b",
     {"exchange", "import", "list.2"},
     "refused, wrong times",
     "2026-02-15T00:00:00Z"},
    {"another store's key",
     "a",
     {"exchange", "export", "--out", "x", "--key", "b.key"},
     "another key made this store"},
    {"an export by another member",
     "a",
     {"exchange", "--member-key", "b.member.key", "export", "--out", "x"},
     "refused, ended key generation: these are not the keys that the roster names"},
    {"no member key",
     "a",
     {"exchange", "--member-key", "nowhere.key", "export", "--out", "x"},
     "nowhere.key"},
    {"a list that is fresh for too long",
     "a",
     {"exchange", "export", "--valid-days", "31", "--out", "x"},
     "valid for 1 to 30 days"},
    {"an export under an expired roster",
     "a",
     {"exchange", "export", "--out", "x"},
     "refused, expired roster",
     "2027-02-01T00:00:00Z"},
    {"an export in no epoch",
     "a",
     {"exchange", "export", "--out", "x"},
     "refused, wrong epoch: no epoch is in force: the operators must open one",
     "2026-07-01T00:00:00Z"},
    {"an export to nowhere", "a", {"exchange", "export"}, "name --out FILE, or --dry-run"},
    {"a store that joined no exchange",
     "loner",
     {"exchange", "--member-key", "a.member.key", "export", "--out", "x"},
     "no exchange was joined; `exchange join` does it"},
    {"a second exchange",
     "a",
     {"exchange", "join", "genesis.roster", "--name", "a"},
     "this store belongs to exchange"},
    {"somebody else's name",
     "loner",
     {"exchange", "--member-key", "a.member.key", "join", "genesis.roster", "--name", "b"},
     "refused, unknown member: the roster names this member with other keys"},
    {"no roster", "a", {"exchange", "roster", "list.0"}, "refused, wrong type"},
    {"a roster that nobody signed",
     "a",
     {"exchange", "roster", "next.draft"},
     "refused, roster not signed"},
    {"a roster that too few signed",
     "a",
     {"exchange", "roster", "next.half"},
     "refused, roster not signed"},
    {"a roster of another exchange",
     "a",
     {"exchange", "roster", "elsewhere.roster"},
     "refused, wrong exchange"},
    {"a roster with one missing before",
     "a",
     {"exchange", "roster", "later.roster"},
     "refused, roster gap"},
    {"member keys over member keys",
     "a",
     {"exchange", "keygen", "--name", "a", "--country", "DE", "--card", "x"},
     "a.member.key"},
    {"a member without a name",
     "loner",
     {"exchange", "keygen", "--name", "A B", "--country", "DE", "--card", "x"},
     "a member has a name of a-z"},
    {"an unknown seller withdrawn",
     "a",
     {"exchange", "withdraw", "eu:nobody"},
     "eu:nobody: no such seller"},
    {"an opinion of an unknown case",
     "b",
     {"exchange", "feedback", "exchange/a:0000000000000001", "--opinion", "confirmed"},
     "no such case is matched here"},
    {"a letter that is none",
     "a",
     {"exchange", "feedback", "--take", "genesis.roster"},
     "refused, wrong type"},
    {"an answer to another request",
     "a",
     {"exchange", "unblind", "asked/guessable-epoch1-1.request", "first.eval", "second.eval"},
     "refused, wrong request"},
    {"an operator over an operator",
     "none",
     {"exchange", "operator", "init", "op0", "--name", "x", "--place", "0", "--card", "x"},
     "op0"},
    {"a request that is none",
     "none",
     {"exchange", "operator", "evaluate", "op0", "genesis.roster", "--out", "x"},
     "refused, wrong type"},
    {"the second operator first",
     "none",
     {"exchange", "operator", "evaluate", "op1", "asked/guessable-epoch1-1.request", "--out", "x"},
     "refused, wrong request"},
    {"a damaged request",
     "none",
     {"exchange", "operator", "evaluate", "op0", "damaged.request", "--out", "x"},
     "refused, checksum"},
};

// What the rows name: lists 0 and 1 are in, 2 is not.
struct Refusals : Traders {
  Refusals() {
    Import("list.0");
    Import("list.1");
    Write("flipped", Flipped("list.2"));
    Write("half", Read("list.2").substr(0, Read("list.2").size() / 2));
    Do("loner", {"init"});
    // The same two members, in another exchange.
    Publish("elsewhere", "",
            R"({"created":"2026-01-02","expires":"2027-01-01","threshold":2,)"
            R"("epochs":[{"epoch":1,"from":"2026-01-01","until":"2026-06-01"}],)");
    Do("far", {"init"});
    Do("far",
       {"exchange", "--member-key", "a.member.key", "join", "elsewhere.roster", "--name", "a"});
    Do("far", {"exchange", "--member-key", "a.member.key", "export", "--out", "elsewhere.0"});
    const std::string front = R"({"created":"2026-01-02","expires":"2027-06-01","threshold":2,)"
                              R"("epochs":[{"epoch":1,"from":"2026-01-01","until":"2026-06-01"}],)";
    Publish("next", "genesis", front);
    Publish("later", "next", front);
    Write("new.csv", "platform,seller,pay.iban\neu,s1,DE93999999990000000001\n");
    Do("a", {"exchange", "blind", "new.csv", "--out", "asked"});
    Write("damaged.request", Flipped("asked/guessable-epoch1-1.request"));
  }
  std::string Flipped(const std::string& file) const {
    std::string bytes = Read(file);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 4);
    return bytes;
  }
};

// Several commands a row look at what is there: seconds in all.
TEST_CASE("what is refused is named in one line, and nothing is written" *
          doctest::test_suite("slow")) {
  Refusals world;
  const std::string before = world.State();
  for (const RefusedCase& row : kRefused) {
    CAPTURE(std::string(row.name));
    world.now = row.now;
    const Outcome outcome = world.Do(row.store, row.words, 2);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.starts_with("revenant: "));
    CHECK(outcome.err.find('\n') == outcome.err.size() - 1);
    CHECK_MESSAGE(outcome.err.find(row.says) != std::string::npos, outcome.err);
    world.now = "2026-03-01T00:00:00Z";
    const bool unchanged = world.State() == before;
    CHECK(unchanged);
  }
}

TEST_CASE("a list with one missing before it is held, and says what it needs") {
  const Traders traders;
  traders.Import("list.0");
  const std::string before = traders.State();
  const Json held = Json::parse(traders.Import("list.2", 1).out);
  CHECK(held["outcome"] == "held");
  CHECK(held["needs"] == "deltas 1 to 1 of a, or a snapshot");
  const bool unchanged = traders.State() == before;
  CHECK(unchanged);
  traders.Do("a", {"exchange", "export", "--again", "snapshot", "--out", "whole"});
  CHECK(Json::parse(traders.Import("whole").out)["outcome"] == "applied");
  CHECK(traders.Status("b")["feeds"][0]["seq"] == 2);
}

TEST_CASE("a publisher that contradicts itself is refused, and both its words are kept") {
  const Traders traders;
  traders.Import("list.0");
  traders.Import("list.1");
  const std::string before = traders.Do("b", {"export", "--facts"}).out;
  const Outcome outcome = traders.Import("other.1", 2);
  CHECK(outcome.err ==
        "revenant: other.1: refused, equivocation: a: there are two headers of "
        "number 1\n");
  CHECK(traders.Do("b", {"export", "--facts"}).out == before);
  CHECK(traders.Status("b")["evidence"] == 1);
  traders.Import("other.1", 2);
  CHECK(traders.Status("b")["evidence"] == 1);
  CHECK(traders.Do("b", {"exchange", "status"}).out.find("contradiction") != std::string::npos);
  traders.Import("list.2");  // the list itself continues
}

TEST_CASE("a leap of a list's number is no further than the policy lets it") {
  const Traders traders;
  traders.Write("policy.toml", "[exchange]\nmax_seq_leap = 1\n");
  traders.Do("b", {"policy", "set", "policy.toml"});
  traders.Import("list.0");
  traders.Do("a", {"exchange", "export", "--again", "snapshot", "--out", "whole"});
  CHECK(traders.Import("whole", 2).err.find("refused, sequence leap: from 0 to 2") !=
        std::string::npos);
  traders.Import("list.1");
  traders.Import("whole");
}

TEST_CASE("the policy says what may leave, how much makes an infringer, and for how long") {
  Traders traders;
  const auto plan = [&](const std::string& toml) {
    traders.Write("policy.toml", "[exchange]\n" + toml);
    traders.Do("a", {"policy", "set", "policy.toml"});
    const Outcome outcome = traders.Do("a", {"exchange", "export", "--dry-run", "--json"}, -1);
    return Json::parse(outcome.out);
  };
  CHECK(plan("")["live"] == 3);
  CHECK(plan("min_infringements = 2")["left_out"]["low_confidence"] == 1);
  const Json kept = plan("[exchange.only_to]\n\"pay.iban\" = \"none\"");
  CHECK(kept["left_out"]["jurisdiction"] == 1);
  CHECK_FALSE(kept["kinds"].contains("pay.iban"));
  CHECK(kept["withdrawn"] == 1);
  CHECK(plan("[exchange.listed_days]\ncontact = 10")["left_out"]["expired"] == 1);
  const std::string shown = traders.Do("a", {"policy", "show"}).out;
  CHECK(shown.find("[exchange.listed_days]") != std::string::npos);
  CHECK(shown.find("contact = 10") != std::string::npos);

  traders.Write("policy.toml", "[exchange]\nsilence_days = 0\n");
  CHECK(traders.Do("a", {"policy", "set", "policy.toml"}, 2)
            .err.starts_with("revenant: policy.toml:2:16: silence_days must be a whole number"));
  CHECK(traders.Do("a", {"policy", "show"}).out == shown);

  // Quotas of members for which a draft names none.
  traders.Write("policy.toml", "[exchange]\nguessable_daily = 7\nrandom_backlog = 8\n");
  traders.Do("a", {"policy", "set", "policy.toml"});
  traders.Write("draft.json", R"({"created":"2026-01-01","expires":"2027-01-01","threshold":2,)"
                              R"("epochs":[{"epoch":1,"from":"2026-01-01","until":"2026-06-01"}],)"
                              R"("operators":["op0.card"],"members":[{"id":1,"card":"a.card"},)"
                              R"({"id":2,"card":"b.card","random":{"daily":1}}]})");
  traders.Do("a", {"exchange", "roster", "--draft", "draft.json", "--out", "d0"});
  traders.Do("a", {"exchange", "roster", "--sign", "d0", "--out", "d1"});
  traders.Do("b", {"exchange", "roster", "--sign", "d1", "--out", "d2"});
  traders.Do("far", {"init"});
  traders.Do("far", {"exchange", "--member-key", "a.member.key", "join", "d2", "--name", "a"});
  const Json members = Json::parse(
      traders.Do("far", {"exchange", "--member-key", "a.member.key", "status", "--json"})
          .out)["members"];
  CHECK(members[0]["guessable"] == Json({{"backlog", 0}, {"daily", 7}}));
  CHECK(members[0]["random"] == Json({{"backlog", 8}, {"daily", 1'000'000}}));
  CHECK(members[1]["random"] == Json({{"backlog", 0}, {"daily", 1}}));
}

TEST_CASE("A draft that lacks what a roster needs is refused by the name of the field") {
  Traders traders;
  Json whole = Json::parse(R"({"created":"2026-01-01","expires":"2027-01-01","threshold":2,)"
                           R"("epochs":[{"epoch":1,"from":"2026-01-01","until":"2026-06-01"}],)"
                           R"("operators":["op0.card"],"members":[{"id":1,"card":"a.card"},)"
                           R"({"id":2,"card":"b.card"}]})");
  for (const char* field : {"created", "expires", "threshold", "epochs", "operators", "members"}) {
    CAPTURE(field);
    Json draft = whole;
    draft.erase(field);
    traders.Write("draft.json", draft.dump());
    const Outcome outcome =
        traders.Do("a", {"exchange", "roster", "--draft", "draft.json", "--out", "d0"}, 2);
    CHECK(outcome.err.find(field) != std::string::npos);
    CHECK_FALSE(fs::exists(traders.dir() / "d0"));
  }
}

}  // namespace
}  // namespace revenant::test

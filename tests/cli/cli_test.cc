// What scripts rely on: exit codes, one-line errors, JSON shapes, and that verbs do what they say.

#include <doctest/doctest.h>

#include <cstdlib>
#include <set>
#include <sstream>

#include "command.h"

namespace revenant::test {
namespace {

constexpr std::string_view kSellers =
    R"({"platform":"eu","seller":"old","seen":"2026-01-01T00:00:00Z","attributes":[{"kind":"pay.iban","value":"DE89 3704 0044 0532 0130 00"},{"kind":"contact.email","value":"jane.roe@roe-trading-ltd.org"}]}
{"platform":"eu","seller":"twin","seen":"2026-02-01T00:00:00Z","attributes":[{"kind":"pay.iban","value":"DE89370400440532013000"},{"kind":"device.imei","value":"490154203237518"}]}
{"platform":"eu","seller":"other","seen":"2026-02-02T00:00:00Z","attributes":[{"kind":"pay.iban","value":"GB82 WEST 1234 5698 7654 32"}]}
)";
constexpr std::string_view kApplicant =
    R"({"platform":"eu","seller":"new","seen":"2026-05-01T00:00:00Z","status":"applicant","attributes":[{"kind":"pay.iban","value":"DE89370400440532013000"},{"kind":"contact.email","value":"jane.roe@roe-trading-ltd.org"},{"kind":"device.imei","value":"490154203237518"}]}
)";
constexpr std::string_view kStranger =
    R"({"platform":"eu","seller":"fresh","attributes":[{"kind":"pay.iban","value":"FR1420041010050500013M02606"}]}
)";

std::set<std::string> Keys(const Json& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.insert(key);
  return keys;
}

// A store "s" with three sellers: "old" and "twin" share an account, "other" stands alone.
struct Shop : Workshop {
  Shop() {
    Write("sellers.jsonl", kSellers);
    Write("new.jsonl", kApplicant);
    Write("stranger.jsonl", kStranger);
    REQUIRE(On("s", {"init"}).exit_code == 0);
    REQUIRE(On("s", {"import", "sellers.jsonl"}).exit_code == 0);
  }
  Outcome Do(const Words& arguments, std::string_view input = {}) const {
    return On("s", arguments, input);
  }
  // The only object that the verb gives.
  Json Ask(Words arguments, int exit_code = 0) const {
    arguments.push_back("--json");
    const Outcome outcome = Do(arguments);
    CAPTURE(outcome.err);
    REQUIRE(outcome.exit_code == exit_code);
    const std::vector<Json> lines = Lines(outcome.out);
    REQUIRE(lines.size() == 1);
    return lines.front();
  }
};

void CheckOneLineError(const Outcome& outcome) {
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.err.starts_with("revenant: "));
  CHECK(outcome.err.ends_with("\n"));
  CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1);
}

TEST_CASE("a ban blocks the storefront behind it until it is lifted") {
  const Shop shop;
  CHECK(shop.Ask({"screen", "new.jsonl"})["verdict"] == "clear");
  CHECK(shop.Do({"ban", "eu:old", "--reason", "counterfeit", "--case", "C-1", "--at",
                 "2026-03-01T00:00:00Z"})
            .exit_code == 0);

  const Json verdict = shop.Ask({"screen", "new.jsonl"});
  CHECK(verdict["verdict"] == "block");
  REQUIRE(!verdict["links"].empty());
  CHECK(verdict["links"][0]["seller"] == "eu:old");
  CHECK(verdict["links"][0]["ban"]["reason"] == "counterfeit");
  CHECK(shop.Ask({"screen", "stranger.jsonl"})["verdict"] == "clear");

  const Outcome why = shop.Do({"explain", "eu:twin", "eu:old"});
  CHECK(why.exit_code == 0);
  CHECK(why.out.find("IBAN") != std::string::npos);
  const Outcome told = shop.Do({"explain", "eu:twin", "eu:old", "--for", "seller"});
  CHECK(told.out.find("eu:old") == std::string::npos);
  CHECK(shop.Do({"explain", "eu:other", "eu:old"}).exit_code == 1);

  CheckOneLineError(shop.Do({"reinstate", "eu:old", "--case", "C-2"}));
  CHECK(shop.Ask({"screen", "new.jsonl"})["verdict"] == "block");
  CHECK(shop.Do({"reinstate", "eu:old"}).exit_code == 0);
  CHECK(shop.Ask({"screen", "new.jsonl"})["verdict"] == "clear");
}

TEST_CASE("what is decided must make sense now, and what lifts says what still stands") {
  const Shop shop;
  const auto banned = [&] { return shop.Ask({"stats"})["banned"].get<int>(); };
  CheckOneLineError(
      shop.Do({"ban", "eu:old", "--reason", "x", "--case", "1", "--at", "2062-03-01"}));
  CheckOneLineError(
      shop.Do({"infringe", "eu:old", "--right", "design", "--case", "1", "--at", "2062-03-01"}));
  CheckOneLineError(shop.Do({"reinstate", "eu:old"}));
  CheckOneLineError(shop.Do({"retract", "eu:old", "--case", "1"}));
  CheckOneLineError(shop.Do({"allow-link", "eu:old", "eu:twin"}));
  CheckOneLineError(shop.Do({"reinstate", "eu:nobody"}));
  CHECK(banned() == 0);
  CHECK(shop.Ask({"stats"})["sellers"] == 3);

  REQUIRE(
      shop.Do({"ban", "eu:old", "--reason", "x", "--case", "1", "--at", "2026-02-01"}).exit_code ==
      0);
  REQUIRE(shop.Do({"ban", "eu:old", "--reason", "fraud", "--case", "2", "--at", "2026-03-01"})
              .exit_code == 0);
  CheckOneLineError(shop.Do({"reinstate", "eu:old", "--case", "3"}));
  const Outcome one = shop.Do({"reinstate", "eu:old", "--case", "1"});
  CHECK(one.exit_code == 0);
  CHECK(one.out.find("eu:old is still banned: case 2 since 2026-03-01") == 0);
  const Outcome early = shop.Do({"reinstate", "eu:old", "--at", "2026-02-15"});
  CHECK(early.exit_code == 0);
  CHECK(early.out.find("still banned: case 2") != std::string::npos);
  const Json told = shop.Ask({"reinstate", "eu:old", "--at", "2026-02-15"}, 1);  // again
  REQUIRE(told["still_in_force"].size() == 1);
  CHECK(told["still_in_force"][0]["case"] == "2");
  CHECK(banned() == 1);
  const Outcome all = shop.Do({"reinstate", "eu:old"});
  CHECK(all.out.find("eu:old reinstated") == 0);
  CHECK(banned() == 0);
}

TEST_CASE("withdrawing the shared account parts the cluster") {
  const Shop shop;
  CHECK(shop.Ask({"cluster", "eu:old"})["size"] == 2);
  const Words withdraw = {"withdraw", "eu:twin", "--kind", "pay.iban", "--value", "-"};
  const Outcome gone = shop.Do(withdraw, "DE89 3704 0044 0532 0130 00\n");
  CHECK(gone.exit_code == 0);
  CHECK(shop.Ask({"cluster", "eu:old"})["size"] == 1);
  CHECK(shop.Ask({"stats"})["linked_clusters"] == 0);
  SUBCASE("once more finds nothing") {
    CHECK(shop.Do(withdraw, "DE89370400440532013000").exit_code == 1);
  }
  SUBCASE("a value that is none is refused without being quoted") {
    const Outcome refused = shop.Do(withdraw, "DE00370400440532013000");
    CheckOneLineError(refused);
    CHECK(refused.err.find("DE00") == std::string::npos);
  }
}

TEST_CASE("an investigator's finding keeps two sellers apart") {
  const Shop shop;
  CHECK(shop.Ask({"cannot-link", "eu:old", "eu:twin"})["sellers_moved"] > 0);
  CHECK(shop.Ask({"cluster", "eu:old"})["size"] == 1);
  CHECK(shop.Ask({"allow-link", "eu:old", "eu:twin"})["changed"] == true);
  // Both at the same moment (the clock stands still): the lifting event wins.
  CHECK(shop.Ask({"cluster", "eu:old"})["size"] == 2);
}

TEST_CASE("a forgotten seller stays out") {
  const Shop shop;
  CHECK(shop.Ask({"forget", "eu:other"})["cluster"].is_null());
  CHECK(shop.Ask({"stats"})["sellers"] == 2);
  const Outcome again = shop.Do({"import", "sellers.jsonl", "--rejects", "r.csv", "--json"});
  CHECK(again.exit_code == 0);
  CHECK(Lines(again.out).back()["rejected"] == 1);
  CHECK(shop.Read("r.csv").find("sellers.jsonl,3,") != std::string::npos);
  CHECK(shop.Ask({"stats"})["sellers"] == 2);
  CHECK(shop.Do({"ban", "eu:twin", "--reason", "x"}).exit_code == 0);
  CheckOneLineError(shop.Do({"forget", "eu:old"}));
  CHECK(shop.Do({"forget", "eu:old", "--override", "court order"}).exit_code == 0);
}

TEST_CASE("infringements are counted and retracted") {
  const Shop shop;
  const Words enter = {"infringe", "eu:old", "--right", "trademark", "--case", "T-1"};
  CHECK(shop.Ask(enter)["changed"] == true);
  CHECK(shop.Ask(enter)["changed"] == false);
  CHECK(shop.Ask({"cluster", "eu:twin"})["infringements"] == 1);
  CHECK(shop.Ask({"retract", "eu:old", "--case", "T-1"})["changed"] == true);
  CHECK(shop.Ask({"cluster", "eu:twin"})["infringements"] == 0);
}

TEST_CASE("screen tells its gravest verdict by the exit code when asked") {
  const Shop shop;
  REQUIRE(shop.Do({"ban", "eu:old", "--reason", "x", "--at", "2026-03-01"}).exit_code == 0);
  struct Case {
    const char* name;
    std::string input;
    Words options;
    int exit_code;
  };
  const std::string stranger(kStranger), applicant(kApplicant);
  const Case kCases[] = {
      {"clear", stranger, {"--exit-code"}, 0},
      {"block among clear ones", stranger + applicant + stranger, {"--exit-code"}, 20},
      {"not asked for", applicant, {}, 0},
      {"nothing to judge", "\n", {}, 2},
      {"all unreadable", "{}\n", {}, 1},
      {"all unreadable, asked", "{}\n", {"--exit-code"}, 2},
      {"unreadable", stranger + "{\"platform\":\"eu\"}\n", {"--exit-code"}, 2},
      {"unreadable, not asked", stranger + "{\"platform\":\"eu\"}\n", {}, 0},
  };
  for (const Case& test : kCases) {
    CAPTURE(test.name);
    Words words = {"screen", "-", "--format", "jsonl"};
    words.insert(words.end(), test.options.begin(), test.options.end());
    CHECK(shop.Do(words, test.input).exit_code == test.exit_code);
  }
}

// A name that other platforms' cases have is no applicant's, whether or not a filter can tell that
// nothing links to it.
TEST_CASE("ScreenAnswersTheSameInWordsAndInJson") {
  const Shop shop;
  constexpr std::string_view kForeign =
      R"({"platform":"exchange/x","seller":"y","attributes":[{"kind":"pay.iban","value":"FR1420041010050500013M02606"}]}
)";
  for (const std::string_view input : {kStranger, kApplicant, kForeign}) {
    for (const bool in_memory : {false, true}) {
      CAPTURE(input);
      CAPTURE(in_memory);
      Words words = {"screen", "-", "--format", "jsonl"};
      if (in_memory) words.push_back("--in-memory");
      const Outcome text = shop.Do(words, input);
      words.push_back("--json");
      const Outcome json = shop.Do(words, input);
      CHECK(text.exit_code == json.exit_code);
      CHECK(text.out.empty() == json.out.empty());
    }
  }
}

TEST_CASE("every bad input ends in one line, and the store is as it was") {
  const Shop shop;
  const std::string before = shop.Do({"export", "--facts"}).out;
  REQUIRE(!before.empty());
  shop.Write("twice.csv", "platform,seller,seller\neu,a,b\n");
  shop.Write("lacks.csv", "platform,name\neu,a\n");
  shop.Write("open.csv", "platform,seller,pay.iban\neu,a,\"DE89\n");
  shop.Write("array.json", "[{\"platform\":\"eu\"}]\n");
  shop.Write("zip.csv", std::string_view("PK\x03\x04rest", 8));
  shop.Write("utf16.csv", std::string_view("\xff\xfep\0l\0", 6));
  shop.Write("bans.csv", "platform,seller,reason,at\neu,a,x,2026-01-01\neu,b,x,yesterday\n");
  shop.Write("noreason.csv", "platform,seller,reason\neu,a,\n");
  shop.Write("cut.jsonl.gz", Gzip(std::string(kSellers)).substr(0, 60));
  shop.Write("truth.csv", "platform,seller,entity\neu,old,1\neu,old,2\n");
  shop.Write("bad.toml", "[link]\nmax_hops = 2\nmax_hopps = 3\n");
  shop.Write("range.toml", "[link]\nmax_hops = 99\n");
  shop.Write("junk.key", "not a key\n");
  shop.Write("fresh.key", "not a key\n");
  REQUIRE(shop.On("elsewhere", {"init"}).exit_code == 0);
  std::filesystem::create_directory(shop.dir() / "plain");
  shop.Write("plain/file", "x");
  std::filesystem::permissions(shop.Write("open.key", shop.Read("s.key")),
                               std::filesystem::perms(0644));

  struct Case {
    const char* name;
    Words words;
    std::vector<const char*> says;
  };
  const Case kCases[] = {
      {"no verb", {}, {"verb"}},
      {"unknown verb", {"frob"}, {"frob"}},
      {"unknown option", {"stats", "--frob"}, {"--frob", "revenant stats --help"}},
      {"missing argument", {"explain", "eu:old"}, {"B is required"}},
      {"no store named", {"stats"}, {"--store"}},
      {"no store there", {"--store", "none", "stats"}, {"none", "init"}},
      {"not a store", {"--store", "plain", "--key", "s.key", "stats"}, {"plain", "no store"}},
      {"wrong key", {"--store", "s", "--key", "elsewhere.key", "stats"}, {"another key"}},
      {"no key", {"--store", "s", "--key", "none.key", "stats"}, {"none.key"}},
      {"damaged key", {"--store", "s", "--key", "junk.key", "stats"}, {"junk.key"}},
      {"key that others may read", {"--store", "s", "--key", "open.key", "stats"}, {"open.key"}},
      {"store is there already", {"--store", "s", "--key", "new.key", "init"}, {"not empty"}},
      {"store and key are there already", {"--store", "s", "init"}, {"s", "not empty", "stats"}},
      {"key is there already", {"--store", "fresh", "init"}, {"fresh.key", "--key"}},
      {"folder that cannot be made",
       {"--store", "/proc/none", "--key", "k", "init"},
       {"/proc/none"}},
      {"no such file", {"--store", "s", "import", "none.csv"}, {"none.csv", "cannot open"}},
      {"a folder as input", {"--store", "s", "import", "plain"}, {"plain"}},
      {"a column twice", {"--store", "s", "import", "twice.csv"}, {"twice.csv:1:", "seller"}},
      {"a column is missing", {"--store", "s", "import", "lacks.csv"}, {"lacks.csv:1:", "seller"}},
      {"a quote never ends", {"--store", "s", "import", "open.csv"}, {"open.csv:2:"}},
      {"one JSON array",
       {"--store", "s", "import", "array.json"},
       {"array.json:1:1", "JSON Lines"}},
      {"a zip archive", {"--store", "s", "import", "zip.csv"}, {"zip.csv", "zip"}},
      {"UTF-16 without a seller", {"--store", "s", "import", "utf16.csv"}, {"utf16.csv", "seller"}},
      {"cut gzip", {"--store", "s", "import", "cut.jsonl.gz"}, {"cut.jsonl.gz", "truncated"}},
      {"a mapping without =", {"--store", "s", "import", "--map", "x", "sellers.jsonl"}, {"--map"}},
      {"a mapping to nothing",
       {"--store", "s", "import", "--map", "x=pay.nothing", "sellers.jsonl"},
       {"pay.nothing"}},
      {"rejects that cannot be written",
       {"--store", "s", "import", "--rejects", "none/r.csv", "sellers.jsonl"},
       {"none/r.csv"}},
      {"a seller without colon", {"--store", "s", "cluster", "old"}, {"PLATFORM:EXTERNAL_ID"}},
      {"an unknown seller", {"--store", "s", "cluster", "eu:nobody"}, {"eu:nobody", "no such"}},
      {"a ban without reason", {"--store", "s", "ban", "eu:old"}, {"--reason"}},
      {"a ban at no time",
       {"--store", "s", "ban", "eu:old", "--reason", "x", "--at", "now"},
       {"--at"}},
      {"a bad row of bans", {"--store", "s", "ban", "--from", "bans.csv"}, {"bans.csv:3:"}},
      {"a ban without reason in a file",
       {"--store", "s", "ban", "--from", "noreason.csv"},
       {"noreason.csv:2:", "reason"}},
      {"both a seller and a file", {"ban", "eu:old", "--from", "bans.csv"}, {"excludes"}},
      {"an unknown right",
       {"--store", "s", "infringe", "eu:old", "--right", "moral", "--case", "1"},
       {"--right"}},
      {"an unknown kind",
       {"--store", "s", "withdraw", "eu:old", "--kind", "pay.nothing", "--value", "1"},
       {"pay.nothing", "kinds"}},
      {"differing from itself", {"--store", "s", "cannot-link", "eu:old", "eu:old"}, {"itself"}},
      {"two entities of one seller",
       {"--store", "s", "evaluate", "--truth", "truth.csv"},
       {"truth.csv:3:"}},
      {"a minimum beyond one",
       {"--store", "s", "evaluate", "--truth", "truth.csv", "--min-f1", "2"},
       {"--min-f1"}},
      {"an unknown setting",
       {"--store", "s", "policy", "set", "bad.toml"},
       {"bad.toml:3:", "max_hopps"}},
      {"a setting out of range",
       {"--store", "s", "policy", "set", "range.toml"},
       {"range.toml:2:"}},
      {"policy without a verb", {"--store", "s", "policy"}, {"policy --help"}},
      {"results among other files",
       {"--store", "s", "audit", "new.jsonl", "--out", "plain"},
       {"plain", "file"}},
  };
  for (const Case& test : kCases) {
    CAPTURE(test.name);
    const Outcome outcome = shop.Run(test.words);
    CAPTURE(outcome.err);
    CheckOneLineError(outcome);
    CHECK(outcome.out.empty());
    for (const char* word : test.says) {
      CAPTURE(word);
      CHECK(outcome.err.find(word) != std::string::npos);
    }
  }
  CHECK(shop.Do({"export", "--facts"}).out == before);
  CHECK(shop.Do({"fsck"}).exit_code == 0);
  CHECK(!std::filesystem::exists(shop.dir() / "new.key"));
}

TEST_CASE("what cannot be used of a record is named with its place, the rest counts") {
  const Shop shop;
  shop.Write(
      "mixed.jsonl",
      std::string(
          R"({"platform":"eu","seller":"m1","attributes":[{"kind":"pay.iban","value":"DE00370400440532013000"},{"kind":"pay.nothing","value":"1"},{"kind":"device.imei","value":"490154203237518"}]})") +
          "\n{\"platform\":\"eu\",\"seller\":\"m2\xff\"}\n" +
          std::string("{\"platform\":\"eu\",\"seller\":\"m3\0\"}\n", 33) +
          "{\"platform\":\"eu\",\"seller\":\"m4\"}\n");
  const Outcome outcome = shop.Do({"import", "mixed.jsonl", "--json", "--rejects", "r.csv"});
  CHECK(outcome.exit_code == 0);
  const Json report = Lines(outcome.out).back();
  CHECK(report["records"] == 4);
  CHECK(report["sellers"] == 2);
  CHECK(report["invalid"] == 2);
  CHECK(report["rejected"] == 4);
  const std::string rejects = shop.Read("r.csv");
  CHECK(rejects.starts_with("file,line,column,field,kind,reason\n"));
  CHECK(rejects.find("mixed.jsonl,1,") != std::string::npos);
  CHECK(rejects.find("mixed.jsonl,2,") != std::string::npos);
  CHECK(rejects.find("mixed.jsonl,3,") != std::string::npos);
  CHECK(rejects.find("DE00") == std::string::npos);
  SUBCASE("values show when asked for") {
    CHECK(shop.Do({"import", "mixed.jsonl", "--rejects", "r.csv", "--show-values"}).exit_code == 0);
    CHECK(shop.Read("r.csv").find("DE00370400440532013000") != std::string::npos);
  }
  SUBCASE("without a file ten are shown and the rest counted") {
    std::string many;
    for (int i = 0; i < 15; ++i) many += "{}\n";
    const Outcome shown = shop.Do({"import", "-"}, many);
    CHECK(std::count(shown.err.begin(), shown.err.end(), '\n') == 13);
    CHECK(shown.err.find("stdin:10") != std::string::npos);
    CHECK(shown.err.find("5 more") != std::string::npos);
    CHECK(shop.Do({"import", "-", "--quiet"}, many).err.empty());
  }
}

TEST_CASE("JSON has the members that were promised and no others") {
  const Shop shop;
  REQUIRE(shop.Do({"ban", "eu:old", "--reason", "x", "--at", "2026-03-01"}).exit_code == 0);
  shop.Write("truth.csv", "platform,seller,entity\neu,old,1\neu,twin,1\neu,absent,2\n");
  struct Case {
    Words words;
    std::set<std::string> keys;
  };
  const std::set<std::string> applied = {"v",
                                         "seller",
                                         "changed",
                                         "cluster",
                                         "size",
                                         "observations_added",
                                         "observations_removed",
                                         "sellers_moved",
                                         "new_alerts"};
  const std::set<std::string> cluster = {"v",      "cluster",       "size",
                                         "banned", "infringements", "sellers"};
  const Case kCases[] = {
      {{"--store", "t", "init"},
       {"v", "store", "key", "journal_key", "format_version", "key_check_value"}},
      {{"--store", "s", "import", "sellers.jsonl"},
       {"v", "records", "resumed", "sellers", "attributes", "identifiers", "invalid", "junk",
        "rejected", "used", "undated", "seconds", "interrupted"}},
      {{"--store", "s", "stats"},
       {"v", "sellers", "observations", "fingerprints", "clusters", "linked_clusters",
        "largest_cluster", "hubs", "banned"}},
      {{"--store", "s", "cluster", "eu:old"}, cluster},
      {{"--store", "s", "clusters"}, cluster},
      {{"--store", "s", "ban", "eu:other", "--reason", "x"}, applied},
      {{"--store", "s", "reinstate", "eu:other"}, applied},
      {{"--store", "s", "cannot-link", "eu:other", "eu:old"}, applied},
      {{"--store", "s", "explain", "eu:old", "eu:twin"},
       {"v", "a", "b", "linked", "link", "values"}},
      {{"--store", "s", "screen", "new.jsonl"},
       {"v", "platform", "seller", "verdict", "reasons", "links", "attributes", "identifiers",
        "cut_short", "as_of", "certificate"}},
      {{"--store", "s", "fsck"}, {"v", "ok", "rows", "problems"}},
      {{"--store", "s", "policy", "show"}, {"v", "policy"}},
      {{"--store", "s", "calibrate"},
       {"v", "sellers", "banned", "sampled", "sampled_banned", "seed", "changes", "left", "kinds",
        "policy"}},
      {{"--store", "s", "evaluate", "--truth", "truth.csv"},
       {"v", "records", "missing", "clusters", "entities", "pairwise", "bcubed", "gmd",
        "true_pairs", "found_pairs", "largest_cluster", "by_size"}},
      {{"--store", "s", "audit", "new.jsonl", "--out", "out"},
       {"v",
        "inputs",
        "records",
        "screened",
        "attributes",
        "identifiers",
        "invalid",
        "junk",
        "rejected",
        "verdicts",
        "counted",
        "applications_apart",
        "applications_cut",
        "selection",
        "reasons",
        "kinds",
        "banned_led_to",
        "leads_to",
        "as_of",
        "store",
        "policy_digest",
        "seconds"}},
      {{"kinds", "pay.iban"},
       {"v", "kind", "title", "family", "role", "check", "scope", "standard", "entropy_bits",
        "good_for_days", "fanout_limit", "carry_limit", "m", "u", "weight_bits", "half_life_days",
        "example", "example_country"}},
      {{"version"}, {"v", "version", "tables"}},
  };
  for (const Case& test : kCases) {
    Words words = test.words;
    words.push_back("--json");
    const Outcome outcome = shop.Run(words);
    CAPTURE(words.back());
    CAPTURE(outcome.out);
    CAPTURE(outcome.err);
    CHECK(outcome.exit_code == 0);
    const std::vector<Json> lines = Lines(outcome.out);
    REQUIRE(!lines.empty());
    for (const Json& line : lines) {
      CHECK(Keys(line) == test.keys);
      CHECK(line["v"] == 1);
      CHECK(line.begin().key() == "v");
    }
  }
  const Json link = shop.Ask({"screen", "new.jsonl"})["links"][0];
  CHECK(Keys(link) == std::set<std::string>{"seller", "weight_bits", "blame_bits", "hops",
                                            "redundancy", "ban", "path", "runners_up"});
  CHECK(Keys(link["path"][0]) ==
        std::set<std::string>{"from", "to", "weight_bits", "blame_bits", "shared"});
  CHECK(Keys(link["path"][0]["shared"][0]) ==
        std::set<std::string>{"kind", "fingerprint", "weight_bits", "source", "makes_hop",
                              "from_is_later", "from", "to"});
  CHECK(link["path"][0]["shared"][0]["to"]["sources"][0] == "eu");
}

TEST_CASE("options may stand before the verb and behind it, or in the environment") {
  const Shop shop;
  CHECK(shop.Run({"stats", "--json", "--store", "s"}).exit_code == 0);
  CHECK(shop.Run({"--json", "--store=s/", "stats"}).exit_code == 0);
  CHECK(shop.Run({"policy", "show", "--store", "s"}).exit_code == 0);
  setenv("REVENANT_STORE", "s", 1);
  CHECK(shop.Run({"stats"}).exit_code == 0);
  setenv("REVENANT_KEY", "none.key", 1);
  CHECK(shop.Run({"stats"}).exit_code == 2);
  unsetenv("REVENANT_STORE");
  unsetenv("REVENANT_KEY");
  CHECK(shop.Run({"--version"}).out.starts_with("revenant "));
  CHECK(shop.Run({"--help"}).exit_code == 0);
  CHECK(shop.Run({"help", "ban"}).out == shop.Run({"ban", "--help"}).out);
}

TEST_CASE("the order of imports leaves no trace in the export") {
  const Shop shop;
  std::vector<std::string> lines;
  std::istringstream input{std::string(kSellers)};
  for (std::string line; std::getline(input, line);) lines.push_back(line + "\n");
  std::filesystem::copy(shop.dir() / "s.key", shop.dir() / "same.key");
  int number = 0;
  std::sort(lines.begin(), lines.end());
  do {
    const std::string store = "p" + std::to_string(number++);
    REQUIRE(shop.On(store, {"--key", "same.key", "init"}).exit_code == 0);
    for (const std::string& line : lines) {
      REQUIRE(shop.On(store, {"--key", "same.key", "import", "-"}, line).exit_code == 0);
    }
    CHECK(shop.On(store, {"--key", "same.key", "export"}).out == shop.Do({"export"}).out);
  } while (std::next_permutation(lines.begin(), lines.end()) && number < 6);
}

TEST_CASE("normalize answers every line in order") {
  const Workshop shop;
  const Outcome outcome = shop.Run({"normalize", "--json"},
                                   "pay.iban\tde89 3704 0044 0532 0130 00\n"
                                   "pay.iban\tDE00370400440532013000\n"
                                   "\n"
                                   "pay.nothing\t1\n"
                                   "no tab\n"
                                   "custom.note\tno\\t17\\\\c\n"
                                   "custom.note\ta\\x\n"
                                   "custom.note\t\xff\xfe\n"
                                   "contact.phone@US\t(650) 253-0000\r\n"
                                   "device.idfa\t00000000-0000-0000-0000-000000000000");
  CHECK(outcome.exit_code == 0);
  const std::vector<Json> lines = Lines(outcome.out);
  REQUIRE(lines.size() == 10);
  const char* statuses[] = {"valid", "invalid", "invalid", "unknown_kind", "invalid",
                            "valid", "invalid", "invalid", "valid",        "junk"};
  for (std::size_t i = 0; i < lines.size(); ++i) {
    CAPTURE(i);
    CHECK(lines[i]["line"] == i + 1);
    CHECK(lines[i]["status"] == statuses[i]);
  }
  CHECK(lines[0]["canonical"] == "DE89370400440532013000");
  CHECK(lines[5]["canonical"] == "no\t17\\c");
  CHECK(lines[8]["canonical"] == "+16502530000");
  CHECK(lines[1]["canonical"].is_null());
  CHECK(lines[1]["reason"].is_string());
}

TEST_CASE("bans come from a file, all rows or none but the forgotten") {
  const Shop shop;
  shop.Write("bans.csv", "seller,reason,case\nold,fraud,1\nother,fraud,2\nlater,fraud,3\n");
  const Outcome banned = shop.Do({"ban", "--from", "bans.csv", "--platform", "eu", "--json"});
  CHECK(banned.exit_code == 0);
  CHECK(Lines(banned.out).size() == 3);
  CHECK(shop.Ask({"stats"})["banned"].get<int>() >= 2);
  CHECK(shop.Do({"reinstate", "--from", "bans.csv", "--platform", "eu"}).exit_code == 0);
  CHECK(shop.Ask({"stats"})["banned"] == 0);
  REQUIRE(shop.Do({"forget", "eu:other"}).exit_code == 0);
  const Outcome some = shop.Do({"ban", "--from", "bans.csv", "--platform", "eu"});
  CHECK(some.exit_code == 2);
  CHECK(some.err.find("bans.csv:3") != std::string::npos);
}

TEST_CASE("an audit writes results in input order and tells what they come to") {
  const Shop shop;
  REQUIRE(shop.Do({"ban", "eu:old", "--reason", "x", "--at", "2026-03-01"}).exit_code == 0);
  std::string applications;
  for (int i = 0; i < 1000; ++i) {
    Json application = Json::parse(i % 10 == 0 ? kApplicant : kStranger);
    application["seller"] = "a" + std::to_string(i);
    applications += application.dump() + "\n";
    if (i == 500) applications += "{\"platform\":\"eu\"}\n";
  }
  shop.Write("all.jsonl", applications);
  const Json summary = shop.Ask({"audit", "all.jsonl", "--out", "out", "--threads", "3"});
  CHECK(summary["screened"] == 1000);
  CHECK(summary["records"] == 1001);
  CHECK(summary["rejected"] == 1);
  CHECK(summary["verdicts"]["block"] == 100);
  CHECK(summary["verdicts"]["clear"] == 900);
  CHECK(summary["leads_to"][0]["seller"] == "eu:old");
  CHECK(Json::parse(shop.Read("out/summary.json")) == summary);
  const std::vector<Json> results = Lines(shop.Read("out/results.jsonl"));
  REQUIRE(results.size() == 1000);
  for (std::size_t i = 0; i < results.size(); ++i) {
    REQUIRE(results[i]["seller"] == "a" + std::to_string(i));
  }
  CHECK(shop.Read("out/rejects.csv").find("all.jsonl,502,") != std::string::npos);

  SUBCASE("again, over its own files, with the same bytes") {
    const std::string first = shop.Read("out/results.jsonl");
    CHECK(shop.Do({"audit", "all.jsonl", "--out", "out", "--threads", "1"}).exit_code == 0);
    CHECK(shop.Read("out/results.jsonl") == first);
  }
  SUBCASE("a failure leaves what was there") {
    const std::string first = shop.Read("out/summary.json");
    CheckOneLineError(shop.Do({"audit", "all.jsonl", "none.jsonl", "--out", "out"}));
    CHECK(shop.Read("out/summary.json") == first);
    CHECK(!std::filesystem::exists(shop.dir() / "out/.unfinished"));
  }
  SUBCASE("findings, a part, rings") {
    const Json some = shop.Ask({"audit", "all.jsonl", "--out", "out", "--results", "findings",
                                "--limit", "100", "--seed", "3"});
    CHECK(some["counted"]["in"] == 100);
    CHECK(some["selection"]["written"] == 10);
    CHECK(Lines(shop.Read("out/results.jsonl")).size() == 10);
    CHECK(shop.Read("out/results.csv").find("eu,a10,block,") != std::string::npos);
    CHECK(shop.Ask({"audit", "all.jsonl", "--out", "out", "--since", "2100-01-01"},
                   1)["counted"]["skipped"] == 1000);
    const Outcome among = shop.Do({"audit", "all.jsonl", "--out", "out", "--among"});
    CHECK(among.exit_code == 0);
    CHECK(among.out.find("0 rings among them") != std::string::npos);  // more than five are a hub
    CHECK(among.out.find("rings.jsonl") != std::string::npos);
  }
  SUBCASE("everybody in the store") {
    const Json stored = shop.Ask({"audit", "--stored", "--out", "out"});
    const std::uint64_t sellers = shop.Ask({"stats"})["sellers"];
    CHECK(stored["counted"]["in"] == sellers);
    CHECK(stored["counted"]["skipped"] == 1);
    CHECK(stored["selection"]["stored"] == true);
  }
  SUBCASE("what makes no sense is refused") {
    const Words wrong[] = {{"audit", "--out", "out"},
                           {"audit", "all.jsonl", "--stored", "--out", "out"},
                           {"audit", "all.jsonl", "--out", "out", "--limit", "0"},
                           {"audit", "all.jsonl", "--out", "out", "--sample", "x"},
                           {"audit", "all.jsonl", "--out", "out", "--sample", "1", "--limit", "1"},
                           {"audit", "all.jsonl", "--out", "out", "--results", "some"},
                           {"audit", "all.jsonl", "--out", "out", "--since", "yesterday"}};
    for (const Words& words : wrong) CheckOneLineError(shop.Do(words));
  }
}

TEST_CASE("a verdict's certificate is checked against the store, an export, and what came later") {
  const Shop shop;
  REQUIRE(shop.Do({"ban", "eu:old", "--reason", "counterfeit", "--at", "2026-03-01"}).exit_code ==
          0);
  const Outcome screened = shop.Do({"screen", "new.jsonl", "--as-of", "2026-05-01", "--json"});
  REQUIRE(screened.exit_code == 0);
  shop.Write("verdict.json", screened.out);
  shop.Write("certificate.json", Lines(screened.out).front()["certificate"].dump());
  shop.Write("facts.jsonl", shop.Do({"export", "--facts"}).out);
  for (const char* file : {"verdict.json", "certificate.json"}) {
    CAPTURE(file);
    CHECK(shop.Ask({"verify-certificate", file})["outcome"] == "holds");
    const Outcome offline = shop.Run({"verify-certificate", file, "--export", "facts.jsonl"});
    CHECK(offline.exit_code == 0);
    CHECK(offline.out.starts_with("holds\n"));
  }
  std::string forged = screened.out;
  const std::size_t strength = forged.find("\"strength\":", forged.find("\"certificate\":"));
  REQUIRE(strength != std::string::npos);
  forged[strength + 11] = forged[strength + 11] == '9' ? '8' : '9';
  shop.Write("forged.json", forged);
  CHECK(shop.Ask({"verify-certificate", "forged.json"}, 1)["outcome"] == "false");
  shop.Write("two.json", screened.out + screened.out);
  CheckOneLineError(shop.Do({"verify-certificate", "two.json"}));

  REQUIRE(shop.Do({"withdraw", "eu:old", "--kind", "pay.iban", "--value",
                   "DE89 3704 0044 0532 0130 00", "--at", "2026-06-01"})
              .exit_code == 0);
  CHECK(shop.Ask({"verify-certificate", "verdict.json"})["outcome"] == "held then");

  // An audit certifies what leads somewhere.
  REQUIRE(shop.Do({"audit", "new.jsonl", "stranger.jsonl", "--out", "out"}).exit_code == 0);
  const std::vector<Json> results = Lines(shop.Read("out/results.jsonl"));
  REQUIRE(results.size() == 2);
  for (const Json& result : results) {
    CHECK(result["certificate"].is_null() == (result["verdict"] == "clear"));
  }
}

TEST_CASE("names that are not UTF-8 are judged, too") {
  const Shop shop;
  shop.Write("odd.csv", "platform,seller,pay.iban\neu,\xff\xfe,DE89370400440532013000\n");
  const Outcome screened = shop.Do({"screen", "odd.csv", "--json"});
  CAPTURE(screened.out);
  CAPTURE(screened.err);
  CHECK(screened.exit_code != 2);
}

TEST_CASE("calibrate says what it cannot measure and proposes a policy that can be set") {
  const Shop shop;
  const Outcome proposed = shop.Do({"calibrate"});
  CHECK(proposed.exit_code == 0);
  CHECK(proposed.out.find("# Measured on ") == 0);
  CHECK(proposed.out.find("Nothing is proposed") != std::string::npos);
  CHECK(proposed.out.find("hub_ban_rate stays") != std::string::npos);
  const Outcome shown = shop.Do({"policy", "show"});
  CHECK(shop.Do({"policy", "set", "-"}, proposed.out).exit_code == 0);
  CHECK(shop.Do({"policy", "show"}).out == shown.out);
  CHECK(shop.Do({"calibrate", "--sample", "1"}).exit_code == 2);
}

TEST_CASE("calibrate finds how many are banned, and its proposal is set as it stands") {
  const Shop shop;
  std::string sellers = "platform,seller,pay.alipay\n", bans = "seller,reason,case\n";
  for (int i = 0; i < 200; ++i) {
    sellers += "us,s" + std::to_string(i) + ",2088" + std::to_string(100'000'000'000 + i) + "\n";
    if (i < 50) bans += "s" + std::to_string(i) + ",fraud," + std::to_string(i) + "\n";
  }
  shop.Write("many.csv", sellers);
  shop.Write("bans.csv", bans);
  REQUIRE(shop.Do({"import", "many.csv"}).exit_code == 0);
  REQUIRE(shop.Do({"ban", "--from", "bans.csv", "--platform", "us"}).exit_code == 0);
  const Json found = shop.Ask({"calibrate"});
  CHECK(found["banned"] == 50);
  REQUIRE(found["changes"].size() == 1);
  CHECK(found["changes"][0]["key"] == "hub_ban_rate");
  const Outcome proposed = shop.Do({"calibrate"});
  CHECK(proposed.out.find("of 203 sellers are banned") != std::string::npos);
  REQUIRE(shop.Do({"policy", "set", "-"}, proposed.out).exit_code == 0);
  CHECK(shop.Ask({"calibrate"})["changes"].empty());
}

TEST_CASE("evaluate says how well clusters agree with the truth") {
  const Shop shop;
  shop.Write("truth.csv", "platform,seller,entity\neu,old,1\neu,twin,1\neu,other,1\neu,gone,2\n");
  const Json scores = shop.Ask({"evaluate", "--truth", "truth.csv"});
  CHECK(scores["pairwise"]["tp"] == 1);
  CHECK(scores["pairwise"]["fn"] == 2);
  CHECK(scores["pairwise"]["precision"] == 1.0);
  CHECK(scores["true_pairs"] == 3);
  CHECK(scores["missing"] == 1);
  CHECK(shop.Do({"evaluate", "--truth", "truth.csv", "--min-precision", "1"}).exit_code == 0);
  CHECK(shop.Do({"evaluate", "--truth", "truth.csv", "--min-recall", "0.5"}).exit_code == 1);
}

TEST_CASE("a policy is shown as it was set, and changes clusters at once") {
  const Shop shop;
  shop.Write("apart.toml", "[kind.\"pay.iban\"]\nrole = \"supporting\"\n");
  CHECK(shop.Ask({"clusters"})["size"] == 2);
  CHECK(shop.Do({"policy", "set", "apart.toml"}).exit_code == 0);
  CHECK(shop.Do({"clusters"}).exit_code == 1);
  const Outcome shown = shop.Do({"policy", "show"});
  CHECK(shop.Do({"policy", "set", "-"}, shown.out).exit_code == 0);
  CHECK(shop.Do({"policy", "show"}).out == shown.out);
}

TEST_CASE("a reader that goes away is success, a full disk is not") {
  const Shop shop;
  const std::string in_shop = "cd " + shop.dir().string() + " && ";
  // The reader is gone before the first byte comes.
  REQUIRE(std::system(
              (in_shop + "{ sleep 0.2; " + Command() + " kinds --json; echo $? > code; } | true")
                  .c_str()) == 0);
  CHECK(shop.Read("code") == "0\n");
  std::system((in_shop + Command() + " kinds --json > /dev/full 2> err; echo $? > code").c_str());
  CHECK(shop.Read("code") == "2\n");
  CHECK(shop.Read("err").starts_with("revenant: stdout: cannot write"));
}

TEST_CASE("compressed input and mapped columns are read") {
  const Shop shop;
  shop.Write("x.csv.gz", Gzip("id,account,city\nz1,GB82WEST12345698765432,Oslo\nz2,,Rome\n"));
  const Outcome outcome = shop.Do({"import", "x.csv.gz", "--platform", "us", "--map", "id=seller",
                                   "--map", "account=pay.iban"});
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.err.find("city") != std::string::npos);
  CHECK(shop.Ask({"cluster", "us:z1"})["sellers"] == Json({"eu:other", "us:z1"}));
}

}  // namespace
}  // namespace revenant::test

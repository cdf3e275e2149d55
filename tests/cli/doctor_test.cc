// The verbs `doctor` and `policy try`.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>

#include "command.h"

namespace revenant::test {
namespace {

constexpr std::string_view kApplicants =
    R"({"platform":"eu","seller":"a1","seen":"2026-05-01T00:00:00Z","attributes":[{"kind":"custom.card","value":"form"},{"kind":"custom.mail","value":"7"}]}
{"platform":"eu","seller":"a2","seen":"2026-05-01T00:00:00Z","attributes":[{"kind":"custom.card","value":"form"}]}
{"platform":"eu","seller":"a3","seen":"2026-05-01T00:00:00Z","attributes":[{"kind":"custom.mail","value":"nobody"}]}
)";

// 300 sellers that one value joins, which the policy has no limit for; some are banned.
struct Crowd : Workshop {
  Crowd() {
    std::string sellers = "platform,seller,seen,custom.card,custom.mail\n";
    for (int i = 0; i < 300; ++i) {
      const std::string number = std::to_string(i);
      sellers += "eu,s" + number + ",2026-01-01T00:00:00Z,form," + number + "\n";
    }
    Write("sellers.csv", sellers);
    Write("loose.toml", "[kind.\"custom.card\"]\nfanout_limit = 1000000\n");
    Write("new.jsonl", kApplicants);
    REQUIRE(On("s", {"init", "--policy", "loose.toml"}).exit_code == 0);
    REQUIRE(On("s", {"import", "sellers.csv"}).exit_code == 0);
    REQUIRE(On("s", {"ban", "eu:s7", "--reason", "fakes", "--at", "2026-03-01"}).exit_code == 0);
  }
  std::map<std::string, std::string> Bytes() const {
    std::map<std::string, std::string> files;
    for (const auto& file : std::filesystem::recursive_directory_iterator(dir() / "s")) {
      if (!file.is_regular_file()) continue;
      const std::string name = std::filesystem::relative(file.path(), dir()).string();
      files[name] = Read(name);
    }
    return files;
  }
  Json Verdicts(const std::string& out) const {
    REQUIRE(On("s", {"audit", "new.jsonl", "--out", out, "--as-of", "2026-06-01"}).exit_code == 0);
    return Json::parse(Read(out + "/summary.json"))["verdicts"];
  }
};

TEST_CASE("TheDoctorNamesTheCulpritFirst") {
  const Crowd crowd;
  const auto before = crowd.Bytes();
  const Outcome outcome = crowd.On("s", {"doctor"});
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.out.starts_with("PROBLEM  custom.card "));
  CHECK(outcome.out.find("joins 300 sellers, 1 of them banned") != std::string::npos);
  CHECK(outcome.out.find("$ revenant --store s policy try --set "
                         "'kind.\"custom.card\".fanout_limit=50'\n") != std::string::npos);
  const Outcome json = crowd.On("s", {"doctor", "--json"});
  CHECK(json.exit_code == 1);
  const std::vector<Json> lines = Lines(json.out);
  REQUIRE_FALSE(lines.empty());
  CHECK(lines[0]["v"] == 1);
  CHECK(lines[0]["severity"] == "problem");
  CHECK(lines[0]["kind"] == "custom.card");
  CHECK(crowd.Bytes() == before);
  // The command that it names does what it says.
  const Outcome tried =
      crowd.On("s", {"policy", "try", "--set", "kind.\"custom.card\".fanout_limit=50"});
  CHECK(tried.exit_code == 0);
  CHECK(tried.out.find("[kind.\"custom.card\"] fanout_limit: 1000000 -> 50") != std::string::npos);
  CHECK(tried.out.find("falls into 300 clusters") != std::string::npos);
}

TEST_CASE("TheDoctorLeavesAHealthyStoreAlone") {
  const Workshop shop;
  REQUIRE(shop.On("s", {"init"}).exit_code == 0);
  const Outcome empty = shop.On("s", {"doctor"});
  CHECK(empty.exit_code == 0);
  CHECK(empty.out.starts_with("Healthy: nothing found in 0 sellers"));
  CHECK(shop.On("s", {"doctor", "--json"}).out.empty());
  CHECK(shop.On("nowhere", {"doctor"}).exit_code == 2);
}

TEST_CASE("TryingAPolicyAgreesWithSettingItAndWritesNothing") {
  struct Row {
    const char *name, *toml;
  };
  constexpr Row kRows[] = {
      {"limit", "[kind.\"custom.card\"]\nfanout_limit = 40\n"},
      {"role", "[kind.\"custom.card\"]\nrole = \"supporting\"\nfanout_limit = 1000000\n"},
      {"block", "[kind.\"custom.card\"]\nfanout_limit = 1000000\n[verdict]\nblock_bits = 25\n"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.name);
    const Crowd crowd;
    crowd.Write("p.toml", row.toml);
    const Json verdicts_before = crowd.Verdicts("before");
    const auto before = crowd.Bytes();
    const Words words = {"policy",         "try",       "p.toml", "--json",
                         "--applications", "new.jsonl", "--at",   "2026-06-01"};
    const Outcome outcome = crowd.On("s", words);
    CAPTURE(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    CHECK(crowd.Bytes() == before);
    const Json said = Lines(outcome.out).at(0);
    CHECK(said["v"] == 1);
    CHECK(said["applications"] == 3);
    CHECK(said["verdicts_before"] == verdicts_before);
    const Json set = Lines(crowd.On("s", {"policy", "set", "p.toml", "--json"}).out).at(0);
    CHECK(said["changes"] == set["changes"]);
    const Json stats = Lines(crowd.On("s", {"stats", "--json"}).out).at(0);
    for (const auto& [key, value] : said["after"].items()) {
      CAPTURE(key);
      CHECK(stats[key] == value);
    }
    CHECK(said["verdicts_after"] == crowd.Verdicts("after"));
    CHECK(said["verdicts_after"] != said["verdicts_before"]);
  }
}

TEST_CASE("ARefusedPolicyNamesTheLineAndATryNeedsOne") {
  const Crowd crowd;
  crowd.Write("bad.toml", "[verdict]\nblock_bits = \"much\"\n");
  const Outcome bad = crowd.On("s", {"policy", "try", "bad.toml"});
  CHECK(bad.exit_code == 2);
  CHECK(bad.err.starts_with("revenant: bad.toml:2:"));
  CHECK(crowd.On("s", {"policy", "try"}).exit_code == 2);
  CHECK(crowd.On("s", {"policy", "try", "absent.toml"}).exit_code == 2);
  for (const char* setting : {"block_bits", "verdict.block_bits", ".x=1", "verdict.blok_bits=1",
                              "verdict.block_bits=much", "nothing.at_all=1"}) {
    CAPTURE(setting);
    const Outcome outcome = crowd.On("s", {"policy", "try", "--set", setting});
    CHECK(outcome.exit_code == 2);
    CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1);
  }
  const Outcome broken = crowd.On(
      "s", {"policy", "try", "--set", "verdict.block_bits=9", "--applications", "absent.csv"});
  CHECK(broken.exit_code == 2);
  CHECK(broken.err.find("absent.csv") != std::string::npos);
}

TEST_CASE("SettingsAreTriedOneByOneOrTogether") {
  const Crowd crowd;
  const Outcome same = crowd.On("s", {"policy", "try", "--set", "verdict.block_bits=7"});
  CHECK(same.out.starts_with("This policy is in force already\n"));
  const Outcome both =
      crowd.On("s", {"policy", "try", "--set", "verdict.block_bits=9", "--set",
                     "kind.\"pay.iban\".fanout_limit=3", "--applications", "new.jsonl"});
  CHECK(both.exit_code == 0);
  CHECK(both.out.find(" settings different\n") != std::string::npos);
  CHECK(both.out.find("[verdict] block_bits: 7 -> 9") != std::string::npos);
  CHECK(both.out.find("[kind.\"pay.iban\"] fanout_limit: ") != std::string::npos);
  CHECK(both.out.find("  block_bits     clear    review     block\n") != std::string::npos);
  CHECK(both.out.find("3 applications: ") != std::string::npos);
  CHECK(both.out.find("form") == std::string::npos);  // no raw value
}

// The verbs of a help text, those of verbs too.
void CollectVerbs(const Workshop& shop, const Words& path, std::vector<Words>& verbs) {
  Words words = path;
  words.emplace_back("--help");
  const std::string text = shop.Run(words).out;
  bool any = false;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    const std::string line = text.substr(at, text.find('\n', at) - at);
    const std::size_t end = line.find(' ', 2);
    if (line.size() < 31 || !line.starts_with("  ") || line[2] < 'a' || line[2] > 'z') continue;
    if (end > 30 || line.substr(end, 2) != "  ") continue;
    Words inner = path;
    inner.push_back(line.substr(2, end - 2));
    CollectVerbs(shop, inner, verbs);
    any = true;
  }
  if (!any) verbs.push_back(path);
}

TEST_CASE("EveryVerbHasAnExampleThatItTakes") {
  const Workshop shop;
  std::vector<Words> verbs;
  CollectVerbs(shop, {}, verbs);
  CHECK(verbs.size() > 60);
  for (const Words& verb : verbs) {
    std::string name;
    Words words = verb;
    for (const std::string& word : verb) name += word + " ";
    CAPTURE(name);
    words.emplace_back("--help");
    const std::string help = shop.Run(words).out;
    const std::size_t at = help.find("\nExample: revenant ");
    CHECK(at != std::string::npos);
    if (at == std::string::npos) continue;
    // As a shell splits it, without what it redirects.
    std::string example = help.substr(at + 19);
    example = example.substr(0, example.find('\n'));
    example = example.substr(0, example.find(" >"));
    Words given(1);
    bool quoted = false;
    for (const char c : example) {
      if (c == '\'') {
        quoted = !quoted;
      } else if (c == ' ' && !quoted) {
        given.emplace_back();
      } else {
        given.back() += c;
      }
    }
    CHECK((example + " ").find(name) != std::string::npos);
    // Every name and value in it is known: help is only printed then.
    given.emplace_back("--help");
    const Outcome outcome = shop.Run(given);
    CAPTURE(outcome.err);
    CHECK(outcome.exit_code == 0);
  }
}

TEST_CASE("AnApplicationNeedsNoFile") {
  const Crowd crowd;
  const Outcome one = crowd.On(
      "s", {"screen", "eu:a1", "custom.card=form", "custom.mail=x", "--exit-code", "--json"});
  CHECK(one.exit_code != 0);
  const Json verdict = Lines(one.out).at(0);
  CHECK(verdict["seller"] == "a1");
  CHECK(verdict["verdict"] != "clear");
  CHECK(one.out.find("\"form\"") == std::string::npos);
  CHECK(crowd.On("s", {"screen", "eu:a1", "contact.phone@US=(650) 253-0000"}).exit_code == 0);
  struct Row {
    const char *word, *said;
  };
  for (const Row& row : {Row{"form", "KIND=VALUE"}, Row{"iban=DE89", "did you mean pay.iban?"},
                         Row{"pay.nothing=1", "no kind \"pay.nothing\""}}) {
    CAPTURE(row.word);
    const Outcome outcome = crowd.On("s", {"screen", "eu:a1", row.word});
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.err.find(row.said) != std::string::npos);
  }
  CHECK(crowd.On("s", {"screen", "a1", "custom.card=form"}).exit_code == 2);
  CHECK(crowd.On("s", {"screen", "absent.csv"}).exit_code == 2);
}

TEST_CASE("ASellerThatIsNotThereIsAnsweredWithTheNearest") {
  const Crowd crowd;
  CHECK(crowd.On("s", {"cluster", "eu:s29O"}).err ==
        "revenant: eu:s29O: no such seller; did you mean eu:s29?\n");
  CHECK(crowd.On("s", {"explain", "eu:s1", "eu:s2x9"}).err.find("did you mean eu:s2") !=
        std::string::npos);
  CHECK(crowd.On("s", {"cluster", "eu:nobody-at-all"}).err ==
        "revenant: eu:nobody-at-all: no such seller\n");
  CHECK(crowd.On("s", {"cluster", "us:s1"}).err == "revenant: us:s1: no such seller\n");
}

}  // namespace
}  // namespace revenant::test

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
    const Words words = {"policy",         "try",       "p.toml",  "--json",
                         "--applications", "new.jsonl", "--as-of", "2026-06-01"};
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
  CHECK(both.out.starts_with("2 settings different\n"));
  CHECK(both.out.find("[verdict] block_bits: 7 -> 9") != std::string::npos);
  CHECK(both.out.find("[kind.\"pay.iban\"] fanout_limit: ") != std::string::npos);
  CHECK(both.out.find("  block_bits     clear    review     block\n") != std::string::npos);
  CHECK(both.out.find("3 applications: ") != std::string::npos);
  CHECK(both.out.find("form") == std::string::npos);  // no raw value
}

}  // namespace
}  // namespace revenant::test

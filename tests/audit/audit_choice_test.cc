// What an audit is asked to read and to write: tables, findings, a part of the input, everybody in
// the registry, and the rest of an audit that was interrupted.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "audit/audit_batch.h"
#include "audit/audit_market.h"
#include "fixtures.h"
#include "revenant/audit.h"
#include "revenant/json.h"
#include "revenant/value_facts.h"

namespace revenant {
namespace {

using namespace test;
using Json = nlohmann::json;

std::vector<std::string> SplitLines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end + 1 - begin));
    begin = end + 1;
  }
  return lines;
}

AuditOptions Options() {
  AuditOptions options;
  options.as_of = kAsOf;
  options.threads = 2;
  return options;
}

// Every file of results by name, of the summary all but the seconds, which the page shows as well.
std::map<std::string, std::string> Everything(const std::string& out) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(out)) {
    const std::string name = entry.path().filename().string();
    if (name == "report.html") continue;
    files[name] = fs::is_directory(entry) ? "" : ReadFile(entry.path().string());
  }
  Json summary = Json::parse(files["summary.json"]);
  summary.erase("seconds");
  files["summary.json"] = summary.dump();
  return files;
}

void CheckAddsUp(const AuditReport& report, const std::string& out) {
  const Json counted = Json::parse(ReadFile(out + "/summary.json"))["counted"];
  std::uint64_t sum = 0;
  for (const char* part : {"clear", "review", "block", "rejected", "skipped", "merged"}) {
    sum += counted[part].get<std::uint64_t>();
  }
  CHECK(counted["in"] == sum);
  CHECK(report.records == sum);
  CHECK(report.written == SplitLines(ReadFile(out + "/results.jsonl")).size());
}

struct World {
  World() : registry(Market(folder / "store")), random(Seed()) {
    files = {folder / "a.csv", folder / "b.jsonl"};
    WriteFile(files[0], Csv(6'000, random));
    WriteFile(files[1], Lines(2'000, random));
  }
  AuditReport Run(const std::string& out, const AuditOptions& options) const {
    const std::span<const std::string> none;
    auto report = Audit(*registry, options.stored ? none : files, folder / out, options);
    REQUIRE_MESSAGE(report, report.error().message);
    return *std::move(report);
  }
  std::vector<std::string> Results(const std::string& out) const {
    return SplitLines(ReadFile(folder / out + "/results.jsonl"));
  }

  Folder folder;
  std::unique_ptr<Registry> registry;
  std::mt19937_64 random;
  std::vector<std::string> files;
};

TEST_SUITE("audit") {
  TEST_CASE("ATableSaysWhatTheLinesSay") {
    World world;
    Record record{.seller = {"m", "=1+1"}, .attributes = {{"custom.c", "", "value 900"}}};
    REQUIRE(world.registry->Enrol(record));
    REQUIRE(world.registry->Apply(Ban{record.seller, "@SUM(A1)", "-cmd,\"x\"", kAsOf}));
    WriteFile(world.files[1],
              "{\"platform\":\"m\",\"seller\":\"=2\",\"custom.c\":\"value 900\"}\n");
    world.Run("out", Options());
    const auto table = *TableReader::Open(world.folder / "out/results.csv",
                                          std::vector<TableReader::Column>{{"platform"},
                                                                           {"seller"},
                                                                           {"verdict"},
                                                                           {"because"},
                                                                           {"leads_to"},
                                                                           {"strength_bits"},
                                                                           {"hops"},
                                                                           {"kinds"},
                                                                           {"banned_at"},
                                                                           {"ban_reason"},
                                                                           {"ban_case"},
                                                                           {"ring"}});
    const auto cell = [](const Json& value) {
      std::string text = value.is_null()     ? ""
                         : value.is_string() ? value.get<std::string>()
                                             : value.dump();
      const bool runs = !text.empty() && std::string_view("=+-@").find(text[0]) != text.npos;
      return runs && !value.is_number() ? "'" + text : text;
    };
    std::size_t linked = 0;
    for (const std::string& line : world.Results("out")) {
      const Json result = Json::parse(line);
      REQUIRE(*table->Next());
      CHECK(table->Get(0) == cell(result["platform"]));
      CHECK(table->Get(1) == cell(result["seller"]));
      CHECK(table->Get(2) == result["verdict"].get<std::string>());
      std::string because;
      for (const Json& reason : result["reasons"]) {
        const std::string code = reason["code"];
        if ((";" + because + ";").find(";" + code + ";") == because.npos) {
          because += (because.empty() ? "" : ";") + code;
        }
      }
      CHECK(table->Get(3) == because);
      if (result["links"].empty()) {
        for (std::size_t i = 4; i < 12; ++i) CHECK(table->Get(i).empty());
        continue;
      }
      ++linked;
      const Json& link = result["links"][0];
      CHECK(table->Get(4) == cell(link["seller"]));
      CHECK(std::stod(std::string(table->Get(5))) == link["weight_bits"].get<double>());
      CHECK(table->Get(6) == link["hops"].dump());
      std::string kinds;
      for (const Json& shared : link["path"][0]["shared"]) {
        const std::string kind = shared["kind"];
        if (kinds.find(kind) == kinds.npos) kinds += (kinds.empty() ? "" : ";") + kind;
      }
      CHECK(table->Get(7) == kinds);
      CHECK(table->Get(8) == cell(link["ban"]["at"]));
      CHECK(table->Get(9) == cell(link["ban"]["reason"]));
      CHECK(table->Get(10) == cell(link["ban"]["case"]));
    }
    CHECK_FALSE(*table->Next());
    CHECK(linked > 50);
    const std::string csv = ReadFile(world.folder / "out/results.csv");
    CHECK(csv.find(",\"'-cmd,\"\"x\"\"\",'@SUM(A1),\n") != csv.npos);
    CHECK(csv.find("m,'=2,") != csv.npos);
  }

  TEST_CASE("FindingsLeaveClearOnesOutAndCountThem") {
    const World world;
    const AuditReport all = world.Run("all", Options());
    AuditOptions options = Options();
    options.results = AuditResults::kFindings;
    for (const bool among : {false, true}) {
      options.among = among;
      const AuditReport some = world.Run("some", options);
      CHECK(some.clear == all.clear);
      CHECK(some.written == some.review + some.block);
      CheckAddsUp(some, world.folder / "some");
      if (among) continue;
      std::string wanted;
      for (const std::string& line : world.Results("all")) {
        if (Json::parse(line)["verdict"] != "clear") wanted += line;
      }
      CHECK((ReadFile(world.folder / "some/results.jsonl") == wanted));
    }
  }

  TEST_CASE("APartOfTheInputIsJudgedLikeAllOfIt") {
    const World world;
    const AuditReport all = world.Run("all", Options());
    const std::vector<std::string> lines = world.Results("all");
    CheckAddsUp(all, world.folder / "all");

    AuditOptions options = Options();
    options.limit = 3'000;
    const AuditReport first = world.Run("first", options);
    CheckAddsUp(first, world.folder / "first");
    CHECK(first.records >= 3'000);
    CHECK(first.records < 3'010);  // the last one's seller has more
    CHECK(first.inputs.size() == 1);
    const auto got = world.Results("first");
    CHECK(got.size() > 2'000);
    CHECK(std::equal(got.begin(), got.end(), lines.begin()));

    options.limit = all.records;
    world.Run("first", options);
    CHECK((Everything(world.folder / "first")["results.csv"] ==
           Everything(world.folder / "all")["results.csv"]));
    CHECK((Everything(world.folder / "first")["rejects.csv"] ==
           Everything(world.folder / "all")["rejects.csv"]));

    options = Options();
    options.since = Time{1'750'000'000'000'000};  // 2025; the rows are of 2026 or have no date
    const AuditReport since = world.Run("since", options);
    CheckAddsUp(since, world.folder / "since");
    CHECK(since.skipped > 1'000);  // all of b.jsonl
    CHECK(since.screened > 4'000);
    CHECK(since.refused == all.refused);
    options.since = kAsOf;
    CHECK(world.Run("since", options).screened == 0);

    options = Options();
    options.sample = 500;
    const AuditReport sample = world.Run("sample", options);
    CheckAddsUp(sample, world.folder / "sample");
    CHECK(sample.records == all.records);
    CHECK(sample.screened + sample.refused >= 500);
    CHECK(sample.screened + sample.refused < 520);  // a few were refused between a seller's rows
    const auto chosen = world.Results("sample");
    auto from = lines.begin();
    for (const std::string& line : chosen) {
      from = std::find(from, lines.end(), line);
      REQUIRE((from != lines.end()));
      ++from;
    }
    world.Run("again", options);
    CHECK((Everything(world.folder / "again") == Everything(world.folder / "sample")));
    options.seed = 2;
    world.Run("again", options);
    CHECK((world.Results("again") != chosen));
    options.sample = 100'000;
    world.Run("again", options);
    CHECK((world.Results("again") == lines));

    options.limit = 1;
    const auto both = Audit(*world.registry, world.files, world.folder / "both", options);
    REQUIRE_FALSE(both);
    CHECK(both.error().code == Code::kInvalidArgument);
  }

  TEST_CASE("CountsAddUpWhateverTheInput") {
    const Folder folder;
    const auto registry = Market(folder / "store");
    std::size_t audited = 0, refused = 0;
    for (const auto& entry : fs::recursive_directory_iterator(Fixtures())) {
      if (!entry.is_regular_file() || entry.file_size() > 300'000) continue;
      const std::vector<std::string> files = {entry.path().string()};
      AuditOptions options = Options();
      options.read.platform = "m";
      for (const int choice : {0, 1, 2, 3}) {
        options.limit = choice == 1 ? 3 : 0;
        options.sample = choice == 2 ? 3 : 0;
        options.among = choice == 3;
        const auto report = Audit(*registry, files, folder / "out", options);
        if (!report) {
          CHECK_MESSAGE(report.error().message.find("add up") == std::string::npos, files[0]);
          continue;
        }
        CAPTURE(files[0]);
        CheckAddsUp(*report, folder / "out");
        ++audited;
        refused += report->refused;
      }
    }
    CHECK(audited > 40);
    CHECK(refused > 10);
  }

  TEST_CASE("EverybodyStoredIsJudgedByWhatIsStored") {
    const World world;
    AuditOptions options = Options();
    options.stored = true;
    const AuditReport report = world.Run("out", options);
    CheckAddsUp(report, world.folder / "out");
    CHECK(report.records == 90);
    CHECK(report.skipped == 10);
    CHECK(report.block + report.review > 10);
    std::set<std::string> names;
    for (const std::string& line : world.Results("out")) {
      const Json result = Json::parse(line);
      const SellerName name{result["platform"], result["seller"]};
      names.insert(name.ToString());
      const Enrol application = *world.registry->ApplicationOf(name);
      Certified wanted = *world.registry->Certify(application, kAsOf);
      std::string text = ToJson(wanted.verdict);
      if (wanted.verdict.decision != Decision::kClear) {
        ValueFactsReader values(*world.registry, kAuditValues);
        text = ToJson(wanted.verdict, wanted.certificate, *values.Of(wanted.verdict.links));
      }
      CHECK((line == text + "\n"));
    }
    CHECK(names.size() == 80);
    CHECK_FALSE(names.contains("m:s9"));
    options.sample = 7;
    CHECK(world.Run("out", options).screened == 7);
    options.sample = 0;
    options.limit = 7;
    CHECK(world.Run("out", options).screened == 7);
    CHECK_FALSE(Audit(*world.registry, world.files, world.folder / "out", options));
  }

  // Stops an audit after each few blocks until it is through.
  TEST_CASE("AnInterruptedAuditGoesOnToTheSameBytes") {
    const World world;
    struct Case {
      const char* name;
      int steps;  // after which it is stopped
      void (*set)(AuditOptions&);
    };
    const Case cases[] = {
        {"all", 1, [](AuditOptions&) {}},
        {"findings", 2, [](AuditOptions& o) { o.results = AuditResults::kFindings; }},
        {"since", 1, [](AuditOptions& o) { o.since = Time{1'750'000'000'000'000}; }},
        {"first", 10, [](AuditOptions& o) { o.limit = 7'000; }},
        {"sample", 40, [](AuditOptions& o) { o.sample = 4'000; }},  // most of them of reading
        {"stored", 1, [](AuditOptions& o) { o.stored = true; }},
        {"among", 1, [](AuditOptions& o) { o.among = true; }},
    };
    for (const Case& one : cases) {
      CAPTURE(one.name);
      AuditOptions options = Options();
      one.set(options);
      world.Run("whole", options);
      const auto wanted = Everything(world.folder / "whole");
      options.save_seconds = 0;
      fs::remove_all(world.folder / "parts");
      std::uint64_t before = 0;
      int runs = 0, resumed = 0;
      while (true) {
        REQUIRE(++runs < 300);
        int blocks = 0;
        options.hooks.on_progress = [&](std::uint64_t) { return ++blocks < one.steps; };
        options.on_resume = [&](std::uint64_t records) {
          ++resumed;
          CHECK(records == before);
        };
        const AuditReport report = world.Run("parts", options);
        if (!report.interrupted) {
          CHECK(report.resumed == before);
          break;
        }
        CHECK(report.resumable);
        before = report.records;
        CHECK_FALSE(fs::exists(world.folder / "parts/results.jsonl"));
        CHECK_FALSE(fs::exists(world.folder / "parts/summary.json"));
      }
      CHECK(resumed == runs - 1);
      CHECK(runs > 1);
      CHECK((Everything(world.folder / "parts") == wanted));
    }
  }

  // What stands on disk at any moment is what a killed audit leaves.
  TEST_CASE("AKilledAuditGoesOnFromWhatItSavedLast") {
    const World world;
    for (const bool among : {false, true}) {
      CAPTURE(among);
      AuditOptions options = Options();
      options.among = among;
      world.Run("whole", options);
      const auto wanted = Everything(world.folder / "whole");
      for (const int moment : {1, 2, 4}) {
        CAPTURE(moment);
        for (const char* dir : {"killed", "left"}) fs::remove_all(world.folder / dir);
        int blocks = 0;
        options.save_seconds = 0;
        options.on_part = [&](const AuditProgress&) {
          if (++blocks != moment + 1) return;  // what was written since is not in the state
          fs::create_directory(world.folder / "left");
          fs::copy(world.folder / "killed/.unfinished", world.folder / "left/.unfinished");
          std::ofstream(world.folder / "left/.unfinished/rejects.csv", std::ios::app) << "torn";
        };
        world.Run("killed", options);
        if (blocks <= moment) break;
        options.on_part = {};
        bool resumed = false;
        options.on_resume = [&](std::uint64_t records) { resumed = records > 0; };
        world.Run("left", options);
        options.on_resume = {};
        CHECK(resumed);
        CHECK((Everything(world.folder / "left") == wanted));
      }
    }
  }

  TEST_CASE("AnInterruptedAuditOfSomethingElseBeginsAgainAndSaysWhy") {
    World world;
    struct Case {
      const char* why;
      void (*change)(World&, AuditOptions&);
    };
    const Case cases[] = {
        {"input changed",
         [](World& w, AuditOptions&) {
           std::ofstream(w.files[0], std::ios::app) << "m,one more,,,,,,\n";
         }},
        {"options were changed", [](World&, AuditOptions& o) { o.since = kAsOf; }},
        {"store changed",
         [](World& w, AuditOptions&) {
           REQUIRE(w.registry->Apply(Ban{{"m", "s1"}, "c", "fakes", kAsOf}));
         }},
        {"policy changed",
         [](World& w, AuditOptions&) {
           LinkPolicy policy = w.registry->policy();
           policy.block += 1'000;
           REQUIRE(w.registry->Apply(SetPolicy{policy}));
         }},
        {"cannot be read",
         [](World& w, AuditOptions&) {
           WriteFile(w.folder / "out/.unfinished/state.json", "{\"v\":1,");
         }},
        {"cannot be read",
         [](World& w, AuditOptions&) {
           WriteFile(w.folder / "out/.unfinished/state.json", "{\"v\":1}");
         }},
        {"is gone",
         [](World& w, AuditOptions&) { fs::remove(w.folder / "out/.unfinished/results.jsonl"); }},
    };
    for (const Case& one : cases) {
      CAPTURE(one.why);
      AuditOptions options = Options();
      int blocks = 0;
      options.hooks.on_progress = [&](std::uint64_t) { return ++blocks < 2; };
      REQUIRE(world.Run("out", options).interrupted);
      options.hooks.on_progress = {};
      std::string said;
      options.on_new_start = [&](const std::string& reason) { said = reason; };
      options.on_resume = [](std::uint64_t) { CHECK(false); };
      one.change(world, options);
      const AuditReport report = world.Run("out", options);
      CHECK(report.resumed == 0);
      CHECK_MESSAGE(said.find(one.why) != std::string::npos, said);
      options.on_new_start = {};
      world.Run("fresh", options);
      CHECK((Everything(world.folder / "out") == Everything(world.folder / "fresh")));
    }
  }

  TEST_CASE("TwoAuditsNeverWriteIntoOneFolder") {
    const World world;
    AuditOptions options = Options();
    int tried = 0;
    options.on_part = [&](const AuditProgress& progress) {
      CHECK(progress.part >= 0);
      if (++tried > 1) return;
      const auto second = Audit(*world.registry, world.files, world.folder / "out", Options());
      REQUIRE_FALSE(second);
      CHECK(second.error().code == Code::kConflict);
    };
    world.Run("out", options);
    CHECK(tried > 1);
  }
}

}  // namespace
}  // namespace revenant

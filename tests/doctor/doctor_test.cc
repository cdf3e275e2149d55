#include "revenant/doctor.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "doctor/files.h"
#include "registry/folder.h"
#include "registry/handle.h"
#include "registry/stage.h"
#include "store/foreign_rows.h"
#include "util/bytes.h"

namespace revenant {
namespace {

using Severity = Diagnosis::Severity;

Diagnosis Diagnosed(Stage& stage, const DoctorOptions& options = {.now = Day(200)}) {
  Result<Diagnosis> found = Diagnose(*stage, options);
  if (!found) FAIL(found.error().message);
  return std::move(*found);
}
std::vector<std::string> SortsOf(const Diagnosis& found) {
  std::vector<std::string> sorts;
  for (const Diagnosis::Finding& finding : found.findings) sorts.emplace_back(finding.sort);
  return sorts;
}
const Diagnosis::Finding* Find(const Diagnosis& found, std::string_view sort) {
  const auto at = std::find_if(found.findings.begin(), found.findings.end(),
                               [&](const auto& finding) { return finding.sort == sort; });
  return at == found.findings.end() ? nullptr : &*at;
}
Fingerprint FingerprintOf(Stage& stage, const char* value) {
  return stage.Prepared("x", 1, {value}, SellerStatus::kActive).attributes[0].root;
}
LinkPolicy WithLimit(std::uint32_t limit) {
  LinkPolicy policy = PlainPolicy();
  KindPolicy kind = policy.For("custom.strong");
  kind.fanout_limit = limit;
  policy.Set("custom.strong", kind);
  return policy;
}
// Sellers of which every third shares a handset with the next.
void FillHealthy(Stage& stage, int sellers) {
  for (int i = 0; i < sellers; ++i) {
    const int weak = i % 3 == 1 ? i - 1 : i;
    stage.Shows(
        fmt::format("h{}", i).c_str(), i % 90,
        {fmt::format("custom.other=o{}", i).c_str(), fmt::format("custom.weak=w{}", weak).c_str()});
  }
}

TEST_CASE("AnEmptyStoreIsHealthy") {
  Stage stage;
  const Diagnosis found = Diagnosed(stage);
  CHECK(found.findings.empty());
  CHECK(found.healthy());
}

TEST_CASE("NothingIsFoundInAHealthyStore") {
  Stage stage;
  FillHealthy(stage, 300);
  stage.IsBanned("h0", 95);
  const Diagnosis found = Diagnosed(stage);
  CHECK(SortsOf(found) == std::vector<std::string>{});
  CHECK(found.stats.sellers == 300);
}

TEST_CASE("TheValueThatJoinsHundredsIsNamedFirst") {
  Stage stage(WithLimit(1'000'000));
  FillHealthy(stage, 100);
  for (int i = 0; i < 300; ++i) {
    stage.Shows(fmt::format("d{}", i).c_str(), i % 90,
                {"custom.strong=terminal-7", fmt::format("custom.weak=d{}", i).c_str()});
  }
  const Diagnosis found = Diagnosed(stage, {.now = Day(200), .command = "revenant --store s"});
  CHECK_FALSE(found.healthy());
  REQUIRE_FALSE(found.findings.empty());
  const Diagnosis::Finding& first = found.findings.front();
  CHECK(first.sort == "value_joins_too_many");
  CHECK(first.severity == Severity::kProblem);
  CHECK(first.kind == "custom.strong");
  CHECK(first.fingerprint == FingerprintOf(stage, "custom.strong=terminal-7"));
  CHECK(first.sellers == 300);
  CHECK(first.what.find("joins 300 sellers, 0 of them banned") != std::string::npos);
  CHECK(first.what.find("without it 299 of 300 sellers come apart, into 300 groups") !=
        std::string::npos);
  CHECK(first.command ==
        "revenant --store s policy try --set 'kind.\"custom.strong\".fanout_limit=50'");
  REQUIRE(first.examples.size() == 2);
  CHECK(first.advice.find("revenant --store s explain p:d") != std::string::npos);
  CHECK(Find(found, "limit_is_none") != nullptr);
  // The cluster is large because of it: no problem of its own.
  const Diagnosis::Finding* cluster = Find(found, "cluster_too_large");
  REQUIRE(cluster != nullptr);
  CHECK(cluster->severity == Severity::kWarning);
  // The advice helps.
  REQUIRE(stage->Apply(SetPolicy{WithLimit(50)}));
  CHECK(Diagnosed(stage).healthy());
}

TEST_CASE("TwoValuesThatJoinTheSameSellersAreBothNamed") {
  Stage stage(WithLimit(1'000'000));
  for (int i = 0; i < 260; ++i) {
    stage.Shows(fmt::format("d{}", i).c_str(), i % 90, {"custom.strong=one", "custom.strong=two"});
  }
  const Diagnosis found = Diagnosed(stage);
  REQUIRE(found.findings.size() >= 2);
  for (int i = 0; i < 2; ++i) {
    CHECK(found.findings[i].sort == "value_joins_too_many");
    CHECK(found.findings[i].severity == Severity::kProblem);
  }
  CHECK(found.findings[0].fingerprint != found.findings[1].fingerprint);
}

TEST_CASE("WhatHoldsAClusterTogetherIsNamed") {
  Stage stage;
  // Two groups of 15, each by a chain of its own, which one seller joins; 30 that one value joins.
  for (const char* group : {"a", "b"}) {
    for (int i = 0; i < 15; ++i) {
      stage.Shows(fmt::format("{}{}", group, i).c_str(), 1,
                  {fmt::format("custom.strong={}1", group).c_str(),
                   fmt::format("custom.weak={}2", group).c_str()});
    }
  }
  stage.Shows("agent", 2,
              {"custom.strong=a1", "custom.weak=a2", "custom.strong=b1", "custom.weak=b2"});
  for (int i = 0; i < 30; ++i) {
    stage.Shows(fmt::format("c{}", i).c_str(), 3, {"custom.other=form"});
  }
  const Diagnosis found = Diagnosed(stage);
  const Diagnosis::Finding* agent = Find(found, "seller_joins_clusters");
  REQUIRE(agent != nullptr);
  CHECK(agent->examples == std::vector<SellerName>{Shop("agent")});
  CHECK(agent->what.find("p:agent alone holds a cluster together: without it 15 of 31 sellers come "
                         "apart, into 2 groups") != std::string::npos);
  const Diagnosis::Finding* value = Find(found, "value_joins_clusters");
  REQUIRE(value != nullptr);
  CHECK(value->fingerprint == FingerprintOf(stage, "custom.other=form"));
  CHECK(value->severity == Severity::kWarning);
  CHECK(value->command.starts_with("revenant explain p:c"));
  CHECK(found.healthy());
}

TEST_CASE("HubsOfBansAndValuesAtTheirLimitAreNamed") {
  Stage stage(WithLimit(4));
  for (int i = 0; i < 4; ++i) {
    stage.Shows(fmt::format("n{}", i).c_str(), 1, {"custom.strong=near"});
  }
  for (int i = 0; i < 6; ++i) {
    stage.Shows(fmt::format("r{}", i).c_str(), 1, {"custom.strong=ring"});
  }
  for (int i = 0; i < 3; ++i) stage.IsBanned(fmt::format("r{}", i).c_str(), 9);
  const Diagnosis found = Diagnosed(stage);
  CHECK(SortsOf(found) == std::vector<std::string>{"hub_of_bans", "values_at_limit"});
  CHECK(found.findings[0].what.find("but 3 of the 6 sellers that carry it are banned") !=
        std::string::npos);
  CHECK(found.findings[0].command.ends_with("fanout_limit=6'"));
  CHECK(found.findings[1].severity == Severity::kNote);
  CHECK(found.findings[1].command == "revenant calibrate");
}

TEST_CASE("OldApplicationsAndJunkAreNamed") {
  LinkPolicy policy = PlainPolicy();
  policy.junk["custom.weak"] = {"form"};
  Stage stage(policy);
  for (int i = 0; i < 60; ++i) {
    stage.Shows(fmt::format("s{}", i).c_str(), 1,
                {i % 2 == 0 ? "custom.weak=form" : fmt::format("custom.weak={}", i).c_str()});
  }
  stage.AppliesFor("it's me", 10, {"custom.other=1"});
  stage.AppliesFor("late", 150, {"custom.other=2"});
  const Diagnosis found = Diagnosed(stage, {.now = Day(200), .application_days = 100});
  CHECK(SortsOf(found) == std::vector<std::string>{"kind_of_junk", "applications_never_fade"});
  CHECK(found.findings[0].what.starts_with("50 % of the values of custom.weak are junk (30 of 60"));
  CHECK(found.findings[1].sellers == 1);
  CHECK(found.findings[1].command == "revenant forget 'p:it'\\''s me'");
}

TEST_CASE("FilesThatOthersMayReadAreNamed") {
  const Folder folder;
  const auto store = folder / "s", key = folder / "s.key";
  REQUIRE(TestKey().WriteNew(key));
  REQUIRE(Registry::Create(store, TestKey()));
  ::chmod(store.c_str(), 0700);
  const DoctorOptions options{.now = Day(1), .store = store, .key = key, .journal_key = {}};
  const auto diagnosed = [&] {
    const auto registry = Registry::Open(store, TestKey(), Access::kReadOnly);
    REQUIRE(registry);
    Result<Diagnosis> found = Diagnose(**registry, options);
    REQUIRE(found);
    return std::move(*found);
  };
  CHECK(SortsOf(diagnosed()) == std::vector<std::string>{});
  ::chmod(key.c_str(), 0644);
  ::chmod(store.c_str(), 0755);
  const Diagnosis found = diagnosed();
  CHECK(SortsOf(found) == std::vector<std::string>{"key_open_to_others", "folder_open_to_others"});
  CHECK_FALSE(found.healthy());
  CHECK(found.findings[0].command == "chmod 600 " + key.string());
  std::filesystem::rename(key, store / "in.key");
  ::chmod((store / "in.key").c_str(), 0600);
  DoctorOptions inside = options;
  inside.key = store / "in.key";
  const auto registry = Registry::Open(store, TestKey(), Access::kReadOnly);
  REQUIRE(registry);
  const Result<Diagnosis> within = Diagnose(**registry, inside);
  REQUIRE(within);
  CHECK(Find(*within, "key_in_store") != nullptr);
}

TEST_CASE("ALogThatAKilledWriterLeftIsNamed") {
  const Folder folder;
  const auto store = folder / "s";
  REQUIRE(Registry::Create(store, TestKey()));
  ::chmod(store.c_str(), 0700);
  std::ofstream(store / "000099.log") << "rest";
  Stage stage;
  const Diagnosis found = Diagnosed(stage, {.now = Day(1), .store = store});
  CHECK(SortsOf(found) == std::vector<std::string>{"log_not_clean"});
  const Diagnosis nowhere = Diagnosed(stage, {.now = Day(1), .store = folder / "nowhere"});
  CHECK(SortsOf(nowhere) == std::vector<std::string>{"folder_unreadable"});
}

// Every seller shares a value with each of the next two, so that no one value or seller holds it.
TEST_CASE("AClusterThatNothingExplainsIsAProblemByItself") {
  struct Case {
    int sellers, others;
    bool named, healthy;
  };
  for (const Case& one : {Case{49, 0, false, true},
                          {50, 0, true, false},
                          {50, 950, true, false},
                          {50, 951, false, true}}) {
    CAPTURE(one.sellers);
    CAPTURE(one.others);
    Stage stage;
    for (int i = 0; i < one.sellers; ++i) {
      std::vector<std::string> values;
      for (const int to : {i, i + 1, i + 2}) {
        values.push_back(fmt::format("custom.strong=r{}", to % one.sellers));
      }
      stage.Shows(fmt::format("r{}", i).c_str(), 1,
                  {values[0].c_str(), values[1].c_str(), values[2].c_str()});
    }
    for (int i = 0; i < one.others; ++i) {
      stage.Shows(fmt::format("o{}", i).c_str(), 1, {fmt::format("custom.weak=o{}", i).c_str()});
    }
    const Diagnosis found = Diagnosed(stage);
    const Diagnosis::Finding* cluster = Find(found, "cluster_too_large");
    CHECK((cluster != nullptr) == one.named);
    CHECK(found.healthy() == one.healthy);
    if (cluster == nullptr) continue;
    CHECK(cluster->sellers == 50);
    CHECK(cluster->what.starts_with("The cluster of p:r"));
    CHECK(cluster->what.find("has 50 sellers, ") != std::string::npos);
    CHECK(cluster->advice == "no single seller or identifier holds it together.");
    CHECK(cluster->command.starts_with("revenant cluster p:r"));
  }
}

TEST_CASE("AnExplainedClusterIsNoProblemOfItsOwn") {
  Stage stage;
  for (int i = 0; i < 60; ++i) {  // two halves, each a thick ring, and one value between them
    const auto in = [&](int to) {
      return fmt::format("custom.strong={}{}", i < 30 ? 'x' : 'y', (i + to) % 30);
    };
    const std::string a = in(0), b = in(1), c = in(2);
    if (i == 0 || i == 30) {
      stage.Shows(fmt::format("s{}", i).c_str(), 1,
                  {a.c_str(), b.c_str(), c.c_str(), "custom.weak=bridge"});
    } else {
      stage.Shows(fmt::format("s{}", i).c_str(), 1, {a.c_str(), b.c_str(), c.c_str()});
    }
  }
  const Diagnosis found = Diagnosed(stage);
  const Diagnosis::Finding* cluster = Find(found, "cluster_too_large");
  REQUIRE(cluster != nullptr);
  CHECK(cluster->severity == Severity::kWarning);
  CHECK(cluster->advice.starts_with("held together by "));
}

TEST_CASE("AFullDiskIsNamedBeforeItRefusesWrites") {
  constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
  struct Case {
    std::uint64_t left, store;
    std::optional<Severity> severity;
  };
  for (const Case& one : {Case{64 * kMiB, kMiB, std::nullopt},
                          {64 * kMiB - 1, kMiB, Severity::kProblem},
                          {1'000 * kMiB, 1'000 * kMiB, std::nullopt},
                          {1'000 * kMiB - 1, 1'000 * kMiB, Severity::kWarning},
                          {100 * kMiB, 1'000 * kMiB, Severity::kWarning},
                          {100 * kMiB - 1, 1'000 * kMiB, Severity::kProblem},
                          {0, 0, Severity::kProblem}}) {
    CAPTURE(one.left);
    CAPTURE(one.store);
    const auto found = FindingAboutDisk("a store", one.left, one.store);
    REQUIRE(found.has_value() == one.severity.has_value());
    if (!found) continue;
    CHECK(found->severity == *one.severity);
    CHECK(found->sort == "disk_is_full");
    CHECK(found->command == "df -h 'a store'");
  }
}

TEST_CASE("ListsThatWentStaleAreCounted") {
  Stage stage;
  const auto renew = [&](std::uint8_t feed, Time until) {
    Result<std::unique_ptr<WriteSession>> session = BeginWriting(*stage);
    REQUIRE(session);
    (*session)->batch().Put(Table::kExchange, ForeignFeedKey({feed}),
                            EncodeNumber(ZigZag(until.micros)));
    REQUIRE((*session)->Commit(Durability::kBuffered));
  };
  renew(1, Day(201));
  CHECK(SortsOf(Diagnosed(stage)) == std::vector<std::string>{});
  CHECK(SortsOf(Diagnosed(stage, {.now = Day(201)})) ==
        std::vector<std::string>{"lists_are_stale"});
  renew(2, Day(150));
  const Diagnosis one = Diagnosed(stage);
  REQUIRE(SortsOf(one) == std::vector<std::string>{"lists_are_stale"});
  CHECK(one.findings[0].what.starts_with("1 list of other platforms is stale, the first since "));
  CHECK(one.findings[0].what.find(FormatTime(Day(150)).substr(0, 10)) != std::string::npos);
  renew(3, Day(100));
  const Diagnosis two = Diagnosed(stage);
  CHECK(two.findings[0].what.starts_with("2 lists of other platforms are stale"));
  CHECK(two.findings[0].what.find(FormatTime(Day(100)).substr(0, 10)) != std::string::npos);
  CHECK(two.findings[0].command == "revenant exchange status");
}

TEST_CASE("AFindingIsOneLineOfJson") {
  Stage stage(WithLimit(4));
  for (int i = 0; i < 4; ++i) {
    stage.Shows(fmt::format("n{}", i).c_str(), 1, {"custom.strong=near"});
  }
  const Diagnosis found = Diagnosed(stage);
  REQUIRE(found.findings.size() == 1);
  const std::string line = ToJson(found.findings.front());
  CHECK(line.find('\n') == std::string::npos);
  const nlohmann::json json = nlohmann::json::parse(line);
  CHECK(json["v"] == 1);
  CHECK(json["severity"] == "note");
  CHECK(json["finding"] == "values_at_limit");
  CHECK(json["sellers"] == 4);
  CHECK(json["kind"] == "custom.strong");
  CHECK(json["fingerprint"] == FingerprintOf(stage, "custom.strong=near").ToHex());
  CHECK(json["examples"].size() == 2);
  CHECK(line.find("=near") == std::string::npos);
}

TEST_CASE("WordsAreQuotedForAShell") {
  CHECK(ShellWord("eu:S-1042") == "eu:S-1042");
  CHECK(ShellWord("") == "''");
  CHECK(ShellWord("a b;$(c)") == "'a b;$(c)'");
  CHECK(ShellWord("it's") == "'it'\\''s'");
}

}  // namespace
}  // namespace revenant

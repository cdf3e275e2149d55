// What a trial says of a policy is what setting it does.

#include "revenant/policy_trial.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "registry/stage.h"

namespace revenant {
namespace {

constexpr Time kNow{20'300 * kDay};

Record Applicant(const std::string& id, const std::vector<std::string>& values) {
  Record record;
  record.seller = {"p", id};
  record.status = SellerStatus::kApplicant;
  record.source = "form";
  record.seen = Day(200);
  for (const std::string& value : values) {
    const std::size_t split = value.find('=');
    record.attributes.push_back({value.substr(0, split), "", value.substr(split + 1)});
  }
  return record;
}

// Sellers that share a few values, some of them banned, some of those again free.
class Fair : public Stage {
 public:
  explicit Fair(std::uint64_t seed) : Stage(Policy()), random_(seed) {
    for (int i = 0; i < 60; ++i) {
      std::vector<std::string> values = Draw();
      std::vector<const char*> shown;
      for (const std::string& value : values) shown.push_back(value.c_str());
      const std::string id = fmt::format("s{}", i);
      Record record = Applicant(id, values);
      record.status = SellerStatus::kActive;
      record.seen = Day(i);
      const Result<Intake> intake = (**this).Prepare(record, kNow);
      REQUIRE(intake);
      Apply(intake->event);
      if (i % 4 == 0) Apply(Ban{{"p", id}, "case", "fakes", Day(i + 20)});
      if (i % 8 == 0) Apply(Reinstate{{"p", id}, "case", false, Day(i + 30)});
      if (i % 9 == 1) Apply(Infringe{{"p", id}, "i", Right::kTrademark, Day(i + 20)});
      if (i % 18 == 1) Apply(Retract{{"p", id}, "i", Day(i + 30)});
    }
    for (int i = 0; i < 40; ++i) {
      applications_.push_back(Applicant((i % 5 == 0 ? "s" : "a") + std::to_string(i), Draw()));
    }
  }
  static LinkPolicy Policy() {
    LinkPolicy policy = PlainPolicy();
    for (const char* name : {"custom.strong", "custom.weak"}) {
      KindPolicy kind = policy.For(name);
      kind.fanout_limit = 4;
      policy.Set(name, kind);
    }
    return policy;
  }
  const std::vector<Record>& applications() const { return applications_; }

  std::map<SellerName, ClusterId> Clusters() {
    std::map<SellerName, ClusterId> clusters;
    REQUIRE((**this).ForEachSeller(
        [&](const SellerName& name, const ClusterId& id, bool) { clusters[name] = id; }));
    return clusters;
  }
  std::vector<Decision> Decisions() {
    std::vector<Decision> decisions;
    for (const Record& record : applications_) {
      const Result<Verdict> verdict = (**this).Screen(record, kNow);
      REQUIRE(verdict);
      decisions.push_back(verdict->decision);
    }
    return decisions;
  }
  // Sellers with something on file and nothing in force that are blocked, applying as they are.
  std::pair<std::uint64_t, std::uint64_t> Cleared() {
    std::uint64_t cleared = 0, blocked = 0;
    for (int i = 0; i < 60; ++i) {
      const bool banned = i % 4 == 0 && i % 8 != 0, infringes = i % 9 == 1 && i % 18 != 1;
      if (banned || infringes || (i % 8 != 0 && i % 18 != 1)) continue;
      ++cleared;
      const Result<Enrol> application = (**this).ApplicationOf({"p", fmt::format("s{}", i)});
      REQUIRE(application);
      const Result<Verdict> verdict = (**this).Screen(*application, kNow);
      REQUIRE(verdict);
      blocked += verdict->decision == Decision::kBlock;
    }
    return {cleared, blocked};
  }

 private:
  std::vector<std::string> Draw() {
    std::vector<std::string> values = {fmt::format("custom.strong={}", random_() % 25),
                                       fmt::format("custom.weak={}", random_() % 30)};
    if (random_() % 2 == 0) values.push_back(fmt::format("custom.other={}", random_() % 30));
    if (random_() % 3 == 0) values.push_back(fmt::format("custom.side={}", random_() % 6));
    return values;
  }
  std::mt19937_64 random_;
  std::vector<Record> applications_;
};

// How many clusters of `whole` hold sellers of several of `part`.
std::uint64_t Mixed(const std::map<SellerName, ClusterId>& whole,
                    const std::map<SellerName, ClusterId>& part) {
  std::map<ClusterId, std::set<ClusterId>> of;
  for (const auto& [name, cluster] : whole) of[cluster].insert(part.at(name));
  return static_cast<std::uint64_t>(
      std::count_if(of.begin(), of.end(), [](const auto& each) { return each.second.size() > 1; }));
}

PolicyTrialReport::Verdicts Counted(const std::vector<Decision>& decisions) {
  const auto count = [&](Decision decision) {
    return static_cast<std::uint64_t>(std::count(decisions.begin(), decisions.end(), decision));
  };
  return {count(Decision::kClear), count(Decision::kReview), count(Decision::kBlock)};
}

bool Same(const Stats& a, const Stats& b) {
  return a.sellers == b.sellers && a.observations == b.observations &&
         a.fingerprints == b.fingerprints && a.clusters == b.clusters &&
         a.linked_clusters == b.linked_clusters && a.largest_cluster == b.largest_cluster &&
         a.hubs == b.hubs && a.banned == b.banned;
}

struct Change {
  const char* name;
  void (*make)(LinkPolicy&);
};
void SetKind(LinkPolicy& policy, const char* name, void (*change)(KindPolicy&)) {
  KindPolicy kind = policy.For(name);
  change(kind);
  policy.Set(name, kind);
}
constexpr Change kChanges[] = {
    {"nothing", [](LinkPolicy&) {}},
    {"a lower limit",
     [](LinkPolicy& policy) {
       SetKind(policy, "custom.strong", [](KindPolicy& kind) { kind.fanout_limit = 2; });
     }},
    {"a higher limit",
     [](LinkPolicy& policy) {
       SetKind(policy, "custom.weak", [](KindPolicy& kind) { kind.fanout_limit = 40; });
     }},
    {"a kind that supports only",
     [](LinkPolicy& policy) {
       SetKind(policy, "custom.weak", [](KindPolicy& kind) { kind.role = Role::kSupporting; });
     }},
    {"a kind that links now",
     [](LinkPolicy& policy) {
       SetKind(policy, "custom.side", [](KindPolicy& kind) { kind.role = Role::kLinking; });
     }},
    {"a lower threshold", [](LinkPolicy& policy) { policy.block = 2'000; }},
    {"a higher threshold", [](LinkPolicy& policy) { policy.block = 15'000; }},
    {"values that are nobody's",
     [](LinkPolicy& policy) { policy.junk["custom.strong"] = {"1", "2", "3"}; }},
};

TEST_CASE("ATrialSaysWhatSettingThePolicyDoes") {
  std::uint64_t moved = 0, hubs = 0, changed = 0, wrong = 0;
  for (const Change& change : kChanges) {
    CAPTURE(change.name);
    for (std::uint64_t seed = FirstSeed(); seed < FirstSeed() + Scaled(2); ++seed) {
      CAPTURE(seed);
      Fair fair(seed);
      LinkPolicy policy = Fair::Policy();
      change.make(policy);
      const auto clusters_before = fair.Clusters();
      const std::vector<Decision> before = fair.Decisions();
      const Result<Stats> stats_before = fair->GetStats();
      const auto cleared_before = fair.Cleared();
      const std::string facts = fair.Export(ExportScope::kFacts);

      const std::unique_ptr<Registry> reader = fair.Reader();
      const auto trial = PolicyTrial::Begin(*reader, policy, {.as_of = kNow, .max_listed = 1'000});
      REQUIRE(trial);
      for (const Record& application : fair.applications()) REQUIRE((*trial)->Judge(application));
      const PolicyTrialReport& said = (*trial)->report();
      CHECK(fair.Export(ExportScope::kFacts) == facts);

      const Result<Applied> applied = fair->Apply(SetPolicy{policy});
      REQUIRE(applied);
      const auto clusters_after = fair.Clusters();
      const std::vector<Decision> after = fair.Decisions();
      const Result<Stats> stats_after = fair->GetStats();
      CHECK(Same(said.before, *stats_before));
      CHECK(Same(said.after, *stats_after));
      CHECK(said.joined == Mixed(clusters_after, clusters_before));
      CHECK(said.parted == Mixed(clusters_before, clusters_after));
      CHECK(said.joins.size() == said.joined);
      CHECK(said.parts.size() == said.parted);
      CHECK(said.hubs_gained.size() == said.gained);
      CHECK(said.before.hubs + said.gained - said.lost == said.after.hubs);
      CHECK(said.now_junk == applied->now_junk);
      CHECK(said.applications == before.size());
      CHECK(said.verdicts_before == Counted(before));
      CHECK(said.verdicts_after == Counted(after));
      std::map<SellerName, std::pair<Decision, Decision>> differing, listed;
      for (std::size_t i = 0; i < before.size(); ++i) {
        if (before[i] == after[i]) continue;
        differing[fair.applications()[i].seller] = {before[i], after[i]};
      }
      for (const auto& one : said.changes) {
        listed[one.seller] = {one.before, one.after};
        CHECK_FALSE(one.why.empty());
      }
      CHECK(listed == differing);
      CHECK(said.changed == differing.size());
      const auto cleared_after = fair.Cleared();
      CHECK(said.cleared == cleared_before.first);
      CHECK(said.wrongly_blocked_before == cleared_before.second);
      CHECK(said.wrongly_blocked_after == cleared_after.second);
      for (const PolicyTrialReport::CurvePoint& point : said.curve) {
        CAPTURE(point.block);
        LinkPolicy other = policy;
        other.block = point.block;
        REQUIRE(fair->Apply(SetPolicy{other}));
        CHECK(point.verdicts == Counted(fair.Decisions()));
        CHECK(point.wrongly_blocked == fair.Cleared().second);
      }
      moved += said.joined + said.parted;
      hubs += said.gained + said.lost;
      changed += said.changed;
      wrong += said.wrongly_blocked_after;
    }
  }
  // The fairs are lively enough to show something.
  CHECK(moved > 5);
  CHECK(hubs > 10);
  CHECK(changed > 10);
  CHECK(wrong > 0);
}

TEST_CASE("ATrialNamesWhoComesTogetherAndWhoComesApart") {
  Stage stage(HubPolicy());  // a limit of 3
  for (const char* id : {"a", "b", "c"}) stage.Shows(id, 1, {"custom.strong=1"});
  for (const char* id : {"k", "l", "m", "n"}) stage.Shows(id, 1, {"custom.strong=2"});
  stage.IsBanned("k", 5);
  const auto with_limit = [&](std::uint32_t limit) {
    LinkPolicy policy = stage->policy();
    KindPolicy kind = policy.For("custom.strong");
    kind.fanout_limit = limit;
    policy.Set("custom.strong", kind);
    auto trial = PolicyTrial::Begin(*stage, policy);
    REQUIRE(trial);
    return (*trial)->report();
  };
  const PolicyTrialReport lower = with_limit(2);
  REQUIRE(lower.parts.size() == 1);
  CHECK(lower.parts[0].sellers == 3);
  CHECK(lower.parts[0].clusters == 3);
  CHECK(lower.parts[0].sizes == std::vector<std::uint64_t>{1, 1, 1});
  CHECK(lower.parts[0].examples == std::vector<SellerName>{Shop("a"), Shop("b"), Shop("c")});
  REQUIRE(lower.hubs_gained.size() == 1);
  CHECK(lower.hubs_gained[0].kind == "custom.strong");
  CHECK(lower.hubs_gained[0].carriers == 3);
  CHECK(lower.joined == 0);
  CHECK(Describe(lower).find("falls into 3 clusters (1, 1, 1): 3 sellers, among them p:a, p:b, "
                             "p:c") != std::string::npos);
  const PolicyTrialReport higher = with_limit(4);
  REQUIRE(higher.joins.size() == 1);
  CHECK(higher.joins[0].sellers == 4);
  REQUIRE(higher.hubs_lost.size() == 1);
  CHECK(higher.hubs_lost[0].banned == 1);
  CHECK(higher.parted == 0);
  CHECK(higher.after.hubs == 0);
  // One listed, all counted.
  const auto few = PolicyTrial::Begin(*stage, PlainPolicy(), {.max_listed = 0});
  REQUIRE(few);
  CHECK((*few)->report().joined == 1);
  CHECK((*few)->report().joins.empty());
  CHECK(Describe((*few)->report()).find("and 1 more") != std::string::npos);
}

TEST_CASE("ATrialOfAnEmptyStoreSaysNothing") {
  Stage stage;
  const auto trial = PolicyTrial::Begin(*stage, LinkPolicy{});
  REQUIRE(trial);
  const PolicyTrialReport& report = (*trial)->report();
  CHECK(report.joined + report.parted + report.gained + report.lost + report.cleared == 0);
  CHECK(report.after.sellers == 0);
  CHECK(std::is_sorted(report.curve.begin(), report.curve.end(),
                       [](const auto& a, const auto& b) { return a.block < b.block; }));
  CHECK(report.curve.front().block == LinkPolicy{}.review);
  CHECK(report.curve.back().block == 32'000);
}

TEST_CASE("ATrialJudgesTheSellersOfTheLastDecisions") {
  Stage stage;
  stage.Shows("bad", 1, {"custom.weak=1"});
  stage.IsBanned("bad", 5);
  const auto decide = [&](const char* id, Values values) {
    const Result<Certified> made =
        stage->Certify(stage.Prepared(id, 10, values, SellerStatus::kApplicant), kNow);
    REQUIRE(made);
    REQUIRE(stage->RecordDecision(made->certificate, "let in", {}));
  };
  decide("gone", {"custom.other=2"});
  decide("new", {"custom.weak=1"});
  decide("old", {"custom.other=3"});
  decide("new", {"custom.weak=1"});
  stage.Shows("new", 10, {"custom.weak=1"});
  stage.Shows("old", 10, {"custom.other=3"});
  LinkPolicy strict = PlainPolicy();
  strict.review = strict.block = 1'000;
  strict.min_redundancy = 1;
  struct Case {
    std::uint64_t count, read, judged, forgotten, changed;
  };
  for (const Case& one : {Case{0, 0, 0, 0, 0}, {1, 1, 1, 0, 1}, {3, 3, 2, 0, 1}, {9, 4, 2, 1, 1}}) {
    CAPTURE(one.count);
    auto trial = PolicyTrial::Begin(*stage, strict, {.as_of = kNow, .curve = {}});
    REQUIRE(trial);
    const Result<PolicyTrial::Decisions> judged = (*trial)->JudgeDecisions(one.count);
    REQUIRE(judged);
    CHECK(judged->read == one.read);
    CHECK(judged->judged == one.judged);
    CHECK(judged->forgotten == one.forgotten);
    CHECK((*trial)->report().applications == one.judged);
    CHECK((*trial)->report().changed == one.changed);
  }
}

TEST_CASE("ATrialRefusesAnApplicationThatScreeningRefuses") {
  Stage stage;
  const auto trial = PolicyTrial::Begin(*stage, LinkPolicy{});
  REQUIRE(trial);
  const Result<void> judged = (*trial)->Judge(Applicant("", {"custom.strong=1"}));
  REQUIRE_FALSE(judged);
  CHECK(judged.error().code == Code::kInvalidArgument);
  CHECK((*trial)->report().applications == 0);
}

}  // namespace
}  // namespace revenant

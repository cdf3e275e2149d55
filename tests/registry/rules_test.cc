// DESIGN.md section 5, rule by rule: for each at least one test that fails without it. Rules 7
// to 11 stand in rules_links_test.cc.

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "registry/stage.h"
#include "revenant/certificate.h"

namespace revenant {
namespace {

// --- Rule 1

TEST_CASE("Rule1ClusterIsWhatLinkingIdentifiersConnect") {
  Stage stage;
  stage.Shows("a", 1, {"custom.strong=1"});
  stage.Shows("b", 2, {"custom.strong=1", "custom.weak=2"});
  stage.Shows("c", 3, {"custom.weak=2", "custom.side=3"});
  stage.Shows("d", 4, {"custom.side=3"});
  CHECK(stage.ClusterOf("a") == "abc");
  CHECK(stage.ClusterOf("d") == "d");
}

TEST_CASE("Rule1JunkJoinsNobody") {
  Stage stage;
  for (const char* id : {"a", "b"}) {
    Enrol enrol = stage.Prepared(id, 1, {"custom.strong=1"}, SellerStatus::kActive);
    enrol.attributes.front().identifiers.front().junk = true;
    stage.Apply(enrol);
  }
  CHECK(stage.ClusterOf("a") == "a");
  CHECK(stage.Asks("new", {"custom.strong=1"}).links.empty());
}

TEST_CASE("Rule1AStorefrontThatTypesManyValuesWeldsNobody") {
  Stage stage(With("custom.strong", [](KindPolicy& kind) { kind.carry_limit = 2; }));
  stage.Shows("a", 1, {"custom.strong=1"});
  stage.Shows("b", 1, {"custom.strong=2"});
  stage.Shows("c", 1, {"custom.strong=3"});
  stage.Shows("x", 2, {"custom.strong=1", "custom.strong=2"});
  CHECK(stage.ClusterOf("a") == "abx");
  stage.Shows("x", 3, {"custom.strong=3"});
  for (const char* id : {"a", "b", "c", "x"}) CHECK(stage.ClusterOf(id) == id);
  // It is judged itself, but nobody is reached through it.
  stage.IsBanned("c", 9);
  CHECK(stage.Asks("new", {"custom.strong=2"}).decision == Decision::kClear);
  stage.IsBanned("x", 9);
  const Verdict victim = stage.Asks("new", {"custom.strong=2"});
  REQUIRE(victim.links.size() == 1);
  CHECK(victim.decision == Decision::kReview);  // a list says nothing of who owns what is on it
  CHECK(victim.reasons.front().because == Because::kEarlierHolder);
}

TEST_CASE("Rule1ApplicantsWeldNobody") {
  Stage stage;
  stage.Shows("a", 1, {"custom.strong=1"});
  stage.Shows("b", 1, {"custom.strong=2"});
  stage.AppliesFor("x", 2, {"custom.strong=1", "custom.strong=2"});
  CHECK(stage.ClusterOf("a") == "a");
  CHECK(stage.ClusterOf("x") == "x");
  stage.IsBanned("a", 9);
  CHECK(stage.Asks("new", {"custom.strong=2"}).decision == Decision::kClear);
}

// --- Rule 2

TEST_CASE("Rule2AnyOrderAndAnyRepetitionGiveOneExport") {
  Stage source;
  const Enrol first = source.Prepared("a", 1, {"custom.strong=1"}, SellerStatus::kActive);
  const Enrol again = source.Prepared("a", 3, {"custom.strong=1"}, SellerStatus::kMentioned);
  const Enrol other = source.Prepared("b", 2, {"custom.strong=1"}, SellerStatus::kApplicant);
  const Enrol enrolled = source.Prepared("b", 4, {}, SellerStatus::kActive);
  const Fingerprint root = first.attributes.front().root;
  // A ban and a reinstatement at one moment: the lifting event wins.
  std::vector<Event> events = {first,
                               again,
                               other,
                               enrolled,
                               Withdraw{Shop("a"), root, "", Day(2)},
                               Ban{Shop("a"), "c", "fakes", Day(5)},
                               Reinstate{Shop("a"), "c", false, Day(5)}};
  std::vector<std::size_t> order(events.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::string wanted;
  int tried = 0;
  do {
    if (tried++ % 37 != 0) continue;  // 5,040 orders; every 37th reaches all shapes
    Stage stage;
    for (const std::size_t i : order) stage.Apply(events[i]);
    stage.Apply(events[order.front()]);
    stage.Apply(events[order.back()]);
    if (wanted.empty()) wanted = stage.Export();
    CHECK(stage.Export() == wanted);
    const Result<Stats> stats = stage->GetStats();
    REQUIRE(stats);
    CHECK(stats->banned == 0);
  } while (std::next_permutation(order.begin(), order.end()));
  CHECK(wanted.find("fakes") == std::string::npos);
  // Withdrawn through the second day: what was seen on the third is shown from the second on.
  CHECK(wanted.find("\"first\":\"" + FormatTime(Day(2))) != std::string::npos);
}

// --- Rule 3

TEST_CASE("Rule3WithdrawingWhatWasAddedRestoresTheExport") {
  Stage stage(With("custom.strong", [](KindPolicy& kind) { kind.fanout_limit = 2; }));
  stage.Shows("a", 1, {"custom.strong=1"});
  stage.Shows("b", 2, {"custom.strong=1", "custom.weak=2"});
  stage.Shows("c", 3, {"custom.weak=3"});
  const std::string before = stage.Export();
  stage.Shows("c", 4, {"custom.strong=1", "custom.weak=2"});  // one joins, the other is a hub now
  CHECK(stage.ClusterOf("a") == "a");
  CHECK(stage.ClusterOf("c") == "bc");
  stage.Withdraws("c", "custom.strong=1", 5);
  stage.Withdraws("c", "custom.weak=2", 5);
  CHECK(stage.ClusterOf("a") == "ab");
  CHECK(stage.Export() == before);
}

TEST_CASE("Rule3AWithdrawnAttributeTakesWhatDerivesFromItAlong") {
  Stage stage;
  stage.Shows("a", 1, {"custom.strong=derived"});
  Enrol enrol = stage.Prepared("b", 2, {"custom.strong=root"}, SellerStatus::kActive);
  enrol.attributes.front().identifiers.push_back(
      stage.Prepared("b", 2, {"custom.strong=derived"}, SellerStatus::kActive)
          .attributes.front()
          .identifiers.front());
  stage.Apply(enrol);
  CHECK(stage.ClusterOf("a") == "ab");
  stage.Withdraws("b", "custom.strong=root", 3);
  CHECK(stage.ClusterOf("a") == "a");
}

// --- Rule 4

TEST_CASE("Rule4AClusterIsNamedAfterItsEarliestMember") {
  Stage stage;
  stage.Shows("z", 1, {"custom.strong=1"});
  stage.Shows("a", 2, {"custom.strong=2"});
  stage.Shows("b", 2, {"custom.strong=2"});
  const ClusterId of_z = stage.IdOf("z"), of_a = stage.IdOf("a");
  CHECK(stage.IdOf("b") == of_a);  // of two at one time the first by name
  stage.Shows("b", 3, {"custom.strong=1"});
  CHECK(stage.IdOf("a") == of_z);
  stage.Withdraws("b", "custom.strong=1", 4);
  CHECK(stage.IdOf("a") == of_a);
  // Every road to the id says the same.
  const Result<void> read =
      stage->ForEachSeller([&](const SellerName& name, const ClusterId& id, bool) {
        CHECK(id == stage.IdOf(name.external_id.c_str()));
      });
  CHECK(read);
  const Result<Applied> applied = stage->Apply(Ban{Shop("b"), "case", "fakes", Day(5)});
  REQUIRE(applied);
  CHECK(applied->cluster == of_a);
  // The name is all that counts: another store, entered in another order, says the same.
  Stage other;
  other.Shows("b", 2, {"custom.strong=9"});
  other.Shows("a", 2, {"custom.strong=9"});
  CHECK(other.IdOf("b") == of_a);
}

// --- Rule 5

// x and y, found to be different people, held together by m.
void TellApart(Stage& stage) {
  stage.Shows("x", 1, {"custom.strong=1"});
  stage.Shows("m", 2, {"custom.strong=1", "custom.strong=2"});
  stage.Shows("y", 3, {"custom.strong=2"});
  CHECK(stage.ClusterOf("x") == "mxy");
  stage.AreDifferent("x", "y");
}

TEST_CASE("Rule5AJoinThatWouldBringDifferentPeopleTogetherIsRefused") {
  Stage stage;
  TellApart(stage);
  CHECK(stage.ClusterOf("m") == "mx");  // the earlier join stands
  CHECK(stage.ClusterOf("y") == "y");
  stage.Apply(AllowLink{Shop("x"), Shop("y"), Day(60)});
  CHECK(stage.ClusterOf("m") == "mxy");
}

TEST_CASE("Rule5StrongerKindsJoinBeforeEarlierSightings") {
  Stage stage;
  stage.Shows("x", 1, {"custom.weak=1"});
  stage.Shows("m", 2, {"custom.weak=1"});
  stage.Shows("m", 8, {"custom.strong=2"});
  stage.Shows("y", 9, {"custom.strong=2"});
  stage.AreDifferent("x", "y");
  CHECK(stage.ClusterOf("m") == "my");
}

TEST_CASE("Rule5ABanAcrossARefusedJoinIsReviewed") {
  Stage stage;
  TellApart(stage);
  stage.IsBanned("y", 9);
  const Verdict verdict = stage.Asks("new", {"custom.strong=1"});
  CHECK(verdict.decision == Decision::kReview);
  CHECK(Names(verdict, Because::kDifferentPeople, "x", "y"));
}

TEST_CASE("Rule5AJoinRefusedToTheBannedSellerItselfIsReviewed") {
  Stage stage;
  TellApart(stage);
  stage.Shows("y", 4, {"custom.strong=4"});
  stage.Shows("s", 4, {"custom.strong=1", "custom.strong=3"});  // with x
  stage.Shows("b", 5, {"custom.strong=4"});                     // with y,
  stage.Shows("b", 6, {"custom.strong=3"});                     // so this join is refused
  stage.IsBanned("b", 9);
  CHECK(stage.ClusterOf("b") == "by");
  const Verdict verdict = stage.Asks("new", {"custom.strong=3"});
  CHECK(verdict.decision == Decision::kReview);
  CHECK(Names(verdict, Because::kDifferentPeople, "x", "y"));
}

TEST_CASE("Rule5WhatBothOfThePairCarryPointsAtNeither") {
  Stage stage;
  stage.Shows("x", 1, {"custom.strong=1"});
  stage.Shows("y", 2, {"custom.strong=1"});
  stage.IsBanned("x", 9);
  CHECK(stage.Asks("new", {"custom.strong=1"}).decision == Decision::kBlock);
  stage.AreDifferent("x", "y");
  const Verdict verdict = stage.Asks("new", {"custom.strong=1"});
  CHECK(verdict.decision == Decision::kReview);
  CHECK(Names(verdict, Because::kDifferentPeople, "x", "y"));
}

TEST_CASE("Rule5TheOtherOfThePairMayBeAnApplicant") {
  Stage stage;
  stage.Shows("x", 1, {"custom.strong=1"});
  stage.AppliesFor("y", 2, {"custom.strong=1"});
  stage.IsBanned("x", 9);
  stage.AreDifferent("x", "y");
  const Verdict verdict = stage.Asks("new", {"custom.strong=1"});
  CHECK(verdict.decision == Decision::kReview);
  CHECK(Names(verdict, Because::kDifferentPeople, "x", "y"));
}

TEST_CASE("Rule5AFindingAboutTheApplicantHoldsForIt") {
  Stage stage;
  stage.Shows("x", 1, {"custom.strong=1"});
  stage.IsBanned("x", 9);
  stage.AppliesFor("new", 20, {"custom.strong=1"});
  CHECK(stage.Asks("new", {"custom.strong=1"}).decision == Decision::kBlock);
  stage.AreDifferent("x", "new");
  CHECK(stage.Asks("new", {"custom.strong=1"}).links.empty());
}

// The parts are those with the account. Without it an identifier that it alone made a hub joins,
// and nobody knows which joins would be refused then.
TEST_CASE("Rule5AnAccountInAFindingWhoseAbsenceFreesAHubIsReviewed") {
  Stage stage(HubPolicy());
  stage.Shows("b", 1, {"custom.strong=1"});
  stage.Shows("p", 2, {"custom.strong=1"});
  stage.Shows("q", 3, {"custom.strong=1"});
  stage.Shows("n", 4, {"custom.strong=1"});  // one too many
  stage.IsBanned("b", 9);
  CHECK(stage.Asks("n", {"custom.strong=1"}).decision == Decision::kBlock);
  stage.AreDifferent("n", "z");
  const Verdict verdict = stage.Asks("n", {"custom.strong=1"});
  CHECK(verdict.decision == Decision::kReview);
  CHECK(Names(verdict, Because::kDifferentPeople, "n", "z"));
  CHECK(stage.Asks("n", {"custom.strong=2"}).decision == Decision::kClear);
  stage.Withdraws("q", "custom.strong=1", 60);  // no hub any more
  CHECK(stage.Asks("n", {"custom.strong=1"}).decision == Decision::kBlock);
}

// The applicant's account stands as it is: what it joins to a ban is near one.
TEST_CASE("Rule5AnAccountOfItsOwnMayBeWhatLeadsToTheBan") {
  Stage stage;
  stage.Shows("a", 1, {"custom.strong=2"});
  stage.IsBanned("a", 9);
  stage.Shows("e", 2, {"custom.strong=2", "custom.strong=3"});
  stage.Shows("c", 3, {"custom.strong=3", "custom.weak=1"});
  stage.Shows("x", 4, {"custom.weak=1"});
  stage.AppliesFor("y", 5, {"custom.weak=1"});
  stage.AreDifferent("x", "y");
  const Verdict verdict = stage.Asks("e", {"custom.weak=1"});
  CHECK(verdict.decision == Decision::kReview);
  CHECK(Names(verdict, Because::kDifferentPeople, "x", "y"));
}

TEST_CASE("Rule5NoPathHopsBetweenAForbiddenPair") {
  Stage stage;
  stage.Shows("x", 1, {"custom.strong=1", "custom.strong=2"});
  stage.Shows("y", 2, {"custom.strong=2"});
  stage.IsBanned("y", 9);
  CHECK_FALSE(stage.Asks("new", {"custom.strong=1"}).links.empty());
  stage.AreDifferent("x", "y");
  CHECK(stage.Asks("new", {"custom.strong=1"}).links.empty());
  const Result<std::optional<Link>> link = stage->Explain(Shop("x"), Shop("y"));
  REQUIRE(link);
  CHECK_FALSE(link->has_value());
}

// --- Rule 6

TEST_CASE("Rule6OtherComponentsChangeNothing") {
  const auto lines_of = [](Stage& stage, std::initializer_list<const char*> ids) {
    std::istringstream in(stage.Export());
    std::string kept;
    for (std::string line; std::getline(in, line);) {
      for (const char* id : ids) {
        if (line.find(std::string("\"seller\":\"") + id + "\"") != line.npos) kept += line;
      }
    }
    return kept;
  };
  const auto play = [](Stage& stage) {
    stage.Shows("a", 1, {"custom.strong=1"});
    stage.Shows("b", 2, {"custom.strong=1", "custom.side=4"});
    stage.IsBanned("a", 9);
  };
  Stage alone, among;
  play(alone);
  // Many strangers, many bans, a hub: whatever were estimated from the population would move.
  for (int n = 0; n < 60; ++n) {
    const std::string id = "s" + std::to_string(n);
    among.Shows(id.c_str(), n, {"custom.strong=hub", "custom.side=common"});
    if (n % 2 == 0) among.IsBanned(id.c_str(), 70);
  }
  play(among);
  CHECK(lines_of(alone, {"a", "b"}) == lines_of(among, {"a", "b"}));
  const Verdict one = alone.Asks("new", {"custom.strong=1", "custom.side=4"});
  const Verdict two = among.Asks("new", {"custom.strong=1", "custom.side=4"});
  REQUIRE(one.links.size() == 1);
  REQUIRE(two.links.size() == 1);
  CHECK(one.decision == two.decision);
  CHECK(one.links[0].strength == two.links[0].strength);
  CHECK(one.links[0].redundancy == two.links[0].redundancy);
  CHECK(one.reasons.front().text == two.reasons.front().text);
}

// --- Rule 12

TEST_CASE("Rule12ScreeningWritesNothing") {
  Stage stage;
  stage.Shows("a", 1, {"custom.strong=1"});
  stage.IsBanned("a", 9);
  const std::string before = stage.Export(ExportScope::kFacts);
  for (int i = 0; i < 3; ++i) {
    CHECK(stage.Asks("new", {"custom.strong=1", "custom.strong=never seen"}).decision ==
          Decision::kBlock);
  }
  CHECK(stage.Export(ExportScope::kFacts) == before);
  CHECK_FALSE(stage->Cluster(Shop("new")));
}

// `count` sellers around a common identifier; the last by name is banned where `banned` says so.
Verdict AskTheCrowd(std::uint32_t budget, bool banned, std::uint32_t max_hops = 4) {
  LinkPolicy policy = PlainPolicy();
  policy.max_hops = max_hops;
  policy.search_budget = budget;
  Stage stage(policy);
  for (int n = 10; n < 40; ++n) {
    const std::string id = "s" + std::to_string(n);
    stage.Shows(id.c_str(), n, {"custom.strong=1", "custom.weak=2"});
  }
  if (banned) stage.IsBanned("s39", 90);
  return stage.Asks("new", {"custom.strong=1"});
}

TEST_CASE("Rule12ASearchCutShortNearABanIsReviewedAndSaysSo") {
  for (const std::uint32_t max_hops : {1, 4}) {  // among the first neighbours, and beyond them
    CAPTURE(max_hops);
    const Verdict cut = AskTheCrowd(20, true, max_hops);
    CHECK(cut.cut_short);
    CHECK(cut.decision == Decision::kReview);
    CHECK(Why(cut).contains(Because::kCutShort));
  }
  CHECK(AskTheCrowd(20'000, true).decision == Decision::kBlock);
}

TEST_CASE("Rule12TheBudgetMayRunOutBetweenTwoHops") {
  LinkPolicy policy = PlainPolicy();
  policy.search_budget = 5;
  Stage stage(policy);
  stage.Shows("a", 1, {"custom.strong=1"});
  stage.Shows("m", 2,
              {"custom.strong=1", "custom.strong=2", "custom.side=1", "custom.side=2",
               "custom.side=3", "custom.side=4"});  // more than the budget at one stroke
  stage.IsBanned("a", 9);
  const Verdict verdict = stage.Asks("new", {"custom.strong=2"});
  CHECK(verdict.cut_short);
  CHECK(verdict.decision == Decision::kReview);
}

TEST_CASE("Rule12ASearchCutShortAmongTheCleanIsClear") {
  const Verdict clean = AskTheCrowd(20, false);
  CHECK(clean.decision == Decision::kClear);
  CHECK_FALSE(clean.cut_short);
}

// --- Rule 13

TEST_CASE("Rule13ACertificateHoldsHeldThenIsErasedOrIsFalse") {
  Stage stage;
  stage.Shows("a", 1, {"custom.strong=1"});
  stage.IsBanned("a", 9);
  const Enrol application =
      stage.Prepared("new", 100, {"custom.strong=1"}, SellerStatus::kApplicant);
  const Result<Certified> certified = stage->Certify(application, Day(100));
  const Result<Certified> again = stage->Certify(application, Day(100));
  REQUIRE(certified);
  REQUIRE(again);
  CHECK(certified->certificate == again->certificate);
  const auto outcome = [&](const std::string& bytes) {
    const Result<CertificateCheck> check = VerifyCertificate(*stage, bytes);
    REQUIRE(check);
    return OutcomeName(check->outcome);
  };
  CHECK(outcome(certified->certificate) == OutcomeName(CertificateOutcome::kHolds));
  std::string forged = certified->certificate;
  const std::size_t place = forged.find("fakes");
  REQUIRE(place != forged.npos);
  forged.replace(place, 5, "theft");
  CHECK(outcome(forged) == OutcomeName(CertificateOutcome::kFalse));
  stage.Apply(Reinstate{Shop("a"), "case", false, Day(110)});
  CHECK(outcome(certified->certificate) == OutcomeName(CertificateOutcome::kHeldThen));
  stage.Apply(Forget{Shop("a"), "court order", Day(120)});
  CHECK(outcome(certified->certificate) == OutcomeName(CertificateOutcome::kErased));
}

// --- Rule 14

TEST_CASE("Rule14ForgettingLeavesTheHistoryWithoutTheSeller") {
  const auto play = [](Stage& stage, bool with_middle) {
    stage.Shows("a", 1, {"custom.strong=1"});
    if (with_middle) stage.Shows("m", 2, {"custom.strong=1", "custom.strong=2"});
    stage.Shows("b", 3, {"custom.strong=2"});
  };
  Stage forgot, never;
  play(forgot, true);
  play(never, false);
  CHECK(forgot.ClusterOf("a") == "abm");
  forgot.Apply(Forget{Shop("m"), "", Day(20)});
  CHECK(forgot.Export() == never.Export());
  forgot.CheckSound();  // no row of its facts was left behind
}

TEST_CASE("Rule14ABanKeepsItsEvidence") {
  Stage stage;
  stage.Shows("a", 1, {"custom.strong=1"});
  stage.Shows("m", 2, {"custom.strong=1"});
  stage.IsBanned("a", 9);
  for (const char* id : {"a", "m"}) {  // itself, and the one who would erase the link
    CAPTURE(id);
    const Result<Applied> refused = stage->Apply(Forget{Shop(id), "", Day(20)});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::kConflict);
  }
  CHECK(stage->Apply(Forget{Shop("m"), "court order", Day(20)}));
}

TEST_CASE("Rule14NothingRestsOnAHub") {
  const auto hub = [](Stage& stage) {
    stage.Shows("a", 1, {"custom.strong=1"});
    stage.Shows("c", 1, {"custom.strong=2"});
    for (const char* id : {"c", "d", "e", "f"}) stage.Shows(id, 2, {"custom.strong=1"});
  };
  const LinkPolicy policy = With("custom.strong", [](KindPolicy& kind) { kind.fanout_limit = 4; });
  SUBCASE("a ban among its carriers") {
    Stage stage(policy);
    hub(stage);
    stage.IsBanned("a", 9);
    CHECK(stage->Apply(Forget{Shop("d"), "", Day(20)}));
    stage.CheckSound();
    // Now four are left, which are not a hub: here the ban's evidence would go.
    const Result<Applied> refused = stage->Apply(Forget{Shop("e"), "", Day(20)});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::kConflict);
  }
  SUBCASE("an infringement in a carrier's cluster") {
    Stage stage(policy);
    hub(stage);
    stage.Shows("g", 3, {"custom.strong=2"});
    stage.Apply(Infringe{Shop("g"), "c1", Right::kPatent, Day(9)});
    CHECK(stage->Apply(Forget{Shop("d"), "", Day(20)}));
    CHECK_FALSE(stage->Apply(Forget{Shop("c"), "", Day(20)}));
  }
}
TEST_CASE("Rule14ATombstoneStopsReImport") {
  Stage stage;
  stage.Shows("a", 1, {"custom.strong=1"});
  stage.Apply(Forget{Shop("a"), "", Day(20)});
  const Result<Applied> back =
      stage->Apply(stage.Prepared("a", 1, {"custom.strong=1"}, SellerStatus::kActive));
  REQUIRE_FALSE(back);
  CHECK(back.error().code == Code::kConflict);
}

// --- Rule 15

TEST_CASE("Rule15WhatIsDerivedEqualsARebuildFromFacts") {
  Stage stage(HubPolicy());
  Chain(stage);
  for (const char* id : {"e", "f", "g"}) stage.Shows(id, 6, {"custom.strong=1", "custom.weak=7"});
  stage.Withdraws("f", "custom.strong=1", 7);
  stage.AreDifferent("e", "g");
  stage.CheckSound();  // fsck rebuilds everything and compares
  // A change of policy rebuilds by the other road: there and back again nothing has changed.
  const std::string before = stage.Export();
  stage.Apply(SetPolicy{PlainPolicy()});
  CHECK(stage.Export() != before);
  stage.CheckSound();
  stage.Apply(SetPolicy{HubPolicy()});
  CHECK(stage.Export() == before);
}

TEST_CASE("Rule15AVerdictRecordsTheDayThatItIsOf") {
  Stage stage;
  const Result<Verdict> verdict = stage->Screen(
      stage.Prepared("new", 1, {"custom.strong=1"}, SellerStatus::kApplicant), Day(77));
  REQUIRE(verdict);
  CHECK(verdict->as_of == Day(77));
}

}  // namespace
}  // namespace revenant

// Too much at once ([velocity]): bursts over one supporting identifier, and fresh starts after a
// ban. link_twin_test.cc holds random histories against the naive twin.

#include <doctest/doctest.h>

#include <algorithm>

#include "registry/stage.h"
#include "revenant/certificate.h"
#include "revenant/screener.h"

namespace revenant {
namespace {

LinkPolicy Bursting(std::uint32_t sellers, std::uint32_t hours = 48) {
  LinkPolicy policy = With("custom.side", [](KindPolicy& kind) { kind.fanout_limit = 4; });
  policy.velocity.burst_sellers = sellers;
  policy.velocity.burst_hours = hours;
  return policy;
}
LinkPolicy Starting(std::uint32_t identifiers, std::uint32_t hours = 48) {
  LinkPolicy policy = With("custom.side", [](KindPolicy& kind) { kind.fanout_limit = 4; });
  policy.velocity.fresh_identifiers = identifiers;
  policy.velocity.fresh_hours = hours;
  return policy;
}

TEST_CASE("ABurstOverOneSupportingIdentifierIsAReviewWithItsNumbers") {
  Stage stage(Bursting(3));
  stage.Shows("a", 90, {"custom.side=gateway"});
  stage.Shows("b", 91, {"custom.side=gateway"});
  stage.AppliesFor("c", 92, {"custom.side=gateway"});
  CHECK(stage.Asks("n", {"custom.side=gateway"}, 92).decision == Decision::kClear);
  stage.Shows("d", 92, {"custom.side=gateway"});
  const Verdict verdict = stage.Asks("n", {"custom.side=gateway"}, 92);
  CHECK(verdict.decision == Decision::kReview);
  CHECK(Why(verdict) == std::set{Because::kVelocity});
  REQUIRE(verdict.bursts.size() == 1);
  CHECK(verdict.bursts[0].kind == "custom.side");
  CHECK(verdict.bursts[0].sellers == 3);  // b, c, d
  CHECK(verdict.bursts[0].before == 1);   // a, two days before
  CHECK(verdict.bursts[0].hours == 48);
  CHECK(verdict.reasons[0].text ==
        "Carries the same custom.side as 3 others who came with it within 48 hours (1 before "
        "that). A review from 3 on (burst_sellers).");
  // A seller that came later, or at an unknown time, is in no burst; nor is the applicant's own
  // account.
  CHECK(stage.Asks("n", {"custom.side=gateway"}, 91).decision == Decision::kClear);
  CHECK(stage.Asks("n", {"custom.side=gateway"}, 94).decision == Decision::kClear);
  CHECK(stage.Asks("n", {"custom.side=gateway"}, -1).decision == Decision::kClear);
  CHECK(stage.Asks("d", {"custom.side=gateway"}, 92).decision == Decision::kClear);
  CHECK(stage.Asks("n", {"custom.side=another"}, 92).decision == Decision::kClear);
}

TEST_CASE("NobodyAsksForBurstsUnlessThePolicyDoes") {
  Stage stage(Bursting(0));
  for (const char* id : {"a", "b", "c", "d"}) stage.Shows(id, 92, {"custom.side=gateway"});
  const Verdict verdict = stage.Asks("n", {"custom.side=gateway"}, 92);
  CHECK(verdict.decision == Decision::kClear);
  CHECK(verdict.bursts.empty());
  CHECK_FALSE(LinkPolicy{}.velocity.on());
}

TEST_CASE("WhatManySharedBeforeIsNoBurst") {
  Stage stage(Bursting(3));
  for (const char* id : {"a", "b", "c", "d"}) stage.Shows(id, 10, {"custom.side=gateway"});
  for (const char* id : {"e", "f", "g"}) stage.Shows(id, 92, {"custom.side=gateway"});
  CHECK(stage.Asks("n", {"custom.side=gateway"}, 92).bursts.size() == 1);
  stage.Shows("h", -1, {"custom.side=gateway"});  // a time that nobody knows lies before
  CHECK(stage.Asks("n", {"custom.side=gateway"}, 92).decision == Decision::kClear);
}

TEST_CASE("ABurstIsTheSameInWhateverOrderItWasEntered") {
  std::vector<const char*> order = {"a", "b", "c", "d"};
  std::set<std::string> verdicts;
  do {
    Stage stage(Bursting(2));
    for (const char* id : order) {
      const bool early = *id == 'a';
      stage.Shows(id, early ? 10 : 92, {"custom.side=gateway", "custom.weak=w"});
      if (*id == 'b') stage.IsBanned(id, 93);
    }
    const Verdict verdict = stage.Asks("n", {"custom.side=gateway"}, 92);
    REQUIRE(verdict.bursts.size() == 1);
    verdicts.insert(verdict.reasons[0].text);
  } while (std::next_permutation(order.begin(), order.end()));
  CHECK(verdicts.size() == 1);
}

TEST_CASE("NewIdentifiersWithinHoursOfABanAreAFreshStart") {
  Stage stage(Starting(2));
  stage.Shows("a", 10, {"custom.side=flat", "custom.strong=880"});
  stage.IsBanned("a", 90);
  const Values shown = {"custom.side=flat", "custom.strong=881", "custom.weak=882"};
  const Verdict verdict = stage.Asks("n", shown, 91);
  CHECK(verdict.decision == Decision::kReview);
  CHECK(Why(verdict) == std::set{Because::kVelocity});
  REQUIRE(verdict.fresh_starts.size() == 1);
  CHECK(verdict.fresh_starts[0].seller == Shop("a"));
  CHECK(verdict.fresh_starts[0].banned_at == Day(90));
  CHECK(verdict.fresh_starts[0].kind == "custom.side");
  CHECK(verdict.fresh_starts[0].identifiers == 2);
  CHECK(verdict.reasons[0].seller == Shop("a"));
  CHECK(stage.Asks("n", shown, 93).decision == Decision::kClear);  // too late
  CHECK(stage.Asks("n", shown, 89).decision == Decision::kClear);  // before the ban
  CHECK(stage.Asks("n", {"custom.side=flat", "custom.strong=881"}, 91).decision ==
        Decision::kClear);                    // one identifier
  stage.Shows("b", 80, {"custom.weak=882"});  // not new after all
  CHECK(stage.Asks("n", shown, 91).decision == Decision::kClear);
  CHECK(
      stage.Asks("n", {"custom.side=flat", "custom.strong=881", "custom.weak=883"}, 91).decision ==
      Decision::kReview);
  stage.Apply(Reinstate{Shop("a"), "", true, Day(95)});
  CHECK(
      stage.Asks("n", {"custom.side=flat", "custom.strong=881", "custom.weak=883"}, 91).decision ==
      Decision::kClear);
}

// The filter that spares strangers the store knows nothing of supporting identifiers.
TEST_CASE("TheScreenerSeesBurstsOfStrangers") {
  Stage stage(Bursting(2));
  for (const char* id : {"a", "b"}) stage.Shows(id, 92, {"custom.side=gateway"});
  const Enrol application =
      stage.Prepared("n", 92, {"custom.side=gateway"}, SellerStatus::kApplicant);
  Screener screener(*stage);
  for (int i = 0; i < 3; ++i) {
    const Result<const Verdict*> verdict = screener.Screen(application, Day(100));
    REQUIRE(verdict);
    CHECK((*verdict)->decision == Decision::kReview);
  }
  stage.Apply(SetPolicy{Bursting(3)});
  CHECK((*screener.Screen(application, Day(100)))->decision == Decision::kClear);
  stage.Apply(SetPolicy{Bursting(2)});
  CHECK((*screener.Screen(application, Day(100)))->decision == Decision::kReview);
}

TEST_CASE("ACertificateOfABurstHoldsAndAnEditedOneDoesNot") {
  LinkPolicy policy = Bursting(2);
  policy.velocity.fresh_identifiers = 1;
  Stage stage(policy);
  for (const char* id : {"a", "b"}) stage.Shows(id, 92, {"custom.side=gateway"});
  stage.IsBanned("b", 92);
  const Enrol application =
      stage.Prepared("n", 92, {"custom.side=gateway", "custom.weak=882"}, SellerStatus::kApplicant);
  const Result<Certified> certified = (*stage).Certify(application, Day(100));
  REQUIRE(certified);
  CHECK(certified->verdict.bursts.size() == 1);
  CHECK(certified->verdict.fresh_starts.size() == 1);
  const auto outcome = [&](const std::string& bytes) {
    const Result<CertificateCheck> check = VerifyCertificate(*stage, bytes);
    REQUIRE(check);
    return check->outcome;
  };
  CHECK(outcome(certified->certificate) == CertificateOutcome::kHolds);
  std::string edited = certified->certificate;
  const std::size_t place = edited.find(R"("sellers":2)");
  REQUIRE(place != std::string::npos);
  edited[place + 10] = '3';
  CHECK(outcome(edited) == CertificateOutcome::kFalse);
  // One more, dated before the verdict and entered after it.
  stage.Shows("c", 92, {"custom.side=gateway"});
  CHECK(outcome(certified->certificate) != CertificateOutcome::kHolds);
}

TEST_CASE("VelocityIsReadFromThePolicyFileAndWrittenWhereItDiffers") {
  const Result<LinkPolicy> policy = ParseLinkPolicy(
      "[velocity]\nburst_sellers = 5\nburst_hours = 6\nfresh_identifiers = 3\nfresh_hours = 12\n",
      "f");
  REQUIRE(policy);
  CHECK(policy->velocity == VelocityPolicy{5, 6, 3, 12});
  const Result<LinkPolicy> again = ParseStoredLinkPolicy(FormatLinkPolicy(*policy), "f");
  REQUIRE(again);
  CHECK(*again == *policy);
  CHECK(FormatLinkPolicy(LinkPolicy{}).find("velocity") == std::string::npos);
  CHECK_FALSE(ParseLinkPolicy("[velocity]\nburst_hours = 0\n", "f"));
  CHECK_FALSE(ParseLinkPolicy("[velocity]\nburst = 1\n", "f"));
  CHECK_FALSE(ParseLinkPolicy("[link]\nrules = 1\n[velocity]\nburst_hours = 1\n", "f"));
}

}  // namespace
}  // namespace revenant

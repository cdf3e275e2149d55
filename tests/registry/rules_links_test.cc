// DESIGN.md section 5, rules 7 to 11: what a link weighs and what it leads to. See rules_test.cc.

#include <doctest/doctest.h>

#include <cmath>
#include <set>

#include "registry/stage.h"

namespace revenant {
namespace {

// --- Rule 7

MilliBits StrengthOf(Stage& stage, Values values, int day = 100) {
  const Verdict verdict = stage.Asks("new", values, day);
  REQUIRE(verdict.links.size() == 1);
  return verdict.links[0].strength;
}

TEST_CASE("Rule7AWeightIsTheLogOfMOverU") {
  Stage stage;
  stage.Shows("a", 1, {"custom.strong=1", "custom.weak=2"});
  stage.IsBanned("a", 9);
  CHECK(StrengthOf(stage, {"custom.strong=1"}) == 20'000);
  CHECK(StrengthOf(stage, {"custom.weak=2"}) == 14'000);
}

TEST_CASE("Rule7InAFamilyOnlyTheStrongestCountsInFull") {
  LinkPolicy policy = PlainPolicy();
  policy.family_share_permille = 250;
  for (const char* kind : {"pay.iban", "contact.phone"}) {
    KindPolicy row = policy.For(kind);
    row.half_life_days = 0;
    policy.Set(kind, row);
  }
  Stage stage(policy);
  stage.Shows("a", 1,
              {"custom.strong=1", "custom.weak=2", "custom.other=3", "contact.phone=+16502530000"});
  stage.IsBanned("a", 9);
  CHECK(StrengthOf(stage, {"custom.strong=1", "custom.weak=2", "custom.other=3"}) ==
        20'000 + 3'500 + 3'500);
  CHECK(StrengthOf(stage, {"custom.strong=1", "contact.phone=+16502530000"}) ==
        20'000 + policy.For("contact.phone").weight);
}

TEST_CASE("Rule7WhatDerivesFromOneAttributeCountsOnce") {
  Stage stage;
  const auto whole = [&](const char* id, SellerStatus status) {
    Enrol enrol = stage.Prepared(id, 5, {"custom.strong=whole"}, status);
    enrol.attributes.front().identifiers.push_back(
        stage.Prepared(id, 5, {"custom.weak=part"}, status).attributes.front().identifiers.front());
    return enrol;
  };
  stage.Apply(whole("a", SellerStatus::kActive));
  stage.IsBanned("a", 9);
  const Result<Verdict> verdict = stage->Screen(whole("new", SellerStatus::kApplicant), Day(100));
  REQUIRE(verdict);
  REQUIRE(verdict->links.size() == 1);
  CHECK(verdict->links[0].strength == 20'000);
  CHECK(verdict->links[0].path[0].shared.size() == 2);
  CHECK(verdict->links[0].redundancy == 1);
}

TEST_CASE("Rule7WeightsDoNotFollowTheKey") {
  // An Irish VAT number of a person holds the personal number: two families, equally strong. Which
  // of the two counts must not hang on the order of fingerprints, which a new key changes.
  MilliBits strength[2] = {};
  for (const std::uint8_t key : {0, 1}) {
    const auto print = [&](std::uint8_t n) {
      Fingerprint fingerprint;
      fingerprint.bytes.fill(static_cast<std::uint8_t>(key == 0 ? n : 255 - n));
      return fingerprint;
    };
    const std::vector<KeyedAttribute> attributes = {
        {print(1), {{print(1), "tax.ie.vat"}, {print(2), "doc.ie.pps"}}},
        {print(3), {{print(3), "org.lei"}}}};
    Stage stage{LinkPolicy{}};
    stage.Apply(Enrol{Shop("a"), SellerStatus::kActive, "form", Day(1), attributes});
    stage.IsBanned("a", 9);
    const Result<Verdict> verdict = stage->Screen(
        Enrol{Shop("new"), SellerStatus::kApplicant, "form", Day(9), attributes}, Day(100));
    REQUIRE(verdict);
    REQUIRE(verdict->links.size() == 1);
    strength[key] = verdict->links[0].strength;
  }
  CHECK(strength[0] == strength[1]);
}

TEST_CASE("Rule7AHalfLifeCostsAboutABit") {
  Stage stage(With("custom.strong", [](KindPolicy& kind) { kind.half_life_days = 30; }));
  stage.Shows("a", 1, {"custom.strong=1"});
  stage.IsBanned("a", 10);
  CHECK(StrengthOf(stage, {"custom.strong=1"}, 10) == 20'000);
  CHECK(StrengthOf(stage, {"custom.strong=1"}, 40) == 19'000);
  CHECK(StrengthOf(stage, {"custom.strong=1"}, 70) == 18'000);
  CHECK(StrengthOf(stage, {"custom.strong=1"}, 10 + 20 * 30) == 1'000);  // half of it is chance
  CHECK(StrengthOf(stage, {"custom.strong=1"}, 10 + 24 * 30) == 87);     // log2(1 + 1/16)
  CHECK(StrengthOf(stage, {"custom.strong=1"}, 9'000) == 0);             // and never below 0
  CHECK(StrengthOf(stage, {"custom.strong=1"}, -1) == 20'000);           // unknown is no gap
  stage.Shows("a", 40, {"custom.strong=1"});  // the gap runs from the ban, whatever is seen after
  CHECK(StrengthOf(stage, {"custom.strong=1"}, 70) == 18'000);
}

TEST_CASE("Rule7BeforeAWeightHalvedWithTheGap") {
  LinkPolicy policy = With("custom.strong", [](KindPolicy& kind) { kind.half_life_days = 30; });
  policy.rules = 1;
  Stage stage(policy);
  stage.Shows("a", 1, {"custom.strong=1"});
  stage.IsBanned("a", 10);
  CHECK(StrengthOf(stage, {"custom.strong=1"}, 10) == 20'000);
  CHECK(StrengthOf(stage, {"custom.strong=1"}, 40) == 10'000);
  CHECK(StrengthOf(stage, {"custom.strong=1"}, 70) == 5'000);
  CHECK(StrengthOf(stage, {"custom.strong=1"}, -1) == 20'000);  // unknown is no gap
  stage.Shows("a", 40, {"custom.strong=1"});                    // seen with it again after the ban
  CHECK(StrengthOf(stage, {"custom.strong=1"}, 70) == 10'000);
}

TEST_CASE("Rule7NothingFadesWhileTheEarlierAccountIsOpen") {
  Stage stage(With("custom.strong", [](KindPolicy& kind) { kind.half_life_days = 30; }));
  stage.Shows("a", 1, {"custom.strong=1"});
  stage.Shows("b", 100, {"custom.strong=1"});
  const Result<std::optional<Link>> link = stage->Explain(Shop("b"), Shop("a"));
  REQUIRE(link);
  REQUIRE(link->has_value());
  CHECK((*link)->strength == 20'000);
}

TEST_CASE("Rule7VerifiedDocumentsThatDisagreeLowerABlockToAReview") {
  struct Case {
    bool banned_side, applicant;  // whose card passed its check
    Decision differing;
  };
  // A check digit that agrees, of whichever side, is nothing: anybody can type one.
  constexpr Case kCases[] = {{true, true, Decision::kReview},
                             {true, false, Decision::kBlock},
                             {false, true, Decision::kBlock},
                             {false, false, Decision::kBlock}};
  // Published specimens of two resident identity cards.
  const char* const kOne = "doc.cn.resident_id=11010519491231002X";
  const char* const kOther = "doc.cn.resident_id=440524188001010014";
  for (const Case& row : kCases) {
    CAPTURE(row.banned_side);
    CAPTURE(row.applicant);
    Stage stage;
    const auto with_card = [&](const char* id, const char* card, SellerStatus status,
                               bool verified) {
      Enrol enrol = stage.Prepared(id, 5, {"custom.strong=1", card}, status);
      KeyedIdentifier& document = enrol.attributes[1].identifiers.front();
      CHECK(document.checked);
      CHECK_FALSE(document.verified);
      document.verified = verified;
      return enrol;
    };
    stage.Apply(with_card("a", kOne, SellerStatus::kActive, row.banned_side));
    stage.IsBanned("a", 9);
    const auto ask = [&](const char* card) {
      const Result<Verdict> verdict =
          stage->Screen(with_card("new", card, SellerStatus::kApplicant, row.applicant), Day(100));
      REQUIRE(verdict);
      return verdict->decision;
    };
    CHECK(ask(kOther) == row.differing);
    CHECK(ask(kOne) == Decision::kBlock);
  }
}

// --- Rule 8

TEST_CASE("Rule8AChainIsAsStrongAsItsWeakestHopLessTheDiscount") {
  Stage stage;
  stage.Shows("a", 1, {"custom.weak=1"});
  stage.Shows("b", 2, {"custom.weak=1", "custom.strong=2"});
  stage.IsBanned("a", 9);
  CHECK(StrengthOf(stage, {"custom.strong=2"}) == 14'000 - 2'000);
}

TEST_CASE("Rule8ThreeHopsNeverBeatOne") {
  Stage stage;
  Chain(stage);
  CHECK(StrengthOf(stage, {"custom.strong=4"}) == 20'000 - 3 * 2'000);
  CHECK(StrengthOf(stage, {"custom.strong=4", "custom.strong=1"}) == 20'000);
}

TEST_CASE("Rule8ALongerWayMustBeWorthItsDiscount") {
  LinkPolicy policy = PlainPolicy();
  KindPolicy row = policy.For("custom.other");
  row.u = row.m / std::exp2(19);
  policy.Set("custom.other", row);
  Stage stage(policy);
  stage.Shows("a", 1, {"custom.strong=1", "custom.other=9"});
  stage.Shows("b", 2, {"custom.strong=1", "custom.strong=2"});
  stage.IsBanned("a", 9);
  const Verdict verdict = stage.Asks("new", {"custom.strong=2", "custom.other=9"});
  REQUIRE(verdict.links.size() == 1);
  CHECK(verdict.links[0].strength == 19'000);  // straight, and not 20 less 2
  CHECK(verdict.links[0].path.size() == 1);
}

TEST_CASE("Rule8NoPathIsLongerThanMaxHops") {
  LinkPolicy policy = PlainPolicy();
  policy.max_hops = 3;
  Stage stage(policy);
  Chain(stage);
  CHECK(stage.Asks("new", {"custom.strong=4"}).decision == Decision::kClear);
  CHECK(stage.Asks("new", {"custom.strong=3"}).links.size() == 1);
}

TEST_CASE("Rule8AMiddleLinkMayBeWorthALongerWay") {
  Stage stage;
  Chain(stage);
  stage.Shows("d", 5, {"custom.weak=9"});
  stage.Shows("a", 5, {"custom.weak=9"});
  // d to a directly: 14 bits less one discount. Over c and b: 20 less three.
  const Verdict verdict = stage.Asks("new", {"custom.strong=4"});
  REQUIRE(verdict.links.size() == 1);
  CHECK(verdict.links[0].strength == 14'000);
  CHECK(verdict.links[0].path.size() == 4);
  CHECK(verdict.links[0].runners_up.size() == 1);
}

TEST_CASE("Rule8WhatOnlySupportsAddsWeightButMakesNoHop") {
  Stage stage;
  stage.Shows("a", 1, {"custom.side=1", "custom.weak=2"});
  stage.IsBanned("a", 9);
  CHECK(stage.Asks("new", {"custom.side=1"}).links.empty());
  CHECK(StrengthOf(stage, {"custom.side=1", "custom.weak=2"}) == 20'000);
}

// --- Rule 9

TEST_CASE("Rule9OneWeakProofIsReviewedTwoBlock") {
  Stage stage;
  stage.Shows("a", 1, {"custom.side=8", "custom.weak=1", "custom.other=2"});
  stage.IsBanned("a", 9);
  const Verdict one = stage.Asks("new", {"custom.side=8", "custom.weak=1"});
  CHECK(one.links[0].redundancy == 1);
  CHECK(one.decision == Decision::kReview);
  CHECK(Why(one) == std::set{Because::kTooFewProofs});
  const Verdict two = stage.Asks("new", {"custom.weak=1", "custom.other=2"});
  CHECK(two.links[0].redundancy == 2);
  CHECK(two.decision == Decision::kBlock);
}

TEST_CASE("Rule9OneGoBetweenIsOneProofHoweverMuchItShares") {
  Stage stage;
  stage.Shows("a", 1, {"custom.weak=1", "custom.other=2"});
  stage.Shows("m", 2, {"custom.weak=1", "custom.other=2", "custom.weak=3", "custom.other=4"});
  stage.IsBanned("a", 9);
  const Verdict through = stage.Asks("new", {"custom.weak=3", "custom.other=4"});
  REQUIRE(through.links.size() == 1);
  CHECK(through.links[0].redundancy == 1);
  CHECK(through.decision == Decision::kReview);
  stage.Shows("n", 3, {"custom.weak=1", "custom.other=4"});
  CHECK(stage.Asks("new", {"custom.weak=3", "custom.other=4"}).links[0].redundancy == 2);
}

TEST_CASE("Rule9WhatStandsInOneOfficeIsOneProof") {
  struct Case {
    std::vector<LinkPolicy::Families> count_once;
    std::uint32_t redundancy;
    Decision decision;
  };
  const Case kCases[] = {
      {{}, 2, Decision::kBlock},
      {{{Family::kContact, Family::kNetwork}}, 1, Decision::kReview},
      {{{Family::kDevice, Family::kPayment}}, 2, Decision::kBlock},
  };
  for (const Case& row : kCases) {
    CAPTURE(row.redundancy);
    LinkPolicy policy;
    policy.count_once = row.count_once;
    for (const char* kind : {"contact.phone", "contact.email"}) {
      KindPolicy settings = policy.For(kind);
      settings.half_life_days = 0;
      policy.Set(kind, settings);
    }
    policy.family_share_permille = 1000;
    Stage stage(policy);
    // An agency's telephone and mailbox.
    stage.Shows("a", 1,
                {"contact.phone=+16502530000", "contact.email=jane.roe@agency-roe-ltd.org"});
    stage.IsBanned("a", 9);
    const Verdict verdict = stage.Asks(
        "new", {"contact.phone=+16502530000", "contact.email=jane.roe@agency-roe-ltd.org"});
    REQUIRE(verdict.links.size() == 1);
    CHECK(verdict.links[0].redundancy == row.redundancy);
    CHECK(verdict.decision == row.decision);
  }
}

TEST_CASE("Rule9CountingOnceIsOfTheSameTwoSellers") {
  LinkPolicy policy = PlainPolicy();
  policy.count_once = {{Family::kCustom}};
  Stage stage(policy);
  // One shares the one with the ban, another the other: two go-betweens, nobody shares both.
  stage.Shows("a", 1, {"custom.weak=1", "custom.other=2"});
  stage.Shows("m", 2, {"custom.weak=1", "custom.weak=3"});
  stage.Shows("n", 3, {"custom.other=2", "custom.other=4"});
  stage.IsBanned("a", 9);
  const Verdict apart = stage.Asks("new", {"custom.weak=3", "custom.other=4"});
  REQUIRE(apart.links.size() == 1);
  CHECK(apart.links[0].redundancy == 2);
  CHECK(stage.Asks("new", {"custom.weak=1", "custom.other=2"}).links[0].redundancy == 1);
}

TEST_CASE("Rule9PartsOfOneProofConnectNobody") {
  // Two documents name one holder, so they are one proof; but a holder of only the first and a
  // holder of only the second share nothing. All that leads from the applicant to the ban goes
  // through y.
  Stage stage;
  const auto part = [&](const char* value) {
    return stage.Prepared("x", 1, {value}, SellerStatus::kActive)
        .attributes.front()
        .identifiers.front();
  };
  const auto document = [&](const char* id, int day, const char* number) {
    Enrol enrol = stage.Prepared(id, day, {number}, SellerStatus::kActive);
    enrol.attributes.front().identifiers.push_back(part("custom.other=holder"));
    stage.Apply(enrol);
  };
  stage.Shows("goal", 1, {"custom.other=second", "custom.weak=s", "custom.side=1"});
  document("z", 2, "custom.other=second");
  document("y", 3, "custom.other=first");
  stage.Shows("y", 4, {"custom.weak=r", "custom.weak=s", "custom.side=1"});
  stage.IsBanned("goal", 9);
  const Verdict verdict = stage.Asks("new", {"custom.other=first", "custom.weak=r"});
  REQUIRE(verdict.links.size() == 1);
  CHECK(verdict.links[0].redundancy == 1);
  CHECK(verdict.decision == Decision::kReview);
}

// Each world has two ways to the ban, one of them over two sellers who turn out to be different
// people. The search never passes from the one to the other.
TEST_CASE("Rule9DifferentPeopleMakeNoWay") {
  struct Case {
    const char *what, *a, *b;  // those that the finding holds apart
    void (*set)(Stage&);
  };
  const Case kCases[] = {
      {"the banned seller and one whom the search meets at its rim", "a", "f",
       [](Stage& stage) {
         stage.AppliesFor("a", 1, {"custom.weak=2", "custom.weak=3"});
         stage.Shows("d", 2, {"custom.weak=1", "custom.weak=2", "custom.weak=3"});
         stage.Shows("c", 3, {"custom.other=1", "custom.other=2"});
         stage.Shows("f", 4, {"custom.other=2", "custom.weak=3"});
       }},
      {"two between, over a hub that the applicant's own account makes", "c", "x",
       [](Stage& stage) {
         stage.Shows("a", 1, {"custom.other=2", "custom.weak=4"});
         stage.Shows("b", 2, {"custom.weak=1", "custom.weak=3", "custom.other=2"});
         stage.Shows("c", 3, {"custom.other=1", "custom.weak=3"});
         stage.Shows("x", 4, {"custom.weak=3", "custom.weak=4"});
         stage.Shows("new", 5, {"custom.weak=3"});
       }},
  };
  for (const Case& row : kCases) {
    CAPTURE(row.what);
    LinkPolicy policy = With("custom.weak", [](KindPolicy& kind) { kind.fanout_limit = 3; });
    policy.max_hops = row.a == std::string_view("a") ? 2 : 3;
    Stage stage(policy);
    row.set(stage);
    stage.IsBanned("a", 9);
    const auto ways = [&] {
      const Verdict verdict = stage.Asks("new", {"custom.weak=1", "custom.other=1"});
      REQUIRE(verdict.links.size() == 1);
      return verdict.links[0].redundancy;
    };
    CHECK(ways() == 2);
    stage.AreDifferent(row.a, row.b);
    CHECK(ways() == 1);
  }
}

TEST_CASE("Rule9MoreEvidenceNeverMakesLessOfAVerdict") {
  LinkPolicy policy = PlainPolicy();
  policy.hop_discount = 500;
  Stage stage(policy);
  stage.Shows("a", 1, {"custom.strong=1"});
  stage.Shows(
      "m", 2,
      {"custom.strong=1", "custom.strong=2", "custom.weak=3", "custom.other=4", "custom.side=5"});
  stage.Shows("s", 3, {"custom.strong=2", "custom.strong=6"});
  stage.IsBanned("a", 9);
  // Over s and m every hop stands on a strong identifier.
  CHECK(stage.Asks("new", {"custom.strong=6"}).decision == Decision::kBlock);
  // Straight to m it is a stronger sum of weak ones, and still m alone that it hangs on.
  CHECK(stage.Asks("new", {"custom.strong=6", "custom.weak=3", "custom.side=5"}).decision ==
        Decision::kBlock);
}

// --- Rule 10

TEST_CASE("Rule10AHubMergesNothingAndSpeaksOnlyThroughItsBans") {
  Stage stage(HubPolicy());
  for (const char* id : {"a", "b", "c"}) stage.Shows(id, 1, {"custom.strong=1"});
  CHECK(stage.ClusterOf("a") == "abc");
  stage.Shows("d", 2, {"custom.strong=1"});
  CHECK(stage.ClusterOf("a") == "a");
  CHECK(Why(stage.Asks("new", {"custom.strong=1"})) == std::set{Because::kNoLink});
  stage.IsBanned("a", 9);
  // log2((1 + 10 x 0.03) / (4 + 10) / 0.03) = 1.63 bits, below hub_review_bits.
  CHECK(stage.Asks("new", {"custom.strong=1"}).decision == Decision::kClear);
  stage.IsBanned("b", 9);
  const Verdict verdict = stage.Asks("new", {"custom.strong=1"});
  CHECK(verdict.decision == Decision::kReview);
  CHECK(Why(verdict) == std::set{Because::kTaintedHub});
}

TEST_CASE("Rule10ApplicationsDoNotFloodAnIdentifier") {
  Stage stage(HubPolicy());
  stage.Shows("a", 1, {"custom.strong=1"});
  stage.IsBanned("a", 9);
  for (const char* id : {"b", "c", "d", "e", "f"}) stage.AppliesFor(id, 2, {"custom.strong=1"});
  CHECK(stage.Asks("new", {"custom.strong=1"}).decision == Decision::kBlock);
}

TEST_CASE("Rule10AnAccountIsScreenedWithoutBeingCounted") {
  Stage stage(HubPolicy());
  for (const char* id : {"a", "b", "c"}) stage.Shows(id, 1, {"custom.strong=1"});
  stage.Shows("c", 1, {"custom.strong=2"});
  stage.IsBanned("a", 9);
  stage.Shows("new", 8, {"custom.strong=1", "custom.strong=2"});  // the fourth: a hub
  CHECK(stage.ClusterOf("a") == "a");
  CHECK(stage.Asks("new", {"custom.strong=1"}).decision == Decision::kBlock);
  // Nor is c cleared because the applicant's own account cut it off from the ban.
  CHECK_FALSE(stage.Asks("new", {"custom.strong=2"}).links.empty());
}

TEST_CASE("Rule10ACrossingAlertsWhomItFreed") {
  Stage stage(HubPolicy());
  for (const char* id : {"a", "b", "c"}) stage.Shows(id, 1, {"custom.strong=1"});
  stage.IsBanned("a", 9);
  const Result<std::vector<Alert>> before = stage->Alerts(0, 100);
  REQUIRE(before);
  stage.Shows("d", 8, {"custom.strong=1"});  // entered late, but it was there before the ban
  const Result<std::vector<Alert>> alerts = stage->Alerts(before->size(), 100);
  REQUIRE(alerts);
  std::set<SellerName> freed;
  for (const Alert& alert : *alerts) freed.insert(alert.seller);
  CHECK(freed.contains(Shop("b")));
  CHECK(freed.contains(Shop("c")));
}

// --- Rule 11

TEST_CASE("Rule11LaterCarriesTheBlame") {
  Stage stage;
  stage.Shows("honest", 1, {"custom.strong=1"});
  stage.Shows("thief", 5, {"custom.strong=1"});  // types the honest shop's account
  stage.IsBanned("thief", 9);
  const Verdict copied = stage.Asks("honest", {"custom.strong=1"});
  CHECK(copied.decision == Decision::kReview);
  CHECK(Why(copied) == std::set{Because::kEarlierHolder});
  CHECK(stage.Asks("new", {"custom.strong=1"}).decision == Decision::kBlock);
}

TEST_CASE("Rule11UnknownTimesBlameNobody") {
  Stage stage;
  stage.Shows("a", 1, {"custom.strong=1"});
  stage.Shows("b", -1, {"custom.strong=1"});
  stage.IsBanned("a", 9);
  CHECK(stage.Asks("b", {"custom.strong=1"}).decision == Decision::kReview);
  Stage other;
  other.Shows("a", -1, {"custom.strong=1"});
  other.Shows("b", 5, {"custom.strong=1"});
  other.IsBanned("a", 9);
  CHECK(other.Asks("b", {"custom.strong=1"}).decision == Decision::kReview);
  CHECK(other.Asks("new", {"custom.strong=1"}).decision == Decision::kBlock);  // an application is
}

TEST_CASE("Rule11EveryHopMustLeadBackInTime") {
  Stage stage;
  stage.Shows("middle", 1, {"custom.strong=1"});
  stage.Shows("a", 5, {"custom.strong=1"});  // came after the one between
  stage.Shows("middle", 6, {"custom.strong=2"});
  stage.IsBanned("a", 9);
  const Verdict verdict = stage.Asks("new", {"custom.strong=2"});
  CHECK(verdict.decision == Decision::kReview);
  CHECK(verdict.links[0].blame_strength == 0);
}

// --- Rule 11: kin

// `e`, honest, held what `a`, banned, typed later; `new` asks with that and something more of e's.
struct KinCase {
  std::string name;
  void (*play)(Stage& stage);
  Decision decision;
};
void HonestSince(Stage& stage, int day) {
  stage.Shows("e", day, {"custom.strong=1", "custom.weak=7"});
}
void TypedAt(Stage& stage, int day) {
  stage.Shows("a", day, {"custom.strong=1"});
  stage.IsBanned("a", 9);
}

TEST_CASE("Rule11KinSpeaksForWhoCameLater") {
  const KinCase kCases[] = {
      {"a victim's second shop",
       [](Stage& stage) {
         HonestSince(stage, 1);
         TypedAt(stage, 5);
       },
       Decision::kReview},
      {"whoever held it after the ban speaks for nobody",
       [](Stage& stage) {
         HonestSince(stage, 6);
         TypedAt(stage, 5);
       },
       Decision::kBlock},
      {"on the same day is not before",
       [](Stage& stage) {
         HonestSince(stage, 5);
         TypedAt(stage, 5);
       },
       Decision::kBlock},
      {"nor is an unknown time",
       [](Stage& stage) {
         HonestSince(stage, -1);
         TypedAt(stage, 5);
       },
       Decision::kBlock},
      {"nor before one",
       [](Stage& stage) {
         HonestSince(stage, 1);
         TypedAt(stage, -1);
       },
       Decision::kBlock},
      {"kin that is banned",
       [](Stage& stage) {
         HonestSince(stage, 1);
         TypedAt(stage, 5);
         stage.IsBanned("e", 8);
       },
       Decision::kBlock},
      {"what the banned side holds too is nothing further",
       [](Stage& stage) {
         HonestSince(stage, 1);
         TypedAt(stage, 5);
         stage.Shows("a", 6, {"custom.weak=7"});
       },
       Decision::kBlock},
      {"what only supports is nothing further",
       [](Stage& stage) {
         stage.Shows("e", 1, {"custom.strong=1", "custom.side=7"});
         TypedAt(stage, 5);
       },
       Decision::kBlock},
      {"a leaf is nobody's kin",
       [](Stage& stage) {
         stage.AppliesFor("e", 1, {"custom.strong=1", "custom.weak=7"});
         TypedAt(stage, 5);
       },
       Decision::kBlock},
      {"whom an investigator found to be another",
       [](Stage& stage) {
         HonestSince(stage, 1);
         TypedAt(stage, 5);
         stage.AppliesFor("new", 40, {"custom.weak=7"});
         stage.AreDifferent("new", "e");
       },
       Decision::kBlock},
  };
  for (const KinCase& row : kCases) {
    CAPTURE(row.name);
    Stage stage;
    row.play(stage);
    const Verdict verdict =
        stage.Asks("new", {"custom.strong=1", "custom.weak=7", "custom.side=7"});
    CHECK(verdict.decision == row.decision);
    if (row.decision == Decision::kReview) CHECK(Names(verdict, Because::kKin, "a", "e"));
  }
  LinkPolicy before = PlainPolicy();
  before.rules = 1;
  Stage stage(before);
  kCases[0].play(stage);
  CHECK(stage.Asks("new", {"custom.strong=1", "custom.weak=7"}).decision == Decision::kBlock);
}

TEST_CASE("Rule11KinIsAskedHopByHop") {
  Stage stage;
  stage.Shows("e", 1, {"custom.strong=1", "custom.weak=7"});
  stage.Shows("a", 5, {"custom.strong=1"});
  stage.Shows("m", 6, {"custom.strong=1", "custom.strong=2", "custom.weak=7"});
  stage.IsBanned("a", 9);
  // Between m and a the shared value is e's, of whose kin m is.
  const Verdict verdict = stage.Asks("new", {"custom.strong=2"});
  CHECK(verdict.decision == Decision::kReview);
  CHECK(verdict.links[0].blame_strength == 0);
}

}  // namespace
}  // namespace revenant

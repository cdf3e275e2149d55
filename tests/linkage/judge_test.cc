// What follows from links (DESIGN.md section 5, rules 1, 5 and 7 to 12): of one link by itself, and
// of small worlds that are read whole.

#include "linkage/judge.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "linkage/sentences.h"
#include "linkage/vector_graph.h"

namespace revenant {
namespace {

// --- One link. A path needs 10 bits for a review and 17 for a block.

struct LinkCase {
  std::string_view name;
  MilliBits strength, blame;
  std::uint32_t redundancy;
  Decision decision;
  Because because;
  bool strong_kinds = false, documents_differ = false, held_apart = false, kin = false;
  const char* seller = "a";
};
constexpr LinkCase kLinkCases[] = {
    {"a link of nothing", 0, 0, 1, Decision::kClear, Because::kNoLink},
    {"just short of a review", 9'999, 9'999, 2, Decision::kClear, Because::kNoLink},
    {"just a review", 10'000, 10'000, 2, Decision::kReview, Because::kLink},
    {"just short of a block", 16'999, 16'999, 2, Decision::kReview, Because::kLink},
    {"just a block", 17'000, 17'000, 2, Decision::kBlock, Because::kStrongLink},
    {"too few proofs of weak kinds", 17'000, 17'000, 1, Decision::kReview, Because::kTooFewProofs},
    {"one proof of a kind that blocks alone", 17'000, 17'000, 1, Decision::kBlock,
     Because::kStrongLink, true},
    {"strong, but held first", 30'000, 0, 2, Decision::kReview, Because::kEarlierHolder},
    {"strong, and too little of it later", 30'000, 16'999, 2, Decision::kReview,
     Because::kEarlierHolder},
    {"kin held it before the banned side", 30'000, 0, 2, Decision::kReview, Because::kKin, false,
     false, false, true},
    {"documents differ", 30'000, 30'000, 2, Decision::kReview, Because::kDocumentsDiffer, true,
     true},
    {"documents that differ lower a block and nothing else", 12'000, 12'000, 2, Decision::kReview,
     Because::kLink, true, true},
    {"across a finding", 30'000, 0, 2, Decision::kReview, Because::kDifferentPeople, false, false,
     true},
    {"across a finding and weak", 9'999, 0, 2, Decision::kClear, Because::kNoLink, false, false,
     true},
    {"another platform's case never blocks", 40'000, 40'000, 9, Decision::kReview,
     Because::kForeignCase, true, false, false, false, "exchange/m:1"},
    {"nor is it reviewed below the threshold", 9'999, 9'999, 9, Decision::kClear, Because::kNoLink,
     true, false, false, false, "exchange/m:1"},
    {"nor without a word of a finding between", 40'000, 0, 9, Decision::kReview,
     Because::kDifferentPeople, true, false, true, false, "exchange/m:1"},
};

Link LinkOf(const LinkCase& row) {
  Hop hop;
  hop.forbidden = row.held_apart;
  SharedIdentifier shared;
  shared.weight = row.strong_kinds ? 17'000 : 16'999;
  shared.makes_hop = shared.from_is_later = true;
  if (row.kin) shared.kin = {"p", "kin"};
  hop.shared = {shared};
  Link link;
  link.seller = VectorGraph::NameOf(row.seller);
  link.path = {hop};
  link.strength = row.strength;
  link.blame_strength = row.blame;
  link.redundancy = row.redundancy;
  return link;
}

TEST_CASE("OneLinkLeadsToWhatItsNumbersSay") {
  const LinkPolicy policy = TestPolicy();
  for (const LinkCase& row : kLinkCases) {
    CAPTURE(row.name);
    const LinkJudgement judged = JudgeLink(LinkOf(row), row.documents_differ, policy);
    CHECK(judged.decision == row.decision);
    if (row.decision != Decision::kClear) CHECK(judged.because == row.because);
  }
}

TEST_CASE("EveryHopMustStandAloneWhereProofsAreFew") {
  const LinkPolicy policy = TestPolicy();
  LinkCase row = kLinkCases[6];
  REQUIRE(row.redundancy == 1);
  Link link = LinkOf(row);
  row.strong_kinds = false;
  link.path.push_back(LinkOf(row).path.front());
  CHECK(JudgeLink(link, false, policy).because == Because::kTooFewProofs);
}

TEST_CASE("APolicyMayLeaveDocumentsOut") {
  LinkPolicy policy = TestPolicy();
  policy.document_veto = false;
  Link link = LinkOf(kLinkCases[4]);
  CHECK(JudgeLink(link, true, policy).decision == Decision::kBlock);
}

// --- Whole worlds. Each is judged under four keys: fingerprints have no say.

struct Story {
  std::string_view name;
  std::vector<std::pair<const char*, const char*>> sellers;
  const char* asks;
  Decision decision;
  std::set<Because> why;
  std::vector<std::pair<const char*, const char*>> apart = {};
  LinkPolicy (*policy)() = [] { return TestPolicy(); };
};

LinkPolicy ThreeMakeNoHub() {
  return With("strong", [](KindPolicy& kind) { kind.fanout_limit = 3; });
}
LinkPolicy TwoAreNoList() {
  return With("strong", [](KindPolicy& kind) { kind.carry_limit = 2; });
}
LinkPolicy OneForm() {
  LinkPolicy policy = TestPolicy();
  policy.count_once = {{Family::kDevice, Family::kContact}};
  return policy;
}
LinkPolicy ShortSight() {
  LinkPolicy policy = TestPolicy();
  policy.max_hops = 2;
  return policy;
}
LinkPolicy LittleReading() {
  LinkPolicy policy = TestPolicy();
  policy.search_budget = 4;
  return policy;
}

const Story kStories[] = {
    {"nobody there", {}, "strong=1", Decision::kClear, {Because::kNoLink}},
    {"a stranger", {{"a", "strong=1@1 ban@9"}}, "strong=2", Decision::kClear, {Because::kNoLink}},
    {"the banned seller's account",
     {{"a", "strong=1@1 ban@9"}},
     "strong=1",
     Decision::kBlock,
     {Because::kStrongLink}},
    {"an honest seller's account",
     {{"a", "strong=1@1"}},
     "strong=1",
     Decision::kClear,
     {Because::kNoLink}},
    {"one weak value", {{"a", "weak=1@1 ban@9"}}, "weak=1", Decision::kReview, {Because::kLink}},

    // Rule 1: leaves.
    {"a leaf carries no path on",
     {{"a", "strong=1@1 ban@9"}, {"m", "strong=1@2 strong=2@2 leaf"}},
     "strong=2",
     Decision::kClear,
     {Because::kNoLink}},
    {"nor does who carries more of a kind than anybody owns",
     {{"a", "strong=1@1 ban@9"}, {"m", "strong=1@2 strong=2@2 strong=3@2"}},
     "strong=2",
     Decision::kClear,
     {Because::kNoLink},
     {},
     TwoAreNoList},
    {"a banned leaf is a ban all the same",
     {{"a", "strong=1@1 ban@9 leaf"}},
     "strong=1",
     Decision::kBlock,
     {Because::kStrongLink}},
    {"what a banned seller typed in a list blames nobody",
     {{"a", "strong=1@1 strong=2@1 strong=3@1 ban@9"}},
     "strong=2",
     Decision::kReview,
     {Because::kEarlierHolder},
     {},
     TwoAreNoList},

    // Rule 5: different people.
    {"what two different people both carry is contested",
     {{"a", "strong=1@1 ban@9"}, {"b", "strong=1@2"}},
     "strong=1",
     Decision::kReview,
     {Because::kDifferentPeople, Because::kEarlierHolder},
     {{"a", "b"}}},
    {"and is nothing where neither has to do with a ban",
     {{"a", "strong=1@1"}, {"b", "strong=1@2"}},
     "strong=1",
     Decision::kClear,
     {Because::kNoLink},
     {{"a", "b"}}},
    {"a further account of the banned one's blocks as before",
     {{"a", "strong=1@1 strong=3@1 ban@9"}, {"b", "strong=1@2"}},
     "strong=1 strong=3",
     Decision::kBlock,
     {Because::kDifferentPeople, Because::kStrongLink},
     {{"a", "b"}}},
    {"no path hops between the two",
     {{"a", "strong=1@1 ban@9"}, {"b", "strong=1@2 strong=2@2"}},
     "strong=2",
     Decision::kClear,
     {Because::kNoLink},
     {{"a", "b"}}},
    {"a path across a refused join is reviewed",
     {{"a", "strong=1@1 ban@9"}, {"c", "strong=1@2 strong=2@2"}, {"b", "strong=2@3 strong=3@3"}},
     "strong=3",
     Decision::kReview,
     {Because::kDifferentPeople},
     {{"a", "b"}}},
    {"on this side of it nothing changes",
     {{"a", "strong=1@1 ban@9"}, {"c", "strong=1@2 strong=2@2"}, {"b", "strong=2@3 strong=3@3"}},
     "strong=1",
     Decision::kBlock,
     {Because::kStrongLink},
     {{"a", "b"}}},

    // Rule 7: documents.
    {"verified documents differ",
     {{"a", "strong=1@1 card=1@1! ban@9"}},
     "strong=1 card=2!",
     Decision::kReview,
     {Because::kDocumentsDiffer}},
    {"a typed one says nothing",
     {{"a", "strong=1@1 card=1@1! ban@9"}},
     "strong=1 card=2",
     Decision::kBlock,
     {Because::kStrongLink}},

    // Rule 9: proofs.
    {"two weak values are two proofs",
     {{"a", "weak=1@1 other=2@1 ban@9"}},
     "weak=1 other=2",
     Decision::kBlock,
     {Because::kStrongLink}},
    {"of one root they are one",
     {{"a", "weak=1@1~r other=2@1~r side=3@1 ban@9"}},
     "weak=1~r other=2~r side=3",
     Decision::kReview,
     {Because::kTooFewProofs}},
    {"of one form they are one",
     {{"a", "phone=1@1 imei=2@1 ban@9"}},
     "phone=1 imei=2",
     Decision::kReview,
     {Because::kTooFewProofs},
     {},
     OneForm},
    {"one go-between is one, whatever it shares",
     {{"a", "weak=1@1 other=2@1 ban@9"}, {"m", "weak=1@2 other=2@2 weak=3@2 other=4@2"}},
     "weak=3 other=4",
     Decision::kReview,
     {Because::kTooFewProofs}},
    {"a strong kind needs one proof",
     {{"a", "strong=1@1 ban@9"}, {"m", "strong=1@2 strong=2@2"}},
     "strong=2",
     Decision::kBlock,
     {Because::kStrongLink}},

    // Rule 10: hubs.
    {"a hub merges nothing",
     {{"a", "strong=1@1 ban@9"}, {"b", "strong=1@1"}, {"c", "strong=1@1"}, {"d", "strong=1@1"}},
     "strong=1",
     Decision::kClear,
     {Because::kNoLink},
     {},
     ThreeMakeNoHub},
    {"a hub that bans cluster on is reviewed",
     {{"a", "strong=1@1 ban@9"},
      {"b", "strong=1@1 ban@9"},
      {"c", "strong=1@1"},
      {"d", "strong=1@1"}},
     "strong=1",
     Decision::kReview,
     {Because::kTaintedHub},
     {},
     ThreeMakeNoHub},
    {"cases of other platforms make no hub speak",
     {{"exchange/m:1", "strong=1@1 ban@9"},
      {"exchange/m:2", "strong=1@1 ban@9"},
      {"b", "strong=1@1"},
      {"c", "strong=1@1"},
      {"d", "strong=1@1"},
      {"e", "strong=1@1"}},
     "strong=1",
     Decision::kClear,
     {Because::kNoLink},
     {},
     ThreeMakeNoHub},
    {"who comes after the ban makes no hub",
     {{"a", "strong=1@1 ban@9"}, {"b", "strong=1@10"}, {"c", "strong=1@11"}, {"d", "strong=1@12"}},
     "strong=1",
     Decision::kBlock,
     {Because::kStrongLink},
     {},
     ThreeMakeNoHub},
    {"who came on the day of the ban does",
     {{"a", "strong=1@1 ban@9"},
      {"b", "strong=1@9"},
      {"c", "strong=1@11"},
      {"d", "strong=1@9"},
      {"e", "strong=1@2"}},
     "strong=1",
     Decision::kClear,
     {Because::kNoLink},
     {},
     ThreeMakeNoHub},

    // Rule 11: kin.
    {"kin of the applicant had it before the banned one",
     {{"h", "strong=1@1 weak=5@1"}, {"a", "strong=1@3 ban@9"}},
     "strong=1 weak=5",
     Decision::kReview,
     {Because::kKin}},
    {"not if the banned one has the rest, too",
     {{"h", "strong=1@1 weak=5@1"}, {"a", "strong=1@3 weak=5@3 ban@9"}},
     "strong=1 weak=5",
     Decision::kBlock,
     {Because::kStrongLink}},
    {"not if they share nothing further",
     {{"h", "strong=1@1 weak=5@1"}, {"a", "strong=1@3 ban@9"}},
     "strong=1 weak=6",
     Decision::kBlock,
     {Because::kStrongLink}},
    {"not if it came on the same day",
     {{"h", "strong=1@3 weak=5@1"}, {"a", "strong=1@3 ban@9"}},
     "strong=1 weak=5",
     Decision::kBlock,
     {Because::kStrongLink}},
    {"not if a time is unknown",
     {{"h", "strong=1 weak=5@1"}, {"a", "strong=1@3 ban@9"}},
     "strong=1 weak=5",
     Decision::kBlock,
     {Because::kStrongLink}},
    {"a leaf is nobody's kin",
     {{"h", "strong=1@1 weak=5@1 leaf"}, {"a", "strong=1@3 ban@9"}},
     "strong=1 weak=5",
     Decision::kBlock,
     {Because::kStrongLink}},
    {"nor is a banned seller",
     {{"h", "strong=1@1 weak=5@1 ban@9"}, {"a", "strong=1@3 ban@9"}},
     "strong=1 weak=5",
     Decision::kBlock,
     {Because::kStrongLink}},
    {"what only supports makes no kin",
     {{"h", "strong=1@1 side=5@1"}, {"a", "strong=1@3 ban@9"}},
     "strong=1 side=5",
     Decision::kBlock,
     {Because::kStrongLink}},

    // Rule 12: budgets, in tainted clusters alone.
    {"a search cut short near a ban is reviewed",
     {{"b", "weak=1@1 weak=2@1"},
      {"c", "weak=2@1 weak=3@1"},
      {"d", "weak=3@1 weak=4@1"},
      {"e", "weak=4@1 strong=5@1"},
      {"z", "strong=5@1 ban@9"}},
     "weak=1",
     Decision::kReview,
     {Because::kCutShort},
     {},
     LittleReading},
    {"far from one it is not",
     {{"b", "weak=1@1 weak=2@1"},
      {"c", "weak=2@1 weak=3@1"},
      {"d", "weak=3@1 weak=4@1"},
      {"e", "weak=4@1 strong=5@1"},
      {"z", "strong=5@1"}},
     "weak=1",
     Decision::kClear,
     {Because::kNoLink},
     {},
     LittleReading},

    // Other platforms.
    {"another platform's case is reviewed",
     {{"exchange/m:1", "strong=1@1 ban@9"}},
     "strong=1",
     Decision::kReview,
     {Because::kForeignCase}},
    {"no path leads on through it",
     {{"exchange/m:1", "strong=1@1 strong=2@1 ban@9"}, {"a", "strong=2@1 ban@9"}},
     "strong=1",
     Decision::kReview,
     {Because::kForeignCase}},
};

TEST_CASE("WorldsAreJudgedAsTheRulesSay") {
  for (const Story& story : kStories) {
    for (const std::uint64_t key : {1, 2, 3, 4}) {
      CAPTURE(story.name);
      CAPTURE(key);
      VectorGraph graph(story.policy(), key);
      for (const auto& [name, words] : story.sellers) graph.Add(name, words);
      for (const auto& [a, b] : story.apart) graph.Apart(a, b);
      const Verdict verdict = graph.Ask(story.asks);
      CHECK(static_cast<int>(verdict.decision) == static_cast<int>(story.decision));
      CHECK(Why(verdict) == story.why);
      CHECK(verdict.cut_short == story.why.contains(Because::kCutShort));
    }
  }
}

TEST_CASE("AFindingIsNamedByBothOfWhomItIs") {
  const auto names = [](VectorGraph& graph, const char* asks) {
    const Verdict verdict = graph.Ask(asks);
    for (const Reason& reason : verdict.reasons) {
      if (reason.because != Because::kDifferentPeople) continue;
      CHECK(reason.seller == VectorGraph::NameOf("a"));
      CHECK(reason.other == VectorGraph::NameOf("b"));
      return;
    }
    FAIL_CHECK("no finding is named");
  };
  VectorGraph contested;
  contested.Add("b", "strong=1@2");
  contested.Add("a", "strong=1@1 ban@9");
  contested.Apart("b", "a");
  names(contested, "strong=1");
  VectorGraph refused;
  refused.Add("a", "strong=1@1 ban@9");
  refused.Add("c", "strong=1@2 strong=2@2");
  refused.Add("b", "strong=2@3 strong=3@3");
  refused.Apart("b", "a");
  names(refused, "strong=3");
}

TEST_CASE("KinIsNamed") {
  VectorGraph graph;
  graph.Add("z", "strong=1@1 weak=5@1");
  graph.Add("h", "strong=1@2 weak=5@1");
  graph.Add("a", "strong=1@3 ban@9");
  const Verdict verdict = graph.Ask("strong=1 weak=5");
  REQUIRE(verdict.reasons.size() == 1);
  CHECK(verdict.reasons.front().because == Because::kKin);
  CHECK(verdict.reasons.front().seller == VectorGraph::NameOf("a"));
  CHECK(verdict.reasons.front().other == VectorGraph::NameOf("h"));  // the first by name
}

TEST_CASE("BeyondMaxHopsTheAnswerSaysSo") {
  VectorGraph graph(ShortSight());
  graph.Add("a", "strong=1@1 ban@9");
  graph.Add("b", "strong=1@2 strong=2@2");
  graph.Add("c", "strong=2@3 strong=3@3");
  graph.Add("x", "strong=8@1 strong=9@1");
  graph.Add("y", "strong=8@1");
  const Verdict beyond = graph.Ask("strong=3");
  REQUIRE(beyond.reasons.size() == 1);
  CHECK(beyond.decision == Decision::kClear);
  CHECK(beyond.reasons.front().text == words::ForBeyond(2));
  CHECK(graph.Ask("strong=9").reasons.front().text == words::ForNoLink());
  CHECK(graph.Ask("strong=2").links.size() == 1);
}

TEST_CASE("BitsHaveOneDecimalAsFmtRoundsIt") {
  LinkPolicy policy;
  policy.prior = 0;
  policy.review = 10'000;
  policy.block = 17'000;
  Link link;
  for (link.strength = 0; link.strength < 20'000; ++link.strength) {
    const std::string text = words::WhatDecided(Because::kLink, link, policy);
    const std::string bits = fmt::format("{:.1f}", static_cast<double>(link.strength) / 1000);
    const std::string wanted =
        " It weighs " + bits + " bits: a review starts at 10.0 bits, a block at 17.0 bits.";
    if (text != wanted) {
      CAPTURE(link.strength);
      FAIL_CHECK(text);
    }
  }
}

TEST_CASE("AnAccountThatIsBannedIsBlockedByThatAlone") {
  VectorGraph graph;
  graph.Add("a", "strong=1@1 ban@9");
  GraphSeller applicant = graph.Applicant("weak=7");
  applicant.name = VectorGraph::NameOf("a");
  applicant.id = graph["a"].id;
  const Verdict verdict = graph.Ask(applicant, graph.As("a"));
  CHECK(verdict.decision == Decision::kBlock);
  CHECK(Why(verdict) == std::set{Because::kItselfBanned});
}

// Rule 10: the applicant's own account does not count toward the limit.
TEST_CASE("AnAccountMakesNoHubOfWhatItIsAskedAbout") {
  VectorGraph graph(ThreeMakeNoHub());
  for (const char* name : {"b", "c", "mine"}) graph.Add(name, "strong=1@2");
  graph.Add("a", "strong=1@1 ban@9");
  CHECK(Why(graph.Ask("strong=1")) == std::set{Because::kNoLink});
  GraphSeller applicant = graph.Applicant("strong=1");
  applicant.id = graph["mine"].id;
  Neighbourhood::Options options = graph.As("mine");
  options.frees_a_hub = true;
  CHECK(Why(graph.Ask(applicant, options)) == std::set{Because::kStrongLink});
}

}  // namespace
}  // namespace revenant

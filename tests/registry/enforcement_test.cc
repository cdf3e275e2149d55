// What follows from links, out of a registry: which cases reach which sellers, the basis of
// measures, what is known, which clocks run. The pure rules stand in tests/policy.

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "registry/stage.h"
#include "registry/twin.h"
#include "revenant/policy.h"

namespace revenant {
namespace {

std::string Text(const MeasureKey& key) {
  return key.name.reference + "/" + std::string(StepName(key.step)) + "@" + key.seller.external_id;
}
std::string Joined(std::set<std::string> texts) {
  std::string out;
  for (const std::string& text : texts) out.append(out.empty() ? "" : " ").append(text);
  return out;
}

// A stage with the words of enforcement.
class Court : public Stage {
 public:
  using Stage::Stage;
  void Infringes(const char* id, const char* reference, int day) {
    Apply(Infringe{Shop(id), reference, Right::kTrademark, Day(day)});
  }
  void IsRetracted(const char* id, const char* reference, int day) {
    Apply(Retract{Shop(id), reference, Day(day)});
  }
  GroupFacts FactsOf(const char* id) {
    Result<GroupFacts> facts = (**this).FactsForSanctions(Shop(id));
    if (!facts) FAIL(facts.error().message);
    return std::move(*facts);
  }
  SanctionAssessment Assess(const char* id, int day = 500) {
    return AssessSanctions(FactsOf(id), {}, Day(day));
  }
  std::string Due(const char* id) {
    std::set<std::string> texts;
    for (const MeasureDue& due : Assess(id).due) texts.insert(Text(due.key));
    return Joined(texts);
  }
  std::string ToUndo(const char* id) {
    std::set<std::string> texts;
    for (const MeasureToUndo& undo : Assess(id).to_undo) {
      texts.insert(Text(undo.measure.key) + "=" + std::string(UndoBecauseName(undo.because)));
    }
    return Joined(texts);
  }
  std::string Proposed(const char* id) {
    std::set<std::string> texts;
    for (const Proposal& proposal : Assess(id).proposals) {
      texts.insert(proposal.seller.external_id + "<" + proposal.holder.external_id + ":" +
                   proposal.why);
    }
    return Joined(texts);
  }
  // Everything due in the group, carried out on that day.
  void CarryOut(const char* id, int day) {
    for (const MeasureDue& due : Assess(id).due) {
      MeasureDetail detail;
      for (const CountedCase& counted : due.basis) {
        detail.basis.push_back(
            {counted.name, counted.reach ? counted.reach->path : std::vector<std::string>{}});
      }
      Apply(Attest{due.key.seller, FactKind::kMeasure, MeasureReference(due.key.step, due.key.name),
                   ToDetail(detail), Day(day)});
    }
  }
};

TEST_CASE("CasesReachWhoCarriedTheSharedIdentifierLaterAndNobodyElse") {
  Court court;
  court.Shows("a", 1, {"custom.strong=1"});
  court.Shows("b", 2, {"custom.strong=1", "custom.weak=2"});
  court.Shows("c", 3, {"custom.weak=2"});
  court.Infringes("b", "c1", 10);
  // a had the account first; c shares a weak identifier only, once.
  CHECK(court.Due("a") == "c1/freeze@b");
  CHECK(court.Proposed("c") == "a<b:earlier_holder c<b:link");
  court.Infringes("a", "c2", 11);
  CHECK(court.Due("b") == "c1/freeze@b c2/freeze@a c2/freeze@b");
  // The second of b by time is its linked one: only the account whose case it is pays.
  court.Infringes("b", "c3", 12);
  CHECK(court.Due("b") ==
        "c1/freeze@b c2/freeze@a c2/freeze@b c3/deduct@b c3/file@b c3/freeze@b c3/terminate@b");
}

TEST_CASE("AProofTooFewReachesNobodyAndASecondOneDoes") {
  Court court;
  court.Shows("a", 1, {"custom.weak=1"});
  court.Shows("b", 2, {"custom.weak=1"});
  court.Infringes("a", "c1", 10);
  CHECK(court.Due("b") == "c1/freeze@a");
  court.Shows("a", 3, {"custom.other=2"});
  court.Shows("b", 4, {"custom.other=2"});
  CHECK(court.Due("b") == "c1/freeze@a c1/freeze@b");
  for (const ReachFact& reach : court.FactsOf("b").reaches) {
    if (reach.to != Shop("b")) continue;
    CHECK(reach.allowed);
    CHECK(reach.since.known());
    CHECK(reach.path.size() == 1);
  }
}

TEST_CASE("BlockBitsDecideToAThousandthOfABit") {
  for (const int below : {0, 1}) {
    LinkPolicy policy = PlainPolicy();
    policy.block = policy.prior + policy.For("custom.strong").weight + below;
    Court court(policy);
    court.Shows("a", 1, {"custom.strong=1"});
    court.Shows("b", 2, {"custom.strong=1"});
    court.Infringes("a", "c1", 10);
    CHECK(court.Due("b") == (below == 0 ? "c1/freeze@a c1/freeze@b" : "c1/freeze@a"));
  }
}

TEST_CASE("AWithdrawalAFindingAndARetractionUndoWhatRestedOnThem") {
  const auto stage = [](Court& court) {
    court.Shows("a", 1, {"custom.strong=1"});
    court.Shows("b", 2, {"custom.strong=1"});
    court.Infringes("a", "c1", 10);
    court.Infringes("b", "c2", 11);
    court.CarryOut("b", 20);
    CHECK(court.Due("b") == "");
    CHECK(court.ToUndo("b") == "");
  };
  {
    Court court;
    stage(court);
    court.Withdraws("b", "custom.strong=1", 30);
    CHECK(court.ToUndo("b") == "c1/freeze@b=withdrawn c2/deduct@b=stepped_down");
    // Seen again, it stands again.
    court.Shows("b", 40, {"custom.strong=1"});
    CHECK(court.ToUndo("b") == "");
  }
  {
    Court court;
    stage(court);
    court.AreDifferent("a", "b");
    CHECK(court.ToUndo("b") == "c1/freeze@b=cannot_link c2/deduct@b=stepped_down");
  }
  {
    Court court;
    stage(court);
    court.IsRetracted("a", "c1", 30);
    CHECK(court.ToUndo("b") ==
          "c1/freeze@a=retracted c1/freeze@b=retracted c2/deduct@b=stepped_down");
  }
}

TEST_CASE("Rule10AHubUndoesNoMeasureAndOwesNothingNew") {
  Court court(HubPolicy());
  court.Shows("a", 1, {"custom.strong=1"});
  court.Shows("b", 2, {"custom.strong=1"});
  court.Infringes("a", "c1", 10);
  court.CarryOut("b", 20);
  for (const char* id : {"x", "y"}) court.Shows(id, 30, {"custom.strong=1"});
  CHECK(court.ClusterOf("b") == "b");  // a hub now: it joins nobody
  CHECK(court.ToUndo("b") == "");
  court.Infringes("a", "c3", 40);
  CHECK(court.Due("b") == "");
  // The case behind it can still fall.
  court.IsRetracted("a", "c1", 50);
  CHECK(court.ToUndo("b") == "c1/freeze@b=retracted");
}

TEST_CASE("WhatIsOnFileCommutesRepeatsAndIsForgotten") {
  const std::string low = ToDetail(Figure{650, "crawler"}), high = ToDetail(Figure{800, "crawler"});
  const auto figure = [](const std::string& detail, int day) {
    return Attest{Shop("a"), FactKind::kFigure, "price_ratio", detail, Day(day)};
  };
  const Event events[] = {figure(low, 1), figure(high, 2), figure(low, 2),
                          Revoke{Shop("a"), FactKind::kFigure, "price_ratio", Day(1)}};
  std::vector<std::size_t> order = {0, 1, 2, 3};
  std::string wanted;
  do {
    Court court;
    for (const std::size_t i : order) court.Apply(events[i]);
    court.Apply(events[order.front()]);
    if (wanted.empty()) wanted = court.Export(ExportScope::kFacts);
    CHECK(court.Export(ExportScope::kFacts) == wanted);
    court.CheckSound();
    const Result<std::vector<Fact>> file = court->CaseFile(Shop("a"));
    REQUIRE(file);
    REQUIRE(file->size() == 1);
    CHECK(file->front().detail == high);  // of two at one moment the greater
    CHECK(file->front().in_force());
    court.Apply(Forget{Shop("a"), "", Day(3)});
    CHECK(court.Export(ExportScope::kFacts).find("price_ratio") == std::string::npos);
    CHECK_FALSE(court->CaseFile(Shop("a")));
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("BadEntriesAreRefusedAndNothingIsWritten") {
  struct Row {
    const char* name;
    Event event;
  };
  const std::string good = ToDetail(Figure{1, "s"});
  const Row rows[] = {
      {"no time", Attest{Shop("a"), FactKind::kFigure, "price_ratio", good, {}}},
      {"no such figure", Attest{Shop("a"), FactKind::kFigure, "height", good, Day(1)}},
      {"not a detail", Attest{Shop("a"), FactKind::kOrder, "r", good, Day(1)}},
      {"no reference", Attest{Shop("a"), FactKind::kFigure, "", good, Day(1)}},
      {"a measure of no case", Revoke{Shop("a"), FactKind::kMeasure, "freeze", Day(1)}},
      {"no time to revoke", Revoke{Shop("a"), FactKind::kFigure, "price_ratio", {}}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    Court court;
    const std::string before = court.Export(ExportScope::kFacts);
    const Result<Applied> applied = court->Apply(row.event);
    REQUIRE_FALSE(applied);
    CHECK(applied.error().code == Code::kInvalidArgument);
    CHECK(court.Export(ExportScope::kFacts) == before);
  }
}

TEST_CASE("ASellerOnWhomAMeasureRestsIsNotForgotten") {
  Court court;
  court.Shows("a", 1, {"custom.strong=1"});
  court.Infringes("a", "c1", 10);
  court.CarryOut("a", 20);
  court.IsRetracted("a", "c1", 30);
  const Result<Applied> refused = court->Apply(Forget{Shop("a"), "", Day(40)});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::kConflict);
  court.Apply(Revoke{Shop("a"), FactKind::kMeasure, "freeze:p:c1", Day(50)});
  CHECK(court->Apply(Forget{Shop("a"), "", Day(60)}));
  court.CheckSound();
}

TEST_CASE("TheStatesOfACaseFollowFromWhatIsOnFile") {
  Court court;
  court.Shows("a", 1, {});
  const auto state = [&] {
    const GroupFacts facts = court.FactsOf("a");
    REQUIRE(facts.cases.size() == 1);
    return facts.cases.front().state;
  };
  const auto attest = [&](FactKind kind, const std::string& detail, int day) {
    court.Apply(Attest{Shop("a"), kind, "c1", detail, Day(day)});
  };
  Notice notice;
  notice.right_holder = "RH-1";
  notice.claim = 5000;
  attest(FactKind::kNotice, ToDetail(notice), 10);
  CHECK(state() == CaseState::kReported);
  court.Infringes("a", "c1", 12);
  CHECK(state() == CaseState::kConfirmed);
  CHECK(court.FactsOf("a").cases.front().claim == 5000);
  attest(FactKind::kCounterNotice, ToDetail(CounterNotice{"licence"}), 12);
  CHECK(state() == CaseState::kCountered);
  court.Apply(Revoke{Shop("a"), FactKind::kCounterNotice, "c1", Day(13)});
  CHECK(state() == CaseState::kConfirmed);
  attest(FactKind::kCounterNotice, ToDetail(CounterNotice{"again"}), 14);
  CHECK(state() == CaseState::kCountered);
  court.Infringes("a", "c1", 15);  // confirmed again: decided against it
  CHECK(state() == CaseState::kConfirmed);
  court.IsRetracted("a", "c1", 16);
  CHECK(state() == CaseState::kRetracted);
  attest(FactKind::kNotice, ToDetail(notice), 17);
  CHECK(state() == CaseState::kReported);
}

TEST_CASE("KnowledgeComesStraightFromTheRegistry") {
  Court court;
  court.Shows("a", 1, {"custom.strong=1"});
  court.Shows("b", 2, {"custom.strong=1"});
  const auto tier = [&](const char* id) {
    const Result<KnowledgeFacts> facts = court->FactsForKnowledge(Shop(id));
    REQUIRE(facts);
    return AssessKnowledge(*facts, {}, Day(500)).tier;
  };
  CHECK(tier("b") == Tier::kNone);
  court.IsBanned("a", 9);
  CHECK(tier("b") == Tier::kShouldHaveKnown);
  CHECK(tier("a") == Tier::kNone);  // its own ban is no link
  Notice notice;
  for (std::size_t i = 0; i < kNoticeElementCount; ++i) {
    notice.present.insert(static_cast<NoticeElement>(i));
  }
  court.Apply(Attest{Shop("b"), FactKind::kNotice, "c1", ToDetail(notice), Day(10)});
  CHECK(tier("b") == Tier::kActual);
  court.IsRetracted("b", "c1", 11);  // the notice was wrong
  CHECK(tier("b") == Tier::kShouldHaveKnown);
  court.Apply(Reinstate{Shop("a"), "", true, Day(12)});
  CHECK(tier("b") == Tier::kNone);
}

TEST_CASE("AReusedPaymentAccountIsNamedOnlyByWhoCameLater") {
  Court court(LinkPolicy{});
  court.Shows("a", 1, {"pay.iban=DE89370400440532013000"});
  court.Shows("b", 2, {"pay.iban=DE89370400440532013000"});
  for (const char* banned : {"a", "b"}) {
    const char* other = *banned == 'a' ? "b" : "a";
    court.Apply(Ban{Shop(banned), "c", "fakes", Day(9)});
    const Result<KnowledgeFacts> facts = court->FactsForKnowledge(Shop(other));
    REQUIRE(facts);
    REQUIRE(facts->links.size() == 1);
    CHECK(facts->links.front().payment_kinds.size() == (*other == 'b' ? 1 : 0));
    court.Apply(Reinstate{Shop(banned), "c", false, Day(10)});
  }
}

TEST_CASE("ClocksRunFromNoticesOnFile") {
  Court court;
  court.Shows("a", 1, {});
  court.Apply(Attest{Shop("a"), FactKind::kNotice, "c1", ToDetail(Notice{}), Day(10)});
  court.Apply(Attest{Shop("a"), FactKind::kMilestone, "measure:c1", "", Day(11)});
  court.Infringes("b", "c2", 10);  // no notice: no clock
  const Result<std::vector<ClockFacts>> all = court->FactsForClocks(std::nullopt);
  REQUIRE(all);
  REQUIRE(all->size() == 1);
  CHECK(all->front().measured == Day(11));
  court.Apply(Revoke{Shop("a"), FactKind::kMilestone, "measure:c1", Day(12)});
  CHECK_FALSE(court->FactsForClocks(Shop("a"))->front().measured.known());
}

TEST_CASE("ASupplierWarnsAndNeverMerges") {
  Court court(LinkPolicy{});
  for (const char* id : {"a", "b", "c", "d"}) {
    court.Shows(id, 1,
                {*id == 'd' ? "org.supplier=guangzhou example trading co."
                            : "org.supplier=Guangzhou Example Trading Co."});
  }
  const auto facts = [&] {
    const Result<std::vector<SupplierFacts>> read = court->FactsForSuppliers(Shop("d"));
    REQUIRE(read);
    REQUIRE(read->size() == 1);
    return read->front();
  };
  CHECK(court.ClusterOf("d") == "d");
  for (const char* id : {"a", "b", "c"}) {
    CHECK_FALSE(WarnOfSupplier(facts(), {}).warns);
    court.IsBanned(id, 9);
  }
  CHECK(WarnOfSupplier(facts(), {}).warns);
  CHECK(facts().banned.size() == 3);
  CHECK(court.ClusterOf("d") == "d");
}

TEST_CASE("TheEnforcementPolicyIsKeptBesideThatOfLinks") {
  Court court;
  CHECK(*court->enforcement() == EnforcementPolicy{});
  EnforcementPolicy policy;
  policy.sanctions.freeze_days = 7;
  court.Apply(SetEnforcement{policy});
  CHECK(*court->enforcement() == policy);
  const Result<Applied> again = court->Apply(SetEnforcement{policy});
  REQUIRE(again);
  CHECK_FALSE(again->changed);
  CHECK(court.Export(ExportScope::kFacts).find("freeze_days = 7") != std::string::npos);
  CHECK(court->policy() == PlainPolicy());
}

// --- Must show: every order of infringe, retract, merge and split ---

// Shared identifiers and cases by seller, from the twin's registers alone; links in this story are
// single strong identifiers, so that a link is "both carry it, and the other later".
std::set<std::string> Recount(const Twin& twin) {
  std::set<std::string> due;
  for (const auto& [name, seller] : twin.sellers()) {
    std::map<std::pair<std::int64_t, std::string>, bool> cases;  // by time and name; own or not
    for (const auto& [other_name, other] : twin.sellers()) {
      bool reaches = other_name == name;
      for (const auto& [fingerprint, kind] : seller.Carries()) {
        reaches = reaches ||
                  (!twin.Forbidden(name, other_name) && other.Carries().contains(fingerprint) &&
                   seller.FirstSeen(fingerprint) > other.FirstSeen(fingerprint));
      }
      if (!reaches) continue;
      for (const auto& [reference, registers] : other.infringements) {
        if (registers.set <= registers.lifted) continue;
        cases[{registers.set, reference}] = other_name == name;
      }
    }
    std::size_t rank = 0;
    for (const auto& [key, own] : cases) {
      ++rank;
      const std::string end = "@" + name.external_id;
      due.insert(key.second + "/freeze" + end);
      if (rank >= 2 && own) due.insert(key.second + "/deduct" + end);
      if (rank >= 3) due.insert(key.second + "/terminate" + end);
      if (rank >= 3) due.insert(key.second + "/file" + end);
    }
  }
  return due;
}

TEST_CASE("TheLadderOutOfTheRegistryEqualsARecountUnderEveryOrderOfEvents") {
  Court source;
  const Enrol a = source.Prepared("a", 1, {"custom.strong=1"}, SellerStatus::kActive);
  const Enrol b = source.Prepared("b", 2, {"custom.strong=1"}, SellerStatus::kActive);
  const Fingerprint root = a.attributes.front().root;
  const std::vector<Event> events = {
      a,
      b,
      Infringe{Shop("a"), "c1", Right::kDesign, Day(10)},
      Infringe{Shop("b"), "c2", Right::kDesign, Day(11)},
      Infringe{Shop("b"), "c3", Right::kDesign, Day(12)},
      Retract{Shop("b"), "c2", Day(13)},
      Withdraw{Shop("b"), root, "", Day(1)},  // before it was seen: it stays
      CannotLink{Shop("a"), Shop("b"), Day(14)}};
  std::vector<std::size_t> order(events.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::set<std::set<std::string>> met;
  int tried = 0;
  do {
    if (tried++ % 211 != 0) continue;  // 40,320 orders; every 211th reaches all shapes
    Court court;
    Twin twin(PlainPolicy());
    for (const std::size_t i : order) {
      court.Apply(events[i]);
      twin.Apply(events[i]);
      std::set<std::string> due;
      for (const auto& [name, seller] : twin.sellers()) {
        for (const MeasureDue& each : court.Assess(name.external_id.c_str()).due) {
          due.insert(Text(each.key));
        }
      }
      REQUIRE(due == Recount(twin));
      met.insert(due);
    }
  } while (std::next_permutation(order.begin(), order.end()));
  CHECK(met.size() > 10);
}

}  // namespace
}  // namespace revenant

#include "revenant/sanctions.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace revenant {
namespace {

constexpr std::int64_t kDay = 86'400'000'000;

SellerName Shop(const char* id) { return {"p", id}; }
Time Day(std::int64_t day) { return Time{(20'000 + day) * kDay}; }
const Time kNow = Day(1000);

CaseFact Case(const char* seller, const char* reference, int day) {
  CaseFact fact;
  fact.seller = Shop(seller);
  fact.reference = reference;
  fact.at = Day(day);
  return fact;
}
ReachFact Reach(const char* from, const char* to, bool allowed = true) {
  ReachFact fact;
  fact.from = Shop(from);
  fact.to = Shop(to);
  fact.allowed = allowed;
  fact.why = allowed ? "strong_link" : "earlier_holder";
  return fact;
}

// Measures due as text, "c1/freeze@a c2/freeze@a ...", and likewise those to undo.
std::string Text(const MeasureKey& key) {
  return key.name.reference + "/" + std::string(StepName(key.step)) + "@" + key.seller.external_id;
}
std::string Joined(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  std::string out;
  for (const std::string& text : texts) out.append(out.empty() ? "" : " ").append(text);
  return out;
}
std::string Due(const SanctionAssessment& assessment) {
  std::vector<std::string> texts;
  for (const MeasureDue& due : assessment.due) texts.push_back(Text(due.key));
  return Joined(texts);
}
std::string ToUndo(const SanctionAssessment& assessment) {
  std::vector<std::string> texts;
  for (const MeasureToUndo& undo : assessment.to_undo) {
    texts.push_back(Text(undo.measure.key) + "=" + std::string(UndoBecauseName(undo.because)));
  }
  return Joined(texts);
}
// Everything that is due, carried out now.
void CarryOut(GroupFacts& facts, const SanctionAssessment& assessment) {
  for (const MeasureDue& due : assessment.due) {
    MeasureFact measure{due.key, kNow, {}, due.amount, {}};
    for (const CountedCase& one : due.basis) {
      measure.basis.push_back(
          {one.name, one.holder, one.reach ? LinkState::kStands : LinkState::kOwn});
    }
    facts.measures.push_back(std::move(measure));
  }
}

struct LadderCase {
  const char* name;
  int infringements;
  SanctionPolicy policy;
  const char* due;  // of the last case only
};
SanctionPolicy From(std::uint32_t freeze, std::uint32_t deduct, std::uint32_t terminate,
                    std::uint32_t file) {
  SanctionPolicy policy;
  policy.freeze_from = freeze;
  policy.deduct_from = deduct;
  policy.terminate_from = terminate;
  policy.file_from = file;
  return policy;
}
const LadderCase kLadderCases[] = {
    {"the first infringement freezes", 1, {}, "c1/freeze@a"},
    {"the second deducts, too", 2, {}, "c2/deduct@a c2/freeze@a"},
    {"the third terminates and files", 3, {}, "c3/deduct@a c3/file@a c3/freeze@a c3/terminate@a"},
    {"the fourth owes the same again", 4, {}, "c4/deduct@a c4/file@a c4/freeze@a c4/terminate@a"},
    {"below the first threshold nothing is due", 1, From(2, 3, 4, 5), ""},
    {"at it the step is", 2, From(2, 3, 4, 5), "c2/freeze@a"},
    {"above it, below the next", 3, From(2, 4, 5, 6), "c3/freeze@a"},
};

TEST_CASE("The k-th case owes every step whose threshold is at most k") {
  for (const LadderCase& row : kLadderCases) {
    CAPTURE(row.name);
    GroupFacts facts{.sellers = {Shop("a")}};
    for (int i = 1; i <= row.infringements; ++i) {
      facts.cases.push_back(Case("a", ("c" + std::to_string(i)).c_str(), i));
    }
    const SanctionAssessment assessment = AssessSanctions(facts, row.policy, kNow);
    std::vector<std::string> last;
    for (const MeasureDue& due : assessment.due) {
      if (due.key.name.reference == "c" + std::to_string(row.infringements)) {
        last.push_back(Text(due.key));
        CHECK(due.basis.size() == static_cast<std::size_t>(row.infringements));
        CHECK(due.basis.back().name == due.key.name);
      }
    }
    CHECK(Joined(last) == row.due);
  }
}

TEST_CASE("Only confirmed and countered cases count, each once for a person") {
  struct Row {
    const char* name;
    CaseState state;
    const char* due;
  };
  const Row rows[] = {{"reported", CaseState::kReported, "c1/freeze@a"},
                      {"confirmed", CaseState::kConfirmed, "c1/freeze@a c2/deduct@a c2/freeze@a"},
                      {"countered", CaseState::kCountered, "c1/freeze@a c2/deduct@a c2/freeze@a"},
                      {"retracted", CaseState::kRetracted, "c1/freeze@a"}};
  for (const Row& row : rows) {
    CAPTURE(row.name);
    GroupFacts facts{.sellers = {Shop("a")}, .cases = {Case("a", "c1", 1), Case("a", "c2", 2)}};
    facts.cases.back().state = row.state;
    CHECK(Due(AssessSanctions(facts, {}, kNow)) == row.due);
  }
  // Two accounts of one platform, one case: it counts once, at the own account's time.
  GroupFacts twice{.sellers = {Shop("a"), Shop("b")},
                   .cases = {Case("a", "c1", 1), Case("b", "c1", 2)},
                   .reaches = {Reach("a", "b")}};
  CHECK(Due(AssessSanctions(twice, {}, kNow)) == "c1/freeze@a c1/freeze@b");
  // The same reference on another platform is another case.
  twice.sellers.front() = twice.cases.front().seller = {"q", "a"};
  twice.reaches.front().from = {"q", "a"};
  CHECK(Due(AssessSanctions(twice, {}, kNow)) == "c1/deduct@b c1/freeze@a c1/freeze@b c1/freeze@b");
}

TEST_CASE("A counter-notice holds what is new on its case, unless the policy says otherwise") {
  GroupFacts facts{.sellers = {Shop("a")}, .cases = {Case("a", "c1", 1), Case("a", "c2", 2)}};
  facts.cases.back().state = CaseState::kCountered;
  SanctionPolicy policy;
  for (const bool hold : {true, false}) {
    policy.hold_while_countered = hold;
    for (const MeasureDue& due : AssessSanctions(facts, policy, kNow).due) {
      CHECK(due.held == (hold && due.key.name.reference == "c2"));
    }
  }
}

TEST_CASE("A case outside the window owes nothing new, and undoes nothing") {
  SanctionPolicy policy;
  policy.window_days = 10;
  struct Row {
    const char* name;
    std::int64_t micros;  // beyond ten days
    const char* due;
  };
  const Row rows[] = {{"a moment inside", -1, "c1/freeze@a"},
                      {"on the edge", 0, "c1/freeze@a"},
                      {"a moment outside", 1, ""}};
  for (const Row& row : rows) {
    CAPTURE(row.name);
    GroupFacts facts{.sellers = {Shop("a")}, .cases = {Case("a", "c1", 1)}};
    const Time as_of{Day(11).micros + row.micros};
    CHECK(Due(AssessSanctions(facts, policy, as_of)) == row.due);
    CarryOut(facts, AssessSanctions(facts, policy, Day(1)));
    CHECK(ToUndo(AssessSanctions(facts, policy, as_of)) == "");
  }
}

TEST_CASE("Weights add up to the thresholds, in thousandths") {
  struct Row {
    const char* name;
    std::uint32_t weight;
    std::size_t due;
  };
  const Row rows[] = {{"just below", 499, 0}, {"at", 500, 1}, {"above", 501, 1}, {"none", 0, 0}};
  for (const Row& row : rows) {
    CAPTURE(row.name);
    SanctionPolicy policy;
    policy.weight[static_cast<std::size_t>(Right::kDesign) - 1] = row.weight;
    GroupFacts facts{.sellers = {Shop("a")}, .cases = {Case("a", "c1", 1), Case("a", "c2", 2)}};
    for (CaseFact& fact : facts.cases) fact.right = Right::kDesign;
    CHECK(AssessSanctions(facts, policy, kNow).due.size() == row.due);
  }
}

TEST_CASE("Cases reach whom an allowed link leads to; for the rest there is a proposal") {
  GroupFacts facts{.sellers = {Shop("a"), Shop("b"), Shop("c"), Shop("d")},
                   .cases = {Case("a", "c1", 1), Case("b", "c2", 2)},
                   .reaches = {Reach("a", "b"), Reach("b", "a", false), Reach("a", "c", false)}};
  const SanctionAssessment assessment = AssessSanctions(facts, {}, kNow);
  // a: its own case only. b: the second. c and d: nothing.
  CHECK(Due(assessment) == "c1/freeze@a c1/freeze@b c2/deduct@b c2/freeze@b");
  std::vector<std::string> proposals;
  for (const Proposal& proposal : assessment.proposals) {
    proposals.push_back(proposal.seller.external_id + "<" + proposal.holder.external_id + ":" +
                        proposal.why);
  }
  CHECK(Joined(proposals) ==
        "a<b:earlier_holder c<a:earlier_holder c<b:same_cluster d<a:same_cluster d<b:same_cluster");
  // The payer for a case that another account brought.
  SanctionPolicy policy;
  policy.deduct_from = 1;
  CHECK(Due(AssessSanctions(facts, policy, kNow)) ==
        "c1/deduct@a c1/freeze@a c1/freeze@b c2/deduct@b c2/freeze@b");
  policy.deduct_from_linked = true;
  CHECK(Due(AssessSanctions(facts, policy, kNow)) ==
        "c1/deduct@a c1/deduct@b c1/freeze@a c1/freeze@b c2/deduct@b c2/freeze@b");
}

TEST_CASE("A retraction steps back down and names what must be undone") {
  GroupFacts facts{.sellers = {Shop("a")}, .cases = {Case("a", "c1", 1), Case("a", "c2", 2)}};
  CarryOut(facts, AssessSanctions(facts, {}, kNow));
  CHECK(Due(AssessSanctions(facts, {}, kNow)) == "");
  facts.cases.front().state = CaseState::kRetracted;
  const SanctionAssessment after = AssessSanctions(facts, {}, kNow);
  CHECK(ToUndo(after) == "c1/freeze@a=retracted c2/deduct@a=stepped_down");
  for (const MeasureToUndo& undo : after.to_undo) {
    REQUIRE(undo.fallen.size() == 1);
    CHECK(undo.fallen.front().reference == "c1");
  }
  REQUIRE(after.standing_measures.size() == 1);
  CHECK(Text(after.standing_measures.front().key) == "c2/freeze@a");
  // Once undone, nothing is left to do.
  for (MeasureFact& measure : facts.measures) {
    if (Text(measure.key) != "c2/freeze@a") measure.undone = Day(1001);
  }
  CHECK(ToUndo(AssessSanctions(facts, {}, kNow)) == "");
}

TEST_CASE("Inserting an earlier case undoes nothing") {
  GroupFacts facts{.sellers = {Shop("a")}, .cases = {Case("a", "c2", 2), Case("a", "c3", 3)}};
  CarryOut(facts, AssessSanctions(facts, {}, kNow));
  facts.cases.push_back(Case("a", "c1", 1));
  const SanctionAssessment after = AssessSanctions(facts, {}, kNow);
  CHECK(ToUndo(after) == "");
  CHECK(Due(after) == "c1/freeze@a c2/deduct@a c3/file@a c3/terminate@a");
}

TEST_CASE("Only retraction, withdrawal, cannot-link and reinstatement undo") {
  struct Row {
    const char* name;
    LinkState link;
    bool reached;  // by a link today
    const char* undo;
  };
  const Row rows[] = {
      {"the link fades or becomes a hub", LinkState::kStands, false, ""},
      {"withdrawn", LinkState::kWithdrawn, false, "c1/freeze@b=withdrawn c2/deduct@b=stepped_down"},
      {"different people", LinkState::kCannotLink, false,
       "c1/freeze@b=cannot_link c2/deduct@b=stepped_down"},
      {"withdrawn, but another link stands", LinkState::kWithdrawn, true, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    GroupFacts facts{.sellers = {Shop("a"), Shop("b")},
                     .cases = {Case("a", "c1", 1), Case("b", "c2", 2)},
                     .reaches = {Reach("a", "b")}};
    CarryOut(facts, AssessSanctions(facts, {}, kNow));
    for (MeasureFact& measure : facts.measures) {
      for (MeasureFact::Basis& basis : measure.basis) {
        if (basis.link == LinkState::kStands) basis.link = row.link;
      }
    }
    if (!row.reached) facts.reaches.clear();
    CHECK(ToUndo(AssessSanctions(facts, {}, kNow)) == row.undo);
    // A change of policy undoes nothing while the basis stands.
    if (row.link == LinkState::kStands) {
      CHECK(ToUndo(AssessSanctions(facts, From(9, 9, 9, 9), kNow)) == "");
    }
  }
}

TEST_CASE("A reinstatement lifts the end of an account, and nothing else") {
  GroupFacts facts{.sellers = {Shop("a")},
                   .cases = {Case("a", "c1", 1), Case("a", "c2", 2), Case("a", "c3", 3)}};
  struct Row {
    const char* name;
    ReinstatementFact fact;
    bool lifts;
  };
  const Row rows[] = {
      {"of all, before the case", {Shop("a"), "", true, Time{Day(3).micros - 1}}, false},
      {"of all, at the moment of the case", {Shop("a"), "", true, Day(3)}, true},
      {"of this case, after it", {Shop("a"), "c3", false, Day(4)}, true},
      {"of another case", {Shop("a"), "c2", false, Day(4)}, false},
      {"of another account", {Shop("b"), "", true, Day(4)}, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    GroupFacts lifted = facts;
    lifted.reinstatements.push_back(row.fact);
    const std::string all =
        "c1/freeze@a c2/deduct@a c2/freeze@a c3/deduct@a c3/file@a c3/freeze@a c3/terminate@a";
    const std::string rest = "c1/freeze@a c2/deduct@a c2/freeze@a c3/deduct@a c3/freeze@a";
    CHECK(Due(AssessSanctions(lifted, {}, kNow)) == (row.lifts ? rest : all));
  }
  CarryOut(facts, AssessSanctions(facts, {}, kNow));
  facts.reinstatements = {{Shop("a"), "", true, Day(1001)}};
  CHECK(ToUndo(AssessSanctions(facts, {}, kNow)) ==
        "c3/file@a=reinstated c3/terminate@a=reinstated");
}

TEST_CASE("What changed is told, sorted") {
  GroupFacts facts{.sellers = {Shop("a"), Shop("b")},
                   .cases = {Case("a", "c1", 1), Case("b", "c2", 2)}};
  const SanctionAssessment apart = AssessSanctions(facts, {}, kNow);
  facts.reaches = {Reach("a", "b")};
  const SanctionAssessment merged = AssessSanctions(facts, {}, kNow);
  const std::vector<SanctionChange> changes = DiffSanctions(apart, merged);
  REQUIRE(changes.size() == 2);
  CHECK(Text(changes[0].key) == "c1/freeze@b");
  CHECK(changes[0].change == Change::kNowDue);
  CHECK(Text(changes[1].key) == "c2/deduct@b");
  CHECK(DiffSanctions(merged, apart).front().change == Change::kNoLongerDue);
  CHECK(DiffSanctions(merged, merged).empty());
  CarryOut(facts, merged);
  const SanctionAssessment done = AssessSanctions(facts, {}, kNow);
  facts.cases.front().state = CaseState::kRetracted;
  const SanctionAssessment fallen = AssessSanctions(facts, {}, kNow);
  for (const SanctionChange& change : DiffSanctions(done, fallen)) {
    CHECK(change.change == Change::kNowToUndo);
  }
  CHECK(DiffSanctions(done, fallen).size() == 3);
}

// --- Money ---

TEST_CASE("The deposit floats between floor and ceiling by the stated formula") {
  SanctionPolicy policy;  // base 1000.00, floor 500.00, ceiling 50,000.00
  struct Row {
    const char* name;
    DepositFacts facts;
    std::int64_t deposit;
  };
  const Row rows[] = {
      {"no risk", {}, 100'000},
      {"one own infringement adds half", {.own = 1000}, 150'000},
      {"one by a link adds a quarter", {.linked = 1000}, 125'000},
      {"a hub of three bits adds three tenths", {.hub_lift_millibits = 3000}, 130'000},
      {"all of it", {1000, 1000, 3000, 1000}, 205'000},
      {"the platform's type multiplies", {1000, 0, 0, 1500}, 225'000},
      {"rounded up to the cent", {.own = 1}, 100'100},
      {"at the floor", {.duty_factor = 500}, 50'000},
      {"below the floor", {.duty_factor = 499}, 50'000},
      {"just above the floor", {.duty_factor = 501}, 50'100},
      {"just below the ceiling", {.own = 97'998}, 4'999'900},
      {"at the ceiling", {.own = 98'000}, 5'000'000},
      {"above the ceiling", {.own = 98'002}, 5'000'000},
      {"out of all bounds", {INT64_MAX, INT64_MAX, INT64_MAX, 10'000}, 5'000'000},
      {"never negative", {INT64_MIN, -1, -1, 1000}, 100'000},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(RequiredDeposit(row.facts, policy) == row.deposit);
  }
}

TEST_CASE("A deduction is paid out of the purses that the policy names") {
  struct Row {
    const char* name;
    std::int64_t amount, deposit, insurance;
    Compensation source;
    Payment payment;
  };
  const Row rows[] = {
      {"the deposit suffices", 100, 100, 50, Compensation::kDepositThenInsurance, {100, 0, 0}},
      {"insurance pays the rest", 100, 99, 50, Compensation::kDepositThenInsurance, {99, 1, 0}},
      {"something stays open", 100, 30, 50, Compensation::kDepositThenInsurance, {30, 50, 20}},
      {"deposit only", 100, 30, 500, Compensation::kDeposit, {30, 0, 70}},
      {"insurance only", 100, 300, 50, Compensation::kInsurance, {0, 50, 50}},
      {"nothing owed", 0, 30, 50, Compensation::kDepositThenInsurance, {0, 0, 0}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(PayFrom(row.amount, row.deposit, row.insurance, row.source) == row.payment);
  }
}

TEST_CASE("A deduction is the claim, or else a share of the deposit") {
  GroupFacts facts{.sellers = {Shop("a")}, .cases = {Case("a", "c1", 1), Case("a", "c2", 2)}};
  facts.cases.back().right_holder = "RH-1";
  facts.funds = {{Shop("a"), 60'000, 20'000, 0}};
  for (const std::int64_t claim : {0, 70'000}) {
    facts.cases.back().claim = claim;
    const SanctionAssessment assessment = AssessSanctions(facts, {}, kNow);
    const auto due = std::find_if(assessment.due.begin(), assessment.due.end(),
                                  [](const auto& each) { return each.key.step == Step::kDeduct; });
    REQUIRE(due != assessment.due.end());
    CHECK(assessment.standings.front().deposit_required == 200'000);
    CHECK(due->amount == (claim > 0 ? claim : 100'000));
    CHECK(due->from_deposit == 60'000);
    CHECK(due->from_insurance == (claim > 0 ? 10'000 : 20'000));
    CHECK(due->right_holder == "RH-1");
  }
}

}  // namespace
}  // namespace revenant

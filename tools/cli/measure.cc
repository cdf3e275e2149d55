#include <fmt/format.h>

#include "enforce.h"
#include "revenant/json.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct MeasureArgs {
  std::string seller, step, case_ref, amount, at;
  bool undo = false;
};

// On what the measure rests: as it is due now; for one that is not, the case itself.
std::vector<BasisCase> BasisOf(const Owed& owed, const MeasureKey& key) {
  for (const MeasureDue& due : owed.assessment.due) {
    if (due.key != key) continue;
    std::vector<BasisCase> basis;
    for (const CountedCase& counted : due.basis) {
      BasisCase one{counted.name, {}};
      if (counted.reach) one.path = counted.reach->path;
      basis.push_back(std::move(one));
    }
    return basis;
  }
  return {{key.name, {}}};
}

bool IsDue(const Owed& owed, const MeasureKey& key) {
  for (const MeasureDue& due : owed.assessment.due) {
    if (due.key == key) return true;
  }
  for (const MeasureFact& done : owed.assessment.standing_measures) {
    if (done.key == key) return true;
  }
  return false;
}

Result<int> RunMeasure(const MeasureArgs& args, Context& context) {
  TRY_ASSIGN(const SellerName seller, SellerArgument(args.seller));
  TRY_ASSIGN(const Time at, context.TimeOr("--at", args.at));
  TRY_ASSIGN(const CaseName name, CaseArgument(args.case_ref, seller));
  const Step step = StepFromName(args.step).value_or(Step::kFreeze);  // no other is admitted
  const std::string reference = MeasureReference(step, name);
  const std::string done = fmt::format("{} for case {} {}", args.step, name.ToString(),
                                       args.undo ? "undone" : "carried out");
  if (args.undo) {
    return DecideAndTell(context, seller, Revoke{seller, FactKind::kMeasure, reference, at}, done,
                         at);
  }
  MeasureDetail detail;
  {
    TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
    TRY_ASSIGN(const Owed owed, AssessOwed(*registry, seller, at));
    const MeasureKey key{name, step, seller};
    if (!IsDue(owed, key)) {
      context.Note(
          fmt::format("{} is not due for {}; entered all the same", args.step, seller.ToString()));
    }
    detail.basis = BasisOf(owed, key);
    if (!args.amount.empty()) {
      TRY_ASSIGN(detail.amount, MoneyArgument("--amount", args.amount, owed.policy.currency));
      detail.currency = owed.policy.currency;
    }
  }
  return DecideAndTell(context, seller,
                       Attest{seller, FactKind::kMeasure, reference, ToDetail(detail), at}, done,
                       at);
}

}  // namespace

void AddMeasure(CLI::App& app, Context& context) {
  const Verb<MeasureArgs> verb(app, context, "measure",
                               "Record that a measure was carried out or undone");
  verb.AddSeller(verb->seller);
  verb.AddChoice("--step", verb->step, "STEP", {"freeze", "deduct", "terminate", "file"},
                 "freeze, deduct, terminate or file")
      ->required();
  verb.Add("--case", verb->case_ref, "CASE", "CASE of the seller's platform, or PLATFORM:CASE")
      ->required();
  verb.Add("--amount", verb->amount, "AMOUNT", "Amount that was frozen or deducted");
  verb.AddFlag("--undo", verb->undo, "It was undone");
  verb.AddAt(verb->at);
  verb.Footer(
      "The measure goes on file together with its basis: the cases, and the identifiers that link\n"
      "the seller to them. `sanctions` says when it has to be undone.");
  verb.Runs(RunMeasure);
}

}  // namespace revenant::cli

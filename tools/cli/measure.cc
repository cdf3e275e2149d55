#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "enforce.h"
#include "revenant/json.h"
#include "util/try.h"
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
  CLI::App* verb = app.add_subcommand("measure", "Enter that a measure was carried out or undone");
  auto args = std::make_shared<MeasureArgs>();
  verb->add_option("SELLER", args->seller, "PLATFORM:EXTERNAL_ID")->required();
  verb->add_option("--step", args->step, "freeze, deduct, terminate or file")
      ->type_name("STEP")
      ->required()
      ->check(CLI::IsMember({"freeze", "deduct", "terminate", "file"}));
  verb->add_option("--case", args->case_ref, "CASE of the seller's platform, or PLATFORM:CASE")
      ->type_name("CASE")
      ->required();
  verb->add_option("--amount", args->amount, "What was frozen or deducted")->type_name("AMOUNT");
  verb->add_flag("--undo", args->undo, "It was undone");
  verb->add_option("--at", args->at, "When; the present where it is not given")->type_name("T");
  verb->footer(
      "Together with the measure goes on file what it rests on: cases, and the identifiers that\n"
      "link the seller to them. `sanctions` says when it has to be undone.");
  verb->callback(
      [args, &context] { context.run = [args, &context] { return RunMeasure(*args, context); }; });
}

}  // namespace revenant::cli

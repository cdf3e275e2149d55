#include <fmt/format.h>

#include "enforce.h"
#include "revenant/json.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct MilestoneArgs {
  std::string seller, case_ref, stage, at;
  bool undo = false;
};

Result<int> RunMilestone(const MilestoneArgs& args, Context& context) {
  Entry entry;
  TRY_ASSIGN(entry.seller, SellerArgument(args.seller));
  TRY_ASSIGN(entry.at, context.TimeOr("--at", args.at));
  TRY(CheckNotice(context, entry.seller, args.case_ref));
  const auto stage = ClockStageFromName(args.stage);  // the option admits no other
  entry.kind = FactKind::kMilestone;
  entry.reference = ToReference({stage.value_or(ClockStage::kAcknowledge), args.case_ref});
  entry.lift = args.undo;
  return EnterFact(context, entry,
                   fmt::format("case {}: {} {}", args.case_ref, args.stage,
                               args.undo ? "was entered in error" : "done"));
}

}  // namespace

void AddMilestone(CLI::App& app, Context& context) {
  const Verb<MilestoneArgs> verb(app, context, "milestone", "Record what was done about a notice");
  verb.AddSeller(verb->seller);
  verb.Add("--case", verb->case_ref, "REF", "Reference of the case")->required();
  verb.AddChoice("--stage", verb->stage, "STAGE", {"acknowledge", "measure", "forward", "restore"},
                 "acknowledge, measure, forward or restore")
      ->required();
  verb.AddFlag("--undo", verb->undo, "It was entered in error");
  verb.AddAt(verb->at);
  verb.Footer("`due` lists what is late and what comes next.");
  verb.Runs(RunMilestone);
}

}  // namespace revenant::cli

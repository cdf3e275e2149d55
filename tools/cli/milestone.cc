#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "enforce.h"
#include "revenant/json.h"
#include "util/try.h"
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
  CLI::App* verb = app.add_subcommand("milestone", "Enter what was done about a notice");
  auto args = std::make_shared<MilestoneArgs>();
  verb->add_option("SELLER", args->seller, "PLATFORM:EXTERNAL_ID")->required();
  verb->add_option("--case", args->case_ref, "Reference of the case")->type_name("REF")->required();
  verb->add_option("--stage", args->stage, "acknowledge, measure, forward or restore")
      ->type_name("STAGE")
      ->required()
      ->check(CLI::IsMember({"acknowledge", "measure", "forward", "restore"}));
  verb->add_flag("--undo", args->undo, "It was entered in error");
  verb->add_option("--at", args->at, "When; the present where it is not given")->type_name("T");
  verb->footer("`due` lists what is late and what is next.");
  verb->callback([args, &context] {
    context.run = [args, &context] { return RunMilestone(*args, context); };
  });
}

}  // namespace revenant::cli

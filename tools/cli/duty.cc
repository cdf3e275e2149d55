#include <fmt/format.h>

#include "enforce.h"
#include "revenant/json.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct DutyArgs {
  std::string type;
  std::vector<std::string> shows, lacks;
};

std::string_view Mark(CanShow shown) {
  return shown == CanShow::kYes ? "[x]" : shown == CanShow::kNo ? "[-]" : "[ ]";
}

void Print(Context& context, const DutyAssessment& assessment) {
  context.out.Line(fmt::format("{}: duty {}; review_bits at most {}, block_bits at most {}: {}",
                               PlatformTypeName(assessment.type), DutyLevelName(assessment.level),
                               assessment.thresholds.review_millibits / 1000.0,
                               assessment.thresholds.block_millibits / 1000.0,
                               assessment.thresholds_met ? "met" : "not met"));
  context.out.Line("Obligations:");
  for (const DutyLine& line : assessment.obligations) {
    context.out.Line(fmt::format("  {} {:<18}  {} Shown by: {}.", Mark(line.shown), line.item->id,
                                 line.item->title, line.item->evidence));
  }
  context.out.Line("Conditions for exemption:");
  for (const DutyLine& line : assessment.exemptions) {
    context.out.Line(fmt::format("  {} {:<18}  {} Shown by: {}.", Mark(line.shown), line.item->id,
                                 line.item->title, line.item->evidence));
  }
  context.out.Line(assessment.exempt ? "Exempt: all of it is shown."
                                     : "Not exempt: something is not shown.");
}

Result<int> RunDuty(const DutyArgs& args, Context& context) {
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY_ASSIGN(const EnforcementPolicy policy, registry->enforcement());
  const LinkPolicy links = registry->policy();
  DutyFacts facts;
  facts.shown = {args.shows.begin(), args.shows.end()};
  facts.lacking = {args.lacks.begin(), args.lacks.end()};
  facts.review_millibits = links.review;
  facts.block_millibits = links.block;
  const std::vector<std::string> unknown = UnknownItems(facts);
  if (!unknown.empty()) {
    return Error{Code::kInvalidArgument,
                 fmt::format("duty: {:?} is not on the checklist; `revenant duty` prints it",
                             unknown.front())};
  }
  const PlatformType type = PlatformTypeFromName(args.type).value_or(policy.duty.platform_type);
  const DutyAssessment assessment = AssessDuty(type, facts, policy.duty);
  if (context.json) {
    context.out.Line(ToJson(assessment));
  } else {
    Print(context, assessment);
  }
  return kDone;
}

}  // namespace

void AddDuty(CLI::App& app, Context& context) {
  const Verb<DutyArgs> verb(app, context, "duty",
                            "Print the checklist of the platform's own duties");
  verb.AddChoice("--type", verb->type, "TYPE", {"information", "logistics", "marketing", "payment"},
                 "information, logistics, marketing or payment");
  verb.AddList("--shows", verb->shows, "ID",
               "Items that the platform can show, separated by commas");
  verb.AddList("--lacks", verb->lacks, "ID", "Items that it knows it cannot show");
  verb.Footer("Without --type the policy's platform_type applies ([duty]).");
  verb.Runs(RunDuty);
}

}  // namespace revenant::cli

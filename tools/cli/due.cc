#include <fmt/format.h>

#include "enforce.h"
#include "revenant/json.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct DueArgs {
  std::string seller, at;
  bool all = false;
};

bool IsOpen(const Deadline& deadline) {
  return deadline.state == DeadlineState::kLate || deadline.state == DeadlineState::kNext;
}

Result<int> RunDue(const DueArgs& args, Context& context) {
  TRY_ASSIGN(const Time at, context.TimeOr("--at", args.at));
  std::optional<SellerName> seller;
  if (!args.seller.empty()) {
    TRY_ASSIGN(seller, SellerArgument(args.seller));
  }
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY_ASSIGN(const EnforcementPolicy policy, registry->enforcement());
  const Regime& regime = policy.clocks.regimes.at(policy.clocks.regime);
  TRY_ASSIGN(const std::vector<ClockFacts> facts, registry->FactsForClocks(seller));
  std::vector<Deadline> deadlines;
  for (const ClockFacts& each : facts) {
    for (Deadline& deadline : Clocks(each, regime, at)) {
      if (args.all || IsOpen(deadline)) deadlines.push_back(std::move(deadline));
    }
  }
  SortDue(deadlines);
  for (const Deadline& deadline : deadlines) {
    if (context.json) {
      context.out.Line(ToJson(deadline, policy.clocks));
      continue;
    }
    std::string line =
        fmt::format("{:<9}  {}  {} of {} case {}", DeadlineStateName(deadline.state),
                    FormatTimeIn(deadline.due, regime.zone_minutes), ClockStageName(deadline.stage),
                    deadline.seller.ToString(), deadline.case_ref);
    if (deadline.not_before.known() && IsOpen(deadline)) {
      line += ", not before " + FormatTimeIn(deadline.not_before, regime.zone_minutes);
    }
    context.out.Line(line);
  }
  if (deadlines.empty()) {
    context.Note(args.all ? "no clock was ever started"
                          : "nothing is due, and no clock is running");
  }
  return deadlines.empty() ? kNothing : kDone;
}

}  // namespace

void AddDue(CLI::App& app, Context& context) {
  const Verb<DueArgs> verb(app, context, "due",
                           "List response clocks: what is late, what comes next");
  verb.Add("SELLER", verb->seller, "PLATFORM:EXTERNAL_ID; default: all");
  verb.AddFlag("--all", verb->all, "Also list what was done");
  verb.AddAsOf(verb->at);
  verb.Footer(
      "Hours count day and night; the policy names the regime and the zone ([clocks]). Exit code "
      "1:\n"
      "nothing is open.");
  verb.Runs(RunDue);
}

}  // namespace revenant::cli

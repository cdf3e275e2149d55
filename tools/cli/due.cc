#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "enforce.h"
#include "revenant/json.h"
#include "util/try.h"
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
  CLI::App* verb = app.add_subcommand("due", "List response clocks: what is late, what is next");
  auto args = std::make_shared<DueArgs>();
  verb->add_option("SELLER", args->seller, "PLATFORM:EXTERNAL_ID; all where none is given");
  verb->add_flag("--all", args->all, "What was done, too");
  verb->add_option("--at", args->at, "As of when; the present where it is not given")
      ->type_name("T");
  verb->footer(
      "Hours run by day and night; the policy names the regime and the zone ([clocks]). Exit code\n"
      "1: nothing is open.");
  verb->callback(
      [args, &context] { context.run = [args, &context] { return RunDue(*args, context); }; });
}

}  // namespace revenant::cli

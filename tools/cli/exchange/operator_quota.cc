#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "exchange/exchange_common.h"
#include "json_line.h"
#include "revenant/exchange_desk.h"
#include "try.h"

namespace revenant::cli {
namespace {

struct OperatorQuotaArgs {
  std::string dir;
};

std::string UsageJson(const TokenUsage& usage) {
  const nlohmann::ordered_json line = {
      {"v", 1},
      {"member", usage.member},
      {"class", KeyClassName(usage.key_class)},
      {"daily", std::to_string(usage.daily)},
      {"left_today", std::to_string(usage.left_today)},
      {"backlog", std::to_string(usage.backlog)},
      {"left_of_backlog", std::to_string(usage.left_of_backlog)},
      {"evaluated", std::to_string(usage.evaluated)},
      {"rotated", std::to_string(usage.rotated)},
      {"refused", std::to_string(usage.refused)},
  };
  return JsonLine(line);
}

std::string Text(const TokenUsage& usage) {
  std::string line = fmt::format(
      "{:<20} {:<10} today {} of {} left, backlog {} of {} left; {} evaluated, {} rotated",
      usage.member, KeyClassName(usage.key_class), Grouped(usage.left_today), Grouped(usage.daily),
      Grouped(usage.left_of_backlog), Grouped(usage.backlog), Grouped(usage.evaluated),
      Grouped(usage.rotated));
  if (usage.refused > 0) {
    line += fmt::format("; {} refused", Counted(usage.refused, "request"));
  }
  return line;
}

Result<int> RunOperatorQuota(const OperatorQuotaArgs& args, Context& context) {
  TRY_ASSIGN(const Time now, context.Now());
  TRY_ASSIGN(const auto desk, ExchangeOperator::Open(args.dir));
  TRY_ASSIGN(const std::vector<TokenUsage> all, desk->Usage(now));
  for (const TokenUsage& usage : all) {
    context.out.Line(context.json ? UsageJson(usage) : Text(usage));
  }
  return kDone;
}

}  // namespace

void AddOperatorQuota(CLI::App& operators, Context& context) {
  CLI::App* verb = operators.add_subcommand("quota", "Show what members had evaluated");
  auto args = std::make_shared<OperatorQuotaArgs>();
  verb->add_option("DIR", args->dir, "The operator's folder")->required();
  verb->footer("Quotas are in the roster: members agree on them, the operator enforces them.");
  verb->callback([args, &context] {
    context.run = [args, &context] { return RunOperatorQuota(*args, context); };
  });
}

}  // namespace revenant::cli

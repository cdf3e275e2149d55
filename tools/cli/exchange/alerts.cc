#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "exchange/exchange_common.h"
#include "revenant/json.h"
#include "try.h"

namespace revenant::cli {
namespace {

constexpr std::size_t kAlertsPage = 1000;

struct ExchangeAlertsArgs {
  std::uint64_t after = 0;
};

Result<int> RunExchangeAlerts(const ExchangeAlertsArgs& args, Context& context) {
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  bool any = false;
  for (std::uint64_t after = args.after; !context.out.done();) {
    TRY_ASSIGN(const std::vector<Alert> alerts, registry->Alerts(after, kAlertsPage));
    if (alerts.empty()) break;
    for (const Alert& alert : alerts) {
      if (!IsForeignCase(alert.cause)) continue;
      any = true;
      context.out.Line(context.json
                           ? ToJson(alert)
                           : fmt::format("{}  {}  {} {} {}", alert.number, FormatTime(alert.at),
                                         alert.seller.ToString(),
                                         alert.linked ? "is now linked to" : "is now freed from",
                                         alert.cause.ToString()));
    }
    after = alerts.back().number;
  }
  return any ? kDone : kNothing;
}

}  // namespace

void AddExchangeAlerts(CLI::App& exchange, Context& context, const SharedExchangeOptions&) {
  CLI::App* verb =
      exchange.add_subcommand("alerts", "List sellers that other members' lists linked or freed");
  auto args = std::make_shared<ExchangeAlertsArgs>();
  verb->add_option("--after", args->after, "Only alerts above this number")->type_name("N");
  verb->footer("`revenant alerts` lists these among all others. Exit code 1: there are none.");
  verb->callback([args, &context] {
    context.run = [args, &context] { return RunExchangeAlerts(*args, context); };
  });
}

}  // namespace revenant::cli

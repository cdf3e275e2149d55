#include <fmt/format.h>

#include <optional>

#include "revenant/json.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

constexpr std::size_t kPage = 1000;

struct AlertsArgs {
  std::optional<std::uint64_t> after;
  std::optional<std::uint64_t> acknowledge;
};

std::string NameOf(const SellerName& seller) {
  return seller.platform.empty() ? "a seller forgotten since" : seller.ToString();
}

std::string Text(const Alert& alert) {
  std::string line = fmt::format(
      "{}  {}  {} {}, by {} of {}", alert.number, FormatTime(alert.at), NameOf(alert.seller),
      alert.sanctions
          ? "may owe different sanctions, as infringements of others in its cluster changed"
      : alert.linked ? "is now linked to a ban"
                     : "is no longer linked to a ban",
      alert.event, NameOf(alert.cause));
  if (alert.more > 0) line += fmt::format("; so are {} more", Grouped(alert.more));
  return line;
}

Result<int> Acknowledge(std::uint64_t number, Context& context) {
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadWrite));
  TRY(registry->AcknowledgeAlerts(number));
  TRY_ASSIGN(const std::uint64_t acknowledged, registry->AcknowledgedAlerts());
  context.out.Line(context.json ? ToJson(AcknowledgedAlerts{acknowledged})
                                : fmt::format("acknowledged up to {}", acknowledged));
  return kDone;
}

Result<int> RunAlerts(const AlertsArgs& args, Context& context) {
  if (args.acknowledge) return Acknowledge(*args.acknowledge, context);
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY_ASSIGN(std::uint64_t after, registry->AcknowledgedAlerts());
  if (args.after) after = *args.after;
  bool any = false;
  while (!context.out.done()) {
    TRY_ASSIGN(const std::vector<Alert> alerts, registry->Alerts(after, kPage));
    if (alerts.empty()) break;
    any = true;
    for (const Alert& alert : alerts) context.out.Line(context.json ? ToJson(alert) : Text(alert));
    after = alerts.back().number;
  }
  if (!any) context.Note(fmt::format("no alerts after number {}", after));
  return any ? kDone : kNothing;
}

}  // namespace

void AddAlerts(CLI::App& app, Context& context) {
  const Verb<AlertsArgs> verb(
      app, context, "alerts",
      "List sellers newly linked to a ban, freed from one, or with sanctions to check");
  verb.Add("--after", verb->after, "N",
           "Only alerts above this number; default: above the last acknowledged");
  verb.Add("--ack", verb->acknowledge, "N", "Acknowledge alerts up to this number instead");
  verb.Footer("Exit code 1: there are none.");
  verb.Runs(RunAlerts);
}

}  // namespace revenant::cli

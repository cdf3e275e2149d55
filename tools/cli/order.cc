#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "enforce.h"
#include "revenant/json.h"
#include "util/try.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct OrderArgs {
  std::string seller, reference, type = "court_order", country, measures = "none", at;
  bool lift = false;
};

Result<int> RunOrder(const OrderArgs& args, Context& context) {
  Entry entry;
  TRY_ASSIGN(entry.seller, SellerArgument(args.seller));
  TRY_ASSIGN(entry.at, context.TimeOr("--at", args.at));
  Order order;
  order.type = OrderTypeFromName(args.type).value_or(OrderType::kCourtOrder);
  order.country = args.country;
  order.measures = ComplianceFromName(args.measures).value_or(Compliance::kNone);
  entry.kind = FactKind::kOrder;
  entry.reference = args.reference;
  entry.detail = ToDetail(order);
  entry.lift = args.lift;
  return EnterFact(context, entry,
                   fmt::format("is {} order {}", args.lift ? "free of" : "under", args.reference));
}

}  // namespace

void AddOrder(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("order", "Enter a court order or foreign injunction");
  auto args = std::make_shared<OrderArgs>();
  verb->add_option("SELLER", args->seller, "PLATFORM:EXTERNAL_ID")->required();
  verb->add_option("--ref", args->reference, "The court's reference")->type_name("REF")->required();
  verb->add_option("--type", args->type, "court_order or foreign_injunction")
      ->type_name("TYPE")
      ->check(CLI::IsMember({"court_order", "foreign_injunction"}));
  verb->add_option("--country", args->country, "Of the court (ISO 3166)")->type_name("CC");
  verb->add_option("--measures", args->measures, "Done about it: none, partial or effective")
      ->type_name("HOW")
      ->check(CLI::IsMember({"none", "partial", "effective"}));
  verb->add_flag("--lift", args->lift, "The court lifted it");
  verb->add_option("--at", args->at, "When; the present where it is not given")->type_name("T");
  verb->footer("Entered again later, with other measures, the later entry holds.");
  verb->callback(
      [args, &context] { context.run = [args, &context] { return RunOrder(*args, context); }; });
}

}  // namespace revenant::cli

#include <fmt/format.h>

#include "enforce.h"
#include "revenant/json.h"
#include "try.h"
#include "verb.h"
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
  const Verb<OrderArgs> verb(app, context, "order", "Record a court order or foreign injunction");
  verb.AddSeller(verb->seller);
  verb.Add("--ref", verb->reference, "REF", "The court's reference")->required();
  verb.AddChoice("--type", verb->type, "TYPE", {"court_order", "foreign_injunction"},
                 "court_order or foreign_injunction");
  verb.Add("--country", verb->country, "CC", "Country of the court (ISO 3166)");
  verb.AddChoice("--measures", verb->measures, "HOW", {"none", "partial", "effective"},
                 "Measures taken: none, partial or effective");
  verb.AddFlag("--lift", verb->lift, "The court lifted it");
  verb.AddAt(verb->at);
  verb.Footer("If an order is entered again later with other measures, the later entry counts.");
  verb.Runs(RunOrder);
}

}  // namespace revenant::cli

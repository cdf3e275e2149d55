#include <fmt/format.h>

#include "enforce.h"
#include "revenant/json.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct FigureArgs {
  std::string seller, name, value, source, at;
};

Result<int> RunFigure(const FigureArgs& args, Context& context) {
  Entry entry;
  TRY_ASSIGN(entry.seller, SellerArgument(args.seller));
  TRY_ASSIGN(entry.at, context.TimeOr("--at", args.at));
  const auto kind = FigureFromName(args.name).value_or(FigureKind::kPriceRatio);
  const bool money = kind == FigureKind::kDepositHeld || kind == FigureKind::kInsuranceCover;
  std::int64_t value = 0;
  if (money) {
    TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
    TRY_ASSIGN(const EnforcementPolicy policy, registry->enforcement());
    TRY_ASSIGN(value, MoneyArgument("--value", args.value, policy.sanctions.currency));
  } else {
    TRY_ASSIGN(value, DecimalArgument("--value", args.value, 1000));
  }
  entry.kind = FactKind::kFigure;
  entry.reference = args.name;
  entry.detail = ToDetail(Figure{value, args.source});
  return EnterFact(context, entry, fmt::format("{} is {}", args.name, args.value));
}

}  // namespace

void AddFigure(CLI::App& app, Context& context) {
  const Verb<FigureArgs> verb(app, context, "figure", "Record a figure about a seller");
  verb.AddSeller(verb->seller);
  verb.AddChoice("--name", verb->name, "NAME",
                 {"price_ratio", "sales_ratio", "negative_review_ratio", "deposit_held",
                  "insurance_cover"},
                 "Which figure; see below")
      ->required();
  verb.Add("--value", verb->value, "NUMBER", "A decimal number")->required();
  verb.Add("--source", verb->source, "TEXT", "Source of the figure")->required();
  verb.AddAt(verb->at);
  verb.Footer(
      "price_ratio: price over that of the genuine article. sales_ratio: sales over the "
      "industry's\n"
      "average. negative_review_ratio: share of negative reviews over the industry's. "
      "deposit_held\n"
      "and insurance_cover: money in the currency of the policy. The latest entry counts.");
  verb.Runs(RunFigure);
}

}  // namespace revenant::cli

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "enforce.h"
#include "revenant/json.h"
#include "util/try.h"
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
  CLI::App* verb = app.add_subcommand("figure", "Enter a figure about a seller");
  auto args = std::make_shared<FigureArgs>();
  verb->add_option("SELLER", args->seller, "PLATFORM:EXTERNAL_ID")->required();
  verb->add_option("--name", args->name, "Which; see below")
      ->type_name("NAME")
      ->required()
      ->check(CLI::IsMember({"price_ratio", "sales_ratio", "negative_review_ratio", "deposit_held",
                             "insurance_cover"}));
  verb->add_option("--value", args->value, "A decimal number")->type_name("NUMBER")->required();
  verb->add_option("--source", args->source, "Who says so")->type_name("TEXT")->required();
  verb->add_option("--at", args->at, "When; the present where it is not given")->type_name("T");
  verb->footer(
      "price_ratio: price over that of the genuine article. sales_ratio: sales over the "
      "industry's\n"
      "average. negative_review_ratio: share of negative reviews over the industry's. "
      "deposit_held\n"
      "and insurance_cover: money in the currency of the policy. The latest entry holds.");
  verb->callback(
      [args, &context] { context.run = [args, &context] { return RunFigure(*args, context); }; });
}

}  // namespace revenant::cli

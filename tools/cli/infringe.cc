#include <CLI/CLI.hpp>
#include <memory>

#include "enforce.h"
#include "revenant/event.h"
#include "util/try.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct InfringeArgs {
  std::string seller, right, case_ref, at;
};

Result<int> RunInfringe(const InfringeArgs& args, Context& context) {
  TRY_ASSIGN(const SellerName seller, SellerArgument(args.seller));
  TRY_ASSIGN(const Time at, context.TimeOr("--at", args.at));
  const std::optional<Right> right = RightFromName(args.right);  // the option admits no other
  return DecideAndTell(context, seller,
                       Infringe{seller, args.case_ref, right.value_or(Right::kTrademark), at},
                       "has infringed", at);
}

}  // namespace

void AddInfringe(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("infringe", "Enter a confirmed infringement");
  auto args = std::make_shared<InfringeArgs>();
  verb->add_option("SELLER", args->seller, "PLATFORM:EXTERNAL_ID")->required();
  verb->add_option("--right", args->right, "trademark, patent, copyright, design or secret")
      ->type_name("RIGHT")
      ->required()
      ->check(CLI::IsMember({"trademark", "patent", "copyright", "design", "secret"}));
  verb->add_option("--case", args->case_ref, "The platform's own case reference")
      ->type_name("REF")
      ->required();
  verb->add_option("--at", args->at, "When; the present where it is not given")->type_name("T");
  verb->footer(
      "A case counts once, however often it is entered; `retract` takes it back. Says what the\n"
      "case makes due for the seller and for whom it reaches (`sanctions`).");
  verb->callback(
      [args, &context] { context.run = [args, &context] { return RunInfringe(*args, context); }; });
}

}  // namespace revenant::cli

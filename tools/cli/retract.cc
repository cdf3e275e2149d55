#include <CLI/CLI.hpp>
#include <memory>

#include "enforce.h"
#include "revenant/event.h"
#include "util/try.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct RetractArgs {
  std::string seller, case_ref, at;
};

Result<int> RunRetract(const RetractArgs& args, Context& context) {
  TRY_ASSIGN(const SellerName seller, SellerArgument(args.seller));
  TRY_ASSIGN(const Time at, context.TimeOr("--at", args.at));
  return DecideAndTell(context, seller, Retract{seller, args.case_ref, at},
                       "no longer has this infringement", at);
}

}  // namespace

void AddRetract(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("retract", "Take an infringement back");
  auto args = std::make_shared<RetractArgs>();
  verb->add_option("SELLER", args->seller, "PLATFORM:EXTERNAL_ID")->required();
  verb->add_option("--case", args->case_ref, "Reference of the case")->type_name("REF")->required();
  verb->add_option("--at", args->at, "When; the present where it is not given")->type_name("T");
  verb->footer(
      "For a counter-notice that was upheld, or a notice that was wrong. Says which measures must\n"
      "be undone.");
  verb->callback(
      [args, &context] { context.run = [args, &context] { return RunRetract(*args, context); }; });
}

}  // namespace revenant::cli

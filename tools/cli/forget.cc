#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "decide.h"
#include "util/try.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct ForgetArgs {
  std::string seller, override_reason, at;
};

Result<int> RunForget(const ForgetArgs& args, Context& context) {
  TRY_ASSIGN(const SellerName seller, SellerArgument(args.seller));
  TRY_ASSIGN(const Time at, context.TimeOr("--at", args.at));
  TRY(Decide(context, seller, Forget{seller, args.override_reason, at}, "forgotten"));
  return kDone;
}

}  // namespace

void AddForget(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("forget", "Erase a seller from history");
  auto args = std::make_shared<ForgetArgs>();
  verb->add_option("SELLER", args->seller, "PLATFORM:EXTERNAL_ID")->required();
  verb->add_option("--override", args->override_reason,
                   "Why it must go although a ban or an infringement rests on it")
      ->type_name("REASON");
  verb->add_option("--at", args->at, "When; the present where it is not given")->type_name("T");
  verb->footer(
      "The store is then as if the seller had never been; a keyed mark stops it from being "
      "entered\n"
      "again. Refused while a ban or an infringement rests on what the seller carries.");
  verb->callback(
      [args, &context] { context.run = [args, &context] { return RunForget(*args, context); }; });
}

}  // namespace revenant::cli

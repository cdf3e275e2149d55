#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "decide.h"
#include "util/try.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct CannotLinkArgs {
  std::string a, b, at;
};

Result<int> RunCannotLink(const CannotLinkArgs& args, Context& context) {
  TRY_ASSIGN(const SellerName a, SellerArgument(args.a));
  TRY_ASSIGN(const SellerName b, SellerArgument(args.b));
  TRY_ASSIGN(const Time at, context.TimeOr("--at", args.at));
  TRY(Decide(context, a, CannotLink{a, b, at},
             fmt::format("and {} are different people", b.ToString())));
  return kDone;
}

}  // namespace

void AddCannotLink(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("cannot-link", "Enter that two sellers are different people");
  auto args = std::make_shared<CannotLinkArgs>();
  verb->add_option("A", args->a, "PLATFORM:EXTERNAL_ID")->required();
  verb->add_option("B", args->b, "PLATFORM:EXTERNAL_ID")->required();
  verb->add_option("--at", args->at, "When; the present where it is not given")->type_name("T");
  verb->footer(
      "An investigator's finding. Joins that would bring the two into one cluster are refused from "
      "now\n"
      "on; whoever reaches a ban across one is reviewed, not blocked. `allow-link` takes it back.");
  verb->callback([args, &context] {
    context.run = [args, &context] { return RunCannotLink(*args, context); };
  });
}

}  // namespace revenant::cli

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "decide.h"
#include "util/try.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct AllowLinkArgs {
  std::string a, b, at;
};

Result<int> RunAllowLink(const AllowLinkArgs& args, Context& context) {
  TRY_ASSIGN(const SellerName a, SellerArgument(args.a));
  TRY_ASSIGN(const SellerName b, SellerArgument(args.b));
  TRY_ASSIGN(const Time at, context.TimeOr("--at", args.at));
  TRY(Decide(context, a, AllowLink{a, b, at},
             fmt::format("and {} may be linked again", b.ToString())));
  return kDone;
}

}  // namespace

void AddAllowLink(CLI::App& app, Context& context) {
  CLI::App* verb =
      app.add_subcommand("allow-link", "Take back that two sellers are different people");
  auto args = std::make_shared<AllowLinkArgs>();
  verb->add_option("A", args->a, "PLATFORM:EXTERNAL_ID")->required();
  verb->add_option("B", args->b, "PLATFORM:EXTERNAL_ID")->required();
  verb->add_option("--at", args->at, "When; the present where it is not given")->type_name("T");
  verb->footer("The reversal of `cannot-link`: what the two share counts again.");
  verb->callback([args, &context] {
    context.run = [args, &context] { return RunAllowLink(*args, context); };
  });
}

}  // namespace revenant::cli

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "enforce.h"
#include "revenant/json.h"
#include "util/try.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct CounterNoticeArgs {
  std::string seller, case_ref, ground, at;
  bool reject = false;
};

Result<int> RunCounterNotice(const CounterNoticeArgs& args, Context& context) {
  Entry entry;
  TRY_ASSIGN(entry.seller, SellerArgument(args.seller));
  TRY_ASSIGN(entry.at, context.TimeOr("--at", args.at));
  entry.kind = FactKind::kCounterNotice;
  entry.reference = args.case_ref;
  entry.detail = ToDetail(CounterNotice{args.ground});
  entry.lift = args.reject;
  return EnterFact(context, entry,
                   fmt::format("{} the counter-notice on case {}", args.reject ? "lost" : "made",
                               args.case_ref));
}

}  // namespace

void AddCounterNotice(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("counter-notice", "Enter that a seller objects to a notice");
  auto args = std::make_shared<CounterNoticeArgs>();
  verb->add_option("SELLER", args->seller, "PLATFORM:EXTERNAL_ID")->required();
  verb->add_option("--case", args->case_ref, "Reference of the case")->type_name("REF")->required();
  verb->add_option("--ground", args->ground, "On what ground")->type_name("TEXT");
  verb->add_flag("--reject", args->reject, "It was examined and rejected");
  verb->add_option("--at", args->at, "When; the present where it is not given")->type_name("T");
  verb->footer(
      "Until it is decided, new measures on the case are held. If it is upheld, `retract` the "
      "case.");
  verb->callback([args, &context] {
    context.run = [args, &context] { return RunCounterNotice(*args, context); };
  });
}

}  // namespace revenant::cli

#include <CLI/CLI.hpp>
#include <memory>

#include "decide.h"
#include "util/try.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct BanArgs {
  std::string seller, reason, case_ref, at, from;
  TableArgs table;
};

Result<int> RunBan(const BanArgs& args, Context& context) {
  if (!args.from.empty()) {
    return DecideAll(context, args.from, args.table, ReasonColumn::kRequired, "banned",
                     [](const Ruling& row) -> Event {
                       return Ban{row.seller, row.case_ref, row.reason, row.at};
                     });
  }
  if (args.seller.empty() || args.reason.empty()) {
    return Error{Code::kInvalidArgument, "ban: name SELLER and --reason CODE, or --from FILE"};
  }
  TRY_ASSIGN(const SellerName seller, SellerArgument(args.seller));
  TRY_ASSIGN(const Time at, context.TimeOr("--at", args.at));
  TRY(Decide(context, seller, Ban{seller, args.case_ref, args.reason, at}, "banned"));
  return kDone;
}

}  // namespace

void AddBan(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("ban", "Enter that a seller was banned");
  auto args = std::make_shared<BanArgs>();
  auto* seller = verb->add_option("SELLER", args->seller, "PLATFORM:EXTERNAL_ID");
  auto* reason = verb->add_option("--reason", args->reason, "Why: counterfeit, fraud, ...");
  reason->type_name("CODE");
  auto* case_ref = verb->add_option("--case", args->case_ref, "The platform's own case reference");
  case_ref->type_name("REF");
  auto* at = verb->add_option("--at", args->at, "When; the present where it is not given");
  at->type_name("T");
  verb->add_option("--from", args->from, "CSV: platform,seller,reason[,case][,at]; - is stdin")
      ->type_name("FILE")
      ->excludes(seller, reason, case_ref, at);
  AddTableOptions(*verb, args->table, "platform, seller, reason, case, at", DatesOption::kGiven);
  verb->footer(
      "A seller may be banned in several cases; each ban stands until that case or all are lifted\n"
      "(`reinstate`). Gives the cluster that is affected. A file is read whole before the first "
      "row\n"
      "is entered: a row that cannot be read stops everything. A row that is refused (a date in "
      "the\n"
      "future) is named, and the others are entered.");
  verb->callback(
      [args, &context] { context.run = [args, &context] { return RunBan(*args, context); }; });
}

}  // namespace revenant::cli

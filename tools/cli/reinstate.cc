#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "decide.h"
#include "util/try.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct ReinstateArgs {
  std::string seller, case_ref, at, from;
  TableArgs table;
};

// Without a case every ban is lifted.
Event Lift(const SellerName& seller, const std::string& case_ref, Time at) {
  return Reinstate{seller, case_ref, case_ref.empty(), at};
}

Result<int> RunReinstate(const ReinstateArgs& args, Context& context) {
  if (!args.from.empty()) {
    return DecideAll(context, args.from, args.table, ReasonColumn::kOptional, "reinstated",
                     [](const Ruling& row) { return Lift(row.seller, row.case_ref, row.at); });
  }
  if (args.seller.empty()) {
    return Error{Code::kInvalidArgument, "reinstate: name SELLER or --from FILE"};
  }
  TRY_ASSIGN(const SellerName seller, SellerArgument(args.seller));
  TRY_ASSIGN(const Time at, context.TimeOr("--at", args.at));
  TRY_ASSIGN(const Applied applied,
             Decide(context, seller, Lift(seller, args.case_ref, at), "reinstated"));
  if (applied.changed) return kDone;
  context.Note(fmt::format("{}: no ban{} was in force up to then", seller.ToString(),
                           args.case_ref.empty() ? "" : " of case " + args.case_ref));
  return kNothing;
}

}  // namespace

void AddReinstate(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("reinstate", "Lift a seller's ban");
  auto args = std::make_shared<ReinstateArgs>();
  auto* seller = verb->add_option("SELLER", args->seller, "PLATFORM:EXTERNAL_ID");
  auto* case_ref = verb->add_option("--case", args->case_ref, "Only the ban of this case");
  case_ref->type_name("REF");
  auto* at = verb->add_option("--at", args->at, "When; the present where it is not given");
  at->type_name("T");
  verb->add_option("--from", args->from, "CSV: platform,seller[,case][,at]; - is stdin")
      ->type_name("FILE")
      ->excludes(seller, case_ref, at);
  AddTableOptions(*verb, args->table, "platform, seller, case, at", DatesOption::kGiven);
  verb->footer(
      "Without --case every ban up to that moment is lifted. A ban of a later date stands, in\n"
      "whatever order the two are entered.");
  verb->callback([args, &context] {
    context.run = [args, &context] { return RunReinstate(*args, context); };
  });
}

}  // namespace revenant::cli

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "enforce.h"
#include "revenant/json.h"
#include "util/try.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct SanctionsArgs {
  std::string seller, at;
  bool credit_report = false;
};

Result<int> RunSanctions(const SanctionsArgs& args, Context& context) {
  TRY_ASSIGN(const SellerName seller, SellerArgument(args.seller));
  TRY_ASSIGN(const Time at, context.TimeOr("--at", args.at));
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY_ASSIGN(const Owed owed, AssessOwed(*registry, seller, at));
  if (args.credit_report) {
    TRY_ASSIGN(const std::string record, CreditReport(owed.assessment, seller, owed.policy));
    context.out.Text(record);
  } else if (context.json) {
    context.out.Line(ToJson(owed.assessment, owed.policy));
  } else {
    PrintOwed(context, owed);
  }
  const bool anything = !owed.assessment.standings.empty() || !owed.assessment.to_undo.empty() ||
                        !owed.assessment.standing_measures.empty();
  if (!anything)
    context.Note(seller.ToString() + " owes nothing, and nothing was done or is to undo");
  return anything ? kDone : kNothing;
}

}  // namespace

void AddSanctions(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("sanctions", "Show what a seller's cluster owes, and why");
  auto args = std::make_shared<SanctionsArgs>();
  verb->add_option("SELLER", args->seller, "PLATFORM:EXTERNAL_ID")->required();
  verb->add_option("--at", args->at, "As of when; the present where it is not given")
      ->type_name("T");
  verb->add_flag("--credit-report", args->credit_report,
                 "Print the record for credit reporting instead (JSON)");
  verb->footer(
      "Cases reach whom a link of block_bits and min_redundancy leads to that came later; for the\n"
      "rest of the cluster there is only a proposal to look. Exit code 1: nothing is due or done.");
  verb->callback([args, &context] {
    context.run = [args, &context] { return RunSanctions(*args, context); };
  });
}

}  // namespace revenant::cli

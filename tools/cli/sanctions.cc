#include <fmt/format.h>

#include "enforce.h"
#include "revenant/json.h"
#include "try.h"
#include "verb.h"
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
    context.Note(seller.ToString() + " owes nothing, and no measure was taken or has to be undone");
  return anything ? kDone : kNothing;
}

}  // namespace

void AddSanctions(CLI::App& app, Context& context) {
  const Verb<SanctionsArgs> verb(app, context, "sanctions",
                                 "Show what a seller's cluster owes, and why");
  verb.AddSeller(verb->seller);
  verb.AddAsOf(verb->at);
  verb.AddFlag("--credit-report", verb->credit_report,
               "Print the record for credit reporting instead (JSON)");
  verb.Footer(
      "A case reaches a seller that came later, through a link of block_bits and min_redundancy;\n"
      "for the rest of the cluster there is only a proposal to look. Exit code 1: nothing is due "
      "or\n"
      "done.");
  verb.Runs(RunSanctions);
}

}  // namespace revenant::cli


#include "enforce.h"
#include "revenant/event.h"
#include "try.h"
#include "verb.h"
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
  const Verb<InfringeArgs> verb(app, context, "infringe", "Record a confirmed infringement");
  verb.AddSeller(verb->seller);
  verb.AddChoice("--right", verb->right, "RIGHT",
                 {"trademark", "patent", "copyright", "design", "secret"},
                 "trademark, patent, copyright, design or secret")
      ->required();
  verb.Add("--case", verb->case_ref, "REF", "The platform's own case reference")->required();
  verb.AddAt(verb->at);
  verb.Footer(
      "A case counts once, however often it is entered; `retract` takes it back. Prints what the\n"
      "case makes due, for the seller and for the sellers that it reaches (`sanctions`).");
  verb.Runs(RunInfringe);
}

}  // namespace revenant::cli

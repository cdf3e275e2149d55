
#include "enforce.h"
#include "revenant/event.h"
#include "try.h"
#include "verb.h"
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
  const Verb<RetractArgs> verb(app, context, "retract", "Take an infringement back");
  verb.AddSeller(verb->seller);
  verb.Add("--case", verb->case_ref, "REF", "Reference of the case")->required();
  verb.AddAt(verb->at);
  verb.Footer(
      "For a counter-notice that was upheld, or a notice that was wrong. Prints the measures that\n"
      "must be undone.");
  verb.Runs(RunRetract);
}

}  // namespace revenant::cli

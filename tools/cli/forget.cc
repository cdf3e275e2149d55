#include <fmt/format.h>

#include "decide.h"
#include "try.h"
#include "verb.h"
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
  const Verb<ForgetArgs> verb(app, context, "forget", "Erase a seller from history");
  verb.AddSeller(verb->seller);
  verb.Add("--override", verb->override_reason, "REASON",
           "Why it must be erased although a ban or an infringement rests on it");
  verb.AddAt(verb->at);
  verb.Footer(
      "Afterwards the store is as if the seller had never been there; a keyed mark keeps it from\n"
      "being entered again. Refused while a ban or an infringement rests on what the seller\n"
      "carries.");
  verb.Runs(RunForget);
}

}  // namespace revenant::cli

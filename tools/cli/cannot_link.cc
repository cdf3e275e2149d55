// `cannot-link` and `allow-link`: an investigator's finding about two sellers, and its reversal.

#include <fmt/format.h>

#include "decide.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct PairArgs {
  std::string a, b, at;
};

// `found`: what holds of the two from then on.
template <typename Finding>
Result<int> EnterFinding(const PairArgs& args, Context& context, std::string_view found) {
  TRY_ASSIGN(const SellerName a, SellerArgument(args.a));
  TRY_ASSIGN(const SellerName b, SellerArgument(args.b));
  TRY_ASSIGN(const Time at, context.TimeOr("--at", args.at));
  TRY(Decide(context, a, Finding{a, b, at}, fmt::format("and {} {}", b.ToString(), found)));
  return kDone;
}

void AddPair(const Verb<PairArgs>& verb) {
  verb.AddSeller(verb->a, "A");
  verb.AddSeller(verb->b, "B");
  verb.AddAt(verb->at);
}

}  // namespace

void AddCannotLink(CLI::App& app, Context& context) {
  const Verb<PairArgs> verb(app, context, "cannot-link",
                            "Record that two sellers are different people");
  AddPair(verb);
  verb.Footer(
      "An investigator's finding. From then on, joins that would bring the two into one cluster "
      "are\n"
      "refused, and an applicant that reaches a ban across one is reviewed, not blocked.\n"
      "`allow-link` takes it back.");
  verb.Runs([](const PairArgs& args, Context& its) {
    return EnterFinding<CannotLink>(args, its, "are different people");
  });
}

void AddAllowLink(CLI::App& app, Context& context) {
  const Verb<PairArgs> verb(app, context, "allow-link",
                            "Take back a finding that two sellers are different people");
  AddPair(verb);
  verb.Footer("The reversal of `cannot-link`: what the two share counts again.");
  verb.Runs([](const PairArgs& args, Context& its) {
    return EnterFinding<AllowLink>(args, its, "may be linked again");
  });
}

}  // namespace revenant::cli

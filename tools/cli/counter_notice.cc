#include <fmt/format.h>

#include "enforce.h"
#include "revenant/json.h"
#include "try.h"
#include "verb.h"
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
  TRY(CheckNotice(context, entry.seller, args.case_ref));
  entry.kind = FactKind::kCounterNotice;
  entry.reference = args.case_ref;
  entry.detail = ToDetail(CounterNotice{args.ground});
  entry.lift = args.reject;
  return EnterFact(context, entry,
                   fmt::format("{} the counter-notice on case {}", args.reject ? "lost" : "sent",
                               args.case_ref));
}

}  // namespace

void AddCounterNotice(CLI::App& app, Context& context) {
  const Verb<CounterNoticeArgs> verb(app, context, "counter-notice",
                                     "Record a seller's objection to a notice");
  verb.AddSeller(verb->seller);
  verb.Add("--case", verb->case_ref, "REF", "Reference of the case")->required();
  verb.Add("--ground", verb->ground, "TEXT", "Ground of the objection");
  verb.AddFlag("--reject", verb->reject, "It was examined and rejected");
  verb.AddAt(verb->at);
  verb.Footer(
      "Until it is decided, new measures on the case are held. If it is upheld, `retract` the "
      "case.");
  verb.Runs(RunCounterNotice);
}

}  // namespace revenant::cli

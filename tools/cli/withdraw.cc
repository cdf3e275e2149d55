#include <fmt/format.h>

#include "revenant/json.h"
#include "revenant/name_hints.h"
#include "revenant/records.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct WithdrawArgs {
  std::string seller, kind, value, country, source, at;
};

// The value, from stdin if it is to stay out of the process list.
Result<std::string> Value(const WithdrawArgs& args) {
  if (args.value != "-") return args.value;
  TRY_ASSIGN(std::string text, ReadSmallFile("-"));
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

// The fingerprint under which the attribute was entered.
Result<Fingerprint> RootOf(const Registry& registry, const SellerName& seller,
                           const WithdrawArgs& args) {
  TRY_ASSIGN(std::string value, Value(args));
  Record record;
  record.seller = seller;
  record.attributes.push_back({args.kind, args.country, std::move(value)});
  TRY_ASSIGN(const Intake intake, registry.Prepare(record, Time()));
  if (!intake.event.attributes.empty()) return intake.event.attributes.front().root;
  const AttributeOutcome& outcome = intake.outcomes.front();
  if (outcome.status == Status::kUnknownKind) {
    const std::string suggestion = SuggestKind(args.kind);
    // It may be the value, given in the wrong place.
    return Error{
        Code::kInvalidArgument,
        fmt::format("--kind{}: no such kind{}; `revenant kinds` lists them",
                    MayBeKind(args.kind) ? fmt::format(" {:?}", args.kind) : "",
                    suggestion.empty() ? "" : fmt::format(" (did you mean {}?)", suggestion))};
  }
  return Error{Code::kInvalidArgument,
               fmt::format("--value: not a valid {}: {}", args.kind, outcome.reason)};
}

Result<int> RunWithdraw(const WithdrawArgs& args, Context& context) {
  TRY_ASSIGN(const SellerName seller, SellerArgument(args.seller));
  TRY_ASSIGN(const Time at, context.TimeOr("--at", args.at));
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadWrite));
  TRY_ASSIGN(const Fingerprint root, RootOf(*registry, seller, args));
  TRY_ASSIGN(const Time now, context.Now());
  TRY_ASSIGN(const Entered entered,
             registry->Enter(Withdraw{seller, root, args.source, at}, now, Durability::kSynced));
  const Applied& applied = entered.applied;
  if (context.json) {
    context.out.Line(ToJson(seller, applied));
  } else if (applied.observations_removed > 0) {
    context.out.Line(fmt::format("{} withdrawn; {} moved to another cluster",
                                 Counted(applied.observations_removed, "observation"),
                                 Counted(applied.sellers_moved, "seller")));
  }
  if (applied.observations_removed > 0) return kDone;
  context.Note(fmt::format("{} carries no such {}{}; sightings up to {} will not count",
                           seller.ToString(), args.kind,
                           args.source.empty() ? "" : " by that source", FormatTime(at)));
  return kNothing;
}

}  // namespace

void AddWithdraw(CLI::App& app, Context& context) {
  const Verb<WithdrawArgs> verb(app, context, "withdraw", "Withdraw an identifier of a seller");
  verb.AddSeller(verb->seller);
  verb.Add("--kind", verb->kind, "K", "Kind of the identifier, as it was imported")->required();
  verb.Add("--value", verb->value, "V",
           "Its value; - reads it from stdin, so that it is not in the process list")
      ->required();
  verb.Add("--country", verb->country, "XX", "Issuing country or region, as in the import");
  verb.Add("--source", verb->source, "S", "Only sightings by this source; default: all");
  verb.Add("--at", verb->at, "T", "Sightings up to this time; default: now");
  verb.Footer(
      "Everything derived from the attribute goes with it; sellers that were linked by it alone "
      "are\n"
      "separated again. A later sighting counts again. Exit code 1: the seller carried no such\n"
      "identifier.");
  verb.Runs(RunWithdraw);
}

}  // namespace revenant::cli

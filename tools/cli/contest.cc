#include <fmt/format.h>
#include <fmt/ranges.h>

#include "enforce.h"
#include "revenant/contests.h"
#include "revenant/json.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct ContestArgs {
  std::string seller, statement, reviewed_by, outcome, note, reference, at;
  bool take_back = false;
};

std::string ToText(const Contest& contest) {
  std::string text = fmt::format("objection {} of {}: {}\n  ", contest.reference,
                                 FormatTime(contest.at), Escaped(contest.objection.statement));
  if (contest.taken_back) return text + "taken back";
  if (!contest.review) return text + "awaits a person's review";
  return text + fmt::format("{} by {} on {}{}{}", ReviewOutcomeName(contest.review->outcome),
                            Escaped(contest.review->by), FormatTime(contest.reviewed_at),
                            contest.review->note.empty() ? "" : ": ",
                            Escaped(contest.review->note));
}

Result<std::vector<Contest>> ContestsOf(const Registry& registry, const SellerName& seller) {
  TRY_ASSIGN(const std::vector<Fact> file, registry.CaseFile(seller));
  return ContestsIn(file);
}

// The objection that --ref names; without it the only one that awaits a review, or that may be
// taken back.
Result<std::string> ObjectionMeant(const ContestArgs& args, const SellerName& seller,
                                   const std::vector<Contest>& contests) {
  const std::string& reference = args.reference;
  std::vector<std::string> open;
  for (const Contest& contest : contests) {
    if (!reference.empty() && contest.reference == reference) return reference;
    if (!contest.taken_back && (args.take_back || !contest.review)) {
      open.push_back(contest.reference);
    }
  }
  if (!reference.empty()) {
    return Error{Code::kNotFound,
                 fmt::format("contest: {} has no objection {}", seller.ToString(), reference)};
  }
  if (open.size() == 1) return open.front();
  if (open.empty()) {
    return Error{
        Code::kNotFound,
        fmt::format("contest: no objection of {} {}", seller.ToString(),
                    args.take_back ? "is on file" : "awaits a review; --ref names another")};
  }
  return Error{Code::kInvalidArgument,
               fmt::format("contest: objections {} of {} are open; name one with --ref",
                           fmt::join(open, ", "), seller.ToString())};
}

// What the options ask to enter; nullopt: nothing, only to show.
Result<std::optional<Event>> EventOf(const ContestArgs& args, const SellerName& seller,
                                     const Registry& registry, Time at) {
  if (args.statement.empty() && !args.take_back && args.reviewed_by.empty()) {
    return std::optional<Event>();
  }
  TRY_ASSIGN(const std::vector<Contest> contests, ContestsOf(registry, seller));
  if (!args.statement.empty()) {
    Result<std::string> reference = NewObjectionReference(contests, args.reference);
    if (!reference) {
      return Error{reference.error().code,
                   fmt::format("contest: objection {} of {} is on file; leave --ref out to add one",
                               args.reference, seller.ToString())};
    }
    return std::optional<Event>(Attest{seller, FactKind::kObjection, *std::move(reference),
                                       ToDetail(Objection{args.statement}), at});
  }
  TRY_ASSIGN(const std::string reference, ObjectionMeant(args, seller, contests));
  if (args.take_back) {
    return std::optional<Event>(Revoke{seller, FactKind::kObjection, reference, at});
  }
  const std::optional<ReviewOutcome> outcome = ReviewOutcomeFromName(args.outcome);
  if (!outcome) {
    return Error{Code::kInvalidArgument, "contest: --outcome is upheld or rejected"};
  }
  return std::optional<Event>(Attest{seller, FactKind::kReview, reference,
                                     ToDetail(Review{*outcome, args.reviewed_by, args.note}), at});
}

Result<int> RunContest(const ContestArgs& args, Context& context) {
  TRY_ASSIGN(const SellerName seller, SellerArgument(args.seller));
  TRY_ASSIGN(const Time at, context.TimeOr("--at", args.at));
  const bool writes = !args.statement.empty() || args.take_back || !args.reviewed_by.empty();
  TRY_ASSIGN(const auto registry,
             context.OpenRegistry(writes ? Access::kReadWrite : Access::kReadOnly));
  TRY_ASSIGN(const std::optional<Event> event, EventOf(args, seller, *registry, at));
  if (event) {
    TRY_ASSIGN(const Time now, context.Now());
    TRY(registry->Enter(*event, now, Durability::kSynced));
  }
  TRY_ASSIGN(const std::vector<Contest> contests, ContestsOf(*registry, seller));
  for (const Contest& contest : contests) {
    context.out.Text(context.json ? ToJson(seller, contest) : ToText(contest));
  }
  if (contests.empty()) context.Note("no objection of " + seller.ToString() + " is on file");
  if (args.outcome == "upheld" && event) {
    context.Note(
        "the verdict has not changed: `reinstate`, `retract` or `withdraw` what was wrong");
  }
  return contests.empty() ? kNothing : kDone;
}

}  // namespace

void AddContest(CLI::App& app, Context& context) {
  const Verb<ContestArgs> verb(app, context, "contest",
                               "Record a seller's objection, or its review");
  verb.AddSeller(verb->seller);
  auto* statement = verb.Add("--statement", verb->statement, "TEXT", "The seller's objection");
  auto* by = verb.Add("--reviewed-by", verb->reviewed_by, "WHO", "The person who reviewed it")
                 ->excludes(statement);
  auto* outcome = verb.Add("--outcome", verb->outcome, "upheld or rejected")->needs(by);
  by->needs(outcome);
  verb.Add("--note", verb->note, "The consequences, in that person's words")->needs(by);
  verb.AddFlag("--take-back", verb->take_back, "The seller has taken it back")
      ->excludes(statement)
      ->excludes(by);
  verb.Add("--ref", verb->reference,
           "Which objection; default: the only open one; for a statement: the next number");
  verb.AddAt(verb->at);
  verb.Footer(
      "Without these options it lists the objections. Neither an objection nor its review changes "
      "a\n"
      "verdict: screenings and dossiers say \"contested\" until a person has reviewed it; "
      "mistakes\n"
      "are corrected with `reinstate`, `retract` or `withdraw`. Exit code 1: there are none.");
  verb.Runs(RunContest);
}

}  // namespace revenant::cli

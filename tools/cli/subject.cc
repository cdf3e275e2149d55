#include "revenant/subject.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "context.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct SubjectArgs {
  std::string seller, at;
};

std::string OpinionOf(const ForeignEntry& entry) {
  return entry.opinion == Opinion::kRetracted ? "" : std::string(OpinionName(entry.opinion));
}

std::string When(Time time) { return time.known() ? FormatTime(time) : "unknown"; }

class Printer {
 public:
  explicit Printer(Context& context) : out_(context.out) {}

  template <typename Item, typename Tell>
  void Section(std::string_view title, const std::vector<Item>& items, Tell tell) {
    out_.Line(fmt::format("{}:{}", title, items.empty() ? " none" : ""));
    for (const Item& item : items) out_.Line("  " + tell(item));
  }

 private:
  Output& out_;
};

void Print(const SubjectReport& report, Context& context) {
  context.out.Line(fmt::format("{}, {}, since {}; as of {}", report.seller.ToString(),
                               StatusName(report.status), When(report.since),
                               FormatTime(report.as_of)));
  Printer print(context);
  print.Section("what it was seen with", report.observations, [](const HeldObservation& one) {
    return fmt::format("{:<24} by {}, {} to {}{}; {}; {}", one.kind, Escaped(one.source),
                       When(one.first), When(one.last), one.live ? "" : ", withdrawn", one.purpose,
                       one.expires.known() ? "expires " + FormatTime(one.expires) : "never fades");
  });
  print.Section("bans and infringements", report.cases, [](const HeldCase& one) {
    return fmt::format("{} {} ({}) of {}{}", one.type, Escaped(one.reference), Escaped(one.detail),
                       When(one.at),
                       one.lifted.known() ? ", lifted " + FormatTime(one.lifted) : "");
  });
  print.Section("on file", report.file, [](const Fact& one) {
    return fmt::format("{} {} of {}{}", FactKindName(one.kind), Escaped(one.reference),
                       When(one.at), one.in_force() ? "" : ", no longer in force");
  });
  print.Section("objections", report.contests, [](const Contest& one) {
    return fmt::format("{} of {}: {}", Escaped(one.reference), When(one.at),
                       one.taken_back ? "taken back"
                       : one.review
                           ? fmt::format("{} by {}", ReviewOutcomeName(one.review->outcome),
                                         Escaped(one.review->by))
                           : "awaits a person's review");
  });
  print.Section("sanctions", report.measures, [](const HeldMeasure& one) {
    return fmt::format("{} for {}: {}{}", StepName(one.step), Escaped(one.name.ToString()),
                       one.done.known() ? "carried out " + FormatTime(one.done) : "due",
                       one.to_undo ? ", to be undone" : "");
  });
  print.Section("alerts", report.alerts, [](const Alert& one) {
    return fmt::format("{} of {}: {}", one.number, FormatTime(one.at), one.event);
  });
  print.Section("journal", report.journal, [](const HeldEntry& one) {
    return fmt::format("{} of {}: {}", one.seq, FormatTime(one.at), one.type);
  });
  print.Section("sent to operators, blinded", report.evaluations,
                [](const HeldEntry& one) { return "on " + FormatTime(one.at); });
  print.Section("listed by others", report.foreign, [](const ForeignEntry& one) {
    const std::string opinion = OpinionOf(one);
    return fmt::format("{} under {} since {}, {}{}{}", one.foreign_case.ToString(), one.kind,
                       FormatTime(one.listed_at), one.reason, one.disputes > 0 ? ", disputed" : "",
                       opinion.empty() ? "" : ", our opinion: " + opinion);
  });
  print.Section("shared with others", report.told, [](const ToldEntry& one) {
    return fmt::format(
        "{} to {}, listed {}{}", one.kind, fmt::join(one.readers, ", "), FormatTime(one.listed),
        one.gone.known() ? fmt::format(", {} {}", one.why, FormatTime(one.gone)) : "");
  });
}

Result<int> RunSubject(const SubjectArgs& args, Context& context) {
  TRY_ASSIGN(const SellerName seller, SellerArgument(args.seller));
  TRY_ASSIGN(const Time at, context.TimeOr("--at", args.at));
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY_ASSIGN(const SubjectReport report, MakeSubjectReport(*registry, seller, at));
  if (context.json) {
    context.out.Line(ToJson(report));
  } else {
    Print(report, context);
  }
  return kDone;
}

}  // namespace

void AddSubject(CLI::App& app, Context& context) {
  const Verb<SubjectArgs> verb(app, context, "subject",
                               "Show everything held about a seller, and who received it");
  verb.AddSeller(verb->seller);
  verb.AddAsOf(verb->at);
  verb.Footer(
      "Identifiers are listed by kind, source and time: their values are not held. \"expires\" is\n"
      "when half-lives have left less than one bit of an identifier's weight; nothing is deleted "
      "by\n"
      "itself: `withdraw` and `forget` do that.");
  verb.Runs(RunSubject);
}

}  // namespace revenant::cli

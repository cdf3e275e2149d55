#include "revenant/subject.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "context.h"
#include "util/try.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

using Json = nlohmann::ordered_json;

struct SubjectArgs {
  std::string seller, at;
};

Json Moment(Time time) { return time.known() ? Json(FormatTime(time)) : Json(); }
Json NameOrNull(const SellerName& name) {
  return name.external_id.empty() ? Json() : Json(name.ToString());
}
std::string OpinionOf(const ForeignEntry& entry) {
  return entry.opinion == Opinion::kRetracted ? "" : std::string(OpinionName(entry.opinion));
}

template <typename Item, typename Tell>
Json List(const std::vector<Item>& items, Tell tell) {
  Json list = Json::array();
  for (const Item& item : items) list.push_back(tell(item));
  return list;
}

Json TellReview(const Contest& contest) {
  if (!contest.review) return {};
  return {{"by", contest.review->by},
          {"outcome", ReviewOutcomeName(contest.review->outcome)},
          {"note", contest.review->note},
          {"at", Moment(contest.reviewed_at)}};
}

std::string ToJson(const SubjectReport& report) {
  const auto entry = [](const HeldEntry& one) -> Json {
    return {{"seq", std::to_string(one.seq)}, {"at", Moment(one.at)}, {"type", one.type}};
  };
  const Json line = {
      {"v", 1},
      {"seller", report.seller.ToString()},
      {"status", StatusName(report.status)},
      {"since", Moment(report.since)},
      {"as_of", Moment(report.as_of)},
      {"observations", List(report.observations,
                            [](const HeldObservation& one) -> Json {
                              return {
                                  {"kind", one.kind},           {"source", one.source},
                                  {"first", Moment(one.first)}, {"last", Moment(one.last)},
                                  {"live", one.live},           {"junk", one.junk},
                                  {"purpose", one.purpose},     {"expires", Moment(one.expires)}};
                            })},
      {"cases", List(report.cases,
                     [](const HeldCase& one) -> Json {
                       return {{"type", one.type},
                               {"case", one.reference},
                               {"detail", one.detail},
                               {"at", Moment(one.at)},
                               {"lifted", Moment(one.lifted)}};
                     })},
      {"file", List(report.file,
                    [](const Fact& one) -> Json {
                      return {
                          {"kind", FactKindName(one.kind)},
                          {"reference", one.reference},
                          {"detail",
                           one.detail.empty() ? Json() : Json::parse(one.detail, nullptr, false)},
                          {"at", Moment(one.at)},
                          {"lifted", Moment(one.lifted)}};
                    })},
      {"contests",
       List(report.contests,
            [](const Contest& one) -> Json {
              return {{"reference", one.reference},   {"statement", one.objection.statement},
                      {"at", Moment(one.at)},         {"open", one.open()},
                      {"taken_back", one.taken_back}, {"review", TellReview(one)}};
            })},
      {"sanctions", List(report.measures,
                         [](const HeldMeasure& one) -> Json {
                           return {{"step", StepName(one.step)},
                                   {"case", one.name.ToString()},
                                   {"done", Moment(one.done)},
                                   {"to_undo", one.to_undo}};
                         })},
      {"alerts", List(report.alerts,
                      [](const Alert& one) -> Json {
                        return {{"number", std::to_string(one.number)},
                                {"at", Moment(one.at)},
                                {"seller", NameOrNull(one.seller)},
                                {"cause", NameOrNull(one.cause)},
                                {"event", one.event},
                                {"linked", one.linked},
                                {"sanctions", one.sanctions}};
                      })},
      {"journal", List(report.journal, entry)},
      {"evaluations", List(report.evaluations, entry)},
      {"foreign", List(report.foreign,
                       [](const ForeignEntry& one) -> Json {
                         const std::string opinion = OpinionOf(one);
                         return {{"case", one.foreign_case.ToString()},
                                 {"kind", one.kind},
                                 {"reason", one.reason},
                                 {"listed_at", Moment(one.listed_at)},
                                 {"expires", Moment(one.expires)},
                                 {"disputes", one.disputes},
                                 {"opinion", opinion.empty() ? Json() : Json(opinion)}};
                       })},
      {"told", List(report.told, [](const ToldEntry& one) -> Json {
         return {{"feed", one.feed.ToHex()},
                 {"readers", one.readers},
                 {"id", std::to_string(one.id)},
                 {"kind", one.kind},
                 {"listed", Moment(one.listed)},
                 {"gone", Moment(one.gone)},
                 {"why", one.why.empty() ? Json() : Json(one.why)}};
       })}};
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// --- For a person ---

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
                           : "waits for a person's review");
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
  print.Section("told to others", report.told, [](const ToldEntry& one) {
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
  CLI::App* verb =
      app.add_subcommand("subject", "Tell all that is held about a seller, and who was told");
  auto args = std::make_shared<SubjectArgs>();
  verb->add_option("SELLER", args->seller, "PLATFORM:EXTERNAL_ID")->required();
  verb->add_option("--at", args->at, "As of when; the present where it is not given")
      ->type_name("T");
  verb->footer(
      "Identifiers are told by kind, source and time: their values are not held. \"expires\" is\n"
      "when less than a bit of an identifier's weight is left by its half life; nothing is "
      "deleted\n"
      "by itself: `withdraw` and `forget` do that.");
  verb->callback(
      [args, &context] { context.run = [args, &context] { return RunSubject(*args, context); }; });
}

}  // namespace revenant::cli

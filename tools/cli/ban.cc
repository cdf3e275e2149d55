// `ban` and `reinstate`: one decision from the command line, or a table of them.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "decide.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct RulingArgs {
  std::string seller, reason, case_ref, at, from;
  TableArgs table;
};

Event BanOf(const Ruling& row) { return Ban{row.seller, row.case_ref, row.reason, row.at}; }

// Without a case every ban is lifted.
Event LiftOf(const Ruling& row) {
  return Reinstate{row.seller, row.case_ref, row.case_ref.empty(), row.at};
}

// What the options say of one seller.
Result<Ruling> RulingOf(const RulingArgs& args, const Context& context) {
  Ruling ruling{{}, args.reason, args.case_ref, {}};
  TRY_ASSIGN(ruling.seller, SellerArgument(args.seller));
  TRY_ASSIGN(ruling.at, context.TimeOr("--at", args.at));
  return ruling;
}

// What the ban on file under the case of a ruling means for it, in words: it is replaced, or it is
// later and stands, or it was lifted later. Empty: there is none, or it says the same.
Result<std::string> BanOnFile(const Context& context, const Ruling& ruling) {
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  const auto facts = registry->ExportSeller(ruling.seller, ExportScope::kFacts);
  if (!facts) return std::string();  // not known yet
  const nlohmann::json file = nlohmann::json::parse(*facts);
  Time set, lifted;
  std::string reason;
  const auto later = [](Time& time, const nlohmann::json& ban, const char* member) {
    const Result<Time> read = ParseTime(ban.value(member, ""));
    if (read && (!time.known() || *read > time)) time = *read;
  };
  for (const auto& ban : file.at("bans")) {
    const bool own = ban.value("case", "") == ruling.case_ref && !ban.contains("every_case");
    if (own || ban.contains("every_case")) later(lifted, ban, "lifted");
    if (!own) continue;
    later(set, ban, "at");
    reason = ban.value("reason", "");
  }
  if (!set.known()) return std::string();
  const std::string name =
      fmt::format("the ban {} of {} ({})",
                  ruling.case_ref.empty() ? "without a case" : "of case " + ruling.case_ref,
                  FormatTime(set).substr(0, 10), reason);
  if (lifted.known() && lifted >= ruling.at) {
    return fmt::format("{} was lifted on {}, which is later: this one does not count", name,
                       FormatTime(lifted).substr(0, 10));
  }
  if (lifted.known() && lifted >= set) return std::string();
  if (set > ruling.at) return name + " stands, as the latest counts; another --case keeps both";
  if (set < ruling.at) return fmt::format("it replaces {}; another --case keeps both", name);
  return std::string();
}

Result<int> RunBan(const RulingArgs& args, Context& context) {
  if (!args.from.empty()) {
    return DecideAll(context, args.from, args.table, ReasonColumn::kRequired, "banned", BanOf);
  }
  if (args.seller.empty() || args.reason.empty()) {
    return Error{Code::kInvalidArgument, "ban: name SELLER and --reason CODE, or --from FILE"};
  }
  TRY_ASSIGN(const Ruling ruling, RulingOf(args, context));
  TRY_ASSIGN(const std::string on_file, BanOnFile(context, ruling));
  TRY(Decide(context, ruling.seller, BanOf(ruling), "banned"));
  if (!on_file.empty()) context.Note(on_file);
  return kDone;
}

Result<int> RunReinstate(const RulingArgs& args, Context& context) {
  if (!args.from.empty()) {
    return DecideAll(context, args.from, args.table, ReasonColumn::kOptional, "reinstated", LiftOf);
  }
  if (args.seller.empty()) {
    return Error{Code::kInvalidArgument, "reinstate: name SELLER or --from FILE"};
  }
  TRY_ASSIGN(const Ruling ruling, RulingOf(args, context));
  TRY_ASSIGN(const Applied applied, Decide(context, ruling.seller, LiftOf(ruling), "reinstated"));
  if (applied.changed) return kDone;
  context.Note(fmt::format("{}: no ban{} was in force up to then", ruling.seller.ToString(),
                           args.case_ref.empty() ? "" : " of case " + args.case_ref));
  return kNothing;
}

// The options of both. A table stands in for all others that name one seller.
void AddRuling(const Verb<RulingArgs>& verb, bool with_reason, const char* case_help,
               const char* from_help, const char* columns) {
  std::vector<CLI::Option*> of_one = {verb.Add("SELLER", verb->seller, kSellerForm)};
  if (with_reason) {
    of_one.push_back(verb.Add("--reason", verb->reason, "CODE", "Why: counterfeit, fraud, ..."));
  }
  of_one.push_back(verb.Add("--case", verb->case_ref, "REF", case_help));
  of_one.push_back(verb.AddAt(verb->at));
  CLI::Option* from = verb.Add("--from", verb->from, "FILE", from_help);
  for (CLI::Option* option : of_one) from->excludes(option);
  AddTableOptions(verb.app(), verb->table, columns, DatesOption::kGiven);
}

}  // namespace

void AddBan(CLI::App& app, Context& context) {
  const Verb<RulingArgs> verb(app, context, "ban", "Record that a seller was banned");
  AddRuling(verb, true, "The platform's own case reference",
            "CSV: platform,seller,reason[,case][,at]; - is stdin",
            "platform, seller, reason, case, at");
  verb.Footer(
      "A seller may be banned in several cases (--case). Each ban stands until that case or all "
      "are\n"
      "lifted (`reinstate`); of bans without a case the latest date counts. Prints the affected\n"
      "cluster. A file is read to its end before the first row is entered: a row that cannot be\n"
      "read stops everything. A row that is refused (a date in the future) is named, and the\n"
      "others are entered.");
  verb.Runs(RunBan);
}

void AddReinstate(CLI::App& app, Context& context) {
  const Verb<RulingArgs> verb(app, context, "reinstate", "Lift a seller's ban");
  AddRuling(verb, false, "Only the ban of this case",
            "CSV: platform,seller[,case][,at]; - is stdin", "platform, seller, case, at");
  verb.Footer(
      "Without --case every ban up to that moment is lifted. A ban with a later date stands, in\n"
      "whatever order the two are entered.");
  verb.Runs(RunReinstate);
}

}  // namespace revenant::cli

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "input.h"
#include "revenant/json.h"
#include "revenant/policy_text.h"
#include "revenant/policy_trial.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct PolicyArgs {
  std::string file;
};

struct TryArgs {
  std::string file, applications, as_of;
  std::vector<std::string> settings;  // 'kind."pay.iban".fanout_limit=5'
  std::size_t limit = 10;
  std::uint64_t decisions = 0;
  InputArgs input;
};

// With every kind that either policy names spelt out, so that a default that only one of them
// spells out is no difference.
std::string Spelled(LinkPolicy links, const LinkPolicy& other,
                    const EnforcementPolicy& enforcement) {
  for (const auto& [kind, row] : other.overrides()) links.Set(kind, links.For(kind));
  return PolicyToml(links, enforcement);
}

void Print(const LinkPolicy& links, const EnforcementPolicy& enforcement, Context& context) {
  const std::string toml = PolicyToml(links, enforcement);
  if (!context.json) return context.out.Write(toml);
  context.out.Line(ToJson(PolicyText{toml}));
}

Result<int> RunPolicyShow(Context& context) {
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY_ASSIGN(const EnforcementPolicy enforcement, registry->enforcement());
  Print(registry->policy(), enforcement, context);
  return kDone;
}

Result<int> RunPolicySet(const PolicyArgs& args, Context& context) {
  TRY_ASSIGN(const std::string toml, ReadSmallFile(args.file));
  const std::string file = args.file == "-" ? "stdin" : args.file;
  TRY_ASSIGN(LinkPolicy links, ParseLinkPolicy(toml, file));
  TRY_ASSIGN(EnforcementPolicy enforcement, ParseEnforcementPolicy(toml, file));
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadWrite));
  TRY_ASSIGN(const EnforcementPolicy enforcement_before, registry->enforcement());
  const std::vector<std::string> changes =
      DifferingSettings(Spelled(registry->policy(), links, enforcement_before),
                        Spelled(links, registry->policy(), enforcement));
  const Event events[] = {SetPolicy{std::move(links)}, SetEnforcement{std::move(enforcement)}};
  TRY_ASSIGN(const std::vector<Applied> both,
             registry->ApplyAll(events, nullptr, nullptr, Durability::kSynced));
  const bool changed = both[0].changed || both[1].changed;
  TRY_ASSIGN(const Stats stats, registry->GetStats());
  if (context.json) {
    context.out.Line(
        ToJson(PolicyChange{changed, stats, both[0].now_junk, both[0].no_longer_junk, changes}));
  } else {
    context.out.Line(fmt::format("policy {}; now {}, {} of two or more, {}",
                                 changed ? "set" : "was already set",
                                 Counted(stats.clusters, "cluster"), Grouped(stats.linked_clusters),
                                 Counted(stats.hubs, "hub")));
    for (const std::string& change : changes) context.out.Line("  " + change);
    if (both[0].now_junk > 0) {
      context.out.Line(fmt::format(
          "  {} now junk and {} nothing",
          Counted(both[0].now_junk, "observation") + (both[0].now_junk == 1 ? " is" : " are"),
          both[0].now_junk == 1 ? "links" : "link"));
    }
    if (both[0].no_longer_junk > 0) {
      context.out.Line(fmt::format("  {} no longer junk and can link again",
                                   Counted(both[0].no_longer_junk, "observation") +
                                       (both[0].no_longer_junk == 1 ? " is" : " are")));
    }
  }
  return kDone;
}

// The text of a policy with one setting replaced or added: NAME=VALUE, the name as TOML spells it.
Result<std::string> WithSetting(std::string toml, const std::string& setting) {
  const std::size_t equals = setting.find('=');
  const std::size_t dot = setting.substr(0, equals).rfind('.');
  if (equals == std::string::npos || dot == std::string::npos || dot == 0) {
    return Error{
        Code::kInvalidArgument,
        fmt::format("--set {:?}: write SECTION.NAME=VALUE, such as verdict.block_bits=9 or "
                    "kind.\"pay.iban\".fanout_limit=5",
                    setting)};
  }
  const std::string section = "[" + setting.substr(0, dot) + "]\n";
  const std::string name = setting.substr(dot + 1, equals - dot - 1) + " = ";
  const std::string line = name + setting.substr(equals + 1) + "\n";
  const std::size_t found = toml.starts_with(section) ? 0 : toml.find("\n" + section);
  if (found == std::string::npos) return toml + "\n" + section + line;
  const std::size_t begin = toml.find(section, found) + section.size();
  const std::size_t end = std::min(toml.find("\n[", begin - 1), toml.size());
  std::size_t at = begin;
  while (at < end && toml.compare(at, name.size(), name) != 0) {
    at = std::min(toml.find('\n', at), toml.size() - 1) + 1;
  }
  if (at >= end) return toml.insert(begin, line);
  return toml.replace(at, toml.find('\n', at) + 1 - at, line);
}

Result<void> JudgeApplications(const TryArgs& args, PolicyTrial& trial, Context& context) {
  TRY_ASSIGN(const ReadOptions options, args.input.ReadingOptions());
  TRY_ASSIGN(const auto reader, RecordReader::Open(args.applications, options));
  if (!reader->found().empty()) NoteFound(context, reader->file(), reader->found());
  RejectSink rejects(context, args.input);
  TRY(rejects.Open({&args.applications, 1}));
  CatchInterrupts();
  {
    Progress progress(context);
    InputRecord record;
    while (true) {
      TRY_ASSIGN(const bool more, reader->Next(record));
      if (!more) break;
      if (Interrupted()) return Error{Code::kConflict, "interrupted; nothing was written"};
      for (const Reject& reject : record.rejects) rejects.Take(reject);
      if (record.usable) TRY(trial.Judge(record.record));
      progress.Show(reader->position());
    }
  }
  if (!reader->unmapped().empty()) NoteUnmapped(context, reader->file(), reader->unmapped());
  return rejects.Finish();
}

// The policy of the file, or the one in force with what --set says.
Result<std::pair<std::string, std::string>> TriedPolicy(const TryArgs& args,
                                                        const std::string& in_force) {
  if (args.file.empty() && args.settings.empty() && args.applications.empty() &&
      args.decisions == 0) {
    return Error{Code::kInvalidArgument,
                 "policy try: name a FILE, settings by --set, or --applications"};
  }
  std::string toml = in_force, name = "the policy in force";
  if (!args.file.empty()) {
    TRY_ASSIGN(toml, ReadSmallFile(args.file));
    name = args.file == "-" ? "stdin" : args.file;
  }
  for (const std::string& setting : args.settings) {
    TRY_ASSIGN(toml, WithSetting(std::move(toml), setting));
    name += " with " + setting;
  }
  return std::pair(std::move(toml), std::move(name));
}

Result<int> RunPolicyTry(const TryArgs& args, Context& context) {
  PolicyTrialOptions options;
  TRY_ASSIGN(options.as_of, context.TimeOr("--as-of", args.as_of));
  options.max_listed = args.limit;
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY_ASSIGN(const EnforcementPolicy enforcement_now, registry->enforcement());
  const std::string in_force = PolicyToml(registry->policy(), enforcement_now);
  TRY_ASSIGN(const auto tried, TriedPolicy(args, in_force));
  TRY_ASSIGN(const LinkPolicy links, ParseLinkPolicy(tried.first, tried.second));
  TRY_ASSIGN(const EnforcementPolicy enforcement,
             ParseEnforcementPolicy(tried.first, tried.second));
  TRY_ASSIGN(const auto trial, PolicyTrial::Begin(*registry, links, options));
  if (!args.applications.empty()) TRY(JudgeApplications(args, *trial, context));
  if (args.decisions > 0) {
    TRY_ASSIGN(const PolicyTrial::Decisions judged, trial->JudgeDecisions(args.decisions));
    context.Note(fmt::format("{} on record about {} on file{}", Counted(judged.read, "decision"),
                             Counted(judged.judged, "seller"),
                             judged.forgotten == 0
                                 ? ""
                                 : fmt::format("; {} about sellers of whom nothing is on file",
                                               Grouped(judged.forgotten))));
  }
  const std::vector<std::string> changes =
      DifferingSettings(Spelled(registry->policy(), links, enforcement_now),
                        Spelled(links, registry->policy(), enforcement));
  if (context.json) {
    context.out.Line(ToJson(trial->report(), changes));
    return kDone;
  }
  context.out.Line(changes.empty()
                       ? "This policy is in force already"
                       : fmt::format("{} different", Counted(changes.size(), "setting")));
  for (const std::string& change : changes) context.out.Line("  " + change);
  context.out.Text(Describe(trial->report()));
  context.Note("nothing was written");
  return kDone;
}

}  // namespace

void AddPolicy(CLI::App& app, Context& context) {
  const Verb<> verb(app, context, "policy", "Show or set how links are judged and what follows");
  verb.app().require_subcommand(1);
  const Verb<> show(verb.app(), context, "show", "Print the policy in force (TOML)");
  show.Runs(RunPolicyShow);
  const Verb<PolicyArgs> set(verb.app(), context, "set", "Put another policy in force");
  set.Add("FILE", set->file, "TOML; - is stdin")->required();
  set.Footer(
      "The file is the whole policy: settings that it leaves out return to their defaults, and\n"
      "every setting that changes is listed. To change one setting: `policy show >FILE`, edit it,\n"
      "`policy set FILE`. Every hub and cluster is judged again before the command returns.\n"
      "[junk] values = [\"tbd\"] lists values that identify nobody, [junk.\"KIND\"] those of one "
      "kind;\n"
      "placeholders = true under [kind.\"custom.NAME\"] accepts N/A, none, 0 ... as values.");
  set.Runs(RunPolicySet);
  const Verb<TryArgs> trial(verb.app(), context, "try",
                            "Say what another policy would change; writes nothing");
  trial.Add("FILE", trial->file, "TOML, as for set; - is stdin; default: the policy in force");
  trial.Add("--set", trial->settings, "NAME=VALUE", "Change one setting of it; may be repeated")
      ->expected(1)
      ->take_all();
  trial.Add("--applications", trial->applications, "FILE",
            "Screen these under both: CSV or JSON Lines; - is stdin");
  trial.Add("--decisions", trial->decisions, "N",
            "Screen the sellers of the last N decisions on record (act) under both");
  trial.AddAsOf(trial->as_of);
  trial
      .Add("--limit", trial->limit, "N", "List this many clusters, hubs and verdicts of each sort")
      ->capture_default_str();
  AddInputOptions(trial.app(), trial->input, RejectsOption::kFile);
  trial.Footer(
      "Clusters that would be joined or fall apart, hubs gained and lost, verdicts that change, "
      "and\n"
      "what other values of block_bits would block; sellers whose bans or infringements were all\n"
      "taken back say how many of those blocks are wrong. It is what `policy set` would do,\n"
      "computed in memory: that takes as long, and twice the memory of what derives from facts.");
  trial.Runs(RunPolicyTry);
}

}  // namespace revenant::cli

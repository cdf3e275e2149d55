#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "revenant/json.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct PolicyArgs {
  std::string file;
};

std::string Toml(const LinkPolicy& links, const EnforcementPolicy& enforcement) {
  std::string toml = FormatLinkPolicy(links) + "\n" + FormatEnforcementPolicy(enforcement);
  // Stored, rules 1 is what no text names; in a file it has to be said, or setting what was shown
  // would change it.
  constexpr std::string_view kLink = "[link]\n";
  if (links.rules == 1) toml.insert(toml.find(kLink) + kLink.size(), "rules = 1\n");
  return toml;
}

// Every setting of a policy as "[section] name = value".
std::vector<std::string> Settings(std::string_view toml) {
  std::vector<std::string> settings;
  std::string section;
  while (!toml.empty()) {
    const std::string_view line = toml.substr(0, toml.find('\n'));
    toml.remove_prefix(std::min(line.size() + 1, toml.size()));
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '[') {
      section = line;
    } else {
      settings.push_back(fmt::format("{} {}", section, line));
    }
  }
  return settings;
}

std::string_view NameOf(std::string_view setting) {
  const std::size_t equals = setting.find(" = ");
  return setting.substr(0, std::min(equals, setting.size()));
}

// What the second policy says otherwise than the first: "[verdict] block_bits: 9 -> 7".
std::vector<std::string> DifferingLines(const std::string& before, const std::string& after) {
  std::map<std::string, std::pair<std::string, std::string>, std::less<>> values;
  const auto value = [](const std::string& setting) {
    const std::size_t size = NameOf(setting).size();
    return setting.substr(std::min(size + 3, setting.size()));
  };
  for (const std::string& one : Settings(before))
    values[std::string(NameOf(one))].first = value(one);
  for (const std::string& one : Settings(after))
    values[std::string(NameOf(one))].second = value(one);
  std::vector<std::string> lines;
  for (const auto& [name, both] : values) {
    if (both.first == both.second) continue;
    const auto shown = [](const std::string& text) { return text.empty() ? "(default)" : text; };
    lines.push_back(fmt::format("{}: {} -> {}", name, shown(both.first), shown(both.second)));
  }
  return lines;
}

void Print(const LinkPolicy& links, const EnforcementPolicy& enforcement, Context& context) {
  const std::string toml = Toml(links, enforcement);
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
      DifferingLines(Toml(registry->policy(), enforcement_before), Toml(links, enforcement));
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
}

}  // namespace revenant::cli

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "util/try.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct Args {
  std::string file;
};

void Print(const LinkPolicy& links, const EnforcementPolicy& enforcement, Context& context) {
  std::string toml = FormatLinkPolicy(links) + "\n" + FormatEnforcementPolicy(enforcement);
  // Stored, rules 1 is what no text names; in a file it has to be said, or setting what was shown
  // would change it.
  constexpr std::string_view kLink = "[link]\n";
  if (links.rules == 1) toml.insert(toml.find(kLink) + kLink.size(), "rules = 1\n");
  if (!context.json) return context.out.Write(toml);
  const nlohmann::ordered_json line = {{"v", 1}, {"policy", toml}};
  context.out.Line(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

Result<int> Show(Context& context) {
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY_ASSIGN(const EnforcementPolicy enforcement, registry->enforcement());
  Print(registry->policy(), enforcement, context);
  return kDone;
}

Result<int> Set(const Args& args, Context& context) {
  TRY_ASSIGN(const std::string toml, ReadSmallFile(args.file));
  const std::string file = args.file == "-" ? "stdin" : args.file;
  TRY_ASSIGN(LinkPolicy links, ParseLinkPolicy(toml, file));
  TRY_ASSIGN(EnforcementPolicy enforcement, ParseEnforcementPolicy(toml, file));
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadWrite));
  const Event events[] = {SetPolicy{std::move(links)}, SetEnforcement{std::move(enforcement)}};
  TRY_ASSIGN(const std::vector<Applied> both,
             registry->ApplyAll(events, nullptr, nullptr, Durability::kSynced));
  const bool changed = both[0].changed || both[1].changed;
  TRY_ASSIGN(const Stats stats, registry->GetStats());
  if (context.json) {
    const nlohmann::ordered_json line = {{"v", 1},
                                         {"changed", changed},
                                         {"clusters", stats.clusters},
                                         {"linked_clusters", stats.linked_clusters},
                                         {"hubs", stats.hubs}};
    context.out.Line(line.dump());
  } else {
    context.out.Line(fmt::format("policy {}; now {}, {} of two or more, {}",
                                 changed ? "set" : "was so already",
                                 Counted(stats.clusters, "cluster"), Grouped(stats.linked_clusters),
                                 Counted(stats.hubs, "hub")));
  }
  return kDone;
}

}  // namespace

void AddPolicy(CLI::App& app, Context& context) {
  CLI::App* verb =
      app.add_subcommand("policy", "Show or set how links are judged and what follows");
  verb->require_subcommand(1);
  CLI::App* show = verb->add_subcommand("show", "Print the policy in force (TOML)");
  show->callback([&context] { context.run = [&context] { return Show(context); }; });
  auto args = std::make_shared<Args>();
  CLI::App* set = verb->add_subcommand("set", "Put another policy in force");
  set->add_option("FILE", args->file, "TOML; - is stdin")->required();
  set->footer("Every hub and cluster is judged anew before the command returns.");
  set->callback(
      [args, &context] { context.run = [args, &context] { return Set(*args, context); }; });
}

}  // namespace revenant::cli

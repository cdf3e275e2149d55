#include "revenant/calibrate.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "util/try.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

void PrintJson(const Calibration& found, const std::string& toml, Context& context) {
  nlohmann::ordered_json changes = nlohmann::ordered_json::array();
  for (const ProposedChange& change : found.changes) {
    changes.push_back({{"section", change.section},
                       {"key", change.key},
                       {"before", change.before},
                       {"after", change.after},
                       {"why", change.why}});
  }
  nlohmann::ordered_json kinds = nlohmann::ordered_json::array();
  for (const KindRates& kind : found.kinds) {
    kinds.push_back({{"kind", kind.kind},
                     {"carriers", kind.carriers},
                     {"sharers", kind.sharers},
                     {"returns", kind.returns},
                     {"kept", kind.kept}});
  }
  const nlohmann::ordered_json line = {{"v", 1},
                                       {"sellers", found.sellers},
                                       {"banned", found.banned},
                                       {"sampled", found.sampled},
                                       {"sampled_banned", found.sampled_banned},
                                       {"seed", found.seed},
                                       {"changes", std::move(changes)},
                                       {"left", found.left},
                                       {"kinds", std::move(kinds)},
                                       {"policy", toml}};
  context.out.Line(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

Result<int> RunCalibrate(const CalibrateOptions& options, Context& context) {
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY_ASSIGN(const EnforcementPolicy enforcement, registry->enforcement());
  TRY_ASSIGN(const Calibration found, Calibrate(*registry, options));
  const std::string toml = FormatCalibration(found) + "\n" + FormatEnforcementPolicy(enforcement);
  if (context.json) {
    PrintJson(found, toml, context);
  } else {
    context.out.Write(toml);
  }
  return kDone;
}

}  // namespace

void AddCalibrate(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("calibrate", "Propose a policy measured on the store");
  auto options = std::make_shared<CalibrateOptions>();
  verb->add_option("--sample", options->sample, "Sellers looked at, at most")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{2}, std::size_t{1'000'000'000}));
  verb->add_option("--seed", options->seed, "Draws another sample")->capture_default_str();
  verb->footer(
      "Prints a policy (TOML) for `policy set`: the one in force, with m, u, fanout_limit and\n"
      "half_life_days of linking kinds and hub_ban_rate as the sellers in the store show them, "
      "and\n"
      "a comment with each change. What too few sellers could tell stays and is named at the top.\n"
      "It compares what turns up again after a ban with what open sellers share. Nothing is "
      "written\n"
      "to the store. Read the proposal before setting it.");
  verb->callback([options, &context] {
    context.run = [options, &context] { return RunCalibrate(*options, context); };
  });
}

}  // namespace revenant::cli

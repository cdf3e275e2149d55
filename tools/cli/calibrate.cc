#include "revenant/calibrate.h"

#include <fmt/format.h>

#include "revenant/json.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

Result<int> RunCalibrate(const CalibrateOptions& options, Context& context) {
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY_ASSIGN(const EnforcementPolicy enforcement, registry->enforcement());
  TRY_ASSIGN(const Calibration found, Calibrate(*registry, options));
  const std::string toml = FormatCalibration(found) + "\n" + FormatEnforcementPolicy(enforcement);
  if (context.json) {
    context.out.Line(ToJson(found, toml));
  } else {
    context.out.Write(toml);
  }
  return kDone;
}

}  // namespace

void AddCalibrate(CLI::App& app, Context& context) {
  const Verb<CalibrateOptions> verb(app, context, "calibrate",
                                    "Propose a policy measured on the store");
  verb.Add("--sample", verb->sample, "Look at this many sellers at most")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{2}, std::size_t{1'000'000'000}));
  verb.Add("--seed", verb->seed, "Draw another sample")->capture_default_str();
  verb.Footer(
      "Prints a policy (TOML) for `policy set`: the one in force, with m, u, fanout_limit and\n"
      "half_life_days of linking kinds and hub_ban_rate as measured on the sellers in the store,\n"
      "and a comment on each change. Settings that too few sellers could inform stay as they are\n"
      "and are named at the top. It compares what turns up again after a ban with what open "
      "sellers\n"
      "share. Nothing is written to the store. Read the proposal before setting it.");
  verb.Runs(RunCalibrate);
}

}  // namespace revenant::cli

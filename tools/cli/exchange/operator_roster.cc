#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "exchange/exchange_common.h"
#include "json_line.h"
#include "revenant/exchange_desk.h"
#include "try.h"

namespace revenant::cli {
namespace {

struct OperatorRosterArgs {
  std::string dir;
  std::vector<std::string> files;
};

Result<int> RunOperatorRoster(const OperatorRosterArgs& args, Context& context) {
  TRY_ASSIGN(const auto desk, ExchangeOperator::Open(args.dir));
  for (const std::string& file : args.files) {
    TRY_ASSIGN(const std::string roster, ReadExchangeFile(file));
    const Result<std::uint64_t> version = desk->TakeRoster(roster);
    if (!version) return Error{version.error().code, file + ": " + version.error().message};
  }
  const std::optional<std::uint64_t> version = desk->roster_version();
  if (!version) {
    context.Note("no roster has been adopted yet");
    return kNothing;
  }
  if (context.json) {
    const nlohmann::ordered_json line = {{"v", 1}, {"roster", std::to_string(*version)}};
    context.out.Line(JsonLine(line));
  } else {
    context.out.Line(fmt::format("roster {} is in force", *version));
  }
  return kDone;
}

}  // namespace

void AddOperatorRoster(CLI::App& operators, Context& context) {
  CLI::App* verb = operators.add_subcommand("roster", "Adopt rosters, or show which is in force");
  auto args = std::make_shared<OperatorRosterArgs>();
  verb->add_option("DIR", args->dir, "The operator's folder")->required();
  verb->add_option("FILE", args->files, "Rosters: the genesis first, then each successor");
  verb->footer("Exit code 1: none has been adopted yet.");
  verb->callback([args, &context] {
    context.run = [args, &context] { return RunOperatorRoster(*args, context); };
  });
}

}  // namespace revenant::cli

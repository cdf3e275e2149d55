#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "exchange/exchange_common.h"
#include "json_line.h"
#include "revenant/exchange_desk.h"
#include "try.h"

namespace revenant::cli {
namespace {

struct OperatorInitArgs {
  std::string dir;
  std::string name;
  std::string card;
  unsigned place = 0;
};

Result<int> RunOperatorInit(const OperatorInitArgs& args, Context& context) {
  TRY_ASSIGN(const auto desk,
             ExchangeOperator::Create(args.dir, args.name, static_cast<std::uint8_t>(args.place)));
  TRY_ASSIGN(const std::string card, desk->Card());
  TRY(WriteExchangeFile(context, args.card, card));
  if (context.json) {
    const nlohmann::ordered_json line = {
        {"v", 1}, {"operator", args.name}, {"place", args.place}, {"card", args.card}};
    context.out.Line(JsonLine(line));
  } else if (args.card != "-") {
    context.out.Line(fmt::format("operator {} in {}", args.name, args.dir));
    context.out.Line("card " + args.card);
  }
  return kDone;
}

}  // namespace

void AddOperatorInit(CLI::App& operators, Context& context) {
  CLI::App* verb = operators.add_subcommand("init", "Make an operator with keys for epoch 1");
  auto args = std::make_shared<OperatorInitArgs>();
  verb->add_option("DIR", args->dir, "Folder of its own")->required();
  verb->add_option("--name", args->name, "The operator's name: a-z, 0-9, '-' and '.'")->required();
  verb->add_option("--place", args->place, "0 (the default): first in the chain; 1: second")
      ->check(CLI::Range(0, 1))
      ->capture_default_str();
  verb->add_option("--card", args->card, "Output file for the card of its public keys; - is stdout")
      ->type_name("FILE")
      ->required();
  verb->footer(
      "Keep a back-up of DIR in a separate place: without its keys no member can get tokens any\n"
      "more.");
  verb->callback([args, &context] {
    context.run = [args, &context] { return RunOperatorInit(*args, context); };
  });
}

}  // namespace revenant::cli

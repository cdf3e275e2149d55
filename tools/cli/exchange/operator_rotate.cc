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

struct OperatorRotateArgs {
  std::string dir;
  std::string card;
  Epoch epoch = 0;
};

Result<int> RunOperatorRotate(const OperatorRotateArgs& args, Context& context) {
  TRY_ASSIGN(const Time now, context.Now());
  TRY_ASSIGN(const auto desk, ExchangeOperator::Open(args.dir));
  std::vector<Epoch> ended;
  if (desk->roster_version()) {
    TRY_ASSIGN(ended, desk->DestroyEnded(now));
  }
  if (args.epoch != 0) {
    TRY(desk->MakeKeys(args.epoch));
  }
  if (!args.card.empty()) {
    TRY_ASSIGN(const std::string card, desk->Card());
    TRY(WriteExchangeFile(context, args.card, card));
  }
  if (context.json) {
    const nlohmann::ordered_json line = {{"v", 1}, {"destroyed", ended}, {"made", args.epoch}};
    if (args.card != "-") context.out.Line(JsonLine(line));
    return kDone;
  }
  for (const Epoch epoch : ended) {
    context.Note(fmt::format("epoch {} has ended: its keys are destroyed", epoch));
  }
  if (args.epoch != 0) context.Note(fmt::format("keys for epoch {} are ready", args.epoch));
  return kDone;
}

}  // namespace

void AddOperatorRotate(CLI::App& operators, Context& context) {
  CLI::App* verb =
      operators.add_subcommand("rotate", "Make the next epoch's keys, destroy ended ones");
  auto args = std::make_shared<OperatorRotateArgs>();
  verb->add_option("DIR", args->dir, "The operator's folder")->required();
  verb->add_option("--epoch", args->epoch, "Make keys for this epoch")->type_name("N");
  verb->add_option("--card", args->card, "Output file for the new card; - is stdout")
      ->type_name("FILE");
  verb->footer(
      "The next roster lists the new keys, with a span that overlaps the epoch before. While both\n"
      "count, members carry their tokens over (`exchange blind --rotate`). Every call destroys "
      "keys\n"
      "of epochs that have ended by the roster in force.");
  verb->callback([args, &context] {
    context.run = [args, &context] { return RunOperatorRotate(*args, context); };
  });
}

}  // namespace revenant::cli

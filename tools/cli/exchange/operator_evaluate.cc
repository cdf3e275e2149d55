#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "exchange/exchange_common.h"
#include "json_line.h"
#include "revenant/exchange_desk.h"
#include "try.h"

namespace revenant::cli {
namespace {

struct OperatorEvaluateArgs {
  std::string dir;
  std::string request;
  std::string after;
  std::string out;
  unsigned threads = 0;
};

Result<int> RunOperatorEvaluate(const OperatorEvaluateArgs& args, Context& context) {
  TRY_ASSIGN(const std::string request, ReadExchangeFile(args.request));
  std::string previous;
  if (!args.after.empty()) {
    TRY_ASSIGN(previous, ReadExchangeFile(args.after));
  }
  TRY_ASSIGN(const Time now, context.Now());
  TRY_ASSIGN(const auto desk, ExchangeOperator::Open(args.dir));
  TRY_ASSIGN(
      const std::string answer,
      desk->Evaluate(request,
                     args.after.empty() ? std::nullopt : std::optional<std::string_view>(previous),
                     now, args.threads == 0 ? std::thread::hardware_concurrency() : args.threads));
  TRY(WriteExchangeFile(context, args.out, answer));
  if (context.json && args.out != "-") {
    const nlohmann::ordered_json line = {
        {"v", 1}, {"evaluation", args.out}, {"bytes", answer.size()}};
    context.out.Line(JsonLine(line));
  }
  return kDone;
}

}  // namespace

void AddOperatorEvaluate(CLI::App& operators, Context& context) {
  CLI::App* verb = operators.add_subcommand("evaluate", "Answer a member's request");
  auto args = std::make_shared<OperatorEvaluateArgs>();
  verb->add_option("DIR", args->dir, "The operator's folder")->required();
  verb->add_option("REQUEST", args->request, "What `exchange blind` made; - is stdin")->required();
  verb->add_option("--after", args->after, "The first operator's answer, if we are the second")
      ->type_name("EVALUATION");
  verb->add_option("--out", args->out, "Output file for the answer; - is stdout")
      ->type_name("FILE")
      ->required();
  verb->add_option("--threads", args->threads, "Threads; default: one per processor");
  verb->footer(
      "Each item counts against the member's quota of its class: the day's rate first, then the\n"
      "backlog. The same request gets the same answer again and is not charged. A request over "
      "the\n"
      "quota is refused as a whole, and recorded (`operator quota`).");
  verb->callback([args, &context] {
    context.run = [args, &context] { return RunOperatorEvaluate(*args, context); };
  });
}

}  // namespace revenant::cli

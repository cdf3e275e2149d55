#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "exchange/exchange_common.h"
#include "json_line.h"
#include "revenant/exchange_desk.h"
#include "try.h"

namespace revenant::cli {
namespace {

namespace fs = std::filesystem;

struct ExchangeUnblindArgs {
  std::string request;
  std::vector<std::string> evaluations;
  std::string pending;
  unsigned threads = 0;
};

Result<int> RunExchangeUnblind(const ExchangeUnblindArgs& args, const ExchangeOptions& options,
                               Context& context) {
  const fs::path pending = args.pending.empty()
                               ? fs::path(args.request).replace_extension(".pending")
                               : fs::path(args.pending);
  TRY_ASSIGN(const std::string request, ReadExchangeFile(args.request));
  TRY_ASSIGN(const std::string kept, ReadKeptFile(pending.string()));
  std::vector<std::string> evaluations;
  for (const std::string& file : args.evaluations) {
    TRY_ASSIGN(evaluations.emplace_back(), ReadExchangeFile(file));
  }
  TRY_ASSIGN(const Time now, context.Now());
  TRY_ASSIGN(const fs::path member_key, options.MemberKeyPath(context));
  TRY_ASSIGN(const fs::path key_file, context.KeyPath());
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadWrite));
  TRY_ASSIGN(const Key key, Key::Read(key_file));
  TRY_ASSIGN(const auto desk, TokenDesk::Open(*registry, key, member_key));
  TRY_ASSIGN(const TokensTaken taken,
             desk->Take(request, kept, evaluations, now,
                        args.threads == 0 ? std::thread::hardware_concurrency() : args.threads));
  std::error_code ignored;
  fs::remove(pending, ignored);  // it has done its work
  if (context.json) {
    const nlohmann::ordered_json line = {{"v", 1},
                                         {"epoch", std::to_string(taken.epoch)},
                                         {"rotation", taken.rotation},
                                         {"tokens", taken.tokens},
                                         {"matched", taken.matched},
                                         {"new_alerts", taken.new_alerts}};
    context.out.Line(JsonLine(line));
  } else {
    context.out.Line(fmt::format("{} of epoch {}; {} of other members' lists matched, {}",
                                 Counted(taken.tokens, "token"), taken.epoch,
                                 Grouped(taken.matched), Counted(taken.new_alerts, "new alert")));
  }
  return kDone;
}

}  // namespace

void AddExchangeUnblind(CLI::App& exchange, Context& context,
                        const SharedExchangeOptions& options) {
  CLI::App* verb = exchange.add_subcommand("unblind", "Store the tokens from an answer");
  auto args = std::make_shared<ExchangeUnblindArgs>();
  verb->add_option("REQUEST", args->request, "NAME.request")->required();
  verb->add_option("EVALUATION", args->evaluations, "Each operator's answer, in their order")
      ->required();
  verb->add_option("--pending", args->pending, "NAME.pending, if it is not beside the request")
      ->type_name("FILE");
  verb->add_option("--threads", args->threads, "Threads; default: one per processor");
  verb->footer(
      "The operators' proofs are verified first; if one fails, nothing of the batch is kept. "
      "Tokens\n"
      "are stored sealed. NAME.pending is removed.");
  verb->callback([args, options, &context] {
    context.run = [args, options, &context] {
      return RunExchangeUnblind(*args, *options, context);
    };
  });
}

}  // namespace revenant::cli

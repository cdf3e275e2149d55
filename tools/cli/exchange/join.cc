#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "exchange/exchange_common.h"
#include "json_line.h"
#include "revenant/exchange_feeds.h"
#include "try.h"

namespace revenant::cli {
namespace {

struct ExchangeJoinArgs {
  std::string genesis;
  std::string name;
};

Result<int> RunExchangeJoin(const ExchangeJoinArgs& args, const ExchangeOptions& options,
                            Context& context) {
  TRY_ASSIGN(const std::string genesis, ReadExchangeFile(args.genesis));
  TRY_ASSIGN(const std::filesystem::path member_key, options.MemberKeyPath(context));
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadWrite));
  TRY_ASSIGN(const auto exchange, Exchange::Open(*registry, member_key));
  TRY(exchange->Join(genesis, args.name));
  TRY_ASSIGN(const Time now, context.Now());
  TRY_ASSIGN(const ExchangeStatus status, exchange->Status(now));
  const std::string id = status.exchange.ToHex();
  if (context.json) {
    const nlohmann::ordered_json line = {
        {"v", 1}, {"exchange", id}, {"member", args.name}, {"named", !status.self.empty()}};
    context.out.Line(JsonLine(line));
  } else {
    context.out.Line(fmt::format("joined exchange {} as {}", id, args.name));
  }
  if (status.self.empty()) {
    context.Note("the genesis does not name us: adopt the roster that does (`exchange roster`)");
  }
  return kDone;
}

}  // namespace

void AddExchangeJoin(CLI::App& exchange, Context& context, const SharedExchangeOptions& options) {
  CLI::App* verb = exchange.add_subcommand("join", "Make this store a member of an exchange");
  auto args = std::make_shared<ExchangeJoinArgs>();
  verb->add_option("GENESIS", args->genesis, "Roster of version 0; - is stdin")->required();
  verb->add_option("--name", args->name, "Our name in the roster")->required();
  verb->footer(
      "The exchange's id is the digest of its genesis: get that from a source that you trust. "
      "Later\n"
      "rosters are adopted one by one with `exchange roster`.");
  verb->callback([args, options, &context] {
    context.run = [args, options, &context] { return RunExchangeJoin(*args, *options, context); };
  });
}

}  // namespace revenant::cli

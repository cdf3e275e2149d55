#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "exchange/exchange_common.h"
#include "json_line.h"
#include "try.h"

namespace revenant::cli {
namespace {

struct ExchangeWithdrawArgs {
  std::string seller;
  bool erase = false, lift = false;
};

Result<int> RunExchangeWithdraw(const ExchangeWithdrawArgs& args, const ExchangeOptions& options,
                                Context& context) {
  TRY_ASSIGN(const SellerName seller, SellerArgument(args.seller));
  TRY_ASSIGN(const OpenDesk desk, OpenExchange(options, context, Access::kReadWrite));
  std::optional<Exchange::Withhold> how;
  if (!args.lift) how = args.erase ? Exchange::Withhold::kErase : Exchange::Withhold::kWithdraw;
  TRY(desk.exchange->WithholdSeller(seller, how));
  const char* done =
      args.lift ? "may be listed again" : "is withheld; the next export withdraws it";
  context.out.Line(context.json ? JsonLine({{"v", 1}, {"withheld", !args.lift}})
                                : fmt::format("{} {}", seller.ToString(), done));
  return kDone;
}

}  // namespace

void AddExchangeWithdraw(CLI::App& exchange, Context& context,
                         const SharedExchangeOptions& options) {
  CLI::App* verb = exchange.add_subcommand("withdraw", "Keep a seller out of our lists");
  auto args = std::make_shared<ExchangeWithdrawArgs>();
  verb->add_option("SELLER", args->seller, "PLATFORM:EXTERNAL_ID")->required();
  auto* erase = verb->add_flag("--erase", args->erase, "Ask readers to erase it, with receipts");
  verb->add_flag("--lift", args->lift, "List it again")->excludes(erase);
  verb->footer(
      "`retract` and `reinstate` withdraw entries by themselves; this is for other sellers that\n"
      "must not be shared.");
  verb->callback([args, options, &context] {
    context.run = [args, options, &context] {
      return RunExchangeWithdraw(*args, *options, context);
    };
  });
}

}  // namespace revenant::cli

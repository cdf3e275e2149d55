#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "exchange/exchange_common.h"
#include "json_line.h"
#include "try.h"

namespace revenant::cli {
namespace {

struct ExchangeErasuresArgs {
  bool open = false;
};

using Json = nlohmann::ordered_json;

Json TextOrNull(const std::string& text) { return text.empty() ? Json() : Json(text); }

std::string ToJson(const ErasureAsked& asked) {
  const bool named = !asked.seller.external_id.empty();
  const Json line = {
      {"v", 1},
      {"feed", asked.feed.ToHex()},
      {"id", std::to_string(asked.id)},
      {"seller", TextOrNull(named ? asked.seller.ToString() : "")},
      {"member", asked.member},
      {"asked", FormatTime(asked.asked)},
      {"answered", TextOrNull(asked.answered.known() ? FormatTime(asked.answered) : "")},
      {"receipt", TextOrNull(asked.receipt)}};
  return JsonLine(line);
}

Result<int> RunExchangeErasures(const ExchangeErasuresArgs& args, const ExchangeOptions& options,
                                Context& context) {
  TRY_ASSIGN(const OpenDesk desk, OpenExchange(options, context, Access::kReadOnly));
  TRY_ASSIGN(const std::vector<ErasureAsked> erasures, desk.exchange->Erasures());
  bool any = false;
  for (const ErasureAsked& asked : erasures) {
    if (args.open && asked.answered.known()) continue;
    any = true;
    if (context.json) {
      context.out.Line(ToJson(asked));
      continue;
    }
    context.out.Line(fmt::format(
        "{:<24} entry {} of {}: asked {}, {}", asked.member, asked.id,
        asked.seller.external_id.empty() ? "a forgotten seller" : asked.seller.ToString(),
        FormatTime(asked.asked),
        asked.answered.known() ? "erased " + FormatTime(asked.answered) : "no answer yet"));
  }
  if (!any)
    context.Note(args.open ? "every erasure was answered"
                           : "no member was asked to erase anything");
  return any ? kDone : kNothing;
}

}  // namespace

void AddExchangeErasures(CLI::App& exchange, Context& context,
                         const SharedExchangeOptions& options) {
  CLI::App* verb =
      exchange.add_subcommand("erasures", "List the erasures that we asked for, and the answers");
  auto args = std::make_shared<ExchangeErasuresArgs>();
  verb->add_flag("--open", args->open, "Only those without an answer");
  verb->footer(
      "`withdraw --erase` and `forget` ask with the next export, and every header after it asks\n"
      "again; readers answer with signed receipts (`feedback --receipt`). Exit code 1: there are\n"
      "none.");
  verb->callback([args, options, &context] {
    context.run = [args, options, &context] {
      return RunExchangeErasures(*args, *options, context);
    };
  });
}

}  // namespace revenant::cli

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "exchange/exchange_common.h"
#include "json_line.h"
#include "try.h"

namespace revenant::cli {
namespace {

struct ExchangeKeygenArgs {
  std::string name;
  std::string country;
  std::string card;
  std::string online;
  std::uint32_t generation = 1;
};

Result<int> RunExchangeKeygen(const ExchangeKeygenArgs& args, const ExchangeOptions& options,
                              Context& context) {
  TRY_ASSIGN(const std::filesystem::path file, options.MemberKeyPath(context));
  TRY_ASSIGN(const MembershipKeys keys, MembershipKeys::Generate());
  TRY_ASSIGN(const std::string card, keys.Card(args.name, args.country, args.generation));
  TRY(keys.WriteNew(file));
  if (!args.online.empty()) TRY(keys.WriteNew(args.online, MembershipKeys::Root::kWithout));
  TRY(WriteExchangeFile(context, args.card, card));
  if (context.json) {
    const nlohmann::ordered_json line = {
        {"v", 1}, {"key", file.string()}, {"card", args.card}, {"name", args.name}};
    context.out.Line(JsonLine(line));
  } else if (args.card != "-") {
    context.out.Line("key " + file.string());
    context.out.Line("card " + args.card);
  }
  context.Note(
      "the key file holds the root key, which signs rosters: store it offline, and use a key made "
      "with --online FILE every day");
  return kDone;
}

}  // namespace

void AddExchangeKeygen(CLI::App& exchange, Context& context, const SharedExchangeOptions& options) {
  CLI::App* verb = exchange.add_subcommand("keygen", "Make a member's keys and their card");
  auto args = std::make_shared<ExchangeKeygenArgs>();
  verb->add_option("--name", args->name, "The member's name: a-z, 0-9, '-' and '.'")->required();
  verb->add_option("--country", args->country,
                   "Country where the member keeps its data (ISO 3166-1)")
      ->required();
  verb->add_option("--card", args->card, "Output file for the card; - is stdout")
      ->type_name("FILE")
      ->required();
  verb->add_option("--online", args->online, "A second key file, without the root")
      ->type_name("FILE");
  verb->footer(
      "The card holds public keys, each signed with its secret; the author of the next roster "
      "needs\n"
      "it. The key file is made at --member-key with mode 0600 and never replaced.");
  verb->callback([args, options, &context] {
    context.run = [args, options, &context] { return RunExchangeKeygen(*args, *options, context); };
  });
}

}  // namespace revenant::cli

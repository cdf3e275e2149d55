#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "enforce.h"
#include "revenant/json.h"
#include "util/try.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct ListingArgs {
  std::string seller, listing, text, source, at;
  bool down = false;
};

Result<int> RunListing(const ListingArgs& args, Context& context) {
  Entry entry;
  TRY_ASSIGN(entry.seller, SellerArgument(args.seller));
  TRY_ASSIGN(entry.at, context.TimeOr("--at", args.at));
  entry.kind = FactKind::kWording;
  entry.reference = args.listing;
  entry.lift = args.down;
  if (args.down) {
    return EnterFact(context, entry, fmt::format("took listing {} down", args.listing));
  }
  if (args.text.empty()) {
    return Error{Code::kInvalidArgument, "listing: --text FILE, or --down"};
  }
  TRY_ASSIGN(const std::string text, ReadSmallFile(args.text));
  Wording wording;
  wording.source = args.source;
  std::string words;
  for (const InfringingWord* word : FindInfringingWords(text)) {
    wording.words.emplace_back(word->word);
    words += fmt::format("{}{:?} ({})", words.empty() ? "" : ", ", word->word, word->meaning);
  }
  entry.detail = ToDetail(wording);
  return EnterFact(context, entry,
                   fmt::format("listing {}: {}", args.listing, words.empty() ? "no word" : words));
}

}  // namespace

void AddListing(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("listing", "Look for infringing words in a listing");
  auto args = std::make_shared<ListingArgs>();
  verb->add_option("SELLER", args->seller, "PLATFORM:EXTERNAL_ID")->required();
  verb->add_option("--listing", args->listing, "The platform's reference of it")
      ->type_name("REF")
      ->required();
  verb->add_option("--text", args->text, "Its text (UTF-8); - is stdin")->type_name("FILE");
  verb->add_option("--source", args->source, "Who saw it")->type_name("TEXT");
  verb->add_flag("--down", args->down, "It was taken down");
  verb->add_option("--at", args->at, "When; the present where it is not given")->type_name("T");
  verb->footer(
      "Words of many languages that say that goods are not genuine, whatever their case, width "
      "and\n"
      "spacing. The words found go on file, the text does not.");
  verb->callback(
      [args, &context] { context.run = [args, &context] { return RunListing(*args, context); }; });
}

}  // namespace revenant::cli

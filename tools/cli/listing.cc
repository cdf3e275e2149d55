#include <fmt/format.h>

#include "enforce.h"
#include "revenant/json.h"
#include "try.h"
#include "verb.h"
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
    return EnterFact(context, entry, fmt::format("listing {}: taken down", args.listing));
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
  const Verb<ListingArgs> verb(app, context, "listing", "Look for infringing words in a listing");
  verb.AddSeller(verb->seller);
  verb.Add("--listing", verb->listing, "REF", "The platform's reference for the listing")
      ->required();
  verb.Add("--text", verb->text, "FILE", "Its text (UTF-8); - is stdin");
  verb.Add("--source", verb->source, "TEXT", "Who saw it");
  verb.AddFlag("--down", verb->down, "It was taken down");
  verb.AddAt(verb->at);
  verb.Footer(
      "Finds words of many languages that say that goods are not genuine, whatever their case,\n"
      "width or spacing. The words found go on file, the text does not.");
  verb.Runs(RunListing);
}

}  // namespace revenant::cli

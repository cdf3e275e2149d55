#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "journal/journal_files.h"
#include "json_line.h"
#include "revenant/dossier.h"
#include "try.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct VerifyDossierArgs {
  std::string file, key, signers;
};

Result<int> RunVerifyDossier(const VerifyDossierArgs& args, Context& context) {
  TRY_ASSIGN(const std::vector<JournalPublicKey> keys, ReadSigners(args.key, args.signers));
  TRY_ASSIGN(const auto input, PieceReader::Open(args.file));
  std::string text;
  while (true) {
    TRY_ASSIGN(const std::string piece, input->Next());
    if (piece.empty()) break;
    text += piece;
  }
  DossierCheck check = VerifyDossier(text, keys.back());
  for (std::size_t i = keys.size() - 1; !check.holds && i > 0; --i) {
    if (DossierCheck older = VerifyDossier(text, keys[i - 1]); older.holds) check = older;
  }
  if (context.json) {
    const nlohmann::ordered_json line = {{"v", 1},
                                         {"holds", check.holds},
                                         {"seller", check.seller},
                                         {"checked", check.checked},
                                         {"refusal", check.refusal}};
    context.out.Line(JsonLine(line));
  } else {
    for (const std::string& line : check.checked) context.out.Line(Escaped(line));
    context.out.Line(Escaped(check.holds ? "the dossier of " + check.seller + " holds"
                                         : "REFUSED: " + check.refusal));
  }
  return check.holds ? kDone : kNothing;
}

}  // namespace

void AddVerifyDossier(CLI::App& app, Context& context) {
  CLI::App* verb =
      app.add_subcommand("verify-dossier", "Check a dossier with the public key alone");
  auto args = std::make_shared<VerifyDossierArgs>();
  verb->add_option("FILE", args->file, "What `dossier` wrote, either form; - is stdin")->required();
  verb->add_option("--key", args->key, "The journal's public key: its file, or the key itself")
      ->type_name("PUB")
      ->required();
  verb->add_option(
          "--signers", args->signers,
          "The journal's public key file of today, where --key is one of before a rotation")
      ->type_name("PUB");
  verb->footer("Needs no store. Exit code 1: it does not hold, and the reason is printed.");
  verb->callback([args, &context] {
    context.run = [args, &context] { return RunVerifyDossier(*args, context); };
  });
}

}  // namespace revenant::cli

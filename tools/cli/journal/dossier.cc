#include "revenant/dossier.h"

#include <fmt/format.h>
#include <sodium.h>

#include <CLI/CLI.hpp>
#include <array>
#include <memory>

#include "journal/journal_files.h"
#include "revenant/atomic_file.h"
#include "try.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct DossierArgs {
  std::string seller, out;
};

std::string Sha256Hex(std::string_view text) {
  std::array<std::uint8_t, crypto_hash_sha256_BYTES> digest;
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size());
  return ToHex(digest);
}

Result<int> RunDossier(const DossierArgs& args, Context& context) {
  TRY_ASSIGN(const SellerName seller, SellerArgument(args.seller));
  TRY(context.CheckOutput(args.out));
  TRY_ASSIGN(const JournalKey key, ReadJournalKey(context));
  TRY_ASSIGN(const Actor acting, context.Acting());
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadWrite));
  TRY(NameAsSigner(context, *registry, key));
  TRY_ASSIGN(const Dossier dossier, MakeDossier(*registry, seller, key, acting));
  TRY(registry->RecordExport("dossier", Sha256Hex(dossier.json), seller, acting));
  const std::string_view out = args.out;
  if (out.ends_with(".json")) {
    TRY(context.WriteOutput(args.out, dossier.json));
  } else if (out.ends_with(".html")) {
    TRY(context.WriteOutput(args.out, dossier.html));
  } else {
    TRY(context.WriteOutput(args.out + ".json", dossier.json));
    TRY(context.WriteOutput(args.out + ".html", dossier.html));
  }
  context.Note(fmt::format("dossier of {} written; verify-dossier checks it under {}",
                           seller.ToString(), key.public_key().ToText()));
  return kDone;
}

}  // namespace

void AddDossier(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("dossier", "Write a seller's case as a signed document");
  auto args = std::make_shared<DossierArgs>();
  verb->add_option("SELLER", args->seller, "PLATFORM:EXTERNAL_ID")->required();
  verb->add_option("--out", args->out, "X.json or X.html; with any other name both are written")
      ->type_name("X")
      ->required();
  verb->footer(
      "The page says who, what, since when, on what evidence and how sure; then the evidence in\n"
      "order of time, measures, notices and deadlines, and in an appendix codes, fingerprints and\n"
      "the journal's entries with their proofs. Signed with the journal's key. The journal "
      "records\n"
      "that it was handed out.");
  verb->callback(
      [args, &context] { context.run = [args, &context] { return RunDossier(*args, context); }; });
}

}  // namespace revenant::cli

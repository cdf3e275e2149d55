#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "journal/certificate_file.h"
#include "journal/journal_files.h"
#include "json_line.h"
#include "revenant/certificate.h"
#include "try.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct VerifyCertificateArgs {
  std::string file;
  std::string export_file;
  bool extract = false;
};

Result<CertificateCheck> Verify(const VerifyCertificateArgs& args, const Context& context) {
  TRY_ASSIGN(const std::string certificate, ReadCertificate(args.file));
  if (args.export_file.empty()) {
    TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
    return VerifyCertificate(*registry, certificate);
  }
  TRY_ASSIGN(const auto pieces, PieceReader::Open(args.export_file));
  Result<CertificateCheck> check = VerifyCertificateAgainstExport(
      [&] { return pieces->Next(); }, args.extract ? ExportExtent::kExtract : ExportExtent::kWhole,
      certificate);
  if (!check) return Error{check.error().code, args.export_file + ": " + check.error().message};
  return check;
}

Result<int> RunVerifyCertificate(const VerifyCertificateArgs& args, Context& context) {
  if (args.extract && args.export_file.empty()) {
    return Error{Code::kInvalidArgument, "--extract says what --export FILE is: give both"};
  }
  TRY_ASSIGN(const CertificateCheck check, Verify(args, context));
  if (context.json) {
    const nlohmann::ordered_json json = {{"v", 1},
                                         {"outcome", OutcomeName(check.outcome)},
                                         {"complete", check.complete},
                                         {"checked", check.checked},
                                         {"differs", check.differs}};
    context.out.Line(JsonLine(json));
  } else {
    context.out.Line(OutcomeName(check.outcome));
    for (const std::string& line : check.checked) context.out.Line("  ok   " + Escaped(line));
    for (const std::string& line : check.differs) context.out.Line("  not  " + Escaped(line));
    if (!check.complete && check.outcome != CertificateOutcome::kFalse) {
      context.out.Line("  Not shown: that there was nothing else, and how many proofs there were.");
    }
  }
  const bool stood =
      check.outcome == CertificateOutcome::kHolds || check.outcome == CertificateOutcome::kHeldThen;
  return stood ? kDone : kNothing;
}

}  // namespace

void AddVerifyCertificate(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("verify-certificate", "Check the certificate of a verdict");
  auto args = std::make_shared<VerifyCertificateArgs>();
  verb->add_option("FILE", args->file,
                   "The certificate, or the line of `screen --json` that holds it; - is stdin")
      ->required();
  verb->add_option("--export", args->export_file,
                   "Check against the output of `export --facts` instead of a store; - is stdin")
      ->type_name("FILE");
  verb->add_flag(
      "--extract", args->extract,
      "The export holds only some of the lines: proves a path, not that there is no other");
  verb->footer(
      "Prints one of: holds (judging again gives the same), held then (it did, but its evidence "
      "has\n"
      "changed since), erased (a seller that it rests on was forgotten), false (damaged, of "
      "another\n"
      "key, or contradicted by the facts). Exit code 1: erased or false.");
  verb->callback([args, &context] {
    context.run = [args, &context] { return RunVerifyCertificate(*args, context); };
  });
}

}  // namespace revenant::cli

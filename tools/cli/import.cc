#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <vector>

#include "input.h"
#include "revenant/bulk.h"
#include "revenant/json.h"
#include "util/try.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct Args {
  std::vector<std::string> files;
  InputArgs input;
  bool restart = false;
};

void Print(const ImportReport& report, Context& context) {
  if (context.json) return context.out.Line(ToJson(report));
  context.out.Line(fmt::format(
      "{} in {:.1f} s{}: {} new", Counted(report.records, "record"), report.seconds,
      report.resumed == 0 ? std::string() : fmt::format(" ({} before)", Grouped(report.resumed)),
      Counted(report.sellers, "seller")));
  context.out.Line(fmt::format(
      "{} gave {}; {} invalid, {} junk", Counted(report.attributes, "attribute"),
      Counted(report.identifiers, "identifier"), Grouped(report.invalid), Grouped(report.junk)));
  if (report.rejected > 0) context.out.Line(Counted(report.rejected, "reject"));
}

Result<int> Run(const Args& args, Context& context) {
  ImportOptions options;
  TRY_ASSIGN(options.read, args.input.ReadingOptions());
  if (!context.now.empty()) {
    TRY_ASSIGN(options.received, context.Now());
  }
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadWrite));
  RejectSink rejects(context, args.input);
  TRY(rejects.Open());
  Progress progress(context);
  options.resume = !args.restart;
  options.on_resume = [&](const std::string& file, std::uint64_t records) {
    rejects.KeepEarlier();
    context.Note(fmt::format("{}: going on after record {}", file, Grouped(records)));
  };
  options.hooks.on_reject = [&](const Reject& reject) {
    progress.Clear();
    rejects.Take(reject);
  };
  options.hooks.on_unmapped = [&](const std::string& file, const std::vector<std::string>& names) {
    progress.Clear();
    NoteUnmapped(context, file, names);
  };
  options.hooks.on_progress = [&](std::uint64_t records) {
    progress.Show(records);
    return !Interrupted();
  };
  CatchInterrupts();
  TRY_ASSIGN(const ImportReport report, Import(*registry, args.files, options));
  progress.Clear();
  TRY(rejects.Finish());
  if (report.interrupted) {
    Message(fmt::format("revenant: interrupted after {}; the same command goes on from there",
                        Counted(report.records, "record")));
    return kInterrupted;
  }
  Print(report, context);
  return kDone;
}

}  // namespace

void AddImport(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("import", "Enrol sellers in bulk");
  auto args = std::make_shared<Args>();
  verb->add_option("FILE", args->files, "CSV or JSON Lines, plain, gzip or zstd; - is stdin")
      ->required();
  AddInputOptions(*verb, args->input, RejectsOption::kFile);
  verb->add_flag("--restart", args->restart,
                 "Begin anew where an earlier import of the same file was interrupted");
  verb->footer(
      "JSON Lines: "
      "{\"platform\":\"eu\",\"seller\":\"S-1\",\"seen\":\"2026-03-01T10:00:00Z\",\"attributes\":\n"
      "[{\"kind\":\"pay.iban\",\"value\":\"...\"},{\"kind\":\"contact.phone\",\"country\":\"US\","
      "\"value\":\"...\"}]}\n"
      "CSV: columns platform, seller, seen, source, status, and one for each kind (pay.iban,\n"
      "pay.iban#2, contact.phone@US). Rows of one seller add up; entering a record twice changes\n"
      "nothing. Interrupted or killed, the same command goes on where it stopped (stdin cannot).\n"
      "Counts: sellers are those that the store gained; identifiers include derived ones; "
      "rejected\n"
      "counts records, fields and invalid attributes alike.");
  verb->callback(
      [args, &context] { context.run = [args, &context] { return Run(*args, context); }; });
}

}  // namespace revenant::cli

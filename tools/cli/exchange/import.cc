#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "exchange/exchange_common.h"
#include "json_line.h"
#include "try.h"

namespace revenant::cli {
namespace {

struct ExchangeImportArgs {
  std::vector<std::string> files;
  std::string receipts;
};

constexpr const char* kOutcomes[] = {"unchanged", "applied", "held"};

void Print(const FeedImport& report, const std::string& file, Context& context) {
  const char* outcome = kOutcomes[static_cast<std::size_t>(report.outcome)];
  if (context.json) {
    const nlohmann::ordered_json line = {{"v", 1},
                                         {"file", file},
                                         {"outcome", outcome},
                                         {"member", report.publisher_name},
                                         {"feed", report.feed.ToHex()},
                                         {"seq", report.seq},
                                         {"live", report.live},
                                         {"added", report.added},
                                         {"removed", report.removed},
                                         {"replaced", report.replaced},
                                         {"matched", report.matched},
                                         {"unmatched", report.unmatched},
                                         {"erased", report.erased},
                                         {"forged", report.forged},
                                         {"forks", report.forks},
                                         {"new_alerts", report.new_alerts},
                                         {"needs", report.needs}};
    return context.out.Line(JsonLine(line));
  }
  context.out.Line(fmt::format(
      "{} {}: {} (live {}, added {}, removed {}, replaced {}; {} of ours "
      "matched, {} gone, {})",
      report.publisher_name, report.seq, outcome, Grouped(report.live), Grouped(report.added),
      Grouped(report.removed), Grouped(report.replaced), Grouped(report.matched),
      Grouped(report.unmatched), Counted(report.new_alerts, "new alert")));
  if (!report.needs.empty()) context.out.Line("  needed first: " + report.needs);
  if (report.forged > 0) {
    context.out.Line(fmt::format("  {} did not open: the publisher does not hold what it lists",
                                 Counted(report.forged, "entry")));
  }
  if (report.erased > 0) {
    context.out.Line(
        fmt::format("  {} erased at the publisher's request; `feedback --out` writes "
                    "the receipt",
                    Counted(report.erased, "entry")));
  }
  if (report.forks > 0) {
    context.out.Line("  its publisher was shown a different list than we were by " +
                     Counted(report.forks, "member"));
  }
}

Result<int> RunExchangeImport(const ExchangeImportArgs& args, const ExchangeOptions& options,
                              Context& context) {
  TRY_ASSIGN(const OpenDesk desk, OpenExchange(options, context, Access::kReadWrite));
  bool held = false;
  for (const std::string& file : args.files) {
    TRY_ASSIGN(const std::string bytes, ReadExchangeFile(file));
    Result<FeedImport> report = desk.exchange->Import(bytes, desk.now);
    if (!report) return Error{report.error().code, file + ": " + report.error().message};
    Print(*report, file, context);
    held = held || report->outcome == FeedImport::Outcome::kHeld;
  }
  // Everything that depends on the day, since the lists are being looked at.
  TRY(desk.exchange->Refresh(desk.now));
  if (!args.receipts.empty()) {
    TRY_ASSIGN(const std::vector<Letter> letters, desk.exchange->WriteReceipts(desk.now));
    TRY(WriteExchangeLetters(context, args.receipts, "receipt", letters));
  }
  return held ? kNothing : kDone;
}

}  // namespace

void AddExchangeImport(CLI::App& exchange, Context& context, const SharedExchangeOptions& options) {
  CLI::App* verb = exchange.add_subcommand("import", "Import other members' lists");
  auto args = std::make_shared<ExchangeImportArgs>();
  verb->add_option("FILE", args->files, "Deltas or snapshots, in order; - is stdin")->required();
  verb->add_option("--receipts", args->receipts,
                   "Write receipts of what was erased at a publisher's request into this folder")
      ->type_name("DIR");
  verb->footer(
      "Each file is one step: the store holds the old list or the new one, never a mixture. "
      "Alerts\n"
      "name the sellers that a list links to a foreign case, or frees. Exit code 1: a file was\n"
      "held, because one before it is missing.");
  verb->callback([args, options, &context] {
    context.run = [args, options, &context] { return RunExchangeImport(*args, *options, context); };
  });
}

}  // namespace revenant::cli

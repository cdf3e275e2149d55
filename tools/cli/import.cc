#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>
#include <vector>

#include "exchange/token_requests.h"
#include "input.h"
#include "json_line.h"
#include "revenant/audit.h"
#include "revenant/json.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct ImportArgs {
  std::vector<std::string> files;
  InputArgs input;
  bool restart = false;
  bool batch = false, bulk = false;
  std::uint64_t memory_bytes = ImportOptions().memory_bytes;
  std::string tokens_request;
  ExchangeOptions exchange;
};

// Asks for tokens of what is imported, while the raw values are at hand.
class Asker {
 public:
  static Result<Asker> Open(const ImportArgs& args, Registry& registry, Context& context) {
    Asker asker(args.tokens_request, context);
    TRY(MakeWayFor(asker.prefix_));
    TRY_ASSIGN(asker.desk_, OpenTokenDesk(registry, args.exchange, context));
    TRY_ASSIGN(asker.now_, context.Now());
    TRY_ASSIGN(const EnforcementPolicy policy, registry.enforcement());
    asker.request_items_ = policy.exchange.request_items;
    return asker;
  }

  // As much as one request holds waits in memory, and no more.
  Result<void> Note(const Record& record) {
    TRY(desk_->Add(record, now_));
    return desk_->noted() < request_items_ ? Result<void>() : Ask();
  }
  Result<void> Ask() {
    TokenAskOptions asking;
    asking.threads = std::max(1u, std::thread::hardware_concurrency());
    TRY_ASSIGN(const std::vector<TokenAsk> asks, desk_->Ask(now_, asking));
    TRY_ASSIGN(const std::vector<RequestFile> files, WriteRequests(prefix_, asks, *context_));
    files_.insert(files_.end(), files.begin(), files.end());
    return {};
  }
  const std::vector<RequestFile>& files() const { return files_; }

 private:
  Asker(const std::string& file, Context& context) : prefix_(file + "-"), context_(&context) {}

  std::string prefix_;
  Context* context_;
  std::unique_ptr<TokenDesk> desk_;
  Time now_;
  std::size_t request_items_ = 0;
  std::vector<RequestFile> files_;
};

void Print(const ImportReport& report, const std::optional<Asker>& asker, Context& context) {
  if (context.json) {
    if (!asker) return context.out.Line(ToJson(report));
    std::vector<std::string> requests;
    for (const RequestFile& file : asker->files()) {
      requests.push_back(JsonLine(ToJson(file)));
    }
    return context.out.Line(ToJson(report, requests));
  }
  context.out.Line(fmt::format(
      "{} in {:.1f} s{}: {} new", Counted(report.records, "record"), report.seconds,
      report.resumed == 0 ? std::string() : fmt::format(" ({} before)", Grouped(report.resumed)),
      Counted(report.sellers, "seller")));
  context.out.Line(fmt::format(
      "{} gave {}; {} invalid, {} junk", Counted(report.attributes, "attribute"),
      Counted(report.identifiers, "identifier"), Grouped(report.invalid), Grouped(report.junk)));
  if (report.rejected > 0) context.out.Line(Counted(report.rejected, "reject"));
  if (!asker) return;
  for (const RequestFile& file : asker->files()) context.out.Line(ToText(file));
  if (asker->files().empty()) context.out.Line("no identifier awaits evaluation");
}

Result<int> RunImport(const ImportArgs& args, Context& context) {
  ImportOptions options;
  TRY_ASSIGN(options.read, args.input.ReadingOptions());
  if (!context.now.empty()) {
    TRY_ASSIGN(options.received, context.Now());
  }
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadWrite));
  std::optional<Asker> asker;
  if (!args.tokens_request.empty()) {
    TRY_ASSIGN(asker, Asker::Open(args, *registry, context));
    options.on_record = [&](const Record& record) { return asker->Note(record); };
  }
  RejectSink rejects(context, args.input);
  TRY(rejects.Open(args.files));
  Progress progress(context);
  options.resume = !args.restart;
  if (args.batch) options.mode = ImportMode::kBatch;
  if (args.bulk) options.mode = ImportMode::kBulk;
  options.memory_bytes = args.memory_bytes;
  options.on_resume = [&](const std::string& file, std::uint64_t records) {
    rejects.KeepEarlier();
    context.Note(fmt::format("{}: continuing after record {}", file, Grouped(records)));
  };
  options.hooks.on_reject = [&](const Reject& reject) {
    progress.Clear();
    rejects.Take(reject);
  };
  options.hooks.on_found = [&](const std::string& file, const std::vector<std::string>& found) {
    progress.Clear();
    NoteFound(context, file, found);
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
    Message(fmt::format("revenant: interrupted after {}; {}", Counted(report.records, "record"),
                        report.bulk
                            ? "none of them was entered; the same command starts from the beginning"
                            : "the same command continues from there"));
    return kInterrupted;
  }
  if (asker) TRY(asker->Ask());
  Print(report, asker, context);
  if (report.used > 0 && report.undated == report.used) {
    context.Note(
        "no record says when it was seen, so it is not known which seller had an identifier first, "
        "and evidence does not fade: add a column `seen`");
  }
  if (report.used > 0 || report.resumed > 0) return kDone;
  context.Note("nothing was entered: no record could be used");
  return kNothing;
}

}  // namespace

void AddImport(CLI::App& app, Context& context) {
  const Verb<ImportArgs> verb(app, context, "import", "Enrol sellers in bulk");
  verb.Add("FILE", verb->files, "CSV or JSON Lines, plain, gzip or zstd; - is stdin")->required();
  AddInputOptions(verb.app(), verb->input, RejectsOption::kFile);
  verb.AddFlag(
      "--restart", verb->restart,
      "Start from the beginning even if an earlier import of the same file was interrupted");
  CLI::Option* batch = verb.AddFlag("--batch", verb->batch,
                                    "Enter records as they are read, a few hundred at a time");
  verb.AddFlag("--bulk", verb->bulk,
               "Enter all records at once, or none (only if no seller was ever banned)")
      ->excludes(batch);
  verb.Add("--memory", verb->memory_bytes,
           "Memory for sorting in bulk, such as 512MiB or 8GiB (default: 2GiB); the rest goes to "
           "disk")
      ->transform(CLI::AsSizeValue(false))
      ->check(CLI::Range(std::uint64_t{1} << 20, std::uint64_t{1} << 50, "1 MiB to 1 PiB"))
      ->type_name("SIZE")
      ->option_text("SIZE");
  verb.Add("--tokens-request", verb->tokens_request, "FILE",
           "Ask the exchange's operators for tokens of the imported identifiers, with files "
           "FILE-CLASS-epochN-N.request such as `exchange blind` writes");
  AddMemberKeyOption(verb.app(), verb->exchange);
  verb.Footer(
      "CSV: columns platform, seller, seen, source, status, and one per kind (pay.iban, "
      "pay.iban#2,\n"
      "contact.phone@US). Rows of one seller add up; entering a record twice changes nothing. "
      "After\n"
      "an interruption the same command continues where it stopped (except from stdin).\n"
      "Files of a megabyte or more are entered in bulk if the store has no sellers yet: the "
      "result\n"
      "is the same, about fifty times faster, and all at once. If that is interrupted or killed,\n"
      "nothing is entered.\n"
      "Counts: sellers are those that the store gained; identifiers include derived ones; rejects\n"
      "counts records, fields and invalid attributes alike.");
  verb.Runs(RunImport);
}

}  // namespace revenant::cli

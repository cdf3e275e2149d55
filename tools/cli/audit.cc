#include "revenant/audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "input.h"
#include "revenant/json.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct AuditArgs {
  std::vector<std::string> files;
  InputArgs input;
  std::string out, as_of;
  unsigned threads = 0;
  bool in_memory = false;
};

void Print(const AuditReport& report, const std::string& out, Context& context) {
  if (context.json) return context.out.Line(ToJson(report));
  context.out.Line(fmt::format(
      "{} in {:.1f} s: {} clear, {} review, {} block", Counted(report.screened, "application"),
      report.seconds, Grouped(report.clear), Grouped(report.review), Grouped(report.block)));
  for (const auto& [kind, count] : report.kinds) {
    context.out.Line(fmt::format("  {:>7} by {}", Grouped(count), kind));
  }
  if (!report.leads_to.empty()) {
    context.out.Line(
        fmt::format("  they lead to {}", Counted(report.leads_to.size(), "banned seller")));
  }
  if (report.rejected > 0) context.out.Line(Counted(report.rejected, "reject"));
  context.out.Line(
      fmt::format("Written to {}: results.jsonl, rejects.csv, summary.json, report.html", out));
}

Result<int> RunAudit(const AuditArgs& args, Context& context) {
  AuditOptions options;
  TRY_ASSIGN(options.read, args.input.ReadingOptions());
  TRY_ASSIGN(options.as_of, context.TimeOr("--as-of", args.as_of));
  options.threads = args.threads;
  const Context::Rows rows = args.in_memory ? Context::Rows::kInMemory : Context::Rows::kInStore;
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly, rows));
  Progress progress(context);
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
  TRY_ASSIGN(const AuditReport report, Audit(*registry, args.files, args.out, options));
  progress.Clear();
  if (report.interrupted) {
    Message("revenant: interrupted; nothing was written");
    return kInterrupted;
  }
  Print(report, args.out, context);
  if (report.screened > 0) return kDone;
  context.Note("nothing was screened: no application could be used; rejects.csv says why");
  return kNothing;
}

}  // namespace

void AddAudit(CLI::App& app, Context& context) {
  const Verb<AuditArgs> verb(app, context, "audit", "Screen whole files and write the results");
  verb.Add("FILE", verb->files, "Applications: CSV or JSON Lines; - is stdin")->required();
  verb.Add("--out", verb->out, "DIR", "Folder for the results: new, empty or from an earlier audit")
      ->required();
  AddInputOptions(verb.app(), verb->input, RejectsOption::kNone);
  verb.Add("--as-of", verb->as_of, "T", "Moment at which to judge; default: now");
  verb.AddFlag("--in-memory", verb->in_memory, "First read the rows around bans into memory");
  verb.Add("--threads", verb->threads, "N", "Threads that screen; 0: one per core")
      ->check(CLI::Range(0, 256));
  verb.Footer(
      "Writes results.jsonl (one verdict per application, in input order), rejects.csv (input "
      "that\n"
      "could not be used, and why), summary.json and report.html, a page to look at. They appear\n"
      "complete or not at all.");
  verb.Runs(RunAudit);
}

}  // namespace revenant::cli

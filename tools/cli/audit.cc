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
  std::string out, as_of, since, results = "all";
  std::uint64_t limit = 0, sample = 0, seed = 1;
  unsigned threads = 0;
  bool in_memory = false, stored = false, among = false, restart = false;
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
  if (report.among) {
    const AuditReport::Rings& rings = *report.among;
    context.out.Line(fmt::format("{} among them, {} in all, the largest of {}; {} with no finding",
                                 Counted(rings.rings, "ring"), Counted(rings.sellers, "seller"),
                                 Grouped(rings.largest), Grouped(rings.unknown)));
    if (rings.common_values > 0) {
      context.out.Line(fmt::format(
          "{} that too many applicants share to join them, the commonest by {} ({}): look "
          "into it if they should be strangers",
          Counted(rings.common_values, "value"), Counted(rings.most_common, "applicant"),
          rings.common_kind));
    }
  }
  if (report.refused > 0 || report.skipped > 0 || report.merged > 0) {
    context.out.Line(fmt::format(
        "{} in all: {} refused, {} skipped{}", Counted(report.records, "record"),
        Grouped(report.refused), Grouped(report.skipped),
        report.merged == 0 ? ""
                           : fmt::format(", {} added to the one before, of the same seller",
                                         Grouped(report.merged))));
  }
  if (report.rejected > 0) context.out.Line(Counted(report.rejected, "reject"));
  if (report.apart > report.cut) {
    context.out.Line(fmt::format(
        "{} of a seller that had one before: records of one seller add up only where they follow "
        "each other, so each was judged without the other's values; sort the input by platform and "
        "seller, in one file, and audit it again",
        Counted(report.apart - report.cut, "application")));
  }
  if (report.cut > 0) {
    context.out.Line(fmt::format(
        "{} ended at the limit for one, {} attributes or 16 MiB; what follows of the seller was "
        "judged as another one",
        Counted(report.cut, "application"), Grouped(kMaxAttributes)));
  }
  context.out.Line(
      fmt::format("Written to {}: results.jsonl, results.csv, rejects.csv,{} summary.json, "
                  "report.html",
                  out, report.among ? " rings.jsonl," : ""));
}

Result<int> RunAudit(const AuditArgs& args, Context& context) {
  AuditOptions options;
  TRY_ASSIGN(options.read, args.input.ReadingOptions());
  if (args.files.empty() && !args.stored) {
    return Error{Code::kInvalidArgument,
                 "no applications named: give FILE, or --stored for everybody in the store"};
  }
  // Otherwise an audit that goes on keeps its first moment.
  if (!args.as_of.empty() || !context.now.empty()) {
    TRY_ASSIGN(options.as_of, context.TimeOr("--as-of", args.as_of));
  }
  if (!args.since.empty()) {
    TRY_ASSIGN(options.since, context.TimeOr("--since", args.since));
  }
  options.threads = args.threads;
  options.limit = args.limit;
  options.sample = args.sample;
  options.seed = args.seed;
  options.stored = args.stored;
  options.among = args.among;
  options.resume = !args.restart;
  if (args.results == "findings") options.results = AuditResults::kFindings;
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
  options.hooks.on_progress = [](std::uint64_t) { return !Interrupted(); };
  options.on_part = [&](const AuditProgress& now) {
    progress.Show(
        now.records, now.part,
        fmt::format("{} block, {} review, {} clear, {}", Grouped(now.block), Grouped(now.review),
                    Grouped(now.clear), Counted(now.rejected, "reject")));
  };
  options.on_resume = [&](std::uint64_t records) {
    progress.Resume(records);
    context.Note(
        fmt::format("continues the interrupted audit, after {}", Counted(records, "record")));
  };
  options.on_new_start = [&](const std::string& reason) {
    context.Note(fmt::format("an interrupted audit begins again: {}", reason));
  };
  CatchInterrupts();
  TRY_ASSIGN(const AuditReport report, Audit(*registry, args.files, args.out, options));
  progress.Clear();
  if (report.interrupted) {
    Message(report.resumable
                ? fmt::format("revenant: interrupted after {}; no result was written, and the same "
                              "command continues from there",
                              Counted(report.records, "record"))
                : "revenant: interrupted; nothing was written");
    return kInterrupted;
  }
  Print(report, args.out, context);
  if (report.screened > 0 && (report.identifiers > 0 || report.review + report.block > 0)) {
    return kDone;
  }
  if (report.screened > 0) {
    context.Note(
        "nothing was compared: no application carries an identifier that can be used; a column "
        "named after a kind is one (`revenant kinds`), and --map COLUMN=KIND says what a column "
        "is");
    return kNothing;
  }
  context.Note("nothing was screened: no application could be used; rejects.csv says why");
  return kNothing;
}

}  // namespace

void AddAudit(CLI::App& app, Context& context) {
  const Verb<AuditArgs> verb(app, context, "audit", "Screen whole files and write the results");
  CLI::Option* files = verb.Add("FILE", verb->files, "Applications: CSV or JSON Lines; - is stdin");
  verb.Add("--out", verb->out, "DIR", "Folder for the results: new, empty or from an earlier audit")
      ->required();
  AddInputOptions(verb.app(), verb->input, RejectsOption::kNone);
  verb.Add("--as-of", verb->as_of, "T",
           "Moment that the verdicts state; default: now. It changes no weight");
  verb.AddFlag("--stored", verb->stored,
               "Instead of files: everybody in the store who is not banned")
      ->excludes(files);
  verb.AddFlag("--among", verb->among,
               "Link the applications to each other, too: rings that know only each other");
  verb.AddChoice("--results", verb->results, "WHICH", {"all", "findings"},
                 "Write all verdicts (default), or only findings: review and block");
  verb.Add("--since", verb->since, "T",
           "Skip applications that were last seen before T, or have no date");
  CLI::Option* limit = verb.Add("--limit", verb->limit, "N",
                                "Only the first N records, and the rest of the last one's seller")
                           ->check(OneOrMore());
  verb.Add("--sample", verb->sample, "N", "Only N applications, chosen by chance, in their order")
      ->check(OneOrMore())
      ->excludes(limit);
  verb.Add("--seed", verb->seed, "N",
           "Of the sample: the same seed, the same applications (default 1)");
  verb.AddFlag("--restart", verb->restart,
               "Start from the beginning even if the same audit was interrupted");
  verb.AddFlag("--in-memory", verb->in_memory, "First read the rows around bans into memory");
  verb.Add("--threads", verb->threads, "N", "Threads that screen; 0: one per core")
      ->check(CLI::Range(0, 256));
  verb.Footer(
      "Records of one seller that follow each other in a file are one application; sort large\n"
      "files by platform and seller. The summary says how many stand apart.\n"
      "Writes results.jsonl (one verdict per application, in input order), results.csv (a row for\n"
      "each), rejects.csv (input that could not be used, and why), rings.jsonl (with --among),\n"
      "summary.json, in which clear + review + block + rejected + skipped + merged = in, and\n"
      "report.html, a page to look at. They appear complete or not at all. After an interruption "
      "the same "
      "command\n"
      "continues where it stopped (except from stdin), to the same results; if the input, the "
      "store\n"
      "or the policy changed, it begins again and says so.");
  verb.Runs(RunAudit);
}

}  // namespace revenant::cli

#include "revenant/evaluate.h"

#include <fmt/format.h>

#include "input.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct EvaluateArgs {
  std::string truth;
  TableArgs table;
  double min_precision = 0, min_recall = 0, min_f1 = 0;
};

void Print(const TruthReport& report, Context& context) {
  if (context.json) return context.out.Line(ToJson(report));
  const ClusterScores& scores = report.scores;
  const auto row = [&](std::string_view name, const Scores& of, const std::string& more) {
    context.out.Line(fmt::format("{:<9} precision {:.4f}  recall {:.4f}  F1 {:.4f}{}", name,
                                 of.precision, of.recall, of.f1, more));
  };
  context.out.Line(fmt::format("{} of {}, in {}; {} not in the store",
                               Counted(scores.records, "record"),
                               fmt::format("{} entities", Grouped(scores.entities)),
                               Counted(scores.clusters, "cluster"), Grouped(report.missing)));
  row("pairwise", scores.pairwise,
      fmt::format("  ({} right, {} wrong, {} missed)", Grouped(scores.pairwise.tp),
                  Grouped(scores.pairwise.fp), Grouped(scores.pairwise.fn)));
  row("b-cubed", scores.bcubed, "");
  context.out.Line(fmt::format("by size   {:>8}  {:>9}  {:>9}  {:>9}", "clusters", "records",
                               "wrong", "precision"));
  for (const SizeClass& size : scores.by_size) {
    if (size.clusters == 0) continue;
    context.out.Line(fmt::format("{:<9} {:>8}  {:>9}  {:>9}  {:>9.4f}", size.name,
                                 Grouped(size.clusters), Grouped(size.records), Grouped(size.fp),
                                 size.precision));
  }
}

Result<int> RunEvaluate(const EvaluateArgs& args, Context& context) {
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY_ASSIGN(const ReadOptions options, args.table.ReadingOptions());
  TRY_ASSIGN(const TruthReport report, EvaluateTruth(*registry, args.truth, options));
  Print(report, context);
  const PairScores& pairs = report.scores.pairwise;
  const bool is_good = pairs.precision >= args.min_precision && pairs.recall >= args.min_recall &&
                       pairs.f1 >= args.min_f1;
  if (!is_good) context.Note("evaluate: below the minimum that was asked for");
  return is_good ? kDone : kNothing;
}

}  // namespace

void AddEvaluate(CLI::App& app, Context& context) {
  const Verb<EvaluateArgs> verb(app, context, "evaluate", "Compare clusters with a known truth");
  verb.Add("--truth", verb->truth, "FILE", "CSV: platform,seller,entity; - is stdin")->required();
  AddTableOptions(verb.app(), verb->table, "platform, seller, entity", DatesOption::kNone);
  const auto minimum = [&](const char* name, double& value, const char* what) {
    verb.Add(name, value, what)->type_name("X")->check(CLI::Range(0.0, 1.0));
  };
  minimum("--min-precision", verb->min_precision, "Exit with 1 below this pairwise precision");
  minimum("--min-recall", verb->min_recall, "Exit with 1 below this pairwise recall");
  minimum("--min-f1", verb->min_f1, "Exit with 1 below this pairwise F1");
  verb.Footer(
      "Sellers in the truth but not in the store count as single; sellers in the store but not in\n"
      "the truth are left out.");
  verb.Runs(RunEvaluate);
}

}  // namespace revenant::cli

#include <fmt/format.h>

#include "enforce.h"
#include "revenant/json.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct KnowledgeArgs {
  std::string seller, at;
};

std::string_view Mark(Met met) {
  return met == Met::kYes ? "yes    " : met == Met::kNo ? "no     " : "unknown";
}

Result<int> RunKnowledge(const KnowledgeArgs& args, Context& context) {
  TRY_ASSIGN(const SellerName seller, SellerArgument(args.seller));
  TRY_ASSIGN(const Time at, context.TimeOr("--at", args.at));
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY_ASSIGN(const EnforcementPolicy policy, registry->enforcement());
  TRY_ASSIGN(const KnowledgeFacts facts, registry->FactsForKnowledge(seller));
  const KnowledgeAssessment assessment = AssessKnowledge(facts, policy.knowledge, at);
  if (context.json) {
    context.out.Line(ToJson(assessment));
    return kDone;
  }
  context.out.Line(fmt::format("{}: {}", seller.ToString(), TierName(assessment.tier)));
  for (const Finding& finding : assessment.findings) {
    context.out.Line(fmt::format("  {}  {:<18}  {} (threshold: {}{})", Mark(finding.met),
                                 FactorName(finding.factor), finding.value, finding.threshold,
                                 finding.source.empty() ? "" : "; source: " + finding.source));
    context.out.Line("           would change it: " + finding.would_change);
  }
  return kDone;
}

}  // namespace

void AddKnowledge(CLI::App& app, Context& context) {
  const Verb<KnowledgeArgs> verb(
      app, context, "knowledge",
      "Assess what the platform knew or should have known about a seller");
  verb.AddSeller(verb->seller);
  verb.AddAsOf(verb->at);
  verb.Footer(
      "Prints actual, should_have_known or none, and every fact with its threshold and its "
      "source.");
  verb.Runs(RunKnowledge);
}

}  // namespace revenant::cli

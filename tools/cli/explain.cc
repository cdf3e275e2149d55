#include <fmt/format.h>

#include "revenant/json.h"
#include "revenant/value_facts.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct ExplainArgs {
  std::string a, b, audience = "manager";
};

// They are in one cluster and no path of the policy's length leads from one to the other.
Result<bool> AreFarApart(const Registry& registry, const SellerName& a, const SellerName& b) {
  TRY_ASSIGN(const ClusterSummary of_a, registry.Cluster(a));
  TRY_ASSIGN(const ClusterSummary of_b, registry.Cluster(b));
  return of_a.id == of_b.id;
}

Result<int> RunExplain(const ExplainArgs& args, Context& context) {
  TRY_ASSIGN(const SellerName a, SellerArgument(args.a));
  TRY_ASSIGN(const SellerName b, SellerArgument(args.b));
  const bool for_seller = args.audience == "seller";
  if (for_seller && context.json) {
    return Error{Code::kInvalidArgument,
                 "explain: --json names both sellers, so it is not for one of them; leave out "
                 "--for seller or --json"};
  }
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY_ASSIGN(const std::optional<Link> link, registry->Explain(a, b));
  bool far_apart = false;
  if (!link) {
    TRY_ASSIGN(far_apart, AreFarApart(*registry, a, b));
  }
  if (context.json) {
    std::vector<ValueFacts> values;
    if (link) {
      TRY_ASSIGN(values, ValueFactsReader(*registry).Of({&*link, 1}));
    }
    context.out.Line(ToJson(Explanation{a, b, link, far_apart}, values));
  } else if (link) {
    context.out.Text(Describe(*link, for_seller ? Audience::kSeller : Audience::kManager));
  } else if (for_seller) {
    context.out.Line(fmt::format("Your account {} was not found to be connected with that account.",
                                 a.ToString()));
  } else if (far_apart) {
    context.out.Line(fmt::format(
        "No link was found between {} and {}: they are in one cluster, but further apart "
        "than {} steps (max_hops).",
        a.ToString(), b.ToString(), registry->policy().max_hops));
  } else {
    context.out.Line(
        fmt::format("No link was found between {} and {}: nothing that links leads "
                    "from one to the other.",
                    a.ToString(), b.ToString()));
  }
  return link ? kDone : kNothing;
}

}  // namespace

void AddExplain(CLI::App& app, Context& context) {
  const Verb<ExplainArgs> verb(app, context, "explain", "Say why two sellers are linked");
  verb.AddSeller(verb->a, "A");
  verb.AddSeller(verb->b, "B");
  verb.AddChoice("--for", verb->audience, "WHOM", {"manager", "seller"},
                 "Audience: manager, or seller (A itself; no other seller is named)");
  verb.Footer("Exit code 1: there is no link.");
  verb.Runs(RunExplain);
}

}  // namespace revenant::cli

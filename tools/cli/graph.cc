#include <fmt/format.h>

#include "revenant/cluster_graph.h"
#include "revenant/report.h"
#include "revenant/value_facts.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct GraphArgs {
  std::string seller, format = "graphml";
  std::size_t max_sellers = 1'000;
};

std::string Written(const ClusterGraph& graph, const std::string& format) {
  if (format == "svg") return ToSvg(graph);
  if (format == "html") return ToHtml(graph);
  if (format == "gexf") return ToGexf(graph);
  return format == "dot" ? ToDot(graph) : ToGraphml(graph);
}

Result<int> RunGraph(const GraphArgs& args, Context& context) {
  TRY_ASSIGN(const SellerName seller, SellerArgument(args.seller));
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY_ASSIGN(const ClusterGraph graph, registry->GraphOf(seller, args.max_sellers));
  if (context.json || args.format == "json") {
    TRY_ASSIGN(const std::vector<ValueFacts> values, ValueFactsReader(*registry).Of(graph));
    context.out.Line(ToJson(graph, values));
  } else {
    context.out.Text(Written(graph, args.format));
  }
  if (graph.cut_short) {
    context.Note(fmt::format("shows only the nearest {} sellers (--max-sellers)",
                             Grouped(graph.sellers.size())));
  }
  return kDone;
}

}  // namespace

void AddGraph(CLI::App& app, Context& context) {
  const Verb<GraphArgs> verb(app, context, "graph",
                             "Draw the cluster that a seller is in, with its shared identifiers");
  verb.AddSeller(verb->seller);
  verb.AddChoice(
      "--format", verb->format, "FORMAT", {"graphml", "svg", "html", "gexf", "dot", "json"},
      "graphml (yEd, NetworkX), gexf (Gephi), svg, html (a page to look at), dot (`neato -n "
      "-Tsvg`) or json; default: graphml");
  verb.Add("--max-sellers", verb->max_sellers, "N",
           "Only the N sellers nearest to SELLER; default: 1,000")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}));
  verb.Footer("Identifiers appear as fingerprints. What holds the cluster together is drawn bold.");
  verb.Runs(RunGraph);
}

}  // namespace revenant::cli

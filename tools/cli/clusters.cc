#include <fmt/format.h>

#include <algorithm>

#include "revenant/json.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

constexpr std::size_t kNamed = 4;  // sellers that a line names

struct ClustersArgs {
  std::uint64_t min_size = 2;
  std::size_t limit = 0;
};

std::string TextRow(const ClusterSummary& cluster) {
  std::string row =
      fmt::format("{}  {:>8}  {:>6}  {:>6} ", cluster.id.ToHex(), Grouped(cluster.sellers.size()),
                  Grouped(cluster.banned), Grouped(cluster.infringements));
  for (std::size_t i = 0; i < std::min(kNamed, cluster.sellers.size()); ++i) {
    row += " " + cluster.sellers[i].ToString();
  }
  if (cluster.sellers.size() > kNamed) row += " ...";
  return row;
}

Result<int> RunClusters(const ClustersArgs& args, Context& context) {
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY_ASSIGN(std::vector<ClusterSummary> clusters, registry->Clusters(args.min_size));
  if (args.limit != 0 && clusters.size() > args.limit) clusters.resize(args.limit);
  if (!context.json && !clusters.empty()) {
    context.out.Line(fmt::format("{:<32}  {:>8}  {:>6}  {:>6}  {}", "cluster", "sellers", "banned",
                                 "cases", "first sellers by name"));
  }
  for (const ClusterSummary& cluster : clusters) {
    if (context.out.done()) break;
    context.out.Line(context.json ? ToJson(cluster) : TextRow(cluster));
  }
  return clusters.empty() ? kNothing : kDone;
}

}  // namespace

void AddClusters(CLI::App& app, Context& context) {
  const Verb<ClustersArgs> verb(app, context, "clusters", "List clusters, largest first");
  verb.Add("--min-size", verb->min_size, "N", "Only clusters of at least N sellers; default: 2");
  verb.Add("--limit", verb->limit, "N", "Only the first N; 0: all");
  verb.Footer("Exit code 1: there are none.");
  verb.Runs(RunClusters);
}

}  // namespace revenant::cli

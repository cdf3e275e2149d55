#include <fmt/format.h>

#include "revenant/cluster_graph.h"
#include "revenant/json.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

constexpr std::size_t kShapeOf = 10'000;  // sellers that are looked at for what holds it together

struct ClusterArgs {
  std::string seller;
};

Result<int> RunCluster(const ClusterArgs& args, Context& context) {
  TRY_ASSIGN(const SellerName seller, SellerArgument(args.seller));
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY_ASSIGN(const ClusterSummary cluster, registry->Cluster(seller));
  if (context.json) {
    context.out.Line(ToJson(cluster));
    return kDone;
  }
  context.out.Line(fmt::format("cluster {}: {}, {} banned, {}", cluster.id.ToHex(),
                               Counted(cluster.sellers.size(), "seller"), Grouped(cluster.banned),
                               Counted(cluster.infringements, "infringement")));
  for (const SellerName& member : cluster.sellers) context.out.Line("  " + member.ToString());
  if (cluster.sellers.size() < 2) return kDone;
  TRY_ASSIGN(const ClusterGraph graph, registry->GraphOf(seller, kShapeOf));
  context.out.Line(DescribeShape(graph, ShapeOf(graph)));
  return kDone;
}

}  // namespace

void AddCluster(CLI::App& app, Context& context) {
  const Verb<ClusterArgs> verb(app, context, "cluster", "Show the cluster that a seller is in");
  verb.AddSeller(verb->seller);
  verb.Runs(RunCluster);
}

}  // namespace revenant::cli

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "revenant/json.h"
#include "util/try.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

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
  return kDone;
}

}  // namespace

void AddCluster(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("cluster", "Show the cluster that a seller is in");
  auto args = std::make_shared<ClusterArgs>();
  verb->add_option("SELLER", args->seller, "PLATFORM:EXTERNAL_ID")->required();
  verb->callback(
      [args, &context] { context.run = [args, &context] { return RunCluster(*args, context); }; });
}

}  // namespace revenant::cli

#include <fmt/format.h>

#include "revenant/json.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

Result<int> RunStats(Context& context) {
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY_ASSIGN(const Stats stats, registry->GetStats());
  if (context.json) {
    context.out.Line(ToJson(stats));
    return kDone;
  }
  const auto row = [&](std::string_view name, std::uint64_t number, const std::string& more = {}) {
    context.out.Line(fmt::format("{:<13}{:>14}{}", name, Grouped(number), more));
  };
  row("sellers", stats.sellers, fmt::format("   {} banned", Grouped(stats.banned)));
  row("observations", stats.observations);
  row("fingerprints", stats.fingerprints, fmt::format("   {}", Counted(stats.hubs, "hub")));
  row("clusters", stats.clusters,
      fmt::format("   {} of two or more, the largest of {}", Grouped(stats.linked_clusters),
                  Grouped(stats.largest_cluster)));
  return kDone;
}

}  // namespace

void AddStats(CLI::App& app, Context& context) {
  const Verb<> verb(app, context, "stats", "Count what the store holds");
  verb.Footer("Clusters include single sellers. Junk does not count as a fingerprint.");
  verb.Runs(RunStats);
}

}  // namespace revenant::cli

#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "revenant/evaluate.h"
#include "util/try.h"

namespace revenant {
namespace {

enum Cell : std::size_t { kPlatform, kSeller, kEntity };

// The truth, and what was found of it: row by row, in the order in which sellers were first named.
class Truth {
 public:
  Result<void> Read(const std::string& file, const ReadOptions& options) {
    const TableReader::Column columns[] = {
        {"platform", options.platform.empty()}, {"seller", true}, {"entity", true}};
    TRY_ASSIGN(const auto table, TableReader::Open(file, columns, options));
    std::unordered_map<std::string, std::uint64_t> entity_numbers;
    while (true) {
      TRY_ASSIGN(const bool more, table->Next());
      if (!more) return {};
      SellerName name{std::string(TrimBlanks(table->Get(kPlatform))),
                      std::string(TrimBlanks(table->Get(kSeller)))};
      if (name.platform.empty()) name.platform = TrimBlanks(options.platform);
      if (Result<void> good = CheckSellerName(name); !good) {
        return table->ErrorAt(kSeller, good.error().message);
      }
      if (table->Get(kEntity).empty()) return table->ErrorAt(kEntity, "the entity is missing");
      const auto entity = entity_numbers.emplace(table->Get(kEntity), entity_numbers.size()).first;
      const auto [row, is_new] = rows_.emplace(name.ToString(), entities_.size());
      if (is_new) {
        entities_.push_back(entity->second);
      } else if (entities_[row->second] != entity->second) {
        return table->ErrorAt(kEntity, "this seller has another entity in an earlier row");
      }
    }
  }

  Result<TruthReport> Compare(const Registry& registry) const {
    constexpr std::uint64_t kAlone = UINT64_MAX;
    std::vector<std::uint64_t> clusters(entities_.size(), kAlone);
    std::map<ClusterId, std::uint64_t> cluster_numbers;
    TRY(registry.ForEachSeller([&](const SellerName& name, const ClusterId& cluster, bool) {
      const auto row = rows_.find(name.ToString());
      if (row == rows_.end()) return;
      clusters[row->second] =
          cluster_numbers.emplace(cluster, cluster_numbers.size()).first->second;
    }));
    TruthReport report;
    for (std::uint64_t& cluster : clusters) {
      if (cluster != kAlone) continue;
      cluster = cluster_numbers.size() + report.missing;
      ++report.missing;
    }
    report.scores = EvaluateClusters(clusters, entities_);
    return report;
  }

 private:
  std::unordered_map<std::string, std::size_t> rows_;  // by "PLATFORM:ID"
  std::vector<std::uint64_t> entities_;
};

}  // namespace

Result<TruthReport> EvaluateTruth(const Registry& registry, const std::string& truth_file,
                                  const ReadOptions& options) {
  Truth truth;
  TRY(truth.Read(truth_file, options));
  return truth.Compare(registry);
}

}  // namespace revenant

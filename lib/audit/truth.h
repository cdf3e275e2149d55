#ifndef REVENANT_LIB_AUDIT_TRUTH_H_
#define REVENANT_LIB_AUDIT_TRUTH_H_

#include <cstdint>
#include <string>

#include "audit/evaluate.h"
#include "revenant/records.h"
#include "revenant/registry.h"

namespace revenant {

struct TruthReport {
  ClusterScores scores;
  std::uint64_t missing = 0;  // sellers of the truth that the registry lacks: each counts as alone
};

// Compares the registry's clusters with `truth_file` (CSV: platform, seller, entity; "-": stdin).
// Sellers that the truth does not name are left out. kInvalidArgument: a bad row, or a seller with
// two entities; else as TableReader and Registry::ForEachSeller. Cost: reads every seller; holds
// the truth in memory.
Result<TruthReport> EvaluateTruth(const Registry& registry, const std::string& truth_file,
                                  const ReadOptions& options = {});

std::string ToJson(const TruthReport& report);

}  // namespace revenant

#endif  // REVENANT_LIB_AUDIT_TRUTH_H_

#ifndef REVENANT_EVALUATE_H_
#define REVENANT_EVALUATE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/records.h"
#include "revenant/registry.h"
#include "revenant/result.h"

namespace revenant {

// How well found clusters agree with the truth. Pure functions; any number of threads.
// Where a share is undefined (0/0) nothing was done wrong: precision is 1 when nothing was found,
// recall is 1 when there was nothing to find. F1 is their harmonic mean, 0 when both are 0.

struct Scores {
  double precision = 1;
  double recall = 1;
  double f1 = 1;
};

// Counts of pairs (or of anything that is found or missed), with their scores.
struct PairScores : Scores {
  std::uint64_t tp = 0;
  std::uint64_t fp = 0;
  std::uint64_t fn = 0;
};

// Found clusters of one range of sizes. Precision falls where clusters grow by one wrong link, so
// it is reported by size.
struct SizeClass {
  std::string_view name;  // "1", "2", "3-5", "6-10", "11-50", "51+"
  std::uint64_t clusters = 0;
  std::uint64_t records = 0;
  std::uint64_t tp = 0;         // pairs inside these clusters that are true
  std::uint64_t fp = 0;         // and those that are not
  double precision = 1;         // of the pairs
  double bcubed_precision = 1;  // mean over the records
};
inline constexpr std::size_t kSizeClasses = 6;

struct ClusterScores {
  std::uint64_t records = 0;
  std::uint64_t clusters = 0;
  std::uint64_t entities = 0;
  PairScores pairwise;
  Scores bcubed;
  // Generalised merge distance with unit costs (Menestrina, Whang, Garcia-Molina 2010): the fewest
  // splits, then merges, that turn the found clusters into the true ones.
  std::uint64_t merge_distance = 0;
  std::uint64_t true_pairs = 0;
  std::uint64_t found_pairs = 0;
  std::uint64_t largest_cluster = 0;
  std::array<SizeClass, kSizeClasses> by_size;
};

// Compares the cluster that was found for each record with the entity it truly belongs to; both
// spans are of one length (the rest of a longer one is ignored), labels are any numbers. Cost: two
// sorts of the records, linear after that; 16 bytes per record.
ClusterScores EvaluateClusters(std::span<const std::uint64_t> clusters,
                               std::span<const std::uint64_t> entities);

// Compares yes-or-no answers, one per record: "leads to a ban" against "is run by a banned seller".
PairScores EvaluateFlags(const std::vector<bool>& found, const std::vector<bool>& truth);

struct TruthReport {
  ClusterScores scores;
  std::uint64_t missing = 0;  // sellers of the truth that the registry lacks: each counts as alone
};

// Compares the registry's clusters with `truth_file` (CSV: platform, seller, entity; "-": stdin).
// Sellers that the truth does not name are left out. kInvalidArgument: a bad row, or a seller with
// two entities; else as TableReader and Registry::ForEachSeller. Threads: beside anything; reads
// one state. Cost: reads every seller; holds the truth in memory.
Result<TruthReport> EvaluateTruth(const Registry& registry, const std::string& truth_file,
                                  const ReadOptions& options = {});

}  // namespace revenant

#endif  // REVENANT_EVALUATE_H_

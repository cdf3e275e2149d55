#include "revenant/evaluate.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace revenant {
namespace {

struct SizeRange {
  std::string_view name;
  std::uint64_t last;  // the largest size of the class
};
constexpr std::array<SizeRange, kSizeClasses> kSizeRanges = {{
    {"1", 1},
    {"2", 2},
    {"3-5", 5},
    {"6-10", 10},
    {"11-50", 50},
    {"51+", std::numeric_limits<std::uint64_t>::max()},
}};

std::uint64_t PairsOf(std::uint64_t size) {
  // One of two neighbours is even: dividing it first keeps the product in range.
  return size % 2 == 0 ? size / 2 * (size - 1) : size * ((size - 1) / 2);
}

double Share(double part, double whole) { return whole == 0 ? 1 : part / whole; }

Scores ScoresOf(double precision, double recall) {
  const double sum = precision + recall;
  return {precision, recall, sum == 0 ? 0 : 2 * precision * recall / sum};
}

PairScores PairScoresOf(std::uint64_t tp, std::uint64_t fp, std::uint64_t fn) {
  const auto hits = static_cast<double>(tp);
  const auto wrong = static_cast<double>(fp);
  const auto missed = static_cast<double>(fn);
  return {ScoresOf(Share(hits, hits + wrong), Share(hits, hits + missed)), tp, fp, fn};
}

// A record's labels on both sides.
struct Labels {
  std::uint64_t group;  // what a walk runs over
  std::uint64_t other;
  friend auto operator<=>(const Labels&, const Labels&) = default;
};

// One group with what it has in common with the groups of the other side.
struct Group {
  std::uint64_t size = 0;
  std::uint64_t cells = 0;         // groups of the other side that it meets
  std::uint64_t shared_pairs = 0;  // pairs of it that are together on the other side as well
  double agreement = 0;            // sum over its records of the share of it they agree with
};

// Calls `visit` for every group of sorted labels: a row of the contingency table, whose cells are
// runs of equal labels.
template <typename Visit>
void ForEachGroup(const std::vector<Labels>& sorted, Visit visit) {
  for (std::size_t begin = 0; begin < sorted.size();) {
    Group group;
    double squares = 0;
    std::size_t end = begin;
    while (end < sorted.size() && sorted[end].group == sorted[begin].group) {
      const std::size_t cell = end;
      while (end < sorted.size() && sorted[end] == sorted[cell]) ++end;
      const std::uint64_t count = end - cell;
      ++group.cells;
      group.shared_pairs += PairsOf(count);
      squares += static_cast<double>(count) * static_cast<double>(count);
    }
    group.size = end - begin;
    group.agreement = squares / static_cast<double>(group.size);
    visit(group);
    begin = end;
  }
}

std::size_t SizeClassOf(std::uint64_t size) {
  std::size_t index = 0;
  while (size > kSizeRanges[index].last) ++index;
  return index;
}

}  // namespace

ClusterScores EvaluateClusters(std::span<const std::uint64_t> clusters,
                               std::span<const std::uint64_t> entities) {
  ClusterScores scores;
  scores.records = std::min(clusters.size(), entities.size());
  for (std::size_t i = 0; i < kSizeClasses; ++i) scores.by_size[i].name = kSizeRanges[i].name;
  std::array<double, kSizeClasses> agreement_by_size{};

  std::vector<Labels> labels(scores.records);
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = {clusters[i], entities[i]};
  std::sort(labels.begin(), labels.end());
  std::uint64_t tp = 0;
  double found_agreement = 0;
  ForEachGroup(labels, [&](const Group& cluster) {
    const std::uint64_t pairs = PairsOf(cluster.size);
    ++scores.clusters;
    scores.found_pairs += pairs;
    scores.largest_cluster = std::max(scores.largest_cluster, cluster.size);
    scores.merge_distance += cluster.cells - 1;  // splits
    tp += cluster.shared_pairs;
    found_agreement += cluster.agreement;
    const std::size_t index = SizeClassOf(cluster.size);
    SizeClass& size_class = scores.by_size[index];
    ++size_class.clusters;
    size_class.records += cluster.size;
    size_class.tp += cluster.shared_pairs;
    size_class.fp += pairs - cluster.shared_pairs;
    agreement_by_size[index] += cluster.agreement;
  });

  for (Labels& label : labels) std::swap(label.group, label.other);
  std::sort(labels.begin(), labels.end());
  double true_agreement = 0;
  ForEachGroup(labels, [&](const Group& entity) {
    ++scores.entities;
    scores.true_pairs += PairsOf(entity.size);
    scores.merge_distance += entity.cells - 1;  // merges
    true_agreement += entity.agreement;
  });

  const auto records = static_cast<double>(scores.records);
  scores.pairwise = PairScoresOf(tp, scores.found_pairs - tp, scores.true_pairs - tp);
  scores.bcubed = ScoresOf(Share(found_agreement, records), Share(true_agreement, records));
  for (std::size_t i = 0; i < kSizeClasses; ++i) {
    SizeClass& size_class = scores.by_size[i];
    size_class.precision = Share(static_cast<double>(size_class.tp),
                                 static_cast<double>(size_class.tp + size_class.fp));
    size_class.bcubed_precision =
        Share(agreement_by_size[i], static_cast<double>(size_class.records));
  }
  return scores;
}

PairScores EvaluateFlags(const std::vector<bool>& found, const std::vector<bool>& truth) {
  std::uint64_t tp = 0, fp = 0, fn = 0;
  for (std::size_t i = 0; i < std::min(found.size(), truth.size()); ++i) {
    tp += found[i] && truth[i];
    fp += found[i] && !truth[i];
    fn += !found[i] && truth[i];
  }
  return PairScoresOf(tp, fp, fn);
}

}  // namespace revenant

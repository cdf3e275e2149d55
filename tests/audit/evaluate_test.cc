#include "revenant/evaluate.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <queue>
#include <random>
#include <set>
#include <string_view>
#include <vector>

namespace revenant {
namespace {

using Labelling = std::vector<std::uint64_t>;
constexpr double kTiny = 1e-12;

// "aab" to labels.
Labelling Label(std::string_view letters) { return {letters.begin(), letters.end()}; }

// --- The naive twins.

PairScores NaivePairs(const Labelling& found, const Labelling& truth) {
  PairScores scores;
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const bool is_found = found[i] == found[j];
      const bool is_true = truth[i] == truth[j];
      scores.tp += is_found && is_true;
      scores.fp += is_found && !is_true;
      scores.fn += !is_found && is_true;
    }
  }
  return scores;
}

// Mean over records of the share of its group in `by` that is together with it in `other` too.
double NaiveBcubed(const Labelling& by, const Labelling& other) {
  double sum = 0;
  for (std::size_t i = 0; i < by.size(); ++i) {
    double size = 0, agreeing = 0;
    for (std::size_t j = 0; j < by.size(); ++j) {
      size += by[i] == by[j];
      agreeing += by[i] == by[j] && other[i] == other[j];
    }
    sum += agreeing / size;
  }
  return by.empty() ? 1 : sum / static_cast<double>(by.size());
}

// Labels renumbered in the order of first appearance: one name for each partition.
Labelling Canonical(const Labelling& labels) {
  std::map<std::uint64_t, std::uint64_t> number;
  Labelling out;
  for (const std::uint64_t label : labels)
    out.push_back(number.emplace(label, number.size()).first->second);
  return out;
}

// Fewest steps from `found` to `truth`, searched breadth first: a step splits a cluster in two, or
// merges two clusters of one entity (to merge others is not allowed: it would have to be undone).
std::uint64_t NaiveMergeDistance(const Labelling& found, const Labelling& truth) {
  const Labelling goal = Canonical(truth);
  std::map<Labelling, std::uint64_t> distance{{Canonical(found), 0}};
  std::queue<Labelling> queue({Canonical(found)});
  while (true) {
    const Labelling at = queue.front();
    queue.pop();
    const std::uint64_t steps = distance.at(at);
    if (at == goal) return steps;
    const auto visit = [&](const Labelling& next) {
      const Labelling name = Canonical(next);
      if (distance.emplace(name, steps + 1).second) queue.push(name);
    };
    for (std::uint64_t subset = 1; subset < (1u << at.size()); ++subset) {
      Labelling next = at;
      std::set<std::uint64_t> touched;
      for (std::size_t i = 0; i < at.size(); ++i) {
        if ((subset >> i & 1) == 0) continue;
        touched.insert(at[i]);
        next[i] = at.size();
      }
      if (touched.size() == 1) visit(next);
    }
    for (std::size_t i = 0; i < at.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (at[i] == at[j]) continue;
        std::set<std::uint64_t> entities;
        Labelling next = at;
        for (std::size_t k = 0; k < at.size(); ++k) {
          if (at[k] != at[i] && at[k] != at[j]) continue;
          entities.insert(truth[k]);
          next[k] = at[i];
        }
        if (entities.size() == 1) visit(next);
      }
    }
  }
}

Labelling RandomLabels(std::mt19937& random, std::size_t size, std::uint64_t groups) {
  Labelling labels(size);
  for (auto& label : labels)
    label = std::uniform_int_distribution<std::uint64_t>(1, groups)(random);
  return labels;
}

TEST_SUITE("evaluate") {
  // Manning, Raghavan, Schütze, Introduction to Information Retrieval (2008), section 16.3: 17
  // points of classes x, o, d in three clusters.
  TEST_CASE("PairwiseScoresOfTheTextbookExample") {
    const auto scores = EvaluateClusters(Label("11111122222233333"), Label("xxxxxoxoooodxxddd"));
    CHECK(scores.pairwise.tp == 20);
    CHECK(scores.pairwise.fp == 20);
    CHECK(scores.pairwise.fn == 24);
    CHECK(scores.found_pairs == 40);
    CHECK(scores.true_pairs == 44);
    CHECK(scores.pairwise.precision == doctest::Approx(0.5));
    CHECK(scores.pairwise.recall == doctest::Approx(0.4545).epsilon(0.001));
    CHECK(scores.pairwise.f1 == doctest::Approx(0.476).epsilon(0.001));
    CHECK(scores.largest_cluster == 6);
    CHECK(scores.clusters == 3);
    CHECK(scores.entities == 3);
  }

  // Bagga and Baldwin, Algorithms for Scoring Coreference Chains (1998): 12 mentions, and two
  // responses that pairs of links cannot tell apart.
  TEST_CASE("BcubedScoresOfTheExampleThatIntroducedThem") {
    const Labelling truth = Label("aaaaabbccccc");
    const auto first = EvaluateClusters(Label("111112222222"), truth);
    CHECK(first.bcubed.precision == doctest::Approx(0.762).epsilon(0.001));
    CHECK(first.bcubed.recall == doctest::Approx(1));
    const auto second = EvaluateClusters(Label("111112211111"), truth);
    CHECK(second.bcubed.precision == doctest::Approx(0.583).epsilon(0.001));
    CHECK(second.bcubed.recall == doctest::Approx(1));
    CHECK(first.merge_distance == 1);
    CHECK(second.merge_distance == 1);
  }

  TEST_CASE("MergeDistanceCountsSplitsThenMerges") {
    CHECK(EvaluateClusters(Label("1122"), Label("abab")).merge_distance == 4);
    CHECK(EvaluateClusters(Label("1234"), Label("aaaa")).merge_distance == 3);
    CHECK(EvaluateClusters(Label("1111"), Label("abcd")).merge_distance == 3);
    CHECK(EvaluateClusters(Label("1123"), Label("3312")).merge_distance == 0);
  }

  TEST_CASE("UndefinedSharesAreOne") {
    const auto nothing = EvaluateClusters({}, {});
    CHECK(nothing.pairwise.precision == 1);
    CHECK(nothing.pairwise.recall == 1);
    CHECK(nothing.pairwise.f1 == 1);
    CHECK(nothing.bcubed.f1 == 1);
    CHECK(nothing.largest_cluster == 0);
    // Nothing found though there was something: precise, and useless.
    const auto apart = EvaluateClusters(Label("123"), Label("aaa"));
    CHECK(apart.pairwise.precision == 1);
    CHECK(apart.pairwise.recall == 0);
    CHECK(apart.pairwise.f1 == 0);
    // Found though there was nothing.
    const auto welded = EvaluateClusters(Label("111"), Label("abc"));
    CHECK(welded.pairwise.precision == 0);
    CHECK(welded.pairwise.recall == 1);
    CHECK(welded.pairwise.f1 == 0);
  }

  TEST_CASE("SizesFallIntoTheirClasses") {
    Labelling clusters, entities;
    const std::size_t sizes[] = {1, 2, 3, 5, 6, 10, 11, 50, 51, 200};
    for (std::uint64_t label = 0; label < std::size(sizes); ++label) {
      // Of every cluster one record is somebody else's.
      for (std::size_t i = 0; i < sizes[label]; ++i) {
        clusters.push_back(label);
        entities.push_back(i == 0 ? 1000 + label : label);
      }
    }
    const auto scores = EvaluateClusters(clusters, entities);
    const std::uint64_t counts[] = {1, 1, 2, 2, 2, 2};
    const std::uint64_t records[] = {1, 2, 8, 16, 61, 251};
    for (std::size_t i = 0; i < kSizeClasses; ++i) {
      CAPTURE(scores.by_size[i].name);
      CHECK(scores.by_size[i].clusters == counts[i]);
      CHECK(scores.by_size[i].records == records[i]);
    }
    CHECK(scores.by_size[0].precision == 1);
    CHECK(scores.by_size[1].precision == 0);
    CHECK(scores.by_size[2].tp == 1 + 6);
    CHECK(scores.by_size[2].fp == 2 + 4);
    CHECK(scores.by_size[2].bcubed_precision ==
          doctest::Approx(((1 + 4) / 3.0 + (1 + 16) / 5.0) / 8));
    CHECK(scores.largest_cluster == 200);
  }

  TEST_CASE("ScoresAgreeWithTheNaiveTwin") {
    const std::uint32_t seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 400; ++round) {
      const std::size_t size = random() % 40;
      const Labelling found = RandomLabels(random, size, 1 + random() % 20);
      const Labelling truth = RandomLabels(random, size, 1 + random() % 20);
      const auto scores = EvaluateClusters(found, truth);
      const PairScores pairs = NaivePairs(found, truth);
      REQUIRE(scores.pairwise.tp == pairs.tp);
      REQUIRE(scores.pairwise.fp == pairs.fp);
      REQUIRE(scores.pairwise.fn == pairs.fn);
      REQUIRE(std::abs(scores.bcubed.precision - NaiveBcubed(found, truth)) < kTiny);
      REQUIRE(std::abs(scores.bcubed.recall - NaiveBcubed(truth, found)) < kTiny);
      REQUIRE(scores.found_pairs == pairs.tp + pairs.fp);
      REQUIRE(scores.true_pairs == pairs.tp + pairs.fn);
      std::uint64_t tp = 0, fp = 0, records = 0, clusters = 0;
      for (const SizeClass& size_class : scores.by_size) {
        tp += size_class.tp;
        fp += size_class.fp;
        records += size_class.records;
        clusters += size_class.clusters;
      }
      REQUIRE(tp == pairs.tp);
      REQUIRE(fp == pairs.fp);
      REQUIRE(records == size);
      REQUIRE(clusters == scores.clusters);
    }
  }

  TEST_CASE("MergeDistanceAgreesWithASearchForTheShortestWay") {
    const std::uint32_t seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 60; ++round) {
      const std::size_t size = 1 + random() % 5;
      const Labelling found = RandomLabels(random, size, 1 + random() % 4);
      const Labelling truth = RandomLabels(random, size, 1 + random() % 4);
      REQUIRE(EvaluateClusters(found, truth).merge_distance == NaiveMergeDistance(found, truth));
    }
  }

  TEST_CASE("FlagsAreScoredAsPairsAre") {
    const auto scores =
        EvaluateFlags({true, true, true, false, false}, {true, true, false, true, false});
    CHECK(scores.tp == 2);
    CHECK(scores.fp == 1);
    CHECK(scores.fn == 1);
    CHECK(scores.precision == doctest::Approx(2 / 3.0));
    CHECK(scores.recall == doctest::Approx(2 / 3.0));
    CHECK(scores.f1 == doctest::Approx(2 / 3.0));
    CHECK(EvaluateFlags({false}, {true}).precision == 1);
    CHECK(EvaluateFlags({true}, {false}).recall == 1);
  }
}

}  // namespace
}  // namespace revenant

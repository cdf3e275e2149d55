// As many ways as gates must be shut: counted by shutting every set of gates.

#include "linkage/unit_flow.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <random>
#include <utility>
#include <vector>

namespace revenant {
namespace {

using Edges = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

bool Reaches(const Edges& edges, std::uint32_t from, std::uint32_t to, std::uint32_t shut) {
  std::uint32_t reached = 1U << from;
  for (bool grows = true; grows;) {
    grows = false;
    for (const auto& [a, b] : edges) {
      const bool open = (reached >> a & 1) != 0 && (reached >> b & 1) == 0 && (shut >> b & 1) == 0;
      if (!open) continue;
      reached |= 1U << b;
      grows = true;
    }
  }
  return (reached >> to & 1) != 0;
}

TEST_CASE("AsManyWaysAsGatesMustBeShut") {
  constexpr std::uint32_t kGates = 9, kFrom = 0, kTo = 1;
  std::mt19937 random(1);
  UnitFlow flow;
  std::vector<int> seen(kGates, 0);
  for (unsigned round = 0; round < 400; ++round) {
    CAPTURE(round);
    Edges edges;
    for (std::uint32_t a = 0; a < kGates; ++a) {
      for (std::uint32_t b = 0; b < kGates; ++b) {
        const bool direct = a == kFrom && b == kTo;  // no gate between could part them
        if (a != b && !direct && random() % 100 < 10 + round % 30) edges.emplace_back(a, b);
      }
    }
    std::uint32_t fewest = kGates;
    for (std::uint32_t shut = 0; shut < 1U << kGates; ++shut) {
      if ((shut & 3) != 0) continue;  // the ends stay open
      if (!Reaches(edges, kFrom, kTo, shut)) {
        fewest = std::min<std::uint32_t>(fewest, static_cast<std::uint32_t>(std::popcount(shut)));
      }
    }
    flow.Start(kGates);
    for (const auto& [a, b] : edges) flow.AddEdge(a, b);
    const std::uint32_t ways = flow.Ways(kFrom, kTo, kGates);
    REQUIRE(ways == fewest);
    ++seen[ways];
    flow.Start(kGates);
    for (const auto& [a, b] : edges) flow.AddEdge(a, b);
    REQUIRE(flow.Ways(kFrom, kTo, 1) == std::min<std::uint32_t>(1, fewest));
  }
  for (std::size_t ways = 0; ways < 5; ++ways) CHECK(seen[ways] > 0);
}

}  // namespace
}  // namespace revenant

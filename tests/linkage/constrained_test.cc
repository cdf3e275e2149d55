// Parts of a component that "different people" divide (DESIGN.md section 5, rule 5).

#include "linkage/constrained.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <set>
#include <string_view>
#include <tuple>

namespace revenant {
namespace {

using Pairs = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
using Parts = std::vector<std::uint32_t>;

// Incidences are {seller, fingerprint, kind rank, first seen}.
struct PartsCase {
  std::string_view name;
  std::size_t sellers, fingerprints;
  std::vector<Incidence> incidences;
  Pairs forbidden;
  Parts parts;
};
const PartsCase kPartsCases[] = {
    {"nobody is held apart", 3, 2, {{0, 0}, {1, 0}, {1, 1}, {2, 1}}, {}, {0, 0, 0}},
    {"the two share one value", 2, 1, {{0, 0}, {1, 0}}, {{0, 1}}, {0, 1}},
    {"a finding about somebody elsewhere", 3, 1, {{0, 0}, {1, 0}}, {{0, 2}}, {0, 0, 2}},
    {"the stronger kind joins first",
     3,
     2,
     {{0, 0, 1}, {2, 0, 1}, {1, 1, 0}, {2, 1, 0}},
     {{0, 1}},
     {0, 1, 1}},
    {"then the earlier sighting",
     3,
     2,
     {{0, 0, 0, 5}, {2, 0, 0, 6}, {1, 1, 0, 1}, {2, 1, 0, 2}},
     {{0, 1}},
     {0, 1, 1}},
    {"unknown comes last",
     3,
     2,
     {{0, 0, 0, 5}, {2, 0, 0, INT64_MAX}, {1, 1, 0, 5}, {2, 1, 0, 7}},
     {{0, 1}},
     {0, 1, 1}},
    {"then the seller's name", 3, 2, {{0, 0}, {2, 0}, {1, 1}, {2, 1}}, {{0, 1}}, {0, 1, 0}},
    {"then who carries it, and since when",
     3,
     2,
     {{2, 0, 0, 3}, {0, 0, 0, 5}, {2, 1, 0, 3}, {1, 1, 0, 4}},
     {{0, 1}},
     {0, 1, 1}},
    {"a chain is cut where the pair would meet",
     4,
     3,
     {{0, 0, 0, 1}, {1, 0, 0, 2}, {1, 1, 0, 3}, {2, 1, 0, 4}, {2, 2, 0, 5}, {3, 2, 0, 6}},
     {{0, 3}},
     {0, 0, 0, 3}},
    {"two findings, three parts",
     3,
     2,
     {{0, 0, 0, 1}, {1, 0, 0, 2}, {1, 1, 0, 3}, {2, 1, 0, 4}},
     {{0, 1}, {1, 2}},
     {0, 1, 2}},
};

TEST_CASE("JoinsAreMadeInTheOrderOfRule5") {
  for (const PartsCase& row : kPartsCases) {
    CAPTURE(row.name);
    std::vector<Incidence> incidences = row.incidences;
    Pairs forbidden = row.forbidden;
    CHECK(ConstrainedParts(row.sellers, row.fingerprints, incidences, forbidden) == row.parts);
    std::reverse(incidences.begin(), incidences.end());  // what order they are given in is nothing
    for (auto& [a, b] : forbidden) std::swap(a, b);
    CHECK(ConstrainedParts(row.sellers, row.fingerprints, incidences, forbidden) == row.parts);
    for (Incidence& each : incidences) {  // nor are the fingerprints' numbers
      each.fingerprint = static_cast<std::uint32_t>(row.fingerprints) - 1 - each.fingerprint;
    }
    CHECK(ConstrainedParts(row.sellers, row.fingerprints, incidences, forbidden) == row.parts);
  }
}

// The rule word by word: after each join everything is flooded again.
Parts Naive(std::size_t sellers, std::size_t fingerprints, const std::vector<Incidence>& given,
            const Pairs& forbidden) {
  using Key = std::tuple<std::uint32_t, std::int64_t, std::uint32_t,
                         std::vector<std::pair<std::int64_t, std::uint32_t>>>;
  std::vector<std::pair<Key, Incidence>> order;
  for (const Incidence& each : given) {
    std::vector<std::pair<std::int64_t, std::uint32_t>> carriers;
    for (const Incidence& other : given) {
      if (other.fingerprint == each.fingerprint) {
        carriers.emplace_back(other.first_seen, other.seller);
      }
    }
    std::sort(carriers.begin(), carriers.end());
    order.push_back({{each.kind_rank, each.first_seen, each.seller, carriers}, each});
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Incidence> joined;
  const auto colours = [&] {
    std::vector<std::uint32_t> colour(sellers + fingerprints);
    std::iota(colour.begin(), colour.end(), 0U);
    for (bool changed = true; changed;) {
      changed = false;
      for (const Incidence& each : joined) {
        std::uint32_t& a = colour[each.seller];
        std::uint32_t& b = colour[sellers + each.fingerprint];
        changed = changed || a != b;
        a = b = std::min(a, b);
      }
    }
    return colour;
  };
  for (const auto& [key, each] : order) {
    joined.push_back(each);
    const std::vector<std::uint32_t> colour = colours();
    const bool meet = std::any_of(forbidden.begin(), forbidden.end(), [&](const auto& pair) {
      return colour[pair.first] == colour[pair.second];
    });
    if (meet) joined.pop_back();
  }
  std::vector<std::uint32_t> colour = colours();
  colour.resize(sellers);
  return colour;
}

TEST_CASE("PartsAreThoseOfTheRuleTakenWordByWord") {
  std::mt19937 random(23);
  int parted = 0;
  for (int round = 0; round < 4'000; ++round) {
    CAPTURE(round);
    const auto below = [&](std::size_t bound) {
      return static_cast<std::uint32_t>(random() % bound);
    };
    const std::size_t sellers = 2 + below(7), fingerprints = 1 + below(8);
    std::vector<Incidence> incidences;
    std::set<std::pair<std::uint32_t, std::uint32_t>> taken;
    for (std::uint32_t i = 2 + below(18); i > 0; --i) {
      const std::uint32_t seller = below(sellers), fingerprint = below(fingerprints);
      if (!taken.emplace(seller, fingerprint).second) continue;
      // A fingerprint is of one kind.
      incidences.push_back({seller, fingerprint, fingerprint % 2,
                            random() % 5 == 0 ? INT64_MAX : static_cast<std::int64_t>(below(4))});
    }
    Pairs forbidden;
    for (std::uint32_t i = 1 + below(3); i > 0; --i) {
      const std::uint32_t a = below(sellers), b = below(sellers);
      if (a != b) forbidden.emplace_back(a, b);
    }
    const Parts parts = ConstrainedParts(sellers, fingerprints, incidences, forbidden);
    REQUIRE(parts == Naive(sellers, fingerprints, incidences, forbidden));
    for (const auto& [a, b] : forbidden) REQUIRE(parts[a] != parts[b]);
    parted += parts != ConstrainedParts(sellers, fingerprints, incidences, {});
    // Fingerprints under another key are other numbers.
    std::vector<std::uint32_t> renamed(fingerprints);
    std::iota(renamed.begin(), renamed.end(), 0U);
    std::shuffle(renamed.begin(), renamed.end(), random);
    for (Incidence& each : incidences) each.fingerprint = renamed[each.fingerprint];
    std::shuffle(incidences.begin(), incidences.end(), random);
    REQUIRE(ConstrainedParts(sellers, fingerprints, incidences, forbidden) == parts);
  }
  CHECK(parted > 500);
}

}  // namespace
}  // namespace revenant

// Parts kept while joins come and go, beside parts computed from nothing (linkage/constrained.h):
// random worlds, and every history of a few changes in a world of three or four sellers.

#include "linkage/part_keeper.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "linkage/constrained.h"

namespace revenant {
namespace {

// When each seller was first seen with each identifier, and the pairs that must not meet.
struct Facts {
  int sellers = 0, identifiers = 0, kinds = 1;
  std::map<std::pair<int, int>, std::int64_t> seen;  // seller, identifier
  std::set<std::pair<int, int>> pairs;

  int KindOf(int identifier) const { return identifier % kinds; }
};

// One world as a graph: parts by seller, joins as they follow from the facts.
class TestGraph final : public PartedGraph {
 public:
  explicit TestGraph(const Facts& facts) : facts_(facts) {
    for (int kind = 0; kind < facts.kinds; ++kind) {
      ranks_.push_back(
          {(facts.kinds - kind / 2) * 1000, std::string(1, static_cast<char>('a' + kind))});
    }
    for (int seller = 0; seller < facts.sellers; ++seller) {
      names_.push_back({"p", std::to_string(1000 + seller)});
    }
    parts_.resize(static_cast<std::size_t>(facts.sellers));
    Recompute();
  }

  void Recompute() {
    const std::vector<std::uint32_t> parts = FromNothing();
    for (std::size_t i = 0; i < parts_.size(); ++i) parts_[i] = PartId{parts[i] + 1};
    next_part_ = facts_.sellers + 1;
  }

  std::vector<std::uint32_t> FromNothing() const {
    std::vector<Incidence> incidences;
    for (const auto& [place, first] : facts_.seen) {
      const auto [seller, identifier] = place;
      // Two kinds of one weight are distinguished by name, so the kind itself is the rank.
      incidences.push_back({static_cast<std::uint32_t>(seller),
                            static_cast<std::uint32_t>(identifier),
                            static_cast<std::uint32_t>(facts_.KindOf(identifier)), first});
    }
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
    for (const auto& [a, b] : facts_.pairs) pairs.emplace_back(a, b);
    return ConstrainedParts(static_cast<std::size_t>(facts_.sellers),
                            static_cast<std::size_t>(facts_.identifiers), incidences, pairs);
  }

  // The joins as the facts are now.
  std::vector<Join> AllJoins() const {
    std::vector<Join> joins;
    for (int identifier = 0; identifier < facts_.identifiers; ++identifier) {
      std::vector<std::pair<std::int64_t, int>> carriers;
      for (const auto& [place, first] : facts_.seen) {
        if (place.second == identifier) carriers.emplace_back(first, place.first);
      }
      std::sort(carriers.begin(), carriers.end());
      for (std::size_t i = 1; i < carriers.size(); ++i) {
        const auto& [first, seller] = carriers[i];
        joins.push_back({NodeId{static_cast<std::uint64_t>(seller) + 1},
                         NodeId{static_cast<std::uint64_t>(carriers[0].second) + 1},
                         {&ranks_[static_cast<std::size_t>(facts_.KindOf(identifier))], first,
                          &NameOf(seller), carriers[0].first, &NameOf(carriers[0].second)}});
      }
    }
    return joins;
  }

  // Call after the facts changed.
  void Refresh() { joins_.clear(); }

  Result<std::span<const Join>> JoinsOf(NodeId seller) override {
    if (joins_.empty()) {
      joins_.resize(static_cast<std::size_t>(facts_.sellers));
      for (const Join& join : AllJoins()) {
        joins_[Index(join.a)].push_back(join);
        joins_[Index(join.b)].push_back({join.b, join.a, join.key});
      }
      for (auto& list : joins_) {
        std::sort(list.begin(), list.end(),
                  [](const Join& a, const Join& b) { return Compare(a.key, b.key) < 0; });
      }
    }
    ++reads;
    return std::span<const Join>(joins_[Index(seller)]);
  }
  Result<PartId> PartOf(NodeId seller) override { return parts_[Index(seller)]; }
  Result<bool> InFinding(NodeId seller) override {
    const int number = static_cast<int>(Index(seller));
    return std::any_of(facts_.pairs.begin(), facts_.pairs.end(), [&](const auto& pair) {
      return pair.first == number || pair.second == number;
    });
  }
  Result<std::vector<std::pair<NodeId, NodeId>>> FindingsBetween(PartId a, PartId b) override {
    std::vector<std::pair<NodeId, NodeId>> findings;
    for (auto [first, second] : facts_.pairs) {
      if (parts_[static_cast<std::size_t>(first)] != a) std::swap(first, second);
      if (parts_[static_cast<std::size_t>(first)] == a &&
          parts_[static_cast<std::size_t>(second)] == b) {
        findings.emplace_back(NodeId{static_cast<std::uint64_t>(first) + 1},
                              NodeId{static_cast<std::uint64_t>(second) + 1});
      }
    }
    return findings;
  }
  Result<void> Merge(PartId a, PartId b) override {
    for (PartId& part : parts_) {
      if (part == b) part = a;
    }
    return {};
  }
  Result<void> Isolate(NodeId seller) override {
    parts_[Index(seller)] = PartId{static_cast<std::uint32_t>(next_part_++)};
    return {};
  }

  bool Right() const {
    const std::vector<std::uint32_t> wanted = FromNothing();
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if ((wanted[i] == wanted[j]) != (parts_[i] == parts_[j])) return false;
      }
    }
    return true;
  }
  bool SamePart(NodeId a, NodeId b) const { return parts_[Index(a)] == parts_[Index(b)]; }

  std::uint64_t reads = 0;

 private:
  static std::size_t Index(NodeId seller) { return static_cast<std::size_t>(seller) - 1; }
  const SellerName& NameOf(int seller) const { return names_[static_cast<std::size_t>(seller)]; }

  const Facts& facts_;
  std::deque<JoinRank> ranks_;
  std::deque<SellerName> names_;
  std::vector<PartId> parts_;
  std::vector<std::vector<Join>> joins_;
  int next_part_ = 0;
};

bool Same(const Join& a, const Join& b) {
  return a.a == b.a && a.b == b.b && Compare(a.key, b.key) == 0;
}
// What the first has more than the second.
std::vector<Join> Without(const std::vector<Join>& all, const std::vector<Join>& less) {
  std::vector<Join> left;
  for (const Join& join : all) {
    if (std::none_of(less.begin(), less.end(), [&](const Join& one) { return Same(join, one); })) {
      left.push_back(join);
    }
  }
  return left;
}

struct Tally {
  std::uint64_t updates = 0, anew = 0, wrong = 0;
};

// Carries the parts over a change of the facts; counts where they had to be computed from nothing.
template <typename Change>
void Carry(TestGraph& graph, const Change& change, Tally& tally) {
  const std::vector<Join> before = graph.AllJoins();
  change();
  graph.Refresh();
  const std::vector<Join> after = graph.AllJoins();
  std::vector<Join> lost = Without(before, after);
  std::erase_if(lost, [&](const Join& join) { return !graph.SamePart(join.a, join.b); });
  PartKeeper keeper(graph);
  const Result<bool> kept = keeper.Update(lost, Without(after, before));
  REQUIRE(kept);
  ++tally.updates;
  if (!*kept) {
    ++tally.anew;
    graph.Recompute();
  }
  tally.wrong += !graph.Right();
}

int Scale() {
  const char* factor = std::getenv("REVENANT_SEQUENCES");
  return factor == nullptr ? 1 : std::max(1, std::atoi(factor));
}

struct Shape {
  const char* name;
  int sellers, identifiers, kinds, times, pairs;
  bool late = false;     // additions come later than all that was there
  bool hostile = false;  // each change means to bring a pair together, or to let it go
};

// An attacker that wants the parts to be read again and again: sellers of both sides are joined by
// what comes before all else, and what held a side together goes.
void Attack(Facts& facts, const TestGraph& graph, std::mt19937_64& random) {
  const auto below = [&](std::size_t n) { return static_cast<int>(random() % n); };
  if (facts.pairs.empty()) return;
  const auto pair = *std::next(facts.pairs.begin(), below(facts.pairs.size()));
  const auto node = [](int seller) { return NodeId{static_cast<std::uint64_t>(seller) + 1}; };
  const auto any_of_part = [&](int seller) {
    std::vector<int> part;
    for (int other = 0; other < facts.sellers; ++other) {
      if (graph.SamePart(node(seller), node(other))) part.push_back(other);
    }
    return part[static_cast<std::size_t>(below(part.size()))];
  };
  const int a = any_of_part(pair.first), b = any_of_part(pair.second);
  switch (below(3)) {
    case 0: {  // of the strongest kind, and the earliest
      const int identifier =
          facts.kinds * below(static_cast<std::size_t>((facts.identifiers - 1) / facts.kinds + 1));
      facts.seen[{a, identifier}] = -below(3);
      facts.seen[{b, identifier}] = -below(3);
      break;
    }
    case 1:
      std::erase_if(facts.seen,
                    [&](const auto& entry) { return entry.first.first == a && below(2) == 0; });
      break;
    default:
      facts.seen[{b, below(static_cast<std::size_t>(facts.identifiers))}] = 100 + below(3);
  }
}

Tally RunShape(const Shape& shape, std::uint64_t seed, int worlds, int steps) {
  Tally tally;
  std::mt19937_64 random(seed);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  for (int world = 0; world < worlds; ++world) {
    Facts facts;
    facts.sellers = 2 + below(shape.sellers - 1);
    facts.identifiers = 1 + below(shape.identifiers);
    facts.kinds = 1 + below(shape.kinds);
    const int pairs = 1 + below(shape.pairs);
    for (int i = 0; i < pairs; ++i) {
      const int a = below(facts.sellers), b = below(facts.sellers);
      if (a != b) facts.pairs.insert(std::minmax(a, b));
    }
    TestGraph graph(facts);
    std::int64_t clock = shape.times;
    for (int step = 0; step < steps; ++step) {
      Carry(
          graph,
          [&] {
            if (shape.hostile && below(4) != 0) return Attack(facts, graph, random);
            const int changes = below(4) == 0 ? 3 : 1;
            // One event is about one seller, or one identifier (a hub that becomes one or none).
            const bool by_seller = below(3) != 0;
            const int seller = below(facts.sellers), identifier = below(facts.identifiers);
            const bool gone = below(3) == 0;
            for (int change = 0; change < changes; ++change) {
              const std::pair<int, int> place = {by_seller ? seller : below(facts.sellers),
                                                 by_seller ? below(facts.identifiers) : identifier};
              if (gone) {
                facts.seen.erase(place);
              } else if (shape.late) {
                facts.seen.emplace(place, ++clock);
              } else {
                facts.seen[place] = below(8) == 0 ? INT64_MAX : below(shape.times);
              }
            }
          },
          tally);
    }
  }
  return tally;
}

TEST_CASE("PartsKeptAreThoseComputedFromNothing") {
  constexpr Shape kShapes[] = {
      {"few, one finding", 5, 6, 2, 6, 1},
      {"few, many findings", 6, 8, 3, 6, 6},
      {"more, one finding", 12, 16, 4, 12, 1},
      {"more, some findings", 14, 20, 4, 20, 4},
      {"one moment", 7, 8, 2, 1, 2},
      {"late", 12, 16, 1, 1, 1, true},
      {"late, of several kinds", 12, 16, 4, 1, 2, true},
      {"long", 30, 40, 2, 60, 1, true},
      {"hostile", 10, 12, 3, 10, 1, false, true},
      {"hostile, some findings", 10, 12, 3, 10, 3, false, true},
  };
  for (const Shape& shape : kShapes) {
    CAPTURE(shape.name);
    const Tally tally = RunShape(shape, 7, 150 * Scale(), 40);
    MESSAGE(std::string(shape.name), ": ", tally.updates, " updates, ", tally.anew,
            " from nothing");
    CHECK(tally.wrong == 0);
    CHECK(tally.anew < tally.updates);
  }
}

// Every set of incidences in the order of a Gray code: each step adds or takes away one, at a time
// of its own that the order of steps knows nothing of.
TEST_CASE("PartsOfEverySmallWorldAreKept") {
  Tally tally;
  std::mt19937_64 random(11);
  struct Size {
    int sellers, identifiers, kinds, orders;
  };
  for (const Size& size : {Size{3, 3, 1, 12}, Size{3, 3, 3, 12}, Size{4, 2, 1, 6}, Size{4, 2, 2, 6},
                           Size{4, 3, 2, 1}}) {
    const int count = size.sellers * size.identifiers;
    std::vector<std::pair<int, int>> all_pairs;
    for (int a = 0; a < size.sellers; ++a) {
      for (int b = a + 1; b < size.sellers; ++b) all_pairs.emplace_back(a, b);
    }
    for (int order = 0; order < size.orders * Scale(); ++order) {
      std::vector<std::int64_t> times(static_cast<std::size_t>(count));
      for (std::size_t i = 0; i < times.size(); ++i) times[i] = static_cast<std::int64_t>(i) / 2;
      std::shuffle(times.begin(), times.end(), random);
      // Each set of findings; of four sellers each of one or two findings.
      for (std::uint32_t pairs = 1; pairs < 1U << all_pairs.size(); ++pairs) {
        if (size.sellers > 3 && std::popcount(pairs) > 2) continue;
        Facts facts;
        facts.sellers = size.sellers;
        facts.identifiers = size.identifiers;
        facts.kinds = size.kinds;
        for (std::size_t i = 0; i < all_pairs.size(); ++i) {
          if ((pairs >> i) & 1) facts.pairs.insert(all_pairs[i]);
        }
        TestGraph graph(facts);
        for (std::uint32_t set = 1; set < 1U << count; ++set) {
          const int edge = std::countr_zero(set);
          const std::pair<int, int> place = {edge / size.identifiers, edge % size.identifiers};
          Carry(
              graph,
              [&] {
                if (facts.seen.erase(place) > 0) return;
                facts.seen.emplace(place, times[static_cast<std::size_t>(edge)]);
              },
              tally);
        }
      }
    }
  }
  MESSAGE(tally.updates, " updates, ", tally.anew, " from nothing");
  CHECK(tally.wrong == 0);
}

// A long chain whose ends are different people: what happens at the rim reads the rim.
TEST_CASE("WhatHappensAtTheRimOfAPartReadsTheRim") {
  const auto reads_for = [](int sellers) {
    Facts facts;
    facts.sellers = sellers + 2;
    facts.identifiers = sellers + 3;
    for (int i = 0; i + 1 < sellers; ++i) {
      facts.seen[{i, i}] = i;
      facts.seen[{i + 1, i}] = i;
    }
    facts.pairs.insert({0, sellers - 1});
    TestGraph graph(facts);
    const auto reads = [&](const auto& change) {
      const std::uint64_t before = graph.reads;
      Tally tally;
      Carry(graph, change, tally);
      CHECK(tally.wrong == 0);
      CHECK(tally.anew == 0);
      return graph.reads - before;
    };
    std::vector<std::uint64_t> all;
    // A newcomer at one end, at a time after and before all others; then it leaves again.
    for (const std::int64_t when : {std::int64_t{1000000}, std::int64_t{-5}}) {
      all.push_back(reads([&] {
        facts.seen[{0, sellers}] = 0;
        facts.seen[{sellers, sellers}] = when;
      }));
      all.push_back(reads([&] { facts.seen.erase({sellers, sellers}); }));
    }
    // One beside the pair at both ends: its second join is refused.
    all.push_back(reads([&] {
      facts.seen[{0, sellers + 1}] = 0;
      facts.seen[{sellers - 1, sellers + 2}] = 0;
      facts.seen[{sellers + 1, sellers + 1}] = 2000000;
      facts.seen[{sellers + 1, sellers + 2}] = 2000000;
    }));
    all.push_back(reads([&] { facts.seen.erase({sellers + 1, sellers + 1}); }));
    // In the middle of the chain, earlier than both who share the identifier: a new centre.
    const int middle = sellers / 2;
    all.push_back(reads([&] { facts.seen[{sellers, middle}] = -7; }));
    all.push_back(reads([&] { facts.seen[{sellers, middle}] = 3000000; }));
    return all;
  };
  const std::vector<std::uint64_t> few = reads_for(20), many = reads_for(200);
  CHECK(few == many);
  for (const std::uint64_t count : many) CHECK(count < 24);
}

}  // namespace
}  // namespace revenant

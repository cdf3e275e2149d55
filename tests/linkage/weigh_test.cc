// What two sellers share and what it weighs (DESIGN.md section 5, rules 7, 8, 10, 11).

#include "linkage/weigh.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "linkage/fading.h"
#include "linkage/vector_graph.h"

namespace revenant {
namespace {

// Fading by half a year; kept apart from the others, since most rows are not about time.
LinkPolicy Fading(std::uint32_t rules = 2) {
  LinkPolicy policy = With("strong", [](KindPolicy& kind) { kind.half_life_days = 180; });
  policy.rules = rules;
  return policy;
}
LinkPolicy Quarter() {
  LinkPolicy policy = TestPolicy();
  policy.family_share_permille = 250;
  return policy;
}
LinkPolicy SmallHubs() {
  return With("strong", [](KindPolicy& kind) { kind.fanout_limit = 3; });
}

struct WeighCase {
  std::string_view name;
  const char *from, *to;
  MilliBits weight, blame;
  const char* order;  // kinds of what is shared, as it is shown
  LinkPolicy (*policy)() = [] { return TestPolicy(); };
};
const WeighCase kWeighCases[] = {
    {"one identifier counts in full", "strong=1@5", "strong=1@3", 20'000, 20'000, "strong"},
    {"of nothing shared comes nothing", "strong=1@5", "strong=2@3", 0, 0, ""},
    {"one value under two kinds is not shared", "weak=1@5", "other=1@3", 0, 0, ""},
    {"what only supports makes no hop", "side=1@5", "side=1@3", 0, 0, ""},
    {"what supports adds to a hop", "side=1@5 weak=2@5", "side=1@3 weak=2@3", 20'000, 20'000,
     "weak side"},
    {"what makes a hop is shown first, the stronger before the weaker",
     "side=1@5 weak=2@5 strong=3@5", "side=1@3 weak=2@3 strong=3@3", 40'000, 40'000,
     "strong weak side"},
    {"of equal weight the kind that comes first by name", "weak=1@5 other=2@5",
     "weak=1@3 other=2@3", 28'000, 28'000, "other weak"},

    {"of one root only the strongest counts", "strong=1@5~r weak=2@5~r", "strong=1@3~r weak=2@3~r",
     20'000, 20'000, "strong weak"},
    {"one root on one side is enough", "strong=1@5~r weak=2@5~r", "strong=1@3 weak=2@3", 20'000,
     20'000, "strong weak"},
    {"and on the other", "strong=1@5 weak=2@5", "strong=1@3~r weak=2@3~r", 20'000, 20'000,
     "strong weak"},
    {"roots chain over the two sides", "strong=1@5~r weak=2@5~r other=3@5",
     "strong=1@3 weak=2@3~s other=3@3~s", 20'000, 20'000, "strong other weak"},
    {"roots that differ are two proofs", "strong=1@5~r weak=2@5~s", "strong=1@3~r weak=2@3~s",
     34'000, 34'000, "strong weak"},

    {"in a family the second counts in part", "strong=1@5 weak=2@5", "strong=1@3 weak=2@3",
     20'000 + 3'500, 20'000 + 3'500, "strong weak", Quarter},
    {"each of the others in part", "strong=1@5 weak=2@5 other=3@5", "strong=1@3 weak=2@3 other=3@3",
     20'000 + 2 * 3'500, 20'000 + 2 * 3'500, "strong other weak", Quarter},
    {"two families count in full each", "strong=1@5 phone=2@5", "strong=1@3 phone=2@3", 34'000,
     34'000, "strong phone", Quarter},
    {"a proof is of the family of its strongest", "strong=1@5~r phone=2@5~r mail=3@5",
     "strong=1@3~r phone=2@3~r mail=3@3", 34'000, 34'000, "strong mail phone", Quarter},
    {"blame counts the family without what blames nobody", "strong=1@2 weak=2@5",
     "strong=1@3 weak=2@3", 23'500, 14'000, "strong weak", Quarter},

    {"the earlier holder is not blamed", "strong=1@3", "strong=1@5", 20'000, 0, "strong"},
    {"nor who came with it on the same day", "strong=1@5", "strong=1@5", 20'000, 0, "strong"},
    {"nor whose time is unknown", "strong=1", "strong=1@3", 20'000, 0, "strong"},
    {"nor who met an unknown time", "strong=1@5", "strong=1", 20'000, 0, "strong"},
    {"what was carried later is blamed alone", "strong=1@5 weak=2@1", "strong=1@3 weak=2@3", 34'000,
     20'000, "strong weak"},
    {"what only supports blames nobody by itself", "side=1@5 weak=2@1", "side=1@3 weak=2@3", 20'000,
     0, "weak side"},

    {"a hub makes no hop", "strong=hub@5", "strong=hub@3", 0, 0, "", SmallHubs},
    {"a hub adds to a hop, less by log2 of its carriers", "strong=hub@5 weak=2@5",
     "strong=hub@3 weak=2@3", 14'000 + 20'000 - 3'000, 14'000 + 20'000 - 3'000, "weak strong",
     SmallHubs},

    {"nothing fades while the earlier is open", "strong=1@900", "strong=1@3", 20'000, 20'000,
     "strong", [] { return Fading(); }},
    {"a bit a half-life from the ban on", "strong=1@189", "strong=1@3 ban@9", 19'000, 19'000,
     "strong", [] { return Fading(); }},
    {"not from when it was last seen", "strong=1@369", "strong=1@3-100 ban@9", 18'000, 18'000,
     "strong", [] { return Fading(); }},
    {"a later ban leaves no gap", "strong=1@189", "strong=1@3 ban@200", 20'000, 20'000, "strong",
     [] { return Fading(); }},
    {"an unknown time leaves no gap", "strong=1", "strong=1@3 ban@9", 20'000, 0, "strong",
     [] { return Fading(); }},
    {"the later account's ban leaves no gap", "strong=1@400", "strong=1@500 ban@900", 20'000, 0,
     "strong", [] { return Fading(); }},
    {"the gap is the same seen from the earlier", "strong=1@3 ban@9", "strong=1@189", 19'000, 0,
     "strong", [] { return Fading(); }},
    {"nothing falls below 0", "strong=1@90000", "strong=1@3 ban@9", 0, 0, "strong",
     [] { return Fading(); }},
    {"under the rules of before it halved", "strong=1@189", "strong=1@3 ban@9", 10'000, 10'000,
     "strong", [] { return Fading(1); }},
    {"and from when it was last seen", "strong=1@280", "strong=1@3-100 ban@9", 10'000, 10'000,
     "strong", [] { return Fading(1); }},
};

// Seven more carry the hub, so that it has eight carriers: 3 bits.
void AddCrowd(VectorGraph& graph) {
  for (const char* name : {"x1", "x2", "x3", "x4", "x5", "x6"}) graph.Add(name, "strong=hub@1");
}

std::string OrderOf(const Hop& hop) {
  std::string order;
  for (const SharedIdentifier& shared : hop.shared) {
    for (const ShortKind& kind : kKinds) {
      if (kind.kind == shared.kind) order += (order.empty() ? "" : " ") + std::string(kind.word);
    }
  }
  return order;
}

TEST_CASE("WeighingSumsWhatIsSharedByRules7And11") {
  for (const WeighCase& row : kWeighCases) {
    for (const std::uint64_t key : {1, 2, 3, 4}) {  // the order of fingerprints changes nothing
      CAPTURE(row.name);
      CAPTURE(key);
      VectorGraph graph(row.policy(), key);
      AddCrowd(graph);
      graph.Add("from", row.from);
      graph.Add("to", row.to);
      const Result<Hop> hop =
          WeighHop(graph["from"], graph["to"], graph.policy(), graph.Facts(), {});
      REQUIRE(hop);
      CHECK(hop->weight == row.weight);
      CHECK(hop->blame_weight == row.blame);
      CHECK(OrderOf(*hop) == row.order);
    }
  }
}

TEST_CASE("AnApplicationIsLaterThanWhateverIsHeld") {
  VectorGraph graph;
  graph.Add("a", "strong=1@5");
  const GraphSeller applicant = graph.Applicant("strong=1");  // with any time, or none
  const Result<Hop> hop = WeighHop(applicant, graph["a"], graph.policy(), graph.Facts(), {});
  REQUIRE(hop);
  CHECK(hop->blame_weight == 20'000);
}

TEST_CASE("WhatIsContestedWeighsAndBlamesNobody") {
  VectorGraph graph;
  graph.Add("a", "strong=1@5 weak=2@5");
  graph.Add("b", "strong=1@3 weak=2@3");
  const Result<Hop> hop = WeighHop(graph["a"], graph["b"], graph.policy(), graph.Facts(),
                                   {graph.PrintOf("strong", "1")});
  REQUIRE(hop);
  CHECK(hop->weight == 34'000);
  CHECK(hop->blame_weight == 14'000);
}

TEST_CASE("AHopStandsAloneOnOneIdentifierThatBlocks") {
  struct Case {
    std::string_view name;
    const char *from, *to;
    bool stands;
  };
  constexpr Case kCases[] = {
      {"strong enough to block", "strong=1@5", "strong=1@3", true},
      {"a sum of weak ones is not one", "weak=1@5 other=2@5", "weak=1@3 other=2@3", false},
      {"the strong one was held first", "strong=1@1 weak=2@5", "strong=1@3 weak=2@3", false},
  };
  for (const Case& row : kCases) {
    CAPTURE(row.name);
    VectorGraph graph;
    graph.Add("from", row.from);
    graph.Add("to", row.to);
    WeighedHop hop;
    REQUIRE(Weigh(graph["from"], graph["to"], graph.policy(), graph.Facts(), {}, hop));
    CHECK(hop.stands == row.stands);
    CHECK(StandsAlone(DescribeHop(graph["from"], graph["to"], hop), graph.policy()) == row.stands);
  }
}

TEST_CASE("DocumentsDifferWhenBothAreVerifiedAndNoneIsShared") {
  struct Case {
    std::string_view name;
    const char *a, *b;
    bool differ;
  };
  constexpr Case kCases[] = {
      {"two verified numbers", "card=1!", "card=2!", true},
      {"the same number", "card=1!", "card=1!", false},
      {"one of them only typed", "card=1!", "card=2", false},
      {"both only typed", "card=1", "card=2", false},
      {"one shared number of several", "card=1! card=2!", "card=2! card=3!", false},
      {"a typed one shared is no verified one shared", "card=1! card=2", "card=2! card=3!", true},
      {"what one person may have several of", "iban=1!", "iban=2!", false},
      {"nothing to compare with", "card=1!", "strong=1!", false},
  };
  for (const Case& row : kCases) {
    CAPTURE(row.name);
    VectorGraph graph;
    graph.Add("a", row.a);
    graph.Add("b", row.b);
    CHECK(DocumentsDiffer(graph["a"], graph["b"]) == row.differ);
    CHECK(DocumentsDiffer(graph["b"], graph["a"]) == row.differ);
  }
}

// Rule 7 again, said in doubles over sets: proofs by flooding, the best of each, families.
struct Item {
  int kind = 0, root_from = 0, root_to = 0;
};
constexpr const char* kItemKinds[] = {"strong", "weak", "other", "side", "phone", "mail", "imei"};
constexpr double kItemBits[] = {20, 14, 14, 6, 14, 14, 14};
constexpr int kItemFamily[] = {0, 0, 0, 0, 1, 1, 2};

double NaiveSum(const std::vector<Item>& items, double share) {
  std::vector<std::size_t> proof(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) proof[i] = i;
  for (std::size_t round = 0; round < items.size(); ++round) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      for (std::size_t j = 0; j < items.size(); ++j) {
        const bool same =
            items[i].root_from == items[j].root_from || items[i].root_to == items[j].root_to;
        if (same) proof[i] = proof[j] = std::min(proof[i], proof[j]);
      }
    }
  }
  std::map<std::size_t, std::size_t> best;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto found = best.emplace(proof[i], i).first;
    const auto rank = [&](std::size_t one) {  // of equals the kind that comes first by name
      return std::pair(-kItemBits[items[one].kind], KindOfWord(kItemKinds[items[one].kind]));
    };
    if (rank(i) < rank(found->second)) found->second = i;
  }
  std::map<int, std::vector<double>> families;
  for (const auto& [number, i] : best) {
    families[kItemFamily[items[i].kind]].push_back(kItemBits[items[i].kind]);
  }
  double sum = 0;
  for (auto& [family, bits] : families) {
    std::sort(bits.rbegin(), bits.rend());
    sum += bits.front();
    for (std::size_t i = 1; i < bits.size(); ++i) sum += bits[i] * share;
  }
  return sum;
}

TEST_CASE("AHopWeighsWhatTheRuleSaysOfRandomSharedIdentifiers") {
  std::mt19937 random(3);
  int hops = 0;
  for (int round = 0; round < 3'000; ++round) {
    CAPTURE(round);
    LinkPolicy policy = TestPolicy();
    policy.family_share_permille = random() % 2 == 0 ? 250 : 1000;
    std::vector<Item> items(1 + random() % 6);
    std::string from, to;
    bool links = false;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const auto root = [&] { return static_cast<int>(random() % 3 == 0 ? random() % 3 : 10 + i); };
      items[i] = {static_cast<int>(random() % std::size(kItemKinds)), root(), root()};
      links = links || items[i].kind != 3;
      const std::string held = std::string(kItemKinds[items[i].kind]) + "=" + std::to_string(i);
      from += held + "@5~f" + std::to_string(items[i].root_from) + " ";
      to += held + "@3~t" + std::to_string(items[i].root_to) + " ";
    }
    VectorGraph graph(policy, static_cast<std::uint64_t>(round) + 1);
    graph.Add("from", from);
    graph.Add("to", to);
    const Result<Hop> hop = WeighHop(graph["from"], graph["to"], policy, graph.Facts(), {});
    REQUIRE(hop);
    const double expected = links ? NaiveSum(items, policy.family_share_permille / 1000.0) : 0;
    CHECK(hop->weight == std::llround(expected * 1000));
    CHECK(hop->blame_weight == hop->weight);
    hops += links;
  }
  CHECK(hops > 2'000);
}

}  // namespace
}  // namespace revenant

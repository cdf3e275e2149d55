// The strongest paths (DESIGN.md section 5, rules 8 and 11): tables of small worlds, and random
// ones whose paths are all tried.

#include <doctest/doctest.h>

#include <limits>
#include <random>

#include "linkage/vector_graph.h"

namespace revenant {
namespace {

LinkPolicy Hops(std::uint32_t max_hops, MilliBits discount = 2'000) {
  LinkPolicy policy = TestPolicy();
  policy.max_hops = max_hops;
  policy.hop_discount = discount;
  return policy;
}

struct PathCase {
  std::string_view name;
  std::vector<std::pair<const char*, const char*>> sellers;
  const char *asks, *way;  // the path that is shown; empty: no link
  MilliBits strength = 0;
  std::vector<std::string> runners_up = {};
  LinkPolicy (*policy)() = [] { return TestPolicy(); };
};
const PathCase kPathCases[] = {
    {"straight", {{"a", "strong=1@1 ban@9"}}, "strong=1", "new a", 20'000},
    {"a chain is its weakest hop less the discount",
     {{"a", "weak=1@1 ban@9"}, {"b", "weak=1@2 strong=2@2"}},
     "strong=2",
     "new b a",
     14'000 - 2'000},
    {"a discount for each hop after the first",
     {{"a", "strong=1@1 ban@9"}, {"b", "strong=1@2 strong=2@2"}, {"c", "strong=2@3 strong=3@3"}},
     "strong=3",
     "new c b a",
     20'000 - 2 * 2'000},
    {"a longer way must be worth its discount",
     {{"a", "strong=1@1 other=9@1 ban@9"}, {"b", "strong=1@2 strong=2@2"}},
     "strong=2 other=9",
     "new b a",
     18'000,
     {"new a"}},
    {"of equal strength the fewer hops",
     {{"a", "weak=1@1 strong=3@1 ban@9"}, {"b", "strong=3@2 strong=2@2"}},
     "weak=1 side=7 strong=2",
     "new a",
     14'000,
     {"new b a"},
     [] { return Hops(4, 6'000); }},
    {"of equal length the first by name",
     {{"a", "strong=1@1 strong=2@1 ban@9"},
      {"c", "strong=1@2 strong=3@2"},
      {"b", "strong=2@2 strong=4@2"}},
     "strong=3 strong=4",
     "new b a",
     18'000,
     {"new c a"}},
    {"of a longer way whoever is nearer to the ban, by name",
     {{"a", "strong=1@1 ban@9"},
      {"z", "strong=1@2 strong=2@2"},
      {"y", "strong=1@2 strong=3@2"},
      {"c", "strong=2@3 strong=4@3"},
      {"d", "strong=3@3 strong=4@3"}},
     "strong=4",
     "new d y a",
     16'000,
     {"new c z a"}},
    {"no longer than max_hops",
     {{"a", "strong=1@1 ban@9"}, {"b", "strong=1@2 strong=2@2"}},
     "strong=2",
     "",
     0,
     {},
     [] { return Hops(1); }},
    {"as long as max_hops",
     {{"a", "strong=1@1 ban@9"}, {"b", "strong=1@2 strong=2@2"}},
     "strong=2",
     "new b a",
     18'000,
     {},
     [] { return Hops(2); }},
    {"not over what only supports", {{"a", "side=1@1 ban@9"}}, "side=1", ""},
    {"what may be blamed is shown before what is stronger and may not",
     {{"a", "strong=1@5 strong=3@1 iban=4@1 ban@9"},
      {"b", "strong=3@9 strong=2@9"},
      {"c", "strong=1@2 iban=4@9 strong=6@2"}},
     "strong=6 strong=2",
     "new b a",
     18'000,
     {"new c a"}},
    {"where each hop stands alone before a stronger sum of weak ones",
     {{"a", "strong=1@1 ban@9"},
      {"m", "strong=1@2 strong=2@2 weak=3@2 other=4@2"},
      {"s", "strong=2@3 strong=6@3"}},
     "strong=6 weak=3 other=4",
     "new s m a",
     20'000 - 2 * 500,
     {"new m a"},
     [] { return Hops(4, 500); }},
};

TEST_CASE("TheStrongestPathIsShown") {
  for (const PathCase& row : kPathCases) {
    for (const std::uint64_t key : {1, 2, 3, 4}) {
      CAPTURE(row.name);
      CAPTURE(key);
      VectorGraph graph(row.policy(), key);
      for (const auto& [name, words] : row.sellers) graph.Add(name, words);
      const GraphSeller applicant = graph.Applicant(row.asks);
      const std::vector<Link> links = graph.LinksOf(applicant);
      if (row.way == std::string_view()) {
        CHECK(links.empty());
        continue;
      }
      REQUIRE(!links.empty());
      const Link& link = links.front();
      CHECK(WayOf(link.path) == row.way);
      CHECK(link.strength == row.strength);
      std::vector<std::string> others;
      for (const std::vector<Hop>& path : link.runners_up) others.push_back(WayOf(path));
      if (others.size() > row.runners_up.size()) others.resize(row.runners_up.size());
      CHECK(others == row.runners_up);
    }
  }
}

TEST_CASE("LinksComeStrongestFirstOurOwnBeforeOthersAndByName") {
  VectorGraph graph;
  graph.Add("d", "weak=1@1 ban@9");
  graph.Add("c", "strong=2@1 ban@9");
  graph.Add("b", "weak=1@1 ban@9");
  graph.Add("exchange/m:1", "strong=2@1 strong=3@1 ban@9");
  graph.Add("a", "weak=4@1");  // no ban: no link
  const GraphSeller applicant = graph.Applicant("weak=1 strong=2 strong=3 weak=4");
  std::string order;
  for (const Link& link : graph.LinksOf(applicant)) order += link.seller.external_id + ' ';
  CHECK(order == "c b d 1 ");
}

TEST_CASE("APathLeadsOnThroughABannedSeller") {
  VectorGraph graph;
  graph.Add("z", "strong=1@1 strong=2@1 ban@9");
  graph.Add("a", "strong=2@1 ban@9");
  const GraphSeller applicant = graph.Applicant("strong=1");
  const std::vector<Link> links = graph.LinksOf(applicant);
  REQUIRE(links.size() == 2);
  CHECK(WayOf(links[0].path) == "new z");
  CHECK(WayOf(links[1].path) == "new z a");
}

TEST_CASE("TwoSellersAreExplainedWhetherBannedOrNot") {
  VectorGraph graph;
  graph.Add("a", "strong=1@1");
  graph.Add("b", "strong=1@2 strong=2@2");
  graph.Add("c", "strong=2@3");
  graph.Add("far", "strong=7@3");
  const std::optional<Link> link = graph.Between("c", "a");
  REQUIRE(link.has_value());
  CHECK(WayOf(link->path) == "c b a");
  CHECK(link->strength == 18'000);
  CHECK(link->blame_strength == 18'000);
  CHECK(graph.Between("a", "c")->blame_strength == 0);  // rule 11: it was earlier
  CHECK_FALSE(graph.Between("a", "far").has_value());
}

// --- Random worlds, all paths tried

// What no search is needed for: the hop between two as the rules say it, kin included.
class AllPaths {
 public:
  AllPaths(VectorGraph& graph, const GraphSeller& origin, std::vector<const GraphSeller*> sellers)
      : graph_(graph), nodes_(std::move(sellers)) {
    nodes_.insert(nodes_.begin(), &origin);
    hops_.resize(nodes_.size(), std::vector<WeighedHop>(nodes_.size()));
    for (std::size_t from = 0; from < nodes_.size(); ++from) {
      for (std::size_t to = 1; to < nodes_.size(); ++to) {
        if (from != to) Weigh(from, to);
      }
    }
  }

  struct Best {
    MilliBits all = kNone, blaming = kNone, standing = kNone;
  };
  Best To(const GraphSeller& target) {
    best_ = {};
    way_ = {0};
    Go(target, kEndless, kEndless, kEndless);
    return best_;
  }
  static constexpr MilliBits kNone = std::numeric_limits<MilliBits>::min();

 private:
  static constexpr MilliBits kEndless = std::numeric_limits<MilliBits>::max();

  bool JoinsAt(const Fingerprint& fingerprint) {
    const auto state = graph_.At(fingerprint, kNoNode);
    return *state && (*state)->joins;
  }

  void Weigh(std::size_t from, std::size_t to) {
    const GraphSeller &a = *nodes_[from], &b = *nodes_[to];
    std::vector<Fingerprint> spared;
    for (const Held& held : a.held) {
      const Held* theirs = FindHeld(b, held.fingerprint);
      if (theirs != nullptr && HasKin(a, held, b, *theirs)) spared.push_back(held.fingerprint);
    }
    REQUIRE(revenant::Weigh(a, b, graph_.policy(), graph_.Facts(), spared, hops_[from][to]));
  }
  bool HasKin(const GraphSeller& a, const Held& held, const GraphSeller& b, const Held& theirs) {
    if (!JoinsAt(held.fingerprint) || !theirs.first.known()) return false;
    if (!held.fresh && (!held.first.known() || held.first <= theirs.first)) return false;
    return std::any_of(nodes_.begin() + 1, nodes_.end(), [&](const GraphSeller* kin) {
      if (kin == &a || kin == &b || !kin->passable || kin->banned) return false;
      const Held* same = FindHeld(*kin, held.fingerprint);
      if (same == nullptr || !same->first.known() || same->first >= theirs.first) return false;
      return std::any_of(kin->held.begin(), kin->held.end(), [&](const Held& further) {
        return FindHeld(a, further.fingerprint) != nullptr &&
               FindHeld(b, further.fingerprint) == nullptr && JoinsAt(further.fingerprint);
      });
    });
  }

  void Go(const GraphSeller& target, MilliBits all, MilliBits blaming, MilliBits standing) {
    const GraphSeller& here = *nodes_[way_.back()];
    const std::size_t hops = way_.size() - 1;
    if (hops > 0 && &here == &target) {
      const MilliBits discount = graph_.policy().hop_discount * static_cast<MilliBits>(hops - 1);
      const auto keep = [&](MilliBits& best, MilliBits weight) {
        if (weight != kNone) best = std::max(best, weight - discount);
      };
      keep(best_.all, all);
      keep(best_.blaming, blaming);
      keep(best_.standing, standing);
    }
    if (hops == graph_.policy().max_hops || (hops > 0 && !here.passable)) return;
    for (std::size_t to = 1; to < nodes_.size(); ++to) {
      const WeighedHop& hop = hops_[way_.back()][to];
      const bool met = std::find(way_.begin(), way_.end(), to) != way_.end();
      if (met || hop.shared.empty()) continue;
      const bool blames = blaming != kNone && hop.blame_weight > 0;
      way_.push_back(to);
      Go(target, std::min(all, hop.weight), blames ? std::min(blaming, hop.blame_weight) : kNone,
         standing != kNone && blames && hop.stands ? std::min(standing, hop.blame_weight) : kNone);
      way_.pop_back();
    }
  }

  VectorGraph& graph_;
  std::vector<const GraphSeller*> nodes_;  // the origin first
  std::vector<std::vector<WeighedHop>> hops_;
  std::vector<std::size_t> way_;
  Best best_;
};

std::string RandomWords(std::mt19937& random, bool dated) {
  std::string words;
  std::set<std::string> held;
  for (std::size_t i = 1 + random() % 4; i > 0; --i) {
    const std::size_t n = random() % 9;
    const char* kind = n < 3 ? "strong=" : n < 6 ? "weak=" : n < 8 ? "other=" : "side=";
    const std::string value = kind + std::to_string(n);
    if (!held.insert(value).second) continue;
    words += value;
    if (dated && random() % 6 != 0) words += "@" + std::to_string(random() % 8);
    words += ' ';
  }
  return words;
}

TEST_CASE("NoPathIsStrongerThanTheOneFound") {
  std::mt19937 random(11);
  int links_seen = 0, blocking = 0, long_ones = 0;
  for (int round = 0; round < 1'500; ++round) {
    CAPTURE(round);
    LinkPolicy policy = With("weak", [&](KindPolicy& kind) { kind.fanout_limit = 3; });
    policy.max_hops = 1 + random() % 4;
    policy.hop_discount = random() % 2 == 0 ? 2'000 : 500;
    VectorGraph graph(policy, static_cast<std::uint64_t>(round) + 1);
    const char* const kNames[] = {"a", "b", "c", "d", "e", "f"};
    for (const char* name : kNames) {
      std::string words = RandomWords(random, true);
      if (random() % 4 == 0) words += " leaf";
      if (random() % 3 == 0) words += " ban@" + std::to_string(random() % 9);
      graph.Add(name, words);
    }
    const GraphSeller applicant = graph.Applicant(RandomWords(random, false));
    std::vector<const GraphSeller*> sellers;
    for (const char* name : kNames) sellers.push_back(&graph[name]);
    AllPaths paths(graph, applicant, sellers);
    const std::vector<Link> links = graph.LinksOf(applicant);
    std::size_t reached = 0;
    for (const GraphSeller* seller : sellers) {
      if (!seller->banned) continue;
      CAPTURE(seller->name.external_id);
      const AllPaths::Best best = paths.To(*seller);
      const auto link = std::find_if(links.begin(), links.end(),
                                     [&](const Link& one) { return one.seller == seller->name; });
      REQUIRE((link != links.end()) == (best.all != AllPaths::kNone));
      if (link == links.end()) continue;
      ++reached;
      const auto blocks = [&](MilliBits strength) {
        return strength != AllPaths::kNone && policy.prior + strength >= policy.block;
      };
      const MilliBits blame = blocks(best.standing) ? best.standing : best.blaming;
      CHECK(link->blame_strength == std::max<MilliBits>(0, blame));
      if (!blocks(best.standing) && !blocks(best.blaming)) CHECK(link->strength == best.all);
      CHECK(link->strength <= best.all);
      CHECK(link->path.size() <= policy.max_hops);
      blocking += blocks(blame);
      long_ones += link->path.size() > 2;
    }
    CHECK(links.size() == reached);
    links_seen += static_cast<int>(reached);
  }
  CHECK(links_seen > 500);
  CHECK(blocking > 100);
  CHECK(long_ones > 20);
}

}  // namespace
}  // namespace revenant

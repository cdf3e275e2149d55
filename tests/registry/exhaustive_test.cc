// Everything small, exhaustively: every graph on a few sellers and identifiers, walked in the order
// of a Gray code, so that each step is one insertion or one withdrawal. After every step the
// registry's partition must be that of an independent computation over the set of edges alone.

#include <doctest/doctest.h>

#include <bit>
#include <chrono>
#include <map>
#include <random>
#include <string_view>

#include "registry/link_twin.h"
#include "registry/worlds.h"

namespace revenant {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

// Which sellers carry what, as one bit for each pair.
class Edges {
 public:
  Edges(int sellers, int identifiers) : sellers_(sellers), identifiers_(identifiers) {}

  int sellers() const { return sellers_; }
  int identifiers() const { return identifiers_; }
  int count() const { return sellers_ * identifiers_; }
  bool Flip(int edge) { return ((set_ ^= std::uint32_t{1} << edge) >> edge) & 1; }
  bool Has(int seller, int identifier) const {
    return (set_ >> (seller * identifiers_ + identifier)) & 1;
  }
  int CarriersOf(int identifier) const {
    int count = 0;
    for (int seller = 0; seller < sellers_; ++seller) count += Has(seller, identifier);
    return count;
  }
  int CarriedBy(int seller) const {
    int count = 0;
    for (int identifier = 0; identifier < identifiers_; ++identifier) {
      count += Has(seller, identifier);
    }
    return count;
  }

 private:
  const int sellers_, identifiers_;
  std::uint32_t set_ = 0;
};

// Rule 1 over the bits: for each seller the set of those in its cluster.
std::vector<std::uint32_t> PartitionOf(const Edges& edges, int fanout_limit, int carry_limit) {
  std::vector<std::uint32_t> cluster;
  for (int seller = 0; seller < edges.sellers(); ++seller) cluster.push_back(1U << seller);
  for (int identifier = 0; identifier < edges.identifiers(); ++identifier) {
    if (edges.CarriersOf(identifier) > fanout_limit) continue;
    std::uint32_t together = 0;
    for (int seller = 0; seller < edges.sellers(); ++seller) {
      if (edges.Has(seller, identifier) && edges.CarriedBy(seller) <= carry_limit) {
        together |= cluster[static_cast<std::size_t>(seller)];
      }
    }
    for (int seller = 0; seller < edges.sellers(); ++seller) {
      if ((together >> seller) & 1) cluster[static_cast<std::size_t>(seller)] = together;
    }
  }
  return cluster;
}

SellerName NameOf(int seller) { return {"p", std::string(1, static_cast<char>('a' + seller))}; }
// Enrolled in an order that is not that of the names.
Time SinceOf(int seller) { return Time{(1 + seller * 3 % 5) * kSecond}; }

Fingerprint FingerprintOf(int identifier) {
  Fingerprint fingerprint;
  fingerprint.bytes.fill(static_cast<std::uint8_t>(identifier * 71 + 5));
  return fingerprint;
}

LinkPolicy Limits(std::uint32_t fanout_limit, std::uint32_t carry_limit) {
  LinkPolicy policy;
  KindPolicy kind = policy.For("custom.id");
  kind.fanout_limit = fanout_limit;
  kind.carry_limit = carry_limit;
  policy.Set("custom.id", kind);
  return policy;
}

// A registry that is led through the graphs.
class Walk {
 public:
  Walk(int sellers, int identifiers, std::uint32_t fanout_limit, std::uint32_t carry_limit)
      : edges_(sellers, identifiers),
        fanout_limit_(static_cast<int>(fanout_limit)),
        carry_limit_(static_cast<int>(carry_limit)),
        world_(Limits(fanout_limit, carry_limit)) {
    for (int seller = 0; seller < sellers; ++seller) {
      world_.Apply(Enrol{NameOf(seller), SellerStatus::kActive, "", SinceOf(seller), {}});
      const Result<ClusterSummary> alone = world_->Cluster(NameOf(seller));
      REQUIRE(alone);
      own_id_.push_back(alone->id);
    }
    empty_ = world_.Export();
  }

  const Edges& edges() const { return edges_; }
  World& world() { return world_; }

  // The event that adds or withdraws one edge. Stamps rise, so that adding again works.
  Event Flip(int edge) {
    stamp_ += kSecond;
    const SellerName seller = NameOf(edge / edges_.identifiers());
    const Fingerprint identifier = FingerprintOf(edge % edges_.identifiers());
    if (!edges_.Flip(edge)) return Withdraw{seller, identifier, "s", Time{stamp_}};
    return Enrol{seller,
                 SellerStatus::kMentioned,
                 "s",
                 Time{stamp_},
                 {{identifier, {{identifier, "custom.id"}}}}};
  }
  void Step(int edge) { world_.Apply(Flip(edge)); }

  // Compares clusters and their ids; one assertion a step, or the slow suite would crawl.
  void CheckPartition() {
    const std::vector<std::uint32_t> wanted = PartitionOf(edges_, fanout_limit_, carry_limit_);
    int wrong = 0;
    const Result<void> read =
        world_->ForEachSeller([&](const SellerName& name, const ClusterId& cluster, bool) {
          const auto seller = static_cast<std::size_t>(name.external_id[0] - 'a');
          int earliest = static_cast<int>(seller);
          for (int other = 0; other < edges_.sellers(); ++other) {
            if (((wanted[seller] >> other) & 1) && SinceOf(other) < SinceOf(earliest)) {
              earliest = other;
            }
          }
          wrong += cluster != own_id_[static_cast<std::size_t>(earliest)];
        });
    REQUIRE(read);
    REQUIRE(wrong == 0);
  }

  // Rule 3: with every edge withdrawn nothing is left of the walk.
  void CheckThatNothingRemains() {
    for (int edge = 0; edge < edges_.count(); ++edge) {
      if (edges_.Has(edge / edges_.identifiers(), edge % edges_.identifiers())) Step(edge);
    }
    CHECK(world_.Export() == empty_);
    world_.CheckSound();
  }

 private:
  Edges edges_;
  const int fanout_limit_, carry_limit_;
  World world_;
  std::vector<ClusterId> own_id_;
  std::string empty_;
  std::int64_t stamp_ = 100 * kSecond;
};

struct Limit {
  std::string_view name;
  std::uint32_t fanout, carry;
};
constexpr Limit kLimits[] = {
    {"no limits", 100, 100},
    {"hubs above three carriers", 3, 100},
    {"leaves above three identifiers", 100, 3},
    {"hubs and leaves", 3, 3},
};

// Walks through all sets of edges.
std::uint64_t WalkAll(Walk& walk) {
  const std::uint64_t sets = std::uint64_t{1} << walk.edges().count();
  walk.CheckPartition();
  for (std::uint64_t i = 1; i < sets; ++i) {
    walk.Step(std::countr_zero(i));
    walk.CheckPartition();
  }
  return sets;
}

// The same over pieces of it: `steps` from each of a few random sets on.
void WalkSome(Walk& walk, std::mt19937_64& random, int pieces, std::uint64_t steps) {
  for (int piece = 0; piece < pieces; ++piece) {
    const std::uint64_t from = random() % (std::uint64_t{1} << walk.edges().count());
    const std::uint64_t set = from ^ (from >> 1);
    for (int edge = 0; edge < walk.edges().count(); ++edge) {
      const int seller = edge / walk.edges().identifiers();
      const int identifier = edge % walk.edges().identifiers();
      if (walk.edges().Has(seller, identifier) == ((set >> edge) & 1)) continue;
      walk.Step(edge);
      walk.CheckPartition();
    }
    for (std::uint64_t i = from + 1; i <= from + steps; ++i) {
      walk.Step(std::countr_zero(i) % walk.edges().count());
      walk.CheckPartition();
    }
  }
}

TEST_CASE("SomeGraphsOnFiveSellersAndFourIdentifiersArePartitionedAsRule1Says") {
  constexpr std::uint64_t kSeed = 2025;
  for (const Limit& limit : kLimits) {
    CAPTURE(limit.name);
    CAPTURE(kSeed);
    std::mt19937_64 random(kSeed);
    Walk walk(5, 4, limit.fanout, limit.carry);
    WalkSome(walk, random, 4, 400);
    walk.CheckThatNothingRemains();
  }
}

// One finding of "different people" and one ban: clusters and verdicts of every graph, against the
// twins. The application carries everything.
class JudgedWalk {
 public:
  JudgedWalk() : walk_(4, 3, 100, 100), facts_(Limits(100, 100)) {
    for (int seller = 0; seller < 4; ++seller) {
      facts_.Apply(Enrol{NameOf(seller), SellerStatus::kActive, "", SinceOf(seller), {}});
    }
    for (const Event& event : {Event(CannotLink{NameOf(0), NameOf(2), Time{kSecond}}),
                               Event(Ban{NameOf(3), "c1", "fakes", Time{2 * kSecond}})}) {
      walk_.world().Apply(event);
      facts_.Apply(event);
    }
    application_ = {{"p", "new"}, SellerStatus::kApplicant, "", Time::Unknown(), {}};
    for (int identifier = 0; identifier < 3; ++identifier) {
      const Fingerprint fingerprint = FingerprintOf(identifier);
      application_.attributes.push_back({fingerprint, {{fingerprint, "custom.id"}}});
    }
  }
  const Edges& edges() const { return walk_.edges(); }

  void Step(int edge) {
    const Event event = walk_.Flip(edge);
    walk_.world().Apply(event);
    facts_.Apply(event);
  }
  void Check() {
    World& world = walk_.world();
    for (const auto& [name, cluster] : facts_.Clusters()) {
      const Result<ClusterSummary> summary = world->Cluster(name);
      REQUIRE(summary);
      REQUIRE(std::set(summary->sellers.begin(), summary->sellers.end()) == cluster);
    }
    const Result<Verdict> verdict = world->Screen(application_, Time{1});
    REQUIRE(verdict);
    REQUIRE(verdict->decision == LinkTwin(facts_, Limits(100, 100)).Screen(application_).decision);
  }
  void CheckSound() { walk_.world().CheckSound(); }

 private:
  Walk walk_;
  Twin facts_;
  Enrol application_;
};

std::uint64_t WalkJudged(std::uint64_t every) {
  JudgedWalk walk;
  const std::uint64_t sets = std::uint64_t{1} << walk.edges().count();
  for (std::uint64_t i = 1; i < sets; ++i) {
    walk.Step(std::countr_zero(i));
    CAPTURE(i);
    if (i % every == 0) walk.Check();
  }
  walk.CheckSound();
  return sets;
}

TEST_CASE("SomeGraphsOnFourSellersWithAFindingAndABanAreJudgedAsTheTwinDoes") { WalkJudged(17); }

double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

TEST_SUITE("slow") {
  TEST_CASE("AllGraphsOnFiveSellersAndFourIdentifiersArePartitionedAsRule1Says") {
    for (const Limit& limit : kLimits) {
      CAPTURE(limit.name);
      const auto start = std::chrono::steady_clock::now();
      Walk walk(5, 4, limit.fanout, limit.carry);
      const std::uint64_t sets = WalkAll(walk);
      walk.CheckThatNothingRemains();
      MESSAGE(limit.name, ": ", sets, " graphs in ", SecondsSince(start), " s");
    }
  }

  TEST_CASE("AllGraphsOnFourSellersWithAFindingAndABanAreJudgedAsTheTwinDoes") {
    const auto start = std::chrono::steady_clock::now();
    const std::uint64_t sets = WalkJudged(1);
    MESSAGE(sets, " graphs in ", SecondsSince(start), " s");
  }
}

}  // namespace
}  // namespace revenant

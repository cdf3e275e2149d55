// Links and verdicts of random histories: the registry against the naive twin of link_twin.h. Every
// failure prints its seed; REVENANT_SEQUENCES multiplies the histories, REVENANT_SEED moves them.

#include "registry/link_twin.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

#include "registry/link_worlds.h"

namespace revenant {
namespace {

std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

bool Blames(const Link& link, const LinkPolicy& policy) {
  return policy.prior + link.blame_strength >= policy.block;
}

// The path that a link shows must be one, and as strong as the link says.
void CheckPath(const Link& link, const SellerName& origin, const LinkPolicy& policy) {
  REQUIRE_FALSE(link.path.empty());
  CHECK(link.path.front().from == origin);
  CHECK(link.path.back().to == link.seller);
  CHECK(link.path.size() <= policy.max_hops);
  MilliBits weakest = INT64_MAX;
  std::set<SellerName> seen = {origin};
  for (std::size_t i = 0; i < link.path.size(); ++i) {
    const Hop& hop = link.path[i];
    if (i > 0) CHECK(hop.from == link.path[i - 1].to);
    CHECK(seen.insert(hop.to).second);
    weakest = std::min(weakest, hop.weight);
  }
  CHECK(link.strength ==
        weakest - policy.hop_discount * static_cast<MilliBits>(link.path.size() - 1));
}

void CheckLink(const Link& link, const LinkTwin::Found& wanted, const SellerName& origin,
               const LinkPolicy& policy) {
  CAPTURE(link.seller.ToString());
  CheckPath(link, origin, policy);
  // A path on strong kinds that is enough to block goes before a stronger one on weak kinds.
  const bool stands = policy.prior + wanted.standing_strength >= policy.block;
  CHECK(link.blame_strength == (stands ? wanted.standing_strength : wanted.blame_strength));
  const bool across =
      std::any_of(link.path.begin(), link.path.end(), [](const Hop& hop) { return hop.forbidden; });
  // Over refused joins the count decides nothing; it must only not claim that there is no proof.
  if (across) {
    CHECK(link.redundancy >= 1);
  } else {
    CHECK(link.redundancy == wanted.redundancy);
  }
  if (Blames(link, policy)) {  // shows the path that is held against the origin
    CHECK(link.strength <= wanted.strength);
  } else {
    CHECK(link.strength == wanted.strength);
    CHECK(link.path.size() == wanted.hops);
  }
}

void CheckScreen(World& world, const LinkTwin& twin, const Enrol& application,
                 const LinkPolicy& policy, std::map<Because, int>& counts) {
  CAPTURE(application.seller.ToString());
  const Result<Verdict> verdict = world->Screen(application, Time{1});
  REQUIRE(verdict);
  const LinkTwin::Judged wanted = twin.Screen(application);
  CHECK(DecisionName(verdict->decision) == DecisionName(wanted.decision));
  std::set<SellerName> reached;
  for (const Link& link : verdict->links) reached.insert(link.seller);
  std::set<SellerName> wanted_reach;
  for (const auto& [name, found] : wanted.links) wanted_reach.insert(name);
  CHECK(reached == wanted_reach);
  for (const Link& link : verdict->links) {
    const auto found = wanted.links.find(link.seller);
    if (found != wanted.links.end()) CheckLink(link, found->second, application.seller, policy);
  }
  std::size_t hubs = 0;
  for (const Reason& reason : verdict->reasons) {
    ++counts[reason.because];
    hubs += reason.because == Because::kTaintedHub;
  }
  CHECK(hubs == wanted.tainted_hubs);
  for (const auto& [a, b] : wanted.contested) {
    CHECK(std::any_of(verdict->reasons.begin(), verdict->reasons.end(), [&](const Reason& reason) {
      return reason.because == Because::kDifferentPeople && reason.seller == a && reason.other == b;
    }));
  }
}

TEST_CASE("LinksAndVerdictsOfARandomHistoryEqualTheTwin") {
  const std::uint64_t first = FromEnvironment("REVENANT_SEED", 1);
  const std::uint64_t count = 100 * FromEnvironment("REVENANT_SEQUENCES", 1);
  std::map<Because, int> counts;
  int explained = 0, linked = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    CAPTURE(seed);
    LinkHistories histories(seed);
    const LinkPolicy policy = histories.Policy();
    World world(policy);
    Twin facts(policy);
    for (int step = 0; step < 40; ++step) {
      const Event event = histories.Draw();
      world.Apply(event);
      facts.Apply(event);
      if (step % 8 != 7) continue;
      CAPTURE(step);
      const LinkTwin twin(facts, policy);
      for (int i = 0; i < 2; ++i) {
        CheckScreen(world, twin, histories.Application(), policy, counts);
      }
      SellerName a = histories.Seller(), b = histories.Seller();
      if (a == b || !facts.sellers().contains(a) || !facts.sellers().contains(b)) continue;
      CAPTURE(a.ToString());
      CAPTURE(b.ToString());
      const Result<std::optional<Link>> link = world->Explain(a, b);
      REQUIRE(link);
      const std::optional<LinkTwin::Found> wanted = twin.Explain(a, b);
      CHECK(link->has_value() == wanted.has_value());
      ++explained;
      linked += wanted.has_value();
      if (*link && wanted) CheckLink(**link, *wanted, a, policy);
    }
  }
  // A test that met no case of a rule would prove nothing about it.
  MESSAGE("explained ", explained, ", linked ", linked);
  for (const auto& [because, times] : counts) MESSAGE(BecauseName(because), " ", times);
  for (const Because because :
       {Because::kItselfBanned, Because::kStrongLink, Because::kLink, Because::kEarlierHolder,
        Because::kTooFewProofs, Because::kDocumentsDiffer, Because::kDifferentPeople,
        Because::kTaintedHub, Because::kNoLink}) {
    CAPTURE(BecauseName(because));
    CHECK(counts[because] >= 5);
  }
  CHECK(linked > 50);
}

}  // namespace
}  // namespace revenant

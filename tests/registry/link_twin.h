#ifndef REVENANT_TESTS_REGISTRY_LINK_TWIN_H_
#define REVENANT_TESTS_REGISTRY_LINK_TWIN_H_

// The naive twin for links and verdicts: over the facts of a Twin it walks every simple path,
// weighs every hop from the words of DESIGN.md section 5 (rules 5, 7, 8, 9, 10, 11) and tries every
// cut. Nothing is kept from one question to the next, and no code is shared with lib/linkage.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "registry/twin.h"
#include "revenant/verdict.h"

namespace revenant {

class LinkTwin {
 public:
  LinkTwin(const Twin& facts, LinkPolicy policy) : facts_(facts), policy_(std::move(policy)) {}

  struct Found {
    MilliBits strength = 0;        // of the strongest path, refused joins included
    std::size_t hops = 0;          // of the shortest among the strongest
    MilliBits blame_strength = 0;  // of the strongest path that may be held against the origin
    MilliBits standing_strength =
        0;  // of those, the strongest whose every hop stands on a strong kind
    std::uint32_t redundancy = 0;  // refused joins left out
    Decision decision = Decision::kClear;
    friend bool operator==(const Found&, const Found&) = default;
  };
  struct Judged {
    Decision decision = Decision::kClear;
    std::map<SellerName, Found> links;  // to every banned seller in reach
    std::set<std::pair<SellerName, SellerName>> contested;
    std::size_t tainted_hubs = 0;
    // [velocity]: what bursts (kind, others within the hours, others before), and for a fresh start
    // the new identifiers after each ban.
    std::multiset<std::tuple<std::string, std::uint64_t, std::uint64_t>> bursts;
    std::map<SellerName, std::uint64_t> fresh_starts;
    std::set<Because> because;
  };
  // As Registry::Screen with a search budget that never ends.
  Judged Screen(const Enrol& application) const;
  // As Registry::Explain.
  std::optional<Found> Explain(const SellerName& from, const SellerName& to) const;

 private:
  const Twin& facts_;
  const LinkPolicy policy_;
};

}  // namespace revenant

#endif  // REVENANT_TESTS_REGISTRY_LINK_TWIN_H_

#ifndef REVENANT_LINKAGE_WEIGH_H_
#define REVENANT_LINKAGE_WEIGH_H_

// What two sellers share, and how much it says (DESIGN.md section 5, rules 7, 8 and 11).
// Threads: pure functions.

#include <algorithm>
#include <functional>
#include <span>
#include <vector>

#include "linkage/link_graph.h"
#include "util/try.h"

namespace revenant {

// How many enrolled sellers carry a fingerprint, and whether it joins them.
using FingerprintFacts = std::function<Result<std::optional<GraphFingerprint>>(const Fingerprint&)>;

// What a seller holds of it; null: nothing.
const Held* FindHeld(const GraphSeller& seller, const Fingerprint& fingerprint);
// Calls visit(Held of `a`, Held of `b`) for all that both hold, sorted. One of them may hold
// thousands and meet thousands who hold little, so what the other holds is looked up there.
template <typename Visit>
Result<void> ForEachShared(const GraphSeller& a, const GraphSeller& b, const Visit& visit) {
  const bool swapped = b.held.size() < a.held.size();
  const GraphSeller &few = swapped ? b : a, &many = swapped ? a : b;
  auto place = many.held.begin();
  const bool search = many.held.size() / 16 > few.held.size();
  for (const Held& held : few.held) {
    const auto before = [&](const Held& one) { return one.fingerprint < held.fingerprint; };
    if (search) {
      place = std::partition_point(place, many.held.end(), before);
    } else {
      while (place != many.held.end() && before(*place)) ++place;
    }
    if (place == many.held.end()) break;
    if (place->fingerprint != held.fingerprint) continue;
    TRY(swapped ? visit(*place, held) : visit(held, *place));
  }
  return {};
}

// One identifier that two sellers hold, and what it weighs between them.
struct SharedHeld {
  const Held* from = nullptr;
  const Held* to = nullptr;
  MilliBits weight = 0;
  bool makes_hop = false;
  bool later = false;               // may be held against `from`
  const SellerName* kin = nullptr;  // on whose account it may not (rule 11); left to the caller
};

// A hop before it has to be readable: it points into the two sellers.
struct WeighedHop {
  Few<SharedHeld> shared;  // strongest first; empty: they share no linking, non-hub identifier
  MilliBits weight = 0;
  MilliBits blame_weight = 0;
  bool forbidden = false;  // left to the caller
  bool stands = false;     // one identifier alone would be enough to block `from` (rule 9)
};

// The hop between two sellers. What is `contested` (sorted) is carried by both of two different
// people, by one only across a refused join, or by `to` on a list longer than anyone owns, and
// blames nobody (rules 1 and 5).
Result<void> Weigh(const GraphSeller& from, const GraphSeller& to, const LinkPolicy& policy,
                   const FingerprintFacts& facts, std::span<const Fingerprint> contested,
                   WeighedHop& hop);
Hop DescribeHop(const GraphSeller& from, const GraphSeller& to, const WeighedHop& hop);

// Both at once.
Result<Hop> WeighHop(const GraphSeller& from, const GraphSeller& to, const LinkPolicy& policy,
                     const FingerprintFacts& facts, const std::vector<Fingerprint>& contested);

// Would one identifier of the hop alone be enough to block `from`? Otherwise its kinds are weak
// ones (rule 9).
bool StandsAlone(const Hop& hop, const LinkPolicy& policy);

// Do verified documents, of a kind of which a person has one, differ?
bool DocumentsDiffer(const GraphSeller& a, const GraphSeller& b);

// log2(value) in thousandths of a bit; value >= 1.
MilliBits MilliLog2(double value);

}  // namespace revenant

#endif  // REVENANT_LINKAGE_WEIGH_H_

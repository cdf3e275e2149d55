#ifndef REVENANT_LINKAGE_WEIGH_H_
#define REVENANT_LINKAGE_WEIGH_H_

// What two sellers share, and how much it says (DESIGN.md section 5, rules 7, 8 and 11).
// Threads: pure functions.

#include <functional>
#include <span>
#include <vector>

#include "linkage/link_graph.h"

namespace revenant {

// How many enrolled sellers carry a fingerprint, and whether it joins them.
using FingerprintFacts = std::function<Result<std::optional<GraphFingerprint>>(const Fingerprint&)>;

// One identifier that two sellers hold, and what it weighs between them.
struct SharedHeld {
  const Held* from = nullptr;
  const Held* to = nullptr;
  MilliBits weight = 0;
  bool makes_hop = false;
  bool later = false;               // may be held against `from`
  const SellerName* kin = nullptr;  // on whose account it may not (rule 11); left to the caller
};

// A hop before anybody has to read it: it points into the two sellers.
struct WeighedHop {
  Few<SharedHeld> shared;  // strongest first; empty: they share no linking, non-hub identifier
  MilliBits weight = 0;
  MilliBits blame_weight = 0;
  bool forbidden = false;  // left to the caller
  bool stands = false;     // one identifier alone would be enough to block `from` (rule 9)
};

// The hop between two sellers. What is `contested` (sorted) is carried by both of two different
// people, by one only across a refused join, or by `to` on a list longer than anybody owns, and
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

#ifndef REVENANT_LINKAGE_WEIGH_H_
#define REVENANT_LINKAGE_WEIGH_H_

// What two sellers share, and how much it says (DESIGN.md section 5, rules 7, 8 and 11).
// Threads: pure functions.

#include <functional>
#include <vector>

#include "linkage/link_graph.h"

namespace revenant {

// How many enrolled sellers carry a fingerprint, and whether it joins them.
using FingerprintFacts = std::function<Result<std::optional<GraphFingerprint>>(const Fingerprint&)>;

// The hop between two sellers, its evidence strongest first; `shared` is empty if no linking,
// non-hub identifier is among what they share. What is `contested` (sorted) is carried by both of
// two different people, by one only across a refused join, or by `to` on a list longer than anybody
// owns, and blames nobody (rules 1 and 5). `forbidden` is left to the caller.
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

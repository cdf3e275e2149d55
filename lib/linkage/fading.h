#ifndef REVENANT_LINKAGE_FADING_H_
#define REVENANT_LINKAGE_FADING_H_

#include <cstdint>

#include "revenant/link_policy.h"

namespace revenant {

// What a shared identifier of `kind` weighs after lying idle for `gap_micros` between a ban and the
// next hands (DESIGN.md section 5, rule 7): with s = 2^(-gap / half-life) it is still in the same
// hands, else it says what a stranger's says:
//     log2((s m + (1 - s) u) / u) = log2(1 + s (m - u) / u)
// That is the kind's whole weight without a gap, about one bit less for each half-life at first,
// and never below 0. Rounded to thousandths of a bit.
//
// Certificates are checked to the milli-bit on other machines, so this is integer arithmetic, 64
// bits of mantissa, after one subtraction and one division of doubles, which IEEE 754 rounds the
// same everywhere; no mathematical library has a say. It is within 2^-38 of a bit of the real
// number, so any careful computation rounds to the same except once in 10^8.
// Threads: pure. Cost: 0.2 us.
MilliBits Faded(const KindPolicy& kind, std::int64_t gap_micros);

}  // namespace revenant

#endif  // REVENANT_LINKAGE_FADING_H_

#ifndef REVENANT_LINKAGE_CONSTRAINED_H_
#define REVENANT_LINKAGE_CONSTRAINED_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace revenant {

// One seller carrying one fingerprint, by their places in the caller's lists.
struct Incidence {
  std::uint32_t seller = 0;       // sellers are numbered in name order
  std::uint32_t fingerprint = 0;  // in any order: it does not count
  std::uint32_t kind_rank = 0;    // strongest kind first
  std::int64_t first_seen = 0;    // unknown last
};

// Parts of a component in which some pairs of sellers must not meet (DESIGN.md section 5, rule 5):
// incidences are joined in the order kind rank, first seen, seller name, then the fingerprint's
// carriers by (first seen, name); one that would bring a forbidden pair together is refused.
// Result: for each seller the lowest-numbered seller of its part. The order of the input vectors
// does not matter. Cost: O(n log n) for n incidences, plus the forbidden pairs met.
std::vector<std::uint32_t> ConstrainedParts(
    std::size_t seller_count, std::size_t fingerprint_count, std::vector<Incidence> incidences,
    const std::vector<std::pair<std::uint32_t, std::uint32_t>>& forbidden);

}  // namespace revenant

#endif  // REVENANT_LINKAGE_CONSTRAINED_H_

#ifndef REVENANT_REGISTRY_ANSWER_TAINT_FILL_H_
#define REVENANT_REGISTRY_ANSWER_TAINT_FILL_H_

#include <atomic>
#include <memory>
#include <vector>

#include "registry/answer/taint_filter.h"
#include "registry/state/kind_policies.h"
#include "store/view.h"

namespace revenant {

// Appends the linking fingerprints that a seller carries, hubs or not.
Result<void> AppendLinking(const View& view, const KindPolicies& kinds, SellerId seller,
                           std::vector<Bloom::Key>& keys);

// Appends the fingerprints of single sellers that share one of `seller`'s joining fingerprints that
// a banned seller carries.
Result<void> AppendLoneNeighbours(const View& view, const KindPolicies& kinds, SellerId seller,
                                  std::vector<Bloom::Key>& keys);

// The filter of one state, with room to grow; nullptr if `stop` was set meanwhile.
// Threads: reads on `threads` threads of its own. Cost: reads all sellers and components in order,
// and the observations of tainted sellers.
Result<std::unique_ptr<TaintFilter>> FillTaint(const View& view, const LinkPolicy& policy,
                                               unsigned threads, const std::atomic<bool>& stop);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_ANSWER_TAINT_FILL_H_

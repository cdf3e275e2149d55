#ifndef REVENANT_REGISTRY_TOTALS_H_
#define REVENANT_REGISTRY_TOTALS_H_

// What a state comes to. Threads: pure but for reading the view. Errors: the view's.

#include <functional>

#include "revenant/registry.h"
#include "store/view.h"

namespace revenant {

// Calls `visit` with every cluster that has a row, those of linked sellers; false stops.
using VisitCluster = std::function<Result<bool>(LabelId, std::uint32_t, const ComponentRow&)>;
Result<void> ForEachLinkedCluster(const View& view, const VisitCluster& visit);

// Calls `visit` with every seller that is enrolled or applied; false stops.
using VisitSeller = std::function<Result<bool>(SellerId, const SellerRow&)>;
Result<void> ForEachHeldSeller(const View& view, const VisitSeller& visit);

// Cost: a row for each cluster of two or more.
Result<Stats> StatsOf(const View& view);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_TOTALS_H_

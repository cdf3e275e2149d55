#ifndef REVENANT_REGISTRY_PROOF_EXPORT_H_
#define REVENANT_REGISTRY_PROOF_EXPORT_H_

// The canonical dump: equal facts give equal bytes, in whatever order they came.
// Threads: pure but for reading the view. Errors: the view's. Cost: one pass over all sellers.

#include <functional>
#include <string>
#include <string_view>

#include "revenant/link_policy.h"
#include "revenant/registry.h"
#include "store/view.h"

namespace revenant {

Result<void> ExportAll(const View& view, const LinkPolicy& policy, ExportScope scope,
                       const std::function<void(std::string_view)>& sink);

// One seller's line. kNotFound: no such seller.
Result<std::string> ExportOf(const View& view, const LinkPolicy& policy, const SellerName& seller,
                             ExportScope scope);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_PROOF_EXPORT_H_

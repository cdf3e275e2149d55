#ifndef REVENANT_REGISTRY_STATE_SELLER_NAMES_H_
#define REVENANT_REGISTRY_STATE_SELLER_NAMES_H_

// Sellers by name: their rows, what is left of a forgotten one, the name of a cluster.
// Threads: pure but for reading the view. Errors: those named, and the view's.

#include <utility>

#include "revenant/fingerprint.h"
#include "revenant/registry.h"
#include "store/view.h"

namespace revenant {

// kNotFound: no such seller.
Result<std::pair<SellerId, SellerRow>> FindNamed(const View& view, const SellerName& name);

// A name that applications and events may bear. kInvalidArgument: no seller name, or of a foreign
// case.
Result<void> CheckApplicantName(const SellerName& name);

// Where a forgotten seller's name is remembered: a keyed digest, so that it cannot be read.
Fingerprint TombstoneOf(const Fingerprinter& keyed, const SellerName& name);
// kConflict: a forgotten seller is not entered again.
Error ForgottenError(const SellerName& name, Time forgotten);

ClusterId ClusterIdOf(const SellerName& earliest_member);
// The cluster that a seller is in. Cost: at most two point reads and a seek.
Result<ClusterId> ClusterIdOf(const View& view, const SellerRow& row);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_STATE_SELLER_NAMES_H_

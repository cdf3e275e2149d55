#ifndef REVENANT_REGISTRY_HUBS_H_
#define REVENANT_REGISTRY_HUBS_H_

#include "revenant/fingerprint.h"
#include "revenant/registry.h"
#include "revenant/result.h"

namespace revenant {

// Do more enrolled sellers carry it than its kind's limit? Threads: any. Errors: the store's.
// Cost: a point read.
Result<bool> IsHub(const Registry& registry, const Fingerprint& fingerprint);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_HUBS_H_

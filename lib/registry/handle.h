#ifndef REVENANT_REGISTRY_HANDLE_H_
#define REVENANT_REGISTRY_HANDLE_H_

// What the rooms above may do with a registry's handle beside its public calls.
// Threads: any number; a session or a load belongs to one.

#include <memory>

#include "registry/answer/serving.h"
#include "registry/apply/write_session.h"
#include "registry/bulk/load.h"
#include "revenant/registry.h"
#include "store/view.h"

namespace revenant {

// Waits for the writers before. kConflict: the store was opened for reading only.
Result<std::unique_ptr<WriteSession>> BeginWriting(Registry& registry,
                                                   const WriteSession::Options& options = {});
// A session that takes no turn and can't be committed; also of a store opened for reading only.
std::unique_ptr<WriteSession> Rehearse(const Registry& registry);

// Can the store be loaded in bulk (bulk/load.h)? Errors: the store's.
Result<bool> FitsBulkLoad(const Registry& registry);
// kConflict: opened for reading only, or it does not fit.
Result<std::unique_ptr<BulkLoad>> BeginBulkLoad(Registry& registry,
                                                const BulkLoad::Options& options);

// The state as it is now.
std::unique_ptr<View> SnapshotOf(const Registry& registry);

// What answers behind the handle: for the screener, tests and benchmarks.
Serving& Inside(const Registry& registry);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_HANDLE_H_

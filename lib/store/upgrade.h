#ifndef REVENANT_STORE_UPGRADE_H_
#define REVENANT_STORE_UPGRADE_H_

// Brings the rows of an older store into the form of this version.
// Errors: kCorruption, kIo. Cost: reads the observations once; holds one batch in memory.

#include <array>

#include "store/rows.h"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
}  // namespace rocksdb

namespace revenant {

using TableHandles = std::array<rocksdb::ColumnFamilyHandle*, kTableCount>;

// Formats 1 and 2 have a row for each observation: gathers each seller's. Cut short, the next call
// continues where this one stopped; readers understand a half-done state.
Result<void> GatherObservations(rocksdb::DB& db, const TableHandles& tables,
                                std::size_t batch_bytes);

}  // namespace revenant

#endif  // REVENANT_STORE_UPGRADE_H_

#ifndef REVENANT_STORE_COMPACT_H_
#define REVENANT_STORE_COMPACT_H_

// All files of every table merged into its lowest level, and what they take.
// Threads: any, beside readers and a writer. Errors: kIo.

#include <cstdint>

#include "store/store.h"

namespace revenant {

struct TableSizes {
  std::uint64_t bytes = 0, files = 0;
};
TableSizes SizesOfTables(const Store& store);

// Of a store that is open for writing.
Result<void> CompactTables(Store& store);

}  // namespace revenant

#endif  // REVENANT_STORE_COMPACT_H_

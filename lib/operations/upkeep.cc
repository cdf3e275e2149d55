#include "registry/handle.h"
#include "revenant/operations.h"
#include "store/compact.h"
#include "store/still_files.h"
#include "util/try.h"

namespace revenant {

Result<CompactReport> Compact(Registry& registry) {
  Store& store = *Inside(registry).store;
  if (!store.writable()) {
    return Error{Code::kConflict, "compact: the store was opened for reading only"};
  }
  const TableSizes before = SizesOfTables(store);
  TRY(CompactTables(store));
  const TableSizes after = SizesOfTables(store);
  return CompactReport{before.bytes, after.bytes, before.files, after.files};
}

Result<std::uint64_t> StoredFormat(const std::filesystem::path& store) {
  TRY_ASSIGN(const StillFiles still, StillFiles::Take(store));
  return still.format();
}

}  // namespace revenant

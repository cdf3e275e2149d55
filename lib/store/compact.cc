#include "store/compact.h"

#include <rocksdb/db.h>

#include <vector>

#include "store/status.h"

namespace revenant {

TableSizes SizesOfTables(const Store& store) {
  std::vector<rocksdb::LiveFileMetaData> live;
  store.database().GetLiveFilesMetaData(&live);
  TableSizes sizes{0, live.size()};
  for (const rocksdb::LiveFileMetaData& file : live) sizes.bytes += file.size;
  return sizes;
}

Result<void> CompactTables(Store& store) {
  rocksdb::CompactRangeOptions whole;
  whole.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  for (std::size_t i = 0; i < kTableCount; ++i) {
    const rocksdb::Status done =
        store.database().CompactRange(whole, store.HandleOf(Table(i)), nullptr, nullptr);
    if (!done.ok()) return FromRocks(done, "compact store");
  }
  return {};
}

}  // namespace revenant

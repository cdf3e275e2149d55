#ifndef REVENANT_STORE_ROCKS_OPTIONS_H_
#define REVENANT_STORE_ROCKS_OPTIONS_H_

// How RocksDB is set up; SIZING.md beside this file has the figures that the choices rest on.

#include <rocksdb/cache.h>
#include <rocksdb/options.h>

#include <memory>
#include <string_view>

#include "store/store.h"

namespace revenant {

// Of a table by its name; a newer version may have tables that this one does not know.
rocksdb::ColumnFamilyOptions TableOptions(std::string_view name,
                                          const std::shared_ptr<rocksdb::Cache>& cache);
rocksdb::DBOptions DatabaseOptions(const Store::Options& options);

}  // namespace revenant

#endif  // REVENANT_STORE_ROCKS_OPTIONS_H_

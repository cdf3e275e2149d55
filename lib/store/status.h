#ifndef REVENANT_STORE_STATUS_H_
#define REVENANT_STORE_STATUS_H_

#include <rocksdb/status.h>

#include <string_view>

#include "revenant/result.h"

namespace revenant {

// The one place where RocksDB's status becomes ours. `doing` says what failed ("open store DIR").
// RocksDB's own text may hold keys (fingerprints, seller names) but never a raw identifier.
Error FromRocks(const rocksdb::Status& status, std::string_view doing);

}  // namespace revenant

#endif  // REVENANT_STORE_STATUS_H_

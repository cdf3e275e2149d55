#ifndef REVENANT_STORE_SLICES_H_
#define REVENANT_STORE_SLICES_H_

#include <rocksdb/slice.h>

#include <string_view>

namespace revenant {

// Bytes as RocksDB passes them, and back; neither owns them.
inline rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
inline std::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

}  // namespace revenant

#endif  // REVENANT_STORE_SLICES_H_

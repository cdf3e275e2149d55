#ifndef REVENANT_STORE_STORE_IMPL_H_
#define REVENANT_STORE_STORE_IMPL_H_

// What stands behind Store, for the files of this room alone.

#include <rocksdb/cache.h>
#include <rocksdb/db.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/read_cache.h"
#include "store/store.h"
#include "store/sync_group.h"
#include "store/upgrade.h"
#include "store/words.h"

namespace revenant {

inline constexpr std::string_view kFormatName = "format";  // in kMeta: the number of this format

struct Store::Impl {
  std::string dir;
  Mode mode{};
  std::shared_ptr<rocksdb::Cache> cache;
  std::unique_ptr<rocksdb::DB> db;
  TableHandles tables{};
  bool may_hold_uncounted = false;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;  // all that were opened
  Words words;
  ReadCache cached;  // the writer's
  SyncGroup log{[this] { return SyncLog(); }};

  ~Impl();

  rocksdb::ColumnFamilyHandle* Handle(Table table) const {
    return tables[static_cast<std::size_t>(table)];
  }
  std::string Doing(std::string_view what) const { return std::string(what) + " " + dir; }

  Result<void> OpenDatabase(const Options& options);
  Result<std::uint64_t> CheckFormat() const;  // gives the store's own
  Result<void> Upgrade(std::uint64_t format, std::size_t batch_bytes);
  Result<void> LoadWords();
  Result<void> SyncLog();
};

// What rocksdb::DB::Get gives, as ours.
Result<std::optional<std::string>> Found(const rocksdb::Status& status,
                                         const rocksdb::PinnableSlice& value);

// Visits the rows of `iterator` whose keys begin with `prefix`.
Result<void> Walk(rocksdb::Iterator& iterator, std::string_view prefix,
                  const View::VisitRaw& visit);

}  // namespace revenant

#endif  // REVENANT_STORE_STORE_IMPL_H_

#include "store/upgrade.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <memory>

#include "store/slices.h"
#include "store/status.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr std::string_view kDoing = "upgrade store";

// One seller's rows at a time, in key order, into batches that hold whole sellers.
class Gatherer {
 public:
  Gatherer(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* table, std::size_t batch_bytes)
      : db_(db), table_(table), batch_bytes_(batch_bytes) {}

  Result<void> Add(std::string_view key_bytes, std::string_view value) {
    if (IsObservedKey(key_bytes)) {  // gathered before
      TRY(EndSeller());
      TRY_ASSIGN(counted_, DecodeObservedKey(key_bytes));
      return {};
    }
    TRY_ASSIGN(const ObservationKey key, DecodeObservationKey(key_bytes));
    if (key.seller == counted_) return {};
    if (key.seller != seller_) TRY(EndSeller());
    seller_ = key.seller;
    ++count_;
    // A seller with more keeps its existing rows.
    if (count_ > ObservedRow::kInline) {
      few_.clear();
      return {};
    }
    TRY_ASSIGN(ObservationRow row, DecodeObservationRow(value, key.root));
    few_.push_back({key.root, key.source, std::move(row)});
    return {};
  }

  Result<void> Finish() {
    TRY(EndSeller());
    return Commit();
  }

 private:
  Result<void> EndSeller() {
    if (count_ == 0) return {};
    const ObservedRow row{count_, few_};
    rocksdb::Status status =
        batch_.Put(table_, ToSlice(ObservedKey(seller_)), ToSlice(Encode(row)));
    for (const Observed& each : few_) {
      const std::string key = Encode(ObservationKey{seller_, each.root, each.source});
      if (status.ok()) status = batch_.Delete(table_, ToSlice(key));
    }
    if (!status.ok()) return FromRocks(status, kDoing);
    count_ = 0;
    few_.clear();
    return batch_.GetDataSize() < batch_bytes_ ? Result<void>() : Commit();
  }

  Result<void> Commit() {
    const rocksdb::Status status = db_.Write(rocksdb::WriteOptions(), &batch_);
    batch_.Clear();
    return status.ok() ? Result<void>() : FromRocks(status, kDoing);
  }

  rocksdb::DB& db_;
  rocksdb::ColumnFamilyHandle* table_;
  const std::size_t batch_bytes_;
  rocksdb::WriteBatch batch_;
  SellerId counted_ = kNoSeller, seller_ = kNoSeller;
  std::uint64_t count_ = 0;    // of `seller_`
  std::vector<Observed> few_;  // the same, while they fit in a row
};

}  // namespace

Result<void> GatherObservations(rocksdb::DB& db, const TableHandles& tables,
                                std::size_t batch_bytes) {
  rocksdb::ColumnFamilyHandle* table = tables[static_cast<std::size_t>(Table::kObservations)];
  Gatherer gatherer(db, table, batch_bytes);
  rocksdb::ReadOptions once;
  once.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> rows(db.NewIterator(once, table));
  for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
    TRY(gatherer.Add(ToView(rows->key()), ToView(rows->value())));
  }
  if (!rows->status().ok()) return FromRocks(rows->status(), kDoing);
  return gatherer.Finish();
}

}  // namespace revenant

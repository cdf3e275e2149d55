// What a store takes in memory and on disk.

#include <rocksdb/db.h>

#include "bench/speed/bench.h"

namespace revenant::bench {

void MemorySizes(Bench& bench) {
  const Stats stats = Need(bench.registry().GetStats());
  const auto watch = bench.inner().gate.Read();
  const TaintFilter& filter = *watch->filter;
  bench.report.Add("memory.names", "memory: names of the filter, for each seller",
                   static_cast<double>(filter.names().bytes()) / static_cast<double>(stats.sellers),
                   "B", "<= 12 B");
  bench.report.Add(
      "memory.fingerprints",
      fmt::format("memory: fingerprints of the filter, for each of {} tainted and the room to grow "
                  "({})",
                  filter.fingerprints().added(),
                  filter.fingerprints().capacity() - filter.fingerprints().added()),
      static_cast<double>(filter.fingerprints().bytes()) /
          static_cast<double>(filter.fingerprints().capacity()),
      "B", "<= 2 B");
}

// A closed store, table by table, as loading and compaction left it.
void DiskSizes(Bench& bench) {
  // "Seller carries fingerprint": of an attribute as many as it has identifiers.
  const auto observations = static_cast<double>(bench.load.identifiers);
  const auto attributes = static_cast<double>(Need(bench.registry().GetStats()).observations);
  bench.Close();
  const std::string path = bench.store().string();
  std::vector<std::string> names;
  if (!rocksdb::DB::ListColumnFamilies({}, path, &names).ok()) std::exit(2);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : names) families.push_back({name, {}});
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  if (!rocksdb::DB::OpenForReadOnly({}, path, families, &handles, &opened).ok()) std::exit(2);
  std::unique_ptr<rocksdb::DB> db(opened);
  double all = 0;
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    std::uint64_t bytes = 0, rows = 0;
    db->GetIntProperty(handle, rocksdb::DB::Properties::kTotalSstFilesSize, &bytes);
    db->GetIntProperty(handle, rocksdb::DB::Properties::kEstimateNumKeys, &rows);
    const double mean = static_cast<double>(bytes) / observations;
    if (rows > 0) {
      bench.report.Add("disk." + handle->GetName(),
                       fmt::format("disk, table {}: {} rows of {:.1f} B, for each observation",
                                   handle->GetName(), rows,
                                   static_cast<double>(bytes) / static_cast<double>(rows)),
                       mean, "B");
    }
    all += mean;
    db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  db.reset();
  bench.report.Add("disk", "disk, all tables, for each observation", all, "B", "<= 45 B");
  bench.report.Add("disk.attributes", "disk, all tables, for each attribute",
                   all * observations / attributes, "B");
  bench.Open(Store::Mode::kReadWrite);
}

}  // namespace revenant::bench

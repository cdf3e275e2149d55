#ifndef REVENANT_STORE_BULK_WRITER_H_
#define REVENANT_STORE_BULK_WRITER_H_

// Whole tables written as sorted files and taken into the store at once: RocksDB's quickest way in,
// past its log and its memtables. Nothing is visible before Ingest(), which is atomic; files that a
// killed process left are deleted when the store is opened for writing.
// Threads: files of one writer may be written side by side, each by one thread. The store's batches
// must wait until the writer is gone. Errors: kIo; kInvalidArgument: keys do not rise.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"
#include "util/mutex.h"

namespace rocksdb {
class Env;
class SstFileWriter;
}  // namespace rocksdb

namespace revenant {

class BulkWriter;

// One file of one table; keys must rise. It exists from the first call on.
class TableFile {
 public:
  TableFile(BulkWriter& writer, Table table);
  ~TableFile();
  TableFile(const TableFile&) = delete;
  TableFile& operator=(const TableFile&) = delete;

  Result<void> Put(std::string_view key, std::string_view value);
  // The rows that the store has from `begin` up to `end` go; those of this file stay. Both count as
  // keys of the file.
  Result<void> Replace(std::string_view begin, std::string_view end);
  // After the last row: hands the file over for Ingest().
  Result<void> Finish();

 private:
  Result<void> Open();

  BulkWriter& writer_;
  const Table table_;
  std::string path_;
  std::unique_ptr<rocksdb::SstFileWriter> file_;
};

class BulkWriter {
 public:
  static Result<std::unique_ptr<BulkWriter>> Begin(Store& store);
  // Deletes what was not ingested.
  ~BulkWriter();
  BulkWriter(const BulkWriter&) = delete;
  BulkWriter& operator=(const BulkWriter&) = delete;

  // Where temporary files belong, and the disk that they are on.
  std::string TemporaryPath(std::string_view name) const;
  rocksdb::Env& env() const;

  // Files of one table may not overlap. `new_words` are those of the rows of kWords among them, in
  // the order of their numbers. The rows survive power loss once this returned.
  Result<void> Ingest(const std::vector<std::string>& new_words);

  std::uint64_t file_bytes() const;  // of the finished files

 private:
  friend class TableFile;
  struct Done {
    Table table{};
    std::string path;
    std::uint64_t bytes = 0;
  };

  explicit BulkWriter(Store& store) : store_(store) {}
  std::string NewPath();

  Store& store_;
  mutable Mutex mutex_;
  std::uint64_t next_file_ GUARDED_BY(mutex_) = 0;
  std::vector<Done> done_ GUARDED_BY(mutex_);
};

}  // namespace revenant

#endif  // REVENANT_STORE_BULK_WRITER_H_

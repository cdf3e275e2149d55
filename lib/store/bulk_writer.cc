#include "store/bulk_writer.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/sst_file_writer.h>

#include <utility>

#include "store/slices.h"
#include "store/status.h"
#include "util/try.h"

namespace revenant {
// --- One file ---

TableFile::TableFile(BulkWriter& writer, Table table) : writer_(writer), table_(table) {}
TableFile::~TableFile() = default;

Result<void> TableFile::Open() {
  if (file_ != nullptr) return {};
  rocksdb::DB& db = writer_.store_.database();
  rocksdb::ColumnFamilyHandle* handle = writer_.store_.HandleOf(table_);
  path_ = writer_.NewPath();
  // The pages stay in the cache: ingestion checks the file, and screenings come soon.
  file_ = std::make_unique<rocksdb::SstFileWriter>(rocksdb::EnvOptions(db.GetDBOptions()),
                                                   db.GetOptions(handle), handle,
                                                   /*invalidate_page_cache=*/false);
  const rocksdb::Status opened = file_->Open(path_);
  if (!opened.ok()) return FromRocks(opened, "write beside store");
  return {};
}

Result<void> TableFile::Put(std::string_view key, std::string_view value) {
  TRY(Open());
  const rocksdb::Status status = file_->Put(ToSlice(key), ToSlice(value));
  if (!status.ok()) return FromRocks(status, "write beside store");
  return {};
}

Result<void> TableFile::Replace(std::string_view begin, std::string_view end) {
  TRY(Open());
  const rocksdb::Status status = file_->DeleteRange(ToSlice(begin), ToSlice(end));
  if (!status.ok()) return FromRocks(status, "write beside store");
  return {};
}

Result<void> TableFile::Finish() {
  if (file_ == nullptr) return {};
  rocksdb::ExternalSstFileInfo info;
  const rocksdb::Status status = file_->Finish(&info);
  if (!status.ok()) return FromRocks(status, "write beside store");
  file_.reset();
  const MutexLock lock(writer_.mutex_);
  writer_.done_.push_back({table_, path_, info.file_size});
  return {};
}

// --- All of them ---

Result<std::unique_ptr<BulkWriter>> BulkWriter::Begin(Store& store) {
  const rocksdb::Status made = store.database().GetEnv()->CreateDirIfMissing(store.BulkFolder());
  if (!made.ok()) return FromRocks(made, "write beside store");
  return std::unique_ptr<BulkWriter>(new BulkWriter(store));
}

BulkWriter::~BulkWriter() { store_.RemoveBulkFolder(); }

std::string BulkWriter::TemporaryPath(std::string_view name) const {
  return store_.BulkFolder() + "/" + std::string(name);
}

rocksdb::Env& BulkWriter::env() const { return *store_.database().GetEnv(); }

std::string BulkWriter::NewPath() {
  const MutexLock lock(mutex_);
  return TemporaryPath(std::to_string(++next_file_) + ".sst");
}

std::uint64_t BulkWriter::file_bytes() const {
  const MutexLock lock(mutex_);
  std::uint64_t bytes = 0;
  for (const Done& file : done_) bytes += file.bytes;
  return bytes;
}

Result<void> BulkWriter::Ingest(const std::vector<std::string>& new_words) {
  const MutexLock lock(mutex_);
  std::vector<rocksdb::IngestExternalFileArg> tables;
  for (std::size_t i = 0; i < kTableCount; ++i) {
    rocksdb::IngestExternalFileArg arg;
    for (const Done& file : done_) {
      if (file.table == Table(i)) arg.external_files.push_back(file.path);
    }
    if (arg.external_files.empty()) continue;
    arg.column_family = store_.HandleOf(Table(i));
    arg.options.move_files = true;
    tables.push_back(std::move(arg));
  }
  TRY(store_.Ingest(tables, new_words));
  done_.clear();
  return {};
}

}  // namespace revenant

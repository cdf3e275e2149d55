#ifndef REVENANT_STORE_OWN_FILES_H_
#define REVENANT_STORE_OWN_FILES_H_

// The file system as RocksDB sees it in a store that is open for writing. It adds what RocksDB has
// not: files that only their owner may read under any umask, marks of what the logs hold
// (wal_marks.h), and a reason in words when the lock cannot be had.
// Threads: any number.

#include <rocksdb/file_system.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "revenant/result.h"
#include "store/wal_check.h"
#include "store/wal_marks.h"

namespace revenant {

class OwnFiles final : public rocksdb::FileSystemWrapper {
 public:
  OwnFiles(const std::shared_ptr<rocksdb::FileSystem>& target, std::filesystem::path dir);
  ~OwnFiles() override;

  static const char* kClassName() { return "RevenantOwnFiles"; }
  const char* Name() const override { return kClassName(); }

  // Why LockFile() failed: another process has the lock, or the logs are damaged, which is checked
  // as soon as no other process can write them.
  const std::optional<Error>& trouble() const { return trouble_; }
  // Logs whose end was torn when this store was opened.
  const std::vector<TornLog>& torn() const { return torn_; }
  // A write to the newest log failed, or its sync did: what is written to it now might not be read
  // again, and RocksDB's assertions do not allow it.
  bool log_failed() const { return log_failed_; }
  // A write to the MANIFEST failed: what it says of the newest files is not known until another one
  // takes its place.
  bool manifest_failed() const { return manifest_failed_; }
  // Some log of this opening may not be on the disk as it was written, and may still be needed:
  // until every table was flushed.
  bool log_in_doubt() const { return log_in_doubt_; }
  void TrustLogs() { log_in_doubt_ = false; }

  // RocksDB is not shown a torn end: it would stop there, and refuse a table that is ahead of it.
  rocksdb::IOStatus NewSequentialFile(const std::string& file, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSSequentialFile>* out,
                                      rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewWritableFile(const std::string& file, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* out,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& file, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* out,
                                       rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus CreateDirIfMissing(const std::string& folder, const rocksdb::IOOptions& options,
                                       rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& file, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus LockFile(const std::string& file, const rocksdb::IOOptions& options,
                             rocksdb::FileLock** lock, rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus UnlockFile(rocksdb::FileLock* lock, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

 private:
  class Log;
  class Whole;
  class Manifest;
  Result<void> CheckLogs();
  const std::filesystem::path dir_;
  WalMarks marks_;
  std::optional<Error> trouble_;
  std::vector<TornLog> torn_;
  std::atomic<std::uint64_t> newest_log_{0};
  std::atomic<bool> log_failed_{false};
  std::atomic<bool> log_in_doubt_{false};
  std::atomic<bool> manifest_failed_{false};
  std::string locked_;  // the lock that this store holds, as the process knows it
};

// What CURRENT in `dir` says; empty: it cannot be read.
std::string ReadCurrent(const std::filesystem::path& dir);

}  // namespace revenant

#endif  // REVENANT_STORE_OWN_FILES_H_

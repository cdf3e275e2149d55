#include "store/rocks_options.h"

#include <rocksdb/filter_policy.h>
#include <rocksdb/statistics.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <span>
#include <utility>

namespace revenant {
namespace {

// RocksDB's own log. The one that it would keep in the folder writes on after a write failed, and
// ends the process by an assertion: a full disk must not do that. So nothing of it goes to disk.
class LogFeed final : public rocksdb::Logger {
 public:
  explicit LogFeed(LogSink sink) : Logger(rocksdb::WARN_LEVEL), sink_(std::move(sink)) {}

  using Logger::Logv;
  void Logv(const char* format, va_list arguments) override {
    Logv(rocksdb::WARN_LEVEL, format, arguments);
  }
  void Logv(rocksdb::InfoLogLevel level, const char* format, va_list arguments) override {
    if (!sink_ || level < GetInfoLogLevel()) return;
    char line[1024];
    if (std::vsnprintf(line, sizeof line, format, arguments) > 0) {
      sink_(LogLevel::kDetail, line);
    }
  }
  void LogHeader(const char*, va_list) override {}

 private:
  const LogSink sink_;
};

// Fingerprints and hashes are noise that no compression shortens; what else a row holds does, the
// more of it a block has. So what screenings read by the row has small blocks, and what is read in
// order, if at all, has large ones.
constexpr std::size_t kSmallBlock = std::size_t{4} << 10, kLargeBlock = std::size_t{16} << 10;

constexpr Table kLargeBlocks[] = {Table::kNames,        Table::kAlerts,
                                  Table::kJournal,      Table::kJournalBodies,
                                  Table::kJournalNodes, Table::kJournalAbout};

// Look-ups of these nearly always find them, except for the newest rows: the last level, where
// nearly all are, needs no filter. Never so for fingerprints: strangers' identifiers are misses.
constexpr Table kAlwaysThere[] = {Table::kSellers,      Table::kObservations, Table::kAlerts,
                                  Table::kMembers,      Table::kJournal,      Table::kJournalBodies,
                                  Table::kJournalNodes, Table::kJournalAbout};

// And these are looked for in vain all the time, first of all in what was written last: without a
// filter there every miss walks the skip list.
constexpr Table kOftenMissing[] = {Table::kNames, Table::kFingerprints, Table::kTombstones};

bool IsOneOf(std::span<const Table> tables, std::string_view name) {
  return std::any_of(tables.begin(), tables.end(),
                     [&](Table table) { return name == TableName(table); });
}

}  // namespace

rocksdb::ColumnFamilyOptions TableOptions(std::string_view name,
                                          const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.block_size = IsOneOf(kLargeBlocks, name) ? kLargeBlock : kSmallBlock;
  table.format_version = 5;
  table.checksum = rocksdb::kXXH3;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.whole_key_filtering = true;
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.compression = rocksdb::kZSTD;
  // What is alike in observations stands together and is found at once; the rest is noise, on which
  // searching longer would be lost.
  if (name == TableName(Table::kObservations)) options.compression_opts.level = -2;
  options.memtable_prefix_bloom_size_ratio = IsOneOf(kOftenMissing, name) ? 0.1 : 0;
  options.memtable_whole_key_filtering = true;
  options.optimize_filters_for_hits = IsOneOf(kAlwaysThere, name);
  return options;
}

rocksdb::DBOptions DatabaseOptions(const Store::Options& options) {
  rocksdb::DBOptions db;
  db.create_if_missing = options.mode == Store::Mode::kCreate;
  db.error_if_exists = options.mode == Store::Mode::kCreate;
  db.create_missing_column_families = true;
  db.max_open_files = -1;
  // More threads would end the process where memory or threads run out while they open tables.
  db.max_file_opening_threads = 1;
  db.info_log = std::make_shared<LogFeed>(options.log);
  db.info_log_level = rocksdb::WARN_LEVEL;
  db.max_background_jobs = 2;
  db.bgerror_resume_retry_interval = 500'000;  // microseconds
  // It is done before closing, and not at all where that cannot be waited for (closing.cc).
  db.avoid_flush_during_shutdown = true;
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  // One batch at a time is all that there is.
  db.allow_concurrent_memtable_write = false;
  db.enable_write_thread_adaptive_yield = false;
  if (options.env != nullptr) db.env = options.env;
  if (options.count_reads) {
    db.statistics = rocksdb::CreateDBStatistics();
    db.statistics->set_stats_level(rocksdb::kExceptHistogramOrTimers);
  }
  return db;
}

}  // namespace revenant

#ifndef REVENANT_STORE_STORE_H_
#define REVENANT_STORE_STORE_H_

// The RocksDB behind a registry: tables, snapshots, atomic batches. It knows rows, not meanings.
// Threads: Snapshot() from any thread; one Batch at a time (the registry serialises writers).

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/log.h"
#include "store/rows.h"
#include "store/view.h"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
class Env;
class FileSystem;
struct IngestExternalFileArg;
}  // namespace rocksdb

namespace revenant {

class Batch;

class Store {
 public:
  enum class Mode : std::uint8_t { kCreate, kReadWrite, kReadOnly };
  struct Options {
    Mode mode = Mode::kReadWrite;
    std::size_t cache_bytes = std::size_t{256} << 20;
    rocksdb::Env* env = nullptr;                 // for tests, a disk of memory
    std::shared_ptr<rocksdb::FileSystem> files;  // for tests that make a real disk fail
    LogSink log;
    bool count_reads = false;  // for PointReads(); costs every read a little
    std::size_t upgrade_batch_bytes = std::size_t{4} << 20;  // of an old store's rows, at a time
  };

  // kConflict: kCreate on a folder that is not empty, or the store is open elsewhere. kNotFound: no
  // store there. kUnsupportedFormat: made by a newer version. kCorruption, kIo.
  static Result<std::unique_ptr<Store>> Open(const std::filesystem::path& dir,
                                             const Options& options);
  ~Store();

  // The state as it is now, unchanging while the view lives. It must not outlive the store.
  std::unique_ptr<View> Snapshot() const;

  bool writable() const;

  // For a reader: catches up with what was written since. True: there is something new. Snapshots
  // taken before stay as they are. Errors: those of Open(); the state stays as it was.
  // Threads: any, beside readers. Cost: that of Open(), where anything was written; both are held
  // until the last reader of the old one is done.
  Result<bool> Refresh();
  // Has anything in the folder changed since? Cost: a look into it.
  Result<bool> IsBehind() const;

  // Writes built on the newest state, readable through the batch at once, and committed as one.
  std::unique_ptr<Batch> NewBatch();
  // All or nothing. After an error the store is as it was before the batch; only after one of
  // syncing the batch may stand or not.
  Result<void> Commit(Batch& batch, bool sync);

  // The last commit, for SyncThrough(). Threads: beside which no other commits.
  std::uint64_t LastCommit() const;
  // That commit and all before it survive power loss once this returned. Threads: any number, also
  // beside one that commits; those who wait at the same time share one sync of the disk.
  Result<void> SyncThrough(std::uint64_t commit);
  // How often the disk was synced for commits.
  std::uint64_t Syncs() const;

  // What was committed up to now survives power loss once this returned.
  Result<void> Sync();

  // After much was written at once: merges the files of each table into whose lower levels it has
  // not found its way yet, if that is at least a quarter of the table, so that over the life of a
  // store this costs a few times what is written. What is merged takes up to a sixth less.
  // Threads: any, beside readers and a writer.
  Result<void> Tidy();

  // Reads every block of every file against its checksum. Cost: reads the whole store.
  Result<void> VerifyChecksums() const;

  // Names that have a number.
  std::size_t WordCount() const;

  // Values of kMeta.
  Result<std::optional<std::string>> Meta(std::string_view name) const;

  // Which state of which store this is: equal stamps mean equal rows.
  struct Stamp {
    std::string store;           // the database's own identity
    std::uint64_t sequence = 0;  // of its last write
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  Result<Stamp> CurrentStamp() const;

  // Files beside the tables, of no worth without them: replaced as one, not synced.
  Result<std::optional<std::string>> ReadSideFile(std::string_view name) const;
  Result<void> WriteSideFile(std::string_view name, std::string_view bytes);

  // For bulk_writer.h: RocksDB itself, and the folder for files that are not yet the store's. What
  // is left in there from a process that was killed goes when the store is opened for writing.
  rocksdb::DB& database() const;
  rocksdb::ColumnFamilyHandle* HandleOf(Table table) const;
  std::string BulkFolder() const;
  void RemoveBulkFolder();
  // Takes in sorted files of any tables, all or none, synced.
  Result<void> Ingest(const std::vector<rocksdb::IngestExternalFileArg>& files,
                      const std::vector<std::string>& new_words);

  // Point reads of rows that were asked of RocksDB, if Options::count_reads.
  std::uint64_t PointReads() const;

 private:
  friend class Batch;
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Where rows go.
class RowSink {
 public:
  virtual ~RowSink() = default;
  virtual void Put(Table table, std::string_view key, std::string_view value) = 0;
};

// Changes to rows. Puts replace; deletes of missing rows do nothing.
class Batch final : public View, public RowSink {
 public:
  ~Batch() override;

  void Put(Table table, std::string_view key, std::string_view value) override;
  void Delete(Table table, std::string_view key);

  void PutSeller(SellerId seller, const SellerRow& row);
  void PutComponent(LabelId label, std::uint32_t part, const ComponentRow& row);  // deletes empties

  // The number of a word, a new one if it has none.
  WordId InternWord(std::string_view text);
  // The next number of a counter in kMeta; the first is 1.
  Result<std::uint64_t> NextNumber(std::string_view counter);

  // Every row that it puts or deletes.
  void ForEachWrite(const std::function<void(Table, std::string_view key)>& visit) const;

  // Undoes everything since the mark: one refused event of several. Each SetMark() is ended by one
  // of the other two.
  void SetMark();
  void RollBackToMark();
  void DropMark();

  Result<void> Scan(Table table, std::string_view prefix, const VisitRaw& visit) const override;
  Result<std::optional<std::string>> Get(Table table, std::string_view key) const override;
  std::string Word(WordId id) const override;
  WordId FindWord(std::string_view text) const override;

 private:
  friend class Store;
  struct Impl;
  explicit Batch(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace revenant

#endif  // REVENANT_STORE_STORE_H_

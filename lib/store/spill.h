#ifndef REVENANT_STORE_SPILL_H_
#define REVENANT_STORE_SPILL_H_

// Records dealt out to partitions, to be read back one partition after the other: the way in which
// more than fits into memory is sorted. What passes the budget lies in one file.
// Threads: each writes through a Writer of its own; reading begins when all of them are closed, and
// may proceed from any number of threads. Errors: kIo.

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/result.h"
#include "util/mutex.h"

namespace rocksdb {
class Env;
class RandomAccessFile;
class WritableFile;
}  // namespace rocksdb

namespace revenant {

// What several spills may hold in memory together.
class SpillBudget {
 public:
  explicit SpillBudget(std::size_t limit) : limit_(limit) {}
  // True if that is too much.
  bool Take(std::size_t bytes) { return used_.fetch_add(bytes) + bytes > limit_; }
  void Give(std::size_t bytes) { used_.fetch_sub(bytes); }

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> used_{0};
};

class Spill {
 public:
  // `path` of the file, which is made only if it is needed and goes with the spill.
  Spill(rocksdb::Env& env, std::string path, std::size_t partitions, SpillBudget& budget);
  ~Spill();
  Spill(const Spill&) = delete;
  Spill& operator=(const Spill&) = delete;

  class Writer {
   public:
    explicit Writer(Spill& spill) : spill_(spill), chunks_(spill.partitions()) {}

    // Append one whole record to the bytes of a partition that Open() returns, then call Close(). A
    // record stays in one piece; records of one writer stay in order.
    std::string& Open(std::size_t partition) { return chunks_[partition]; }
    Result<void> Close(std::size_t partition) {
      std::string& chunk = chunks_[partition];
      if (chunk.size() < kChunkBytes) return {};
      return spill_.HandOver(partition, chunk);
    }
    Result<void> Append(std::size_t partition, std::string_view record) {
      Open(partition).append(record);
      return Close(partition);
    }
    // After the last record.
    Result<void> Finish();

   private:
    Spill& spill_;
    std::vector<std::string> chunks_;
  };

  std::size_t partitions() const { return partition_count_; }
  // Of what has been handed over: all, once the writers are finished.
  std::uint64_t bytes(std::size_t partition) const {
    const MutexLock lock(mutex_);
    return partitions_[partition].bytes;
  }

  // Appends a partition's records to `out` and forgets them.
  Result<void> Take(std::size_t partition, std::string& out);

 private:
  static constexpr std::size_t kChunkBytes = 16 << 10;

  struct Extent {
    std::uint64_t offset = 0, size = 0;
  };
  struct Partition {
    std::vector<std::string> chunks;
    std::vector<Extent> extents;  // in the file; they come before the chunks
    std::uint64_t bytes = 0;
  };

  Result<void> HandOver(std::size_t partition, std::string& chunk);
  Result<void> WriteOut() REQUIRES(mutex_);
  Result<void> OpenForReading() REQUIRES(mutex_);

  rocksdb::Env& env_;
  const std::string path_;
  SpillBudget& budget_;
  const std::size_t partition_count_;
  mutable Mutex mutex_;
  std::vector<Partition> partitions_ GUARDED_BY(mutex_);
  std::unique_ptr<rocksdb::WritableFile> out_ GUARDED_BY(mutex_);
  std::unique_ptr<rocksdb::RandomAccessFile> in_ GUARDED_BY(mutex_);
  std::uint64_t file_bytes_ GUARDED_BY(mutex_) = 0;
  std::size_t in_memory_ GUARDED_BY(mutex_) = 0;
};

}  // namespace revenant

#endif  // REVENANT_STORE_SPILL_H_

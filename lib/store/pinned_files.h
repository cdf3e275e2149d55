#ifndef REVENANT_STORE_PINNED_FILES_H_
#define REVENANT_STORE_PINNED_FILES_H_

// The files of a store as they are at one moment, held open for a reader beside a writer: what the
// writer deletes afterwards stays readable, and nothing is written.
// Why this is one state, regardless of the writer: RocksDB deletes a file only after a
// MANIFEST that does without it was written. So if CURRENT names the same MANIFEST of the same size
// before the folder was read and after all files in it were opened, then every file that this
// MANIFEST needs was there all the time and is open now. Otherwise they are opened again, which
// takes about a millisecond per hundred files. RocksDB is shown the MANIFEST up to that size, and
// these files alone. Logs may grow; as they are written in one order and read in that order, what
// is read of them is what was written up to some moment.
// Threads: any number may read. Errors: kIo; kCorruption: CURRENT names no MANIFEST, or a log is
// damaged.

#include <rocksdb/file_system.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "revenant/result.h"
#include "store/wal_check.h"
#include "util/mutex.h"
#include "util/posix_file.h"

namespace revenant {

class PinnedFiles final : public rocksdb::FileSystemWrapper {
 public:
  static Result<std::shared_ptr<PinnedFiles>> Pin(
      const std::filesystem::path& dir, const std::shared_ptr<rocksdb::FileSystem>& target);

  static const char* kClassName() { return "RevenantPinnedFiles"; }
  const char* Name() const override { return kClassName(); }

  // What a reader of these files could tell one moment from another by.
  struct Moment {
    std::string current, identity;
    std::uint64_t manifest_bytes = 0;
    std::map<std::string, std::uint64_t> logs;  // bytes by name
    bool SameFiles(const Moment& other) const {
      return current == other.current && identity == other.identity &&
             manifest_bytes == other.manifest_bytes;
    }
    friend bool operator==(const Moment&, const Moment&) = default;
  };
  // When the files were pinned.
  const Moment& moment() const { return moment_; }
  static Result<Moment> Now(const std::filesystem::path& dir);

  // One of the files, for a copy of it; nullopt: it is not pinned.
  struct Held {
    std::shared_ptr<const FileDescriptor> descriptor;
    std::uint64_t limit = UINT64_MAX;  // of what is shown
  };
  std::optional<Held> Hold(const std::string& name) const;
  std::vector<std::string> Names() const;

  // Of what the logs must hold: those written down under the same MANIFEST. What is torn is not
  // shown.
  Result<WalCheck> CheckLogs(const std::optional<WalMarkList>& marks);

  rocksdb::IOStatus NewSequentialFile(const std::string& file, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSSequentialFile>* out,
                                      rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewRandomAccessFile(const std::string& file,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* out,
                                        rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus FileExists(const std::string& file, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus GetFileSize(const std::string& file, const rocksdb::IOOptions& options,
                                std::uint64_t* size, rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus GetChildren(const std::string& folder, const rocksdb::IOOptions& options,
                                std::vector<std::string>* names,
                                rocksdb::IODebugContext* debug) override;

  // Nothing is written.
  rocksdb::IOStatus NewWritableFile(const std::string& file, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* out,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus CreateDir(const std::string& folder, const rocksdb::IOOptions& options,
                              rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus CreateDirIfMissing(const std::string& folder, const rocksdb::IOOptions& options,
                                       rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& file, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

 private:
  class Sequential;
  class RandomAccess;
  struct File {
    std::shared_ptr<const FileDescriptor> descriptor;
    std::uint64_t limit = UINT64_MAX;  // of what is shown
  };

  PinnedFiles(const std::shared_ptr<rocksdb::FileSystem>& target, std::filesystem::path dir)
      : FileSystemWrapper(target), dir_(std::move(dir)) {}

  Result<void> Open(const std::string& name, std::uint64_t limit);
  // nullopt: it is not pinned. `is_ours`: a file of that kind is never looked for on disk.
  std::optional<File> Find(const std::string& path, bool& is_ours) const;

  const std::filesystem::path dir_;
  Moment moment_;
  mutable Mutex mutex_;  // RocksDB reads the list on threads of its own
  std::map<std::string, File> files_ GUARDED_BY(mutex_);  // by name
};

}  // namespace revenant

#endif  // REVENANT_STORE_PINNED_FILES_H_

#ifndef REVENANT_STORE_RETRYABLE_FILES_H_
#define REVENANT_STORE_RETRYABLE_FILES_H_

// A file system whose errors RocksDB (7.8) survives: after one that is marked as retryable it
// begins another file and tries again, twice a second, until that goes through. Unmarked, an error
// while writing is final to it; and a full disk has a way of its own, which wants 64 MiB of room
// and leaves the database marked as stopped for good: flushes no longer wait, and an ingestion ends
// the process. Threads: any number.

#include <rocksdb/file_system.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace revenant {

class RetryableFiles final : public rocksdb::FileSystemWrapper {
 public:
  using Status = rocksdb::IOStatus;
  using Options = rocksdb::IOOptions;
  using Debug = rocksdb::IODebugContext;
  using FileSystemWrapper::FileSystemWrapper;
  static const char* kClassName() { return "RevenantRetryableFiles"; }
  const char* Name() const override { return kClassName(); }

  // From now on errors are final: whoever tries again ends with the next one.
  void GiveUp() { *gave_up_ = true; }

  Status NewWritableFile(const std::string& file, const rocksdb::FileOptions& options,
                         std::unique_ptr<rocksdb::FSWritableFile>* out, Debug* debug) override {
    Status made = FileSystemWrapper::NewWritableFile(file, options, out, debug);
    if (made.ok()) *out = std::make_unique<File>(gave_up_, std::move(*out));
    return Retryable(gave_up_, std::move(made));
  }
  Status ReopenWritableFile(const std::string& file, const rocksdb::FileOptions& options,
                            std::unique_ptr<rocksdb::FSWritableFile>* out, Debug* debug) override {
    Status made = FileSystemWrapper::ReopenWritableFile(file, options, out, debug);
    if (made.ok()) *out = std::make_unique<File>(gave_up_, std::move(*out));
    return Retryable(gave_up_, std::move(made));
  }
  Status NewDirectory(const std::string& name, const Options& options,
                      std::unique_ptr<rocksdb::FSDirectory>* out, Debug* debug) override {
    Status made = FileSystemWrapper::NewDirectory(name, options, out, debug);
    if (made.ok()) *out = std::make_unique<Folder>(gave_up_, std::move(*out));
    return Retryable(gave_up_, std::move(made));
  }
  Status CreateDirIfMissing(const std::string& folder, const Options& options,
                            Debug* debug) override {
    return Retryable(gave_up_, FileSystemWrapper::CreateDirIfMissing(folder, options, debug));
  }
  Status RenameFile(const std::string& from, const std::string& to, const Options& options,
                    Debug* debug) override {
    return Retryable(gave_up_, FileSystemWrapper::RenameFile(from, to, options, debug));
  }
  Status LinkFile(const std::string& from, const std::string& to, const Options& options,
                  Debug* debug) override {
    return Retryable(gave_up_, FileSystemWrapper::LinkFile(from, to, options, debug));
  }
  Status DeleteFile(const std::string& file, const Options& options, Debug* debug) override {
    return Retryable(gave_up_, FileSystemWrapper::DeleteFile(file, options, debug));
  }

 private:
  using GaveUp = std::shared_ptr<std::atomic<bool>>;  // files outlive this

  static Status Retryable(const GaveUp& gave_up, Status status) {
    if (!status.IsIOError()) return status;
    const char* state = status.getState();
    const std::string text = state == nullptr ? "" : state;
    if (*gave_up) return Status::IOError(text);
    if (status.IsNoSpace()) {
      // By another name: RocksDB goes by this one before it asks whether to try again.
      status = rocksdb::status_to_io_status(rocksdb::Status::SpaceLimit(text));
    }
    status.SetRetryable(true);
    return status;
  }

  class File final : public rocksdb::FSWritableFileOwnerWrapper {
   public:
    using Base = FSWritableFileOwnerWrapper;
    File(GaveUp gave_up, std::unique_ptr<rocksdb::FSWritableFile> target)
        : Base(std::move(target)), gave_up_(std::move(gave_up)) {}

    Status Append(const rocksdb::Slice& data, const Options& options, Debug* debug) override {
      return Retryable(gave_up_, Base::Append(data, options, debug));
    }
    Status Append(const rocksdb::Slice& data, const Options& options,
                  const rocksdb::DataVerificationInfo& verification, Debug* debug) override {
      return Retryable(gave_up_, Base::Append(data, options, verification, debug));
    }
    Status Flush(const Options& options, Debug* debug) override {
      return Retryable(gave_up_, Base::Flush(options, debug));
    }
    Status Sync(const Options& options, Debug* debug) override {
      return Retryable(gave_up_, Base::Sync(options, debug));
    }
    Status Fsync(const Options& options, Debug* debug) override {
      return Retryable(gave_up_, Base::Fsync(options, debug));
    }
    Status RangeSync(std::uint64_t offset, std::uint64_t bytes, const Options& options,
                     Debug* debug) override {
      return Retryable(gave_up_, Base::RangeSync(offset, bytes, options, debug));
    }
    Status Allocate(std::uint64_t offset, std::uint64_t bytes, const Options& options,
                    Debug* debug) override {
      return Retryable(gave_up_, Base::Allocate(offset, bytes, options, debug));
    }
    Status Close(const Options& options, Debug* debug) override {
      return Retryable(gave_up_, Base::Close(options, debug));
    }

   private:
    const GaveUp gave_up_;
  };

  class Folder final : public rocksdb::FSDirectoryWrapper {
   public:
    Folder(GaveUp gave_up, std::unique_ptr<rocksdb::FSDirectory> target)
        : FSDirectoryWrapper(std::move(target)), gave_up_(std::move(gave_up)) {}

    Status Fsync(const Options& options, Debug* debug) override {
      return Retryable(gave_up_, FSDirectoryWrapper::Fsync(options, debug));
    }
    Status FsyncWithDirOptions(const Options& options, Debug* debug,
                               const rocksdb::DirFsyncOptions& how) override {
      return Retryable(gave_up_, FSDirectoryWrapper::FsyncWithDirOptions(options, debug, how));
    }
    Status Close(const Options& options, Debug* debug) override {
      return Retryable(gave_up_, FSDirectoryWrapper::Close(options, debug));
    }

   private:
    const GaveUp gave_up_;
  };

  const GaveUp gave_up_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace revenant

#endif  // REVENANT_STORE_RETRYABLE_FILES_H_

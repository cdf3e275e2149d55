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

  // From now on every write succeeds and none reaches the disk, where it is as if the process had
  // been killed. Closing can be held up for good by somebody who tries again, but not by that.
  void Abandon() { state_->abandoned = true; }
  // Whether anything failed yet.
  bool failed() const { return state_->failed; }

  Status NewWritableFile(const std::string& file, const rocksdb::FileOptions& options,
                         std::unique_ptr<rocksdb::FSWritableFile>* out, Debug* debug) override {
    if (state_->abandoned) {
      *out = std::make_unique<Nowhere>();
      return Status::OK();
    }
    Status made = FileSystemWrapper::NewWritableFile(file, options, out, debug);
    if (made.ok()) *out = std::make_unique<File>(state_, std::move(*out));
    return Retryable(*state_, std::move(made));
  }
  Status NewDirectory(const std::string& name, const Options& options,
                      std::unique_ptr<rocksdb::FSDirectory>* out, Debug* debug) override {
    Status made = FileSystemWrapper::NewDirectory(name, options, out, debug);
    if (made.ok()) *out = std::make_unique<Folder>(state_, std::move(*out));
    return Retryable(*state_, std::move(made));
  }
  Status CreateDirIfMissing(const std::string& folder, const Options& options,
                            Debug* debug) override {
    return Do(*state_,
              [&] { return FileSystemWrapper::CreateDirIfMissing(folder, options, debug); });
  }
  Status RenameFile(const std::string& from, const std::string& to, const Options& options,
                    Debug* debug) override {
    return Do(*state_, [&] { return FileSystemWrapper::RenameFile(from, to, options, debug); });
  }
  Status LinkFile(const std::string& from, const std::string& to, const Options& options,
                  Debug* debug) override {
    return Do(*state_, [&] { return FileSystemWrapper::LinkFile(from, to, options, debug); });
  }
  Status DeleteFile(const std::string& file, const Options& options, Debug* debug) override {
    return Do(*state_, [&] { return FileSystemWrapper::DeleteFile(file, options, debug); });
  }

 private:
  struct State {
    std::atomic<bool> abandoned{false}, failed{false};
  };
  using Shared = std::shared_ptr<State>;  // files may outlive this

  static Status Retryable(State& state, Status status) {
    if (!status.IsIOError()) return status;
    state.failed = true;
    if (status.IsNoSpace()) {
      // By another name: RocksDB goes by this one before it asks whether to try again.
      const char* text = status.getState();
      status =
          rocksdb::status_to_io_status(rocksdb::Status::SpaceLimit(text == nullptr ? "" : text));
    }
    status.SetRetryable(true);
    return status;
  }

  template <typename Work>
  static Status Do(State& state, Work&& work) {
    return state.abandoned ? Status::OK() : Retryable(state, work());
  }

  class Nowhere final : public rocksdb::FSWritableFile {
   public:
    Status Append(const rocksdb::Slice& data, const Options&, Debug*) override {
      size_ += data.size();
      return Status::OK();
    }
    Status Append(const rocksdb::Slice& data, const Options& options,
                  const rocksdb::DataVerificationInfo&, Debug* debug) override {
      return Append(data, options, debug);
    }
    Status Truncate(std::uint64_t, const Options&, Debug*) override { return Status::OK(); }
    Status Close(const Options&, Debug*) override { return Status::OK(); }
    Status Flush(const Options&, Debug*) override { return Status::OK(); }
    Status Sync(const Options&, Debug*) override { return Status::OK(); }
    bool IsSyncThreadSafe() const override { return true; }
    std::uint64_t GetFileSize(const Options&, Debug*) override { return size_; }

   private:
    std::uint64_t size_ = 0;
  };

  class File final : public rocksdb::FSWritableFileOwnerWrapper {
   public:
    using Base = FSWritableFileOwnerWrapper;
    File(Shared state, std::unique_ptr<rocksdb::FSWritableFile> target)
        : Base(std::move(target)), state_(std::move(state)) {}

    Status Append(const rocksdb::Slice& data, const Options& options, Debug* debug) override {
      return Do(*state_, [&] { return Base::Append(data, options, debug); });
    }
    Status Append(const rocksdb::Slice& data, const Options& options,
                  const rocksdb::DataVerificationInfo& verification, Debug* debug) override {
      return Do(*state_, [&] { return Base::Append(data, options, verification, debug); });
    }
    Status Truncate(std::uint64_t size, const Options& options, Debug* debug) override {
      return Do(*state_, [&] { return Base::Truncate(size, options, debug); });
    }
    Status Flush(const Options& options, Debug* debug) override {
      return Do(*state_, [&] { return Base::Flush(options, debug); });
    }
    Status Sync(const Options& options, Debug* debug) override {
      return Do(*state_, [&] { return Base::Sync(options, debug); });
    }
    Status Fsync(const Options& options, Debug* debug) override {
      return Do(*state_, [&] { return Base::Fsync(options, debug); });
    }
    Status RangeSync(std::uint64_t offset, std::uint64_t bytes, const Options& options,
                     Debug* debug) override {
      return Do(*state_, [&] { return Base::RangeSync(offset, bytes, options, debug); });
    }
    Status Allocate(std::uint64_t offset, std::uint64_t bytes, const Options& options,
                    Debug* debug) override {
      return Do(*state_, [&] { return Base::Allocate(offset, bytes, options, debug); });
    }
    Status Close(const Options& options, Debug* debug) override {
      Status closed = Base::Close(options, debug);
      return state_->abandoned ? Status::OK() : Retryable(*state_, std::move(closed));
    }

   private:
    const Shared state_;
  };

  class Folder final : public rocksdb::FSDirectoryWrapper {
   public:
    using Base = FSDirectoryWrapper;
    Folder(Shared state, std::unique_ptr<rocksdb::FSDirectory> target)
        : Base(std::move(target)), state_(std::move(state)) {}

    Status Fsync(const Options& options, Debug* debug) override {
      return Do(*state_, [&] { return Base::Fsync(options, debug); });
    }
    Status FsyncWithDirOptions(const Options& options, Debug* debug,
                               const rocksdb::DirFsyncOptions& how) override {
      return Do(*state_, [&] { return Base::FsyncWithDirOptions(options, debug, how); });
    }

   private:
    const Shared state_;
  };

  const Shared state_ = std::make_shared<State>();
};

}  // namespace revenant

#endif  // REVENANT_STORE_RETRYABLE_FILES_H_

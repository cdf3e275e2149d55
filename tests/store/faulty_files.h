#ifndef REVENANT_TESTS_STORE_FAULTY_FILES_H_
#define REVENANT_TESTS_STORE_FAULTY_FILES_H_

#include <rocksdb/file_system.h>

#include <atomic>
#include <climits>
#include <memory>
#include <string>
#include <utility>

#include "util/mutex.h"

namespace revenant {

// A real disk of which one operation that changes it fails, once or from then on. What is synced is
// not, as no power is lost here: that would cost these tests nearly all of their time.
class FaultyFiles final : public rocksdb::FileSystemWrapper {
 public:
  using Status = rocksdb::IOStatus;
  FaultyFiles() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "FaultyFiles"; }

  enum class Error : unsigned char { kNoSpace, kIo };
  // The `number`-th from now on fails; the first is 1. If `only` is given, only such operations
  // count, "sync MANIFEST-" say; no other thread may use this meanwhile.
  void Fail(int number, Error error, bool lasting, std::string only = {}) {
    error_ = error;
    lasting_ = lasting;
    only_ = std::move(only);
    failures_ = 0;
    left_ = number;
  }
  void Mend() { left_ = INT_MAX; }
  int failures() const { return failures_; }
  // What the first failure was of, such as "sync MANIFEST-000005".
  std::string first_failure() const {
    const MutexLock lock(mutex_);
    return first_failure_;
  }

  Status NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                         std::unique_ptr<rocksdb::FSWritableFile>* out,
                         rocksdb::IODebugContext* debug) override {
    if (Fails("make", name)) return What();
    Status made = FileSystemWrapper::NewWritableFile(name, options, out, debug);
    if (made.ok()) *out = std::make_unique<File>(*this, name, std::move(*out));
    return made;
  }
  Status NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                      std::unique_ptr<rocksdb::FSDirectory>* out,
                      rocksdb::IODebugContext* debug) override {
    Status made = FileSystemWrapper::NewDirectory(name, options, out, debug);
    if (made.ok()) *out = std::make_unique<Directory>(*this, name, std::move(*out));
    return made;
  }
  Status RenameFile(const std::string& from, const std::string& to,
                    const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
    return Fails("rename", from) ? What() : FileSystemWrapper::RenameFile(from, to, options, debug);
  }
  Status LinkFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                  rocksdb::IODebugContext* debug) override {
    return Fails("link", from) ? What() : FileSystemWrapper::LinkFile(from, to, options, debug);
  }
  Status DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                    rocksdb::IODebugContext* debug) override {
    return Fails("delete", name) ? What() : FileSystemWrapper::DeleteFile(name, options, debug);
  }
  Status CreateDirIfMissing(const std::string& name, const rocksdb::IOOptions& options,
                            rocksdb::IODebugContext* debug) override {
    return Fails("make folder", name) ? What()
                                      : FileSystemWrapper::CreateDirIfMissing(name, options, debug);
  }

 private:
  class File final : public rocksdb::FSWritableFileOwnerWrapper {
   public:
    File(FaultyFiles& files, std::string name, std::unique_ptr<rocksdb::FSWritableFile> target)
        : FSWritableFileOwnerWrapper(std::move(target)), files_(files), name_(std::move(name)) {}
    Status Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                  rocksdb::IODebugContext* debug) override {
      if (files_.Fails("append to", name_)) return Torn(data, options, debug);
      return FSWritableFileOwnerWrapper::Append(data, options, debug);
    }
    Status Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                  const rocksdb::DataVerificationInfo& info,
                  rocksdb::IODebugContext* debug) override {
      if (files_.Fails("append to", name_)) return Torn(data, options, debug);
      return FSWritableFileOwnerWrapper::Append(data, options, info, debug);
    }
    Status Sync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
      return files_.Fails("sync", name_) ? files_.What()
                                         : FSWritableFileOwnerWrapper::Flush(options, debug);
    }
    Status Fsync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
      return files_.Fails("sync", name_) ? files_.What()
                                         : FSWritableFileOwnerWrapper::Flush(options, debug);
    }
    Status Close(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
      const bool fails = files_.Fails("close", name_);
      Status closed = FSWritableFileOwnerWrapper::Close(options, debug);
      return fails ? files_.What() : closed;
    }
    Status Truncate(std::uint64_t size, const rocksdb::IOOptions& options,
                    rocksdb::IODebugContext* debug) override {
      return files_.Fails("truncate", name_)
                 ? files_.What()
                 : FSWritableFileOwnerWrapper::Truncate(size, options, debug);
    }

   private:
    // As a disk that fills up does: the beginning is there.
    Status Torn(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                rocksdb::IODebugContext* debug) {
      const rocksdb::Slice half(data.data(), data.size() / 2);
      FSWritableFileOwnerWrapper::Append(half, options, debug).PermitUncheckedError();
      return files_.What();
    }
    FaultyFiles& files_;
    const std::string name_;
  };
  class Directory final : public rocksdb::FSDirectoryWrapper {
   public:
    Directory(FaultyFiles& files, std::string name, std::unique_ptr<rocksdb::FSDirectory> target)
        : FSDirectoryWrapper(std::move(target)), files_(files), name_(std::move(name)) {}
    Status Fsync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
      return files_.Fails("sync", name_) ? files_.What() : Status::OK();
    }
    Status FsyncWithDirOptions(const rocksdb::IOOptions&, rocksdb::IODebugContext*,
                               const rocksdb::DirFsyncOptions&) override {
      return files_.Fails("sync", name_) ? files_.What() : Status::OK();
    }

   private:
    FaultyFiles& files_;
    const std::string name_;
  };

  bool Fails(const char* doing, const std::string& path) {
    const std::string what = std::string(doing) + " " + path.substr(path.rfind('/') + 1);
    if (!what.starts_with(only_)) return false;
    const int left = left_.load() == INT_MAX ? INT_MAX : left_.fetch_sub(1);
    if (left == INT_MAX || left > 1 || (left < 1 && !lasting_)) return false;
    if (++failures_ == 1) {
      const MutexLock lock(mutex_);
      first_failure_ = what;
    }
    return true;
  }
  Status What() const {
    return error_ == Error::kNoSpace ? Status::NoSpace("No space left on device (by the test)")
                                     : Status::IOError("Input/output error (by the test)");
  }

  std::atomic<Error> error_{Error::kNoSpace};
  std::atomic<bool> lasting_{false};
  std::atomic<int> left_{INT_MAX}, failures_{0};
  std::string only_;
  mutable Mutex mutex_;
  std::string first_failure_ GUARDED_BY(mutex_);
};

}  // namespace revenant

#endif  // REVENANT_TESTS_STORE_FAULTY_FILES_H_

#ifndef REVENANT_TESTS_REGISTRY_FAULTY_DISK_H_
#define REVENANT_TESTS_REGISTRY_FAULTY_DISK_H_

#include <rocksdb/env.h>

#include <cstdint>
#include <memory>
#include <string>

namespace revenant {

// A disk made of memory that takes only so many writes.
class FaultyDisk final : public rocksdb::EnvWrapper {
 public:
  FaultyDisk() : EnvWrapper(rocksdb::NewMemEnv(rocksdb::Env::Default())), memory_(target()) {}

  void FailAfter(std::int64_t writes) { left_ = writes; }
  void Mend() { left_ = INT64_MAX; }
  bool failed() const { return failed_; }

  rocksdb::Status NewWritableFile(const std::string& name,
                                  std::unique_ptr<rocksdb::WritableFile>* file,
                                  const rocksdb::EnvOptions& options) override {
    std::unique_ptr<rocksdb::WritableFile> inner;
    const rocksdb::Status status = EnvWrapper::NewWritableFile(name, &inner, options);
    if (status.ok()) *file = std::make_unique<File>(*this, std::move(inner));
    return status;
  }

 private:
  class File final : public rocksdb::WritableFileWrapper {
   public:
    File(FaultyDisk& disk, std::unique_ptr<rocksdb::WritableFile> inner)
        : WritableFileWrapper(inner.get()), disk_(disk), inner_(std::move(inner)) {}
    rocksdb::Status Append(const rocksdb::Slice& data) override {
      if (disk_.left_-- <= 0) {
        disk_.failed_ = true;
        return rocksdb::Status::NoSpace("the test's disk is full");
      }
      return WritableFileWrapper::Append(data);
    }
    rocksdb::Status Append(const rocksdb::Slice& data,
                           const rocksdb::DataVerificationInfo&) override {
      return Append(data);
    }

   private:
    FaultyDisk& disk_;
    std::unique_ptr<rocksdb::WritableFile> inner_;
  };
  std::unique_ptr<rocksdb::Env> memory_;
  std::int64_t left_ = INT64_MAX;
  bool failed_ = false;
};

}  // namespace revenant

#endif  // REVENANT_TESTS_REGISTRY_FAULTY_DISK_H_

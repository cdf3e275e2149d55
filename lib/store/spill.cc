#include "store/spill.h"

#include <rocksdb/env.h>

#include <utility>

#include "store/status.h"
#include "util/try.h"

namespace revenant {

Spill::Spill(rocksdb::Env& env, std::string path, std::size_t partitions, SpillBudget& budget)
    : env_(env),
      path_(std::move(path)),
      budget_(budget),
      partition_count_(partitions),
      partitions_(partitions) {}

Spill::~Spill() {
  budget_.Give(in_memory_);
  const bool has_file = out_ != nullptr || in_ != nullptr;
  out_.reset();
  in_.reset();
  if (has_file) env_.DeleteFile(path_).PermitUncheckedError();
}

Result<void> Spill::Writer::Finish() {
  for (std::size_t i = 0; i < chunks_.size(); ++i) {
    if (!chunks_[i].empty()) TRY(spill_.HandOver(i, chunks_[i]));
  }
  return {};
}

Result<void> Spill::HandOver(std::size_t partition, std::string& chunk) {
  const MutexLock lock(mutex_);
  const std::size_t size = chunk.size();
  partitions_[partition].chunks.push_back(std::move(chunk));
  partitions_[partition].bytes += size;
  chunk = {};
  in_memory_ += size;
  if (budget_.Take(size)) TRY(WriteOut());
  return {};
}

Result<void> Spill::WriteOut() {
  if (out_ == nullptr) {
    rocksdb::EnvOptions options;
    options.use_mmap_writes = false;
    const rocksdb::Status made = env_.NewWritableFile(path_, &out_, options);
    if (!made.ok()) return FromRocks(made, "write beside store");
  }
  for (Partition& partition : partitions_) {
    Extent extent{file_bytes_, 0};
    for (const std::string& chunk : partition.chunks) {
      const rocksdb::Status status = out_->Append(chunk);
      if (!status.ok()) return FromRocks(status, "write beside store");
      extent.size += chunk.size();
    }
    if (extent.size == 0) continue;
    file_bytes_ += extent.size;
    partition.extents.push_back(extent);
    partition.chunks.clear();
    partition.chunks.shrink_to_fit();
  }
  budget_.Give(in_memory_);
  in_memory_ = 0;
  return {};
}

Result<void> Spill::OpenForReading() {
  if (out_ != nullptr) {
    const rocksdb::Status closed = out_->Close();
    if (!closed.ok()) return FromRocks(closed, "write beside store");
    out_.reset();
    const rocksdb::Status opened = env_.NewRandomAccessFile(path_, &in_, rocksdb::EnvOptions());
    if (!opened.ok()) return FromRocks(opened, "read beside store");
  }
  return {};
}

Result<void> Spill::Take(std::size_t index, std::string& out) {
  Partition taken;
  const rocksdb::RandomAccessFile* file = nullptr;  // read by several at once
  {
    const MutexLock lock(mutex_);
    TRY(OpenForReading());
    taken = std::move(partitions_[index]);
    partitions_[index] = {};
    file = in_.get();
  }
  out.reserve(out.size() + taken.bytes);
  for (const Extent& extent : taken.extents) {
    const std::size_t begin = out.size();
    out.resize(begin + extent.size);
    rocksdb::Slice got;
    const rocksdb::Status status = file->Read(extent.offset, extent.size, &got, out.data() + begin);
    if (!status.ok()) return FromRocks(status, "read beside store");
    if (got.size() != extent.size) {
      return Error{Code::kIo, "read beside store: a file is shorter than it was written"};
    }
    if (got.data() != out.data() + begin) out.replace(begin, extent.size, got.data(), got.size());
  }
  std::size_t freed = 0;
  for (const std::string& chunk : taken.chunks) {
    out.append(chunk);
    freed += chunk.size();
  }
  const MutexLock lock(mutex_);
  in_memory_ -= freed;
  budget_.Give(freed);
  return {};
}

}  // namespace revenant

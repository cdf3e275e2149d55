#include "store/store_lock.h"

#include <utility>

#include "store/own_files.h"

namespace revenant {

struct StoreLock::Impl {
  explicit Impl(const std::filesystem::path& dir) : files(rocksdb::FileSystem::Default(), dir) {}
  ~Impl() {
    if (lock != nullptr) files.UnlockFile(lock, {}, nullptr).PermitUncheckedError();
  }
  OwnFiles files;
  rocksdb::FileLock* lock = nullptr;
};

StoreLock::StoreLock(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
StoreLock::StoreLock(StoreLock&&) noexcept = default;
StoreLock::~StoreLock() = default;

Result<StoreLock> StoreLock::Take(const std::filesystem::path& dir) {
  auto impl = std::make_unique<Impl>(dir);
  const rocksdb::IOStatus done =
      impl->files.LockFile((dir / "LOCK").string(), {}, &impl->lock, nullptr);
  if (!done.ok()) {
    if (impl->files.trouble()) return *impl->files.trouble();
    return Error{Code::kIo, "lock store " + dir.string() + ": " + done.ToString()};
  }
  return StoreLock(std::move(impl));
}

}  // namespace revenant

#include "exchange/durable_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

namespace revenant {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

Error Failed(const char* doing, const std::filesystem::path& file, int number) {
  const bool missing = number == ENOENT || number == ENOTDIR;
  return {missing ? Code::kNotFound : Code::kIo,
          fmt::format("{} {}: {}", doing, file.string(), std::generic_category().message(number))};
}

int WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return errno;
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

Result<void> SyncFolderOf(const std::filesystem::path& file) {
  const std::filesystem::path parent = file.parent_path().empty() ? "." : file.parent_path();
  const Descriptor folder(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0) return Failed("opening", parent, errno);
  // EINVAL: a file system whose folders cannot be synced.
  if (::fsync(folder.get()) != 0 && errno != EINVAL) return Failed("syncing", parent, errno);
  return {};
}

}  // namespace

Result<void> ReplaceFile(const std::filesystem::path& file, std::string_view bytes) {
  std::filesystem::path temporary = file;
  temporary += ".tmp";
  ::unlink(temporary.c_str());  // left over from a process that was killed
  Descriptor out(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (out.get() < 0) return Failed("creating", temporary, errno);
  int failed = WriteAll(out.get(), bytes);
  if (failed == 0 && ::fsync(out.get()) != 0) failed = errno;
  if (::close(out.Release()) != 0 && failed == 0) failed = errno;
  if (failed == 0 && std::rename(temporary.c_str(), file.c_str()) != 0) failed = errno;
  if (failed != 0) {
    ::unlink(temporary.c_str());
    return Failed("writing", file, failed);
  }
  return SyncFolderOf(file);
}

Result<SecretText> ReadWholeFile(const std::filesystem::path& file, std::size_t max) {
  const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (in.get() < 0) return Failed("opening", file, errno);
  struct stat info;
  if (::fstat(in.get(), &info) != 0) return Failed("reading", file, errno);
  if (!S_ISREG(info.st_mode) || static_cast<std::uintmax_t>(info.st_size) > max) {
    return Error{Code::kInvalidArgument,
                 fmt::format("{} is no regular file of at most {} bytes", file.string(), max)};
  }
  SecretText bytes(static_cast<std::size_t>(info.st_size));
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got = ::read(in.get(), bytes.data() + size, bytes.size() - size);
    if (got == 0) break;
    if (got < 0 && errno != EINTR) return Failed("reading", file, errno);
    if (got > 0) size += static_cast<std::size_t>(got);
  }
  bytes.resize(size);
  return bytes;
}

Result<FolderLock> FolderLock::Take(const std::filesystem::path& dir) {
  const std::filesystem::path file = dir / "LOCK";
  Descriptor lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.get() < 0) return Failed("opening", file, errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return Failed("locking", file, errno);
    return Error{Code::kConflict, dir.string() + " is in use by another process"};
  }
  return FolderLock(lock.Release());
}

FolderLock::FolderLock(FolderLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FolderLock::~FolderLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace revenant

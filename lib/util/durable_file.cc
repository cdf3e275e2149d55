#include "util/durable_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "util/posix_file.h"

namespace revenant {

Result<void> AppendToFile(const std::filesystem::path& file, std::uint64_t size,
                          std::string_view bytes) {
  FileDescriptor out(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  if (!out.valid()) return SystemError("opening", file, errno);
  struct stat info;
  if (::fstat(out.get(), &info) != 0) return SystemError("reading", file, errno);
  const auto place = static_cast<off_t>(size);
  if (info.st_size < place) {
    return Error{Code::kConflict, file.string() + " was cut off by another process: open it again"};
  }
  // Bytes behind `size` were never acknowledged: an append that did not end well.
  int failed = info.st_size > place && ::ftruncate(out.get(), place) != 0 ? errno : 0;
  if (failed == 0 && ::lseek(out.get(), place, SEEK_SET) < 0) failed = errno;
  if (failed == 0) failed = WriteAll(out.get(), bytes);
  if (failed == 0 && ::fdatasync(out.get()) != 0) failed = errno;
  if (failed == 0) return {};
  [[maybe_unused]] const int kept = ::ftruncate(out.get(), place);
  return SystemError("writing", file, failed);
}

Result<SecretText> ReadWholeFile(const std::filesystem::path& file, std::size_t max) {
  const FileDescriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!in.valid()) return SystemError("opening", file, errno);
  struct stat info;
  if (::fstat(in.get(), &info) != 0) return SystemError("reading", file, errno);
  if (!S_ISREG(info.st_mode) || static_cast<std::uintmax_t>(info.st_size) > max) {
    return Error{Code::kInvalidArgument,
                 fmt::format("{} is not a regular file of at most {} bytes", file.string(), max)};
  }
  SecretText bytes(static_cast<std::size_t>(info.st_size));
  const std::ptrdiff_t size = ReadUpTo(in.get(), bytes.data(), bytes.size());
  if (size < 0) return SystemError("reading", file, errno);
  bytes.resize(static_cast<std::size_t>(size));
  return bytes;
}

Result<FolderLock> FolderLock::Take(const std::filesystem::path& dir) {
  const std::filesystem::path file = dir / "LOCK";
  FileDescriptor lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock.valid()) return SystemError("opening", file, errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return SystemError("locking", file, errno);
    return Error{Code::kConflict, dir.string() + " is in use by another process"};
  }
  return FolderLock(lock.Release());
}

FolderLock::FolderLock(FolderLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FolderLock::~FolderLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace revenant

#include "util/posix_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace revenant {

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

int FileDescriptor::Close() { return ::close(Release()) == 0 ? 0 : errno; }

Error SystemError(std::string_view doing, const std::filesystem::path& file, int number) {
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

std::ptrdiff_t ReadUpTo(int fd, char* out, std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = ::read(fd, out + done, size - done);
    if (got == 0) break;
    if (got < 0 && errno != EINTR) return -1;
    if (got > 0) done += static_cast<std::size_t>(got);
  }
  return static_cast<std::ptrdiff_t>(done);
}

int SyncFolder(const std::filesystem::path& dir) {
  const FileDescriptor folder(
      ::open(dir.empty() ? "." : dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid()) return errno == EACCES ? 0 : errno;  // one that we may write to, not read
  if (::fsync(folder.get()) == 0 || errno == EINVAL) return 0;  // EINVAL: it has no such thing
  return errno;
}

}  // namespace revenant

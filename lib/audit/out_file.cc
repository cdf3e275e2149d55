#include "audit/out_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "util/try.h"

namespace revenant {
namespace {

constexpr std::size_t kBufferBytes = 256 << 10;

Error IoError(const std::filesystem::path& path, std::string_view what, int error) {
  return {Code::kIo,
          fmt::format("{}: {}: {}", path.string(), what, std::generic_category().message(error))};
}

}  // namespace

OutFile::OutFile(std::filesystem::path path)
    : path_(std::move(path)), temporary_(path_.string() + ".tmp") {}

OutFile::~OutFile() {
  if (fd_ >= 0) close(fd_);
  if (made_) unlink(temporary_.c_str());
}

Result<void> OutFile::Open() {
  fd_ = open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd_ < 0) return Failed("cannot write", errno);
  made_ = true;
  return {};
}

Result<void> OutFile::Append(std::string_view bytes) {
  buffer_ += bytes;
  return buffer_.size() < kBufferBytes ? Result<void>() : Flush();
}

Result<void> OutFile::Flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t written = write(fd_, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      return Failed("cannot write", errno);
    }
  }
  buffer_.clear();
  return {};
}

Result<void> OutFile::Finish() {
  TRY(Flush());
  if (fsync(fd_) != 0) return Failed("cannot write", errno);
  const int closed = close(fd_);
  fd_ = -1;
  if (closed != 0) return Failed("cannot write", errno);
  return {};
}

Result<void> OutFile::Publish() {
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) return Failed("cannot rename", errno);
  made_ = false;
  return {};
}

Error OutFile::Failed(std::string_view what, int error) const {
  return IoError(temporary_, what, error);
}

Result<void> SyncFolder(const std::filesystem::path& dir) {
  const int fd = open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return IoError(dir, "cannot open", errno);
  const int synced = fsync(fd);
  const int error = errno;
  close(fd);
  if (synced != 0) return IoError(dir, "cannot sync", error);
  return {};
}

}  // namespace revenant

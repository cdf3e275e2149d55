#include "audit/staging.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

#include "revenant/atomic_file.h"
#include "util/try.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBufferBytes = 256 << 10;
constexpr std::string_view kState = "state.json";

}  // namespace

Result<void> StagedFile::OpenNew() {
  file_ = FileDescriptor(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file_.valid()) return SystemError("creating", path_, errno);
  buffer_.clear();
  size_ = 0;
  return {};
}

Result<bool> StagedFile::Continue(std::uint64_t size) {
  file_ = FileDescriptor(::open(path_.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file_.valid()) {
    if (errno == ENOENT) return false;
    return SystemError("opening", path_, errno);
  }
  const auto end = static_cast<off_t>(size);
  const off_t found = ::lseek(file_.get(), 0, SEEK_END);
  if (found < 0) return SystemError("reading", path_, errno);
  if (found < end) return false;
  if (::ftruncate(file_.get(), end) != 0 || ::lseek(file_.get(), end, SEEK_SET) != end) {
    return SystemError("cutting", path_, errno);
  }
  buffer_.clear();
  size_ = size;
  return true;
}

Result<void> StagedFile::Append(std::string_view bytes) {
  buffer_ += bytes;
  size_ += bytes.size();
  return buffer_.size() < kBufferBytes ? Result<void>() : Flush();
}

Result<void> StagedFile::Flush() {
  const int failed = WriteAll(file_.get(), buffer_);
  buffer_.clear();
  if (failed != 0) return SystemError("writing", path_, failed);
  return {};
}

Result<void> StagedFile::Sync() {
  TRY(Flush());
  if (::fsync(file_.get()) != 0) return SystemError("syncing", path_, errno);
  return {};
}

Result<void> StagedFile::MoveTo(const fs::path& folder) {
  std::error_code error;
  fs::rename(path_, folder / path_.filename(), error);
  if (error) return SystemError("writing", folder / path_.filename(), error.value());
  return {};
}

StagingFolder::~StagingFolder() {
  if (!lock_.valid() || keep_) return;
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

Result<void> StagingFolder::Open() {
  lock_ = FileDescriptor(::open(out_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!lock_.valid()) return SystemError("opening", out_, errno);
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) == 0) return {};
  const int failed = errno;
  lock_ = FileDescriptor();
  if (failed != EWOULDBLOCK) return SystemError("locking", out_, failed);
  return Error{Code::kConflict, out_.string() + " is being written by another process"};
}

Result<void> StagingFolder::Empty() {
  std::error_code error;
  fs::remove_all(path_, error);
  if (!error) fs::create_directory(path_, error);
  if (!error) fs::permissions(path_, fs::perms::owner_all, error);
  if (error) return SystemError("creating", path_, error.value());
  return {};
}

std::string StagingFolder::State() const {
  std::ifstream file(path_ / kState, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Result<void> StagingFolder::SaveState(std::string_view state) const {
  return ReplaceFile(path_ / kState, state);
}

}  // namespace revenant

#include "util/atomic_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>

namespace revenant {
namespace {

constexpr std::size_t kBufferBytes = 256 << 10;
constexpr int kAttempts = 10;

bool IsLocked(const FileDescriptor& file) {
  return ::flock(file.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

// Whether the name still leads to the open file.
bool IsAt(const FileDescriptor& file, const std::filesystem::path& path) {
  struct stat open, named;
  return ::fstat(file.get(), &open) == 0 && ::lstat(path.c_str(), &named) == 0 &&
         open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

// A draft that no process holds was left by one that was killed.
int RemoveLeftover(const std::filesystem::path& draft) {
  const FileDescriptor found(::open(draft.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (found.valid() && (IsLocked(found) || !IsAt(found, draft))) return EWOULDBLOCK;
  return ::unlink(draft.c_str()) == 0 || errno == ENOENT ? 0 : errno;
}

// Renames unless there is something already. Without hard links the two are two steps.
int RenameToNew(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::link(from.c_str(), to.c_str()) == 0) return ::unlink(from.c_str()) == 0 ? 0 : errno;
  if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS) return errno;
  struct stat info;
  if (::lstat(to.c_str(), &info) == 0) return EEXIST;
  return std::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

Result<void> Done(std::string_view doing, const std::filesystem::path& file, int failed) {
  if (failed == 0) return {};
  if (failed == EWOULDBLOCK) {
    return Error{Code::kConflict, file.string() + " is being written by another process"};
  }
  return SystemError(doing, file, failed);
}

}  // namespace

FileDraft::FileDraft(std::filesystem::path path, Existing existing)
    : path_(std::move(path)), draft_(path_.string() + ".tmp"), existing_(existing) {}

FileDraft::~FileDraft() {
  if (made_) ::unlink(draft_.c_str());
}

int FileDraft::Open() {
  struct stat info;
  if (existing_ == Existing::kKeep && ::lstat(path_.c_str(), &info) == 0) return EEXIST;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    FileDescriptor file(::open(draft_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file.valid()) {
      if (errno != EEXIST) return errno;
      if (const int failed = RemoveLeftover(draft_)) return failed;
      continue;
    }
    if (IsLocked(file) || !IsAt(file, draft_)) continue;  // another process took it for a leftover
    made_ = true;
    file_ = std::move(file);
    return ::fchmod(file_.get(), S_IRUSR | S_IWUSR) == 0 ? 0 : errno;
  }
  return EWOULDBLOCK;
}

int FileDraft::Write(std::string_view bytes) { return WriteAll(file_.get(), bytes); }

int FileDraft::Sync() { return ::fsync(file_.get()) == 0 ? 0 : errno; }

int FileDraft::Publish() {
  const int failed = existing_ == Existing::kKeep                      ? RenameToNew(draft_, path_)
                     : std::rename(draft_.c_str(), path_.c_str()) == 0 ? 0
                                                                       : errno;
  if (failed != 0) return failed;
  made_ = false;
  const int closed = file_.Close();
  const int synced = SyncFolder(path_.parent_path());
  return closed != 0 ? closed : synced;
}

struct AtomicFile::Impl {
  explicit Impl(std::filesystem::path where) : path(std::move(where)), draft(path) {}

  Result<void> Flush() {
    const int failed = draft.Write(buffer);
    buffer.clear();
    return Done("writing", path, failed);
  }

  const std::filesystem::path path;
  FileDraft draft;
  std::string buffer;
};

AtomicFile::AtomicFile(std::filesystem::path path)
    : impl_(std::make_unique<Impl>(std::move(path))) {}
AtomicFile::~AtomicFile() = default;

Result<void> AtomicFile::Open() { return Done("creating", impl_->path, impl_->draft.Open()); }

Result<void> AtomicFile::Append(std::string_view bytes) {
  impl_->buffer += bytes;
  return impl_->buffer.size() < kBufferBytes ? Result<void>() : impl_->Flush();
}

Result<void> AtomicFile::Finish() {
  if (Result<void> flushed = impl_->Flush(); !flushed) return flushed;
  return Done("syncing", impl_->path, impl_->draft.Sync());
}

Result<void> AtomicFile::Publish() { return Done("writing", impl_->path, impl_->draft.Publish()); }

Result<void> ReplaceFile(const std::filesystem::path& file, std::string_view bytes) {
  FileDraft draft(file);
  if (const int failed = draft.Open()) return Done("creating", file, failed);
  int failed = draft.Write(bytes);  // unbuffered: it may be a secret
  if (failed == 0) failed = draft.Sync();
  if (failed == 0) failed = draft.Publish();
  return Done("writing", file, failed);
}

}  // namespace revenant

#include "operations/part_folder.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include "util/try.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

// Nothing can be renamed over the root of a mounted file system: better said before the work.
Result<void> RefuseMount(const fs::path& target) {
  bool mounted = false;
  struct stat own{}, above{};
  if (::stat(target.c_str(), &own) == 0 && ::stat(target.parent_path().c_str(), &above) == 0) {
    mounted = own.st_dev != above.st_dev;
  }
#ifdef STATX_ATTR_MOUNT_ROOT
  struct statx tells{};
  if (::statx(AT_FDCWD, target.c_str(), 0, 0, &tells) == 0) {
    mounted = mounted || (tells.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
  }
#endif
  if (!mounted) return {};
  return Error{Code::kInvalidArgument,
               target.string() +
                   ": is the root of a mounted file system, whose place nothing can take; name a "
                   "folder inside it"};
}

// Everything in a folder, not itself.
Result<void> Clear(const fs::path& dir) {
  std::error_code error;
  for (fs::directory_iterator entry(dir, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code failed;
    fs::remove_all(entry->path(), failed);
    if (failed) return SystemError("removing", entry->path(), failed.value());
  }
  return error ? Result<void>(SystemError("reading", dir, error.value())) : Result<void>();
}

}  // namespace

Result<fs::path> PlainPath(const fs::path& path) {
  if (path.empty()) {
    return Error{Code::kInvalidArgument, "an empty name is no folder's; name one"};
  }
  std::error_code error;
  fs::path plain = fs::absolute(path, error).lexically_normal();
  if (error) return SystemError("finding", path, error.value());
  if (!plain.has_filename()) plain = plain.parent_path();
  return plain;
}

Result<PartFolder> PartFolder::Make(const fs::path& target) {
  TRY_ASSIGN(const fs::path plain, PlainPath(target));
  std::error_code error;
  const fs::file_status there = fs::symlink_status(plain, error);
  if (there.type() != fs::file_type::not_found) {
    if (error) return SystemError("looking at", plain, error.value());
    if (!fs::is_directory(there) || !fs::is_empty(plain, error)) {
      return Error{Code::kConflict,
                   target.string() + ": is there already; name a new or an empty folder"};
    }
  }
  return MakeEmpty(plain);
}

Result<PartFolder> PartFolder::MakeBeside(const fs::path& target) {
  TRY_ASSIGN(fs::path plain, PlainPath(target));
  return MakeEmpty(std::move(plain));
}

Result<PartFolder> PartFolder::MakeEmpty(fs::path target) {
  TRY(RefuseMount(target));
  fs::path part = target;
  part += kPartEnding;
  if (::mkdir(part.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return SystemError("making", part, errno);
  }
  FileDescriptor lock(::open(part.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  if (!lock.valid()) return SystemError("opening", part, errno);
  struct stat locked{}, named{};
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return SystemError("locking", part, errno);
    return Error{Code::kConflict, part.string() + ": another process is making it"};
  }
  if (::fstat(lock.get(), &locked) != 0 || ::stat(part.c_str(), &named) != 0 ||
      locked.st_ino != named.st_ino || locked.st_dev != named.st_dev) {
    return Error{Code::kConflict, part.string() + ": another process made it a moment ago"};
  }
  // A stranger's would show him what comes into it. That of the target's owner is left by
  // Exchange().
  const bool is_own = locked.st_uid == ::geteuid() ||
                      (::stat(target.c_str(), &named) == 0 && locked.st_uid == named.st_uid);
  if (!is_own) {
    return Error{Code::kConflict, part.string() + ": another user made it; remove it"};
  }
  if (::fchmod(lock.get(), S_IRWXU) != 0) return SystemError("changing the mode of", part, errno);
  TRY(Clear(part));
  return PartFolder(std::move(target), std::move(part), std::move(lock));
}

PartFolder::~PartFolder() {
  if (!lock_.valid()) return;
  std::error_code ignored;
  fs::remove_all(part_, ignored);
}

Result<void> PartFolder::Publish() {
  if (const int failed = SyncFolder(part_); failed != 0)
    return SystemError("syncing", part_, failed);
  if (::rename(part_.c_str(), target_.c_str()) != 0) {
    if (errno == ENOTEMPTY || errno == EEXIST) {
      return Error{Code::kConflict, target_.string() + ": was made by another process meanwhile"};
    }
    return SystemError("putting into its place", target_, errno);
  }
  lock_ = FileDescriptor();
  if (const int failed = SyncFolder(target_.parent_path()); failed != 0) {
    return SystemError("syncing", target_.parent_path(), failed);
  }
  return {};
}

Result<void> PartFolder::GiveToOwner() {
  struct stat owner{};
  if (::stat(target_.c_str(), &owner) != 0) return SystemError("looking at", target_, errno);
  if (owner.st_uid == ::geteuid()) return {};
  std::error_code error;
  for (fs::recursive_directory_iterator entry(part_, error), end; !error && entry != end;
       entry.increment(error)) {
    if (::lchown(entry->path().c_str(), owner.st_uid, owner.st_gid) != 0) {
      return SystemError("changing the owner of", entry->path(), errno);
    }
  }
  if (error) return SystemError("reading", part_, error.value());
  if (::fchown(lock_.get(), owner.st_uid, owner.st_gid) != 0) {
    return SystemError("changing the owner of", part_, errno);
  }
  return {};
}

Result<void> PartFolder::Exchange() {
  if (const int failed = SyncFolder(part_); failed != 0)
    return SystemError("syncing", part_, failed);
  if (::renameat2(AT_FDCWD, part_.c_str(), AT_FDCWD, target_.c_str(), RENAME_EXCHANGE) != 0) {
    return SystemError("exchanging with what was made beside it", target_, errno);
  }
  exchanged_ = true;
  if (const int failed = SyncFolder(target_.parent_path()); failed != 0) {
    return SystemError("syncing", target_.parent_path(), failed);
  }
  return {};
}

}  // namespace revenant

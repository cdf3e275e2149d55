#include "store/own_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>
#include <utility>

#include "store/wal_check.h"
#include "util/mutex.h"
#include "util/try.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

constexpr mode_t kOwnersFile = S_IRUSR | S_IWUSR, kOwnersFolder = S_IRWXU;

void KeepToOwner(const IOStatus& made, const std::string& path, mode_t mode) {
  // The folder keeps others out already, so a file system without modes is no reason to fail.
  if (made.ok()) static_cast<void>(::chmod(path.c_str(), mode));
}

// The locks that this process holds. A file must not be opened to ask which process has its lock if
// we have it: closing it again would release our lock.
struct OwnLocks {
  Mutex mutex;
  std::set<std::string> held GUARDED_BY(mutex);
  static OwnLocks& Get() {
    static OwnLocks* const locks = new OwnLocks;  // outlives every handle
    return *locks;
  }
};

std::string IdentityOf(const std::string& file) {
  struct stat about{};
  if (::stat(file.c_str(), &about) != 0) return {};
  return fmt::format("{}:{}", about.st_dev, about.st_ino);
}

Error LockTrouble(const fs::path& dir, const std::string& file) {
  const std::string doing = "open store " + dir.string();
  {
    OwnLocks& own = OwnLocks::Get();
    const MutexLock lock(own.mutex);
    if (own.held.contains(IdentityOf(file))) {
      return {Code::kConflict, doing +
                                   ": this process has it open for writing already; use that "
                                   "handle, or close it first"};
    }
  }
  const FileDescriptor out(::open(file.c_str(), O_RDWR | O_CLOEXEC));
  if (!out.valid()) {
    const int number = errno;
    if (number == EACCES || number == EPERM || number == EROFS) {
      return {Code::kIo, fmt::format("{}: writing is not permitted here ({}); open it for reading "
                                     "only, or as the user who owns it",
                                     doing, std::generic_category().message(number))};
    }
    return SystemError(doing + ": locking", file, number);
  }
  struct flock asked{};
  asked.l_type = F_WRLCK;
  asked.l_whence = SEEK_SET;
  if (::fcntl(out.get(), F_GETLK, &asked) == 0 && asked.l_type != F_UNLCK) {
    return {Code::kConflict,
            fmt::format("{}: process {} has it open for writing; wait for it, end it, or open the "
                        "store for reading only",
                        doing, asked.l_pid)};
  }
  return {Code::kConflict,
          doing + ": another process had it open for writing a moment ago; try again"};
}

}  // namespace

std::string ReadCurrent(const fs::path& dir) {
  std::ifstream in(dir / "CURRENT", std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A log that is being written.
class OwnFiles::Log final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  Log(std::unique_ptr<rocksdb::FSWritableFile> target, std::uint64_t number, OwnFiles& files)
      : FSWritableFileOwnerWrapper(std::move(target)),
        number_(number),
        files_(files),
        hasher_(XXH3_createState()) {
    XXH3_64bits_reset(hasher_);
  }
  ~Log() override { XXH3_freeState(hasher_); }

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    return Note(data, FSWritableFileOwnerWrapper::Append(data, options, debug), options);
  }
  IOStatus Append(const Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& verification,
                  IODebugContext* debug) override {
    return Note(data, FSWritableFileOwnerWrapper::Append(data, options, verification, debug),
                options);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    const auto [bytes, hash] = Now();
    return NoteSynced(bytes, hash, FSWritableFileOwnerWrapper::Sync(options, debug));
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    const auto [bytes, hash] = Now();
    return NoteSynced(bytes, hash, FSWritableFileOwnerWrapper::Fsync(options, debug));
  }

 private:
  IOStatus Note(const Slice& data, IOStatus done, const IOOptions& options) {
    if (!done.ok()) {
      const MutexLock lock(mutex_);
      failed_ = true;
      NoteFailed();
      // Some of it may be there, or all: it was not acknowledged, and its number goes to another
      // write. Where even this fails, the next opening finds a torn end.
      static_cast<void>(Truncate(bytes_, options, nullptr));
      return done;
    }
    std::uint64_t bytes = 0, hash = 0;
    {
      const MutexLock lock(mutex_);
      if (failed_) return done;
      XXH3_64bits_update(hasher_, data.data(), data.size());
      bytes = bytes_ += data.size();
      hash = hash_ = XXH3_64bits_digest(hasher_);
    }
    files_.marks_.Written(number_, bytes, hash);
    return done;
  }
  void NoteFailed() {
    files_.log_in_doubt_ = true;  // also of one that RocksDB is about to leave
    if (files_.newest_log_ == number_) files_.log_failed_ = true;
  }
  std::pair<std::uint64_t, std::uint64_t> Now() {
    const MutexLock lock(mutex_);
    return {bytes_, hash_};
  }
  IOStatus NoteSynced(std::uint64_t bytes, std::uint64_t hash, IOStatus done) {
    if (!done.ok()) NoteFailed();
    if (done.ok() && bytes > 0) files_.marks_.Synced(number_, bytes, hash);
    return done;
  }

  const std::uint64_t number_;
  OwnFiles& files_;
  Mutex mutex_;  // syncing continues beside writing
  XXH3_state_t* const hasher_ PT_GUARDED_BY(mutex_);
  std::uint64_t bytes_ GUARDED_BY(mutex_) = 0;
  std::uint64_t hash_ GUARDED_BY(mutex_) = 0;
  bool failed_ GUARDED_BY(mutex_) = false;
};

// A log up to its torn end.
class OwnFiles::Whole final : public rocksdb::FSSequentialFileOwnerWrapper {
 public:
  Whole(std::unique_ptr<rocksdb::FSSequentialFile> target, std::uint64_t end)
      : FSSequentialFileOwnerWrapper(std::move(target)), left_(end) {}

  IOStatus Read(std::size_t size, const IOOptions& options, Slice* out, char* scratch,
                IODebugContext* debug) override {
    size = static_cast<std::size_t>(std::min<std::uint64_t>(size, left_));
    IOStatus done = FSSequentialFileOwnerWrapper::Read(size, options, out, scratch, debug);
    if (done.ok()) left_ -= out->size();
    return done;
  }
  IOStatus Skip(std::uint64_t size) override {
    size = std::min(size, left_);
    IOStatus done = FSSequentialFileOwnerWrapper::Skip(size);
    if (done.ok()) left_ -= size;
    return done;
  }

 private:
  std::uint64_t left_;
};

class OwnFiles::Manifest final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  Manifest(std::unique_ptr<rocksdb::FSWritableFile> target, OwnFiles& files)
      : FSWritableFileOwnerWrapper(std::move(target)), files_(files) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    return Note(FSWritableFileOwnerWrapper::Append(data, options, debug));
  }
  IOStatus Append(const Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& verification,
                  IODebugContext* debug) override {
    return Note(FSWritableFileOwnerWrapper::Append(data, options, verification, debug));
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    return Note(FSWritableFileOwnerWrapper::Sync(options, debug));
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return Note(FSWritableFileOwnerWrapper::Fsync(options, debug));
  }

 private:
  IOStatus Note(IOStatus done) {
    if (!done.ok()) files_.manifest_failed_ = true;
    return done;
  }
  OwnFiles& files_;
};

OwnFiles::OwnFiles(const std::shared_ptr<rocksdb::FileSystem>& target, fs::path dir)
    : FileSystemWrapper(target), dir_(std::move(dir)), marks_(dir_) {}
OwnFiles::~OwnFiles() = default;

IOStatus OwnFiles::NewSequentialFile(const std::string& file, const rocksdb::FileOptions& options,
                                     std::unique_ptr<rocksdb::FSSequentialFile>* out,
                                     IODebugContext* debug) {
  IOStatus made = FileSystemWrapper::NewSequentialFile(file, options, out, debug);
  const auto number = WalNumber(fs::path(file).filename().string());
  const auto torn = std::find_if(torn_.begin(), torn_.end(),
                                 [&](const TornLog& log) { return log.number == number; });
  if (made.ok() && torn != torn_.end()) *out = std::make_unique<Whole>(std::move(*out), torn->end);
  return made;
}

IOStatus OwnFiles::NewWritableFile(const std::string& file, const rocksdb::FileOptions& options,
                                   std::unique_ptr<rocksdb::FSWritableFile>* out,
                                   IODebugContext* debug) {
  IOStatus made = FileSystemWrapper::NewWritableFile(file, options, out, debug);
  KeepToOwner(made, file, kOwnersFile);
  if (!made.ok()) return made;
  const std::string name = fs::path(file).filename().string();
  if (const auto number = WalNumber(name)) {
    newest_log_ = *number;
    log_failed_ = false;
    *out = std::make_unique<Log>(std::move(*out), *number, *this);
  } else if (name.starts_with("MANIFEST-")) {
    *out = std::make_unique<Manifest>(std::move(*out), *this);
  }
  return made;
}

IOStatus OwnFiles::ReopenWritableFile(const std::string& file, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* out,
                                      IODebugContext* debug) {
  IOStatus made = FileSystemWrapper::ReopenWritableFile(file, options, out, debug);
  KeepToOwner(made, file, kOwnersFile);
  return made;
}

IOStatus OwnFiles::CreateDirIfMissing(const std::string& folder, const IOOptions& options,
                                      IODebugContext* debug) {
  const bool was_there = !IdentityOf(folder).empty();
  IOStatus made = FileSystemWrapper::CreateDirIfMissing(folder, options, debug);
  if (!was_there) KeepToOwner(made, folder, kOwnersFolder);
  return made;
}

IOStatus OwnFiles::DeleteFile(const std::string& file, const IOOptions& options,
                              IODebugContext* debug) {
  const fs::path path(file);
  // RocksDB takes back the tables of an ingestion that failed. The MANIFEST may name them all the
  // same, and then the store could not be opened again. What it does not name, the next opening
  // deletes.
  if (manifest_failed_ && path.extension() == ".sst" && path.parent_path() == dir_) {
    return IOStatus::OK();
  }
  const auto number = WalNumber(path.filename().string());
  if (number && !marks_.Forget(*number)) {
    return IOStatus::IOError("the mark of a log cannot be taken back", file);
  }
  return FileSystemWrapper::DeleteFile(file, options, debug);
}

IOStatus OwnFiles::RenameFile(const std::string& from, const std::string& to,
                              const IOOptions& options, IODebugContext* debug) {
  IOStatus done = FileSystemWrapper::RenameFile(from, to, options, debug);
  if (done.ok() && fs::path(to).filename() == "CURRENT") {
    marks_.NewManifest(ReadCurrent(dir_));
    manifest_failed_ = false;
  }
  return done;
}

IOStatus OwnFiles::LockFile(const std::string& file, const IOOptions& options,
                            rocksdb::FileLock** lock, IODebugContext* debug) {
  IOStatus done = FileSystemWrapper::LockFile(file, options, lock, debug);
  if (!done.ok()) {
    trouble_ = LockTrouble(dir_, file);
    return done;
  }
  if (const Result<void> logs = CheckLogs(); !logs) {
    trouble_ = logs.error();
    static_cast<void>(FileSystemWrapper::UnlockFile(*lock, options, debug));
    *lock = nullptr;
    return IOStatus::Corruption("the log is damaged");
  }
  KeepToOwner(done, file, kOwnersFile);
  locked_ = IdentityOf(file);
  OwnLocks& own = OwnLocks::Get();
  const MutexLock held(own.mutex);
  own.held.insert(locked_);
  return done;
}

// Marks of another MANIFEST are of another time: another program wrote since.
Result<void> OwnFiles::CheckLogs() {
  std::optional<WalMarkList> marks = WalMarkList::Read(dir_);
  if (marks && marks->manifest != ReadCurrent(dir_)) marks.reset();
  TRY_ASSIGN(WalCheck logs, CheckWalsIn(dir_, marks));
  torn_ = std::move(logs.torn);
  marks_.GoOnFrom(std::move(marks));
  return {};
}

IOStatus OwnFiles::UnlockFile(rocksdb::FileLock* lock, const IOOptions& options,
                              IODebugContext* debug) {
  {
    OwnLocks& own = OwnLocks::Get();
    const MutexLock held(own.mutex);
    own.held.erase(locked_);
  }
  return FileSystemWrapper::UnlockFile(lock, options, debug);
}

}  // namespace revenant

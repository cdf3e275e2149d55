#include "store/pinned_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>
#include <thread>
#include <utility>

#include "store/damage.h"
#include "store/own_files.h"
#include "util/try.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

constexpr std::string_view kCurrent = "CURRENT";

bool IsTable(std::string_view name) { return name.ends_with(".sst"); }
bool IsLog(std::string_view name) { return WalNumber(name).has_value(); }
bool IsManifest(std::string_view name) { return name.starts_with("MANIFEST-"); }

std::string NameOf(const std::string& path) { return fs::path(path).filename().string(); }

// "MANIFEST-000012\n" as a name.
std::string ManifestName(std::string current) {
  while (!current.empty() && current.back() == '\n') current.pop_back();
  return current;
}

Result<std::vector<std::string>> NamesIn(const fs::path& dir) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(dir, error), end; !error && entry != end;
       entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  if (error) return SystemError("reading", dir, error.value());
  return names;
}

IOStatus Missing(const std::string& path) { return IOStatus::PathNotFound(path); }
IOStatus ReadOnly(const std::string& path) {
  return IOStatus::IOError("the store is open for reading only", path);
}

// As much as there is from `offset` on, up to `size` bytes and to `limit`.
IOStatus ReadAt(int fd, std::uint64_t offset, std::size_t size, std::uint64_t limit, Slice* out,
                char* scratch) {
  size =
      static_cast<std::size_t>(std::min<std::uint64_t>(size, offset >= limit ? 0 : limit - offset));
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = ::pread(fd, scratch + done, size - done, static_cast<off_t>(offset + done));
    if (got == 0) break;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return IOStatus::IOError("reading", std::generic_category().message(errno));
    done += static_cast<std::size_t>(got);
  }
  *out = Slice(scratch, done);
  return IOStatus::OK();
}

}  // namespace

class PinnedFiles::Sequential final : public rocksdb::FSSequentialFile {
 public:
  explicit Sequential(File file) : file_(std::move(file)) {}
  IOStatus Read(std::size_t size, const IOOptions&, Slice* out, char* scratch,
                IODebugContext*) override {
    IOStatus done = ReadAt(file_.descriptor->get(), offset_, size, file_.limit, out, scratch);
    if (done.ok()) offset_ += out->size();
    return done;
  }
  IOStatus Skip(std::uint64_t size) override {
    offset_ += size;
    return IOStatus::OK();
  }

 private:
  const File file_;
  std::uint64_t offset_ = 0;
};

class PinnedFiles::RandomAccess final : public rocksdb::FSRandomAccessFile {
 public:
  explicit RandomAccess(File file) : file_(std::move(file)) {}
  IOStatus Read(std::uint64_t offset, std::size_t size, const IOOptions&, Slice* out, char* scratch,
                IODebugContext*) const override {
    return ReadAt(file_.descriptor->get(), offset, size, file_.limit, out, scratch);
  }
  IOStatus Prefetch(std::uint64_t offset, std::size_t size, const IOOptions&,
                    IODebugContext*) override {
    static_cast<void>(::posix_fadvise(file_.descriptor->get(), static_cast<off_t>(offset),
                                      static_cast<off_t>(size), POSIX_FADV_WILLNEED));
    return IOStatus::OK();
  }
  void Hint(AccessPattern pattern) override {
    const int advice = pattern == kRandom       ? POSIX_FADV_RANDOM
                       : pattern == kSequential ? POSIX_FADV_SEQUENTIAL
                                                : POSIX_FADV_NORMAL;
    static_cast<void>(::posix_fadvise(file_.descriptor->get(), 0, 0, advice));
  }

 private:
  const File file_;
};

Result<PinnedFiles::Moment> PinnedFiles::Now(const fs::path& dir) {
  Moment moment;
  moment.current = ReadCurrent(dir);
  const std::string manifest = ManifestName(moment.current);
  struct stat about{};
  if (manifest.empty() || ::stat((dir / manifest).c_str(), &about) != 0) {
    // In the middle of being replaced, or of being made.
    moment.current.clear();
    return moment;
  }
  std::ifstream identity(dir / "IDENTITY", std::ios::binary);
  moment.identity.assign(std::istreambuf_iterator<char>(identity), {});
  moment.manifest_bytes = static_cast<std::uint64_t>(about.st_size);
  TRY_ASSIGN(const std::vector<std::string> names, NamesIn(dir));
  for (const std::string& name : names) {
    if (!IsLog(name) || ::stat((dir / name).c_str(), &about) != 0) continue;
    moment.logs[name] = static_cast<std::uint64_t>(about.st_size);
  }
  return moment;
}

Result<void> PinnedFiles::Open(const std::string& name, std::uint64_t limit) {
  const fs::path path = dir_ / name;
  FileDescriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor.valid()) {
    if (errno == ENOENT) return {};  // no longer needed, or the MANIFEST has changed by now
    if (errno == EMFILE || errno == ENFILE) {
      return Error{Code::kIo, fmt::format("open store {}: too many open files; raise `ulimit -n`",
                                          dir_.string())};
    }
    return SystemError("open store: reading", path, errno);
  }
  if (IsTable(name)) static_cast<void>(::posix_fadvise(descriptor.get(), 0, 0, POSIX_FADV_RANDOM));
  const MutexLock lock(mutex_);
  files_[name] = {std::make_shared<const FileDescriptor>(std::move(descriptor)), limit};
  return {};
}

Result<std::shared_ptr<PinnedFiles>> PinnedFiles::Pin(
    const fs::path& dir, const std::shared_ptr<rocksdb::FileSystem>& target) {
  constexpr int kTries = 1000, kTriesWithoutManifest = 100;
  int without_manifest = 0;  // in a row; while it is replaced, for a moment
  for (int tries = 0; tries < kTries && without_manifest < kTriesWithoutManifest; ++tries) {
    if (tries > 0) std::this_thread::sleep_for(std::chrono::milliseconds(std::min(tries, 20)));
    std::shared_ptr<PinnedFiles> pinned(new PinnedFiles(target, dir));
    TRY_ASSIGN(pinned->moment_, Now(dir));
    ++without_manifest;
    if (pinned->moment_.current.empty()) continue;
    without_manifest = 0;
    TRY_ASSIGN(const std::vector<std::string> names, NamesIn(dir));
    TRY(pinned->Open(std::string(kCurrent), UINT64_MAX));
    TRY(pinned->Open(ManifestName(pinned->moment_.current), pinned->moment_.manifest_bytes));
    for (const std::string& name : names) {
      if (IsTable(name) || IsLog(name)) TRY(pinned->Open(name, UINT64_MAX));
    }
    TRY_ASSIGN(const Moment after, Now(dir));
    if (pinned->moment_.SameFiles(after)) return pinned;
  }
  if (without_manifest > 0) {
    return DamageIn((dir / kCurrent).string() + ": names no MANIFEST that is there");
  }
  return Error{Code::kIo, fmt::format("open store {}: its files change faster than they can be "
                                      "opened; try again",
                                      dir.string())};
}

Result<WalCheck> PinnedFiles::CheckLogs(const std::optional<WalMarkList>& marks) {
  std::vector<WalFile> logs;
  {
    const MutexLock lock(mutex_);
    for (const auto& [name, file] : files_) {
      if (const auto number = WalNumber(name)) {
        logs.push_back({*number, (dir_ / name).string(), file.descriptor->get()});
      }
    }
  }
  std::sort(logs.begin(), logs.end(),
            [](const WalFile& a, const WalFile& b) { return a.number < b.number; });
  const bool same_time = marks && marks->manifest == moment_.current;
  TRY_ASSIGN(WalCheck check, CheckWals(logs, same_time ? marks : std::nullopt, dir_));
  const MutexLock lock(mutex_);
  for (const TornLog& log : check.torn) {
    for (auto& [name, file] : files_) {
      if (WalNumber(name) == log.number) file.limit = log.end;
    }
  }
  return check;
}

std::optional<PinnedFiles::File> PinnedFiles::Find(const std::string& path, bool& is_ours) const {
  const std::string name = NameOf(path);
  is_ours = IsTable(name) || IsLog(name) || IsManifest(name) || name == kCurrent;
  const MutexLock lock(mutex_);
  const auto found = files_.find(name);
  if (!is_ours || found == files_.end()) return std::nullopt;
  return found->second;
}

std::optional<PinnedFiles::Held> PinnedFiles::Hold(const std::string& name) const {
  const MutexLock lock(mutex_);
  const auto found = files_.find(name);
  if (found == files_.end()) return std::nullopt;
  return Held{found->second.descriptor, found->second.limit};
}

std::vector<std::string> PinnedFiles::Names() const {
  const MutexLock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, file] : files_) names.push_back(name);
  return names;
}

IOStatus PinnedFiles::NewSequentialFile(const std::string& file,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSSequentialFile>* out,
                                        IODebugContext* debug) {
  bool is_ours = false;
  const std::optional<File> found = Find(file, is_ours);
  if (!is_ours) return FileSystemWrapper::NewSequentialFile(file, options, out, debug);
  if (!found) return Missing(file);
  *out = std::make_unique<Sequential>(*found);
  return IOStatus::OK();
}

IOStatus PinnedFiles::NewRandomAccessFile(const std::string& file,
                                          const rocksdb::FileOptions& options,
                                          std::unique_ptr<rocksdb::FSRandomAccessFile>* out,
                                          IODebugContext* debug) {
  bool is_ours = false;
  const std::optional<File> found = Find(file, is_ours);
  if (!is_ours) return FileSystemWrapper::NewRandomAccessFile(file, options, out, debug);
  if (!found) return Missing(file);
  *out = std::make_unique<RandomAccess>(*found);
  return IOStatus::OK();
}

IOStatus PinnedFiles::FileExists(const std::string& file, const IOOptions& options,
                                 IODebugContext* debug) {
  bool is_ours = false;
  const std::optional<File> found = Find(file, is_ours);
  if (!is_ours) return FileSystemWrapper::FileExists(file, options, debug);
  return found ? IOStatus::OK() : IOStatus::NotFound(file);
}

IOStatus PinnedFiles::GetFileSize(const std::string& file, const IOOptions& options,
                                  std::uint64_t* size, IODebugContext* debug) {
  bool is_ours = false;
  const std::optional<File> found = Find(file, is_ours);
  if (!is_ours) return FileSystemWrapper::GetFileSize(file, options, size, debug);
  if (!found) return Missing(file);
  struct stat about{};
  if (::fstat(found->descriptor->get(), &about) != 0) {
    return IOStatus::IOError(file, std::generic_category().message(errno));
  }
  *size = std::min(static_cast<std::uint64_t>(about.st_size), found->limit);
  return IOStatus::OK();
}

IOStatus PinnedFiles::GetChildren(const std::string& folder, const IOOptions& options,
                                  std::vector<std::string>* names, IODebugContext* debug) {
  std::error_code error;
  if (!fs::equivalent(folder, dir_, error)) {
    return FileSystemWrapper::GetChildren(folder, options, names, debug);
  }
  const MutexLock lock(mutex_);
  names->clear();
  for (const auto& [name, file] : files_) names->push_back(name);
  return IOStatus::OK();
}

IOStatus PinnedFiles::NewWritableFile(const std::string& file, const rocksdb::FileOptions&,
                                      std::unique_ptr<rocksdb::FSWritableFile>*, IODebugContext*) {
  return ReadOnly(file);
}
IOStatus PinnedFiles::CreateDir(const std::string& folder, const IOOptions&, IODebugContext*) {
  return ReadOnly(folder);
}
IOStatus PinnedFiles::CreateDirIfMissing(const std::string& folder, const IOOptions&,
                                         IODebugContext*) {
  return ReadOnly(folder);
}
IOStatus PinnedFiles::DeleteFile(const std::string& file, const IOOptions&, IODebugContext*) {
  return ReadOnly(file);
}
IOStatus PinnedFiles::RenameFile(const std::string& from, const std::string&, const IOOptions&,
                                 IODebugContext*) {
  return ReadOnly(from);
}

}  // namespace revenant

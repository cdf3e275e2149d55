// Checkpoints, back-ups, and stores made of them.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <limits>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "operations/copy_list.h"
#include "operations/part_folder.h"
#include "revenant/atomic_file.h"
#include "revenant/operations.h"
#include "store/still_files.h"
#include "util/posix_file.h"
#include "util/try.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBackupsMark = "back-ups", kBackupsText = "revenant back-ups 1\n";
constexpr std::string_view kPool = "files", kStaging = "unfinished", kBackupEnding = ".backup";

// Copies into a new file that only its owner reads, synced.
Result<Digested> CopyTo(int from, const fs::path& name, const fs::path& to) {
  FileDescriptor out(
      ::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!out.valid()) return SystemError("making", to, errno);
  TRY_ASSIGN(Digested digested, DigestOf(from, name, out.get(), to));
  int failed = ::fsync(out.get()) == 0 ? 0 : errno;
  if (const int closed = out.Close(); failed == 0) failed = closed;
  if (failed != 0) return SystemError("writing", to, failed);
  return digested;
}

Result<StillFiles> TakeSound(const fs::path& store, const LogSink& log) {
  TRY_ASSIGN(StillFiles still, StillFiles::Take(store, log));
  if (still.key_check().empty()) {
    return Error{Code::kNotFound,
                 store.string() + ": the store was never finished; there is nothing to copy"};
  }
  TRY(still.Verify());
  return still;
}

// A copy inside of what it copies would be part of the next one.
Result<void> CheckOutside(const fs::path& store, const fs::path& dir) {
  std::error_code error;
  TRY_ASSIGN(const fs::path plain, PlainPath(dir));
  const fs::path inner = fs::weakly_canonical(plain, error);
  const fs::path outer = fs::weakly_canonical(store, error);
  const auto [end, rest] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  if (outer.empty() || end != outer.end()) return {};
  return Error{Code::kInvalidArgument,
               dir.string() + ": lies inside the store; name a folder elsewhere"};
}

CopyList ListFor(const StillFiles& still, Time at) {
  return {still.identity(), still.key_check(), still.format(), at, {}};
}

void SortByName(CopyList& list) {
  std::sort(list.files.begin(), list.files.end(),
            [](const CopyList::File& a, const CopyList::File& b) { return a.name < b.name; });
}

}  // namespace

Result<CopyReport> MakeCheckpoint(const fs::path& store, const fs::path& dir, Time at,
                                  const LogSink& log) {
  TRY(CheckOutside(store, dir));
  TRY_ASSIGN(const StillFiles still, TakeSound(store, log));
  TRY_ASSIGN(PartFolder part, PartFolder::Make(dir));
  CopyList list = ListFor(still, at);
  std::uint64_t written = 0;
  for (const StillFiles::Table& table : still.tables()) {
    const fs::path to = part.path() / table.name;
    const int from = still.DescriptorOf(table);
    const bool linked = still.Link(table, part.path());
    TRY_ASSIGN(const Digested digested,
               linked ? DigestOf(from, to) : CopyTo(from, store / table.name, to));
    if (!linked) written += digested.bytes;
    list.files.push_back({table.name, digested.digest, digested.bytes});
  }
  TRY_ASSIGN(const std::vector<std::string> loose, still.CopyLoose(part.path()));
  for (const std::string& name : loose) {
    TRY_ASSIGN(const Digested digested, DigestOfFile(part.path() / name));
    written += digested.bytes;
    list.files.push_back({name, digested.digest, digested.bytes});
  }
  SortByName(list);
  TRY(StillFiles::Take(part.path(), log));  // it opens
  TRY(ReplaceFile(part.path() / kCheckpointFile, list.Encode()));
  TRY(part.Publish());
  return list.Report(written);
}

namespace {

void Warn(const LogSink& log, const std::string& text) {
  if (log) log(LogLevel::kWarning, text);
}

// A folder of back-ups: files by their digests, and a list for each back-up.
class Backups {
 public:
  // For writing, by one process at a time.
  static Result<Backups> Open(const fs::path& dir) {
    if (::mkdir(dir.c_str(), S_IRWXU) == 0) {
      TRY_ASSIGN(const fs::path plain, PlainPath(dir));
      if (const int failed = SyncFolder(plain.parent_path()); failed != 0) {
        return SystemError("syncing", plain.parent_path(), failed);
      }
    } else if (errno != EEXIST) {
      return SystemError("making", dir, errno);
    }
    Backups backups(dir);
    backups.lock_ = FileDescriptor(::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!backups.lock_.valid()) return SystemError("opening", dir, errno);
    if (::flock(backups.lock_.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) return SystemError("locking", dir, errno);
      return Error{Code::kConflict, dir.string() + ": another process is backing up to it"};
    }
    std::error_code error;
    if (!fs::exists(dir / kBackupsMark, error)) {
      if (!fs::is_empty(dir, error)) {
        return Error{Code::kConflict,
                     dir.string() +
                         ": is neither empty nor a folder of back-ups; name a new or an empty one"};
      }
      if (::fchmod(backups.lock_.get(), S_IRWXU) != 0) {
        return SystemError("changing the mode of", dir, errno);
      }
      TRY(ReplaceFile(dir / kBackupsMark, kBackupsText));
    }
    for (const std::string_view name : {kPool, kStaging}) {
      if (name == kStaging) fs::remove_all(dir / name, error);  // of a run that was killed
      if (::mkdir((dir / name).c_str(), S_IRWXU) != 0 && errno != EEXIST) {
        return SystemError("making", dir / name, errno);
      }
    }
    return backups;
  }

  static bool Is(const fs::path& dir) {
    std::error_code error;
    return fs::exists(dir / kBackupsMark, error);
  }

  // Numbers of those that are there, rising.
  static Result<std::vector<std::uint64_t>> Numbers(const fs::path& dir) {
    std::vector<std::uint64_t> numbers;
    std::error_code error;
    for (fs::directory_iterator entry(dir, error), end; !error && entry != end;
         entry.increment(error)) {
      const std::string name = entry->path().filename().string();
      if (!name.ends_with(kBackupEnding)) continue;
      std::uint64_t number = 0;
      const char* const last = name.data() + name.size() - kBackupEnding.size();
      const auto [at, failed] = std::from_chars(name.data(), last, number);
      const bool is_number = failed == std::errc() && at == last && number < kNoMore;
      // "3.backup" beside "000003.backup" is none that was made here.
      if (is_number && ListPath(dir, number).filename() == name) numbers.push_back(number);
    }
    if (error) return SystemError("reading", dir, error.value());
    std::sort(numbers.begin(), numbers.end());
    return numbers;
  }
  static constexpr std::uint64_t kNoMore = std::numeric_limits<std::uint64_t>::max();
  static fs::path ListPath(const fs::path& dir, std::uint64_t number) {
    return dir / fmt::format("{:06}{}", number, kBackupEnding);
  }
  static fs::path PoolPath(const fs::path& dir, const std::string& digest) {
    return dir / kPool / digest;
  }

  fs::path staging() const { return dir_ / kStaging; }

  // Makes sure that the pool holds this file, undamaged; gives the bytes that had to be written.
  Result<std::uint64_t> Keep(int from, const fs::path& name, const Digested& digested) {
    const fs::path to = PoolPath(dir_, digested.digest);
    std::error_code error;
    const bool was_there = fs::symlink_status(to, error).type() != fs::file_type::not_found;
    if (was_there) {
      const Result<Digested> found = DigestOfFile(to);
      if (found && found->digest == digested.digest) return std::uint64_t{0};
      ++mended_;
    }
    fs::path draft = to;
    draft += ".tmp";
    if (::unlink(draft.c_str()) != 0 && errno != ENOENT) {  // of a run that was killed
      return SystemError("removing", draft, errno);
    }
    TRY_ASSIGN(const Digested copied, CopyTo(from, name, draft));
    TRY_ASSIGN(const Digested read_back, DigestOfFile(draft));
    if (copied.digest != digested.digest || read_back.digest != digested.digest) {
      return Error{Code::kCorruption,
                   draft.string() + ": reads otherwise than it was written; use another disk"};
    }
    if (::rename(draft.c_str(), to.c_str()) != 0) return SystemError("naming", to, errno);
    return digested.bytes;
  }
  std::uint64_t mended() const { return mended_; }

  Result<void> Add(std::uint64_t number, const CopyList& list) {
    if (const int failed = SyncFolder(dir_ / kPool); failed != 0) {
      return SystemError("syncing", dir_ / kPool, failed);
    }
    return ReplaceFile(ListPath(dir_, number), list.Encode());
  }

  // Lists first, then the files that no list has any more: killed between the two, the next run
  // removes those. What a list that cannot be read needs is not known: then all files stay.
  Result<std::uint64_t> KeepNewest(std::size_t keep, const LogSink& log) {
    TRY_ASSIGN(std::vector<std::uint64_t> numbers, Numbers(dir_));
    std::uint64_t removed = 0;
    std::error_code error;
    for (; keep > 0 && numbers.size() > keep; ++removed) {
      if (!fs::remove(ListPath(dir_, numbers.front()), error)) {
        return SystemError("removing", ListPath(dir_, numbers.front()), error.value());
      }
      numbers.erase(numbers.begin());
    }
    if (const int failed = SyncFolder(dir_); failed != 0)
      return SystemError("syncing", dir_, failed);
    std::set<std::string> needed;
    bool all_known = true;
    for (const std::uint64_t number : numbers) {
      const Result<CopyList> list = CopyList::Read(ListPath(dir_, number));
      if (!list) {
        all_known = false;
        Warn(log, list.error().message + "; no file of earlier back-ups is removed meanwhile");
        continue;
      }
      for (const CopyList::File& file : list->files) needed.insert(file.digest);
    }
    fs::remove_all(staging(), error);
    if (!all_known) return removed;
    std::vector<fs::path> gone;
    for (fs::directory_iterator entry(dir_ / kPool, error), end; !error && entry != end;
         entry.increment(error)) {
      if (!needed.contains(entry->path().filename().string())) gone.push_back(entry->path());
    }
    if (error) return SystemError("reading", dir_ / kPool, error.value());
    for (const fs::path& path : gone) fs::remove(path, error);
    return removed;
  }

 private:
  explicit Backups(fs::path dir) : dir_(std::move(dir)) {}
  fs::path dir_;
  FileDescriptor lock_;
  std::uint64_t mended_ = 0;
};

}  // namespace

Result<BackupReport> BackUp(const fs::path& store, const fs::path& dir, Time at, std::size_t keep,
                            const LogSink& log) {
  TRY(CheckOutside(store, dir));
  TRY_ASSIGN(const StillFiles still, TakeSound(store, log));
  TRY_ASSIGN(Backups backups, Backups::Open(dir));
  TRY_ASSIGN(const std::vector<std::uint64_t> numbers, Backups::Numbers(dir));
  for (auto number = numbers.rbegin(); number != numbers.rend(); ++number) {
    const Result<CopyList> newest = CopyList::Read(Backups::ListPath(dir, *number));
    if (!newest) continue;  // KeepNewest() warns of it
    if (newest->store != still.identity()) {
      return Error{Code::kConflict,
                   dir.string() + ": holds back-ups of another store; name another folder"};
    }
    break;
  }
  CopyList list = ListFor(still, at);
  std::uint64_t written = 0;
  for (const StillFiles::Table& table : still.tables()) {
    const int from = still.DescriptorOf(table);
    TRY_ASSIGN(const Digested digested, DigestOf(from, store / table.name));
    TRY_ASSIGN(const std::uint64_t more, backups.Keep(from, store / table.name, digested));
    written += more;
    list.files.push_back({table.name, digested.digest, digested.bytes});
  }
  TRY_ASSIGN(const std::vector<std::string> loose, still.CopyLoose(backups.staging()));
  for (const std::string& name : loose) {
    const fs::path path = backups.staging() / name;
    TRY_ASSIGN(const FileDescriptor from, OpenToRead(path));
    TRY_ASSIGN(const Digested digested, DigestOf(from.get(), path));
    TRY_ASSIGN(const std::uint64_t more, backups.Keep(from.get(), path, digested));
    written += more;
    list.files.push_back({name, digested.digest, digested.bytes});
  }
  SortByName(list);
  BackupReport report;
  report.number = numbers.empty() ? 1 : numbers.back() + 1;
  TRY(backups.Add(report.number, list));
  TRY_ASSIGN(report.removed, backups.KeepNewest(keep, log));
  report.copy = list.Report(written);
  report.mended = backups.mended();
  return report;
}

namespace {

// Where the files of a copy lie.
struct Source {
  CopyKind kind = CopyKind::kCheckpoint;
  std::uint64_t number = 0;
  CopyList list;
  fs::path dir;
  fs::path PathOf(const CopyList::File& file) const {
    return kind == CopyKind::kBackup ? Backups::PoolPath(dir, file.digest) : dir / file.name;
  }
};

Result<Source> FindSource(const fs::path& dir, std::optional<std::uint64_t> number) {
  Source source;
  source.dir = dir;
  TRY_ASSIGN(const fs::path plain, PlainPath(dir));
  std::error_code error;
  if (!fs::is_directory(dir, error)) {
    return Error{Code::kNotFound, dir.string() + ": no folder there"};
  }
  if (plain.string().ends_with(kPartEnding)) {
    return Error{
        Code::kInvalidArgument,
        dir.string() + ": was never finished: whatever made it was cut short; make it again"};
  }
  if (Backups::Is(dir)) {
    TRY_ASSIGN(const std::vector<std::uint64_t> numbers, Backups::Numbers(dir));
    if (numbers.empty()) {
      return Error{Code::kNotFound,
                   dir.string() + ": holds no back-up; the first one was never finished"};
    }
    source.kind = CopyKind::kBackup;
    source.number = number.value_or(numbers.back());
    if (!std::binary_search(numbers.begin(), numbers.end(), source.number)) {
      return Error{Code::kNotFound, fmt::format("{}: holds no back-up {}; the newest is {}",
                                                dir.string(), source.number, numbers.back())};
    }
    TRY_ASSIGN(source.list, CopyList::Read(Backups::ListPath(dir, source.number)));
    return source;
  }
  if (number) {
    return Error{Code::kInvalidArgument, dir.string() + ": is no folder of back-ups"};
  }
  if (fs::exists(dir / kCheckpointFile, error)) {
    TRY_ASSIGN(source.list, CopyList::Read(dir / kCheckpointFile));
    return source;
  }
  return Error{Code::kInvalidArgument,
               dir.string() +
                   ": is neither a checkpoint nor a folder of back-ups (it has no list of "
                   "digests); `revenant checkpoint` makes a checkpoint of a store"};
}

}  // namespace

Result<RestoreReport> RestoreCopy(const fs::path& source_dir, const fs::path& store,
                                  std::optional<std::uint64_t> number, const LogSink& log) {
  TRY_ASSIGN(const Source source, FindSource(source_dir, number));
  TRY_ASSIGN(PartFolder part, PartFolder::Make(store));
  const auto damaged = [&](const fs::path& path, std::string_view what) {
    return Error{Code::kCorruption,
                 fmt::format("{}: {}: nothing was restored; take another {}", path.string(), what,
                             source.kind == CopyKind::kBackup ? "back-up (--number)"
                                                              : "checkpoint or a back-up")};
  };
  for (const CopyList::File& file : source.list.files) {
    const fs::path from_path = source.PathOf(file);
    const Result<FileDescriptor> from = OpenToRead(from_path);
    if (!from) {
      if (from.error().code == Code::kNotFound) return damaged(from_path, "is missing");
      if (from.error().code == Code::kCorruption) return damaged(from_path, "is no regular file");
      return from.error();
    }
    TRY_ASSIGN(const Digested copied, CopyTo(from->get(), from_path, part.path() / file.name));
    if (copied.digest != file.digest) return damaged(from_path, "is damaged");
  }
  RestoreReport report;
  {
    TRY_ASSIGN(const StillFiles made, StillFiles::Take(part.path(), log));
    if (made.key_check() != source.list.key_check) {
      return damaged(source_dir, "is not the store that it was made of");
    }
    TRY_ASSIGN(report.journal_entries, made.Number("journal"));
    TRY_ASSIGN(report.alerts, made.Number("alerts"));
  }
  TRY(part.Publish());
  report.from = source.kind;
  report.number = source.number;
  report.copy = source.list.Report(0);
  report.copy.written = report.copy.bytes;
  return report;
}

}  // namespace revenant

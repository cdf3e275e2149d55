#include "store/still_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "store/damage.h"
#include "store/store_impl.h"
#include "util/posix_file.h"
#include "util/try.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPiece = std::size_t{1} << 20;

struct XxhState {
  XXH3_state_t* const state = XXH3_createState();
  ~XxhState() { XXH3_freeState(state); }
};

// What `path` holds, hashed as the marks of logs are.
Result<std::uint64_t> HashOf(const fs::path& path) {
  const FileDescriptor in(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!in.valid()) return SystemError("reading", path, errno);
  XxhState hash;
  XXH3_64bits_reset(hash.state);
  std::string piece(kPiece, '\0');
  for (;;) {
    const std::ptrdiff_t got = ReadUpTo(in.get(), piece.data(), piece.size());
    if (got < 0) return SystemError("reading", path, errno);
    if (got == 0) break;
    XXH3_64bits_update(hash.state, piece.data(), static_cast<std::size_t>(got));
  }
  return XXH3_64bits_digest(hash.state);
}

// A new file that only its owner reads, synced.
class NewFile {
 public:
  static Result<NewFile> Make(const fs::path& path) {
    NewFile file(path);
    if (!file.out_.valid()) return SystemError("making", path, errno);
    return file;
  }
  Result<void> Write(std::string_view bytes) {
    const int failed = WriteAll(out_.get(), bytes);
    return failed == 0 ? Result<void>() : Result<void>(SystemError("writing", path_, failed));
  }
  Result<void> Finish() {
    int failed = ::fsync(out_.get()) == 0 ? 0 : errno;
    if (const int closed = out_.Close(); failed == 0) failed = closed;
    return failed == 0 ? Result<void>() : Result<void>(SystemError("writing", path_, failed));
  }

 private:
  explicit NewFile(fs::path path)
      : path_(std::move(path)),
        out_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR)) {}
  fs::path path_;
  FileDescriptor out_;
};

Result<void> WriteNew(const fs::path& path, std::string_view bytes) {
  TRY_ASSIGN(NewFile file, NewFile::Make(path));
  TRY(file.Write(bytes));
  return file.Finish();
}

Result<void> CopyUpTo(int from, std::uint64_t limit, const fs::path& path) {
  TRY_ASSIGN(NewFile file, NewFile::Make(path));
  std::string piece(kPiece, '\0');
  for (std::uint64_t at = 0; at < limit;) {
    const auto asked = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), limit - at));
    const ssize_t got = ::pread(from, piece.data(), asked, static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError("reading what belongs into", path, errno);
    if (got == 0) break;
    TRY(file.Write(std::string_view(piece).substr(0, static_cast<std::size_t>(got))));
    at += static_cast<std::uint64_t>(got);
  }
  return file.Finish();
}

}  // namespace

struct StillFiles::Impl {
  fs::path dir;
  std::unique_ptr<Store> store;
  const PinnedFiles* pinned = nullptr;  // of the store
  Store::Stamp stamp;                   // its identity alone: a writer may go on in the log
  std::uint64_t format = 0;
  std::string key_check;
  std::vector<Table> tables;
  std::vector<PinnedFiles::Held> held;  // of `tables`
};

StillFiles::StillFiles(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
StillFiles::StillFiles(StillFiles&&) noexcept = default;
StillFiles& StillFiles::operator=(StillFiles&&) noexcept = default;
StillFiles::~StillFiles() = default;

std::uint64_t StillFiles::format() const { return impl_->format; }
const std::string& StillFiles::key_check() const { return impl_->key_check; }
const std::string& StillFiles::identity() const { return impl_->stamp.store; }
Result<void> StillFiles::Verify() const { return impl_->store->VerifyChecksums(); }
Result<std::uint64_t> StillFiles::Number(std::string_view name) const {
  TRY_ASSIGN(const std::optional<std::string> bytes, impl_->store->Meta(name));
  if (!bytes) return std::uint64_t{0};
  return DecodeNumber(*bytes);
}
const std::vector<StillFiles::Table>& StillFiles::tables() const { return impl_->tables; }

int StillFiles::DescriptorOf(const Table& table) const {
  const auto index = static_cast<std::size_t>(&table - impl_->tables.data());
  return impl_->held[index].descriptor->get();
}

Result<StillFiles> StillFiles::Take(const fs::path& dir, const LogSink& log) {
  constexpr std::size_t kLittleCache = std::size_t{1} << 20;
  auto impl = std::make_unique<Impl>();
  impl->dir = dir;
  TRY_ASSIGN(
      impl->store,
      Store::Open(dir, {.mode = Store::Mode::kReadOnly, .cache_bytes = kLittleCache, .log = log}));
  rocksdb::DB& db = impl->store->database();
  impl->pinned = dynamic_cast<const PinnedFiles*>(db.GetEnv()->GetFileSystem().get());
  if (impl->pinned == nullptr) return Error{Code::kIo, dir.string() + ": not a folder on a disk"};
  TRY_ASSIGN(impl->stamp, impl->store->CurrentStamp());
  TRY_ASSIGN(const std::optional<std::string> key_check, impl->store->Meta("key_check"));
  impl->key_check = key_check.value_or("");
  std::vector<rocksdb::LiveFileMetaData> live;
  db.GetLiveFilesMetaData(&live);
  for (const rocksdb::LiveFileMetaData& file : live) {
    const std::string name = fs::path(file.name).filename().string();
    std::optional<PinnedFiles::Held> held = impl->pinned->Hold(name);
    if (!held) return DamageIn((dir / name).string() + ": is missing");
    impl->tables.push_back({name, file.size});
    impl->held.push_back(std::move(*held));
  }
  StillFiles still(std::move(impl));
  TRY_ASSIGN(still.impl_->format, still.Number(kFormatName));
  return still;
}

bool StillFiles::Link(const Table& table, const fs::path& folder) const {
  const fs::path to = folder / table.name;
  if (::link((impl_->dir / table.name).c_str(), to.c_str()) != 0) return false;
  struct stat linked{}, held{};
  if (::stat(to.c_str(), &linked) == 0 && ::fstat(DescriptorOf(table), &held) == 0 &&
      linked.st_ino == held.st_ino && linked.st_dev == held.st_dev) {
    return true;
  }
  ::unlink(to.c_str());  // another file has the name by now
  return false;
}

Result<std::vector<std::string>> StillFiles::CopyLoose(const fs::path& folder) const {
  const PinnedFiles& pinned = *impl_->pinned;
  const PinnedFiles::Moment& moment = pinned.moment();
  std::vector<std::string> names;
  std::vector<std::uint64_t> logs;
  for (const std::string& name : pinned.Names()) {
    const std::optional<std::uint64_t> log = WalNumber(name);
    if (!log && !name.starts_with("MANIFEST-")) continue;
    const PinnedFiles::Held held = *pinned.Hold(name);
    TRY(CopyUpTo(held.descriptor->get(), held.limit, folder / name));
    names.push_back(name);
    if (log) logs.push_back(*log);
  }
  TRY(WriteNew(folder / "CURRENT", moment.current));
  TRY(WriteNew(folder / "IDENTITY", moment.identity));
  names.insert(names.end(), {"CURRENT", "IDENTITY"});
  // The writer may have been in the middle of a record.
  TRY_ASSIGN(const WalCheck check, CheckWalsIn(folder, std::nullopt));
  for (const TornLog& torn : check.torn) {
    for (const std::string& name : names) {
      if (WalNumber(name) != torn.number) continue;
      const fs::path path = folder / name;
      const FileDescriptor out(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
      if (!out.valid() || ::ftruncate(out.get(), static_cast<off_t>(torn.end)) != 0 ||
          ::fsync(out.get()) != 0) {
        return SystemError("cutting off", path, errno);
      }
    }
  }
  WalMarkList marks{BootId(), moment.current, {}};
  for (const std::string& name : names) {
    const std::optional<std::uint64_t> log = WalNumber(name);
    if (!log) continue;
    TRY_ASSIGN(const std::uint64_t hash, HashOf(folder / name));
    std::error_code error;
    const std::uint64_t bytes = fs::file_size(folder / name, error);
    if (error) return SystemError("reading", folder / name, error.value());
    if (bytes > 0) marks.logs.push_back({*log, bytes, hash, bytes, hash});
  }
  TRY(WriteNew(folder / WalMarks::kFileName, marks.Encode()));
  names.emplace_back(WalMarks::kFileName);
  return names;
}

}  // namespace revenant

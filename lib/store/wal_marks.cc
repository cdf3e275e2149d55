#include "store/wal_marks.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <utility>

#include "util/bytes.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "revenant log marks 1\n";
// Written over in place, so its room is taken at once: a disk that fills up later does not matter.
constexpr std::size_t kRoom = 4096;
constexpr std::size_t kMaxBytes = std::size_t{1} << 20;

std::string ReadShort(const fs::path& file, std::size_t max_bytes) {
  const FileDescriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!in.valid()) return {};
  std::string bytes(max_bytes, '\0');
  const std::ptrdiff_t size = ReadUpTo(in.get(), bytes.data(), bytes.size());
  bytes.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
  return bytes;
}

}  // namespace

std::string BootId() {
  std::string id = ReadShort("/proc/sys/kernel/random/boot_id", 64);
  while (!id.empty() && id.back() == '\n') id.pop_back();
  return id;
}

std::string WalMarkList::Encode() const {
  std::string body;
  PutLengthPrefixed(body, boot);
  PutLengthPrefixed(body, manifest);
  PutBigEndian32(body, static_cast<std::uint32_t>(logs.size()));
  for (const WalMark& log : logs) {
    for (const std::uint64_t number :
         {log.number, log.written, log.written_hash, log.synced, log.synced_hash}) {
      PutBigEndian64(body, number);
    }
  }
  std::string out(kMagic);
  PutBigEndian64(out, XXH3_64bits(body.data(), body.size()));
  PutBigEndian32(out, static_cast<std::uint32_t>(body.size()));
  out += body;
  return out;
}

std::optional<WalMarkList> WalMarkList::Decode(std::string_view bytes) {
  ByteReader head(bytes);
  if (head.Bytes(kMagic.size()) != kMagic) return std::nullopt;
  const std::uint64_t hash = head.BigEndian64();
  const std::uint32_t size = head.BigEndian32();
  if (!head.ok() || head.rest().size() < size) return std::nullopt;
  const std::string_view body = head.rest().substr(0, size);
  if (XXH3_64bits(body.data(), body.size()) != hash) return std::nullopt;
  ByteReader reader(body);
  WalMarkList list;
  list.boot = reader.LengthPrefixed();
  list.manifest = reader.LengthPrefixed();
  const std::uint32_t count = reader.BigEndian32();
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
    WalMark log;
    for (std::uint64_t* number :
         {&log.number, &log.written, &log.written_hash, &log.synced, &log.synced_hash}) {
      *number = reader.BigEndian64();
    }
    list.logs.push_back(log);
  }
  if (!reader.AtEnd()) return std::nullopt;
  return list;
}

std::optional<WalMarkList> WalMarkList::Read(const fs::path& dir) {
  return Decode(ReadShort(dir / WalMarks::kFileName, kMaxBytes));
}

WalMarks::WalMarks(fs::path dir) : file_(dir / kFileName) {}

void WalMarks::GoOnFrom(std::optional<WalMarkList> before) {
  const MutexLock lock(mutex_);
  if (before) list_ = *std::move(before);
  const std::string boot = BootId();
  if (boot.empty() || boot != list_.boot) {
    for (WalMark& log : list_.logs) {
      log.written = log.synced;
      log.written_hash = log.synced_hash;
    }
  }
  list_.boot = boot;
}

WalMark& WalMarks::Of(std::uint64_t number) {
  const auto found = std::find_if(list_.logs.begin(), list_.logs.end(),
                                  [&](const WalMark& log) { return log.number == number; });
  if (found != list_.logs.end()) return *found;
  list_.logs.push_back({.number = number});
  return list_.logs.back();
}

void WalMarks::Written(std::uint64_t number, std::uint64_t bytes, std::uint64_t hash) {
  const MutexLock lock(mutex_);
  WalMark& log = Of(number);
  log.written = bytes;
  log.written_hash = hash;
  Write();  // what cannot be written says less than is true, which is no harm
}

void WalMarks::Synced(std::uint64_t number, std::uint64_t bytes, std::uint64_t hash) {
  const MutexLock lock(mutex_);
  WalMark& log = Of(number);
  if (bytes < log.synced) return;
  log.synced = bytes;
  log.synced_hash = hash;
  Write();
}

bool WalMarks::Forget(std::uint64_t number) {
  const MutexLock lock(mutex_);
  if (std::erase_if(list_.logs, [&](const WalMark& log) { return log.number == number; }) == 0) {
    return true;
  }
  return Write();
}

void WalMarks::NewManifest(std::string manifest) {
  const MutexLock lock(mutex_);
  list_.manifest = std::move(manifest);
  Write();
}

bool WalMarks::Write() {
  if (!out_.valid()) {
    out_ = FileDescriptor(::open(file_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (!out_.valid()) return false;
    struct stat about{};
    if (::fstat(out_.get(), &about) == 0 && static_cast<std::size_t>(about.st_size) < kRoom) {
      const std::string room(kRoom, '\0');
      if (::pwrite(out_.get(), room.data(), room.size(), 0) != static_cast<ssize_t>(room.size())) {
        out_ = FileDescriptor();
        return false;
      }
    }
  }
  const std::string bytes = list_.Encode();
  return ::pwrite(out_.get(), bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size());
}

}  // namespace revenant

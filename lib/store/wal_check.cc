#include "store/wal_check.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <memory>
#include <string_view>
#include <system_error>

#include "store/crc32c.h"
#include "store/damage.h"
#include "util/posix_file.h"
#include "util/try.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

// A log is a row of blocks; a record lies in one, or its fragments lie in several, each behind a
// head of checksum, length and type (RocksDB, db/log_format.h).
constexpr std::size_t kBlock = 32768, kHead = 7, kHeadWithNumber = 11;
constexpr std::size_t kNumber = 8;
constexpr std::uint8_t kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4;
constexpr std::uint8_t kFirstWithNumber = 5, kLastWithNumber = 8, kHighestType = 11;

struct Fragment {
  std::uint8_t type = 0;
  std::size_t size = 0;  // with its head
};

std::uint64_t Little(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < count; ++i) {
    number |= std::uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  }
  return number;
}

enum class Found : std::uint8_t {
  kFragment,
  kCutShort,  // it would extend past the end of the file
  kDamaged,
};

// `rest`: of a block, or of the file where that ends in it.
Found ReadFragment(std::string_view rest, std::size_t left_in_block, Fragment& fragment) {
  if (rest.size() < kHead) return Found::kCutShort;
  fragment.type = static_cast<std::uint8_t>(rest[6]);
  const bool numbered = fragment.type >= kFirstWithNumber && fragment.type <= kLastWithNumber;
  const std::size_t head = numbered ? kHeadWithNumber : kHead;
  fragment.size = head + Little(rest, 4, 2);
  if (fragment.type == 0 || fragment.type > kHighestType || fragment.size > left_in_block) {
    return Found::kDamaged;
  }
  if (fragment.size > rest.size()) return Found::kCutShort;
  Crc32c sum;
  sum.Add(rest.substr(6, fragment.size - 6));
  return sum.masked() == Little(rest, 0, 4) ? Found::kFragment : Found::kDamaged;
}

// Reads one log, a block at a time.
class LogReader {
 public:
  LogReader(const WalFile& file, const WalMark* mark, std::uint64_t bound, std::uint64_t hash)
      : file_(file), mark_(mark), bound_(bound), hash_(hash), hasher_(XXH3_createState()) {}
  ~LogReader() { XXH3_freeState(hasher_); }
  LogReader(const LogReader&) = delete;
  LogReader& operator=(const LogReader&) = delete;

  // nullopt: its end is not torn.
  Result<std::optional<TornLog>> Check() {
    struct stat about{};
    if (::fstat(file_.fd, &about) != 0) return SystemError("reading", file_.path, errno);
    size_ = static_cast<std::uint64_t>(about.st_size);
    if (size_ < bound_) {
      return Damage(fmt::format("holds {} bytes, but {} were written to it", size_, bound_), size_);
    }
    XXH3_64bits_reset(hasher_);
    for (std::uint64_t at = 0; at < size_; at += kBlock) {
      TRY(ReadBlock(at));
      if (bad_) {
        LookBehind();
      } else {
        CheckBlock(at);
        if (bad_) LookInRest();
      }
    }
    if (bound_ > 0 && !hash_holds_) {
      return Damage("does not hold what was written to it", bad_);
    }
    if (valid_follows_) {
      return Damage(fmt::format("is damaged at byte {}, and what follows is not", *bad_), *bad_);
    }
    if (!bad_ && !record_begin_) return std::optional<TornLog>();
    const std::uint64_t end = record_begin_ ? *record_begin_ : *bad_;
    // A whole record that fails its check is no torn one, unless the machine went down.
    if (bad_ && whole_ && !only_zeros_ && mark_ == nullptr) {
      return Damage(fmt::format("is damaged at byte {}", *bad_), *bad_);
    }
    return std::optional(TornLog{
        file_.number, end,
        fmt::format("{}: its last write was not finished, so its last {} bytes are left out",
                    file_.path, size_ - end)});
  }

 private:
  Result<void> ReadBlock(std::uint64_t at) {
    block_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, size_ - at)));
    std::size_t done = 0;
    while (done < block_.size()) {
      const ssize_t got = ::pread(file_.fd, block_.data() + done, block_.size() - done,
                                  static_cast<off_t>(at + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return SystemError("reading", file_.path, errno);
      if (got == 0) return Error{Code::kIo, file_.path + ": became shorter while it was read"};
      done += static_cast<std::size_t>(got);
    }
    if (at < bound_) {
      const std::uint64_t part = std::min<std::uint64_t>(block_.size(), bound_ - at);
      XXH3_64bits_update(hasher_, block_.data(), static_cast<std::size_t>(part));
      if (at + part == bound_) hash_holds_ = XXH3_64bits_digest(hasher_) == hash_;
    }
    return {};
  }

  void CheckBlock(std::uint64_t at) {
    const std::string_view block = block_;
    std::size_t place = 0;
    while (place < block.size() && kBlock - place >= kHead) {
      Fragment fragment;
      const Found found = ReadFragment(block.substr(place), kBlock - place, fragment);
      const bool begins = fragment.type == kFull || fragment.type == kFirst ||
                          fragment.type == kFirstWithNumber ||
                          fragment.type == kFirstWithNumber + 1 || fragment.type > kLastWithNumber;
      if (found == Found::kFragment && begins != record_begin_.has_value()) {
        const bool ends = fragment.type == kFull || fragment.type == kLast ||
                          fragment.type == kFirstWithNumber || fragment.type >= kLastWithNumber;
        // A write begins with its number (RocksDB, db/write_batch.cc), and numbers grow.
        if (begins && fragment.size >= kHeadWithNumber + kNumber) {
          const bool numbered =
              fragment.type == kFirstWithNumber || fragment.type == kFirstWithNumber + 1;
          const std::size_t head = numbered ? kHeadWithNumber : kHead;
          const std::uint64_t number = Little(block, place + head, kNumber);
          if (fragment.type <= kLastWithNumber && number < last_write_) {
            bad_ = at + place;
            in_block_ = place;
            valid_follows_ = true;
            return;
          }
          if (fragment.type <= kLastWithNumber) last_write_ = number;
        }
        if (begins) record_begin_ = at + place;
        if (ends) record_begin_.reset();
        place += fragment.size;
        continue;
      }
      bad_ = at + place;
      whole_ = found == Found::kDamaged && fragment.size <= block.size() - place;
      in_block_ = place;
      // A fragment of its own that fits nowhere is valid all the same.
      if (found == Found::kFragment) valid_follows_ = true;
      return;
    }
  }

  // Something in the block is bad: does anything valid stand behind it there?
  void LookInRest() {
    const std::string_view block = block_;
    NoteZeros(block.substr(in_block_));
    for (std::size_t place = in_block_ + 1; !valid_follows_ && place + kHead <= block.size();
         ++place) {
      Fragment fragment;
      valid_follows_ =
          ReadFragment(block.substr(place), kBlock - place, fragment) == Found::kFragment;
    }
  }

  void LookBehind() {
    NoteZeros(block_);
    Fragment fragment;
    if (ReadFragment(block_, kBlock, fragment) == Found::kFragment) valid_follows_ = true;
  }

  void NoteZeros(std::string_view bytes) {
    if (bytes.find_first_not_of('\0') != std::string_view::npos) only_zeros_ = false;
  }

  // `good`: up to where it is as it was written, if that is known.
  Error Damage(const std::string& what, std::optional<std::uint64_t> good) const {
    std::string text = fmt::format("{}: the log {}: {}", file_.path, what, kPutBack);
    if (good) {
      text += fmt::format(
          "; or, to go on without what was entered last, `truncate -s {} {}` and "
          "remove {}",
          *good, file_.path, (fs::path(file_.path).parent_path() / WalMarks::kFileName).string());
    }
    return {Code::kCorruption, std::move(text)};
  }

  const WalFile& file_;
  const WalMark* const mark_;
  const std::uint64_t bound_, hash_;
  XXH3_state_t* const hasher_;
  std::uint64_t size_ = 0;
  std::string block_;
  bool hash_holds_ = false;
  std::optional<std::uint64_t> record_begin_;  // of fragments that have no last one yet
  std::optional<std::uint64_t> bad_;           // where reading stopped
  std::size_t in_block_ = 0;
  std::uint64_t last_write_ = 0;
  bool whole_ = false, valid_follows_ = false, only_zeros_ = true;
};

}  // namespace

std::optional<std::uint64_t> WalNumber(std::string_view file_name) {
  constexpr std::string_view kEnding = ".log";
  if (!file_name.ends_with(kEnding)) return std::nullopt;
  file_name.remove_suffix(kEnding.size());
  std::uint64_t number = 0;
  const auto [end, error] =
      std::from_chars(file_name.data(), file_name.data() + file_name.size(), number);
  if (error != std::errc() || end != file_name.data() + file_name.size()) return std::nullopt;
  return number;
}

Result<WalCheck> CheckWals(const std::vector<WalFile>& logs,
                           const std::optional<WalMarkList>& marks, const fs::path& dir) {
  const bool same_boot = marks && !marks->boot.empty() && marks->boot == BootId();
  const auto mark_of = [&](std::uint64_t number) -> const WalMark* {
    if (!marks) return nullptr;
    const auto found = std::find_if(marks->logs.begin(), marks->logs.end(),
                                    [&](const WalMark& log) { return log.number == number; });
    return found == marks->logs.end() ? nullptr : &*found;
  };
  if (marks) {
    for (const WalMark& mark : marks->logs) {
      const std::uint64_t bytes = same_boot ? mark.written : mark.synced;
      const bool is_there = std::any_of(
          logs.begin(), logs.end(), [&](const WalFile& log) { return log.number == mark.number; });
      if (bytes == 0 || is_there) continue;
      return Error{
          Code::kCorruption,
          fmt::format("{}/{:06}.log: the log is missing, with {} bytes of what was entered last: "
                      "{}; or, to go on without it, remove {}/{}",
                      dir.string(), mark.number, bytes, kPutBack, dir.string(),
                      WalMarks::kFileName)};
    }
  }
  WalCheck check;
  for (const WalFile& log : logs) {
    const WalMark* mark = mark_of(log.number);
    std::uint64_t bound = 0, hash = 0;
    if (mark != nullptr) {
      bound = same_boot ? mark->written : mark->synced;
      hash = same_boot ? mark->written_hash : mark->synced_hash;
    }
    LogReader reader(log, mark, bound, hash);
    TRY_ASSIGN(std::optional<TornLog> torn, reader.Check());
    if (torn) check.torn.push_back(*std::move(torn));
  }
  return check;
}

Result<WalCheck> CheckWalsIn(const fs::path& dir, const std::optional<WalMarkList>& marks) {
  std::vector<WalFile> logs;
  std::vector<FileDescriptor> open;
  std::error_code error;
  for (fs::directory_iterator entry(dir, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::optional<std::uint64_t> number = WalNumber(entry->path().filename().string());
    if (!number) continue;
    open.emplace_back(::open(entry->path().c_str(), O_RDONLY | O_CLOEXEC));
    if (!open.back().valid()) return SystemError("reading", entry->path(), errno);
    logs.push_back({*number, entry->path().string(), open.back().get()});
  }
  if (error) return SystemError("reading", dir, error.value());
  std::sort(logs.begin(), logs.end(),
            [](const WalFile& a, const WalFile& b) { return a.number < b.number; });
  return CheckWals(logs, marks, dir);
}

}  // namespace revenant

#include "operations/copy_list.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <utility>

#include "util/bytes.h"
#include "util/digest.h"
#include "util/durable_file.h"
#include "util/posix_file.h"
#include "util/try.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHeader = "revenant-copy 1";
constexpr std::size_t kDigestDigits = 64, kMaxListBytes = std::size_t{64} << 20;
constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

bool IsDigest(std::string_view text) {
  return text.size() == kDigestDigits &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// A name in the copy's own folder, and no way out of it.
bool IsName(std::string_view text) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  return !text.empty() && text.front() != '.' &&
         text.find_first_not_of(kAllowed) == std::string_view::npos;
}

std::optional<std::uint64_t> Number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Up to `end`, which goes too.
std::string_view Take(std::string_view& rest, char end) {
  const std::size_t at = rest.find(end);
  const std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return taken;
}

std::string Body(const CopyList& list) {
  std::string text = fmt::format("{}\nstore {}\nkey {}\nformat {}\nat {}\n", kHeader, list.store,
                                 list.key_check, list.format, FormatTime(list.at));
  for (const CopyList::File& file : list.files) {
    text += fmt::format("file {} {} {}\n", file.digest, file.bytes, file.name);
  }
  return text;
}

}  // namespace

std::string CopyList::Digest() const { return Blake2bHex(Body(*this)); }

std::string CopyList::Encode() const {
  std::string text = Body(*this);
  text += fmt::format("sum {}\n", Blake2bHex(text));
  return text;
}

CopyReport CopyList::Report(std::uint64_t written) const {
  CopyReport report{Digest(), key_check, format, files.size(), 0, written};
  for (const File& file : files) report.bytes += file.bytes;
  return report;
}

Result<CopyList> CopyList::Decode(std::string_view text, const std::string& place) {
  const Error damaged{Code::kCorruption,
                      place + ": is damaged, and with it the copy that it lists; take another one"};
  std::string_view rest = text;
  const std::string_view header = Take(rest, '\n');
  if (header != kHeader) {
    if (!header.starts_with(kHeader.substr(0, kHeader.size() - 1))) return damaged;
    return Error{Code::kUnsupportedFormat,
                 place + ": made by a later version of Revenant; use that version"};
  }
  CopyList list;
  while (!rest.empty()) {
    std::string_view line = Take(rest, '\n');
    const std::string_view what = Take(line, ' ');
    if (what == "sum") break;
    if (what == "store") list.store = line;
    if (what == "key") list.key_check = line;
    if (what == "format") {
      const auto number = Number(line);
      if (!number) return damaged;
      list.format = *number;
    }
    if (what == "at") {
      const Result<Time> at = ParseTime(line);
      if (!at) return damaged;
      list.at = *at;
    }
    if (what == "file") {
      File file;
      file.digest = Take(line, ' ');
      const auto bytes = Number(Take(line, ' '));
      file.name = line;
      if (!bytes || !IsDigest(file.digest) || !IsName(file.name)) return damaged;
      file.bytes = *bytes;
      list.files.push_back(std::move(file));
    }
  }
  if (list.Encode() != text) return damaged;  // the sum, the order and whatever else was there
  return list;
}

Result<CopyList> CopyList::Read(const fs::path& file) {
  TRY(OpenToRead(file));
  TRY_ASSIGN(const SecretText text, ReadWholeFile(file, kMaxListBytes));
  return Decode({text.data(), text.size()}, file.string());
}

Result<Digested> DigestOf(int from, const fs::path& name, int to, const fs::path& to_name) {
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, crypto_generichash_BYTES);
  std::string piece(kPieceBytes, '\0');
  Digested digested;
  for (;;) {
    const ssize_t got =
        ::pread(from, piece.data(), piece.size(), static_cast<off_t>(digested.bytes));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError("reading", name, errno);
    if (got == 0) break;
    const std::string_view bytes = std::string_view(piece).substr(0, static_cast<std::size_t>(got));
    crypto_generichash_update(&state, AsBytes(bytes).data(), bytes.size());
    if (to >= 0) {
      if (const int failed = WriteAll(to, bytes); failed != 0) {
        return SystemError("writing", to_name, failed);
      }
    }
    digested.bytes += bytes.size();
  }
  std::array<std::uint8_t, crypto_generichash_BYTES> digest;
  crypto_generichash_final(&state, digest.data(), digest.size());
  digested.digest = HexEncode(digest);
  return digested;
}

Result<FileDescriptor> OpenToRead(const fs::path& file) {
  FileDescriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat info{};
  if (!in.valid() && errno != ELOOP && errno != ENXIO) return SystemError("reading", file, errno);
  if (in.valid() && ::fstat(in.get(), &info) != 0) return SystemError("reading", file, errno);
  if (in.valid() && S_ISREG(info.st_mode)) return in;
  return Error{Code::kCorruption, file.string() + ": is no regular file"};
}

Result<Digested> DigestOfFile(const fs::path& file) {
  TRY_ASSIGN(const FileDescriptor in, OpenToRead(file));
  // What is on the disk is asked for, not what was just written.
  static_cast<void>(::posix_fadvise(in.get(), 0, 0, POSIX_FADV_DONTNEED));
  return DigestOf(in.get(), file);
}

}  // namespace revenant

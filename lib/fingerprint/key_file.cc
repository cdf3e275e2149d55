#include "fingerprint/key_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>

#include "util/bytes.h"
#include "util/posix_file.h"

namespace revenant {
namespace {

constexpr std::string_view kMagic = "revenant-key ";
constexpr std::string_view kHeader = "revenant-key 1\n";
constexpr std::string_view kLink = "link ";
constexpr std::string_view kSum = "sum ";
constexpr std::size_t kSumBytes = 16;
constexpr std::size_t kLinkLineBytes = kLink.size() + 2 * sizeof(MasterKey) + 1;
constexpr std::size_t kSumLineBytes = kSum.size() + 2 * kSumBytes + 1;

constexpr std::size_t EncodedBytes(std::size_t links) {
  return kHeader.size() + links * kLinkLineBytes + kSumLineBytes;
}
constexpr std::size_t kMaxBytes = EncodedBytes(kMaxChainLinks);

// Each writes at `out` and gives the place behind what it wrote.
char* PutText(char* out, std::string_view text) { return std::copy(text.begin(), text.end(), out); }

// `name`, the bytes in hexadecimal, line feed. By libsodium, whose time does not depend on them.
char* PutHexLine(char* out, std::string_view name, std::span<const std::uint8_t> bytes) {
  out = PutText(out, name);
  const std::size_t digits = 2 * bytes.size();
  sodium_bin2hex(out, digits + 1, bytes.data(), bytes.size());
  out[digits] = '\n';  // in place of the zero that sodium_bin2hex ends with
  return out + digits + 1;
}

Error Damaged() { return {Code::kCorruption, "the key is damaged; put back a copy of it"}; }

// Whole of a decimal number without leading zeros, as far as a version can go.
bool IsVersionNumber(std::string_view text) {
  return !text.empty() && text.size() <= 9 && text[0] != '0' &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Fills the file that was just created; 0 or the error number.
int FillAndSync(FileDescriptor& out, const std::filesystem::path& file, std::string_view text) {
  if (::fchmod(out.get(), S_IRUSR | S_IWUSR) != 0) return errno;  // whatever the umask took away
  if (const int failed = WriteAll(out.get(), text)) return failed;
  if (::fsync(out.get()) != 0) return errno;
  if (const int failed = out.Close()) return failed;
  return SyncFolder(file.parent_path());
}

}  // namespace

SecretText EncodeKeyFile(std::span<const MasterKey> chain) {
  SecretText text(EncodedBytes(chain.size()));
  char* end = PutText(text.data(), kHeader);
  for (const MasterKey& master : chain) end = PutHexLine(end, kLink, master);
  Sha256Digest digest;
  Sha256Stream stream(Sha256Best());
  stream.Update({text.data(), end});
  stream.Finish(digest);
  PutHexLine(end, kSum, std::span(digest).first<kSumBytes>());
  return text;
}

Result<KeyChain> DecodeKeyFile(std::string_view text) {
  if (!text.starts_with(kMagic)) return Error{Code::kInvalidArgument, "this is not a Revenant key"};
  if (!text.starts_with(kHeader)) {
    const std::string_view line = text.substr(0, std::min(text.find('\n'), text.size()));
    if (!IsVersionNumber(line.substr(kMagic.size())) || line.size() == text.size()) {
      return Damaged();
    }
    return Error{Code::kUnsupportedFormat,
                 "the key was made by a later version of Revenant; use that version"};
  }
  const std::size_t fixed = EncodedBytes(0);
  if (text.size() <= fixed || text.size() > kMaxBytes ||
      (text.size() - fixed) % kLinkLineBytes != 0) {
    return Damaged();
  }
  KeyChain chain((text.size() - fixed) / kLinkLineBytes);
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const std::size_t digits = kHeader.size() + i * kLinkLineBytes + kLink.size();
    if (sodium_hex2bin(chain[i].data(), chain[i].size(), text.data() + digits,
                       2 * sizeof(MasterKey), nullptr, nullptr, nullptr) != 0) {
      return Damaged();
    }
  }
  // A chain has one text only. Comparing with it checks the sum, the labels between and the case of
  // the digits in one stroke.
  const SecretText only = EncodeKeyFile(chain);
  if (sodium_memcmp(only.data(), text.data(), only.size()) != 0) return Damaged();
  return chain;
}

Result<SecretText> ReadSecretFile(const std::filesystem::path& file) {
  // O_NONBLOCK, so that a pipe under this name is refused rather than waited for. Checks are made
  // on the open file, not the name, which somebody could point elsewhere in between.
  const FileDescriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!in.valid()) return SystemError("opening the key file", file, errno);
  struct stat info;
  if (::fstat(in.get(), &info) != 0) return SystemError("reading the key file", file, errno);
  if (!S_ISREG(info.st_mode)) {
    return Error{Code::kInvalidArgument,
                 fmt::format("key file {}: not a regular file", file.string())};
  }
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Error{
        Code::kInvalidArgument,
        fmt::format("key file {}: others than its owner have access: chmod 600 it; whoever "
                    "read it can try values against the fingerprints, so if somebody may "
                    "have, enter the sellers into a new store with a new key",
                    file.string())};
  }
  SecretText text(kMaxBytes + 1);  // one more than any key: longer files stand out
  const std::ptrdiff_t size = ReadUpTo(in.get(), text.data(), text.size());
  if (size < 0) return SystemError("reading the key file", file, errno);
  text.resize(static_cast<std::size_t>(size));
  return text;
}

Result<void> WriteNewSecretFile(const std::filesystem::path& file, std::string_view text) {
  // O_EXCL neither overwrites nor follows a symbolic link.
  FileDescriptor out(
      ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!out.valid()) {
    if (errno == EEXIST) {
      return Error{Code::kConflict,
                   fmt::format("key file {} exists; it was left alone", file.string())};
    }
    return SystemError("creating the key file", file, errno);
  }
  if (const int failed = FillAndSync(out, file, text)) {
    ::unlink(file.c_str());  // ours alone, and useless
    return Error{Code::kIo, fmt::format("writing the key file {}: {}", file.string(),
                                        std::generic_category().message(failed))};
  }
  return {};
}

}  // namespace revenant

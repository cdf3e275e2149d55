#include "fingerprint/secret_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <system_error>

#include "fingerprint/sha256.h"
#include "util/atomic_file.h"
#include "util/bytes.h"
#include "util/posix_file.h"

namespace revenant {
namespace {

constexpr std::string_view kSum = "sum ";
constexpr std::size_t kSha256SumBytes = 16;
constexpr std::size_t kMaxFileBytes = 18 << 10;  // the longest has 255 lines of 70 bytes

std::string_view ViewOf(const SecretText& text) { return {text.data(), text.size()}; }

std::string_view NameOf(const SecretFormat& format) {
  return format.header.substr(0, format.header.rfind(' ') + 1);
}

// Whole of a decimal number without leading zeros, as far as a version can go.
bool IsVersionNumber(std::string_view text) {
  return !text.empty() && text.size() <= 9 && text[0] != '0' &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

SecretWriter::SecretWriter(const SecretFormat& format, std::size_t max_bytes) : sum_(format.sum) {
  text_.reserve(max_bytes);
  text_.assign(format.header.begin(), format.header.end());
}

void SecretWriter::Line(std::string_view label, std::span<const std::uint8_t> bytes) {
  text_.insert(text_.end(), label.begin(), label.end());
  const std::size_t at = text_.size();
  const std::size_t digits = 2 * bytes.size();
  text_.resize(at + digits + 1);
  sodium_bin2hex(text_.data() + at, digits + 1, bytes.data(), bytes.size());
  text_.back() = '\n';  // in place of the zero that sodium_bin2hex ends with
}

SecretText SecretWriter::Finish() {
  if (sum_ == SecretSum::kSha256) {
    Sha256Digest digest;
    Sha256Stream stream(Sha256Best());
    stream.Update(ViewOf(text_));
    stream.Finish(digest);
    Line(kSum, std::span(digest).first<kSha256SumBytes>());
  } else {
    std::array<std::uint8_t, crypto_generichash_BYTES> digest;
    crypto_generichash(digest.data(), digest.size(), AsBytes(ViewOf(text_)).data(), text_.size(),
                       nullptr, 0);
    Line(kSum, digest);
  }
  return std::move(text_);
}

SecretReader::SecretReader(const SecretFormat& format, std::string_view text)
    : format_(&format), whole_(text), rest_(text.substr(format.header.size())) {}

Result<SecretReader> SecretReader::Open(const SecretFormat& format, std::string_view text) {
  const std::string_view name = NameOf(format);
  if (!text.starts_with(name)) {
    return Error{Code::kInvalidArgument, std::string(format.another)};
  }
  if (text.starts_with(format.header)) return SecretReader(format, text);
  const std::string_view line = text.substr(0, std::min(text.find('\n'), text.size()));
  const bool is_later = IsVersionNumber(line.substr(name.size())) && line.size() < text.size();
  if (!is_later) return Error{Code::kCorruption, std::string(format.damaged)};
  return Error{Code::kUnsupportedFormat, std::string(format.later)};
}

bool SecretReader::Line(std::string_view label, std::span<std::uint8_t> out) {
  return Label(label) && Digits(out);
}

bool SecretReader::Label(std::string_view label) {
  if (!rest_.starts_with(label)) return false;
  rest_.remove_prefix(label.size());
  return true;
}

std::string_view SecretReader::Word() {
  const std::string_view word = rest_.substr(0, rest_.find(' '));
  rest_.remove_prefix(std::min(word.size() + 1, rest_.size()));
  return word;
}

bool SecretReader::Digits(std::span<std::uint8_t> out) {
  const std::size_t digits = 2 * out.size();
  if (rest_.size() <= digits || rest_[digits] != '\n' ||
      sodium_hex2bin(out.data(), out.size(), rest_.data(), digits, nullptr, nullptr, nullptr) !=
          0) {
    return false;
  }
  rest_.remove_prefix(digits + 1);
  return true;
}

Error SecretReader::Damaged() const { return {Code::kCorruption, std::string(format_->damaged)}; }

Result<void> SecretReader::Finish(const SecretText& only) const {
  if (only.size() != whole_.size() || sodium_memcmp(only.data(), whole_.data(), only.size()) != 0) {
    return Damaged();
  }
  return {};
}

Result<SecretText> ReadSecretFile(const std::filesystem::path& file) {
  // O_NONBLOCK, so that a pipe under this name is refused rather than waited for. Checks are made
  // on the open file, not the name, which another process could redirect in between.
  const FileDescriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!in.valid()) return SystemError("opening the key file", file, errno);
  struct stat info;
  if (::fstat(in.get(), &info) != 0) return SystemError("reading the key file", file, errno);
  if (!S_ISREG(info.st_mode)) {
    return Error{Code::kInvalidArgument,
                 fmt::format("key file {}: not a regular file", file.string())};
  }
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Error{Code::kInvalidArgument,
                 fmt::format("key file {}: others than its owner have access: chmod 600 it; anyone "
                             "who has read it can try values against the fingerprints, so if that "
                             "is possible, enter the sellers into a new store with a new key",
                             file.string())};
  }
  SecretText text(kMaxFileBytes + 1);  // one more than any: longer files stand out
  const std::ptrdiff_t size = ReadUpTo(in.get(), text.data(), text.size());
  if (size < 0) return SystemError("reading the key file", file, errno);
  text.resize(static_cast<std::size_t>(size));
  return text;
}

Result<void> WriteNewSecretFile(const std::filesystem::path& file, std::string_view text) {
  FileDraft draft(file, FileDraft::Existing::kKeep);
  int failed = draft.Open();
  const bool opened = failed == 0;
  if (failed == 0) failed = draft.Write(text);
  if (failed == 0) failed = draft.Sync();
  if (failed == 0) failed = draft.Publish();
  if (failed == 0) return {};
  if (failed == EEXIST || failed == EWOULDBLOCK) {
    return Error{Code::kConflict,
                 fmt::format("key file {} exists; it was left alone", file.string())};
  }
  if (!opened) return SystemError("creating the key file", file, failed);
  return Error{Code::kIo, fmt::format("writing the key file {}: {}", file.string(),
                                      std::generic_category().message(failed))};
}

}  // namespace revenant

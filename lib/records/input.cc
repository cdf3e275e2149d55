#include "records/input.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "util/try.h"

namespace revenant {
namespace {

constexpr std::size_t kWindowBytes = 256 << 10;
constexpr std::string_view kUtf8Mark = "\xef\xbb\xbf";
constexpr std::string_view kUtf16Marks[] = {"\xff\xfe", "\xfe\xff"};

}  // namespace

std::string DisplayName(const std::string& file) { return file == "-" ? "stdin" : file; }

Error ErrorAt(Code code, std::string_view file, TextPosition where, std::string_view what) {
  return {code, fmt::format("{}:{}:{}: {}", file, where.line, where.column, what)};
}

Input::Input(std::unique_ptr<ByteSource> source)
    : source_(std::move(source)), buffer_(kWindowBytes) {}

Input::Input(std::string_view text, TextPosition begin)
    : window_(text), offset_(begin.column - 1), line_(begin.line) {}

Result<std::string_view> Input::Peek(std::size_t count) {
  while (window_.size() < count && source_ != nullptr) {
    if (!window_.empty() && window_.data() != buffer_.data()) {
      std::memmove(buffer_.data(), window_.data(), window_.size());
    }
    window_ = {buffer_.data(), window_.size()};
    TRY_ASSIGN(const std::size_t got, source_->Read(std::span(buffer_).subspan(window_.size())));
    if (got == 0) break;
    window_ = {buffer_.data(), window_.size() + got};
  }
  return window_;
}

Result<std::size_t> Input::Read(std::span<char> out) {
  if (window_.empty()) return source_ != nullptr ? source_->Read(out) : Result<std::size_t>(0);
  const std::size_t count = std::min(out.size(), window_.size());
  std::memcpy(out.data(), window_.data(), count);
  Consume(count);
  return count;
}

Result<void> Input::SkipBlankHead(std::string_view file) {
  TRY_ASSIGN(const std::string_view head, Peek(kUtf8Mark.size()));
  for (const std::string_view mark : kUtf16Marks) {
    if (head.starts_with(mark)) {
      return revenant::ErrorAt(Code::kInvalidArgument, file, At(),
                               "the text is UTF-16; save it as UTF-8");
    }
  }
  if (head.starts_with(kUtf8Mark)) {
    Consume(kUtf8Mark.size());
    line_start_ = offset_;  // editors do not count the mark
  }
  while (true) {
    TRY_ASSIGN(const std::string_view window, Peek());
    if (window.empty()) return {};
    for (const char c : window) {
      if (c != ' ' && c != '\t' && c != '\r' && c != '\n') return {};
      Consume(1);
      if (c == '\n') EndLine();
    }
  }
}

bool CappedBuffer::Append(std::string_view bytes) {
  if (bytes.size() > limit_ - bytes_.size()) return false;
  const std::size_t needed = bytes_.size() + bytes.size();
  if (needed > bytes_.capacity()) {
    bytes_.reserve(std::min(limit_, std::max(needed, 2 * bytes_.capacity())));
  }
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return true;
}

}  // namespace revenant

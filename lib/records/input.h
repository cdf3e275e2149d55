#ifndef REVENANT_RECORDS_INPUT_H_
#define REVENANT_RECORDS_INPUT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "records/byte_source.h"
#include "revenant/result.h"

namespace revenant {

// A place in a text: line and byte of the line, both from 1.
struct TextPosition {
  std::uint64_t line = 1;
  std::uint64_t column = 1;
};

// Messages call stdin ("-") by its name.
std::string DisplayName(const std::string& file);

// `code` "file:line:column: what".
Error ErrorAt(Code code, std::string_view file, TextPosition where, std::string_view what);

// The window of a text through which its reader looks: bytes that were read and not yet consumed,
// with the position of the first of them. Threads: one at a time.
class Input {
 public:
  explicit Input(std::unique_ptr<ByteSource> source);
  // A piece of a text that lies in memory and stays the caller's; `begin` is its place in the
  // whole.
  Input(std::string_view text, TextPosition begin);

  // At least one unconsumed byte, but for the end, where it is empty. Valid until the next Peek.
  Result<std::string_view> Peek() { return Peek(1); }
  // At least `count` (small) bytes, fewer only at the end.
  Result<std::string_view> Peek(std::size_t count);

  // Fills the front of `out` (not empty) and says how much; 0 at the end. For callers that take
  // over and count lines themselves: At() is of no use after it.
  Result<std::size_t> Read(std::span<char> out);

  // Consumes bytes of the window. The caller says of every newline that it consumes.
  void Consume(std::size_t count) {
    window_.remove_prefix(count);
    offset_ += count;
  }
  // The last byte consumed ended a line.
  void EndLine() {
    ++line_;
    line_start_ = offset_;
  }

  // Position of the unconsumed byte `ahead` bytes on (in this line).
  TextPosition At(std::size_t ahead = 0) const {
    return {line_, offset_ + ahead - line_start_ + 1};
  }

  // Skips a UTF-8 byte order mark and blank bytes, blank lines among them, at the beginning of a
  // text. kInvalidArgument: UTF-16.
  Result<void> SkipBlankHead(std::string_view file);

 private:
  std::unique_ptr<ByteSource> source_;  // none: there is no more than the window
  std::vector<char> buffer_;
  std::string_view window_;       // read and not consumed
  std::uint64_t offset_ = 0;      // of the window in the text
  std::uint64_t line_start_ = 0;  // offset of the first byte of the line
  std::uint64_t line_ = 1;
};

// Bytes up to a limit that its memory never exceeds: doubling stops there.
class CappedBuffer {
 public:
  explicit CappedBuffer(std::size_t limit) : limit_(limit) {}

  // False, with nothing appended, when the limit would be passed.
  bool Append(std::string_view bytes);
  void Clear() { bytes_.clear(); }
  void RemoveLast() { bytes_.pop_back(); }
  // Releases the memory: after a record that grew to the limit.
  void Release() { std::vector<char>().swap(bytes_); }

  std::size_t size() const { return bytes_.size(); }
  std::size_t capacity() const { return bytes_.capacity(); }
  std::string_view view() const { return {bytes_.data(), bytes_.size()}; }

 private:
  const std::size_t limit_;
  std::vector<char> bytes_;
};

}  // namespace revenant

#endif  // REVENANT_RECORDS_INPUT_H_

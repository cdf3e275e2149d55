#ifndef REVENANT_RECORDS_LINE_READER_H_
#define REVENANT_RECORDS_LINE_READER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "records/input.h"
#include "revenant/result.h"

namespace revenant {

// Lines of a text, without their LF or CRLF, lines of blanks left out. A line over the limit is
// skipped as it streams by. Threads: one at a time.
class LineReader {
 public:
  enum class Line : std::uint8_t { kEnd, kLine, kTooLong };

  // `input` stays the caller's and outlives the reader.
  LineReader(Input& input, std::size_t max_line_bytes)
      : input_(input), max_line_bytes_(max_line_bytes), buffer_(max_line_bytes) {}

  // Errors are those of the input: a line that one cuts off is not given.
  Result<Line> Next();

  // Of the line given last, until Next is called again.
  std::string_view text() const { return text_; }
  TextPosition where() const { return where_; }

  std::size_t memory_bytes() const { return buffer_.capacity(); }

 private:
  Result<Line> ReadLine();

  Input& input_;
  const std::size_t max_line_bytes_;
  CappedBuffer buffer_;  // a line that spans windows; others are seen in place
  std::string_view text_;
  TextPosition where_;
};

}  // namespace revenant

#endif  // REVENANT_RECORDS_LINE_READER_H_

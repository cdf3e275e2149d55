#include "records/line_reader.h"

#include <cstring>

#include "util/try.h"

namespace revenant {

Result<LineReader::Line> LineReader::Next() {
  while (true) {
    TRY_ASSIGN(const Line line, ReadLine());
    if (line != Line::kLine) return line;
    if (text_.ends_with('\r')) text_.remove_suffix(1);
    if (text_.find_first_not_of(" \t\r") != std::string_view::npos) return line;
  }
}

Result<LineReader::Line> LineReader::ReadLine() {
  where_ = input_.At();
  bool is_too_long = false;
  bool is_begun = false;
  buffer_.Clear();
  while (true) {
    TRY_ASSIGN(const std::string_view window, input_.Peek());
    if (window.empty() && !is_begun) return Line::kEnd;
    const void* newline =
        window.empty() ? nullptr : std::memchr(window.data(), '\n', window.size());
    const std::size_t size =
        newline ? static_cast<std::size_t>(static_cast<const char*>(newline) - window.data())
                : window.size();
    const bool is_whole = newline != nullptr || window.empty();
    if (is_whole && !is_begun && size <= max_line_bytes_) {
      text_ = window.substr(0, size);  // the window stands until the next Peek
    } else {
      if (!is_too_long && !buffer_.Append(window.substr(0, size))) {
        is_too_long = true;
        buffer_.Release();
      }
      text_ = buffer_.view();
    }
    is_begun = true;
    input_.Consume(size);
    if (newline != nullptr) {
      input_.Consume(1);
      input_.EndLine();
    }
    if (is_whole) return is_too_long ? Line::kTooLong : Line::kLine;
  }
}

}  // namespace revenant

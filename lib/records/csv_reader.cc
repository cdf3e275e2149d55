#include "records/csv_reader.h"

#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "util/try.h"

namespace revenant {
namespace {

constexpr std::string_view kStrayQuote =
    "a quote inside an unquoted field; put the field in quotes and double those inside it";
constexpr std::string_view kTextAfterQuote =
    "text after a closing quote; quotes inside a quoted field are doubled";
constexpr std::string_view kTooManyFields = "more fields than a row may have (16384)";
static_assert(kMaxColumns == 16'384, "the message names the limit");

// Offset of `wanted` in `text`, its size where it is not there.
std::size_t Find(std::string_view text, char wanted) {
  const void* found = std::memchr(text.data(), wanted, text.size());
  if (found == nullptr) return text.size();
  return static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

// Offset of the first byte that ends an unquoted field or may not stand in one. Fields are short,
// so a plain loop beats three calls of memchr.
std::size_t FindSpecial(std::string_view text, char delimiter) {
  std::size_t i = 0;
  while (i < text.size() && text[i] != delimiter && text[i] != '\n' && text[i] != '"') ++i;
  return i;
}

}  // namespace

Error UnendedQuoteError(std::string_view file, TextPosition where) {
  return ErrorAt(Code::kInvalidArgument, file, where,
                 "the quoted field that begins here never ends: a quote is missing or the file is "
                 "cut off");
}

CsvReader::CsvReader(Input& input, std::string file, std::size_t max_row_bytes, char delimiter)
    : input_(input),
      file_(std::move(file)),
      max_row_bytes_(max_row_bytes),
      delimiter_(delimiter),
      row_(max_row_bytes),
      too_long_(fmt::format("longer than {} bytes, the limit for one record", max_row_bytes)) {}

std::string_view CsvReader::field(std::size_t index) const {
  return text().substr(fields_[index].begin, fields_[index].size);
}

std::size_t CsvReader::memory_bytes() const {
  return row_.capacity() + fields_.capacity() * sizeof(Field);
}

Result<CsvRow> CsvReader::Next() {
  BeginRow();
  while (true) {
    TRY_ASSIGN(const std::string_view window, input_.Peek());
    if (window.empty()) return EndOfInput();
    const bool is_row_start = state_ == State::kFieldStart && fields_.empty() && !bad_;
    if (!is_row_start || !TakePlainRow(window)) Scan(window);
    if (gives_up_ && over_limit_) return CsvRow::kBad;
    if (state_ != State::kRowEnd) continue;
    if (const CsvRow row = Verdict(); row != CsvRow::kEnd) return row;
    BeginRow();
  }
}

void CsvReader::BeginRow() {
  row_.Clear();
  fields_.clear();
  in_place_ = false;
  state_ = State::kFieldStart;
  bad_ = false;
  row_start_ = input_.At();
}

bool CsvReader::TakePlainRow(std::string_view window) {
  const std::size_t line_size = Find(window, '\n');
  std::string_view row = window.substr(0, line_size);
  // The state machine keeps a CR until it sees the LF, and a comma behind every field.
  if (line_size == window.size() || line_size >= max_row_bytes_) return false;
  if (Find(row, '"') != row.size()) return false;
  if (row.ends_with('\r')) row.remove_suffix(1);
  for (std::size_t begin = 0; begin <= row.size();) {
    const std::size_t size = Find(row.substr(begin), delimiter_);
    if (fields_.size() == kMaxColumns) {
      fields_.clear();
      return false;
    }
    fields_.push_back({begin, size, {}});
    begin += size + 1;
  }
  quoted_ = false;
  in_place_ = true;
  plain_row_ = row;
  state_ = State::kRowEnd;
  input_.Consume(line_size + 1);
  input_.EndLine();
  return true;
}

CsvRow CsvReader::Verdict() const {
  if (bad_) return CsvRow::kBad;
  const bool is_empty_line = fields_.size() == 1 && fields_[0].size == 0 && !quoted_;
  return is_empty_line ? CsvRow::kEnd : CsvRow::kRow;
}

Result<CsvRow> CsvReader::EndOfInput() {
  switch (state_) {
    case State::kQuoted:
      return UnendedQuoteError(file_, field_start_);
    case State::kFieldStart:
      if (fields_.empty() && !bad_) return CsvRow::kEnd;
      BeginField();
      EndField();
      break;
    case State::kUnquoted:
    case State::kAfterQuote:
    case State::kAfterQuoteCr:
      EndLastField();
      break;
    case State::kSkipLine:
    case State::kRowEnd:
      break;
  }
  return Verdict();
}

void CsvReader::Scan(std::string_view window) {
  while (!window.empty() && state_ != State::kRowEnd) {
    switch (state_) {
      case State::kFieldStart:
        StartField(window);
        break;
      case State::kUnquoted:
        ScanUnquoted(window);
        break;
      case State::kQuoted:
        ScanQuoted(window);
        break;
      case State::kAfterQuote:
      case State::kAfterQuoteCr:
        ScanAfterQuote(window);
        break;
      case State::kSkipLine:
        SkipLine(window);
        break;
      case State::kRowEnd:
        break;
    }
  }
}

void CsvReader::StartField(std::string_view& window) {
  BeginField();
  if (window.front() == '"') {
    quoted_ = true;
    state_ = State::kQuoted;
    Advance(window, 1);
  } else {
    formula_ = window.front() == '=';
    state_ = State::kUnquoted;
  }
}

void CsvReader::ScanUnquoted(std::string_view& window) {
  const std::size_t size = FindSpecial(window, delimiter_);
  Keep(window.substr(0, size));
  Advance(window, size);
  if (window.empty()) return;
  if (window.front() == delimiter_) {
    EndField();
    Advance(window, 1);
    state_ = State::kFieldStart;
  } else if (window.front() == '\n') {
    EndRow(window);
  } else if (formula_) {  // ="0123", so that a spreadsheet leaves the zero: what it says is the
                          // value's
    Keep("\"");
    Advance(window, 1);
  } else {
    Refuse(input_.At(), kStrayQuote);
    state_ = State::kSkipLine;
  }
}

void CsvReader::ScanQuoted(std::string_view& window) {
  std::size_t size = Find(window, '"');
  Keep(window.substr(0, size));
  while (size > 0) {
    const std::size_t line_size = Find(window.substr(0, size), '\n');
    if (line_size == size) {
      Advance(window, size);
      break;
    }
    Advance(window, line_size + 1);
    input_.EndLine();
    size -= line_size + 1;
  }
  if (window.empty()) return;
  Advance(window, 1);
  state_ = State::kAfterQuote;
}

void CsvReader::ScanAfterQuote(std::string_view& window) {
  const char next = window.front();
  if (next == '\n') return EndRow(window);
  if (state_ == State::kAfterQuote) {
    if (next == delimiter_) {
      EndField();
      Advance(window, 1);
      state_ = State::kFieldStart;
      return;
    }
    switch (next) {
      case '"':
        Keep("\"");
        Advance(window, 1);
        state_ = State::kQuoted;
        return;
      case '\r':
        Advance(window, 1);
        state_ = State::kAfterQuoteCr;
        return;
      default:
        break;
    }
  }
  Refuse(input_.At(), kTextAfterQuote);
  state_ = State::kSkipLine;
}

void CsvReader::SkipLine(std::string_view& window) {
  const std::size_t size = Find(window, '\n');
  Advance(window, size);
  if (!window.empty()) EndRow(window);
}

void CsvReader::Advance(std::string_view& window, std::size_t count) {
  window.remove_prefix(count);
  input_.Consume(count);
}

void CsvReader::EndRow(std::string_view& window) {
  EndLastField();
  Advance(window, 1);
  input_.EndLine();
  state_ = State::kRowEnd;
}

void CsvReader::BeginField() {
  quoted_ = false;
  field_start_ = input_.At();
  if (bad_) return;
  if (fields_.size() == kMaxColumns) return Refuse(field_start_, kTooManyFields);
  fields_.push_back({row_.size(), 0, field_start_});
}

void CsvReader::EndField() {
  if (bad_) return;
  fields_.back().size = row_.size() - fields_.back().begin;
  Keep(",");
}

void CsvReader::EndLastField() {
  // Of CRLF the CR was kept as text before the LF was seen; inside quotes it is text.
  if (!bad_ && !quoted_ && row_.size() > fields_.back().begin && row_.view().back() == '\r') {
    row_.RemoveLast();
  }
  EndField();
}

void CsvReader::Keep(std::string_view bytes) {
  if (bad_ || row_.Append(bytes)) return;
  over_limit_ = true;
  Refuse(row_start_, too_long_);
}

void CsvReader::Refuse(TextPosition where, std::string_view reason) {
  if (bad_) return;
  bad_ = true;
  problem_ = {where, reason};
  row_.Release();
  fields_.clear();
}

}  // namespace revenant

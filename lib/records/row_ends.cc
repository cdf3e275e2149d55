#include "records/row_ends.h"

#include <cstring>

namespace revenant {
namespace {

// Offset of the first `wanted` from `at` on; the size of `text` where there is none.
std::size_t Find(std::string_view text, std::size_t at, char wanted) {
  const void* found = std::memchr(text.data() + at, wanted, text.size() - at);
  if (found == nullptr) return text.size();
  return static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

}  // namespace

std::size_t RowEnds::PassAll(std::string_view text) { return Pass(text, Stop::kAtEnd); }
std::size_t RowEnds::PassOne(std::string_view text) { return Pass(text, Stop::kAtFirst); }

std::size_t RowEnds::Pass(std::string_view text, Stop stop) {
  std::size_t end = kNone, at = 0;
  while (at < text.size()) {
    const std::size_t found = Step(text, at, stop);
    if (found == kNone) continue;
    end = found;
    if (stop == Stop::kAtFirst) break;
  }
  passed_ += at;
  return end;
}

std::size_t RowEnds::Step(std::string_view text, std::size_t& at, Stop stop) {
  switch (state_) {
    case State::kFieldStart:
    case State::kUnquoted:
      return PassUnquoted(text, at, stop);
    case State::kQuoted:
      at = Find(text, at, '"');
      if (at == text.size()) return kNone;
      ++at;
      state_ = State::kAfterQuote;
      return kNone;
    case State::kAfterQuote:
    case State::kAfterQuoteCr:
      return PassAfterQuote(text, at);
    case State::kSkipLine:
      break;
  }
  at = Find(text, at, '\n');
  if (at == text.size()) return kNone;
  state_ = State::kFieldStart;
  return ++at;
}

// Outside quotes every newline ends a row, and only a quote is of interest before it.
std::size_t RowEnds::PassUnquoted(std::string_view text, std::size_t& at, Stop stop) {
  const std::size_t begin = at;
  const std::size_t quote = quotes_ == Quotes::kCsv ? Find(text, begin, '"') : text.size();
  const std::string_view before = text.substr(0, quote);
  if (stop == Stop::kAtFirst) {
    const std::size_t newline = Find(before, begin, '\n');
    if (newline < quote) {
      at = newline + 1;
      state_ = State::kFieldStart;
      return at;
    }
  }
  if (quote > begin) {
    std::size_t field = quote;
    while (field > begin && text[field - 1] != delimiter_ && text[field - 1] != '\n') --field;
    if (field > begin || state_ == State::kFieldStart) formula_ = text[field] == '=';
    state_ = field == quote ? State::kFieldStart : State::kUnquoted;
  }
  at = quote;
  if (quote < text.size()) {
    quote_at_ = passed_ + quote;
    // A quote inside an unquoted field that is no formula: the next line is the next row.
    if (state_ == State::kFieldStart) {
      state_ = State::kQuoted;
    } else if (!formula_) {
      state_ = State::kSkipLine;
    }
    ++at;
  }
  const std::size_t newline = before.rfind('\n');
  return newline == std::string_view::npos || newline < begin ? kNone : newline + 1;
}

std::size_t RowEnds::PassAfterQuote(std::string_view text, std::size_t& at) {
  const char next = text[at];
  if (next == '\n') {
    state_ = State::kFieldStart;
    return ++at;
  }
  const bool is_first = state_ == State::kAfterQuote;
  if (is_first && next == '"') {
    state_ = State::kQuoted;
  } else if (is_first && next == delimiter_) {
    state_ = State::kFieldStart;
  } else if (is_first && next == '\r') {
    state_ = State::kAfterQuoteCr;
  } else {
    state_ = State::kSkipLine;  // text after a closing quote
    return kNone;
  }
  ++at;
  return kNone;
}

}  // namespace revenant

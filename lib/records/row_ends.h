#ifndef REVENANT_RECORDS_ROW_ENDS_H_
#define REVENANT_RECORDS_ROW_ENDS_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace revenant {

// Follows a text that comes in pieces and says where its rows end, at the speed of memchr and
// without looking at fields: what CsvReader takes for the end of a row, or for JSON Lines every
// newline. Threads: one at a time.
class RowEnds {
 public:
  enum class Quotes : std::uint8_t { kCsv, kNone };
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  explicit RowEnds(Quotes quotes, char delimiter = ',') : quotes_(quotes), delimiter_(delimiter) {}

  // Goes on through all of `text`. Offset behind the last row end in it; kNone: there is none.
  std::size_t PassAll(std::string_view text);
  // Goes on to the first row end and no further; kNone: there is none and all was passed.
  std::size_t PassOne(std::string_view text);

  // The field at which it stands began with a quote that has not been closed ...
  bool InQuotes() const { return state_ == State::kQuoted; }
  // ... so many bytes behind the beginning of all that was passed.
  std::uint64_t quote_at() const { return quote_at_; }
  std::uint64_t passed() const { return passed_; }

 private:
  // Those of CsvReader, as far as row ends depend on them.
  enum class State : std::uint8_t {
    kFieldStart,
    kUnquoted,
    kQuoted,
    kAfterQuote,
    kAfterQuoteCr,
    kSkipLine,
  };
  enum class Stop : std::uint8_t { kAtFirst, kAtEnd };

  std::size_t Pass(std::string_view text, Stop stop);
  // Passes some of `text` from `at` on and returns the offset behind the row end that it met: the
  // first or the last one, as `stop` says.
  std::size_t Step(std::string_view text, std::size_t& at, Stop stop);
  std::size_t PassUnquoted(std::string_view text, std::size_t& at, Stop stop);
  std::size_t PassAfterQuote(std::string_view text, std::size_t& at);

  const Quotes quotes_;
  const char delimiter_;
  State state_ = State::kFieldStart;
  bool formula_ = false;      // the unquoted field begins with =
  std::uint64_t passed_ = 0;  // bytes, before the text at hand
  std::uint64_t quote_at_ = 0;
};

}  // namespace revenant

#endif  // REVENANT_RECORDS_ROW_ENDS_H_

#ifndef REVENANT_RECORDS_CSV_READER_H_
#define REVENANT_RECORDS_CSV_READER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "records/input.h"
#include "revenant/records.h"
#include "revenant/result.h"

namespace revenant {

enum class CsvRow : std::uint8_t {
  kEnd,
  kRow,
  kBad,  // skipped; problem() says why
};

// Rows of RFC 4180: fields in quotes may hold commas, newlines and doubled quotes; lines end in LF
// or CRLF, the last one need not. Stricter than most where leniency would guess: a quote inside an
// unquoted field and text after a closing quote make a bad row. Empty lines are no rows.
// A row without quotes that lies whole in the window, as nearly all do, is split in place;
// every other one goes through a state machine that can stop and continue at any byte. Memory: at
// most `max_row_bytes` of a row, one window of input, and kMaxColumns places. Threads: one at a
// time.
class CsvReader {
 public:
  struct Problem {
    TextPosition where;
    std::string_view reason;  // lives as long as the reader
  };

  // `input` stays the caller's and outlives the reader. `file` names it in errors.
  CsvReader(Input& input, std::string file, std::size_t max_row_bytes = kMaxRecordBytes,
            char delimiter = ',');

  // The next row. kInvalidArgument: a quoted field never ends, so that there is no telling how many
  // rows it swallowed. Other errors are those of the input. After a misplaced quote reading
  // continues in the next line; a row that is too long ends where its quotes say, so that a value
  // cannot smuggle rows in.
  Result<CsvRow> Next();

  // Of the row that Next() gave, until it is called again.
  std::size_t size() const { return fields_.size(); }
  std::string_view field(std::size_t index) const;
  TextPosition where(std::size_t index) const {
    if (!in_place_) return fields_[index].where;
    return {row_start_.line, row_start_.column + fields_[index].begin};
  }
  const Problem& problem() const { return problem_; }
  std::uint64_t line() const { return row_start_.line; }  // where the row, bad or not, begins
  TextPosition begin() const { return row_start_; }       // after the last row: the end
  // All fields with commas between them: for checks of the whole row at once.
  std::string_view text() const { return in_place_ ? plain_row_ : row_.view(); }

  // A row over the limit is given as bad at once, and the reader is of no use after it: for a
  // header, after which the file is refused in any case.
  void GiveUpAtLimit() { gives_up_ = true; }

  const std::string& file() const { return file_; }
  std::size_t memory_bytes() const;

 private:
  enum class State : std::uint8_t {
    kFieldStart,
    kUnquoted,
    kQuoted,
    kAfterQuote,    // a quote inside quotes: doubled, or the end of the field
    kAfterQuoteCr,  // and a CR behind it
    kSkipLine,      // lost: the next line is the next row
    kRowEnd,
  };
  struct Field {
    std::size_t begin = 0;
    std::size_t size = 0;
    TextPosition where;  // unless the row lies in place
  };

  void BeginRow();
  // Takes a row without quotes off the window, if a whole one lies there.
  bool TakePlainRow(std::string_view window);
  // Consumes bytes of `window` until it or the row ends.
  void Scan(std::string_view window);
  // Steps of Scan: each takes bytes off the front of a window that is not empty.
  void StartField(std::string_view& window);
  void ScanUnquoted(std::string_view& window);
  void ScanQuoted(std::string_view& window);
  void ScanAfterQuote(std::string_view& window);
  void SkipLine(std::string_view& window);
  void Advance(std::string_view& window, std::size_t count);
  void EndRow(std::string_view& window);  // consumes the newline
  Result<CsvRow> EndOfInput();
  CsvRow Verdict() const;  // of a row that has ended; kEnd for an empty line

  void BeginField();
  void EndField();
  void EndLastField();
  void Keep(std::string_view bytes);
  void Refuse(TextPosition where, std::string_view reason);

  Input& input_;
  const std::string file_;
  const std::size_t max_row_bytes_;
  const char delimiter_;
  bool gives_up_ = false, over_limit_ = false;
  CappedBuffer row_;
  bool in_place_ = false;       // the row is plain_row_, not row_
  std::string_view plain_row_;  // in the window, which stands until the next Peek
  std::vector<Field> fields_;
  State state_ = State::kFieldStart;
  bool quoted_ = false;       // the field being read began with a quote
  bool formula_ = false;      // the unquoted field begins with =
  TextPosition field_start_;  // its place
  TextPosition row_start_;
  bool bad_ = false;  // nothing of the row is kept any more
  Problem problem_;
  const std::string too_long_;  // the reason, with the limit in it
};

// The end of a text inside the quoted field that began at `where`.
Error UnendedQuoteError(std::string_view file, TextPosition where);

}  // namespace revenant

#endif  // REVENANT_RECORDS_CSV_READER_H_

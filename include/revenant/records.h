#ifndef REVENANT_RECORDS_H_
#define REVENANT_RECORDS_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/record.h"
#include "revenant/result.h"

namespace revenant {

// Bulk input: records of storefronts (JSON Lines or CSV) and small tables, plain, gzip or zstd.
// Errors name their place as "file:line:column: ..."; lines and columns count from 1, columns in
// bytes, and stdin (the file "-") is called "stdin".

// Limits of one record; anything longer is skipped as it streams by, never held in memory.
inline constexpr std::size_t kMaxRecordBytes = 16u << 20;
inline constexpr std::size_t kMaxColumns = 16'384;     // of a CSV row
inline constexpr std::size_t kMaxAttributes = 16'384;  // of one record

enum class RecordFormat : std::uint8_t { kAuto, kCsv, kJsonLines };  // kAuto: '{' first is JSON

// How the bytes of a text stand for characters. kAuto: UTF-8, or UTF-16 where a byte order mark
// says so.
enum class TextEncoding : std::uint8_t { kAuto, kUtf8, kLatin1, kWindows1252, kUtf16 };

struct ReadOptions {
  RecordFormat format = RecordFormat::kAuto;
  // Platform of records that name none.
  std::string platform;
  // What columns (in JSON Lines: fields of the record) mean: name in the file to a kind
  // ("pay.iban", "contact.phone@US", "pay.iban#2") or to one of platform, seller, seen, source,
  // status, or to what stands beside an attribute ("pay.iban#verified", "contact.phone#country"). A
  // name that means something by itself loses that meaning to the column mapped to it.
  std::map<std::string, std::string, std::less<>> columns;
  // Includes raw values in rejects. They are personal data: only if the user asked for them.
  bool keep_values = false;
  std::size_t max_record_bytes = kMaxRecordBytes;
  // What separates the fields of CSV; 0: a line "sep=;" or the header says, of , ; tab and |.
  char delimiter = 0;
  TextEncoding encoding = TextEncoding::kAuto;
  // Form of times, as strptime's ("%d/%m/%Y"); empty: what ReadTime takes.
  std::string date_format;
  // Words that stand for an empty cell (JSON: for null): "N/A", "-".
  std::vector<std::string> nulls;
};

// The time that people and their tools write: RFC 3339 with any number of decimals (cut to
// microseconds), a blank for the T, no seconds, "+01", "+0100" or "UTC" for the offset, none at all
// for UTC; or a date alone, which is its first moment. Blanks around it are ignored.
// kInvalidArgument: the message says what to write and never quotes the text.
Result<Time> ReadTime(std::string_view text);

// `text` without surrounding white space and invisible characters (Unicode's: no-break and
// zero-width blanks, byte order marks, marks of direction). Names of sellers are read so: " BAD" is
// BAD.
std::string_view TrimBlanks(std::string_view text);

// The kind or field that a column of this name probably is ("IBAN": pay.iban; "Telefon":
// contact.phone); empty: no idea. For a hint, never for reading.
std::string SuggestKind(std::string_view name);

// Something that could not be used, and why. Without `keep_values` it never holds raw values.
struct Reject {
  std::string file;
  std::uint64_t line = 0;
  std::uint64_t column = 0;  // 0: the field has no column of its own (JSON) or it is the whole line
  std::string field;         // "seen", "pay.iban#2", "attributes[3].value"; empty: the whole record
  std::string kind;          // kind of the attribute, if it is about one
  std::string reason;
  std::string value;
};

// Where an attribute stood.
struct FieldPlace {
  std::uint64_t line = 0;
  std::uint64_t column = 0;
  std::string field;
};

// One record of the input. A refused one has a single reject and an unspecified `record`; of a
// usable one `rejects` holds the attributes that were left out.
struct InputRecord {
  bool usable = false;
  Record record;
  std::uint64_t line = 0;          // where it begins
  std::vector<FieldPlace> places;  // of record.attributes, index by index
  std::vector<Reject> rejects;
};

// Reject of the attribute `index` of `input`, for reasons found later (an invalid check digit).
// `value` is left empty: a caller that may show it fills it in.
Reject RejectAttribute(std::string_view file, const InputRecord& input, std::size_t index,
                       std::string_view reason);

// Reads records one at a time. Memory is bounded by ReadOptions::max_record_bytes and the window
// of the compression, whatever the input.
// A record is refused whole when its platform, seller, source or status cannot be used, is too
// long, or is no CSV row of the header's width or no JSON object. An attribute that cannot be read
// (not UTF-8, a NUL byte) costs itself alone, and so does `seen`: the record is undated then.
// Threads: one at a time.
class RecordReader {
 public:
  // Opens `file` ("-": stdin) and reads as far as the CSV header. kNotFound, kIo; kInvalidArgument:
  // wrong options, or a header without a seller, without a platform (and none in `options`), with
  // two columns of one meaning, or that lacks a column of `options.columns`; kCorruption.
  static Result<std::unique_ptr<RecordReader>> Open(const std::string& file,
                                                    const ReadOptions& options);
  virtual ~RecordReader() = default;

  // Next record into `out`; false at the end. kInvalidArgument: there is not one record, or a
  // quoted CSV field never ends. kCorruption: compressed bytes are damaged or cut off (all complete
  // records before that place have been returned). kIo. After an error every call fails.
  virtual Result<bool> Next(InputRecord& out) = 0;

  // Skips `count` records, refused ones included, faster than reading them. kInvalidArgument: there
  // are fewer; else as Next.
  virtual Result<void> SkipRecords(std::uint64_t count) = 0;

  // Records returned or skipped so far, refused ones included: what SkipRecords needs to resume.
  virtual std::uint64_t position() const = 0;

  // Name of the file as messages have it.
  virtual const std::string& file() const = 0;

  virtual RecordFormat format() const = 0;

  // What was detected about the file without being stated: "';' between the columns", "UTF-16".
  virtual const std::vector<std::string>& found() const = 0;

  // Columns (JSON: fields) skipped because nothing says what they mean, each once, in the order
  // met. Of JSON it grows while reading, up to a hundred names. What looks like a value instead of
  // a name (a file without its header) is given by its place: "(column 3, not shown: ...)".
  virtual const std::vector<std::string>& unmapped() const = 0;
};

// Rows of a CSV file whose columns are known by name: the tables of `ban --from` and `evaluate`.
// Strict, since such files are short and every row counts: a bad row is an error.
// Threads: one at a time.
class TableReader {
 public:
  struct Column {
    std::string_view name;
    bool required = true;
  };

  // Opens `file` ("-": stdin). Of `options`, `columns` (to names in `wanted`), `delimiter`,
  // `encoding` and `max_record_bytes` count. Errors as of RecordReader::Open; other columns are
  // ignored.
  static Result<std::unique_ptr<TableReader>> Open(const std::string& file,
                                                   std::span<const Column> wanted,
                                                   const ReadOptions& options = {});
  virtual ~TableReader() = default;

  // Next row; false at the end. kInvalidArgument: a malformed row, not UTF-8, a NUL byte, too long,
  // no row at all. kCorruption, kIo.
  virtual Result<bool> Next() = 0;

  // Cell of wanted column `index`, until the next call of Next; empty where the file lacks it.
  virtual std::string_view Get(std::size_t index) const = 0;
  virtual bool Has(std::size_t index) const = 0;

  // kInvalidArgument "file:line:column: what" for the cell of wanted column `index`.
  virtual Error ErrorAt(std::size_t index, std::string_view what) const = 0;
  virtual std::uint64_t line() const = 0;  // of the row's beginning
};

// Appends one RFC 4180 row; cells that need quotes get them. Ends in "\n", as a shell expects. A
// cell that a spreadsheet would run as a formula (it begins with = + - @, a tab or the like, and is
// no negative number) gets an apostrophe in front, as OWASP advises: Normalize() takes it off
// again.
void AppendCsvRow(std::string& out, std::span<const std::string_view> cells);
void AppendCsvRow(std::string& out, std::initializer_list<std::string_view> cells);

// Rows of rejects.csv: file, line, column, field, kind, reason and, if asked for, value.
enum class RejectValues : std::uint8_t { kHidden, kShown };
void AppendRejectHeader(std::string& out, RejectValues values);
void AppendReject(std::string& out, const Reject& reject, RejectValues values);

}  // namespace revenant

#endif  // REVENANT_RECORDS_H_

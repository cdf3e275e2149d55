#ifndef REVENANT_RECORDS_RECORD_SOURCE_H_
#define REVENANT_RECORDS_RECORD_SOURCE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "records/block_reader.h"
#include "records/byte_source.h"
#include "records/columns.h"
#include "records/csv_records.h"
#include "records/input.h"
#include "records/record_parser.h"
#include "revenant/records.h"
#include "revenant/result.h"

namespace revenant {

// A file of records, opened as far as its first record: its format is known, and of CSV what the
// columns mean. Its records are read one after another by one parser over input(), or block by
// block by many side by side: the same records, refusals and errors in the same order.
//
//   TRY_ASSIGN(const auto source, RecordSource::Open(file, options));
//   BlockReader blocks = source->Blocks();
//   for (TextBlock block; *blocks.Next(block);) {   // one thread, and then in any other:
//     Input input(block.bytes, block.begin);
//     const auto parser = source->Parse(input);
//     for (InputRecord record; *parser->Next(record);) ...
//   }
//
// Threads: Parse() may run at once, and so may its parsers. Lifetime: outlives all that it returns.
class RecordSource {
 public:
  // Errors as of RecordReader::Open.
  static Result<std::unique_ptr<RecordSource>> Open(const std::string& file,
                                                    const ReadOptions& options);
  static Result<std::unique_ptr<RecordSource>> Open(std::unique_ptr<ByteSource> bytes,
                                                    std::string file, const ReadOptions& options);

  Input& input() { return input_; }
  // Over input(), which is not to be used beside it.
  BlockReader Blocks(std::size_t block_bytes = BlockReader::kBlockBytes);
  // Of `input`: input() or one over a block.
  std::unique_ptr<RecordParser> Parse(Input& input) const;

  const std::string& file() const { return file_; }
  RecordFormat format() const { return format_; }  // never kAuto
  // Columns of a CSV header that nothing says the meaning of; of JSON Lines each parser knows.
  const std::vector<std::string>& unmapped() const { return layout_.unmapped; }
  const std::vector<std::string>& found() const { return found_; }  // as RecordReader::found()

 private:
  RecordSource(std::unique_ptr<ByteSource> bytes, std::string file, ReadOptions options,
               ColumnNames names)
      : input_(std::move(bytes)),
        file_(std::move(file)),
        options_(std::move(options)),
        names_(std::move(names)) {}
  Result<void> ChooseFormat();

  Input input_;
  const std::string file_;
  ReadOptions options_;  // with the delimiter that was found
  std::vector<std::string> found_;
  const ColumnNames names_;
  RecordFormat format_ = RecordFormat::kAuto;
  CsvLayout layout_;  // of CSV
};

}  // namespace revenant

#endif  // REVENANT_RECORDS_RECORD_SOURCE_H_

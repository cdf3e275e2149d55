#ifndef REVENANT_RECORDS_CSV_RECORDS_H_
#define REVENANT_RECORDS_CSV_RECORDS_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "records/columns.h"
#include "records/input.h"
#include "records/record_parser.h"
#include "revenant/records.h"

namespace revenant {

// What the header of a CSV file says of the rows below it.
struct CsvLayout {
  struct Column {
    std::string name;
    ColumnMeaning meaning;
    // Of an attribute: the columns that say something of it.
    std::optional<std::size_t> verified, country;
  };
  std::vector<Column> columns;
  std::vector<std::string> unmapped;  // as RecordReader::unmapped()
  char delimiter = ',';

  // Takes the header off `input`. Errors as of RecordReader::Open.
  static Result<CsvLayout> Read(Input& input, const std::string& file, const ReadOptions& options,
                                const ColumnNames& names);
};

// Reads the rows of `input`. Everything given outlives the parser.
std::unique_ptr<RecordParser> ParseCsvRecords(Input& input, const std::string& file,
                                              const ReadOptions& options, const CsvLayout& layout);

}  // namespace revenant

#endif  // REVENANT_RECORDS_CSV_RECORDS_H_

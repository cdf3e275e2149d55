#ifndef REVENANT_RECORDS_RECORD_PARSER_H_
#define REVENANT_RECORDS_RECORD_PARSER_H_

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "records/byte_source.h"
#include "revenant/records.h"
#include "revenant/result.h"

namespace revenant {

// Records of one format in a text or a block of it.
class RecordParser {
 public:
  virtual ~RecordParser() = default;
  virtual Result<bool> Next(InputRecord& out) = 0;
  // Passes over one record; false at the end.
  virtual Result<bool> Skip() = 0;
  // What to say if all of the text, which ended here, held no record.
  virtual Error NoRecordError() const = 0;
  // Names met, beside those of a header, that nothing says the meaning of.
  virtual const std::vector<std::string>& unmapped() const = 0;
};

// Makes `out` a fresh record of the line `line`; what it holds of the record before is left for the
// parser to overwrite, with its buffers.
void ResetRecord(InputRecord& out, std::uint64_t line);

// Refuses all of `out`: what else was found wrong in it no longer matters.
void RefuseRecord(InputRecord& out, Reject reject);

// RecordReader over any source: where tests come in.
Result<std::unique_ptr<RecordReader>> OpenRecordReader(std::unique_ptr<ByteSource> source,
                                                       const std::string& file,
                                                       const ReadOptions& options);

// TableReader over any source.
Result<std::unique_ptr<TableReader>> OpenTableReader(std::unique_ptr<ByteSource> source,
                                                     const std::string& file,
                                                     std::span<const TableReader::Column> wanted,
                                                     const ReadOptions& options);

}  // namespace revenant

#endif  // REVENANT_RECORDS_RECORD_PARSER_H_

#ifndef REVENANT_LIB_AUDIT_RECORD_PARSER_H_
#define REVENANT_LIB_AUDIT_RECORD_PARSER_H_

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audit/byte_source.h"
#include "audit/columns.h"
#include "audit/input.h"
#include "revenant/audit.h"
#include "revenant/result.h"

namespace revenant {

// Records of one format. RecordReader in front of it keeps count and remembers errors.
class RecordParser {
 public:
  virtual ~RecordParser() = default;
  virtual Result<bool> Next(InputRecord& out) = 0;
  // Passes over one record; false at the end.
  virtual Result<bool> Skip() = 0;
  virtual const std::vector<std::string>& unmapped() const = 0;
};

// What a parser needs. `input` outlives it.
struct ParserContext {
  Input& input;
  std::string file;  // as messages have it
  const ReadOptions& options;
  ColumnNames names;
};

// Reads the header; errors as of RecordReader::Open.
Result<std::unique_ptr<RecordParser>> OpenCsvRecords(ParserContext context);
std::unique_ptr<RecordParser> OpenJsonRecords(ParserContext context);

// Makes `out` a fresh record of the line `line`, keeping its buffers.
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

#endif  // REVENANT_LIB_AUDIT_RECORD_PARSER_H_

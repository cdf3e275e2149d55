#include "records/record_source.h"

#include <utility>

#include "records/jsonl_records.h"
#include "records/text_form.h"
#include "revenant/date_format.h"
#include "util/try.h"

namespace revenant {

Result<std::unique_ptr<RecordSource>> RecordSource::Open(const std::string& file,
                                                         const ReadOptions& options) {
  const std::string name = DisplayName(file);
  TRY_ASSIGN(auto bytes, OpenByteSource(file, name));
  return Open(std::move(bytes), name, options);
}

Result<std::unique_ptr<RecordSource>> RecordSource::Open(std::unique_ptr<ByteSource> bytes,
                                                         std::string file,
                                                         const ReadOptions& options) {
  if (!options.platform.empty()) {
    TRY(CheckSellerName(
        {.platform = std::string(TrimBlanks(options.platform)), .external_id = "x"}));
  }
  if (!options.date_format.empty()) TRY(DateFormat::Create(options.date_format));
  if (options.delimiter != 0) TRY(CheckDelimiter(options.delimiter));
  TRY_ASSIGN(ColumnNames names, ColumnNames::Create(options.columns));
  std::vector<std::string> found;
  TRY_ASSIGN(bytes, DecodeText(std::move(bytes), options.encoding, file, found));
  std::unique_ptr<RecordSource> source(
      new RecordSource(std::move(bytes), std::move(file), options, std::move(names)));
  source->found_ = std::move(found);
  TRY(source->input_.SkipBlankHead(source->file_));
  TRY(source->ChooseFormat());
  if (source->format_ == RecordFormat::kCsv) {
    const auto is_known = [&](std::string_view name) {
      return source->names_.Resolve(name).field != Field::kUnmapped;
    };
    TRY_ASSIGN(source->options_.delimiter,
               FindDelimiter(source->input_, options.delimiter, is_known, source->found_));
    TRY_ASSIGN(source->layout_,
               CsvLayout::Read(source->input_, source->file_, source->options_, source->names_));
  }
  return source;
}

Result<void> RecordSource::ChooseFormat() {
  format_ = options_.format;
  if (format_ != RecordFormat::kAuto) return {};
  TRY_ASSIGN(const std::string_view window, input_.Peek());
  if (window.starts_with('[')) {
    return ErrorAt(Code::kInvalidArgument, file_, input_.At(),
                   "this looks like one JSON array; write one object a line (JSON Lines), as "
                   "`jq -c '.[]'` does");
  }
  format_ = window.starts_with('{') ? RecordFormat::kJsonLines : RecordFormat::kCsv;
  return {};
}

BlockReader RecordSource::Blocks(std::size_t block_bytes) {
  const bool is_csv = format_ == RecordFormat::kCsv;
  return BlockReader(input_, file_, is_csv ? RowEnds::Quotes::kCsv : RowEnds::Quotes::kNone,
                     options_.max_record_bytes, block_bytes, is_csv ? options_.delimiter : ',');
}

std::unique_ptr<RecordParser> RecordSource::Parse(Input& input) const {
  if (format_ == RecordFormat::kCsv) return ParseCsvRecords(input, file_, options_, layout_);
  return ParseJsonRecords(input, file_, options_, names_);
}

}  // namespace revenant

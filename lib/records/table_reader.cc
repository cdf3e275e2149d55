#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "records/columns.h"
#include "records/csv_reader.h"
#include "records/record_parser.h"
#include "records/text_form.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

class TableReaderImpl final : public TableReader {
 public:
  TableReaderImpl(std::unique_ptr<ByteSource> source, const std::string& file,
                  const ReadOptions& options)
      : input_(std::move(source)), file_(file), max_row_bytes_(options.max_record_bytes) {}

  Result<void> Open(std::span<const Column> wanted, const ReadOptions& options) {
    const ColumnNames::Mapping& mapping = options.columns;
    TRY(input_.SkipBlankHead(file_));
    const auto is_known = [&](std::string_view name) {
      return mapping.contains(name) ||
             std::any_of(wanted.begin(), wanted.end(),
                         [&](const Column& column) { return column.name == name; });
    };
    std::vector<std::string> found;  // a short table has no progress to report
    TRY_ASSIGN(const char delimiter, FindDelimiter(input_, options.delimiter, is_known, found));
    csv_.emplace(input_, file_, max_row_bytes_, delimiter);
    TRY_ASSIGN(const std::vector<HeaderColumn> header, ReadCsvHeader(*csv_));
    width_ = header.size();
    for (const auto& [column, target] : mapping) {
      TRY(CheckMapped(column, target, wanted, header));
    }
    for (const Column& column : wanted) {
      std::string_view name = column.name;
      for (const auto& [from, to] : mapping) {
        if (to == column.name) name = from;
      }
      TRY_ASSIGN(const std::optional<std::size_t> index, FindColumn(header, name));
      if (!index && column.required) {
        std::string names;
        for (const Column& other : wanted) {
          names += fmt::format("{}{}{}", names.empty() ? "" : ", ", other.name,
                               other.required ? "" : " (may be left out)");
        }
        return Fail(header.front().where,
                    fmt::format("the header has no column {}; the columns are "
                                "{}",
                                column.name, names));
      }
      columns_.push_back(index);
    }
    return {};
  }

  Result<bool> Next() override {
    if (failure_) return *failure_;
    auto more = ReadRow();
    if (!more) failure_ = more.error();
    return more;
  }

  std::string_view Get(std::size_t index) const override {
    return Has(index) ? csv_->field(*columns_[index]) : std::string_view();
  }
  bool Has(std::size_t index) const override { return columns_[index].has_value(); }
  std::uint64_t line() const override { return csv_->line(); }

  Error ErrorAt(std::size_t index, std::string_view what) const override {
    return Fail(Has(index) ? csv_->where(*columns_[index]) : TextPosition{csv_->line(), 1}, what);
  }

 private:
  Error Fail(TextPosition where, std::string_view what) const {
    return revenant::ErrorAt(Code::kInvalidArgument, file_, where, what);
  }

  Result<std::optional<std::size_t>> FindColumn(const std::vector<HeaderColumn>& header,
                                                std::string_view name) const {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < header.size(); ++i) {
      if (!EqualButForCase(header[i].name, name)) continue;
      if (found) return Fail(header[i].where, fmt::format("a second column {}", name));
      found = i;
    }
    return found;
  }

  Result<void> CheckMapped(const std::string& column, const std::string& target,
                           std::span<const Column> wanted,
                           const std::vector<HeaderColumn>& header) const {
    if (std::none_of(wanted.begin(), wanted.end(),
                     [&](const Column& known) { return known.name == target; })) {
      return Error{
          Code::kInvalidArgument,
          fmt::format("mapping of column {:?}: {} has no use for {:?}", column, file_, target)};
    }
    TRY_ASSIGN(const std::optional<std::size_t> index, FindColumn(header, column));
    if (index) return {};
    return Fail(header.front().where,
                fmt::format("the header has no column {:?}, which is mapped to "
                            "{}",
                            column, target));
  }

  Result<bool> ReadRow() {
    TRY_ASSIGN(const CsvRow row, NextFilledRow(*csv_));
    if (row == CsvRow::kEnd) {
      if (!any_) return NoRowsError(*csv_);
      return false;
    }
    any_ = true;
    if (row == CsvRow::kBad) return Fail(csv_->problem().where, csv_->problem().reason);
    if (csv_->size() != width_) {
      return Fail({csv_->line(), 1},
                  fmt::format("the row has {} fields and the header {}", csv_->size(), width_));
    }
    for (const auto& column : columns_) {
      if (!column) continue;
      const std::string_view cell = csv_->field(*column);
      if (!IsUtf8(cell)) return Fail(csv_->where(*column), "the cell is not UTF-8");
      if (cell.find('\0') != std::string_view::npos) {
        return Fail(csv_->where(*column), "the cell holds a NUL byte");
      }
    }
    return true;
  }

  Input input_;
  const std::string file_;
  const std::size_t max_row_bytes_;
  std::optional<CsvReader> csv_;  // once the separator is known
  std::size_t width_ = 0;
  std::vector<std::optional<std::size_t>> columns_;  // of `wanted`, index by index
  bool any_ = false;
  std::optional<Error> failure_;
};

}  // namespace

Result<std::unique_ptr<TableReader>> OpenTableReader(std::unique_ptr<ByteSource> source,
                                                     const std::string& file,
                                                     std::span<const TableReader::Column> wanted,
                                                     const ReadOptions& options) {
  if (options.delimiter != 0) TRY(CheckDelimiter(options.delimiter));
  std::vector<std::string> found;
  TRY_ASSIGN(source, DecodeText(std::move(source), options.encoding, file, found));
  auto reader = std::make_unique<TableReaderImpl>(std::move(source), file, options);
  TRY(reader->Open(wanted, options));
  return std::unique_ptr<TableReader>(std::move(reader));
}

Result<std::unique_ptr<TableReader>> TableReader::Open(const std::string& file,
                                                       std::span<const Column> wanted,
                                                       const ReadOptions& options) {
  const std::string name = DisplayName(file);
  TRY_ASSIGN(auto source, OpenByteSource(file, name));
  return OpenTableReader(std::move(source), name, wanted, options);
}

}  // namespace revenant

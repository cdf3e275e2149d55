#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

#include "audit/record_draft.h"
#include "audit/record_parser.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

// A column of the header and what it means.
struct Column {
  std::string name;
  ColumnMeaning meaning;
};

bool HoldsNul(std::string_view text) {
  return !text.empty() && std::memchr(text.data(), '\0', text.size()) != nullptr;
}

class CsvRecords final : public RecordParser {
 public:
  explicit CsvRecords(ParserContext context)
      : csv_(context.input, context.file, context.options.max_record_bytes),
        keep_values_(context.options.keep_values),
        seller_fields_(context.options.platform) {}

  Result<void> ReadHeader(const ColumnNames& names, bool has_platform);

  Result<bool> Next(InputRecord& out) override {
    TRY_ASSIGN(const CsvRow row, NextRow());
    if (row == CsvRow::kEnd) return false;
    ResetRecord(out, csv_.line());
    if (row == CsvRow::kBad) {
      const auto& [where, reason] = csv_.problem();
      RefuseRecord(out, {csv_.file(), where.line, where.column, "", "", std::string(reason), ""});
    } else {
      ReadRow(out);
    }
    return true;
  }

  Result<bool> Skip() override {
    TRY_ASSIGN(const CsvRow row, NextRow());
    return row != CsvRow::kEnd;
  }

  const std::vector<std::string>& unmapped() const override { return unmapped_; }

 private:
  Result<CsvRow> NextRow() {
    TRY_ASSIGN(const CsvRow row, csv_.Next());
    if (row == CsvRow::kEnd && !any_) return NoRowsError(csv_);
    any_ = true;
    return row;
  }

  Result<void> CheckMapping(const ColumnNames& names,
                            const std::vector<HeaderColumn>& header) const;
  void ReadRow(InputRecord& out);
  bool CheckRow(InputRecord& out);
  Reject RejectField(std::size_t index, std::string reason) const;

  CsvReader csv_;
  const bool keep_values_;
  SellerFieldReader seller_fields_;
  std::vector<Column> columns_;
  std::vector<std::string> unmapped_;
  bool any_ = false;
};

Result<void> CsvRecords::CheckMapping(const ColumnNames& names,
                                      const std::vector<HeaderColumn>& header) const {
  for (const auto& [column, target] : names.mapping()) {
    const bool is_there = std::any_of(header.begin(), header.end(),
                                      [&name = column](const auto& h) { return h.name == name; });
    if (!is_there) {
      return ErrorAt(
          Code::kInvalidArgument, csv_.file(), header.front().where,
          fmt::format("the header has no column {:?}, which is mapped to {}", column, target));
    }
  }
  return {};
}

Result<void> CsvRecords::ReadHeader(const ColumnNames& names, bool has_platform) {
  TRY_ASSIGN(const std::vector<HeaderColumn> header, ReadCsvHeader(csv_));
  const auto fail = [&](TextPosition where, std::string_view what) {
    return ErrorAt(Code::kInvalidArgument, csv_.file(), where, what);
  };
  bool has_field[kSellerFields] = {};
  for (const HeaderColumn& column : header) {
    columns_.push_back({column.name, names.Resolve(column.name)});
    const Field field = columns_.back().meaning.field;
    if (field < Field::kAttribute) has_field[static_cast<std::size_t>(field)] = true;
  }
  // A missing column comes first: if a row of data stands in for the header, no message may go on
  // to quote it.
  if (!has_field[static_cast<std::size_t>(Field::kSeller)]) {
    return fail(header.front().where,
                "the header has no column seller; name one so, or map one to it "
                "(--map COLUMN=seller)");
  }
  if (!has_field[static_cast<std::size_t>(Field::kPlatform)] && !has_platform) {
    return fail(header.front().where,
                "the header has no column platform; add it, or name the platform of all rows "
                "(--platform P)");
  }
  TRY(CheckMapping(names, header));
  std::set<std::string_view> targets, told;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto& [name, meaning] = columns_[i];
    if (meaning.field == Field::kUnmapped) {
      if (!name.empty() && !told.insert(name).second) continue;
      unmapped_.push_back(name.empty() ? fmt::format("(column {}, without a name)", i + 1) : name);
    } else if (!targets.insert(meaning.target).second) {
      return fail(header[i].where, fmt::format("a second column {}{}", meaning.target,
                                               meaning.field == Field::kAttribute
                                                   ? fmt::format("; name it {}#2", meaning.target)
                                                   : ""));
    }
  }
  return {};
}

Reject CsvRecords::RejectField(std::size_t index, std::string reason) const {
  const TextPosition where = csv_.where(index);
  const Column& column = columns_[index];
  return {csv_.file(),
          where.line,
          where.column,
          column.name,
          column.meaning.kind,
          std::move(reason),
          keep_values_ ? std::string(csv_.field(index)) : std::string()};
}

// Whether the fields of the row can be taken for what the header says; else `out` is refused.
bool CsvRecords::CheckRow(InputRecord& out) {
  if (csv_.size() != columns_.size()) {
    RefuseRecord(
        out,
        {csv_.file(), csv_.line(), 0, "", "",
         fmt::format("the row has {} fields and the header {}", csv_.size(), columns_.size()), ""});
    return false;
  }
  if (IsUtf8(csv_.text()) && !HoldsNul(csv_.text())) return true;
  for (std::size_t i = 0; i < csv_.size(); ++i) {
    const bool is_utf8 = IsUtf8(csv_.field(i));
    if (is_utf8 && !HoldsNul(csv_.field(i))) continue;
    RefuseRecord(out, RejectField(i, is_utf8 ? "holds a NUL byte" : "is not UTF-8"));
    break;
  }
  return false;
}

void CsvRecords::ReadRow(InputRecord& out) {
  if (!CheckRow(out)) return;
  SellerFields fields;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const ColumnMeaning& meaning = columns_[i].meaning;
    const std::string_view cell = csv_.field(i);
    if (meaning.field == Field::kUnmapped || cell.empty()) continue;
    if (meaning.field != Field::kAttribute) {
      fields[static_cast<std::size_t>(meaning.field)] = cell;
      continue;
    }
    const TextPosition where = csv_.where(i);
    out.record.attributes.push_back({meaning.kind, meaning.country, std::string(cell)});
    out.places.push_back({where.line, where.column, columns_[i].name});
  }
  out.usable = true;
  auto refusal = seller_fields_.Read(fields, out.record);
  if (!refusal) return;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].meaning.field != refusal->field) continue;
    return RefuseRecord(out, RejectField(i, std::move(refusal->reason)));
  }
  // The default platform: it has no column, and was checked when the reader was opened.
  RefuseRecord(out, {csv_.file(), out.line, 0, std::string(FieldName(refusal->field)), "",
                     std::move(refusal->reason), ""});
}

}  // namespace

Result<std::unique_ptr<RecordParser>> OpenCsvRecords(ParserContext context) {
  const bool has_platform = !context.options.platform.empty();
  const ColumnNames names = context.names;
  auto records = std::make_unique<CsvRecords>(std::move(context));
  TRY(records->ReadHeader(names, has_platform));
  return std::unique_ptr<RecordParser>(std::move(records));
}

}  // namespace revenant

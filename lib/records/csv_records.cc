#include "records/csv_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

#include "records/csv_reader.h"
#include "records/record_draft.h"
#include "revenant/name_hints.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

bool HoldsNul(std::string_view text) {
  return !text.empty() && std::memchr(text.data(), '\0', text.size()) != nullptr;
}

class CsvRecords final : public RecordParser {
 public:
  CsvRecords(Input& input, const std::string& file, const ReadOptions& options,
             const CsvLayout& layout)
      : csv_(input, file, options.max_record_bytes, layout.delimiter),
        keep_values_(options.keep_values),
        nulls_(options.nulls),
        seller_fields_(options),
        columns_(layout.columns) {}

  Result<bool> Next(InputRecord& out) override {
    TRY_ASSIGN(const CsvRow row, NextFilledRow(csv_));
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
    TRY_ASSIGN(const CsvRow row, NextFilledRow(csv_));
    return row != CsvRow::kEnd;
  }

  Error NoRecordError() const override { return NoRowsError(csv_); }
  const std::vector<std::string>& unmapped() const override { return unmapped_; }

 private:
  void ReadRow(InputRecord& out);
  bool SetAttribute(InputRecord& out, std::size_t at, std::size_t column);
  bool CheckRow(InputRecord& out);
  Reject RejectField(std::size_t index, std::string reason) const;
  // What is wrong with the bytes of a cell; empty: nothing.
  std::string_view Damage(std::size_t index) const;
  // The column of a field that is no attribute; one behind the last: there is none.
  std::size_t ColumnOf(Field field) const {
    const auto found = std::find_if(
        columns_.begin(), columns_.end(),
        [&](const CsvLayout::Column& column) { return column.meaning.field == field; });
    return static_cast<std::size_t>(found - columns_.begin());
  }
  // A cell, empty where it holds a word that stands for nothing.
  std::string_view Cell(std::size_t index) const;

  CsvReader csv_;
  const bool keep_values_;
  const std::vector<std::string>& nulls_;
  bool is_damaged_ = false;  // the row at hand: some cell is no text
  SellerFieldReader seller_fields_;
  const std::vector<CsvLayout::Column>& columns_;
  const std::vector<std::string> unmapped_;  // the header named all
};

Reject CsvRecords::RejectField(std::size_t index, std::string reason) const {
  const TextPosition where = csv_.where(index);
  const CsvLayout::Column& column = columns_[index];
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
  is_damaged_ = !IsUtf8(csv_.text()) || HoldsNul(csv_.text());
  if (!is_damaged_) return true;
  // What says who it is about must be sound; any other cell costs itself alone.
  for (std::size_t i = 0; i < csv_.size(); ++i) {
    const Field field = columns_[i].meaning.field;
    if (field >= Field::kAttribute || field == Field::kSeen) continue;
    const std::string_view damage = Damage(i);
    if (damage.empty()) continue;
    RefuseRecord(out, RejectField(i, std::string(damage)));
    return false;
  }
  return true;
}

std::string_view CsvRecords::Damage(std::size_t index) const {
  if (!is_damaged_) return {};
  if (!IsUtf8(csv_.field(index))) {
    return "is not UTF-8; save the file as UTF-8, or say what it is (--encoding windows-1252)";
  }
  return HoldsNul(csv_.field(index)) ? "holds a NUL byte" : "";
}

std::string_view CsvRecords::Cell(std::size_t index) const {
  const std::string_view cell = csv_.field(index);
  if (nulls_.empty() || cell.empty()) return cell;
  const bool is_null = std::find(nulls_.begin(), nulls_.end(), TrimBlanks(cell)) != nulls_.end();
  return is_null ? std::string_view() : cell;
}

// Into the memory of the record before: bulk reads use one again and again.
// False: it is left out, for what stands beside it.
bool CsvRecords::SetAttribute(InputRecord& out, std::size_t at, std::size_t column) {
  const CsvLayout::Column& layout = columns_[column];
  if (const std::string_view damage = Damage(column); !damage.empty()) {
    out.rejects.push_back(RejectField(column, std::string(damage)));
    return false;
  }
  std::optional<std::string> country(std::in_place);
  if (layout.country) country = ReadCountry(Cell(*layout.country));
  if (!country) {
    out.rejects.push_back(RejectField(*layout.country, std::string(kBadCountry)));
    return false;
  }
  std::optional<bool> verified = false;
  if (layout.verified) verified = ReadVerified(Cell(*layout.verified));
  if (!verified) {
    out.rejects.push_back(RejectField(*layout.verified, std::string(kBadVerified)));
  }
  if (out.record.attributes.size() <= at) out.record.attributes.resize(at + 1);
  if (out.places.size() <= at) out.places.resize(at + 1);
  RawAttribute& attribute = out.record.attributes[at];
  attribute.kind = layout.meaning.kind;
  attribute.country = country->empty() ? layout.meaning.country : *country;
  attribute.value = csv_.field(column);
  attribute.verified = verified.value_or(false);
  const TextPosition where = csv_.where(column);
  FieldPlace& place = out.places[at];
  place.line = where.line;
  place.column = where.column;
  place.field = layout.name;
  return true;
}

void CsvRecords::ReadRow(InputRecord& out) {
  if (!CheckRow(out)) return;
  SellerFields fields;
  std::size_t used = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const ColumnMeaning& meaning = columns_[i].meaning;
    const std::string_view cell = Cell(i);
    if (meaning.field == Field::kUnmapped || cell.empty()) continue;
    if (meaning.field == Field::kSeen && !Damage(i).empty()) {
      out.rejects.push_back(RejectField(i, std::string(Damage(i)) + std::string(kUndated)));
    } else if (meaning.field < Field::kAttribute) {
      fields[static_cast<std::size_t>(meaning.field)] = cell;
    } else if (meaning.field == Field::kAttribute && SetAttribute(out, used, i)) {
      ++used;
    }
  }
  out.record.attributes.resize(used);
  out.places.resize(used);
  out.usable = true;
  std::optional<Refusal> undated;
  auto refusal = seller_fields_.Read(fields, out.record, undated);
  if (!refusal) {
    if (undated) out.rejects.push_back(RejectField(ColumnOf(Field::kSeen), undated->reason));
    return;
  }
  if (const std::size_t column = ColumnOf(refusal->field); column < columns_.size()) {
    return RefuseRecord(out, RejectField(column, std::move(refusal->reason)));
  }
  // The default platform: it has no column, and was checked when the reader was opened.
  RefuseRecord(out, {csv_.file(), out.line, 0, std::string(FieldName(refusal->field)), "",
                     std::move(refusal->reason), ""});
}

Result<void> CheckMapping(const CsvReader& csv, const ColumnNames& names,
                          const std::vector<HeaderColumn>& header) {
  for (const auto& [column, target] : names.mapping()) {
    const bool is_there = std::any_of(header.begin(), header.end(),
                                      [&name = column](const auto& h) { return h.name == name; });
    if (!is_there) {
      return ErrorAt(
          Code::kInvalidArgument, csv.file(), header.front().where,
          fmt::format("the header has no column {:?}, which is mapped to {}", column, target));
    }
  }
  return {};
}

// The attribute that a column is about; nullptr: none, or one of several.
CsvLayout::Column* FindAbout(std::vector<CsvLayout::Column>& columns,
                             const ColumnMeaning& companion) {
  CsvLayout::Column* by_slot = nullptr;
  std::size_t candidates = 0;
  for (CsvLayout::Column& column : columns) {
    const About about = IsAbout(companion, column.meaning);
    if (about == About::kByTarget) return &column;
    if (about == About::kBySlot) {
      by_slot = &column;
      ++candidates;
    }
  }
  return candidates == 1 ? by_slot : nullptr;
}

}  // namespace

Result<CsvLayout> CsvLayout::Read(Input& input, const std::string& file, const ReadOptions& options,
                                  const ColumnNames& names) {
  const char delimiter = options.delimiter == 0 ? ',' : options.delimiter;
  CsvReader csv(input, file, options.max_record_bytes, delimiter);
  TRY_ASSIGN(const std::vector<HeaderColumn> header, ReadCsvHeader(csv));
  const auto fail = [&](TextPosition where, std::string_view what) {
    return ErrorAt(Code::kInvalidArgument, file, where, what);
  };
  CsvLayout layout;
  layout.delimiter = delimiter;
  bool has_field[kSellerFields] = {};
  for (const HeaderColumn& column : header) {
    layout.columns.push_back({column.name, names.Resolve(column.name)});
    const Field field = layout.columns.back().meaning.field;
    if (field < Field::kAttribute) has_field[static_cast<std::size_t>(field)] = true;
  }
  // A missing column comes first: if a row of data stands in for the header, no message may quote
  // it.
  if (!has_field[static_cast<std::size_t>(Field::kSeller)]) {
    return fail(
        header.front().where,
        fmt::format("the header has no column seller among the {} that {} separate; name "
                    "one so, or map one to it (--map COLUMN=seller); --delimiter C says "
                    "what separates columns",
                    header.size(),
                    delimiter == '\t' ? std::string("tabs") : fmt::format("'{}'", delimiter)));
  }
  if (!has_field[static_cast<std::size_t>(Field::kPlatform)] && options.platform.empty()) {
    return fail(header.front().where,
                "the header has no column platform; add it, or name the platform of all rows "
                "(--platform P)");
  }
  TRY(CheckMapping(csv, names, header));
  // One value among the names is enough to make the row one of data, whose names and cities do not
  // look like values by themselves.
  const bool is_data = std::any_of(layout.columns.begin(), layout.columns.end(), [](const auto& c) {
    return c.meaning.field == Field::kUnmapped && LooksLikeValue(c.name);
  });
  std::set<std::string_view> targets, told;
  for (std::size_t i = 0; i < layout.columns.size(); ++i) {
    const std::string& name = layout.columns[i].name;
    const ColumnMeaning& meaning = layout.columns[i].meaning;
    if (meaning.field == Field::kUnmapped) {
      if (meaning.left_out || (!name.empty() && !told.insert(name).second)) continue;
      layout.unmapped.push_back(
          name.empty() ? fmt::format("(column {}, without a name)", i + 1)
          : is_data    ? fmt::format("(column {}, not shown: the header looks like data)", i + 1)
                       : name);
    } else if (!targets.insert(meaning.target).second) {
      return fail(header[i].where, fmt::format("a second column {}{}", meaning.target,
                                               meaning.field == Field::kAttribute
                                                   ? fmt::format("; name it {}#2", meaning.target)
                                                   : ""));
    }
  }
  for (std::size_t i = 0; i < layout.columns.size(); ++i) {
    const ColumnMeaning& meaning = layout.columns[i].meaning;
    if (meaning.field != Field::kVerified && meaning.field != Field::kCountry) continue;
    CsvLayout::Column* const about = FindAbout(layout.columns, meaning);
    if (about == nullptr) {
      return fail(header[i].where, fmt::format("{} is about a column {}, and there is none",
                                               meaning.target, meaning.about));
    }
    auto& place = meaning.field == Field::kVerified ? about->verified : about->country;
    if (place) {
      return fail(header[i].where, fmt::format("two columns say the same of {}: this one and {}",
                                               meaning.about, layout.columns[*place].name));
    }
    place = i;
  }
  return layout;
}

std::unique_ptr<RecordParser> ParseCsvRecords(Input& input, const std::string& file,
                                              const ReadOptions& options, const CsvLayout& layout) {
  return std::make_unique<CsvRecords>(input, file, options, layout);
}

}  // namespace revenant

#include "records/columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "revenant/identifier.h"
#include "revenant/records.h"
#include "util/ascii.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr std::array<std::string_view, kSellerFields> kFieldNames = {"platform", "seller", "seen",
                                                                     "source", "status"};

constexpr std::pair<std::string_view, Field> kCompanions[] = {{"#verified", Field::kVerified},
                                                              {"#country", Field::kCountry}};

constexpr std::string_view kNoColumn = "-";  // --map COLUMN=-

bool IsLetter(char c) { return AsciiUpper(c) >= 'A' && AsciiUpper(c) <= 'Z'; }

// What a name means by itself.
ColumnMeaning Interpret(std::string_view name) {
  ColumnMeaning meaning{.target = std::string(name)};
  const auto field = std::find_if(kFieldNames.begin(), kFieldNames.end(),
                                  [&](std::string_view own) { return EqualButForCase(own, name); });
  if (field != kFieldNames.end()) {
    meaning.target = *field;
    meaning.field = static_cast<Field>(field - kFieldNames.begin());
    return meaning;
  }
  // "pay.iban#verified" and "pay.iban#2#country" say something of another column.
  Field field_of_attribute = Field::kAttribute;
  for (const auto& [suffix, companion] : kCompanions) {
    if (!name.ends_with(suffix)) continue;
    name.remove_suffix(suffix.size());
    field_of_attribute = companion;
    meaning.about = name;
    break;
  }
  std::string_view number;
  // "pay.iban#2": the number only tells columns apart.
  const std::size_t hash = name.rfind('#');
  if (hash != std::string_view::npos && hash + 1 < name.size() &&
      std::all_of(name.begin() + static_cast<std::ptrdiff_t>(hash) + 1, name.end(), IsAsciiDigit)) {
    number = name.substr(hash);
    name = name.substr(0, hash);
  }
  std::string country;
  if (name.size() > 3 && name[name.size() - 3] == '@' && IsLetter(name[name.size() - 2]) &&
      IsLetter(name[name.size() - 1])) {
    country = {AsciiUpper(name[name.size() - 2]), AsciiUpper(name[name.size() - 1])};
    name = name.substr(0, name.size() - 3);
  }
  if (FindKind(name) == nullptr) return meaning;
  meaning.field = field_of_attribute;
  meaning.kind = name;
  meaning.country = country;
  meaning.slot = fmt::format("{}{}", name, number);
  return meaning;
}

bool HoldsControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

}  // namespace

bool EqualButForCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return AsciiUpper(x) == AsciiUpper(y); });
}

std::string_view FieldName(Field field) {
  const auto index = static_cast<std::size_t>(field);
  return index < kFieldNames.size() ? kFieldNames[index] : std::string_view();
}

namespace {

std::string HintOf(std::string_view target) {
  const std::string suggestion = SuggestKind(target);
  return suggestion.empty() ? std::string("; `revenant kinds` lists the kinds")
                            : fmt::format("; did you mean {}?", suggestion);
}

}  // namespace

About IsAbout(const ColumnMeaning& companion, const ColumnMeaning& attribute) {
  if (attribute.field != Field::kAttribute) return About::kNo;
  if (companion.about == attribute.target) return About::kByTarget;
  return companion.slot == attribute.slot ? About::kBySlot : About::kNo;
}

Result<ColumnNames> ColumnNames::Create(const Mapping& mapping) {
  Mapping column_of;
  for (const auto& [column, target] : mapping) {
    if (target == kNoColumn) continue;
    if (Interpret(target).field == Field::kUnmapped) {
      return Error{
          Code::kInvalidArgument,
          fmt::format("mapping of column {:?}: {:?} is neither a kind nor platform, seller, "
                      "seen, source or status{}",
                      column, target, HintOf(target))};
    }
    const auto [other, is_new] = column_of.emplace(target, column);
    if (!is_new) {
      return Error{Code::kInvalidArgument,
                   fmt::format("columns {:?} and {:?} are both mapped to {}{}", other->second,
                               column, target,
                               Interpret(target).field == Field::kAttribute
                                   ? fmt::format("; name the second one {}#2", target)
                                   : std::string())};
    }
  }
  return ColumnNames(mapping);
}

ColumnMeaning ColumnNames::Resolve(std::string_view name) const {
  if (const auto mapped = mapping_.find(name); mapped != mapping_.end()) {
    return mapped->second == kNoColumn ? ColumnMeaning{.left_out = true}
                                       : Interpret(mapped->second);
  }
  ColumnMeaning meaning = Interpret(name);
  // What the user mapped to this meaning takes the place of the column of that name; of a kind
  // there may be several, and none goes unread.
  if (meaning.field == Field::kAttribute) return meaning;
  const bool displaced = std::any_of(mapping_.begin(), mapping_.end(), [&](const auto& entry) {
    return entry.second == meaning.target;
  });
  if (displaced) return ColumnMeaning{.target = meaning.target};
  return meaning;
}

Result<std::vector<HeaderColumn>> ReadCsvHeader(CsvReader& reader) {
  reader.GiveUpAtLimit();
  TRY_ASSIGN(const CsvRow row, reader.Next());
  if (row == CsvRow::kEnd) {
    return ErrorAt(Code::kInvalidArgument, reader.file(), {},
                   "the file is empty; a header with the names of the columns comes first");
  }
  if (row == CsvRow::kBad) {
    return ErrorAt(Code::kInvalidArgument, reader.file(), reader.problem().where,
                   fmt::format("the header cannot be read: {}", reader.problem().reason));
  }
  std::vector<HeaderColumn> columns;
  columns.reserve(reader.size());
  for (std::size_t i = 0; i < reader.size(); ++i) {
    const std::string_view name = TrimBlanks(reader.field(i));
    if (!IsUtf8(name)) {
      return ErrorAt(Code::kInvalidArgument, reader.file(), reader.where(i),
                     "the name of this column is not UTF-8; save the file as UTF-8, or say what it "
                     "is (--encoding windows-1252)");
    }
    if (name.find('\0') != std::string_view::npos) {
      return ErrorAt(
          Code::kInvalidArgument, reader.file(), reader.where(i),
          "the name of this column holds a NUL byte: the file is not CSV, or it is UTF-16 "
          "without a byte order mark (--encoding utf-16)");
    }
    if (HoldsControl(name)) {
      return ErrorAt(Code::kInvalidArgument, reader.file(), reader.where(i),
                     "the name of this column holds a control character: the first row must be the "
                     "header, and lines must end in LF or CRLF");
    }
    columns.push_back({std::string(name), reader.where(i)});
  }
  return columns;
}

Result<CsvRow> NextFilledRow(CsvReader& reader) {
  while (true) {
    TRY_ASSIGN(const CsvRow row, reader.Next());
    if (row != CsvRow::kRow) return row;
    for (std::size_t i = 0; i < reader.size(); ++i) {
      if (!TrimBlanks(reader.field(i)).empty()) return row;
    }
  }
}

Error NoRowsError(const CsvReader& reader) {
  return ErrorAt(Code::kInvalidArgument, reader.file(), reader.begin(),
                 "no rows follow the header");
}

}  // namespace revenant

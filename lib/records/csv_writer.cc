#include <fmt/format.h>

#include <algorithm>

#include "revenant/records.h"

namespace revenant {
namespace {

// A blank at either end is data, but many readers drop it from an unquoted cell.
bool NeedsQuotes(std::string_view cell) {
  const auto is_special = [](char c) { return c == ',' || c == '"' || c == '\r' || c == '\n'; };
  return std::any_of(cell.begin(), cell.end(), is_special) ||
         (!cell.empty() && (cell.front() == ' ' || cell.back() == ' '));
}

// "-12.5" is a number to any reader.
bool IsNegativeNumber(std::string_view cell) {
  cell.remove_prefix(1);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return !cell.empty() && is_digit(cell.front()) &&
         std::all_of(cell.begin(), cell.end(), [&](char c) { return is_digit(c) || c == '.'; });
}

// Whether a spreadsheet would take the cell for a formula: full-width signs count in some.
bool IsFormula(std::string_view cell) {
  if (cell.empty()) return false;
  if (std::string_view("=+@\t\r\n").find(cell.front()) != std::string_view::npos) return true;
  if (cell.front() == '-') return !IsNegativeNumber(cell);
  if ((cell.front() & 0x80) == 0) return false;
  for (const std::string_view sign : {"\uff1d", "\uff0b", "\uff0d", "\uff20"}) {
    if (cell.starts_with(sign)) return true;
  }
  return false;
}

void AppendCell(std::string& out, std::string_view cell) {
  const bool is_formula = IsFormula(cell);
  if (!NeedsQuotes(cell)) {
    if (is_formula) out += '\'';
    out += cell;
    return;
  }
  out += '"';
  if (is_formula) out += '\'';
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace

void AppendCsvRow(std::string& out, std::span<const std::string_view> cells) {
  if (cells.size() == 1 && cells[0].empty()) {
    out += "\"\"\n";  // an empty line would be no row
    return;
  }
  bool first = true;
  for (const std::string_view cell : cells) {
    if (!first) out += ',';
    first = false;
    AppendCell(out, cell);
  }
  out += '\n';
}

void AppendCsvRow(std::string& out, std::initializer_list<std::string_view> cells) {
  AppendCsvRow(out, std::span(cells.begin(), cells.size()));
}

void AppendRejectHeader(std::string& out, RejectValues values) {
  out += "file,line,column,field,kind,reason";
  out += values == RejectValues::kShown ? ",value\n" : "\n";
}

void AppendReject(std::string& out, const Reject& reject, RejectValues values) {
  const std::string line = fmt::format("{}", reject.line);
  const std::string column = reject.column == 0 ? "" : fmt::format("{}", reject.column);
  const std::string_view cells[] = {reject.file, line,          column,      reject.field,
                                    reject.kind, reject.reason, reject.value};
  AppendCsvRow(out, std::span(cells).first(values == RejectValues::kShown ? 7 : 6));
}

}  // namespace revenant

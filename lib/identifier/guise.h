#ifndef REVENANT_LIB_IDENTIFIER_GUISE_H_
#define REVENANT_LIB_IDENTIFIER_GUISE_H_

#include <cstdint>
#include <string_view>

#include "identifier/kind.h"

namespace revenant::kinds {

// What spreadsheets, exports and people put around a value or make of it. All of this is decided
// on the raw bytes, before the kind's own stages. Views of `raw`; no allocation; a few nanoseconds
// for a value that wears nothing.

// A part of a raw value, and the byte it begins at.
struct Part {
  std::string_view text;
  std::size_t from = 0;
};

// Without outer white space, invisible characters, a spreadsheet's text guards (="00123", '00123)
// and paired quotes.
Part Undressed(std::string_view raw);

// A number in E notation (1.23E+11, 8,61381e12): its last digits are lost, so it is nobody's.
bool IsRounded(std::string_view bare);

// A day, perhaps with a time behind it ("2024-01-31", "30/12/1899 00:00:00", "1.2.24",
// "31-Dec-2020"): a cell of the wrong column, or what a spreadsheet made of a number.
bool IsDate(std::string_view bare);

// Digits behind a minus sign, and nothing else: an amount or an overflow.
bool IsNegative(std::string_view bare);

// How many bytes at the end are a float column's ".0" (or ",0", ".00") behind a whole number that
// has no such point or comma itself; 0 if there is none. "1234567.0", "1,234,567.0".
std::size_t FloatTail(std::string_view bare);

// The value behind a label or inside a wrapping, for a value that cannot be read as it stands:
// "IMEI: 352906111234565", "mailto:jane@roe.org", "Jane Roe <jane@roe.org>", "jane@roe.org;".
// A label must name the kind (by a word of its name or title) or be as good as none ("No.", "ID").
// The whole of `bare` if there is nothing to take off.
Part Unwrapped(std::string_view bare, const Kind& kind);

}  // namespace revenant::kinds

#endif  // REVENANT_LIB_IDENTIFIER_GUISE_H_

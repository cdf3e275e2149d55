#ifndef REVENANT_RECORDS_LINE_MENDER_H_
#define REVENANT_RECORDS_LINE_MENDER_H_

#include <string>
#include <string_view>

namespace revenant {

// A line of JSON in which some string is no text (bytes that are not UTF-8, control characters,
// half of a surrogate pair) is no JSON, but the other strings of it are in order. MendLine() puts a
// mark for what is wrong inside strings, so that the line can be parsed; MendedDamage() knows such
// a string by its mark. False: nothing was wrong inside a string.
bool MendLine(std::string_view line, std::string& mended);

// What is wrong with a string of a line that was mended; empty: nothing.
std::string_view MendedDamage(std::string_view text);

}  // namespace revenant

#endif  // REVENANT_RECORDS_LINE_MENDER_H_

#ifndef REVENANT_NAME_HINTS_H_
#define REVENANT_NAME_HINTS_H_

#include <string>
#include <string_view>

namespace revenant {

// Whether the text in the place of a name may be a person's identifier instead, so that no message
// shows it: many digits, an address, or far too long. A file without a header, or one with kind and
// value swapped, gives such "names".
bool LooksLikeValue(std::string_view name);

// Whether a spreadsheet shortened this number ("1,23457E+11"): several sellers' ids read the same
// then, so it names nobody.
bool IsShortenedNumber(std::string_view name);
inline constexpr std::string_view kShortenedSeller =
    "seller is a number that a spreadsheet shortened (1.23E+11), so several may read the same; "
    "format the column as text and save again";

// Whether `text`, which is no kind, may be shown as the name of one: it has the form of a name.
bool MayBeKind(std::string_view text);

}  // namespace revenant

#endif  // REVENANT_NAME_HINTS_H_

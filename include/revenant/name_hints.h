#ifndef REVENANT_NAME_HINTS_H_
#define REVENANT_NAME_HINTS_H_

#include <string>
#include <string_view>

namespace revenant {

// Whether the text in the place of a name may be a person's identifier instead, so that no message
// shows it: many digits, an address, or far too long. A file without a header, or one with kind and
// value swapped, gives such "names".
bool LooksLikeValue(std::string_view name);

// Whether `text`, which is no kind, may be shown as the name of one: it has the form of a name.
bool MayBeKind(std::string_view text);

}  // namespace revenant

#endif  // REVENANT_NAME_HINTS_H_

#ifndef REVENANT_PRINTABLE_H_
#define REVENANT_PRINTABLE_H_

#include <string>
#include <string_view>

namespace revenant {

// Text that a terminal shows as it is. Control characters (C0, DEL, C1), marks of direction,
// zero-width characters and separators of lines become \u009b and the like, bytes that are not
// UTF-8 \xff; tabs stay. JSON means the same after it as before. Names, reasons, cases and
// statements are other people's: pass them through it before they reach a person. Threads: pure.
// Cost: one pass.
std::string Printable(std::string_view text);

}  // namespace revenant

#endif  // REVENANT_PRINTABLE_H_

#ifndef REVENANT_LIB_IDENTIFIER_CONTAINED_H_
#define REVENANT_LIB_IDENTIFIER_CONTAINED_H_

#include <string_view>

#include "identifier/kind.h"

namespace revenant::kinds {

// For numbers that are, or contain, a number of another kind: asks that kind's row. If it takes
// `text`, its identifiers are added to `work` and the answer is true. Not to be called from the
// `finish` of a row that is itself asked this way. Allocates only while its buffers grow.
bool DeriveAs(Work& work, std::string_view kind, std::string_view text,
              std::string_view country = {});

}  // namespace revenant::kinds

#endif  // REVENANT_LIB_IDENTIFIER_CONTAINED_H_

#ifndef REVENANT_LIB_IDENTIFIER_UUID_H_
#define REVENANT_LIB_IDENTIFIER_UUID_H_

#include "identifier/kind.h"

namespace revenant::kinds {

// UUIDs keep their dashes through the text stage: a dash in the wrong place is an error.
inline constexpr TextRule kUuidText =
    TextRule{Reading::kWord, kDropSpaces, Fold::kLower}.AlsoDropping(kDropBrackets | kDropQuotes);

// 32 hex digits, or 8-4-4-4-12 of them, to the dashed lower-case form; zero, all-equal and sample
// UUIDs are junk.
Verdict FinishUuid(Work& work);

// The same for SMBIOS: the byte order of its first three fields changed with version 2.6 and tools
// disagree, so the smaller of both forms stands for either.
Verdict FinishSmbiosUuid(Work& work);

}  // namespace revenant::kinds

#endif  // REVENANT_LIB_IDENTIFIER_UUID_H_

#ifndef REVENANT_LIB_IDENTIFIER_MRZ_H_
#define REVENANT_LIB_IDENTIFIER_MRZ_H_

#include "identifier/kind.h"

namespace revenant::kinds {

// Machine-readable zones: white space between the lines is optional.
inline constexpr TextRule kMrzText{Reading::kWord, kDropSpaces, Fold::kUpper};

// ICAO 9303 parts 4 to 7: TD1 (90 characters), TD2 and MRV-B (72), TD3 and MRV-A (88). The
// canonical form is type:issuer:number, so that a renewed reading of one document is the same;
// derives the document's number (under the kind that a typed number has) and its holder (state,
// birth date, name). What OCR confuses is put right where the zone fixes letter or digit.
// Only documents whose first letter is in `kinds_allowed` pass.
Verdict FinishMrz(Work& work, std::string_view kinds_allowed);

}  // namespace revenant::kinds

#endif  // REVENANT_LIB_IDENTIFIER_MRZ_H_

#ifndef REVENANT_LIB_IDENTIFIER_PHONE_H_
#define REVENANT_LIB_IDENTIFIER_PHONE_H_

#include "identifier/kind.h"

namespace revenant::kinds {

// To E.164. A number that is written with its calling code and lies in a range known to be valid
// throughout (data/phone_ranges.inc) takes a short way, under 200 ns; all others go through
// libphonenumber, about 40 us, with the region behind the @ for numbers without calling code.
// Without libphonenumber a number with a known calling code is `unverifiable`, any other `invalid`.
Verdict FinishPhone(Work& work);

// Whether libphonenumber is asked.
bool BuiltWithPhoneNumber();

// Whether the short way knows `national` (digits) to be valid under calling code `code`.
bool IsInKnownRange(int code, std::string_view national);

}  // namespace revenant::kinds

#endif  // REVENANT_LIB_IDENTIFIER_PHONE_H_

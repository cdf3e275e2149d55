#ifndef REVENANT_LIB_IDENTIFIER_INDONESIA_H_
#define REVENANT_LIB_IDENTIFIER_INDONESIA_H_

#include <string_view>

#include "identifier/birth.h"
#include "identifier/kind.h"

namespace revenant::kinds {

// A NIK of 16 digits, which persons use as their tax number too: province, regency, district, birth
// date (women add 40 to the day), serial.
inline Verdict CheckNik(std::string_view nik) {
  if (TwoDigits(nik, 0) < 11) return Invalid("no such province", 0);
  const int day = TwoDigits(nik, 6);
  if (!IsDateInSomeCentury(TwoDigits(nik, 10), TwoDigits(nik, 8), day > 40 ? day - 40 : day)) {
    return Invalid(kBadDate, 6);
  }
  return nik.substr(12) == "0000" ? Invalid("no such serial number", 12) : Valid();
}

}  // namespace revenant::kinds

#endif  // REVENANT_LIB_IDENTIFIER_INDONESIA_H_

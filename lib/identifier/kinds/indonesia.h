#ifndef REVENANT_IDENTIFIER_KINDS_INDONESIA_H_
#define REVENANT_IDENTIFIER_KINDS_INDONESIA_H_

#include <string_view>

#include "identifier/kind.h"
#include "identifier/kinds/birth.h"

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

#endif  // REVENANT_IDENTIFIER_KINDS_INDONESIA_H_

#ifndef REVENANT_IDENTIFIER_KINDS_BIRTH_H_
#define REVENANT_IDENTIFIER_KINDS_BIRTH_H_

#include <string_view>

#include "identifier/checks.h"

namespace revenant::kinds {

// Birth dates inside personal numbers. Whether a date lies in the future is never asked of the
// clock: a number must mean the same tomorrow. Where a rule for the century also yields births far
// ahead, this limit stands instead: people born later open no shop for a long while.
inline constexpr int kLastBirthYear = 2030;

// A day in the century that the number does not name.
inline bool IsDateInSomeCentury(int yy, int month, int day) {
  return IsDate(1900 + yy, month, day) || IsDate(2000 + yy, month, day);
}

// Digits DDMMYY at `at` are a date in some century.
inline bool IsDdmmyy(std::string_view text, std::size_t at) {
  return IsDateInSomeCentury(TwoDigits(text, at + 4), TwoDigits(text, at + 2), TwoDigits(text, at));
}

// Digits YYMMDD at `at` are a date of the given century (1800, 1900 ...).
inline bool IsYymmddOf(int century, std::string_view text, std::size_t at) {
  return IsDate(century + TwoDigits(text, at), TwoDigits(text, at + 2), TwoDigits(text, at + 4));
}

}  // namespace revenant::kinds

#endif  // REVENANT_IDENTIFIER_KINDS_BIRTH_H_

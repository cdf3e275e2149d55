#ifndef REVENANT_LIB_IDENTIFIER_PHONE_RENUMBERED_H_
#define REVENANT_LIB_IDENTIFIER_PHONE_RENUMBERED_H_

#include <span>
#include <string_view>

#include "identifier/phone_plan.h"

namespace revenant::kinds {

// A number's form of today: calling code and national number.
struct RenumberedPhone {
  int code = 0;  // 0: there is none
  std::array<char, kMaxPhoneDigits> digits;
  std::size_t size = 0;
  std::string_view national() const { return {digits.data(), size}; }
};

// The form of today of a national number that was given out before its country changed its plan
// (data/phone_renumbered.inc). Only where the new form is valid, and the old one is not or is known
// to be closed: an old form that is another person's number by now stays that person's.
RenumberedPhone Renumber(int code, std::string_view national);

// One change of a plan, as its row says it.
struct Renumbering {
  int code;
  std::string_view before;  // pattern of the national numbers that changed
  int new_code;
  std::string_view becomes;  // with $1 and $2 for the captures
  bool closed;               // the old form is out of service, though plan tables still have it
  std::string_view when;     // ISO 8601: a year at least
  std::string_view source;
};
std::span<const Renumbering> Renumberings();

}  // namespace revenant::kinds

#endif  // REVENANT_LIB_IDENTIFIER_PHONE_RENUMBERED_H_

#ifndef REVENANT_LIB_IDENTIFIER_PHONE_PLAN_H_
#define REVENANT_LIB_IDENTIFIER_PHONE_PLAN_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "identifier/digit_pattern.h"

namespace revenant::kinds {

inline constexpr std::size_t kMaxPhoneDigits = 15;  // ITU-T E.164

// The possible lengths of a plan's national numbers, a bit each.
using PhoneLengths = std::uint32_t;

// How long numbers are, against those lengths.
enum class PhoneLength : std::uint8_t { kPossible, kTooShort, kTooLong, kNever };
PhoneLength Compare(std::size_t length, PhoneLengths lengths);

// What a valid number is.
struct PhoneClass {
  bool valid = false;
  bool fixed = false;   // a fixed line
  bool mobile = false;  // a mobile; both where a plan does not tell them apart
  std::string_view region;
};

// The numbering plan of one region, compiled from its row of data/phone_plans.inc. All regions and
// all calling codes are compiled when they are first asked for and then live as long as the
// program. Threads: any number at once.
class PhoneRegion {
 public:
  // Plan of an ISO 3166 region, in either case; "UK" and "EL" are taken too. nullptr: none.
  static const PhoneRegion* Find(std::string_view region);
  // Plan of the main country of a calling code (the United States of 1). nullptr: no such code.
  static const PhoneRegion* OfCode(int code);

  std::string_view name() const { return name_; }
  int code() const { return code_; }
  PhoneLengths lengths() const { return lengths_; }

  // Whether a number is of the plan's most general pattern.
  bool IsViable(std::string_view national) const { return general_.Whole(national); }
  // Digits that the prefix of an international call takes in front of `dialled`; 0: it is none.
  std::size_t InternationalPrefix(std::string_view dialled) const;
  // Puts what is left of `dialled` without the national prefix and a carrier's code into `out`.
  // False: there is none in front, or what is left is no number while `dialled` is one.
  bool WithoutNationalPrefix(std::string_view dialled, std::string_view& out,
                             std::array<char, 32>& buffer) const;
  // Whether people write the national prefix in front of such a number.
  bool WritesPrefix(const PhoneClass& of) const {
    return of.mobile ? mobile_with_prefix_ : fixed_with_prefix_;
  }

 private:
  friend class PhonePlans;
  explicit PhoneRegion(std::size_t row);

  std::string_view name_;
  int code_;
  PhoneLengths lengths_;
  DigitPattern international_;
  DigitPattern national_prefix_;
  std::string_view becomes_;
  DigitPattern general_;
  bool fixed_with_prefix_;
  bool mobile_with_prefix_;
};

// Length of the calling code in front of `digits`; 0 if there is none.
std::size_t CallingCodeLength(std::string_view digits);

// What the plan of calling code `code` says of a national number (digits).
// Cost: one table look-up per digit.
PhoneClass ClassifyPhone(int code, std::string_view national);

// Possible lengths of a calling code's national numbers, of all its regions together.
PhoneLengths PhoneLengthsOf(int code);

// Writes `rule` with $1 to $9 replaced by the captures; the size, or 0 where it does not fit.
std::size_t FillRule(std::string_view rule, const DigitPattern::Match& match, char* out,
                     std::size_t capacity);

// All rows of the data as one text, for a digest of it.
std::string PhonePlansText();

// For tests: whether every pattern of the data compiles.
bool AllPhonePatternsCompile();

}  // namespace revenant::kinds

#endif  // REVENANT_LIB_IDENTIFIER_PHONE_PLAN_H_

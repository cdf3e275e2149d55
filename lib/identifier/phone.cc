#include "identifier/phone.h"

#include <algorithm>
#include <array>
#include <string>

#include "identifier/phone_plan.h"
#include "identifier/phone_renumbered.h"
#include "identifier/phone_text.h"

namespace revenant::kinds {
namespace {

// Numbers that reach the police, an ambulance or the fire brigade somewhere (ITU-T E.161.1, EU
// directive 2018/1972, national plans).
constexpr std::string_view kEmergency[] = {
    "000", "100", "101", "102", "103", "108", "110", "111", "112", "113", "115", "117", "118",
    "119", "120", "122", "190", "191", "192", "193", "911", "922", "995", "997", "998", "999"};

// Ofcom's numbers for drama use. No plan knows them, since no operator has them.
bool IsForDrama(std::string_view e164) {
  static constexpr std::string_view kOfcom[] = {
      "+441134960", "+441144960", "+441154960", "+441164960", "+441174960", "+441184960",
      "+441214960", "+441314960", "+441414960", "+441514960", "+441614960", "+442079460",
      "+442890180", "+442920180", "+447700900", "+448081570", "+449098790"};
  return e164.size() == 13 && e164.starts_with("+44") &&
         std::ranges::any_of(kOfcom, [e164](auto prefix) { return e164.starts_with(prefix); });
}

// Set aside for films and books, there or by NANPA: 555-0100 to -0199.
bool IsFictional(std::string_view e164) {
  const bool american = e164.size() == 12 && e164.starts_with("+1");
  return (american && e164.substr(5, 5) == "55501") || IsForDrama(e164);
}

// The digits after a plus sign: calling code and national number.
class E164 {
 public:
  // False if it would be too long.
  bool Set(int code, std::string_view national) {
    std::array<char, 4> code_digits;
    std::size_t code_size = 0;
    for (; code > 0; code /= 10) code_digits[code_size++] = static_cast<char>('0' + code % 10);
    if (code_size + national.size() > kMaxPhoneDigits) return false;
    size_ = 0;
    data_[size_++] = '+';
    while (code_size > 0) data_[size_++] = code_digits[--code_size];
    std::ranges::copy(national, data_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += national.size();
    return true;
  }
  std::string_view view() const { return {data_.data(), size_}; }

 private:
  std::array<char, kMaxPhoneDigits + 1> data_;
  std::size_t size_ = 0;
};

// So many digits that fit a plan are no chance; below, there nearly always is one that they fit.
constexpr std::size_t kTellingDigits = 11;

// One way to read what was dialled.
struct Dialled {
  int code = 0;                // 0: no calling code, none was found
  bool international = false;  // the calling code was typed, not taken from the region
  bool with_prefix = false;    // the national prefix was typed
  std::size_t size = 0;
  std::array<char, DialledText::kMaxDigits> digits;

  std::string_view national() const { return {digits.data(), size}; }
  void Assign(std::string_view text) {
    size = std::min(text.size(), digits.size());
    std::ranges::copy(text.substr(0, size), digits.begin());
  }
  bool IsValid() const { return code != 0 && ClassifyPhone(code, national()).valid; }
};

// Takes the national prefix off where what is left may be a number ("+44 (0)20 ..." has it too).
void DropNationalPrefix(const PhoneRegion& plan, Dialled& reading) {
  std::array<char, 32> buffer;
  std::string_view rest;
  if (!plan.WithoutNationalPrefix(reading.national(), rest, buffer)) return;
  const PhoneLength length = Compare(rest.size(), plan.lengths());
  if (length == PhoneLength::kPossible || length == PhoneLength::kTooLong) {
    reading.with_prefix = true;
    std::array<char, DialledText::kMaxDigits> copy;
    const std::size_t size = std::min(rest.size(), copy.size());
    std::ranges::copy(rest.substr(0, size), copy.begin());
    reading.Assign({copy.data(), size});
  }
}

// Digits that begin with a calling code.
Dialled ReadInternational(std::string_view digits) {
  Dialled reading;
  const std::size_t length = CallingCodeLength(digits);
  if (length == 0) return reading;
  reading.code = Number(digits, 0, length);
  reading.international = true;
  reading.Assign(digits.substr(length));
  // What is valid as it stands is the E.164 form of itself.
  if (!reading.IsValid()) DropNationalPrefix(*PhoneRegion::OfCode(reading.code), reading);
  return reading;
}

// Digits as they are dialled in `home`.
Dialled ReadAtHome(const PhoneRegion& home, std::string_view digits) {
  if (const std::size_t prefix = home.InternationalPrefix(digits); prefix != 0) {
    return ReadInternational(digits.substr(prefix));
  }
  Dialled reading;
  reading.code = home.code();
  // The calling code without a plus sign: where the digits are no number as they stand, and are one
  // without it.
  if (CallingCodeLength(digits) != 0 &&
      Number(digits, 0, CallingCodeLength(digits)) == home.code()) {
    std::string_view rest = digits.substr(CallingCodeLength(digits));
    std::array<char, 32> buffer;
    home.WithoutNationalPrefix(rest, rest, buffer);
    // Or where it would be a landline without its national prefix, and is a mobile with its code
    // ("4915005652413" in Germany, whose landlines may be as long).
    const PhoneClass bare = ClassifyPhone(home.code(), digits);
    const bool a_mobile = !bare.mobile && home.WritesPrefix(bare) &&
                          ClassifyPhone(home.code(), rest).mobile &&
                          digits.size() >= kTellingDigits;
    if ((!home.IsViable(digits) && home.IsViable(rest)) || a_mobile ||
        Compare(digits.size(), home.lengths()) == PhoneLength::kTooLong) {
      Dialled coded = reading;
      coded.international = true;
      coded.Assign(rest);
      DropNationalPrefix(*PhoneRegion::OfCode(home.code()), coded);
      return coded;
    }
  }
  // Until 2009 long distance in Ukraine began with 8 and a tone, then the 0 of today.
  constexpr int kUkraine = 380;
  if (home.code() == kUkraine && digits.size() == 11 && digits.starts_with("80")) {
    digits.remove_prefix(1);
  }
  reading.Assign(digits);
  DropNationalPrefix(home, reading);
  return reading;
}

// What people dial for a plus sign; 00 by ITU-T E.164, the others in North America and Australia.
constexpr std::string_view kForPlus[] = {"00", "0011", "011"};

// Reads what was dialled, at `home` if a region is given.
Dialled Read(const DialledText& dialled, const PhoneRegion* home) {
  const std::string_view digits = dialled.digits();
  Dialled reading;
  if (dialled.plus) {
    reading = ReadInternational(digits);
    // "+0049..." and, at home, "+011..."
    if (reading.code == 0 && home != nullptr) reading = ReadAtHome(*home, digits);
  } else if (home != nullptr) {
    reading = ReadAtHome(*home, digits);
  }
  if (digits.empty() || digits[0] != '0' || reading.IsValid()) return reading;
  for (const std::string_view prefix : kForPlus) {
    if (!digits.starts_with(prefix)) continue;
    // A region has prefixes of its own, and what is short may be a number with an area code.
    if (prefix != "00" && (home != nullptr || digits.size() < prefix.size() + kTellingDigits))
      continue;
    const Dialled other = ReadInternational(digits.substr(prefix.size()));
    const bool renumbered = other.code != 0 && Renumber(other.code, other.national()).code != 0;
    if (other.IsValid() || renumbered) return other;
    // No national number begins with two zeros: they were meant for a plus sign all the same.
    if (prefix == "00" && other.code != 0 && !reading.international) reading = other;
  }
  return reading;
}

// An American number is NXX-NXX-XXXX, N not below 2, whatever area codes are in use.
bool CanBeAmerican(std::string_view national) {
  return national.size() == 10 && national[0] >= '2' && national[3] >= '2';
}

// "1111111": typed to fill a field.
bool IsRepeated(std::string_view national) {
  return national.size() >= 5 && national.find_first_not_of(national[0]) == std::string_view::npos;
}

// "123456789", "9876543210": the same, but such numbers are in use here and there.
bool IsInARow(std::string_view national) {
  constexpr std::string_view kUp = "01234567890123456789";
  constexpr std::string_view kDown = "98765432109876543210";
  return national.size() >= 5 && (kUp.find(national) != std::string_view::npos ||
                                  kDown.find(national) != std::string_view::npos);
}

// Reasons that name a calling code, one for each.
class ForeignReasons {
 public:
  enum Case : std::uint8_t { kUnfit, kAmbiguous };
  static std::string_view Of(Case why, int code) {
    static const ForeignReasons reasons;
    return reasons.texts_[why][static_cast<std::size_t>(code)];
  }

 private:
  ForeignReasons() {
    for (std::size_t code = 1; code < kCodes; ++code) {
      if (PhoneRegion::OfCode(static_cast<int>(code)) == nullptr) continue;
      const std::string number = "a number of +" + std::to_string(code);
      texts_[kUnfit][code] = "not in its region's numbering plan, but " + number +
                             ": write + and the calling code, or its own region";
      texts_[kAmbiguous][code] = "its region's number without the national prefix, or " + number +
                                 ": write the prefix, or + and the calling code";
    }
  }
  static constexpr std::size_t kCodes = 1000;
  std::array<std::array<std::string, kCodes>, 2> texts_;
};

// The calling code of another country whose number `digits`, typed without any prefix, may be as
// they stand; 0: there is none. Below eleven digits there nearly always is one among two hundred
// plans, which says nothing.
//
// China's mobiles are the one plain case: eleven digits, always written bare, and what foreign
// columns are full of. For any other country a plus sign must have been lost, or the mobile be one
// of Brazil's: less likely than that a mobile of the region lost the zero in front of it, which
// spreadsheets and forms with the calling code beside the field take off.
int ForeignCode(std::string_view digits, int home_code, const PhoneClass& at_home) {
  constexpr int kChina = 86;
  constexpr int kBrazil = 55;
  if (digits.size() < kTellingDigits) return 0;
  const auto is_mobile_of = [&](int code) {
    return code != home_code && ClassifyPhone(code, digits).mobile;
  };
  if (is_mobile_of(kChina)) return kChina;
  if (at_home.mobile) return 0;
  const Dialled reading = ReadInternational(digits);
  if (reading.code != 0 && reading.code != home_code && !reading.with_prefix) {
    const PhoneClass abroad = ClassifyPhone(reading.code, reading.national());
    if (at_home.valid ? abroad.mobile : abroad.valid) return reading.code;
  }
  return is_mobile_of(kBrazil) ? kBrazil : 0;
}

Verdict Settle(Work& work, const E164& e164, const Verdict& verdict) {
  work.Replace(e164.view());
  const std::string_view number = work.text();
  if (IsFictional(number)) return work.BelongToNobody("contact.phone.nobody");
  // Argentine mobiles have a 9 when dialled from abroad and none (but a 15) at home.
  if (number.starts_with("+549") && number.size() == 14) {
    E164 home;
    home.Set(54, number.substr(4));
    work.Derive("contact.phone", home.view());
  }
  return verdict;
}

}  // namespace

Verdict FinishPhone(Work& work) {
  std::string_view raw = work.raw();
  while (!raw.empty() && raw.front() == ' ') raw.remove_prefix(1);
  while (!raw.empty() && raw.back() == ' ') raw.remove_suffix(1);
  if (raw.empty()) return Invalid("empty");
  if (std::ranges::find(kEmergency, raw) != std::end(kEmergency)) {
    work.Replace(raw);
    return Junk("an emergency number");
  }
  DialledText dialled;
  if (const std::string_view fault = ReadDialled(raw, dialled); !fault.empty()) {
    return Invalid(fault);
  }
  const PhoneRegion* const home = PhoneRegion::Find(work.country());
  const Dialled reading = Read(dialled, home);
  if (reading.code == 0) {
    if (dialled.plus || dialled.digits().starts_with("00")) return Invalid("no such calling code");
    return Invalid(work.country().empty()
                       ? "a national number: its country is missing (write KIND@XX)"
                       : "a national number, and its region is no ISO 3166 country with a plan");
  }
  E164 e164;
  if (!e164.Set(reading.code, reading.national())) return Invalid("too long");
  const std::string_view national = reading.national();
  const PhoneClass what = ClassifyPhone(reading.code, national);
  if (dialled.letters) {
    // Letters that a valid number can do without are a word behind it.
    DialledText plain = dialled;
    plain.size = plain.before_letters;
    if (!what.valid || Read(plain, home).IsValid()) return Invalid("words beside the number");
  }
  if (IsFictional(e164.view())) return Settle(work, e164, Valid());
  // The form before the plan changed; its length may be impossible today, so that a national prefix
  // in front of it was left in place.
  RenumberedPhone now = Renumber(reading.code, national);
  if (now.code == 0 && national.starts_with('0')) now = Renumber(reading.code, national.substr(1));
  const bool repeated = IsRepeated(national);
  if (!repeated && now.code != 0 && e164.Set(now.code, now.national()))
    return Settle(work, e164, Valid());
  if (repeated || (!what.valid && IsInARow(national))) {
    work.Replace(e164.view());
    return Junk("digits typed to fill a field");
  }
  if (what.valid) {
    const bool bare = !reading.international && !reading.with_prefix && home->WritesPrefix(what);
    const int foreign = bare ? ForeignCode(dialled.digits(), reading.code, what) : 0;
    if (foreign != 0) {
      return Invalid(ForeignReasons::Of(ForeignReasons::kAmbiguous, foreign));
    }
    return Settle(work, e164, Valid());
  }
  if (!reading.international) {
    const int foreign = reading.with_prefix ? 0 : ForeignCode(dialled.digits(), reading.code, what);
    if (foreign != 0) {
      return Invalid(ForeignReasons::Of(ForeignReasons::kUnfit, foreign));
    }
    return Invalid(
        "no such number in its region's plan: if it is right, write + and the calling code");
  }
  if (Compare(national.size(), PhoneLengthsOf(reading.code)) != PhoneLength::kPossible ||
      (reading.code == 1 && !CanBeAmerican(national))) {
    return Invalid("no number of its country is that long or begins so");
  }
  return Settle(work, e164, Unverifiable("in no range of its country's plan that is known here"));
}

}  // namespace revenant::kinds

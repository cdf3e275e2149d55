#include "identifier/phone.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <memory>
#include <vector>

#ifdef REVENANT_WITH_PHONENUMBER
#include <phonenumbers/phonenumberutil.h>
#endif

namespace revenant::kinds {
namespace {

struct RangeRow {
  int code;
  int length;
  std::string_view prefixes;
};
constexpr RangeRow kRangeRows[] = {
#include "identifier/data/phone_ranges.inc"
};

constexpr std::size_t kMaxDigits = 15;  // ITU-T E.164

// Ranges by calling code and length, opened into bits on first use.
class Ranges {
 public:
  static const Ranges& Get() {
    static const Ranges ranges;
    return ranges;
  }

  // Length of the calling code in front of `digits`; 0 if there is none.
  std::size_t CodeLength(std::string_view digits) const {
    for (std::size_t length = 1; length <= 3 && length < digits.size(); ++length) {
      if (by_code_[static_cast<std::size_t>(Number(digits, 0, length))]) return length;
    }
    return 0;
  }

  bool Has(int code, std::string_view national) const {
    const auto& lengths = by_code_[static_cast<std::size_t>(code)];
    if (!lengths || national.size() < 3 || national.size() > kMaxDigits) return false;
    return (*lengths)[national.size()].test(static_cast<std::size_t>(Number(national, 0, 3)));
  }

 private:
  using Lengths = std::array<std::bitset<1000>, kMaxDigits + 1>;

  Ranges() {
    for (const RangeRow& row : kRangeRows) {
      auto& lengths = by_code_[static_cast<std::size_t>(row.code)];
      if (!lengths) lengths = std::make_unique<Lengths>();
      auto& bits = (*lengths)[static_cast<std::size_t>(row.length)];
      for (std::size_t at = 0; at < row.prefixes.size();) {
        const int first = Number(row.prefixes, at, 3);
        int last = first;
        at += 3;
        if (at < row.prefixes.size() && row.prefixes[at] == '-') {
          last = Number(row.prefixes, at + 1, 3);
          at += 4;
        }
        ++at;  // the space
        for (int prefix = first; prefix <= last; ++prefix) {
          bits.set(static_cast<std::size_t>(prefix));
        }
      }
    }
  }

  std::array<std::unique_ptr<Lengths>, 1000> by_code_;
};

// Numbers that reach the police, an ambulance or the fire brigade somewhere (ITU-T E.161.1, EU
// directive 2018/1972, national plans).
constexpr std::string_view kEmergency[] = {
    "000", "100", "101", "102", "103", "108", "110", "111", "112", "113", "115", "117", "118",
    "119", "120", "122", "190", "191", "192", "193", "911", "922", "995", "997", "998", "999"};

// Ofcom's numbers for drama use. No library knows them, since no operator has them.
bool IsForDrama(std::string_view e164) {
  constexpr std::string_view kOfcom[] = {
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

using E164 = std::array<char, kMaxDigits + 2>;

// "+" and digits with the separators of print between them: the digits. 0 for any other text.
std::size_t ReadInternational(std::string_view raw, E164& out) {
  std::size_t size = 0;
  for (const char c : raw) {
    if (c == '+' && size == 0) {
      out[size++] = c;
    } else if (IsDigit(c) && size > 0) {
      if (size == out.size() - 1) return 0;
      out[size++] = c;
    } else if (c != ' ' && c != '-' && c != '.' && c != '(' && c != ')') {
      return 0;
    }
  }
  return size > 4 ? size : 0;
}

// Mexico dropped the 1 of mobile numbers in 2019, but they are still written with it.
std::size_t DropMexicanOne(E164& number, std::size_t size) {
  if (size != 14 || !std::string_view(number.data(), size).starts_with("+521")) return size;
  std::copy(number.begin() + 4, number.begin() + static_cast<std::ptrdiff_t>(size),
            number.begin() + 3);
  return size - 1;
}

Verdict Settle(Work& work, std::string_view e164) {
  work.Replace(e164);
  const std::string_view number = work.text();
  if (IsFictional(number)) return work.BelongToNobody("contact.phone.nobody");
  // Argentine mobiles have a 9 when dialled from abroad and none (but a 15) at home.
  if (number.starts_with("+549") && number.size() == 14) {
    E164 home;
    auto end = std::ranges::copy(number.substr(0, 3), home.begin()).out;
    end = std::ranges::copy(number.substr(4), end).out;
    work.Derive("contact.phone", {home.data(), static_cast<std::size_t>(end - home.begin())});
  }
  return Valid();
}

#ifdef REVENANT_WITH_PHONENUMBER

Verdict AskLibrary(Work& work) {
  using i18n::phonenumbers::PhoneNumber;
  using i18n::phonenumbers::PhoneNumberUtil;
  constexpr std::size_t kMaxTyped = 250;  // the library's own bound
  const PhoneNumberUtil& library = *PhoneNumberUtil::GetInstance();
  if (work.raw().size() > kMaxTyped) return Invalid("too long");
  if (work.raw().find('\0') != std::string_view::npos) return Invalid("a NUL");
  std::string region = "ZZ";
  if (work.country().size() == 2) {
    region.assign(work.country());
    for (char& c : region) c = static_cast<char>(c & ~0x20);
  }
  PhoneNumber number;
  switch (library.Parse(std::string(work.raw()), region, &number)) {
    case PhoneNumberUtil::NO_PARSING_ERROR:
      break;
    case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR:
      return Invalid(region == "ZZ" ? "a national number: its country is missing (write KIND@XX)"
                                    : "no such calling code");
    default:
      return Invalid("not a phone number");
  }
  std::string e164;
  library.Format(number, PhoneNumberUtil::E164, &e164);
  if (!library.IsValidNumber(number) && !IsForDrama(e164)) {
    return Invalid("no such number in its country's plan");
  }
  E164 digits;
  if (e164.size() > digits.size()) return Invalid("too long");
  std::ranges::copy(e164, digits.begin());
  return Settle(work, {digits.data(), DropMexicanOne(digits, e164.size())});
}

#endif

}  // namespace

bool BuiltWithPhoneNumber() {
#ifdef REVENANT_WITH_PHONENUMBER
  return true;
#else
  return false;
#endif
}

bool IsInKnownRange(int code, std::string_view national) {
  if (!Ranges::Get().Has(code, national)) return false;
  if (code != 1) return true;
  // The exchange of a North American number: 2 to 9 first, and no service code.
  return national[3] >= '2' && !(national[4] == '1' && national[5] == '1');
}

Verdict FinishPhone(Work& work) {
  std::string_view raw = work.raw();
  while (!raw.empty() && raw.front() == ' ') raw.remove_prefix(1);
  while (!raw.empty() && raw.back() == ' ') raw.remove_suffix(1);
  if (raw.empty()) return Invalid("empty");
  if (std::ranges::find(kEmergency, raw) != std::end(kEmergency)) {
    work.Replace(raw);
    return Junk("an emergency number");
  }
  E164 number;
  if (std::size_t size = ReadInternational(raw, number); size != 0) {
    size = DropMexicanOne(number, size);
    const std::string_view digits(number.data() + 1, size - 1);
    const std::size_t code = Ranges::Get().CodeLength(digits);
    const bool known = code != 0 && IsInKnownRange(Number(digits, 0, code), digits.substr(code));
    if (known || IsForDrama({number.data(), size})) {
      return Settle(work, {number.data(), size});
    }
#ifndef REVENANT_WITH_PHONENUMBER
    if (code == 0) return Invalid("no such calling code");
    const Verdict settled = Settle(work, {number.data(), size});
    return settled.status == Status::kValid
               ? Unverifiable("this build has no libphonenumber to check it")
               : settled;
#endif
  }
#ifdef REVENANT_WITH_PHONENUMBER
  return AskLibrary(work);
#else
  return Invalid("not in E.164 form, and this build has no libphonenumber");
#endif
}

}  // namespace revenant::kinds

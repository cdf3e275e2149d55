// Persons in south and west Asia.

#include <algorithm>
#include <array>

#include "identifier/kinds/birth.h"
#include "identifier/table.h"

namespace revenant::kinds {
namespace {

Verdict FinishAadhaar(Work& work) {
  const std::string_view text = work.text();
  const bool palindrome = std::equal(text.begin(), text.begin() + 6, text.rbegin());
  return palindrome ? Invalid("palindromes are not given") : Valid();
}

bool EpicOk(std::string_view text) { return LuhnOk(text.substr(3)); }

// The fourth letter is the kind of holder, the digits run from 0001. The last letter is a check
// that was never published.
Verdict FinishPan(Work& work) {
  return work.text().substr(5, 4) == "0000" ? Invalid("no such serial number", 5) : Valid();
}

bool IranianOk(std::string_view text) {
  const int rest = WeightedSum(text.substr(0, 9), {10, 9, 8, 7, 6, 5, 4, 3, 2}) % 11;
  return DigitOf(text[9]) == (rest < 2 ? rest : 11 - rest);
}

// Numbers until 2015 are YY DDD SSS C and V or X: the holder's number today has the century and a
// zero before the serial. Women add 500 to the day of the year.
Verdict FinishSriLanka(Work& work) {
  if (work.text().size() == 10) {
    const std::string_view typed = work.text();
    std::array<char, 12> full{'1', '9'};
    auto end = std::ranges::copy(typed.substr(0, 5), full.begin() + 2).out;
    *end++ = '0';
    std::ranges::copy(typed.substr(5, 4), end);
    work.Replace({full.data(), full.size()});
  }
  const int year = Number(work.text(), 0, 4);
  const int day = Number(work.text(), 4, 3) % 500;
  if (year < 1850 || year > kLastBirthYear) return Invalid(kBadDate, 0);
  // Such numbers are on cards, and no check digit tells them from slips.
  if (day < 1 || day > 366) return Unverifiable("no such day of the year");
  return Valid();
}

constexpr Kind kDocumentSouthAsiaKinds[] = {
    {.name = "doc.il.idnr",
     .title = "Israeli identity number",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .pad = {7, 9},
     .shape = "N9",
     .check = kLuhn,
     .standard = "Population Registry Law 1965",
     .bits = 26,
     .example = "12345678-2"},
    {.name = "doc.in.aadhaar",
     .title = "Indian identity number (Aadhaar)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "[2-9]N11",
     .check = kVerhoeff,
     .finish = FinishAadhaar,
     .standard = "UIDAI",
     .bits = 36,
     .example = "2341 2341 2346"},
    {.name = "doc.in.epic",
     .title = "Indian voter identity card (EPIC)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "A3N7",
     .check = {"Luhn of the digits", EpicOk},
     .standard = "Election Commission of India",
     .bits = 33,
     .example = "AAA0123455"},
    {.name = "doc.in.pan",
     .title = "Indian permanent account number (persons and companies)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "A3[ABCEFGHJKLPT]AN4A",
     .finish = FinishPan,
     .aliases = "tax.in.pan",
     .standard = "Income-tax Rules 1962, rule 114",
     .bits = 36,
     .example = "AAAPA0001A"},
    {.name = "doc.in.vid",
     .title = "Indian virtual identity number (for Aadhaar)",
     .traits = kPersonDocument.GoodFor(365),
     .text = kPunctuated,
     .shape = "[2-9]N15",
     .check = kVerhoeff,
     .standard = "UIDAI circular 1 of 2018",
     .bits = 49,
     .example = "2341 2341 2341 2341"},
    {.name = "doc.ir.nid",
     .title = "Iranian national code",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .pad = {8, 10},
     .shape = "N10",
     .check = {"weighted mod 11", IranianOk},
     .standard = "National Organization for Civil Registration",
     .bits = 29,
     .example = "0012345679"},
    {.name = "doc.lk.nic",
     .title = "Sri Lankan identity card",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "[1-9]N8[VX]|[1-9]N11",
     .finish = FinishSriLanka,
     .standard = "Registration of Persons Act 32/1968",
     .bits = 28,
     .example = "901011234V"},
    {.name = "doc.pk.cnic",
     .title = "Pakistani identity card (CNIC)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "[1-8]N11[1-9]",
     .standard = "NADRA Ordinance 2000",
     .bits = 41,
     .example = "12345-0000012-3"},
};

}  // namespace

std::span<const Kind> DocumentSouthAsiaKinds() { return kDocumentSouthAsiaKinds; }

}  // namespace revenant::kinds

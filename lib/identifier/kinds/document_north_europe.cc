// Persons in the Nordic and Baltic states.

#include <algorithm>
#include <array>

#include "identifier/kinds/birth.h"
#include "identifier/table.h"

namespace revenant::kinds {
namespace {

// The seventh digit and the year tell the century. The check modulo 11 was given up in 2007.
Verdict FinishCpr(Work& work) {
  const std::string_view text = work.text();
  const int digit = DigitOf(text[6]);
  const int yy = TwoDigits(text, 4);
  const int century = digit < 4                  ? 1900
                      : digit == 4 || digit == 9 ? (yy < 37 ? 2000 : 1900)
                                                 : (yy < 58 ? 2000 : 1800);
  const int year = century + yy;
  return IsDate(year, TwoDigits(text, 2), TwoDigits(text, 0)) && year <= kLastBirthYear
             ? Valid()
             : Invalid(kBadDate, 0);
}

// Estonia and Lithuania: if the first weights leave 10, the second are used, and 10 becomes 0.
bool BalticOk(std::string_view text) {
  const std::string_view body = text.substr(0, 10);
  int rest = WeightedSum(body, {1, 2, 3, 4, 5, 6, 7, 8, 9, 1}) % 11;
  if (rest == 10) rest = WeightedSum(body, {3, 4, 5, 6, 7, 8, 9, 1, 2, 3}) % 11;
  return rest % 10 == DigitOf(text[10]);
}

// The first digit tells sex and century (1 and 2: the 19th); Lithuania gives 9 where the birth date
// cannot be put in.
Verdict FinishBaltic(Work& work) {
  const std::string_view text = work.text();
  if (text[0] == '9') return Valid();
  const int century = 1800 + (DigitOf(text[0]) - 1) / 2 * 100;
  // No one lives in the 22nd century yet.
  return century <= 2000 && IsYymmddOf(century, text, 1) ? Valid() : Invalid(kBadDate, 1);
}

// The sign tells the century: + the 19th, - and U to Y the 20th, A to F the 21st. People with
// unlike signs are different people, so it stays.
Verdict FinishHetu(Work& work) {
  if (work.text().size() == 10) {
    std::array<char, 11> full;
    const std::string_view typed = work.text();
    auto end = std::ranges::copy(typed.substr(0, 6), full.begin()).out;
    *end++ = '-';
    std::ranges::copy(typed.substr(6), end);
    work.Replace({full.data(), full.size()});
  }
  const std::string_view text = work.text();
  const char sign = text[6];
  const int century = sign == '+' ? 1800 : sign == '-' || sign >= 'U' ? 1900 : 2000;
  if (!IsDate(century + TwoDigits(text, 4), TwoDigits(text, 2), TwoDigits(text, 0))) {
    return Invalid(kBadDate, 0);
  }
  const int serial = Number(text, 7, 3);
  if (serial < 2 || serial > 899) return Invalid("no such serial number", 7);
  const int number = Number(text, 0, 6) * 1000 + serial;
  return text[10] == "0123456789ABCDEFHJKLMNPRSTUVWXY"[number % 31] ? Valid()
                                                                    : Invalid(kCheckFails, 10);
}

bool KennitalaOk(std::string_view text) {
  return WeightedSum(text, {3, 2, 7, 6, 5, 4, 3, 2, 1, 0}) % 11 == 0;
}

// Organisations add 40 to the day; the last digit tells the century. Persons' numbers have had no
// check digit since 18 February 2026: whatever their birth date, a number may be a new one.
Verdict FinishKennitala(Work& work) {
  const std::string_view text = work.text();
  const int century = text[9] == '0' ? 2000 : 1000 + DigitOf(text[9]) * 100;
  const int day = TwoDigits(text, 0);
  if (!IsDate(century + TwoDigits(text, 4), TwoDigits(text, 2), day > 40 ? day - 40 : day)) {
    return Invalid(kBadDate, 0);
  }
  if (KennitalaOk(text)) return Valid();
  return day > 40 ? Invalid(kCheckFails, 8)
                  : Unverifiable("persons' numbers since February 2026 have no check digit");
}

// Codes given since July 2017 start with 32 to 39, say nothing and have no check; older ones are a
// birth date, the century and a check.
Verdict FinishLatvian(Work& work) {
  const std::string_view text = work.text();
  if (text[0] == '3' && text[1] >= '2') return Valid();
  const int year = 1800 + DigitOf(text[6]) * 100 + TwoDigits(text, 4);
  if (!IsDate(year, TwoDigits(text, 2), TwoDigits(text, 0))) return Invalid(kBadDate, 0);
  const int sum = 1 + WeightedSum(text.substr(0, 10), {10, 5, 8, 4, 2, 1, 6, 3, 7, 9});
  return sum % 11 % 10 == DigitOf(text[10]) ? Valid() : Invalid(kCheckFails, 10);
}

bool NorwegianOk(std::string_view text) {
  return WeightedSum(text.substr(0, 10), {3, 7, 6, 1, 8, 9, 4, 5, 2, 1}) % 11 == 0 &&
         WeightedSum(text, {5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1}) % 11 == 0;
}

// The century follows from the serial number and the year; 0 if they do not go together.
int NorwegianCentury(int serial, int yy) {
  if (serial < 500) return 1900;
  if (serial < 750 && yy >= 54) return 1800;
  if (yy < 40) return 2000;
  return serial >= 900 ? 1900 : 0;
}

// D numbers (people without residence) add 40 to the day, the Tax Administration's and the health
// service's test persons 80 or 65 to the month, the health service's own numbers 40.
Verdict FinishNorwegian(Work& work) {
  const std::string_view text = work.text();
  const int yy = TwoDigits(text, 4);
  const int day = TwoDigits(text, 0);
  const int month = TwoDigits(text, 2);
  if (month > 65) return Junk("a person for tests");
  const int century = NorwegianCentury(Number(text, 6, 3), yy);
  if (century == 0) return Invalid("no such serial number", 6);
  return IsDate(century + yy, month > 40 ? month - 40 : month, day > 40 ? day - 40 : day) &&
                 century + yy <= kLastBirthYear
             ? Valid()
             : Invalid(kBadDate, 0);
}

// Ten digits with or without a sign (+ from the hundredth year on) or twelve with the century. What
// depends on today's date goes: the ten digits are the number, and two people who share them are a
// century apart. Coordination numbers add 60 to the day.
Verdict FinishPersonnummer(Work& work) {
  const std::string_view text = work.text();
  const std::size_t sign = text.find('+');
  const std::size_t date = sign != std::string_view::npos ? sign : text.size() - 4;
  const int month = TwoDigits(text, date - 4);
  const int day = TwoDigits(text, date - 2) % 60;
  const bool exists = date == 8 ? IsDate(Number(text, 0, 4), month, day)
                                : IsDateInSomeCentury(TwoDigits(text, 0), month, day);
  if (!exists) return Invalid(kBadDate, 0);
  std::array<char, 10> digits;
  const auto middle = std::ranges::copy(text.substr(date - 6, 6), digits.begin()).out;
  std::ranges::copy(text.substr(text.size() - 4), middle);
  const std::string_view number(digits.data(), digits.size());
  if (!LuhnOk(number)) return Invalid(kCheckFails, static_cast<std::int32_t>(text.size()) - 1);
  if (number != text) work.Replace(number);
  return Valid();
}

// The dash is one of several signs and must stay.
constexpr TextRule kHetuText{Reading::kWord, kDropSpaces};

constexpr Kind kDocumentNorthEuropeKinds[] = {
    {.name = "doc.dk.cpr",
     .title = "Danish personal number (CPR)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N10",
     .finish = FinishCpr,
     .standard = "CPR-kontoret",
     .bits = 25,
     .example = "010190-1111"},
    {.name = "doc.ee.ik",
     .title = "Estonian personal code",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "[1-8]N10",
     .check = {"weighted mod 11, twice", BalticOk},
     .finish = FinishBaltic,
     .standard = "EVS 585",
     .bits = 26,
     .example = "10001010122"},
    {.name = "doc.fi.hetu",
     .title = "Finnish personal identity code",
     .traits = kPersonDocument,
     .text = kHetuText,
     .shape = "N6[+A-FU-Y-]?N3[0-9A-Y]",
     .check = {"mod 31"},
     .finish = FinishHetu,
     .standard = "Act 661/2009; DVV",
     .bits = 26,
     .example = "131052-308T"},
    {.name = "doc.is.kennitala",
     .title = "Icelandic identity number (persons and companies)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "N9[089]",
     .check = {"weighted mod 11, persons before 2026"},
     .finish = FinishKennitala,
     .standard = "Registers Iceland, act 140/2019; rule of 18 February 2026",
     .bits = 22,
     .example = "010100-1278"},
    {.name = "doc.lt.asmens",
     .title = "Lithuanian personal code",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "[1-9]N10",
     .check = {"weighted mod 11, twice", BalticOk},
     .finish = FinishBaltic,
     .standard = "Law on the Population Register",
     .bits = 26,
     .example = "10001010122"},
    {.name = "doc.lv.pk",
     .title = "Latvian personal code",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "[0-3]N10",
     .check = {"weighted mod 11, before 2017"},
     .finish = FinishLatvian,
     .standard = "Law on the Register of Natural Persons",
     .bits = 29,
     .example = "010100-00122"},
    {.name = "doc.no.fnr",
     .title = "Norwegian identity number (also D numbers)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N11",
     .check = {"weighted mod 11, twice", NorwegianOk, 2},
     .finish = FinishNorwegian,
     .standard = "Folkeregisterforskriften",
     .bits = 25,
     .example = "01010001257"},
    {.name = "doc.se.personnummer",
     .title = "Swedish personal or coordination number",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N10|N12|N6'+'N4|N8'+'N4",
     .check = {"Luhn"},
     .finish = FinishPersonnummer,
     .standard = "Folkbokforingslagen section 18; SKV 704",
     .bits = 25,
     .example = "000101-0123"},
};

}  // namespace

std::span<const Kind> DocumentNorthEuropeKinds() { return kDocumentNorthEuropeKinds; }

}  // namespace revenant::kinds

// Companies in France and Romania.

#include <algorithm>
#include <array>

#include "identifier/table.h"

namespace revenant::kinds {
namespace {

// SIREN and a number of the place of business. The places of La Poste (but for its seat) have
// digits whose plain sum is a multiple of five instead.
bool SiretOk(std::string_view siret) {
  if (!LuhnOk(siret.substr(0, 9))) return false;
  if (LuhnOk(siret)) return true;
  return siret.starts_with("356000000") && WeightedSum(siret, {1}) % 5 == 0;
}

Verdict FinishSiret(Work& work) {
  work.Derive("org.fr.siren", work.text().substr(0, 9));
  return Valid();
}

// "RCS town A|B siren": the town says where, the SIREN says who.
Verdict FinishRcs(Work& work) {
  const std::string_view text = work.text();
  if (text.size() < 9 || !text.starts_with("RCS")) return Invalid("not RCS, town and SIREN");
  const std::string_view siren = text.substr(text.size() - 9);
  const std::string_view town = text.substr(3, text.size() - 12);
  const bool lettered = town.size() >= 2 && (town.back() == 'A' || town.back() == 'B');
  if (!AllDigits(siren) || !lettered) return Invalid("not RCS, town and SIREN");
  if (!LuhnOk(siren)) return Invalid(kCheckFails);
  work.Replace(siren);
  return Valid();
}

constexpr std::string_view kBadRegistration = "not of the form J40/123/2012 or J2012000123404";

bool IsRomanianCounty(int county) {
  return (county >= 1 && county <= 40) || county == 51 || county == 52;
}

char NewOnrcDigit(std::string_view body) {
  return ToDigit((body[0] % 10 + WeightedSum(body.substr(1), {1})) % 10);
}

// Since July 2024: J, year, six digits, county (00 for those registered since), check.
Verdict CheckNewOnrc(Work& work) {
  const std::string_view text = work.text();
  if (text.size() != 14 || !AllDigits(text.substr(1))) return Invalid(kBadRegistration);
  const int year = Number(text, 1, 4);
  const int county = Number(text, 11, 2);
  if (year < 1990 || year > 2099) return Invalid("no such year", 1);
  const bool placed = year <= 2024 && IsRomanianCounty(county);
  const bool unplaced = year >= 2024 && county == 0;
  if (!placed && !unplaced) return Invalid("no such county", 11);
  return text[13] == NewOnrcDigit(text.substr(0, 13)) ? Valid() : Invalid(kCheckFails);
}

// Takes the next run of digits; what stands before it must be separators.
std::string_view TakeNumber(std::string_view& rest) {
  const std::size_t from = std::min(rest.find_first_not_of(" /-."), rest.size());
  std::size_t to = from;
  while (to < rest.size() && IsDigit(rest[to])) ++to;
  const std::string_view number = rest.substr(from, to - from);
  rest.remove_prefix(to);
  return number;
}

// "J40/123/2012", the year perhaps as a whole date. The new form is the same number rearranged, so
// that both meet there.
Verdict FinishOnrc(Work& work) {
  const std::string_view text = work.text();
  if (text.empty() || (text[0] != 'J' && text[0] != 'F' && text[0] != 'C')) {
    return Invalid(kBadRegistration);
  }
  if (AllDigits(text.substr(1)) && text.size() > 9) return CheckNewOnrc(work);
  std::string_view rest = text.substr(1);
  const std::string_view county = TakeNumber(rest);
  const std::string_view serial = TakeNumber(rest);
  std::string_view year = TakeNumber(rest);
  if (year.size() == 2) {  // a date: day, month, year
    const std::string_view month = TakeNumber(rest);
    const std::string_view full_year = TakeNumber(rest);
    if (full_year.size() != 4 || month.size() != 2 ||
        !IsDate(Number(full_year, 0, 4), Number(month, 0, 2), Number(year, 0, 2))) {
      return Invalid(kBadDate);
    }
    year = full_year;
  }
  const bool formed = rest.find_first_not_of(' ') == std::string_view::npos &&
                      (county.size() == 1 || county.size() == 2) && !serial.empty() &&
                      serial.size() <= 6 && year.size() == 4;
  if (!formed) return Invalid(kBadRegistration);
  const int county_number = Number(county, 0, county.size());
  if (!IsRomanianCounty(county_number)) return Invalid("no such county");
  if (Number(year, 0, 4) < 1990 || Number(year, 0, 4) > 2024) return Invalid("no such year");
  if (Number(serial, 0, serial.size()) == 0) return Invalid("no such serial number");

  const std::size_t first = serial.find_first_not_of('0');
  std::array<char, 16> slashed;
  auto end = slashed.begin();
  const auto put = [&end](std::string_view part) { end = std::ranges::copy(part, end).out; };
  const std::array<char, 3> head = {text[0], ToDigit(county_number / 10),
                                    ToDigit(county_number % 10)};
  put({head.data(), head.size()});
  put("/");
  put(serial.substr(first));
  put("/");
  put(year);

  std::array<char, 14> modern;
  modern.fill('0');
  modern[0] = text[0];
  std::ranges::copy(year, modern.begin() + 1);
  std::ranges::copy(serial, modern.begin() + 11 - static_cast<std::ptrdiff_t>(serial.size()));
  modern[11] = head[1];
  modern[12] = head[2];
  modern[13] = NewOnrcDigit({modern.data(), 13});
  work.Derive("org.ro.onrc", {modern.data(), modern.size()});
  work.Replace({slashed.data(), static_cast<std::size_t>(end - slashed.begin())});
  return Valid();
}

constexpr Kind kOrgFranceRomaniaKinds[] = {
    {.name = "org.fr.siren",
     .title = "French company number (SIREN)",
     .traits = kCompanyNumber,
     .text = kPunctuated,
     .shape = "N9",
     .check = kLuhn,
     .standard = "INSEE, Code de commerce R123-220",
     .bits = 26,
     .example = "732 829 320"},
    {.name = "org.fr.siret",
     .title = "French place of business (SIRET)",
     .traits = kCompanyNumber,
     .text = kPunctuated,
     .shape = "N14",
     .check = {"Luhn, sum of digits for La Poste", SiretOk},
     .finish = FinishSiret,
     .standard = "INSEE, Code de commerce R123-221",
     .bits = 30,
     .example = "73282932000074"},
    {.name = "org.fr.rcs",
     .title = "French register of trade (RCS)",
     .traits = kCompanyNumber,
     .text = {Reading::kWord, kDropSpaces | kDropDashes | kDropDots, Fold::kUpper},
     .check = {"Luhn"},
     .finish = FinishRcs,
     .stands_for = "org.fr.siren",
     .standard = "Code de commerce R123-223",
     .bits = 26,
     .example = "RCS Nancy B 732 829 320"},
    {.name = "org.ro.onrc",
     .title = "Romanian trade register (ONRC)",
     .traits = kCompanyNumber,
     .text = kSeparated,
     .check = {"sum of digits mod 10, since 2024"},
     .finish = FinishOnrc,
     .standard = "ONRC; Law 265/2022, order of July 2024",
     .bits = 24,
     .example = "J52/750/2012"},
};

}  // namespace

std::span<const Kind> OrgFranceRomaniaKinds() { return kOrgFranceRomaniaKinds; }

}  // namespace revenant::kinds

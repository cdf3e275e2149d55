// Persons in the Americas. The United States have a file with Spain.

#include <algorithm>
#include <array>

#include "identifier/kinds/birth.h"
#include "identifier/table.h"

namespace revenant::kinds {
namespace {

// Eight digits today; older numbers have seven and are sometimes padded.
Verdict FinishArgentine(Work& work) {
  if (work.text().size() == 8 && work.text()[0] == '0') work.Replace(work.text().substr(1));
  return work.text()[0] != '0' ? Valid() : Invalid("no such number", 0);
}

// Number, department of issue, and a complement where two people were given one number.
Verdict FinishBolivian(Work& work) {
  constexpr std::string_view kDepartments[] = {"BE", "BN", "CB", "CH", "LP", "OR",
                                               "PA", "PD", "PT", "SC", "TJ"};
  const std::size_t at = work.text().find_first_not_of("0123456789");
  return std::ranges::binary_search(kDepartments, work.text().substr(at, 2))
             ? Valid()
             : Invalid("no such department", static_cast<std::int32_t>(at));
}

// Province, volume and entry, each often written without its leading zeros: 2 + 4 + 4 digits.
// Without dashes only the first zero may be missing.
Verdict FinishCostaRican(Work& work) {
  constexpr std::size_t kWidths[] = {2, 4, 4};
  std::array<char, 10> full;
  full.fill('0');
  std::string_view rest = work.text();
  if (const bool plain = AllDigits(rest); plain) {
    if (rest.size() != 9 && rest.size() != 10) return Invalid("does not have nine or ten digits");
    std::ranges::copy(rest, full.end() - static_cast<std::ptrdiff_t>(rest.size()));
  } else {
    auto end = full.begin();
    for (const std::size_t width : kWidths) {
      const std::string_view part = rest.substr(0, rest.find('-'));
      rest.remove_prefix(std::min(rest.size(), part.size() + 1));
      if (!AllDigits(part) || part.size() > width) {
        return Invalid("not of the form province-volume-entry");
      }
      end += static_cast<std::ptrdiff_t>(width);
      std::ranges::copy(part, end - static_cast<std::ptrdiff_t>(part.size()));
    }
    if (!rest.empty()) return Invalid("not of the form province-volume-entry");
  }
  if (full[0] != '0' || full[1] == '0') return Invalid("no such province", 0);
  work.Replace({full.data(), full.size()});
  return Valid();
}

// The seventh digit tells the century: 9 the 19th, 0 to 5 the 20th, 6 to 8 the 21st.
Verdict FinishCuban(Work& work) {
  const char digit = work.text()[6];
  const int century = digit == '9' ? 1800 : digit <= '5' ? 1900 : 2000;
  return IsYymmddOf(century, work.text(), 0) ? Valid() : Invalid(kBadDate, 0);
}

bool EcuadorianOk(std::string_view text) { return WeightedDigitSum(text, {2, 1}) % 10 == 0; }

// Provinces 1 to 24, 30 for those abroad and 50 in older numbers; a third digit of 9 is for
// companies, 7 and 8 are not used.
Verdict FinishEcuadorian(Work& work) {
  const int province = TwoDigits(work.text(), 0);
  const bool known = (province >= 1 && province <= 24) || province == 30 || province == 50;
  if (!known) return Invalid("no such province", 0);
  return work.text()[2] <= '6' ? Valid() : Invalid("not a person's number", 2);
}

bool CuiOk(std::string_view text) {
  return WeightedSum(text.substr(0, 8), {2, 3, 4, 5, 6, 7, 8, 9}) % 11 == DigitOf(text[8]);
}

// Department and municipality of birth stand at the end.
Verdict FinishGuatemalan(Work& work) {
  constexpr std::uint8_t kMunicipalities[] = {17, 8,  16, 16, 14, 14, 19, 8,  24, 21, 9,
                                              30, 33, 21, 8,  17, 14, 5,  11, 11, 7,  17};
  const int department = TwoDigits(work.text(), 9);
  const int municipality = TwoDigits(work.text(), 11);
  if (department < 1 || department > 22) return Invalid("no such department", 9);
  return municipality >= 1 && municipality <= kMunicipalities[department - 1]
             ? Valid()
             : Invalid("no such municipality", 11);
}

// The tax authority's stand-ins for any foreigner.
constexpr std::string_view kCurpJunk[] = {"XEXX010101HNEXXXA4", "XEXX010101MNEXXXA8"};

// Letters count A=10 to N=23, then one more from O on: N with a tilde lies between.
bool CurpOk(std::string_view text) {
  int sum = 0;
  for (std::size_t i = 0; i < 17; ++i) {
    const int value = Base36(text[i]) + (text[i] >= 'O' ? 1 : 0);
    sum += value * static_cast<int>(18 - i);
  }
  return (10 - sum % 10) % 10 == DigitOf(text[17]);
}

// Birth date, state of birth, and in seventeenth place a digit until 1999, a letter since.
Verdict FinishCurp(Work& work) {
  constexpr std::string_view kStates[] = {"AS", "BC", "BS", "CC", "CH", "CL", "CM", "CS", "DF",
                                          "DG", "GR", "GT", "HG", "JC", "MC", "MN", "MS", "NE",
                                          "NL", "NT", "OC", "PL", "QR", "QT", "SL", "SP", "SR",
                                          "TC", "TL", "TS", "VZ", "YN", "ZS"};
  const std::string_view text = work.text();
  if (!IsYymmddOf(IsDigit(text[16]) ? 1900 : 2000, text, 4)) return Invalid(kBadDate, 4);
  return std::ranges::binary_search(kStates, text.substr(11, 2)) ? Valid()
                                                                 : Invalid("no such state", 11);
}

// The check is printed as a digit or as a letter and often left out: the eight digits before it are
// the number.
Verdict FinishPeruvian(Work& work) {
  const std::string_view text = work.text();
  const std::string_view number = text.substr(0, 8);
  if (number.find_first_not_of(number[0]) == std::string_view::npos) {
    return Junk("all digits are the same");
  }
  if (text.size() == 8) return Unverifiable("the check digit is missing");
  const auto rest = static_cast<std::size_t>(WeightedSum(number, {3, 2, 7, 6, 5, 4, 3, 2}) % 11);
  if (text[8] != "65432110987"[rest] && text[8] != "KJIHGFEDCBA"[rest]) {
    return Invalid(kCheckFails, 8);
  }
  work.Derive("doc.pe.cui", number);
  return Valid();
}

bool UruguayanOk(std::string_view text) {
  return WeightedSum(text, {2, 9, 8, 7, 6, 3, 4, 1}) % 10 == 0;
}
bool UruguayanNieOk(std::string_view text) {
  return WeightedSum(text, {8, 2, 9, 8, 7, 6, 3, 4, 1}) % 10 == 0;
}

// Dashes part the groups that lack zeros.
constexpr TextRule kCostaRicanText{Reading::kWord, kDropSpaces};

constexpr Kind kDocumentAmericasKinds[] = {
    {.name = "doc.ar.dni",
     .title = "Argentine identity card (DNI)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N7|N8",
     .finish = FinishArgentine,
     .standard = "Ley 17.671, RENAPER",
     .bits = 26,
     .example = "20.123.456"},
    {.name = "doc.bo.ci",
     .title = "Bolivian identity card",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N5-8A2X0-2",
     .finish = FinishBolivian,
     .standard = "Ley 145, SEGIP",
     .bits = 26,
     .example = "1234567-LP"},
    {.name = "doc.ca.sin",
     .title = "Canadian social insurance number",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "[1-79]N8",
     .check = kLuhn,
     .standard = "Employment Insurance Act, section 138",
     .bits = 26,
     .example = "123-456-782"},
    {.name = "doc.cr.cpf",
     .title = "Costa Rican identity card",
     .traits = kPersonDocument,
     .text = kCostaRicanText,
     .finish = FinishCostaRican,
     .standard = "Tribunal Supremo de Elecciones",
     .bits = 28,
     .example = "1-0001-12"},
    {.name = "doc.cr.dimex",
     .title = "Costa Rican number of a foreign resident (DIMEX)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "'1'N10|'1'N11",
     .standard = "Direccion General de Migracion y Extranjeria",
     .bits = 32,
     .example = "100000000012"},
    {.name = "doc.cu.ni",
     .title = "Cuban identity number",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N11",
     .finish = FinishCuban,
     .standard = "Resolution 6/1971, Ministry of the Interior",
     .bits = 28,
     .example = "00010100123"},
    {.name = "doc.do.cedula",
     .title = "Dominican identity card",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N11",
     .check = kLuhn,
     .check_is_advice = true,
     .standard = "Ley 8-92, Junta Central Electoral",
     .bits = 33,
     .example = "001-0000012-4"},
    {.name = "doc.ec.ci",
     .title = "Ecuadorian identity card",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N10",
     .check = {"Luhn", EcuadorianOk},
     .finish = FinishEcuadorian,
     .standard = "Registro Civil",
     .bits = 27,
     .example = "010000012-4"},
    {.name = "doc.gt.cui",
     .title = "Guatemalan identity number (CUI)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N13",
     .check = {"weighted mod 11", CuiOk},
     .finish = FinishGuatemalan,
     .standard = "Decree 90-2005, RENAP",
     .bits = 30,
     .example = "0000 01236 2107"},
    {.name = "doc.mx.curp",
     .title = "Mexican population registry code (CURP)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "A4N6[HMX]A5XN",
     .check = {"weighted mod 10", CurpOk},
     .finish = FinishCurp,
     .junk = kCurpJunk,
     .standard = "Instructivo normativo CURP, DOF 18 October 2021",
     .bits = 42,
     .example = "AAAA000101HDFBBB01"},
    {.name = "doc.pe.ce",
     .title = "Peruvian foreigner's card",
     .traits = kPersonDocument.GoodFor(1825),
     .text = kPunctuated,
     .shape = "N9",
     .standard = "Superintendencia Nacional de Migraciones",
     .bits = 22,
     .example = "001234567"},
    {.name = "doc.pe.cui",
     .title = "Peruvian identity card (DNI, CUI)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N8[0-9A-K]?",
     .check = {"weighted mod 11"},
     .finish = FinishPeruvian,
     .aliases = "doc.pe.dni",
     .standard = "Ley 26497, RENIEC",
     .bits = 26,
     .example = "13245678-5"},
    {.name = "doc.py.cedula",
     .title = "Paraguayan identity card",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "[1-9]N4-6",
     .standard = "Policia Nacional, Ley 1190",
     .bits = 22,
     .example = "1.324.567"},
    {.name = "doc.uy.cedula",
     .title = "Uruguayan identity card",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .pad = {7, 8},
     .shape = "N8",
     .check = {"weighted mod 10", UruguayanOk},
     .standard = "DNIC, Ley 14.762",
     .bits = 22,
     .example = "1.234.567-2"},
    {.name = "doc.uy.nie",
     .title = "Uruguayan number of a foreigner",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "'9'N8",
     .check = {"weighted mod 10", UruguayanNieOk},
     .standard = "DGI",
     .bits = 22,
     .example = "91.234.567-0"},
};

}  // namespace

std::span<const Kind> DocumentAmericasKinds() { return kDocumentAmericasKinds; }

}  // namespace revenant::kinds

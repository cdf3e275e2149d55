// Tax numbers of southern Europe: Albania, Andorra, Croatia, Cyprus, Greece, Italy, Malta,
// Montenegro, North Macedonia, Portugal, San Marino, Serbia, Slovenia, Spain, Turkey.

#include <algorithm>
#include <array>

#include "identifier/kinds/spain.h"
#include "identifier/table.h"

namespace revenant::kinds {
namespace {

// The letter tells the kind of holder, and some letters have a range of numbers. The rule of the
// last letter is not published.
Verdict FinishAndorra(Work& work) {
  const char holder = work.text()[0];
  const int number = Number(work.text(), 1, 6);
  const bool seven = number >= 700'000 && number <= 799'999;
  if (holder == 'F' && number > 699'999) return Invalid("not a number of a person", 1);
  if ((holder == 'A' || holder == 'L') && !seven) return Invalid("not a number of a company", 1);
  return Valid();
}

bool CypriotOk(std::string_view number) {
  constexpr int kOddPlaces[] = {1, 0, 5, 7, 9, 13, 15, 17, 19, 21};
  int sum = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    const int digit = DigitOf(number[i]);
    sum += i % 2 == 0 ? kOddPlaces[digit] : digit;
  }
  return number[8] == 'A' + sum % 26;
}

Verdict FinishCypriotVat(Work& work) {
  return work.text().starts_with("12") ? Invalid("no VAT number begins with 12", 0) : Valid();
}

bool GreekOk(std::string_view afm) {
  return WeightedSum(afm.substr(0, 8), {256, 128, 64, 32, 16, 8, 4, 2}) % 11 % 10 ==
         DigitOf(afm[8]);
}

// Seven digits of the holder, three of the province office that gave the number.
Verdict FinishItalianVat(Work& work) {
  if (Number(work.text(), 0, 7) == 0) return Invalid("zeros", 0);
  const int office = Number(work.text(), 7, 3);
  const bool known = (office >= 1 && office <= 100) || office == 120 || office == 121 ||
                     office == 888 || office == 999;
  return known ? Valid() : Invalid("no such province", 7);
}

bool MalteseVatOk(std::string_view vat) {
  return WeightedSum(vat, {3, 4, 6, 7, 8, 9, 10, 1}) % 37 == 0;
}

// Nationals have the number of their identity card, of up to seven digits and a letter; others nine
// digits that begin with a doubled one. DG TAXUD, TIN algorithms.
Verdict FinishMalteseTin(Work& work) {
  std::string_view number = work.text();
  if (IsDigit(number.back())) {
    const bool doubled = number[0] == number[1] && number[0] >= '1' && number[0] <= '8';
    return doubled ? Valid() : Invalid("not a doubled first digit", 1);
  }
  std::array<char, 8> padded;
  padded.fill('0');
  std::ranges::copy(number, padded.end() - static_cast<std::ptrdiff_t>(number.size()));
  work.Replace({padded.data(), padded.size()});
  number = work.text();
  if (Number(number, 0, 7) == 0) return Junk("all zeros");
  if (number[7] == 'A' || number[7] == 'P') {
    return number[6] != '0' ? Valid() : Invalid("not the year of such a card", 6);
  }
  const bool known = Number(number, 0, 5) <= 32'000 && number.substr(5, 2) != "00";
  return known ? Valid() : Invalid("no such number and year");
}

bool MontenegrinOk(std::string_view pib) {
  return (11 - WeightedSum(pib.substr(0, 7), {8, 7, 6, 5, 4, 3, 2}) % 11) % 11 % 10 ==
         DigitOf(pib[7]);
}

bool MacedonianOk(std::string_view edb) {
  return (11 - WeightedSum(edb.substr(0, 12), {7, 6, 5, 4, 3, 2}) % 11) % 11 % 10 ==
         DigitOf(edb[12]);
}

bool PortugueseOk(std::string_view nif) {
  return (11 - WeightedSum(nif.substr(0, 8), {9, 8, 7, 6, 5, 4, 3, 2}) % 11) % 11 % 10 ==
         DigitOf(nif[8]);
}

Verdict FinishSanMarino(Work& work) {
  const std::string_view text = work.text();
  const std::string_view number = text.substr(std::min(text.find_first_not_of('0'), text.size()));
  if (number.empty()) return Junk("all zeros");
  if (number.size() > 5) return Invalid("too long");
  work.Replace(number);
  return Valid();
}

// 11 less the remainder; numbers that would need 11 are not issued.
bool SlovenianOk(std::string_view number) {
  const int check = 11 - WeightedSum(number.substr(0, 7), {8, 7, 6, 5, 4, 3, 2}) % 11;
  return check != 11 && check % 10 == DigitOf(number[7]);
}

// Each digit is moved on by its place from the right and multiplied by 2 to the power of that place
// modulo 9, nine standing for zero.
bool TurkishOk(std::string_view vkn) {
  int sum = 0;
  for (std::size_t i = 0; i < 9; ++i) {
    const int place = 9 - static_cast<int>(i);
    const int moved = (DigitOf(vkn[i]) + place) % 10;
    if (moved != 0) sum += (moved * (1 << place) - 1) % 9 + 1;
  }
  return (10 - sum % 10) % 10 == DigitOf(vkn[9]);
}

constexpr Kind kTaxSouthEuropeKinds[] = {
    {.name = "tax.ad.nrt",
     .title = "Andorran tax number (NRT)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "AD",
     .shape = "[ACDEFGLOPU]N6A",
     .finish = FinishAndorra,
     .standard = "Govern d'Andorra; OECD CRS TIN sheet",
     .bits = 21,
     .example = "U-132950-X"},
    {.name = "tax.al.nipt",
     .title = "Albanian tax number (NIPT, NUIS)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "AL",
     .shape = "[A-M]N8A",
     .standard = "Tatime; QKB",
     .bits = 26,
     .example = "AL J 91402501 L"},
    {.name = "tax.cy.vat",
     .title = "Cypriot VAT number",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "CY",
     .shape = "N8A",
     .check = {"weighted mod 26", CypriotOk},
     .finish = FinishCypriotVat,
     .standard = "Tax Department; VAT Law 95(I)/2000",
     .bits = 22,
     .example = "CY-10259033P"},
    {.name = "tax.cy.tin",
     .title = "Cypriot tax number (TIC)",
     .traits = kPersonTax,
     .text = kPunctuated,
     .prefix = "CY",
     .shape = "[09]N7A",
     .check = {"weighted mod 26", CypriotOk},
     .standard = "Tax Department; DG TAXUD, TIN algorithms",
     .bits = 22,
     .example = "90000017E"},
    {.name = "tax.es.vat",
     .title = "Spanish VAT number",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "ES",
     .shape = "N8A|[XYZKLM]N7A|[A-HJNP-SUVW]N7X",
     .check = {"mod 23, or Luhn-like", NifOk},
     .stands_for = "doc.es.nif",
     .standard = "Real Decreto 1065/2007",
     .bits = 27,
     .example = "ES B-58378431"},
    {.name = "tax.gr.vat",
     .title = "Greek VAT number (AFM)",
     .traits = kCompanyTax,
     .text = kPunctuated.After("ΑΦΜ|αφμ|Α.Φ.Μ."),
     .prefix = "EL|GR|AFM",
     .pad = {8, 9},
     .shape = "N9",
     .check = {"weighted mod 11", GreekOk},
     .standard = "AADE",
     .bits = 26,
     .example = "EL 094259216"},
    {.name = "tax.hr.vat",
     .title = "Croatian VAT number (OIB)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "HR|OIB",
     .shape = "N11",
     .check = kMod11_10,
     .stands_for = "doc.hr.oib",
     .standard = "Zakon o OIB-u, NN 60/08",
     .bits = 33,
     .example = "HR 33392005961"},
    {.name = "tax.it.vat",
     .title = "Italian VAT number (partita IVA)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "IT",
     .shape = "N11",
     .check = kLuhn,
     .finish = FinishItalianVat,
     .standard = "Agenzia delle Entrate; DPR 633/1972, art. 35",
     .bits = 28,
     .example = "IT 00743110157"},
    {.name = "tax.me.pib",
     .title = "Montenegrin tax number (PIB)",
     .traits = kCompanyTax,
     .text = kPunctuated.After("ПИБ|пиб"),
     .prefix = "ME|PIB",
     .shape = "N8",
     .check = {"weighted mod 11", MontenegrinOk},
     .standard = "Poreska uprava; CRPS",
     .bits = 20,
     .example = "02655284"},
    {.name = "tax.mk.edb",
     .title = "North Macedonian tax number (EDB)",
     .traits = kCompanyTax,
     .text = kPunctuated.After("ЕДБ|едб"),
     .prefix = "MK|EDB",
     .shape = "N13",
     .check = {"weighted mod 11", MacedonianOk},
     .standard = "UJP",
     .bits = 30,
     .example = "МК 4030000375897"},
    {.name = "tax.mt.vat",
     .title = "Maltese VAT number",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "MT",
     .shape = "[1-9]N7",
     .check = {"weighted mod 37", MalteseVatOk},
     .standard = "CFR; VAT Act, cap. 406",
     .bits = 20,
     .example = "MT 1167-9112"},
    {.name = "tax.mt.tin",
     .title = "Maltese tax number of a person",
     .traits = kPersonTax,
     .text = kPunctuated,
     .prefix = "MT",
     .shape = "N3-7[APMGLHBZ]|N9",
     .finish = FinishMalteseTin,
     .standard = "CFR; DG TAXUD, TIN algorithms",
     .bits = 22,
     .example = "34581M"},
    {.name = "tax.pt.vat",
     .title = "Portuguese tax number (NIF, NIPC)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "PT|NIF|NIPC",
     .shape = "[1-9]N8",
     .check = {"weighted mod 11", PortugueseOk},
     .standard = "Autoridade Tributária; Decreto-Lei 14/2013",
     .bits = 26,
     .example = "PT 501 964 843"},
    {.name = "tax.rs.pib",
     .title = "Serbian tax number (PIB)",
     .traits = kCompanyTax,
     .text = kPunctuated.After("ПИБ|пиб"),
     .prefix = "RS|PIB",
     .shape = "[1-9]N8",
     .check = kMod11_10,
     .standard = "Poreska uprava; APR",
     .bits = 26,
     .example = "101134702"},
    {.name = "tax.si.vat",
     .title = "Slovenian tax number (DDV)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "SI",
     .shape = "[1-9]N7",
     .check = {"weighted mod 11", SlovenianOk},
     .standard = "FURS; ZDavP-2",
     .bits = 23,
     .example = "SI 5022 3054"},
    {.name = "tax.sm.coe",
     .title = "San Marino operator code (COE)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "SM",
     .shape = "N1-8",
     .finish = FinishSanMarino,
     .standard = "Ufficio Tributario; OECD CRS TIN sheet",
     .bits = 15,
     .example = "24165"},
    {.name = "tax.tr.vkn",
     .title = "Turkish tax number (VKN)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "VKN",
     .shape = "N10",
     .check = {"powers of two mod 9 and 10", TurkishOk},
     .standard = "GİB; 213 sayılı VUK",
     .bits = 29,
     .example = "4540536920"},
};

}  // namespace

std::span<const Kind> TaxSouthEuropeKinds() { return kTaxSouthEuropeKinds; }

}  // namespace revenant::kinds

// Tax numbers of northern Europe: Denmark, Estonia, the Faroes, Finland, Iceland, Latvia,
// Lithuania, Norway, Sweden.

#include "identifier/contained.h"
#include "identifier/table.h"

namespace revenant::kinds {
namespace {

bool DanishOk(std::string_view cvr) { return WeightedSum(cvr, {2, 7, 6, 5, 4, 3, 2, 1}) % 11 == 0; }

bool EstonianVatOk(std::string_view vat) { return WeightedSum(vat, {3, 7, 1}) % 10 == 0; }

bool FinnishOk(std::string_view number) {
  return WeightedSum(number, {7, 9, 10, 5, 8, 4, 2, 1}) % 11 == 0;
}

// A second row of weights decides where the first leaves 10.
bool LithuanianOk(std::string_view vat) {
  const std::string_view body = vat.substr(0, vat.size() - 1);
  int rest = WeightedSum(body, {1, 2, 3, 4, 5, 6, 7, 8, 9}) % 11;
  if (rest == 10) rest = WeightedSum(body, {3, 4, 5, 6, 7, 8, 9, 1, 2}) % 11 % 10;
  return ToDigit(rest) == vat.back();
}

// Companies begin with 4 to 9; others are the personal code of a taxable person.
Verdict FinishLatvianVat(Work& work) {
  const std::string_view vat = work.text();
  if (vat[0] <= '3') {
    return DeriveAs(work, "doc.lv.pk", vat) ? Valid() : Invalid("not a personal code");
  }
  const bool agrees = WeightedSum(vat, {9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1}) % 11 == 3;
  return agrees ? Valid() : Invalid(kCheckFails);
}

bool NorwegianOk(std::string_view vat) {
  return WeightedSum(vat.substr(0, 9), {3, 2, 7, 6, 5, 4, 3, 2, 1}) % 11 == 0;
}

// The organisation number; MVA behind it says that it is registered for VAT.
Verdict FinishNorwegianVat(Work& work) {
  if (work.text().size() > 9) work.Replace(work.text().substr(0, 9));
  return Valid();
}

// Organisation number, or personal number of a sole trader (its third digit is below 2), and a
// running number from 01 to 94.
Verdict FinishSwedishVat(Work& work) {
  const int running = TwoDigits(work.text(), 10);
  if (running < 1 || running > 94) return Invalid("no such running number", 10);
  const std::string_view holder = work.text().substr(0, 10);
  if (!LuhnOk(holder)) return Invalid(kCheckFails);
  if (holder == "0000000000") return Junk("all zeros");
  if (holder[2] >= '2') work.Derive("org.se.orgnr", holder);
  return Valid();
}

constexpr Kind kTaxNorthEuropeKinds[] = {
    {.name = "tax.dk.vat",
     .title = "Danish VAT number (CVR, SE)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "DK",
     .shape = "[1-9]N7",
     .check = {"weighted mod 11", DanishOk},
     .stands_for = "org.dk.cvr",
     .standard = "Erhvervsstyrelsen, CVR-loven",
     .bits = 23,
     .example = "DK 13585628"},
    {.name = "tax.ee.vat",
     .title = "Estonian VAT number (KMKR)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "EE",
     .shape = "N9",
     .check = {"3-7-1 mod 10", EstonianVatOk},
     .standard = "EMTA; käibemaksuseadus",
     .bits = 20,
     .example = "EE 100 931 558"},
    {.name = "tax.fi.vat",
     .title = "Finnish VAT number (ALV)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "FI",
     .shape = "N8",
     .check = {"weighted mod 11", FinnishOk},
     .stands_for = "org.fi.ytunnus",
     .standard = "PRH, yritys- ja yhteisötietolaki",
     .bits = 23,
     .example = "FI 20774740"},
    {.name = "tax.fo.vn",
     .title = "Faroese tax number (V-number)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "FO",
     .shape = "N6",
     .standard = "TAKS; OECD CRS TIN sheet",
     .bits = 18,
     .example = "623857"},
    {.name = "tax.is.vat",
     .title = "Icelandic VAT number (VSK)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "IS",
     .shape = "N5|N6",
     .standard = "Skatturinn; lög 50/1988",
     .bits = 17,
     .example = "IS 00621"},
    {.name = "tax.lt.vat",
     .title = "Lithuanian VAT number (PVM)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "LT",
     .shape = "N7'1'N|N10'1'N",
     .check = {"weighted mod 11, two rows", LithuanianOk},
     .standard = "VMI; PVM įstatymas",
     .bits = 26,
     .example = "LT 119511515"},
    {.name = "tax.lv.vat",
     .title = "Latvian VAT number (PVN)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "LV",
     .shape = "N11",
     .check = {"weighted mod 11"},
     .finish = FinishLatvianVat,
     .standard = "VID; PVN likums",
     .bits = 27,
     .example = "LV 4000 3521 600"},
    {.name = "tax.no.vat",
     .title = "Norwegian VAT number (organisation number with MVA)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "NO",
     .shape = "N9'MVA'|N9",
     .check = {"weighted mod 11", NorwegianOk},
     .finish = FinishNorwegianVat,
     .stands_for = "org.no.orgnr",
     .standard = "Enhetsregisterloven; Brønnøysundregistrene",
     .bits = 24,
     .example = "NO 995 525 828 MVA"},
    {.name = "tax.se.vat",
     .title = "Swedish VAT number",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "SE",
     .shape = "N12",
     .check = {"Luhn, of the first ten"},
     .finish = FinishSwedishVat,
     .standard = "Skatteverket; mervärdesskattelagen",
     .bits = 29,
     .example = "SE 556188840401"},
};

}  // namespace

std::span<const Kind> TaxNorthEuropeKinds() { return kTaxNorthEuropeKinds; }

}  // namespace revenant::kinds

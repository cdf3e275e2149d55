// Tax numbers of Africa, Asia and Oceania.

#include <algorithm>

#include "identifier/contained.h"
#include "identifier/countries.h"
#include "identifier/kinds/indonesia.h"
#include "identifier/table.h"

namespace revenant::kinds {
namespace {

// Persons use the number of their identity card.
Verdict FinishNifAngola(Work& work) {
  if (work.text().size() == 14) work.Derive("doc.ao.bi", work.text());
  return Valid();
}

// Nine digits; numbers from before 1996 have eight, with weights of their own or those of nine.
bool TfnOk(std::string_view tfn) {
  if (WeightedSum(tfn, {1, 4, 3, 7, 5, 8, 6, 9, 10}) % 11 == 0) return true;
  return tfn.size() == 8 && WeightedSum(tfn, {10, 7, 8, 4, 6, 3, 5, 1}) % 11 == 0;
}

// The ninth digit checks the eight in front; the tenth says person (2) or organisation (1).
bool VoenOk(std::string_view voen) {
  return WeightedSum(voen.substr(0, 8), {4, 1, 8, 6, 2, 7, 5, 3}) % 11 == DigitOf(voen[8]);
}

// A further five digits name a place of business.
Verdict FinishNifAlgeria(Work& work) {
  if (work.text().size() == 20) work.Derive("tax.dz.nif", work.text().substr(0, 15));
  return Valid();
}

bool TinGhanaOk(std::string_view tin) {
  if (tin.size() == 13) return true;  // FinishTinGhana says what is known of it
  const int check = WeightedSum(tin.substr(1, 9), {1, 2, 3, 4, 5, 6, 7, 8, 9}) % 11;
  return tin[10] == (check == 10 ? 'X' : ToDigit(check));
}

// Since April 2021 persons have the PIN of their Ghana Card, citizens' and foreigners', instead.
Verdict FinishTinGhana(Work& work) {
  if (work.text().size() != 13) return Valid();
  if (!DeriveAs(work, "doc.gh.card", work.text())) return Invalid("no number of a Ghana Card", 0);
  return Unverifiable("the check digit of a Ghana Card has no published rule");
}

// The state of the holder (GHA for citizens), nine digits, a check digit whose rule is not public.
Verdict FinishGhanaCard(Work& work) {
  return IsPassportState(work.text().substr(0, 3)) ? Valid() : Invalid("no such state", 0);
}

// The first nine digits of 15 are checked. Sixteen digits (since 2024) are the old number behind
// a zero, or a person's NIK, which has no check. Twenty-two (NITKU, since July 2024) are those
// sixteen and a place of business.
Verdict FinishNpwp(Work& work) {
  if (work.text().size() == 22) {
    const std::string_view place = work.text().substr(16);
    if (!DeriveAs(work, "tax.id.npwp", work.text().substr(0, 16))) {
      return Invalid("the sixteen digits in front are no NPWP", 0);
    }
    return place == "000000" ? Valid() : Unverifiable("a place of business has no check");
  }
  if (work.text().size() == 16 && work.text()[0] == '0') work.Replace(work.text().substr(1));
  if (work.text().size() == 16) {
    const Verdict nik = CheckNik(work.text());
    if (nik.status != Status::kValid) return nik;
    work.Derive("doc.id.nik", work.text());
    return Unverifiable("a NIK has no check");
  }
  return LuhnOk(work.text().substr(0, 9)) ? Valid() : Invalid(kCheckFails);
}

// State, PAN, number of the registration in the state, Z, check.
Verdict FinishGstin(Work& work) {
  const int state = TwoDigits(work.text(), 0);
  if (state == 0 || (state > 38 && state != 97 && state != 99)) return Invalid("no such state", 0);
  work.Derive("doc.in.pan", work.text().substr(2, 10));
  return Valid();
}

bool NuitOk(std::string_view nuit) {
  const int check = WeightedSum(nuit.substr(0, 8), {8, 9, 4, 5, 6, 7, 8, 9}) % 11;
  return DigitOf(nuit[8]) == (check == 10 ? 1 : check);
}

// A second row of weights where the first gives 10.
bool IrdOk(std::string_view ird) {
  const std::string_view body = ird.substr(0, 8);
  int check = (11 - WeightedSum(body, {3, 2, 7, 6, 5, 4, 3, 2}) % 11) % 11;
  if (check == 10) check = (11 - WeightedSum(body, {7, 4, 3, 2, 5, 2, 7, 6}) % 11) % 11;
  return DigitOf(ird[8]) == check;
}

Verdict FinishIrd(Work& work) {
  const int number = Number(work.text(), 0, 9);
  if (number < 10'000'000 || number > 150'000'000) return Invalid("outside the range issued", 0);
  if (work.text()[0] == '0') work.Replace(work.text().substr(1));
  return Valid();
}

// The eighth digit of an NTN is a check whose rule is not public, and often left out. Persons use
// the number of their identity card.
Verdict FinishNtn(Work& work) {
  if (work.text().size() == 8) work.Replace(work.text().substr(0, 7));
  if (work.text().size() == 13) work.Derive("doc.pk.cnic", work.text());
  return Valid();
}

// Seven digits, nine since 2015 (the old ones behind 00), then perhaps the COFI: tax status, tax
// centre, legal form.
bool NineaOk(std::string_view ninea) {
  const std::size_t size = ninea.size() < 9 || AllDigits(ninea) ? ninea.size() : ninea.size() - 3;
  return WeightedSumRight(ninea.substr(0, size), {1, 2}) % 10 == 0;
}

Verdict FinishNinea(Work& work) {
  const std::string_view text = work.text();
  if (AllDigits(text)) return Valid();
  char number[9] = {'0', '0'};
  const std::size_t size = text.size() - 3;
  std::ranges::copy(text.substr(0, size), number + (9 - size));
  work.Derive("tax.sn.ninea", {number, 9});
  return Valid();
}

bool Mod11_13Ok(std::string_view number) {
  const int sum = WeightedSum(number.substr(0, 12), {13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2});
  return DigitOf(number[12]) == (11 - sum % 11) % 10;
}

// Persons have the number of their identity card, companies that of their register.
Verdict FinishTinThailand(Work& work) {
  const char head = work.text()[0];
  if (head == '9') return Invalid("no such type", 0);
  work.Derive(head == '0' ? "org.th.moa" : "doc.th.pin", work.text());
  return Valid();
}

// Digits, a check letter, then perhaps VAT code, category and establishment.
Verdict FinishMatricule(Work& work) {
  char full[13] = {};
  const std::string_view text = work.text();
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == text.size()) return Invalid("the check letter is missing");
  const std::size_t zeros = 7 - digits;
  std::ranges::fill_n(full, static_cast<std::ptrdiff_t>(zeros), '0');
  std::ranges::copy(text, full + zeros);
  work.Replace({full, text.size() + zeros});
  const std::string_view number = work.text();
  const int sum = WeightedSum(number.substr(0, 7), {7, 6, 5, 4, 3, 2, 1});
  if (sum == 0) return Junk("a number of zeros");
  if (number.size() > 8) {
    if (number.substr(10) != "000" && number[9] != 'E') return Invalid("no such establishment");
    work.Derive("tax.tn.mf", number.substr(0, 8));
  }
  // The rule is not published, and a number or two in use do not follow it.
  const bool agrees = number[7] == "ABCDEFGHJKLMNPQRSTVWXYZ"[sum % 23];
  return agrees ? Valid() : Unverifiable(kCheckFails);
}

bool MstOk(std::string_view mst) {
  if (mst.size() == 12) return true;  // a person's, without check
  const int sum = WeightedSum(mst.substr(0, 9), {31, 29, 23, 19, 17, 13, 7, 5, 3});
  return DigitOf(mst[9]) == 10 - sum % 11;
}

Verdict FinishMst(Work& work) {
  const std::string_view mst = work.text();
  // Since 1 July 2025 persons and households have their 12-digit identity number.
  if (mst.size() == 12) {
    if (!DeriveAs(work, "doc.vn.cccd", mst)) return Invalid("no such province", 0);
    return Unverifiable("an identity number has no check");
  }
  if (mst.substr(2, 7) == "0000000") return Invalid("no such serial number", 2);
  if (mst.size() == 10) return Valid();
  if (mst.ends_with("000")) return Invalid("no such branch", 10);
  work.Derive("tax.vn.mst", mst.substr(0, 10));
  return Valid();
}

constexpr Kind kTaxAfricaAsiaKinds[] = {
    {.name = "tax.ao.nif",
     .title = "Angolan tax number (NIF)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "N10|N9A2N3",
     .finish = FinishNifAngola,
     .standard = "AGT, Decreto Presidencial 245/21",
     .bits = 27,
     .example = "5001191020"},
    {.name = "tax.au.tfn",
     .title = "Australian tax file number (TFN)",
     .traits = kPersonTax.SharedBy(50),
     .text = kPunctuated,
     .shape = "N9|N8",
     .check = {"weighted mod 11", TfnOk},
     .standard = "Income Tax Assessment Act 1936, part VA",
     .bits = 26,
     .example = "123 456 782"},
    {.name = "tax.az.voen",
     .title = "Azerbaijani tax number (VÖEN)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .pad = {9, 10},
     .shape = "N9[12]",
     .check = {"weighted mod 11", VoenOk},
     .standard = "State Tax Service of Azerbaijan, Tax Code art. 33",
     .bits = 26,
     .example = "140 155 5071"},
    {.name = "tax.dz.nif",
     .title = "Algerian tax number (NIF)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "N15|N20",
     .finish = FinishNifAlgeria,
     .standard = "Ministry of Finance of Algeria, NIF",
     .bits = 32,
     .example = "416001000000007"},
    {.name = "tax.eg.tn",
     .title = "Egyptian tax number",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "N9",
     .standard = "Egyptian Tax Authority, Law 206/2020",
     .bits = 26,
     .example = "100-531-385"},
    {.name = "tax.gh.tin",
     .title = "Ghanaian tax number (TIN)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "[PCGQV]'00'N7[0-9X]|A3N10",
     .check = {"weighted mod 11", TinGhanaOk},
     .finish = FinishTinGhana,
     .standard = "Revenue Administration Act 915; GRA, Ghana Card PIN as TIN (April 2021)",
     .bits = 24,
     .example = "C0012345679"},
    {.name = "doc.gh.card",
     .title = "Ghanaian national identity card (Ghana Card PIN)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "A3N10",
     .finish = FinishGhanaCard,
     .standard = "National Identification Authority, Act 707",
     .bits = 28,
     .example = "GHA-712345678-9"},
    {.name = "tax.gn.nifp",
     .title = "Guinean tax number (NIFp)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "N9",
     .check = kLuhn,
     .standard = "Direction nationale des impôts de Guinée",
     .bits = 26,
     .example = "123-456-782"},
    {.name = "tax.id.npwp",
     .title = "Indonesian tax number (NPWP)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "N15|N16|N22",
     .check = {"Luhn"},
     .finish = FinishNpwp,
     .standard = "Directorate General of Taxes, PMK 112/2022, PER-6/PJ/2024 (NITKU)",
     .bits = 32,
     .example = "01.234.567.4-012.000"},
    {.name = "tax.in.gstin",
     .title = "Indian goods and services tax number (GSTIN)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "N2A3[ABCEFGHJKLPT]AN4A[1-9A-Z]'Z'X",
     .check = {"Luhn mod 36", Luhn36Ok},
     .finish = FinishGstin,
     .standard = "CGST Rules 2017, rule 10",
     .bits = 40,
     .example = "27AAPFU0939F1ZV"},
    {.name = "tax.ke.pin",
     .title = "Kenyan tax number (PIN)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "[AP]N9A",
     .standard = "Kenya Revenue Authority, Tax Procedures Act 2015",
     .bits = 30,
     .example = "P051365947M"},
    {.name = "tax.mz.nuit",
     .title = "Mozambican tax number (NUIT)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "N9",
     .check = {"weighted mod 11", NuitOk},
     .standard = "Autoridade Tributária, Decreto 52/2003",
     .bits = 25,
     .example = "400 339 910"},
    {.name = "tax.nz.ird",
     .title = "New Zealand tax number (IRD)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "NZ",
     .pad = {8, 9},
     .shape = "N9",
     .check = {"weighted mod 11, two rows", IrdOk},
     .finish = FinishIrd,
     .standard = "Inland Revenue, RWT/NRWT certificate specification",
     .bits = 23,
     .example = "123-456-785"},
    {.name = "tax.om.vat",
     .title = "Omani VAT number",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "OM",
     .shape = "'1'N9",
     .standard = "Oman Tax Authority, Royal Decree 121/2020",
     .bits = 20,
     .example = "OM1100000300"},
    {.name = "tax.pk.ntn",
     .title = "Pakistani tax number (NTN)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "N7|N8|[1-8]N11[1-9]",
     .finish = FinishNtn,
     .standard = "Federal Board of Revenue, Income Tax Rules 2002",
     .bits = 22,
     .example = "1334567-8"},
    {.name = "tax.sn.ninea",
     .title = "Senegalese business number (NINEA)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .pad = {7, 9},
     .shape = "N9|N7[0-2][A-HJ-NP-WZ]N|N9[0-2][A-HJ-NP-WZ]N",
     .check = {"weighted mod 10", NineaOk},
     .finish = FinishNinea,
     .standard = "ANSD, Décret 2012-886",
     .bits = 23,
     .example = "306 7221"},
    {.name = "tax.th.tin",
     .title = "Thai tax number",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "N13",
     .check = {"weighted mod 11", Mod11_13Ok},
     .finish = FinishTinThailand,
     .standard = "Revenue Department of Thailand",
     .bits = 34,
     .example = "0-1055-59123-45-4"},
    {.name = "tax.tn.mf",
     .title = "Tunisian tax number (matricule fiscal)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "N2-7[A-HJ-NP-TV-Z]|N2-7[A-HJ-NP-TV-Z][APBDN][MPCNE]N3",
     .check = {"weighted mod 23"},
     .finish = FinishMatricule,
     .standard = "Ministry of Finance of Tunisia",
     .bits = 22,
     .example = "1234567/R/A/M/000"},
    {.name = "tax.vn.mst",
     .title = "Vietnamese tax number (MST)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "N10|N12|N13",
     .check = {"weighted mod 11", MstOk},
     .finish = FinishMst,
     .standard = "Circular 86/2024/TT-BTC (identity number as tax code)",
     .bits = 26,
     .example = "0101234565"},
    {.name = "tax.za.tin",
     .title = "South African tax reference number",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "[01239]N9",
     .check = kLuhn,
     .standard = "SARS, Tax Administration Act 28 of 2011",
     .bits = 26,
     .example = "0123456782"},
    {.name = "tax.za.vat",
     .title = "South African VAT number",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "'4'N9",
     .check = kLuhn,
     .standard = "SARS, VAT Act 89 of 1991",
     .bits = 22,
     .example = "4123456784"},
};

}  // namespace

std::span<const Kind> TaxAfricaAsiaKinds() { return kTaxAfricaAsiaKinds; }

}  // namespace revenant::kinds

// Tax numbers of eastern Europe: Belarus, Bulgaria, Czechia, Hungary, Poland, Romania, Russia,
// Slovakia, Ukraine.

#include "identifier/contained.h"
#include "identifier/table.h"

namespace revenant::kinds {
namespace {

// Persons have two letters in front; the second counts by its place among ten.
bool BelarusianOk(std::string_view unp) {
  const int second = IsDigit(unp[1])
                         ? DigitOf(unp[1])
                         : static_cast<int>(std::string_view("ABCEHKMOPT").find(unp[1]));
  const int sum =
      29 * Base36(unp[0]) + 23 * second + WeightedSum(unp.substr(2, 6), {19, 17, 13, 7, 5, 3});
  return sum % 11 == DigitOf(unp[8]);
}

bool BulgarianCompanyOk(std::string_view eik) {
  const std::string_view body = eik.substr(0, 8);
  int rest = WeightedSum(body, {1, 2, 3, 4, 5, 6, 7, 8}) % 11;
  if (rest == 10) rest = WeightedSum(body, {3, 4, 5, 6, 7, 8, 9, 10}) % 11 % 10;
  return rest == DigitOf(eik[8]);
}

// Nine digits: a company. Ten: a citizen's or foreigner's personal number, or a number that the tax
// office gave.
Verdict FinishBulgarianVat(Work& work) {
  const std::string_view vat = work.text();
  if (vat.size() == 9) return BulgarianCompanyOk(vat) ? Valid() : Invalid(kCheckFails);
  if (DeriveAs(work, "doc.bg.egn", vat) || DeriveAs(work, "doc.bg.pnf", vat)) return Valid();
  const bool other = WeightedSum(vat, {4, 3, 2, 7, 6, 5, 4, 3, 2, 1}) % 11 == 0;
  return other ? Valid() : Invalid(kCheckFails);
}

bool CzechCompanyOk(std::string_view ico) {
  const int rest = WeightedSum(ico.substr(0, 7), {8, 7, 6, 5, 4, 3, 2}) % 11;
  return (11 - rest) % 10 == DigitOf(ico[7]);
}

// Nine digits with 6 in front: a person without a birth number. The 6 does not count.
bool CzechOtherOk(std::string_view dic) {
  const int rest = WeightedSum(dic.substr(1, 7), {8, 7, 6, 5, 4, 3, 2}) % 11;
  return (18 - (21 - rest) % 11) % 10 == DigitOf(dic[8]);
}

Verdict FinishCzechVat(Work& work) {
  const std::string_view dic = work.text();
  if (dic.size() == 8) {
    if (dic[0] == '9' || !CzechCompanyOk(dic)) return Invalid(kCheckFails);
    work.Derive("org.cz.ico", dic);
    return Valid();
  }
  if (dic.size() == 9 && dic[0] == '6') {
    return CzechOtherOk(dic) ? Valid() : Invalid(kCheckFails);
  }
  return DeriveAs(work, "doc.cz.rc", dic) ? Valid() : Invalid("not a birth number");
}

bool HungarianVatOk(std::string_view vat) {
  return WeightedSum(vat.substr(0, 8), {9, 7, 3, 1}) % 10 == 0;
}

// The full number has a digit for the kind of taxation and two for the county behind it; both may
// change.
Verdict FinishHungarianVat(Work& work) {
  if (work.text().size() > 8) work.Replace(work.text().substr(0, 8));
  return Valid();
}

bool HungarianPersonOk(std::string_view tin) {
  return WeightedSum(tin.substr(0, 9), {1, 2, 3, 4, 5, 6, 7, 8, 9}) % 11 == DigitOf(tin[9]);
}

bool PolishOk(std::string_view nip) {
  return WeightedSum(nip.substr(0, 9), {6, 5, 7, 2, 3, 4, 5, 6, 7}) % 11 == DigitOf(nip[9]);
}

// Thirteen digits: the personal number of a person (CNP).
Verdict FinishRomanian(Work& work) {
  const std::string_view cui = work.text();
  if (cui.size() == 13) {
    return DeriveAs(work, "doc.ro.cnp", cui) ? Valid() : Invalid("not a personal number");
  }
  const std::string_view body = cui.substr(0, cui.size() - 1);
  const int rest = 10 * WeightedSumRight(body, {2, 3, 5, 7, 1, 2, 3, 5, 7}) % 11 % 10;
  return rest == DigitOf(cui.back()) ? Valid() : Invalid(kCheckFails);
}

// Ten digits for organisations, twelve with two check digits for persons.
bool RussianOk(std::string_view inn) {
  if (inn.size() == 10) {
    return WeightedSum(inn.substr(0, 9), {2, 4, 10, 3, 5, 9, 4, 6, 8}) % 11 % 10 == DigitOf(inn[9]);
  }
  return WeightedSum(inn.substr(0, 10), {7, 2, 4, 10, 3, 5, 9, 4, 6, 8}) % 11 % 10 ==
             DigitOf(inn[10]) &&
         WeightedSum(inn.substr(0, 11), {3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8}) % 11 % 10 ==
             DigitOf(inn[11]);
}

// Few persons' numbers are their birth number, which is divisible by 11 too.
Verdict FinishSlovakVat(Work& work) {
  const std::string_view vat = work.text();
  const bool issued = vat[0] != '0' && std::string_view("234789").find(vat[2]) != vat.npos;
  if (issued && ModDigits(vat, 11) == 0) return Valid();
  return DeriveAs(work, "doc.sk.rc", vat) ? Valid() : Invalid(kCheckFails);
}

bool UkrainianOk(std::string_view rntrc) {
  // 110 keeps the sum positive.
  const int sum =
      110 + WeightedSum(rntrc.substr(1, 8), {5, 7, 9, 4, 6, 10, 5, 7}) - DigitOf(rntrc[0]);
  return sum % 11 % 10 == DigitOf(rntrc[9]);
}

constexpr Kind kTaxEastEuropeKinds[] = {
    {.name = "tax.bg.vat",
     .title = "Bulgarian VAT number (EIK, or of a person)",
     .traits = kCompanyTax,
     .text = kPunctuated.After("ЕИК|еик"),
     .prefix = "BG|EIK",
     .shape = "N9|N10",
     .check = {"weighted mod 11"},
     .finish = FinishBulgarianVat,
     .standard = "NRA; ZDDS, art. 94",
     .bits = 27,
     .example = "BG 175 074 752"},
    {.name = "tax.by.unp",
     .title = "Belarusian tax number (UNP)",
     .traits = kCompanyTax,
     .text = kPunctuated.After("УНП|унп"),
     .prefix = "UNP|BY",
     .shape = "[1-7]N8|[ABCEHKM][ABCEHKMOPT]N7",
     .check = {"weighted mod 11", BelarusianOk},
     .standard = "MNS; decree 1999/4",
     .bits = 26,
     .example = "200988541"},
    {.name = "tax.cz.vat",
     .title = "Czech VAT number (DIČ)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "CZ",
     .shape = "N8-10",
     .check = {"weighted mod 11"},
     .finish = FinishCzechVat,
     .standard = "Finanční správa; daňový řád, par. 130",
     .bits = 28,
     .example = "CZ 25123891"},
    {.name = "tax.hu.vat",
     .title = "Hungarian VAT number (ANUM, first part of the adószám)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "HU",
     .shape = "N8|N8[1-5]N2",
     .check = {"9-7-3-1 mod 10", HungarianVatOk},
     .finish = FinishHungarianVat,
     .standard = "NAV; 2017. évi CL. törvény",
     .bits = 23,
     .example = "HU 12892312"},
    {.name = "tax.hu.tin",
     .title = "Hungarian tax number of a person (adóazonosító jel)",
     .traits = kPersonTax,
     .text = kPunctuated,
     .shape = "'8'N9",
     .check = {"weighted mod 11", HungarianPersonOk},
     .standard = "NAV; DG TAXUD, TIN algorithms",
     .bits = 25,
     .example = "8200123456"},
    {.name = "tax.pl.vat",
     .title = "Polish tax number (NIP)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "PL|NIP",
     .shape = "N10",
     .check = {"weighted mod 11", PolishOk},
     .standard = "KAS; ustawa o NIP z 1995 r.",
     .bits = 29,
     .example = "PL 856-734-62-15"},
    {.name = "tax.ro.cui",
     .title = "Romanian fiscal code (CUI, CIF)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "RO",
     .shape = "[1-9]N1-9|[1-9]N12",
     .check = {"weighted mod 11"},
     .finish = FinishRomanian,
     .standard = "ANAF; Codul de procedură fiscală",
     .bits = 25,
     .example = "RO 185 472 90"},
    {.name = "tax.ro.vat",
     .title = "Romanian VAT number",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "RO",
     .shape = "[1-9]N1-9|[1-9]N12",
     .check = {"weighted mod 11"},
     .finish = FinishRomanian,
     .stands_for = "tax.ro.cui",
     .standard = "ANAF; Codul fiscal, art. 316",
     .bits = 25,
     .example = "RO 185 472 90"},
    {.name = "tax.ru.inn",
     .title = "Russian tax number (INN)",
     .traits = kCompanyTax,
     .text = kPunctuated.After("ИНН|инн"),
     .prefix = "RU|INN",
     .shape = "N10|N12",
     .check = {"weighted mod 11", RussianOk},
     .standard = "FNS, order MMV-7-6/435",
     .bits = 29,
     .example = "7707083893"},
    {.name = "tax.sk.vat",
     .title = "Slovak VAT number (IČ DPH)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "SK",
     .shape = "N10",
     .check = {"mod 11"},
     .finish = FinishSlovakVat,
     .standard = "Finančná správa; zákon 222/2004",
     .bits = 28,
     .example = "SK 202 274 96 19"},
    {.name = "tax.ua.rntrc",
     .title = "Ukrainian tax number of a person (RNTRC, RNOKPP)",
     .traits = kPersonTax,
     .text = kPunctuated.After("РНОКПП|рнокпп|ІПН|іпн|ИНН|инн"),
     .shape = "N10",
     .check = {"weighted mod 11", UkrainianOk},
     .standard = "DPS; order 822/2017",
     .bits = 27,
     .example = "2925100013"},
};

}  // namespace

std::span<const Kind> TaxEastEuropeKinds() { return kTaxEastEuropeKinds; }

}  // namespace revenant::kinds

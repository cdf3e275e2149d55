// Tax numbers of Latin America (Brazil and Mexico have a file of their own).

#include <algorithm>
#include <array>

#include "identifier/table.h"

namespace revenant::kinds {
namespace {

// Drops leading zeros as long as `least` characters remain.
std::string_view WithoutZeros(std::string_view digits, std::size_t least) {
  while (digits.size() > least && digits[0] == '0') digits.remove_prefix(1);
  return digits;
}

// Numbers that are checked from the right: leading zeros come and go. `kLeast` is the shape's
// shortest.
template <std::size_t kLeast>
Verdict FinishUnpadded(Work& work) {
  const std::string_view bare = WithoutZeros(work.text(), kLeast);
  if (bare.find_first_not_of('0') == std::string_view::npos) return Junk("a number of zeros");
  work.Replace(bare);
  return Valid();
}

// AFIP gives 9 where the check would be 10.
bool CuitOk(std::string_view cuit) {
  const int check =
      (11 - WeightedSum(cuit.substr(0, 10), {5, 4, 3, 2, 7, 6, 5, 4, 3, 2}) % 11) % 11;
  return DigitOf(cuit[10]) == std::min(check, 9);
}

// Persons have their DNI in the middle.
Verdict FinishCuit(Work& work) {
  constexpr std::uint8_t kTypes[] = {20, 23, 24, 25, 26, 27, 30, 33, 34, 50, 51, 55};
  const int type = TwoDigits(work.text(), 0);
  if (!std::ranges::binary_search(kTypes, type)) return Invalid("no such type of taxpayer", 0);
  // "CUIT país": one for all foreign persons, companies or others of a country.
  if (type >= 50) return Junk("one number for all foreigners of a country");
  if (type < 30) {
    const std::string_view dni = WithoutZeros(work.text().substr(2, 8), 7);
    if (dni[0] != '0') work.Derive("doc.ar.dni", dni);
  }
  return Valid();
}

bool RutOk(std::string_view rut) {
  const std::string_view body = rut.substr(0, rut.size() - 1);
  const int check = (11 - WeightedSumRight(body, {2, 3, 4, 5, 6, 7}) % 11) % 11;
  return rut.back() == (check == 10 ? 'K' : ToDigit(check));
}

bool NitColombiaOk(std::string_view nit) {
  const int rest = WeightedSumRight(nit.substr(0, nit.size() - 1),
                                    {3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71}) %
                   11;
  return DigitOf(nit.back()) == (rest < 2 ? rest : 11 - rest);
}

// Numbers that the tax office lists though they fail their own check.
constexpr std::string_view kRncExceptions[] = {
    "101581601", "101582245", "101595422", "101595785", "131188691", "401007374",
    "501341601", "501378067", "501620371", "501651319", "501651823", "501651845",
    "501651926", "501656006", "501658167", "501670785", "501676936", "501680158",
    "504654542", "504680029", "504681442", "505038691"};
static_assert(std::ranges::is_sorted(kRncExceptions));

// Persons use the number of their identity card.
bool RncOk(std::string_view rnc) {
  if (rnc.size() == 11) return LuhnOk(rnc);
  const int sum = WeightedSum(rnc.substr(0, 8), {7, 9, 8, 6, 5, 4, 3, 2});
  return DigitOf(rnc[8]) == (10 - sum % 11 + 9) % 9 + 1 ||
         std::ranges::binary_search(kRncExceptions, rnc);
}

Verdict FinishRnc(Work& work) {
  if (work.text().size() == 11) work.Derive("doc.do.cedula", work.text());
  return Valid();
}

bool IsEcuadorProvince(int province) {
  return (province >= 1 && province <= 24) || province == 30 || province == 50;
}

// The third digit tells persons (0 to 5), public bodies (6, some persons too) and companies (9)
// apart; each has its own weights and its own length of the number of the establishment.
bool RucEcuadorOk(std::string_view ruc) {
  const auto person = [ruc] {
    int sum = 0;
    for (std::size_t i = 0; i < 10; ++i) {
      const int product = DigitOf(ruc[i]) * (i % 2 == 0 ? 2 : 1);
      sum += product > 9 ? product - 9 : product;
    }
    return sum % 10 == 0;
  };
  const auto body = [ruc] {
    return WeightedSum(ruc.substr(0, 9), {3, 2, 7, 6, 5, 4, 3, 2, 1}) % 11 == 0;
  };
  if (ruc[2] < '6') return person();
  if (ruc[2] == '6') return body() || person();
  return ruc[2] == '9' && WeightedSum(ruc.substr(0, 10), {4, 3, 2, 7, 6, 5, 4, 3, 2, 1}) % 11 == 0;
}

Verdict FinishRucEcuador(Work& work) {
  const std::string_view ruc = work.text();
  if (!IsEcuadorProvince(TwoDigits(ruc, 0))) return Invalid("no such province", 0);
  const bool none = ruc.ends_with("000") && (ruc[2] != '6' || ruc[9] == '0');
  if (none) return Invalid("no such establishment", 10);
  if (!RucEcuadorOk(ruc)) {
    // SRI: the number of a company is not made by any check digit algorithm.
    return ruc[2] == '9' ? Unverifiable("companies' numbers need not have a check digit")
                         : Invalid(kCheckFails);
  }
  if (ruc[2] < '6') work.Derive("doc.ec.ci", ruc.substr(0, 10));
  return Valid();
}

bool NitGuatemalaOk(std::string_view nit) {
  const std::string_view body = nit.substr(0, nit.size() - 1);
  const int check =
      (11 - WeightedSumRight(body, {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}) % 11) % 11;
  return nit.back() == (check == 10 ? 'K' : ToDigit(check));
}

bool RucPeruOk(std::string_view ruc) {
  const int rest = WeightedSum(ruc.substr(0, 10), {5, 4, 3, 2, 7, 6, 5, 4, 3, 2}) % 11;
  return DigitOf(ruc[10]) == (11 - rest) % 10;
}

// Type 10 holds the person's DNI.
Verdict FinishRucPeru(Work& work) {
  if (work.text().starts_with("10")) work.Derive("doc.pe.cui", work.text().substr(2, 8));
  return Valid();
}

bool RucParaguayOk(std::string_view ruc) {
  const int rest =
      WeightedSumRight(ruc.substr(0, ruc.size() - 1), {2, 3, 4, 5, 6, 7, 8, 9, 10}) % 11;
  return DigitOf(ruc.back()) == (11 - rest) % 11 % 10;
}

// A person's number is the identity card's and a check; companies start at 80 million.
Verdict FinishRucParaguay(Work& work) {
  const Verdict verdict = FinishUnpadded<4>(work);
  const std::string_view body = work.text().substr(0, work.text().size() - 1);
  const bool card = body.size() >= 5 && body.size() <= 7 && body[0] != '0';
  if (card) work.Derive("doc.py.cedula", body);
  return verdict;
}

// Since 2022 persons have the number of their identity card (DUI) instead.
Verdict FinishNitSalvador(Work& work) {
  if (work.text().size() == 9) work.Derive("doc.sv.dui", work.text());
  return Valid();
}

bool DuiOk(std::string_view dui) {
  const int sum = WeightedSum(dui.substr(0, 8), {9, 8, 7, 6, 5, 4, 3, 2});
  return DigitOf(dui[8]) == (10 - sum % 10) % 10;
}

// Numbers up to 100 of a place and day follow the older rule.
bool NitSalvadorOk(std::string_view nit) {
  if (nit.size() == 9) return DuiOk(nit);
  const std::string_view body = nit.substr(0, 13);
  if (body.substr(10) <= "100") {
    const int sum = WeightedSum(body, {14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2});
    return DigitOf(nit[13]) == sum % 11 % 10;
  }
  const int sum = WeightedSum(body, {2, 7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2});
  return DigitOf(nit[13]) == (11 - sum % 11) % 11 % 10;
}

bool RutUruguayOk(std::string_view rut) {
  const int rest = WeightedSum(rut.substr(0, 11), {4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2}) % 11;
  return DigitOf(rut[11]) == (11 - rest) % 11;
}

Verdict FinishRutUruguay(Work& work) {
  const std::string_view rut = work.text();
  const int type = TwoDigits(rut, 0);
  if (type < 1 || type > 22) return Invalid("no such type", 0);
  if (rut.substr(2, 6) == "000000") return Invalid("no such serial number", 2);
  if (rut.substr(8, 3) != "001") return Invalid("the ninth to eleventh digit are not 001", 8);
  return Valid();
}

bool RifOk(std::string_view rif) {
  const int type = static_cast<int>(std::string_view("VEJPG").find(rif[0])) * 4 + 4;
  const int rest = (type + WeightedSum(rif.substr(1, 8), {3, 2, 7, 6, 5, 4, 3, 2})) % 11;
  return DigitOf(rif[9]) == (rest < 2 ? 0 : 11 - rest);
}

constexpr Kind kTaxLatinAmericaKinds[] = {
    {.name = "doc.sv.dui",
     .title = "Salvadoran identity card (DUI)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .prefix = "SV|DUI",
     .shape = "N9",
     .check = {"weighted mod 10", DuiOk},
     .standard = "RNPN, Ley Especial Reguladora de la Emision del DUI",
     .bits = 25,
     .example = "00016297-5"},
    {.name = "tax.ai.tin",
     .title = "Anguillan tax number",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "[12]N9",
     .standard = "OECD CRS, Anguilla",
     .bits = 17,
     .example = "12346-67890"},
    {.name = "tax.ar.cuit",
     .title = "Argentine tax number (CUIT, CUIL)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "N11",
     .check = {"weighted mod 11", CuitOk},
     .finish = FinishCuit,
     .aliases = "tax.ar.cuil",
     .standard = "AFIP, RG 10/97",
     .bits = 27,
     .example = "30-12345678-1"},
    {.name = "tax.bz.tin",
     .title = "Belizean tax number",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "N6'10'|N6'13'|N6'66'",
     .standard = "OECD CRS, Belize",
     .bits = 18,
     .example = "123456-13"},
    {.name = "tax.cl.rut",
     .title = "Chilean tax number (RUT, RUN)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "N5-8'K'|N6-9",
     .check = {"weighted mod 11", RutOk},
     .finish = FinishUnpadded<6>,
     .aliases = "doc.cl.run",
     .standard = "DFL 3 of 1969, SII",
     .bits = 25,
     .example = "76.123.456-0"},
    {.name = "tax.co.nit",
     .title = "Colombian tax number (NIT)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "N8-16",
     .check = {"primes mod 11", NitColombiaOk},
     .finish = FinishUnpadded<8>,
     .standard = "DIAN, Orden Administrativa 4 of 1989",
     .bits = 30,
     .example = "900.123.456-8"},
    {.name = "tax.do.rnc",
     .title = "Dominican tax number (RNC)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "N9|N11",
     .check = {"weighted mod 11, or Luhn", RncOk},
     .finish = FinishRnc,
     .standard = "DGII",
     .bits = 20,
     .example = "1-01-23456-3"},
    {.name = "tax.ec.ruc",
     .title = "Ecuadorian tax number (RUC)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "N13",
     .check = {"Luhn-like or weighted mod 11"},
     .finish = FinishRucEcuador,
     .standard = "SRI, Ley del RUC; SRI on companies' numbers, 2024",
     .bits = 24,
     .example = "1790123456001"},
    {.name = "tax.gt.nit",
     .title = "Guatemalan tax number (NIT)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "N1-11'K'|N2-12",
     .check = {"weighted mod 11", NitGuatemalaOk},
     .finish = FinishUnpadded<2>,
     .standard = "SAT de Guatemala",
     .bits = 25,
     .example = "1234567-9"},
    {.name = "tax.pe.ruc",
     .title = "Peruvian tax number (RUC)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "'1'[0567]N9|'20'N9",
     .check = {"weighted mod 11", RucPeruOk},
     .finish = FinishRucPeru,
     .standard = "SUNAT, DL 943",
     .bits = 27,
     .example = "20123456786"},
    {.name = "tax.py.ruc",
     .title = "Paraguayan tax number (RUC)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "N4-9",
     .check = {"weighted mod 11", RucParaguayOk},
     .finish = FinishRucParaguay,
     .standard = "DNIT (SET), Ley 1352",
     .bits = 24,
     .example = "8012345-7"},
    {.name = "tax.sv.nit",
     .title = "Salvadoran tax number (NIT)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "SV",
     .shape = "[019]N13|N9",
     .check = {"weighted mod 11, or mod 10 of a DUI", NitSalvadorOk},
     .finish = FinishNitSalvador,
     .standard = "Ministerio de Hacienda de El Salvador; Decreto 253/2021 (DUI as NIT)",
     .bits = 30,
     .example = "0614-010190-101-5"},
    {.name = "tax.uy.rut",
     .title = "Uruguayan tax number (RUT)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "UY",
     .shape = "N12",
     .check = {"weighted mod 11", RutUruguayOk},
     .finish = FinishRutUruguay,
     .standard = "DGI, Decreto 597/988",
     .bits = 24,
     .example = "21-123456-001-9"},
    {.name = "tax.ve.rif",
     .title = "Venezuelan tax number (RIF)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "[VEJPG]N9",
     .check = {"weighted mod 11", RifOk},
     .standard = "SENIAT, Providencia 0048",
     .bits = 27,
     .example = "J-12345678-4"},
};

}  // namespace

std::span<const Kind> TaxLatinAmericaKinds() { return kTaxLatinAmericaKinds; }

}  // namespace revenant::kinds

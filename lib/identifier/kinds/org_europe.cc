// Registers of companies in Europe. France has a file of its own, German registers too.

#include <algorithm>
#include <array>

#include "identifier/kinds/spain.h"
#include "identifier/table.h"

namespace revenant::kinds {
namespace {

// The check letter of an Austrian register number, over six digits.
bool FnOk(std::string_view fn) {
  const int sum = WeightedSum(fn.substr(0, 6), {6, 4, 14, 15, 10, 1});
  return fn[6] == "ABDFGHIKMPSTVWXYZ"[sum % 17];
}

// The register prints no leading zeros; the check counts them.
Verdict FinishFn(Work& work) {
  std::array<char, 7> full;
  full.fill('0');
  std::ranges::copy_backward(work.text(), full.end());
  if (!FnOk({full.data(), full.size()})) return Invalid(kCheckFails);
  const std::string_view fn(full.data(), full.size());
  const std::size_t first = fn.find_first_not_of('0');
  if (first == 6) return Junk("a number of zeros");
  work.Replace(fn.substr(first));
  return Valid();
}

bool UidOk(std::string_view uid) {
  const std::string_view digits = uid.substr(uid.size() - 9);
  return WeightedSum(digits, {5, 4, 3, 2, 7, 6, 5, 4, 1}) % 11 == 0;
}

Verdict FinishUid(Work& work) {
  if (work.text().size() == 12) return Valid();
  std::array<char, 12> full = {'C', 'H', 'E'};
  std::ranges::copy(work.text(), full.begin() + 3);
  work.Replace({full.data(), full.size()});
  return Valid();
}

bool IcoOk(std::string_view ico) {
  const int rest = WeightedSum(ico.substr(0, 7), {8, 7, 6, 5, 4, 3, 2}) % 11;
  return DigitOf(ico[7]) == (11 - rest) % 10;
}

bool CvrOk(std::string_view cvr) { return WeightedSum(cvr, {2, 7, 6, 5, 4, 3, 2, 1}) % 11 == 0; }

// Two rows of weights: the second where the first gives 10.
bool EstoniaOk(std::string_view code) {
  int check = WeightedSum(code.substr(0, 7), {1, 2, 3, 4, 5, 6, 7}) % 11;
  if (check == 10) check = WeightedSum(code.substr(0, 7), {3, 4, 5, 6, 7, 8, 9}) % 11 % 10;
  return DigitOf(code[7]) == check;
}

bool YtunnusOk(std::string_view id) { return WeightedSum(id, {7, 9, 10, 5, 8, 4, 2, 1}) % 11 == 0; }

bool Mod731Ok(std::string_view number) {
  const std::string_view body = number.substr(0, number.size() - 1);
  return WeightedSum(body, {7, 3, 1}) % 10 == DigitOf(number.back());
}

bool OrgnrOk(std::string_view number) {
  return WeightedSum(number, {3, 2, 7, 6, 5, 4, 3, 2, 1}) % 11 == 0;
}

// A local unit has five more digits, checked over the whole; its body stands in front.
bool RegonOk(std::string_view regon) {
  const std::string_view body = regon.substr(0, 9);
  const auto agrees = [](int sum, char digit) { return sum % 11 % 10 == DigitOf(digit); };
  if (!agrees(WeightedSum(body.substr(0, 8), {8, 9, 2, 3, 4, 5, 6, 7}), body[8])) return false;
  return regon.size() == 9 ||
         agrees(WeightedSum(regon.substr(0, 13), {2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8}),
                regon[13]);
}

Verdict FinishRegon(Work& work) {
  if (work.text().size() == 14) work.Derive("org.pl.regon", work.text().substr(0, 9));
  return Valid();
}

// 13 digits for companies (modulo 11), 15 for entrepreneurs (modulo 13).
bool OgrnOk(std::string_view ogrn) {
  const std::size_t body = ogrn.size() - 1;
  const std::int64_t rest = ModDigits(ogrn.substr(0, body), body == 12 ? 11 : 13);
  return rest % 10 == DigitOf(ogrn[body]);
}

// Seven digits of the body, then perhaps three of its unit; unit 000 is the body itself.
bool MaticnaOk(std::string_view number) {
  const int rest = WeightedSum(number.substr(0, 6), {7, 6, 5, 4, 3, 2}) % 11;
  return rest != 0 && DigitOf(number[6]) == (11 - rest) % 10;
}

Verdict FinishMaticna(Work& work) {
  if (work.text().size() == 7) return Valid();
  if (work.text().ends_with("000")) {
    work.Replace(work.text().substr(0, 7));
  } else {
    work.Derive("org.si.maticna", work.text().substr(0, 7));
  }
  return Valid();
}

// The weights start elsewhere for numbers between 30000000 and 60000000, and each is raised by two
// where the check would be 10.
bool EdrpouOk(std::string_view code) {
  const std::string_view body = code.substr(0, 7);
  const bool middle = code[0] >= '3' && code[0] <= '5';
  int check = (middle ? WeightedSum(body, {7, 1, 2, 3, 4, 5, 6})
                      : WeightedSum(body, {1, 2, 3, 4, 5, 6, 7})) %
              11;
  if (check == 10) {
    check = (middle ? WeightedSum(body, {9, 3, 4, 5, 6, 7, 8})
                    : WeightedSum(body, {3, 4, 5, 6, 7, 8, 9})) %
            11 % 10;
  }
  return DigitOf(code[7]) == check;
}

constexpr Kind kOrgEuropeKinds[] = {
    {.name = "org.at.fn",
     .title = "Austrian company register number (Firmenbuchnummer)",
     .traits = kCompanyNumber,
     .text = kPunctuated,
     .prefix = "FN",
     .shape = "N1-6A",
     .check = {"weighted mod 17"},
     .finish = FinishFn,
     .standard = "Firmenbuchgesetz",
     .bits = 19,
     .example = "FN 122119m"},
    {.name = "org.ch.uid",
     .title = "Swiss business number (UID, IDE, IDI)",
     .traits = kCompanyNumber,
     .text = kPunctuated,
     .prefix = "CH",
     .shape = "'CHE'N9|N9",
     .check = {"weighted mod 11", UidOk},
     .finish = FinishUid,
     .standard = "UIDG (SR 431.03)",
     .bits = 26,
     .example = "CHE-100.155.212"},
    {.name = "org.cz.ico",
     .title = "Czech or Slovak company number (IČO)",
     .traits = kCompanyNumber,
     .text = kPunctuated,
     .shape = "N8",
     .check = {"weighted mod 11", IcoOk},
     .aliases = "org.sk.ico",
     .standard = "Act 89/1995, Czech Statistical Office",
     .bits = 23,
     .example = "25596641"},
    {.name = "org.dk.cvr",
     .title = "Danish company number (CVR)",
     .traits = kCompanyNumber,
     .text = kPunctuated,
     .prefix = "DK",
     .shape = "[1-9]N7",
     .check = {"weighted mod 11", CvrOk},
     .standard = "CVR Act",
     .bits = 23,
     .example = "DK 13585628"},
    {.name = "org.ee.registrikood",
     .title = "Estonian register code",
     .traits = kCompanyNumber,
     .text = kPunctuated,
     .prefix = "EE",
     .shape = "[1789]N7",
     .check = {"weighted mod 11, two rows", EstoniaOk},
     .standard = "e-Business Register",
     .bits = 22,
     .example = "12345678"},
    {.name = "org.es.cif",
     .title = "Spanish tax number of an organisation (CIF)",
     .traits = kCompanyNumber,
     .text = kPunctuated,
     .prefix = "ES",
     .shape = "[A-HJNP-SUVW]N7X",
     .check = {"Luhn-like", NifOk},
     .stands_for = "doc.es.nif",
     .standard = "Orden EHA/451/2008",
     .bits = 27,
     .example = "J99216582"},
    {.name = "org.fi.ytunnus",
     .title = "Finnish business number (Y-tunnus)",
     .traits = kCompanyNumber,
     .text = kPunctuated,
     .prefix = "FI",
     .pad = {7, 8},
     .shape = "N8",
     .check = {"weighted mod 11", YtunnusOk},
     .standard = "Business Information Act 244/2001",
     .bits = 23,
     .example = "2077474-0"},
    {.name = "org.md.idno",
     .title = "Moldovan state number of an organisation (IDNO)",
     .traits = kCompanyNumber,
     .text = kPunctuated,
     .shape = "'1'N12",
     .check = {"7-3-1 mod 10", Mod731Ok},
     .standard = "Public Services Agency of Moldova",
     .bits = 30,
     .example = "1008600038413"},
    {.name = "org.no.orgnr",
     .title = "Norwegian organisation number",
     .traits = kCompanyNumber,
     .text = kPunctuated,
     .prefix = "NO",
     .shape = "N9",
     .check = {"weighted mod 11", OrgnrOk},
     .standard = "Enhetsregisterloven",
     .bits = 26,
     .example = "988 077 917"},
    {.name = "org.pl.regon",
     .title = "Polish register of businesses (REGON)",
     .traits = kCompanyNumber,
     .text = kPunctuated,
     .shape = "N9|N14",
     .check = {"weighted mod 11", RegonOk},
     .finish = FinishRegon,
     .standard = "Statistics Poland (GUS)",
     .bits = 26,
     .example = "12345678512347"},
    {.name = "org.ru.ogrn",
     .title = "Russian state registration number (OGRN, OGRNIP)",
     .traits = kCompanyNumber,
     .text = kPunctuated,
     .shape = "N13|N15",
     .check = {"mod 11 or mod 13", OgrnOk},
     .standard = "Order 165n of the Ministry of Finance, 2017",
     .bits = 30,
     .example = "1022200525819"},
    {.name = "org.se.orgnr",
     .title = "Swedish organisation number",
     .traits = kCompanyNumber,
     .text = kPunctuated,
     .prefix = "SE",
     .shape = "N10",
     .check = kLuhn,
     .standard = "Lag (1974:174)",
     .bits = 28,
     .example = "123456-7897"},
    {.name = "org.si.maticna",
     .title = "Slovenian register number (matična številka)",
     .traits = kCompanyNumber,
     .text = kPunctuated,
     .shape = "N7|N7XN2",
     .check = {"weighted mod 11", MaticnaOk},
     .finish = FinishMaticna,
     .standard = "AJPES, Business Register of Slovenia Act",
     .bits = 22,
     .example = "9331310"},
    {.name = "org.ua.edrpou",
     .title = "Ukrainian code of an organisation (EDRPOU)",
     .traits = kCompanyNumber,
     .text = kPunctuated,
     .shape = "N8",
     .check = {"weighted mod 11, two rows", EdrpouOk},
     .standard = "Cabinet resolution 118 of 1996",
     .bits = 23,
     .example = "32855961"},
};

}  // namespace

std::span<const Kind> OrgEuropeKinds() { return kOrgEuropeKinds; }

}  // namespace revenant::kinds

// Registers of companies outside Europe.

#include <algorithm>
#include <array>

#include "identifier/table.h"

namespace revenant::kinds {
namespace {

// The first digit counts one less.
bool AbnOk(std::string_view abn) {
  return (WeightedSum(abn, {10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19}) - 10) % 89 == 0;
}

bool AcnOk(std::string_view acn) { return WeightedSum(acn, {8, 7, 6, 5, 4, 3, 2, 1, 1}) % 10 == 0; }

// A company's ABN is its ACN with two check digits in front. (Not the other way round: one ABN in
// ten of those without a company ends in what looks like an ACN.)
Verdict FinishAcn(Work& work) {
  const std::string_view acn = work.text();
  const int rest = WeightedSum(acn, {3, 5, 7, 9, 11, 13, 15, 17, 19}) % 89;
  const int check = 10 + (89 - rest) % 89;
  std::array<char, 11> abn = {ToDigit(check / 10), ToDigit(check % 10)};
  std::ranges::copy(acn, abn.begin() + 2);
  work.Derive("org.au.abn", {abn.data(), abn.size()});
  return Valid();
}

// Nine digits, and perhaps a tax programme's account.
bool BusinessNumberOk(std::string_view number) { return LuhnOk(number.substr(0, 9)); }

Verdict FinishBusinessNumber(Work& work) {
  if (work.text().size() == 9) return Valid();
  if (work.text().ends_with("0000")) return Invalid("no such account", 11);
  work.Derive("org.ca.bn", work.text().substr(0, 9));
  return Valid();
}

constexpr std::string_view kCostaRicaClasses[] = {
    "2100", "2200", "2300", "2400", "3002", "3003", "3004", "3005", "3006", "3007",
    "3008", "3009", "3010", "3011", "3012", "3013", "3014", "3101", "3102", "3103",
    "3104", "3105", "3106", "3107", "3108", "3109", "3110", "4000", "5001"};
static_assert(std::ranges::is_sorted(kCostaRicaClasses));

Verdict FinishCpj(Work& work) {
  const std::string_view head = work.text().substr(0, 4);
  return std::ranges::binary_search(kCostaRicaClasses, head) ? Valid()
                                                             : Invalid("no such class", 0);
}

// The check comes first: 9 minus the weighted sum modulo 9.
bool CorporateNumberOk(std::string_view number) {
  return DigitOf(number[0]) == 9 - WeightedSumRight(number.substr(1), {1, 2}) % 9;
}

bool BrnOk(std::string_view brn) {
  const int sum = WeightedSum(brn, {1, 3, 7, 1, 3, 7, 1, 3, 5, 1}) + DigitOf(brn[8]) * 5 / 10;
  return sum % 10 == 0;
}

Verdict FinishBrn(Work& work) {
  const std::string_view brn = work.text();
  if (brn.substr(0, 3) < "101") return Invalid("no such tax office", 0);
  if (brn.substr(3, 2) == "00") return Invalid("no such kind of business", 3);
  if (brn.substr(5, 4) == "0000") return Invalid("no such serial number", 5);
  return Valid();
}

bool IceOk(std::string_view ice) { return ModDigits(ice, 97) == 0; }

constexpr std::string_view kUenTypes[] = {
    "CC", "CD", "CH", "CL", "CM", "CP", "CS", "CX", "DP", "FB", "FC", "FM", "FN",
    "GA", "GB", "GS", "HS", "LL", "LP", "MB", "MC", "MD", "MH", "MM", "MQ", "NB",
    "NR", "PA", "PB", "PF", "RF", "RP", "SM", "SS", "TC", "TU", "VH", "XL"};
static_assert(std::ranges::is_sorted(kUenTypes));

// Businesses (8 digits), local companies (9), other entities (T08LL0001A), each with its letters.
bool UenOk(std::string_view uen) {
  const std::string_view body = uen.substr(0, uen.size() - 1);
  const char check = uen.back();
  if (uen.size() == 9) {
    return check == "XMKECAWLJDB"[WeightedSum(body, {10, 4, 9, 3, 8, 2, 7, 1}) % 11];
  }
  if (IsDigit(uen[0])) {
    return check == "ZKCMDNERGWH"[WeightedSum(body, {10, 8, 6, 4, 9, 7, 5, 3, 1}) % 11];
  }
  constexpr std::string_view kAlphabet = "ABCDEFGHJKLMNPQRSTUVWX0123456789";
  constexpr std::size_t kWeights[] = {4, 3, 5, 3, 10, 2, 2, 5, 7};
  std::size_t sum = 11 - 5;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const std::size_t value = kAlphabet.find(body[i]);
    if (value == std::string_view::npos) return false;
    sum += value * kWeights[i];
  }
  return check == kAlphabet[sum % 11];
}

Verdict FinishUen(Work& work) {
  const std::string_view uen = work.text();
  if (uen.size() == 9) return Valid();
  if (IsDigit(uen[0])) {
    const int year = Number(uen, 0, 4);
    return year >= 1800 && year < 2100 ? Valid() : Invalid("no such year", 0);
  }
  // T stands for the years 2000 to 2099 and numbers go out since 2009.
  if (uen[0] == 'T' && uen[1] >= '6') return Invalid("no such year", 1);
  return std::ranges::binary_search(kUenTypes, uen.substr(3, 2))
             ? Valid()
             : Invalid("no such type of entity", 3);
}

bool ThaiOk(std::string_view number) {
  const int rest = WeightedSum(number.substr(0, 12), {13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2}) % 11;
  return DigitOf(number[12]) == (11 - rest) % 10;
}

// Modulo 5 since April 2023, before that modulo 10, which implies it. A seventh digit of 7 gives
// 28, whose digits add to 10: that may count 1 or 0.
bool UbnOk(std::string_view ubn) {
  const int sum = WeightedDigitSum(ubn, {1, 2, 1, 2, 1, 2, 4, 1});
  return sum % 5 == 0 || (ubn[6] == '7' && (sum + 1) % 5 == 0);
}

constexpr Kind kOrgWorldKinds[] = {
    {.name = "org.au.abn",
     .title = "Australian business number (ABN)",
     .traits = kCompanyNumber,
     .text = kPunctuated,
     .prefix = "ABN",
     .shape = "[1-9]N10",
     .check = {"weighted mod 89", AbnOk},
     .standard = "A New Tax System (ABN) Act 1999",
     .bits = 30,
     .example = "83 914 571 673"},
    {.name = "org.au.acn",
     .title = "Australian company number (ACN)",
     .traits = kCompanyNumber,
     .text = kPunctuated,
     .prefix = "ACN",
     .shape = "N9",
     .check = {"weighted mod 10", AcnOk},
     .finish = FinishAcn,
     .standard = "Corporations Act 2001, s. 118",
     .bits = 26,
     .example = "004 085 616"},
    {.name = "org.ca.bn",
     .title = "Canadian business number (BN)",
     .traits = kCompanyNumber,
     .text = kPunctuated,
     .shape = "N9|N9'R'AN4",
     .check = {"Luhn", BusinessNumberOk},
     .finish = FinishBusinessNumber,
     .standard = "Canada Revenue Agency, RC2",
     .bits = 26,
     .example = "12302 6635"},
    {.name = "org.cr.cpj",
     .title = "Costa Rican legal person (cédula jurídica)",
     .traits = kCompanyNumber,
     .text = kPunctuated,
     .shape = "[2-5]N9",
     .finish = FinishCpj,
     .standard = "Registro Nacional de Costa Rica",
     .bits = 22,
     .example = "3-101-999999"},
    {.name = "org.il.hp",
     .title = "Israeli company number (HP)",
     .traits = kCompanyNumber,
     .text = kPunctuated,
     .shape = "'5'N8",
     .check = kLuhn,
     .standard = "Israeli Corporations Authority",
     .bits = 23,
     .example = "516179157"},
    {.name = "org.jp.corporate_number",
     .title = "Japanese corporate number",
     .traits = kCompanyNumber,
     .text = kPunctuated,
     .prefix = "T",  // the number of a qualified invoice issuer
     .shape = "[1-9]N12",
     .check = {"weighted mod 9", CorporateNumberOk},
     .standard = "National Tax Agency, Ordinance 30 of 2014",
     .bits = 36,
     .example = "5-8356-7825-6246"},
    {.name = "org.kr.brn",
     .title = "Korean business registration number",
     .traits = kCompanyNumber,
     .text = kPunctuated,
     .shape = "N10",
     .check = {"weighted mod 10", BrnOk},
     .finish = FinishBrn,
     .standard = "National Tax Service of Korea",
     .bits = 28,
     .example = "116-82-00276"},
    {.name = "org.ma.ice",
     .title = "Moroccan common number of businesses (ICE)",
     .traits = kCompanyNumber,
     .text = kPunctuated,
     .shape = "N15",
     .check = {"mod 97", IceOk, 2},
     .standard = "Decree 2-11-63",
     .bits = 36,
     .example = "001561191000066"},
    {.name = "org.sg.uen",
     .title = "Singapore entity number (UEN)",
     .traits = kCompanyNumber,
     .text = kPunctuated,
     .shape = "N8A|N9A|[RST]N2A2N4X",
     .check = {"weighted mod 11", UenOk},
     .finish = FinishUen,
     .standard = "ACRA, Unique Entity Number",
     .bits = 27,
     .example = "S16FC0121D"},
    {.name = "org.th.moa",
     .title = "Thai memorandum of association number",
     .traits = kCompanyNumber,
     .text = kPunctuated,
     .shape = "'0'N12",
     .check = {"weighted mod 11", ThaiOk},
     .standard = "Department of Business Development",
     .bits = 34,
     .example = "0-99-3-000-13397-8"},
    {.name = "org.tw.ubn",
     .title = "Taiwanese unified business number (UBN)",
     .traits = kCompanyNumber,
     .text = kPunctuated,
     .shape = "N8",
     .check = {"weighted mod 5", UbnOk},
     .standard = "Ministry of Finance, April 2023",
     .bits = 24,
     .example = "00501503"},
};

}  // namespace

std::span<const Kind> OrgWorldKinds() { return kOrgWorldKinds; }

}  // namespace revenant::kinds

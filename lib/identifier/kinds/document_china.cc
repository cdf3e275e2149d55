// China and Hong Kong.

#include <algorithm>
#include <array>

#include "identifier/table.h"

namespace revenant::kinds {
namespace {

// First two digits of GB/T 2260: provinces, Taiwan, residence permits for Hong Kong, Macau and
// Taiwan people (81 to 83), foreigners' permanent residence before 2023 (91). The county codes
// behind them are not checked: people keep codes that were abolished decades ago.
constexpr std::uint8_t kProvinces[] = {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34,
                                       35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
                                       53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83, 91};

// GB 11643. The form of 15 digits (until 1999) lacks the century and the check: both are put in,
// so that one person has one number.
Verdict FinishResidentId(Work& work) {
  const bool old = work.text().size() == 15;
  if (old) {
    std::array<char, 18> full;
    const std::string_view typed = work.text();
    auto end = std::ranges::copy(typed.substr(0, 6), full.begin()).out;
    *end++ = '1';
    *end++ = '9';
    end = std::ranges::copy(typed.substr(6), end).out;
    *end = Mod11_2Digit({full.data(), 17});
    work.Replace({full.data(), full.size()});
  }
  const std::string_view id = work.text();
  // Foreigners' permanent residence (GA 2102-2023): 9, province, state (ISO 3166 number).
  const bool foreigner = !old && id[0] == '9' && Number(id, 3, 3) >= 4 && Number(id, 3, 3) <= 910 &&
                         std::ranges::binary_search(kProvinces, TwoDigits(id, 1));
  if (!foreigner && !std::ranges::binary_search(kProvinces, TwoDigits(id, 0))) {
    return Invalid("no such province", 0);
  }
  if (!IsYyyymmdd(id, 6)) return Invalid(kBadDate, 6);
  if (!Mod11_2Ok(id)) return Invalid(kCheckFails, 17);
  return old ? Unverifiable("the form of 15 digits has no check") : Valid();
}

constexpr std::string_view kUsccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

// GB 32100: weights are powers of 3 modulo 31 over an alphabet without I, O, S, V, Z.
bool UsccOk(std::string_view uscc) {
  std::size_t sum = 0;
  std::size_t weight = 1;
  for (const char c : uscc.substr(0, 17)) {
    sum += kUsccAlphabet.find(c) * weight;
    weight = weight * 3 % 31;
  }
  return kUsccAlphabet.find(uscc[17]) == (31 - sum % 31) % 31;
}

// GB 11714: eight characters and a check modulo 11.
bool OrganisationCodeOk(std::string_view code) {
  const int sum = WeightedSum(code.substr(0, 8), {3, 7, 9, 10, 5, 8, 4, 2});
  const int check = 11 - sum % 11;
  const char digit = check == 10 ? 'X' : ToDigit(check % 11);
  return code[8] == digit;
}

// Characters 9 to 17 are the organisation code that the business had before 2015.
Verdict FinishUscc(Work& work) {
  const std::string_view code = work.text().substr(8, 9);
  if (OrganisationCodeOk(code)) work.Derive("org.cn.organisation_code", code);
  return Valid();
}

// Letters count A=10; a single letter has a blank (36) in front.
bool HkIdOk(std::string_view id) {
  const bool one_letter = id.size() == 8;
  const std::string_view body = id.substr(0, id.size() - 1);
  int sum = one_letter ? 36 * 9 + WeightedSum(body, {8, 7, 6, 5, 4, 3, 2})
                       : WeightedSum(body, {9, 8, 7, 6, 5, 4, 3, 2});
  sum += Base36(id.back());
  return sum % 11 == 0;
}

constexpr Kind kDocumentChinaKinds[] = {
    {.name = "doc.cn.resident_id",
     .title = "Chinese resident identity number",
     .traits = kPersonDocument,
     .shape = "N17[0-9X]|N15",
     .check = {"ISO 7064 MOD 11-2"},
     .finish = FinishResidentId,
     .aliases = "doc.cn.resident_id_15 doc.cn.residence_permit",
     .standard = "GB 11643-1999; GA 2102-2023 (foreigners' permanent residence)",
     .bits = 32,
     .example = "11010519491231002X"},
    {.name = "doc.cn.uscc",
     .title = "Chinese unified social credit code",
     .traits = kCompanyNumber,
     .shape = "[0-9A-HJ-NP-RTUWXY]18",
     .check = {"weighted mod 31", UsccOk},
     .finish = FinishUscc,
     .aliases = "org.cn.uscc",
     .standard = "GB 32100",
     .bits = 45,
     .example = "91110000600037341L"},
    {.name = "org.cn.organisation_code",
     .title = "Chinese organisation code (until 2015)",
     .traits = kCompanyNumber,
     .shape = "X8[0-9X]",
     .check = {"weighted mod 11", OrganisationCodeOk},
     .standard = "GB 11714",
     .bits = 35,
     .example = "60003734-1"},
    {.name = "doc.hk.id",
     .title = "Hong Kong identity card",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "AN6[0-9A]|A2N6[0-9A]",
     .check = {"weighted mod 11", HkIdOk},
     .standard = "HK Immigration Department",
     .bits = 25,
     .example = "G123456(A)"},
};

}  // namespace

std::span<const Kind> DocumentChinaKinds() { return kDocumentChinaKinds; }

}  // namespace revenant::kinds

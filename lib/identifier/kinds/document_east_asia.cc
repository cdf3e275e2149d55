// Persons in east and south-east Asia. China and Hong Kong have a file of their own.

#include <algorithm>

#include "identifier/kinds/birth.h"
#include "identifier/kinds/indonesia.h"
#include "identifier/table.h"

namespace revenant::kinds {
namespace {

Verdict FinishNik(Work& work) { return CheckNik(work.text()); }

bool MyNumberOk(std::string_view text) {
  const int rest = WeightedSum(text.substr(0, 11), {6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2}) % 11;
  return DigitOf(text[11]) == (rest <= 1 ? 0 : 11 - rest);
}

// Foreigners' numbers (5 to 8 in seventh place) add 2 to what the weights give. Numbers given since
// October 2020 are random behind the seventh digit.
bool RrnOk(std::string_view text) {
  const int sum = WeightedSum(text.substr(0, 12), {2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5});
  const bool foreigner = text[6] >= '5' && text[6] <= '8';
  const int citizen_digit = (11 - sum % 11) % 10;
  const int digit = DigitOf(text[12]);
  return digit == citizen_digit || (foreigner && digit == (citizen_digit + 2) % 10);
}
Verdict FinishRrn(Work& work) {
  constexpr int kCenturies[] = {1800, 1900, 1900, 2000, 2000, 1900, 1900, 2000, 2000, 1800};
  const std::string_view text = work.text();
  return IsYymmddOf(kCenturies[DigitOf(text[6])], text, 0) ? Valid() : Invalid(kBadDate, 0);
}

// Birth date and place; these place codes were never given.
Verdict FinishMyKad(Work& work) {
  constexpr std::uint8_t kNever[] = {0, 17, 18, 19, 20, 69, 70, 73, 80, 81, 94, 95, 96, 97};
  if (!IsYymmdd(work.text(), 0)) return Invalid(kBadDate, 0);
  return std::ranges::binary_search(kNever, TwoDigits(work.text(), 6))
             ? Invalid("no such place of birth", 6)
             : Valid();
}

// T and G are the series since 2000, M the foreigners' since 2022: each shifts the sum.
bool NricOk(std::string_view text) {
  const char series = text[0];
  const int shift = series == 'T' || series == 'G' ? 4 : series == 'M' ? 3 : 0;
  const auto rest = static_cast<std::size_t>(
      (WeightedSum(text.substr(1, 7), {2, 7, 6, 5, 4, 3, 2}) + shift) % 11);
  const std::string_view letters = series == 'S' || series == 'T' ? "JZIHGFEDCBA"
                                   : series == 'M'                ? "XWUTRQPNJLK"
                                                                  : "XWUTRQPNMLK";
  return text[8] == letters[rest];
}

bool ThaiPinOk(std::string_view text) {
  const int sum = WeightedSum(text.substr(0, 12), {13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2});
  return (11 - sum % 11) % 10 == DigitOf(text[12]);
}

// The counties' letters in the order of their numbers, from 10 on.
int TaiwanLetter(char c) {
  return 10 + static_cast<int>(std::string_view("ABCDEFGHJKLMNPQRSTUVXYWZIO").find(c));
}
// The letter counts as two digits; a second letter (foreigners until 2020) as its second digit.
bool TaiwanOk(std::string_view text) {
  const int county = TaiwanLetter(text[0]);
  const int second = IsDigit(text[1]) ? DigitOf(text[1]) : TaiwanLetter(text[1]) % 10;
  const int sum = county / 10 + county % 10 * 9 + second * 8 +
                  WeightedSum(text.substr(2), {7, 6, 5, 4, 3, 2, 1, 1});
  return sum % 10 == 0;
}

// Foreigners' numbers since 2021 have the citizens' form, with 8 or 9 as the sex.
Verdict FinishTaiwanId(Work& work) {
  if (work.text()[1] >= '8') work.Rename("doc.tw.ui");
  return Valid();
}

// Province or country of registration, sex and century, year, six digits.
Verdict FinishCccd(Work& work) {
  const int province = Number(work.text(), 0, 3);
  return province >= 1 && province <= 96 ? Valid() : Invalid("no such province", 0);
}

constexpr Kind kDocumentEastAsiaKinds[] = {
    {.name = "doc.id.nik",
     .title = "Indonesian identity number (NIK)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N16",
     .finish = FinishNik,
     .standard = "Law 24/2013 on population administration",
     .bits = 38,
     .example = "1101010101000001"},
    {.name = "doc.jp.my_number",
     .title = "Japanese individual number (My Number)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N12",
     .check = {"weighted mod 11", MyNumberOk},
     .standard = "Ordinance 85/2014 of the Ministry of Internal Affairs",
     .bits = 36,
     .example = "0123 4567 8903"},
    {.name = "doc.kr.rrn",
     .title = "Korean resident or alien registration number",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N13",
     .check = {"weighted mod 11, before October 2020", RrnOk},
     .check_is_advice = true,
     .finish = FinishRrn,
     .standard = "Resident Registration Act",
     .bits = 34,
     .example = "000101-9000121"},
    {.name = "doc.my.nric",
     .title = "Malaysian identity card (MyKad)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N12",
     .finish = FinishMyKad,
     .standard = "National Registration Regulations 1990",
     .bits = 33,
     .example = "900101-14-0001"},
    {.name = "doc.sg.nric",
     .title = "Singaporean identity card or foreigner's number (NRIC, FIN)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "[STFGM]N7A",
     .check = {"weighted mod 11", NricOk},
     .standard = "National Registration Act, ICA",
     .bits = 24,
     .example = "S0000001I"},
    {.name = "doc.th.pin",
     .title = "Thai identity number",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "[1-8]N12",
     .check = {"weighted mod 11", ThaiPinOk},
     .standard = "Civil Registration Act 1991",
     .bits = 39,
     .example = "1-2345-45678-14-5"},
    {.name = "doc.tw.id",
     .title = "Taiwanese identity card",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "A[1289]N8",
     .check = {"weighted mod 10", TaiwanOk},
     .finish = FinishTaiwanId,
     .standard = "Household Registration Act",
     .bits = 28,
     .example = "A123456789"},
    // The two-letter numbers were replaced by others: one holder may show both.
    {.name = "doc.tw.ui",
     .title = "Taiwanese number of a foreigner",
     .traits = kRenewedDocument,
     .text = kPunctuated,
     .shape = "A[89]N8|A[A-D]N8",
     .check = {"weighted mod 10", TaiwanOk},
     .standard = "National Immigration Agency",
     .bits = 28,
     .example = "A800000014"},
    {.name = "doc.vn.cccd",
     .title = "Vietnamese citizen identity number (CCCD)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N12",
     .finish = FinishCccd,
     .standard = "Decree 137/2015, Circular 59/2021",
     .bits = 34,
     .example = "001090000017"},
};

}  // namespace

std::span<const Kind> DocumentEastAsiaKinds() { return kDocumentEastAsiaKinds; }

}  // namespace revenant::kinds

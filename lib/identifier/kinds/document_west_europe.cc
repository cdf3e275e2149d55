// Persons in western Europe: Austria, Belgium, Britain, France, Germany, Ireland, Italy, the
// Netherlands, Portugal, Switzerland; Spain's social security.

#include <algorithm>
#include <array>

#include "identifier/contained.h"
#include "identifier/kinds/birth.h"
#include "identifier/table.h"

namespace revenant::kinds {
namespace {

// The check digit stands fourth, between the serial number and the birth date.
bool AustrianSvnrOk(std::string_view text) {
  return WeightedSum(text, {3, 7, 9, 0, 5, 8, 4, 2, 1, 6}) % 11 == DigitOf(text[3]);
}

// DDMMYY; months 13 to 15 serve when the numbers of a day have run out.
Verdict FinishAustrianSvnr(Work& work) {
  const int day = TwoDigits(work.text(), 4);
  const int month = TwoDigits(work.text(), 6);
  return day >= 1 && day <= 31 && month >= 1 && month <= 15 ? Valid() : Invalid(kBadDate, 4);
}

// The year that the check of a Belgian number implies: births since 2000 are checked with a 2 in
// front. 0 if neither agrees.
int BelgianYear(std::string_view text) {
  const std::int64_t body = Number(text, 0, 9);
  const int check = TwoDigits(text, 9);
  if (97 - body % 97 == check) return 1900 + TwoDigits(text, 0);
  if (97 - (2'000'000'000 + body) % 97 == check) return 2000 + TwoDigits(text, 0);
  return 0;
}
bool BelgianOk(std::string_view text) { return BelgianYear(text) != 0; }

// Months are raised by 20 or 40 in bis numbers (people outside the register). Month and day may be
// unknown (0), and days beyond the month serve when the numbers of a day have run out.
bool BelgianDateOk(std::string_view text, bool registered, bool bis) {
  const int month = TwoDigits(text, 2);
  return (month < 20 ? registered : bis) && month % 20 <= 12 && month < 60 &&
         BelgianYear(text) <= kLastBirthYear;
}
Verdict FinishBelgianInsz(Work& work) {
  return BelgianDateOk(work.text(), true, true) ? Valid() : Invalid(kBadDate, 0);
}
Verdict FinishBelgianNn(Work& work) {
  return BelgianDateOk(work.text(), true, false) ? Valid() : Invalid(kBadDate, 0);
}
Verdict FinishBelgianBis(Work& work) {
  return BelgianDateOk(work.text(), false, true) ? Valid() : Invalid(kBadDate, 0);
}

bool BelgianCardOk(std::string_view text) {
  const auto rest = static_cast<int>(ModDigits(text.substr(0, 10), 97));
  return TwoDigits(text, 10) == (rest == 0 ? 97 : rest);
}

bool Ean13Ok(std::string_view text) { return WeightedSum(text, {1, 3}) % 10 == 0; }

// The cover shows nine characters, the machine-readable zone their check digit too: both forms
// become the ten characters of the zone.
Verdict FinishGermanPassport(Work& work) {
  const bool checked = work.text().size() == 10;
  std::array<char, 10> full;
  std::ranges::copy(work.text().substr(0, 9), full.begin());
  full[9] = IcaoDigit({full.data(), 9});
  if (checked && work.text()[9] != full[9]) return Invalid(kCheckFails, 9);
  work.Replace({full.data(), full.size()});
  if (!DeriveAs(work, "doc.passport.number", {full.data(), 9}, "DE"))
    return Junk("a number of zeros");
  return checked ? Valid() : Unverifiable("the check digit is missing");
}

// Area (2), birth date, initial of the birth name, serial (2), check; the initial counts as the two
// digits of its place in the alphabet.
bool GermanSvnrOk(std::string_view text) {
  const int letter = text[8] - 'A' + 1;
  std::array<char, 12> digits;
  auto end = std::ranges::copy(text.substr(0, 8), digits.begin()).out;
  *end++ = ToDigit(letter / 10);
  *end++ = ToDigit(letter % 10);
  std::ranges::copy(text.substr(9, 2), end);
  const std::string_view body(digits.data(), digits.size());
  return WeightedDigitSum(body, {2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1}) % 10 == DigitOf(text[11]);
}

// Parts of the birth date that are not known are 00.
Verdict FinishGermanSvnr(Work& work) {
  const std::string_view text = work.text();
  if (TwoDigits(text, 0) < 2) return Invalid("no such area", 0);
  return TwoDigits(text, 2) <= 31 && TwoDigits(text, 4) <= 12 ? Valid() : Invalid(kBadDate, 2);
}

// 97 minus the rest of the thirteen digits; Corsica's 2A and 2B count as 19 and 18.
int NirKey(std::string_view text) {
  std::array<char, 13> digits;
  std::ranges::copy(text.substr(0, 13), digits.begin());
  if (IsLetter(digits[6])) {
    digits[5] = '1';
    digits[6] = digits[6] == 'A' ? '9' : '8';
  }
  return 97 - static_cast<int>(ModDigits({digits.data(), digits.size()}, 97));
}

// The key is often left out: it is then put in. Months above 12 stand for uncertain birth dates.
Verdict FinishNir(Work& work) {
  const bool keyed = work.text().size() == 15;
  const int key = NirKey(work.text());
  if (keyed && TwoDigits(work.text(), 13) != key) return Invalid(kCheckFails, 13);
  const int month = TwoDigits(work.text(), 3);
  if (month == 0 || (month > 12 && month < 20) || (month > 42 && month < 50)) {
    return Invalid(kBadDate, 3);
  }
  if (work.text().substr(5, 2) == "00") return Invalid("no such department", 5);
  if (work.text().substr(10, 3) == "000") return Invalid("no such serial number", 10);
  if (keyed) return Valid();
  std::array<char, 15> full;
  auto end = std::ranges::copy(work.text(), full.begin()).out;
  *end++ = ToDigit(key / 10);
  *end = ToDigit(key % 10);
  work.Replace({full.data(), full.size()});
  return Unverifiable("the key is missing");
}

bool NhsOk(std::string_view text) {
  return WeightedSum(text, {10, 9, 8, 7, 6, 5, 4, 3, 2, 1}) % 11 == 0;
}

// 999 is set aside for testing (NHS Digital).
Verdict FinishNhs(Work& work) {
  return work.text().starts_with("999") ? Junk("a number for tests") : Valid();
}

// The last letter tells the quarter in which stamps fell due and is often left out: the number is
// unique without it.
Verdict FinishNino(Work& work) {
  constexpr std::string_view kNever[] = {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"};
  if (std::ranges::binary_search(kNever, work.text().substr(0, 2))) {
    return Invalid("no such prefix", 0);
  }
  // The suffix letter said when contributions were due: most people leave it out.
  if (work.text().size() == 9) work.Derive("doc.gb.nino", work.text().substr(0, 8));
  return Valid();
}

// A second letter counts A=1 to I=9; the older W, T and X count nothing.
bool PpsOk(std::string_view text) {
  int sum = WeightedSum(text.substr(0, 7), {8, 7, 6, 5, 4, 3, 2});
  if (text.size() == 9 && text[8] <= 'I') sum += (text[8] - 'A' + 1) * 9;
  return text[7] == "WABCDEFGHIJKLMNOPQRSTUV"[sum % 23];
}

// Characters at odd places count by this table (digits as A to J), those at even places by their
// place in the alphabet.
bool CodiceFiscaleOk(std::string_view text) {
  if (text.size() == 11) return LuhnOk(text);
  constexpr std::uint8_t kOdd[] = {1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                                   20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
  int sum = 0;
  for (std::size_t i = 0; i < 15; ++i) {
    const int value = IsDigit(text[i]) ? DigitOf(text[i]) : text[i] - 'A';
    sum += i % 2 == 0 ? kOdd[value] : value;
  }
  return text[15] == 'A' + sum % 26;
}

// Three letters of a name: its consonants, then its vowels, then X until there are three.
bool IsItalianName(std::string_view letters) {
  int stage = 0;
  for (const char c : letters) {
    const bool vowel = std::string_view("AEIOU").find(c) != std::string_view::npos;
    const int now = vowel ? 1 : (c == 'X' && stage > 0) ? 2 : 0;
    if (now < stage) return false;
    stage = now;
  }
  return true;
}

// The digit that the authority's substitute letter (against equal codes) stands for.
int OmocodiaDigit(char c) {
  return IsDigit(c) ? DigitOf(c) : static_cast<int>(std::string_view("LMNPQRSTUV").find(c));
}

// Substitute letters stay in the canonical form: the authority gives them so that two people with
// the same code can be told apart.
Verdict FinishCodiceFiscale(Work& work) {
  const std::string_view text = work.text();
  // Eleven digits: a person's provisional code, or that of a body, which mostly is its VAT number.
  if (text.size() == 11) {
    DeriveAs(work, "tax.it.vat", text);
    return text.starts_with("0000000") ? Invalid("zeros", 0) : Valid();
  }
  if (!IsItalianName(text.substr(0, 3))) return Invalid("not the letters of a name", 0);
  if (!IsItalianName(text.substr(3, 3))) return Invalid("not the letters of a name", 3);
  const int year = OmocodiaDigit(text[6]) * 10 + OmocodiaDigit(text[7]);
  const int month = static_cast<int>(std::string_view("ABCDEHLMPRST").find(text[8])) + 1;
  const int day = OmocodiaDigit(text[9]) * 10 + OmocodiaDigit(text[10]);
  return IsDateInSomeCentury(year, month, day > 40 ? day - 40 : day) ? Valid()
                                                                     : Invalid(kBadDate, 6);
}

bool BsnOk(std::string_view text) {
  return WeightedSum(text, {9, 8, 7, 6, 5, 4, 3, 2, -1}) % 11 == 0;
}

// Luhn over letters and digits (A=10), doubles above nine less nine.
bool PortugueseCardOk(std::string_view text) {
  int sum = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int value = Base36(text[i]) * (i % 2 == 0 ? 2 : 1);
    sum += i % 2 == 0 && value > 9 ? value - 9 : value;
  }
  return sum % 10 == 0;
}

// The first eight digits stay with the holder, the rest changes with each card.
Verdict FinishPortugueseCard(Work& work) {
  const std::string_view holder = work.text().substr(0, 8);
  if (holder != "00000000") work.Derive("doc.pt.nic", holder);
  return Valid();
}

// Province (2), number (8), and the rest of both by 97. Small numbers are joined without a zero.
bool SpanishNssOk(std::string_view text) {
  const std::int64_t province = TwoDigits(text, 0);
  const std::int64_t number = Number(text, 2, 8);
  const std::int64_t joined = province * (number < 10'000'000 ? 10'000'000 : 100'000'000) + number;
  return joined % 97 == TwoDigits(text, 10);
}

constexpr Kind kDocumentWestEuropeKinds[] = {
    {.name = "doc.at.svnr",
     .title = "Austrian social insurance number",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "[1-9]N9",
     .check = {"weighted mod 11", AustrianSvnrOk},
     .finish = FinishAustrianSvnr,
     .standard = "ASVG section 460d; Dachverband",
     .bits = 25,
     .example = "1237 010180"},
    {.name = "doc.be.insz",
     .title = "Belgian social security number (INSZ, NISS)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N11",
     .check = {"mod 97", BelgianOk, 2},
     .finish = FinishBelgianInsz,
     .aliases = "doc.be.ssn",
     .standard = "Royal decree of 3 April 1984",
     .bits = 26,
     .example = "00.01.01-012 62"},
    {.name = "doc.be.nn",
     .title = "Belgian national number",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N11",
     .check = {"mod 97", BelgianOk, 2},
     .finish = FinishBelgianNn,
     .stands_for = "doc.be.insz",
     .standard = "Royal decree of 3 April 1984",
     .bits = 25,
     .example = "00.01.01-012 62"},
    {.name = "doc.be.bis",
     .title = "Belgian bis number",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N11",
     .check = {"mod 97", BelgianOk, 2},
     .finish = FinishBelgianBis,
     .stands_for = "doc.be.insz",
     .standard = "Royal decree of 8 February 1991",
     .bits = 25,
     .example = "00.21.01-012.08"},
    {.name = "doc.be.eid",
     .title = "Belgian identity card",
     .traits = kRenewedDocument,
     .text = kPunctuated,
     .shape = "N12",
     .check = {"mod 97", BelgianCardOk, 2},
     .standard = "Belgian Home Affairs (IBZ)",
     .bits = 33,
     .example = "012-3456789-39"},
    {.name = "doc.ch.ahv",
     .title = "Swiss social insurance number (AHV)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "'756'N10",
     .check = {"EAN-13", Ean13Ok},
     .standard = "AHVV article 133; GS1",
     .bits = 30,
     .example = "756.9217.0769.85"},
    {.name = "doc.de.passport",
     .title = "German passport or identity card number with its check",
     .traits = kRenewedDocument,
     .shape = "[CFGHJK][CFGHJKLMNPRTVWXYZ0-9]8N?",
     .check = {"ICAO 7-3-1 mod 10"},
     .finish = FinishGermanPassport,
     .standard = "PassV annex; ICAO 9303",
     .bits = 40,
     .example = "C01X00T478"},
    {.name = "doc.de.svnr",
     .title = "German pension insurance number",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N8AN3",
     .check = {"weighted digit sums mod 10", GermanSvnrOk},
     .finish = FinishGermanSvnr,
     .standard = "SGB VI section 147; VKVV",
     .bits = 32,
     .example = "15 070649 C 103"},
    {.name = "doc.es.nss",
     .title = "Spanish social security number",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N12",
     .check = {"mod 97", SpanishNssOk, 2},
     .standard = "Tesoreria General de la Seguridad Social",
     .bits = 31,
     .example = "28 12345678 40"},
    {.name = "doc.fr.nir",
     .title = "French social security number (NIR)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "[1-478]N12|[1-478]N14|[1-478]N4'2'[AB]N6|[1-478]N4'2'[AB]N8",
     .check = {"mod 97", nullptr, 2},
     .finish = FinishNir,
     .standard = "INSEE; decree 82-103",
     .bits = 33,
     .example = "1 00 01 2A 001 001 04"},
    {.name = "doc.gb.nhs",
     .title = "British NHS number",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N10",
     .check = {"weighted mod 11", NhsOk},
     .finish = FinishNhs,
     .standard = "NHS Data Dictionary",
     .bits = 29,
     .example = "943 476 5870"},
    {.name = "doc.gb.nino",
     .title = "British national insurance number",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z]N6[A-D]?",
     .finish = FinishNino,
     .standard = "HMRC NIM39110",
     .bits = 28,
     .example = "AA 01 23 44 B"},
    {.name = "doc.ie.pps",
     .title = "Irish personal public service number",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .prefix = "IE",
     .shape = "N7[A-W]|N7[A-W][A-ITWX]",
     .check = {"weighted mod 23", PpsOk},
     .standard = "Social Welfare Consolidation Act 2005",
     .bits = 24,
     .example = "1234567FA"},
    {.name = "doc.it.cie",
     .title = "Italian electronic identity card",
     .traits = kRenewedDocument,
     .shape = "'C'AN5A2",
     .standard = "Decree of the Minister of the Interior, 23 December 2015",
     .bits = 31,
     .example = "CA00000AA"},
    {.name = "doc.it.codice_fiscale",
     .title = "Italian tax code of a person (codice fiscale)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .prefix = "IT",
     .shape = "A6[0-9LMNP-V]2[ABCDEHLMPRST][0-9LMNP-V]2A[0-9LMNP-V]3A|N11",
     .check = {"sum by place mod 26, or Luhn", CodiceFiscaleOk},
     .finish = FinishCodiceFiscale,
     .standard = "D.M. 23 December 1976; DPR 605/1973 (provisional codes)",
     .bits = 40,
     .example = "RSSMRA85T10A562S"},
    {.name = "doc.nl.bsn",
     .title = "Dutch citizen service number (BSN)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .pad = {8, 9},
     .shape = "N9",
     .check = {"weighted mod 11", BsnOk},
     .standard = "Wet algemene bepalingen BSN",
     .bits = 26,
     .example = "1234.56.782"},
    {.name = "doc.nl.idcard",
     .title = "Dutch identity card or passport",
     .traits = kRenewedDocument,
     .shape = "[A-NP-Z]2[0-9A-NP-Z]6N",
     .standard = "Rijksdienst voor Identiteitsgegevens",
     .bits = 43,
     .example = "SPECI2014"},
    {.name = "doc.pt.cc",
     .title = "Portuguese citizen card",
     .traits = kRenewedDocument,
     .text = kPunctuated,
     .shape = "N9X2N",
     .check = {"Luhn, letters from 10", PortugueseCardOk},
     .finish = FinishPortugueseCard,
     .standard = "Lei 7/2007; AMA",
     .bits = 36,
     .example = "12345678 9 ZZ1"},
    {.name = "doc.pt.nic",
     .title = "Portuguese civil identification number",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .pad = {7, 8},
     .shape = "N8",
     .standard = "Lei 33/99",
     .bits = 24,
     .example = "13245678"},
};

}  // namespace

std::span<const Kind> DocumentWestEuropeKinds() { return kDocumentWestEuropeKinds; }

}  // namespace revenant::kinds

// Persons in central and south-eastern Europe and in Turkey.

#include <algorithm>

#include "identifier/kinds/birth.h"
#include "identifier/table.h"

namespace revenant::kinds {
namespace {

// Day, month, the last three digits of the year, region, serial, check. One numbering for all of
// Yugoslavia, which its successors carry on by region.
bool JmbgOk(std::string_view text) {
  return WeightedSum(text, {7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1}) % 11 == 0;
}
Verdict FinishJmbg(Work& work) {
  const std::string_view text = work.text();
  const int year = Number(text, 4, 3);
  return IsDate(year < 800 ? 2000 + year : 1000 + year, TwoDigits(text, 2), TwoDigits(text, 0))
             ? Valid()
             : Invalid(kBadDate, 0);
}

bool EgnOk(std::string_view text) {
  const int sum = WeightedSum(text.substr(0, 9), {2, 4, 8, 5, 10, 9, 7, 3, 6});
  return sum % 11 % 10 == DigitOf(text[9]);
}
// Months are raised by 20 for the 19th century and by 40 for the 21st.
Verdict FinishEgn(Work& work) {
  constexpr int kCenturies[] = {1900, 1800, 2000};
  const std::string_view text = work.text();
  const int month = TwoDigits(text, 2);
  return month < 60 &&
                 IsDate(kCenturies[month / 20] + TwoDigits(text, 0), month % 20, TwoDigits(text, 4))
             ? Valid()
             : Invalid(kBadDate, 0);
}

bool PnfOk(std::string_view text) {
  return WeightedSum(text.substr(0, 9), {21, 19, 17, 13, 11, 9, 7, 3, 1}) % 10 == DigitOf(text[9]);
}

// Women add 50 to the month; since 2004 either sex may add 20 more. Numbers of nine digits were
// given until 1953, have no check and no serial 000; until 1985 a rest of 10 became a check of 0.
Verdict FinishBirthNumber(Work& work) {
  const std::string_view text = work.text();
  const bool old = text.size() == 9;
  const int yy = TwoDigits(text, 0);
  const int year = yy + (old ? (yy < 54 ? 1900 : 1800) : (yy < 54 ? 2000 : 1900));
  const int month = TwoDigits(text, 2) % 50;
  const bool raised = month > 20 && year >= 2004;
  if (!IsDate(year, raised ? month - 20 : month, TwoDigits(text, 4))) return Invalid(kBadDate, 0);
  // The federation's numbers are one series whichever state asks for them.
  if (year < 1993) work.Rename("doc.cz.rc");
  if (old) {
    return text.substr(6) == "000" ? Invalid("no such serial number", 6)
                                   : Unverifiable("numbers before 1954 have no check");
  }
  const auto rest = static_cast<int>(ModDigits(text.substr(0, 9), 11));
  const int digit = year <= 1985 ? rest % 10 : rest;
  return digit == DigitOf(text[9]) ? Valid() : Invalid(kCheckFails, 9);
}

Verdict FinishAmka(Work& work) { return IsDdmmyy(work.text(), 0) ? Valid() : Invalid(kBadDate, 0); }

bool PeselOk(std::string_view text) {
  return WeightedSum(text, {1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1}) % 10 == 0;
}
// Months are raised by 80 for the 19th century, 20 for the 21st, 40 and 60 for the next two. Leap
// years repeat every 400 years, so the centuries beyond the calendar of IsDate are moved back.
Verdict FinishPesel(Work& work) {
  constexpr int kCenturies[] = {1900, 2000, 1900, 1800, 1800};
  const std::string_view text = work.text();
  const int month = TwoDigits(text, 2);
  return IsDate(kCenturies[month / 20] + TwoDigits(text, 0), month % 20, TwoDigits(text, 4))
             ? Valid()
             : Invalid(kBadDate, 0);
}

bool CnpOk(std::string_view text) {
  const int rest = WeightedSum(text.substr(0, 12), {2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9}) % 11;
  return (rest == 10 ? 1 : rest) == DigitOf(text[12]);
}
// The first digit tells sex and century, or a foreigner (7 to 9, any century).
Verdict FinishCnp(Work& work) {
  const std::string_view text = work.text();
  const int head = DigitOf(text[0]);
  const int century = head <= 2 ? 1900 : head <= 4 ? 1800 : 2000;
  const bool exists = head >= 7 ? IsYymmdd(text, 1) : IsYymmddOf(century, text, 1);
  if (!exists) return Invalid(kBadDate, 1);
  // 47 and 48 were districts of Bucharest until 1979; 70 is for those registered from abroad.
  const int county = TwoDigits(text, 7);
  const bool known = (county >= 1 && county <= 48) || county == 51 || county == 52 || county == 70;
  return known ? Valid() : Invalid("no such county", 7);
}

bool TcknOk(std::string_view text) {
  const int weighted = WeightedSum(text.substr(0, 9), {7, -1}) % 10;
  const int plain = WeightedSum(text.substr(0, 10), {1}) % 10;
  return (weighted + 10) % 10 == DigitOf(text[9]) && plain == DigitOf(text[10]);
}

constexpr Kind kDocumentEastEuropeKinds[] = {
    {.name = "doc.bg.egn",
     .title = "Bulgarian personal number (EGN)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N10",
     .check = {"weighted mod 11", EgnOk},
     .finish = FinishEgn,
     .standard = "Civil Registration Act, GRAO",
     .bits = 25,
     .example = "000101 012 7"},
    {.name = "doc.bg.pnf",
     .title = "Bulgarian personal number of a foreigner (LNCh)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N10",
     .check = {"weighted mod 10", PnfOk},
     .standard = "Foreigners Act, Ministry of Interior",
     .bits = 29,
     .example = "0123456782"},
    {.name = "doc.cz.rc",
     .title = "Czech birth number",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N9|N10",
     .check = {"mod 11, since 1954"},
     .finish = FinishBirthNumber,
     .standard = "Act 133/2000, section 13",
     .bits = 25,
     .example = "600101/0125"},
    {.name = "doc.gr.amka",
     .title = "Greek social security number (AMKA)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N11",
     .check = kLuhn,
     .finish = FinishAmka,
     .standard = "Law 3655/2008, IDIKA",
     .bits = 25,
     .example = "01010000121"},
    {.name = "doc.hr.oib",
     .title = "Croatian identification number (persons and companies)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "HR",
     .shape = "N11",
     .check = kMod11_10,
     .standard = "Zakon o OIB; ISO 7064",
     .bits = 33,
     .example = "12345678903"},
    {.name = "doc.pl.pesel",
     .title = "Polish personal number (PESEL)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N11",
     .check = {"weighted mod 10", PeselOk},
     .finish = FinishPesel,
     .standard = "Act of 24 September 2010 on population records",
     .bits = 26,
     .example = "00010100121"},
    {.name = "doc.ro.cnp",
     .title = "Romanian personal number (CNP)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "[1-9]N12",
     .check = {"weighted mod 11", CnpOk},
     .finish = FinishCnp,
     .standard = "Legea 105/1996; HG 1375/2006",
     .bits = 29,
     .example = "1000101010129"},
    {.name = "doc.sk.rc",
     .title = "Slovak birth number",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N9|N10",
     .check = {"mod 11, since 1954"},
     .finish = FinishBirthNumber,
     .standard = "Act 301/1995",
     .bits = 25,
     .example = "950101/0013"},
    {.name = "doc.tr.tckn",
     .title = "Turkish identity number",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "[1-9]N10",
     .check = {"weighted mod 10, twice", TcknOk},
     .standard = "Law 5490 on population services",
     .bits = 30,
     .example = "10000001204"},
    {.name = "doc.yu.jmbg",
     .title = "Personal number of the states of former Yugoslavia (JMBG, EMSO, EMBG)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N13",
     .check = {"weighted mod 11", JmbgOk},
     .finish = FinishJmbg,
     .aliases = "doc.ba.jmbg doc.hr.mbg doc.me.jmbg doc.mk.embg doc.rs.jmbg doc.si.emso",
     .standard = "SFRJ law of 1976; the states' laws since",
     .bits = 28,
     .example = "0101900500123"},
};

}  // namespace

std::span<const Kind> DocumentEastEuropeKinds() { return kDocumentEastEuropeKinds; }

}  // namespace revenant::kinds

// Persons in Africa.

#include "identifier/kinds/birth.h"
#include "identifier/table.h"

namespace revenant::kinds {
namespace {

// Sex and year of birth, then a serial number.
Verdict FinishLibyan(Work& work) {
  const int year = Number(work.text(), 1, 4);
  return year >= 1850 && year <= kLastBirthYear ? Valid() : Invalid(kBadDate, 1);
}

// Letters count A=10; checks are 0 to 9 and A to G.
bool MauritianOk(std::string_view text) {
  const int sum = WeightedSum(text.substr(0, 13), {14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2});
  return Base36(text[13]) == (17 - sum % 17) % 17;
}
Verdict FinishMauritian(Work& work) {
  return IsDdmmyy(work.text(), 1) ? Valid() : Invalid(kBadDate, 1);
}

// Birth date, sex, then 0 for a citizen, 1 for a resident, 2 for a refugee.
Verdict FinishSouthAfrican(Work& work) {
  if (!IsYymmdd(work.text(), 0)) return Invalid(kBadDate, 0);
  return work.text()[10] <= '2' ? Valid() : Invalid("no such citizenship", 10);
}

constexpr Kind kDocumentAfricaKinds[] = {
    {.name = "doc.ao.bi",
     .title = "Angolan identity card",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N9A2N3",
     .standard = "Lei 4/09, Ministry of Justice",
     .bits = 34,
     .example = "000000123LA012"},
    {.name = "doc.ly.nid",
     .title = "Libyan national number",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "[12]N11",
     .finish = FinishLibyan,
     .standard = "Civil Registry Authority, law 8/2014",
     .bits = 29,
     .example = "119900123456"},
    {.name = "doc.mu.nid",
     .title = "Mauritian identity card",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "AN12[0-9A-G]",
     .check = {"weighted mod 17", MauritianOk},
     .finish = FinishMauritian,
     .standard = "National Identity Card Act 1985",
     .bits = 38,
     .example = "A0101000000121"},
    {.name = "doc.mz.bi",
     .title = "Mozambican identity card",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N12A",
     .standard = "Decree 11/2008, DNIC",
     .bits = 40,
     .example = "110100123456B"},
    {.name = "doc.tn.cin",
     .title = "Tunisian identity card",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N8",
     .standard = "Law 93-27",
     .bits = 24,
     .example = "01324567"},
    {.name = "doc.za.idnr",
     .title = "South African identity number",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .shape = "N13",
     .check = kLuhn,
     .finish = FinishSouthAfrican,
     .standard = "Identification Act 68/1997",
     .bits = 29,
     .example = "0001010012084"},
};

}  // namespace

std::span<const Kind> DocumentAfricaKinds() { return kDocumentAfricaKinds; }

}  // namespace revenant::kinds

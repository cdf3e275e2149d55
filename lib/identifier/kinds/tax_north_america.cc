// Tax numbers of the United States and Canada. SSN, ITIN, ATIN and EIN all have nine digits. Each
// is a kind of its own; what they share is the number of a type not stated, which each yields as
// well.

#include <algorithm>

#include "identifier/placeholder.h"
#include "identifier/table.h"

namespace revenant::kinds {
namespace {

constexpr std::string_view kPublicSsns[] = {
#include "identifier/data/ssn_junk.inc"
};

// Digits in a row are left to the rule for samples.
Verdict FinishTin(Work& work) {
  const std::string_view tin = work.text();
  return std::ranges::binary_search(kPublicSsns, tin) && !IsRowOfDigits(tin)
             ? Junk("a published sample")
             : Valid();
}

// Prefixes that the IRS has given out ("How EINs are assigned and valid EIN prefixes").
constexpr std::uint8_t kEinPrefixes[] = {
    1,  2,  3,  4,  5,  6,  10, 11, 12, 13, 14, 15, 16, 20, 21, 22, 23, 24, 25, 26, 27,
    30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 50, 51,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 71, 72, 73, 74,
    75, 76, 77, 80, 81, 82, 83, 84, 85, 86, 87, 88, 90, 91, 92, 93, 94, 95, 98, 99};
static_assert(std::ranges::is_sorted(kEinPrefixes));

Verdict FinishEin(Work& work) {
  if (!std::ranges::binary_search(kEinPrefixes, TwoDigits(work.text(), 0))) {
    return Invalid("no such prefix", 0);
  }
  work.Derive("tax.us.tin", work.text());
  return Valid();
}

Verdict FinishItin(Work& work) {
  const int group = TwoDigits(work.text(), 3);
  const bool issued = (group >= 50 && group <= 65) || (group >= 70 && group <= 88) ||
                      (group >= 90 && group <= 92) || group >= 94;
  if (!issued) return Invalid("no such group", 3);
  work.Derive("tax.us.tin", work.text());
  return Valid();
}

Verdict FinishAtin(Work& work) {
  const bool usual = work.text()[0] == '9' && work.text().substr(3, 2) == "93";
  if (!usual) return Unverifiable("not in the range of 9xx-93-xxxx");
  work.Derive("tax.us.tin", work.text());
  return Valid();
}

Verdict FinishPtin(Work& work) {
  work.Derive("tax.us.tin", work.text());
  return Valid();
}

bool GstOk(std::string_view gst) { return LuhnOk(gst.substr(0, 9)); }

Verdict FinishGst(Work& work) {
  if (work.text().ends_with("0000")) return Invalid("no such account", 11);
  work.Derive("org.ca.bn", work.text().substr(0, 9));
  return Valid();
}

Verdict FinishQst(Work& work) {
  return work.text().ends_with("0000") ? Invalid("no such file", 12) : Valid();
}

constexpr std::string_view kEinJunk[] = {"123456789"};

constexpr Kind kTaxNorthAmericaKinds[] = {
    {.name = "tax.us.ein",
     .title = "US employer number (EIN)",
     .traits = kCompanyTax,
     .shape = "N9",
     .finish = FinishEin,
     .junk = kEinJunk,
     .standard = "IRS, 26 CFR 301.7701-12",
     .bits = 28,
     .example = "04-2103594"},
    {.name = "tax.us.itin",
     .title = "US taxpayer without a social security number (ITIN)",
     .traits = kPersonTax,
     .shape = "'9'N8",
     .finish = FinishItin,
     .standard = "IRS, Publication 1915",
     .bits = 25,
     .example = "900-70-1234"},
    {.name = "tax.us.atin",
     .title = "US child under adoption (ATIN)",
     .traits = kPersonTax,
     .shape = "N9",
     .finish = FinishAtin,
     .standard = "IRS, 26 CFR 301.6109-3",
     .bits = 19,
     .example = "900-93-1234"},
    {.name = "tax.us.ptin",
     .title = "US preparer of tax returns (PTIN)",
     .traits = kPersonTax,
     .shape = "'P'N8",
     .finish = FinishPtin,
     .standard = "IRS, 26 CFR 1.6109-2",
     .bits = 21,
     .example = "P-00123456"},
    {.name = "tax.us.tin",
     .title = "US tax number of a type not stated (TIN)",
     .traits = kCompanyTax,
     .shape = "N9|'P'N8",
     .finish = FinishTin,
     .standard = "IRS, 26 CFR 301.6109-1",
     .bits = 29,
     .example = "900-70-1234"},
    {.name = "tax.ca.gst",
     .title = "Canadian GST/HST number",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "N9'RT'N4|N9",
     .check = {"Luhn", GstOk},
     .finish = FinishGst,
     .standard = "Canada Revenue Agency, RC2",
     .bits = 26,
     .example = "123 456 782"},
    {.name = "tax.ca.qst",
     .title = "Quebec sales tax number (QST)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "N10'TQ'N4",
     .finish = FinishQst,
     .standard = "Revenu Québec",
     .bits = 27,
     .example = "1234567890 TQ 0001"},
};

}  // namespace

std::span<const Kind> TaxNorthAmericaKinds() { return kTaxNorthAmericaKinds; }

}  // namespace revenant::kinds

// Persons in the United States and Spain.

#include <algorithm>

#include "identifier/kinds/spain.h"
#include "identifier/table.h"

namespace revenant::kinds {
namespace {

constexpr std::string_view kSsnJunk[] = {
#include "identifier/data/ssn_junk.inc"
};
static_assert(std::ranges::is_sorted(kSsnJunk));

// No check digit; some areas, groups and serials are never issued (SSA POMS RM 10201).
Verdict FinishSsn(Work& work) {
  const std::string_view ssn = work.text();
  const std::string_view area = ssn.substr(0, 3);
  if (area == "000" || area == "666" || area[0] == '9') return Invalid("no such area", 0);
  if (ssn.substr(3, 2) == "00") return Invalid("no such group", 3);
  if (ssn.substr(5) == "0000") return Invalid("no such serial number", 5);
  work.Derive("tax.us.tin", ssn);
  return Valid();
}

constexpr Kind kDocumentUsEsKinds[] = {
    {.name = "doc.us.ssn",
     .title = "US social security number",
     .traits = kPersonDocument,
     .shape = "N9",
     .finish = FinishSsn,
     .junk = kSsnJunk,
     .standard = "SSA POMS RM 10201",
     .bits = 29,
     .example = "042-10-3594"},
    {.name = "doc.es.nif",
     .title = "Spanish tax number (NIF: DNI, NIE, CIF)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "ES",
     .shape = "N8A|[XYZKLM]N7A|[A-HJNP-SUVW]N7X",
     .check = {"mod 23, or Luhn-like", NifOk},
     .standard = "Real Decreto 1065/2007",
     .bits = 27,
     .example = "12345678Z"},
    {.name = "doc.es.dni",
     .title = "Spanish identity card (DNI)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .prefix = "ES",
     .shape = "N8A",
     .check = {"mod 23", NifOk},
     .stands_for = "doc.es.nif",
     .standard = "Real Decreto 1553/2005",
     .bits = 27,
     .example = "12345678Z"},
    {.name = "doc.es.nie",
     .title = "Spanish number of a foreigner (NIE)",
     .traits = kPersonDocument,
     .text = kPunctuated,
     .prefix = "ES",
     .shape = "[XYZ]N7A",
     .check = {"mod 23", NifOk},
     .stands_for = "doc.es.nif",
     .standard = "Real Decreto 557/2011",
     .bits = 24,
     .example = "X2482300W"},
};

}  // namespace

std::span<const Kind> DocumentUsEsKinds() { return kDocumentUsEsKinds; }

}  // namespace revenant::kinds

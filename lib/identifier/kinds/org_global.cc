// Numbers of organisations that hold everywhere.

#include "identifier/table.h"

namespace revenant::kinds {
namespace {

constexpr Kind kOrgGlobalKinds[] = {
    {.name = "org.lei",
     .title = "Legal entity identifier (LEI)",
     .traits = kCompanyNumber,
     .shape = "X18N2",
     .check = kMod97_10,
     .standard = "ISO 17442",
     .bits = 60,
     .example = "5493000IBP32UQZ0KL24"},
    {.name = "org.duns",
     .title = "D-U-N-S number",
     .traits = kCompanyNumber,
     .shape = "N9",
     .standard = "Dun & Bradstreet",
     .bits = 29,
     .example = "15-048-3782"},
    // The suppliers of a seller: many share one honestly, so it never merges.
    {.name = "org.supplier",
     .title = "Supplier, by name or number",
     .traits = kCompanyNumber.Supporting(3),
     .text = {Reading::kText, kDropNothing, Fold::kLower},
     .standard = "none",
     .bits = 20,
     .example = "Guangzhou Example Trading Co."},
};

}  // namespace

std::span<const Kind> OrgGlobalKinds() { return kOrgGlobalKinds; }

}  // namespace revenant::kinds

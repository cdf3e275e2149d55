#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include "identifier/kind_editions.h"
#include "revenant/identifier.h"

namespace revenant {
namespace {

constexpr std::string_view kIntroduction = R"(# Kinds of identifiers

Written by `revenant kinds --markdown`; a test compares this page with the table. Change a row of lib/identifier, not
this page.

- **role**: a *linking* kind is strong enough to merge sellers, a *supporting* one adds weight to a link.
- **check**: what tells a typing error. "none" means that any value of the right form is taken.
- **edition, looked at**: which edition of the standard the rule follows, and when the rule was last compared with it.
  2026-11-22 is the day on which most rows were written: no later look is on record. "as named": the column before names
  the year or number; "as in force": the text of that day; "undated": the publisher gives no edition.
- **scope**: inside what the number is unique, where that is less than the world and the kind's name does not say it.
- **bits**: rough entropy of a value drawn at random from those in use.
- **good for**: how long a value usually stays with its holder.
- **weight**: what a shared value adds to a link, in bits: log2(m/u).
- **limits**: more enrolled sellers than the first make a value a hub; a seller with more values than the second is a
  leaf. Roles, weights and limits are defaults, which a policy may change.
)";

constexpr kinds::KindEdition kEditions[] = {
#include "identifier/data/kind_editions.inc"
};
static_assert(std::ranges::is_sorted(kEditions, {}, &kinds::KindEdition::kind));

struct Section {
  Family family;
  std::string_view title;
};
constexpr std::array<Section, 7> kSections = {{{Family::kDevice, "Devices"},
                                               {Family::kDocument, "Documents and tax of persons"},
                                               {Family::kOrganisation, "Organisations"},
                                               {Family::kPayment, "Payment"},
                                               {Family::kContact, "Contact"},
                                               {Family::kNetwork, "Networks"},
                                               {Family::kCustom, "A platform's own"}}};

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

std::string GoodFor(std::uint32_t days) {
  if (days == 0) return "life";
  if (days % 365 == 0) return days == 365 ? "1 year" : fmt::format("{} years", days / 365);
  return fmt::format("{} days", days);
}

void AppendRow(const KindInfo& kind, std::string& page) {
  const auto* edition =
      std::ranges::lower_bound(kEditions, kind.name, {}, &kinds::KindEdition::kind);
  if (edition == std::end(kEditions) || edition->kind != kind.name) edition = nullptr;
  fmt::format_to(std::back_inserter(page),
                 "| `{}` | {} | {} | {} | {} | {} | {} | {} | {} | {} | {:.3g} | {}, {} |\n",
                 kind.name, Escaped(kind.title), RoleName(kind.role), Escaped(kind.check),
                 kind.scope.empty() ? "" : kind.scope, Escaped(kind.standard),
                 edition == nullptr ? "" : edition->edition,
                 edition == nullptr ? "" : edition->looked_at, kind.entropy_bits,
                 GoodFor(kind.good_for_days), std::log2(kind.m / kind.u), kind.fanout_limit,
                 kind.carry_limit);
}

}  // namespace

std::span<const kinds::KindEdition> kinds::KindEditions() { return kEditions; }

std::string KindsMarkdown(std::string_view prefix) {
  std::string page;
  if (prefix.empty()) page = kIntroduction;
  for (const Section& section : kSections) {
    bool headed = false;
    for (const KindInfo& kind : Kinds()) {
      if (kind.family != section.family || !kind.name.starts_with(prefix)) continue;
      if (!headed) {
        fmt::format_to(
            std::back_inserter(page),
            "{}## {}\n\n"
            "| kind | what it is | role | check | scope | standard or authority | edition "
            "| looked at | bits | good for | weight | limits |\n"
            "|---|---|---|---|---|---|---|---|---|---|---|---|\n",
            page.empty() ? "" : "\n", section.title);
        headed = true;
      }
      AppendRow(kind, page);
    }
  }
  return page;
}

}  // namespace revenant

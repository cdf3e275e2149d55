// What must hold for every row of the table.

#include "identifier/table.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "identifier/support.h"

namespace revenant {
namespace {

using kinds::AllRows;
using kinds::Kind;
using kinds::Reading;

std::string KindOf(const Kind& row) {
  std::string kind(row.name == "custom.*" ? "custom.example" : row.name);
  if (!row.example_country.empty()) kind.append("@").append(row.example_country);
  return kind;
}

Normalized RunExample(const Kind& row) { return Run(KindOf(row), row.example); }

bool Usable(const Normalized& out) {
  return out.status == Status::kValid || out.status == Status::kUnverifiable;
}

TEST_CASE("EveryRowIsComplete") {
  std::set<std::string_view> names;
  for (const Kind* row : AllRows()) {
    CAPTURE(row->name);
    CHECK(names.insert(row->name).second);
    CHECK_FALSE(row->title.empty());
    CHECK_FALSE(row->standard.empty());
    CHECK_FALSE(row->example.empty());
    CHECK(row->traits.fanout_limit > 0);
    CHECK(row->traits.carry_limit > 0);
    CHECK(row->traits.m > 0);
    CHECK(row->traits.m <= 1);
    CHECK(row->traits.u() <= row->traits.m);
    CHECK(std::ranges::is_sorted(row->junk));
    if (row->scope == kinds::Scope::kCountry) CHECK_FALSE(row->example_country.empty());
    if (!row->stands_for.empty()) CHECK(FindKind(row->stands_for) != nullptr);
  }
}

TEST_CASE("AnAliasStandsForOneRow") {
  std::set<std::string> names;
  for (const Kind* row : AllRows()) names.insert(std::string(row->name));
  for (const Kind* row : AllRows()) {
    std::string_view rest = row->aliases;
    while (!rest.empty()) {
      const std::string alias(rest.substr(0, rest.find(' ')));
      rest.remove_prefix(std::min(rest.size(), alias.size() + 1));
      CAPTURE(alias);
      CHECK(names.insert(alias).second);
      REQUIRE(FindKind(alias) != nullptr);
      CHECK(FindKind(alias)->name == row->name);
    }
  }
}

TEST_CASE("EveryExampleIsValidAndItsIdentifiersHaveRows") {
  for (const Kind* row : AllRows()) {
    CAPTURE(row->name);
    const Normalized out = RunExample(*row);
    CAPTURE(Show(out));
    CHECK(Usable(out));
    for (const Identifier& identifier : out.identifiers()) {
      CAPTURE(identifier.kind);
      CHECK(FindKind(identifier.kind) != nullptr);
      CHECK_FALSE(identifier.canonical.empty());
    }
  }
}

TEST_CASE("ACanonicalFormIsItsOwnCanonicalForm") {
  // Digests and parts of a document cannot be typed in again.
  const std::set<std::string_view> kOneWay = {"doc.mrz", "device.profile"};
  for (const Kind* row : AllRows()) {
    CAPTURE(row->name);
    const Normalized out = RunExample(*row);
    for (const Identifier& identifier : out.identifiers()) {
      if (kOneWay.contains(identifier.kind)) continue;
      Normalized again;
      Normalize({identifier.kind, identifier.scope, identifier.canonical}, again);
      CAPTURE(Show(out));
      CAPTURE(Show(again));
      REQUIRE(Usable(again));
      CHECK(again.identifiers()[0] == identifier);
    }
  }
}

// Disguises under which a value must stay the same.

void AppendUtf8(std::string& out, char32_t code) {
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xC0 | code >> 6));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | code >> 12));
    out.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xF0 | code >> 18));
    out.push_back(static_cast<char>(0x80 | (code >> 12 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
}

template <typename Map>
std::string MapEach(std::string_view text, Map map) {
  std::string out;
  for (const char c : text) {
    if ((c & 0x80) != 0) {
      out.push_back(c);
    } else {
      AppendUtf8(out, map(c));
    }
  }
  return out;
}

std::string DigitsFrom(std::string_view text, char32_t zero) {
  return MapEach(text, [zero](char c) -> char32_t {
    return c >= '0' && c <= '9' ? zero + static_cast<char32_t>(c - '0') : static_cast<char32_t>(c);
  });
}

std::string WithBetween(std::string_view text, std::string_view filler, std::size_t every) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool inside = (text[i] & 0xC0) == 0x80;  // of a character beyond ASCII
    if (i != 0 && i % every == 0 && !inside) out += filler;
    out += text[i];
  }
  return out;
}

std::vector<std::string> Disguises(const Kind& row) {
  const std::string example(row.example);
  std::vector<std::string> all;
  const auto around = [&](std::string_view before, std::string_view after) {
    all.push_back(std::string(before) + example + std::string(after));
  };
  for (const std::string_view before : {"", " ", "\t", "\n", "\r\n"}) {
    for (const std::string_view after : {"", " ", "\t", "\n", "\r\n"}) {
      if (!before.empty() || !after.empty()) around(before, after);
    }
  }
  if (row.text.reading == Reading::kRaw) return all;
  around("\u00A0", "\u3000");
  if (row.text.reading == Reading::kVerbatim) return all;
  for (const std::string_view invisible : {"\u200B", "\u200E", "\uFEFF", "\u2060", "\u00AD"}) {
    all.push_back(WithBetween(example, invisible, 3));
    around(invisible, invisible);
  }
  all.push_back(MapEach(example, [](char c) -> char32_t {
    return c > ' ' && c <= '~' ? 0xFF00 + static_cast<char32_t>(c - ' ') : static_cast<char32_t>(c);
  }));
  if (row.text.reading != Reading::kWord) return all;
  for (const char32_t zero : {0x0660, 0x06F0, 0x0966, 0x09E6, 0x0E50, 0xFF10, 0x1D7CE}) {
    all.push_back(DigitsFrom(example, zero));  // Arabic, Persian, Devanagari, Bengali, Thai ...
  }
  if ((row.text.drop & kinds::kDropSpaces) != 0) {
    for (const std::string_view space : {" ", "\u2009", "\u202F", "\u3000"}) {
      all.push_back(WithBetween(example, space, 4));
    }
  }
  if ((row.text.drop & kinds::kDropDashes) != 0) {
    for (const std::string_view dash : {"-", "\u2010", "\u2013", "\u2212"}) {
      all.push_back(WithBetween(example, dash, 5));
    }
  }
  if (row.text.fold != kinds::Fold::kKeep) {
    std::string lower = example;
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    all.push_back(lower);
    std::string upper = example;
    std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
    all.push_back(upper);
  }
  constexpr std::string_view kLatin = "ABEKMHOPCTXaeopcx";
  constexpr std::u32string_view kCyrillic = U"АВЕКМНОРСТХаеорсх";
  all.push_back(MapEach(example, [&](char c) -> char32_t {
    const auto at = kLatin.find(c);
    return at == std::string_view::npos ? static_cast<char32_t>(c) : kCyrillic[at];
  }));
  return all;
}

TEST_CASE("DisguisesGiveTheSameIdentifiers") {
  if (!kinds::BuiltWithIcu()) return;
  for (const Kind* row : AllRows()) {
    CAPTURE(row->name);
    const std::string expected = Show(RunExample(*row));
    CHECK(Disguises(*row).size() >= 20);
    for (const std::string& disguise : Disguises(*row)) {
      CAPTURE(disguise);
      CHECK(Show(Run(KindOf(*row), disguise)) == expected);
    }
  }
}

TEST_CASE("AChangedDigitNeverGivesTheSameIdentifier") {
  for (const Kind* row : AllRows()) {
    // A machine-readable zone holds more than the document's identity.
    if (row->check.name.empty() || row->scope == kinds::Scope::kIssuer) continue;
    CAPTURE(row->name);
    const Normalized example = RunExample(*row);
    for (std::size_t i = 0; i < row->example.size(); ++i) {
      if (!kinds::IsDigit(row->example[i])) continue;
      std::string changed(row->example);
      changed[i] = changed[i] == '9' ? '0' : static_cast<char>(changed[i] + 1);
      const Normalized out = Run(KindOf(*row), changed);
      CAPTURE(changed);
      if (Usable(out)) CHECK_FALSE(out.identifiers()[0] == example.identifiers()[0]);
    }
  }
}

TEST_CASE("AChangedDigitFailsTheCheck") {
  for (const Kind* row : AllRows()) {
    if (row->check.passes == nullptr || row->check_is_advice) continue;
    CAPTURE(row->name);
    int changes = 0;
    int passed = 0;
    for (std::size_t i = 0; i < row->example.size(); ++i) {
      for (char digit = '0'; digit <= '9' && kinds::IsDigit(row->example[i]); ++digit) {
        std::string changed(row->example);
        if (changed[i] == digit) continue;
        changed[i] = digit;
        ++changes;
        passed += Usable(Run(KindOf(*row), changed)) ? 1 : 0;
      }
    }
    // Weights that share a factor with the modulus let a few through; most must fail.
    CAPTURE(changes);
    CAPTURE(passed);
    CHECK(passed * 8 <= changes);
  }
}

TEST_CASE("BadBytesAreInvalidForEveryKindAndSayWhere") {
  for (const Kind* row : AllRows()) {
    CAPTURE(row->name);
    for (const std::string_view bad :
         {"\xff", "\xc3\x28", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc0\xaf"}) {
      const Normalized out = Run(KindOf(*row), std::string("12") + std::string(bad) + "4");
      CHECK(out.status == Status::kInvalid);
      CHECK(out.reason == "not UTF-8");
      CHECK(out.where == 2);
    }
  }
}

TEST_CASE("EmptyHugeAndBinaryValuesAreInvalidForEveryKind") {
  for (const Kind* row : AllRows()) {
    CAPTURE(row->name);
    CHECK(Run(KindOf(*row), "").status == Status::kInvalid);
    CHECK(Run(KindOf(*row), " \t ").status == Status::kInvalid);
    CHECK(Run(KindOf(*row), std::string(70'000, '7')).status == Status::kInvalid);
    CHECK(Run(KindOf(*row), std::string("1\0002", 3)).status == Status::kInvalid);
    std::string longest(row->text.max_bytes, '7');
    CHECK(Run(KindOf(*row), longest).status != Status::kUnknownKind);  // and does not crash
  }
}

TEST_CASE("KindsAreSortedAndFoundByName") {
  const auto all = Kinds();
  CHECK(std::ranges::is_sorted(all, {}, &KindInfo::name));
  for (const KindInfo& info : all) CHECK(FindKind(info.name) == &info);
  CHECK(FindKind("custom.loyalty_card")->name == "custom.*");
  for (const std::string_view unknown : {"", "pay", "pay.iban ", "PAY.IBAN", "custom.", "custom.A",
                                         "custom..x", "custom.x-", "custom. x"}) {
    CAPTURE(unknown);
    CHECK(FindKind(unknown) == nullptr);
    CHECK(Run(unknown, "1").status == Status::kUnknownKind);
  }
}

TEST_CASE("LinkingKindsWeighMoreThanSupportingOnes") {
  for (const KindInfo& info : Kinds()) {
    CAPTURE(info.name);
    const double bits = std::log2(info.m / info.u);
    if (info.role == Role::kLinking) CHECK(bits >= 14);
    if (info.role == Role::kSupporting) CHECK(bits <= 8);
  }
}

}  // namespace
}  // namespace revenant

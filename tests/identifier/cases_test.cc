// Values that went wrong in other people's hands: fixtures/identifier-cases.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "fixtures.h"
#include "identifier/support.h"
#include "identifier/table.h"

namespace revenant {
namespace {

struct Case {
  std::string id, kind, value, want;
};

std::vector<Case> ReadCases(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<Case> cases;
  std::string line;
  std::getline(in, line);  // the heading
  while (std::getline(in, line)) {
    std::vector<std::string> cells(1);
    for (const char c : line) {
      if (c == '\t') {
        cells.emplace_back();
      } else {
        cells.back().push_back(c);
      }
    }
    if (cells.size() >= 4) cases.push_back({cells[0], cells[1], cells[2], cells[3]});
  }
  return cases;
}

bool Usable(const Normalized& out) {
  return out.status == Status::kValid || out.status == Status::kUnverifiable;
}

// What links: kind and canonical form of the identifiers of linking kinds.
std::set<std::string> Links(const Normalized& out) {
  std::set<std::string> links;
  if (!Usable(out)) return links;
  for (const Identifier& identifier : out.identifiers()) {
    if (FindKind(identifier.kind)->role == Role::kLinking) {
      links.insert(identifier.kind + "@" + identifier.scope + " " + identifier.canonical);
    }
  }
  return links;
}

bool HasCanonical(const Normalized& out, std::string_view text) {
  return Usable(out) && std::ranges::any_of(out.identifiers(), [text](const Identifier& one) {
           return one.canonical == text;
         });
}

bool Holds(const std::string& want, const Normalized& out) {
  const std::size_t mark = want.find('=');
  const std::string verb = want.substr(0, mark);
  const std::string form = mark == std::string::npos ? "" : want.substr(mark + 1);
  if (verb == "usable") return Usable(out);
  if (verb == "is") return HasCanonical(out, form);
  if (verb == "not") return !HasCanonical(out, form);
  if (verb == "nobody") return Links(out).empty();
  if (verb == "zeros") {
    return HasCanonical(out, form) || out.reason.find("zero") != std::string_view::npos;
  }
  return false;
}

TEST_CASE("ValuesThatWentWrongElsewhereAreReadAsTheyAreMeant") {
  // Placeholders in other scripts and full-width forms need ICU; so does the file of a build.
  if (!kinds::BuiltWithIcu()) return;
  std::size_t tried = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(test::Fixtures() + "/identifier-cases")) {
    if (entry.path().extension() != ".tsv") continue;
    CAPTURE(entry.path().filename().string());
    std::map<std::string, std::vector<std::pair<std::string, std::set<std::string>>>> groups;
    for (const Case& each : ReadCases(entry.path())) {
      const Normalized out = Run(each.kind, each.value);
      ++tried;
      if (each.want.starts_with("link:")) {
        groups[each.want].emplace_back(each.id, Links(out));
        continue;
      }
      CAPTURE(each.id);
      CAPTURE(Show(out));
      CHECK(Holds(each.want, out));
    }
    for (const auto& [name, members] : groups) {
      for (const auto& [id, links] : members) {
        for (const auto& [other_id, other_links] : members) {
          CAPTURE(id);
          CAPTURE(other_id);
          CHECK(std::ranges::any_of(
              links, [&](const std::string& link) { return other_links.contains(link); }));
        }
      }
    }
  }
  CHECK(tried > 400);
}

// The same for every row of the table.

std::string KindOf(const kinds::Kind& row) {
  std::string kind(row.name == "custom.*" ? "custom.example" : row.name);
  if (!row.example_country.empty()) kind.append("@").append(row.example_country);
  return kind;
}

// Rows whose values are free text or formats of their own.
bool IsFree(const kinds::Kind& row) {
  return row.text.reading == kinds::Reading::kRaw ||
         (row.text.reading == kinds::Reading::kText && row.traits.family == Family::kContact);
}

TEST_CASE("NoKindTakesWhatStandsForAMissingValue") {
  for (const kinds::Kind* row : kinds::AllRows()) {
    if (row->traits.role != Role::kLinking) continue;
    CAPTURE(row->name);
    for (const std::string_view none :
         {"N/A",       "n.a.",         "none",      "NULL", "nil",   "unknown", "keine",
          "-",         "--",           ".",         "?",    "test",  "tbd",     "xxx",
          "0",         "000000000",    "123456789", "#N/A", "#REF!", "#VALUE!", "#DIV/0!",
          "undefined", "not provided", "xxxxxxxxxx"}) {
      CAPTURE(none);
      CHECK(Links(Run(KindOf(*row), none)).empty());
    }
  }
}

TEST_CASE("WhatASpreadsheetPutsAroundAValueComesOff") {
  for (const kinds::Kind* row : kinds::AllRows()) {
    CAPTURE(row->name);
    const std::string example(row->example);
    const std::string expected = Show(Run(KindOf(*row), example));
    for (const std::string& worn :
         {"=\"" + example + "\"", "'" + example, "\uFEFF" + example, "\u200B" + example + "\u200B",
          "\u00A0" + example + "\u3000", " \"" + example + "\" "}) {
      // JSON has quotes of its own.
      if (worn.front() == ' ' && row->text.reading == kinds::Reading::kRaw) continue;
      CAPTURE(worn);
      CHECK(Show(Run(KindOf(*row), worn)) == expected);
    }
  }
}

TEST_CASE("ARoundedNumberIsNobodys") {
  for (const kinds::Kind* row : kinds::AllRows()) {
    if (IsFree(*row) && row->name != "contact.phone") continue;
    CAPTURE(row->name);
    for (const std::string_view rounded :
         {"1.23E+11", "1,23457E+11", "8.61381e+12", "1E+15", "6.22202E15"}) {
      const Normalized out = Run(KindOf(*row), rounded);
      CHECK(out.status == Status::kInvalid);
      CHECK(out.reason.find("E notation") != std::string_view::npos);
    }
  }
}

// The digits of an example as a float column writes them: read as the number in front of the point,
// or refused, and never with the zero behind it.
TEST_CASE("AFloatColumnsZeroIsNeverADigit") {
  int cut = 0;
  for (const kinds::Kind* row : kinds::AllRows()) {
    std::string digits;
    for (const char c : row->example) {
      if (kinds::IsDigit(c)) digits.push_back(c);
    }
    if (digits.size() < 4 || row->text.reading == kinds::Reading::kRaw) continue;
    CAPTURE(row->name);
    const std::string kind = KindOf(*row);
    for (const std::string_view tail : {".0", ",0", ".00"}) {
      const Normalized plain = Run(kind, digits);
      const Normalized with_tail = Run(kind, digits + std::string(tail));
      CAPTURE(Show(plain));
      CAPTURE(Show(with_tail));
      if (Usable(with_tail)) {
        CHECK(Show(with_tail) == Show(plain));
        ++cut;
      }
    }
  }
  CHECK(cut > 200);
}

// A lost zero gives the same number again or a refusal, never another person's.
TEST_CASE("ALostZeroNeverGivesAnotherNumber") {
  int put_back = 0;
  for (const kinds::Kind* row : kinds::AllRows()) {
    if (row->example[0] != '0' || row->check.name.empty()) continue;
    CAPTURE(row->name);
    const Normalized whole = Run(KindOf(*row), row->example);
    std::string_view lost = row->example;
    lost.remove_prefix(lost.find_first_not_of('0'));
    const Normalized out = Run(KindOf(*row), lost);
    CAPTURE(Show(out));
    if (!Usable(out)) continue;
    ++put_back;
    CHECK(out.identifiers()[0] == whole.identifiers()[0]);
  }
  CHECK(put_back > 0);
  CHECK(Show(Run("tax.br.cpf", "123456797")) == "valid tax.br.cpf 00123456797");
  CHECK(Run("tax.br.cpf", "123456797").repaired);
  CHECK(Run("tax.br.cpf", "123456798").reason == "too short: zeros in front may be missing");
}

TEST_CASE("ReasonsPointIntoTheValueAsTyped") {
  CHECK(Run("pay.iban", "=\"GB33BUKB!0201555555555\"").where == 10);
  CHECK(Run("custom.x", " 1.2E+08").where == 1);
}

TEST_CASE("NamesStayUsable") {
  for (const std::string_view name :
       {"Null", "Test", "Na", "Sd", "Li", "Ng", "None", "Nil", "Jennifer Null", "Other Ltd", "Si",
        "Ja", "No Name Shop Ltd"}) {
    CAPTURE(name);
    CHECK(Run("contact.name", name).status == Status::kValid);
  }
  for (const std::string_view none :
       {"N/A", "n.a.", "#N/A", "-", "unknown", "not provided", "Keine Angabe", "无"}) {
    CAPTURE(none);
    CHECK(Run("contact.name", none).status == Status::kJunk);
  }
}

}  // namespace
}  // namespace revenant

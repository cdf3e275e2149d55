// The page of kinds in the documentation.

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include "fixtures.h"
#include "identifier/kind_editions.h"
#include "revenant/identifier.h"

namespace revenant {
namespace {

TEST_CASE("TheKindsPageIsTheTable") {
  std::ifstream file(test::Fixtures() + "/../lib/identifier/KINDS.md", std::ios::binary);
  std::istringstream stored(std::string{std::istreambuf_iterator<char>(file), {}});
  std::istringstream made(KindsMarkdown());
  // Line by line, so that a failure names what to change; `revenant kinds --markdown` rewrites it.
  std::string expected;
  std::string line;
  while (std::getline(made, expected)) {
    REQUIRE(std::getline(stored, line));
    REQUIRE(line == expected);
  }
  CHECK_FALSE(std::getline(stored, line));
}

TEST_CASE("TheKindsPageHasEveryKindOnceAndEveryRowTwelveCells") {
  const std::string page = KindsMarkdown();
  for (const KindInfo& kind : Kinds()) {
    CAPTURE(kind.name);
    const std::string cell = "| `" + std::string(kind.name) + "` |";
    const std::size_t at = page.find(cell);
    REQUIRE(at != std::string::npos);
    CHECK(page.find(cell, at + 1) == std::string::npos);
    const std::string row = page.substr(at, page.find('\n', at) - at);
    CHECK(std::ranges::count(row, '|') - std::ranges::count(row, '\\') == 13);
  }
}

TEST_CASE("EachKindHasItsEditionAndTheDayItWasLookedAt") {
  std::set<std::string_view> all;
  for (const KindInfo& kind : Kinds()) all.insert(kind.name);
  std::set<std::string_view> dated;
  for (const kinds::KindEdition& row : kinds::KindEditions()) {
    CAPTURE(row.kind);
    CHECK(all.contains(row.kind));
    CHECK(dated.insert(row.kind).second);
    CHECK_FALSE(row.edition.empty());
    CHECK(row.looked_at.size() == 10);
    CHECK(row.looked_at >= "2026-11-22");
    const KindInfo* const kind = FindKind(row.kind);
    REQUIRE(kind != nullptr);
    CHECK((row.edition == "none") == kind->standard.starts_with("none"));
  }
  CHECK(dated == all);
}

TEST_CASE("APrefixChoosesKindsAndLeavesTheIntroductionOut") {
  const std::string banks = KindsMarkdown("pay.iban");
  CHECK(banks.starts_with("## Payment\n"));
  CHECK(std::ranges::count(banks, '\n') == 6);
  CHECK(KindsMarkdown("no.such").empty());
}

}  // namespace
}  // namespace revenant

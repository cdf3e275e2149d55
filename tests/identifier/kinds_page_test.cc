// The page of kinds in the documentation.

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>

#include "fixtures.h"
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

TEST_CASE("TheKindsPageHasEveryKindOnceAndEveryRowTenCells") {
  const std::string page = KindsMarkdown();
  for (const KindInfo& kind : Kinds()) {
    CAPTURE(kind.name);
    const std::string cell = "| `" + std::string(kind.name) + "` |";
    const std::size_t at = page.find(cell);
    REQUIRE(at != std::string::npos);
    CHECK(page.find(cell, at + 1) == std::string::npos);
    const std::string row = page.substr(at, page.find('\n', at) - at);
    CHECK(std::ranges::count(row, '|') - std::ranges::count(row, '\\') == 11);
  }
}

TEST_CASE("APrefixChoosesKindsAndLeavesTheIntroductionOut") {
  const std::string banks = KindsMarkdown("pay.iban");
  CHECK(banks.starts_with("## Payment\n"));
  CHECK(std::ranges::count(banks, '\n') == 6);
  CHECK(KindsMarkdown("no.such").empty());
}

}  // namespace
}  // namespace revenant

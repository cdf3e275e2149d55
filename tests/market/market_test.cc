// The generator: its values are what they claim to be, and a seed makes one market. How well a
// market is judged is measured by the program beside this, and asserted nowhere yet.

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <utility>

#include "market/play.h"

namespace revenant::market {
namespace {

TEST_CASE("ValuesAreWellFormedAndDifferent") {
  for (std::size_t k = 0; k < kKinds; ++k) {
    const auto kind = static_cast<Kind>(k);
    std::set<std::string> seen;
    for (const std::uint32_t number : {1u, 2u, 300u, 100'000u, 123'456u, 999'999u, 19'999'999u}) {
      const std::string text = TextOf({kind, false, false, number});
      CAPTURE(text);
      Normalized out;
      Normalize({NameOf(kind), "", text}, out);
      CHECK((out.status == Status::kValid || out.status == Status::kUnverifiable));
      REQUIRE(!out.identifiers().empty());
      CHECK(out.identifiers().front().kind == NameOf(kind));
      CHECK(seen.insert(out.identifiers().front().canonical).second);
    }
  }
}

TEST_CASE("TheSameSeedMakesTheSameMarket") {
  const World a = Generate(7, 2000, Rates{}), b = Generate(7, 2000, Rates{});
  REQUIRE(a.accounts.size() == b.accounts.size());
  CHECK(a.accounts.size() >= 1900);
  CHECK(a.accounts.size() <= 3000);
  std::int64_t last = 0;
  for (std::size_t i = 0; i < a.accounts.size(); ++i) {
    CHECK(a.accounts[i].minute == b.accounts[i].minute);
    CHECK(a.accounts[i].values.size() == b.accounts[i].values.size());
    CHECK(a.accounts[i].minute >= last);
    CHECK(a.accounts[i].minute < a.minutes);
    last = a.accounts[i].minute;
  }
  CHECK(Generate(8, 2000, Rates{}).accounts[1000].minute != a.accounts[1000].minute);
}

}  // namespace
}  // namespace revenant::market

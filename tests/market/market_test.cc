// The generator: its values are what they claim to be, and a seed makes one market. And how well
// a small market is judged by default; README.md has the figures of large ones.

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

// One market of 20,000 accounts. A share of its hundred or so returners is no exact figure; what
// must never happen at all is.
TEST_CASE("TheDefaultsSpareTheHonestAndStopWhoComesBack") {
  const World world = Generate(3, 20'000, Rates{});
  const Score score = Play(world, *MakeLibrary(LinkPolicy{}), false);
  CHECK(score.Known().known >= 80);
  CHECK(score.Honest().blocked == 0);
  CHECK(score.Stopped() >= 0.97);
  CHECK(score.Blocked() >= 0.35);
  CHECK(score.FloodersClear() == 0);
  CHECK(score.ReviewShare() <= 0.03);
  const Score naive = Play(world, *MakeUnionFind(), false);
  CHECK(naive.WrongPerMillion() >= 10'000);
}

TEST_CASE("CalibrationRecoversTheRatesOfTheGenerator") {
  const World world = Generate(11, 40'000, Rates{});
  const Calibration found = CalibrateOn(world, LinkPolicy{});
  const TrueRates truth = RatesOf(world, LinkPolicy{});
  CHECK(found.ban_rate() == doctest::Approx(truth.ban_rate).epsilon(0.01));
  int kept = 0, shared = 0;
  for (const KindRates& kind : found.kinds) {
    for (std::size_t k = 0; k < kKinds; ++k) {
      if (NameOf(static_cast<Kind>(k)) != kind.kind) continue;
      CAPTURE(kind.kind);
      if (kind.returns >= 50) {
        CHECK(kind.keeps() == doctest::Approx(truth.kinds[k].keeps).epsilon(0.2));
        ++kept;
      }
      if (kind.sharers >= 30) {
        CHECK(kind.stranger_share() == doctest::Approx(truth.kinds[k].stranger_share).epsilon(0.2));
        ++shared;
      }
    }
  }
  CHECK(kept >= 8);
  CHECK(shared >= 6);
}

TEST_CASE("AMeasuredPolicyIsNoWorseThanTheDefaultsOnAnotherMarket") {
  const Calibration found = CalibrateOn(Generate(11, 20'000, Rates{}), LinkPolicy{});
  const World world = Generate(12, 20'000, Rates{});
  const Score defaults = Play(world, *MakeLibrary(LinkPolicy{}), false);
  const Score measured = Play(world, *MakeLibrary(found.policy), false);
  CHECK(measured.Honest().blocked <= defaults.Honest().blocked);
  CHECK(measured.Stopped() >= defaults.Stopped() - 0.01);
  CHECK(measured.Blocked() >= defaults.Blocked() - 0.01);
  // A market of this size has some ninety reviews: a dozen more or less are the seed's.
  CHECK(measured.ReviewShare() <= defaults.ReviewShare() + 0.005);
}

}  // namespace
}  // namespace revenant::market

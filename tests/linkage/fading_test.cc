#include "linkage/fading.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

namespace revenant {
namespace {

constexpr std::int64_t kDay = 86'400'000'000;

KindPolicy Kind(double m, double bits, std::uint32_t half_life_days) {
  KindPolicy kind;
  kind.m = m;
  kind.u = m / std::exp2(bits);
  kind.half_life_days = half_life_days;
  kind.weight = WeightOf(kind.m, kind.u);
  return kind;
}

TEST_SUITE("fading") {
  TEST_CASE("AHalfLifeCostsABitAtFirstAndNothingFallsBelowZero") {
    const KindPolicy kind = Kind(0.5, 20, 30);
    struct Row {
      int days;
      MilliBits weight;
    };
    constexpr Row kRows[] = {{-5, 20'000},  {0, 20'000},  {30, 19'000}, {60, 18'000},
                             {300, 10'001}, {600, 1'000}, {900, 1},     {300'000, 0}};
    for (const Row& row : kRows) {
      CAPTURE(row.days);
      CHECK(Faded(kind, row.days * kDay) == row.weight);
    }
    CHECK(Faded(Kind(0.5, 20, 0), 9'000 * kDay) == 20'000);  // never fades
    CHECK(Faded(kind, INT64_MAX) == 0);
  }

  // Integers against the mathematical library's widest numbers.
  TEST_CASE("FadingIsTheFormulaToTheMilliBit") {
    std::mt19937_64 random(7);
    const auto between = [&](double low, double high) {
      return std::uniform_real_distribution(low, high)(random);
    };
    int other = 0;
    constexpr int kRounds = 100'000;
    for (int i = 0; i < kRounds; ++i) {
      const KindPolicy kind =
          Kind(between(0.01, 1), between(0.1, 60), static_cast<std::uint32_t>(between(1, 4'000)));
      const auto gap = static_cast<std::int64_t>(between(0, 20'000) * kDay);
      const long double same =
          std::exp2(-static_cast<long double>(gap) / kDay / kind.half_life_days);
      const long double odds = (kind.m - kind.u) / kind.u;
      const MilliBits expected = std::llround(std::log2(1 + same * odds) * 1000);
      other += Faded(kind, gap) != expected;
      CHECK(Faded(kind, gap) >= Faded(kind, gap + kDay));
    }
    CHECK(other <= 1);  // a tie, once in a hundred million
  }
}

}  // namespace
}  // namespace revenant

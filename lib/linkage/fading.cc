#include "linkage/fading.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace revenant {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::int64_t kMicrosPerDay = 86'400'000'000;
constexpr int kPoint = 62;  // fractions have so many bits behind the point
constexpr std::uint64_t kOne = std::uint64_t{1} << kPoint;
constexpr int kSteps = 42;  // bits of an exponent that count

// The largest root whose square is not above `square`.
constexpr std::uint64_t Root(Wide square) {
  std::uint64_t root = 0;
  for (int bit = 63; bit >= 0; --bit) {
    const std::uint64_t next = root | std::uint64_t{1} << bit;
    if (static_cast<Wide>(next) * next <= square) root = next;
  }
  return root;
}

// 2^(-1/2), 2^(-1/4), 2^(-1/8) ...
constexpr std::array<std::uint64_t, kSteps> Roots() {
  std::array<std::uint64_t, kSteps> roots{};
  std::uint64_t last = kOne / 2;
  for (std::uint64_t& root : roots) root = last = Root(static_cast<Wide>(last) << kPoint);
  return roots;
}
constexpr std::array<std::uint64_t, kSteps> kRoots = Roots();

// A number above 0: mantissa * 2^exponent, the mantissa's highest bit set.
struct Number {
  std::uint64_t mantissa = 0;
  std::int64_t exponent = 0;
};

Number Normal(Wide value, std::int64_t exponent) {
  const auto high = static_cast<std::uint64_t>(value >> 64);
  const int up =
      high != 0 ? std::countl_zero(high) : 64 + std::countl_zero(static_cast<std::uint64_t>(value));
  return {static_cast<std::uint64_t>((value << up) >> 64), exponent + 64 - up};
}

// 2^(-gap / half_life)
Number Kept(std::int64_t gap_micros, std::uint32_t half_life_days) {
  const Wide life = static_cast<Wide>(half_life_days) * kMicrosPerDay;
  const Wide gap = static_cast<std::uint64_t>(gap_micros);
  const auto halvings = static_cast<std::int64_t>(gap / life);
  auto rest = static_cast<std::uint64_t>(((gap % life) << kSteps) / life);
  std::uint64_t kept = kOne;
  for (int step = 0; step < kSteps; ++step) {
    if ((rest >> (kSteps - 1 - step) & 1) == 0) continue;
    kept = static_cast<std::uint64_t>(static_cast<Wide>(kept) * kRoots[step] >> kPoint);
  }
  return Normal(kept, -kPoint - halvings);
}

Number Times(const Number& a, const Number& b) {
  return Normal(static_cast<Wide>(a.mantissa) * b.mantissa, a.exponent + b.exponent);
}

// 1 + a, of which bits below its 64th are lost.
Number OneAnd(const Number& a) {
  if (a.exponent >= 0) return a;                                // 2^63 or more
  if (a.exponent < -126) return {std::uint64_t{1} << 63, -63};  // below 2^-62
  return Normal(static_cast<Wide>(a.mantissa) + (static_cast<Wide>(1) << -a.exponent), a.exponent);
}

// log2 of a number of at least 1, in thousandths, by squaring its mantissa bit by bit.
MilliBits MilliLog2Of(const Number& a) {
  const std::int64_t whole = a.exponent + 63;
  std::uint64_t fraction = 0;
  std::uint64_t z = a.mantissa >> 1;  // 1 to 2, of kPoint bits
  for (int step = 0; step < kSteps; ++step) {
    const Wide square = static_cast<Wide>(z) * z >> kPoint;
    const bool two = square >= static_cast<Wide>(2) << kPoint;
    fraction = fraction << 1 | static_cast<std::uint64_t>(two);
    z = static_cast<std::uint64_t>(two ? square >> 1 : square);
  }
  const std::uint64_t half = std::uint64_t{1} << (kSteps - 1);
  return whole * 1000 + static_cast<MilliBits>((fraction * 1000 + half) >> kSteps);
}

}  // namespace

MilliBits Faded(const KindPolicy& kind, std::int64_t gap_micros) {
  if (kind.half_life_days == 0 || gap_micros <= 0) return kind.weight;
  const double odds = (kind.m - kind.u) / kind.u;
  if (!(odds > 0) || std::isinf(odds)) return kind.weight;
  int exponent = 0;
  const double mantissa = std::frexp(odds, &exponent);
  const Number full = Normal(static_cast<std::uint64_t>(std::ldexp(mantissa, 53)), exponent - 53);
  const Number mixed = OneAnd(Times(full, Kept(gap_micros, kind.half_life_days)));
  return std::clamp<MilliBits>(MilliLog2Of(mixed), 0, kind.weight);
}

}  // namespace revenant

#ifndef REVENANT_TESTS_MARKET_RANDOM_H_
#define REVENANT_TESTS_MARKET_RANDOM_H_

#include <cmath>
#include <cstdint>

namespace revenant::market {

// The distributions of the standard library differ from one to the next; this one does not.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15 + 0x1234567) {}

  std::uint64_t Next() {  // SplitMix64 (Steele et al. 2014)
    std::uint64_t x = state_ += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
  }
  double Unit() { return static_cast<double>(Next() >> 11) * 0x1p-53; }
  bool Chance(double p) { return Unit() < p; }
  std::uint64_t Below(std::uint64_t n) { return n == 0 ? 0 : Next() % n; }
  std::int64_t Between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(Below(static_cast<std::uint64_t>(high - low + 1)));
  }
  double Exponential(double mean) { return -mean * std::log(1 - Unit()); }
  // As many are of size n to 2n as of 2n to 4n.
  int LogUniform(int low, int high) {
    return static_cast<int>(low * std::pow((high + 1.0) / low, Unit()));
  }
  // P(n) as 1/n^2: each doubling holds as many members.
  int InverseSquare(int low, int high) {
    const double a = 1.0 / low, b = 1.0 / (high + 1.0);
    return static_cast<int>(1 / (b + (a - b) * Unit()));
  }

 private:
  std::uint64_t state_;
};

}  // namespace revenant::market

#endif  // REVENANT_TESTS_MARKET_RANDOM_H_

#ifndef REVENANT_TESTS_BENCH_SPEED_KIT_H_
#define REVENANT_TESTS_BENCH_SPEED_KIT_H_

// Small tools of every measurement: clocks, medians, and comparing two calls fairly.

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <type_traits>
#include <utility>
#include <vector>

#include "revenant/result.h"

namespace revenant::bench {

// The value, or the end of the program: what fails here cannot be measured.
template <typename T>
T Need(Result<T> result) {
  if (!result) {
    fmt::print(stderr, "speed: {}\n", result.error().message);
    std::exit(2);
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

template <typename Call>
double Seconds(const Call& call) {
  const auto start = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// What all threads of this program have worked, waiting left out.
inline double CpuSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

inline double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// What something took, and what it would take at least.
struct Pair {
  double value = 0, floor = 0;
  double ratio() const { return value / floor; }
};

// The run whose ratio is the median one.
inline Pair MedianRun(std::vector<Pair> runs) {
  const auto middle = runs.begin() + static_cast<std::ptrdiff_t>(runs.size() / 2);
  std::nth_element(runs.begin(), middle, runs.end(),
                   [](const Pair& a, const Pair& b) { return a.ratio() < b.ratio(); });
  return *middle;
}

// Medians in microseconds of two calls, made in turns for each of `count` items: whatever else the
// machine does meets both alike. Each of `runs` passes over the items `passes` times; the run whose
// ratio is the median one counts.
template <typename Call, typename Floor>
Pair Compare(int runs, int passes, std::size_t count, const Call& call, const Floor& floor) {
  std::vector<Pair> pairs;
  for (int run = 0; run < runs; ++run) {
    std::vector<double> values, floors;
    for (int pass = 0; pass < passes; ++pass) {
      for (std::size_t i = 0; i < count; ++i) {
        // The second of the two finds its rows in the cache: by turns.
        const bool first = (i + static_cast<std::size_t>(run + pass)) % 2 == 0;
        if (first) values.push_back(Seconds([&] { call(i); }) * 1e6);
        floors.push_back(Seconds([&] { floor(i); }) * 1e6);
        if (!first) values.push_back(Seconds([&] { call(i); }) * 1e6);
      }
    }
    pairs.push_back({Median(std::move(values)), Median(std::move(floors))});
  }
  return MedianRun(std::move(pairs));
}

}  // namespace revenant::bench

#endif  // REVENANT_TESTS_BENCH_SPEED_KIT_H_

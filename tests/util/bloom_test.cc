#include "util/bloom.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <random>
#include <thread>
#include <vector>

namespace revenant {
namespace {

std::vector<Bloom::Key> Draw(std::uint64_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Bloom::Key> keys(count);
  for (Bloom::Key& key : keys) key = {random(), random()};
  return keys;
}

TEST_CASE("WhatWasAddedIsThereAndOneStrangerInAThousandAtMost") {
  constexpr std::uint64_t kCount = 400'000;
  Bloom bloom(kCount);
  const std::vector<Bloom::Key> members = Draw(kCount, 1), strangers = Draw(kCount, 2);
  for (const Bloom::Key& key : members) bloom.Add(key);
  for (const Bloom::Key& key : members) REQUIRE(bloom.Has(key));
  int taken = 0;
  for (const Bloom::Key& key : strangers) taken += bloom.Has(key);
  CAPTURE(taken);
  CHECK(taken <= static_cast<int>(kCount / 1000));
  CHECK(taken > 0);  // a filter that knows everybody apart is none
  CHECK(bloom.bytes() <= 2 * kCount + 64);
  CHECK_FALSE(bloom.full());
}

TEST_CASE("AFilterSaysWhenItHoldsMoreThanItWasMadeFor") {
  Bloom bloom(1000);
  for (const Bloom::Key& key : Draw(990, 3)) bloom.Add(key);
  CHECK_FALSE(bloom.full());
  for (const Bloom::Key& key : Draw(50, 4)) bloom.Add(key);
  CHECK(bloom.full());
}

TEST_CASE("AKeyCountsOnce") {
  Bloom bloom(100);
  const Bloom::Key key{~std::uint64_t{0}, ~std::uint64_t{0}};  // the last block, the last bits
  CHECK(bloom.Add(key));
  CHECK_FALSE(bloom.Add(key));
  CHECK(bloom.added() == 1);
  CHECK_FALSE(bloom.Has({0, 0}));
}

TEST_CASE("ThreadsAddSideBySideWithoutLosingABit") {
  Bloom bloom(40'000);
  std::vector<std::thread> threads;
  for (std::uint64_t seed = 10; seed < 14; ++seed) {
    threads.emplace_back([&bloom, seed] {
      for (const Bloom::Key& key : Draw(10'000, seed)) bloom.Add(key);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::uint64_t seed = 10; seed < 14; ++seed) {
    for (const Bloom::Key& key : Draw(10'000, seed)) REQUIRE(bloom.Has(key));
  }
}

}  // namespace
}  // namespace revenant

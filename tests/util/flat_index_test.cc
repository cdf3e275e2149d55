// Against std::map over random keys, few enough to collide and many enough to grow.

#include "util/flat_index.h"

#include <doctest/doctest.h>

#include <map>
#include <random>

namespace revenant {
namespace {

TEST_CASE("AFlatIndexAnswersAsAMapDoesFromGenerationToGeneration") {
  std::mt19937_64 random(1);
  FlatIndex<std::uint64_t> index;
  CHECK(index.Find(0) == nullptr);
  for (int generation = 0; generation < 50; ++generation) {
    CAPTURE(generation);
    std::map<std::uint64_t, std::uint32_t> twin;
    const std::uint64_t keys = 1 + random() % 2'000;
    for (std::uint32_t i = 0; i < keys; ++i) {
      const std::uint64_t key = (random() % keys) << (generation % 40);
      const auto [value, fresh] = index.Emplace(key, i);
      const auto [place, is_new] = twin.emplace(key, i);
      REQUIRE(fresh == is_new);
      REQUIRE(value == place->second);
    }
    REQUIRE(index.size() == twin.size());
    for (std::uint64_t key = 0; key < keys; ++key) {
      const auto place = twin.find(key << (generation % 40));
      const std::uint32_t* found = index.Find(key << (generation % 40));
      REQUIRE((found != nullptr) == (place != twin.end()));
      if (found != nullptr) REQUIRE(*found == place->second);
    }
    index.Clear();
    CHECK(index.size() == 0);
    for (const auto& [key, value] : twin) REQUIRE(index.Find(key) == nullptr);
  }
}

}  // namespace
}  // namespace revenant

#include "linkage/union_find.h"

#include <doctest/doctest.h>

#include <random>

namespace revenant {
namespace {

TEST_CASE("roots are the least numbers of the components that a naive search finds") {
  std::mt19937_64 random(1);
  for (int round = 0; round < 200; ++round) {
    const std::size_t nodes = 1 + random() % 60;
    std::vector<UnionFind::Edge> edges(random() % 80);
    for (auto& [a, b] : edges) {
      a = static_cast<UnionFind::Node>(random() % nodes);
      b = static_cast<UnionFind::Node>(random() % nodes);
    }
    std::vector<UnionFind::Node> least(nodes);
    std::iota(least.begin(), least.end(), 0U);
    for (bool changed = true; changed;) {
      changed = false;
      for (const auto& [a, b] : edges) {
        const UnionFind::Node both = std::min(least[a], least[b]);
        changed |= least[a] != both || least[b] != both;
        least[a] = least[b] = both;
      }
    }
    UnionFind found(nodes);
    const auto middle = static_cast<std::ptrdiff_t>(edges.size() / 2);
    found.Join({edges.begin(), edges.begin() + middle});
    found.Join({edges.begin() + middle, edges.end()});
    for (std::size_t i = 0; i < nodes; ++i) {
      CHECK(found.Find(static_cast<UnionFind::Node>(i)) == least[i]);
    }
    const auto roots = found.Roots();
    CHECK(std::vector<UnionFind::Node>(roots.begin(), roots.end()) == least);
  }
}

}  // namespace
}  // namespace revenant

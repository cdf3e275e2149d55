#ifndef REVENANT_LINKAGE_UNION_FIND_H_
#define REVENANT_LINKAGE_UNION_FIND_H_

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace revenant {

// Components of a graph whose nodes are numbered without gaps: one array of parents, the least
// number of a component as its root. Edges come many at a time, and the nodes of those to come are
// fetched from memory while the present one is joined: what a random edge costs is waiting for
// them. Threads: one at a time.
class UnionFind {
 public:
  using Node = std::uint32_t;
  using Edge = std::pair<Node, Node>;

  explicit UnionFind(std::size_t nodes) : parent_(nodes) {
    std::iota(parent_.begin(), parent_.end(), Node{0});
  }

  void Join(std::span<const Edge> edges) {
    for (std::size_t i = 0; i < edges.size(); ++i) {
      if (i + kAhead < edges.size()) {
        __builtin_prefetch(&parent_[edges[i + kAhead].first], 1);
        __builtin_prefetch(&parent_[edges[i + kAhead].second], 1);
      }
      Join(edges[i].first, edges[i].second);
    }
  }

  void Join(Node a, Node b) {
    a = Find(a);
    b = Find(b);
    if (a < b) {
      parent_[b] = a;
    } else {
      parent_[a] = b;
    }
  }

  Node Find(Node node) {
    while (parent_[node] != node) node = parent_[node] = parent_[parent_[node]];
    return node;
  }

  // After the last edge: the root of every node. A parent is never greater than its child, so one
  // pass from the front is enough.
  std::span<const Node> Roots() {
    for (Node& parent : parent_) parent = parent_[parent];
    return parent_;
  }

 private:
  static constexpr std::size_t kAhead = 24;
  std::vector<Node> parent_;
};

}  // namespace revenant

#endif  // REVENANT_LINKAGE_UNION_FIND_H_

#ifndef REVENANT_LINKAGE_UNIT_FLOW_H_
#define REVENANT_LINKAGE_UNIT_FLOW_H_

#include <cstdint>
#include <vector>

namespace revenant {

// How many ways lead from one gate to another if each gate between lets one of them pass (Menger's
// theorem: as many gates must be shut to part the two). Edmonds-Karp by one way at a time (Edmonds
// and Karp, 1972): ways are few, and Boost.Graph's spends most of its time on making its graph.
// Threads: one at a time. Memory: kept from use to use. Cost: the edges, once for each way.
class UnitFlow {
 public:
  // Starts again with this many gates and no edges.
  void Start(std::size_t gates);
  // A way that leaves `from` may enter `to`.
  void AddEdge(std::uint32_t from, std::uint32_t to) { AddArc(Exit(from), Entry(to)); }
  // At most `enough`.
  std::uint32_t Ways(std::uint32_t from, std::uint32_t to, std::uint32_t enough);

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  struct Arc {
    std::uint32_t to = 0, next = kNone;  // `next` of those that leave the same point
    bool open = true;
  };
  // A gate is an arc between two points. Arcs lie in pairs: there (even) and back (odd).
  static std::uint32_t Entry(std::uint32_t gate) { return 2 * gate; }
  static std::uint32_t Exit(std::uint32_t gate) { return 2 * gate + 1; }
  void AddArc(std::uint32_t from, std::uint32_t to);
  bool FindWay(std::uint32_t from, std::uint32_t to);

  std::vector<std::uint32_t> first_;  // arc of each point
  std::vector<Arc> arcs_;
  std::vector<std::uint32_t> reached_by_;  // arc, of each point, in the search under way
  std::vector<std::uint32_t> queue_;
};

}  // namespace revenant

#endif  // REVENANT_LINKAGE_UNIT_FLOW_H_

#ifndef REVENANT_LINKAGE_CLUSTER_SHAPE_H_
#define REVENANT_LINKAGE_CLUSTER_SHAPE_H_

// Which vertices and edges hold an undirected graph together.

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace revenant {

struct GraphShape {
  // A vertex without which its component falls apart.
  struct CutVertex {
    std::uint32_t vertex = 0;
    std::uint32_t parts = 0;   // that are left of its component
    std::uint32_t parted = 0;  // counted vertices outside of the part that has most of them
    friend bool operator==(const CutVertex&, const CutVertex&) = default;
  };
  std::vector<CutVertex> cuts;         // by vertex
  std::vector<std::uint32_t> bridges;  // numbers of the edges that would part it, sorted
  std::uint32_t blocks = 0;            // biconnected components; a vertex alone is none
};

// Edges join two different vertices and no two edges join the same two. `counted`: which vertices
// count in CutVertex::parted. Threads: pure. Cost: linear; Boost's search keeps a stack of its own,
// and nothing recurses.
GraphShape FindShape(std::size_t vertices,
                     std::span<const std::pair<std::uint32_t, std::uint32_t>> edges,
                     const std::vector<bool>& counted);

}  // namespace revenant

#endif  // REVENANT_LINKAGE_CLUSTER_SHAPE_H_

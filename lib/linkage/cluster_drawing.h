#ifndef REVENANT_LINKAGE_CLUSTER_DRAWING_H_
#define REVENANT_LINKAGE_CLUSTER_DRAWING_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "revenant/cluster_graph.h"

namespace revenant {

// Positions for a graph by forces (Fruchterman and Reingold, 1991), each from 0 to 1 and rounded to
// ten-thousandths: vertices repel each other and edges pull. Finite for any graph, one vertex and
// no edges included. The same arguments give the same positions, on one machine and build.
// Threads: pure. Cost: rounds that are linear where vertices spread evenly:
// 200, of more than 10,000 vertices fewer, but 10.
std::vector<DrawnAt> LayOutByForces(std::size_t vertices,
                                    std::span<const std::pair<std::uint32_t, std::uint32_t>> edges,
                                    std::uint64_t seed);

}  // namespace revenant

#endif  // REVENANT_LINKAGE_CLUSTER_DRAWING_H_

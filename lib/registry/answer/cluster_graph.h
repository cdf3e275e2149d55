#ifndef REVENANT_REGISTRY_ANSWER_CLUSTER_GRAPH_H_
#define REVENANT_REGISTRY_ANSWER_CLUSTER_GRAPH_H_

#include <cstddef>

#include "revenant/cluster_graph.h"
#include "revenant/link_policy.h"
#include "store/view.h"

namespace revenant {

// The graph around a seller: its cluster, the banned leaves that touch it, and those that a refused
// join keeps out of it. Of a leaf: itself, and the clusters that it touches. Sellers are met in
// breadth, each one's in name order, until there are `max_sellers` (at least the one named).
// Threads: pure but for reading. Errors: those of the view. Cost: the rows of each seller and the
// names of all carriers of each identifier that joins two of them.
Result<ClusterGraph> ReadClusterGraph(const View& view, const LinkPolicy& policy, SellerId seller,
                                      std::size_t max_sellers);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_ANSWER_CLUSTER_GRAPH_H_

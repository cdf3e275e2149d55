#ifndef REVENANT_CLUSTER_GRAPH_H_
#define REVENANT_CLUSTER_GRAPH_H_

// A cluster as a graph: sellers on one side, the identifiers that they share on the other, and what
// holds the two sides together. Registry::GraphOf() reads it; the functions here are pure, so any
// number of threads may call them. It holds fingerprints, never a raw value.
//
//   const Result<ClusterGraph> graph = registry->GraphOf(seller, 1'000);
//   std::cout << DescribeShape(*graph, ShapeOf(*graph)) << '\n';

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "revenant/fingerprint.h"
#include "revenant/record.h"
#include "revenant/time.h"

namespace revenant {

struct ClusterGraph {
  struct Seller {
    SellerName name;
    SellerStatus status = SellerStatus::kActive;
    Time since;  // earliest known enrolment
    bool banned = false;
    // No cluster passes through it: an applicant, a case of another platform, or a seller that
    // carries more values of a kind than anyone owns.
    bool leaf = false;
    // Not of the cluster: a refused carry leads to it.
    bool beyond = false;
  };
  struct Identifier {
    std::string kind;
    Fingerprint fingerprint;
    std::uint64_t carriers = 0;  // enrolled sellers in the whole registry
    bool joins =
        false;  // of a linking kind, and not a hub; the others are shown but hold nothing together
  };
  struct Carry {
    std::uint32_t seller = 0, identifier = 0;  // places in the lists below
    Time since;                                // first sighting
    bool refused = false;  // a finding of "different people" keeps the two apart
  };

  std::vector<Seller> sellers;          // in name order
  std::vector<Identifier> identifiers;  // that two or more of them carry; by kind, then by carriers
  std::vector<Carry> carries;           // by seller, then by identifier, each pair once
  bool cut_short = false;               // there are more sellers than were asked for
};

// What holds a cluster together. Leaves, sellers beyond it, refused carries and identifiers that do
// not join count for nothing here.
struct ClusterShape {
  // A seller or identifier without which the sellers come apart.
  struct CutPoint {
    std::uint32_t place = 0;   // in ClusterGraph::sellers or ::identifiers
    std::uint32_t parts = 0;   // that are left without it
    std::uint32_t parted = 0;  // sellers outside the largest of them
    friend bool operator==(const CutPoint&, const CutPoint&) = default;
  };
  std::vector<CutPoint> sellers, identifiers;  // those that part most sellers first, then by place
  // Places in ClusterGraph::carries: sightings that would part the cluster if they were withdrawn.
  std::vector<std::uint32_t> bridges;
  std::uint32_t blocks = 0;   // groups that stay together if any one vertex goes
  std::uint32_t members = 0;  // sellers that are neither leaves nor beyond
};

// Cost: linear in sellers, identifiers and carries; nothing recurses.
ClusterShape ShapeOf(const ClusterGraph& graph);

// One line for a person: "held together by pay.iban 91d3f0a2 (3 of 5 sellers come apart without
// it), seller shop-eu:S-7 (1 of 5)". Names at most `limit` of them.
std::string DescribeShape(const ClusterGraph& graph, const ClusterShape& shape,
                          std::size_t limit = 3);

// The position of each vertex, both from 0 to 1: sellers first, then identifiers, in the order of
// their lists. The same graph and seed yield the same picture, on one machine and build.
// Cost: at most 200 rounds over vertices and carries.
struct DrawnAt {
  double x = 0, y = 0;
  friend bool operator==(const DrawnAt&, const DrawnAt&) = default;
};
std::vector<DrawnAt> LayOut(const ClusterGraph& graph, std::uint64_t seed = 1);

// The graph with its layout and shape as GraphML (Gephi, yEd, NetworkX), as DOT (Graphviz: `neato
// -n -Tsvg`), or as one line of JSON without the line's end. UTF-8; what XML and terminals do not
// take becomes U+FFFD in the first two.
std::string ToGraphml(const ClusterGraph& graph);
std::string ToDot(const ClusterGraph& graph);
std::string ToJson(const ClusterGraph& graph);

}  // namespace revenant

#endif  // REVENANT_CLUSTER_GRAPH_H_

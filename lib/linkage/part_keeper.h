#ifndef REVENANT_LINKAGE_PART_KEEPER_H_
#define REVENANT_LINKAGE_PART_KEEPER_H_

// The parts of a component (DESIGN.md section 5, rule 5) kept right while joins come and go,
// without reading the whole component. PARTS.md beside this file has the argument; constrained.h
// computes the same from nothing.

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "linkage/link_graph.h"
#include "revenant/link_policy.h"
#include "revenant/record.h"
#include "revenant/result.h"

namespace revenant {

enum class PartId : std::uint32_t {};
inline constexpr PartId kNoPart{0};

// A kind's place in the order of joins: strongest first, then by name.
struct JoinRank {
  MilliBits weight = 0;
  std::string kind;
};

// When a join is made. Every carrier of a fingerprint is joined to the earliest of its carriers,
// its centre. The pointers live as long as the graph that the key is of.
struct JoinKey {
  const JoinRank* rank = nullptr;
  std::int64_t first = 0;  // when the later one was first seen with the fingerprint; unknown last
  const SellerName* seller = nullptr;  // the later one
  std::int64_t centre_first = 0;
  const SellerName* centre = nullptr;
};
// Negative: `a` is made before `b`. Zero: both are of the same two sellers.
int Compare(const JoinKey& a, const JoinKey& b);

struct Join {
  NodeId a{}, b{};
  JoinKey key;
};

// A component and the parts that it is divided into. Joins are those of the new state.
class PartedGraph {
 public:
  virtual ~PartedGraph() = default;
  // The joins of a seller, in order, itself as `a`. They live as long as the graph.
  virtual Result<std::span<const Join>> JoinsOf(NodeId seller) = 0;
  // kNoPart: the seller is not in the component (any more).
  virtual Result<PartId> PartOf(NodeId seller) = 0;
  // Does some finding name the seller? (Too often "yes" costs time and nothing else.)
  virtual Result<bool> InFinding(NodeId seller) = 0;
  // The findings between two parts: which sellers of the first must not meet which of the second.
  virtual Result<std::vector<std::pair<NodeId, NodeId>>> FindingsBetween(PartId a, PartId b) = 0;
  // Makes two parts one.
  virtual Result<void> Merge(PartId a, PartId b) = 0;
  // Puts a seller into a new part of its own.
  virtual Result<void> Isolate(NodeId seller) = 0;
};

// Threads: one at a time. Errors: those of the graph.
class PartKeeper {
 public:
  explicit PartKeeper(PartedGraph& graph) : graph_(graph) {}

  // `lost`: joins that were there, within one part, and are no more or are made at another time.
  // `made`: joins of the new state that were not there or are made at another time.
  // Before it the parts are right without those of `made`, with those of `lost`; after it they are
  // right. False: they have to be computed from nothing, regardless of their present state.
  Result<bool> Update(const std::vector<Join>& lost, const std::vector<Join>& made);

 private:
  struct Earlier {
    bool operator()(const Join& a, const Join& b) const;
  };
  struct Side {  // sellers whose way to the rest of their part became later
    std::vector<NodeId> sellers;
    JoinKey until;       // when they meet the rest
    bool apart = false;  // they do not meet it any more
  };
  class Growth;
  class Meeting;

  Result<bool> Mend(PartId part, const std::vector<NodeId>& ends);
  Result<bool> Detach(PartId part, const std::vector<NodeId>& sellers);
  Result<bool> Exposed(PartId part, const Side& side);
  Result<bool> Add(const Join& join);
  Result<bool> Settle();
  Result<bool> Refused(const Join& join);
  Result<bool> MeetBefore(NodeId a, NodeId b, const JoinKey& key);
  Result<bool> Replace(const Join& join);
  Result<bool> AnyFinding(const std::vector<NodeId>& sellers);
  bool Pending(const Join& join) const;

  PartedGraph& graph_;
  std::set<Join, Earlier> pending_;  // joins that the parts do not know of yet
  int replaced_ = 0;
};

}  // namespace revenant

#endif  // REVENANT_LINKAGE_PART_KEEPER_H_

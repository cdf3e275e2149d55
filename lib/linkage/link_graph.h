#ifndef REVENANT_LINKAGE_LINK_GRAPH_H_
#define REVENANT_LINKAGE_LINK_GRAPH_H_

// What a search for links reads: sellers, what they carry, and the carriers of each identifier. The
// registry implements it over a snapshot of the store; tests over a few maps.

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "revenant/fingerprint.h"
#include "revenant/identifier.h"
#include "revenant/link_policy.h"
#include "revenant/record.h"
#include "revenant/result.h"
#include "revenant/time.h"
#include "revenant/verdict.h"

namespace revenant {

enum class NodeId : std::uint64_t {};  // a seller
inline constexpr NodeId kNoNode{0};

// A kind as the search weighs it.
struct GraphKind {
  std::string name;
  Family family = Family::kCustom;
  KindPolicy policy;
  bool one_per_person = false;  // two people never share a value, one person never has two
};

// A list that is mostly of one.
template <typename T>
using Few = boost::container::small_vector<T, 2>;

// One identifier in a seller's hands, summed up over its live observations.
struct Held {
  Fingerprint fingerprint;
  const GraphKind* kind = nullptr;
  Time first, last;
  Few<Fingerprint> roots;         // attributes that it derives from, sorted
  Few<std::string_view> sources;  // sorted; the words live as long as the graph
  bool verified = false;
  bool fresh = false;  // asked for now, by an application: later than all that the registry holds
};

struct GraphSeller {
  NodeId id = kNoNode;
  SellerName name;
  bool passable = false;  // not a leaf: paths may pass through it
  bool tainted = true;    // its component has, or touches, a ban
  bool banned = false;
  bool has_pairs = false;  // some cannot-link names it
  Time banned_at;          // of the latest ban in force
  std::string ban_reason, ban_case;
  std::uint64_t component = 0;  // 0: alone
  std::uint32_t part = 0;
  std::vector<Held> held;          // sorted by fingerprint; junk and ignored kinds left out
  std::uint64_t observations = 0;  // rows that it took to read it
};

struct GraphFingerprint {
  const GraphKind* kind = nullptr;
  bool joins = false;  // of a linking kind, and no hub
  std::uint64_t enrolled = 0, banned = 0, banned_leaves = 0;
  std::uint64_t late = 0;  // of `enrolled`, left out of the limit (rule 10), where that decides
  bool hub() const { return kind->policy.role == Role::kLinking && !joins; }
};

class LinkGraph {
 public:
  virtual ~LinkGraph() = default;
  // The seller stays as it is and where it is for as long as the graph is of one state.
  virtual Result<const GraphSeller*> Seller(NodeId id) = 0;
  // `without` is left out of every count and list: the seller that is being judged.
  virtual Result<std::optional<GraphFingerprint>> At(const Fingerprint& fingerprint,
                                                     NodeId without) = 0;
  // Carriers that a path can reach: the enrolled and the banned, in name order. The list lives
  // until the next call.
  virtual Result<std::span<const NodeId>> Carriers(const Fingerprint& fingerprint,
                                                   NodeId without) = 0;
  // Has an investigator found that the two are different people?
  virtual Result<bool> Forbidden(NodeId a, NodeId b) = 0;
  // All that an investigator found to be a different person.
  virtual Result<std::vector<NodeId>> Foes(NodeId id) = 0;
};

}  // namespace revenant

#endif  // REVENANT_LINKAGE_LINK_GRAPH_H_

#ifndef REVENANT_LINKAGE_LINK_SEARCH_H_
#define REVENANT_LINKAGE_LINK_SEARCH_H_

// Finds the strongest paths from one seller to banned ones (or to one other seller) over a bounded
// neighbourhood (DESIGN.md section 5, rules 5, 8, 9, 11, 12).

#include <array>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <vector>

#include "linkage/link_graph.h"
#include "linkage/unit_flow.h"
#include "linkage/weigh.h"
#include "util/flat_index.h"

namespace revenant {

bool Holds(const GraphSeller& seller, const Fingerprint& fingerprint);

// What finding links works with, and keeps from search to search. Links() and Redundancy() say what
// for.
struct LinkScratch {
  struct Cell {
    MilliBits strength = 0;
    std::uint32_t from = 0, hop = 0;
  };
  struct Joined {
    std::uint32_t proof = 0, seller = 0;
    const Held* held = nullptr;
  };
  std::array<std::vector<Cell>, 4> paths;
  std::vector<std::uint32_t> by_name;
  std::vector<Joined> joined;
  FlatIndex<Fingerprint> proof_index;
  std::vector<std::uint32_t> proof_parents;
  UnitFlow flow;
};

class PathTable;

// The sellers around an origin, as far as paths may go, and the hops between them.
// Threads: one at a time. Lifetime: within that of the graph, the policy, the origin and the
// account. Errors: those of the graph. Memory: kept from search to search (Restart()), so that a
// search of the usual size allocates nothing but the links that it returns.
class Neighbourhood {
 public:
  struct Options {
    NodeId without = kNoNode;              // the origin's own account in the registry
    const GraphSeller* account = nullptr;  // the same, as it stands there
    NodeId target = kNoNode;  // search for this seller alone; else for all that are banned
    // An identifier is a hub only because `without` carries it too: judged without it, components
    // meet that the graph keeps apart, and their `tainted` says too little.
    bool frees_a_hub = false;
  };

  // The search starts at the origin, leaf or not.
  Neighbourhood(LinkGraph& graph, const LinkPolicy& policy, const GraphSeller& origin,
                const Options& options);
  Neighbourhood(LinkGraph&, const LinkPolicy&, GraphSeller&&, const Options&) = delete;
  // As if it were newly made.
  void Restart(const LinkPolicy& policy, const GraphSeller& origin, const Options& options);

  // Reads the neighbourhood, at most policy.search_budget observations of it.
  Result<void> Explore();

  // A hub or contested identifier of the origin's own.
  struct TaintedHub {
    std::string kind;
    Fingerprint fingerprint;
    MilliBits lift = 0;
    std::uint64_t banned = 0, carriers = 0;
  };
  struct Contested {
    std::string kind;
    SellerName a, b;  // different people, one of them banned or linked to a ban
  };
  const std::vector<TaintedHub>& tainted_hubs() const { return tainted_hubs_; }
  const std::vector<Contested>& contested() const { return contested_; }
  bool cut_short() const { return cut_short_; }
  // The search stopped at max_hops among sellers whose component has to do with a ban.
  bool ends_in_taint() const { return ends_in_taint_; }
  std::uint64_t observations() const { return read_; }  // that were read

  // Links to each target reached, strongest first, then by name.
  std::vector<Link> Links(std::size_t limit) const;

  // Two sellers that an investigator held apart and that the path runs between, if it does.
  Result<std::optional<std::pair<SellerName, SellerName>>> PairOn(const Link& link) const;
  // Do documents of the origin and of the link's far end differ?
  bool DocumentsDifferFrom(const SellerName& seller) const;

 private:
  friend class PathTable;
  struct Edge {
    std::uint32_t to = 0;
    std::uint32_t hop = 0;  // index into hops_
    bool refused = false;   // between parts that an investigator's finding holds apart
  };
  struct WayHop {  // a hop and the nodes that it leads between
    std::uint32_t from = 0, to = 0;
    WeighedHop weighed;
  };
  struct Node {
    const GraphSeller* seller = nullptr;
    bool reached = false;                          // a hop leads to it, and is not just known of
    std::uint32_t met_by = 0;                      // the node that came upon it last, plus one
    std::uint32_t first_edge = 0, edge_count = 0;  // of an expanded node, in name order
  };

  Result<void> Expand(std::uint32_t index);
  Result<void> AskForParts();
  Result<void> ExpandLayers();
  Result<void> NoteForbidden();
  Result<void> Visit(std::uint32_t from, std::uint32_t to);
  Result<void> Contest(const Held& held);
  Result<bool> NearABan(std::uint32_t place);
  void NotePart(const Held& held);
  bool Refused(const Fingerprint& fingerprint, const GraphSeller& seller) const;
  Result<void> NoteDoubtful(std::uint32_t from, std::uint32_t to);
  void NoteKin(const Held& held, std::uint32_t place);
  void KeepKin(const GraphSeller& own);
  Result<const SellerName*> KinOf(const Held& held, std::uint32_t from, std::uint32_t to);
  void NoteHub(const Held& held, const GraphFingerprint& state);
  Result<std::optional<GraphFingerprint>> StateOf(const Fingerprint& fingerprint);
  const std::optional<GraphFingerprint>* KnownState(const Fingerprint& fingerprint) const {
    const std::uint32_t* place = state_index_.Find(fingerprint);
    return place == nullptr ? nullptr : &states_[*place];
  }
  Result<std::uint32_t> Load(NodeId id);
  bool IsTarget(const GraphSeller& seller) const;
  void SortByName(std::span<std::uint32_t> places) const;
  std::span<const Edge> EdgesOf(std::uint32_t place) const {
    return std::span(edges_).subspan(nodes_[place].first_edge, nodes_[place].edge_count);
  }
  bool Apart(std::uint32_t a, std::uint32_t b) const {  // once all are noted
    return !forbidden_.empty() && forbidden_.contains(std::minmax(a, b));
  }
  void LeaveOneOfEachPair(std::vector<std::uint32_t>& sellers) const;
  // `across`: over refused joins too.
  std::uint32_t Redundancy(std::uint32_t target, bool across) const;
  Hop Described(std::uint32_t hop) const;
  Link MakeLink(std::uint32_t target, std::span<const std::uint32_t> hops,
                MilliBits blame_strength) const;
  void AddRunnersUp(std::uint32_t target, std::span<const std::uint32_t> shown, PathTable& detours,
                    Link& link) const;

  LinkGraph& graph_;
  const LinkPolicy* policy_;
  Options options_;
  std::vector<Node> nodes_;  // the origin first
  std::vector<Edge> edges_;
  std::vector<WayHop> hops_;
  FlatIndex<NodeId> index_;  // of nodes, but for the origin
  FlatIndex<Fingerprint> state_index_;
  std::vector<std::optional<GraphFingerprint>> states_;
  // What findings of "different people" (rule 5) bring in. Few searches come upon one.
  std::set<std::pair<std::uint32_t, std::uint32_t>> forbidden_;  // pairs of nodes, smaller first
  std::set<Fingerprint> contested_fingerprints_;                 // of the origin's own
  using Part = std::pair<std::uint64_t, std::uint32_t>;          // component and part
  std::map<Fingerprint, Part> part_of_;  // where findings part the carriers' component
  std::vector<TaintedHub> tainted_hubs_;
  std::vector<Contested> contested_;
  std::uint64_t read_ = 0;  // observations
  bool cut_short_ = false, ends_in_taint_ = false;
  // Set where the joins that are refused without the origin's account cannot be told from those
  // that are refused with it, so that all count as refused: the seller that a finding holds apart
  // from it.
  std::optional<SellerName> parts_unknown_;
  // Of the expansion at hand.
  std::vector<NodeId> carriers_;
  std::vector<std::uint32_t> met_, layer_, next_layer_;
  std::vector<Fingerprint> doubtful_;
  struct Kin {                   // may be kin of the seller at hand: held this, open and enrolled
    const Held* held = nullptr;  // the seller's own; in the order in which it holds them
    std::uint32_t place = 0;     // in name order
    Time first;
  };
  std::vector<Kin> kin_;
  // What kin speaks for on a hop, sorted.
  std::vector<std::pair<Fingerprint, const SellerName*>> spared_;
  mutable LinkScratch scratch_;
};

}  // namespace revenant

#endif  // REVENANT_LINKAGE_LINK_SEARCH_H_

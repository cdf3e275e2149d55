#ifndef REVENANT_LINKAGE_LINK_SEARCH_H_
#define REVENANT_LINKAGE_LINK_SEARCH_H_

// Finds the strongest paths from one seller to banned ones (or to one other seller) over a bounded
// neighbourhood (DESIGN.md section 5, rules 5, 8, 9, 11, 12).

#include <functional>
#include <map>
#include <set>
#include <vector>

#include "linkage/link_graph.h"
#include "linkage/weigh.h"

namespace revenant {

bool Holds(const GraphSeller& seller, const Fingerprint& fingerprint);

// The sellers around an origin, as far as paths may go, and the hops between them.
// Threads: one at a time. Errors: those of the graph.
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

  Neighbourhood(LinkGraph& graph, const LinkPolicy& policy, GraphSeller origin, Options options);

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

  // Links to each target reached, strongest first, then by name.
  Result<std::vector<Link>> Links(std::size_t limit) const;

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
  struct Node {
    GraphSeller seller;
    std::uint32_t level = 0;
    std::vector<Edge> edges;  // out of expanded nodes, in name order
  };

  Result<void> Expand(std::uint32_t index);
  Result<void> Visit(std::uint32_t from, NodeId to, std::set<NodeId>& done);
  Result<void> Contest(const Held& held, const std::vector<NodeId>& carriers);
  Result<bool> NearABan(std::uint32_t place);
  void NotePart(const Held& held, const std::vector<NodeId>& carriers);
  bool Refused(const Fingerprint& fingerprint, const GraphSeller& seller) const;
  std::vector<Fingerprint> Doubtful(std::uint32_t from, std::uint32_t to) const;
  void NoteHub(const Held& held, const GraphFingerprint& state);
  Result<std::optional<GraphFingerprint>> StateOf(const Fingerprint& fingerprint);
  Result<std::uint32_t> Load(NodeId id, std::uint32_t level);
  bool IsTarget(const GraphSeller& seller) const;
  // `across`: over refused joins too.
  std::uint32_t Redundancy(std::uint32_t target, bool across) const;
  Result<Link> MakeLink(std::uint32_t target, const std::vector<std::uint32_t>& hops,
                        MilliBits blame_strength) const;

  LinkGraph& graph_;
  const LinkPolicy& policy_;
  const Options options_;
  std::vector<Node> nodes_;  // the origin first
  std::vector<Hop> hops_;
  std::set<std::pair<std::uint32_t, std::uint32_t>>
      forbidden_;  // pairs of nodes that share something
  std::map<NodeId, std::uint32_t> index_;
  std::map<Fingerprint, std::optional<GraphFingerprint>> states_;
  std::set<Fingerprint> contested_fingerprints_;         // of the origin's own
  using Part = std::pair<std::uint64_t, std::uint32_t>;  // component and part
  std::map<Fingerprint, Part> part_of_;  // where findings part the carriers' component
  std::vector<TaintedHub> tainted_hubs_;
  std::vector<Contested> contested_;
  std::uint64_t read_ = 0;  // observations
  bool cut_short_ = false;
};

}  // namespace revenant

#endif  // REVENANT_LINKAGE_LINK_SEARCH_H_

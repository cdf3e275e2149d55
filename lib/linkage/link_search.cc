#include "linkage/link_search.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "util/try.h"

namespace revenant {
bool Holds(const GraphSeller& seller, const Fingerprint& fingerprint) {
  return std::any_of(seller.held.begin(), seller.held.end(),
                     [&](const Held& held) { return held.fingerprint == fingerprint; });
}

namespace {

bool TypesLists(const GraphSeller& seller, const GraphKind& kind) {
  if (seller.passable || kind.policy.role != Role::kLinking) return false;
  const auto values = std::count_if(seller.held.begin(), seller.held.end(),
                                    [&](const Held& held) { return held.kind->name == kind.name; });
  return values > static_cast<std::int64_t>(kind.policy.carry_limit);
}

}  // namespace

Neighbourhood::Neighbourhood(LinkGraph& graph, const LinkPolicy& policy, GraphSeller origin,
                             Options options)
    : graph_(graph), policy_(policy), options_(options) {
  origin.passable = true;  // the search starts here, leaf or not
  origin.tainted = true;
  nodes_.push_back({std::move(origin), 0, {}});
}

bool Neighbourhood::IsTarget(const GraphSeller& seller) const {
  return options_.target == kNoNode ? seller.banned : seller.id == options_.target;
}

Result<std::optional<GraphFingerprint>> Neighbourhood::StateOf(const Fingerprint& fingerprint) {
  const auto known = states_.find(fingerprint);
  if (known != states_.end()) return known->second;
  TRY_ASSIGN(auto state, graph_.At(fingerprint, options_.without));
  states_.emplace(fingerprint, state);
  return state;
}

Result<void> Neighbourhood::Explore() {
  if (options_.target != kNoNode) TRY(Load(options_.target, policy_.max_hops));
  std::vector<std::uint32_t> layer = {0};
  for (std::uint32_t level = 0; level < policy_.max_hops && !layer.empty(); ++level) {
    std::sort(layer.begin(), layer.end(), [&](std::uint32_t a, std::uint32_t b) {
      return nodes_[a].seller.name < nodes_[b].seller.name;
    });
    const std::size_t reached = nodes_.size();
    for (const std::uint32_t index : layer) {
      const GraphSeller& seller = nodes_[index].seller;
      if (index != 0 && (!seller.passable || seller.id == options_.target)) continue;
      if (!seller.tainted && options_.target == kNoNode && !options_.frees_a_hub) continue;
      if (read_ > policy_.search_budget) {
        // Only what may lead to a ban is missed (rule 12), and the taint filter relies on it.
        TRY_ASSIGN(const bool near, NearABan(index));
        if (!near && options_.target == kNoNode) continue;
        cut_short_ = true;
        return {};
      }
      TRY(Expand(index));
    }
    layer.clear();
    for (std::size_t i = reached; i < nodes_.size(); ++i) {
      layer.push_back(static_cast<std::uint32_t>(i));
    }
  }
  return {};
}

// Finds whom one seller meets, in name order. Its own identifiers are few: carry_limit sees to it.
Result<void> Neighbourhood::Expand(std::uint32_t index) {
  std::set<NodeId> done = {nodes_[index].seller.id, nodes_[0].seller.id, options_.without};
  std::map<SellerName, NodeId> met;
  // A copy: loading neighbours moves the nodes.
  const std::vector<Held> held_list = nodes_[index].seller.held;
  for (const Held& held : held_list) {
    if (held.kind->policy.role != Role::kLinking) continue;
    TRY_ASSIGN(const std::optional<GraphFingerprint> state, StateOf(held.fingerprint));
    if (!state) continue;
    if (index == 0 && state->hub()) NoteHub(held, *state);
    if (!state->joins) continue;
    TRY_ASSIGN(std::vector<NodeId> carriers, graph_.Carriers(held.fingerprint, options_.without));
    if (options_.target != kNoNode && Holds(nodes_[1].seller, held.fingerprint)) {
      carriers.push_back(options_.target);  // it may be a leaf, which no list names
    }
    if (index == 0) TRY(Contest(held, carriers));
    // Those who join are of one component, and equally tainted: one of them tells of all.
    std::optional<bool> tainted;
    if (state->banned > 0) tainted = true;
    for (const NodeId carrier : carriers) {
      if (done.contains(carrier)) continue;
      if (read_ > policy_.search_budget && !index_.contains(carrier) && tainted) {
        cut_short_ = cut_short_ || *tainted;
        continue;
      }
      TRY_ASSIGN(const std::uint32_t place, Load(carrier, nodes_[index].level + 1));
      const GraphSeller& seller = nodes_[place].seller;
      if (seller.passable && !tainted) tainted = seller.component != 0 && seller.tainted;
      met.emplace(seller.name, carrier);
      done.insert(carrier);
    }
    NotePart(held, carriers);
  }
  std::set<NodeId> visited;
  for (const auto& [name, neighbour] : met) TRY(Visit(index, neighbour, visited));
  return {};
}

Result<std::uint32_t> Neighbourhood::Load(NodeId id, std::uint32_t level) {
  const auto known = index_.find(id);
  if (known != index_.end()) return known->second;
  TRY_ASSIGN(GraphSeller seller, graph_.Seller(id));
  read_ += std::max<std::uint64_t>(1, seller.observations);
  const auto place = static_cast<std::uint32_t>(nodes_.size());
  nodes_.push_back({std::move(seller), level, {}});
  index_.emplace(id, place);
  return place;
}

Result<void> Neighbourhood::Visit(std::uint32_t from, NodeId to, std::set<NodeId>& done) {
  if (!done.insert(to).second) return {};
  const std::uint32_t place = index_.at(to);
  const GraphSeller& a = nodes_[from].seller;
  const GraphSeller& b = nodes_[place].seller;
  if (a.has_pairs && b.has_pairs) {
    TRY_ASSIGN(const bool forbidden, graph_.Forbidden(a.id, b.id));
    if (forbidden) {  // no path hops between a forbidden pair
      forbidden_.insert({from, place});
      return {};
    }
  }
  TRY_ASSIGN(Hop hop, WeighHop(
                          a, b, policy_,
                          [this](const Fingerprint& fingerprint) { return StateOf(fingerprint); },
                          Doubtful(from, place)));
  if (hop.shared.empty()) return {};
  hop.forbidden = std::all_of(hop.shared.begin(), hop.shared.end(), [&](const auto& shared) {
    return !shared.makes_hop || Refused(shared.fingerprint, a) || Refused(shared.fingerprint, b);
  });
  nodes_[from].edges.push_back({place, static_cast<std::uint32_t>(hops_.size()), hop.forbidden});
  hops_.push_back(std::move(hop));
  return {};
}

// Rule 10: bans that cluster on a hub make it speak.
void Neighbourhood::NoteHub(const Held& held, const GraphFingerprint& state) {
  const double carriers = static_cast<double>(state.enrolled + state.banned_leaves);
  const double p = policy_.hub_ban_rate, alpha = policy_.hub_smoothing;
  const double rate = (static_cast<double>(state.banned) + alpha * p) / (carriers + alpha);
  const double times_usual = rate / p;
  const MilliBits lift = times_usual <= 1 ? 0 : MilliLog2(times_usual);
  if (state.banned == 0 || lift < policy_.hub_review) return;
  tainted_hubs_.push_back({held.kind->name, held.fingerprint, lift, state.banned,
                           static_cast<std::uint64_t>(carriers)});
}

// Is a seller banned or joined to one that is? Of sellers without a component the graph says
// `tainted` unasked.
Result<bool> Neighbourhood::NearABan(std::uint32_t place) {
  const GraphSeller& seller = nodes_[place].seller;
  if (seller.banned || seller.component != 0) return seller.banned || seller.tainted;
  for (const Held& held : seller.held) {
    TRY_ASSIGN(const auto state, graph_.At(held.fingerprint, options_.without));
    if (state && state->joins && state->banned > 0) return true;
  }
  return false;
}

// Rule 5: an identifier that both of a forbidden pair carry points at neither of them alone. The
// other of a pair may be a leaf, which no list of carriers names.
Result<void> Neighbourhood::Contest(const Held& held, const std::vector<NodeId>& carriers) {
  std::set<std::pair<SellerName, SellerName>> pairs;
  for (const NodeId carrier : carriers) {
    if (carrier == nodes_[0].seller.id) continue;
    if (read_ > policy_.search_budget && !index_.contains(carrier)) continue;
    TRY_ASSIGN(const std::uint32_t place, Load(carrier, 1));
    if (!nodes_[place].seller.has_pairs) continue;
    TRY_ASSIGN(const std::vector<NodeId> foes, graph_.Foes(carrier));
    for (const NodeId foe : foes) {
      if (foe == nodes_[0].seller.id || foe == options_.without) continue;
      TRY_ASSIGN(const std::uint32_t other, Load(foe, 1));
      if (!Holds(nodes_[other].seller, held.fingerprint)) continue;
      contested_fingerprints_.insert(held.fingerprint);
      TRY_ASSIGN(const bool first_near, NearABan(place));
      TRY_ASSIGN(const bool second_near, NearABan(other));
      if (!first_near && !second_near) continue;
      pairs.insert(std::minmax(nodes_[place].seller.name, nodes_[other].seller.name));
    }
  }
  for (const auto& [a, b] : pairs) contested_.push_back({held.kind->name, a, b});
  return {};
}

// Where findings part a component, a fingerprint is with the carrier that was joined to it first:
// the earliest. The joins of all that are elsewhere were refused.
void Neighbourhood::NotePart(const Held& held, const std::vector<NodeId>& carriers) {
  std::vector<const GraphSeller*> sellers = {options_.account ? options_.account
                                                              : &nodes_[0].seller};
  for (const NodeId carrier : carriers) {
    const auto known = index_.find(carrier);
    if (known != index_.end()) sellers.push_back(&nodes_[known->second].seller);
  }
  const GraphSeller* earliest = nullptr;
  Time first;
  for (const GraphSeller* seller : sellers) {
    if (seller->component == 0 || seller->part == 0) continue;
    const auto item = std::find_if(seller->held.begin(), seller->held.end(), [&](const Held& one) {
      return one.fingerprint == held.fingerprint;
    });
    if (item == seller->held.end()) continue;
    if (earliest == nullptr || std::tuple(!item->first.known(), item->first, seller->name) <
                                   std::tuple(!first.known(), first, earliest->name)) {
      earliest = seller;
      first = item->first;
    }
  }
  if (earliest != nullptr) part_of_[held.fingerprint] = {earliest->component, earliest->part};
}

bool Neighbourhood::Refused(const Fingerprint& fingerprint, const GraphSeller& seller) const {
  const auto part = part_of_.find(fingerprint);
  return part != part_of_.end() && seller.component == part->second.first &&
         seller.part != part->second.second;
}

// What blames nobody on the hop between two: contested, joined to one of them by a refused join, or
// typed at the far end among more of its kind than anybody owns: victims' rather than its own.
std::vector<Fingerprint> Neighbourhood::Doubtful(std::uint32_t from, std::uint32_t to) const {
  std::vector<Fingerprint> doubtful;
  for (const Held& held : nodes_[from].seller.held) {
    if ((from == 0 && contested_fingerprints_.contains(held.fingerprint)) ||
        TypesLists(nodes_[to].seller, *held.kind) ||
        Refused(held.fingerprint, nodes_[from].seller) ||
        Refused(held.fingerprint, nodes_[to].seller)) {
      doubtful.push_back(held.fingerprint);
    }
  }
  return doubtful;
}

bool Neighbourhood::DocumentsDifferFrom(const SellerName& seller) const {
  for (const Node& node : nodes_) {
    if (node.seller.name == seller) return DocumentsDiffer(nodes_[0].seller, node.seller);
  }
  return false;
}

// The join was refused for a pair of whom one is in the identifier's part and one in that of an end
// of the hop. Names the first that somebody found here is of.
Result<std::optional<std::pair<SellerName, SellerName>>> Neighbourhood::PairOn(
    const Link& link) const {
  using Pair = std::pair<SellerName, SellerName>;
  const auto part = [](const GraphSeller& seller) { return Part(seller.component, seller.part); };
  for (const Hop& hop : link.path) {
    if (!hop.forbidden) continue;
    const auto shared = std::find_if(hop.shared.begin(), hop.shared.end(),
                                     [](const SharedIdentifier& one) { return one.makes_hop; });
    std::set<Part> parts = {part_of_.at(shared->fingerprint)};
    for (const Node& node : nodes_) {
      const bool end = node.seller.name == hop.from || node.seller.name == hop.to;
      if (end && Refused(shared->fingerprint, node.seller)) parts.insert(part(node.seller));
    }
    std::set<Pair> pairs;
    for (const Node& node : nodes_) {
      if (!node.seller.has_pairs || !parts.contains(part(node.seller))) continue;
      TRY_ASSIGN(const std::vector<NodeId> foes, graph_.Foes(node.seller.id));
      for (const NodeId foe : foes) {
        TRY_ASSIGN(const GraphSeller other, graph_.Seller(foe));
        if (!parts.contains(part(other)) || part(other) == part(node.seller)) continue;
        pairs.insert(std::minmax(node.seller.name, other.name));
      }
    }
    if (!pairs.empty()) return std::optional<Pair>(*pairs.begin());
  }
  return std::optional<Pair>();
}

// --- Paths by hop layers ---

// For each number of hops, the best that a walk of exactly so many can do to reach each node. The
// weakest hop counts, so a walk that returns to a node never beats the path without the detour.
class PathTable {
 public:
  enum class Mode { kAll, kBlaming, kStanding };
  static constexpr MilliBits kUnreached = std::numeric_limits<MilliBits>::min();

  PathTable(const Neighbourhood& around, Mode mode, const std::set<std::uint32_t>& excluded)
      : around_(around), layers_(around.policy_.max_hops + 1) {
    const std::size_t count = around.nodes_.size();
    for (Layer& layer : layers_) layer.assign(count, {});
    layers_[0][0].strength = std::numeric_limits<MilliBits>::max();
    std::vector<std::uint32_t> order(count);
    for (std::uint32_t i = 0; i < count; ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return around.nodes_[a].seller.name < around.nodes_[b].seller.name;
    });
    for (std::size_t hops = 1; hops < layers_.size(); ++hops) {
      for (const std::uint32_t from : order) Relax(hops, from, mode, excluded);
    }
  }

  struct Best {
    MilliBits strength = kUnreached;  // less the discount for length
    std::vector<std::uint32_t> hops;
  };
  Best To(std::uint32_t target) const {
    Best best;
    std::size_t length = 0;
    for (std::size_t hops = 1; hops < layers_.size(); ++hops) {
      if (layers_[hops][target].strength == kUnreached) continue;
      const MilliBits strength = layers_[hops][target].strength -
                                 around_.policy_.hop_discount * static_cast<MilliBits>(hops - 1);
      if (strength > best.strength) {
        best.strength = strength;
        length = hops;
      }
    }
    for (std::uint32_t node = target; length > 0; --length) {
      best.hops.push_back(layers_[length][node].hop);
      node = layers_[length][node].from;
    }
    std::reverse(best.hops.begin(), best.hops.end());
    return best;
  }

 private:
  struct Cell {
    MilliBits strength = kUnreached;
    std::uint32_t from = 0, hop = 0;
  };
  using Layer = std::vector<Cell>;

  void Relax(std::size_t hops, std::uint32_t from, Mode mode,
             const std::set<std::uint32_t>& excluded) {
    const MilliBits so_far = layers_[hops - 1][from].strength;
    if (so_far == kUnreached) return;
    for (const Neighbourhood::Edge& edge : around_.nodes_[from].edges) {
      if (excluded.contains(edge.hop)) continue;
      const Hop& hop = around_.hops_[edge.hop];
      if (mode != Mode::kAll && (edge.refused || hop.blame_weight <= 0)) continue;
      if (mode == Mode::kStanding && !StandsAlone(hop, around_.policy_)) continue;
      const MilliBits weight = mode == Mode::kAll ? hop.weight : hop.blame_weight;
      Cell& cell = layers_[hops][edge.to];
      if (std::min(so_far, weight) > cell.strength) {
        cell = {std::min(so_far, weight), from, edge.hop};
      }
    }
  }

  const Neighbourhood& around_;
  std::vector<Layer> layers_;
};

Result<Link> Neighbourhood::MakeLink(std::uint32_t target, const std::vector<std::uint32_t>& hops,
                                     MilliBits blame_strength) const {
  const GraphSeller& seller = nodes_[target].seller;
  Link link;
  link.seller = seller.name;
  link.banned = seller.banned;
  link.banned_at = seller.banned_at;
  link.ban_reason = seller.ban_reason;
  link.ban_case = seller.ban_case;
  MilliBits weakest = std::numeric_limits<MilliBits>::max();
  for (const std::uint32_t hop : hops) {
    link.path.push_back(hops_[hop]);
    weakest = std::min(weakest, hops_[hop].weight);
  }
  link.strength = weakest - policy_.hop_discount * static_cast<MilliBits>(hops.size() - 1);
  link.blame_strength = std::max<MilliBits>(0, blame_strength);
  link.redundancy = Redundancy(target, std::any_of(link.path.begin(), link.path.end(),
                                                   [](const Hop& hop) { return hop.forbidden; }));
  return link;
}

Result<std::vector<Link>> Neighbourhood::Links(std::size_t limit) const {
  const PathTable all(*this, PathTable::Mode::kAll, {});
  const PathTable blaming(*this, PathTable::Mode::kBlaming, {});
  const PathTable standing(*this, PathTable::Mode::kStanding, {});
  // Our own first: however much others list, it cannot crowd out what may block.
  std::vector<std::tuple<bool, MilliBits, SellerName, std::uint32_t>> targets;
  for (std::uint32_t i = 1; i < nodes_.size(); ++i) {
    if (!IsTarget(nodes_[i].seller)) continue;
    const PathTable::Best best = all.To(i);
    if (best.hops.empty()) continue;
    const MilliBits blame = blaming.To(i).strength;
    const SellerName& name = nodes_[i].seller.name;
    targets.emplace_back(IsForeignCase(name), -std::max(best.strength, blame), name, i);
  }
  std::sort(targets.begin(), targets.end());
  if (targets.size() > limit) targets.resize(limit);

  constexpr std::size_t kExplained = 3, kRunnersUp = 2;  // what a person reads
  std::vector<Link> links;
  for (const auto& [foreign, strength, name, target] : targets) {
    // The path that may be held against the applicant is the one to show, if it is strong enough.
    const PathTable::Best best = all.To(target), blame = blaming.To(target);
    // Of these, one whose every hop stands on a strong kind goes before a stronger sum of weak
    // ones, which needs more proofs: more evidence must never make less of a verdict.
    const PathTable::Best alone = standing.To(target);
    const auto blocks = [&](const PathTable::Best& path) {
      return !path.hops.empty() && path.strength + policy_.prior >= policy_.block;
    };
    const std::vector<std::uint32_t>& shown = blocks(alone)   ? alone.hops
                                              : blocks(blame) ? blame.hops
                                                              : best.hops;
    TRY_ASSIGN(Link link, MakeLink(target, shown, blocks(alone) ? alone.strength : blame.strength));
    std::set<std::uint32_t> excluded;
    std::vector<std::uint32_t> last = shown;
    while (links.size() < kExplained && link.runners_up.size() < kRunnersUp) {
      // The best that is left without one of the hops: which one goes matters where some are equal.
      PathTable::Best next;
      std::uint32_t gone = 0;
      for (const std::uint32_t hop : last) {
        std::set<std::uint32_t> without = excluded;
        without.insert(hop);
        const PathTable::Best other = PathTable(*this, PathTable::Mode::kAll, without).To(target);
        if (other.hops.empty() || (!next.hops.empty() && other.strength <= next.strength)) continue;
        next = other;
        gone = hop;
      }
      if (next.hops.empty()) break;
      excluded.insert(gone);
      std::vector<Hop>& path = link.runners_up.emplace_back();
      for (const std::uint32_t hop : next.hops) path.push_back(hops_[hop]);
      last = next.hops;
    }
    links.push_back(std::move(link));
  }
  return links;
}

}  // namespace revenant

#include "linkage/link_search.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "util/try.h"

namespace revenant {
namespace {

bool Holds(const GraphSeller& seller, const Fingerprint& fingerprint) {
  return std::any_of(seller.held.begin(), seller.held.end(),
                     [&](const Held& held) { return held.fingerprint == fingerprint; });
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
      if (!seller.tainted && options_.target == kNoNode) continue;
      if (read_ > policy_.search_budget) {
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
    for (const NodeId carrier : carriers) {
      if (done.contains(carrier)) continue;
      if (read_ > policy_.search_budget && !index_.contains(carrier)) {
        cut_short_ = true;
        continue;
      }
      TRY_ASSIGN(const std::uint32_t place, Load(carrier, nodes_[index].level + 1));
      met.emplace(nodes_[place].seller.name, carrier);
      done.insert(carrier);
    }
  }
  std::sort(contested_fingerprints_.begin(), contested_fingerprints_.end());
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
    if (forbidden) return {};  // no path hops between a forbidden pair
  }
  TRY_ASSIGN(Hop hop, WeighHop(
                          a, b, policy_,
                          [this](const Fingerprint& fingerprint) { return StateOf(fingerprint); },
                          from == 0 ? contested_fingerprints_ : std::vector<Fingerprint>()));
  if (hop.shared.empty()) return {};
  hop.forbidden = a.component != 0 && a.component == b.component && a.part != b.part;
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

// Rule 5: an identifier that both of a forbidden pair carry points at neither of them alone.
Result<void> Neighbourhood::Contest(const Held& held, const std::vector<NodeId>& carriers) {
  std::vector<std::uint32_t> paired;
  for (const NodeId carrier : carriers) {
    if (carrier == nodes_[0].seller.id) continue;
    if (read_ > policy_.search_budget && !index_.contains(carrier)) continue;
    TRY_ASSIGN(const std::uint32_t place, Load(carrier, 1));
    if (nodes_[place].seller.has_pairs) paired.push_back(place);
  }
  for (std::size_t i = 0; i < paired.size(); ++i) {
    for (std::size_t j = i + 1; j < paired.size(); ++j) {
      const GraphSeller* a = &nodes_[paired[i]].seller;
      const GraphSeller* b = &nodes_[paired[j]].seller;
      TRY_ASSIGN(const bool forbidden, graph_.Forbidden(a->id, b->id));
      if (!forbidden) continue;
      contested_fingerprints_.push_back(held.fingerprint);
      if (!a->tainted && !b->tainted && !a->banned && !b->banned) continue;
      if (b->name < a->name) std::swap(a, b);
      contested_.push_back({held.kind->name, a->name, b->name});
    }
  }
  return {};
}

bool Neighbourhood::DocumentsDifferFrom(const SellerName& seller) const {
  for (const Node& node : nodes_) {
    if (node.seller.name == seller) return DocumentsDiffer(nodes_[0].seller, node.seller);
  }
  return false;
}

Result<std::optional<std::pair<SellerName, SellerName>>> Neighbourhood::PairOn(
    const Link& link) const {
  using Pair = std::pair<SellerName, SellerName>;
  for (const Hop& hop : link.path) {
    if (!hop.forbidden) continue;
    // The join was refused for a pair in the two parts; name the first that was found here.
    const Node *from = nullptr, *to = nullptr;
    for (const Node& node : nodes_) {
      if (node.seller.name == hop.from) from = &node;
      if (node.seller.name == hop.to) to = &node;
    }
    for (const Node& a : nodes_) {
      if (!a.seller.has_pairs || a.seller.component != from->seller.component ||
          a.seller.part != from->seller.part) {
        continue;
      }
      for (const Node& b : nodes_) {
        if (!b.seller.has_pairs || b.seller.component != to->seller.component ||
            b.seller.part != to->seller.part) {
          continue;
        }
        TRY_ASSIGN(const bool forbidden, graph_.Forbidden(a.seller.id, b.seller.id));
        if (forbidden) return std::optional<Pair>({a.seller.name, b.seller.name});
      }
    }
    return std::optional<Pair>({hop.from, hop.to});
  }
  return std::optional<Pair>();
}

// --- Paths by hop layers ---

// For each number of hops, the best that a walk of exactly so many can do to reach each node. The
// weakest hop counts, so a walk that returns to a node never beats the path without the detour.
class PathTable {
 public:
  enum class Mode { kAll, kBlaming };
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
      if (mode == Mode::kBlaming && (edge.refused || hop.blame_weight <= 0)) continue;
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
  link.redundancy = Redundancy(target);
  return link;
}

Result<std::vector<Link>> Neighbourhood::Links(std::size_t limit) const {
  const PathTable all(*this, PathTable::Mode::kAll, {});
  const PathTable blaming(*this, PathTable::Mode::kBlaming, {});
  std::vector<std::tuple<MilliBits, SellerName, std::uint32_t>> targets;
  for (std::uint32_t i = 1; i < nodes_.size(); ++i) {
    if (!IsTarget(nodes_[i].seller)) continue;
    const PathTable::Best best = all.To(i);
    if (best.hops.empty()) continue;
    const MilliBits blame = blaming.To(i).strength;
    targets.emplace_back(-std::max(best.strength, blame), nodes_[i].seller.name, i);
  }
  std::sort(targets.begin(), targets.end());
  if (targets.size() > limit) targets.resize(limit);

  constexpr std::size_t kExplained = 3, kRunnersUp = 2;  // what a person reads
  std::vector<Link> links;
  for (const auto& [strength, name, target] : targets) {
    // The path that may be held against the applicant is the one to show, if it is strong enough.
    const PathTable::Best best = all.To(target), blame = blaming.To(target);
    const bool blames = !blame.hops.empty() && blame.strength + policy_.prior >= policy_.block;
    const std::vector<std::uint32_t>& shown = blames ? blame.hops : best.hops;
    TRY_ASSIGN(Link link, MakeLink(target, shown, blame.strength));
    std::set<std::uint32_t> excluded;
    std::vector<std::uint32_t> last = shown;
    while (links.size() < kExplained && link.runners_up.size() < kRunnersUp) {
      excluded.insert(*std::min_element(last.begin(), last.end(), [&](auto a, auto b) {
        return hops_[a].weight < hops_[b].weight;
      }));
      const PathTable::Best next = PathTable(*this, PathTable::Mode::kAll, excluded).To(target);
      if (next.hops.empty()) break;
      std::vector<Hop>& path = link.runners_up.emplace_back();
      for (const std::uint32_t hop : next.hops) path.push_back(hops_[hop]);
      last = next.hops;
    }
    links.push_back(std::move(link));
  }
  return links;
}

}  // namespace revenant

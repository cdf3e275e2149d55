#include "linkage/link_search.h"

#include <algorithm>
#include <tuple>

#include "util/try.h"

namespace revenant {
bool Holds(const GraphSeller& seller, const Fingerprint& fingerprint) {
  return FindHeld(seller, fingerprint) != nullptr;
}

namespace {

bool TypesLists(const GraphSeller& seller, const GraphKind& kind) {
  if (seller.passable || kind.policy.role != Role::kLinking) return false;
  const auto values = std::count_if(seller.held.begin(), seller.held.end(),
                                    [&](const Held& held) { return held.kind->name == kind.name; });
  return values > static_cast<std::int64_t>(kind.policy.carry_limit);
}

}  // namespace

Neighbourhood::Neighbourhood(LinkGraph& graph, const LinkPolicy& policy, const GraphSeller& origin,
                             const Options& options)
    : graph_(graph) {
  Restart(policy, origin, options);
}

void Neighbourhood::Restart(const LinkPolicy& policy, const GraphSeller& origin,
                            const Options& options) {
  policy_ = &policy;
  options_ = options;
  nodes_.assign(1, {&origin, true});
  edges_.clear();
  hops_.clear();
  index_.Clear();
  state_index_.Clear();
  states_.clear();
  forbidden_.clear();
  contested_fingerprints_.clear();
  part_of_.clear();
  tainted_hubs_.clear();
  contested_.clear();
  read_ = 0;
  cut_short_ = ends_in_taint_ = false;
  parts_unknown_.reset();
}

bool Neighbourhood::IsTarget(const GraphSeller& seller) const {
  return options_.target == kNoNode ? seller.banned : seller.id == options_.target;
}

Result<std::optional<GraphFingerprint>> Neighbourhood::StateOf(const Fingerprint& fingerprint) {
  if (const auto* known = KnownState(fingerprint)) return *known;
  TRY_ASSIGN(const auto state, graph_.At(fingerprint, options_.without));
  state_index_.Emplace(fingerprint, static_cast<std::uint32_t>(states_.size()));
  states_.push_back(state);
  return state;
}

void Neighbourhood::SortByName(std::span<std::uint32_t> places) const {
  std::sort(places.begin(), places.end(), [&](std::uint32_t a, std::uint32_t b) {
    return nodes_[a].seller->name < nodes_[b].seller->name;
  });
}

Result<void> Neighbourhood::Explore() {
  if (options_.target != kNoNode) TRY(Load(options_.target));
  TRY(AskForParts());
  TRY(ExpandLayers());
  return NoteForbidden();
}

// The graph's parts are those with the origin's account. Where a finding names it and its absence
// frees a hub, other joins come about, and other joins are refused (rule 5).
Result<void> Neighbourhood::AskForParts() {
  const GraphSeller& origin = *nodes_[0].seller;
  if (policy_->rules < 2 || !options_.frees_a_hub || !origin.has_pairs) return {};
  TRY_ASSIGN(const std::vector<NodeId> foes, graph_.Foes(origin.id));
  for (const NodeId foe : foes) {
    TRY_ASSIGN(const GraphSeller* seller, graph_.Seller(foe));
    if (!parts_unknown_ || seller->name < *parts_unknown_) parts_unknown_ = seller->name;
  }
  return {};
}

// All pairs of "different people" among those found, whether or not a hop would lead between them.
Result<void> Neighbourhood::NoteForbidden() {
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (!nodes_[i].seller->has_pairs) continue;
    TRY_ASSIGN(const std::vector<NodeId> foes, graph_.Foes(nodes_[i].seller->id));
    for (const NodeId foe : foes) {
      if (foe == nodes_[0].seller->id) {
        forbidden_.insert({0, i});
      } else if (const std::uint32_t* known = index_.Find(foe)) {
        forbidden_.insert(std::minmax(i, *known));
      }
    }
  }
  return {};
}

Result<void> Neighbourhood::ExpandLayers() {
  layer_.assign(1, 0);
  for (std::uint32_t level = 0; level < policy_->max_hops && !layer_.empty(); ++level) {
    SortByName(layer_);
    next_layer_.clear();
    for (const std::uint32_t index : layer_) {
      const GraphSeller& seller = *nodes_[index].seller;
      const bool origin = index == 0;
      if (!origin && (!seller.passable || seller.id == options_.target)) continue;
      const bool anybody = origin || options_.target != kNoNode || options_.frees_a_hub;
      if (!anybody && !seller.tainted) continue;
      if (read_ > policy_->search_budget) {
        // Only what may lead to a ban is missed (rule 12), and the taint filter relies on it.
        TRY_ASSIGN(const bool near, NearABan(index));
        if (!near && options_.target == kNoNode) continue;
        cut_short_ = true;
        return {};
      }
      TRY(Expand(index));
    }
    std::swap(layer_, next_layer_);
  }
  ends_in_taint_ = std::any_of(layer_.begin(), layer_.end(), [&](std::uint32_t index) {
    const GraphSeller& seller = *nodes_[index].seller;
    return seller.passable && seller.component != 0 && seller.tainted;
  });
  return {};
}

// Finds the sellers that one seller meets, in name order. Its own identifiers are few: carry_limit
// sees to it.
Result<void> Neighbourhood::Expand(std::uint32_t index) {
  met_.clear();
  kin_.clear();
  const NodeId self = nodes_[index].seller->id, origin = nodes_[0].seller->id;
  for (const Held& held : nodes_[index].seller->held) {
    if (held.kind->policy.role != Role::kLinking) continue;
    TRY_ASSIGN(const std::optional<GraphFingerprint> state, StateOf(held.fingerprint));
    if (!state) continue;
    if (index == 0 && state->hub()) NoteHub(held, *state);
    if (!state->joins) continue;
    TRY_ASSIGN(const auto listed, graph_.Carriers(held.fingerprint, options_.without));
    carriers_.assign(listed.begin(), listed.end());
    if (options_.target != kNoNode && Holds(*nodes_[1].seller, held.fingerprint)) {
      carriers_.push_back(options_.target);  // it may be a leaf, which no list names
    }
    if (index == 0) TRY(Contest(held));
    // Those who join are of one component, and equally tainted: one of them tells of all.
    std::optional<bool> tainted;
    if (state->banned > 0) tainted = true;
    for (const NodeId carrier : carriers_) {
      if (carrier == self || carrier == origin || carrier == options_.without) continue;
      const std::uint32_t* known = index_.Find(carrier);
      if (known != nullptr && nodes_[*known].met_by == index + 1) {
        NoteKin(held, *known);
        continue;
      }
      if (read_ > policy_->search_budget && known == nullptr && tainted) {
        cut_short_ = cut_short_ || *tainted;
        continue;
      }
      TRY_ASSIGN(const std::uint32_t place, Load(carrier));
      const GraphSeller& seller = *nodes_[place].seller;
      if (seller.passable && !tainted) tainted = seller.component != 0 && seller.tainted;
      nodes_[place].met_by = index + 1;
      met_.push_back(place);
      NoteKin(held, place);
    }
    NotePart(held);
  }
  KeepKin(*nodes_[index].seller);
  SortByName(met_);
  nodes_[index].first_edge = static_cast<std::uint32_t>(edges_.size());
  for (const std::uint32_t place : met_) TRY(Visit(index, place));
  nodes_[index].edge_count = static_cast<std::uint32_t>(edges_.size()) - nodes_[index].first_edge;
  return {};
}

Result<std::uint32_t> Neighbourhood::Load(NodeId id) {
  if (const std::uint32_t* known = index_.Find(id)) return *known;
  TRY_ASSIGN(const GraphSeller* seller, graph_.Seller(id));
  read_ += std::max<std::uint64_t>(1, seller->observations);
  const auto place = static_cast<std::uint32_t>(nodes_.size());
  nodes_.push_back({seller});
  index_.Emplace(id, place);
  return place;
}

Result<void> Neighbourhood::Visit(std::uint32_t from, std::uint32_t to) {
  const GraphSeller& a = *nodes_[from].seller;
  const GraphSeller& b = *nodes_[to].seller;
  if (a.has_pairs && b.has_pairs) {
    TRY_ASSIGN(const bool forbidden, graph_.Forbidden(a.id, b.id));
    if (forbidden) return {};  // no path hops between a forbidden pair
  }
  TRY(NoteDoubtful(from, to));
  const auto number = static_cast<std::uint32_t>(hops_.size());
  WeighedHop& hop = hops_.emplace_back(WayHop{from, to, {}}).weighed;
  TRY(Weigh(
      a, b, *policy_, [this](const Fingerprint& shared) { return StateOf(shared); }, doubtful_,
      hop));
  if (hop.shared.empty()) {
    hops_.pop_back();
    return {};
  }
  for (SharedHeld& shared : hop.shared) {
    const auto spared = std::lower_bound(
        spared_.begin(), spared_.end(), shared.from->fingerprint,
        [](const auto& one, const Fingerprint& wanted) { return one.first < wanted; });
    if (spared != spared_.end() && spared->first == shared.from->fingerprint) {
      shared.kin = spared->second;
    }
  }
  hop.forbidden = std::all_of(hop.shared.begin(), hop.shared.end(), [&](const auto& shared) {
    const Fingerprint& fingerprint = shared.from->fingerprint;
    return !shared.makes_hop || Refused(fingerprint, a) || Refused(fingerprint, b);
  });
  edges_.push_back({to, number, hop.forbidden});
  if (!nodes_[to].reached) next_layer_.push_back(to);
  nodes_[to].reached = true;
  return {};
}

// Rule 10: bans that cluster on a hub make it speak.
void Neighbourhood::NoteHub(const Held& held, const GraphFingerprint& state) {
  const double carriers = static_cast<double>(state.enrolled + state.banned_leaves);
  const double p = policy_->hub_ban_rate, alpha = policy_->hub_smoothing;
  const double rate = (static_cast<double>(state.banned) + alpha * p) / (carriers + alpha);
  const double times_usual = rate / p;
  const MilliBits lift = times_usual <= 1 ? 0 : MilliLog2(times_usual);
  if (state.banned == 0 || lift < policy_->hub_review) return;
  tainted_hubs_.push_back({held.kind->name, held.fingerprint, lift, state.banned,
                           static_cast<std::uint64_t>(carriers)});
}

// Is a seller banned or joined to one that is? Of sellers without a component the graph says
// `tainted` unasked.
Result<bool> Neighbourhood::NearABan(std::uint32_t place) {
  const GraphSeller& seller = *nodes_[place].seller;
  if (seller.banned || seller.component != 0) return seller.banned || seller.tainted;
  for (const Held& held : seller.held) {
    TRY_ASSIGN(const auto state, graph_.At(held.fingerprint, options_.without));
    if (state && state->joins && state->banned > 0) return true;
  }
  return false;
}

// Rule 5: an identifier that both of a forbidden pair carry points at neither of them alone. The
// other of a pair may be a leaf, which no list of carriers names.
Result<void> Neighbourhood::Contest(const Held& held) {
  std::set<std::pair<SellerName, SellerName>> pairs;
  const NodeId origin = nodes_[0].seller->id;
  for (const NodeId carrier : carriers_) {
    if (carrier == origin) continue;
    if (read_ > policy_->search_budget && index_.Find(carrier) == nullptr) continue;
    TRY_ASSIGN(const std::uint32_t place, Load(carrier));
    const GraphSeller& seller = *nodes_[place].seller;
    if (!seller.has_pairs) continue;
    TRY_ASSIGN(const std::vector<NodeId> foes, graph_.Foes(carrier));
    for (const NodeId foe : foes) {
      if (foe == origin || foe == options_.without) continue;
      TRY_ASSIGN(const std::uint32_t other, Load(foe));
      if (!Holds(*nodes_[other].seller, held.fingerprint)) continue;
      contested_fingerprints_.insert(held.fingerprint);
      TRY_ASSIGN(const bool first_near, NearABan(place));
      TRY_ASSIGN(const bool second_near, NearABan(other));
      if (!first_near && !second_near) continue;
      pairs.insert(std::minmax(seller.name, nodes_[other].seller->name));
    }
  }
  for (const auto& [a, b] : pairs) contested_.push_back({held.kind->name, a, b});
  return {};
}

// Where findings part a component, a fingerprint is with the carrier that was joined to it first:
// the earliest. The joins of all that are elsewhere were refused.
void Neighbourhood::NotePart(const Held& held) {
  const GraphSeller* earliest = nullptr;
  Time first;
  const auto consider = [&](const GraphSeller& seller) {
    if (seller.component == 0 || seller.part == 0) return;
    const Held* item = FindHeld(seller, held.fingerprint);
    if (item == nullptr) return;
    if (earliest == nullptr || std::tuple(!item->first.known(), item->first, seller.name) <
                                   std::tuple(!first.known(), first, earliest->name)) {
      earliest = &seller;
      first = item->first;
    }
  };
  consider(options_.account ? *options_.account : *nodes_[0].seller);
  for (const NodeId carrier : carriers_) {
    if (const std::uint32_t* known = index_.Find(carrier)) consider(*nodes_[*known].seller);
  }
  if (earliest != nullptr) part_of_[held.fingerprint] = {earliest->component, earliest->part};
}

bool Neighbourhood::Refused(const Fingerprint& fingerprint, const GraphSeller& seller) const {
  if (parts_unknown_) return true;
  if (part_of_.empty()) return false;
  const auto part = part_of_.find(fingerprint);
  return part != part_of_.end() && seller.component == part->second.first &&
         seller.part != part->second.second;
}

// Rule 11: an enrolled seller without a ban who held it may speak for the seller at hand.
void Neighbourhood::NoteKin(const Held& held, std::uint32_t place) {
  const GraphSeller& seller = *nodes_[place].seller;
  if (policy_->rules < 2 || !seller.passable || seller.banned) return;
  const Held* same = FindHeld(seller, held.fingerprint);
  if (same != nullptr && same->first.known()) kin_.push_back({&held, place, same->first});
}

// Kin share something further, and of the sellers that share one account of a payment service
// hardly any do: each pair that meets here asks about those that are left.
void Neighbourhood::KeepKin(const GraphSeller& own) {
  std::erase_if(kin_, [&](const Kin& kin) {
    const GraphSeller& seller = *nodes_[kin.place].seller;
    return std::none_of(own.held.begin(), own.held.end(), [&](const Held& further) {
      return &further != kin.held && further.kind->policy.role == Role::kLinking &&
             Holds(seller, further.fingerprint);
    });
  });
}

// Of those that carried it before `to` did, the first by name that shares something further with
// `from` that joins and `to` lacks. (Identifiers that make no hop only add to those that do, and
// are not asked about.)
Result<const SellerName*> Neighbourhood::KinOf(const Held& held, std::uint32_t from,
                                               std::uint32_t to) {
  const SellerName* none = nullptr;
  auto kin = std::lower_bound(kin_.begin(), kin_.end(), &held,
                              [](const Kin& one, const Held* own) { return one.held < own; });
  if (kin == kin_.end() || kin->held != &held) return none;
  const GraphSeller &own = *nodes_[from].seller, &other = *nodes_[to].seller;
  const Held* theirs = FindHeld(other, held.fingerprint);
  if (theirs == nullptr || !theirs->first.known()) return none;
  if (!held.fresh && (!held.first.known() || held.first <= theirs->first)) return none;
  for (; kin != kin_.end() && kin->held == &held; ++kin) {
    const GraphSeller& seller = *nodes_[kin->place].seller;
    if (kin->place == to || kin->first >= theirs->first) continue;
    if (own.has_pairs && seller.has_pairs) {  // a seller found to be another person is not kin
      TRY_ASSIGN(const bool apart, graph_.Forbidden(own.id, seller.id));
      if (apart) continue;
    }
    for (const Held& further : seller.held) {
      if (further.kind->policy.role != Role::kLinking) continue;
      if (!Holds(own, further.fingerprint) || Holds(other, further.fingerprint)) continue;
      TRY_ASSIGN(const auto state, StateOf(further.fingerprint));
      if (state && state->joins) return &seller.name;
    }
  }
  return none;
}

// What blames nobody on the hop between two: contested, joined to one of them by a refused join,
// typed at the far end among more of its kind than anyone owns (victims' rather than its own), or
// held before by kin.
Result<void> Neighbourhood::NoteDoubtful(std::uint32_t from, std::uint32_t to) {
  doubtful_.clear();
  spared_.clear();
  const GraphSeller &near = *nodes_[from].seller, &far = *nodes_[to].seller;
  Few<std::pair<const GraphKind*, bool>> lists;  // of a kind, does the far end type lists of it?
  return ForEachShared(near, far, [&](const Held& held, const Held&) -> Result<void> {
    TRY_ASSIGN(const SellerName* kin, KinOf(held, from, to));
    if (kin != nullptr) spared_.emplace_back(held.fingerprint, kin);
    bool typed = false;
    if (!far.passable) {
      auto known = std::find_if(lists.begin(), lists.end(),
                                [&](const auto& each) { return each.first == held.kind; });
      if (known == lists.end()) {
        known = lists.insert(known, std::pair(held.kind, TypesLists(far, *held.kind)));
      }
      typed = known->second;
    }
    if (kin != nullptr || typed ||
        (from == 0 && contested_fingerprints_.contains(held.fingerprint)) ||
        Refused(held.fingerprint, near) || Refused(held.fingerprint, far)) {
      doubtful_.push_back(held.fingerprint);
    }
    return {};
  });
}

bool Neighbourhood::DocumentsDifferFrom(const SellerName& seller) const {
  for (const Node& node : nodes_) {
    if (node.seller->name == seller) return DocumentsDiffer(*nodes_[0].seller, *node.seller);
  }
  return false;
}

// The join was refused for a pair with one seller in the identifier's part and one in that of an
// end of the hop. Returns the first pair that has a seller found here.
Result<std::optional<std::pair<SellerName, SellerName>>> Neighbourhood::PairOn(
    const Link& link) const {
  using Pair = std::pair<SellerName, SellerName>;
  if (parts_unknown_) {
    return std::optional<Pair>(std::minmax(nodes_[0].seller->name, *parts_unknown_));
  }
  const auto part = [](const GraphSeller& seller) { return Part(seller.component, seller.part); };
  for (const Hop& hop : link.path) {
    if (!hop.forbidden) continue;
    const auto shared = std::find_if(hop.shared.begin(), hop.shared.end(),
                                     [](const SharedIdentifier& one) { return one.makes_hop; });
    std::set<Part> parts = {part_of_.at(shared->fingerprint)};
    for (const Node& node : nodes_) {
      const GraphSeller& seller = *node.seller;
      const bool end = seller.name == hop.from || seller.name == hop.to;
      if (end && Refused(shared->fingerprint, seller)) parts.insert(part(seller));
    }
    std::set<Pair> pairs;
    for (const Node& node : nodes_) {
      const GraphSeller& seller = *node.seller;
      if (!seller.has_pairs || !parts.contains(part(seller))) continue;
      TRY_ASSIGN(const std::vector<NodeId> foes, graph_.Foes(seller.id));
      for (const NodeId foe : foes) {
        TRY_ASSIGN(const GraphSeller* other, graph_.Seller(foe));
        if (!parts.contains(part(*other)) || part(*other) == part(seller)) continue;
        pairs.insert(std::minmax(seller.name, other->name));
      }
    }
    if (!pairs.empty()) return std::optional<Pair>(*pairs.begin());
  }
  return std::optional<Pair>();
}

}  // namespace revenant

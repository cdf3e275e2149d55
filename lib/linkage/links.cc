// The strongest paths through a neighbourhood that was read (DESIGN.md section 5, rules 8 and 9).

#include <algorithm>
#include <limits>
#include <tuple>

#include "linkage/link_search.h"

namespace revenant {
namespace {

constexpr std::size_t kExplained = 3, kRunnersUp = 2;  // what a person reads

}  // namespace

// For each number of hops, the best that a walk of exactly so many can do to reach each node. The
// weakest hop counts, so a walk that returns to a node never beats the path without the detour.
class PathTable {
 public:
  enum class Mode { kAll, kBlaming, kStanding };
  static constexpr MilliBits kUnreached = std::numeric_limits<MilliBits>::min();

  // Is laid out in `cells`. scratch_.by_name holds the nodes that have edges.
  PathTable(const Neighbourhood& around, std::vector<LinkScratch::Cell>& cells)
      : around_(around), nodes_(around.nodes_.size()), cells_(cells) {}

  // Finds the best paths over what `mode` allows, without the hops named.
  void Fill(Mode mode, std::span<const std::uint32_t> excluded) {
    cells_.assign((around_.policy_->max_hops + 1) * nodes_, {kUnreached});
    cells_.front().strength = std::numeric_limits<MilliBits>::max();
    depth_ = 0;
    for (bool grows = true; grows && depth_ < around_.policy_->max_hops;) {
      grows = false;
      ++depth_;
      for (const std::uint32_t from : around_.scratch_.by_name) {
        grows |= Relax(depth_, from, mode, excluded);
      }
    }
  }

  struct Best {
    MilliBits strength = kUnreached;  // less the discount for length
    std::vector<std::uint32_t> hops;
  };
  MilliBits StrengthTo(std::uint32_t target) const { return LengthTo(target).first; }
  Best To(std::uint32_t target) const {
    Best best;
    std::size_t length = 0;
    std::tie(best.strength, length) = LengthTo(target);
    best.hops.resize(length);
    for (std::uint32_t node = target; length > 0; --length) {
      const Cell& cell = cells_[length * nodes_ + node];
      best.hops[length - 1] = cell.hop;
      node = cell.from;
    }
    return best;
  }

 private:
  using Cell = LinkScratch::Cell;

  std::pair<MilliBits, std::size_t> LengthTo(std::uint32_t target) const {
    std::pair<MilliBits, std::size_t> best = {kUnreached, 0};
    for (std::size_t hops = 1; hops <= depth_; ++hops) {
      const Cell& cell = cells_[hops * nodes_ + target];
      if (cell.strength == kUnreached) continue;
      const MilliBits strength =
          cell.strength - around_.policy_->hop_discount * static_cast<MilliBits>(hops - 1);
      if (strength > best.first) best = {strength, hops};
    }
    return best;
  }

  // Did a walk of this many hops reach any seller?
  bool Relax(std::size_t hops, std::uint32_t from, Mode mode,
             std::span<const std::uint32_t> excluded) {
    const MilliBits so_far = cells_[(hops - 1) * nodes_ + from].strength;
    if (so_far == kUnreached) return false;
    bool reached = false;
    for (const Neighbourhood::Edge& edge : around_.EdgesOf(from)) {
      if (std::find(excluded.begin(), excluded.end(), edge.hop) != excluded.end()) continue;
      const WeighedHop& hop = around_.hops_[edge.hop].weighed;
      if (mode != Mode::kAll && (edge.refused || hop.blame_weight <= 0)) continue;
      if (mode == Mode::kStanding && !hop.stands) continue;
      const MilliBits weight = mode == Mode::kAll ? hop.weight : hop.blame_weight;
      Cell& cell = cells_[hops * nodes_ + edge.to];
      if (std::min(so_far, weight) > cell.strength) {
        cell = {std::min(so_far, weight), from, edge.hop};
        reached = true;
      }
    }
    return reached;
  }

  const Neighbourhood& around_;
  const std::size_t nodes_;
  std::size_t depth_ = 0;     // hops of the longest walk that was looked at
  std::vector<Cell>& cells_;  // by number of hops, then by node
};

Hop Neighbourhood::Described(std::uint32_t hop) const {
  const WayHop& way = hops_[hop];
  return DescribeHop(*nodes_[way.from].seller, *nodes_[way.to].seller, way.weighed);
}

Link Neighbourhood::MakeLink(std::uint32_t target, std::span<const std::uint32_t> hops,
                             MilliBits blame_strength) const {
  const GraphSeller& seller = *nodes_[target].seller;
  Link link;
  link.seller = seller.name;
  link.banned = seller.banned;
  link.banned_at = seller.banned_at;
  link.ban_reason = seller.ban_reason;
  link.ban_case = seller.ban_case;
  MilliBits weakest = std::numeric_limits<MilliBits>::max();
  bool across = false;
  link.path.reserve(hops.size());
  for (const std::uint32_t hop : hops) {
    link.path.push_back(Described(hop));
    weakest = std::min(weakest, link.path.back().weight);
    across = across || link.path.back().forbidden;
  }
  link.strength = weakest - policy_->hop_discount * static_cast<MilliBits>(hops.size() - 1);
  link.blame_strength = std::max<MilliBits>(0, blame_strength);
  link.redundancy = Redundancy(target, across);
  return link;
}

void Neighbourhood::AddRunnersUp(std::uint32_t target, std::span<const std::uint32_t> shown,
                                 PathTable& detours, Link& link) const {
  std::vector<std::uint32_t> excluded, last(shown.begin(), shown.end());
  while (link.runners_up.size() < kRunnersUp) {
    // The best that is left without one of the hops: which one goes matters where some are equal.
    PathTable::Best next;
    std::uint32_t gone = 0;
    for (const std::uint32_t hop : last) {
      excluded.push_back(hop);
      detours.Fill(PathTable::Mode::kAll, excluded);
      excluded.pop_back();
      const MilliBits strength = detours.StrengthTo(target);
      if (strength == PathTable::kUnreached) continue;
      if (!next.hops.empty() && strength <= next.strength) continue;
      next = detours.To(target);
      gone = hop;
    }
    if (next.hops.empty()) break;
    excluded.push_back(gone);
    std::vector<Hop>& path = link.runners_up.emplace_back();
    for (const std::uint32_t hop : next.hops) path.push_back(Described(hop));
    last = std::move(next.hops);
  }
}

std::vector<Link> Neighbourhood::Links(std::size_t limit) const {
  std::vector<std::uint32_t>& by_name = scratch_.by_name;
  by_name.clear();
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].edge_count > 0) by_name.push_back(i);
  }
  SortByName(by_name);
  PathTable all(*this, scratch_.paths[0]), blaming(*this, scratch_.paths[1]);
  PathTable standing(*this, scratch_.paths[2]), detours(*this, scratch_.paths[3]);
  all.Fill(PathTable::Mode::kAll, {});
  blaming.Fill(PathTable::Mode::kBlaming, {});

  struct Target {
    bool foreign = false;
    MilliBits strength = 0;
    std::uint32_t node = 0;
  };
  std::vector<Target> targets;
  for (std::uint32_t i = 1; i < nodes_.size(); ++i) {
    const GraphSeller& seller = *nodes_[i].seller;
    if (!IsTarget(seller)) continue;
    const MilliBits strength = all.StrengthTo(i);
    if (strength == PathTable::kUnreached) continue;
    targets.push_back({IsForeignCase(seller.name), std::max(strength, blaming.StrengthTo(i)), i});
  }
  // Our own first: however much others list, it cannot crowd out what may block.
  std::sort(targets.begin(), targets.end(), [&](const Target& a, const Target& b) {
    return std::tie(a.foreign, b.strength, nodes_[a.node].seller->name) <
           std::tie(b.foreign, a.strength, nodes_[b.node].seller->name);
  });
  if (targets.size() > limit) targets.resize(limit);
  if (!targets.empty()) standing.Fill(PathTable::Mode::kStanding, {});

  std::vector<Link> links;
  links.reserve(targets.size());
  for (const Target& target : targets) {
    // The path that may be held against the applicant is the one to show, if it is strong enough.
    const MilliBits blame = blaming.StrengthTo(target.node);
    // Of these, one whose every hop stands on a strong kind goes before a stronger sum of weak
    // ones, which needs more proofs: more evidence must never make less of a verdict.
    const MilliBits alone = standing.StrengthTo(target.node);
    const auto blocks = [&](MilliBits strength) {
      return strength != PathTable::kUnreached && strength + policy_->prior >= policy_->block;
    };
    const PathTable& table = blocks(alone) ? standing : blocks(blame) ? blaming : all;
    const std::vector<std::uint32_t> shown = table.To(target.node).hops;
    Link& link = links.emplace_back(MakeLink(target.node, shown, blocks(alone) ? alone : blame));
    if (links.size() <= kExplained) AddRunnersUp(target.node, shown, detours, link);
  }
  return links;
}

}  // namespace revenant

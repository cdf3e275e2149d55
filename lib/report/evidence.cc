// A link as a graph and as bars.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "linkage/cluster_shape.h"
#include "report/picture.h"
#include "revenant/identifier.h"

namespace revenant::report {
namespace {

// Collects the evidence of links: each seller and each value once.
class Collector {
 public:
  Collector(PictureGraph& graph, const FactsByValue& facts, std::size_t most_nodes)
      : graph_(graph), facts_(facts), most_nodes_(most_nodes) {}

  void Add(const Link& link, const std::vector<Hop>& path, bool strongest) {
    for (const Hop& hop : path) AddHop(link, hop, strongest);
  }

 private:
  std::optional<std::uint32_t> Place(const std::string& key, const PictureNode& node) {
    const auto found = places_.find(key);
    if (found != places_.end()) return found->second;
    if (graph_.nodes.size() >= most_nodes_) {
      if (left_out_.emplace(key, 0).second) ++graph_.left_out;
      return std::nullopt;
    }
    places_.emplace(key, static_cast<std::uint32_t>(graph_.nodes.size()));
    graph_.nodes.push_back(node);
    return static_cast<std::uint32_t>(graph_.nodes.size() - 1);
  }

  std::optional<std::uint32_t> PlaceSeller(const Link& link, const SellerName& name) {
    PictureNode node{NodeShape::kSeller, name.ToString(), "", false};
    if (graph_.nodes.empty()) node.shape = NodeShape::kApplicant;
    const auto place = Place("s" + node.label, node);
    if (place && name == link.seller && graph_.nodes[*place].shape == NodeShape::kSeller) {
      PictureNode& end = graph_.nodes[*place];
      if (link.banned) end.shape = NodeShape::kBanned;
      if (link.banned) {
        end.detail = "banned on " + DayText(link.banned_at);
        if (!link.ban_reason.empty()) end.detail += " for " + link.ban_reason;
      }
    }
    return place;
  }

  std::optional<std::uint32_t> PlaceValue(const SharedIdentifier& shared) {
    const std::string hex = shared.fingerprint.ToHex();
    PictureNode node{NodeShape::kIdentifier, shared.kind + ' ' + hex.substr(0, 8), "", false};
    const auto known = facts_.find(shared.fingerprint);
    const KindInfo* kind = FindKind(shared.kind);
    if (known != facts_.end() && known->second.hub) {
      node.shape = NodeShape::kHub;
    } else if (!shared.makes_hop) {
      node.shape = NodeShape::kSupporting;
    }
    if (kind != nullptr) node.detail = kind->title;
    if (known != facts_.end() && known->second.carriers) {
      const std::uint64_t carriers = *known->second.carriers;
      node.detail +=
          fmt::format("{}carried by {} enrolled seller{}", node.detail.empty() ? "" : ", ",
                      carriers, carriers == 1 ? "" : "s");
    }
    return Place("v" + hex, node);
  }

  void Join(std::optional<std::uint32_t> seller, std::optional<std::uint32_t> value,
            const SharedIdentifier& shared, const Sighting& sighting, const Hop& hop,
            bool strongest) {
    if (!seller || !value) return;
    const auto [at, added] =
        edges_.emplace(std::pair(*seller, *value), static_cast<std::uint32_t>(graph_.edges.size()));
    if (!added) {
      graph_.edges[at->second].on_path = graph_.edges[at->second].on_path || strongest;
      return;
    }
    PictureEdge edge{*seller, *value, Stroke::kSolid, strongest, "", sighting.first};
    if (!shared.makes_hop) edge.stroke = Stroke::kDashed;
    if (hop.forbidden) edge.stroke = Stroke::kDotted;
    edge.detail =
        fmt::format("{}, {}: first seen {}, last seen {}", graph_.nodes[*seller].label,
                    graph_.nodes[*value].label, DayText(sighting.first), DayText(sighting.last));
    for (std::size_t i = 0; i < sighting.sources.size(); ++i) {
      edge.detail += (i == 0 ? "; says " : ", ") + sighting.sources[i];
    }
    if (hop.forbidden) edge.detail += "; refused: a finding of different people";
    graph_.edges.push_back(std::move(edge));
  }

  void AddHop(const Link& link, const Hop& hop, bool strongest) {
    const auto from = PlaceSeller(link, hop.from);
    std::vector<std::optional<std::uint32_t>> values;
    for (const SharedIdentifier& shared : hop.shared) values.push_back(PlaceValue(shared));
    const auto to = PlaceSeller(link, hop.to);
    for (std::size_t i = 0; i < hop.shared.size(); ++i) {
      Join(from, values[i], hop.shared[i], hop.shared[i].from, hop, strongest);
      Join(to, values[i], hop.shared[i], hop.shared[i].to, hop, strongest);
    }
  }

  PictureGraph& graph_;
  const FactsByValue& facts_;
  const std::size_t most_nodes_;
  std::map<std::string, std::uint32_t> places_;
  std::map<std::string, int> left_out_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> edges_;
};

}  // namespace

PictureGraph EvidenceOf(std::span<const Link> links, const FactsByValue& facts,
                        std::size_t most_nodes) {
  PictureGraph graph;
  Collector collector(graph, facts, most_nodes);
  for (const Link& link : links) collector.Add(link, link.path, &link == links.data());
  for (const Link& link : links) {
    for (const std::vector<Hop>& path : link.runners_up) collector.Add(link, path, false);
  }
  if (!links.empty() && !graph.nodes.empty()) {
    graph.title = fmt::format("What joins {} and {}", graph.nodes.front().label,
                              links.front().seller.ToString());
    if (links.size() > 1) graph.title += fmt::format(" and {} more", links.size() - 1);
  }
  // What only adds weight joins nobody, so it holds nothing together either.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> joining;
  for (const PictureEdge& edge : graph.edges) {
    if (edge.stroke == Stroke::kSolid) joining.emplace_back(edge.a, edge.b);
  }
  std::vector<bool> counted(graph.nodes.size(), false);
  for (std::size_t i = 0; i < counted.size(); ++i) {
    counted[i] = i == 0 || graph.nodes[i].shape == NodeShape::kBanned;
  }
  for (const auto& cut : FindShape(graph.nodes.size(), joining, counted).cuts) {
    graph.nodes[cut.vertex].cut_point = cut.vertex != 0 && cut.parted > 0;
  }
  return graph;
}

Waterfall WaterfallOf(const Link& link, const std::optional<Scale>& scale,
                      const FactsByValue& facts) {
  Waterfall waterfall;
  waterfall.title = "Evidence for the link to " + link.seller.ToString() + ", in bits";
  waterfall.weight = link.strength;
  using Role = WaterfallStep::Role;
  auto& steps = waterfall.steps;
  if (scale) steps.push_back({Role::kPrior, "Before any evidence (prior)", scale->prior});
  const auto weakest =
      std::min_element(link.path.begin(), link.path.end(),
                       [](const Hop& a, const Hop& b) { return a.weight < b.weight; });
  MilliBits so_far = 0;
  if (weakest != link.path.end()) {
    std::vector<WaterfallStep> discounts;
    MilliBits gaps = 0;
    std::size_t faded = 0;  // values
    for (const SharedIdentifier& shared : weakest->shared) {
      const std::string name = shared.kind + ' ' + shared.fingerprint.ToHex().substr(0, 8);
      const auto known = facts.find(shared.fingerprint);
      const bool full = known != facts.end() && known->second.full_weight > 0;
      const MilliBits before = full ? known->second.full_weight : shared.weight;
      steps.push_back({Role::kEvidence, "Same " + name, before});
      so_far += shared.weight;
      if (before == shared.weight) continue;
      const MilliBits spread = std::min(before - shared.weight, known->second.hub_discount);
      if (spread > 0) {
        discounts.push_back({Role::kDiscount, "Discount for a hub: many share " + name, -spread});
      }
      const MilliBits gap = before - shared.weight - spread;
      if (gap == 0) continue;
      discounts.push_back({Role::kDiscount, "Discount for time since the ban: " + name, -gap});
      gaps += gap;
      ++faded;
    }
    if (weakest->weight != so_far) {
      steps.push_back(
          {Role::kDiscount, "Discount for one family or one source", weakest->weight - so_far});
    }
    constexpr std::size_t kMostFaded = 2;  // each with a bar of its own
    if (faded > kMostFaded) {
      std::erase_if(discounts, [](const WaterfallStep& step) {
        return step.label.starts_with("Discount for time since the ban");
      });
      discounts.push_back({Role::kDiscount,
                           fmt::format("Discount for time since the ban ({} values)", faded),
                           -gaps});
    }
    steps.insert(steps.end(), discounts.begin(), discounts.end());
    so_far = weakest->weight;
  }
  if (link.strength != so_far) {
    steps.push_back({Role::kDiscount, fmt::format("Discount for {} hops", link.path.size()),
                     link.strength - so_far});
  }
  waterfall.total = link.strength + (scale ? scale->prior : 0);
  if (scale) {
    waterfall.review = scale->review;
    waterfall.block = scale->block;
  }
  if (link.path.size() > 1 && weakest != link.path.end()) {
    waterfall.note = fmt::format("The weakest of {} hops decides: {} to {}. ", link.path.size(),
                                 weakest->from.ToString(), weakest->to.ToString());
  }
  if (link.blame_strength != link.strength) {
    waterfall.note += fmt::format(
        "Of these {} bits, {} are of what was carried later than by the other side; only they can "
        "block.",
        BitsText(link.strength), BitsText(link.blame_strength));
  }
  return waterfall;
}

}  // namespace revenant::report

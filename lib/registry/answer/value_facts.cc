#include "registry/answer/value_facts.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "linkage/weigh.h"
#include "util/try.h"

namespace revenant {
namespace {

// A cluster without one of its values: how many parts its carriers are in. From each of them the
// search goes on in breadth; two that meet are one part.
class PartsWithout {
 public:
  PartsWithout(StoreGraph& graph, const Fingerprint& without, std::size_t max_sellers)
      : graph_(graph), without_(without), max_sellers_(max_sellers) {}

  // `carriers`: passable ones of one cluster.
  Result<void> Search(const std::vector<NodeId>& carriers) {
    for (const NodeId carrier : carriers) Meet(carrier, static_cast<std::uint32_t>(parts_.size()));
    parted_ = carriers.size();
    for (; next_ < queue_.size() && parted_ > 1; ++next_) {
      if (next_ >= max_sellers_) return {};
      TRY(GoOnFrom(queue_[next_]));
    }
    return {};
  }

  bool cut_short() const { return parted_ > 1 && next_ < queue_.size(); }
  // Those whose search came to an end are parts; of the others all that is known is that there is
  // at least one.
  std::uint64_t count() {
    if (!cut_short()) return parted_;
    std::vector<bool> open(parts_.size(), false);
    for (std::size_t i = next_; i < queue_.size(); ++i) open[Root(part_of_[queue_[i]])] = true;
    std::uint64_t ended = 0;
    for (std::uint32_t part = 0; part < parts_.size(); ++part) {
      ended += Root(part) == part && !open[part];
    }
    return ended + 1;
  }

 private:
  std::uint32_t Root(std::uint32_t part) {
    while (parts_[part] != part) part = parts_[part] = parts_[parts_[part]];
    return part;
  }

  void Meet(NodeId seller, std::uint32_t part) {
    const auto [known, is_new] = part_of_.emplace(seller, part);
    if (is_new) {
      if (part == parts_.size()) parts_.push_back(part);
      queue_.push_back(seller);
      return;
    }
    const std::uint32_t a = Root(known->second), b = Root(part);
    if (a == b) return;
    parts_[std::max(a, b)] = std::min(a, b);
    --parted_;
  }

  Result<void> GoOnFrom(NodeId id) {
    TRY_ASSIGN(const GraphSeller* here, graph_.Seller(id));
    const std::uint32_t part = Root(part_of_[id]);
    for (const Held& held : here->held) {
      if (held.fingerprint == without_ || held.kind->policy.role != Role::kLinking) continue;
      TRY_ASSIGN(const auto state, graph_.At(held.fingerprint, kNoNode));
      if (!state || !state->joins) continue;
      TRY_ASSIGN(const auto listed, graph_.Carriers(held.fingerprint, kNoNode));
      const std::vector<NodeId> carriers(listed.begin(), listed.end());
      for (const NodeId carrier : carriers) {
        if (carrier == id) continue;
        TRY_ASSIGN(const GraphSeller* other, graph_.Seller(carrier));
        const bool same = other->passable && std::tie(other->component, other->part) ==
                                                 std::tie(here->component, here->part);
        if (same) Meet(carrier, part);
        if (parted_ < 2) return {};
      }
    }
    return {};
  }

  StoreGraph& graph_;
  const Fingerprint& without_;
  const std::size_t max_sellers_;
  std::unordered_map<NodeId, std::uint32_t> part_of_;
  std::vector<std::uint32_t> parts_;  // each one's parent
  std::vector<NodeId> queue_;
  std::size_t next_ = 0;
  std::uint64_t parted_ = 0;  // parts that are left
};

// Whether a sighting of the value at a seller was taken back, at one source or at all of them.
Result<bool> HasWithdrawn(const View& view, SellerId seller, const Fingerprint& fingerprint) {
  bool found = false;
  Fingerprint root;
  std::int64_t every_source = ObservationRow::kNever;
  TRY(view.ForEachObservation(
      seller, [&](const ObservationKey& key, const ObservationRow& row) -> Result<bool> {
        if (key.root != root) every_source = ObservationRow::kNever;
        root = key.root;
        if (key.source == kEverySource) every_source = row.through;  // the first one of its root
        const std::int64_t through = std::max(row.through, every_source);
        found = row.first != ObservationRow::kNever && row.first <= through &&
                std::any_of(row.items.begin(), row.items.end(),
                            [&](const auto& item) { return item.fingerprint == fingerprint; });
        return !found;
      }));
  return found;
}

}  // namespace

Result<std::optional<ValueFacts>> FactsOfValue(const View& view, StoreGraph& graph,
                                               const Fingerprint& fingerprint,
                                               const ValueFactsOptions& options) {
  TRY_ASSIGN(const FingerprintRow* row, graph.RowOf(fingerprint));
  if (row == nullptr || row->carriers == 0) return std::optional<ValueFacts>();
  ValueFacts facts;
  TRY_ASSIGN(const auto state, graph.At(fingerprint, kNoNode));
  facts.kind = state->kind->name;
  facts.fingerprint = fingerprint;
  facts.carriers = row->carriers;
  facts.banned = row->banned;
  facts.hub = state->hub();
  std::vector<SellerId> carriers;
  TRY(view.ForEachCarrier(fingerprint, *row, [&](const Carrier& carrier) -> Result<bool> {
    if (carriers.size() == options.carriers) return false;
    carriers.push_back(carrier.seller);
    return true;
  }));
  facts.complete = carriers.size() == row->carriers;
  std::map<std::pair<std::uint64_t, std::uint32_t>, std::vector<NodeId>> clusters;
  for (const SellerId carrier : carriers) {
    const NodeId id{static_cast<std::uint64_t>(carrier)};
    TRY_ASSIGN(const GraphSeller* seller, graph.Seller(id));
    if (const Held* held = FindHeld(*seller, fingerprint)) {
      if (held->first.known() && (!facts.first.known() || held->first < facts.first)) {
        facts.first = held->first;
      }
      facts.last = std::max(facts.last, held->last);
    }
    if (seller->passable) clusters[{seller->component, seller->part}].push_back(id);
    TRY_ASSIGN(const bool withdrawn, HasWithdrawn(view, carrier, fingerprint));
    facts.withdrawn += withdrawn;
  }
  if (!state->joins) return std::optional(std::move(facts));
  // Where findings part its carriers, the cluster that has most of them.
  const std::vector<NodeId>* most = nullptr;
  for (const auto& [cluster, members] : clusters) {
    if (most == nullptr || members.size() > most->size()) most = &members;
  }
  if (most == nullptr || most->size() < 2) return std::optional(std::move(facts));
  PartsWithout parts(graph, fingerprint, options.sellers);
  TRY(parts.Search(*most));
  facts.clusters = parts.count();
  facts.at_least = parts.cut_short() || !facts.complete;
  return std::optional(std::move(facts));
}

}  // namespace revenant

#include "registry/answer/cluster_graph.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "linkage/weigh.h"
#include "registry/answer/store_graph.h"
#include "util/try.h"

namespace revenant {
namespace {

class Reader {
 public:
  Reader(const View& view, const LinkPolicy& policy, std::size_t max_sellers)
      : store_(view, policy), max_sellers_(std::max<std::size_t>(1, max_sellers)) {}

  Result<ClusterGraph> Around(SellerId seller) {
    TRY(Meet(NodeId{static_cast<std::uint64_t>(seller)}));
    const GraphSeller& named = *met_[0];
    for (std::size_t next = 0; next < met_.size(); ++next) {
      const GraphSeller& here = *met_[next];
      const bool goes_on = next == 0 || (here.passable && !IsBeyond(here, named));
      if (goes_on) TRY(MeetCarriers(here));
    }
    SortByName(met_);
    TRY(AddSellers(named));
    TRY(AddIdentifiers());
    return std::move(graph_);
  }

 private:
  Result<void> Meet(NodeId id) {
    if (places_.contains(id)) return {};
    if (met_.size() >= max_sellers_) {
      graph_.cut_short = true;
      return {};
    }
    TRY_ASSIGN(const GraphSeller* seller, store_.Seller(id));
    places_.emplace(id, 0);
    met_.push_back(seller);
    return {};
  }

  static void SortByName(std::vector<const GraphSeller*>& sellers) {
    std::sort(sellers.begin(), sellers.end(), [](const GraphSeller* a, const GraphSeller* b) {
      return std::tie(a->name, a->id) < std::tie(b->name, b->id);
    });
  }

  Result<void> MeetCarriers(const GraphSeller& here) {
    std::vector<NodeId> carriers;
    for (const Held& held : here.held) {
      if (held.kind->policy.role != Role::kLinking) continue;
      TRY_ASSIGN(const auto state, store_.At(held.fingerprint, kNoNode));
      if (!state || !state->joins) continue;
      TRY_ASSIGN(const auto listed, store_.Carriers(held.fingerprint, kNoNode));
      // In name order, so that those who come first of all are among the first of each.
      std::size_t left = max_sellers_ - met_.size() + 1;
      for (const NodeId carrier : listed) {
        if (left == 0) break;
        if (places_.contains(carrier)) continue;
        carriers.push_back(carrier);
        --left;
      }
    }
    std::vector<const GraphSeller*> sellers;
    for (const NodeId carrier : carriers) {
      TRY_ASSIGN(const GraphSeller* seller, store_.Seller(carrier));
      sellers.push_back(seller);
    }
    SortByName(sellers);
    for (const GraphSeller* seller : sellers) TRY(Meet(seller->id));
    return {};
  }

  // From a leaf every cluster that it touches is looked at.
  static bool IsBeyond(const GraphSeller& seller, const GraphSeller& named) {
    return seller.passable && named.passable &&
           std::tie(seller.component, seller.part) != std::tie(named.component, named.part);
  }

  Result<void> AddSellers(const GraphSeller& named) {
    for (std::uint32_t place = 0; place < met_.size(); ++place) {
      const GraphSeller& seller = *met_[place];
      places_[seller.id] = place;
      TRY_ASSIGN(const SellerRow* row, store_.RowOf(seller.id));
      graph_.sellers.push_back({seller.name, row->status, row->since, seller.banned,
                                !seller.passable, IsBeyond(seller, named)});
    }
    return {};
  }

  struct Shared {
    const GraphKind* kind = nullptr;
    std::vector<ClusterGraph::Carry> carries;  // by seller
  };

  Result<void> AddIdentifiers() {
    std::map<Fingerprint, Shared> by_fingerprint;
    for (std::uint32_t place = 0; place < met_.size(); ++place) {
      for (const Held& held : met_[place]->held) {
        Shared& shared = by_fingerprint[held.fingerprint];
        shared.kind = held.kind;
        shared.carries.push_back({place, 0, held.first, false});
      }
    }
    std::erase_if(by_fingerprint, [](const auto& each) { return each.second.carries.size() < 2; });
    // The order must not follow the fingerprints, which change with the key.
    std::vector<std::pair<const Fingerprint, Shared>*> order;
    for (auto& each : by_fingerprint) order.push_back(&each);
    std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
      const auto sellers = [](const ClusterGraph::Carry& x, const ClusterGraph::Carry& y) {
        return std::tie(x.seller, x.since) < std::tie(y.seller, y.since);
      };
      const Shared &one = a->second, &other = b->second;
      if (one.kind->name != other.kind->name) return one.kind->name < other.kind->name;
      const auto less = [&](const Shared& x, const Shared& y) {
        return std::lexicographical_compare(x.carries.begin(), x.carries.end(), y.carries.begin(),
                                            y.carries.end(), sellers);
      };
      if (less(one, other) || less(other, one)) return less(one, other);
      return a->first < b->first;
    });
    for (auto* each : order) {
      auto& [fingerprint, shared] = *each;
      TRY_ASSIGN(const auto state, store_.At(fingerprint, kNoNode));
      const bool joins = state && state->joins;
      if (joins) TRY(NoteRefused(fingerprint, shared));
      const auto place = static_cast<std::uint32_t>(graph_.identifiers.size());
      graph_.identifiers.push_back(
          {shared.kind->name, fingerprint, state ? state->enrolled : 0, joins});
      for (ClusterGraph::Carry& carry : shared.carries) {
        carry.identifier = place;
        graph_.carries.push_back(carry);
      }
    }
    std::sort(graph_.carries.begin(), graph_.carries.end(), [](const auto& a, const auto& b) {
      return std::tie(a.seller, a.identifier) < std::tie(b.seller, b.identifier);
    });
    return {};
  }

  // Where findings part a component, an identifier is with the seller that was joined to it first,
  // the earliest; the joins of those in other parts were refused (DESIGN.md section 5, rule 5).
  Result<void> NoteRefused(const Fingerprint& fingerprint, Shared& shared) {
    const auto parted = [&](const ClusterGraph::Carry& carry) {
      return met_[carry.seller]->passable && met_[carry.seller]->part != 0;
    };
    if (std::none_of(shared.carries.begin(), shared.carries.end(), parted)) return {};
    TRY_ASSIGN(const auto listed, store_.Carriers(fingerprint, kNoNode));
    const std::vector<NodeId> carriers(listed.begin(), listed.end());
    const GraphSeller* earliest = nullptr;
    Time first;
    for (const NodeId carrier : carriers) {  // in name order
      TRY_ASSIGN(const GraphSeller* seller, store_.Seller(carrier));
      const Held* held = FindHeld(*seller, fingerprint);
      if (!seller->passable || held == nullptr) continue;
      if (earliest != nullptr && SortableTime(held->first) >= SortableTime(first)) continue;
      earliest = seller;
      first = held->first;
    }
    for (ClusterGraph::Carry& carry : shared.carries) {
      carry.refused =
          earliest != nullptr && parted(carry) && met_[carry.seller]->part != earliest->part;
    }
    return {};
  }

  StoreGraph store_;
  const std::size_t max_sellers_;
  ClusterGraph graph_;
  std::vector<const GraphSeller*> met_;
  std::map<NodeId, std::uint32_t> places_;  // in met_, once it is in order
};

}  // namespace

Result<ClusterGraph> ReadClusterGraph(const View& view, const LinkPolicy& policy, SellerId seller,
                                      std::size_t max_sellers) {
  return Reader(view, policy, max_sellers).Around(seller);
}

}  // namespace revenant

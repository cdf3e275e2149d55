#include "registry/answer/velocity.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "registry/state/late.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr std::int64_t kMicrosPerHour = 3'600'000'000;

class Velocity {
 public:
  Velocity(const View& view, StoreGraph& graph, const LinkPolicy& policy, const GraphSeller& origin,
           NodeId without)
      : view_(view), graph_(graph), policy_(policy), origin_(origin), without_(without) {}

  Result<void> Run(Verdict& verdict) {
    std::map<SellerName, FreshStart> starts;
    for (const Held& held : origin_.held) {
      if (held.kind->policy.role != Role::kSupporting || !held.first.known()) continue;
      if (policy_.velocity.burst_sellers > 0) TRY(LookForBurst(held, verdict));
      if (policy_.velocity.fresh_identifiers > 0) TRY(LookForBans(held, starts));
    }
    std::sort(verdict.bursts.begin(), verdict.bursts.end(), [](const Burst& a, const Burst& b) {
      return std::tie(a.kind, b.sellers, a.before, a.fingerprint) <
             std::tie(b.kind, a.sellers, b.before, b.fingerprint);
    });
    for (auto& [name, start] : starts) {
      if (verdict.fresh_starts.size() == Verdict::kMaxLinks) break;
      TRY_ASSIGN(start.identifiers, FreshSince(start.banned_at));
      if (start.identifiers < policy_.velocity.fresh_identifiers) continue;
      verdict.fresh_starts.push_back(std::move(start));
    }
    return {};
  }

 private:
  // Calls `visit` with each local carrier but the applicant and since when it carries it.
  template <typename Visit>
  Result<void> ForEachOther(const Fingerprint& fingerprint, const Visit& visit) {
    TRY_ASSIGN(const FingerprintRow* row, graph_.RowOf(fingerprint));
    if (row == nullptr) return {};
    return view_.ForEachCarrier(fingerprint, *row, [&](const Carrier& carrier) -> Result<bool> {
      const NodeId node{static_cast<std::uint64_t>(carrier.seller)};
      if (node == without_) return true;
      TRY_ASSIGN(const SellerRow* seller, graph_.RowOf(node));
      if (IsForeignCase(view_.NameOf(*seller))) return true;
      TRY_ASSIGN(const std::int64_t first, FirstSighting(view_, carrier.seller, fingerprint));
      return visit(node, *seller, Time{first});
    });
  }

  // Is it one that so many carried before `since` that it says nothing?
  static bool SaysNothing(const Held& held, std::uint64_t before) {
    return before > held.kind->policy.fanout_limit;
  }

  Result<void> LookForBurst(const Held& held, Verdict& verdict) {
    const std::uint32_t hours = policy_.velocity.burst_hours;
    const std::int64_t since = held.first.micros - hours * kMicrosPerHour;
    Burst burst{held.kind->name, held.fingerprint, 0, 0, hours};
    TRY(ForEachOther(held.fingerprint, [&](NodeId, const SellerRow&, Time first) -> Result<bool> {
      if (!first.known() || first.micros <= since) {
        ++burst.before;
      } else if (first <= held.first) {
        ++burst.sellers;
      }
      return !SaysNothing(held, burst.before);
    }));
    if (SaysNothing(held, burst.before)) return {};
    if (burst.sellers >= policy_.velocity.burst_sellers) verdict.bursts.push_back(std::move(burst));
    return {};
  }

  // Carriers who were banned within the hours before the applicant showed it.
  Result<void> LookForBans(const Held& held, std::map<SellerName, FreshStart>& starts) {
    const std::uint32_t hours = policy_.velocity.fresh_hours;
    const std::int64_t since = held.first.micros - hours * kMicrosPerHour;
    std::uint64_t before = 0;
    std::vector<NodeId> banned;
    TRY(ForEachOther(held.fingerprint,
                     [&](NodeId node, const SellerRow& row, Time first) -> Result<bool> {
                       before += !first.known() || first.micros <= since;
                       if (row.bans > 0) banned.push_back(node);
                       return !SaysNothing(held, before);
                     }));
    if (SaysNothing(held, before)) return {};
    for (const NodeId node : banned) {
      TRY_ASSIGN(const GraphSeller* seller, graph_.Seller(node));
      if (!seller->banned_at.known() || seller->banned_at.micros < since ||
          seller->banned_at > held.first) {
        continue;
      }
      FreshStart start{seller->name, seller->banned_at, held.kind->name, held.fingerprint, 0,
                       hours};
      const auto [place, added] = starts.try_emplace(seller->name, start);
      if (!added && std::tie(start.kind, start.fingerprint) <
                        std::tie(place->second.kind, place->second.fingerprint)) {
        place->second = std::move(start);
      }
    }
    return {};
  }

  // Of the applicant's linking identifiers those that it showed within the hours after the ban, and
  // no seller before it.
  Result<std::uint64_t> FreshSince(Time ban) {
    const std::int64_t until = ban.micros + policy_.velocity.fresh_hours * kMicrosPerHour;
    std::uint64_t fresh = 0;
    for (const Held& held : origin_.held) {
      if (held.kind->policy.role != Role::kLinking || !held.first.known()) continue;
      bool is_fresh = held.first >= ban && held.first.micros <= until;
      if (!is_fresh) continue;
      TRY(ForEachOther(held.fingerprint, [&](NodeId, const SellerRow&, Time first) -> Result<bool> {
        is_fresh = first.known() && first >= ban;
        return is_fresh;
      }));
      fresh += is_fresh;
    }
    return fresh;
  }

  const View& view_;
  StoreGraph& graph_;
  const LinkPolicy& policy_;
  const GraphSeller& origin_;
  const NodeId without_;
};

}  // namespace

Result<void> NoteVelocity(const View& view, StoreGraph& graph, const LinkPolicy& policy,
                          const GraphSeller& origin, NodeId without, Verdict& verdict) {
  if (!policy.velocity.on()) return {};
  return Velocity(view, graph, policy, origin, without).Run(verdict);
}

}  // namespace revenant

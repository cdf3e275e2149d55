#include "registry/state/late.h"

#include <algorithm>

#include "registry/state/live.h"
#include "registry/state/sighting.h"
#include "util/try.h"

namespace revenant {
namespace {

// The earlier of two bans, where there may be none.
std::int64_t EarlierBan(std::int64_t a, std::int64_t b) {
  return a == ObservationRow::kNever || b == ObservationRow::kNever ? std::max(a, b)
                                                                    : std::min(a, b);
}

Result<std::int64_t> FirstBanAmong(const View& view, const Fingerprint& fingerprint,
                                   const FingerprintRow& row, SellerId without) {
  std::int64_t first = ObservationRow::kNever;
  if (row.spilled()) {
    TRY(view.ForEachDated(fingerprint, Dated::kBan,
                          [&](std::int64_t at, SellerId seller) -> Result<bool> {
                            if (seller == without) return true;
                            first = at;
                            return false;
                          }));
    return first;
  }
  for (const Carrier& carrier : row.inline_carriers) {
    if (carrier.carrier_class == CarrierClass::kLeaf || carrier.seller == without) continue;
    TRY_ASSIGN(const SellerRow seller, view.NeedSeller(carrier.seller));
    if (seller.bans == 0 || IsForeignCase(view.NameOf(seller))) continue;
    TRY_ASSIGN(const std::int64_t at, FirstBan(view, carrier.seller));
    first = EarlierBan(first, at);
  }
  return first;
}

// Enrolled carriers who count, as far as `enough`.
Result<std::uint64_t> TimelyCarriers(const View& view, const Fingerprint& fingerprint,
                                     const FingerprintRow& row, std::int64_t ban, SellerId without,
                                     std::uint64_t enough) {
  std::uint64_t timely = 0;
  if (row.spilled()) {
    TRY(view.ForEachDated(fingerprint, Dated::kFirst,
                          [&](std::int64_t first, SellerId seller) -> Result<bool> {
                            if (first > ban) return false;
                            timely += seller != without;
                            return timely < enough;
                          }));
    return timely;
  }
  for (const Carrier& carrier : row.inline_carriers) {
    if (carrier.carrier_class != CarrierClass::kEnrolled || carrier.seller == without) continue;
    TRY_ASSIGN(const std::int64_t first, FirstSighting(view, carrier.seller, fingerprint));
    timely += first <= ban;
    if (timely == enough) break;
  }
  return timely;
}

}  // namespace

Result<std::int64_t> FirstBan(const View& view, SellerId seller) {
  // Key order puts single cases before the register that lifts them all.
  std::vector<CaseRow> cases;
  std::int64_t every_lifted = ObservationRow::kNever;
  TRY(view.ForEachCase(seller, CaseType::kBan,
                       [&](const CaseKey& key, const CaseRow& row) -> Result<bool> {
                         if (key.every_case) {
                           every_lifted = row.lifted;
                         } else {
                           cases.push_back(row);
                         }
                         return true;
                       }));
  std::int64_t first = ObservationRow::kNever;
  for (const CaseRow& row : cases) {
    if (row.set > std::max(row.lifted, every_lifted)) first = EarlierBan(first, row.set);
  }
  return first;
}

Result<std::int64_t> CountedBan(const View& view, const LinkPolicy& policy, SellerId seller,
                                const SellerRow& row) {
  if (!LeavesOutLate(policy) || row.bans == 0 || IsForeignCase(view.NameOf(row))) {
    return ObservationRow::kNever;
  }
  return FirstBan(view, seller);
}

Result<std::int64_t> FirstSighting(const View& view, SellerId seller,
                                   const Fingerprint& fingerprint) {
  std::int64_t first = Time::kUnknownMicros;
  TRY(ForEachLive(view, seller, [&](LiveObservation& live) -> Result<bool> {
    const bool holds = std::any_of(live.row.items.begin(), live.row.items.end(),
                                   [&](const ObservationRow::Item& item) {
                                     return !item.junk && item.fingerprint == fingerprint;
                                   });
    if (holds) first = EarlierKnown(first, live.shown.first.micros);
    return true;
  }));
  return first;
}

Result<std::uint64_t> LateCarriers(const View& view, const KindPolicies& kinds,
                                   const Fingerprint& fingerprint, const FingerprintRow& row,
                                   std::uint64_t enrolled, SellerId without) {
  if (!LeavesOutLate(kinds.policy()) || row.banned == 0 || !kinds.Linking(row.kind)) {
    return std::uint64_t{0};
  }
  const std::uint64_t limit = kinds.Of(row.kind).fanout_limit;
  if (enrolled <= limit) return std::uint64_t{0};
  TRY_ASSIGN(const std::int64_t ban, FirstBanAmong(view, fingerprint, row, without));
  if (ban == ObservationRow::kNever) return std::uint64_t{0};
  TRY_ASSIGN(const std::uint64_t timely,
             TimelyCarriers(view, fingerprint, row, ban, without, limit + 1));
  return timely <= limit ? enrolled - timely : std::uint64_t{0};
}

}  // namespace revenant

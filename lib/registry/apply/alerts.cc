#include "registry/apply/alerts.h"

#include "registry/state/case_facts.h"
#include "registry/state/event_names.h"
#include "registry/state/live.h"
#include "registry/state/meta_rows.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {

AlertFinder::AlertFinder(const Batch& batch, const KindPolicies& kinds, const Partition& partition,
                         const AlertSubject& subject, const std::vector<Spoken>& spoken)
    : batch_(batch), kinds_(kinds), partition_(partition), subject_(subject) {
  for (const Spoken& each : spoken) spoken_.emplace(each.fingerprint, &each);
}

Result<std::vector<AlertFinder::Change>> AlertFinder::Find(std::uint64_t& more) {
  TRY(Collect(more));
  std::vector<Change> changes;
  for (const SellerId seller : candidates_) {
    TRY_ASSIGN(const std::optional<SellerRow> row, batch_.Seller(seller));
    if (!row || row->status == SellerStatus::kMentioned) continue;
    TRY_ASSIGN(const bool before, LinkedBefore(seller, *row));
    TRY_ASSIGN(const bool now, LinkedNow(seller, *row));
    if (before != now) changes.push_back({seller, now, false});
    TRY_ASSIGN(const std::uint64_t others_before, OthersInfringements(seller, *row, true));
    TRY_ASSIGN(const std::uint64_t others_now, OthersInfringements(seller, *row, false));
    if (others_before != others_now) changes.push_back({seller, false, true});
  }
  return changes;
}

// Every seller for which one of the three things that make a seller linked may have changed.
Result<void> AlertFinder::Collect(std::uint64_t& more) {
  if (SubjectChanged()) TRY(Add(subject_.id, more));
  for (const auto& [seller, place] : partition_.moved()) TRY(Add(seller, more));
  for (const auto& [place, before] : partition_.sums_before()) {
    TRY_ASSIGN(const bool was, ClusterTainted(place, true));
    TRY_ASSIGN(const bool is, ClusterTainted(place, false));
    TRY_ASSIGN(const ComponentRow now, Sums(place, false));
    if (was != is || before.infringements != now.infringements) {
      TRY(CollectMembers(place.label, place.part, more));
    }
  }
  for (const auto& [fingerprint, spoken] : spoken_) {
    if ((spoken->before > 0) == (spoken->after > 0)) continue;
    TRY_ASSIGN(const std::optional<FingerprintRow> row, batch_.FingerprintState(fingerprint));
    if (!row) continue;
    TRY(batch_.ForEachCarrier(fingerprint, *row, [&](const Carrier& carrier) -> Result<bool> {
      TRY(Add(carrier.seller, more));
      return true;
    }));
  }
  return {};
}

// Most events leave a seller as unlinked as it was: only these can change that.
bool AlertFinder::SubjectChanged() const {
  if (subject_.id == kNoSeller) return false;
  if ((subject_.before.bans > 0) != (subject_.after.bans > 0)) return true;
  if (subject_.before.status != subject_.after.status) return true;
  for (const auto& [fingerprint, spoken] : spoken_) {
    const bool before = spoken->subject_before && spoken->before > 0;
    const bool after = spoken->subject_after && spoken->after > 0;
    if (before != after) return true;
  }
  return false;
}

Result<void> AlertFinder::CollectMembers(LabelId label, std::uint32_t part, std::uint64_t& more) {
  return batch_.ForEachMember(label, part, [&](SellerId seller) -> Result<bool> {
    TRY(Add(seller, more));
    return true;
  });
}

Result<void> AlertFinder::Add(SellerId seller, std::uint64_t& more) {
  if (candidates_.contains(seller)) return {};
  if (candidates_.size() < kMaxAlerts) {
    candidates_.insert(seller);
  } else {
    ++more;
  }
  return {};
}

Result<ComponentRow> AlertFinder::Sums(Partition::Place place, bool before) const {
  if (before) {
    const auto known = partition_.sums_before().find(place);
    if (known != partition_.sums_before().end()) return known->second;
  }
  return batch_.Component(place.label, place.part);
}

Result<bool> AlertFinder::ClusterTainted(Partition::Place place, bool before) const {
  if (place.label == kNoLabel) return false;
  TRY_ASSIGN(const ComponentRow sums, Sums(place, before));
  return sums.banned > 0 || (place.part == 0 && sums.parts == 0 && sums.leaf_bans > 0);
}

Result<bool> AlertFinder::LinkedBefore(SellerId seller, const SellerRow& row) const {
  const SellerRow& was = seller == subject_.id ? subject_.before : row;
  if (was.bans > 0 || was.status == SellerStatus::kMentioned) return false;
  TRY_ASSIGN(const bool tainted, ClusterTainted(PlaceOf(seller, row, true), true));
  return tainted ? Result<bool>(true) : Touches(seller, true);
}

Partition::Place AlertFinder::PlaceOf(SellerId seller, const SellerRow& row, bool before) const {
  const auto moved = partition_.moved().find(seller);
  return before && moved != partition_.moved().end() ? moved->second
                                                     : Partition::Place{row.label, row.part};
}

// Confirmed cases of all others in the seller's cluster.
Result<std::uint64_t> AlertFinder::OthersInfringements(SellerId seller, const SellerRow& row,
                                                       bool before) const {
  const Partition::Place place = PlaceOf(seller, row, before);
  if (place.label == kNoLabel) return std::uint64_t{0};
  TRY_ASSIGN(const ComponentRow sums, Sums(place, before));
  const SellerRow& own = before && seller == subject_.id ? subject_.before : row;
  return sums.infringements - std::min<std::uint64_t>(sums.infringements, own.infringements);
}

Result<bool> AlertFinder::LinkedNow(SellerId seller, const SellerRow& row) const {
  if (row.bans > 0) return false;
  TRY_ASSIGN(const bool tainted, ClusterTainted({row.label, row.part}, false));
  return tainted ? Result<bool>(true) : Touches(seller, false);
}

// Does a fingerprint that it carries, through which sellers join, have a banned carrier?
Result<bool> AlertFinder::Touches(SellerId seller, bool before) const {
  for (const auto& [fingerprint, spoken] : spoken_) {
    if (seller != subject_.id) break;
    const bool carries = before ? spoken->subject_before : spoken->subject_after;
    if (carries && (before ? spoken->before : spoken->after) > 0) return true;
  }
  // A seller that carried nothing before was looked at with all that it carries.
  if (seller == subject_.id && subject_.before.carries.empty()) return false;
  TRY_ASSIGN(const std::vector<Carried> carried, CarriedBy(batch_, seller));
  for (const Carried& item : carried) {
    const auto spoken = spoken_.find(item.fingerprint);
    if (spoken != spoken_.end()) {
      if (seller == subject_.id) continue;  // looked at above
      if ((before ? spoken->second->before : spoken->second->after) > 0) return true;
      continue;
    }
    if (!kinds_.Linking(item.kind)) continue;
    TRY_ASSIGN(const std::optional<FingerprintRow> row, batch_.FingerprintState(item.fingerprint));
    if (row && row->banned > 0 && kinds_.Joins(*row)) return true;
  }
  return false;
}

Result<void> Alerter::Raise(const Partition& partition, const AlertSubject& subject,
                            const std::vector<Spoken>& spoken, EventRun& run) {
  std::uint64_t more = 0;
  TRY_ASSIGN(const std::vector<AlertFinder::Change> changes,
             AlertFinder(batch_, kinds_, partition, subject, spoken).Find(more));
  for (const AlertFinder::Change& change : changes) {
    if (run.event == kListingEvent) {
      TRY_ASSIGN(const bool stale, IsStaleApplication(change.seller, run.at));
      if (stale) continue;
    }
    TRY_ASSIGN(const std::uint64_t number, batch_.NextNumber(kAlertCounter));
    AlertRow row{
        change.seller, change.linked, change.sanctions, run.cause, run.event, run.at.micros, 0};
    if (&change == &changes.back()) row.more = more;
    batch_.Put(Table::kAlerts, AlertKey(number), Encode(row));
    ++run.applied.new_alerts;
  }
  return {};
}

// Applications older than the policy allows get no alerts from lists (as with MATCH).
Result<bool> Alerter::IsStaleApplication(SellerId seller, Time at) {
  constexpr std::int64_t kDayMicros = 86'400'000'000;
  TRY_ASSIGN(const SellerRow row, batch_.NeedSeller(seller));
  if (row.status != SellerStatus::kApplicant || !row.since.known()) return false;
  if (!retroactive_days_) {
    TRY_ASSIGN(const EnforcementPolicy policy, EnforcementOf(batch_));
    retroactive_days_ = policy.exchange.retroactive_days;
  }
  return row.since.micros < at.micros - std::int64_t{*retroactive_days_} * kDayMicros;
}

}  // namespace revenant

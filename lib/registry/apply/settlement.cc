#include "registry/apply/settlement.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "registry/state/live.h"
#include "util/try.h"

namespace revenant {
namespace {

void AddCarry(std::vector<SellerRow::Carry>& carries, WordId kind, int by) {
  const auto place = std::lower_bound(
      carries.begin(), carries.end(), kind,
      [](const SellerRow::Carry& carry, WordId wanted) { return carry.kind < wanted; });
  if (place != carries.end() && place->kind == kind) {
    place->count += static_cast<std::uint32_t>(by);
    if (place->count == 0) carries.erase(place);
  } else {
    carries.insert(place, {kind, static_cast<std::uint32_t>(by)});
  }
}

}  // namespace

Result<void> Settlement::Run(const CarryDeltas& deltas,
                             const std::optional<FirstSightings>& first_sightings,
                             TaintSpread& spread, Alerter& alerter) {
  TRY(CollectTouches(deltas));
  std::unordered_set<Fingerprint> touched;
  for (const Touch& touch : touches_) touched.insert(touch.fingerprint);
  partition_.SetTouched(std::move(touched));

  TRY(AccountLeafBans(When::kBefore));
  TRY(partition_.AddToSums(
      {subject_.before.label, subject_.before.part},
      {.banned = (subject_.after.bans > 0) - (subject_.before.bans > 0),
       .infringements = static_cast<std::int64_t>(subject_.after.infringements) -
                        static_cast<std::int64_t>(subject_.before.infringements)}));
  batch_.PutSeller(subject_.id, subject_.after);
  TRY(partition_.Refile(subject_.id, subject_.before, subject_.after));
  for (Touch& touch : touches_) TRY(carriers_.Update(subject_, touch, run_.counts));

  std::map<LabelId, std::set<SellerId>> ends;
  TRY(CollectEnds(ends));
  for (const auto& [label, sellers] : ends) {
    TRY(partition_.Split(label, {sellers.begin(), sellers.end()}));
  }
  TRY(JoinNew());
  TRY(AccountLeafBans(When::kAfter));
  TRY(partition_.Finish(JoinsChanged(first_sightings)));
  run_.applied.sellers_moved += static_cast<std::uint32_t>(partition_.moved().size());
  TRY(spread.Follow(partition_, subject_, touches_));
  return alerter.Raise(partition_, {subject_.id, subject_.before, subject_.after}, WhatSpoke(),
                       run_);
}

Partition::JoinChange Settlement::JoinsChanged(
    const std::optional<FirstSightings>& first_sightings) const {
  Partition::JoinChange change;
  change.seller = subject_.id;
  change.joined_before = kinds_.Joins(subject_.before);
  change.joins_now = kinds_.Joins(subject_.after);
  if (first_sightings) change.before = &*first_sightings;
  for (const Touch& touch : touches_) {
    change.through.push_back({touch.fingerprint, touch.kind, kinds_.Joins(touch.row_before),
                              kinds_.Joins(touch.row_after), touch.before > 0, touch.after > 0});
  }
  return change;
}

std::vector<Spoken> Settlement::WhatSpoke() const {
  std::vector<Spoken> spoken;
  for (const Touch& touch : touches_) {
    spoken.push_back({touch.fingerprint, touch.before > 0, touch.after > 0,
                      kinds_.Joins(touch.row_before) ? touch.row_before.banned : 0,
                      kinds_.Joins(touch.row_after) ? touch.row_after.banned : 0});
  }
  return spoken;
}

// What the seller gained or lost, and with its class, bans or joins all that it carries. The kinds
// that it carries decide whether it joins, so `subject_.after` gets them first.
Result<void> Settlement::CollectTouches(const CarryDeltas& deltas) {
  touches_.reserve(deltas.size());
  for (const auto& [fingerprint, delta] : deltas) {
    Touch& touch = touches_.emplace_back();
    touch.fingerprint = fingerprint;
    touch.kind = delta.kind;
    TRY(carriers_.Read(subject_, touch));
    touch.after = static_cast<std::uint32_t>(touch.before + delta.observations);
    if (touch.before == 0 && touch.after > 0) AddCarry(subject_.after.carries, delta.kind, 1);
    if (touch.before > 0 && touch.after == 0) AddCarry(subject_.after.carries, delta.kind, -1);
    TRY(carriers_.Date(subject_, delta, touch));
  }
  const bool all = ClassOf(subject_.before) != ClassOf(subject_.after) ||
                   (subject_.before.bans > 0) != (subject_.after.bans > 0) ||
                   subject_.ban_before != subject_.ban_after ||
                   kinds_.Joins(subject_.before) != kinds_.Joins(subject_.after);
  // A carrier with another first time matters where times are counted.
  std::erase_if(touches_, [&](const Touch& touch) {
    return !all && deltas.at(touch.fingerprint).observations == 0 &&
           !carriers_.CountsTimes(touch.row_before);
  });
  if (!all || subject_.before.carries.empty()) return {};  // it carried nothing before
  TRY_ASSIGN(const std::vector<Carried> carried, CarriedBy(batch_, subject_.id));
  for (const Carried& item : carried) {
    if (deltas.contains(item.fingerprint)) continue;
    Touch& touch = touches_.emplace_back();
    touch.fingerprint = item.fingerprint;
    touch.kind = item.kind;
    TRY(carriers_.Read(subject_, touch));
  }
  std::sort(touches_.begin(), touches_.end(),
            [](const Touch& a, const Touch& b) { return a.fingerprint < b.fingerprint; });
  return {};
}

// The component that a joined fingerprint holds together.
Result<LabelId> Settlement::LabelOf(const Fingerprint& fingerprint, const FingerprintRow& row,
                                    const std::set<SellerId>& except) const {
  TRY_ASSIGN(const SellerId seller, partition_.AnyJoined(fingerprint, row, except));
  if (seller == kNoSeller) return kNoLabel;
  TRY_ASSIGN(const SellerRow member, batch_.NeedSeller(seller));
  return member.label;
}

// A component's sums say how many banned carriers its fingerprints have; takes the touched ones
// out before anything moves and puts them back when all has.
Result<void> Settlement::AccountLeafBans(When when) {
  const bool before = when == When::kBefore;
  for (const Touch& touch : touches_) {
    const FingerprintRow& row = before ? touch.row_before : touch.row_after;
    if (row.banned == 0 || !kinds_.Joins(row)) continue;
    const SellerRow& seller = before ? subject_.before : subject_.after;
    const bool carries = (before ? touch.before : touch.after) > 0;
    LabelId label = kNoLabel;
    if (carries && kinds_.Joins(seller)) {
      TRY_ASSIGN(const SellerRow now, batch_.NeedSeller(subject_.id));
      label = now.label;
    } else {
      TRY_ASSIGN(label, LabelOf(touch.fingerprint, row, {subject_.id}));
    }
    const auto bans = static_cast<std::int64_t>(row.banned);
    TRY(partition_.AddToSums({label, 0}, {.leaf_bans = before ? -bans : bans}));
  }
  return {};
}

// Where joined fingerprints let go of sellers, the components may have fallen apart: from which
// sellers to search.
Result<void> Settlement::CollectEnds(std::map<LabelId, std::set<SellerId>>& ends) const {
  const bool joined_before = kinds_.Joins(subject_.before);
  const bool joins_now = kinds_.Joins(subject_.after);
  for (const Touch& touch : touches_) {
    if (!kinds_.Joins(touch.row_before)) continue;
    const bool subject_was = joined_before && touch.before > 0;
    if (!kinds_.Joins(touch.row_after)) {  // became a hub: everybody lets go
      if (subject_was) ends[subject_.before.label].insert(subject_.id);
      TRY(batch_.ForEachCarrier(
          touch.fingerprint, touch.row_after, [&](const Carrier& carrier) -> Result<bool> {
            if (carrier.carrier_class != CarrierClass::kEnrolled) return false;
            if (carrier.seller == subject_.id) return true;
            TRY_ASSIGN(const SellerRow row, batch_.NeedSeller(carrier.seller));
            if (kinds_.Joins(row)) ends[row.label].insert(carrier.seller);
            return true;
          }));
    } else if (subject_was && !(joins_now && touch.after > 0)) {
      TRY_ASSIGN(const SellerId rest,
                 partition_.AnyJoined(touch.fingerprint, touch.row_after, {subject_.id}));
      if (rest == kNoSeller) continue;
      ends[subject_.before.label].insert(subject_.id);
      ends[subject_.before.label].insert(rest);
    }
  }
  ends.erase(kNoLabel);  // alone before, alone now
  return {};
}

Result<void> Settlement::JoinNew() {
  const bool joined_before = kinds_.Joins(subject_.before);
  const bool joins_now = kinds_.Joins(subject_.after);
  for (const Touch& touch : touches_) {
    if (!kinds_.Joins(touch.row_after)) continue;
    const bool subject_is = joins_now && touch.after > 0;
    if (!kinds_.Joins(touch.row_before)) {  // no hub any more: everybody meets
      SellerId first = subject_is ? subject_.id : kNoSeller;
      std::vector<SellerId> others;
      TRY(batch_.ForEachCarrier(
          touch.fingerprint, touch.row_after, [&](const Carrier& carrier) -> Result<bool> {
            if (carrier.carrier_class != CarrierClass::kEnrolled) return false;
            TRY_ASSIGN(const SellerRow row, batch_.NeedSeller(carrier.seller));
            if (kinds_.Joins(row)) others.push_back(carrier.seller);
            return true;
          }));
      for (const SellerId other : others) {
        if (first == kNoSeller) first = other;
        if (other != first) TRY(partition_.Union(first, other));
      }
    } else if (subject_is && !(joined_before && touch.before > 0)) {
      TRY_ASSIGN(const SellerId other,
                 partition_.AnyJoined(touch.fingerprint, touch.row_after, {subject_.id}));
      if (other != kNoSeller) TRY(partition_.Union(subject_.id, other));
    }
  }
  return {};
}

}  // namespace revenant

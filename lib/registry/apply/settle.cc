// From facts to what derives from them: carriers, hubs, leaves, clusters, sums.

#include <algorithm>

#include "registry/apply/applier.h"
#include "registry/state/event_names.h"
#include "registry/state/late.h"
#include "registry/state/live.h"
#include "registry/state/meta_rows.h"
#include "registry/state/sighting.h"
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

Result<void> Applier::Settle(Subject& subject, const Deltas& deltas) {
  Partition partition(batch_, kinds_);
  partition_ = &partition;
  TRY_ASSIGN(std::vector<Touch> touches, Touches(subject, deltas));
  std::unordered_set<Fingerprint> touched;
  for (const Touch& touch : touches) touched.insert(touch.fingerprint);
  partition.SetTouched(std::move(touched));

  TRY(AccountLeafBans(subject, touches, true));
  TRY(partition.AddToSums(
      {subject.before.label, subject.before.part},
      {.banned = (subject.after.bans > 0) - (subject.before.bans > 0),
       .infringements = static_cast<std::int64_t>(subject.after.infringements) -
                        static_cast<std::int64_t>(subject.before.infringements)}));
  batch_.PutSeller(subject.id, subject.after);
  TRY(partition.Refile(subject.id, subject.before, subject.after));
  for (Touch& touch : touches) TRY(UpdateCarrier(subject, touch));

  std::map<LabelId, std::set<SellerId>> ends;
  TRY(CollectEnds(subject, touches, ends));
  for (const auto& [label, sellers] : ends) {
    TRY(partition.Split(label, {sellers.begin(), sellers.end()}));
  }
  TRY(JoinNew(subject, touches));
  TRY(AccountLeafBans(subject, touches, false));
  TRY(partition.Finish(JoinsChanged(subject, touches)));
  applied_.sellers_moved += static_cast<std::uint32_t>(partition.moved().size());
  TRY(Spread(partition, subject, touches));
  return Alert(partition, {subject.id, subject.before, subject.after}, touches);
}

Partition::JoinChange Applier::JoinsChanged(const Subject& subject,
                                            const std::vector<Touch>& touches) const {
  Partition::JoinChange change;
  change.seller = subject.id;
  change.joined_before = kinds_.Joins(subject.before);
  change.joins_now = kinds_.Joins(subject.after);
  if (first_sightings_) change.before = &*first_sightings_;
  for (const Touch& touch : touches) {
    change.through.push_back({touch.fingerprint, touch.kind, kinds_.Joins(touch.row_before),
                              kinds_.Joins(touch.row_after), touch.before > 0, touch.after > 0});
  }
  return change;
}

// Joins are ordered by when sellers were first seen: where that order counts it is kept, before the
// event's observations are written.
Result<void> Applier::NoteFirstSightings(const Subject& subject) {
  first_sightings_.reset();
  TRY_ASSIGN(const bool parted, Partition(batch_, kinds_).Parted(subject.before));
  if (!parted) return {};
  TRY_ASSIGN(first_sightings_, FirstSightingsOf(batch_, subject.id));
  return {};
}

Result<void> Applier::Alert(const Partition& partition, const AlertSubject& subject,
                            const std::vector<Touch>& touches) {
  std::vector<Spoken> spoken;
  for (const Touch& touch : touches) {
    spoken.push_back({touch.fingerprint, touch.before > 0, touch.after > 0,
                      kinds_.Joins(touch.row_before) ? touch.row_before.banned : 0,
                      kinds_.Joins(touch.row_after) ? touch.row_after.banned : 0});
  }
  std::uint64_t more = 0;
  TRY_ASSIGN(const std::vector<AlertFinder::Change> changes,
             AlertFinder(batch_, kinds_, partition, subject, spoken).Find(more));
  for (const AlertFinder::Change& change : changes) {
    if (event_ == kListingEvent) {
      TRY_ASSIGN(const bool stale, IsStaleApplication(change.seller));
      if (stale) continue;
    }
    TRY_ASSIGN(const std::uint64_t number, batch_.NextNumber(kAlertCounter));
    AlertRow row{change.seller, change.linked, change.sanctions, cause_, event_, at_.micros, 0};
    if (&change == &changes.back()) row.more = more;
    batch_.Put(Table::kAlerts, AlertKey(number), Encode(row));
    ++applied_.new_alerts;
  }
  return {};
}

Result<void> Applier::ReadTouch(const Subject& subject, Touch& touch) const {
  TRY_ASSIGN(std::optional<FingerprintRow> row, batch_.FingerprintState(touch.fingerprint));
  if (!row) {
    touch.row_before.kind = touch.kind;
  } else if (touch.row_before = *std::move(row); touch.row_before.spilled()) {
    TRY_ASSIGN(const std::optional<CarrierRow> own,
               batch_.CarrierOf(touch.fingerprint, ClassOf(subject.before), subject.id));
    if (own) {
      touch.before = own->observations;
      touch.first_before = own->first;
    }
  } else {
    TRY_ASSIGN(touch.before, batch_.CarrierCount(touch.fingerprint, touch.row_before,
                                                 ClassOf(subject.before), subject.id));
  }
  touch.after = touch.before;
  touch.first_after = touch.first_before;
  return {};
}

// Since when the seller carries what it gained, lost or saw at another time: one of many carriers
// is filed by that.
Result<void> Applier::DateTouch(const Subject& subject, const Delta& delta, Touch& touch) const {
  if (!touch.row_before.spilled() || touch.after == 0 || !delta.redated) return {};
  if (touch.before == 0) {
    touch.first_after = delta.first;
  } else if (!delta.lost) {
    touch.first_after = EarlierKnown(touch.first_before, delta.first);
  } else {
    TRY_ASSIGN(touch.first_after, FirstSighting(batch_, subject.id, touch.fingerprint));
  }
  return {};
}

// What the seller gained or lost, and with its class, bans or joins all that it carries. The kinds
// that it carries decide whether it joins, so `subject.after` gets them first.
Result<std::vector<Applier::Touch>> Applier::Touches(Subject& subject, const Deltas& deltas) const {
  std::vector<Touch> touches;
  touches.reserve(deltas.size());
  for (const auto& [fingerprint, delta] : deltas) {
    Touch& touch = touches.emplace_back();
    touch.fingerprint = fingerprint;
    touch.kind = delta.kind;
    TRY(ReadTouch(subject, touch));
    touch.after = static_cast<std::uint32_t>(touch.before + delta.observations);
    if (touch.before == 0 && touch.after > 0) AddCarry(subject.after.carries, delta.kind, 1);
    if (touch.before > 0 && touch.after == 0) AddCarry(subject.after.carries, delta.kind, -1);
    TRY(DateTouch(subject, delta, touch));
  }
  const bool all = ClassOf(subject.before) != ClassOf(subject.after) ||
                   (subject.before.bans > 0) != (subject.after.bans > 0) ||
                   subject.ban_before != subject.ban_after ||
                   kinds_.Joins(subject.before) != kinds_.Joins(subject.after);
  // Who carries it since another time matters where times are counted.
  std::erase_if(touches, [&](const Touch& touch) {
    return !all && deltas.at(touch.fingerprint).observations == 0 && !CountsTimes(touch.row_before);
  });
  if (!all || subject.before.carries.empty()) return touches;  // it carried nothing before
  TRY_ASSIGN(const std::vector<Carried> carried, CarriedBy(batch_, subject.id));
  for (const Carried& item : carried) {
    if (deltas.contains(item.fingerprint)) continue;
    Touch& touch = touches.emplace_back();
    touch.fingerprint = item.fingerprint;
    touch.kind = item.kind;
    TRY(ReadTouch(subject, touch));
  }
  std::sort(touches.begin(), touches.end(),
            [](const Touch& a, const Touch& b) { return a.fingerprint < b.fingerprint; });
  return touches;
}

// Writes the seller's place among the carriers of one fingerprint.
Result<void> Applier::UpdateCarrier(const Subject& subject, Touch& touch) {
  const FingerprintRow& before = touch.row_before;
  const Carrier old{ClassOf(subject.before), subject.id, touch.before};
  const Carrier now{ClassOf(subject.after), subject.id, touch.after};
  FingerprintRow after = before;
  after.kind = touch.kind;
  const auto count = [&](const Carrier& carrier, const SellerRow& row, int by) {
    if (carrier.observations == 0) return;
    after.carriers += static_cast<std::uint64_t>(by);
    if (carrier.carrier_class == CarrierClass::kEnrolled) {
      after.enrolled += static_cast<std::uint64_t>(by);
    }
    if (carrier.carrier_class == CarrierClass::kBannedLeaf) {
      after.banned_leaves += static_cast<std::uint64_t>(by);
    }
    if (row.bans > 0) after.banned += static_cast<std::uint64_t>(by);
  };
  count(old, subject.before, -1);
  count(now, subject.after, +1);

  if (before.spilled() && after.spilled()) {
    if (old.observations > 0) {
      batch_.Delete(Table::kCarriers, CarrierKey(touch.fingerprint, old.carrier_class, old.seller));
    }
    if (now.observations > 0) {
      batch_.Put(Table::kCarriers, CarrierKey(touch.fingerprint, now.carrier_class, now.seller),
                 Encode(CarrierRow{now.observations, touch.first_after}));
    }
    if (LeavesOutLate(kinds_.policy())) UpdateDated(subject, touch, old, now);
  } else {
    std::vector<Carrier> carriers;
    TRY(batch_.ForEachCarrier(touch.fingerprint, before,
                              [&](const Carrier& carrier) -> Result<bool> {
                                if (carrier.seller != subject.id) carriers.push_back(carrier);
                                return true;
                              }));
    if (now.observations > 0) carriers.push_back(now);
    std::sort(carriers.begin(), carriers.end());
    TRY(Respill(touch.fingerprint, before, after, std::move(carriers)));
  }
  TRY_ASSIGN(after.late,
             LateCarriers(batch_, kinds_, touch.fingerprint, after, after.enrolled, kNoSeller));
  counts_.fingerprints += (after.carriers > 0) - (before.carriers > 0);
  if (kinds_.Linking(touch.kind)) counts_.hubs += kinds_.IsHub(after) - kinds_.IsHub(before);
  if (after.carriers == 0) {
    batch_.Delete(Table::kFingerprints, FingerprintKey(touch.fingerprint));
  } else {
    batch_.Put(Table::kFingerprints, FingerprintKey(touch.fingerprint), Encode(after));
  }
  touch.row_after = std::move(after);
  return {};
}

// Files one of many carriers under its times.
void Applier::UpdateDated(const Subject& subject, const Touch& touch, const Carrier& old,
                          const Carrier& now) {
  const auto keys = [&](const Carrier& carrier, std::int64_t first, std::int64_t ban) {
    std::vector<std::string> places;
    if (carrier.observations == 0) return places;
    if (carrier.carrier_class == CarrierClass::kEnrolled) {
      places.push_back(DatedKey(touch.fingerprint, Dated::kFirst, first, subject.id));
    }
    if (ban != ObservationRow::kNever) {
      places.push_back(DatedKey(touch.fingerprint, Dated::kBan, ban, subject.id));
    }
    return places;
  };
  for (const std::string& key : keys(old, touch.first_before, subject.ban_before)) {
    batch_.Delete(Table::kDated, key);
  }
  for (const std::string& key : keys(now, touch.first_after, subject.ban_after)) {
    batch_.Put(Table::kDated, key, "");
  }
}

// Writes the rows of one of many carriers. Under rules 2 its times are read once for each.
Result<void> Applier::SpillCarrier(const Fingerprint& fingerprint, const Carrier& carrier) {
  CarrierRow row{carrier.observations};
  if (LeavesOutLate(kinds_.policy())) {
    TRY_ASSIGN(row.first, FirstSighting(batch_, carrier.seller, fingerprint));
    if (carrier.carrier_class == CarrierClass::kEnrolled) {
      batch_.Put(Table::kDated, DatedKey(fingerprint, Dated::kFirst, row.first, carrier.seller),
                 "");
    }
    TRY_ASSIGN(const SellerRow seller, batch_.NeedSeller(carrier.seller));
    TRY_ASSIGN(const std::int64_t ban, FirstBanOf(carrier.seller, seller));
    if (ban != ObservationRow::kNever) {
      batch_.Put(Table::kDated, DatedKey(fingerprint, Dated::kBan, ban, carrier.seller), "");
    }
  }
  batch_.Put(Table::kCarriers, CarrierKey(fingerprint, carrier.carrier_class, carrier.seller),
             Encode(row));
  return {};
}

// Few carriers stand in the row, many in rows of their own: moves them where they belong.
Result<void> Applier::Respill(const Fingerprint& fingerprint, const FingerprintRow& before,
                              FingerprintRow& after, std::vector<Carrier> carriers) {
  if (before.spilled()) {
    TRY(DeletePrefix(Table::kCarriers, FingerprintKey(fingerprint)));
    if (LeavesOutLate(kinds_.policy())) {
      TRY(DeletePrefix(Table::kDated, FingerprintKey(fingerprint)));
    }
  }
  if (after.spilled()) {
    after.inline_carriers.clear();
    for (const Carrier& carrier : carriers) TRY(SpillCarrier(fingerprint, carrier));
  } else {
    after.inline_carriers = std::move(carriers);
  }
  return {};
}

// The component that a joined fingerprint holds together.
Result<LabelId> Applier::LabelOf(const Fingerprint& fingerprint, const FingerprintRow& row,
                                 const std::set<SellerId>& except) const {
  TRY_ASSIGN(const SellerId seller, partition_->AnyJoined(fingerprint, row, except));
  if (seller == kNoSeller) return kNoLabel;
  TRY_ASSIGN(const SellerRow member, batch_.NeedSeller(seller));
  return member.label;
}

// A component's sums say how many banned carriers its fingerprints have; takes the touched ones
// out before anything moves and puts them back when all has.
Result<void> Applier::AccountLeafBans(const Subject& subject, const std::vector<Touch>& touches,
                                      bool before) {
  for (const Touch& touch : touches) {
    const FingerprintRow& row = before ? touch.row_before : touch.row_after;
    if (row.banned == 0 || !kinds_.Joins(row)) continue;
    const SellerRow& seller = before ? subject.before : subject.after;
    const bool carries = (before ? touch.before : touch.after) > 0;
    LabelId label = kNoLabel;
    if (carries && kinds_.Joins(seller)) {
      TRY_ASSIGN(const SellerRow now, batch_.NeedSeller(subject.id));
      label = now.label;
    } else {
      TRY_ASSIGN(label, LabelOf(touch.fingerprint, row, {subject.id}));
    }
    const auto bans = static_cast<std::int64_t>(row.banned);
    TRY(partition_->AddToSums({label, 0}, {.leaf_bans = before ? -bans : bans}));
  }
  return {};
}

// Where joined fingerprints let go of sellers, the components may have fallen apart: from which
// sellers to search.
Result<void> Applier::CollectEnds(const Subject& subject, const std::vector<Touch>& touches,
                                  std::map<LabelId, std::set<SellerId>>& ends) const {
  const bool joined_before = kinds_.Joins(subject.before);
  const bool joins_now = kinds_.Joins(subject.after);
  for (const Touch& touch : touches) {
    if (!kinds_.Joins(touch.row_before)) continue;
    const bool subject_was = joined_before && touch.before > 0;
    if (!kinds_.Joins(touch.row_after)) {  // became a hub: everybody lets go
      if (subject_was) ends[subject.before.label].insert(subject.id);
      TRY(batch_.ForEachCarrier(
          touch.fingerprint, touch.row_after, [&](const Carrier& carrier) -> Result<bool> {
            if (carrier.carrier_class != CarrierClass::kEnrolled) return false;
            if (carrier.seller == subject.id) return true;
            TRY_ASSIGN(const SellerRow row, batch_.NeedSeller(carrier.seller));
            if (kinds_.Joins(row)) ends[row.label].insert(carrier.seller);
            return true;
          }));
    } else if (subject_was && !(joins_now && touch.after > 0)) {
      TRY_ASSIGN(const SellerId rest,
                 partition_->AnyJoined(touch.fingerprint, touch.row_after, {subject.id}));
      if (rest == kNoSeller) continue;
      ends[subject.before.label].insert(subject.id);
      ends[subject.before.label].insert(rest);
    }
  }
  ends.erase(kNoLabel);  // alone before, alone now
  return {};
}

Result<void> Applier::JoinNew(const Subject& subject, const std::vector<Touch>& touches) {
  const bool joined_before = kinds_.Joins(subject.before);
  const bool joins_now = kinds_.Joins(subject.after);
  for (const Touch& touch : touches) {
    if (!kinds_.Joins(touch.row_after)) continue;
    const bool subject_is = joins_now && touch.after > 0;
    if (!kinds_.Joins(touch.row_before)) {  // no hub any more: everybody meets
      SellerId first = subject_is ? subject.id : kNoSeller;
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
        if (other != first) TRY(partition_->Union(first, other));
      }
    } else if (subject_is && !(joined_before && touch.before > 0)) {
      TRY_ASSIGN(const SellerId other,
                 partition_->AnyJoined(touch.fingerprint, touch.row_after, {subject.id}));
      if (other != kNoSeller) TRY(partition_->Union(subject.id, other));
    }
  }
  return {};
}

}  // namespace revenant

// Takes a seller out of history: everything derived first, then its facts (rule 14).

#include "registry/apply/applier.h"
#include "registry/state/late.h"
#include "registry/state/live.h"
#include "registry/state/seller_names.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
Result<void> Applier::CheckForgettable(const EventSeller& subject) const {
  const SellerRow& row = subject.before;
  bool rests = row.bans > 0 || row.infringements > 0;
  if (row.label != kNoLabel) {
    TRY_ASSIGN(const ComponentRow sums, batch_.Component(row.label, 0));
    rests = rests || sums.tainted() || sums.infringements > 0;
  } else if (!rests) {  // alone, or a leaf: what it touches
    TRY_ASSIGN(const std::vector<Carried> carried, CarriedBy(batch_, subject.id));
    for (const Carried& item : carried) {
      if (!kinds_.Linking(item.kind)) continue;
      TRY_ASSIGN(const std::optional<FingerprintRow> state,
                 batch_.FingerprintState(item.fingerprint));
      if (!state || !kinds_.Joins(*state)) continue;  // nothing rests on a hub
      rests = rests || state->banned > 0;
      Partition partition(batch_, kinds_);
      TRY_ASSIGN(const SellerId other, partition.AnyJoined(item.fingerprint, *state, {subject.id}));
      if (other == kNoSeller) continue;
      TRY_ASSIGN(const SellerRow member, batch_.NeedSeller(other));
      if (member.label == kNoLabel) {
        rests = rests || member.infringements > 0;
        continue;
      }
      TRY_ASSIGN(const ComponentRow sums, batch_.Component(member.label, 0));
      rests = rests || sums.tainted() || sums.infringements > 0;
    }
  }
  TRY(batch_.ForEachCase(subject.id, CaseType::kMeasure,
                         [&](const CaseKey&, const CaseRow& measure) -> Result<bool> {
                           rests = rests || measure.in_force();
                           return !rests;
                         }));
  if (!rests) return {};
  return Error{
      Code::kConflict,
      batch_.NameOf(row).ToString() +
          ": a ban, an infringement or a measure rests on this seller or on what it is linked to; "
          "forget it only with a reason that overrides this"};
}

Result<Applied> Applier::On(const Forget& event) {
  if (!event.at.known()) {
    return Error{Code::kInvalidArgument, "forget: the event carries no time"};
  }
  TRY_ASSIGN(const std::optional<SellerId> known, batch_.FindSeller(event.seller));
  const Fingerprint tombstone = TombstoneOf(keyed_, event.seller);
  if (known) {
    EventSeller subject;
    subject.id = *known;
    TRY_ASSIGN(subject.before, batch_.NeedSeller(*known));
    if (event.override_reason.empty()) TRY(CheckForgettable(subject));
    TRY(Erase(subject, event.seller));
  } else {
    TRY_ASSIGN(const std::optional<Time> gone, batch_.Tombstone(tombstone));
    if (gone) return run_.applied;  // already
    // A seller that only ever applied may be in the journal all the same.
    bool named = false;
    TRY(batch_.Scan(Table::kJournalAbout, AsView(tombstone.bytes),
                    [&](std::string_view, std::string_view) -> Result<bool> {
                      named = true;
                      return false;
                    }));
    if (!named) return Error{Code::kNotFound, event.seller.ToString() + ": no such seller"};
  }
  batch_.Put(Table::kTombstones, AsView(tombstone.bytes), EncodeNumber(ZigZag(event.at.micros)));
  run_.applied.changed = true;
  return run_.applied;
}

// Takes a seller out of everything derived, then removes its facts.
Result<void> Applier::Erase(const EventSeller& subject, const SellerName& name) {
  std::vector<SellerName> foes;
  std::vector<SellerId> foe_ids;
  TRY(batch_.ForEachPair(subject.id, [&](SellerId other, const PairRow& pair) -> Result<bool> {
    foe_ids.push_back(other);
    TRY_ASSIGN(const SellerRow row, batch_.NeedSeller(other));
    if (pair.in_force()) foes.push_back(batch_.NameOf(row));
    return true;
  }));
  for (const SellerName& foe : foes) TRY(OnPair(name, foe, ObservationRow::kNever, INT64_MAX / 4));
  for (const SellerId foe : foe_ids) batch_.Delete(Table::kPairs, PairKey(foe, subject.id));
  TRY(DeletePrefix(batch_, Table::kPairs, SellerKey(subject.id)));

  run_.cause = subject.id;
  EventSeller leaving = subject;
  TRY_ASSIGN(leaving.before, batch_.NeedSeller(subject.id));
  leaving.after = leaving.before;
  leaving.after.status = SellerStatus::kMentioned;
  leaving.after.bans = 0;
  TRY_ASSIGN(leaving.ban_before, CountedBan(batch_, kinds_.policy(), subject.id, leaving.before));
  leaving.ban_after = ObservationRow::kNever;
  leaving.after.infringements = 0;
  run_.counts.sellers -= leaving.before.status != SellerStatus::kMentioned;
  run_.counts.banned -= leaving.before.bans > 0;
  CarryDeltas deltas;
  TRY(ForEachLive(batch_, subject.id, [&](LiveObservation& observation) -> Result<bool> {
    --run_.counts.observations;
    ++run_.applied.observations_removed;
    for (const ObservationRow::Item& item : observation.row.items) {
      if (item.junk) continue;
      CarryDelta& delta = deltas[item.fingerprint];
      delta.kind = item.kind;
      --delta.observations;
    }
    return true;
  }));
  TRY(NoteFirstSightings(leaving));
  TRY(DeletePrefix(batch_, Table::kObservations, SellerKey(subject.id)));
  TRY(Settle(leaving, deltas));
  TRY(DeletePrefix(batch_, Table::kCases, SellerKey(subject.id)));
  batch_.Delete(Table::kNames, NameKey(leaving.before.platform, leaving.before.external_id));
  batch_.Delete(Table::kSellers, SellerKey(subject.id));
  return {};
}

}  // namespace revenant

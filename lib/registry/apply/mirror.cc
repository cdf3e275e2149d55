// Cases that other platforms listed, as leaves of the registry (foreign_leaf.h).

#include "registry/apply/applier.h"
#include "registry/state/event_names.h"
#include "util/try.h"

namespace revenant {
Result<Applied> Applier::Mirror(const ForeignLeaf& leaf, Time at) {
  if (!IsForeignCase(leaf.seller) || leaf.items.empty() == leaf.banned_at.known()) {
    return Error{Code::kInvalidArgument, leaf.seller.ToString() + ": is no foreign case"};
  }
  run_ = {};
  TRY_ASSIGN(run_.counts, Counts::Read(batch_));
  const Counts before = run_.counts;
  first_sightings_.reset();
  run_.event = static_cast<std::uint8_t>(kListingEvent);
  run_.at = at;
  TRY_ASSIGN(const std::optional<SellerId> known, batch_.FindSeller(leaf.seller));
  if (!known && leaf.items.empty()) return run_.applied;
  TRY_ASSIGN(EventSeller subject, Name(leaf.seller));
  CarryDeltas deltas;
  TRY(MirrorObservations(leaf, subject.id, deltas));
  TRY(MirrorBan(leaf, subject.id));
  subject.after.bans = leaf.items.empty() ? 0 : 1;
  if (run_.applied.changed) TRY(Settle(subject, deltas));
  if (run_.counts != before) batch_.Put(Table::kMeta, Counts::kName, run_.counts.Encode());
  return run_.applied;
}

Result<void> Applier::EraseForeign(const SellerName& name) {
  TRY_ASSIGN(const std::optional<SellerId> known, batch_.FindSeller(name));
  if (!known) return {};
  TRY_ASSIGN(run_.counts, Counts::Read(batch_));
  EventSeller subject;
  subject.id = *known;
  TRY_ASSIGN(subject.before, batch_.NeedSeller(*known));
  TRY(Erase(subject, name));
  batch_.Put(Table::kMeta, Counts::kName, run_.counts.Encode());
  return {};
}

Result<void> Applier::MirrorObservations(const ForeignLeaf& leaf, SellerId seller,
                                         CarryDeltas& deltas) {
  const WordId source = batch_.InternWord(leaf.seller.platform);
  std::map<ObservationKey, ObservationRow> wanted, held;
  for (const ForeignLeaf::Item& item : leaf.items) {
    ObservationRow row;
    row.first = row.last = leaf.banned_at.micros;
    row.items = {{.fingerprint = item.fingerprint,
                  .kind = batch_.InternWord(item.kind),
                  .junk = junk_.IsJunk(item.kind, item.fingerprint, false)}};
    wanted.emplace(ObservationKey{seller, item.fingerprint, source}, std::move(row));
  }
  TRY(batch_.ForEachObservation(
      seller, [&](const ObservationKey& key, const ObservationRow& row) -> Result<bool> {
        held.emplace(key, row);
        return true;
      }));
  TRY_ASSIGN(ObservedSet observed, ObservedSet::Of(batch_, seller));
  for (const auto& [key, row] : held) {
    if (wanted.contains(key)) continue;
    run_.applied.changed = true;
    Observe({.before = row}, deltas);
    observed.Remove(key.root, key.source);
  }
  for (const auto& [key, row] : wanted) {
    const auto known = held.find(key);
    const ObservationRow before = known == held.end() ? ObservationRow{} : known->second;
    if (row == before) continue;
    run_.applied.changed = true;
    Observe({.before = before, .after = row}, deltas);
    observed.Set(key.root, key.source, row);
  }
  return observed.Write();
}

Result<void> Applier::MirrorBan(const ForeignLeaf& leaf, SellerId seller) {
  const CaseKey wanted{seller, CaseType::kBan, false, leaf.seller.external_id};
  const CaseRow row{leaf.banned_at.micros, ObservationRow::kNever, leaf.reason};
  TRY_ASSIGN(const std::optional<CaseRow> held, batch_.Case(wanted));
  if (leaf.items.empty()) {
    if (held) run_.applied.changed = true;
    batch_.Delete(Table::kCases, Encode(wanted));
  } else if (!held || *held != row) {
    run_.applied.changed = true;
    batch_.Put(Table::kCases, Encode(wanted), Encode(row));
  }
  return {};
}

}  // namespace revenant

#include "registry/apply/mirror.h"

#include "registry/apply/applier.h"
#include "registry/state/case_facts.h"
#include "registry/state/event_names.h"
#include "util/try.h"

namespace revenant {
Result<Applied> Applier::Mirror(const ForeignLeaf& leaf, Time at) {
  if (!IsForeignCase(leaf.seller) || leaf.items.empty() == leaf.banned_at.known()) {
    return Error{Code::kInvalidArgument, leaf.seller.ToString() + ": is no foreign case"};
  }
  applied_ = {};
  TRY_ASSIGN(counts_, Counts::Read(batch_));
  const Counts before = counts_;
  first_sightings_.reset();
  cause_ = kNoSeller;
  event_ = static_cast<std::uint8_t>(kListingEvent);
  at_ = at;
  TRY_ASSIGN(const std::optional<SellerId> known, batch_.FindSeller(leaf.seller));
  if (!known && leaf.items.empty()) return applied_;
  TRY_ASSIGN(Subject subject, Name(leaf.seller));
  Deltas deltas;
  TRY(MirrorObservations(leaf, subject.id, deltas));
  TRY(MirrorBan(leaf, subject.id));
  subject.after.bans = leaf.items.empty() ? 0 : 1;
  if (applied_.changed) TRY(Settle(subject, deltas));
  if (counts_ != before) batch_.Put(Table::kMeta, Counts::kName, counts_.Encode());
  return applied_;
}

Result<void> Applier::EraseForeign(const SellerName& name) {
  TRY_ASSIGN(const std::optional<SellerId> known, batch_.FindSeller(name));
  if (!known) return {};
  TRY_ASSIGN(counts_, Counts::Read(batch_));
  Subject subject;
  subject.id = *known;
  TRY_ASSIGN(subject.before, batch_.NeedSeller(*known));
  TRY(Erase(subject, name));
  batch_.Put(Table::kMeta, Counts::kName, counts_.Encode());
  return {};
}

Result<void> Applier::MirrorObservations(const ForeignLeaf& leaf, SellerId seller, Deltas& deltas) {
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
    applied_.changed = true;
    Observe({.before = row}, deltas);
    observed.Remove(key.root, key.source);
  }
  for (const auto& [key, row] : wanted) {
    const auto known = held.find(key);
    const ObservationRow before = known == held.end() ? ObservationRow{} : known->second;
    if (row == before) continue;
    applied_.changed = true;
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
    if (held) applied_.changed = true;
    batch_.Delete(Table::kCases, Encode(wanted));
  } else if (!held || *held != row) {
    applied_.changed = true;
    batch_.Put(Table::kCases, Encode(wanted), Encode(row));
  }
  return {};
}

// Applications older than the policy says are not told what lists say of them (as MATCH does it).
Result<bool> Applier::IsStaleApplication(SellerId seller) {
  constexpr std::int64_t kDayMicros = 86'400'000'000;
  TRY_ASSIGN(const SellerRow row, batch_.NeedSeller(seller));
  if (row.status != SellerStatus::kApplicant || !row.since.known()) return false;
  if (!retroactive_days_) {
    TRY_ASSIGN(const EnforcementPolicy policy, EnforcementOf(batch_));
    retroactive_days_ = policy.exchange.retroactive_days;
  }
  return row.since.micros < at_.micros - std::int64_t{*retroactive_days_} * kDayMicros;
}

}  // namespace revenant

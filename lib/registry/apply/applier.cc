#include "registry/apply/applier.h"

#include <algorithm>

#include "identifier/junk_forms.h"
#include "registry/derive/rebuild.h"
#include "registry/state/case_facts.h"
#include "registry/state/late.h"
#include "registry/state/live.h"
#include "registry/state/meta_rows.h"
#include "registry/state/seller_names.h"
#include "registry/state/sighting.h"
#include "util/try.h"

namespace revenant {
namespace {

Error Unstamped(std::string_view what) {
  return {Code::kInvalidArgument, std::string(what) + ": the event carries no time"};
}

// The case of another platform that an event would change; everyone has the right to be forgotten,
// and findings about people hold for their sellers too.
const SellerName* ForeignSubject(const Event& event) {
  return std::visit(
      [](const auto& what) -> const SellerName* {
        using What = std::decay_t<decltype(what)>;
        if constexpr (requires { what.seller; } && !std::is_same_v<What, Forget>) {
          if (IsForeignCase(what.seller)) return &what.seller;
        }
        return nullptr;
      },
      event);
}

// The event's own time, where it has one.
Time TimeOf(const Event& event) {
  return std::visit(
      [](const auto& what) {
        using What = std::decay_t<decltype(what)>;
        if constexpr (std::is_same_v<What, Enrol>) return what.seen;
        if constexpr (std::is_same_v<What, Withdraw>) return what.through;
        if constexpr (requires { what.at; }) return what.at;
        return Time::Unknown();
      },
      event);
}

}  // namespace

Result<Applied> Applier::Apply(const Event& event) {
  if (const SellerName* foreign = ForeignSubject(event)) {
    return Error{Code::kInvalidArgument,
                 foreign->ToString() + ": what another platform listed changes by its lists alone"};
  }
  run_ = {};
  TRY_ASSIGN(run_.counts, Counts::Read(batch_));
  const Counts before = run_.counts;
  first_sightings_.reset();
  run_.event = static_cast<std::uint8_t>(event.index());
  run_.at = TimeOf(event);
  TRY_ASSIGN(const Applied applied,
             std::visit([this](const auto& what) { return On(what); }, event));
  if (run_.counts != before) batch_.Put(Table::kMeta, Counts::kName, run_.counts.Encode());
  return applied;
}

Result<Applied> Applier::Report(const SellerName& name) {
  TRY_ASSIGN(const std::optional<SellerId> seller, batch_.FindSeller(name));
  if (!seller) return run_.applied;
  TRY_ASSIGN(const SellerRow row, batch_.NeedSeller(*seller));
  TRY_ASSIGN(run_.applied.cluster, ClusterIdOf(batch_, row));
  run_.applied.cluster_size = 1;
  if (row.label != kNoLabel) {
    TRY_ASSIGN(const ComponentRow sums, batch_.Component(row.label, row.part));
    run_.applied.cluster_size = static_cast<std::uint32_t>(sums.size);
  }
  return run_.applied;
}

Result<EventSeller> Applier::Name(const SellerName& name) {
  TRY(CheckSellerName(name));
  EventSeller subject;
  TRY_ASSIGN(const std::optional<SellerId> known, batch_.FindSeller(name));
  if (known) {
    subject.id = *known;
    TRY_ASSIGN(subject.before, batch_.NeedSeller(*known));
  } else {
    TRY_ASSIGN(const std::optional<Time> forgotten, batch_.Tombstone(TombstoneOf(keyed_, name)));
    if (forgotten) return ForgottenError(name, *forgotten);
    TRY_ASSIGN(const std::uint64_t number, batch_.NextNumber(kSellerCounter));
    subject.id = SellerId{number};
    subject.before.platform = batch_.InternWord(name.platform);
    subject.before.external_id = name.external_id;
    batch_.Put(Table::kNames, NameKey(subject.before.platform, name.external_id),
               EncodeNumber(number));
    batch_.PutSeller(subject.id, subject.before);
    subject.is_new = true;
    run_.applied.changed = true;
  }
  subject.after = subject.before;
  TRY_ASSIGN(subject.ban_before, CountedBan(batch_, kinds_.policy(), subject.id, subject.before));
  subject.ban_after = subject.ban_before;
  if (run_.cause == kNoSeller) run_.cause = subject.id;
  return subject;
}

// --- Observations ---

Result<Applied> Applier::On(const revenant::Enrol& event) {
  TRY_ASSIGN(EventSeller subject, Name(event.seller));
  subject.after.status = std::max(subject.before.status, event.status);
  if (event.status != SellerStatus::kMentioned) {
    subject.after.since.micros = EarlierKnown(subject.before.since.micros, event.seen.micros);
  }
  if (subject.before.status == SellerStatus::kMentioned &&
      subject.after.status != SellerStatus::kMentioned) {
    ++run_.counts.sellers;
  }
  const WordId source =
      batch_.InternWord(event.source.empty() ? event.seller.platform : event.source);
  CarryDeltas deltas;
  if (!event.attributes.empty()) {
    TRY_ASSIGN(ObservedSet observed, subject.is_new ? ObservedSet::None(batch_, subject.id)
                                                    : ObservedSet::Of(batch_, subject.id));
    for (const KeyedAttribute& attribute : event.attributes) {
      TRY(Sight(observed, source, event.seen, attribute, deltas));
    }
    TRY(NoteFirstSightings(subject));
    TRY(observed.Write());
  }
  if (subject.after != subject.before) run_.applied.changed = true;
  if (run_.applied.changed) TRY(Settle(subject, deltas));
  return Report(event.seller);
}

Result<void> Applier::Sight(ObservedSet& observed, WordId source, Time seen,
                            const KeyedAttribute& attribute, CarryDeltas& deltas) {
  if (attribute.identifiers.empty()) {
    return Error{Code::kInvalidArgument, "an attribute without identifiers was to be observed"};
  }
  TRY_ASSIGN(std::optional<ObservationRow> known, observed.Find(attribute.root, source));
  TRY_ASSIGN(const std::optional<ObservationRow> every,
             observed.Find(attribute.root, kEverySource));
  Change change;
  if (known) change.before = *std::move(known);
  if (every) change.every_before = change.every_after = every->through;
  ObservationRow& after = change.after = change.before;
  AddSighting(after, seen);
  const std::string& root_kind = KindOfRoot(attribute.identifiers, attribute.root);
  for (const KeyedIdentifier& identifier : attribute.identifiers) {
    AddItem(after.items, {identifier.fingerprint, batch_.InternWord(identifier.kind),
                          junk_.IsJunk(root_kind, attribute.root, identifier.junk),
                          identifier.verified, identifier.checked, identifier.junk});
  }
  std::sort(after.items.begin(), after.items.end());
  if (after == change.before) return {};
  run_.applied.changed = true;
  Observe(change, deltas);
  observed.Set(attribute.root, source, std::move(change.after));
  return {};
}

void Applier::Observe(const Change& change, CarryDeltas& deltas) {
  const Shown was = Show(change.before, change.every_before);
  const Shown is = Show(change.after, change.every_after);
  const bool was_live = was.live, is_live = is.live;
  // Rule 10 asks since when it is carried.
  const bool moved =
      LeavesOutLate(kinds_.policy()) && (was_live != is_live || was.first != is.first);
  const auto add = [&](const ObservationRow& row, int by) {
    for (const ObservationRow::Item& item : row.items) {
      if (item.junk) continue;
      CarryDelta& delta = deltas[item.fingerprint];
      delta.kind = item.kind;
      delta.observations += by;
      delta.redated = delta.redated || moved;
      delta.lost = delta.lost || by < 0;
      if (by > 0) delta.first = EarlierKnown(delta.first, is.first.micros);
    }
  };
  if (was_live) add(change.before, -1);
  if (is_live) add(change.after, +1);
  std::erase_if(deltas, [](const auto& entry) {
    return entry.second.observations == 0 && !entry.second.redated;
  });
  run_.counts.observations += is_live - was_live;
  run_.applied.observations_added += !was_live && is_live;
  run_.applied.observations_removed += was_live && !is_live;
}

Result<Applied> Applier::On(const Withdraw& event) {
  if (!event.through.known()) return Unstamped("withdraw");
  TRY_ASSIGN(EventSeller subject, Name(event.seller));
  TRY_ASSIGN(ObservedSet observed, ObservedSet::Of(batch_, subject.id));
  CarryDeltas deltas;
  if (event.source.empty()) {
    TRY(WithdrawFromAll(observed, event.root, event.through.micros, deltas));
  } else {
    const WordId source = batch_.InternWord(event.source);
    TRY_ASSIGN(const std::optional<ObservationRow> known, observed.Find(event.root, source));
    TRY_ASSIGN(const std::optional<ObservationRow> every, observed.Find(event.root, kEverySource));
    Change change;
    change.before = change.after = known.value_or(ObservationRow{});
    if (every) change.every_before = change.every_after = every->through;
    change.after.through = std::max(change.after.through, event.through.micros);
    if (change.after != change.before) {
      run_.applied.changed = true;
      Observe(change, deltas);
      observed.Set(event.root, source, change.after);
    }
  }
  TRY(NoteFirstSightings(subject));
  TRY(observed.Write());
  if (run_.applied.changed) TRY(Settle(subject, deltas));
  return Report(event.seller);
}

Result<void> Applier::WithdrawFromAll(ObservedSet& observed, const Fingerprint& root,
                                      std::int64_t through, CarryDeltas& deltas) {
  TRY_ASSIGN(const std::optional<ObservationRow> every, observed.Find(root, kEverySource));
  const std::int64_t before = every ? every->through : ObservationRow::kNever;
  if (through <= before) return {};
  run_.applied.changed = true;
  TRY(batch_.ForEachSighting(
      observed.seller(), root,
      [&](const ObservationKey& each, const ObservationRow& row) -> Result<bool> {
        if (each.source != kEverySource) Observe({row, row, before, through}, deltas);
        return true;
      }));
  ObservationRow barrier;
  barrier.through = through;
  observed.Set(root, kEverySource, std::move(barrier));
  return {};
}

// --- Cases ---

Result<Applied> Applier::On(const Ban& event) {
  if (!event.at.known()) return Unstamped("ban");
  return OnCase(event.seller, {{}, CaseType::kBan, false, event.case_ref}, event.at.micros,
                ObservationRow::kNever, event.reason);
}

Result<Applied> Applier::On(const Reinstate& event) {
  if (!event.at.known()) return Unstamped("reinstate");
  const std::string case_ref = event.every_case ? std::string() : event.case_ref;
  return OnCase(event.seller, {{}, CaseType::kBan, event.every_case, case_ref},
                ObservationRow::kNever, event.at.micros, "");
}

Result<Applied> Applier::On(const Infringe& event) {
  if (!event.at.known()) return Unstamped("infringe");
  if (event.case_ref.empty()) {
    return Error{Code::kInvalidArgument, "infringe: an infringement needs a case reference"};
  }
  return OnCase(event.seller, {{}, CaseType::kInfringement, false, event.case_ref}, event.at.micros,
                ObservationRow::kNever, std::string(RightName(event.right)));
}

Result<Applied> Applier::On(const Retract& event) {
  if (!event.at.known()) return Unstamped("retract");
  return OnCase(event.seller, {{}, CaseType::kInfringement, false, event.case_ref},
                ObservationRow::kNever, event.at.micros, "");
}

Result<Applied> Applier::OnCase(const SellerName& seller, const CaseKey& named, std::int64_t set,
                                std::int64_t lifted, const std::string& reason) {
  TRY_ASSIGN(EventSeller subject, Name(seller));
  CaseKey key = named;
  key.seller = subject.id;
  TRY_ASSIGN(const std::optional<CaseRow> known, batch_.Case(key));
  CaseRow row = known.value_or(CaseRow{});
  row.Merge({set, lifted, reason});
  if (!known || row != *known) {
    run_.applied.changed = true;
    batch_.Put(Table::kCases, Encode(key), Encode(row));
  }
  if (key.type == CaseType::kBan) {
    TRY_ASSIGN(subject.after.bans, CasesInForce(subject.id, CaseType::kBan));
    TRY_ASSIGN(subject.ban_after, CountedBan(batch_, kinds_.policy(), subject.id, subject.after));
    run_.counts.banned += (subject.after.bans > 0) - (subject.before.bans > 0);
  } else {
    TRY_ASSIGN(subject.after.infringements, CasesInForce(subject.id, CaseType::kInfringement));
  }
  if (subject.after != subject.before || subject.ban_after != subject.ban_before) {
    TRY(Settle(subject, {}));
  }
  return Report(seller);
}

Result<std::uint32_t> Applier::CasesInForce(SellerId seller, CaseType type) const {
  // Key order puts single cases before the register that lifts them all.
  std::vector<CaseRow> rows;
  std::int64_t every_lifted = ObservationRow::kNever;
  TRY(batch_.ForEachCase(seller, type, [&](const CaseKey& key, const CaseRow& row) -> Result<bool> {
    if (key.every_case) {
      every_lifted = row.lifted;
    } else {
      rows.push_back(row);
    }
    return true;
  }));
  return static_cast<std::uint32_t>(std::count_if(
      rows.begin(), rows.end(),
      [&](const CaseRow& row) { return row.set > std::max(row.lifted, every_lifted); }));
}

// --- What is on file. Nothing derives from it: links come from what sellers carry. ---

Result<Applied> Applier::On(const Attest& event) {
  if (!event.at.known()) return Unstamped("attest");
  TRY(CheckFact(event.kind, event.reference, event.detail));
  if (event.kind == FactKind::kObjection) batch_.Put(Table::kMeta, kObjectionsMark, "1");
  return OnFact(event.seller, {{}, CaseTypeOf(event.kind), false, event.reference},
                {event.at.micros, ObservationRow::kNever, event.detail});
}

Result<Applied> Applier::On(const Revoke& event) {
  if (!event.at.known()) return Unstamped("revoke");
  TRY(CheckReference(event.kind, event.reference));
  return OnFact(event.seller, {{}, CaseTypeOf(event.kind), false, event.reference},
                {ObservationRow::kNever, event.at.micros, ""});
}

Result<Applied> Applier::OnFact(const SellerName& seller, CaseKey key, const CaseRow& entry) {
  TRY_ASSIGN(const EventSeller subject, Name(seller));
  key.seller = subject.id;
  TRY_ASSIGN(const std::optional<CaseRow> known, batch_.Case(key));
  CaseRow row = known.value_or(CaseRow{});
  row.Merge(entry);
  if (!known || row != *known) {
    run_.applied.changed = true;
    batch_.Put(Table::kCases, Encode(key), Encode(row));
  }
  return Report(seller);
}

// --- Pairs ---

Result<Applied> Applier::On(const CannotLink& event) {
  if (!event.at.known()) return Unstamped("cannot-link");
  return OnPair(event.a, event.b, event.at.micros, ObservationRow::kNever);
}

Result<Applied> Applier::On(const AllowLink& event) {
  if (!event.at.known()) return Unstamped("allow-link");
  return OnPair(event.a, event.b, ObservationRow::kNever, event.at.micros);
}

Result<Applied> Applier::OnPair(const SellerName& a, const SellerName& b, std::int64_t forbidden,
                                std::int64_t allowed) {
  if (a == b) {
    return Error{Code::kInvalidArgument, a.ToString() + ": a seller cannot differ from itself"};
  }
  TRY_ASSIGN(EventSeller first, Name(a));
  TRY_ASSIGN(EventSeller second, Name(b));
  TRY_ASSIGN(const std::optional<PairRow> known, batch_.Pair(first.id, second.id));
  const PairRow before = known.value_or(PairRow{});
  PairRow after = before;
  after.forbidden = std::max(after.forbidden, forbidden);
  after.allowed = std::max(after.allowed, allowed);
  if (known && after == before) return Report(a);
  run_.applied.changed = true;
  batch_.Put(Table::kPairs, PairKey(first.id, second.id), Encode(after));
  batch_.Put(Table::kPairs, PairKey(second.id, first.id), Encode(after));
  const int change = after.in_force() - before.in_force();
  if (change != 0) {
    for (EventSeller* subject : {&first, &second}) {
      subject->after.pairs += static_cast<std::uint32_t>(change);
      batch_.PutSeller(subject->id, subject->after);
      Partition::FileNamed(batch_, subject->id, subject->after);
      spread_.EnterName(subject->after);
    }
    if (change > 0) TRY(spread_.Enter({first.id, second.id}));
    if (first.after.label != kNoLabel && first.after.label == second.after.label) {
      Partition partition(batch_, kinds_);
      TRY(partition.AddToSums({first.after.label, 0}, {.pairs = change}));
      // Two sellers in different parts already stay apart, for one more reason.
      const bool apart = first.after.part != second.after.part;
      if (change < 0 || !apart) partition.MarkDirty(first.after.label);
      TRY(partition.Finish({}));
      TRY(alerter_.Raise(partition, {}, {}, run_));
      run_.applied.sellers_moved += static_cast<std::uint32_t>(partition.moved().size());
    }
  }
  return Report(a);
}

// --- Settling ---

// Joins are ordered by when sellers were first seen: where that order counts it is kept, before the
// event's observations are written.
Result<void> Applier::NoteFirstSightings(const EventSeller& subject) {
  first_sightings_.reset();
  TRY_ASSIGN(const bool parted, Partition(batch_, kinds_).Parted(subject.before));
  if (!parted) return {};
  TRY_ASSIGN(first_sightings_, FirstSightingsOf(batch_, subject.id));
  return {};
}

Result<void> Applier::Settle(EventSeller& subject, const CarryDeltas& deltas) {
  return Settlement(batch_, kinds_, subject, run_).Run(deltas, first_sightings_, spread_, alerter_);
}

// --- Policy ---

// Before anything is derived: what is nobody's by `policy`, and by words that the version which
// wrote the store did not know.
Result<void> Applier::JudgeJunk(const LinkPolicy& policy, bool new_words) {
  if (!new_words && !junk_.values().speaks() && !JunkValues::Speaks(policy)) return {};
  const JunkList list(policy, keyed_);
  FormerValues former(keyed_);
  TRY_ASSIGN(const Rejudged sums, Rejudge(batch_, list, new_words ? &former : nullptr));
  run_.applied.now_junk = sums.now_junk;
  run_.applied.no_longer_junk = sums.no_longer_junk;
  if (new_words) batch_.Put(Table::kMeta, kJunkEditionName, kinds::PlaceholderEdition());
  return {};
}

Result<Applied> Applier::On(const SetPolicy& event) {
  const std::string text = FormatLinkPolicy(event.policy);
  TRY_ASSIGN(const std::optional<std::string> known, batch_.Get(Table::kMeta, kPolicyName));
  const bool same = known && *known == text;
  TRY_ASSIGN(const bool knows_words, KnowsTodaysWords(batch_));
  if (same && knows_words) return run_.applied;
  TRY(JudgeJunk(event.policy, !knows_words));
  run_.applied.changed = !same || run_.applied.now_junk + run_.applied.no_longer_junk > 0;
  // Stores of before format 5 lack what is derived for rule 10.
  if (!run_.applied.changed && !LeavesOutLate(event.policy)) return run_.applied;
  batch_.Put(Table::kMeta, kPolicyName, text);
  TRY_ASSIGN(const Derived derived, Derive(batch_, event.policy));
  TRY(WriteDerived(batch_, derived));
  run_.counts = derived.counts;
  return run_.applied;
}

Result<Applied> Applier::On(const SetEnforcement& event) {
  const std::string text = FormatEnforcementPolicy(event.policy);
  TRY(ParseEnforcementPolicy(text, "policy"));  // an event made by hand may be out of range
  TRY_ASSIGN(const std::optional<std::string> known, batch_.Get(Table::kMeta, kEnforcementName));
  if (known && *known == text) return run_.applied;
  batch_.Put(Table::kMeta, kEnforcementName, text);
  run_.applied.changed = true;
  return run_.applied;
}

}  // namespace revenant

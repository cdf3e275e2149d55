#ifndef REVENANT_REGISTRY_APPLY_APPLIER_H_
#define REVENANT_REGISTRY_APPLY_APPLIER_H_

// The one deterministic function that applies events: facts into their registers, then a Settlement
// for what derives from them. One event is applied wholly or not at all; the caller commits the
// batch.
// Threads: belongs to one batch. Errors: kInvalidArgument, kConflict (refused), kCorruption, kIo.

#include <optional>

#include "registry/apply/alerts.h"
#include "registry/apply/event_run.h"
#include "registry/apply/foreign_leaf.h"
#include "registry/apply/settlement.h"
#include "registry/apply/spread.h"
#include "registry/derive/partition.h"
#include "registry/state/junk_list.h"
#include "registry/state/kind_policies.h"
#include "revenant/event.h"
#include "revenant/fingerprint.h"
#include "revenant/registry.h"
#include "store/observed_set.h"
#include "store/store.h"

namespace revenant {

class Applier {
 public:
  // All must outlive it. `junk` is the policy's.
  Applier(Batch& batch, const LinkPolicy& policy, const Fingerprinter& keyed, const JunkList& junk)
      : batch_(batch),
        keyed_(keyed),
        junk_(junk),
        kinds_(policy, batch),
        spread_(batch, kinds_),
        alerter_(batch, kinds_) {}

  Result<Applied> Apply(const Event& event);

  // Makes a foreign case exactly what `leaf` says (foreign.h).
  Result<Applied> Mirror(const ForeignLeaf& leaf, Time at);
  // After a mirroring that let it go: the row and the name of a foreign case.
  Result<void> EraseForeign(const SellerName& name);

  // The seller that the last event was about; kNoSeller if it is not in the store.
  SellerId subject() const { return run_.cause; }

  // What the events applied so far add to the taint filter, those among it that were refused later.
  const TaintAdditions& taint() const { return spread_.additions(); }

 private:
  Result<Applied> On(const revenant::Enrol& event);
  Result<Applied> On(const Withdraw& event);
  Result<Applied> On(const Ban& event);
  Result<Applied> On(const Reinstate& event);
  Result<Applied> On(const Infringe& event);
  Result<Applied> On(const Retract& event);
  Result<Applied> On(const CannotLink& event);
  Result<Applied> On(const AllowLink& event);
  Result<Applied> On(const Forget& event);
  Result<Applied> On(const SetPolicy& event);
  Result<Applied> On(const Attest& event);
  Result<Applied> On(const Revoke& event);
  Result<Applied> On(const SetEnforcement& event);

  Result<void> JudgeJunk(const LinkPolicy& policy, bool new_words);
  Result<EventSeller> Name(const SellerName& name);  // finds the seller or makes its row
  Result<void> Sight(ObservedSet& observed, WordId source, Time seen,
                     const KeyedAttribute& attribute, CarryDeltas& deltas);
  Result<void> WithdrawFromAll(ObservedSet& observed, const Fingerprint& root, std::int64_t through,
                               CarryDeltas& deltas);
  // An observation's registers as they were and as they are, each beside the register that
  // withdraws the attribute from every source.
  struct Change {
    ObservationRow before, after;
    std::int64_t every_before = ObservationRow::kNever, every_after = ObservationRow::kNever;
  };
  // Notes what a seller gains or loses by it.
  void Observe(const Change& change, CarryDeltas& deltas);
  Result<Applied> OnCase(const SellerName& seller, const CaseKey& key, std::int64_t set,
                         std::int64_t lifted, const std::string& reason);
  Result<Applied> OnFact(const SellerName& seller, CaseKey key, const CaseRow& entry);
  Result<std::uint32_t> CasesInForce(SellerId seller, CaseType type) const;
  Result<Applied> OnPair(const SellerName& a, const SellerName& b, std::int64_t forbidden,
                         std::int64_t allowed);
  Result<void> MirrorObservations(const ForeignLeaf& leaf, SellerId seller, CarryDeltas& deltas);
  Result<void> MirrorBan(const ForeignLeaf& leaf, SellerId seller);
  Result<void> CheckForgettable(const EventSeller& subject) const;
  Result<void> Erase(const EventSeller& subject, const SellerName& name);
  // Call before the first write of observations of an event.
  Result<void> NoteFirstSightings(const EventSeller& subject);
  // Carries the change of a seller from `before` to `after` through everything derived.
  Result<void> Settle(EventSeller& subject, const CarryDeltas& deltas);

  Result<Applied> Report(const SellerName& seller);

  Batch& batch_;
  const Fingerprinter& keyed_;
  const JunkList& junk_;
  KindPolicies kinds_;
  TaintSpread spread_;
  Alerter alerter_;
  EventRun run_;                                   // of the event at hand
  std::optional<FirstSightings> first_sightings_;  // of its seller, before it
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_APPLY_APPLIER_H_

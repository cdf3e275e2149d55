#ifndef REVENANT_REGISTRY_APPLY_APPLIER_H_
#define REVENANT_REGISTRY_APPLY_APPLIER_H_

// The one deterministic function that applies events: facts into their registers first, then what
// derives from them (who carries what, hubs, leaves, clusters). One event is applied wholly or not
// at all; the caller commits the batch.
// Threads: belongs to one batch. Errors: kInvalidArgument, kConflict (refused), kCorruption, kIo.

#include <map>
#include <optional>

#include "registry/answer/taint_filter.h"
#include "registry/apply/alerts.h"
#include "registry/apply/mirror.h"
#include "registry/derive/partition.h"
#include "registry/state/counts.h"
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
      : batch_(batch), keyed_(keyed), junk_(junk), kinds_(policy, batch) {}

  Result<Applied> Apply(const Event& event);

  // Makes a foreign case exactly what `leaf` says (foreign.h).
  Result<Applied> Mirror(const ForeignLeaf& leaf, Time at);
  // After a mirroring that let it go: the row and the name of a foreign case.
  Result<void> EraseForeign(const SellerName& name);

  // The seller that the last event was about; kNoSeller if it is not in the store.
  SellerId subject() const { return cause_; }

  // What the events applied so far add to the taint filter, those among it that were refused later.
  const TaintAdditions& taint() const { return taint_; }

 private:
  // How many live observations of a fingerprint a seller gained or lost.
  struct Delta {
    WordId kind{};
    std::int64_t observations = 0;
    std::int64_t first = ObservationRow::kNever;  // earliest known sighting of what it has now
    bool redated = false;  // it may carry it since another time, whatever the number
    bool lost = false;     // an observation of it is gone or later
  };
  using Deltas = std::map<Fingerprint, Delta>;
  // A fingerprint of the seller whose row, class or joins an event touches.
  struct Touch {
    Fingerprint fingerprint;
    WordId kind{};
    std::uint32_t before = 0, after = 0;  // live observations by the seller
    // Since when it carries it, where its own row among many carriers says so.
    std::int64_t first_before = ObservationRow::kNever, first_after = ObservationRow::kNever;
    FingerprintRow row_before, row_after;
  };
  struct Subject {  // the seller that an event is about
    SellerId id{};
    SellerRow before, after;
    bool is_new = false;  // got its number from this event: no row names it yet
    // The earliest of its bans in force, where rule 10 asks; kNever: none, or another platform's.
    std::int64_t ban_before = ObservationRow::kNever, ban_after = ObservationRow::kNever;
  };

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
  Result<Subject> Name(const SellerName& name);  // finds the seller or makes its row
  Result<void> Sight(ObservedSet& observed, WordId source, Time seen,
                     const KeyedAttribute& attribute, Deltas& deltas);
  Result<void> WithdrawFromAll(ObservedSet& observed, const Fingerprint& root, std::int64_t through,
                               Deltas& deltas);
  // An observation's registers as they were and as they are, each beside the register that
  // withdraws the attribute from every source.
  struct Change {
    ObservationRow before, after;
    std::int64_t every_before = ObservationRow::kNever, every_after = ObservationRow::kNever;
  };
  // Notes what a seller gains or loses by it.
  void Observe(const Change& change, Deltas& deltas);
  Result<Applied> OnCase(const SellerName& seller, const CaseKey& key, std::int64_t set,
                         std::int64_t lifted, const std::string& reason);
  Result<Applied> OnFact(const SellerName& seller, CaseKey key, const CaseRow& entry);
  Result<std::uint32_t> CasesInForce(SellerId seller, CaseType type) const;
  Result<Applied> OnPair(const SellerName& a, const SellerName& b, std::int64_t forbidden,
                         std::int64_t allowed);
  Result<void> MirrorObservations(const ForeignLeaf& leaf, SellerId seller, Deltas& deltas);
  Result<void> MirrorBan(const ForeignLeaf& leaf, SellerId seller);
  Result<bool> IsStaleApplication(SellerId seller);
  Result<void> CheckForgettable(const Subject& subject) const;
  Result<void> Erase(const Subject& subject, const SellerName& name);
  Result<void> DeletePrefix(Table table, const std::string& prefix);

  // Call before the first write of observations of an event.
  Result<void> NoteFirstSightings(const Subject& subject);
  Partition::JoinChange JoinsChanged(const Subject& subject,
                                     const std::vector<Touch>& touches) const;
  // Carries the change of a seller from `before` to `after` through everything derived.
  Result<void> Settle(Subject& subject, const Deltas& deltas);
  // Writes alerts for whoever `partition` and `touches` show to be concerned.
  Result<void> Alert(const Partition& partition, const AlertSubject& subject,
                     const std::vector<Touch>& touches);
  // Gathers what the taint filter must hold once the event is visible.
  Result<void> Spread(const Partition& partition, const Subject& subject,
                      const std::vector<Touch>& touches);
  Result<void> SpreadToComponents(const Partition& partition, std::set<SellerId>& entering);
  Result<bool> MeetsABan(SellerId lone) const;
  Result<void> EnterTaint(const std::set<SellerId>& sellers);
  void EnterName(const SellerRow& row);
  Result<std::int64_t> FirstBanOf(SellerId seller, const SellerRow& row) const;
  Result<void> ReadTouch(const Subject& subject, Touch& touch) const;
  Result<void> DateTouch(const Subject& subject, const Delta& delta, Touch& touch) const;
  // Does it matter since when somebody carries it?
  bool CountsTimes(const FingerprintRow& row) const {
    return row.spilled() || (row.banned > 0 && row.enrolled > kinds_.Of(row.kind).fanout_limit);
  }
  Result<std::vector<Touch>> Touches(Subject& subject, const Deltas& deltas) const;
  Result<void> UpdateCarrier(const Subject& subject, Touch& touch);
  void UpdateDated(const Subject& subject, const Touch& touch, const Carrier& old,
                   const Carrier& now);
  Result<void> Respill(const Fingerprint& fingerprint, const FingerprintRow& before,
                       FingerprintRow& after, std::vector<Carrier> carriers);
  Result<void> SpillCarrier(const Fingerprint& fingerprint, const Carrier& carrier);
  Result<LabelId> LabelOf(const Fingerprint& fingerprint, const FingerprintRow& row,
                          const std::set<SellerId>& except) const;
  Result<void> CollectEnds(const Subject& subject, const std::vector<Touch>& touches,
                           std::map<LabelId, std::set<SellerId>>& ends) const;
  Result<void> JoinNew(const Subject& subject, const std::vector<Touch>& touches);
  Result<void> AccountLeafBans(const Subject& subject, const std::vector<Touch>& touches,
                               bool before);

  Result<Applied> Report(const SellerName& seller);

  Batch& batch_;
  const Fingerprinter& keyed_;
  const JunkList& junk_;
  KindPolicies kinds_;
  Partition* partition_ = nullptr;                 // of the event at hand
  std::optional<FirstSightings> first_sightings_;  // of its seller, before it
  SellerId cause_ = kNoSeller;                     // whom it is about
  std::uint8_t event_ = 0;                         // which it is
  Time at_;                                        // its own time
  Counts counts_;
  Applied applied_;
  TaintAdditions taint_;
  std::optional<std::uint32_t> retroactive_days_;  // of the policy, once it was asked
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_APPLY_APPLIER_H_

#ifndef REVENANT_REGISTRY_APPLY_ALERTS_H_
#define REVENANT_REGISTRY_APPLY_ALERTS_H_

// The sellers that an event linked to a ban or freed from one, written in the same batch.
//
// A seller without a ban of its own is *linked* when a fingerprint through which it joins has a
// banned carrier, or when its cluster has a banned member or (in a component that no finding
// divides) is touched by a banned leaf.

#include <map>
#include <optional>
#include <vector>

#include "registry/apply/event_run.h"
#include "registry/derive/partition.h"
#include "registry/state/kind_policies.h"
#include "store/store.h"

namespace revenant {

// How a fingerprint spoke of bans before and after an event: banned carriers, 0 where none join.
struct Spoken {
  Fingerprint fingerprint;
  bool subject_before = false, subject_after = false;  // did the event's seller carry it?
  std::uint64_t before = 0, after = 0;
};

// The seller that an event is about; id kNoSeller where it is about two.
struct AlertSubject {
  SellerId id = kNoSeller;
  SellerRow before, after;
};

// Writes alerts for the sellers that an event links to a ban or frees from one.
class Alerter {
 public:
  Alerter(Batch& batch, const KindPolicies& kinds) : batch_(batch), kinds_(kinds) {}
  Result<void> Raise(const Partition& partition, const AlertSubject& subject,
                     const std::vector<Spoken>& spoken, EventRun& run);

 private:
  Result<bool> IsStaleApplication(SellerId seller, Time at);

  Batch& batch_;
  const KindPolicies& kinds_;
  std::optional<std::uint32_t> retroactive_days_;  // of the policy, once it was asked
};

class AlertFinder {
 public:
  // Alerts of one event at the most; the rest is counted in its last one.
  static constexpr std::size_t kMaxAlerts = 1000;

  AlertFinder(const Batch& batch, const KindPolicies& kinds, const Partition& partition,
              const AlertSubject& subject, const std::vector<Spoken>& spoken);

  struct Change {
    SellerId seller{};
    bool linked = false;     // now; before it was the opposite
    bool sanctions = false;  // others in its cluster have more or fewer infringements
  };
  // In order of seller number. `more` counts candidates that were not looked at.
  Result<std::vector<Change>> Find(std::uint64_t& more);

 private:
  Result<void> Collect(std::uint64_t& more);
  Result<void> CollectMembers(LabelId label, std::uint32_t part, std::uint64_t& more);
  Result<void> Add(SellerId seller, std::uint64_t& more);
  bool SubjectChanged() const;
  Result<bool> LinkedBefore(SellerId seller, const SellerRow& row) const;
  Result<bool> LinkedNow(SellerId seller, const SellerRow& row) const;
  Result<std::uint64_t> OthersInfringements(SellerId seller, const SellerRow& row,
                                            bool before) const;
  Partition::Place PlaceOf(SellerId seller, const SellerRow& row, bool before) const;
  Result<bool> ClusterTainted(Partition::Place place, bool before) const;
  Result<ComponentRow> Sums(Partition::Place place, bool before) const;
  Result<bool> Touches(SellerId seller, bool before) const;

  const Batch& batch_;
  const KindPolicies& kinds_;
  const Partition& partition_;
  const AlertSubject& subject_;
  std::map<Fingerprint, const Spoken*> spoken_;
  std::set<SellerId> candidates_;
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_APPLY_ALERTS_H_

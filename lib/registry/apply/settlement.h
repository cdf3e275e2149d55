#ifndef REVENANT_REGISTRY_APPLY_SETTLEMENT_H_
#define REVENANT_REGISTRY_APPLY_SETTLEMENT_H_

// Carries the change of one seller through everything derived: carriers, hubs, leaves, clusters,
// sums, taint, alerts. Lives for one event. Threads: belongs to one batch. Errors: the batch's.

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "registry/apply/alerts.h"
#include "registry/apply/carrier_rows.h"
#include "registry/apply/event_run.h"
#include "registry/apply/spread.h"
#include "registry/derive/partition.h"
#include "registry/state/kind_policies.h"
#include "store/store.h"

namespace revenant {

class Settlement {
 public:
  // All must outlive it. `subject.after` says what the seller is from now on but for what it
  // carries, which follows from the deltas.
  Settlement(Batch& batch, const KindPolicies& kinds, EventSeller& subject, EventRun& run)
      : batch_(batch),
        kinds_(kinds),
        subject_(subject),
        run_(run),
        carriers_(batch, kinds),
        partition_(batch, kinds) {}

  // `first_sightings`: as they were before the event's observations were written, where the order
  // of joins counts.
  Result<void> Run(const CarryDeltas& deltas, const std::optional<FirstSightings>& first_sightings,
                   TaintSpread& spread, Alerter& alerter);

 private:
  Result<void> CollectTouches(const CarryDeltas& deltas);
  Result<LabelId> LabelOf(const Fingerprint& fingerprint, const FingerprintRow& row,
                          const std::set<SellerId>& except) const;
  Result<void> CollectEnds(std::map<LabelId, std::set<SellerId>>& ends) const;
  Result<void> JoinNew();
  enum class When : std::uint8_t { kBefore, kAfter };
  Result<void> AccountLeafBans(When when);
  Partition::JoinChange JoinsChanged(const std::optional<FirstSightings>& first_sightings) const;
  std::vector<Spoken> WhatSpoke() const;

  Batch& batch_;
  const KindPolicies& kinds_;
  EventSeller& subject_;
  EventRun& run_;
  CarrierRows carriers_;
  Partition partition_;
  std::vector<Touch> touches_;  // by fingerprint
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_APPLY_SETTLEMENT_H_

#ifndef REVENANT_REGISTRY_APPLY_SPREAD_H_
#define REVENANT_REGISTRY_APPLY_SPREAD_H_

// Where events carry taint: what the filter of taint_filter.h must hold before they are visible. It
// may hold more, never less. Threads: belongs to one batch. Errors: the batch's.

#include <set>
#include <vector>

#include "registry/answer/taint_filter.h"
#include "registry/apply/event_run.h"
#include "registry/derive/partition.h"
#include "registry/state/kind_policies.h"
#include "store/store.h"

namespace revenant {

class TaintSpread {
 public:
  TaintSpread(const Batch& batch, const KindPolicies& kinds) : batch_(batch), kinds_(kinds) {}

  // After an event was settled.
  Result<void> Follow(const Partition& partition, const EventSeller& subject,
                      const std::vector<Touch>& touches);
  // All that these sellers carry.
  Result<void> Enter(const std::set<SellerId>& sellers);
  void EnterName(const SellerRow& row);

  // What all events so far add, those among it that were refused later.
  const TaintAdditions& additions() const { return taint_; }

 private:
  Result<void> ToComponents(const Partition& partition, std::set<SellerId>& entering);
  static Result<bool> MeetsABan(const Partition& partition, SellerId lone);

  const Batch& batch_;
  const KindPolicies& kinds_;
  TaintAdditions taint_;
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_APPLY_SPREAD_H_

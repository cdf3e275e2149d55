#ifndef REVENANT_REGISTRY_APPLY_CARRIER_ROWS_H_
#define REVENANT_REGISTRY_APPLY_CARRIER_ROWS_H_

// The carriers of a fingerprint, as rows: few carriers in its own row, many in rows of their own
// and, under rules 2, in order of time. Threads: belongs to one batch. Errors: the batch's.

#include <vector>

#include "registry/apply/event_run.h"
#include "registry/state/kind_policies.h"
#include "store/store.h"

namespace revenant {

class CarrierRows {
 public:
  CarrierRows(Batch& batch, const KindPolicies& kinds) : batch_(batch), kinds_(kinds) {}

  // How the seller stood to `touch.fingerprint` before the event; as if it still did.
  Result<void> Read(const EventSeller& subject, Touch& touch) const;
  // Since when the seller carries what it gained, lost or saw at another time: one of many carriers
  // is filed by that.
  Result<void> Date(const EventSeller& subject, const CarryDelta& delta, Touch& touch) const;
  // Does it matter since when a seller carries it?
  bool CountsTimes(const FingerprintRow& row) const;

  // Writes the seller's place among the carriers, and the row with what derives from it.
  Result<void> Update(const EventSeller& subject, Touch& touch, Counts& counts);

 private:
  void UpdateDated(const EventSeller& subject, const Touch& touch, const Carrier& old,
                   const Carrier& now);
  Result<void> Respill(const Fingerprint& fingerprint, const FingerprintRow& before,
                       FingerprintRow& after, std::vector<Carrier> carriers);
  Result<void> Spill(const Fingerprint& fingerprint, const Carrier& carrier);

  Batch& batch_;
  const KindPolicies& kinds_;
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_APPLY_CARRIER_ROWS_H_

#ifndef REVENANT_STORE_OBSERVED_SET_H_
#define REVENANT_STORE_OBSERVED_SET_H_

// A seller's observations while a batch changes them: read once, changed here, written once.
// Threads: belongs to one batch. Lifetime: the batch must outlive it; what was not written before
// it dies is lost. Errors: kCorruption, kIo.
// Cost: one read and one row where they are few; of those that spilled a read or a row for each
// that is asked for or set.

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "store/store.h"

namespace revenant {

class ObservedSet {
 public:
  static Result<ObservedSet> Of(Batch& batch, SellerId seller);
  // Of a seller who cannot have any: nothing is read.
  static ObservedSet None(Batch& batch, SellerId seller) { return ObservedSet(batch, seller); }

  SellerId seller() const { return seller_; }
  Result<std::optional<ObservationRow>> Find(const Fingerprint& root, WordId source) const;
  void Set(const Fingerprint& root, WordId source, ObservationRow registers);
  void Remove(const Fingerprint& root, WordId source);

  // Puts what was changed into the batch, where views find it.
  Result<void> Write();

 private:
  using Place = std::pair<Fingerprint, WordId>;

  ObservedSet(Batch& batch, SellerId seller) : batch_(&batch), seller_(seller) {}
  void WriteFew();
  Result<void> WriteChanges();
  Result<void> GatherFew();

  Batch* batch_;
  SellerId seller_;
  bool changed_ = false;
  std::optional<std::uint64_t> spilled_;  // how many the store holds in rows of their own
  std::vector<Observed> few_;             // else: all of them, InOrder()
  std::map<Place, std::optional<ObservationRow>> changes_;  // of those that spilled; nullopt: gone
};

}  // namespace revenant

#endif  // REVENANT_STORE_OBSERVED_SET_H_

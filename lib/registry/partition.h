#ifndef REVENANT_REGISTRY_PARTITION_H_
#define REVENANT_REGISTRY_PARTITION_H_

// The components of sellers that joined fingerprints hold together, kept in rows: each seller
// names the label of its component, each label sums up its members. Merging relabels the smaller
// side; taking apart searches in lockstep from the ends and relabels every piece but the one that
// is left when the others are exhausted, so both cost what the smaller side costs.
// Threads: belongs to one batch. Errors: kCorruption, kIo from the store.

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <unordered_set>
#include <vector>

#include "registry/kind_policies.h"
#include "store/store.h"

namespace revenant {

class Partition {
 public:
  Partition(Batch& batch, const KindPolicies& kinds) : batch_(batch), kinds_(kinds) {}

  // Fingerprints whose share in ComponentRow::leaf_bans the caller accounts for itself.
  void SetTouched(std::unordered_set<Fingerprint> touched) { touched_ = std::move(touched); }

  // Joined fingerprints were taken away from sellers of `label`. `ends`: sellers of it such that
  // every piece it fell into holds one of them. The rows must show the new state already.
  Result<void> Split(LabelId label, const std::vector<SellerId>& ends);

  // Two sellers share a joined fingerprint.
  Result<void> Union(SellerId a, SellerId b);

  // Adds to the sums of the component that has this label; nothing for kNoLabel.
  struct Sums {
    std::int64_t banned = 0, infringements = 0, leaf_bans = 0, pairs = 0;
  };
  Result<void> AddToSums(LabelId label, const Sums& sums);

  // The seller's enrolment became earlier: files it anew among its component's members.
  Result<void> Refile(SellerId seller, const SellerRow& before, const SellerRow& after);

  // Something about a member changed on which the parts of a constrained component depend.
  void MarkDirty(LabelId label) {
    if (label != kNoLabel) dirty_.insert(label);
  }
  // Computes the parts of dirty components anew. Call last.
  Result<void> Finish();

  // Every joined fingerprint of a seller, once each.
  using VisitJoined = std::function<Result<void>(const Fingerprint&, const FingerprintRow&)>;
  Result<void> ForEachJoined(SellerId seller, const VisitJoined& visit) const;
  // A seller, not in `except`, through which a joined fingerprint joins; kNoSeller if none.
  Result<SellerId> AnyJoined(const Fingerprint& fingerprint, const FingerprintRow& row,
                             const std::set<SellerId>& except) const;

  // Where each seller stood whose label or part changed, before it first did.
  struct Place {
    LabelId label = kNoLabel;
    std::uint32_t part = 0;
    friend auto operator<=>(const Place&, const Place&) = default;
  };
  const std::map<SellerId, Place>& moved() const { return moved_; }
  // What each row of sums that changed was before.
  const std::map<Place, ComponentRow>& sums_before() const { return sums_before_; }

 private:
  struct Piece {  // one exhausted search: a whole component
    std::vector<SellerId> sellers;
    std::int64_t leaf_bans = 0;
  };
  class Lockstep;

  Result<LabelId> NewLabel();
  // Every change of sums goes through here, so that what was is known afterwards.
  Result<void> PutSums(LabelId label, std::uint32_t part, const ComponentRow& row);
  Result<void> Move(SellerId seller, LabelId to, ComponentRow& sums);
  Result<void> Detach(LabelId label, const Piece& piece);
  Result<void> Absorb(LabelId into, LabelId from);
  Result<void> AbsorbSingle(LabelId into, SellerId seller);
  Result<void> DropIfSingle(LabelId label);
  Result<std::int64_t> PairsInto(SellerId seller, LabelId label) const;
  Result<std::int64_t> LeafBansOf(SellerId seller) const;
  Result<std::vector<SellerId>> MembersOf(LabelId label) const;

  Result<void> Repart(LabelId label);
  Result<void> ClearParts(LabelId label);
  Result<void> DeletePartRows(LabelId label);
  Result<void> FilePart(SellerId seller, SellerRow row, std::uint32_t part);

  Batch& batch_;
  const KindPolicies& kinds_;
  std::unordered_set<Fingerprint> touched_;
  std::set<LabelId> dirty_;
  std::map<SellerId, Place> moved_;
  std::map<Place, ComponentRow> sums_before_;
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_PARTITION_H_

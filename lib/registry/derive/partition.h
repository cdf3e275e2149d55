#ifndef REVENANT_REGISTRY_DERIVE_PARTITION_H_
#define REVENANT_REGISTRY_DERIVE_PARTITION_H_

// The components of sellers that joined fingerprints hold together, kept in rows: each seller
// names the label of its component, each label sums up its members. Merging relabels the smaller
// side; taking apart searches in lockstep from the ends and relabels every piece but the one that
// is left when the others are exhausted, so both cost what the smaller side costs. The parts of a
// component that holds a forbidden pair are kept likewise (linkage/PARTS.md).
// Threads: belongs to one batch. Errors: kCorruption, kIo from the store.

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <unordered_set>
#include <vector>

#include "registry/state/kind_policies.h"
#include "registry/state/live.h"
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

  // Where a seller stands: the component and the part of it.
  struct Place {
    LabelId label = kNoLabel;
    std::uint32_t part = 0;
    friend auto operator<=>(const Place&, const Place&) = default;
  };

  // Adds to the sums of a component and, what they count of members, of one of its parts; nothing
  // for kNoLabel.
  struct Sums {
    std::int64_t banned = 0, infringements = 0, leaf_bans = 0, pairs = 0;
    friend bool operator==(const Sums&, const Sums&) = default;
  };
  Result<void> AddToSums(Place place, const Sums& sums);

  // The seller's enrolment became earlier: files it again among its component's members.
  Result<void> Refile(SellerId seller, const SellerRow& before, const SellerRow& after);

  // The parts of the component must be computed from nothing.
  void MarkDirty(LabelId label) {
    if (label != kNoLabel) dirty_.insert(label);
  }

  // How an event about one seller changed what sellers are joined through.
  struct Through {
    Fingerprint fingerprint;
    WordId kind{};
    bool joined_before = false, joins_now = false;     // do sellers meet through it at all?
    bool carried_before = false, carries_now = false;  // does this one carry it?
  };
  struct JoinChange {
    SellerId seller = kNoSeller;
    bool joined_before = false, joins_now = false;  // may others pass through the seller?
    // When it was first seen with what, before the event; nullptr: as now.
    const FirstSightings* before = nullptr;
    std::vector<Through> through;  // all that changed, times aside
  };
  // Brings the parts up to date. Call last, once.
  Result<void> Finish(JoinChange change);

  // Does the seller stand in a component that is kept in parts?
  Result<bool> Parted(const SellerRow& row) const;
  // The seller's findings changed in number: files it among those that findings name, or not.
  static void FileNamed(Batch& batch, SellerId seller, const SellerRow& row);

  // Every joined fingerprint of a seller, once each.
  using VisitJoined = std::function<Result<void>(const Fingerprint&, const FingerprintRow&)>;
  Result<void> ForEachJoined(SellerId seller, const VisitJoined& visit) const;
  // A seller, not in `except`, through which a joined fingerprint joins; kNoSeller if none.
  Result<SellerId> AnyJoined(const Fingerprint& fingerprint, const FingerprintRow& row,
                             const std::set<SellerId>& except) const;

  // Where each seller stood whose label or part changed, before it first did.
  const std::map<SellerId, Place>& moved() const { return moved_; }
  // What each row of sums that changed was before.
  const std::map<Place, ComponentRow>& sums_before() const { return sums_before_; }

 private:
  struct Piece {  // one exhausted search: a whole component
    std::vector<SellerId> sellers;
    std::int64_t leaf_bans = 0;
  };
  class Lockstep;
  class StoredParts;
  class JoinDifference;

  Result<LabelId> NewLabel();
  // Every change of sums goes through here, so that what was is known afterwards.
  Result<void> PutSums(LabelId label, std::uint32_t part, const ComponentRow& row);
  Result<void> Move(SellerId seller, Place to, ComponentRow& sums);
  Result<void> Detach(LabelId label, const Piece& piece);
  Result<void> Absorb(LabelId into, LabelId from);
  Result<void> AbsorbSingle(LabelId into, SellerId seller);
  Result<void> DropIfSingle(LabelId label);
  Result<std::int64_t> PairsInto(SellerId seller, LabelId label) const;
  Result<std::int64_t> LeafBansOf(SellerId seller) const;
  Result<std::vector<SellerId>> MembersOf(LabelId label) const;

  Result<Place> PlaceBefore(SellerId seller) const;
  Result<void> FinishDirty();
  Result<void> Repart(LabelId label);
  Result<void> ClearParts(LabelId label);
  // A number that no part of the component has.
  Result<std::uint32_t> NewPart(LabelId label);
  Result<void> FilePart(SellerId seller, SellerRow row, std::uint32_t part);
  // Adds a member to the sums of its part, or takes it out; a part comes and goes with its members.
  Result<void> CountInPart(Place place, const SellerRow& row, int by);

  Batch& batch_;
  const KindPolicies& kinds_;
  std::unordered_set<Fingerprint> touched_;
  std::set<LabelId> dirty_;
  std::set<LabelId> reparted_;  // whose parts were computed from nothing
  std::map<SellerId, Place> moved_;
  std::map<Place, ComponentRow> sums_before_;
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_DERIVE_PARTITION_H_

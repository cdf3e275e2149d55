#ifndef REVENANT_REGISTRY_DERIVE_STORED_PARTS_H_
#define REVENANT_REGISTRY_DERIVE_STORED_PARTS_H_

// What linkage/part_keeper.h needs of a component, read from the rows of a batch and kept while it
// lives: the batch must not change meanwhile but through it.
// Threads: belongs to one batch. Errors: kCorruption, kIo from the store.

#include <deque>
#include <map>
#include <unordered_map>
#include <vector>

#include "linkage/part_keeper.h"
#include "registry/derive/partition.h"

namespace revenant {

class Partition::StoredParts final : public PartedGraph {
 public:
  StoredParts(Batch& batch, const KindPolicies& kinds, Partition& partition)
      : batch_(batch), kinds_(kinds), partition_(partition) {}

  // From now on this component is meant; what was read stays.
  void Enter(LabelId label) { label_ = label; }
  // Stores before format 4 do not say which sellers findings name.
  Result<bool> KnowsFindings() const;

  Result<std::span<const Join>> JoinsOf(NodeId seller) override;
  Result<PartId> PartOf(NodeId seller) override;
  Result<bool> InFinding(NodeId seller) override;
  Result<std::vector<std::pair<NodeId, NodeId>>> FindingsBetween(PartId a, PartId b) override;
  Result<void> Merge(PartId a, PartId b) override;
  Result<void> Isolate(NodeId seller) override;

  // The carriers of a joined fingerprint, and since when.
  struct Carried {
    SellerId seller{};
    std::int64_t first = 0;
  };
  Result<std::vector<Carried>> CarriersOf(const Fingerprint& fingerprint,
                                          const FingerprintRow& row);
  // The joins that they make: all with the earliest.
  Result<std::vector<Join>> JoinsThrough(WordId kind, const std::vector<Carried>& carriers);

  Result<const FirstSightings*> SightingsOf(SellerId seller);

 private:
  Result<const SellerName*> NameOf(SellerId seller);
  const JoinRank* RankOf(WordId kind);
  Result<std::vector<SellerId>> NamedIn(PartId part) const;

  Batch& batch_;
  const KindPolicies& kinds_;
  Partition& partition_;
  LabelId label_ = kNoLabel;
  std::unordered_map<SellerId, SellerName> names_;
  std::unordered_map<SellerId, FirstSightings> sightings_;
  std::unordered_map<WordId, JoinRank> ranks_;
  std::unordered_map<Fingerprint, std::vector<Join>> through_;
  std::unordered_map<NodeId, std::vector<Join>> joins_;
};

// Which joins an event took away and which it made, by the component that they are in now.
class Partition::JoinDifference {
 public:
  struct Joins {
    std::vector<Join> lost, made;
  };
  JoinDifference(const Partition& partition, StoredParts& parts)
      : partition_(partition), parts_(parts) {}

  Result<void> Find(JoinChange change);
  const std::map<LabelId, Joins>& by_label() const { return by_label_; }

 private:
  Result<bool> Concerns(const JoinChange& change) const;
  Result<void> AddRetimed(JoinChange& change);
  Result<void> Compare(const JoinChange& change, const Through& through);
  Result<void> Lose(const Join& join);
  Result<void> Make(const Join& join);
  Result<bool> Kept(LabelId label);

  const Partition& partition_;
  StoredParts& parts_;
  std::map<LabelId, bool> kept_;  // is it in parts that must be kept?
  std::map<LabelId, Joins> by_label_;
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_DERIVE_STORED_PARTS_H_

#ifndef REVENANT_REGISTRY_APPLIER_H_
#define REVENANT_REGISTRY_APPLIER_H_

// The one deterministic function that applies events: facts into their registers first, then what
// derives from them (who carries what, hubs, leaves, clusters). One event is applied wholly or not
// at all; the caller commits the batch.
// Threads: belongs to one batch. Errors: kInvalidArgument, kConflict (refused), kCorruption, kIo.

#include <map>

#include "registry/alerts.h"
#include "registry/counts.h"
#include "registry/kind_policies.h"
#include "registry/partition.h"
#include "revenant/event.h"
#include "revenant/fingerprint.h"
#include "revenant/registry.h"
#include "store/store.h"

namespace revenant {

class Applier {
 public:
  Applier(Batch& batch, const LinkPolicy& policy, const Fingerprinter& keyed)
      : batch_(batch), keyed_(keyed), kinds_(policy, batch) {}

  Result<Applied> Apply(const Event& event);

 private:
  // How many live observations of a fingerprint a seller gained or lost.
  struct Delta {
    WordId kind{};
    std::int64_t observations = 0;
  };
  using Deltas = std::map<Fingerprint, Delta>;
  // A fingerprint of the seller whose row, class or joins an event touches.
  struct Touch {
    Fingerprint fingerprint;
    WordId kind{};
    std::uint32_t before = 0, after = 0;  // live observations by the seller
    FingerprintRow row_before, row_after;
  };
  struct Subject {  // the seller that an event is about
    SellerId id{};
    SellerRow before, after;
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

  Result<Subject> Name(const SellerName& name);  // finds the seller or makes its row
  Result<void> Sight(const ObservationKey& key, Time seen, const KeyedAttribute& attribute,
                     Deltas& deltas);
  Result<void> Observe(const ObservationKey& key, const ObservationRow& before,
                       const ObservationRow& after, std::int64_t every_before,
                       std::int64_t every_after, Deltas& deltas);
  Result<Applied> OnCase(const SellerName& seller, const CaseKey& key, std::int64_t set,
                         std::int64_t lifted, const std::string& reason);
  Result<std::uint32_t> CasesInForce(SellerId seller, CaseType type) const;
  Result<Applied> OnPair(const SellerName& a, const SellerName& b, std::int64_t forbidden,
                         std::int64_t allowed);
  Result<void> CheckForgettable(const Subject& subject) const;
  Result<void> Erase(const Subject& subject, const SellerName& name);
  Result<void> DeletePrefix(Table table, const std::string& prefix);

  // Carries the change of a seller from `before` to `after` through everything derived.
  Result<void> Settle(Subject& subject, const Deltas& deltas);
  // Writes alerts for whoever `partition` and `touches` show to be concerned.
  Result<void> Alert(const Partition& partition, const AlertSubject& subject,
                     const std::vector<Touch>& touches);
  Result<std::vector<Touch>> Touches(const Subject& subject, const Deltas& deltas) const;
  Result<void> UpdateCarrier(const Subject& subject, Touch& touch);
  Result<void> Respill(const Fingerprint& fingerprint, const FingerprintRow& before,
                       FingerprintRow& after, std::vector<Carrier> carriers);
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
  KindPolicies kinds_;
  Partition* partition_ = nullptr;  // of the event at hand
  SellerId cause_ = kNoSeller;      // whom it is about
  std::uint8_t event_ = 0;          // which it is
  Time at_;                         // its own time
  Counts counts_;
  Applied applied_;
};

// Where a forgotten seller's name is remembered: a keyed digest, so that it cannot be read.
Fingerprint TombstoneOf(const Fingerprinter& keyed, const SellerName& name);

ClusterId ClusterIdOf(const SellerName& earliest_member);
// The cluster that a seller is in. Cost: at most two point reads and a seek.
Result<ClusterId> ClusterIdOf(const View& view, const SellerRow& row);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_APPLIER_H_

#ifndef REVENANT_REGISTRY_STATE_KIND_POLICIES_H_
#define REVENANT_REGISTRY_STATE_KIND_POLICIES_H_

#include <unordered_map>

#include "revenant/link_policy.h"
#include "store/view.h"

namespace revenant {

// What the policy says of a kind, by the kind's number in the store, looked up once a kind. The
// numbers of a store never change.
// Threads: one at a time.
class KindPolicies {
 public:
  KindPolicies(const LinkPolicy& policy, const View& view) : policy_(policy), view_(&view) {}
  // From now on over another view of the same store.
  void GoOn(const View& view) { view_ = &view; }

  const KindPolicy& Of(WordId kind) const {
    const auto found = known_.find(kind);
    if (found != known_.end()) return found->second;
    return known_.emplace(kind, policy_.For(view_->Word(kind))).first->second;
  }

  bool Linking(WordId kind) const { return Of(kind).role == Role::kLinking; }
  // More count than the kind's limit.
  bool IsHub(const FingerprintRow& row) const {
    return row.enrolled - row.late > Of(row.kind).fanout_limit;
  }
  // Do sellers meet through this fingerprint?
  bool Joins(const FingerprintRow& row) const { return Linking(row.kind) && !IsHub(row); }
  // May paths and clusters pass through this seller? (Otherwise it is a leaf: rule 1.)
  bool Joins(const SellerRow& row) const {
    if (row.status != SellerStatus::kActive) return false;
    for (const SellerRow::Carry& carry : row.carries) {
      const KindPolicy& kind = Of(carry.kind);
      if (kind.role == Role::kLinking && carry.count > kind.carry_limit) return false;
    }
    return true;
  }

  const LinkPolicy& policy() const { return policy_; }

 private:
  const LinkPolicy& policy_;
  const View* view_;
  mutable std::unordered_map<WordId, KindPolicy> known_;
};

inline CarrierClass ClassOf(const SellerRow& row) {
  if (row.status == SellerStatus::kActive) return CarrierClass::kEnrolled;
  return row.bans > 0 ? CarrierClass::kBannedLeaf : CarrierClass::kLeaf;
}

}  // namespace revenant

#endif  // REVENANT_REGISTRY_STATE_KIND_POLICIES_H_

// What a registry answers of one state: links, and the facts that policies judge.

#include "registry/answer/cluster_graph.h"
#include "registry/answer/group_facts.h"
#include "registry/answer/screening.h"
#include "registry/handle.h"
#include "registry/impl.h"
#include "registry/measure/calibrate.h"
#include "registry/state/case_facts.h"
#include "registry/state/seller_names.h"
#include "util/try.h"

namespace revenant {

Result<std::optional<Link>> Registry::Explain(const SellerName& a, const SellerName& b) const {
  const Serving::State now = impl_->Now();
  return ExplainLink(*now.view, *now.policy, a, b);
}

Result<ClusterGraph> Registry::GraphOf(const SellerName& seller, std::size_t max_sellers) const {
  const Serving::State now = impl_->Now();
  TRY_ASSIGN(const auto known, FindNamed(*now.view, seller));
  return ReadClusterGraph(*now.view, *now.policy, known.first, max_sellers);
}

Result<EnforcementPolicy> Registry::enforcement() const {
  return EnforcementOf(*impl_->Now().view);
}

Result<std::vector<Fact>> Registry::CaseFile(const SellerName& seller) const {
  return CaseFileOf(*impl_->Now().view, seller);
}

Result<GroupFacts> Registry::FactsForSanctions(const SellerName& seller) const {
  const Serving::State now = impl_->Now();
  return revenant::FactsForSanctions(*now.view, *now.policy, seller);
}

Result<KnowledgeFacts> Registry::FactsForKnowledge(const SellerName& seller) const {
  const Serving::State now = impl_->Now();
  return revenant::FactsForKnowledge(*now.view, *now.policy, seller);
}

Result<std::vector<ClockFacts>> Registry::FactsForClocks(
    const std::optional<SellerName>& seller) const {
  return revenant::FactsForClocks(*impl_->Now().view, seller);
}

Result<std::vector<SupplierFacts>> Registry::FactsForSuppliers(const SellerName& seller) const {
  return revenant::FactsForSuppliers(*impl_->Now().view, seller);
}

Result<Calibration> Calibrate(const Registry& registry, const CalibrateOptions& options) {
  const Serving::State now = Inside(registry).Now();
  return CalibrateOver(*now.view, *now.policy, options);
}

}  // namespace revenant

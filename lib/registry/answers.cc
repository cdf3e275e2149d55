// What a registry answers of one state: links, and the facts that policies judge.

#include <map>
#include <optional>
#include <set>

#include "registry/answer/cluster_graph.h"
#include "registry/answer/group_facts.h"
#include "registry/answer/screening.h"
#include "registry/answer/store_graph.h"
#include "registry/answer/value_facts.h"
#include "registry/handle.h"
#include "registry/impl.h"
#include "registry/measure/calibrate.h"
#include "registry/state/case_facts.h"
#include "registry/state/seller_names.h"
#include "revenant/cluster_graph.h"
#include "revenant/value_facts.h"
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

// What is remembered is of one state, which is held as long.
struct ValueFactsReader::Impl {
  const Registry& registry;
  const ValueFactsOptions options;
  Serving::State now;
  std::optional<StoreGraph> graph;
  std::map<Fingerprint, std::optional<ValueFacts>> known;

  Result<std::optional<ValueFacts>> Read(const Fingerprint& fingerprint) {
    const auto found = known.find(fingerprint);
    if (found != known.end()) return found->second;
    if (!graph) {
      now = Inside(registry).Now();
      graph.emplace(*now.view, *now.policy);
    }
    TRY_ASSIGN(const auto facts, FactsOfValue(*now.view, *graph, fingerprint, options));
    return known.emplace(fingerprint, facts).first->second;
  }

  Result<void> Add(const Fingerprint& fingerprint, std::vector<ValueFacts>& facts) {
    TRY_ASSIGN(const auto one, Read(fingerprint));
    if (one && now.policy->For(one->kind).role == Role::kLinking) facts.push_back(*one);
    return {};
  }
};

ValueFactsReader::ValueFactsReader(const Registry& registry, const ValueFactsOptions& options)
    : impl_(new Impl{registry, options, {}, {}, {}}) {}
ValueFactsReader::~ValueFactsReader() = default;
ValueFactsReader::ValueFactsReader(ValueFactsReader&&) noexcept = default;

Result<std::optional<ValueFacts>> ValueFactsReader::Read(const Fingerprint& fingerprint) {
  return impl_->Read(fingerprint);
}

Result<std::vector<ValueFacts>> ValueFactsReader::Of(std::span<const Link> links) {
  std::vector<ValueFacts> facts;
  std::set<Fingerprint> seen;
  for (const Link& link : links) {
    for (const Hop& hop : link.path) {
      for (const SharedIdentifier& shared : hop.shared) {
        if (facts.size() == impl_->options.values) return facts;
        if (seen.insert(shared.fingerprint).second) TRY(impl_->Add(shared.fingerprint, facts));
      }
    }
  }
  return facts;
}

Result<std::vector<ValueFacts>> ValueFactsReader::Of(const ClusterGraph& graph) {
  std::vector<ValueFacts> facts;
  for (const ClusterGraph::Identifier& identifier : graph.identifiers) {
    TRY(impl_->Add(identifier.fingerprint, facts));
  }
  return facts;
}

void ValueFactsReader::Forget() {
  impl_->known.clear();
  impl_->graph.reset();
  impl_->now = {};
}

}  // namespace revenant

#ifndef REVENANT_REGISTRY_ANSWER_GROUP_FACTS_H_
#define REVENANT_REGISTRY_ANSWER_GROUP_FACTS_H_

// What the registry knows about a seller and about those that links lead to, as the plain facts
// that the pure functions of sanctions.h, knowledge.h, duty.h and clocks.h take. Of one state.
// Threads: pure but for reading the view. Errors: kNotFound (no such seller), and the view's.

#include <optional>
#include <vector>

#include "revenant/case_file.h"
#include "revenant/clocks.h"
#include "revenant/knowledge.h"
#include "revenant/link_policy.h"
#include "revenant/sanctions.h"
#include "store/view.h"

namespace revenant {

Result<std::vector<Fact>> CaseFileOf(const View& view, const SellerName& seller);
// Cost: a search for each account that the links reach.
Result<GroupFacts> FactsForSanctions(const View& view, const LinkPolicy& policy,
                                     const SellerName& seller);
// Cost: one search.
Result<KnowledgeFacts> FactsForKnowledge(const View& view, const LinkPolicy& policy,
                                         const SellerName& seller);
// nullopt: of every seller with a notice. Cost: a scan of all cases.
Result<std::vector<ClockFacts>> FactsForClocks(const View& view,
                                               const std::optional<SellerName>& seller);
Result<std::vector<SupplierFacts>> FactsForSuppliers(const View& view, const SellerName& seller);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_ANSWER_GROUP_FACTS_H_

#ifndef REVENANT_REGISTRY_ANSWER_VALUE_FACTS_H_
#define REVENANT_REGISTRY_ANSWER_VALUE_FACTS_H_

#include <optional>

#include "registry/answer/store_graph.h"
#include "revenant/value_facts.h"
#include "store/view.h"

namespace revenant {

// nullopt: nobody carries it. `graph` is of `view`. Errors: those of the view. Cost: see
// ValueFactsReader.
Result<std::optional<ValueFacts>> FactsOfValue(const View& view, StoreGraph& graph,
                                               const Fingerprint& fingerprint,
                                               const ValueFactsOptions& options);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_ANSWER_VALUE_FACTS_H_

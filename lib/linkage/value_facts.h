#ifndef REVENANT_LINKAGE_VALUE_FACTS_H_
#define REVENANT_LINKAGE_VALUE_FACTS_H_

#include <span>
#include <string>

#include "revenant/value_facts.h"
#include "util/json_writer.h"

namespace revenant {

// The member "values" of the JSON of verdicts, links and graphs.
void WriteValues(JsonWriter& json, std::span<const ValueFacts> values);

// "67 %"; "0 %" of none.
std::string BannedShare(const ValueFacts& value);
// "2", "at least 2"; "none" where it joins nobody.
std::string ClustersJoined(const ValueFacts& value);

}  // namespace revenant

#endif  // REVENANT_LINKAGE_VALUE_FACTS_H_

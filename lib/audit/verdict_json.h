#ifndef REVENANT_AUDIT_VERDICT_JSON_H_
#define REVENANT_AUDIT_VERDICT_JSON_H_

#include <span>
#include <string>
#include <string_view>

#include "revenant/value_facts.h"
#include "revenant/verdict.h"

namespace revenant {

// Appends ToJson() of a verdict, the object still open (JsonWriter::Inside). `values`: null: none.
void AppendOpenJson(std::string& out, const Verdict& verdict, std::string_view certificate,
                    const std::span<const ValueFacts>* values);

}  // namespace revenant

#endif  // REVENANT_AUDIT_VERDICT_JSON_H_

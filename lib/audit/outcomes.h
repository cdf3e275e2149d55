#ifndef REVENANT_LIB_AUDIT_OUTCOMES_H_
#define REVENANT_LIB_AUDIT_OUTCOMES_H_

#include <span>
#include <string>
#include <vector>

#include "revenant/audit.h"

namespace revenant {

// Counts what normalisation made of a record's attributes, and appends a reject for each that is no
// identifier to `input.rejects`.
void CountIntake(const std::string& file, const Intake& intake, bool keep_values,
                 InputRecord& input, AttributeCounts& counts);
// The same of outcomes alone, which need not be all of the record's.
void CountOutcomes(const std::string& file, std::span<const AttributeOutcome> outcomes,
                   bool keep_values, InputRecord& input, AttributeCounts& counts);

// A reject of the whole record.
Reject RejectRecord(const std::string& file, std::uint64_t line, std::string reason);

}  // namespace revenant

#endif  // REVENANT_LIB_AUDIT_OUTCOMES_H_

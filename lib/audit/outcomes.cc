#include "audit/outcomes.h"

#include <fmt/format.h>

#include <utility>

namespace revenant {
namespace {

std::string Why(const AttributeOutcome& outcome) {
  if (outcome.status == Status::kUnknownKind) {
    const std::string suggestion = SuggestKind(outcome.kind);
    return suggestion.empty()
               ? "there is no such kind of identifier"
               : fmt::format("there is no such kind of identifier; did you mean {}?", suggestion);
  }
  if (outcome.where < 0) return std::string(outcome.reason);
  return fmt::format("{} (byte {} of the value)", outcome.reason, outcome.where + 1);
}

}  // namespace

void CountOutcomes(const std::string& file, std::span<const AttributeOutcome> outcomes,
                   bool keep_values, InputRecord& input, AttributeCounts& counts) {
  for (const AttributeOutcome& outcome : outcomes) {
    counts.junk += outcome.status == Status::kJunk;
    if (outcome.status != Status::kInvalid && outcome.status != Status::kUnknownKind) continue;
    ++counts.invalid;
    Reject reject = RejectAttribute(file, input, outcome.attribute, Why(outcome));
    if (keep_values) reject.value = input.record.attributes[outcome.attribute].value;
    input.rejects.push_back(std::move(reject));
  }
}

void CountIntake(const std::string& file, const Intake& intake, bool keep_values,
                 InputRecord& input, AttributeCounts& counts) {
  counts.attributes += intake.outcomes.size();
  counts.identifiers += intake.identifiers;
  CountOutcomes(file, intake.outcomes, keep_values, input, counts);
}

Reject RejectRecord(const std::string& file, std::uint64_t line, std::string reason) {
  Reject reject;
  reject.file = file;
  reject.line = line;
  reject.reason = std::move(reason);
  return reject;
}

}  // namespace revenant

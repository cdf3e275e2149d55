#ifndef REVENANT_TOOLS_CLI_ENFORCE_H_
#define REVENANT_TOOLS_CLI_ENFORCE_H_

// What the verbs have in common that enter or show what follows from links.

#include <optional>
#include <string>

#include "context.h"
#include "revenant/policy.h"

namespace revenant::cli {

// What a seller and those linked to it owe at a moment, and under which policy.
struct Owed {
  SanctionAssessment assessment;
  SanctionPolicy policy;
};
Result<Owed> AssessOwed(const Registry& registry, const SellerName& seller, Time as_of);

// The assessment for a person, line by line.
void PrintOwed(Context& context, const Owed& owed);

// Enters `event` about `seller`, synced, prints what changed and then what follows for it and for
// the sellers that it is linked to. With --json one object: as of Decide(), with "sanctions" and
// "changes".
Result<int> DecideAndTell(Context& context, const SellerName& seller, const Event& event,
                          std::string_view done, Time at);

// Something for a case file: entered, or with `lift` taken back.
struct Entry {
  SellerName seller;
  FactKind kind = FactKind::kNotice;
  std::string reference;
  std::string detail;
  Time at;
  bool lift = false;
};
// `done` says in words what was put on file ("has a notice on case C-7").
Result<int> EnterFact(Context& context, const Entry& entry, std::string_view done);

// kNotFound, naming the others: no notice on this case of the seller was ever entered.
Result<void> CheckNotice(const Context& context, const SellerName& seller,
                         const std::string& case_ref);

// "PLATFORM:CASE", or a case of the seller's own platform where there is no colon.
Result<CaseName> CaseArgument(std::string_view text, const SellerName& seller);

// "650" and "0.65" as thousandths and so on: a decimal number times `scale`. kInvalidArgument: not
// a number, negative, too large, or more decimals than fit.
Result<std::int64_t> DecimalArgument(std::string_view option, const std::string& text,
                                     std::int64_t scale);

// An amount in a currency's major units, as minor ones: "12.50" EUR is 1250, "12" JPY is 12.
Result<std::int64_t> MoneyArgument(std::string_view option, const std::string& text,
                                   std::string_view currency);

}  // namespace revenant::cli

#endif  // REVENANT_TOOLS_CLI_ENFORCE_H_

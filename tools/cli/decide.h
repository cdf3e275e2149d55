#ifndef REVENANT_TOOLS_CLI_DECIDE_H_
#define REVENANT_TOOLS_CLI_DECIDE_H_

// What the verbs have in common that enter one decision about a seller.

#include <functional>
#include <string>

#include "context.h"
#include "input.h"
#include "revenant/event.h"

namespace revenant::cli {

// Enters `event` about `seller`, synced, and prints what changed; `done` says in words what was
// done ("banned").
Result<Applied> Decide(Context& context, const SellerName& seller, const Event& event,
                       std::string_view done);
// The two halves of it: the second says it in words.
Result<Entered> EnterDecision(Context& context, Registry& registry, const SellerName& seller,
                              const Event& event);
void PrintDecision(Context& context, const SellerName& seller, const Event& event,
                   const Entered& entered, std::string_view done);

// kNotFound where the registry holds nothing of the seller: a lifting must name a known seller;
// otherwise it is a slip of the pen, and must not create one.
Result<void> CheckKnown(const Registry& registry, const SellerName& seller);

// One row of a table of decisions (`ban --from`).
struct Ruling {
  SellerName seller;
  std::string reason;
  std::string case_ref;
  Time at;
};

enum class ReasonColumn : bool { kOptional, kRequired };

// Reads a CSV file with the columns platform, seller, reason, case, at, and enters `make` of each
// row. All rows are read before the first is entered: a bad one stops everything. Rows that the
// registry refuses (sellers that were forgotten) are left out, and then the outcome is an error.
Result<int> DecideAll(Context& context, const std::string& file, const TableArgs& table,
                      ReasonColumn reason, std::string_view done,
                      const std::function<Event(const Ruling&)>& make);

}  // namespace revenant::cli

#endif  // REVENANT_TOOLS_CLI_DECIDE_H_

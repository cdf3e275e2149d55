#include <fmt/format.h>

#include "enforce.h"
#include "revenant/json.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct SupplierArgs {
  std::string seller;
};

Result<int> RunSupplier(const SupplierArgs& args, Context& context) {
  TRY_ASSIGN(const SellerName seller, SellerArgument(args.seller));
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY_ASSIGN(const EnforcementPolicy policy, registry->enforcement());
  TRY_ASSIGN(const std::vector<SupplierFacts> suppliers, registry->FactsForSuppliers(seller));
  for (const SupplierFacts& facts : suppliers) {
    const SupplierWarning warning = WarnOfSupplier(facts, policy.knowledge);
    if (context.json) {
      context.out.Line(ToJson(facts, warning));
      continue;
    }
    context.out.Line(fmt::format("{}  supplier {}: {}", warning.warns ? "WARNING" : "ok     ",
                                 facts.fingerprint, warning.text));
    for (const SellerName& name : facts.banned) {
      context.out.Line("         banned: " + name.ToString());
    }
  }
  if (suppliers.empty()) context.Note("no supplier of " + seller.ToString() + " is known");
  return suppliers.empty() ? kNothing : kDone;
}

}  // namespace

void AddSupplier(CLI::App& app, Context& context) {
  const Verb<SupplierArgs> verb(app, context, "supplier",
                                "Show how other sellers of the same suppliers fared");
  verb.AddSeller(verb->seller);
  verb.Footer(
      "Suppliers are entered with a seller's other attributes (kind org.supplier). They only warn\n"
      "and never link. Exit code 1: none is known.");
  verb.Runs(RunSupplier);
}

}  // namespace revenant::cli

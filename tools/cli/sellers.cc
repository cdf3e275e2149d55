#include <fmt/format.h>

#include "revenant/lookup.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct SellersArgs {
  std::string prefix;
};

Result<int> RunSellers(const SellersArgs& args, Context& context) {
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY_ASSIGN(const std::vector<HeldSeller> sellers, SellersWithPrefix(*registry, args.prefix));
  for (const HeldSeller& seller : sellers) {
    if (context.out.done()) break;
    if (context.json) {
      context.out.Line(ToJson(seller));
      continue;
    }
    std::string line = seller.seller.ToString();
    if (seller.status != SellerStatus::kActive)
      line += fmt::format(" ({})", StatusName(seller.status));
    if (seller.bans > 0) line += "  banned";
    if (seller.infringements > 0) line += "  " + Counted(seller.infringements, "infringement");
    context.out.Line(line);
  }
  if (sellers.empty()) context.Note("no seller's name begins like that");
  return sellers.empty() ? kNothing : kDone;
}

}  // namespace

void AddSellers(CLI::App& app, Context& context) {
  const Verb<SellersArgs> verb(app, context, "sellers", "List sellers by name");
  verb.Add("--prefix", verb->prefix, "P", "Only those whose PLATFORM:EXTERNAL_ID begins with P");
  verb.Footer(
      "Sellers that were only named by an event (\"mentioned\") and cases of other platforms are\n"
      "among them. Exit code 1: there are none.");
  verb.Runs(RunSellers);
}

}  // namespace revenant::cli

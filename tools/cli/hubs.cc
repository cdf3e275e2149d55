#include <fmt/format.h>

#include "revenant/lookup.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct HubsArgs {
  std::size_t limit = 0;
};

Result<int> RunHubs(const HubsArgs& args, Context& context) {
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY_ASSIGN(std::vector<FoundValue> hubs, Hubs(*registry));
  if (args.limit != 0 && hubs.size() > args.limit) hubs.resize(args.limit);
  if (!context.json && !hubs.empty()) {
    context.out.Line(fmt::format("{:<32}  {:>9}  {:>6}  {:>6}  {}", "fingerprint", "carriers",
                                 "banned", "limit", "kind"));
  }
  for (const FoundValue& hub : hubs) {
    if (context.out.done()) break;
    context.out.Line(context.json
                         ? ToJson(hub)
                         : fmt::format("{}  {:>9}  {:>6}  {:>6}  {}", hub.fingerprint.ToHex(),
                                       Grouped(hub.carriers), Grouped(hub.banned),
                                       Grouped(hub.fanout_limit), hub.kind));
  }
  if (hubs.empty()) context.Note("no value is carried by more sellers than its kind allows");
  return hubs.empty() ? kNothing : kDone;
}

}  // namespace

void AddHubs(CLI::App& app, Context& context) {
  const Verb<HubsArgs> verb(app, context, "hubs",
                            "List values that too many carry to link anybody");
  verb.Add("--limit", verb->limit, "N", "Only the first N; 0: all");
  verb.Footer(
      "Most carriers first. A carrier that came after the first ban on the value does not count\n"
      "towards the limit. Exit code 1: there are none.");
  verb.Runs(RunHubs);
}

}  // namespace revenant::cli

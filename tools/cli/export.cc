
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct ExportArgs {
  bool facts = false;
};

// Beside another process that writes, the dump is given all the same, and says so.
Result<void> RecordThat(Context& context, std::string_view what) {
  auto registry = context.OpenRegistry(Access::kReadWrite);
  if (!registry && registry.error().code == Code::kConflict) {
    context.Note("another process writes to the store: the journal has no entry of this export");
    return {};
  }
  if (!registry) return std::move(registry).error();
  TRY((*registry)->RecordExport(what, "", std::nullopt, {}));
  return {};
}

Result<int> RunExport(const ExportArgs& args, Context& context) {
  TRY(RecordThat(context, args.facts ? "facts" : "live view"));
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY(registry->Export(args.facts ? ExportScope::kFacts : ExportScope::kLive,
                       [&](std::string_view piece) { context.out.Write(piece); }));
  return kDone;
}

}  // namespace

void AddExport(CLI::App& app, Context& context) {
  const Verb<ExportArgs> verb(app, context, "export", "Dump the store as JSON Lines");
  verb.AddFlag("--facts", verb->facts,
               "Every register, the policy and the marks of forgotten sellers too");
  verb.Footer(
      "One object for each seller, in name order, always JSON. Stores that hold the same facts "
      "give\n"
      "the same bytes, whatever the order in which these came.");
  verb.Runs(RunExport);
}

}  // namespace revenant::cli

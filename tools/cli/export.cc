
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
    context.Note(
        "another process is writing to the store: the journal has no entry for this export");
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
               "Also every register, the policy and the marks of forgotten sellers");
  verb.Footer(
      "One object per seller, in name order, always JSON. Stores that hold the same facts print "
      "the\n"
      "same bytes, in whatever order the facts came.");
  verb.Runs(RunExport);
}

}  // namespace revenant::cli

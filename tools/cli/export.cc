
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct ExportArgs {
  bool facts = false;
};

// Where the store cannot be written (another process does, or it is a checkpoint, or on a disk that
// is read-only) the dump is given all the same, and says so. Whatever else is wrong, reading tells.
Result<void> RecordThat(Context& context, std::string_view what) {
  auto registry = context.OpenRegistry(Access::kReadWrite);
  if (!registry) {
    TRY(context.OpenRegistry(Access::kReadOnly));
    context.Note(registry.error().code == Code::kConflict
                     ? "another process is writing to the store: the journal has no entry for this "
                       "export"
                     : "the journal has no entry for this export: " + registry.error().message);
    return {};
  }
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

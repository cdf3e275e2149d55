#include <fmt/format.h>

#include "revenant/json.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

Result<int> RunFsck(Context& context) {
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY_ASSIGN(const FsckReport report, registry->Fsck());
  if (context.json) {
    context.out.Line(ToJson(report));
  } else {
    for (const std::string& problem : report.problems) context.out.Line(Escaped(problem));
    context.out.Line(
        report.problems.empty()
            ? fmt::format("clean: {} verified", Counted(report.rows, "row"))
            : fmt::format(
                  "{}: put back a copy: `revenant restore` makes a store of a checkpoint, a "
                  "back-up or an `export --facts`",
                  Counted(report.problems.size(), "problem")));
  }
  return report.problems.empty() ? kDone : kNothing;
}

}  // namespace

void AddFsck(CLI::App& app, Context& context) {
  const Verb<> verb(app, context, "fsck", "Verify the whole store");
  verb.Footer(
      "Reads every block against its checksum, and compares everything derived (hubs, clusters,\n"
      "counts) with the same computed from the facts. Exit code 1: something is wrong.");
  verb.Runs(RunFsck);
}

}  // namespace revenant::cli

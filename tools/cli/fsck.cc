#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "revenant/json.h"
#include "util/try.h"
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
            : fmt::format("{}: put back a copy of the folder that was made while the store was "
                          "closed",
                          Counted(report.problems.size(), "problem")));
  }
  return report.problems.empty() ? kDone : kNothing;
}

}  // namespace

void AddFsck(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("fsck", "Verify the whole store");
  verb->footer(
      "Reads every block against its checksum, and compares everything derived (hubs, clusters,\n"
      "counts) with what the facts give. Exit code 1: something is wrong.");
  verb->callback([&context] { context.run = [&context] { return RunFsck(context); }; });
}

}  // namespace revenant::cli

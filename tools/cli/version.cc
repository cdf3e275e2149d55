#include "revenant/version.h"

#include <fmt/format.h>

#include <string>

#include "revenant/json.h"
#include "revenant/tables.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

Result<int> RunVersion(Context& context) {
  const VersionInfo version{REVENANT_VERSION, TablesDigest()};
  context.out.Text(context.json ? ToJson(version)
                                : fmt::format("revenant {}\nidentifier tables {}", version.version,
                                              version.tables));
  return kDone;
}

}  // namespace

void AddVersion(CLI::App& app, Context& context) {
  const Verb<> verb(app, context, "version", "Print the version");
  verb.Runs(RunVersion);
}

}  // namespace revenant::cli

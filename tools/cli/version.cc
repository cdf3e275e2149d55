#include "revenant/version.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string>

#include "revenant/tables.h"
#include "verbs.h"

namespace revenant::cli {

void AddVersion(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("version", "Print the version");
  verb->callback([&context] {
    context.run = [&context]() -> Result<int> {
      const std::string tables = TablesDigest();
      context.out.Line(
          context.json
              ? fmt::format(R"({{"v":1,"version":"{}","tables":"{}"}})", REVENANT_VERSION, tables)
              : fmt::format("revenant {}\nidentifier tables {}", REVENANT_VERSION, tables));
      return kDone;
    };
  });
}

}  // namespace revenant::cli

#include "revenant/version.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "verbs.h"

namespace revenant::cli {

void AddVersion(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("version", "Print the version");
  verb->callback([&context] {
    context.run = [&context]() -> Result<int> {
      context.out.Line(context.json
                           ? fmt::format("{{\"v\":1,\"version\":\"{}\"}}", REVENANT_VERSION)
                           : "revenant " REVENANT_VERSION);
      return kDone;
    };
  });
}

}  // namespace revenant::cli

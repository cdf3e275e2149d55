#ifndef REVENANT_TOOLS_CLI_TYPOS_H_
#define REVENANT_TOOLS_CLI_TYPOS_H_

#include <optional>
#include <span>
#include <string>

namespace CLI {
class App;
}

namespace revenant::cli {

// What a command line names that there is not: a verb or an option, with the nearest one there is.
// nullopt: it names none. Looks at names only; the parser judges the rest.
std::optional<std::string> FindUnknownName(const CLI::App& app, std::span<char* const> arguments);

// The verb of `at` that `name` probably means: "; did you mean `ban`?"; empty: no idea.
std::string VerbHint(const CLI::App& at, const std::string& name);

}  // namespace revenant::cli

#endif  // REVENANT_TOOLS_CLI_TYPOS_H_

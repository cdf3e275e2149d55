#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "typos.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct HelpArgs {
  std::vector<std::string> verb;
};

Result<int> RunHelp(const HelpArgs& args, CLI::App& app, Context& context) {
  CLI::App* at = &app;
  for (const std::string& name : args.verb) {
    const auto found =
        at->get_subcommands([&](const CLI::App* verb) { return verb->get_name() == name; });
    if (found.empty()) {
      return Error{
          Code::kInvalidArgument,
          fmt::format("help: no verb {:?}{}; see `revenant --help`", name, VerbHint(*at, name))};
    }
    at = found.front();
  }
  context.out.Write(HelpOf(*at));
  return kDone;
}

}  // namespace

std::string HelpOf(CLI::App& verb) {
  std::string before;
  for (const CLI::App* above = verb.get_parent(); above != nullptr; above = above->get_parent()) {
    before = before.empty() ? above->get_name() : above->get_name() + " " + before;
  }
  // App::help() would go on to the verb that runs: `help` itself.
  const std::string name = before.empty() ? verb.get_name() : before + " " + verb.get_name();
  std::string text = verb.get_formatter()->make_help(&verb, name, CLI::AppFormatMode::Normal);
  // Without the program's own name.
  const std::size_t space = before.find(' ');
  const std::string path =
      (space == std::string::npos ? "" : before.substr(space + 1) + " ") + verb.get_name();
  const std::string_view example = ExampleOf(path);
  if (!example.empty()) text += fmt::format("\nExample: revenant {}\n", example);
  return text;
}

void AddHelp(CLI::App& app, Context& context) {
  const Verb<HelpArgs> verb(app, context, "help", "Print the help of a verb");
  verb.Add("VERB", verb->verb, "Its name: ban, policy set; without one the verbs are listed");
  verb.Runs([&app](const HelpArgs& args, Context& its) { return RunHelp(args, app, its); });
}

}  // namespace revenant::cli

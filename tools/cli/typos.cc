#include "typos.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>
#include <vector>

namespace revenant::cli {
namespace {

// Signs to put in, take out, replace or swap with their neighbour.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> rows(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        rows[i][j] = i + j;
        continue;
      }
      rows[i][j] = std::min(
          {rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]), rows[i - 1][j] + 1, rows[i][j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 1);
      }
    }
  }
  return rows[a.size()][b.size()];
}

// The name among `known` that is near enough to be meant.
std::string Nearest(std::string_view name, const std::vector<std::string>& known) {
  constexpr std::size_t kLongest = 40;  // what is longer is no slip
  if (name.size() > kLongest) return {};
  std::string best;
  std::size_t least = std::max<std::size_t>(1, name.size() / 3) + 1;
  for (const std::string& candidate : known) {
    const std::size_t distance = Distance(name, candidate);
    if (distance >= least) continue;
    least = distance;
    best = candidate;
  }
  return best;
}

std::vector<std::string> OptionsOf(const CLI::App* at) {
  std::vector<std::string> names = {"--help"};
  for (; at != nullptr; at = at->get_parent()) {
    for (const CLI::Option* option : at->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  return names;
}

const CLI::Option* FindOption(const CLI::App* at, const std::string& name) {
  for (; at != nullptr; at = at->get_parent()) {
    if (const CLI::Option* option = at->get_option_no_throw(name)) return option;
  }
  return nullptr;
}

}  // namespace

std::string VerbHint(const CLI::App& at, const std::string& name) {
  std::vector<std::string> verbs;
  for (const CLI::App* verb : at.get_subcommands([](const CLI::App*) { return true; })) {
    verbs.push_back(verb->get_name());
  }
  const std::string nearest = Nearest(name, verbs);
  return nearest.empty() ? std::string() : fmt::format("; did you mean `{}`?", nearest);
}

std::optional<std::string> FindUnknownName(const CLI::App& app, std::span<char* const> arguments) {
  const CLI::App* at = &app;
  std::string path;  // of the verbs named so far
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string text = arguments[i];
    if (text == "--") return std::nullopt;
    if (text.starts_with("--")) {
      const std::string name = text.substr(0, text.find('='));
      const CLI::Option* option = FindOption(at, name);
      if (option == nullptr) {
        if (name == "--help" || name == "--version") return std::nullopt;
        const std::string nearest = Nearest(name, OptionsOf(at));
        return fmt::format("{}no option {:?}{}; see `revenant {}--help`",
                           path.empty() ? "" : path + ": ", name,
                           nearest.empty() ? "" : fmt::format("; did you mean `{}`?", nearest),
                           path.empty() ? "" : path + " ");
      }
      if (option->get_expected_max() > 0 && option->get_type_size_max() > 0 &&
          name.size() == text.size()) {
        ++i;  // its value
      }
      continue;
    }
    const auto verbs = at->get_subcommands([](const CLI::App*) { return true; });
    if ((text.starts_with('-') && text.size() > 1) || verbs.empty()) continue;
    const auto found = std::find_if(verbs.begin(), verbs.end(),
                                    [&](const CLI::App* verb) { return verb->get_name() == text; });
    if (found == verbs.end()) {
      return fmt::format("{}no verb {:?}{}; see `revenant {}--help`",
                         path.empty() ? "" : path + ": ", text, VerbHint(*at, text),
                         path.empty() ? "" : path + " ");
    }
    at = *found;
    path += (path.empty() ? "" : " ") + text;
  }
  return std::nullopt;
}

}  // namespace revenant::cli

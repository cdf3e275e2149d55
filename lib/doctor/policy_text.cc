#include "revenant/policy_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace revenant {
namespace {

// Every setting of a policy as "[section] name = value".
std::vector<std::string> Settings(std::string_view toml) {
  std::vector<std::string> settings;
  std::string section;
  while (!toml.empty()) {
    const std::string_view line = toml.substr(0, toml.find('\n'));
    toml.remove_prefix(std::min(line.size() + 1, toml.size()));
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '[') {
      section = line;
    } else {
      settings.push_back(fmt::format("{} {}", section, line));
    }
  }
  return settings;
}

std::string_view NameOf(std::string_view setting) {
  const std::size_t equals = setting.find(" = ");
  return setting.substr(0, std::min(equals, setting.size()));
}

}  // namespace

std::string PolicyToml(const LinkPolicy& links, const EnforcementPolicy& enforcement) {
  std::string toml = FormatLinkPolicy(links) + "\n" + FormatEnforcementPolicy(enforcement);
  // Stored, rules 1 is what no text names; in a file it has to be said, or setting what was shown
  // would change it.
  constexpr std::string_view kLink = "[link]\n";
  if (links.rules == 1) toml.insert(toml.find(kLink) + kLink.size(), "rules = 1\n");
  return toml;
}

std::vector<std::string> DifferingSettings(const std::string& before, const std::string& after) {
  std::map<std::string, std::pair<std::string, std::string>, std::less<>> values;
  const auto value = [](const std::string& setting) {
    const std::size_t size = NameOf(setting).size();
    return setting.substr(std::min(size + 3, setting.size()));
  };
  for (const std::string& one : Settings(before))
    values[std::string(NameOf(one))].first = value(one);
  for (const std::string& one : Settings(after))
    values[std::string(NameOf(one))].second = value(one);
  std::vector<std::string> lines;
  for (const auto& [name, both] : values) {
    if (both.first == both.second) continue;
    const auto shown = [](const std::string& text) { return text.empty() ? "(default)" : text; };
    lines.push_back(fmt::format("{}: {} -> {}", name, shown(both.first), shown(both.second)));
  }
  return lines;
}

}  // namespace revenant

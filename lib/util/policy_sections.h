#ifndef REVENANT_UTIL_POLICY_SECTIONS_H_
#define REVENANT_UTIL_POLICY_SECTIONS_H_

#include <algorithm>
#include <string_view>

namespace revenant {

// One policy file has two readers. Each knows its own sections and leaves those of the other alone;
// what neither knows is an error for both.
inline constexpr std::string_view kLinkSections[] = {"kind", "link", "verdict", "velocity", "junk"};
inline constexpr std::string_view kEnforcementSections[] = {"sanctions", "knowledge", "duty",
                                                            "clocks", "exchange"};
inline constexpr std::string_view kKnownSections =
    "[kind.\"NAME\"], [link], [verdict], [velocity], [junk], [sanctions], [knowledge], [duty], "
    "[clocks], [exchange]";

constexpr bool IsLinkSection(std::string_view name) {
  return std::find(std::begin(kLinkSections), std::end(kLinkSections), name) !=
         std::end(kLinkSections);
}
constexpr bool IsEnforcementSection(std::string_view name) {
  return std::find(std::begin(kEnforcementSections), std::end(kEnforcementSections), name) !=
         std::end(kEnforcementSections);
}

}  // namespace revenant

#endif  // REVENANT_UTIL_POLICY_SECTIONS_H_

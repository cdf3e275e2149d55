#ifndef REVENANT_TESTS_IDENTIFIER_SUPPORT_H_
#define REVENANT_TESTS_IDENTIFIER_SUPPORT_H_

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "revenant/identifier.h"

namespace revenant {

// Outcome in a line: "valid KIND SCOPE CANONICAL + KIND SCOPE CANONICAL ..." or "invalid REASON".
inline std::string Show(const Normalized& out) {
  std::string line(StatusName(out.status));
  if (out.identifiers().empty()) return line.append(" ").append(out.reason);
  for (const Identifier& identifier : out.identifiers()) {
    if (&identifier != out.identifiers().data()) line += " +";
    line.append(" ").append(identifier.kind);
    if (!identifier.scope.empty()) line.append("@").append(identifier.scope);
    line.append(" ").append(identifier.canonical);
  }
  return line;
}

inline Normalized Run(std::string_view kind, std::string_view value) {
  Normalized out;
  Normalize({kind, {}, value}, out);
  return out;
}

// What a row of a test table expects of a value; prefixes of Show().
struct KindCase {
  std::string_view kind;
  std::string_view value;
  std::string_view expected;
};

inline void CheckCases(std::span<const KindCase> cases) {
  for (const KindCase& c : cases) {
    CAPTURE(c.kind);
    CAPTURE(c.value);
    const std::string shown = Show(Run(c.kind, c.value));
    CAPTURE(shown);
    CHECK(shown.starts_with(c.expected));
  }
}

}  // namespace revenant

#endif  // REVENANT_TESTS_IDENTIFIER_SUPPORT_H_

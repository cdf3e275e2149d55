#ifndef REVENANT_TOOLS_CLI_JSON_LINE_H_
#define REVENANT_TOOLS_CLI_JSON_LINE_H_

#include <nlohmann/json.hpp>
#include <string>

namespace revenant::cli {

// One line of --json, members in the order in which they were put in. Text that is no UTF-8 has
// U+FFFD in its place.
inline std::string JsonLine(const nlohmann::ordered_json& line) {
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace revenant::cli

#endif  // REVENANT_TOOLS_CLI_JSON_LINE_H_

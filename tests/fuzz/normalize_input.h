#ifndef REVENANT_TESTS_FUZZ_NORMALIZE_INPUT_H_
#define REVENANT_TESTS_FUZZ_NORMALIZE_INPUT_H_

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>

#include "revenant/identifier.h"

namespace revenant {

// One input of the fuzzer: "kind TAB country TAB value", the value being all the rest. A kind that
// does not exist stands for one that its bytes choose, so that no mutation is wasted on names.
struct NormalizeInput {
  std::string_view kind;
  std::string_view country;
  std::string_view value;
};

inline NormalizeInput SplitInput(std::string_view bytes) {
  NormalizeInput input;
  const auto take = [&bytes] {
    const std::size_t tab = std::min(bytes.find('\t'), bytes.size());
    const std::string_view field = bytes.substr(0, tab);
    bytes.remove_prefix(std::min(tab + 1, bytes.size()));
    return field;
  };
  input.kind = take();
  input.country = take();
  input.value = bytes;
  if (FindKind(input.kind.substr(0, input.kind.find('@'))) == nullptr) {
    std::size_t sum = 0;
    for (const char c : input.kind) sum = sum * 31 + static_cast<unsigned char>(c);
    input.kind = Kinds()[sum % Kinds().size()].name;
    if (input.kind == "custom.*") input.kind = "custom.fuzz";
  }
  return input;
}

// What every outcome of Normalize() must keep to; empty, or the promise that it broke.
inline std::string_view BrokenPromise(const NormalizeInput& input) {
  Normalized out;
  Normalize({input.kind, input.country, input.value}, out);
  const bool usable = out.status == Status::kValid || out.status == Status::kUnverifiable;
  const bool refused = out.status == Status::kInvalid;
  if (out.status == Status::kUnknownKind) return "a known kind is unknown";
  // Of a placeholder nothing may be left once the separators are gone.
  const bool may_be_bare = refused || out.status == Status::kJunk;
  if (refused && !out.identifiers().empty()) return "identifiers and status do not agree";
  if (out.identifiers().empty() && !may_be_bare) return "identifiers and status do not agree";
  if (refused && out.reason.empty()) return "no reason";
  if (out.where < -1 || out.where > static_cast<std::int64_t>(input.value.size())) {
    return "the place of the fault lies outside the value";
  }
  Normalized again;
  Normalize({input.kind, input.country, input.value}, again);
  if (again.status != out.status || again.reason != out.reason ||
      !std::ranges::equal(again.identifiers(), out.identifiers())) {
    return "two calls give two answers";
  }
  if (!usable) return {};
  // Digests and parts of a document cannot be typed in again.
  static const std::set<std::string_view> kOneWay = {"doc.mrz", "device.profile"};
  for (const Identifier& identifier : out.identifiers()) {
    if (identifier.canonical.empty()) return "an empty canonical form";
    if (FindKind(identifier.kind) == nullptr) return "an identifier of unknown kind";
    if (kOneWay.contains(identifier.kind)) continue;
    Normalize({identifier.kind, identifier.scope, identifier.canonical}, again);
    if (again.identifiers().empty()) return "a canonical form is invalid";
    if (again.status == Status::kJunk) return "a value yields an identifier that is junk";
    if (!(again.identifiers()[0] == identifier)) return "a canonical form has another one";
  }
  return {};
}

}  // namespace revenant

#endif  // REVENANT_TESTS_FUZZ_NORMALIZE_INPUT_H_

#ifndef REVENANT_POLICY_NAMED_ENUM_H_
#define REVENANT_POLICY_NAMED_ENUM_H_

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>

namespace revenant {

// Names of an enumeration whose members are numbered from `first` on, in order.
template <typename Enum>
constexpr std::string_view NameAt(std::span<const std::string_view> names, Enum value,
                                  std::size_t first = 0) {
  return names[static_cast<std::size_t>(value) - first];
}

template <typename Enum>
constexpr std::optional<Enum> Named(std::span<const std::string_view> names, std::string_view name,
                                    std::size_t first = 0) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(static_cast<std::size_t>(found - names.begin()) + first);
}

}  // namespace revenant

#endif  // REVENANT_POLICY_NAMED_ENUM_H_

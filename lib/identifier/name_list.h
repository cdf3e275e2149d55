#ifndef REVENANT_LIB_IDENTIFIER_NAME_LIST_H_
#define REVENANT_LIB_IDENTIFIER_NAME_LIST_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace revenant::kinds {

// A sorted list that is asked about what it mostly does not hold: which first characters its names
// of each length have answers that without a search.
class NameList {
 public:
  explicit constexpr NameList(std::span<const std::string_view> names) : names_(names) {
    for (const std::string_view name : names) first_[Length(name)] |= Bit(name);
  }
  bool Has(std::string_view name) const {
    return !name.empty() && (first_[Length(name)] & Bit(name)) != 0 &&
           std::ranges::binary_search(names_, name);
  }

 private:
  static constexpr std::size_t kLengths = 32;
  static constexpr std::size_t Length(std::string_view name) {
    return std::min(name.size(), kLengths - 1);
  }
  static constexpr std::uint64_t Bit(std::string_view name) {
    return std::uint64_t{1} << (static_cast<unsigned char>(name.front()) & 63);
  }
  std::span<const std::string_view> names_;
  std::array<std::uint64_t, kLengths> first_{};
};

}  // namespace revenant::kinds

#endif  // REVENANT_LIB_IDENTIFIER_NAME_LIST_H_

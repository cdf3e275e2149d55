#ifndef REVENANT_UTIL_UNIFORM_SORT_H_
#define REVENANT_UTIL_UNIFORM_SORT_H_

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace revenant {

// Sorts by `less`. `head(item)` is a number that rises (not strictly) with the order; where heads
// are spread evenly, as those of digests are, one pass deals the items out to places of a few each,
// in which little is left to do. Cost: O(n) then, O(n log n) whatever the heads are; a second
// array.
template <typename Item, typename Head, typename Less>
void UniformSort(std::vector<Item>& items, const Head& head, const Less& less) {
  constexpr std::size_t kWorthwhile = 256, kItemsAPlace = 4;
  if (items.size() < kWorthwhile) return std::sort(items.begin(), items.end(), less);
  std::uint64_t least = UINT64_MAX, greatest = 0;
  for (const Item& item : items) {
    least = std::min<std::uint64_t>(least, head(item));
    greatest = std::max<std::uint64_t>(greatest, head(item));
  }
  const auto wanted = static_cast<int>(std::bit_width(items.size() / kItemsAPlace));
  const int shift = std::max(0, static_cast<int>(std::bit_width(greatest - least)) - wanted);
  const auto place = [&](const Item& item) {
    return static_cast<std::size_t>((head(item) - least) >> shift);
  };
  std::vector<std::uint32_t> ends(static_cast<std::size_t>((greatest - least) >> shift) + 2);
  for (const Item& item : items) ++ends[place(item) + 1];
  for (std::size_t i = 1; i < ends.size(); ++i) ends[i] += ends[i - 1];
  std::vector<Item> dealt(items.size());
  for (const Item& item : items) dealt[ends[place(item)]++] = item;
  std::size_t begin = 0;
  for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
    const auto from = dealt.begin() + static_cast<std::ptrdiff_t>(begin);
    std::sort(from, dealt.begin() + static_cast<std::ptrdiff_t>(ends[i]), less);
    begin = ends[i];
  }
  items.swap(dealt);
}

}  // namespace revenant

#endif  // REVENANT_UTIL_UNIFORM_SORT_H_

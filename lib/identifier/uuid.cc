#include "identifier/uuid.h"

#include <algorithm>
#include <array>

namespace revenant::kinds {
namespace {

constexpr std::string_view kJunk[] = {
#include "identifier/data/uuid_junk.inc"
};
static_assert(std::ranges::is_sorted(kJunk));

constexpr bool IsLowerHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); }
constexpr bool IsDashPlace(std::size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

using Dashed = std::array<char, 36>;

// Index of the first character that cannot stand where it does; npos if all is well.
std::size_t ReadUuid(std::string_view text, Dashed& uuid) {
  const bool dashed = text.find('-') != std::string_view::npos;
  std::size_t at = 0;
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    if (IsDashPlace(i) && !dashed) {
      uuid[i] = '-';
      continue;
    }
    if (at == text.size()) return at;
    const bool fits = IsDashPlace(i) ? text[at] == '-' : IsLowerHex(text[at]);
    if (!fits) return at;
    uuid[i] = text[at++];
  }
  return at == text.size() ? std::string_view::npos : at;
}

bool IsJunk(std::string_view uuid) {
  const bool same = std::ranges::all_of(uuid, [&](char c) { return c == '-' || c == uuid[0]; });
  return same || std::ranges::binary_search(kJunk, uuid);
}

}  // namespace

Verdict FinishUuid(Work& work) {
  Dashed uuid;
  std::string_view text = work.text();
  std::size_t skipped = 0;
  if (constexpr std::string_view kUrn = "urn:uuid:"; text.starts_with(kUrn)) skipped = kUrn.size();
  const std::size_t bad = ReadUuid(text.substr(skipped), uuid);
  if (bad != std::string_view::npos) {
    return Invalid("not a UUID", static_cast<std::int32_t>(bad + skipped));
  }
  work.Replace({uuid.data(), uuid.size()});
  return IsJunk(work.text()) ? Junk("a UUID that identifies nobody") : Valid();
}

Verdict FinishSmbiosUuid(Work& work) {
  const Verdict verdict = FinishUuid(work);
  if (verdict.status == Status::kInvalid) return verdict;
  Dashed other;
  std::ranges::copy(work.text(), other.begin());
  const auto swap_bytes = [&other](std::size_t first, std::size_t last) {
    for (; first < last; first += 2, last -= 2) {
      std::swap(other[first], other[last - 1]);
      std::swap(other[first + 1], other[last]);
    }
  };
  swap_bytes(0, 7);
  swap_bytes(9, 12);
  swap_bytes(14, 17);
  const std::string_view swapped(other.data(), other.size());
  const bool junk = verdict.status == Status::kJunk || IsJunk(swapped);
  if (swapped < work.text()) work.Replace(swapped);
  return junk ? Junk("a UUID that identifies nobody") : Valid();
}

}  // namespace revenant::kinds

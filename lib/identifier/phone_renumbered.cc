#include "identifier/phone_renumbered.h"

#include <algorithm>
#include <vector>

namespace revenant::kinds {
namespace {

constexpr Renumbering kRenumberings[] = {
#include "identifier/data/phone_renumbered.inc"
};
static_assert(std::ranges::is_sorted(kRenumberings, {}, &Renumbering::code));

const std::vector<DigitPattern>& Patterns() {
  static const std::vector<DigitPattern> patterns = [] {
    std::vector<DigitPattern> compiled;
    for (const Renumbering& row : kRenumberings) compiled.emplace_back(row.before);
    return compiled;
  }();
  return patterns;
}

}  // namespace

std::span<const Renumbering> Renumberings() { return kRenumberings; }

RenumberedPhone Renumber(int code, std::string_view national) {
  RenumberedPhone now;
  const auto rows = std::ranges::equal_range(kRenumberings, code, {}, &Renumbering::code);
  if (rows.empty()) return now;
  const bool in_use = ClassifyPhone(code, national).valid;
  for (const Renumbering& row : rows) {
    if (in_use && !row.closed) continue;
    const DigitPattern& pattern = Patterns()[static_cast<std::size_t>(&row - kRenumberings)];
    const auto match = pattern.AtStart(national);
    if (!match || match->size != national.size()) continue;
    now.size = FillRule(row.becomes, *match, now.digits.data(), now.digits.size());
    if (now.size == 0 || !ClassifyPhone(row.new_code, now.national()).valid) continue;
    now.code = row.new_code;
    return now;
  }
  return now;
}

}  // namespace revenant::kinds

#include "identifier/phone_plan.h"

#include <algorithm>
#include <array>
#include <bit>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace revenant::kinds {
namespace {

struct PlanRow {
  std::string_view region;
  int code;
  std::string_view lengths;
  std::string_view international;
  std::string_view national_prefix;
  std::string_view becomes;
  std::string_view leading;
  std::string_view general;
  std::string_view fixed;
  std::string_view mobile;
  std::string_view other;
  bool fixed_with_prefix;
  bool mobile_with_prefix;
};
constexpr PlanRow kRows[] = {
#include "identifier/data/phone_plans.inc"
};
constexpr std::size_t kRowCount = std::size(kRows);
constexpr std::size_t kCodes = 1000;
static_assert(std::ranges::is_sorted(kRows, {}, &PlanRow::code));

constexpr PhoneLengths ReadLengths(std::string_view text) {
  PhoneLengths lengths = 0;
  unsigned length = 0;
  for (const char c : text) {
    if (c != ' ') {
      length = length * 10 + static_cast<unsigned>(c - '0');
    } else {
      lengths |= 1U << length;
      length = 0;
    }
  }
  return lengths | 1U << length;
}

// What is known of the numbers of one calling code, all its regions together.
struct CodePlan {
  explicit CodePlan(std::span<const PlanRow> rows) : automaton(Automaton(rows)) {
    for (const PlanRow& row : rows) lengths |= ReadLengths(row.lengths);
  }

  // A label: the region's place among the rows, and the class in the low bits.
  static constexpr std::uint16_t kFixed = 1;
  static constexpr std::uint16_t kMobile = 2;
  static constexpr std::uint16_t kOther = 4;
  static constexpr int kClassBits = 3;

  // A number belongs to the first region whose leading digits it has, or, where a region has none,
  // whose lines it is one of; and it is valid if it is one of that region's lines.
  static DigitAutomaton Automaton(std::span<const PlanRow> rows) {
    std::vector<std::string_view> patterns;
    const auto number_of = [&patterns](std::string_view pattern) {
      const auto at = std::ranges::find(patterns, pattern);  // regions share many patterns
      if (at == patterns.end()) patterns.push_back(pattern);
      return static_cast<std::uint16_t>(std::ranges::find(patterns, pattern) - patterns.begin());
    };
    struct Numbers {
      std::uint16_t leading, general, fixed, mobile, other;
    };
    std::vector<std::string> leading(rows.size());
    std::vector<Numbers> numbers;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const PlanRow& row = rows[i];
      if (!row.leading.empty()) leading[i] = "(?:" + std::string(row.leading) + ")\\d*";
      numbers.push_back({number_of(leading[i]), number_of(row.general), number_of(row.fixed),
                         number_of(row.mobile), number_of(row.other)});
    }
    return DigitAutomaton(patterns, [&](const DigitAutomaton::Accepted& accepted) {
      const auto has = [&accepted](std::uint16_t pattern) {
        return std::ranges::binary_search(accepted, pattern);
      };
      for (std::size_t i = 0; i < rows.size(); ++i) {
        unsigned what = 0;
        if (has(numbers[i].general)) {
          what = (has(numbers[i].fixed) ? kFixed : 0U) | (has(numbers[i].mobile) ? kMobile : 0U) |
                 (has(numbers[i].other) ? kOther : 0U);
        }
        const bool leads = !leading[i].empty() && has(numbers[i].leading);
        if (leads && what == 0) return std::uint16_t{0};
        if (leads || (leading[i].empty() && what != 0)) {
          return static_cast<std::uint16_t>(i << kClassBits | what);
        }
      }
      return std::uint16_t{0};
    });
  }

  DigitAutomaton automaton;
  PhoneLengths lengths = 0;
};

}  // namespace

// All plans: what is compiled, when it is asked for.
class PhonePlans {
 public:
  static PhonePlans& Get() {
    static PhonePlans plans;
    return plans;
  }

  bool HasCode(int code) const { return count_[Index(code)] != 0; }
  std::size_t FirstRow(int code) const { return first_[Index(code)]; }

  const PhoneRegion& Region(std::size_t row) {
    Lazy<PhoneRegion>& slot = regions_[row];
    std::call_once(slot.once, [&] { slot.value.reset(new PhoneRegion(row)); });
    return *slot.value;
  }

  // The code must exist.
  const CodePlan& Code(int code) {
    Lazy<CodePlan>& slot = codes_[Index(code)];
    std::call_once(slot.once, [&] {
      slot.value = std::make_unique<CodePlan>(
          std::span(kRows).subspan(first_[Index(code)], count_[Index(code)]));
    });
    return *slot.value;
  }

 private:
  template <typename T>
  struct Lazy {
    std::once_flag once;
    std::unique_ptr<const T> value;
  };

  PhonePlans() {
    for (std::size_t row = kRowCount; row > 0; --row) {
      const std::size_t code = Index(kRows[row - 1].code);
      first_[code] = row - 1;
      ++count_[code];
    }
  }
  static std::size_t Index(int code) { return static_cast<std::size_t>(code); }

  std::array<std::size_t, kCodes> first_{};
  std::array<std::size_t, kCodes> count_{};
  std::array<Lazy<PhoneRegion>, kRowCount> regions_;
  std::array<Lazy<CodePlan>, kCodes> codes_;
};

PhoneLength Compare(std::size_t length, PhoneLengths lengths) {
  if (length < 32 && (lengths >> length & 1U) != 0) return PhoneLength::kPossible;
  if (length < static_cast<std::size_t>(std::countr_zero(lengths))) return PhoneLength::kTooShort;
  if (length > static_cast<std::size_t>(std::bit_width(lengths) - 1)) return PhoneLength::kTooLong;
  return PhoneLength::kNever;
}

PhoneRegion::PhoneRegion(std::size_t row)
    : name_(kRows[row].region),
      code_(kRows[row].code),
      lengths_(ReadLengths(kRows[row].lengths)),
      international_(kRows[row].international),
      national_prefix_(kRows[row].national_prefix),
      becomes_(kRows[row].becomes),
      general_(kRows[row].general),
      fixed_with_prefix_(kRows[row].fixed_with_prefix),
      mobile_with_prefix_(kRows[row].mobile_with_prefix) {}

const PhoneRegion* PhoneRegion::Find(std::string_view region) {
  if (region.size() != 2) return nullptr;
  std::array<char, 2> upper;
  std::ranges::transform(region, upper.begin(),
                         [](char c) { return static_cast<char>(c & ~0x20); });
  std::string_view name(upper.data(), 2);
  if (name == "UK") name = "GB";  // the European Union's own two, which forms still use
  if (name == "EL") name = "GR";
  static const std::array<std::uint16_t, 26 * 26> kPlaces = [] {
    std::array<std::uint16_t, 26 * 26> places{};
    for (std::size_t row = 0; row < kRowCount; ++row) {
      const std::string_view of = kRows[row].region;
      if (of.size() != 2) continue;
      places[static_cast<std::size_t>((of[0] - 'A') * 26 + of[1] - 'A')] =
          static_cast<std::uint16_t>(row + 1);
    }
    return places;
  }();
  const auto letter = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (!letter(name[0]) || !letter(name[1])) return nullptr;
  const std::uint16_t place =
      kPlaces[static_cast<std::size_t>((name[0] - 'A') * 26 + name[1] - 'A')];
  return place == 0 ? nullptr : &PhonePlans::Get().Region(place - 1U);
}

const PhoneRegion* PhoneRegion::OfCode(int code) {
  PhonePlans& plans = PhonePlans::Get();
  return plans.HasCode(code) ? &plans.Region(plans.FirstRow(code)) : nullptr;
}

std::size_t PhoneRegion::InternationalPrefix(std::string_view dialled) const {
  if (dialled.empty() || !international_.MayStartWith(dialled[0])) return 0;
  const auto match = international_.AtStart(dialled);
  // No calling code begins with a zero, so it was no such prefix.
  if (!match || match->size >= dialled.size() || dialled[match->size] == '0') return 0;
  return match->size;
}

bool PhoneRegion::WithoutNationalPrefix(std::string_view dialled, std::string_view& out,
                                        std::array<char, 32>& buffer) const {
  if (dialled.empty() || !national_prefix_.MayStartWith(dialled[0])) return false;
  const auto match = national_prefix_.AtStart(dialled);
  if (!match) return false;
  const std::size_t groups = national_prefix_.group_count();
  std::string_view rest = dialled.substr(match->size);
  if (!becomes_.empty() && groups > 0 && match->groups[groups - 1].data() != nullptr) {
    const std::size_t size = FillRule(becomes_, *match, buffer.data(), buffer.size());
    if (size + rest.size() > buffer.size()) return false;
    std::ranges::copy(rest, buffer.begin() + static_cast<std::ptrdiff_t>(size));
    rest = {buffer.data(), size + rest.size()};
  }
  if (IsViable(dialled) && !IsViable(rest)) return false;
  out = rest;
  return true;
}

std::size_t CallingCodeLength(std::string_view digits) {
  int code = 0;
  for (std::size_t length = 1; length <= 3 && length < digits.size(); ++length) {
    code = code * 10 + digits[length - 1] - '0';
    if (code == 0) return 0;
    if (PhonePlans::Get().HasCode(code)) return length;
  }
  return 0;
}

PhoneClass ClassifyPhone(int code, std::string_view national) {
  const std::uint16_t label = PhonePlans::Get().Code(code).automaton.Find(national);
  if (label == 0) return {};
  const std::size_t row = PhonePlans::Get().FirstRow(code) + (label >> CodePlan::kClassBits);
  return {true, (label & CodePlan::kFixed) != 0, (label & CodePlan::kMobile) != 0,
          kRows[row].region};
}

PhoneLengths PhoneLengthsOf(int code) { return PhonePlans::Get().Code(code).lengths; }

std::size_t FillRule(std::string_view rule, const DigitPattern::Match& match, char* out,
                     std::size_t capacity) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < rule.size(); ++i) {
    std::string_view part = rule.substr(i, 1);
    if (part == "$" && i + 1 < rule.size()) {
      const auto group = static_cast<std::size_t>(rule[++i] - '1');
      part = group < match.groups.size() ? match.groups[group] : std::string_view();
    }
    if (size + part.size() > capacity) return 0;
    std::ranges::copy(part, out + size);
    size += part.size();
  }
  return size;
}

std::string PhonePlansText() {
  std::string text;
  for (const PlanRow& row : kRows) {
    text += std::to_string(row.code);
    for (const std::string_view cell :
         {row.region, row.lengths, row.international, row.national_prefix, row.becomes, row.leading,
          row.general, row.fixed, row.mobile, row.other}) {
      text.append("\t").append(cell);
    }
    text += row.fixed_with_prefix ? '1' : '0';
    text += row.mobile_with_prefix ? '1' : '0';
    text += '\n';
  }
  return text;
}

bool AllPhonePatternsCompile() {
  return std::ranges::all_of(kRows, [](const PlanRow& row) {
    return std::ranges::none_of(
        std::array{row.international, row.national_prefix, row.leading, row.general, row.fixed,
                   row.mobile, row.other},
        [](std::string_view pattern) { return DigitPattern(pattern).faulty(); });
  });
}

}  // namespace revenant::kinds

#include "identifier/uk_modulus.h"

#include <algorithm>
#include <array>
#include <vector>

#include "identifier/checks.h"

namespace revenant::kinds {
namespace {

enum Method : std::uint8_t { kNone, kMod10, kMod11, kDblAl };

using Weights = std::array<std::int16_t, 14>;

struct ModulusCheck {
  Method method = kNone;
  Weights weights{};
  int exception = 0;
};
constexpr ModulusCheck kNoCheck{};

struct Rule {
  ModulusCheck first;
  ModulusCheck second;
  std::string_view sort_codes;
};
constexpr Rule kRules[] = {
#include "identifier/data/uk_modulus.inc"
};

// Sort codes that exception 5 checks under another one (Vocalink, scsubtab.txt).
struct Substitute {
  std::string_view sort_code;
  std::string_view by;
};
constexpr Substitute kSubstitutes[] = {
    {"938173", "938017"}, {"938289", "938068"}, {"938297", "938076"}, {"938600", "938611"},
    {"938602", "938343"}, {"938604", "938603"}, {"938608", "938408"}, {"938609", "938424"},
    {"938613", "938017"}, {"938616", "938068"}, {"938618", "938657"}, {"938620", "938343"},
    {"938622", "938130"}, {"938628", "938181"}, {"938643", "938246"}, {"938647", "938611"},
    {"938648", "938246"}, {"938649", "938394"}, {"938651", "938335"}, {"938653", "938424"},
    {"938654", "938621"},
};

// The ranges of all rules, in order.
struct Range {
  int first;
  int last;
  const Rule* rule;
};
std::vector<Range> AllRanges() {
  std::vector<Range> ranges;
  for (const Rule& rule : kRules) {
    const std::string_view text = rule.sort_codes;
    for (std::size_t at = 0; at < text.size(); ++at) {  // past the space
      const int first = Number(text, at, 6);
      int last = first;
      at += 6;
      if (at < text.size() && text[at] == '-') {
        last = Number(text, at + 1, 6);
        at += 7;
      }
      ranges.push_back({first, last, &rule});
    }
  }
  std::ranges::sort(ranges, {}, &Range::first);
  return ranges;
}

const Rule* RuleOf(int sort_code) {
  static const std::vector<Range> ranges = AllRanges();
  const auto after = std::ranges::upper_bound(ranges, sort_code, {}, &Range::first);
  if (after == ranges.begin()) return nullptr;
  const Range& range = *(after - 1);
  return sort_code <= range.last ? range.rule : nullptr;
}

// The fourteen digits as Vocalink names them: sort code u v w x y z, account a b c d e f g h.
class Digits {
 public:
  Digits(std::string_view sort_code, std::string_view account) {
    std::ranges::transform(sort_code, digits_.begin(), DigitOf);
    std::ranges::transform(account, digits_.begin() + 6, DigitOf);
  }

  int a() const { return digits_[6]; }
  int b() const { return digits_[7]; }
  int c() const { return digits_[8]; }
  int g() const { return digits_[12]; }
  int h() const { return digits_[13]; }

  void SetSortCode(std::string_view sort_code) {
    std::ranges::transform(sort_code, digits_.begin(), DigitOf);
  }
  // Exception 14: the last digit goes, a zero comes in front of the account.
  void ShiftAccount() {
    std::copy_backward(digits_.begin() + 6, digits_.end() - 1, digits_.end());
    digits_[6] = 0;
  }

  // What is left of the weighted sum by the method's modulus.
  int Rest(Method method, const Weights& weights, int added = 0) const {
    int sum = added;
    for (std::size_t i = 0; i < digits_.size(); ++i) {
      const int product = digits_[i] * weights[i];
      // Double alternate adds the digits of each product.
      sum += method == kDblAl ? product / 100 + product / 10 % 10 + product % 10 : product;
    }
    const int modulus = method == kMod11 ? 11 : 10;
    return (sum % modulus + modulus) % modulus;
  }

 private:
  std::array<int, 14> digits_{};
};

// The weights that exceptions 2, 7 and 10 put in place of the table's.
Weights WeightsFor(const ModulusCheck& check, const Digits& digits) {
  Weights weights = check.weights;
  const bool nine = digits.g() == 9;
  const int ab = digits.a() * 10 + digits.b();
  const bool without_head =
      (check.exception == 7 && nine) || (check.exception == 10 && nine && (ab == 9 || ab == 99));
  if (without_head) std::fill_n(weights.begin(), 8, std::int16_t{0});
  if (check.exception == 2 && digits.a() != 0) {
    weights = nine ? Weights{0, 0, 0, 0, 0, 0, 0, 0, 8, 7, 10, 9, 3, 1}
                   : Weights{0, 0, 1, 2, 5, 3, 6, 4, 8, 7, 10, 9, 3, 1};
  }
  return weights;
}

bool Passes(const ModulusCheck& check, Digits digits) {
  if (check.exception == 8) digits.SetSortCode("090126");
  if (check.exception == 9) digits.SetSortCode("309634");
  const Weights weights = WeightsFor(check, digits);
  const int rest = digits.Rest(check.method, weights, check.exception == 1 ? 27 : 0);
  switch (check.exception) {
    case 4:  // the remainder stands in the last two digits
      return rest == digits.g() * 10 + digits.h();
    case 5:  // g and h are check digits of one check each
      if (check.method == kMod11) return rest != 1 && digits.g() == (rest == 0 ? 0 : 11 - rest);
      return digits.h() == (rest == 0 ? 0 : 10 - rest);
    case 14:
      if (rest == 0) return true;
      if (digits.h() != 0 && digits.h() != 1 && digits.h() != 9) return false;
      digits.ShiftAccount();
      return digits.Rest(check.method, weights) == 0;
    default:
      return rest == 0;
  }
}

bool Agrees(const Rule& rule, std::string_view sort_code, std::string_view account) {
  Digits digits(sort_code, account);
  const int exception = rule.first.exception;
  // Exception 6: a foreign currency account, which has no check.
  if (exception == 6 && digits.a() >= 4 && digits.a() <= 8 && digits.g() == digits.h()) return true;
  if (exception == 5) {
    const auto* const found = std::ranges::find(kSubstitutes, sort_code, &Substitute::sort_code);
    if (found != std::end(kSubstitutes)) digits.SetSortCode(found->by);
  }
  const bool first = Passes(rule.first, digits);
  if (rule.second.method == kNone) return first;
  // Exception 3: no second check for these accounts.
  if (rule.second.exception == 3 && (digits.c() == 6 || digits.c() == 9)) return first;
  const bool either = exception == 2 || exception == 10 || exception == 12;
  if (either) return first || Passes(rule.second, digits);
  return first && Passes(rule.second, digits);
}

}  // namespace

UkModulus CheckUkAccount(std::string_view sort_code, std::string_view account) {
  const Rule* const rule = RuleOf(Number(sort_code, 0, 6));
  if (rule == nullptr) return UkModulus::kUnlisted;
  return Agrees(*rule, sort_code, account) ? UkModulus::kAgrees : UkModulus::kFails;
}

}  // namespace revenant::kinds

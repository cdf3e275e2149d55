#include "revenant/money.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace revenant {
namespace {

// ISO 4217:2015 with its amendments up to 177 (June 2024): all that differ from two.
constexpr std::string_view kNone[] = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG",
                                      "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"};
constexpr std::string_view kThree[] = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
constexpr std::string_view kFour[] = {"CLF", "UYW"};

template <std::size_t N>
bool Holds(const std::string_view (&codes)[N], std::string_view code) {
  return std::find(std::begin(codes), std::end(codes), code) != std::end(codes);
}

}  // namespace

int MinorDigits(std::string_view currency) {
  if (Holds(kNone, currency)) return 0;
  if (Holds(kThree, currency)) return 3;
  return Holds(kFour, currency) ? 4 : 2;
}

std::string FormatMoney(std::int64_t minor_units, std::string_view currency) {
  const auto digits = static_cast<std::size_t>(MinorDigits(currency));
  const bool is_negative = minor_units < 0;
  // Of the most negative number the magnitude is no int64.
  const std::uint64_t magnitude = is_negative ? 0 - static_cast<std::uint64_t>(minor_units)
                                              : static_cast<std::uint64_t>(minor_units);
  std::string text = fmt::format("{:0{}}", magnitude, digits + 1);
  if (digits > 0) text.insert(text.size() - digits, ".");
  return fmt::format("{}{}{}{}", is_negative ? "-" : "", text, currency.empty() ? "" : " ",
                     currency);
}

}  // namespace revenant

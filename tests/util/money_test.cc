#include "revenant/money.h"

#include <doctest/doctest.h>

namespace revenant {
namespace {

TEST_CASE("AmountsAreShownInMajorUnits") {
  const struct {
    std::int64_t amount;
    const char* currency;
    const char* text;
  } kAmounts[] = {
      {150000, "EUR", "1500.00 EUR"},
      {5, "EUR", "0.05 EUR"},
      {0, "USD", "0.00 USD"},
      {1500, "JPY", "1500 JPY"},
      {0, "JPY", "0 JPY"},
      {1500, "KWD", "1.500 KWD"},
      {7, "KWD", "0.007 KWD"},
      {12345, "CLF", "1.2345 CLF"},
      {-150, "EUR", "-1.50 EUR"},
      {100, "???", "1.00 ???"},
      {100, "", "1.00"},
      {INT64_MIN, "JPY", "-9223372036854775808 JPY"},
  };
  for (const auto& [amount, currency, text] : kAmounts)
    CHECK(FormatMoney(amount, currency) == text);
}

}  // namespace
}  // namespace revenant

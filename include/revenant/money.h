#ifndef REVENANT_MONEY_H_
#define REVENANT_MONEY_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace revenant {

// How many decimals the minor unit of a currency is (ISO 4217): 2 of EUR, 0 of JPY, 3 of KWD; 2 of
// what is no known code.
int MinorDigits(std::string_view currency);

// An amount that is held in minor units, for people: "1500.00 EUR", "1500 JPY".
std::string FormatMoney(std::int64_t minor_units, std::string_view currency);

}  // namespace revenant

#endif  // REVENANT_MONEY_H_

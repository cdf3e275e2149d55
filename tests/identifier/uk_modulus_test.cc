#include "identifier/uk_modulus.h"

#include <doctest/doctest.h>

namespace revenant::kinds {
namespace {

// The test cases that Vocalink prints with its rules, one or more for each exception.
TEST_CASE("UkAccountsFollowVocalinksOwnTestCases") {
  struct Case {
    std::string_view what, sort_code, account;
    UkModulus expected;
  };
  constexpr Case kCases[] = {
      {"modulus 10", "089999", "66374958", UkModulus::kAgrees},
      {"modulus 11", "107999", "88837491", UkModulus::kAgrees},
      {"modulus 11 and double alternate", "202959", "63748472", UkModulus::kAgrees},
      {"exceptions 10 and 11, first check passes", "871427", "46238510", UkModulus::kAgrees},
      {"exceptions 10 and 11, second check passes", "872427", "46238510", UkModulus::kAgrees},
      {"exception 10, ab is 09 and g is 9", "871427", "09123496", UkModulus::kAgrees},
      {"exception 10, ab is 99 and g is 9", "871427", "99123496", UkModulus::kAgrees},
      {"exception 3, c is 6 or 9", "820000", "73688637", UkModulus::kAgrees},
      {"exception 3, c is neither", "827999", "73988638", UkModulus::kAgrees},
      {"exception 3, c is neither, first fails", "827101", "28748352", UkModulus::kAgrees},
      {"exception 4", "134020", "63849203", UkModulus::kAgrees},
      {"exception 1", "118765", "64371389", UkModulus::kAgrees},
      {"exception 6, a foreign currency account", "200915", "41011166", UkModulus::kAgrees},
      {"exception 5", "938611", "07806039", UkModulus::kAgrees},
      {"exception 5 with a substitute", "938600", "42368003", UkModulus::kAgrees},
      {"exception 5, both remainders 0", "938063", "55065200", UkModulus::kAgrees},
      {"exception 7", "772798", "99345694", UkModulus::kAgrees},
      {"exception 8", "086090", "06774744", UkModulus::kAgrees},
      {"exceptions 2 and 9, first passes", "309070", "02355688", UkModulus::kAgrees},
      {"exceptions 2 and 9, second passes", "309070", "12345668", UkModulus::kAgrees},
      {"exceptions 2 and 9, a and g", "309070", "12345677", UkModulus::kAgrees},
      {"exceptions 2 and 9, g is 9", "309070", "99345694", UkModulus::kAgrees},
      {"exception 5, first fails", "938063", "15764273", UkModulus::kFails},
      {"exception 5, second fails", "938063", "15764264", UkModulus::kFails},
      {"exception 5, remainder 1", "938063", "15763217", UkModulus::kFails},
      {"modulus 10 fails", "089999", "66374959", UkModulus::kFails},
      {"modulus 11 fails", "107999", "88837493", UkModulus::kFails},
      {"double alternate fails", "202959", "63748473", UkModulus::kFails},
      {"both fail", "203099", "66831036", UkModulus::kFails},
      {"double alternate fails, modulus 11 passes", "203099", "58716970", UkModulus::kFails},
      {"exceptions 12 and 13, modulus 11 passes", "074456", "12345112", UkModulus::kAgrees},
      {"exceptions 12 and 13, modulus 11 passes", "070116", "34012583", UkModulus::kAgrees},
      {"exceptions 12 and 13, modulus 10 passes", "074456", "11104102", UkModulus::kAgrees},
      {"exception 14", "180002", "00000190", UkModulus::kAgrees},
      {"not in the table", "999999", "12345678", UkModulus::kUnlisted},
      {"before the table", "000000", "12345678", UkModulus::kUnlisted},
  };
  for (const Case& c : kCases) {
    CAPTURE(c.what);
    CAPTURE(c.sort_code);
    CHECK(CheckUkAccount(c.sort_code, c.account) == c.expected);
  }
}

}  // namespace
}  // namespace revenant::kinds

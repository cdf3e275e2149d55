#ifndef REVENANT_LIB_IDENTIFIER_UK_MODULUS_H_
#define REVENANT_LIB_IDENTIFIER_UK_MODULUS_H_

#include <cstdint>
#include <string_view>

namespace revenant::kinds {

// Whether a British sort code (6 digits) and account number (8 digits) belong together, by the
// published rules "Validating account numbers" of Vocalink. kUnlisted: the table does not name the
// sort code, so nothing is known (the rules take such an account as possible).
enum class UkModulus : std::uint8_t { kAgrees, kFails, kUnlisted };
UkModulus CheckUkAccount(std::string_view sort_code, std::string_view account);

}  // namespace revenant::kinds

#endif  // REVENANT_LIB_IDENTIFIER_UK_MODULUS_H_

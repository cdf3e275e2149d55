#ifndef REVENANT_IDENTIFIER_KINDS_SPAIN_H_
#define REVENANT_IDENTIFIER_KINDS_SPAIN_H_

#include <string_view>

namespace revenant::kinds {

// Whether the control character of a Spanish NIF of nine characters agrees: DNI (8 digits and a
// letter), NIE (X, Y, Z), special persons (K, L, M) or an organisation's CIF.
bool NifOk(std::string_view nif);

}  // namespace revenant::kinds

#endif  // REVENANT_IDENTIFIER_KINDS_SPAIN_H_

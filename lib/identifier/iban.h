#ifndef REVENANT_LIB_IDENTIFIER_IBAN_H_
#define REVENANT_LIB_IDENTIFIER_IBAN_H_

#include "identifier/kind.h"

namespace revenant::kinds {

// ISO 13616: registered country, its length and BBAN structure, check digits 02 to 98, and the
// check that the country keeps inside the BBAN. Derives the local account where that is a kind.
Verdict FinishIban(Work& work);

// The check of a Spanish account (Código Cuenta Cliente), 20 digits.
bool SpanishAccountOk(std::string_view ccc);

// Norges Bank's MOD 11 over an account of 11 digits.
bool NorwegianAccountOk(std::string_view account);

// Czech and Slovak MOD 11 over a prefix (6 digits) or a number (10 digits).
bool CzechPartOk(std::string_view digits);

}  // namespace revenant::kinds

#endif  // REVENANT_LIB_IDENTIFIER_IBAN_H_

#ifndef REVENANT_LIB_IDENTIFIER_COUNTRIES_H_
#define REVENANT_LIB_IDENTIFIER_COUNTRIES_H_

#include <string_view>

namespace revenant::kinds {

// Whether `alpha2` (upper case) is a code of ISO 3166-1, or XK for Kosovo.
bool IsCountry(std::string_view alpha2);

// Two-letter code of a state as passports name it (ISO 3166-1 alpha-3, and the codes of ICAO 9303
// part 3, section 5: D for Germany, GBD ... GBS, RKS, XKX); empty for the codes that name no state
// (UTO, UNO, XXA) and for anything else.
std::string_view CountryOfPassport(std::string_view alpha3);

// Whether `alpha3` (fillers stripped) may stand as issuer or nationality in a travel document.
bool IsPassportState(std::string_view alpha3);

}  // namespace revenant::kinds

#endif  // REVENANT_LIB_IDENTIFIER_COUNTRIES_H_

// Passports, identity cards and visas.

#include <algorithm>
#include <array>
#include <string>

#include "identifier/countries.h"
#include "identifier/mrz.h"
#include "identifier/table.h"

namespace revenant::kinds {
namespace {

Verdict FinishAnyMrz(Work& work) { return FinishMrz(work, "PVACI"); }
Verdict FinishPassportMrz(Work& work) { return FinishMrz(work, "P"); }
Verdict FinishIdCardMrz(Work& work) { return FinishMrz(work, "ACI"); }
Verdict FinishVisaMrz(Work& work) { return FinishMrz(work, "V"); }

struct PassportShape {
  std::string_view country;
  Shape shape;
};
// Forms of passport numbers, from the states' own descriptions as validator.js gathered them
// (isPassportNumber of 13.15.35, MIT, compared row by row in November 2026: each takes what it
// takes there) and the European Union's PRADO. They have no check digit outside the MRZ.
constexpr PassportShape kPassports[] = {
    {"AM", "A2N7"},
    {"AR", "A3N6"},
    {"AT", "AN7|A2N7"},
    {"AU", "AN7|A2N7"},
    {"AZ", "AN8"},
    {"BE", "A2N6"},
    {"BG", "N9"},
    {"BR", "A2N6"},
    {"BY", "A2N7"},
    {"CA", "A2N6|AN6A2"},
    {"CH", "AN7"},
    {"CN", "[GEDSPH]N8|'E'[0-9A-HJ-NP-Z]N7"},
    {"CY", "AN6|AN8"},
    {"CZ", "N8"},
    {"DE", "[CFGHJK][CFGHJKLMNPRTVWXYZ0-9]8"},
    {"DK", "N9"},
    {"DZ", "N9"},
    {"EE", "AN7|A2N7"},
    {"ES", "X2N6|X3N6"},
    {"FI", "A2N7"},
    {"FR", "N2A2N5"},
    {"GB", "N9"},
    {"GR", "A2N7"},
    {"HR", "N9"},
    {"HU", "A2N6|A2N7"},
    {"ID", "[A-CEX]N7"},
    {"IE", "X2N7"},
    {"IN", "AN7"},
    {"IR", "AN8"},
    {"IS", "'A'N7"},
    {"IT", "X2N7"},
    {"JM", "'A'N7"},
    {"JP", "A2N7"},
    {"KR", "[MSRDG]N8|[MSRDG]N3AN4"},
    {"KZ", "AN7|AN8"},
    {"LI", "AN5"},
    {"LT", "X8"},
    {"LU", "X8"},
    {"LV", "X2N7"},
    {"LY", "X8"},
    {"MT", "N7"},
    {"MX", "AN8|N11"},
    {"MY", "[AHK]N8"},
    {"MZ", "A2N7|N2A2N5"},
    {"NL", "A2X6N|A3N6"},
    {"NZ", "'L'[ADFH]N6|'E'[AP]N6|'N'N6|'R'AN6"},
    {"PH", "AN7A|AN6|A2N6|A2N7"},
    {"PK", "A2N7"},
    {"PL", "A2N7"},
    {"PT", "AN6|A2N6"},
    {"RO", "N8|N9"},
    {"RU", "N9"},
    {"SE", "N8|A2N6"},
    {"SK", "A2N7|XN7"},
    {"SL", "'P'AN7|AN6"},
    {"TH", "A1-2N6-7"},
    {"TR", "AN8"},
    {"UA", "A2N6"},
    {"US", "N9|AN8"},
    {"ZA", "[TAMD]N8"},
};
static_assert(std::ranges::is_sorted(kPassports, {}, &PassportShape::country));

constexpr std::size_t kMrzNumber = 9;  // places that the zone has for a number

// Whether `code` names the state `country`, as passports do or with two letters.
bool NamesState(std::string_view code, std::string_view country) {
  return code == country || (!country.empty() && CountryOfPassport(code) == country);
}

// `number` without its state in front or behind ("GBR925665416"); itself if none stands there.
std::string_view WithoutState(std::string_view number, std::string_view country) {
  for (const std::size_t size : {3U, 2U, 1U}) {
    if (number.size() < size + 5) continue;
    if (NamesState(number.substr(0, size), country)) return number.substr(size);
    if (NamesState(number.substr(number.size() - size), country)) {
      return number.substr(0, number.size() - size);
    }
  }
  return number;
}

// `number` without the check digit that the zone prints behind it ("C01X00T478", "C01X00T47<8"), if
// that agrees; empty if it does not.
std::string_view WithoutCheckDigit(std::string_view number) {
  if (number.size() < 3 || !IsDigit(number.back())) return {};
  std::string_view body = number.substr(0, number.size() - 1);
  while (body.ends_with('<')) body.remove_suffix(1);
  if (body.empty() || body.size() > kMrzNumber) return {};
  std::array<char, kMrzNumber> zone;
  zone.fill('<');
  std::ranges::copy(body, zone.begin());
  return IcaoDigit({zone.data(), zone.size()}) == number.back() ? body : std::string_view();
}

// What is typed off the machine-readable zone has more than the number: a check digit, the state.
Verdict FinishPassportNumber(Work& work) {
  const auto* row =
      std::ranges::lower_bound(kPassports, work.country(), {}, &PassportShape::country);
  if (row == std::end(kPassports) || row->country != work.country()) row = nullptr;
  constexpr std::size_t kShortest = 5;
  constexpr std::size_t kLongest = 12;
  std::size_t at = 0;
  const auto fits = [&](std::string_view number) {
    if (row != nullptr) return row->shape.Matches(number, &at);
    at = std::min(number.find('<'), std::min(number.size(), kLongest));
    return number.size() >= kShortest && number.size() <= kLongest &&
           number.find('<') == std::string_view::npos;
  };
  std::string_view number = work.text();
  if (!fits(number)) {
    const std::size_t misfit = at;
    const std::string_view bare = WithoutState(number, work.country());
    const std::string_view checked = WithoutCheckDigit(bare);
    if (row != nullptr && bare.size() < number.size() && fits(bare)) {
      number = bare;
    } else if (!checked.empty() && fits(checked)) {
      number = checked;
    } else {
      return Invalid("does not have the form of its country", static_cast<std::int32_t>(misfit));
    }
    work.Replace(number);
  }
  if (row == nullptr) return Unverifiable("the form of this country's numbers is not known");
  const std::size_t series = std::min(work.text().find_first_of("0123456789"), work.text().size());
  const bool zeros = work.text().find_first_not_of('0', series) == std::string_view::npos;
  return zeros ? Junk("a number of zeros") : Valid();
}

// No state numbers its documents with letters alone.
Verdict FinishCardNumber(Work& work) {
  return work.text().find_first_of("0123456789") != std::string_view::npos
             ? Valid()
             : Invalid("a number without a digit", 0);
}

// In many countries the card bears the person's own number, and that is what people type. Where the
// check of one of the country's numbers vouches for it, the value is that number as well.
Verdict FinishIdCardNumber(Work& work) {
  const Verdict verdict = FinishCardNumber(work);
  if (verdict.status != Status::kValid || work.country().size() != 2) return verdict;
  std::string family = "doc.";
  for (const char c : work.country()) family += static_cast<char>(c | 0x20);
  family += '.';
  for (const Kind* row : AllRows()) {
    const bool is_checked = !row->check.name.empty() && !row->check_is_advice;
    if (!row->name.starts_with(family) || !is_checked) continue;
    thread_local Normalized number;
    Normalize({row->name, {}, work.raw()}, number);
    if (number.status != Status::kValid || number.repaired) continue;
    for (const Identifier& identifier : number.identifiers()) {
      work.Derive(identifier.kind, identifier.canonical, identifier.scope);
    }
  }
  return verdict;
}

constexpr Kind kDocumentTravelKinds[] = {
    {.name = "doc.mrz",
     .title = "Machine-readable zone of any travel document",
     .traits = kRenewedDocument,
     .text = kMrzText,
     .check = {"ICAO 7-3-1 mod 10"},
     .finish = FinishAnyMrz,
     .scope = Scope::kIssuer,
     .aliases = "doc.mrz.ocr",
     .standard = "ICAO 9303",
     .bits = 30,
     .example = "P<UKRTKACHENKO<<MARIANA<<<<<<<<<<<<<<<<<<<<<"
                "FB123456<9UKR9108242F33092541234567890<<<<70"},
    {.name = "doc.passport.mrz",
     .title = "Machine-readable zone of a passport",
     .traits = kRenewedDocument,
     .text = kMrzText,
     .check = {"ICAO 7-3-1 mod 10"},
     .finish = FinishPassportMrz,
     .scope = Scope::kIssuer,
     .stands_for = "doc.mrz",
     .standard = "ICAO 9303 part 4",
     .bits = 30,
     .example = "P<UKRTKACHENKO<<MARIANA<<<<<<<<<<<<<<<<<<<<<"
                "FB123456<9UKR9108242F33092541234567890<<<<70"},
    {.name = "doc.idcard.mrz",
     .title = "Machine-readable zone of an identity card",
     .traits = kRenewedDocument,
     .text = kMrzText,
     .check = {"ICAO 7-3-1 mod 10"},
     .finish = FinishIdCardMrz,
     .scope = Scope::kIssuer,
     .stands_for = "doc.mrz",
     .standard = "ICAO 9303 parts 5, 6",
     .bits = 30,
     .example = "I<LVAPA99929216121282<88882<<<"
                "8212122M1703054LVA<<<<<<<<<<<0"
                "PARAUDZINS<<ANDRIS<<<<<<<<<<<<"},
    {.name = "doc.visa.mrz",
     .title = "Machine-readable zone of a visa",
     .traits = kRenewedDocument.GoodFor(730),
     .text = kMrzText,
     .check = {"ICAO 7-3-1 mod 10"},
     .finish = FinishVisaMrz,
     .scope = Scope::kIssuer,
     .stands_for = "doc.mrz",
     .standard = "ICAO 9303 part 7",
     .bits = 30,
     .example = "VNUSATRAVELER<<HAPPY<<<<<<<<<<<<<<<<<<<<<<<<"
                "1234567897CAN6612120M1407282B3XLC000FD142955"},
    {.name = "doc.passport.number",
     .title = "Passport number",
     .traits = kRenewedDocument,
     .text = kPunctuated,
     .shape = "[0-9A-Z<]5-16",
     .finish = FinishPassportNumber,
     .scope = Scope::kCountry,
     .standard = "ICAO 9303 part 4; national forms",
     .bits = 26,
     .example = "E00007734",
     .example_country = "US"},
    {.name = "doc.idcard.number",
     .title = "Identity card number",
     .traits = kRenewedDocument,
     .text = kPunctuated,
     .shape = "X5-22",
     .finish = FinishIdCardNumber,
     .scope = Scope::kCountry,
     .standard = "ICAO 9303 part 5",
     .bits = 27,
     .example = "T22000129",
     .example_country = "DE"},
    {.name = "doc.visa.number",
     .title = "Visa number",
     .traits = kRenewedDocument.GoodFor(730),
     .text = kPunctuated,
     .shape = "X5-22",
     .finish = FinishCardNumber,
     .scope = Scope::kCountry,
     .standard = "ICAO 9303 part 7",
     .bits = 26,
     .example = "D09174053",
     .example_country = "DE"},
    {.name = "doc.sample",
     .title = "Number of any kind as textbooks, forms and samples show it",
     .traits = kPersonDocument.Ignored(),
     .text = kPunctuated,
     .shape = "X1-64",
     .standard = "none",
     .bits = 0,
     .example = "123456789"},
    {.name = "doc.holder",
     .title = "Holder of a travel document (state, birth date, name)",
     .traits = kPersonDocument.Supporting(8),
     .text = kMrzText,
     .scope = Scope::kCountry,
     .standard = "ICAO 9303 part 3",
     .bits = 30,
     .example = "910824:TKACHENKO<<MARIANA",
     .example_country = "UA"},
};

}  // namespace

std::span<const Kind> DocumentTravelKinds() { return kDocumentTravelKinds; }

}  // namespace revenant::kinds

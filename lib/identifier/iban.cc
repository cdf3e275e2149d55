#include "identifier/iban.h"

#include <algorithm>
#include <array>

#include "identifier/countries.h"

namespace revenant::kinds {
namespace {

// National checks, each over the BBAN. Named by country or by what they are called there.

// Belgium: the first ten digits modulo 97 (97 for 0).
bool Belgium(std::string_view b) {
  const auto rest = ModDigits(b.substr(0, 10), 97);
  return (rest == 0 ? 97 : rest) == Number(b, 10, 2);
}

// France, Monaco, Mauritania: clé RIB; letters count as in the old telephone keypad table.
bool Rib(std::string_view b) {
  constexpr std::string_view kLetterDigits = "12345678912345678923456789";
  std::int64_t rest = 0;
  for (const char c : b) {
    const char digit = IsDigit(c) ? c : kLetterDigits[static_cast<std::size_t>(c - 'A')];
    rest = (rest * 10 + DigitOf(digit)) % 97;
  }
  return rest == 0;
}

// Italy, San Marino: the control letter CIN in front.
bool Cin(std::string_view b) {
  constexpr int kOdd[] = {1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                          20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
  int sum = 0;
  for (std::size_t i = 1; i < b.size(); ++i) {
    const int value = IsDigit(b[i]) ? DigitOf(b[i]) : b[i] - 'A';
    sum += i % 2 == 1 ? kOdd[value] : value;
  }
  return b[0] == 'A' + sum % 26;
}

// ISO 7064 MOD 97-10 over the whole BBAN: Portugal and the countries of former Yugoslavia.
bool Mod97Whole(std::string_view b) { return Mod97_10Ok(b); }

bool Poland(std::string_view b) { return WeightedSum(b.substr(0, 8), {3, 9, 7, 1}) % 10 == 0; }

bool Croatia(std::string_view b) { return Mod11_10Ok(b.substr(0, 7)) && Mod11_10Ok(b.substr(7)); }

bool Hungary(std::string_view b) {
  return WeightedSum(b.substr(0, 8), {9, 7, 3, 1}) % 10 == 0 &&
         WeightedSum(b.substr(8), {9, 7, 3, 1}) % 10 == 0;
}

bool Czech(std::string_view b) { return CzechPartOk(b.substr(4, 6)) && CzechPartOk(b.substr(10)); }

// Estonia: 7-3-1 from the right over what follows the bank code.
bool Estonia(std::string_view b) {
  const int sum = WeightedSumRight(b.substr(2, b.size() - 3), {7, 3, 1});
  return (10 - sum % 10) % 10 == DigitOf(b.back());
}

bool Tunisia(std::string_view b) {
  const auto rest = ModDigits(b.substr(0, 18), 97) * 100 % 97;
  return 97 - rest == Number(b, 18, 2);
}

struct Registered {
  std::string_view country;
  Shape bban;
  bool (*check)(std::string_view bban) = nullptr;
};

// SWIFT IBAN registry, release 100.
constexpr Registered kRegistry[] = {
    {"AD", "N8X12"},
    {"AE", "N19"},
    {"AL", "N8X16"},
    {"AT", "N16"},
    {"AZ", "A4X20"},
    {"BA", "N16", Mod97Whole},
    {"BE", "N12", Belgium},
    {"BG", "A4N6X8"},
    {"BH", "A4X14"},
    {"BI", "N23"},
    {"BR", "N23AX"},
    {"BY", "X4N4X16"},
    {"CH", "N5X12"},
    {"CR", "N18"},
    {"CY", "N8X16"},
    {"CZ", "N20", Czech},
    {"DE", "N18"},
    {"DJ", "N23"},
    {"DK", "N14"},
    {"DO", "X4N20"},
    {"EE", "N16", Estonia},
    {"EG", "N25"},
    {"ES", "N20", SpanishAccountOk},
    {"FI", "N14", LuhnOk},
    {"FK", "A2N12"},
    {"FO", "N14"},
    {"FR", "N10X11N2", Rib},
    {"GB", "A4N14"},
    {"GE", "A2N16"},
    {"GI", "A4X15"},
    {"GL", "N14"},
    {"GR", "N7X16"},
    {"GT", "X24"},
    {"HN", "A4N20"},
    {"HR", "N17", Croatia},
    {"HU", "N24", Hungary},
    {"IE", "A4N14"},
    {"IL", "N19"},
    {"IQ", "A4N15"},
    {"IS", "N22"},
    {"IT", "AN10X12", Cin},
    {"JO", "A4N4X18"},
    {"KW", "A4X22"},
    {"KZ", "N3X13"},
    {"LB", "N4X20"},
    {"LC", "A4X24"},
    {"LI", "N5X12"},
    {"LT", "N16"},
    {"LU", "N3X13"},
    {"LV", "A4X13"},
    {"LY", "N21"},
    {"MC", "N10X11N2", Rib},
    {"MD", "X20"},
    {"ME", "N18", Mod97Whole},
    {"MK", "N3X10N2", Mod97Whole},
    {"MN", "N16"},
    {"MR", "N23", Rib},
    {"MT", "A4N5X18"},
    {"MU", "A4N19A3"},
    {"NI", "A4N20"},
    {"NL", "A4N10"},
    {"NO", "N11", NorwegianAccountOk},
    {"OM", "N3X16"},
    {"PK", "A4X16"},
    {"PL", "N24", Poland},
    {"PS", "A4X21"},
    {"PT", "N21", Mod97Whole},
    {"QA", "A4X21"},
    {"RO", "A4X16"},
    {"RS", "N18", Mod97Whole},
    {"RU", "N14X15"},
    {"SA", "N2X18"},
    {"SC", "A4N20A3"},
    {"SD", "N14"},
    {"SE", "N20"},
    {"SI", "N15", Mod97Whole},
    {"SK", "N20", Czech},
    {"SM", "AN10X12", Cin},
    {"SO", "N19"},
    {"ST", "N21"},
    {"SV", "A4N20"},
    {"TL", "N19", Mod97Whole},
    {"TN", "N20", Tunisia},
    {"TR", "N6X16"},
    {"UA", "N6X19"},
    {"VA", "N18"},
    {"VG", "A4N16"},
    {"XK", "N16", Mod97Whole},
    {"YE", "A4N4X18"},
};
static_assert(std::ranges::is_sorted(kRegistry, {}, &Registered::country));

// Countries that use the form without having registered it. Their numbers are told from typing
// errors by MOD 97-10 alone.
constexpr Registered kUnregistered[] = {
    {"AO", "N21"},   {"BF", "X2N22|N23"}, {"BJ", "X2N22"}, {"CF", "N23"},     {"CG", "N23"},
    {"CI", "X2N22"}, {"CM", "N23"},       {"CV", "N21"},   {"DZ", "N20|N22"}, {"GA", "N23"},
    {"GQ", "N23"},   {"GW", "X2N19"},     {"IR", "N22"},   {"KM", "N23"},     {"MA", "N24"},
    {"MG", "N23"},   {"ML", "X2N22"},     {"MZ", "N21"},   {"NE", "X2N22"},   {"SN", "X2N22"},
    {"TD", "N23"},   {"TG", "X2N22"},
};
static_assert(std::ranges::is_sorted(kUnregistered, {}, &Registered::country));

const Registered* Find(std::span<const Registered> table, std::string_view country) {
  const auto found = std::ranges::lower_bound(table, country, {}, &Registered::country);
  return found != table.end() && found->country == country ? &*found : nullptr;
}

int IbanRest(std::string_view iban) {
  std::array<char, 40> turned;
  const std::string_view bban = iban.substr(4);
  auto end = std::ranges::copy(bban, turned.begin()).out;
  end = std::ranges::copy(iban.substr(0, 4), end).out;
  return Mod97({turned.data(), static_cast<std::size_t>(end - turned.begin())});
}

// Puts right look-alikes where the country fixes letter or digit and MOD 97-10 then agrees.
bool RepairBban(Work& work, const Shape& bban) {
  std::array<char, 40> draft;
  const std::size_t size = work.text().size();
  std::ranges::copy(work.text(), draft.begin());
  const std::string_view repaired(draft.data(), size);
  if (!bban.Repair(draft.data() + 4, size - 4, 0) || IbanRest(repaired) != 1) return false;
  work.Replace(repaired);
  work.MarkRepaired();
  return true;
}

// The account as its own country writes it, under the kind that such an account has.
void DeriveLocalAccount(std::string_view country, std::string_view bban, Work& work) {
  if (country == "ES") work.Derive("pay.es.ccc", bban);
  if (country == "NO") work.Derive("pay.no.account", bban);
  if (country == "GB") work.Derive("pay.gb.sortcode_account", bban.substr(4));
  if (country == "CZ") {
    std::array<char, 20> account;  // prefix, number, bank
    auto end = std::ranges::copy(bban.substr(4), account.begin()).out;
    std::ranges::copy(bban.substr(0, 4), end);
    work.Derive("pay.cz.account", {account.data(), account.size()});
  }
}

}  // namespace

bool SpanishAccountOk(std::string_view ccc) {
  constexpr auto kDigit = [](int sum) {
    const int rest = sum % 11;
    return rest < 2 ? rest : 11 - rest;
  };
  const int bank = WeightedSum(ccc.substr(0, 8), {4, 8, 5, 10, 9, 7, 3, 6});
  const int account = WeightedSum(ccc.substr(10), {1, 2, 4, 8, 5, 10, 9, 7, 3, 6});
  return kDigit(bank) == DigitOf(ccc[8]) && kDigit(account) == DigitOf(ccc[9]);
}

bool NorwegianAccountOk(std::string_view account) {
  return WeightedSum(account, {5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1}) % 11 == 0;
}

bool CzechPartOk(std::string_view digits) {
  return WeightedSumRight(digits, {1, 2, 4, 8, 5, 10, 9, 7, 3, 6}) % 11 == 0;
}

Verdict FinishIban(Work& work) {
  const std::string_view country = work.text().substr(0, 2);
  const Registered* const registered = Find(kRegistry, country);
  const Registered* const known = registered != nullptr ? registered : Find(kUnregistered, country);
  if (known == nullptr && !IsCountry(country)) return Invalid("no such country", 0);
  if (known == nullptr) return Invalid("a country without IBANs", 0);
  std::size_t misfit = 0;
  if (!known->bban.Matches(work.text().substr(4), &misfit) && !RepairBban(work, known->bban)) {
    return Invalid("does not have the length or structure of its country",
                   static_cast<std::int32_t>(misfit + 4));
  }
  const std::string_view iban = work.text();
  const std::string_view bban = iban.substr(4);
  // 97, 98 and 99 - 97 leave the same remainder; ISO 13616 makes only 02 to 98.
  const int check = TwoDigits(iban, 2);
  if (check < 2 || check > 98 || IbanRest(iban) != 1) return Invalid(kCheckFails, 2);
  if (known->check != nullptr && !known->check(bban)) {
    return Invalid("the national check digits do not agree", 4);
  }
  if (bban.find_first_not_of('0') == std::string_view::npos) return Junk("an account of zeros");
  DeriveLocalAccount(country, bban, work);
  return registered != nullptr ? Valid() : Unverifiable("a country outside the IBAN registry");
}

}  // namespace revenant::kinds

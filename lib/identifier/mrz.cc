#include "identifier/mrz.h"

#include <algorithm>
#include <array>

#include "identifier/contained.h"
#include "identifier/countries.h"

namespace revenant::kinds {
namespace {

struct Field {
  std::uint8_t at;
  std::uint8_t size;
};

// Where the fields of a zone lie, counted over both or all three lines.
struct Layout {
  std::uint8_t size;
  Field name;
  Field number;  // its check digit follows
  Field nationality;
  Field birth;   // its check digit follows, then the sex
  Field expiry;  // its check digit follows
  Field optional;
  std::int16_t optional_check;  // -1: none
  std::int16_t composite;       // -1: none
  std::array<Field, 4> composite_over;
};
constexpr Layout kTd1{90,      {60, 30}, {5, 9}, {45, 3}, {30, 6},
                      {38, 6}, {15, 15}, -1,     59,      {{{5, 25}, {30, 7}, {38, 7}, {48, 11}}}};
constexpr Layout kTd2{72,      {5, 31}, {36, 9}, {46, 3}, {49, 6},
                      {57, 6}, {64, 7}, -1,      71,      {{{36, 10}, {49, 7}, {57, 14}, {0, 0}}}};
constexpr Layout kTd3{88,      {5, 39},  {44, 9}, {54, 3}, {57, 6},
                      {65, 6}, {72, 14}, 86,      87,      {{{44, 10}, {57, 7}, {65, 22}, {0, 0}}}};
constexpr Layout kMrvA{88, {5, 39}, {44, 9}, {54, 3}, {57, 6}, {65, 6}, {72, 16}, -1, -1, {}};
constexpr Layout kMrvB{72, {5, 31}, {36, 9}, {46, 3}, {49, 6}, {57, 6}, {64, 8}, -1, -1, {}};

const Layout* LayoutOf(std::string_view zone) {
  const bool visa = !zone.empty() && zone[0] == 'V';
  for (const Layout* layout : {&kTd1, visa ? &kMrvB : &kTd2, visa ? &kMrvA : &kTd3}) {
    if (zone.size() == layout->size) return layout;
  }
  return nullptr;
}

std::string_view Of(std::string_view zone, Field field) {
  return zone.substr(field.at, field.size);
}

std::string_view WithoutFillers(std::string_view text) {
  while (!text.empty() && text.back() == '<') text.remove_suffix(1);
  return text;
}

using Zone = std::array<char, 90>;

// OCR's confusions, undone where the zone fixes a digit or a letter.
void FixOcr(Zone& zone, const Layout& layout) {
  constexpr std::string_view kLooks = "OQISBZG";
  constexpr std::string_view kDigits = "0015826";
  constexpr std::string_view kDigitLooks = "01582";
  constexpr std::string_view kLetters = "OISBZ";
  const auto to_digits = [&](std::size_t at, std::size_t size) {
    for (std::size_t i = at; i < at + size; ++i) {
      if (const auto look = kLooks.find(zone[i]); look != std::string_view::npos) {
        zone[i] = kDigits[look];
      }
    }
  };
  const auto to_letters = [&](std::size_t at, std::size_t size) {
    for (std::size_t i = at; i < at + size; ++i) {
      if (const auto look = kDigitLooks.find(zone[i]); look != std::string_view::npos) {
        zone[i] = kLetters[look];
      }
    }
  };
  to_letters(2, 3);  // issuer
  to_letters(layout.name.at, layout.name.size);
  to_letters(layout.nationality.at, layout.nationality.size);
  to_digits(layout.number.at + layout.number.size, 1);
  to_digits(layout.birth.at, 7);
  to_digits(layout.expiry.at, 7);
  if (layout.optional_check >= 0) to_digits(static_cast<std::size_t>(layout.optional_check), 1);
  if (layout.composite >= 0) to_digits(static_cast<std::size_t>(layout.composite), 1);
}

// A check digit, for which a filler may stand where the field it covers is empty.
bool Agrees(std::string_view field, char check) {
  if (check == '<') return WithoutFillers(field).empty();
  return IcaoDigit(field) == check;
}

// The document number; one longer than nine characters runs on in the optional data, its check
// digit behind it (part 5, note j). Empty if the check digit does not agree.
std::string_view ReadNumber(std::string_view zone, const Layout& layout,
                            std::array<char, 32>& buffer) {
  const std::string_view head = Of(zone, layout.number);
  const char check = zone[layout.number.at + layout.number.size];
  const std::string_view tail = Of(zone, layout.optional);
  const std::string_view more = tail.substr(0, tail.find('<'));
  if (check != '<' || more.size() < 2 || head.find('<') != std::string_view::npos) {
    return Agrees(head, check) ? WithoutFillers(head) : std::string_view();
  }
  auto end = std::ranges::copy(head, buffer.begin()).out;
  end = std::ranges::copy(more.substr(0, more.size() - 1), end).out;
  const std::string_view whole(buffer.data(), static_cast<std::size_t>(end - buffer.begin()));
  return IcaoDigit(whole) == more.back() ? whole : std::string_view();
}

// Digits that form a date, or fillers for what is not known.
bool IsMrzDate(std::string_view date) {
  if (AllDigits(date)) return IsYymmdd(date, 0) || date.substr(2) == "0000";
  return std::ranges::all_of(date, [](char c) { return IsDigit(c) || c == '<'; });
}

Verdict CheckZone(std::string_view zone, const Layout& layout) {
  const auto invalid = [](std::string_view reason, std::size_t at) {
    return Invalid(reason, static_cast<std::int32_t>(at));
  };
  // An unknown nationality is the issuer's slip or a state younger than our list: the check digits
  // decide.
  if (!IsPassportState(WithoutFillers(zone.substr(2, 3)))) return invalid("no such issuer", 2);
  const std::string_view name = Of(zone, layout.name);
  const bool spelled = std::ranges::all_of(name, [](char c) { return IsLetter(c) || c == '<'; }) &&
                       !WithoutFillers(name).empty();
  if (!spelled) return invalid("no name", layout.name.at);
  for (const Field date : {layout.birth, layout.expiry}) {
    if (!IsMrzDate(Of(zone, date))) return invalid(kBadDate, date.at);
    if (!Agrees(Of(zone, date), zone[date.at + date.size])) {
      return invalid(kCheckFails, std::size_t{date.at} + date.size);
    }
  }
  if (layout.optional_check >= 0) {
    const char check = zone[static_cast<std::size_t>(layout.optional_check)];
    if (!Agrees(Of(zone, layout.optional), check)) {
      return invalid(kCheckFails, static_cast<std::size_t>(layout.optional_check));
    }
  }
  if (layout.composite >= 0) {
    std::array<char, 64> over;
    auto end = over.begin();
    for (const Field field : layout.composite_over) {
      end = std::ranges::copy(Of(zone, field), end).out;
    }
    const char digit = IcaoDigit({over.data(), static_cast<std::size_t>(end - over.begin())});
    if (zone[static_cast<std::size_t>(layout.composite)] != digit) {
      return invalid(kCheckFails, static_cast<std::size_t>(layout.composite));
    }
  }
  return Valid();
}

// O and 0 in the number, where nothing but the check digit tells them apart.
void SwapInNumber(Zone& zone, const Layout& layout, char from, char to) {
  const auto first = zone.begin() + layout.number.at;
  std::replace(first, first + layout.number.size, from, to);
}

// Finds the reading of `zone` that passes every check: as it stands, with the number's O read as
// 0, or the reverse. Empty if there is none.
std::string_view FindNumber(Zone& zone, const Layout& layout, std::array<char, 32>& buffer,
                            Verdict& verdict) {
  const Zone typed = zone;
  for (const auto& [from, to] : {std::pair('0', '0'), std::pair('O', '0'), std::pair('0', 'O')}) {
    zone = typed;
    SwapInNumber(zone, layout, from, to);
    const std::string_view view(zone.data(), layout.size);
    const Verdict found = CheckZone(view, layout);
    const std::string_view number = ReadNumber(view, layout, buffer);
    if (found.status == Status::kValid && !number.empty()) return number;
    if (from == to) {
      verdict = found.status == Status::kInvalid
                    ? found
                    : Invalid(kCheckFails, layout.number.at + layout.number.size);
    }
  }
  return {};
}

// ICAO's Utopia, and the names that states print on the pictures of their documents.
bool IsSpecimen(std::string_view zone, const Layout& layout) {
  const std::string_view name = Of(zone, layout.name);
  return zone.substr(2, 3) == "UTO" || Of(zone, layout.nationality) == "UTO" ||
         name.find("SPECIMEN") != std::string_view::npos || name.starts_with("MUSTERMANN<");
}

std::string_view NumberKind(char type) {
  if (type == 'P') return "doc.passport.number";
  return type == 'V' ? "doc.visa.number" : "doc.idcard.number";
}

// The number as people type it: fillers inside stand for what is not letter or digit. One too short
// or too long for its kind is left to the zone.
void DeriveNumber(std::string_view number, char type, std::string_view state, Work& work) {
  std::array<char, 32> plain;
  const auto end = std::ranges::copy_if(number, plain.begin(), [](char c) { return c != '<'; }).out;
  const auto size = static_cast<std::size_t>(end - plain.begin());
  if (size < 5 || size > (type == 'P' ? 12U : 22U)) return;
  // Only a number that its own kind takes, typed by itself.
  DeriveAs(work, NumberKind(type), {plain.data(), size}, state);
}

// Names are cut off at the length of the smallest zone, so that all of a holder's documents meet.
void DeriveHolder(std::string_view zone, const Layout& layout, Work& work) {
  std::string_view state = WithoutFillers(Of(zone, layout.nationality));
  if (!IsPassportState(state)) state = WithoutFillers(zone.substr(2, 3));
  const std::string_view country = CountryOfPassport(state);
  std::array<char, 40> holder;
  auto end = std::ranges::copy(Of(zone, layout.birth), holder.begin()).out;
  *end++ = ':';
  end = std::ranges::copy(WithoutFillers(Of(zone, layout.name).substr(0, kTd1.name.size)), end).out;
  work.Derive("doc.holder", {holder.data(), static_cast<std::size_t>(end - holder.begin())},
              country.empty() ? state : country);
}

}  // namespace

Verdict FinishMrz(Work& work, std::string_view kinds_allowed) {
  const std::string_view typed = work.text();
  const Layout* const layout = LayoutOf(typed);
  if (layout == nullptr) return Invalid("not the length of a machine-readable zone");
  if (kinds_allowed.find(typed[0]) == std::string_view::npos) {
    return Invalid("not that type of document", 0);
  }
  const auto odd = std::ranges::find_if(typed, [](char c) { return Base36(c) < 0 && c != '<'; });
  if (odd != typed.end()) {
    return Invalid("a character that a machine-readable zone does not have",
                   static_cast<std::int32_t>(odd - typed.begin()));
  }
  Zone zone{};
  std::ranges::copy(typed, zone.begin());
  FixOcr(zone, *layout);
  Verdict verdict;
  std::array<char, 32> buffer;
  const std::string_view number = FindNumber(zone, *layout, buffer, verdict);
  if (number.empty()) return verdict;
  const std::string_view fixed(zone.data(), layout->size);
  if (fixed != typed) work.MarkRepaired();

  const std::string_view issuer = WithoutFillers(fixed.substr(2, 3));
  const std::string_view country = CountryOfPassport(issuer);
  std::array<char, 48> canonical = {fixed[0], ':'};
  auto end = std::ranges::copy(issuer, canonical.begin() + 2).out;
  *end++ = ':';
  end = std::ranges::copy(number, end).out;
  DeriveNumber(number, fixed[0], country.empty() ? issuer : country, work);
  DeriveHolder(fixed, *layout, work);
  const bool specimen = IsSpecimen(fixed, *layout);
  work.Replace({canonical.data(), static_cast<std::size_t>(end - canonical.begin())});
  return specimen ? Junk("a published specimen") : Valid();
}

}  // namespace revenant::kinds

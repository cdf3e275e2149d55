#ifndef REVENANT_LIB_IDENTIFIER_KIND_H_
#define REVENANT_LIB_IDENTIFIER_KIND_H_

#include <cstdint>
#include <numbers>
#include <span>
#include <string_view>

#include "identifier/checks.h"
#include "identifier/shape.h"
#include "identifier/text.h"
#include "revenant/identifier.h"

namespace revenant::kinds {

// What kinds of one class have in common: family, role, weight and limits. Rows start from one of
// the classes below and change what differs: `kPersonDocument.GoodFor(3650)`.
struct Traits {
  Family family;
  Role role = Role::kLinking;
  double m = 0.5;
  double weight_bits = 20;  // log2(m/u), in halves
  std::uint32_t fanout_limit = 0;
  std::uint32_t carry_limit = 0;
  std::uint32_t good_for_days = 0;
  std::uint32_t half_life_days = 0;

  constexpr double u() const {
    const auto whole = static_cast<std::uint64_t>(weight_bits);
    const double halves = weight_bits > static_cast<double>(whole) ? std::numbers::sqrt2 : 1;
    return m / static_cast<double>(std::uint64_t{1} << whole) / halves;
  }
  constexpr Traits Weighing(double bits) const {
    Traits traits = *this;
    traits.weight_bits = bits;
    return traits;
  }
  constexpr Traits Supporting(double bits) const {
    Traits traits = Weighing(bits);
    traits.role = Role::kSupporting;
    return traits;
  }
  // For values that are well formed and belong to nobody: stored, never weighed.
  constexpr Traits Ignored() const {
    Traits traits = Weighing(0);
    traits.role = Role::kIgnored;
    return traits;
  }
  // Replaced after so many days; the weight halves over a gap of as many.
  constexpr Traits GoodFor(std::uint32_t days) const {
    Traits traits = *this;
    traits.good_for_days = days;
    traits.half_life_days = days;
    return traits;
  }
  constexpr Traits SharedBy(std::uint32_t limit) const {
    Traits traits = *this;
    traits.fanout_limit = limit;
    return traits;
  }
};

// The classes. How the figures were chosen stands in README.md, "Weights and limits".
inline constexpr Traits kPersonDocument{Family::kDocument, Role::kLinking, 0.5, 20, 50, 20, 0, 0};
inline constexpr Traits kRenewedDocument = kPersonDocument.GoodFor(3650);  // passports, cards
inline constexpr Traits kCompanyNumber{
    Family::kOrganisation, Role::kLinking, 0.5, 20, 50, 50, 0, 0};
inline constexpr Traits kPersonTax = kPersonDocument;  // tax numbers that only persons hold
inline constexpr Traits kCompanyTax = kCompanyNumber;  // those of businesses, or of both
inline constexpr Traits kBankAccount{Family::kPayment, Role::kLinking, 0.4, 16.5, 5, 30, 1825, 365};
inline constexpr Traits kCard{Family::kPayment, Role::kLinking, 0.3, 16.5, 5, 30, 1460, 1095};
inline constexpr Traits kWallet{Family::kPayment, Role::kLinking, 0.3, 16.5, 5, 50, 730, 730};
inline constexpr Traits kPaymentLogin{
    Family::kPayment, Role::kLinking, 0.4, 16.5, 20, 30, 1825, 1825};
inline constexpr Traits kBankCode{Family::kPayment, Role::kSupporting, 0.3, 4, 1000, 30, 3650, 0};
inline constexpr Traits kHandset{Family::kDevice, Role::kLinking, 0.3, 16.5, 5, 20, 1095, 730};
inline constexpr Traits kInstallation{Family::kDevice, Role::kLinking, 0.3, 16.5, 5, 30, 730, 365};
inline constexpr Traits kMachine{Family::kDevice, Role::kLinking, 0.3, 16.5, 3, 20, 1825, 1095};
inline constexpr Traits kBrowserTrait{Family::kDevice, Role::kSupporting, 0.3, 4, 200, 50, 180, 90};
inline constexpr Traits kPhoneNumber{Family::kContact, Role::kLinking, 0.4, 14, 5, 20, 1095, 730};
inline constexpr Traits kMailbox{Family::kContact, Role::kLinking, 0.4, 16, 5, 30, 1825, 1825};
inline constexpr Traits kContactTrait{
    Family::kContact, Role::kSupporting, 0.4, 8, 100, 50, 1825, 1825};
inline constexpr Traits kAddressOfNet{Family::kNetwork, Role::kSupporting, 0.2, 3, 50, 200, 30, 30};
inline constexpr Traits kOwnKind{Family::kCustom, Role::kLinking, 0.5, 20, 50, 50, 0, 0};

// A check: its name for people, and the test of the whole canonical text. Without a function the
// kind's `finish` does it; without a name the kind has none.
struct Check {
  std::string_view name;
  bool (*passes)(std::string_view text) = nullptr;
  // Two check characters (MOD 97-10 and its like) are strong enough to vouch for a repair of their
  // own last one; one is not.
  std::uint8_t characters = 1;
};
inline constexpr Check kLuhn{"Luhn", LuhnOk};
inline constexpr Check kVerhoeff{"Verhoeff", VerhoeffOk};
inline constexpr Check kDamm{"Damm", DammOk};
inline constexpr Check kMod11_2{"ISO 7064 MOD 11-2", Mod11_2Ok};
inline constexpr Check kMod11_10{"ISO 7064 MOD 11,10", Mod11_10Ok};
inline constexpr Check kMod37_2{"ISO 7064 MOD 37-2", Mod37_2Ok};
inline constexpr Check kMod37_36{"ISO 7064 MOD 37,36", Mod37_36Ok};
inline constexpr Check kMod97_10{"ISO 7064 MOD 97-10", Mod97_10Ok, 2};

// Where the scope comes from.
enum class Scope : std::uint8_t {
  kNone,     // the number is unique in the world, or the kind's name fixes the country
  kCountry,  // unique in a country that must be given (kind@XX)
  kApp,      // unique for an app, vendor or developer whose name may be given (kind@NAME)
  kIssuer,   // unique for an issuer that the value itself names; `finish` sets it
};

// What a stage thinks of a value.
struct Verdict {
  Status status = Status::kValid;
  std::string_view reason{};  // static text
  std::int32_t at = -1;       // index in Work::text() as the stage found it
};
constexpr Verdict Valid() { return {}; }
constexpr Verdict Unverifiable(std::string_view reason) { return {Status::kUnverifiable, reason}; }
constexpr Verdict Invalid(std::string_view reason, std::int32_t at = -1) {
  return {Status::kInvalid, reason, at};
}
constexpr Verdict Junk(std::string_view reason) { return {Status::kJunk, reason}; }
inline constexpr std::string_view kCheckFails = "check digits do not agree";
inline constexpr std::string_view kBadDate = "no such date";

struct Kind;

// One value on its way to an identifier: what a `finish` function works on.
class Work {
 public:
  Work(const Kind& kind, const Attribute& attribute, Text& text, Normalized& out)
      : kind_(kind), attribute_(attribute), text_(text), out_(out) {}

  const Kind& kind() const { return kind_; }

  // The text as the stages before left it; it becomes the canonical form.
  std::string_view text() const { return text_.view(); }
  // The value as typed.
  std::string_view raw() const { return attribute_.value; }
  // What stood behind the @, in upper case for Scope::kCountry; may be empty.
  std::string_view country() const { return country_; }

  // Makes `canonical` (which may be a part of text()) the canonical form.
  void Replace(std::string_view canonical) {
    text_.Assign(canonical);
    moved_ = true;
  }
  // Identifier of another kind than the attribute's own (a weaker one, or the name that several
  // kinds of number share).
  void Rename(std::string_view kind) { out_.at(0).kind = kind; }
  // Says that the value is real and belongs to nobody: its identifier becomes one of `kind`, whose
  // role is ignored. Unlike junk it may be one repeated character.
  Verdict BelongToNobody(std::string_view kind) {
    Rename(kind);
    nobodys_ = true;
    return Valid();
  }
  void SetScope(std::string_view scope) { out_.at(0).scope = scope; }
  // Says that a look-alike character was put right.
  void MarkRepaired() { out_.repaired = true; }

  // Leaves out what was derived.
  void DeriveNothing() { out_.KeepRoot(); }
  // A further identifier that the value contains. Its text must be canonical for `kind`. A part of
  // one repeated character, or of digits in a row, identifies nobody and is left out.
  void Derive(std::string_view kind, std::string_view canonical, std::string_view scope = {});

 private:
  friend class Pipeline;
  const Kind& kind_;
  const Attribute& attribute_;
  std::string_view country_;
  Text& text_;
  Normalized& out_;
  bool moved_ = false;  // text_ was replaced: its offsets mean nothing
  bool nobodys_ = false;
};

// Zeros put in front of a number that is at least `from` digits long until it has `to`.
struct Padding {
  std::uint8_t from = 0;
  std::uint8_t to = 0;
};

// One row of the table. The stages, in this order: `text`, `prefix`, `pad`, `shape`, `check`,
// `finish`, `junk`; a stage that a row leaves out does nothing. Only name, title, traits, standard,
// bits and example are always needed.
struct Kind {
  std::string_view name;
  std::string_view title;
  Traits traits;
  TextRule text = kPlain;
  std::string_view prefix{};  // "EL|GR": dropped where the rest fits the shape
  Padding pad{};
  Shape shape{};
  Check check{};
  // Numbers in real use fail their own check: say `unverifiable`, not `invalid`.
  bool check_is_advice = false;
  Verdict (*finish)(Work& work) = nullptr;
  Scope scope = Scope::kNone;
  std::span<const std::string_view> junk{};  // sorted canonical forms that identify nobody
  std::string_view stands_for{};             // kind of the identifier where it is not `name`
  std::string_view aliases{};                // other names, separated by spaces
  std::string_view standard{};
  std::uint16_t bits = 0;
  std::string_view example{};
  std::string_view example_country{};
};

// The row of `name` (without @XX), by alias too; nullptr if there is none.
const Kind* FindRow(std::string_view name);

}  // namespace revenant::kinds

#endif  // REVENANT_LIB_IDENTIFIER_KIND_H_

#ifndef REVENANT_IDENTIFIER_H_
#define REVENANT_IDENTIFIER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace revenant {

// What was typed or collected: a kind and a raw value, with the issuing country or default region
// where the value does not carry it. Views: the caller keeps the bytes alive for the call.
struct Attribute {
  std::string_view kind;  // "pay.iban"; may carry its country as "contact.phone@US"
  // ISO 3166-1 alpha-2, or ICAO's code of an issuer that is no state (UNO); may be empty. Wins over
  // an @XX in `kind`.
  std::string_view country;
  std::string_view value;  // raw bytes, meant to be UTF-8
};

// A valid attribute: kind, the scope inside which the number is unique, canonical form.
struct Identifier {
  std::string kind;
  std::string scope;  // issuing country, issuer or app id; empty where the number is global
  std::string canonical;
  friend bool operator==(const Identifier&, const Identifier&) = default;
};

enum class Status : std::uint8_t {
  kValid,         // well formed, and its check digits (if the kind has any) agree
  kUnverifiable,  // well formed; the kind has a check that does not apply to this value
  kInvalid,       // cannot be such an identifier
  kJunk,          // well formed, but known to identify nobody: never links
  kUnknownKind,   // no such kind
};

// "valid", "unverifiable", "invalid", "junk", "unknown_kind".
std::string_view StatusName(Status status);

// Outcome of Normalize. Reused from call to call it keeps its buffers, so that the common path
// does not allocate.
class Normalized {
 public:
  Status status = Status::kUnknownKind;
  // Why it is invalid or junk (or what was repaired): static text, never the value itself.
  std::string_view reason;
  // Byte offset in the raw value that the reason is about; -1 where it is the whole value.
  std::int32_t where = -1;
  bool repaired = false;  // a look-alike character was put right and the check then passed

  // Identifiers, the attribute's own (the root) first, derived ones after it. Empty when invalid
  // or of unknown kind; a junk value keeps its root so that it can be stored as junk.
  std::span<const Identifier> identifiers() const { return {slots_.data(), used_}; }

  // For the room that fills it.
  void Clear();
  Identifier& Add(std::string_view kind, std::string_view scope, std::string_view canonical);
  Identifier& at(std::size_t index) { return slots_[index]; }
  void KeepRoot() { used_ = used_ == 0 ? 0 : 1; }

 private:
  std::vector<Identifier> slots_;
  std::size_t used_ = 0;
};

// Canonical form of one attribute. Never fails: what cannot be used says so in `out.status`.
// Threads: any number at once, each with its own `out`. Cost: about a microsecond or less for
// ASCII values.
void Normalize(const Attribute& attribute, Normalized& out);

enum class Family : std::uint8_t {
  kDevice,
  kDocument,
  kPayment,
  kContact,
  kNetwork,
  kOrganisation,
  kCustom
};
enum class Role : std::uint8_t {
  kLinking,     // strong enough to merge sellers
  kSupporting,  // adds weight to a link, never makes one
  kIgnored,     // kept out of the registry
};
std::string_view FamilyName(Family family);
std::string_view RoleName(Role role);
std::optional<Role> RoleFromName(std::string_view name);

// What the table says of a kind: the public face of a row of lib/identifier's table.
struct KindInfo {
  std::string_view name;   // "doc.cn.resident_id"; "custom.*" for a platform's own kinds
  std::string_view title;  // what people call it
  Family family;
  Role role;                         // default, a policy may change it
  std::string_view check;            // "ISO 7064 MOD 11-2", "Luhn", "none"
  std::string_view scope;            // "" (global), "country", "issuer", "app"
  std::string_view standard;         // the standard or authority that defines it
  std::uint16_t entropy_bits;        // rough, of a value drawn at random from those in use
  std::uint32_t good_for_days;       // how long a value usually stays with its holder; 0: for life
  std::uint32_t fanout_limit;        // more enrolled sellers than this make a value a hub
  std::uint32_t carry_limit;         // a seller with more values than this becomes a leaf
  double m;                          // P(two accounts of the same hands share a value)
  double u;                          // P(two accounts of different hands share a value)
  std::uint32_t half_life_days;      // weight halves over a gap this long; 0: never
  std::string_view example;          // a valid, invented or published specimen value
  std::string_view example_country;  // what must stand behind the @ with it, or empty
};

// All rows in name order, "custom.*" among them. Lives as long as the program.
std::span<const KindInfo> Kinds();

// Row of `kind` (without @XX), by one of its other names too ("doc.cn.resident_id_15" finds
// "doc.cn.resident_id"); any well-formed "custom.NAME" finds the row "custom.*"; nullptr for an
// unknown kind. Cost: about 20 ns.
const KindInfo* FindKind(std::string_view kind);

// The page of kinds in Markdown, a table for each family: lib/identifier/KINDS.md, which a test
// compares with it. With a prefix ("pay.", "doc.cn") only the kinds whose names begin so, without
// the page's introduction; empty if there are none.
std::string KindsMarkdown(std::string_view prefix = {});

}  // namespace revenant

#endif  // REVENANT_IDENTIFIER_H_

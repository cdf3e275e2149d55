#ifndef REVENANT_LINK_POLICY_H_
#define REVENANT_LINK_POLICY_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/identifier.h"
#include "revenant/result.h"

namespace revenant {

// Evidence is counted in thousandths of a bit (log2), in integers: the same sums everywhere.
using MilliBits = std::int64_t;

// How one kind counts.
struct KindPolicy {
  Role role = Role::kLinking;
  std::uint32_t fanout_limit = 0;    // more enrolled sellers than this make a value a hub
  std::uint32_t carry_limit = 0;     // a seller with more values than this is a leaf
  double m = 0;                      // P(same hands share a value), in (0, 1]
  double u = 0;                      // P(different hands share a value), in (0, m)
  std::uint32_t half_life_days = 0;  // 0: never fades
  MilliBits weight = 0;              // log2(m/u), rounded; derived from m and u
  // Beginnings of accounts that a payment provider shares out among its customers, country and bank
  // (and branch) without the check digits between: "DE70011110". A value that begins so is entered
  // as kind "NAME.pool", which supports and never links. Sorted; only a kind with such a row may
  // list any.
  std::vector<std::string> pools{};
  // Of a platform's own kind: "N/A", "none", "0" and the like are values as good as any.
  bool placeholders = false;
  friend bool operator==(const KindPolicy&, const KindPolicy&) = default;
};

// When timing alone is a reason to look (DESIGN.md section 5, rules 2 and 12): [velocity]. Facts of
// the registry decide, never when they were entered. An identifier that more sellers than its
// kind's fanout_limit carried before the hours in question is evidence of neither.
struct VelocityPolicy {
  // This many others that first carried a supporting identifier of the applicant's within the hours
  // up to the application are a burst. 0: off.
  std::uint32_t burst_sellers = 0;
  std::uint32_t burst_hours = 24;
  // This many linking identifiers that no seller showed before a ban, but the applicant showed
  // within the hours after it, are a fresh start, if the applicant shares a supporting identifier
  // with the banned seller. 0: off.
  std::uint32_t fresh_identifiers = 0;
  std::uint32_t fresh_hours = 48;
  bool on() const { return burst_sellers > 0 || fresh_identifiers > 0; }
  friend bool operator==(const VelocityPolicy&, const VelocityPolicy&) = default;
};

// How links are found, weighed and judged. A value type: copy it, change it, and make it a
// registry's by the event SetPolicy. Defaults are those of the table of kinds and the initialisers
// here. Threads: const members may run concurrently.
class LinkPolicy {
 public:
  // Families of which all that the same two sellers share is one proof.
  using Families = std::vector<Family>;  // sorted, each once
  static constexpr std::uint32_t kRules = 2;

  // Which rules judge (lib/linkage/README.md, "Rules of before"): 2 are today's, 1 those of before
  // fading mixed, verified came from the source, late carriers and kin. A store keeps its own until
  // another policy is set; so do certificates.
  std::uint32_t rules = kRules;
  // The defaults of rules 1, those of kinds included.
  static LinkPolicy OfBefore();

  // [link]
  std::uint32_t max_hops = 4;      // 1 to 16
  MilliBits hop_discount = 2'000;  // taken off a path's strength for each hop after the first
  MilliBits prior = -10'000;       // log2 odds before evidence: one applicant in a thousand
  std::uint32_t family_share_permille = 250;  // what a second identifier of a family counts
  std::uint32_t search_budget = 20'000;       // observations that one search may read
  // [verdict]
  MilliBits review = 0;              // log2 odds from which a person looks: evens
  MilliBits block = 7'000;           // and from which the application is refused: 128 to 1
  std::uint32_t min_redundancy = 2;  // independent proofs that kinds too weak to block alone need
  MilliBits hub_review = 2'000;  // a hub is reviewed when bans among its carriers are 4 times usual
  double hub_ban_rate = 0.03;    // p: share of all sellers that are banned (a constant)
  double hub_smoothing = 10;     // alpha: imagined carriers with the usual share
  bool document_veto = true;     // differing verified documents lower block to review
  // Rule 9: each is typed into one form or stands in one office. Sorted; no family is in two.
  std::vector<Families> count_once = {{Family::kDevice, Family::kContact, Family::kNetwork}};

  VelocityPolicy velocity{};
  // [junk]: values that identify nobody, besides the words that never do: by their kind, those of
  // every kind under "". Sorted, each once, no list empty. A value is compared in its canonical
  // form, so that spellings of one value are one; case is that of the list, all lower, all upper or
  // with a capital. They are in certificates, as all of the policy is.
  std::map<std::string, std::vector<std::string>, std::less<>> junk;

  // What holds for `kind` ("custom.NAME" falls back to "custom.*"). Unknown kinds are ignored.
  KindPolicy For(std::string_view kind) const;

  // Overrides by kind, as the file gave them; another name of a kind stands for the kind. Set()
  // derives the weight from m and u itself.
  void Set(std::string_view kind, const KindPolicy& policy);
  const std::map<std::string, KindPolicy, std::less<>>& overrides() const { return overrides_; }

  friend bool operator==(const LinkPolicy&, const LinkPolicy&) = default;

 private:
  std::map<std::string, KindPolicy, std::less<>> overrides_;
};

// Reads the TOML of CLI.md, "Policy file"; the sections of policy.h are left to
// ParseEnforcementPolicy(). `file` names the source in errors. kInvalidArgument with
// "file:line:column: ..." for a syntax error, an unknown section, key or kind, a wrong type or a
// number out of range. A file that names no `rules` means today's.
Result<LinkPolicy> ParseLinkPolicy(std::string_view toml, std::string_view file);

// The same of a text that FormatLinkPolicy() wrote, by this version or an earlier one: if it names
// no `rules`, they are those of before.
Result<LinkPolicy> ParseStoredLinkPolicy(std::string_view toml, std::string_view file);

// The same policy as TOML, every setting that its rules know written out ([velocity] only where it
// differs from the default), canonical:
// ParseStoredLinkPolicy() returns an equal policy. Under rules 1 the bytes are those of before.
std::string FormatLinkPolicy(const LinkPolicy& policy);

// Weight of a shared value: log2(m/u) rounded to thousandths of a bit.
MilliBits WeightOf(double m, double u);

}  // namespace revenant

#endif  // REVENANT_LINK_POLICY_H_

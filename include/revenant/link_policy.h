#ifndef REVENANT_LINK_POLICY_H_
#define REVENANT_LINK_POLICY_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

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
  friend bool operator==(const KindPolicy&, const KindPolicy&) = default;
};

// How links are found, weighed and judged. A value type: copy it, change it, hand it to
// Registry::SetPolicy. Defaults are those of the table of kinds and the initialisers here.
// Threads: const members may run concurrently.
class LinkPolicy {
 public:
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
  MilliBits hub_review = 3'000;  // a hub is reviewed when bans among its carriers are 8 times usual
  double hub_ban_rate = 0.01;    // p: share of all sellers that are banned (a constant)
  double hub_smoothing = 10;     // alpha: imagined carriers with the usual share
  bool document_veto = true;     // differing verified documents lower block to review

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
// number out of range.
Result<LinkPolicy> ParseLinkPolicy(std::string_view toml, std::string_view file);

// The same policy as TOML, every setting written out, canonical: parsing it gives an equal policy.
std::string FormatLinkPolicy(const LinkPolicy& policy);

// Weight of a shared value: log2(m/u) rounded to thousandths of a bit.
MilliBits WeightOf(double m, double u);

}  // namespace revenant

#endif  // REVENANT_LINK_POLICY_H_

#include "linkage/weigh.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "util/try.h"

namespace revenant {
namespace {

constexpr double kMicrosPerDay = 86'400e6;

// Two holders of one identifier, and what it weighs between them.
struct Evidence {
  const Held* from;
  const Held* to;
  MilliBits weight = 0;
  bool makes_hop = false;
  bool later = false;  // may be held against `from`
};

// How long the identifier lay between the hands of a closed account and the next ones, in days.
double GapDays(const GraphSeller& a, const Held& held_a, const GraphSeller& b, const Held& held_b) {
  if (!held_a.first.known() || !held_b.first.known()) return 0;
  const bool a_earlier = held_a.first <= held_b.first;
  const GraphSeller& earlier = a_earlier ? a : b;
  const Held& early = a_earlier ? held_a : held_b;
  const Held& late = a_earlier ? held_b : held_a;
  if (!earlier.banned || !earlier.banned_at.known()) return 0;  // still open
  const Time end = std::max(earlier.banned_at, early.last);
  return std::max(0.0, static_cast<double>(late.first.micros - end.micros) / kMicrosPerDay);
}

MilliBits Faded(MilliBits weight, double gap_days, std::uint32_t half_life_days) {
  if (half_life_days == 0 || gap_days <= 0) return weight;
  return std::llround(static_cast<double>(weight) * std::exp2(-gap_days / half_life_days));
}

// Identifiers that share a root attribute are one proof: only the strongest of them counts. In a
// family the strongest proof counts in full, the others in part.
MilliBits Sum(const std::vector<const Evidence*>& evidence, std::uint32_t family_share_permille) {
  std::vector<std::size_t> group(evidence.size());
  std::iota(group.begin(), group.end(), 0);
  const auto find = [&](std::size_t i) {
    while (group[i] != i) i = group[i] = group[group[i]];
    return i;
  };
  std::map<Fingerprint, std::size_t> by_root;
  for (std::size_t i = 0; i < evidence.size(); ++i) {
    for (const auto* roots : {&evidence[i]->from->roots, &evidence[i]->to->roots}) {
      for (const Fingerprint& root : *roots) {
        const auto [place, fresh] = by_root.emplace(root, i);
        if (!fresh) group[find(i)] = find(place->second);
      }
    }
  }
  std::map<std::size_t, const Evidence*> strongest;
  for (std::size_t i = 0; i < evidence.size(); ++i) {
    // Of equals the one whose kind comes first by name: fingerprints change with the key.
    const Evidence*& best = strongest[find(i)];
    if (best == nullptr || evidence[i]->weight > best->weight ||
        (evidence[i]->weight == best->weight &&
         evidence[i]->from->kind->name < best->from->kind->name)) {
      best = evidence[i];
    }
  }
  std::map<Family, std::vector<MilliBits>> families;
  for (const auto& [root, best] : strongest) {
    families[best->from->kind->family].push_back(best->weight);
  }
  MilliBits sum = 0;
  for (auto& [family, weights] : families) {
    std::sort(weights.begin(), weights.end(), std::greater<>());
    sum += weights.front();
    for (std::size_t i = 1; i < weights.size(); ++i) {
      sum += weights[i] * family_share_permille / 1000;
    }
  }
  return sum;
}

SharedIdentifier Describe(const Evidence& evidence) {
  SharedIdentifier shared;
  shared.kind = evidence.from->kind->name;
  shared.fingerprint = evidence.from->fingerprint;
  shared.weight = evidence.weight;
  shared.makes_hop = evidence.makes_hop;
  shared.from_is_later = evidence.later;
  shared.from = {evidence.from->first, evidence.from->last, evidence.from->sources};
  shared.to = {evidence.to->first, evidence.to->last, evidence.to->sources};
  return shared;
}

}  // namespace

MilliBits MilliLog2(double value) { return std::llround(std::log2(value) * 1000); }

Result<Hop> WeighHop(const GraphSeller& from, const GraphSeller& to, const LinkPolicy& policy,
                     const FingerprintFacts& facts, const std::vector<Fingerprint>& contested) {
  Hop hop;
  hop.from = from.name;
  hop.to = to.name;
  std::vector<Evidence> found;
  auto a = from.held.begin();
  auto b = to.held.begin();
  while (a != from.held.end() && b != to.held.end()) {
    if (a->fingerprint != b->fingerprint) {
      a->fingerprint < b->fingerprint ? ++a : ++b;
      continue;
    }
    Evidence evidence{&*a, &*b};
    const KindPolicy& kind = a->kind->policy;
    evidence.weight = Faded(kind.weight, GapDays(from, *a, to, *b), kind.half_life_days);
    if (kind.role == Role::kLinking) {
      TRY_ASSIGN(const std::optional<GraphFingerprint> state, facts(a->fingerprint));
      evidence.makes_hop = state && state->joins;
      if (state && state->hub()) {  // many share it: it says so much less
        const MilliBits spread = MilliLog2(static_cast<double>(state->enrolled));
        evidence.weight = std::max<MilliBits>(0, evidence.weight - spread);
      }
    }
    evidence.later = (a->fresh || (a->first.known() && b->first.known() && a->first > b->first)) &&
                     !std::binary_search(contested.begin(), contested.end(), a->fingerprint);
    found.push_back(evidence);
    ++a, ++b;
  }
  const auto joins = [](const Evidence& evidence) { return evidence.makes_hop; };
  if (std::none_of(found.begin(), found.end(), joins)) return hop;
  std::vector<const Evidence*> all, blaming;
  bool blame_joins = false;
  for (const Evidence& evidence : found) {
    all.push_back(&evidence);
    if (evidence.later) blaming.push_back(&evidence);
    blame_joins = blame_joins || (evidence.later && evidence.makes_hop);
  }
  hop.weight = Sum(all, policy.family_share_permille);
  hop.blame_weight = blame_joins ? Sum(blaming, policy.family_share_permille) : 0;
  // The order must not follow the fingerprints, which change with the key.
  std::stable_sort(found.begin(), found.end(), [](const Evidence& x, const Evidence& y) {
    return std::tuple(!x.makes_hop, -x.weight, x.from->kind->name) <
           std::tuple(!y.makes_hop, -y.weight, y.from->kind->name);
  });
  for (const Evidence& evidence : found) hop.shared.push_back(Describe(evidence));
  return hop;
}

bool StandsAlone(const Hop& hop, const LinkPolicy& policy) {
  return std::any_of(hop.shared.begin(), hop.shared.end(), [&](const SharedIdentifier& shared) {
    return shared.makes_hop && shared.from_is_later && policy.prior + shared.weight >= policy.block;
  });
}

bool DocumentsDiffer(const GraphSeller& a, const GraphSeller& b) {
  std::map<const GraphKind*, bool> both;  // of kinds that both carry: is a value shared?
  for (const Held& held : a.held) {
    if (!held.verified || !held.kind->one_per_person) continue;
    for (const Held& other : b.held) {
      if (!other.verified || other.kind->name != held.kind->name) continue;
      both[held.kind] |= held.fingerprint == other.fingerprint;
    }
  }
  return std::any_of(both.begin(), both.end(), [](const auto& kind) { return !kind.second; });
}

}  // namespace revenant

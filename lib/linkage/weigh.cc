#include "linkage/weigh.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <tuple>

#include "linkage/fading.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr double kMicrosPerDay = 86'400e6;
constexpr std::size_t kFamilies = static_cast<std::size_t>(Family::kCustom) + 1;

// How long the identifier lay between the ban of the earlier account and the hands of the later, in
// microseconds. Under the rules of before it also lay not while the banned one was seen with it.
std::int64_t GapMicros(const GraphSeller& a, const Held& held_a, const GraphSeller& b,
                       const Held& held_b, std::uint32_t rules) {
  if (!held_a.first.known() || !held_b.first.known()) return 0;
  const bool a_earlier = held_a.first <= held_b.first;
  const GraphSeller& earlier = a_earlier ? a : b;
  const Held& early = a_earlier ? held_a : held_b;
  const Held& late = a_earlier ? held_b : held_a;
  if (!earlier.banned || !earlier.banned_at.known()) return 0;  // still open
  const Time end = rules < 2 ? std::max(earlier.banned_at, early.last) : earlier.banned_at;
  return std::max<std::int64_t>(0, late.first.micros - end.micros);
}

// The rules of before multiplied.
MilliBits FadedBefore(const KindPolicy& kind, std::int64_t gap_micros) {
  if (kind.half_life_days == 0 || gap_micros <= 0) return kind.weight;
  const double gap_days = static_cast<double>(gap_micros) / kMicrosPerDay;
  return std::llround(static_cast<double>(kind.weight) *
                      std::exp2(-gap_days / kind.half_life_days));
}

// Identifiers that share a root attribute are one proof: assigns to each the number of its proof.
std::vector<std::size_t> ProofsOf(std::span<const SharedHeld* const> evidence) {
  std::vector<std::size_t> group(evidence.size());
  std::iota(group.begin(), group.end(), 0);
  const auto find = [&](std::size_t i) {
    while (group[i] != i) i = group[i] = group[group[i]];
    return i;
  };
  boost::container::small_vector<std::pair<Fingerprint, std::size_t>, 8> by_root;
  for (std::size_t i = 0; i < evidence.size(); ++i) {
    for (const Held* held : {evidence[i]->from, evidence[i]->to}) {
      for (const Fingerprint& root : held->roots) by_root.emplace_back(root, i);
    }
  }
  std::sort(by_root.begin(), by_root.end());
  for (std::size_t i = 1; i < by_root.size(); ++i) {
    if (by_root[i].first != by_root[i - 1].first) continue;
    group[find(by_root[i].second)] = find(by_root[i - 1].second);
  }
  for (std::size_t i = 0; i < group.size(); ++i) group[i] = find(i);
  return group;
}

// Only the strongest identifier of a proof counts. In a family the strongest proof counts in full,
// the others in part.
MilliBits Sum(std::span<const SharedHeld* const> evidence, std::uint32_t family_share_permille) {
  if (evidence.size() == 1) return evidence.front()->weight;
  const std::vector<std::size_t> proofs = ProofsOf(evidence);
  std::vector<const SharedHeld*> strongest(evidence.size());
  for (std::size_t i = 0; i < evidence.size(); ++i) {
    // Of equals the one whose kind comes first by name: fingerprints change with the key.
    const SharedHeld*& best = strongest[proofs[i]];
    if (best == nullptr || evidence[i]->weight > best->weight ||
        (evidence[i]->weight == best->weight &&
         evidence[i]->from->kind->name < best->from->kind->name)) {
      best = evidence[i];
    }
  }
  struct OfFamily {
    MilliBits full = 0, parts = 0;  // the strongest in full; all of them in part
  };
  const auto part = [&](MilliBits weight) { return weight * family_share_permille / 1000; };
  std::array<OfFamily, kFamilies> families;
  for (const SharedHeld* best : strongest) {
    if (best == nullptr) continue;
    OfFamily& family = families[static_cast<std::size_t>(best->from->kind->family)];
    family.full = std::max(family.full, best->weight);
    family.parts += part(best->weight);
  }
  MilliBits sum = 0;
  for (const OfFamily& family : families) sum += family.full + family.parts - part(family.full);
  return sum;
}

Sighting SightingOf(const Held& held) {
  return {held.first, held.last, {held.sources.begin(), held.sources.end()}};
}

// The proofs of `shared`, numbered from 1 on in its order.
std::vector<std::uint32_t> NumberedProofs(std::span<const SharedHeld> shared) {
  if (shared.size() == 1) return {1};
  std::vector<const SharedHeld*> evidence;
  for (const SharedHeld& each : shared) evidence.push_back(&each);
  const std::vector<std::size_t> proofs = ProofsOf(evidence);
  std::vector<std::uint32_t> numbers(shared.size(), 0), of_proof(shared.size(), 0);
  std::uint32_t last = 0;
  for (std::size_t i = 0; i < proofs.size(); ++i) {
    std::uint32_t& number = of_proof[proofs[i]];
    if (number == 0) number = ++last;
    numbers[i] = number;
  }
  return numbers;
}

}  // namespace

const Held* FindHeld(const GraphSeller& seller, const Fingerprint& fingerprint) {
  const auto place = std::lower_bound(
      seller.held.begin(), seller.held.end(), fingerprint,
      [](const Held& held, const Fingerprint& one) { return held.fingerprint < one; });
  return place == seller.held.end() || place->fingerprint != fingerprint ? nullptr : &*place;
}

MilliBits MilliLog2(double value) { return std::llround(std::log2(value) * 1000); }

Result<void> Weigh(const GraphSeller& from, const GraphSeller& to, const LinkPolicy& policy,
                   const FingerprintFacts& facts, std::span<const Fingerprint> contested,
                   WeighedHop& hop) {
  hop = {};
  bool joins = false;
  TRY(ForEachShared(from, to, [&](const Held& a, const Held& b) -> Result<void> {
    SharedHeld shared{&a, &b};
    const KindPolicy& kind = a.kind->policy;
    const std::int64_t gap = GapMicros(from, a, to, b, policy.rules);
    shared.weight = policy.rules < 2 ? FadedBefore(kind, gap) : Faded(kind, gap);
    if (kind.role == Role::kLinking) {
      TRY_ASSIGN(const std::optional<GraphFingerprint> state, facts(a.fingerprint));
      shared.makes_hop = state && state->joins;
      if (state && state->hub()) {  // many share it: it says so much less
        const MilliBits spread = MilliLog2(static_cast<double>(state->enrolled));
        shared.weight = std::max<MilliBits>(0, shared.weight - spread);
      }
    }
    shared.later = (a.fresh || (a.first.known() && b.first.known() && a.first > b.first)) &&
                   !std::binary_search(contested.begin(), contested.end(), a.fingerprint);
    joins = joins || shared.makes_hop;
    hop.shared.push_back(shared);
    return {};
  }));
  if (!joins) {
    hop.shared.clear();
    return {};
  }
  Few<const SharedHeld*> all, blaming;
  bool blame_joins = false;
  for (const SharedHeld& shared : hop.shared) {
    all.push_back(&shared);
    if (shared.later) blaming.push_back(&shared);
    if (!shared.later || !shared.makes_hop) continue;
    blame_joins = true;
    hop.stands = hop.stands || policy.prior + shared.weight >= policy.block;
  }
  const auto sum = [&](const Few<const SharedHeld*>& evidence) {
    return Sum({evidence.data(), evidence.size()}, policy.family_share_permille);
  };
  hop.weight = sum(all);
  const bool all_blame = blaming.size() == all.size();
  hop.blame_weight = !blame_joins ? 0 : all_blame ? hop.weight : sum(blaming);
  if (hop.shared.size() == 1) return {};
  // The order must not follow the fingerprints, which change with the key.
  std::stable_sort(
      hop.shared.begin(), hop.shared.end(), [](const SharedHeld& x, const SharedHeld& y) {
        return std::tuple(!x.makes_hop, -x.weight, std::string_view(x.from->kind->name)) <
               std::tuple(!y.makes_hop, -y.weight, std::string_view(y.from->kind->name));
      });
  return {};
}

Hop DescribeHop(const GraphSeller& from, const GraphSeller& to, const WeighedHop& hop) {
  Hop described;
  described.from = from.name;
  described.to = to.name;
  described.weight = hop.weight;
  described.blame_weight = hop.blame_weight;
  described.forbidden = hop.forbidden;
  described.shared.reserve(hop.shared.size());
  const std::vector<std::uint32_t> proofs = NumberedProofs({hop.shared.data(), hop.shared.size()});
  for (std::size_t i = 0; i < hop.shared.size(); ++i) {
    const SharedHeld& shared = hop.shared[i];
    described.shared.push_back({shared.from->kind->name, shared.from->fingerprint, shared.weight,
                                shared.makes_hop, shared.later, SightingOf(*shared.from),
                                SightingOf(*shared.to),
                                shared.kin == nullptr ? SellerName{} : *shared.kin, proofs[i]});
  }
  return described;
}

Result<Hop> WeighHop(const GraphSeller& from, const GraphSeller& to, const LinkPolicy& policy,
                     const FingerprintFacts& facts, const std::vector<Fingerprint>& contested) {
  WeighedHop hop;
  TRY(Weigh(from, to, policy, facts, contested, hop));
  return DescribeHop(from, to, hop);
}

bool StandsAlone(const Hop& hop, const LinkPolicy& policy) {
  return std::any_of(hop.shared.begin(), hop.shared.end(), [&](const SharedIdentifier& shared) {
    return shared.makes_hop && shared.from_is_later && policy.prior + shared.weight >= policy.block;
  });
}

bool DocumentsDiffer(const GraphSeller& a, const GraphSeller& b) {
  const auto proves = [](const Held& held) { return held.verified && held.kind->one_per_person; };
  std::map<std::string_view, bool> differ;  // of kinds that both carry: is no value shared?
  for (const Held& held : a.held) {
    if (proves(held)) differ.emplace(held.kind->name, false);
  }
  if (differ.empty()) return false;
  for (const Held& held : b.held) {
    const auto kind = proves(held) ? differ.find(held.kind->name) : differ.end();
    if (kind != differ.end()) kind->second = true;
  }
  const Result<void> done = ForEachShared(a, b, [&](const Held& one, const Held& other) {
    if (proves(one) && proves(other)) differ[one.kind->name] = false;
    return Result<void>();
  });
  (void)done;  // the visit cannot fail
  return std::any_of(differ.begin(), differ.end(), [](const auto& kind) { return kind.second; });
}

}  // namespace revenant

#include "linkage/constrained.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace revenant {
namespace {

// Union-find over sellers and fingerprints that knows which others each group must not meet.
class Groups {
 public:
  Groups(std::size_t count, const std::vector<std::pair<std::uint32_t, std::uint32_t>>& forbidden)
      : parent_(count), foes_(count), members_(count) {
    std::iota(parent_.begin(), parent_.end(), 0);
    for (std::uint32_t node = 0; node < count; ++node) members_[node] = {node};
    for (const auto& [a, b] : forbidden) {
      foes_[a].push_back(b);
      foes_[b].push_back(a);
    }
  }

  std::uint32_t Find(std::uint32_t node) {
    while (parent_[node] != node) node = parent_[node] = parent_[parent_[node]];
    return node;
  }

  // False: the groups hold a forbidden pair between them and stay apart.
  bool Join(std::uint32_t a, std::uint32_t b) {
    a = Find(a);
    b = Find(b);
    if (a == b) return true;
    if (foes_[a].size() > foes_[b].size()) std::swap(a, b);
    for (const std::uint32_t foe : foes_[a]) {
      if (Find(foe) == b) return false;
    }
    if (members_[a].size() > members_[b].size()) std::swap(a, b);
    for (const std::uint32_t node : members_[a]) parent_[node] = b;
    Move(members_[a], members_[b]);
    Move(foes_[a], foes_[b]);
    return true;
  }

 private:
  static void Move(std::vector<std::uint32_t>& from, std::vector<std::uint32_t>& to) {
    to.insert(to.end(), from.begin(), from.end());
    from = {};
  }
  std::vector<std::uint32_t> parent_;
  std::vector<std::vector<std::uint32_t>> foes_;     // of the group whose root this is
  std::vector<std::vector<std::uint32_t>> members_;  // likewise
};

}  // namespace

std::vector<std::uint32_t> ConstrainedParts(
    std::size_t seller_count, std::size_t fingerprint_count, std::vector<Incidence> incidences,
    const std::vector<std::pair<std::uint32_t, std::uint32_t>>& forbidden) {
  // A fingerprint is known by its carriers in (first seen, name) order, never by its digest.
  using Seen = std::pair<std::int64_t, std::uint32_t>;
  std::vector<std::vector<Seen>> carriers(fingerprint_count);
  for (const Incidence& incidence : incidences) {
    carriers[incidence.fingerprint].emplace_back(incidence.first_seen, incidence.seller);
  }
  for (auto& list : carriers) std::sort(list.begin(), list.end());
  std::sort(incidences.begin(), incidences.end(), [&](const Incidence& a, const Incidence& b) {
    return std::tie(a.kind_rank, a.first_seen, a.seller, carriers[a.fingerprint]) <
           std::tie(b.kind_rank, b.first_seen, b.seller, carriers[b.fingerprint]);
  });
  Groups groups(seller_count + fingerprint_count, forbidden);
  for (const Incidence& incidence : incidences) {
    groups.Join(incidence.seller, static_cast<std::uint32_t>(seller_count) + incidence.fingerprint);
  }
  std::vector<std::uint32_t> lowest(seller_count + fingerprint_count, UINT32_MAX);
  std::vector<std::uint32_t> parts(seller_count);
  for (std::uint32_t seller = 0; seller < seller_count; ++seller) {
    std::uint32_t& first = lowest[groups.Find(seller)];
    first = std::min(first, seller);
    parts[seller] = first;
  }
  return parts;
}

}  // namespace revenant

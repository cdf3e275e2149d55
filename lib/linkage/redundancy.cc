// Rule 9: how many proofs or go-betweens must fall before application and ban come apart.

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/edmonds_karp_max_flow.hpp>
#include <numeric>

#include "linkage/link_search.h"

namespace revenant {
namespace {

using Traits = boost::adjacency_list_traits<boost::vecS, boost::vecS, boost::directedS>;
using Flow = boost::adjacency_list<
    boost::vecS, boost::vecS, boost::directedS, boost::no_property,
    boost::property<
        boost::edge_capacity_t, int,
        boost::property<boost::edge_residual_capacity_t, int,
                        boost::property<boost::edge_reverse_t, Traits::edge_descriptor>>>>;

void AddEdge(Flow& flow, std::size_t from, std::size_t to, int capacity) {
  const auto forth = boost::add_edge(from, to, flow).first;
  const auto back = boost::add_edge(to, from, flow).first;
  boost::put(boost::edge_capacity, flow, forth, capacity);
  boost::put(boost::edge_capacity, flow, back, 0);
  boost::put(boost::edge_reverse, flow, forth, back);
  boost::put(boost::edge_reverse, flow, back, forth);
}

// Proofs: root attributes, those that share an identifier taken as one.
class Proofs {
 public:
  void Add(const Held& held) {
    for (const Fingerprint& root : held.roots) Unite(held.fingerprint, root);
  }
  std::size_t Of(const Fingerprint& fingerprint) { return Find(Index(fingerprint)); }
  std::size_t size() const { return parent_.size(); }

 private:
  std::size_t Index(const Fingerprint& fingerprint) {
    const auto [place, fresh] = index_.emplace(fingerprint, parent_.size());
    if (fresh) parent_.push_back(parent_.size());
    return place->second;
  }
  std::size_t Find(std::size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void Unite(const Fingerprint& a, const Fingerprint& b) {
    const std::size_t from = Find(Index(a)), to = Find(Index(b));
    parent_[from] = to;
  }
  std::map<Fingerprint, std::size_t> index_;
  std::vector<std::size_t> parent_;
};

// Two may hold different identifiers of one proof and share nothing, so a proof connects those who
// hold its commonest identifier; of equals the one whose kind, then whose holders, come first.
// `joined`: by seller, in one order. That may count too few proofs, never too many.
std::map<std::size_t, Fingerprint> Commonest(const std::vector<std::vector<const Held*>>& joined,
                                             Proofs& proofs) {
  struct Holders {
    std::string_view kind;
    std::vector<std::size_t> sellers;
  };
  std::map<std::size_t, std::map<Fingerprint, Holders>> by_proof;
  for (std::size_t i = 0; i < joined.size(); ++i) {
    for (const Held* held : joined[i]) {
      Holders& holders = by_proof[proofs.Of(held->fingerprint)][held->fingerprint];
      holders.kind = held->kind->name;
      holders.sellers.push_back(i);
    }
  }
  std::map<std::size_t, Fingerprint> commonest;
  for (const auto& [proof, identifiers] : by_proof) {
    const auto rank = [](const Holders& one) {
      return std::tuple(-static_cast<std::int64_t>(one.sellers.size()), one.kind, one.sellers);
    };
    const auto first = std::min_element(
        identifiers.begin(), identifiers.end(),
        [&](const auto& a, const auto& b) { return rank(a.second) < rank(b.second); });
    commonest[proof] = first->first;
  }
  return commonest;
}

}  // namespace

std::uint32_t Neighbourhood::Redundancy(std::uint32_t target, bool across) const {
  // What two carry who were found to be different people proves nothing between them.
  const bool ends_apart = forbidden_.contains({0, target});
  const auto proves = [&](const Held& held) {
    return !ends_apart || !Holds(nodes_[0].seller, held.fingerprint) ||
           !Holds(nodes_[target].seller, held.fingerprint);
  };
  Proofs proofs;
  std::vector<std::vector<const Held*>> joined(nodes_.size());
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    const GraphSeller& seller = nodes_[i].seller;
    // Nobody who was found to be another than either end vouches for a link.
    const bool held_apart = forbidden_.contains({0, i}) || forbidden_.contains({i, target});
    if (i != 0 && i != target && (!seller.passable || held_apart)) continue;
    for (const Held& held : seller.held) {
      const auto state = states_.find(held.fingerprint);
      if (state == states_.end() || !state->second || !state->second->joins) continue;
      if (!proves(held) || (!across && Refused(held.fingerprint, seller))) continue;
      joined[i].push_back(&held);
      proofs.Add(held);
    }
  }
  const std::map<std::size_t, Fingerprint> connects = Commonest(joined, proofs);
  // Every seller and every proof is a gate of width one: an entry and an exit.
  const std::size_t sellers = nodes_.size();
  const auto seller_in = [](std::size_t i) { return 2 * i; };
  const auto proof_in = [&](std::size_t proof) { return 2 * (sellers + proof); };
  const int wide = static_cast<int>(nodes_[0].seller.held.size() + 1);
  Flow flow(2 * (sellers + proofs.size()));
  std::set<std::size_t> gates;
  for (std::uint32_t i = 0; i < sellers; ++i) {
    if (joined[i].empty()) continue;
    AddEdge(flow, seller_in(i), seller_in(i) + 1, i == 0 || i == target ? wide : 1);
    for (const Held* held : joined[i]) {
      const std::size_t proof = proofs.Of(held->fingerprint);
      if (held->fingerprint != connects.at(proof)) continue;
      if (gates.insert(proof).second) AddEdge(flow, proof_in(proof), proof_in(proof) + 1, 1);
      AddEdge(flow, seller_in(i) + 1, proof_in(proof), 1);
      AddEdge(flow, proof_in(proof) + 1, seller_in(i), 1);
    }
  }
  const auto cut = boost::edmonds_karp_max_flow(flow, seller_in(0), seller_in(target) + 1);
  return static_cast<std::uint32_t>(std::max(1, cut));  // there is a path
}

}  // namespace revenant

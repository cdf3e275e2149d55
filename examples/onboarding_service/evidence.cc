#include "evidence.h"

#include <revenant/cluster_graph.h>
#include <revenant/report.h>

#include <map>
#include <set>
#include <tuple>

namespace service {

std::string EvidenceSvg(const revenant::Verdict& verdict) {
  using namespace revenant;
  // In the orders that ClusterGraph wants: sellers by name, identifiers by kind, carries by seller.
  std::map<SellerName, ClusterGraph::Seller> sellers;
  std::map<std::pair<std::string, Fingerprint>, std::set<SellerName>> values;
  std::set<std::pair<std::string, Fingerprint>> joins;
  std::map<std::tuple<SellerName, std::string, Fingerprint>, Time> carries;
  const auto add = [&](const SellerName& name) -> ClusterGraph::Seller& {
    auto& seller = sellers[name];
    seller.name = name;
    if (name == verdict.seller) seller.status = SellerStatus::kApplicant;
    return seller;
  };
  add(verdict.seller);
  for (const Link& link : verdict.links) {
    add(link.seller).banned |= link.banned;
    for (const Hop& hop : link.path) {
      add(hop.from);
      add(hop.to);
      for (const SharedIdentifier& shared : hop.shared) {
        const auto value = std::pair(shared.kind, shared.fingerprint);
        values[value].insert({hop.from, hop.to});
        if (shared.makes_hop) joins.insert(value);
        carries[{hop.from, shared.kind, shared.fingerprint}] = shared.from.first;
        carries[{hop.to, shared.kind, shared.fingerprint}] = shared.to.first;
      }
    }
  }
  ClusterGraph graph;
  std::map<SellerName, std::uint32_t> seller_places;
  std::map<std::pair<std::string, Fingerprint>, std::uint32_t> value_places;
  for (const auto& [name, seller] : sellers) {
    seller_places[name] = static_cast<std::uint32_t>(graph.sellers.size());
    graph.sellers.push_back(seller);
  }
  for (const auto& [value, carriers] : values) {
    value_places[value] = static_cast<std::uint32_t>(graph.identifiers.size());
    graph.identifiers.push_back(
        {value.first, value.second, carriers.size(), joins.contains(value)});
  }
  for (const auto& [carry, since] : carries) {
    const auto& [name, kind, fingerprint] = carry;
    graph.carries.push_back({seller_places[name], value_places[{kind, fingerprint}], since, false});
  }
  return ToSvg(graph);
}

}  // namespace service

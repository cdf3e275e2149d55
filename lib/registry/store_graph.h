#ifndef REVENANT_REGISTRY_STORE_GRAPH_H_
#define REVENANT_REGISTRY_STORE_GRAPH_H_

#include <map>
#include <memory>
#include <optional>
#include <unordered_map>

#include "linkage/link_graph.h"
#include "registry/kind_policies.h"
#include "store/view.h"

namespace revenant {

// The graph of a snapshot, read as a search asks for it. Every row is read once: the same few
// fingerprints and sellers are asked about at each step of a search.
// Threads: one at a time. Memory: the rows that one search read, which its budget bounds.
class StoreGraph final : public LinkGraph {
 public:
  StoreGraph(const View& view, const LinkPolicy& policy) : view_(view), kinds_(policy, view) {}

  Result<GraphSeller> Seller(NodeId id) override;
  Result<std::optional<GraphFingerprint>> At(const Fingerprint& fingerprint,
                                             NodeId without) override;
  Result<std::vector<NodeId>> Carriers(const Fingerprint& fingerprint, NodeId without) override;
  Result<bool> Forbidden(NodeId a, NodeId b) override;
  Result<std::vector<NodeId>> Foes(NodeId id) override;

  const GraphKind* Kind(WordId kind);
  const GraphKind* Kind(const std::string& name);
  // A row as it stands; the reference holds as long as the graph.
  Result<const std::optional<FingerprintRow>*> RowOf(const Fingerprint& fingerprint);
  // An application's attributes, as if it held them.
  std::vector<Held> HeldBy(const Enrol& application);

 private:
  // Cases of other platforms among the banned leaves that carry it.
  Result<std::uint64_t> ForeignCarriers(const Fingerprint& fingerprint, const FingerprintRow& row);
  Result<const SellerRow*> RowOf(SellerId seller);
  Result<ComponentRow> SumsOf(LabelId label);
  Result<void> ReadBan(SellerId seller, GraphSeller& node) const;

  const View& view_;
  KindPolicies kinds_;
  std::unordered_map<Fingerprint, std::optional<FingerprintRow>> fingerprints_;
  std::unordered_map<SellerId, SellerRow> sellers_;
  std::unordered_map<LabelId, ComponentRow> sums_;
  std::map<WordId, const GraphKind*> by_word_;
  std::map<std::string, std::unique_ptr<GraphKind>> graph_kinds_;
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_STORE_GRAPH_H_

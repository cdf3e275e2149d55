#ifndef REVENANT_REGISTRY_STORE_GRAPH_H_
#define REVENANT_REGISTRY_STORE_GRAPH_H_

#include <map>
#include <memory>

#include "linkage/link_graph.h"
#include "registry/kind_policies.h"
#include "store/view.h"

namespace revenant {

// The graph of a snapshot, read as a search asks for it. Threads: one at a time.
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
  // An application's attributes, as if it held them.
  std::vector<Held> HeldBy(const Enrol& application);

 private:
  Result<void> ReadBan(SellerId seller, GraphSeller& node) const;

  const View& view_;
  KindPolicies kinds_;
  std::map<WordId, const GraphKind*> by_word_;
  std::map<std::string, std::unique_ptr<GraphKind>> graph_kinds_;
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_STORE_GRAPH_H_

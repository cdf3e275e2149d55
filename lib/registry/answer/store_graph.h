#ifndef REVENANT_REGISTRY_ANSWER_STORE_GRAPH_H_
#define REVENANT_REGISTRY_ANSWER_STORE_GRAPH_H_

#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "linkage/link_graph.h"
#include "registry/state/kind_policies.h"
#include "registry/state/live.h"
#include "store/view.h"
#include "util/flat_index.h"

namespace revenant {

// One identifier that an application brings. `kind` lives as long as the question is asked.
struct Brought {
  Fingerprint root, fingerprint;
  std::string_view kind;
  bool verified = false;  // IsVerified()
};

// Does a document count as verified? By the source's word; under rules 1 by its check digits.
template <typename Item>
bool IsVerified(const Item& item, const LinkPolicy& policy) {
  return policy.rules < 2 ? item.checked : item.verified;
}

// The graph of a snapshot, read as a search asks for it. Every row is read once: the same few
// fingerprints and sellers are asked about at each step of a search.
// Threads: one at a time. Memory: the rows that one search read, which its budget bounds; kept from
// state to state (GoOn()), as is what store and policy say of words and kinds, which never changes.
class StoreGraph final : public LinkGraph {
 public:
  StoreGraph(const View& view, const LinkPolicy& policy) : view_(&view), kinds_(policy, view) {}

  // From now on it is the graph of another state of the same store, under the same policy.
  void GoOn(const View& view);

  Result<const GraphSeller*> Seller(NodeId id) override;
  Result<std::optional<GraphFingerprint>> At(const Fingerprint& fingerprint,
                                             NodeId without) override;
  Result<std::span<const NodeId>> Carriers(const Fingerprint& fingerprint, NodeId without) override;
  Result<bool> Forbidden(NodeId a, NodeId b) override;
  Result<std::vector<NodeId>> Foes(NodeId id) override;

  const GraphKind* Kind(WordId kind);
  const GraphKind* Kind(std::string_view name);
  // A row as it stands; nullptr: there is none.
  Result<const FingerprintRow*> RowOf(const Fingerprint& fingerprint);
  Result<const SellerRow*> RowOf(NodeId seller);
  // An application's attributes, as if it held them. `source` must live as long as they do.
  void HeldBy(std::span<const Brought> brought, std::string_view source, Time seen,
              std::vector<Held>& held);
  std::vector<Held> HeldBy(const Enrol& application);

 private:
  // A seller's own row, and all that it carries once a search came to it.
  struct SellerEntry {
    SellerRow row;
    GraphSeller node;  // its name from the start
    bool is_read = false;
  };
  // One identifier of one observation.
  struct Seen {
    Fingerprint fingerprint, root;
    const GraphKind* kind = nullptr;
    std::string_view source;
    Time first, last;
    bool verified = false;
  };

  Result<SellerEntry*> EntryOf(NodeId seller);
  Result<void> ReadSeller(SellerEntry& entry);
  Result<void> ReadBan(NodeId seller, GraphSeller& node) const;
  Result<ComponentRow> SumsOf(LabelId label);
  // Cases of other platforms among the banned leaves that carry it.
  Result<std::uint64_t> ForeignCarriers(const Fingerprint& fingerprint, const FingerprintRow& row);
  std::string_view TextOf(WordId word);
  // Sums up what is in seen_ by identifier.
  void SumUp(bool fresh, std::vector<Held>& held);

  const View* view_;
  KindPolicies kinds_;
  // Of the state: entries in the order in which they were asked for; those beyond will be reused.
  FlatIndex<NodeId> seller_index_;
  FlatIndex<Fingerprint> fingerprint_index_;
  std::deque<SellerEntry> sellers_;
  std::deque<std::optional<FingerprintRow>> fingerprints_;
  std::vector<std::pair<LabelId, ComponentRow>> sums_;  // those of a search are a handful
  // Of the store and the policy.
  std::unordered_map<WordId, std::string> texts_;
  std::unordered_map<WordId, const GraphKind*> by_word_;
  std::map<std::string, GraphKind, std::less<>> graph_kinds_;
  // Of the call at hand.
  std::vector<Seen> seen_;
  std::vector<const GraphSeller*> named_;
  std::vector<NodeId> carriers_;
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_ANSWER_STORE_GRAPH_H_

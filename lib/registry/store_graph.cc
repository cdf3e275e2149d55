#include "registry/store_graph.h"

#include <algorithm>

#include "registry/live.h"
#include "util/try.h"

namespace revenant {
namespace {

SellerId ToSeller(NodeId id) { return SellerId{static_cast<std::uint64_t>(id)}; }
NodeId ToNode(SellerId id) { return NodeId{static_cast<std::uint64_t>(id)}; }

void AddOnce(auto& list, const auto& value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

// Earliest known first, latest last, roots and sources each once.
void Merge(Held& held, const Shown& shown, const Fingerprint& root, const std::string& source) {
  const Time seen = shown.first;
  if (seen.known() && (!held.first.known() || seen < held.first)) held.first = seen;
  held.last = std::max(held.last, shown.last);
  AddOnce(held.roots, root);
  AddOnce(held.sources, source);
}

std::vector<Held> Sorted(std::map<Fingerprint, Held> by_fingerprint) {
  std::vector<Held> list;
  for (auto& [fingerprint, held] : by_fingerprint) {
    std::sort(held.roots.begin(), held.roots.end());
    std::sort(held.sources.begin(), held.sources.end());
    list.push_back(std::move(held));
  }
  return list;
}

}  // namespace

const GraphKind* StoreGraph::Kind(const std::string& name) {
  std::unique_ptr<GraphKind>& slot = graph_kinds_[name];
  if (!slot) {
    slot = std::make_unique<GraphKind>();
    slot->name = name;
    slot->policy = kinds_.policy().For(name);
    if (const KindInfo* info = FindKind(name)) {
      slot->family = info->family;
      // National person numbers are given once and for life; passports and the like are renewed.
      slot->one_per_person = info->family == Family::kDocument && info->good_for_days == 0 &&
                             info->role == Role::kLinking;
    }
  }
  return slot.get();
}

const GraphKind* StoreGraph::Kind(WordId kind) {
  const GraphKind*& known = by_word_[kind];
  if (known == nullptr) known = Kind(view_.Word(kind));
  return known;
}

Result<const std::optional<FingerprintRow>*> StoreGraph::RowOf(const Fingerprint& fingerprint) {
  const auto known = fingerprints_.find(fingerprint);
  if (known != fingerprints_.end()) return &known->second;
  TRY_ASSIGN(std::optional<FingerprintRow> row, view_.FingerprintState(fingerprint));
  return &fingerprints_.emplace(fingerprint, std::move(row)).first->second;
}

Result<const SellerRow*> StoreGraph::RowOf(SellerId seller) {
  const auto known = sellers_.find(seller);
  if (known != sellers_.end()) return &known->second;
  TRY_ASSIGN(SellerRow row, view_.NeedSeller(seller));
  return &sellers_.emplace(seller, std::move(row)).first->second;
}

Result<ComponentRow> StoreGraph::SumsOf(LabelId label) {
  const auto known = sums_.find(label);
  if (known != sums_.end()) return known->second;
  TRY_ASSIGN(const ComponentRow sums, view_.Component(label, 0));
  return sums_.emplace(label, sums).first->second;
}

Result<GraphSeller> StoreGraph::Seller(NodeId id) {
  const SellerId seller = ToSeller(id);
  TRY_ASSIGN(const SellerRow* found, RowOf(seller));
  const SellerRow& row = *found;
  GraphSeller node;
  node.id = id;
  node.name = view_.NameOf(row);
  node.passable = kinds_.Joins(row);
  node.has_pairs = row.pairs > 0;
  node.component = static_cast<std::uint64_t>(row.label);
  node.part = row.part;
  if (row.label != kNoLabel) {
    TRY_ASSIGN(const ComponentRow sums, SumsOf(row.label));
    node.tainted = sums.tainted();
  }
  if (row.bans > 0) TRY(ReadBan(seller, node));
  std::map<Fingerprint, Held> held;
  TRY(ForEachLive(view_, seller, [&](LiveObservation& live) -> Result<bool> {
    ++node.observations;
    for (const ObservationRow::Item& item : live.row.items) {
      const GraphKind* kind = Kind(item.kind);
      if (item.junk || kind->policy.role == Role::kIgnored) continue;
      Held& entry = held[item.fingerprint];
      entry.fingerprint = item.fingerprint;
      entry.kind = kind;
      entry.verified |= item.verified;
      Merge(entry, live.shown, live.key.root, view_.Word(live.key.source));
    }
    return true;
  }));
  node.held = Sorted(std::move(held));
  return node;
}

Result<void> StoreGraph::ReadBan(SellerId seller, GraphSeller& node) const {
  std::int64_t every_lifted = ObservationRow::kNever;
  std::vector<std::pair<CaseKey, CaseRow>> cases;
  TRY(view_.ForEachCase(seller, CaseType::kBan,
                        [&](const CaseKey& key, const CaseRow& row) -> Result<bool> {
                          if (key.every_case)
                            every_lifted = row.lifted;
                          else
                            cases.emplace_back(key, row);
                          return true;
                        }));
  for (const auto& [key, row] : cases) {  // in order of case: of equal times the first
    if (row.set <= std::max(row.lifted, every_lifted)) continue;
    if (node.banned && row.set <= node.banned_at.micros) continue;
    node.banned = true;
    node.banned_at = Time{row.set};
    node.ban_reason = row.reason;
    node.ban_case = key.case_ref;
  }
  return {};
}

Result<std::optional<GraphFingerprint>> StoreGraph::At(const Fingerprint& fingerprint,
                                                       NodeId without) {
  TRY_ASSIGN(const std::optional<FingerprintRow>* found, RowOf(fingerprint));
  if (!*found) return std::optional<GraphFingerprint>();
  std::optional<FingerprintRow> row = *found;
  if (without != kNoNode) {  // judge as if that seller did not carry it
    TRY_ASSIGN(const SellerRow* known, RowOf(ToSeller(without)));
    const SellerRow& seller = *known;
    const CarrierClass carrier_class = ClassOf(seller);
    TRY_ASSIGN(const std::uint32_t count,
               view_.CarrierCount(fingerprint, *row, carrier_class, ToSeller(without)));
    if (count > 0) {
      row->enrolled -= carrier_class == CarrierClass::kEnrolled;
      row->banned_leaves -= carrier_class == CarrierClass::kBannedLeaf;
      row->banned -= seller.bans > 0;
    }
  }
  GraphFingerprint state;
  state.kind = Kind(row->kind);
  state.joins = kinds_.Joins(*row);
  state.enrolled = row->enrolled;
  state.banned = row->banned;
  state.banned_leaves = row->banned_leaves;
  if (state.hub() && row->banned_leaves > 0) {  // what others list makes no hub speak
    TRY_ASSIGN(const std::uint64_t foreign, ForeignCarriers(fingerprint, *row));
    state.banned -= foreign;
    state.banned_leaves -= foreign;
  }
  return std::optional<GraphFingerprint>(state);
}

Result<std::uint64_t> StoreGraph::ForeignCarriers(const Fingerprint& fingerprint,
                                                  const FingerprintRow& row) {
  std::uint64_t foreign = 0;
  const auto count = [&](SellerId id) -> Result<bool> {
    TRY_ASSIGN(const SellerRow* seller, RowOf(id));
    foreign += seller->bans > 0 && IsForeignCase(view_.NameOf(*seller));
    return true;
  };
  for (const Carrier& carrier : row.inline_carriers) {
    if (carrier.carrier_class == CarrierClass::kBannedLeaf) TRY(count(carrier.seller));
  }
  if (!row.spilled()) return foreign;
  std::string leaves = FingerprintKey(fingerprint);
  leaves.push_back(static_cast<char>(CarrierClass::kBannedLeaf));
  TRY(view_.Scan(Table::kCarriers, leaves,
                 [&](std::string_view key, std::string_view) -> Result<bool> {
                   TRY_ASSIGN(const CarrierIds ids, DecodeCarrierKey(key));
                   return count(ids.seller);
                 }));
  return foreign;
}

Result<std::vector<NodeId>> StoreGraph::Carriers(const Fingerprint& fingerprint, NodeId without) {
  TRY_ASSIGN(const std::optional<FingerprintRow>* row, RowOf(fingerprint));
  std::vector<std::pair<SellerName, NodeId>> named;
  if (*row) {
    TRY(view_.ForEachCarrier(fingerprint, **row, [&](const Carrier& carrier) -> Result<bool> {
      if (carrier.carrier_class == CarrierClass::kLeaf) return false;  // classes are in order
      if (ToNode(carrier.seller) == without) return true;
      TRY_ASSIGN(const SellerRow* seller, RowOf(carrier.seller));
      named.emplace_back(view_.NameOf(*seller), ToNode(carrier.seller));
      return true;
    }));
  }
  std::sort(named.begin(), named.end());
  std::vector<NodeId> carriers;
  for (const auto& [name, id] : named) carriers.push_back(id);
  return carriers;
}

Result<bool> StoreGraph::Forbidden(NodeId a, NodeId b) {
  TRY_ASSIGN(const std::optional<PairRow> pair, view_.Pair(ToSeller(a), ToSeller(b)));
  return pair && pair->in_force();
}

Result<std::vector<NodeId>> StoreGraph::Foes(NodeId id) {
  std::vector<NodeId> foes;
  TRY(view_.ForEachPair(ToSeller(id), [&](SellerId other, const PairRow& pair) -> Result<bool> {
    if (pair.in_force()) foes.push_back(ToNode(other));
    return true;
  }));
  return foes;
}

std::vector<Held> StoreGraph::HeldBy(const Enrol& application) {
  std::map<Fingerprint, Held> held;
  const std::string& source =
      application.source.empty() ? application.seller.platform : application.source;
  for (const KeyedAttribute& attribute : application.attributes) {
    for (const KeyedIdentifier& identifier : attribute.identifiers) {
      const GraphKind* kind = Kind(identifier.kind);
      if (identifier.junk || kind->policy.role == Role::kIgnored) continue;
      Held& entry = held[identifier.fingerprint];
      entry.fingerprint = identifier.fingerprint;
      entry.kind = kind;
      entry.verified |= identifier.verified;
      entry.fresh = true;
      Merge(entry, {true, application.seen, application.seen}, attribute.root, source);
    }
  }
  return Sorted(std::move(held));
}

}  // namespace revenant

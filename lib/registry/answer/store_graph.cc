#include "registry/answer/store_graph.h"

#include <algorithm>
#include <tuple>

#include "registry/state/late.h"
#include "util/try.h"

namespace revenant {
namespace {

SellerId ToSeller(NodeId id) { return SellerId{static_cast<std::uint64_t>(id)}; }
NodeId ToNode(SellerId id) { return NodeId{static_cast<std::uint64_t>(id)}; }

void AddOnce(auto& list, const auto& value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

void Sort(auto& list) {
  if (list.size() > 1) std::sort(list.begin(), list.end());
}

// An entry for `key` in a pool whose used part `index` counts: new, or as it was left.
auto& NextOf(auto& pool, std::size_t used) {
  return used < pool.size() ? pool[used] : pool.emplace_back();
}

}  // namespace

void StoreGraph::GoOn(const View& view) {
  view_ = &view;
  kinds_.GoOn(view);
  seller_index_.Clear();
  fingerprint_index_.Clear();
  sums_.clear();
}

// --- Words and kinds ---

std::string_view StoreGraph::TextOf(WordId word) {
  const auto known = texts_.find(word);
  if (known != texts_.end()) return known->second;
  return texts_.emplace(word, view_->Word(word)).first->second;
}

const GraphKind* StoreGraph::Kind(std::string_view name) {
  const auto known = graph_kinds_.find(name);
  if (known != graph_kinds_.end()) return &known->second;
  GraphKind& kind = graph_kinds_[std::string(name)];
  kind.name = name;
  kind.policy = kinds_.policy().For(name);
  if (const KindInfo* info = FindKind(name)) {
    kind.family = info->family;
    // National person numbers are given once and for life; passports and the like are renewed.
    kind.one_per_person = info->family == Family::kDocument && info->good_for_days == 0 &&
                          info->role == Role::kLinking;
  }
  return &kind;
}

const GraphKind* StoreGraph::Kind(WordId kind) {
  const GraphKind*& known = by_word_[kind];
  if (known == nullptr) known = Kind(TextOf(kind));
  return known;
}

// --- Rows ---

Result<const FingerprintRow*> StoreGraph::RowOf(const Fingerprint& fingerprint) {
  const std::uint32_t* known = fingerprint_index_.Find(fingerprint);
  if (known == nullptr) {
    const std::size_t used = fingerprint_index_.size();
    std::optional<FingerprintRow>& fresh = NextOf(fingerprints_, used);
    TRY_ASSIGN(fresh, view_->FingerprintState(fingerprint));
    fingerprint_index_.Emplace(fingerprint, static_cast<std::uint32_t>(used));
    known = fingerprint_index_.Find(fingerprint);
  }
  const std::optional<FingerprintRow>& row = fingerprints_[*known];
  return row ? &*row : nullptr;
}

Result<StoreGraph::SellerEntry*> StoreGraph::EntryOf(NodeId seller) {
  if (const std::uint32_t* known = seller_index_.Find(seller)) return &sellers_[*known];
  const std::size_t used = seller_index_.size();
  SellerEntry& entry = NextOf(sellers_, used);
  TRY_ASSIGN(entry.row, view_->NeedSeller(ToSeller(seller)));
  entry.is_read = false;
  entry.node.id = seller;
  entry.node.name.platform = TextOf(entry.row.platform);
  entry.node.name.external_id = entry.row.external_id;
  seller_index_.Emplace(seller, static_cast<std::uint32_t>(used));
  return &entry;
}

Result<const SellerRow*> StoreGraph::RowOf(NodeId seller) {
  TRY_ASSIGN(const SellerEntry* entry, EntryOf(seller));
  return &entry->row;
}

Result<ComponentRow> StoreGraph::SumsOf(LabelId label) {
  for (const auto& [known, sums] : sums_) {
    if (known == label) return sums;
  }
  TRY_ASSIGN(const ComponentRow sums, view_->Component(label, 0));
  sums_.emplace_back(label, sums);
  return sums;
}

// --- Sellers ---

Result<const GraphSeller*> StoreGraph::Seller(NodeId id) {
  TRY_ASSIGN(SellerEntry * entry, EntryOf(id));
  if (!entry->is_read) TRY(ReadSeller(*entry));
  entry->is_read = true;
  return &entry->node;
}

Result<void> StoreGraph::ReadSeller(SellerEntry& entry) {
  const SellerRow& row = entry.row;
  GraphSeller& node = entry.node;
  node.passable = kinds_.Joins(row);
  node.has_pairs = row.pairs > 0;
  node.component = static_cast<std::uint64_t>(row.label);
  node.part = row.part;
  node.tainted = true;
  if (row.label != kNoLabel) {
    TRY_ASSIGN(const ComponentRow sums, SumsOf(row.label));
    node.tainted = sums.tainted();
  }
  node.banned = false;
  node.banned_at = {};
  node.ban_reason.clear();
  node.ban_case.clear();
  if (row.bans > 0) TRY(ReadBan(node.id, node));
  node.observations = 0;
  seen_.clear();
  TRY(ForEachLive(*view_, ToSeller(node.id), [&](LiveObservation& live) -> Result<bool> {
    ++node.observations;
    const std::string_view source = TextOf(live.key.source);
    for (const ObservationRow::Item& item : live.row.items) {
      const GraphKind* kind = Kind(item.kind);
      if (item.junk || kind->policy.role == Role::kIgnored) continue;
      seen_.push_back({item.fingerprint, live.key.root, kind, source, live.shown.first,
                       live.shown.last, IsVerified(item, kinds_.policy())});
    }
    return true;
  }));
  SumUp(false, node.held);
  return {};
}

// Earliest known first, latest last, roots and sources each once.
void StoreGraph::SumUp(bool fresh, std::vector<Held>& held) {
  const auto before = [](const Seen& a, const Seen& b) { return a.fingerprint < b.fingerprint; };
  if (!std::is_sorted(seen_.begin(), seen_.end(), before)) {
    std::sort(seen_.begin(), seen_.end(), before);
  }
  held.clear();
  held.reserve(seen_.size());
  for (const Seen& seen : seen_) {
    if (held.empty() || held.back().fingerprint != seen.fingerprint) {
      Held& next = held.emplace_back();
      next.fingerprint = seen.fingerprint;
      next.kind = seen.kind;
      next.fresh = fresh;
    }
    Held& sum = held.back();
    sum.verified |= seen.verified;
    if (seen.first.known() && (!sum.first.known() || seen.first < sum.first)) {
      sum.first = seen.first;
    }
    sum.last = std::max(sum.last, seen.last);
    AddOnce(sum.roots, seen.root);
    AddOnce(sum.sources, seen.source);
  }
  for (Held& each : held) {
    Sort(each.roots);
    Sort(each.sources);
  }
}

Result<void> StoreGraph::ReadBan(NodeId seller, GraphSeller& node) const {
  std::int64_t every_lifted = ObservationRow::kNever;
  std::vector<std::pair<CaseKey, CaseRow>> cases;
  TRY(view_->ForEachCase(ToSeller(seller), CaseType::kBan,
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

// --- Fingerprints ---

Result<std::optional<GraphFingerprint>> StoreGraph::At(const Fingerprint& fingerprint,
                                                       NodeId without) {
  TRY_ASSIGN(const FingerprintRow* row, RowOf(fingerprint));
  if (row == nullptr) return std::optional<GraphFingerprint>();
  GraphFingerprint state;
  state.kind = Kind(row->kind);
  state.enrolled = row->enrolled;
  state.banned = row->banned;
  state.banned_leaves = row->banned_leaves;
  state.late = row->late;
  if (without != kNoNode) {  // judge as if that seller did not carry it
    TRY_ASSIGN(const SellerRow* seller, RowOf(without));
    const CarrierClass carrier_class = ClassOf(*seller);
    TRY_ASSIGN(const std::uint32_t count,
               view_->CarrierCount(fingerprint, *row, carrier_class, ToSeller(without)));
    if (count > 0) {
      state.enrolled -= carrier_class == CarrierClass::kEnrolled;
      state.banned_leaves -= carrier_class == CarrierClass::kBannedLeaf;
      state.banned -= seller->bans > 0;
      // Its ban may have been the first; and if it was not late itself, it made up the number.
      TRY_ASSIGN(state.late, LateCarriers(*view_, kinds_, fingerprint, *row, state.enrolled,
                                          ToSeller(without)));
    }
  }
  state.joins = state.kind->policy.role == Role::kLinking &&
                state.enrolled - state.late <= state.kind->policy.fanout_limit;
  if (state.hub() && state.banned_leaves > 0) {  // what others list makes no hub speak
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
    TRY_ASSIGN(const SellerEntry* seller, EntryOf(ToNode(id)));
    foreign += seller->row.bans > 0 && IsForeignCase(seller->node.name);
    return true;
  };
  for (const Carrier& carrier : row.inline_carriers) {
    if (carrier.carrier_class == CarrierClass::kBannedLeaf) TRY(count(carrier.seller));
  }
  if (!row.spilled()) return foreign;
  std::string leaves = FingerprintKey(fingerprint);
  leaves.push_back(static_cast<char>(CarrierClass::kBannedLeaf));
  TRY(view_->Scan(Table::kCarriers, leaves,
                  [&](std::string_view key, std::string_view) -> Result<bool> {
                    TRY_ASSIGN(const CarrierIds ids, DecodeCarrierKey(key));
                    return count(ids.seller);
                  }));
  return foreign;
}

Result<std::span<const NodeId>> StoreGraph::Carriers(const Fingerprint& fingerprint,
                                                     NodeId without) {
  carriers_.clear();
  named_.clear();
  TRY_ASSIGN(const FingerprintRow* row, RowOf(fingerprint));
  if (row == nullptr) return std::span<const NodeId>();
  TRY(view_->ForEachCarrier(fingerprint, *row, [&](const Carrier& carrier) -> Result<bool> {
    if (carrier.carrier_class == CarrierClass::kLeaf) return false;  // classes are in order
    if (ToNode(carrier.seller) == without) return true;
    TRY_ASSIGN(const SellerEntry* seller, EntryOf(ToNode(carrier.seller)));
    named_.push_back(&seller->node);
    return true;
  }));
  std::sort(named_.begin(), named_.end(), [](const GraphSeller* a, const GraphSeller* b) {
    return std::tie(a->name, a->id) < std::tie(b->name, b->id);
  });
  for (const GraphSeller* seller : named_) carriers_.push_back(seller->id);
  return std::span<const NodeId>(carriers_);
}

Result<bool> StoreGraph::Forbidden(NodeId a, NodeId b) {
  TRY_ASSIGN(const std::optional<PairRow> pair, view_->Pair(ToSeller(a), ToSeller(b)));
  return pair && pair->in_force();
}

Result<std::vector<NodeId>> StoreGraph::Foes(NodeId id) {
  std::vector<NodeId> foes;
  TRY(view_->ForEachPair(ToSeller(id), [&](SellerId other, const PairRow& pair) -> Result<bool> {
    if (pair.in_force()) foes.push_back(ToNode(other));
    return true;
  }));
  return foes;
}

// --- Applications ---

void StoreGraph::HeldBy(std::span<const Brought> brought, std::string_view source, Time seen,
                        std::vector<Held>& held) {
  seen_.clear();
  for (const Brought& item : brought) {
    const GraphKind* kind = Kind(item.kind);
    if (kind->policy.role == Role::kIgnored) continue;
    seen_.push_back({item.fingerprint, item.root, kind, source, seen, seen, item.verified});
  }
  SumUp(true, held);
}

std::vector<Held> StoreGraph::HeldBy(const Enrol& application) {
  std::vector<Brought> brought;
  for (const KeyedAttribute& attribute : application.attributes) {
    for (const KeyedIdentifier& identifier : attribute.identifiers) {
      if (identifier.junk) continue;
      brought.push_back({attribute.root, identifier.fingerprint, identifier.kind,
                         IsVerified(identifier, kinds_.policy())});
    }
  }
  std::vector<Held> held;
  HeldBy(brought, application.source.empty() ? application.seller.platform : application.source,
         application.seen, held);
  return held;
}

}  // namespace revenant

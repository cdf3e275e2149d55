#include "registry/derive/rebuild.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "linkage/constrained.h"
#include "registry/state/kind_policies.h"
#include "registry/state/late.h"
#include "registry/state/live.h"
#include "registry/state/meta_rows.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

// One seller carrying one fingerprint that joins.
struct Joint {
  std::size_t seller = 0;  // index into Derived::sellers
  Fingerprint fingerprint;
  WordId kind{};
  Time first;
};

class Deriver {
 public:
  Deriver(const View& view, const LinkPolicy& policy) : view_(view), kinds_(policy, view) {}

  Result<Derived> Run() {
    derived_.dated = LeavesOutLate(kinds_.policy());
    TRY(ReadSellers());
    TRY(ReadCases());
    TRY(ReadPairs());
    TRY(ReadObservations());
    FinishFingerprints();
    JoinComponents();
    DivideComponents();
    SumComponents();
    return std::move(derived_);
  }

 private:
  Result<void> ReadSellers();
  Result<void> ReadCases();
  Result<void> ReadPairs();
  Result<void> ReadObservations();
  void Observe(const ObservationRow& row, const Shown& shown);
  void EndSeller();
  void FinishFingerprints();
  std::uint64_t LateAmong(const Derived::Carriers& entry) const;
  void JoinComponents();
  void DivideComponents();
  void Divide(LabelId label, std::vector<std::size_t> members);
  void SumComponents();

  std::size_t Find(std::size_t node) {
    while (parent_[node] != node) node = parent_[node] = parent_[parent_[node]];
    return node;
  }
  SellerRow& RowOf(std::size_t index) { return derived_.sellers[index].row; }

  const View& view_;
  KindPolicies kinds_;
  Derived derived_;
  std::unordered_map<SellerId, std::size_t> index_;
  std::vector<std::pair<std::size_t, std::size_t>> pairs_;  // in force, each once
  std::vector<std::int64_t> first_bans_;                    // by seller; kNever: none that counts
  struct Carry {
    WordId kind{};
    std::uint32_t observations = 0;
    Time first;
  };
  std::size_t current_ = SIZE_MAX;         // seller whose observations are being read
  std::map<Fingerprint, Carry> carrying_;  // of that seller
  std::vector<Joint> joints_;              // all, joining or not, by seller
  std::vector<std::size_t> parent_;
};

Result<void> Deriver::ReadSellers() {
  TRY(view_.Scan(Table::kSellers, "",
                 [&](std::string_view key, std::string_view value) -> Result<bool> {
                   TRY_ASSIGN(const SellerId id, DecodeSellerKey(key));
                   TRY_ASSIGN(SellerRow row, DecodeSellerRow(value));
                   row.label = kNoLabel;
                   row.part = row.bans = row.infringements = row.pairs = 0;
                   row.carries.clear();
                   derived_.counts.sellers += row.status != SellerStatus::kMentioned;
                   index_.emplace(id, derived_.sellers.size());
                   derived_.sellers.push_back({id, std::move(row)});
                   return true;
                 }));
  return {};
}

Result<void> Deriver::ReadCases() {
  std::map<SellerId, std::int64_t> every_lifted;
  std::vector<std::pair<CaseKey, CaseRow>> cases;
  TRY(view_.Scan(Table::kCases, "",
                 [&](std::string_view key_bytes, std::string_view value) -> Result<bool> {
                   TRY_ASSIGN(CaseKey key, DecodeCaseKey(key_bytes));
                   TRY_ASSIGN(CaseRow row, DecodeCaseRow(value));
                   if (key.every_case) {
                     every_lifted[key.seller] = row.lifted;
                   } else {
                     cases.emplace_back(std::move(key), std::move(row));
                   }
                   return true;
                 }));
  first_bans_.assign(derived_.sellers.size(), ObservationRow::kNever);
  for (const auto& [key, row] : cases) {
    const auto seller = index_.find(key.seller);
    if (seller == index_.end()) continue;
    SellerRow& counts = RowOf(seller->second);
    if (key.type == CaseType::kInfringement) {
      counts.infringements += row.in_force();
      continue;
    }
    if (key.type != CaseType::kBan) continue;  // on file, and nothing derives from it
    const auto lifted = every_lifted.find(key.seller);
    const bool all_lifted = lifted != every_lifted.end() && row.set <= lifted->second;
    if (!row.in_force() || all_lifted) continue;
    ++counts.bans;
    std::int64_t& first = first_bans_[seller->second];
    if (first == ObservationRow::kNever || row.set < first) first = row.set;
  }
  for (std::size_t i = 0; i < derived_.sellers.size(); ++i) {
    const SellerRow& row = RowOf(i);
    const bool foreign = IsForeignCase(view_.NameOf(row));
    derived_.counts.banned += row.bans > 0 && !foreign;
    if (foreign) first_bans_[i] = ObservationRow::kNever;
  }
  return {};
}

Result<void> Deriver::ReadPairs() {
  return view_.Scan(Table::kPairs, "",
                    [&](std::string_view key, std::string_view value) -> Result<bool> {
                      TRY_ASSIGN(const PairIds ids, DecodePairKey(key));
                      TRY_ASSIGN(const PairRow row, DecodePairRow(value));
                      const auto a = index_.find(ids.a), b = index_.find(ids.b);
                      if (!row.in_force() || a == index_.end() || b == index_.end()) return true;
                      ++RowOf(a->second).pairs;
                      if (ids.a < ids.b) pairs_.emplace_back(a->second, b->second);
                      return true;
                    });
}

Result<void> Deriver::ReadObservations() {
  Fingerprint root;
  std::int64_t every_source = ObservationRow::kNever;
  TRY(view_.ForEachObservation(
      [&](const ObservationKey& key, const ObservationRow& row) -> Result<bool> {
        const auto seller = index_.find(key.seller);
        if (seller == index_.end()) return true;  // fsck names such rows
        if (seller->second != current_) EndSeller();
        if (seller->second != current_ || key.root != root) every_source = ObservationRow::kNever;
        current_ = seller->second;
        root = key.root;
        if (key.source == kEverySource) {
          every_source = row.through;
        } else {
          Observe(row, Show(row, every_source));
        }
        return true;
      }));
  EndSeller();
  return {};
}

void Deriver::Observe(const ObservationRow& row, const Shown& shown) {
  if (!shown.live) return;
  ++derived_.counts.observations;
  for (const ObservationRow::Item& item : row.items) {
    if (item.junk) continue;
    Carry& carry =
        carrying_.emplace(item.fingerprint, Carry{item.kind, 0, shown.first}).first->second;
    ++carry.observations;
    if (SortableTime(shown.first) < SortableTime(carry.first)) carry.first = shown.first;
  }
}

void Deriver::EndSeller() {
  if (current_ == SIZE_MAX) return;
  SellerRow& row = RowOf(current_);
  std::map<WordId, std::uint32_t> by_kind;
  for (const auto& [fingerprint, carry] : carrying_) {
    ++by_kind[carry.kind];
    Derived::Carriers& entry = derived_.fingerprints[fingerprint];
    entry.row.kind = carry.kind;
    entry.carriers.push_back({{ClassOf(row), derived_.sellers[current_].id, carry.observations},
                              carry.first.micros,
                              first_bans_[current_]});
    entry.row.banned += row.bans > 0;
    joints_.push_back({current_, fingerprint, carry.kind, carry.first});
  }
  for (const auto& [kind, count] : by_kind) row.carries.push_back({kind, count});
  carrying_.clear();
}

// Rule 10, in one pass over all carriers.
std::uint64_t Deriver::LateAmong(const Derived::Carriers& entry) const {
  if (!derived_.dated || !kinds_.Linking(entry.row.kind)) return 0;
  std::int64_t ban = ObservationRow::kNever;
  for (const Derived::Carriers::One& one : entry.carriers) {
    if (one.ban == ObservationRow::kNever) continue;
    if (ban == ObservationRow::kNever || one.ban < ban) ban = one.ban;
  }
  if (ban == ObservationRow::kNever) return 0;
  std::uint64_t late = 0;
  for (const Derived::Carriers::One& one : entry.carriers) {
    late += one.carrier.carrier_class == CarrierClass::kEnrolled && one.first > ban;
  }
  const std::uint64_t limit = kinds_.Of(entry.row.kind).fanout_limit;
  return entry.row.enrolled > limit && entry.row.enrolled - late <= limit ? late : 0;
}

void Deriver::FinishFingerprints() {
  for (auto& [fingerprint, entry] : derived_.fingerprints) {
    std::sort(entry.carriers.begin(), entry.carriers.end());
    FingerprintRow& row = entry.row;
    row.carriers = entry.carriers.size();
    for (const Derived::Carriers::One& one : entry.carriers) {
      row.enrolled += one.carrier.carrier_class == CarrierClass::kEnrolled;
      row.banned_leaves += one.carrier.carrier_class == CarrierClass::kBannedLeaf;
      if (!row.spilled()) row.inline_carriers.push_back(one.carrier);
    }
    row.late = LateAmong(entry);
    derived_.counts.hubs += kinds_.Linking(row.kind) && kinds_.IsHub(row);
  }
  derived_.counts.fingerprints = static_cast<std::int64_t>(derived_.fingerprints.size());
  std::erase_if(joints_, [&](const Joint& joint) {
    return !kinds_.Joins(RowOf(joint.seller)) ||
           !kinds_.Joins(derived_.fingerprints.at(joint.fingerprint).row);
  });
}

void Deriver::JoinComponents() {
  parent_.resize(derived_.sellers.size());
  std::iota(parent_.begin(), parent_.end(), 0);
  std::map<Fingerprint, std::size_t> first_carrier;
  std::vector<std::size_t> size(parent_.size(), 1);
  for (const Joint& joint : joints_) {
    const auto place = first_carrier.emplace(joint.fingerprint, joint.seller).first;
    std::size_t a = Find(place->second), b = Find(joint.seller);
    if (a == b) continue;
    if (size[a] < size[b]) std::swap(a, b);
    parent_[b] = a;
    size[a] += size[b];
  }
  std::map<std::size_t, LabelId> labels;  // by root
  for (std::size_t i = 0; i < parent_.size(); ++i) {
    const std::size_t root = Find(i);
    if (size[root] == 1) continue;
    RowOf(i).label = labels.emplace(root, LabelId{labels.size() + 1}).first->second;
  }
}

void Deriver::DivideComponents() {
  std::map<LabelId, std::vector<std::size_t>> constrained;
  for (const auto& [a, b] : pairs_) {
    const LabelId label = RowOf(a).label;
    if (label == kNoLabel || label != RowOf(b).label) continue;
    constrained[label];
    ++derived_.components[{label, 0}].pairs;
  }
  if (constrained.empty()) return;
  for (std::size_t i = 0; i < derived_.sellers.size(); ++i) {
    const auto place = constrained.find(RowOf(i).label);
    if (place != constrained.end()) place->second.push_back(i);
  }
  for (auto& [label, members] : constrained) Divide(label, std::move(members));
}

void Deriver::Divide(LabelId label, std::vector<std::size_t> members) {
  std::map<SellerName, std::size_t> by_name;
  for (const std::size_t member : members) by_name.emplace(view_.NameOf(RowOf(member)), member);
  std::unordered_map<std::size_t, std::uint32_t> numbers;
  std::vector<std::size_t> ordered;
  for (const auto& [name, member] : by_name) {
    numbers.emplace(member, static_cast<std::uint32_t>(ordered.size()));
    ordered.push_back(member);
  }
  std::vector<Incidence> incidences;
  std::map<Fingerprint, std::uint32_t> fingerprints;
  std::map<std::pair<MilliBits, std::string>, std::uint32_t> ranks;
  const auto place_of = [&](WordId kind) {
    return std::pair(-kinds_.Of(kind).weight, view_.Word(kind));
  };
  for (const Joint& joint : joints_) {
    if (numbers.contains(joint.seller)) ranks[place_of(joint.kind)];
  }
  std::uint32_t next = 0;
  for (auto& [place, rank] : ranks) rank = next++;
  for (const Joint& joint : joints_) {
    const auto number = numbers.find(joint.seller);
    if (number == numbers.end()) continue;
    const auto place =
        fingerprints.emplace(joint.fingerprint, static_cast<std::uint32_t>(fingerprints.size()))
            .first;
    incidences.push_back(
        {number->second, place->second, ranks.at(place_of(joint.kind)), SortableTime(joint.first)});
  }
  std::vector<std::pair<std::uint32_t, std::uint32_t>> forbidden;
  for (const auto& [a, b] : pairs_) {
    if (numbers.contains(a) && numbers.contains(b)) {
      forbidden.emplace_back(numbers.at(a), numbers.at(b));
    }
  }
  const std::vector<std::uint32_t> parts =
      ConstrainedParts(ordered.size(), fingerprints.size(), std::move(incidences), forbidden);
  std::map<std::uint32_t, std::uint32_t> part_numbers;
  for (std::uint32_t i = 0; i < parts.size(); ++i) {
    RowOf(ordered[i]).part =
        part_numbers.emplace(parts[i], static_cast<std::uint32_t>(part_numbers.size() + 1))
            .first->second;
  }
  derived_.components[{label, 0}].parts = static_cast<std::uint32_t>(part_numbers.size());
}

void Deriver::SumComponents() {
  for (const Derived::Seller& seller : derived_.sellers) {
    const SellerRow& row = seller.row;
    if (row.label == kNoLabel) continue;
    const auto add = [&](std::uint32_t part) {
      ComponentRow& sums = derived_.components[{row.label, part}];
      sums.size += 1;
      sums.banned += row.bans > 0;
      sums.infringements += row.infringements;
    };
    add(0);
    if (row.part != 0) add(row.part);
  }
  std::map<Fingerprint, LabelId> held_by;
  for (const Joint& joint : joints_) {
    if (RowOf(joint.seller).label != kNoLabel) {
      held_by.emplace(joint.fingerprint, RowOf(joint.seller).label);
    }
  }
  for (const auto& [fingerprint, label] : held_by) {
    derived_.components[{label, 0}].leaf_bans += derived_.fingerprints.at(fingerprint).row.banned;
  }
}

}  // namespace

Result<Derived> Derive(const View& view, const LinkPolicy& policy) {
  return Deriver(view, policy).Run();
}

void EmitCarriers(const Fingerprint& fingerprint, const Derived::Carriers& entry, bool dated,
                  const std::function<void(Table, std::string, std::string)>& emit) {
  if (!entry.row.spilled()) return;
  for (const Derived::Carriers::One& one : entry.carriers) {
    const Carrier& carrier = one.carrier;
    CarrierRow row{carrier.observations};
    if (dated) row.first = one.first;
    emit(Table::kCarriers, CarrierKey(fingerprint, carrier.carrier_class, carrier.seller),
         Encode(row));
    if (!dated) continue;
    if (carrier.carrier_class == CarrierClass::kEnrolled) {
      emit(Table::kDated, DatedKey(fingerprint, Dated::kFirst, one.first, carrier.seller), "");
    }
    if (one.ban != ObservationRow::kNever) {
      emit(Table::kDated, DatedKey(fingerprint, Dated::kBan, one.ban, carrier.seller), "");
    }
  }
}

Result<void> WriteDerived(Batch& batch, const Derived& derived) {
  for (const Table table : {Table::kFingerprints, Table::kCarriers, Table::kDated,
                            Table::kComponents, Table::kMembers}) {
    std::vector<std::string> keys;
    TRY(batch.Scan(table, "", [&](std::string_view key, std::string_view) -> Result<bool> {
      keys.emplace_back(key);
      return true;
    }));
    for (const std::string& key : keys) batch.Delete(table, key);
  }
  for (const Derived::Seller& seller : derived.sellers) {
    const SellerRow& row = seller.row;
    batch.PutSeller(seller.id, row);
    if (row.label != kNoLabel) {
      batch.Put(
          Table::kMembers,
          MemberKey(row.label, row.part, row.since, batch.Word(row.platform), row.external_id),
          EncodeNumber(static_cast<std::uint64_t>(seller.id)));
    }
    if (row.part != 0 && row.pairs > 0) {
      batch.Put(Table::kMembers, NamedKey(row.label, row.part, seller.id),
                EncodeNumber(static_cast<std::uint64_t>(seller.id)));
    }
  }
  for (const auto& [fingerprint, entry] : derived.fingerprints) {
    batch.Put(Table::kFingerprints, FingerprintKey(fingerprint), Encode(entry.row));
    EmitCarriers(fingerprint, entry, derived.dated,
                 [&](Table table, const std::string& key, const std::string& value) {
                   batch.Put(table, key, value);
                 });
  }
  std::uint64_t last_label = 0;
  for (const auto& [place, row] : derived.components) {
    batch.PutComponent(place.first, place.second, row);
    last_label = std::max(last_label, static_cast<std::uint64_t>(place.first));
  }
  batch.Put(Table::kMeta, kLabelCounter, EncodeNumber(last_label));
  return {};
}

}  // namespace revenant

#include "registry/derive/stored_parts.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "util/try.h"

namespace revenant {
namespace {

NodeId NodeOf(SellerId seller) { return NodeId{static_cast<std::uint64_t>(seller)}; }
SellerId SellerOf(NodeId node) { return SellerId{static_cast<std::uint64_t>(node)}; }

// Any order will do in which equal joins are next to each other.
bool ById(const Join& a, const Join& b) {
  if (std::tie(a.a, a.b) != std::tie(b.a, b.b)) return std::tie(a.a, a.b) < std::tie(b.a, b.b);
  return Compare(a.key, b.key) < 0;
}

}  // namespace

Result<bool> Partition::StoredParts::KnowsFindings() const {
  bool any = false;
  std::string prefix = NamedPrefix(label_, 0);
  prefix.resize(sizeof(std::uint64_t));  // whatever the part
  TRY(batch_.Scan(Table::kMembers, prefix, [&](std::string_view, std::string_view) -> Result<bool> {
    any = true;
    return false;
  }));
  return any;
}

Result<const SellerName*> Partition::StoredParts::NameOf(SellerId seller) {
  const auto known = names_.find(seller);
  if (known != names_.end()) return &known->second;
  TRY_ASSIGN(const SellerRow row, batch_.NeedSeller(seller));
  return &names_.emplace(seller, batch_.NameOf(row)).first->second;
}

const JoinRank* Partition::StoredParts::RankOf(WordId kind) {
  const auto known = ranks_.find(kind);
  if (known != ranks_.end()) return &known->second;
  return &ranks_.emplace(kind, JoinRank{kinds_.Of(kind).weight, batch_.Word(kind)}).first->second;
}

Result<const FirstSightings*> Partition::StoredParts::SightingsOf(SellerId seller) {
  const auto known = sightings_.find(seller);
  if (known != sightings_.end()) return &known->second;
  TRY_ASSIGN(FirstSightings sightings, FirstSightingsOf(batch_, seller));
  return &sightings_.emplace(seller, std::move(sightings)).first->second;
}

Result<std::vector<Partition::StoredParts::Carried>> Partition::StoredParts::CarriersOf(
    const Fingerprint& fingerprint, const FingerprintRow& row) {
  std::vector<SellerId> sellers;
  TRY(batch_.ForEachCarrier(fingerprint, row, [&](const Carrier& carrier) -> Result<bool> {
    if (carrier.carrier_class != CarrierClass::kEnrolled) return false;
    sellers.push_back(carrier.seller);
    return true;
  }));
  std::vector<Carried> carriers;
  for (const SellerId seller : sellers) {
    TRY_ASSIGN(const SellerRow own, batch_.NeedSeller(seller));
    if (!kinds_.Joins(own)) continue;
    TRY_ASSIGN(const FirstSightings* sightings, SightingsOf(seller));
    const auto seen = sightings->find(fingerprint);
    if (seen == sightings->end()) continue;
    carriers.push_back({seller, SortableTime(seen->second.first)});
  }
  return carriers;
}

Result<std::vector<Join>> Partition::StoredParts::JoinsThrough(
    WordId kind, const std::vector<Carried>& carriers) {
  std::vector<Join> joins;
  if (carriers.size() < 2) return joins;
  struct Named {
    std::int64_t first = 0;
    const SellerName* name = nullptr;
    SellerId seller{};
  };
  std::vector<Named> named;
  for (const Carried& carrier : carriers) {
    TRY_ASSIGN(const SellerName* name, NameOf(carrier.seller));
    named.push_back({carrier.first, name, carrier.seller});
  }
  const auto earlier = [](const Named& a, const Named& b) {
    return std::tie(a.first, *a.name) < std::tie(b.first, *b.name);
  };
  const Named centre = *std::min_element(named.begin(), named.end(), earlier);
  for (const Named& one : named) {
    if (one.seller == centre.seller) continue;
    joins.push_back({NodeOf(one.seller),
                     NodeOf(centre.seller),
                     {RankOf(kind), one.first, one.name, centre.first, centre.name}});
  }
  return joins;
}

Result<std::span<const Join>> Partition::StoredParts::JoinsOf(NodeId node) {
  const auto known = joins_.find(node);
  if (known != joins_.end()) return std::span<const Join>(known->second);
  std::vector<Join> joins;
  const SellerId seller = SellerOf(node);
  TRY_ASSIGN(const SellerRow row, batch_.NeedSeller(seller));
  if (kinds_.Joins(row)) {
    TRY_ASSIGN(const FirstSightings* sightings, SightingsOf(seller));
    for (const auto& [fingerprint, seen] : *sightings) {
      if (!kinds_.Linking(seen.kind)) continue;
      auto through = through_.find(fingerprint);
      if (through == through_.end()) {
        TRY_ASSIGN(const auto state, batch_.FingerprintState(fingerprint));
        std::vector<Join> all;
        if (state && kinds_.Joins(*state)) {
          TRY_ASSIGN(const std::vector<Carried> carriers, CarriersOf(fingerprint, *state));
          TRY_ASSIGN(all, JoinsThrough(state->kind, carriers));
        }
        through = through_.emplace(fingerprint, std::move(all)).first;
      }
      for (const Join& join : through->second) {
        if (join.a == node) joins.push_back(join);
        if (join.b == node) joins.push_back({join.b, join.a, join.key});
      }
    }
  }
  std::sort(joins.begin(), joins.end(), [](const Join& a, const Join& b) {
    const int order = revenant::Compare(a.key, b.key);
    return order != 0 ? order < 0 : a.b < b.b;
  });
  return std::span<const Join>(joins_.emplace(node, std::move(joins)).first->second);
}

Result<PartId> Partition::StoredParts::PartOf(NodeId seller) {
  TRY_ASSIGN(const SellerRow row, batch_.NeedSeller(SellerOf(seller)));
  return row.label == label_ ? PartId{row.part} : kNoPart;
}

Result<bool> Partition::StoredParts::InFinding(NodeId seller) {
  TRY_ASSIGN(const SellerRow row, batch_.NeedSeller(SellerOf(seller)));
  return row.pairs > 0;
}

Result<std::vector<SellerId>> Partition::StoredParts::NamedIn(PartId part) const {
  std::vector<SellerId> named;
  TRY(batch_.Scan(Table::kMembers, NamedPrefix(label_, static_cast<std::uint32_t>(part)),
                  [&](std::string_view key, std::string_view) -> Result<bool> {
                    TRY_ASSIGN(const NamedIds ids, DecodeNamedKey(key));
                    named.push_back(ids.seller);
                    return true;
                  }));
  return named;
}

Result<std::vector<std::pair<NodeId, NodeId>>> Partition::StoredParts::FindingsBetween(PartId a,
                                                                                       PartId b) {
  std::vector<std::pair<NodeId, NodeId>> findings;
  TRY_ASSIGN(const std::vector<SellerId> in_a, NamedIn(a));
  if (in_a.empty()) return findings;
  TRY_ASSIGN(const std::vector<SellerId> in_b, NamedIn(b));
  const bool from_a = in_a.size() <= in_b.size();
  const PartId other_part = from_a ? b : a;
  for (const SellerId seller : from_a ? in_a : in_b) {
    TRY(batch_.ForEachPair(seller, [&](SellerId foe, const PairRow& pair) -> Result<bool> {
      if (!pair.in_force()) return true;
      TRY_ASSIGN(const PartId part, PartOf(NodeOf(foe)));
      if (part != other_part) return true;
      findings.emplace_back(NodeOf(from_a ? seller : foe), NodeOf(from_a ? foe : seller));
      return true;
    }));
  }
  return findings;
}

Result<void> Partition::StoredParts::Merge(PartId a, PartId b) {
  TRY_ASSIGN(const ComponentRow sums_a, batch_.Component(label_, static_cast<std::uint32_t>(a)));
  TRY_ASSIGN(const ComponentRow sums_b, batch_.Component(label_, static_cast<std::uint32_t>(b)));
  if (sums_a.size < sums_b.size) std::swap(a, b);
  std::vector<SellerId> members;
  TRY(batch_.ForEachMember(label_, static_cast<std::uint32_t>(b),
                           [&](SellerId seller) -> Result<bool> {
                             members.push_back(seller);
                             return true;
                           }));
  for (const SellerId seller : members) {
    TRY_ASSIGN(SellerRow row, batch_.NeedSeller(seller));
    TRY(partition_.FilePart(seller, std::move(row), static_cast<std::uint32_t>(a)));
  }
  return {};
}

Result<void> Partition::StoredParts::Isolate(NodeId node) {
  const SellerId seller = SellerOf(node);
  TRY_ASSIGN(SellerRow row, batch_.NeedSeller(seller));
  TRY_ASSIGN(const std::uint32_t part, partition_.NewPart(label_));
  return partition_.FilePart(seller, std::move(row), part);
}

// --- What an event changed ---

Result<void> Partition::JoinDifference::Find(JoinChange change) {
  TRY_ASSIGN(const bool concerns, Concerns(change));
  if (!concerns) return {};
  TRY(AddRetimed(change));
  for (const Through& through : change.through) TRY(Compare(change, through));
  return {};
}

// Most components are in one part, and nothing more has to be read.
Result<bool> Partition::JoinDifference::Concerns(const JoinChange& change) const {
  TRY_ASSIGN(const SellerRow row, partition_.batch_.NeedSeller(change.seller));
  TRY_ASSIGN(const Place before, partition_.PlaceBefore(change.seller));
  TRY_ASSIGN(const bool parted, partition_.Parted(row));
  if (parted) return true;
  if (before.label != row.label && before.label != kNoLabel) {
    TRY_ASSIGN(const ComponentRow sums, partition_.batch_.Component(before.label, 0));
    if (sums.parts > 0) return true;
  }
  // What became a hub or is none any more may concern others alone.
  for (const Through& through : change.through) {
    if (through.joined_before == through.joins_now) continue;
    TRY_ASSIGN(const auto state, partition_.batch_.FingerprintState(through.fingerprint));
    if (!state) continue;
    bool concerns = false;
    TRY(partition_.batch_.ForEachCarrier(
        through.fingerprint, *state, [&](const Carrier& carrier) -> Result<bool> {
          if (carrier.carrier_class != CarrierClass::kEnrolled) return false;
          TRY_ASSIGN(const SellerRow other, partition_.batch_.NeedSeller(carrier.seller));
          TRY_ASSIGN(concerns, partition_.Parted(other));
          return !concerns;
        }));
    if (concerns) return true;
  }
  return false;
}

// Joins are made at another time when the seller was first seen at another time.
Result<void> Partition::JoinDifference::AddRetimed(JoinChange& change) {
  if (change.before == nullptr) return {};
  TRY_ASSIGN(const FirstSightings* now, parts_.SightingsOf(change.seller));
  std::set<Fingerprint> known;
  for (const Through& through : change.through) known.insert(through.fingerprint);
  for (const auto& [fingerprint, seen] : *now) {
    const auto before = change.before->find(fingerprint);
    if (before == change.before->end() || before->second.first == seen.first) continue;
    if (known.contains(fingerprint) || !partition_.kinds_.Linking(seen.kind)) continue;
    TRY_ASSIGN(const auto state, partition_.batch_.FingerprintState(fingerprint));
    if (!state || !partition_.kinds_.Joins(*state)) continue;
    change.through.push_back({fingerprint, seen.kind, true, true, true, true});
  }
  return {};
}

Result<void> Partition::JoinDifference::Compare(const JoinChange& change, const Through& through) {
  if (!partition_.kinds_.Linking(through.kind)) return {};
  const bool was = through.joined_before && change.joined_before && through.carried_before;
  const bool is = through.joins_now && change.joins_now && through.carries_now;
  TRY_ASSIGN(const FirstSightings* now, parts_.SightingsOf(change.seller));
  const FirstSightings& before = change.before == nullptr ? *now : *change.before;
  const auto first = [&](const FirstSightings& sightings) {
    const auto seen = sightings.find(through.fingerprint);
    return seen == sightings.end() ? INT64_MAX : SortableTime(seen->second.first);
  };
  if (through.joined_before == through.joins_now && was == is &&
      (!is || first(before) == first(*now))) {
    return {};
  }
  TRY_ASSIGN(const auto state, partition_.batch_.FingerprintState(through.fingerprint));
  std::vector<StoredParts::Carried> carriers;
  if (state) {
    TRY_ASSIGN(carriers, parts_.CarriersOf(through.fingerprint, *state));
  }
  std::erase_if(carriers, [&](const auto& carrier) { return carrier.seller == change.seller; });
  const auto joins = [&](bool joined, bool with, const FirstSightings& sightings) {
    std::vector<StoredParts::Carried> all;
    if (joined) all = carriers;
    if (with) all.push_back({change.seller, first(sightings)});
    return parts_.JoinsThrough(through.kind, all);
  };
  TRY_ASSIGN(std::vector<Join> old_joins, joins(through.joined_before, was, before));
  TRY_ASSIGN(std::vector<Join> new_joins, joins(through.joins_now, is, *now));
  std::sort(old_joins.begin(), old_joins.end(), ById);
  std::sort(new_joins.begin(), new_joins.end(), ById);
  const auto without = [](const std::vector<Join>& all, const std::vector<Join>& less) {
    std::vector<Join> left;
    std::set_difference(all.begin(), all.end(), less.begin(), less.end(), std::back_inserter(left),
                        ById);
    return left;
  };
  for (const Join& join : without(old_joins, new_joins)) TRY(Lose(join));
  for (const Join& join : without(new_joins, old_joins)) TRY(Make(join));
  return {};
}

Result<bool> Partition::JoinDifference::Kept(LabelId label) {
  if (label == kNoLabel || partition_.reparted_.contains(label)) return false;
  const auto known = kept_.find(label);
  if (known != kept_.end()) return known->second;
  TRY_ASSIGN(const ComponentRow sums, partition_.batch_.Component(label, 0));
  return kept_.emplace(label, sums.parts > 0).first->second;
}

// Joins between parts were refused: that they are gone changes nothing.
Result<void> Partition::JoinDifference::Lose(const Join& join) {
  TRY_ASSIGN(const Place place_a, partition_.PlaceBefore(SellerOf(join.a)));
  TRY_ASSIGN(const Place place_b, partition_.PlaceBefore(SellerOf(join.b)));
  if (place_a != place_b) return {};
  std::set<LabelId> labels;
  for (const NodeId end : {join.a, join.b}) {
    TRY_ASSIGN(const SellerRow row, partition_.batch_.NeedSeller(SellerOf(end)));
    labels.insert(row.label);
  }
  for (const LabelId label : labels) {
    TRY_ASSIGN(const bool kept, Kept(label));
    if (kept) by_label_[label].lost.push_back(join);
  }
  return {};
}

Result<void> Partition::JoinDifference::Make(const Join& join) {
  TRY_ASSIGN(const SellerRow row, partition_.batch_.NeedSeller(SellerOf(join.a)));
  TRY_ASSIGN(const bool kept, Kept(row.label));
  if (kept) by_label_[row.label].made.push_back(join);
  return {};
}

}  // namespace revenant

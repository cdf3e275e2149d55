// Parts: how an investigator's "different people" divides a component (DESIGN.md section 5, rule
// 5).

#include <algorithm>
#include <map>

#include "linkage/constrained.h"
#include "registry/derive/partition.h"
#include "registry/derive/stored_parts.h"
#include "registry/state/live.h"
#include "registry/state/meta_rows.h"
#include "util/try.h"

namespace revenant {
namespace {

// The members of one component and what joins them, in the numbering of ConstrainedParts.
class Constrained {
 public:
  Constrained(const View& view, const KindPolicies& kinds, const Partition& partition)
      : view_(view), kinds_(kinds), partition_(partition) {}

  Result<void> Read(const std::vector<SellerId>& members) {
    TRY(ReadSellers(members));
    for (std::uint32_t number = 0; number < sellers_.size(); ++number) {
      TRY(ReadJoins(number));
      TRY(ReadPairs(number));
    }
    // Kinds make their joins in the order strongest first, then by name.
    std::map<WordId, std::uint32_t> ranks;
    for (const auto& [place, kind] : kinds_met_) {
      ranks.emplace(kind, static_cast<std::uint32_t>(ranks.size()));
    }
    for (std::size_t i = 0; i < kind_of_.size(); ++i) {
      incidences_[i].kind_rank = ranks.at(kind_of_[i]);
    }
    return {};
  }

  // For each seller the first seller of its part.
  std::vector<std::uint32_t> Parts() {
    return ConstrainedParts(sellers_.size(), fingerprints_.size(), std::move(incidences_),
                            forbidden_);
  }

  const std::vector<std::pair<SellerId, SellerRow>>& sellers() const { return sellers_; }

 private:
  Result<void> ReadSellers(const std::vector<SellerId>& members) {
    std::map<SellerName, std::pair<SellerId, SellerRow>> by_name;
    for (const SellerId seller : members) {
      TRY_ASSIGN(SellerRow row, view_.NeedSeller(seller));
      SellerName name = view_.NameOf(row);
      by_name.emplace(std::move(name), std::pair(seller, std::move(row)));
    }
    for (auto& [name, seller] : by_name) {
      numbers_.emplace(seller.first, static_cast<std::uint32_t>(sellers_.size()));
      sellers_.push_back(std::move(seller));
    }
    return {};
  }

  Result<void> ReadJoins(std::uint32_t number) {
    const SellerId seller = sellers_[number].first;
    TRY_ASSIGN(const FirstSightings first, FirstSightingsOf(view_, seller));
    return partition_.ForEachJoined(
        seller, [&](const Fingerprint& fingerprint, const FingerprintRow& row) -> Result<void> {
          const auto place =
              fingerprints_.emplace(fingerprint, static_cast<std::uint32_t>(fingerprints_.size()));
          kinds_met_.emplace(std::pair(-kinds_.Of(row.kind).weight, view_.Word(row.kind)),
                             row.kind);
          kind_of_.push_back(row.kind);
          incidences_.push_back(
              {number, place.first->second, 0, SortableTime(first.at(fingerprint).first)});
          return {};
        });
  }

  Result<void> ReadPairs(std::uint32_t number) {
    return view_.ForEachPair(
        sellers_[number].first, [&](SellerId other, const PairRow& pair) -> Result<bool> {
          const auto found = numbers_.find(other);
          if (pair.in_force() && found != numbers_.end() && number < found->second) {
            forbidden_.emplace_back(number, found->second);
          }
          return true;
        });
  }

  const View& view_;
  const KindPolicies& kinds_;
  const Partition& partition_;
  std::vector<std::pair<SellerId, SellerRow>> sellers_;  // in name order
  std::map<SellerId, std::uint32_t> numbers_;
  std::vector<Incidence> incidences_;
  std::vector<WordId> kind_of_;  // of each incidence
  std::map<std::pair<MilliBits, std::string>, WordId> kinds_met_;
  std::map<Fingerprint, std::uint32_t> fingerprints_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> forbidden_;
};

}  // namespace

Result<Partition::Place> Partition::PlaceBefore(SellerId seller) const {
  const auto moved = moved_.find(seller);
  if (moved != moved_.end()) return moved->second;
  TRY_ASSIGN(const SellerRow row, batch_.NeedSeller(seller));
  return Place{row.label, row.part};
}

Result<bool> Partition::Parted(const SellerRow& row) const {
  if (row.label == kNoLabel) return false;
  TRY_ASSIGN(const ComponentRow sums, batch_.Component(row.label, 0));
  return sums.parts > 0;
}

Result<void> Partition::Finish(JoinChange change) {
  TRY(FinishDirty());
  if (change.seller == kNoSeller) return {};
  StoredParts parts(batch_, kinds_, *this);
  JoinDifference difference(*this, parts);
  TRY(difference.Find(std::move(change)));
  for (const auto& [label, joins] : difference.by_label()) {
    parts.Enter(label);
    TRY_ASSIGN(const bool known, parts.KnowsFindings());
    bool kept = false;
    if (known) {
      TRY_ASSIGN(kept, PartKeeper(parts).Update(joins.lost, joins.made));
    }
    if (!kept) TRY(Repart(label));
  }
  return {};
}

Result<void> Partition::FinishDirty() {
  while (!dirty_.empty()) {
    const LabelId label = *dirty_.begin();
    dirty_.erase(dirty_.begin());
    TRY_ASSIGN(const ComponentRow row, batch_.Component(label, 0));
    if (row.pairs > 0) {
      TRY(Repart(label));
    } else if (row.parts > 0) {
      TRY(ClearParts(label));
    }
  }
  return {};
}

Result<std::uint32_t> Partition::NewPart(LabelId label) {
  while (true) {
    TRY_ASSIGN(const std::uint64_t number, batch_.NextNumber(kPartCounter));
    const auto part = static_cast<std::uint32_t>(number);
    if (part == 0) continue;
    TRY_ASSIGN(const ComponentRow taken, batch_.Component(label, part));
    if (taken.size == 0) return part;
  }
}

void Partition::FileNamed(Batch& batch, SellerId seller, const SellerRow& row) {
  if (row.part == 0) return;
  const std::string key = NamedKey(row.label, row.part, seller);
  if (row.pairs > 0) {
    batch.Put(Table::kMembers, key, EncodeNumber(static_cast<std::uint64_t>(seller)));
  } else {
    batch.Delete(Table::kMembers, key);
  }
}

Result<void> Partition::FilePart(SellerId seller, SellerRow row, std::uint32_t part) {
  if (row.part == part) {
    FileNamed(batch_, seller, row);
    return {};
  }
  moved_.emplace(seller, Place{row.label, row.part});
  TRY(CountInPart({row.label, row.part}, row, -1));
  const auto key = [&] {
    return MemberKey(row.label, row.part, row.since, batch_.Word(row.platform), row.external_id);
  };
  batch_.Delete(Table::kMembers, key());
  if (row.part != 0 && row.pairs > 0) {
    batch_.Delete(Table::kMembers, NamedKey(row.label, row.part, seller));
  }
  row.part = part;
  batch_.Put(Table::kMembers, key(), EncodeNumber(static_cast<std::uint64_t>(seller)));
  FileNamed(batch_, seller, row);
  batch_.PutSeller(seller, row);
  return CountInPart({row.label, part}, row, +1);
}

Result<void> Partition::CountInPart(Place place, const SellerRow& row, int by) {
  if (place.part == 0) return {};
  TRY_ASSIGN(ComponentRow sums, batch_.Component(place.label, place.part));
  const bool was = sums.size > 0;
  sums.size += static_cast<std::uint64_t>(by);
  if (row.bans > 0) sums.banned += static_cast<std::uint64_t>(by);
  sums.infringements += static_cast<std::uint64_t>(by * std::int64_t{row.infringements});
  TRY(PutSums(place.label, place.part, sums));
  const bool is = sums.size > 0;
  if (was == is) return {};
  TRY_ASSIGN(ComponentRow whole, batch_.Component(place.label, 0));
  whole.parts += is ? 1U : -1U;
  return PutSums(place.label, 0, whole);
}

Result<void> Partition::ClearParts(LabelId label) {
  TRY_ASSIGN(const std::vector<SellerId> members, MembersOf(label));
  for (const SellerId seller : members) {
    TRY_ASSIGN(const SellerRow row, batch_.NeedSeller(seller));
    TRY(FilePart(seller, row, 0));
  }
  return {};
}

// Computes the parts from nothing. A part keeps the number that most of its sellers have, so that
// only sellers in another part than before are rewritten.
Result<void> Partition::Repart(LabelId label) {
  reparted_.insert(label);
  TRY_ASSIGN(const std::vector<SellerId> members, MembersOf(label));
  Constrained input(batch_, kinds_, *this);
  TRY(input.Read(members));
  const std::vector<std::uint32_t> parts = input.Parts();
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> overlaps;  // new, old number
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::uint32_t old = input.sellers()[i].second.part;
    if (old != 0) ++overlaps[{parts[i], old}];
  }
  std::vector<std::pair<std::uint32_t, std::pair<std::uint32_t, std::uint32_t>>> largest;
  for (const auto& [pair, count] : overlaps) largest.emplace_back(count, pair);
  std::stable_sort(largest.begin(), largest.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::map<std::uint32_t, std::uint32_t> numbers;
  std::set<std::uint32_t> taken;
  for (const auto& [count, pair] : largest) {
    if (numbers.contains(pair.first) || taken.contains(pair.second)) continue;
    numbers.emplace(pair.first, pair.second);
    taken.insert(pair.second);
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!numbers.contains(parts[i])) {
      TRY_ASSIGN(const std::uint32_t fresh, NewPart(label));
      numbers.emplace(parts[i], fresh);
    }
    const auto& [seller, row] = input.sellers()[i];
    TRY(FilePart(seller, row, numbers.at(parts[i])));
  }
  return {};
}

}  // namespace revenant

// Parts: how an investigator's "different people" divides a component (DESIGN.md section 5, rule
// 5).

#include <map>

#include "linkage/constrained.h"
#include "registry/live.h"
#include "registry/partition.h"
#include "util/try.h"

namespace revenant {
namespace {

std::int64_t SortableTime(Time time) { return time.known() ? time.micros : INT64_MAX; }

// Earliest live sighting of each fingerprint that a seller carries.
Result<std::map<Fingerprint, Time>> FirstSightings(const View& view, SellerId seller) {
  std::map<Fingerprint, Time> first;
  TRY(ForEachLive(view, seller, [&](LiveObservation& observation) -> Result<bool> {
    for (const ObservationRow::Item& item : observation.row.items) {
      const auto [place, fresh] = first.emplace(item.fingerprint, observation.shown.first);
      const Time seen = observation.shown.first;
      if (!fresh && SortableTime(seen) < SortableTime(place->second)) place->second = seen;
    }
    return true;
  }));
  return first;
}

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

  // For each seller the number of its part: they count from 1, in order of their first seller.
  std::vector<std::uint32_t> Parts() {
    std::vector<std::uint32_t> parts =
        ConstrainedParts(sellers_.size(), fingerprints_.size(), std::move(incidences_), forbidden_);
    std::map<std::uint32_t, std::uint32_t> numbers;
    for (std::uint32_t& part : parts) {
      part = numbers.emplace(part, static_cast<std::uint32_t>(numbers.size() + 1)).first->second;
    }
    return parts;
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
    TRY_ASSIGN(const auto first, FirstSightings(view_, seller));
    return partition_.ForEachJoined(
        seller, [&](const Fingerprint& fingerprint, const FingerprintRow& row) -> Result<void> {
          const auto place =
              fingerprints_.emplace(fingerprint, static_cast<std::uint32_t>(fingerprints_.size()));
          kinds_met_.emplace(std::pair(-kinds_.Of(row.kind).weight, view_.Word(row.kind)),
                             row.kind);
          kind_of_.push_back(row.kind);
          incidences_.push_back(
              {number, place.first->second, 0, SortableTime(first.at(fingerprint))});
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

Result<void> Partition::Finish() {
  while (!dirty_.empty()) {
    const LabelId label = *dirty_.begin();
    dirty_.erase(dirty_.begin());
    TRY_ASSIGN(const ComponentRow row, batch_.Component(label, 0));
    if (row.pairs > 0) {
      TRY(Repart(label));
    } else if (row.parts > 0) {
      TRY(ClearParts(label));
    } else if (row.size == 0) {
      TRY(DeletePartRows(label));
    }
  }
  return {};
}

Result<void> Partition::DeletePartRows(LabelId label) {
  std::vector<std::uint32_t> parts;
  TRY(batch_.Scan(Table::kComponents, LabelPrefix(label),
                  [&](std::string_view key, std::string_view) -> Result<bool> {
                    TRY_ASSIGN(const ComponentIds ids, DecodeComponentKey(key));
                    if (ids.part != 0) parts.push_back(ids.part);
                    return true;
                  }));
  for (const std::uint32_t part : parts) TRY(PutSums(label, part, ComponentRow{}));
  return {};
}

Result<void> Partition::FilePart(SellerId seller, SellerRow row, std::uint32_t part) {
  if (row.part == part) return {};
  moved_.emplace(seller, Place{row.label, row.part});
  const auto key = [&] {
    return MemberKey(row.label, row.part, row.since, batch_.Word(row.platform), row.external_id);
  };
  batch_.Delete(Table::kMembers, key());
  row.part = part;
  batch_.Put(Table::kMembers, key(), EncodeNumber(static_cast<std::uint64_t>(seller)));
  batch_.PutSeller(seller, row);
  return {};
}

Result<void> Partition::ClearParts(LabelId label) {
  TRY_ASSIGN(const std::vector<SellerId> members, MembersOf(label));
  for (const SellerId seller : members) {
    TRY_ASSIGN(const SellerRow row, batch_.NeedSeller(seller));
    TRY(FilePart(seller, row, 0));
  }
  TRY(DeletePartRows(label));
  TRY_ASSIGN(ComponentRow sums, batch_.Component(label, 0));
  sums.parts = 0;
  TRY(PutSums(label, 0, sums));
  return {};
}

// Constrained components are few and small, so their parts are computed from nothing each time.
Result<void> Partition::Repart(LabelId label) {
  TRY_ASSIGN(const std::vector<SellerId> members, MembersOf(label));
  Constrained input(batch_, kinds_, *this);
  TRY(input.Read(members));
  const std::vector<std::uint32_t> parts = input.Parts();
  std::map<std::uint32_t, ComponentRow> sums;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto& [seller, row] = input.sellers()[i];
    ComponentRow& part = sums[parts[i]];
    part.size += 1;
    part.banned += row.bans > 0;
    part.infringements += row.infringements;
    TRY(FilePart(seller, row, parts[i]));
  }
  TRY(DeletePartRows(label));
  for (const auto& [part, row] : sums) TRY(PutSums(label, part, row));
  TRY_ASSIGN(ComponentRow whole, batch_.Component(label, 0));
  whole.parts = static_cast<std::uint32_t>(sums.size());
  TRY(PutSums(label, 0, whole));
  return {};
}

}  // namespace revenant

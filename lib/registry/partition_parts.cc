// Parts: how an investigator's "different people" divides a component (DESIGN.md section 5, rule 5).

#include <algorithm>
#include <map>
#include <tuple>

#include "linkage/constrained.h"
#include "registry/live.h"
#include "registry/partition.h"
#include "util/try.h"

namespace revenant {
namespace {

// The members of one component and what joins them, in the numbering of ConstrainedParts.
struct Constrained {
  std::vector<SellerId> sellers;  // in name order
  std::vector<SellerRow> rows;
  std::vector<Incidence> incidences;
  std::size_t fingerprints = 0;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> forbidden;
};

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

// Kinds in the order in which their joins are made: strongest first, then by name.
class KindRanks {
 public:
  KindRanks(const View& view, const KindPolicies& kinds) : view_(view), kinds_(kinds) {}
  void Add(WordId kind) { ranks_.emplace(Place{-kinds_.Of(kind).weight, view_.Word(kind)}, kind); }
  std::map<WordId, std::uint32_t> Numbered() const {
    std::map<WordId, std::uint32_t> numbered;
    for (const auto& [place, kind] : ranks_) {
      numbered.emplace(kind, static_cast<std::uint32_t>(numbered.size()));
    }
    return numbered;
  }

 private:
  using Place = std::pair<MilliBits, std::string>;
  const View& view_;
  const KindPolicies& kinds_;
  std::map<Place, WordId> ranks_;
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
  std::vector<std::tuple<SellerName, SellerId, SellerRow>> named;
  for (const SellerId seller : members) {
    TRY_ASSIGN(SellerRow row, batch_.NeedSeller(seller));
    SellerName name = batch_.NameOf(row);
    named.emplace_back(std::move(name), seller, std::move(row));
  }
  std::sort(named.begin(), named.end(),
            [](const auto& a, const auto& b) { return std::get<0>(a) < std::get<0>(b); });
  Constrained input;
  std::map<SellerId, std::uint32_t> numbers;
  for (auto& [name, seller, row] : named) {
    numbers.emplace(seller, static_cast<std::uint32_t>(input.sellers.size()));
    input.sellers.push_back(seller);
    input.rows.push_back(std::move(row));
  }
  std::map<Fingerprint, std::uint32_t> fingerprints;
  std::vector<WordId> kind_of;  // by incidence
  KindRanks ranks(batch_, kinds_);
  for (std::uint32_t number = 0; number < input.sellers.size(); ++number) {
    TRY_ASSIGN(const auto first, FirstSightings(batch_, input.sellers[number]));
    TRY(ForEachJoined(
        input.sellers[number],
        [&](const Fingerprint& fingerprint, const FingerprintRow& row) -> Result<void> {
          const auto place =
              fingerprints.emplace(fingerprint, static_cast<std::uint32_t>(fingerprints.size()));
          ranks.Add(row.kind);
          kind_of.push_back(row.kind);
          input.incidences.push_back(
              {number, place.first->second, 0, SortableTime(first.at(fingerprint))});
          return {};
        }));
    TRY(batch_.ForEachPair(input.sellers[number],
                           [&](SellerId other, const PairRow& pair) -> Result<bool> {
                             const auto found = numbers.find(other);
                             if (pair.in_force() && found != numbers.end() &&
                                 number < found->second) {
                               input.forbidden.emplace_back(number, found->second);
                             }
                             return true;
                           }));
  }
  const std::map<WordId, std::uint32_t> numbered = ranks.Numbered();
  for (std::size_t i = 0; i < kind_of.size(); ++i) {
    input.incidences[i].kind_rank = numbered.at(kind_of[i]);
  }
  const std::vector<std::uint32_t> parts =
      ConstrainedParts(input.sellers.size(), fingerprints.size(), std::move(input.incidences),
                       input.forbidden);
  // Part numbers count from 1 in order of each part's first seller by name.
  std::map<std::uint32_t, std::uint32_t> part_numbers;
  std::map<std::uint32_t, ComponentRow> sums;
  for (std::uint32_t number = 0; number < parts.size(); ++number) {
    const auto place =
        part_numbers.emplace(parts[number], static_cast<std::uint32_t>(part_numbers.size() + 1));
    const std::uint32_t part = place.first->second;
    ComponentRow& row = sums[part];
    row.size += 1;
    row.banned += input.rows[number].bans > 0;
    row.infringements += input.rows[number].infringements;
    TRY(FilePart(input.sellers[number], input.rows[number], part));
  }
  TRY(DeletePartRows(label));
  for (const auto& [part, row] : sums) TRY(PutSums(label, part, row));
  TRY_ASSIGN(ComponentRow whole, batch_.Component(label, 0));
  whole.parts = static_cast<std::uint32_t>(sums.size());
  TRY(PutSums(label, 0, whole));
  return {};
}

}  // namespace revenant

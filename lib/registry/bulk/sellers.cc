#include "registry/bulk/sellers.h"

#include <algorithm>
#include <tuple>

#include "registry/state/live.h"
#include "registry/state/sighting.h"

namespace revenant {
namespace {

struct Stub {
  std::int64_t since = 0;
  WordId platform{};
  std::uint32_t carries = 0;
  std::uint16_t id_bytes = 0;
  SellerStatus status = SellerStatus::kMentioned;
};

}  // namespace

void PutStub(std::string& out, const SellerRow& row) {
  PutPacked(out,
            Stub{row.since.micros, row.platform, static_cast<std::uint32_t>(row.carries.size()),
                 static_cast<std::uint16_t>(row.external_id.size()), row.status});
  out.append(row.external_id);
  for (const SellerRow::Carry& carry : row.carries) PutPacked(out, carry);
}

void GetStub(const char*& at, SellerRow& row) {
  const auto stub = GetPacked<Stub>(at);
  row.platform = stub.platform;
  row.status = stub.status;
  row.since = Time{stub.since};
  row.external_id.assign(at, stub.id_bytes);
  at += stub.id_bytes;
  row.carries.clear();
  for (std::uint32_t i = 0; i < stub.carries; ++i) {
    row.carries.push_back(GetPacked<SellerRow::Carry>(at));
  }
}

void SellerSums::Begin(SellerId seller) {
  seller_ = seller;
  row_.status = SellerStatus::kMentioned;
  row_.since = Time{};
  row_.carries.clear();
  sightings_.clear();
  observed_.clear();
  carrying_.clear();
  every_source_ = ObservationRow::kNever;
}

void SellerSums::Add(const char* at) {
  const auto record = GetPacked<PackedRecord>(at);
  row_.platform = record.platform;
  row_.external_id.assign(at, record.id_bytes);
  at += record.id_bytes;
  row_.status = std::max(row_.status, record.status);
  if (record.status != SellerStatus::kMentioned) {
    row_.since.micros = EarlierKnown(row_.since.micros, record.first);
  }
  for (std::uint32_t i = 0; i < record.attributes; ++i) {
    const auto attribute = GetPacked<PackedAttribute>(at);
    Sighting sighting{{},      record.source,  record.first, record.last, record.through,
                      nullptr, attribute.items};
    if (attribute.root_first == 0) sighting.root = GetPacked<Fingerprint>(at);
    sighting.items = at;
    if (attribute.root_first != 0) {
      const char* first = at;
      sighting.root = GetPacked<PackedItem>(first).fingerprint;
    }
    at += attribute.items * sizeof(PackedItem);
    sightings_.push_back(sighting);
  }
}

void SellerSums::Finish(Counts& counts) {
  const auto place = [](const Sighting& sighting) {
    return std::tie(sighting.root, sighting.source);
  };
  std::sort(sightings_.begin(), sightings_.end(),
            [&](const Sighting& a, const Sighting& b) { return place(a) < place(b); });
  for (std::size_t begin = 0, end = 0; begin < sightings_.size(); begin = end) {
    while (end < sightings_.size() && place(sightings_[end]) == place(sightings_[begin])) ++end;
    Observe(std::span(sightings_).subspan(begin, end - begin), counts);
  }
  SumCarrying();
  counts.sellers += row_.status != SellerStatus::kMentioned;
}

// All sightings of a root attribute by one source. Those of every source come first: they hold only
// what was withdrawn.
void SellerSums::Observe(std::span<const Sighting> sightings, Counts& counts) {
  const Sighting& head = sightings.front();
  observed_.push_back({head.root, head.source, {}});
  ObservationRow& row = observed_.back().registers;
  for (const Sighting& sighting : sightings) {
    AddSighting(row, sighting.first, sighting.last);
    row.through = std::max(row.through, sighting.through);
    const char* at = sighting.items;
    for (std::uint32_t i = 0; i < sighting.item_count; ++i) {
      const auto item = GetPacked<PackedItem>(at);
      AddItem(row.items,
              {item.fingerprint, item.kind, (item.flags & PackedItem::kJunk) != 0,
               (item.flags & PackedItem::kVerified) != 0, (item.flags & PackedItem::kChecked) != 0,
               (item.flags & PackedItem::kReadsJunk) != 0});
    }
  }
  std::sort(row.items.begin(), row.items.end());
  if (head.root != root_) every_source_ = ObservationRow::kNever;
  root_ = head.root;
  if (head.source == kEverySource) {
    every_source_ = row.through;
  } else if (const Shown shown = Show(row, every_source_); shown.live) {
    ++counts.observations;
    for (const ObservationRow::Item& item : row.items) {
      if (item.junk) continue;
      carrying_.push_back({item.fingerprint, 0, item.kind, 1, shown.first.micros});
    }
  }
}

void SellerSums::EmitObservations(const EmitRow& emit) const {
  if (!observed_.empty()) EmitObserved(seller_, observed_, emit);
}

// Each fingerprint once, with the number of observations that hold it; then what kinds they are of,
// and so whether the seller joins.
void SellerSums::SumCarrying() {
  std::sort(carrying_.begin(), carrying_.end(),
            [](const Carrying& a, const Carrying& b) { return a.fingerprint < b.fingerprint; });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < carrying_.size(); ++i) {
    if (kept > 0 && carrying_[kept - 1].fingerprint == carrying_[i].fingerprint) {
      ++carrying_[kept - 1].observations;
      carrying_[kept - 1].first = EarlierKnown(carrying_[kept - 1].first, carrying_[i].first);
    } else {
      carrying_[kept++] = carrying_[i];
    }
  }
  carrying_.resize(kept);
  for (const Carrying& each : carrying_) {
    const auto place = std::lower_bound(
        row_.carries.begin(), row_.carries.end(), each.kind,
        [](const SellerRow::Carry& carry, WordId kind) { return carry.kind < kind; });
    if (place != row_.carries.end() && place->kind == each.kind) {
      ++place->count;
    } else {
      row_.carries.insert(place, {each.kind, 1});
    }
  }
  const std::uint64_t place = Carrying::Place(ClassOf(row_), seller_, kinds_.Joins(row_));
  for (Carrying& each : carrying_) each.place = place;
}

}  // namespace revenant

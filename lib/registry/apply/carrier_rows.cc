#include "registry/apply/carrier_rows.h"

#include <algorithm>
#include <string>

#include "registry/state/late.h"
#include "registry/state/sighting.h"
#include "util/try.h"

namespace revenant {

Result<void> CarrierRows::Read(const EventSeller& subject, Touch& touch) const {
  TRY_ASSIGN(std::optional<FingerprintRow> row, batch_.FingerprintState(touch.fingerprint));
  if (!row) {
    touch.row_before.kind = touch.kind;
  } else if (touch.row_before = *std::move(row); touch.row_before.spilled()) {
    TRY_ASSIGN(const std::optional<CarrierRow> own,
               batch_.CarrierOf(touch.fingerprint, ClassOf(subject.before), subject.id));
    if (own) {
      touch.before = own->observations;
      touch.first_before = own->first;
    }
  } else {
    TRY_ASSIGN(touch.before, batch_.CarrierCount(touch.fingerprint, touch.row_before,
                                                 ClassOf(subject.before), subject.id));
  }
  touch.after = touch.before;
  touch.first_after = touch.first_before;
  return {};
}

Result<void> CarrierRows::Date(const EventSeller& subject, const CarryDelta& delta,
                               Touch& touch) const {
  if (!touch.row_before.spilled() || touch.after == 0 || !delta.redated) return {};
  if (touch.before == 0) {
    touch.first_after = delta.first;
  } else if (!delta.lost) {
    touch.first_after = EarlierKnown(touch.first_before, delta.first);
  } else {
    TRY_ASSIGN(touch.first_after, FirstSighting(batch_, subject.id, touch.fingerprint));
  }
  return {};
}

bool CarrierRows::CountsTimes(const FingerprintRow& row) const {
  return row.spilled() || (row.banned > 0 && row.enrolled > kinds_.Of(row.kind).fanout_limit);
}

Result<void> CarrierRows::Update(const EventSeller& subject, Touch& touch, Counts& counts) {
  const FingerprintRow& before = touch.row_before;
  const Carrier old{ClassOf(subject.before), subject.id, touch.before};
  const Carrier now{ClassOf(subject.after), subject.id, touch.after};
  FingerprintRow after = before;
  after.kind = touch.kind;
  const auto count = [&](const Carrier& carrier, const SellerRow& row, int by) {
    if (carrier.observations == 0) return;
    after.carriers += static_cast<std::uint64_t>(by);
    if (carrier.carrier_class == CarrierClass::kEnrolled) {
      after.enrolled += static_cast<std::uint64_t>(by);
    }
    if (carrier.carrier_class == CarrierClass::kBannedLeaf) {
      after.banned_leaves += static_cast<std::uint64_t>(by);
    }
    if (row.bans > 0) after.banned += static_cast<std::uint64_t>(by);
  };
  count(old, subject.before, -1);
  count(now, subject.after, +1);

  if (before.spilled() && after.spilled()) {
    if (old.observations > 0) {
      batch_.Delete(Table::kCarriers, CarrierKey(touch.fingerprint, old.carrier_class, old.seller));
    }
    if (now.observations > 0) {
      batch_.Put(Table::kCarriers, CarrierKey(touch.fingerprint, now.carrier_class, now.seller),
                 Encode(CarrierRow{now.observations, touch.first_after}));
    }
    if (LeavesOutLate(kinds_.policy())) UpdateDated(subject, touch, old, now);
  } else {
    std::vector<Carrier> carriers;
    TRY(batch_.ForEachCarrier(touch.fingerprint, before,
                              [&](const Carrier& carrier) -> Result<bool> {
                                if (carrier.seller != subject.id) carriers.push_back(carrier);
                                return true;
                              }));
    if (now.observations > 0) carriers.push_back(now);
    std::sort(carriers.begin(), carriers.end());
    TRY(Respill(touch.fingerprint, before, after, std::move(carriers)));
  }
  TRY_ASSIGN(after.late,
             LateCarriers(batch_, kinds_, touch.fingerprint, after, after.enrolled, kNoSeller));
  counts.fingerprints += (after.carriers > 0) - (before.carriers > 0);
  if (kinds_.Linking(touch.kind)) counts.hubs += kinds_.IsHub(after) - kinds_.IsHub(before);
  if (after.carriers == 0) {
    batch_.Delete(Table::kFingerprints, FingerprintKey(touch.fingerprint));
  } else {
    batch_.Put(Table::kFingerprints, FingerprintKey(touch.fingerprint), Encode(after));
  }
  touch.row_after = std::move(after);
  return {};
}

// Files one of many carriers under its times.
void CarrierRows::UpdateDated(const EventSeller& subject, const Touch& touch, const Carrier& old,
                              const Carrier& now) {
  const auto keys = [&](const Carrier& carrier, std::int64_t first, std::int64_t ban) {
    std::vector<std::string> places;
    if (carrier.observations == 0) return places;
    if (carrier.carrier_class == CarrierClass::kEnrolled) {
      places.push_back(DatedKey(touch.fingerprint, Dated::kFirst, first, subject.id));
    }
    if (ban != ObservationRow::kNever) {
      places.push_back(DatedKey(touch.fingerprint, Dated::kBan, ban, subject.id));
    }
    return places;
  };
  for (const std::string& key : keys(old, touch.first_before, subject.ban_before)) {
    batch_.Delete(Table::kDated, key);
  }
  for (const std::string& key : keys(now, touch.first_after, subject.ban_after)) {
    batch_.Put(Table::kDated, key, "");
  }
}

// Writes the rows of one of many carriers. Under rules 2 its times are read once for each.
Result<void> CarrierRows::Spill(const Fingerprint& fingerprint, const Carrier& carrier) {
  CarrierRow row{carrier.observations};
  if (LeavesOutLate(kinds_.policy())) {
    TRY_ASSIGN(row.first, FirstSighting(batch_, carrier.seller, fingerprint));
    if (carrier.carrier_class == CarrierClass::kEnrolled) {
      batch_.Put(Table::kDated, DatedKey(fingerprint, Dated::kFirst, row.first, carrier.seller),
                 "");
    }
    TRY_ASSIGN(const SellerRow seller, batch_.NeedSeller(carrier.seller));
    TRY_ASSIGN(const std::int64_t ban, CountedBan(batch_, kinds_.policy(), carrier.seller, seller));
    if (ban != ObservationRow::kNever) {
      batch_.Put(Table::kDated, DatedKey(fingerprint, Dated::kBan, ban, carrier.seller), "");
    }
  }
  batch_.Put(Table::kCarriers, CarrierKey(fingerprint, carrier.carrier_class, carrier.seller),
             Encode(row));
  return {};
}

// Few carriers stand in the row, many in rows of their own: moves them where they belong.
Result<void> CarrierRows::Respill(const Fingerprint& fingerprint, const FingerprintRow& before,
                                  FingerprintRow& after, std::vector<Carrier> carriers) {
  if (before.spilled()) {
    TRY(DeletePrefix(batch_, Table::kCarriers, FingerprintKey(fingerprint)));
    if (LeavesOutLate(kinds_.policy())) {
      TRY(DeletePrefix(batch_, Table::kDated, FingerprintKey(fingerprint)));
    }
  }
  if (after.spilled()) {
    after.inline_carriers.clear();
    for (const Carrier& carrier : carriers) TRY(Spill(fingerprint, carrier));
  } else {
    after.inline_carriers = std::move(carriers);
  }
  return {};
}

}  // namespace revenant

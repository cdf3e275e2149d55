#include "store/observed_set.h"

#include <algorithm>

#include "util/try.h"

namespace revenant {

Result<ObservedSet> ObservedSet::Of(Batch& batch, SellerId seller) {
  ObservedSet observed(batch, seller);
  TRY_ASSIGN(std::optional<ObservedRow> row, batch.ObservedOf(seller));
  if (!row) return observed;
  if (row->spilled()) {
    observed.spilled_ = row->count;
  } else {
    observed.few_ = std::move(row->observed);
  }
  return observed;
}

Result<std::optional<ObservationRow>> ObservedSet::Find(const Fingerprint& root,
                                                        WordId source) const {
  if (!spilled_) {
    const Observed* found = FindObserved(few_, root, source);
    return found == nullptr ? std::optional<ObservationRow>() : found->registers;
  }
  const auto change = changes_.find({root, source});
  if (change != changes_.end()) return change->second;
  return batch_->Observation({seller_, root, source});
}

void ObservedSet::Set(const Fingerprint& root, WordId source, ObservationRow registers) {
  changed_ = true;
  if (spilled_) {
    changes_.insert_or_assign({root, source}, std::move(registers));
    return;
  }
  Observed each{root, source, std::move(registers)};
  const auto place = std::lower_bound(few_.begin(), few_.end(), each, InOrder);
  if (place != few_.end() && !InOrder(each, *place)) {
    *place = std::move(each);
  } else {
    few_.insert(place, std::move(each));
  }
}

void ObservedSet::Remove(const Fingerprint& root, WordId source) {
  changed_ = true;
  if (spilled_) {
    changes_.insert_or_assign({root, source}, std::nullopt);
    return;
  }
  std::erase_if(few_,
                [&](const Observed& each) { return each.root == root && each.source == source; });
}

Result<void> ObservedSet::Write() {
  if (!changed_) return {};
  changed_ = false;
  if (spilled_) return WriteChanges();
  WriteFew();
  return {};
}

void ObservedSet::WriteFew() {
  if (few_.empty()) return batch_->Delete(Table::kObservations, ObservedKey(seller_));
  if (few_.size() > ObservedRow::kInline) spilled_ = few_.size();
  EmitObserved(seller_, few_, [&](std::string_view key, std::string_view value) {
    batch_->Put(Table::kObservations, key, value);
  });
  if (spilled_) few_.clear();
}

Result<void> ObservedSet::WriteChanges() {
  std::uint64_t count = *spilled_;
  for (const auto& [place, registers] : changes_) {
    const std::string key = Encode(ObservationKey{seller_, place.first, place.second});
    TRY_ASSIGN(const auto held, batch_->Get(Table::kObservations, key));
    count += registers.has_value();
    count -= held.has_value();
    if (registers) {
      batch_->Put(Table::kObservations, key, Encode(*registers, place.first));
    } else {
      batch_->Delete(Table::kObservations, key);
    }
  }
  changes_.clear();
  if (count == *spilled_) return {};
  spilled_ = count;
  if (count <= ObservedRow::kInline) return GatherFew();
  batch_->Put(Table::kObservations, ObservedKey(seller_), Encode(ObservedRow{count, {}}));
  return {};
}

// Few enough are left to stand in one row again.
Result<void> ObservedSet::GatherFew() {
  TRY(batch_->Scan(Table::kObservations, SellerKey(seller_),
                   [&](std::string_view bytes, std::string_view value) -> Result<bool> {
                     if (IsObservedKey(bytes)) return true;
                     TRY_ASSIGN(const ObservationKey key, DecodeObservationKey(bytes));
                     TRY_ASSIGN(ObservationRow row, DecodeObservationRow(value, key.root));
                     few_.push_back({key.root, key.source, std::move(row)});
                     return true;
                   }));
  for (const Observed& each : few_) {
    batch_->Delete(Table::kObservations, Encode(ObservationKey{seller_, each.root, each.source}));
  }
  spilled_.reset();
  WriteFew();
  return {};
}

}  // namespace revenant

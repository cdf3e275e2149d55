#include "registry/apply/spread.h"

#include <algorithm>

#include "registry/answer/taint_fill.h"
#include "util/try.h"

namespace revenant {
namespace {

// More sellers than this are not waited for: the filter is filled again beside the store.
constexpr std::size_t kMaxSpread = 10'000;

}  // namespace

Result<void> TaintSpread::Follow(const Partition& partition, const EventSeller& subject,
                                 const std::vector<Touch>& touches) {
  TRY_ASSIGN(const SellerRow now, batch_.NeedSeller(subject.id));
  EnterName(now);
  std::set<SellerId> entering;
  TRY(ToComponents(partition, entering));
  const bool marked = now.bans > 0 || now.pairs > 0;
  const bool marked_before = subject.before.bans > 0 || subject.before.pairs > 0;
  if (marked && !marked_before) entering.insert(subject.id);

  // A seller that is tainted already taints what it shows from now on.
  bool tainted = marked;
  if (!tainted && now.label != kNoLabel) {
    TRY_ASSIGN(const ComponentRow sums, batch_.Component(now.label, 0));
    tainted = sums.tainted();
  }
  bool gained = false;
  for (const Touch& touch : touches) {
    if (!kinds_.Linking(touch.kind)) continue;
    if (touch.before == 0 && touch.after > 0) {
      gained = true;
      if (tainted) taint_.fingerprints.push_back(TaintKey(touch.fingerprint));
    }
    // Several that join here are represented by the component; a single seller by itself.
    if (touch.row_after.banned == 0 || !kinds_.Joins(touch.row_after)) continue;
    TRY_ASSIGN(const SellerId joined, partition.AnyJoined(touch.fingerprint, touch.row_after, {}));
    if (joined == kNoSeller) continue;
    TRY_ASSIGN(const SellerRow row, batch_.NeedSeller(joined));
    if (row.label == kNoLabel) entering.insert(joined);
  }
  if (gained && !tainted && !subject.before.carries.empty() && now.label == kNoLabel) {
    TRY_ASSIGN(const bool meets, MeetsABan(partition, subject.id));
    if (meets) entering.insert(subject.id);
  }
  return Enter(entering);
}

// Components that a ban came into, and sellers that came into one with a ban.
Result<void> TaintSpread::ToComponents(const Partition& partition, std::set<SellerId>& entering) {
  for (const auto& [place, before] : partition.sums_before()) {
    if (place.part != 0 || before.tainted()) continue;
    TRY_ASSIGN(const ComponentRow after, batch_.Component(place.label, 0));
    if (!after.tainted()) continue;
    if (after.size > kMaxSpread) {
      taint_.too_many = true;
      continue;
    }
    TRY(batch_.ForEachMember(place.label, [&](SellerId seller) -> Result<bool> {
      entering.insert(seller);
      return true;
    }));
  }
  for (const auto& [seller, before] : partition.moved()) {
    TRY_ASSIGN(const SellerRow row, batch_.NeedSeller(seller));
    if (row.label == kNoLabel || row.label == before.label) continue;
    TRY_ASSIGN(const ComponentRow sums, batch_.Component(row.label, 0));
    if (sums.tainted()) entering.insert(seller);
  }
  return {};
}

// Does a seller that is alone share a joining fingerprint with a banned leaf?
Result<bool> TaintSpread::MeetsABan(const Partition& partition, SellerId lone) {
  bool meets = false;
  TRY(partition.ForEachJoined(lone,
                              [&](const Fingerprint&, const FingerprintRow& row) -> Result<void> {
                                meets = meets || row.banned > 0;
                                return {};
                              }));
  return meets;
}

Result<void> TaintSpread::Enter(const std::set<SellerId>& sellers) {
  if (sellers.size() > kMaxSpread) taint_.too_many = true;
  if (taint_.too_many) return {};
  for (const SellerId seller : sellers) {
    TRY(AppendLinking(batch_, kinds_, seller, taint_.fingerprints));
  }
  return {};
}

void TaintSpread::EnterName(const SellerRow& row) {
  if (!IsNoteworthy(row)) return;
  taint_.names.push_back(TaintKey(batch_.Word(row.platform), row.external_id));
}

}  // namespace revenant

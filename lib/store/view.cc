#include "store/view.h"

#include <algorithm>

#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

// A decoded row, or nothing where there is none.
template <typename Row, typename Decode>
Result<std::optional<Row>> Decoded(Result<std::optional<std::string>> bytes, Decode decode) {
  if (!bytes) return std::move(bytes).error();
  if (!*bytes) return std::optional<Row>();
  TRY_ASSIGN(Row row, decode(**bytes));
  return std::optional<Row>(std::move(row));
}

template <typename Row, typename Decode>
Result<std::optional<Row>> Read(const View& view, Table table, std::string_view key,
                                Decode decode) {
  RowBytes bytes;
  TRY_ASSIGN(const bool found, view.Read(table, key, bytes));
  if (!found) return std::optional<Row>();
  TRY_ASSIGN(Row row, decode(bytes.view()));
  return std::optional<Row>(std::move(row));
}

Result<SellerId> DecodeSellerId(std::string_view bytes) {
  TRY_ASSIGN(const std::uint64_t number, DecodeNumber(bytes));
  return SellerId{number};
}

}  // namespace

Result<bool> View::Read(Table table, std::string_view key, RowBytes& row) const {
  TRY_ASSIGN(std::optional<std::string> bytes, Get(table, key));
  if (bytes) row.Own(*std::move(bytes));
  return bytes.has_value();
}

Result<std::optional<SellerId>> View::FindSeller(const SellerName& name) const {
  const WordId platform = FindWord(name.platform);
  if (platform == WordId{0}) return std::optional<SellerId>();
  return Decoded<SellerId>(Get(Table::kNames, NameKey(platform, name.external_id)), DecodeSellerId);
}

Result<std::optional<SellerRow>> View::Seller(SellerId seller) const {
  return revenant::Read<SellerRow>(*this, Table::kSellers, SellerKey(seller), DecodeSellerRow);
}

Result<SellerRow> View::NeedSeller(SellerId seller) const {
  TRY_ASSIGN(std::optional<SellerRow> row, Seller(seller));
  if (!row) {
    return Error{Code::kCorruption, "store: a row names seller number " +
                                        std::to_string(static_cast<std::uint64_t>(seller)) +
                                        ", which does not exist: run fsck"};
  }
  return *std::move(row);
}

SellerName View::NameOf(const SellerRow& row) const {
  return {Word(row.platform), row.external_id};
}

Result<std::optional<ObservedRow>> View::ObservedOf(SellerId seller) const {
  return revenant::Read<ObservedRow>(*this, Table::kObservations, ObservedKey(seller),
                                     DecodeObservedRow);
}

Result<std::optional<ObservationRow>> View::Observation(const ObservationKey& key) const {
  TRY_ASSIGN(const std::optional<ObservedRow> all, ObservedOf(key.seller));
  if (!all && !MayHoldUncounted()) return std::optional<ObservationRow>();
  if (all && !all->spilled()) {
    const Observed* found = FindObserved(all->observed, key.root, key.source);
    return found == nullptr ? std::optional<ObservationRow>() : found->registers;
  }
  return Decoded<ObservationRow>(
      Get(Table::kObservations, Encode(key)),
      [&](std::string_view bytes) { return DecodeObservationRow(bytes, key.root); });
}

Result<std::optional<CaseRow>> View::Case(const CaseKey& key) const {
  return Decoded<CaseRow>(Get(Table::kCases, Encode(key)), DecodeCaseRow);
}

Result<std::optional<PairRow>> View::Pair(SellerId a, SellerId b) const {
  return Decoded<PairRow>(Get(Table::kPairs, PairKey(a, b)), DecodePairRow);
}

Result<std::optional<FingerprintRow>> View::FingerprintState(const Fingerprint& fingerprint) const {
  return revenant::Read<FingerprintRow>(*this, Table::kFingerprints, AsView(fingerprint.bytes),
                                        DecodeFingerprintRow);
}

Result<ComponentRow> View::Component(LabelId label, std::uint32_t part) const {
  TRY_ASSIGN(std::optional<ComponentRow> row,
             revenant::Read<ComponentRow>(*this, Table::kComponents, ComponentKey(label, part),
                                          DecodeComponentRow));
  return row.value_or(ComponentRow{});
}

Result<std::optional<Time>> View::Tombstone(const Fingerprint& digest) const {
  TRY_ASSIGN(const std::optional<std::uint64_t> code,
             Decoded<std::uint64_t>(Get(Table::kTombstones, AsView(digest.bytes)), DecodeNumber));
  if (!code) return std::optional<Time>();
  return std::optional<Time>(Time{UnZigZag(*code)});
}

Result<std::optional<CarrierRow>> View::CarrierOf(const Fingerprint& fingerprint,
                                                  CarrierClass carrier_class,
                                                  SellerId seller) const {
  return Decoded<CarrierRow>(Get(Table::kCarriers, CarrierKey(fingerprint, carrier_class, seller)),
                             DecodeCarrierRow);
}

Result<std::uint32_t> View::CarrierCount(const Fingerprint& fingerprint, const FingerprintRow& row,
                                         CarrierClass carrier_class, SellerId seller) const {
  if (row.spilled()) {
    TRY_ASSIGN(const std::optional<CarrierRow> own, CarrierOf(fingerprint, carrier_class, seller));
    return own ? own->observations : 0;
  }
  for (const Carrier& carrier : row.inline_carriers) {
    if (carrier.seller == seller && carrier.carrier_class == carrier_class) {
      return carrier.observations;
    }
  }
  return std::uint32_t{0};
}

namespace {

// Visits those of a seller's observed that `wanted` says; false: the visitor has seen enough.
template <typename Wanted>
Result<bool> VisitObserved(SellerId seller, const ObservedRow& row, const Wanted& wanted,
                           const View::VisitObservation& visit) {
  for (const Observed& each : row.observed) {
    if (!wanted(each)) continue;
    TRY_ASSIGN(const bool more, visit({seller, each.root, each.source}, each.registers));
    if (!more) return false;
  }
  return true;
}

constexpr auto kAllObserved = [](const Observed&) { return true; };

}  // namespace

Result<void> View::ScanObservations(std::string_view prefix, const VisitObservation& visit) const {
  return Scan(Table::kObservations, prefix,
              [&](std::string_view key_bytes, std::string_view value) -> Result<bool> {
                if (IsObservedKey(key_bytes)) {
                  TRY_ASSIGN(const SellerId seller, DecodeObservedKey(key_bytes));
                  TRY_ASSIGN(const ObservedRow row, DecodeObservedRow(value));
                  return VisitObserved(seller, row, kAllObserved, visit);
                }
                TRY_ASSIGN(const ObservationKey key, DecodeObservationKey(key_bytes));
                TRY_ASSIGN(const ObservationRow row, DecodeObservationRow(value, key.root));
                return visit(key, row);
              });
}

Result<void> View::ForEachObservation(SellerId seller, const VisitObservation& visit) const {
  TRY_ASSIGN(const std::optional<ObservedRow> row, ObservedOf(seller));
  if (!row && !MayHoldUncounted()) return {};
  if (!row || row->spilled()) return ScanObservations(SellerKey(seller), visit);
  TRY(VisitObserved(seller, *row, kAllObserved, visit));
  return {};
}

Result<void> View::ForEachSighting(SellerId seller, const Fingerprint& root,
                                   const VisitObservation& visit) const {
  TRY_ASSIGN(const std::optional<ObservedRow> row, ObservedOf(seller));
  if (!row && !MayHoldUncounted()) return {};
  if (!row || row->spilled()) return ScanObservations(ObservationPrefix(seller, root), visit);
  TRY(VisitObserved(seller, *row, [&](const Observed& each) { return each.root == root; }, visit));
  return {};
}

Result<void> View::ForEachObservation(const VisitObservation& visit) const {
  return ScanObservations("", visit);
}

Result<void> View::ForEachCarrier(const Fingerprint& fingerprint, const FingerprintRow& row,
                                  const Visit<const Carrier&>& visit) const {
  if (!row.spilled()) {
    for (const Carrier& carrier : row.inline_carriers) {
      TRY_ASSIGN(const bool more, visit(carrier));
      if (!more) break;
    }
    return {};
  }
  return Scan(Table::kCarriers, AsView(fingerprint.bytes),
              [&](std::string_view key, std::string_view value) -> Result<bool> {
                TRY_ASSIGN(const CarrierIds ids, DecodeCarrierKey(key));
                TRY_ASSIGN(const CarrierRow own, DecodeCarrierRow(value));
                return visit(Carrier{ids.carrier_class, ids.seller, own.observations});
              });
}

Result<void> View::ForEachDated(const Fingerprint& fingerprint, Dated what,
                                const Visit<std::int64_t, SellerId>& visit) const {
  return Scan(Table::kDated, DatedPrefix(fingerprint, what),
              [&](std::string_view key, std::string_view) -> Result<bool> {
                TRY_ASSIGN(const DatedIds ids, DecodeDatedKey(key));
                return visit(ids.micros, ids.seller);
              });
}

Result<void> View::ForEachCase(SellerId seller, CaseType type,
                               const Visit<const CaseKey&, const CaseRow&>& visit) const {
  std::string prefix = SellerKey(seller);
  prefix.push_back(static_cast<char>(type));
  return Scan(Table::kCases, prefix,
              [&](std::string_view key_bytes, std::string_view value) -> Result<bool> {
                TRY_ASSIGN(const CaseKey key, DecodeCaseKey(key_bytes));
                TRY_ASSIGN(const CaseRow row, DecodeCaseRow(value));
                return visit(key, row);
              });
}

Result<void> View::ForEachPair(SellerId seller,
                               const Visit<SellerId, const PairRow&>& visit) const {
  return Scan(Table::kPairs, SellerKey(seller),
              [&](std::string_view key, std::string_view value) -> Result<bool> {
                TRY_ASSIGN(const PairIds ids, DecodePairKey(key));
                TRY_ASSIGN(const PairRow row, DecodePairRow(value));
                return visit(ids.b, row);
              });
}

Result<void> View::ForEachMember(LabelId label, std::uint32_t part,
                                 const Visit<SellerId>& visit) const {
  return Scan(Table::kMembers, MemberPrefix(label, part),
              [&](std::string_view, std::string_view value) -> Result<bool> {
                TRY_ASSIGN(const SellerId seller, DecodeSellerId(value));
                return visit(seller);
              });
}

Result<void> View::ForEachMember(LabelId label, const Visit<SellerId>& visit) const {
  return Scan(Table::kMembers, LabelPrefix(label),
              [&](std::string_view, std::string_view value) -> Result<bool> {
                TRY_ASSIGN(const SellerId seller, DecodeSellerId(value));
                return visit(seller);
              });
}

}  // namespace revenant

#ifndef REVENANT_STORE_VIEW_H_
#define REVENANT_STORE_VIEW_H_

// Reading rows: the same typed look-ups over a snapshot of the store and over a batch that is
// being built on top of it. RocksDB stays behind the two virtual functions.
// Threads: a view belongs to one thread; any number of snapshots may live beside a writer.
// Errors: kCorruption (a row fails its check), kIo. A missing row is nullopt, never an error.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/interned_names.h"
#include "store/rows.h"

namespace revenant {

// The bytes of one row, which may stand where the view keeps them: they live as long as this and as
// the view.
class RowBytes {
 public:
  std::string_view view() const { return view_; }
  void Borrow(std::string_view bytes) { view_ = bytes; }
  void Own(std::string bytes) {
    own_ = std::move(bytes);
    view_ = own_;
  }

  RowBytes() = default;
  RowBytes(const RowBytes&) = delete;  // a copy would point into the original
  RowBytes& operator=(const RowBytes&) = delete;

 private:
  std::string own_;
  std::string_view view_;
};

class View {
 public:
  virtual ~View() = default;

  Result<std::optional<SellerId>> FindSeller(const SellerName& name) const;
  Result<std::optional<SellerRow>> Seller(SellerId seller) const;
  // A row that must be there because another row names it; kCorruption if it is not.
  Result<SellerRow> NeedSeller(SellerId seller) const;
  SellerName NameOf(const SellerRow& row) const;

  // The row of a seller's observations: one read. nullopt: it has none (or see ForEachObservation).
  Result<std::optional<ObservedRow>> ObservedOf(SellerId seller) const;
  Result<std::optional<ObservationRow>> Observation(const ObservationKey& key) const;
  Result<std::optional<CaseRow>> Case(const CaseKey& key) const;
  Result<std::optional<PairRow>> Pair(SellerId a, SellerId b) const;
  Result<std::optional<FingerprintRow>> FingerprintState(const Fingerprint& fingerprint) const;
  Result<ComponentRow> Component(LabelId label, std::uint32_t part) const;  // zeros if missing
  Result<std::optional<Time>> Tombstone(const Fingerprint& digest) const;

  // A carrier's count, wherever it stands.
  Result<std::uint32_t> CarrierCount(const Fingerprint& fingerprint, const FingerprintRow& row,
                                     CarrierClass carrier_class, SellerId seller) const;

  // The same of a fingerprint of many carriers, whole; nullopt: it is none.
  Result<std::optional<CarrierRow>> CarrierOf(const Fingerprint& fingerprint,
                                              CarrierClass carrier_class, SellerId seller) const;

  // Visitors return false to stop. Key order.
  template <typename... Args>
  using Visit = std::function<Result<bool>(Args...)>;
  using VisitObservation = Visit<const ObservationKey&, const ObservationRow&>;
  // Of one seller. Cost: one read; with more than ObservedRow::kInline a scan beside it.
  Result<void> ForEachObservation(SellerId seller, const VisitObservation& visit) const;
  // Of one seller and root attribute, from all sources.
  Result<void> ForEachSighting(SellerId seller, const Fingerprint& root,
                               const VisitObservation& visit) const;
  // Of all sellers, each one's together.
  Result<void> ForEachObservation(const VisitObservation& visit) const;
  Result<void> ForEachCarrier(const Fingerprint& fingerprint, const FingerprintRow& row,
                              const Visit<const Carrier&>& visit) const;
  // Carriers of a fingerprint that has many, in order of the time. Cost: a seek, and a row each.
  Result<void> ForEachDated(const Fingerprint& fingerprint, Dated what,
                            const Visit<std::int64_t, SellerId>& visit) const;
  Result<void> ForEachCase(SellerId seller, CaseType type,
                           const Visit<const CaseKey&, const CaseRow&>& visit) const;
  Result<void> ForEachPair(SellerId seller, const Visit<SellerId, const PairRow&>& visit) const;
  // Members of one part (part 0: of a component that has no parts), or of all parts of a label.
  Result<void> ForEachMember(LabelId label, std::uint32_t part, const Visit<SellerId>& visit) const;
  Result<void> ForEachMember(LabelId label, const Visit<SellerId>& visit) const;

  // Raw access, for whole-store passes.
  using VisitRaw = Visit<std::string_view, std::string_view>;
  virtual Result<void> Scan(Table table, std::string_view prefix, const VisitRaw& visit) const = 0;
  virtual Result<std::optional<std::string>> Get(Table table, std::string_view key) const = 0;

  // A seller's observations may lie in rows of their own without a row that counts them: so it is
  // in stores of formats 1 and 2, which reading leaves as they are.
  virtual bool MayHoldUncounted() const { return false; }

  // As Get(), without a copy where the view can spare it. False: there is no such row.
  virtual Result<bool> Read(Table table, std::string_view key, RowBytes& row) const;

  virtual std::string Word(WordId id) const = 0;
  virtual WordId FindWord(std::string_view text) const = 0;  // WordId{0}: unknown

 private:
  Result<void> ScanObservations(std::string_view prefix, const VisitObservation& visit) const;
};

}  // namespace revenant

#endif  // REVENANT_STORE_VIEW_H_

#ifndef REVENANT_REGISTRY_BULK_SELLERS_H_
#define REVENANT_REGISTRY_BULK_SELLERS_H_

// The result of one seller's records in a bulk load.
// Threads: each thread its own.

#include <vector>

#include "registry/bulk/pack.h"
#include "registry/state/counts.h"
#include "registry/state/kind_policies.h"
#include "store/view.h"

namespace revenant {

// Shows the words of a load as a view does, and no rows.
class WordsView final : public View {
 public:
  explicit WordsView(const BulkWords& words) : words_(words) {}
  Result<void> Scan(Table, std::string_view, const VisitRaw&) const override { return {}; }
  Result<std::optional<std::string>> Get(Table, std::string_view) const override {
    return std::optional<std::string>();
  }
  std::string Word(WordId id) const override { return words_.At(id); }
  WordId FindWord(std::string_view) const override { return WordId{0}; }

 private:
  const BulkWords& words_;
};

// A fingerprint that a seller carries, to be sorted by fingerprint, then class and seller.
struct Carrying {
  Fingerprint fingerprint;
  std::uint64_t place = 0;  // class, seller and whether the seller joins, in this order
  WordId kind{};
  std::uint32_t observations = 0;
  std::int64_t first = ObservationRow::kNever;  // since when; unknown: no sighting has a date

  static std::uint64_t Place(CarrierClass carrier_class, SellerId seller, bool joins) {
    return static_cast<std::uint64_t>(carrier_class) << 62 |
           static_cast<std::uint64_t>(seller) << 1 | (joins ? 1 : 0);
  }
  bool joins() const { return (place & 1) != 0; }
  std::uint64_t seller() const { return (place << 2) >> 3; }
  Carrier carrier() const {
    return {static_cast<CarrierClass>(place >> 62), SellerId{seller()}, observations};
  }
  std::uint32_t node() const { return static_cast<std::uint32_t>(seller() - 1); }
};
static_assert(sizeof(Carrying) == 40);

// A seller's row but for its cluster, in few bytes.
void PutStub(std::string& out, const SellerRow& row);
void GetStub(const char*& at, SellerRow& row);

class SellerSums {
 public:
  explicit SellerSums(KindPolicies kinds) : kinds_(std::move(kinds)) {}

  void Begin(SellerId seller);
  // A packed record of the seller.
  void Add(const char* record);
  // After its last one: counts it.
  void Finish(Counts& counts);
  // The rows of its observations.
  void EmitObservations(const EmitRow& emit) const;

  const SellerRow& row() const { return row_; }
  const std::vector<Carrying>& carrying() const { return carrying_; }

 private:
  struct Sighting {
    Fingerprint root;
    WordId source{};
    std::int64_t first = 0, last = 0, through = 0;
    const char* items = nullptr;
    std::uint32_t item_count = 0;
  };

  void Observe(std::span<const Sighting> sightings, Counts& counts);
  void SumCarrying();

  const KindPolicies kinds_;
  SellerId seller_{};
  SellerRow row_;
  std::vector<Sighting> sightings_;
  std::vector<Observed> observed_;
  Fingerprint root_;                                    // of the observation before
  std::int64_t every_source_ = ObservationRow::kNever;  // withdrawn from all of its sources
  std::vector<Carrying> carrying_;
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_BULK_SELLERS_H_

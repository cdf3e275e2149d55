// Compares the derived rows of a store with what its facts say.

#include <map>
#include <unordered_map>

#include "registry/derive/rebuild.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

class Comparer {
 public:
  Comparer(const View& view, const Derived& derived, FsckReport& report)
      : view_(view), derived_(derived), report_(report) {}

  Result<void> Run() {
    TRY(CompareSellers());
    TRY(CompareNames());
    TRY(CompareFingerprints());
    TRY(CompareCarriers());
    TRY(CompareComponents());
    TRY(CompareMembers());
    TRY(CheckCases());
    TRY(CheckObservations());
    TRY(CheckPairs());
    TRY_ASSIGN(const Counts counts, Counts::Read(view_));
    if (counts != derived_.counts) Problem("running totals differ from the rows they count");
    return {};
  }

 private:
  void Problem(std::string text) {
    if (report_.problems.size() < FsckReport::kMaxProblems) {
      report_.problems.push_back(std::move(text));
    }
  }
  std::string NameOf(const SellerRow& row) const { return view_.NameOf(row).ToString(); }

  // Labels are internal numbers, and so are parts: two stores agree if theirs pair off one to one.
  bool Pairs(LabelId stored, LabelId computed) {
    if ((stored == kNoLabel) != (computed == kNoLabel)) return false;
    return computed_.emplace(stored, computed).first->second == computed &&
           stored_.emplace(computed, stored).first->second == stored;
  }
  using Part = std::pair<LabelId, std::uint32_t>;
  bool PairParts(const Part& stored, const Part& computed) {
    if ((stored.second == 0) != (computed.second == 0)) return false;
    return computed_parts_.emplace(stored, computed).first->second == computed &&
           stored_parts_.emplace(computed, stored).first->second == stored;
  }

  Result<void> CompareSellers() {
    for (const Derived::Seller& seller : derived_.sellers) {
      ++report_.rows;
      TRY_ASSIGN(const SellerRow row, view_.NeedSeller(seller.id));
      SellerRow relabelled = seller.row;
      relabelled.label = row.label;
      relabelled.part = row.part;
      if (row != relabelled ||
          !PairParts({row.label, row.part}, {seller.row.label, seller.row.part})) {
        Problem("seller " + NameOf(row) + ": its sums or part are wrong");
      }
      if (!Pairs(row.label, seller.row.label)) {
        Problem("seller " + NameOf(row) + ": is in the wrong component");
      }
      labelled_ += row.label != kNoLabel;
      if (row.part != 0 && row.pairs > 0) ++named_[row.label];
    }
    return {};
  }

  // Facts cannot be recomputed; but each must belong to a seller and be well formed.
  Result<void> CheckCases() {
    return view_.Scan(
        Table::kCases, "", [&](std::string_view key_bytes, std::string_view value) -> Result<bool> {
          ++report_.rows;
          TRY_ASSIGN(const CaseKey key, DecodeCaseKey(key_bytes));
          TRY_ASSIGN(const CaseRow row, DecodeCaseRow(value));
          TRY_ASSIGN(const std::optional<SellerRow> seller, view_.Seller(key.seller));
          if (!seller) {
            Problem("case '" + key.case_ref + "' belongs to no seller");
          } else if (key.type >= CaseType::kNotice && row.set != ObservationRow::kNever &&
                     !CheckFact(static_cast<FactKind>(key.type), key.case_ref, row.reason)) {
            Problem("seller " + NameOf(*seller) + ": what is on file as '" + key.case_ref +
                    "' is not of its kind");
          }
          return true;
        });
  }

  // Each belongs to a seller; one with more than fit in a row has as many as its row says.
  Result<void> CheckObservations() {
    std::map<SellerId, std::uint64_t> apart;  // counted; and what is said of them
    std::map<SellerId, std::uint64_t> said;
    SellerId last = kNoSeller;  // their rows lie together
    TRY(view_.Scan(Table::kObservations, "",
                   [&](std::string_view bytes, std::string_view value) -> Result<bool> {
                     ++report_.rows;
                     SellerId seller = kNoSeller;
                     if (IsObservedKey(bytes)) {
                       TRY_ASSIGN(seller, DecodeObservedKey(bytes));
                       TRY_ASSIGN(const ObservedRow row, DecodeObservedRow(value));
                       if (row.spilled()) said[seller] = row.count;
                     } else {
                       TRY_ASSIGN(const ObservationKey key, DecodeObservationKey(bytes));
                       seller = key.seller;
                       ++apart[seller];
                     }
                     if (seller == last) return true;
                     last = seller;
                     TRY_ASSIGN(const std::optional<SellerRow> known, view_.Seller(seller));
                     if (!known) Problem("observations belong to no seller");
                     return true;
                   }));
    if (said != apart && !view_.MayHoldUncounted()) {
      Problem("observations in rows of their own differ from their number");
    }
    return {};
  }

  // Each finding stands under both of its sellers.
  Result<void> CheckPairs() {
    return view_.Scan(
        Table::kPairs, "", [&](std::string_view key, std::string_view value) -> Result<bool> {
          ++report_.rows;
          TRY_ASSIGN(const PairIds pair, DecodePairKey(key));
          TRY_ASSIGN(const std::optional<SellerRow> seller, view_.Seller(pair.a));
          TRY_ASSIGN(const auto other_way, view_.Get(Table::kPairs, PairKey(pair.b, pair.a)));
          if (!seller) Problem("a finding of different people is about no seller");
          if (other_way != value) Problem("a finding of different people stands under one of two");
          return true;
        });
  }

  Result<void> CompareNames() {
    std::uint64_t names = 0;
    TRY(view_.Scan(Table::kNames, "", [&](std::string_view, std::string_view) -> Result<bool> {
      ++names;
      return true;
    }));
    report_.rows += names;
    if (names != derived_.sellers.size()) Problem("names and sellers differ in number");
    for (const Derived::Seller& seller : derived_.sellers) {
      TRY_ASSIGN(const std::optional<SellerId> found, view_.FindSeller(view_.NameOf(seller.row)));
      if (found != seller.id)
        Problem("seller " + NameOf(seller.row) + ": its name leads elsewhere");
    }
    return {};
  }

  Result<void> CompareFingerprints() {
    std::uint64_t rows = 0;
    TRY(view_.Scan(Table::kFingerprints, "",
                   [&](std::string_view key, std::string_view value) -> Result<bool> {
                     ++rows;
                     TRY_ASSIGN(const Fingerprint fingerprint, DecodeFingerprintKey(key));
                     TRY_ASSIGN(const FingerprintRow row, DecodeFingerprintRow(value));
                     const auto found = derived_.fingerprints.find(fingerprint);
                     if (found == derived_.fingerprints.end() || found->second.row != row) {
                       Problem("fingerprint " + fingerprint.ToHex() + ": its carriers are wrong");
                     }
                     return true;
                   }));
    report_.rows += rows;
    if (rows != derived_.fingerprints.size()) Problem("fingerprints are missing");
    return {};
  }

  // Those of each carrier that facts say, and how many there are beside it by their times.
  Result<void> CompareCarrierRows() {
    std::uint64_t rows = 0, wanted = 0;
    Result<void> read;
    for (const auto& [fingerprint, entry] : derived_.fingerprints) {
      EmitCarriers(fingerprint, entry, derived_.dated,
                   [&](Table table, const std::string& key, const std::string& value) {
                     if (!read) return;
                     wanted += table == Table::kDated;
                     Result<std::optional<std::string>> row = view_.Get(table, key);
                     if (!row) {
                       read = std::move(row).error();
                     } else if (*row != value) {
                       Problem("fingerprint " + fingerprint.ToHex() + ": a carrier's row is wrong");
                     }
                   });
      TRY(std::move(read));
    }
    if (!derived_.dated) return {};
    TRY(view_.Scan(Table::kDated, "", [&](std::string_view, std::string_view) -> Result<bool> {
      ++rows;
      return true;
    }));
    report_.rows += rows;
    if (rows != wanted) Problem("carriers are filed under times that are not theirs");
    return {};
  }

  Result<void> CompareCarriers() {
    std::uint64_t rows = 0, wanted = 0;
    for (const auto& [fingerprint, entry] : derived_.fingerprints) {
      if (!entry.row.spilled()) continue;
      wanted += entry.carriers.size();
    }
    TRY(CompareCarrierRows());
    TRY(view_.Scan(Table::kCarriers, "", [&](std::string_view, std::string_view) -> Result<bool> {
      ++rows;
      return true;
    }));
    report_.rows += rows;
    if (rows != wanted) Problem("there are carriers that no fingerprint has");
    return {};
  }

  Result<void> CompareComponents() {
    std::uint64_t rows = 0;
    TRY(view_.Scan(
        Table::kComponents, "", [&](std::string_view key, std::string_view value) -> Result<bool> {
          ++rows;
          TRY_ASSIGN(const ComponentIds ids, DecodeComponentKey(key));
          TRY_ASSIGN(const ComponentRow row, DecodeComponentRow(value));
          const auto label = computed_.find(ids.label);
          const auto part = computed_parts_.find({ids.label, ids.part});
          auto found = derived_.components.end();
          if (ids.part == 0 && label != computed_.end()) {
            found = derived_.components.find({label->second, 0});
          } else if (ids.part != 0 && part != computed_parts_.end()) {
            found = derived_.components.find(part->second);
          }
          if (found == derived_.components.end() || found->second != row) {
            Problem("component " + std::to_string(static_cast<std::uint64_t>(ids.label)) +
                    ": its sums are wrong");
          }
          return true;
        }));
    report_.rows += rows;
    if (rows != derived_.components.size()) Problem("components are missing");
    return {};
  }

  Result<void> CompareMembers() {
    std::uint64_t rows = 0;
    std::map<LabelId, std::uint64_t> named;
    TRY(view_.Scan(Table::kMembers, "",
                   [&](std::string_view key, std::string_view value) -> Result<bool> {
                     if (IsNamedKey(key)) return CompareNamed(key, named);
                     ++rows;
                     TRY_ASSIGN(const std::uint64_t number, DecodeNumber(value));
                     TRY_ASSIGN(const std::optional<SellerRow> row, view_.Seller(SellerId{number}));
                     if (!row || key != MemberKey(row->label, row->part, row->since,
                                                  view_.Word(row->platform), row->external_id)) {
                       Problem("a component lists a member that is not in it");
                     }
                     return true;
                   }));
    report_.rows += rows;
    if (rows != labelled_) Problem("components do not list all their members");
    for (const auto& [label, count] : named) {  // all of them, or none in stores of before
      report_.rows += count;
      if (count != named_[label])
        Problem("a component does not list all sellers that findings name");
    }
    return {};
  }

  Result<bool> CompareNamed(std::string_view key, std::map<LabelId, std::uint64_t>& named) {
    TRY_ASSIGN(const NamedIds ids, DecodeNamedKey(key));
    TRY_ASSIGN(const std::optional<SellerRow> row, view_.Seller(ids.seller));
    if (!row || row->label != ids.label || row->part != ids.part || row->part == 0 ||
        row->pairs == 0) {
      Problem("a component lists a seller that no finding names there");
    }
    ++named[ids.label];
    return true;
  }

  const View& view_;
  const Derived& derived_;
  FsckReport& report_;
  std::unordered_map<LabelId, LabelId> computed_, stored_;  // by stored, by computed
  std::map<Part, Part> computed_parts_, stored_parts_;      // likewise
  std::map<LabelId, std::uint64_t> named_;                  // members of parts that findings name
  std::uint64_t labelled_ = 0;
};

}  // namespace

Result<void> CompareDerived(const View& view, const Derived& derived, FsckReport& report) {
  return Comparer(view, derived, report).Run();
}

}  // namespace revenant

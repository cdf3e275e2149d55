// The taint filter of a state, computed from its rows.

#include "registry/answer/taint_fill.h"

#include <algorithm>
#include <new>
#include <unordered_set>

#include "registry/state/counts.h"
#include "registry/state/live.h"
#include "registry/state/meta_rows.h"
#include "util/bytes.h"
#include "util/crew.h"
#include "util/try.h"

namespace revenant {
namespace {

// Room to grow before a new filter is needed: sellers come all the time and cost little, tainted
// fingerprints are what memory is promised for.
std::uint64_t RoomForNames(std::uint64_t sellers) { return sellers + sellers / 2 + 4096; }
std::uint64_t RoomForFingerprints(std::uint64_t count) { return count + count / 8 + 4096; }

// What one thread found.
struct Share {
  std::vector<Bloom::Key> fingerprints;
  Result<void> outcome;
};

class Filler {
 public:
  Filler(const View& view, const LinkPolicy& policy, const std::atomic<bool>& stop)
      : view_(view), policy_(policy), stop_(stop) {}

  Result<std::unique_ptr<TaintFilter>> Run(unsigned threads) {
    TRY_ASSIGN(const Counts counts, Counts::Read(view_));
    TRY_ASSIGN(last_seller_, LastSeller());
    TRY(ReadTaintedLabels());
    names_ = std::make_unique<Bloom>(RoomForNames(static_cast<std::uint64_t>(counts.sellers)),
                                     TaintFilter::kNameBits);
    std::vector<Share> shares(std::max(1U, threads));
    ReadSellers(shares);
    std::uint64_t found = 0;
    for (const Share& share : shares) {
      if (!share.outcome) return share.outcome.error();
      found += share.fingerprints.size();
    }
    if (stop_) return std::unique_ptr<TaintFilter>();
    auto fingerprints =
        std::make_unique<Bloom>(RoomForFingerprints(found), TaintFilter::kFingerprintBits);
    for (const Share& share : shares) {
      for (const Bloom::Key& key : share.fingerprints) fingerprints->Add(key);
    }
    return std::make_unique<TaintFilter>(std::move(fingerprints), std::move(names_));
  }

 private:
  // Sellers are numbered without gaps, so the first bytes of their keys deal them out in blocks.
  static constexpr int kBlockBytes = 2;

  Result<std::uint64_t> LastSeller() const {
    TRY_ASSIGN(const std::optional<std::string> bytes, view_.Get(Table::kMeta, kSellerCounter));
    if (!bytes) return std::uint64_t{0};
    return DecodeNumber(*bytes);
  }

  Result<void> ReadTaintedLabels() {
    return view_.Scan(Table::kComponents, "",
                      [&](std::string_view key, std::string_view value) -> Result<bool> {
                        TRY_ASSIGN(const ComponentIds ids, DecodeComponentKey(key));
                        TRY_ASSIGN(const ComponentRow row, DecodeComponentRow(value));
                        if (ids.part == 0 && row.tainted()) tainted_.insert(ids.label);
                        return !stop_;
                      });
  }

  void ReadSellers(std::vector<Share>& shares) {
    Crew crew;  // where the system gives fewer threads, fewer share the blocks
    for (std::size_t i = 1; i < shares.size(); ++i) {
      if (!crew.Start([this, &share = shares[i]] { ReadShare(share); })) break;
    }
    ReadShare(shares.front());
    crew.Join();
  }

  void ReadShare(Share& share) {
    try {
      share.outcome = ReadBlocks(share);
    } catch (const std::bad_alloc&) {  // would end the process, leaving a thread
      share.outcome = Error{Code::kIo, "not enough memory"};
    }
  }

  Result<void> ReadBlocks(Share& share) {
    const KindPolicies kinds(policy_, view_);  // remembers kinds, so each thread has its own
    while (!stop_) {
      const std::uint64_t block = next_block_++;
      if (block > last_seller_ >> (8 * kBlockBytes)) break;
      std::string prefix = SellerKey(SellerId{block << (8 * kBlockBytes)});
      prefix.resize(prefix.size() - kBlockBytes);
      TRY(view_.Scan(Table::kSellers, prefix,
                     [&](std::string_view key, std::string_view value) -> Result<bool> {
                       TRY_ASSIGN(const SellerId seller, DecodeSellerKey(key));
                       TRY_ASSIGN(const SellerRow row, DecodeSellerRow(value));
                       TRY(Enter(kinds, seller, row, share.fingerprints));
                       return !stop_;
                     }));
    }
    return {};
  }

  Result<void> Enter(const KindPolicies& kinds, SellerId seller, const SellerRow& row,
                     std::vector<Bloom::Key>& fingerprints) {
    if (IsNoteworthy(row)) {
      names_->Add(TaintKey(view_.Word(row.platform), row.external_id));
    }
    if (row.bans > 0 || row.pairs > 0 || tainted_.contains(row.label)) {
      TRY(AppendLinking(view_, kinds, seller, fingerprints));
    }
    if (row.bans > 0) TRY(AppendLoneNeighbours(view_, kinds, seller, fingerprints));
    return {};
  }

  const View& view_;
  const LinkPolicy& policy_;
  const std::atomic<bool>& stop_;
  std::uint64_t last_seller_ = 0;
  std::atomic<std::uint64_t> next_block_{0};
  std::unordered_set<LabelId> tainted_;
  std::unique_ptr<Bloom> names_;
};

}  // namespace

Result<void> AppendLinking(const View& view, const KindPolicies& kinds, SellerId seller,
                           std::vector<Bloom::Key>& keys) {
  TRY_ASSIGN(const std::vector<Carried> carried, CarriedBy(view, seller));
  for (const Carried& item : carried) {
    if (kinds.Linking(item.kind)) keys.push_back(TaintKey(item.fingerprint));
  }
  return {};
}

Result<void> AppendLoneNeighbours(const View& view, const KindPolicies& kinds, SellerId seller,
                                  std::vector<Bloom::Key>& keys) {
  TRY_ASSIGN(const std::vector<Carried> carried, CarriedBy(view, seller));
  for (const Carried& item : carried) {
    if (!kinds.Linking(item.kind)) continue;
    TRY_ASSIGN(const std::optional<FingerprintRow> row, view.FingerprintState(item.fingerprint));
    if (!row || row->banned == 0 || !kinds.Joins(*row)) continue;
    // Two who join are no longer alone, so the first one found tells.
    SellerId lone = kNoSeller;
    TRY(view.ForEachCarrier(item.fingerprint, *row, [&](const Carrier& carrier) -> Result<bool> {
      if (carrier.carrier_class != CarrierClass::kEnrolled) return false;
      TRY_ASSIGN(const SellerRow other, view.NeedSeller(carrier.seller));
      if (!kinds.Joins(other)) return true;
      if (other.label == kNoLabel) lone = carrier.seller;
      return false;
    }));
    if (lone != kNoSeller) TRY(AppendLinking(view, kinds, lone, keys));
  }
  return {};
}

Result<std::unique_ptr<TaintFilter>> FillTaint(const View& view, const LinkPolicy& policy,
                                               unsigned threads, const std::atomic<bool>& stop) {
  return Filler(view, policy, stop).Run(threads);
}

}  // namespace revenant

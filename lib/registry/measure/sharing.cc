#include "registry/measure/sharing.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <set>

#include "registry/state/case_facts.h"
#include "registry/state/meta_rows.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr std::size_t kMaxKinds =
    64;  // linking ones that are told apart; further ones are left out
constexpr std::uint64_t kMostCarriers = 256;  // of a value whose carriers are looked at
constexpr std::size_t kMostPartners = 64;     // looked at of one value
constexpr std::size_t kSellersAtOnce = 256;   // read before the memory for rows is used again
constexpr double kMicrosPerDay = 86'400e6;

std::uint64_t Mix(std::uint64_t x) {  // SplitMix64's finaliser
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

// By name, so that the sample does not depend on internal numbers.
std::uint64_t Lot(const SellerName& name, std::uint64_t seed) {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char c : name.ToString()) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  return Mix(hash + seed * 0x9e3779b97f4a7c15);
}

// The sellers with the lowest lots, at most so many.
class Draw {
 public:
  explicit Draw(std::size_t limit) : limit_(std::max<std::size_t>(1, limit)) {}
  void Add(std::uint64_t lot, SellerId seller) {
    lots_.emplace_back(lot, seller);
    if (lots_.size() >= 2 * limit_) Cut();
  }
  const std::vector<std::pair<std::uint64_t, SellerId>>& Finish() {
    Cut();
    std::sort(lots_.begin(), lots_.end());
    return lots_;
  }

 private:
  void Cut() {
    if (lots_.size() <= limit_) return;
    std::nth_element(lots_.begin(), lots_.begin() + static_cast<std::ptrdiff_t>(limit_),
                     lots_.end());
    lots_.resize(limit_);
  }
  const std::size_t limit_;
  std::vector<std::pair<std::uint64_t, SellerId>> lots_;
};

// What two sellers share, kind by kind.
struct Pair {
  NodeId other = kNoNode;
  std::uint64_t shared = 0, both = 0;  // bits by number of kind; both: each has some value of it
  bool borne_out = false;              // by more than one thing that strangers share at once
};

class Counter {
 public:
  Counter(const View& view, const LinkPolicy& policy, const CalibrateOptions& options)
      : view_(view), options_(options), graph_(view, policy) {}

  Result<Sharing> Count() {
    TRY_ASSIGN(const auto objections, view_.Get(Table::kMeta, kObjectionsMark));
    has_objections_ = objections.has_value();
    Draw banned(options_.sample / 2), open(options_.sample - options_.sample / 2);
    TRY(view_.Scan(
        Table::kSellers, "", [&](std::string_view key, std::string_view value) -> Result<bool> {
          TRY_ASSIGN(const SellerId seller, DecodeSellerKey(key));
          TRY_ASSIGN(const SellerRow row, DecodeSellerRow(value));
          if (row.status != SellerStatus::kActive) return true;
          ++sharing_.sellers;
          sharing_.banned += row.bans > 0;
          latest_ = std::max(latest_, row.since);
          (row.bans > 0 ? banned : open).Add(Lot(view_.NameOf(row), options_.seed), seller);
          return true;
        }));
    for (const auto& [lot, seller] : banned.Finish()) TRY(Look(seller, lot));
    for (const auto& [lot, seller] : open.Finish()) TRY(Look(seller, lot));
    Subtract();
    return std::move(sharing_);
  }

 private:
  // Pairs of a seller and others who opened after its ban, or after a day when it might have been
  // banned; a crowd that shares the same with it counts once.
  struct After {
    double sellers = 0;  // looked at
    double pairs = 0;
    std::array<double, kMaxKinds> both{}, shared{};
    void Add(const Pair& pair) {
      pairs += 1;
      for (std::size_t kind = 0; kind < kMaxKinds; ++kind) {
        both[kind] += static_cast<double>(pair.both >> kind & 1);
        shared[kind] += static_cast<double>(pair.shared >> kind & 1);
      }
    }
  };

  Result<void> Look(SellerId id, std::uint64_t lot) {
    if (++looked_at_ % kSellersAtOnce == 0) graph_.GoOn(view_);
    if (has_objections_) {
      TRY_ASSIGN(const bool contested, IsContested(view_, id));
      if (contested) return {};
    }
    TRY_ASSIGN(const GraphSeller* seller, graph_.Seller(NodeId{static_cast<std::uint64_t>(id)}));
    if (!seller->passable) return {};
    TRY_ASSIGN(const std::vector<Pair> pairs, PairsOf(*seller));
    ++sharing_.sampled;
    sharing_.sampled_banned += seller->banned;
    if (!seller->banned) CountStrangers(*seller);
    TRY_ASSIGN(const SellerRow* row, graph_.RowOf(seller->id));
    const Time since = row->since;
    if (!since.known()) return {};
    Time end = seller->banned_at;
    if (seller->banned) {
      if (!end.known()) return {};
      delays_.push_back(std::max<std::int64_t>(0, end.micros - since.micros));
    } else {
      if (delays_.empty()) return {};
      end = Time{since.micros + delays_[Mix(lot) % delays_.size()]};
      if (end > latest_) return {};
    }
    return CountAfter(seller->banned, end, pairs);
  }

  void CountStrangers(const GraphSeller& seller) {
    std::uint64_t carried = 0;
    for (const Held& held : seller.held) carried |= BitOf(held);
    for (std::size_t kind = 0; kind < kMaxKinds; ++kind) {
      carriers_[kind] += carried >> kind & 1;
      sharers_[kind] += with_strangers_[kind];
    }
  }

  // For how many sellers one counts that shares a value with strangers. A banned seller's values
  // may belong to people who came back, and to their rings, so they do not count at all, and the
  // others count for the strangers' values that a ban hits by chance.
  double StandsFor(const GraphFingerprint& state) const {
    if (state.banned > 0) return 0;
    const double open =
        1 - static_cast<double>(sharing_.banned) / static_cast<double>(sharing_.sellers);
    return std::pow(open, -static_cast<double>(state.enrolled - 1));
  }

  Result<void> CountAfter(bool banned, Time end, const std::vector<Pair>& pairs) {
    After& after = banned ? after_ban_ : by_chance_;
    ++after.sellers;
    std::set<std::uint64_t> seen;
    for (const Pair& pair : pairs) {
      TRY_ASSIGN(const SellerRow* row, graph_.RowOf(pair.other));
      if (!row->since.known() || row->since <= end) continue;
      if (!banned && pair.borne_out) continue;  // one honest person's shops: no strangers
      if (!seen.insert(pair.shared).second) continue;
      after.Add(pair);
      if (!banned || !pair.borne_out) continue;
      const double days = static_cast<double>(row->since.micros - end.micros) / kMicrosPerDay;
      for (std::size_t kind = 0; kind < kMaxKinds; ++kind) {
        if ((pair.both >> kind & 1) == 0) continue;
        // Whether something else bears it out must not rest on the kind itself.
        if (!IsBorneOut(pair.shared & ~(std::uint64_t{1} << kind))) continue;
        gaps_[kind].push_back({days, (pair.shared >> kind & 1) != 0});
      }
    }
    return {};
  }

  // Every seller that shares a linking value with it that is not a hub; on the way it is counted
  // how many carry its values.
  Result<std::vector<Pair>> PairsOf(const GraphSeller& seller) {
    std::vector<Pair> pairs;
    std::set<NodeId> met = {seller.id};
    with_strangers_.fill(0);
    for (const Held& held : seller.held) {
      const std::uint64_t bit = BitOf(held);
      if (bit == 0) continue;
      TRY_ASSIGN(const auto state, graph_.At(held.fingerprint, kNoNode));
      if (!state || state->enrolled < 2 || state->enrolled > kMostCarriers) continue;
      TRY_ASSIGN(const std::span<const NodeId> found, graph_.Carriers(held.fingerprint, kNoNode));
      std::vector<NodeId> others(found.begin(), found.end());
      if (others.size() > kMostPartners) others.resize(kMostPartners);
      double looked = 0, borne_out = 0;
      bool strangers = false;
      for (const NodeId other : others) {
        if (other == seller.id) continue;
        TRY_ASSIGN(const GraphSeller* node, graph_.Seller(other));
        TRY_ASSIGN(const SellerRow* row, graph_.RowOf(other));
        if (IsForeignCase(node->name) || row->status != SellerStatus::kActive) continue;
        TRY_ASSIGN(const Pair pair, Compare(seller, *node));
        looked += 1;
        borne_out += pair.borne_out;
        strangers = strangers || !pair.borne_out;
        if (state->joins && met.insert(other).second) pairs.push_back(pair);
      }
      if (strangers && state->joins) {
        double& stands_for = with_strangers_[static_cast<std::size_t>(std::countr_zero(bit))];
        stands_for = std::max(stands_for, StandsFor(*state));
      }
      CountSize(std::countr_zero(bit), state->enrolled, looked > 0 && borne_out * 2 >= looked);
    }
    return pairs;
  }

  Result<Pair> Compare(const GraphSeller& a, const GraphSeller& b) {
    Pair pair;
    pair.other = b.id;
    std::uint64_t of_a = 0, of_b = 0;
    for (const Held& held : a.held) of_a |= BitOf(held);
    for (const Held& held : b.held) of_b |= BitOf(held);
    pair.both = of_a & of_b;
    auto x = a.held.begin();
    auto y = b.held.begin();
    while (x != a.held.end() && y != b.held.end()) {
      const auto order = x->fingerprint <=> y->fingerprint;
      if (order == 0) pair.shared |= BitOf(*x);
      if (order <= 0) ++x;
      if (order >= 0) ++y;
    }
    pair.borne_out = IsBorneOut(pair.shared);
    if (pair.borne_out && a.has_pairs && b.has_pairs) {
      TRY_ASSIGN(const bool forbidden, graph_.Forbidden(a.id, b.id));
      pair.borne_out = !forbidden;  // an investigator knows better
    }
    return pair;
  }

  // Strangers share a household's, an office's or an agent's phone and PC at once, or an account;
  // a document, or several of these, only the same hands.
  bool IsBorneOut(std::uint64_t shared) const {
    unsigned groups = 0;
    for (; shared != 0; shared &= shared - 1) groups |= groups_[std::countr_zero(shared)];
    return (groups & kOfAPerson) != 0 || std::popcount(groups) > 1;
  }
  static constexpr unsigned kOfAPerson = 1;
  static unsigned GroupOf(Family family) {
    switch (family) {
      case Family::kDocument:
      case Family::kOrganisation:
        return kOfAPerson;
      case Family::kPayment:
        return 2;
      case Family::kCustom:
        return 4;
      default:
        return 8;
    }
  }

  std::uint64_t BitOf(const Held& held) {
    if (held.kind->policy.role != Role::kLinking) return 0;
    auto found = numbers_.find(held.kind);
    if (found == numbers_.end()) {
      const std::size_t number = names_.size();
      if (number < kMaxKinds) {
        names_.push_back(held.kind->name);
        groups_[number] = GroupOf(held.kind->family);
      }
      found = numbers_.emplace(held.kind, number).first;
    }
    return found->second < kMaxKinds ? std::uint64_t{1} << found->second : 0;
  }

  void CountSize(int kind, std::uint64_t carriers, bool borne_out) {
    std::vector<SizeBin>& bins = sizes_[static_cast<std::size_t>(kind)];
    const auto bin = static_cast<std::size_t>(std::bit_width(carriers - 1)) - 1;  // 2, 4, 8, ...
    while (bins.size() <= bin) bins.push_back({std::uint64_t{2} << bins.size(), 0, 0});
    const double part = 1 / static_cast<double>(carriers);  // a value is met from each side
    bins[bin].values += part;
    bins[bin].borne_out += borne_out ? part : 0;
  }

  void Subtract() {
    const double exposure = by_chance_.sellers > 0 ? after_ban_.sellers / by_chance_.sellers : 0;
    sharing_.returns = std::max(0.0, after_ban_.pairs - exposure * by_chance_.pairs);
    for (std::size_t kind = 0; kind < names_.size(); ++kind) {
      KindSharing& out = sharing_.kinds[names_[kind]];
      out.carriers = carriers_[kind];
      out.sharers =
          std::min(carriers_[kind], static_cast<std::uint64_t>(std::llround(sharers_[kind])));
      out.returns = std::max(0.0, after_ban_.both[kind] - exposure * by_chance_.both[kind]);
      out.kept = std::max(0.0, after_ban_.shared[kind] - exposure * by_chance_.shared[kind]);
      out.sizes = std::move(sizes_[kind]);
      out.gaps = std::move(gaps_[kind]);
    }
  }

  const View& view_;
  const CalibrateOptions options_;
  StoreGraph graph_;
  Sharing sharing_;
  bool has_objections_ = false;
  std::size_t looked_at_ = 0;
  Time latest_{std::numeric_limits<std::int64_t>::min()};
  std::vector<std::int64_t> delays_;  // from opening to ban, of banned sellers
  After after_ban_, by_chance_;
  std::map<const GraphKind*, std::size_t> numbers_;
  std::vector<std::string> names_;
  std::array<unsigned, kMaxKinds> groups_{};
  std::array<std::uint64_t, kMaxKinds> carriers_{};
  std::array<double, kMaxKinds> sharers_{};
  std::array<double, kMaxKinds> with_strangers_{};  // of the seller at hand
  std::array<std::vector<SizeBin>, kMaxKinds> sizes_;
  std::array<std::vector<KindSharing::Kept>, kMaxKinds> gaps_;
};

}  // namespace

Result<Sharing> CountSharing(const View& view, const LinkPolicy& policy,
                             const CalibrateOptions& options) {
  return Counter(view, policy, options).Count();
}

}  // namespace revenant

#include "registry/derive/partition.h"

#include <deque>
#include <unordered_map>

#include "registry/state/live.h"
#include "registry/state/meta_rows.h"
#include "util/try.h"

namespace revenant {
namespace {

std::string MemberKeyOf(const View& view, const SellerRow& row) {
  return MemberKey(row.label, row.part, row.since, view.Word(row.platform), row.external_id);
}

}  // namespace

// Searches from all ends at once, one seller per turn, within one label. Searches that meet
// continue as one. An exhausted search has found a piece; the last search left need not continue.
class Partition::Lockstep {
 public:
  Lockstep(const Partition& partition, LabelId label, const std::vector<SellerId>& ends)
      : partition_(partition),
        label_(label),
        searches_(ends.size()),
        parent_(ends.size()),
        live_(ends.size()) {
    for (std::size_t i = 0; i < ends.size(); ++i) {
      parent_[i] = i;
      Claim(ends[i], i);
    }
  }

  // Pieces that came off; what remains keeps the label.
  Result<std::vector<Piece>> Run() {
    std::vector<Piece> pieces;
    std::deque<std::size_t> turn;
    for (std::size_t i = 0; i < searches_.size(); ++i) turn.push_back(i);
    while (live_ > 1) {
      const std::size_t search = turn.front();
      turn.pop_front();
      if (parent_[search] != search) continue;  // went on as another
      if (searches_[search].frontier.empty()) {
        pieces.push_back(std::move(searches_[search].piece));
        --live_;
        continue;
      }
      TRY(Expand(search));
      turn.push_back(Find(search));
      if (Find(search) != search) DropDuplicate(turn);
    }
    return pieces;
  }

 private:
  struct Search {
    std::deque<SellerId> frontier;
    Piece piece;
  };

  std::size_t Find(std::size_t search) {
    while (parent_[search] != search) search = parent_[search] = parent_[parent_[search]];
    return search;
  }

  // The search at the back of the queue stands in it already, further ahead.
  static void DropDuplicate(std::deque<std::size_t>& turn) {
    const std::size_t back = turn.back();
    for (std::size_t i = 0; i + 1 < turn.size(); ++i) {
      if (turn[i] == back) {
        turn.pop_back();
        return;
      }
    }
  }

  void Claim(SellerId seller, std::size_t search) {
    if (!claimed_.emplace(seller, search).second) return;
    searches_[search].frontier.push_back(seller);
    searches_[search].piece.sellers.push_back(seller);
  }

  void Meet(std::size_t a, std::size_t b) {
    if (searches_[a].piece.sellers.size() < searches_[b].piece.sellers.size()) std::swap(a, b);
    Search& into = searches_[a];
    Search& from = searches_[b];
    parent_[b] = a;
    into.frontier.insert(into.frontier.end(), from.frontier.begin(), from.frontier.end());
    into.piece.sellers.insert(into.piece.sellers.end(), from.piece.sellers.begin(),
                              from.piece.sellers.end());
    into.piece.leaf_bans += from.piece.leaf_bans;
    from = {};
    --live_;
  }

  Result<void> Expand(std::size_t search) {
    const SellerId seller = searches_[search].frontier.front();
    searches_[search].frontier.pop_front();
    TRY_ASSIGN(const SellerRow row, partition_.batch_.NeedSeller(seller));
    if (!partition_.kinds_.Joins(row)) return {};  // became a leaf: a piece of its own
    return partition_.ForEachJoined(
        seller, [&](const Fingerprint& fingerprint, const FingerprintRow& state) -> Result<void> {
          if (!seen_.insert(fingerprint).second) return {};
          if (!partition_.touched_.contains(fingerprint)) {
            searches_[Find(search)].piece.leaf_bans += static_cast<std::int64_t>(state.banned);
          }
          return Cross(search, fingerprint, state);
        });
  }

  Result<void> Cross(std::size_t search, const Fingerprint& fingerprint,
                     const FingerprintRow& state) {
    return partition_.batch_.ForEachCarrier(
        fingerprint, state, [&](const Carrier& carrier) -> Result<bool> {
          if (carrier.carrier_class != CarrierClass::kEnrolled) return false;
          const std::size_t mine = Find(search);
          const auto found = claimed_.find(carrier.seller);
          if (found != claimed_.end()) {
            const std::size_t other = Find(found->second);
            // A claimed end that became a leaf still stands in the rows; nothing passes through it.
            if (other != mine) {
              TRY_ASSIGN(const SellerRow row, partition_.batch_.NeedSeller(carrier.seller));
              if (partition_.kinds_.Joins(row)) Meet(mine, other);
            }
            return true;
          }
          TRY_ASSIGN(const SellerRow row, partition_.batch_.NeedSeller(carrier.seller));
          if (row.label == label_ && partition_.kinds_.Joins(row)) Claim(carrier.seller, mine);
          return true;
        });
  }

  const Partition& partition_;
  const LabelId label_;
  std::vector<Search> searches_;
  std::vector<std::size_t> parent_;
  std::size_t live_;  // searches that neither met another nor were exhausted
  std::unordered_map<SellerId, std::size_t> claimed_;
  std::unordered_set<Fingerprint> seen_;
};

Result<void> Partition::Split(LabelId label, const std::vector<SellerId>& ends) {
  if (ends.size() < 2) return {};
  Lockstep lockstep(*this, label, ends);
  TRY_ASSIGN(const std::vector<Piece> pieces, lockstep.Run());
  for (const Piece& piece : pieces) TRY(Detach(label, piece));
  return pieces.empty() ? Result<void>() : DropIfSingle(label);
}

Result<void> Partition::Detach(LabelId label, const Piece& piece) {
  LabelId to = kNoLabel;
  if (piece.sellers.size() > 1) {
    TRY_ASSIGN(to, NewLabel());
  }
  const std::unordered_set<SellerId> leaving(piece.sellers.begin(), piece.sellers.end());
  std::int64_t pairs_inside_twice = 0, pairs_across = 0;
  for (const SellerId seller : piece.sellers) {
    TRY_ASSIGN(const SellerRow row, batch_.NeedSeller(seller));
    if (row.pairs == 0) continue;
    TRY(batch_.ForEachPair(seller, [&](SellerId other, const PairRow& pair) -> Result<bool> {
      if (!pair.in_force()) return true;
      if (leaving.contains(other)) {
        ++pairs_inside_twice;
        return true;
      }
      TRY_ASSIGN(const SellerRow other_row, batch_.NeedSeller(other));
      pairs_across += other_row.label == label;
      return true;
    }));
  }
  // Sellers that findings name may have kept joins apart on either side.
  if (pairs_inside_twice + pairs_across > 0) MarkDirty(label);
  ComponentRow moved;
  for (const SellerId seller : piece.sellers) TRY(Move(seller, {to, 0}, moved));
  moved.pairs = static_cast<std::uint64_t>(pairs_inside_twice / 2);
  moved.leaf_bans = static_cast<std::uint64_t>(piece.leaf_bans);
  TRY_ASSIGN(ComponentRow rest, batch_.Component(label, 0));
  rest.size -= moved.size;
  rest.banned -= moved.banned;
  rest.infringements -= moved.infringements;
  rest.pairs -= moved.pairs + static_cast<std::uint64_t>(pairs_across);
  rest.leaf_bans -= moved.leaf_bans;
  TRY(PutSums(label, 0, rest));
  if (to != kNoLabel) {
    TRY(PutSums(to, 0, moved));
    if (moved.pairs > 0) MarkDirty(to);
  }
  return {};
}

Result<void> Partition::DropIfSingle(LabelId label) {
  TRY_ASSIGN(const ComponentRow rest, batch_.Component(label, 0));
  if (rest.size != 1) return {};
  TRY_ASSIGN(const std::vector<SellerId> members, MembersOf(label));
  ComponentRow dropped;
  for (const SellerId seller : members) TRY(Move(seller, {kNoLabel, 0}, dropped));
  TRY(PutSums(label, 0, ComponentRow{}));
  return {};
}

Result<void> Partition::Union(SellerId a, SellerId b) {
  TRY_ASSIGN(const SellerRow row_a, batch_.NeedSeller(a));
  TRY_ASSIGN(const SellerRow row_b, batch_.NeedSeller(b));
  if (row_a.label == kNoLabel && row_b.label == kNoLabel) {
    TRY_ASSIGN(const LabelId label, NewLabel());
    TRY(AbsorbSingle(label, a));
    return AbsorbSingle(label, b);
  }
  if (row_a.label == row_b.label) return {};
  if (row_a.label == kNoLabel) return AbsorbSingle(row_b.label, a);
  if (row_b.label == kNoLabel) return AbsorbSingle(row_a.label, b);
  TRY_ASSIGN(const ComponentRow sums_a, batch_.Component(row_a.label, 0));
  TRY_ASSIGN(const ComponentRow sums_b, batch_.Component(row_b.label, 0));
  return sums_a.size >= sums_b.size ? Absorb(row_a.label, row_b.label)
                                    : Absorb(row_b.label, row_a.label);
}

Result<void> Partition::Absorb(LabelId into, LabelId from) {
  TRY_ASSIGN(const std::vector<SellerId> members, MembersOf(from));
  std::int64_t pairs_across = 0;
  for (const SellerId seller : members) {
    TRY_ASSIGN(const std::int64_t pairs, PairsInto(seller, into));
    pairs_across += pairs;
  }
  TRY_ASSIGN(const ComponentRow whole, batch_.Component(into, 0));
  std::map<std::uint32_t, std::uint32_t> parts;  // what was one part, or all, is one part
  ComponentRow moved;
  for (const SellerId seller : members) {
    std::uint32_t part = 0;
    if (whole.parts > 0) {
      TRY_ASSIGN(const SellerRow row, batch_.NeedSeller(seller));
      const auto known = parts.find(row.part);
      if (known != parts.end()) {
        part = known->second;
      } else {
        TRY_ASSIGN(part, NewPart(into));
        parts.emplace(row.part, part);
      }
    }
    TRY(Move(seller, {into, part}, moved));
  }
  TRY_ASSIGN(ComponentRow sums, batch_.Component(into, 0));
  TRY_ASSIGN(const ComponentRow gone, batch_.Component(from, 0));
  sums.size += moved.size;
  sums.banned += moved.banned;
  sums.infringements += moved.infringements;
  sums.leaf_bans += gone.leaf_bans;
  sums.pairs += gone.pairs + static_cast<std::uint64_t>(pairs_across);
  TRY(PutSums(into, 0, sums));
  TRY(PutSums(from, 0, ComponentRow{}));
  if (dirty_.erase(from) > 0 || (sums.parts == 0 && sums.pairs > 0)) MarkDirty(into);
  return {};
}

Result<void> Partition::AbsorbSingle(LabelId into, SellerId seller) {
  TRY_ASSIGN(const std::int64_t pairs, PairsInto(seller, into));
  TRY_ASSIGN(const std::int64_t leaf_bans, LeafBansOf(seller));
  TRY_ASSIGN(const ComponentRow whole, batch_.Component(into, 0));
  std::uint32_t part = 0;
  if (whole.parts > 0) {
    TRY_ASSIGN(part, NewPart(into));
  }
  ComponentRow moved;
  TRY(Move(seller, {into, part}, moved));
  TRY_ASSIGN(ComponentRow sums, batch_.Component(into, 0));
  sums.size += moved.size;
  sums.banned += moved.banned;
  sums.infringements += moved.infringements;
  sums.pairs += static_cast<std::uint64_t>(pairs);
  sums.leaf_bans += static_cast<std::uint64_t>(leaf_bans);
  TRY(PutSums(into, 0, sums));
  if (sums.parts == 0 && sums.pairs > 0) MarkDirty(into);
  return {};
}

// Relabels one seller and adds what it counts to `sums`; those of parts it sees to itself.
Result<void> Partition::Move(SellerId seller, Place to, ComponentRow& sums) {
  TRY_ASSIGN(SellerRow row, batch_.NeedSeller(seller));
  moved_.emplace(seller, Place{row.label, row.part});
  TRY(CountInPart({row.label, row.part}, row, -1));
  if (row.label != kNoLabel) batch_.Delete(Table::kMembers, MemberKeyOf(batch_, row));
  if (row.part != 0 && row.pairs > 0) {
    batch_.Delete(Table::kMembers, NamedKey(row.label, row.part, seller));
  }
  row.label = to.label;
  row.part = to.part;
  batch_.PutSeller(seller, row);
  if (to.label != kNoLabel) {
    batch_.Put(Table::kMembers, MemberKeyOf(batch_, row),
               EncodeNumber(static_cast<std::uint64_t>(seller)));
  }
  FileNamed(batch_, seller, row);
  TRY(CountInPart(to, row, +1));
  sums.size += 1;
  sums.banned += row.bans > 0;
  sums.infringements += row.infringements;
  return {};
}

Result<LabelId> Partition::NewLabel() {
  TRY_ASSIGN(const std::uint64_t number, batch_.NextNumber(kLabelCounter));
  return LabelId{number};
}

Result<void> Partition::PutSums(LabelId label, std::uint32_t part, const ComponentRow& row) {
  if (!sums_before_.contains({label, part})) {
    TRY_ASSIGN(const ComponentRow before, batch_.Component(label, part));
    sums_before_.emplace(Place{label, part}, before);
  }
  batch_.PutComponent(label, part, row);
  return {};
}

Result<std::vector<SellerId>> Partition::MembersOf(LabelId label) const {
  std::vector<SellerId> members;
  TRY(batch_.ForEachMember(label, [&](SellerId seller) -> Result<bool> {
    members.push_back(seller);
    return true;
  }));
  return members;
}

Result<std::int64_t> Partition::PairsInto(SellerId seller, LabelId label) const {
  std::int64_t pairs = 0;
  TRY_ASSIGN(const SellerRow row, batch_.NeedSeller(seller));
  if (row.pairs == 0) return pairs;
  TRY(batch_.ForEachPair(seller, [&](SellerId other, const PairRow& pair) -> Result<bool> {
    if (!pair.in_force()) return true;
    TRY_ASSIGN(const SellerRow other_row, batch_.NeedSeller(other));
    pairs += other_row.label == label;
    return true;
  }));
  return pairs;
}

Result<std::int64_t> Partition::LeafBansOf(SellerId seller) const {
  std::int64_t bans = 0;
  TRY(ForEachJoined(seller,
                    [&](const Fingerprint& fingerprint, const FingerprintRow& row) -> Result<void> {
                      if (!touched_.contains(fingerprint)) {
                        bans += static_cast<std::int64_t>(row.banned);
                      }
                      return {};
                    }));
  return bans;
}

Result<void> Partition::AddToSums(Place place, const Sums& change) {
  if (place.label == kNoLabel || change == Sums{}) return {};
  TRY_ASSIGN(ComponentRow row, batch_.Component(place.label, 0));
  row.banned += static_cast<std::uint64_t>(change.banned);
  row.infringements += static_cast<std::uint64_t>(change.infringements);
  row.leaf_bans += static_cast<std::uint64_t>(change.leaf_bans);
  row.pairs += static_cast<std::uint64_t>(change.pairs);
  TRY(PutSums(place.label, 0, row));
  if (place.part == 0 || (change.banned == 0 && change.infringements == 0)) return {};
  TRY_ASSIGN(ComponentRow part, batch_.Component(place.label, place.part));
  part.banned += static_cast<std::uint64_t>(change.banned);
  part.infringements += static_cast<std::uint64_t>(change.infringements);
  return PutSums(place.label, place.part, part);
}

Result<void> Partition::Refile(SellerId seller, const SellerRow& before, const SellerRow& after) {
  if (before.label == kNoLabel || before.since == after.since) return {};
  batch_.Delete(Table::kMembers, MemberKeyOf(batch_, before));
  batch_.Put(Table::kMembers, MemberKeyOf(batch_, after),
             EncodeNumber(static_cast<std::uint64_t>(seller)));
  return {};
}

Result<void> Partition::ForEachJoined(SellerId seller, const VisitJoined& visit) const {
  TRY_ASSIGN(const std::vector<Carried> carried, CarriedBy(batch_, seller));
  for (const Carried& item : carried) {
    if (!kinds_.Linking(item.kind)) continue;
    TRY_ASSIGN(const std::optional<FingerprintRow> row, batch_.FingerprintState(item.fingerprint));
    if (row && kinds_.Joins(*row)) TRY(visit(item.fingerprint, *row));
  }
  return {};
}

Result<SellerId> Partition::AnyJoined(const Fingerprint& fingerprint, const FingerprintRow& row,
                                      const std::set<SellerId>& except) const {
  SellerId found = kNoSeller;
  TRY(batch_.ForEachCarrier(fingerprint, row, [&](const Carrier& carrier) -> Result<bool> {
    if (carrier.carrier_class != CarrierClass::kEnrolled) return false;
    if (except.contains(carrier.seller)) return true;
    TRY_ASSIGN(const SellerRow seller, batch_.NeedSeller(carrier.seller));
    if (!kinds_.Joins(seller)) return true;
    found = carrier.seller;
    return false;
  }));
  return found;
}

}  // namespace revenant

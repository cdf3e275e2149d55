#include "linkage/part_keeper.h"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <queue>
#include <tuple>
#include <unordered_map>

#include "util/try.h"

namespace revenant {
namespace {

// More often than this the parts are not mended within one update, but computed from nothing.
constexpr int kMaxReplaced = 64;

}  // namespace

int Compare(const JoinKey& a, const JoinKey& b) {
  const auto sign = [](auto order) { return order < 0 ? -1 : order > 0 ? 1 : 0; };
  if (a.rank->weight != b.rank->weight) return a.rank->weight > b.rank->weight ? -1 : 1;
  if (const int by_kind = a.rank->kind.compare(b.rank->kind); by_kind != 0) return by_kind;
  if (a.first != b.first) return a.first < b.first ? -1 : 1;
  if (const auto by_name = *a.seller <=> *b.seller; by_name != 0) return sign(by_name);
  if (a.centre_first != b.centre_first) return a.centre_first < b.centre_first ? -1 : 1;
  return sign(*a.centre <=> *b.centre);
}

// Two joins of the same two sellers at the same place in the order are one.
bool PartKeeper::Earlier::operator()(const Join& a, const Join& b) const {
  const int order = Compare(a.key, b.key);
  if (order != 0) return order < 0;
  return std::minmax(a.a, a.b) < std::minmax(b.a, b.b);
}

bool PartKeeper::Pending(const Join& join) const { return pending_.contains(join); }

// The sellers that one seller reaches within its part, in the order of the latest join on the way:
// the earliest way to each is found first (Prim). Where `before` is set, ways end there, and
// sellers come in the order of hops instead.
class PartKeeper::Growth {
 public:
  Growth(PartedGraph& graph, PartId part, NodeId from, const JoinKey* before)
      : graph_(graph), part_(part), before_(before) {
    next_.push_back({{kNoNode, from, {}}, 0});
  }

  // The next seller; nullopt if that was all.
  Result<std::optional<NodeId>> Step() {
    while (!next_.empty()) {
      const Join join = Take();
      if (reached_.contains(join.b)) continue;
      TRY_ASSIGN(const PartId part, graph_.PartOf(join.b));
      if (part != part_) continue;
      if (join.a != kNoNode && (!latest_ || Compare(join.key, *latest_) > 0)) latest_ = join.key;
      reached_.emplace(join.b, latest_);
      order_.push_back(join.b);
      TRY_ASSIGN(const std::span<const Join> joins, graph_.JoinsOf(join.b));
      for (const Join& more : joins) {
        if (before_ != nullptr && Compare(more.key, *before_) >= 0) break;
        if (!reached_.contains(more.b)) Add(more);
      }
      return std::optional<NodeId>(join.b);
    }
    return std::optional<NodeId>();
  }

  bool Reached(NodeId seller) const { return reached_.contains(seller); }
  const std::vector<NodeId>& order() const { return order_; }
  // The latest join on the way to a seller; nullopt at the start.
  const std::optional<JoinKey>& WayTo(NodeId seller) const { return reached_.at(seller); }
  // The sellers that are reached earlier than that.
  std::vector<NodeId> Until(const JoinKey& key) const {
    std::vector<NodeId> sellers;
    for (const NodeId seller : order_) {
      const std::optional<JoinKey>& way = reached_.at(seller);
      if (!way || Compare(*way, key) < 0) sellers.push_back(seller);
    }
    return sellers;
  }

 private:
  struct Next {
    Join join;
    std::size_t turn = 0;
    bool operator<(const Next& other) const {  // for a heap whose top comes first
      if (join.a != kNoNode && other.join.a != kNoNode) {
        if (const int order = Compare(join.key, other.join.key); order != 0) return order > 0;
      }
      return turn > other.turn;
    }
  };

  void Add(const Join& join) {
    next_.push_back({join, ++turn_});
    if (before_ == nullptr) std::push_heap(next_.begin(), next_.end());
  }
  Join Take() {
    if (before_ == nullptr) {
      std::pop_heap(next_.begin(), next_.end());
      const Join join = next_.back().join;
      next_.pop_back();
      return join;
    }
    const Join join = next_.front().join;
    next_.pop_front();
    return join;
  }

  PartedGraph& graph_;
  const PartId part_;
  const JoinKey* before_;
  std::size_t turn_ = 0;
  std::deque<Next> next_;
  std::optional<JoinKey> latest_;
  std::unordered_map<NodeId, std::optional<JoinKey>> reached_;
  std::vector<NodeId> order_;
};

// Two growths in turn, until they meet or one of them ends.
class PartKeeper::Meeting {
 public:
  Meeting(Growth& a, Growth& b) : a_(a), b_(b) {}

  // Where they met; nullopt: nowhere, and ended() is the one that has no further to go.
  Result<std::optional<NodeId>> Run() {
    Growth* one = &a_;
    Growth* other = &b_;
    while (true) {
      TRY_ASSIGN(const std::optional<NodeId> reached, one->Step());
      if (!reached) {
        ended_ = one;
        return std::optional<NodeId>();
      }
      if (other->Reached(*reached)) return reached;
      std::swap(one, other);
    }
  }
  Growth* ended() const { return ended_; }

 private:
  Growth& a_;
  Growth& b_;
  Growth* ended_ = nullptr;
};

Result<bool> PartKeeper::Update(const std::vector<Join>& lost, const std::vector<Join>& made) {
  pending_.clear();
  replaced_ = 0;
  // What comes in by itself comes first: a join that is gone may be gone for two new ones.
  for (const Join& join : made) {
    TRY_ASSIGN(const bool added, Add(join));
    if (!added) pending_.insert(join);
  }
  std::map<PartId, std::set<NodeId>> ends;
  for (const Join& join : lost) {
    TRY_ASSIGN(const PartId part_a, graph_.PartOf(join.a));
    TRY_ASSIGN(const PartId part_b, graph_.PartOf(join.b));
    if (part_a == part_b && part_a != kNoPart) {
      TRY_ASSIGN(const bool spare, MeetBefore(join.a, join.b, join.key));
      if (spare) continue;
    }
    if (part_a != kNoPart) ends[part_a].insert(join.a);
    if (part_b != kNoPart) ends[part_b].insert(join.b);
  }
  for (const auto& [part, sellers] : ends) {
    TRY_ASSIGN(const bool mended, Mend(part, {sellers.begin(), sellers.end()}));
    if (!mended) return false;
  }
  return Settle();
}

// The ends lost joins to each other. Finds the ends that now reach the others later, one end
// against the one that speaks for the rest so far, and takes out the sellers that are thereby free
// to be joined elsewhere.
Result<bool> PartKeeper::Mend(PartId part, const std::vector<NodeId>& ends) {
  if (ends.size() < 2) return true;
  std::vector<Side> sides;
  NodeId rest = ends.front();
  for (auto end = ends.begin() + 1; end != ends.end(); ++end) {
    Growth from_end(graph_, part, *end, nullptr), from_rest(graph_, part, rest, nullptr);
    Meeting meeting(from_end, from_rest);
    TRY_ASSIGN(const std::optional<NodeId> met, meeting.Run());
    Side side;
    bool is_rest = false;
    if (!met) {
      side.apart = true;
      is_rest = meeting.ended() == &from_rest;
      side.sellers = meeting.ended()->order();
    } else {
      const std::optional<JoinKey>& to_end = from_end.WayTo(*met);
      const std::optional<JoinKey>& to_rest = from_rest.WayTo(*met);
      is_rest = !to_end || (to_rest && Compare(*to_rest, *to_end) > 0);
      side.until = is_rest ? *to_rest : *to_end;
      side.sellers = (is_rest ? from_rest : from_end).Until(side.until);
    }
    if (is_rest) rest = *end;
    // A seller that a finding names may have kept others out, and their joins are anywhere.
    TRY_ASSIGN(const bool named, AnyFinding(side.sellers));
    if (named) return false;
    sides.push_back(std::move(side));
  }
  std::set<NodeId> leaving;
  for (const Side& side : sides) {
    bool leaves = side.apart;
    if (!leaves) {
      TRY_ASSIGN(leaves, Exposed(part, side));
    }
    if (leaves) leaving.insert(side.sellers.begin(), side.sellers.end());
  }
  return leaving.empty() ? Result<bool>(true) : Detach(part, {leaving.begin(), leaving.end()});
}

// Has the side a join to another part that comes before its way to its own?
Result<bool> PartKeeper::Exposed(PartId part, const Side& side) {
  for (const NodeId seller : side.sellers) {
    TRY_ASSIGN(const std::span<const Join> joins, graph_.JoinsOf(seller));
    for (const Join& join : joins) {
      if (Compare(join.key, side.until) >= 0) break;
      TRY_ASSIGN(const PartId other, graph_.PartOf(join.b));
      if (other != part && !Pending(join)) return true;
    }
  }
  return false;
}

// Takes sellers that no finding names out of their part; their joins are made again, one by one.
Result<bool> PartKeeper::Detach(PartId part, const std::vector<NodeId>& sellers) {
  if (++replaced_ > kMaxReplaced) return false;
  for (const NodeId seller : sellers) TRY(graph_.Isolate(seller));
  std::set<NodeId> ends;
  for (const NodeId seller : sellers) {
    TRY_ASSIGN(const std::span<const Join> joins, graph_.JoinsOf(seller));
    for (const Join& join : joins) {
      pending_.insert(join);
      TRY_ASSIGN(const PartId other, graph_.PartOf(join.b));
      if (other == part) ends.insert(join.b);
    }
  }
  return Mend(part, {ends.begin(), ends.end()});
}

// One within a part changes nothing, one between two without a finding between them makes them one,
// whenever they are made. False: it would bring a pair together.
Result<bool> PartKeeper::Add(const Join& join) {
  TRY_ASSIGN(const PartId a, graph_.PartOf(join.a));
  TRY_ASSIGN(const PartId b, graph_.PartOf(join.b));
  if (a == b) return true;
  TRY_ASSIGN(const auto findings, graph_.FindingsBetween(a, b));
  if (!findings.empty()) return false;
  TRY(graph_.Merge(a, b));
  return true;
}

// Adds the pending joins. One that would bring a pair together is refused, unless it is made before
// that pair is reached.
Result<bool> PartKeeper::Settle() {
  while (!pending_.empty()) {
    const Join join = *pending_.begin();
    pending_.erase(pending_.begin());
    TRY_ASSIGN(const bool added, Add(join));
    if (added) continue;
    TRY_ASSIGN(const bool refused, Refused(join));
    if (refused) continue;
    TRY_ASSIGN(const bool replaced, Replace(join));
    if (!replaced) return false;
  }
  return true;
}

Result<bool> PartKeeper::Refused(const Join& join) {
  TRY_ASSIGN(const PartId a, graph_.PartOf(join.a));
  TRY_ASSIGN(const PartId b, graph_.PartOf(join.b));
  TRY_ASSIGN(const auto findings, graph_.FindingsBetween(a, b));
  for (const auto& [foe_a, foe_b] : findings) {
    TRY_ASSIGN(const bool near_a, MeetBefore(join.a, foe_a, join.key));
    if (!near_a) continue;
    TRY_ASSIGN(const bool near_b, MeetBefore(join.b, foe_b, join.key));
    if (near_b) return true;
  }
  return false;
}

// Are two sellers of one part joined to each other by joins that are made before `key`?
Result<bool> PartKeeper::MeetBefore(NodeId a, NodeId b, const JoinKey& key) {
  if (a == b) return true;
  TRY_ASSIGN(const PartId part, graph_.PartOf(a));
  Growth from_a(graph_, part, a, &key), from_b(graph_, part, b, &key);
  Meeting meeting(from_a, from_b);
  TRY_ASSIGN(const std::optional<NodeId> met, meeting.Run());
  return met.has_value();
}

// A join comes before those that would refuse it: takes the group that it finds at one of its ends
// out of its part, so that it is joined in order.
Result<bool> PartKeeper::Replace(const Join& join) {
  TRY_ASSIGN(const PartId part_a, graph_.PartOf(join.a));
  TRY_ASSIGN(const PartId part_b, graph_.PartOf(join.b));
  Growth group_a(graph_, part_a, join.a, &join.key), group_b(graph_, part_b, join.b, &join.key);
  Meeting meeting(group_a, group_b);  // they are of two parts, so one of them ends
  TRY_ASSIGN(const std::optional<NodeId> met, meeting.Run());
  if (met) return false;
  Growth* smaller = meeting.ended();
  Growth* larger = smaller == &group_a ? &group_b : &group_a;
  TRY_ASSIGN(const bool named, AnyFinding(smaller->order()));
  if (named) {
    std::optional<NodeId> more = kNoNode;
    while (more) {
      TRY_ASSIGN(more, larger->Step());
    }
    TRY_ASSIGN(const bool both, AnyFinding(larger->order()));
    if (both) return false;
    smaller = larger;
  }
  return Detach(smaller == &group_a ? part_a : part_b, smaller->order());
}

Result<bool> PartKeeper::AnyFinding(const std::vector<NodeId>& sellers) {
  for (const NodeId seller : sellers) {
    TRY_ASSIGN(const bool named, graph_.InFinding(seller));
    if (named) return true;
  }
  return false;
}

}  // namespace revenant

#include "registry/link_twin.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace revenant {
namespace {

using Pair = std::pair<SellerName, SellerName>;
using Path = std::vector<SellerName>;  // the origin first

// One identifier in somebody's hands.
struct Hand {
  std::string kind;
  Time first, last;
  std::set<Fingerprint> roots;
  bool verified = false;
  bool asked_now = false;  // by an application
};
using Hands = std::map<Fingerprint, Hand>;

void Add(Hands& hands, const Fingerprint& fingerprint, const Twin::Item& item, Time first,
         Time last, const Fingerprint& root, std::uint32_t rules) {
  Hand& hand = hands[fingerprint];
  hand.kind = item.kind;
  if (first.known() && (!hand.first.known() || first < hand.first)) hand.first = first;
  hand.last = std::max(hand.last, last);
  hand.roots.insert(root);
  hand.verified |= rules == 1 ? item.checked : item.verified;
}

struct Evidence {
  Fingerprint fingerprint;
  Family family{};
  MilliBits weight = 0;
  bool joins = false, later = false;
  std::set<Fingerprint> roots;  // of both sides
};

struct NaiveHop {
  MilliBits weight = 0, blame = 0;
  bool joins = false;
  bool refused = false;                // across a refused join
  bool stands_alone = false;           // on one identifier that is strong enough by itself
  std::set<Fingerprint> fingerprints;  // that join and were not refused
};

// Everything that one question needs: the world as it is without the applicant's own account, and
// the seller judged.
class Question {
 public:
  Question(const Twin& whole, Twin facts, const LinkPolicy& policy, SellerName origin)
      : whole_(whole), facts_(std::move(facts)), policy_(policy), origin_(std::move(origin)) {
    for (const auto& [name, seller] : facts_.sellers()) hands_[name] = HandsOf(seller);
    components_ = whole.Components();
    clusters_ = whole.Clusters();
  }

  void SetOrigin(Hands hands, std::set<SellerName> foes) {
    hands_[origin_] = std::move(hands);
    origin_foes_ = std::move(foes);
    applies_ = true;
    parts_unknown_ = policy_.rules > 1 && !origin_foes_.empty() && FreesAHub();
  }
  const Hands& hands(const SellerName& name) const { return hands_.at(name); }
  const Twin& facts() const { return facts_; }

  std::optional<LinkTwin::Found> LinkTo(const SellerName& target) const;
  std::set<Pair> Contested(const Fingerprint& fingerprint) const;
  bool NearABan(const SellerName& name) const;
  bool DocumentsDiffer(const SellerName& target) const;
  std::optional<MilliBits> HubLift(const Fingerprint& fingerprint, const Hand& hand) const;
  void Velocity(const Hands& hands, LinkTwin::Judged& judged) const;

 private:
  Hands HandsOf(const Twin::Seller& seller) const {
    Hands hands;
    for (const auto& [key, observation] : seller.observations) {
      if (!seller.Live(key.first, observation)) continue;
      for (const auto& [fingerprint, item] : observation.items) {
        if (item.junk || policy_.For(item.kind).role == Role::kIgnored) continue;
        Add(hands, fingerprint, item, Time{seller.ShownFirst(key.first, observation)},
            Time{observation.last}, key.first, policy_.rules);
      }
    }
    return hands;
  }
  // Is an identifier a hub only because the applicant's own account carries it?
  bool FreesAHub() const {
    const auto carries = whole_.sellers().at(origin_).Carries();
    return std::any_of(carries.begin(), carries.end(), [&](const auto& carried) {
      const auto& [fingerprint, kind] = carried;
      return policy_.For(kind).role == Role::kLinking && whole_.IsHub(fingerprint, kind) &&
             !facts_.IsHub(fingerprint, kind);
    });
  }
  bool Joins(const Fingerprint& fingerprint, const std::string& kind) const {
    return policy_.For(kind).role == Role::kLinking && !facts_.IsHub(fingerprint, kind);
  }
  bool IsApplicant(const SellerName& name) const { return applies_ && name == origin_; }
  bool Passable(const SellerName& name) const { return !facts_.IsLeaf(name); }
  bool Forbidden(const SellerName& a, const SellerName& b) const {
    if (IsApplicant(a)) return origin_foes_.contains(b);
    if (IsApplicant(b)) return origin_foes_.contains(a);
    return facts_.Forbidden(a, b);
  }
  std::int64_t BannedAt(const SellerName& name) const;
  std::map<SellerName, std::int64_t> Sightings(const Fingerprint& fingerprint) const;
  static std::size_t Before(const std::map<SellerName, std::int64_t>& sightings,
                            std::int64_t moment);
  MilliBits WeightOf(const SellerName& a, const SellerName& b, const Fingerprint& shared) const;
  MilliBits Sum(std::vector<Evidence> evidence) const;
  const NaiveHop& HopBetween(const SellerName& a, const SellerName& b) const;
  bool Refused(const SellerName& name, const Fingerprint& fingerprint) const;
  NaiveHop WeighHop(const SellerName& a, const SellerName& b) const;
  bool KinSpeaks(const SellerName& a, const SellerName& b, const Fingerprint& shared) const;
  std::vector<Path> PathsTo(const SellerName& target) const;
  std::uint32_t Redundancy(const SellerName& target) const;

  const Twin& whole_;  // with the applicant's own account
  const Twin facts_;   // without
  const LinkPolicy& policy_;
  const SellerName origin_;
  bool applies_ = false;  // the origin is an application, not an enrolled seller
  std::set<SellerName> origin_foes_;
  bool parts_unknown_ = false;  // all joins count as refused
  std::map<SellerName, Hands> hands_;
  // As they stand, the applicant's own account among them: findings about it hold for others too.
  std::map<SellerName, std::set<SellerName>> components_, clusters_;
  mutable std::map<Pair, NaiveHop> hops_;
};

std::int64_t Question::BannedAt(const SellerName& name) const {
  std::int64_t latest = Time::kUnknownMicros;
  if (IsApplicant(name)) return latest;
  const Twin::Seller& seller = facts_.sellers().at(name);
  for (const auto& [case_ref, ban] : seller.bans) {
    if (ban.set > std::max(ban.lifted, seller.every_ban_lifted)) latest = std::max(latest, ban.set);
  }
  return latest;
}

// Rule 7: between the earlier account's ban and the later's first sighting the identifier may have
// come into other hands, by half with every half-life; not while the earlier one is open. (The
// rules of before halved the bits, from the last sighting on.)
MilliBits Question::WeightOf(const SellerName& a, const SellerName& b,
                             const Fingerprint& shared) const {
  const Hand& hand_a = hands_.at(a).at(shared);
  const Hand& hand_b = hands_.at(b).at(shared);
  const KindPolicy kind = policy_.For(hand_a.kind);
  MilliBits weight = kind.weight;
  if (hand_a.first.known() && hand_b.first.known() && kind.half_life_days > 0) {
    const bool a_first = hand_a.first <= hand_b.first;
    const std::int64_t banned = BannedAt(a_first ? a : b);
    const std::int64_t last = (a_first ? hand_a : hand_b).last.micros;
    const std::int64_t end = policy_.rules == 1 ? std::max(banned, last) : banned;
    const std::int64_t gap = (a_first ? hand_b : hand_a).first.micros - end;
    if (banned != Time::kUnknownMicros && gap > 0) {
      const double days = static_cast<double>(gap) / 86'400e6;
      const double same = std::exp2(-days / kind.half_life_days);
      weight = policy_.rules == 1
                   ? std::llround(static_cast<double>(weight) * same)
                   : std::llround(std::log2((same * kind.m + (1 - same) * kind.u) / kind.u) * 1000);
    }
  }
  if (facts_.IsHub(shared, hand_a.kind)) {  // so many share it that it says that much less
    double enrolled = 0;
    for (const SellerName& name : facts_.CarriersOf(shared)) {
      enrolled += facts_.sellers().at(name).status == SellerStatus::kActive;
    }
    weight = std::max<MilliBits>(0, weight - std::llround(std::log2(enrolled) * 1000));
  }
  return weight;
}

// Rule 7: one proof a root attribute, and in a family only the strongest in full.
MilliBits Question::Sum(std::vector<Evidence> evidence) const {
  for (bool merged = true; merged;) {
    merged = false;
    for (std::size_t i = 0; i < evidence.size() && !merged; ++i) {
      for (std::size_t j = i + 1; j < evidence.size() && !merged; ++j) {
        Evidence &a = evidence[i], &b = evidence[j];
        if (std::none_of(b.roots.begin(), b.roots.end(),
                         [&](const Fingerprint& root) { return a.roots.contains(root); })) {
          continue;
        }
        if (b.weight > a.weight) std::tie(a.weight, a.family) = std::pair(b.weight, b.family);
        a.roots.insert(b.roots.begin(), b.roots.end());
        evidence.erase(evidence.begin() + static_cast<std::ptrdiff_t>(j));
        merged = true;
      }
    }
  }
  MilliBits sum = 0;
  for (std::size_t i = 0; i < evidence.size(); ++i) {
    bool strongest = true;
    for (std::size_t j = 0; j < evidence.size(); ++j) {
      if (j == i || evidence[j].family != evidence[i].family) continue;
      strongest = strongest && std::pair(evidence[i].weight, j) > std::pair(evidence[j].weight, i);
    }
    sum +=
        strongest ? evidence[i].weight : evidence[i].weight * policy_.family_share_permille / 1000;
  }
  return sum;
}

// Rule 5: was the join of seller and fingerprint refused? The fingerprint is with the one who was
// joined to it first, by time and name; sellers in another cluster of the component were refused.
// (Where the applicant's account is held apart from somebody and alone makes a hub, other joins
// would be refused without it: all count as refused.)
bool Question::Refused(const SellerName& name, const Fingerprint& fingerprint) const {
  if (parts_unknown_) return true;
  if (!whole_.sellers().contains(name) || whole_.IsLeaf(name)) return false;
  const SellerName* first = nullptr;
  const auto key = [&](const SellerName& seller) {
    const Time seen{whole_.sellers().at(seller).FirstSeen(fingerprint)};
    return std::tuple(!seen.known(), seen, seller);
  };
  const std::set<SellerName> carriers = whole_.CarriersOf(fingerprint);
  for (const SellerName& carrier : carriers) {
    if (whole_.IsLeaf(carrier) || !components_.at(name).contains(carrier)) continue;
    if (first == nullptr || key(carrier) < key(*first)) first = &carrier;
  }
  return first != nullptr && !clusters_.at(name).contains(*first);
}

const NaiveHop& Question::HopBetween(const SellerName& a, const SellerName& b) const {
  const auto known = hops_.find({a, b});
  return known != hops_.end() ? known->second : hops_[{a, b}] = WeighHop(a, b);
}

// Rule 11: did a seller, enrolled and not banned, carry it before b, with which a shares something
// more that b lacks?
bool Question::KinSpeaks(const SellerName& a, const SellerName& b,
                         const Fingerprint& shared) const {
  const Time theirs = hands_.at(b).at(shared).first;
  for (const auto& [kin, seller] : facts_.sellers()) {
    if (kin == a || kin == b || kin == origin_ || seller.Banned() || facts_.IsLeaf(kin)) continue;
    if (Forbidden(a, kin) || !hands_.at(kin).contains(shared)) continue;
    const Time first = hands_.at(kin).at(shared).first;
    if (!first.known() || !theirs.known() || first >= theirs) continue;
    for (const auto& [further, hand] : hands_.at(kin)) {
      if (further != shared && Joins(further, hand.kind) && hands_.at(a).contains(further) &&
          !hands_.at(b).contains(further)) {
        return true;
      }
    }
  }
  return false;
}

NaiveHop Question::WeighHop(const SellerName& a, const SellerName& b) const {
  NaiveHop hop;
  if (Forbidden(a, b)) return hop;  // rule 5: no path hops between a forbidden pair
  std::vector<Evidence> all, blaming;
  bool blame_joins = false;
  for (const auto& [fingerprint, hand_a] : hands_.at(a)) {
    const auto shared = hands_.at(b).find(fingerprint);
    if (shared == hands_.at(b).end()) continue;
    const Hand& hand_b = shared->second;
    Evidence evidence;
    evidence.fingerprint = fingerprint;
    evidence.family = FindKind(hand_a.kind)->family;
    evidence.weight = WeightOf(a, b, fingerprint);
    evidence.joins = Joins(fingerprint, hand_a.kind);
    evidence.roots = hand_a.roots;
    evidence.roots.insert(hand_b.roots.begin(), hand_b.roots.end());
    // Rule 11: later, as every application is; unknown times are not. Rule 5: what both of a
    // forbidden pair carry points at neither.
    evidence.later = hand_a.asked_now ||
                     (hand_a.first.known() && hand_b.first.known() && hand_a.first > hand_b.first);
    const bool refused = evidence.joins && (Refused(a, fingerprint) || Refused(b, fingerprint));
    if (a == origin_ && evidence.joins && !Contested(fingerprint).empty()) evidence.later = false;
    if (refused) evidence.later = false;
    // A seller with more of a kind than anyone owns typed other people's (rule 1).
    const auto typed =
        std::count_if(hands_.at(b).begin(), hands_.at(b).end(),
                      [&](const auto& one) { return one.second.kind == hand_a.kind; });
    const KindPolicy& kind = policy_.For(hand_a.kind);
    if (kind.role == Role::kLinking && typed > std::int64_t{kind.carry_limit})
      evidence.later = false;
    if (policy_.rules > 1 && evidence.later && evidence.joins && KinSpeaks(a, b, fingerprint)) {
      evidence.later = false;
    }
    all.push_back(evidence);
    hop.joins = hop.joins || evidence.joins;
    if (evidence.joins && !refused) hop.fingerprints.insert(fingerprint);
    if (!evidence.later) continue;
    blaming.push_back(evidence);
    blame_joins = blame_joins || evidence.joins;
    hop.stands_alone =
        hop.stands_alone || (evidence.joins && policy_.prior + evidence.weight >= policy_.block);
  }
  if (!hop.joins) return hop;
  hop.weight = Sum(all);
  hop.blame = blame_joins ? Sum(blaming) : 0;
  hop.refused = hop.fingerprints.empty();
  return hop;
}

std::vector<Path> Question::PathsTo(const SellerName& target) const {
  std::vector<Path> paths;
  Path path = {origin_};
  const std::function<void()> walk = [&] {
    for (const auto& [next, hands] : hands_) {
      if (std::find(path.begin(), path.end(), next) != path.end()) continue;
      if (next != target && !Passable(next)) continue;
      if (!HopBetween(path.back(), next).joins) continue;
      path.push_back(next);
      if (next == target) {
        paths.push_back(path);
      } else if (path.size() <= policy_.max_hops) {
        walk();
      }
      path.pop_back();
    }
  };
  walk();
  return paths;
}

// Rule 9, by trying every set of proofs and go-betweens, small ones first.
std::uint32_t Question::Redundancy(const SellerName& target) const {
  std::set<SellerName> within = {origin_}, edge = {origin_};
  std::set<Fingerprint> in_reach;  // met before the last hop is spent
  for (std::uint32_t hops = 0; hops < policy_.max_hops; ++hops) {
    std::set<SellerName> next;
    for (const SellerName& from : edge) {
      if (from != origin_ && !Passable(from)) continue;
      for (const auto& [fingerprint, hand] : hands_.at(from)) in_reach.insert(fingerprint);
      for (const auto& [name, hands] : hands_) {
        if (!within.contains(name) && HopBetween(from, name).joins) next.insert(name);
      }
    }
    within.insert(next.begin(), next.end());
    edge = next;
  }
  std::vector<SellerName> between;
  for (const SellerName& name : within) {
    if (name == origin_ || name == target || !Passable(name)) continue;
    // A seller found to be a different person than either end vouches for nothing.
    if (!Forbidden(origin_, name) && !Forbidden(name, target)) between.push_back(name);
  }
  // A proof is a root attribute; those that share an identifier are one.
  std::vector<std::set<Fingerprint>> proofs;
  const auto proves = [&](const SellerName& name, const Fingerprint& fingerprint) {
    const auto hand = hands_.at(name).find(fingerprint);
    if (hand == hands_.at(name).end() || !Joins(fingerprint, hand->second.kind)) return false;
    if (!in_reach.contains(fingerprint) || Refused(name, fingerprint)) return false;
    // What two carry who were found to be different people proves nothing between them.
    return !Forbidden(origin_, target) || !hands_.at(origin_).contains(fingerprint) ||
           !hands_.at(target).contains(fingerprint);
  };
  const auto note = [&](const SellerName& name) {
    for (const auto& [fingerprint, hand] : hands_.at(name)) {
      if (!proves(name, fingerprint)) continue;
      std::set<Fingerprint> proof = hand.roots;
      proof.insert(fingerprint);
      for (auto it = proofs.begin(); it != proofs.end();) {
        if (std::any_of(proof.begin(), proof.end(),
                        [&](const Fingerprint& item) { return it->contains(item); })) {
          proof.insert(it->begin(), it->end());
          it = proofs.erase(it);
        } else {
          ++it;
        }
      }
      proofs.push_back(proof);
    }
  };
  note(origin_);
  note(target);
  for (const SellerName& name : between) note(name);
  // Of families that count once, all that two sellers share is one proof.
  std::vector<SellerName> all = between;
  all.push_back(origin_);
  all.push_back(target);
  const auto take_proof_of = [&](const Fingerprint& item) {
    const auto place = std::find_if(proofs.begin(), proofs.end(),
                                    [&](const auto& proof) { return proof.contains(item); });
    std::set<Fingerprint> proof = *place;
    proofs.erase(place);
    return proof;
  };
  for (const LinkPolicy::Families& once : policy_.count_once) {
    for (const SellerName& a : all) {
      for (const SellerName& b : all) {
        if (policy_.rules == 1 || !(a < b)) continue;
        std::set<Fingerprint> one;
        for (const auto& [item, hand] : hands_.at(a)) {
          const Family family = FindKind(hand.kind)->family;
          if (std::find(once.begin(), once.end(), family) == once.end()) continue;
          if (!proves(a, item) || !proves(b, item) || one.contains(item)) continue;
          one.merge(take_proof_of(item));
        }
        if (!one.empty()) proofs.push_back(one);
      }
    }
  }

  const auto connected = [&](const std::set<std::size_t>& removed) {
    const auto meets = [&](const SellerName& a, const SellerName& b) {
      const NaiveHop& hop = HopBetween(a, b);
      if (hop.refused) return false;
      return std::any_of(hop.fingerprints.begin(), hop.fingerprints.end(), [&](const auto& item) {
        for (std::size_t i = 0; i < proofs.size(); ++i) {
          if (proofs[i].contains(item)) return !removed.contains(i);  // otherwise: no proof
        }
        return false;
      });
    };
    std::set<SellerName> reached = {origin_};
    std::vector<SellerName> todo = {origin_};
    while (!todo.empty()) {
      const SellerName from = todo.back();
      todo.pop_back();
      if (meets(from, target)) return true;
      for (std::size_t i = 0; i < between.size(); ++i) {
        if (removed.contains(proofs.size() + i) || reached.contains(between[i])) continue;
        if (!meets(from, between[i])) continue;
        reached.insert(between[i]);
        todo.push_back(between[i]);
      }
    }
    return false;
  };
  const std::size_t count = proofs.size() + between.size();
  for (std::uint32_t size = 0; size <= count; ++size) {
    std::set<std::size_t> removed;
    const std::function<bool(std::size_t)> cuts = [&](std::size_t from) {
      if (removed.size() == size) return !connected(removed);
      for (std::size_t i = from; i < count; ++i) {
        removed.insert(i);
        const bool cut = cuts(i + 1);
        removed.erase(i);
        if (cut) return true;
      }
      return false;
    };
    if (cuts(0)) return std::max<std::uint32_t>(1, size);  // there is a path
  }
  return static_cast<std::uint32_t>(count);
}

// Rule 7's veto: both showed verified papers that a person has one of for life, and none agrees.
bool Question::DocumentsDiffer(const SellerName& target) const {
  std::map<std::string, bool> agree;
  for (const auto& [fingerprint, mine] : hands_.at(origin_)) {
    const KindInfo* info = FindKind(mine.kind);
    if (!mine.verified || info->family != Family::kDocument || info->role != Role::kLinking ||
        info->good_for_days != 0) {
      continue;
    }
    for (const auto& [other, theirs] : hands_.at(target)) {
      if (theirs.verified && theirs.kind == mine.kind) agree[mine.kind] |= other == fingerprint;
    }
  }
  return std::any_of(agree.begin(), agree.end(), [](const auto& kind) { return !kind.second; });
}

std::optional<LinkTwin::Found> Question::LinkTo(const SellerName& target) const {
  std::optional<LinkTwin::Found> found;
  const bool differ = policy_.document_veto && DocumentsDiffer(target);
  bool blocks = false;
  for (const Path& path : PathsTo(target)) {
    const auto hops = path.size() - 1;
    MilliBits weakest = INT64_MAX, weakest_blame = INT64_MAX;
    bool alone = true, refused = false;
    for (std::size_t i = 0; i < hops; ++i) {
      const NaiveHop& hop = HopBetween(path[i], path[i + 1]);
      weakest = std::min(weakest, hop.weight);
      weakest_blame = std::min(weakest_blame, hop.blame);
      alone = alone && hop.stands_alone;
      refused = refused || hop.refused;
    }
    const MilliBits discount = policy_.hop_discount * static_cast<MilliBits>(hops - 1);
    if (!found) {
      found.emplace();
      found->strength = INT64_MIN;
      found->redundancy = Redundancy(target);
    }
    if (std::pair(weakest - discount, found->hops) > std::pair(found->strength, hops)) {
      found->strength = weakest - discount;
      found->hops = hops;
    }
    if (refused || weakest_blame <= 0) continue;
    const MilliBits blame = weakest_blame - discount;
    found->blame_strength = std::max(found->blame_strength, blame);
    if (alone) found->standing_strength = std::max(found->standing_strength, blame);
    blocks = blocks || (blame > 0 && policy_.prior + blame >= policy_.block &&
                        (alone || found->redundancy >= policy_.min_redundancy));
  }
  if (!found) return found;
  if (policy_.prior + found->strength >= policy_.review) found->decision = Decision::kReview;
  if (blocks) found->decision = differ ? Decision::kReview : Decision::kBlock;
  return found;
}

// Pairs of different people who both carry it, at least one of them enrolled or banned.
std::set<Pair> Question::Contested(const Fingerprint& fingerprint) const {
  std::set<Pair> pairs;
  const std::set<SellerName> carriers = facts_.CarriersOf(fingerprint);
  const auto reachable = [&](const SellerName& name) {
    const Twin::Seller& seller = facts_.sellers().at(name);
    return seller.status == SellerStatus::kActive || seller.Banned();
  };
  for (const SellerName& a : carriers) {
    for (const SellerName& b : carriers) {
      if (!(a < b) || a == origin_ || b == origin_ || !facts_.Forbidden(a, b)) continue;
      if (reachable(a) || reachable(b)) pairs.insert({a, b});
    }
  }
  return pairs;
}

// Is it banned, or linked to a ban by what it carries?
bool Question::NearABan(const SellerName& name) const {
  const auto touches_ban = [&](const SellerName& member) {
    if (facts_.sellers().at(member).Banned()) return true;
    for (const auto& [fingerprint, hand] : hands_.at(member)) {
      if (!Joins(fingerprint, hand.kind)) continue;
      for (const SellerName& carrier : facts_.CarriersOf(fingerprint)) {
        if (facts_.sellers().at(carrier).Banned()) return true;
      }
    }
    return false;
  };
  const std::set<SellerName> component = facts_.Components().at(name);
  return std::any_of(component.begin(), component.end(), touches_ban);
}

// When each other local seller first carried it; unknown: INT64_MIN.
std::map<SellerName, std::int64_t> Question::Sightings(const Fingerprint& fingerprint) const {
  std::map<SellerName, std::int64_t> sightings;
  for (const SellerName& name : facts_.CarriersOf(fingerprint)) {
    if (name == origin_ || IsForeignCase(name)) continue;
    const Time first{facts_.sellers().at(name).FirstSeen(fingerprint)};
    sightings[name] = first.known() ? first.micros : INT64_MIN;
  }
  return sightings;
}

std::size_t Question::Before(const std::map<SellerName, std::int64_t>& sightings,
                             std::int64_t moment) {
  return static_cast<std::size_t>(
      std::count_if(sightings.begin(), sightings.end(),
                    [&](const auto& sighting) { return sighting.second <= moment; }));
}

void Question::Velocity(const Hands& hands, LinkTwin::Judged& judged) const {
  constexpr std::int64_t kHour = 3'600'000'000;
  const VelocityPolicy& asked = policy_.velocity;
  std::map<SellerName, std::int64_t> bans;  // of those who share something supporting, in time
  for (const auto& [fingerprint, hand] : hands) {
    const KindPolicy kind = policy_.For(hand.kind);
    if (kind.role != Role::kSupporting || !hand.first.known()) continue;
    const auto sightings = Sightings(fingerprint);
    const std::int64_t since = hand.first.micros - asked.burst_hours * kHour;
    const std::size_t before = Before(sightings, since);
    const std::size_t within = Before(sightings, hand.first.micros) - before;
    if (asked.burst_sellers > 0 && within >= asked.burst_sellers && before <= kind.fanout_limit) {
      judged.bursts.insert({hand.kind, within, before});
    }
    const std::int64_t lately = hand.first.micros - asked.fresh_hours * kHour;
    if (asked.fresh_identifiers == 0 || Before(sightings, lately) > kind.fanout_limit) continue;
    for (const auto& [name, first] : sightings) {
      const std::int64_t ban = BannedAt(name);
      if (Time{ban}.known() && ban >= lately && ban <= hand.first.micros) bans[name] = ban;
    }
  }
  for (const auto& [name, ban] : bans) {
    std::uint64_t fresh = 0;
    for (const auto& [fingerprint, hand] : hands) {
      if (policy_.For(hand.kind).role != Role::kLinking || !hand.first.known()) continue;
      const auto sightings = Sightings(fingerprint);
      fresh += hand.first.micros >= ban && hand.first.micros <= ban + asked.fresh_hours * kHour &&
               Before(sightings, ban - 1) == 0;
    }
    if (fresh >= asked.fresh_identifiers) judged.fresh_starts[name] = fresh;
  }
}

// Rule 10; nullopt for what is no hub.
std::optional<MilliBits> Question::HubLift(const Fingerprint& fingerprint, const Hand& hand) const {
  if (!facts_.IsHub(fingerprint, hand.kind)) return std::nullopt;
  double enrolled_or_banned = 0, banned = 0;
  for (const SellerName& name : facts_.CarriersOf(fingerprint)) {
    const Twin::Seller& seller = facts_.sellers().at(name);
    banned += seller.Banned();
    enrolled_or_banned += seller.status == SellerStatus::kActive || seller.Banned();
  }
  const double p = policy_.hub_ban_rate, alpha = policy_.hub_smoothing;
  const double lift = ((banned + alpha * p) / (enrolled_or_banned + alpha)) / p;
  if (banned == 0 || lift <= 0) return INT64_MIN;
  return std::llround(std::log2(lift) * 1000);
}

}  // namespace

LinkTwin::Judged LinkTwin::Screen(const Enrol& application) const {
  Twin rest = facts_;
  const auto account = facts_.sellers().find(application.seller);
  std::set<SellerName> foes;
  if (account != facts_.sellers().end()) {
    for (const auto& [name, seller] : facts_.sellers()) {
      if (facts_.Forbidden(application.seller, name)) foes.insert(name);
    }
    rest.Apply(Forget{application.seller, "", Time{}});
  }
  Hands hands;
  for (const KeyedAttribute& attribute : application.attributes) {
    for (const KeyedIdentifier& identifier : attribute.identifiers) {
      if (identifier.junk || policy_.For(identifier.kind).role == Role::kIgnored) continue;
      Add(hands, identifier.fingerprint,
          {identifier.kind, identifier.junk, identifier.verified, identifier.checked},
          application.seen, application.seen, attribute.root, policy_.rules);
      hands[identifier.fingerprint].asked_now = true;
    }
  }
  // What an enrolled account is known to hold, it holds since then.
  if (account != facts_.sellers().end() && account->second.status == SellerStatus::kActive) {
    const auto carries = account->second.Carries();
    for (auto& [fingerprint, hand] : hands) {
      if (!carries.contains(fingerprint)) continue;
      hand.first = Time{account->second.FirstSeen(fingerprint)};
      hand.asked_now = false;
    }
  }
  Question question(facts_, rest, policy_, application.seller);
  question.SetOrigin(hands, foes);
  const Question standing(facts_, facts_, policy_, application.seller);  // the account among them

  Judged judged;
  const auto conclude = [&](Decision decision, Because because) {
    judged.decision = std::max(judged.decision, decision);
    judged.because.insert(because);
  };
  if (account != facts_.sellers().end() && account->second.Banned()) {
    conclude(Decision::kBlock, Because::kItselfBanned);
  }
  for (const auto& [name, seller] : rest.sellers()) {
    if (!seller.Banned()) continue;
    const std::optional<Found> found = question.LinkTo(name);
    if (!found) continue;
    judged.links[name] = *found;
    judged.decision = std::max(judged.decision, found->decision);
  }
  for (const auto& [fingerprint, hand] : hands) {
    const std::optional<MilliBits> lift = question.HubLift(fingerprint, hand);
    if (lift && *lift >= policy_.hub_review) {
      ++judged.tainted_hubs;
      conclude(Decision::kReview, Because::kTaintedHub);
    }
    if (lift || policy_.For(hand.kind).role != Role::kLinking) continue;
    for (const Pair& pair : question.Contested(fingerprint)) {
      const auto near_a_ban = [&](const SellerName& name) {
        return question.NearABan(name) || standing.NearABan(name);
      };
      if (!near_a_ban(pair.first) && !near_a_ban(pair.second)) continue;
      judged.contested.insert(pair);
      conclude(Decision::kReview, Because::kDifferentPeople);
    }
  }
  if (policy_.rules >= 2) question.Velocity(hands, judged);
  if (!judged.bursts.empty() || !judged.fresh_starts.empty()) {
    conclude(Decision::kReview, Because::kVelocity);
  }
  return judged;
}

std::optional<LinkTwin::Found> LinkTwin::Explain(const SellerName& from,
                                                 const SellerName& to) const {
  return Question(facts_, facts_, policy_, from).LinkTo(to);
}

}  // namespace revenant

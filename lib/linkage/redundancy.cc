// Rule 9: how many proofs or go-betweens must fall before application and ban come apart.

#include <algorithm>
#include <array>
#include <string_view>

#include "linkage/link_search.h"

namespace revenant {
namespace {

// Proofs: root attributes, those that share an identifier taken as one.
class Proofs {
 public:
  Proofs(FlatIndex<Fingerprint>& index, std::vector<std::uint32_t>& parents)
      : index_(index), parent_(parents) {
    index_.Clear();
    parent_.clear();
  }
  void Add(const Held& held) {
    for (const Fingerprint& root : held.roots) Unite(Index(held.fingerprint), Index(root));
  }
  std::uint32_t Of(const Fingerprint& fingerprint) { return Find(Index(fingerprint)); }
  std::size_t size() const { return parent_.size(); }
  // A number for each identifier and root, and what makes two of them one proof.
  std::uint32_t Index(const Fingerprint& fingerprint) {
    const auto [place, fresh] =
        index_.Emplace(fingerprint, static_cast<std::uint32_t>(parent_.size()));
    if (fresh) parent_.push_back(place);
    return place;
  }
  void Unite(std::uint32_t a, std::uint32_t b) { parent_[Find(a)] = Find(b); }

 private:
  std::uint32_t Find(std::uint32_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  FlatIndex<Fingerprint>& index_;
  std::vector<std::uint32_t>& parent_;
};

// A joining identifier in a seller's hands, and the proof that it is part of.
using Joined = LinkScratch::Joined;
using JoinedSpan = std::span<const Joined>;

// The first `count` of the list, which are equal by `same` to its first.
template <typename Same>
JoinedSpan TakeRun(JoinedSpan list, const Same& same) {
  const auto end = std::find_if_not(list.begin(), list.end(),
                                    [&](const Joined& one) { return same(one, list.front()); });
  return list.first(static_cast<std::size_t>(end - list.begin()));
}

// Kinds by which one account is known under several names, by the beginning of their own: who
// shares one account shares them all.
constexpr std::array<std::array<std::string_view, 2>, 4> kNamesOfOneAccount = {{
    {"pay.alipay", "pay.alipay"},
    {"pay.crypto.xrp", "pay.crypto.xrp"},  // an address with its tag, and without
    {"pay.pan", "pay.par"},                // a card, and the account behind it
    {"pay.wechat.", "pay.wechat."},
}};

// Do two sellers hold two identifiers each of kinds that `counts`? Others cannot share two.
// `joined`: in runs of a seller.
template <typename Counts>
bool MayShareTwo(const Counts& counts, JoinedSpan joined) {
  std::size_t sellers = 0, held = 0;
  for (std::size_t i = 0; i < joined.size(); ++i) {
    if (i > 0 && joined[i].seller != joined[i - 1].seller) held = 0;
    if (!counts(*joined[i].held->kind)) continue;
    sellers += ++held == 2;
  }
  return sellers >= 2;
}

// All that the same two sellers hold of kinds that `counts` is one proof. `joined`: in runs of a
// seller. The ends may hold thousands, and are compared with each of the others; of others who
// pass, each holds few of a kind (rule 1), and the pairs among them are sorted.
template <typename Counts>
void CountOnce(const Counts& counts, std::uint32_t target, JoinedSpan joined, Proofs& proofs) {
  if (!MayShareTwo(counts, joined)) return;
  struct Run {
    std::uint32_t seller = 0;
    std::vector<std::uint32_t> held;
  };
  std::vector<Run> runs;
  for (const Joined& each : joined) {
    if (!counts(*each.held->kind)) continue;
    if (runs.empty() || runs.back().seller != each.seller) runs.push_back({each.seller, {}});
    runs.back().held.push_back(proofs.Index(each.held->fingerprint));
  }
  std::erase_if(runs, [](const Run& run) { return run.held.size() < 2; });
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
  for (const Run& run : runs) {
    if (run.seller != 0 && run.seller != target) {
      for (std::size_t i = 0; i < run.held.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) pairs.push_back(std::minmax(run.held[i], run.held[j]));
      }
      continue;
    }
    std::vector<bool> marked(proofs.size());
    for (const std::uint32_t identifier : run.held) marked[identifier] = true;
    for (const Run& other : runs) {
      const std::uint32_t* shared = nullptr;
      for (const std::uint32_t& identifier : other.held) {
        if (other.seller == run.seller || !marked[identifier]) continue;
        if (shared != nullptr) proofs.Unite(*shared, identifier);
        shared = &identifier;
      }
    }
  }
  std::sort(pairs.begin(), pairs.end());
  for (std::size_t i = 1; i < pairs.size(); ++i) {
    if (pairs[i] == pairs[i - 1]) proofs.Unite(pairs[i].first, pairs[i].second);
  }
}

// Two may hold different identifiers of one proof and share nothing, so a proof connects those who
// hold its commonest identifier, and first of all one that both ends hold; of equals the one whose
// kind, then whose holders, come first. That may count too few proofs, never too many. `proof`: all
// of one, by identifier, then by seller. (The rules of before did not look at the ends: no target.)
JoinedSpan Commonest(JoinedSpan proof, std::optional<std::uint32_t> target) {
  const auto ends = [&](JoinedSpan identifier) {
    return target ? std::count_if(identifier.begin(), identifier.end(),
                                  [&](const Joined& each) {
                                    return each.seller == 0 || each.seller == *target;
                                  })
                  : 0;
  };
  const auto goes_before = [&](JoinedSpan a, JoinedSpan b) {
    if (const auto more = ends(a) - ends(b); more != 0) return more > 0;
    if (a.size() != b.size()) return a.size() > b.size();
    const std::string_view kind = a.front().held->kind->name, other = b.front().held->kind->name;
    if (kind != other) return kind < other;
    return std::lexicographical_compare(
        a.begin(), a.end(), b.begin(), b.end(),
        [](const Joined& x, const Joined& y) { return x.seller < y.seller; });
  };
  JoinedSpan commonest;
  while (!proof.empty()) {
    const JoinedSpan identifier = TakeRun(proof, [](const Joined& a, const Joined& b) {
      return a.held->fingerprint == b.held->fingerprint;
    });
    if (commonest.empty() || goes_before(identifier, commonest)) commonest = identifier;
    proof = proof.subspan(identifier.size());
  }
  return commonest;
}

}  // namespace

// No way leads between different people who hold one proof. A proof lets every holder pass
// to every other, so only the first by name of such a pair stays: that may count too few ways,
// never too many.
void Neighbourhood::LeaveOneOfEachPair(std::vector<std::uint32_t>& sellers) const {
  if (forbidden_.empty()) return;
  SortByName(sellers);
  std::vector<std::uint32_t> kept;
  for (const std::uint32_t seller : sellers) {
    const bool apart = std::any_of(kept.begin(), kept.end(),
                                   [&](std::uint32_t other) { return Apart(seller, other); });
    if (!apart) kept.push_back(seller);
  }
  sellers = std::move(kept);
}

std::uint32_t Neighbourhood::Redundancy(std::uint32_t target, bool across) const {
  // What two carry who were found to be different people proves nothing between them.
  const bool ends_apart = Apart(0, target);
  const auto proves = [&](const Held& held) {
    return !ends_apart || !Holds(*nodes_[0].seller, held.fingerprint) ||
           !Holds(*nodes_[target].seller, held.fingerprint);
  };
  Proofs proofs(scratch_.proof_index, scratch_.proof_parents);
  std::vector<Joined>& joined = scratch_.joined;
  UnitFlow& flow = scratch_.flow;
  joined.clear();
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    const GraphSeller& seller = *nodes_[i].seller;
    // A seller that was found to be a different person than either end cannot vouch for a link.
    const bool between = nodes_[i].reached && seller.passable && !Apart(0, i) && !Apart(i, target);
    if (i != 0 && i != target && !between) continue;
    for (const Held& held : seller.held) {
      const std::optional<GraphFingerprint>* state = KnownState(held.fingerprint);
      if (state == nullptr || !*state || !(*state)->joins) continue;
      if (!proves(held) || (!across && Refused(held.fingerprint, seller))) continue;
      joined.push_back({0, i, &held});
      proofs.Add(held);
    }
  }
  const bool today = policy_->rules >= 2;
  if (today) {
    for (const LinkPolicy::Families& families : policy_->count_once) {
      const auto counts = [&](const GraphKind& kind) {
        return std::find(families.begin(), families.end(), kind.family) != families.end();
      };
      CountOnce(counts, target, joined, proofs);
    }
    for (const auto& names : kNamesOfOneAccount) {
      const auto counts = [&](const GraphKind& kind) {
        return kind.family == Family::kPayment &&
               std::any_of(names.begin(), names.end(), [&](std::string_view name) {
                 return std::string_view(kind.name).starts_with(name);
               });
      };
      CountOnce(counts, target, joined, proofs);
    }
  }
  for (Joined& each : joined) each.proof = proofs.Of(each.held->fingerprint);
  std::sort(joined.begin(), joined.end(), [](const Joined& a, const Joined& b) {
    return std::tie(a.proof, a.held->fingerprint, a.seller) <
           std::tie(b.proof, b.held->fingerprint, b.seller);
  });
  // Every seller and every proof is a gate that lets one way pass.
  const auto sellers = static_cast<std::uint32_t>(nodes_.size());
  flow.Start(sellers + proofs.size());
  std::vector<std::uint32_t> met;
  for (JoinedSpan rest = joined; !rest.empty();) {
    const JoinedSpan proof =
        TakeRun(rest, [](const Joined& a, const Joined& b) { return a.proof == b.proof; });
    rest = rest.subspan(proof.size());
    met.clear();
    for (const Joined& each : Commonest(proof, today ? std::optional(target) : std::nullopt)) {
      met.push_back(each.seller);
    }
    LeaveOneOfEachPair(met);
    for (const std::uint32_t seller : met) {
      flow.AddEdge(seller, sellers + proof.front().proof);
      flow.AddEdge(sellers + proof.front().proof, seller);
    }
  }
  const auto enough = static_cast<std::uint32_t>(nodes_[0].seller->held.size() + 1);
  return std::max<std::uint32_t>(1, flow.Ways(0, target, enough));  // there is a path
}

}  // namespace revenant

#ifndef REVENANT_TESTS_LINKAGE_VECTOR_GRAPH_H_
#define REVENANT_TESTS_LINKAGE_VECTOR_GRAPH_H_

// A LinkGraph of a few vectors, in which a test writes a seller in a line:
//
//   VectorGraph graph;
//   graph.Add("a", "strong=1@3 phone=7@2~form ban@9");
//   graph.Add("b", "strong=1@5 weak=2");
//   graph.Apart("a", "b");
//   const Verdict verdict = graph.Ask("weak=2@20");
//
// A word is KIND=VALUE[@DAY[-DAY]][~ROOT][!]: first seen (and last seen) on that day, unknown
// without; derived from ROOT; verified. `ban@DAY` bans; `leaf` makes an applicant of it. Kinds have
// short names (kKinds below). Everything derived, hubs, components and parts, is computed again
// from what was written, by definition and not as the registry does it.

#include <doctest/doctest.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <deque>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "linkage/constrained.h"
#include "linkage/judge.h"
#include "linkage/link_search.h"
#include "linkage/weigh.h"

namespace revenant {

constexpr std::int64_t kDay = 86'400'000'000;
inline Time Day(int day) { return Time{(20'000 + day) * kDay}; }

struct ShortKind {
  std::string_view word, kind;
  double bits;
  Role role;
};
// 20 bits are enough to block alone, 14 are not; nothing fades unless a test says so.
constexpr ShortKind kKinds[] = {
    {"strong", "custom.strong", 20, Role::kLinking},
    {"weak", "custom.weak", 14, Role::kLinking},
    {"other", "custom.other", 14, Role::kLinking},
    {"side", "custom.side", 6, Role::kSupporting},
    {"phone", "contact.phone", 14, Role::kLinking},
    {"mail", "contact.email", 14, Role::kLinking},
    {"imei", "device.imei", 14, Role::kLinking},
    {"iban", "pay.iban", 20, Role::kLinking},
    {"card", "doc.cn.resident_id", 20, Role::kLinking},
    {"pan", "pay.pan", 14, Role::kLinking},
    {"par", "pay.par", 14, Role::kLinking},
    {"openid", "pay.wechat.openid", 14, Role::kLinking},
    {"unionid", "pay.wechat.unionid", 14, Role::kLinking},
    {"xrp", "pay.crypto.xrp", 14, Role::kLinking},
};
inline std::string_view KindOfWord(std::string_view word) {
  for (const ShortKind& kind : kKinds) {
    if (kind.word == word) return kind.kind;
  }
  FAIL("no such kind: ", std::string(word));
  return {};
}

inline LinkPolicy TestPolicy() {
  LinkPolicy policy;
  for (const ShortKind& kind : kKinds) {
    KindPolicy row = policy.For(kind.kind);
    row.role = kind.role;
    row.m = 0.5;
    row.u = 0.5 / std::exp2(kind.bits);
    row.half_life_days = 0;
    row.fanout_limit = 50;
    row.carry_limit = 50;
    policy.Set(kind.kind, row);
  }
  policy.family_share_permille = 1000;
  policy.count_once.clear();
  return policy;
}
template <typename Change>
LinkPolicy With(std::string_view word, const Change& change, LinkPolicy policy = TestPolicy()) {
  KindPolicy row = policy.For(KindOfWord(word));
  change(row);
  policy.Set(KindOfWord(word), row);
  return policy;
}

class VectorGraph final : public LinkGraph {
 public:
  // Another `key` yields other fingerprints in another order, and must change nothing.
  explicit VectorGraph(LinkPolicy policy = TestPolicy(), std::uint64_t key = 1)
      : policy_(std::move(policy)), key_(key) {}

  const LinkPolicy& policy() const { return policy_; }

  void Add(std::string_view name, std::string_view words) {
    GraphSeller& seller = sellers_.emplace_back(Read(words, false));
    seller.id = NodeId{sellers_.size()};
    seller.name = NameOf(name);
    if (IsForeignCase(seller.name)) enrolled_.erase(seller.id);
    settled_ = false;
  }
  // "different people"
  void Apart(std::string_view a, std::string_view b) {
    apart_.insert(std::minmax((*this)[a].id, (*this)[b].id));
    settled_ = false;
  }
  // As in a registry, platform "p"; a name with a colon names its own.
  static SellerName NameOf(std::string_view name) {
    const std::size_t colon = name.find(':');
    if (colon == name.npos) return {"p", std::string(name)};
    return {std::string(name.substr(0, colon)), std::string(name.substr(colon + 1))};
  }
  const GraphSeller& operator[](std::string_view name) {
    Settle();
    for (const GraphSeller& seller : sellers_) {
      if (seller.name == NameOf(name)) return seller;
    }
    FAIL("no such seller: ", std::string(name));
    return sellers_.front();
  }
  // An applicant that shows this.
  GraphSeller Applicant(std::string_view words) {
    GraphSeller applicant = Read(words, true);
    applicant.name = {"p", "new"};
    applicant.passable = false;
    return applicant;
  }
  FingerprintFacts Facts(NodeId without = kNoNode) {
    return [this, without](const Fingerprint& fingerprint) { return At(fingerprint, without); };
  }

  Neighbourhood::Options As(std::string_view account) {
    Neighbourhood::Options options;
    options.account = &(*this)[account];
    options.without = options.account->id;
    return options;
  }
  std::vector<Link> LinksOf(const GraphSeller& origin, const Neighbourhood::Options& options = {}) {
    Settle();
    Neighbourhood around(*this, policy_, origin, options);
    REQUIRE(around.Explore());
    return around.Links(Verdict::kMaxLinks);
  }
  Verdict Ask(const GraphSeller& origin, const Neighbourhood::Options& options = {}) {
    Settle();
    Neighbourhood around(*this, policy_, origin, options);
    REQUIRE(around.Explore());
    Verdict verdict;
    verdict.seller = origin.name;
    verdict.identifiers = static_cast<std::uint32_t>(origin.held.size());
    const GraphSeller* account = options.account;
    REQUIRE(Judge(around, policy_, account && account->banned ? account : nullptr, verdict));
    return verdict;
  }
  Verdict Ask(std::string_view words) {
    const GraphSeller applicant = Applicant(words);
    return Ask(applicant);
  }
  // The link between two sellers, banned or not; nullopt: none.
  std::optional<Link> Between(std::string_view from, std::string_view to) {
    Neighbourhood::Options options;
    options.target = (*this)[to].id;
    std::vector<Link> links = LinksOf((*this)[from], options);
    if (links.empty()) return std::nullopt;
    return std::move(links.front());
  }

  // --- LinkGraph

  Result<const GraphSeller*> Seller(NodeId id) override {
    Settle();
    return &sellers_.at(static_cast<std::size_t>(id) - 1);
  }
  Result<std::optional<GraphFingerprint>> At(const Fingerprint& fingerprint,
                                             NodeId without) override {
    GraphFingerprint state;
    Time first_ban;
    std::uint64_t foreign = 0;
    for (const GraphSeller& seller : sellers_) {
      const Held* held = FindHeld(seller, fingerprint);
      if (held == nullptr) continue;
      state.kind = held->kind;
      if (seller.id == without) continue;
      const bool enrolled = enrolled_.contains(seller.id);
      state.enrolled += enrolled;
      state.banned += seller.banned;
      state.banned_leaves += seller.banned && !enrolled;
      const bool other_platforms = IsForeignCase(seller.name);
      foreign += seller.banned && other_platforms;
      if (!seller.banned || other_platforms) continue;
      if (!first_ban.known() || seller.banned_at < first_ban) first_ban = seller.banned_at;
    }
    if (state.kind == nullptr) return std::optional<GraphFingerprint>();
    const bool linking = state.kind->policy.role == Role::kLinking;
    const std::uint64_t limit = state.kind->policy.fanout_limit;
    if (policy_.rules >= 2 && first_ban.known() && state.enrolled > limit) {
      for (const GraphSeller& seller : sellers_) {
        const Held* held = FindHeld(seller, fingerprint);
        if (held == nullptr || seller.id == without || !enrolled_.contains(seller.id)) continue;
        state.late += held->first.known() && held->first > first_ban;
      }
      if (state.enrolled - state.late > limit) state.late = 0;
    }
    state.joins = linking && state.enrolled - state.late <= limit;
    if (state.hub()) {
      state.banned -= foreign;
      state.banned_leaves -= foreign;
    }
    return std::optional<GraphFingerprint>(state);
  }
  Result<std::span<const NodeId>> Carriers(const Fingerprint& fingerprint,
                                           NodeId without) override {
    std::vector<const GraphSeller*> named;
    for (const GraphSeller& seller : sellers_) {
      if (seller.id == without || FindHeld(seller, fingerprint) == nullptr) continue;
      if (enrolled_.contains(seller.id) || seller.banned) named.push_back(&seller);
    }
    std::sort(named.begin(), named.end(),
              [](const auto* a, const auto* b) { return a->name < b->name; });
    carriers_.clear();
    for (const GraphSeller* seller : named) carriers_.push_back(seller->id);
    return std::span<const NodeId>(carriers_);
  }
  Result<bool> Forbidden(NodeId a, NodeId b) override { return apart_.contains(std::minmax(a, b)); }
  Result<std::vector<NodeId>> Foes(NodeId id) override {
    std::vector<NodeId> foes;
    for (const auto& [a, b] : apart_) {
      if (a == id) foes.push_back(b);
      if (b == id) foes.push_back(a);
    }
    std::sort(foes.begin(), foes.end());
    return foes;
  }

  Fingerprint PrintOf(std::string_view kind, std::string_view value) const {
    std::uint64_t state = key_ * 0x9E3779B97F4A7C15U;
    Fingerprint fingerprint;
    for (const std::string_view text : {kind, std::string_view("="), value}) {
      for (const char c : text) state = (state ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    }
    for (std::uint8_t& byte : fingerprint.bytes) {
      state = (state ^ (state >> 29)) * 0xBF58476D1CE4E5B9U + 1;
      byte = static_cast<std::uint8_t>(state >> 56);
    }
    return fingerprint;
  }

 private:
  static int Number(std::string_view text) {
    int number = 0;
    const auto done = std::from_chars(text.data(), text.data() + text.size(), number);
    REQUIRE(done.ptr == text.data() + text.size());
    return number;
  }
  // What follows `mark`, cut off from `text`; empty where it is not there.
  static std::string_view CutAt(std::string_view& text, char mark) {
    const std::size_t at = text.find(mark);
    if (at == text.npos) return {};
    const std::string_view rest = text.substr(at + 1);
    text = text.substr(0, at);
    return rest;
  }

  const GraphKind* KindOf(std::string_view name) {
    GraphKind& kind = kinds_[std::string(name)];
    if (!kind.name.empty()) return &kind;
    kind.name = name;
    kind.policy = policy_.For(name);
    const KindInfo* info = FindKind(name);
    REQUIRE(info != nullptr);
    kind.family = info->family;
    kind.one_per_person = info->family == Family::kDocument && info->good_for_days == 0 &&
                          info->role == Role::kLinking;
    return &kind;
  }

  GraphSeller Read(std::string_view words, bool fresh) {
    GraphSeller seller;
    bool leaf = false;
    std::istringstream in{std::string(words)};
    for (std::string each; in >> each;) {
      std::string_view word = each;
      if (word == "leaf") {
        leaf = true;
        continue;
      }
      Held held;
      held.verified = word.ends_with('!');
      if (held.verified) word.remove_suffix(1);
      const std::string_view root = CutAt(word, '~');
      const std::string_view day = CutAt(word, '@');
      if (word == "ban") {
        seller.banned = true;
        seller.banned_at = Day(Number(day));
        seller.ban_reason = "fakes";
        seller.ban_case = "case";
        continue;
      }
      const std::string_view value = CutAt(word, '=');
      held.kind = KindOf(KindOfWord(word));
      held.fingerprint = PrintOf(word, value);
      held.roots.push_back(root.empty() ? held.fingerprint : PrintOf("root", root));
      if (!day.empty()) {
        std::string_view first = day;
        const std::string_view last = CutAt(first, '-');
        held.first = Day(Number(first));
        held.last = last.empty() ? held.first : Day(Number(last));
      }
      held.sources.push_back("form");
      held.fresh = fresh;
      seller.held.push_back(std::move(held));
    }
    std::sort(seller.held.begin(), seller.held.end(),
              [](const Held& a, const Held& b) { return a.fingerprint < b.fingerprint; });
    seller.observations = seller.held.size();
    if (!leaf && !fresh) enrolled_.insert(NodeId{sellers_.size() + 1});
    return seller;
  }

  bool TypesLists(const GraphSeller& seller) const {
    std::map<const GraphKind*, std::uint32_t> values;
    for (const Held& held : seller.held) ++values[held.kind];
    return std::any_of(values.begin(), values.end(), [](const auto& kind) {
      return kind.first->policy.role == Role::kLinking &&
             kind.second > kind.first->policy.carry_limit;
    });
  }

  // Components by flooding, then their parts where a finding divides them.
  void Settle() {
    if (settled_) return;
    settled_ = true;
    for (GraphSeller& seller : sellers_) {
      seller.passable = enrolled_.contains(seller.id) && !TypesLists(seller);
      seller.has_pairs = false;
      seller.component = 0;
      seller.part = 0;
      seller.tainted = true;
    }
    for (const auto& [a, b] : apart_) {
      for (const NodeId id : {a, b}) {
        sellers_[static_cast<std::size_t>(id) - 1].has_pairs = true;
      }
    }
    std::vector<bool> met(sellers_.size(), false);
    for (std::size_t start = 0; start < sellers_.size(); ++start) {
      if (met[start] || !sellers_[start].passable) continue;
      std::vector<std::size_t> members = {start};
      met[start] = true;
      for (std::size_t next = 0; next < members.size(); ++next) {
        for (std::size_t other = 0; other < sellers_.size(); ++other) {
          if (met[other] || !sellers_[other].passable) continue;
          if (!Meet(sellers_[members[next]], sellers_[other])) continue;
          met[other] = true;
          members.push_back(other);
        }
      }
      if (members.size() > 1) SettleComponent(members);
    }
  }
  bool Joins(const Fingerprint& fingerprint) {
    const auto state = At(fingerprint, kNoNode);
    return *state && (*state)->joins;
  }
  bool Meet(const GraphSeller& a, const GraphSeller& b) {
    return std::any_of(a.held.begin(), a.held.end(), [&](const Held& held) {
      return FindHeld(b, held.fingerprint) != nullptr && Joins(held.fingerprint);
    });
  }
  void SettleComponent(std::vector<std::size_t> members) {
    std::sort(members.begin(), members.end(),
              [&](std::size_t a, std::size_t b) { return sellers_[a].name < sellers_[b].name; });
    bool tainted = false;
    for (const GraphSeller& seller : sellers_) {
      if (!seller.banned) continue;
      tainted = tainted || std::any_of(members.begin(), members.end(), [&](std::size_t member) {
                  return sellers_[member].id == seller.id || Meet(sellers_[member], seller);
                });
    }
    std::map<NodeId, std::uint32_t> numbers;
    for (const std::size_t member : members) {
      sellers_[member].component = members.front() + 1;
      sellers_[member].tainted = tainted;
      numbers.emplace(sellers_[member].id, static_cast<std::uint32_t>(numbers.size()));
    }
    std::vector<std::pair<std::uint32_t, std::uint32_t>> forbidden;
    for (const auto& [a, b] : apart_) {
      if (numbers.contains(a) && numbers.contains(b)) {
        forbidden.emplace_back(numbers[a], numbers[b]);
      }
    }
    if (forbidden.empty()) return;
    std::map<Fingerprint, std::uint32_t> prints;
    std::vector<Incidence> incidences;
    for (const std::size_t member : members) {
      for (const Held& held : sellers_[member].held) {
        if (!Joins(held.fingerprint)) continue;
        const auto print =
            prints.emplace(held.fingerprint, static_cast<std::uint32_t>(prints.size())).first;
        // Stronger kinds first; none of the tests' worlds has two kinds of one weight that matter.
        const auto rank = static_cast<std::uint32_t>(100'000 - held.kind->policy.weight);
        incidences.push_back({numbers[sellers_[member].id], print->second, rank,
                              held.first.known() ? held.first.micros : INT64_MAX});
      }
    }
    const std::vector<std::uint32_t> parts =
        ConstrainedParts(members.size(), prints.size(), incidences, forbidden);
    for (std::size_t i = 0; i < members.size(); ++i) sellers_[members[i]].part = parts[i] + 1;
  }

  const LinkPolicy policy_;
  const std::uint64_t key_;
  std::map<std::string, GraphKind, std::less<>> kinds_;
  std::deque<GraphSeller> sellers_;
  std::set<NodeId> enrolled_;
  std::set<std::pair<NodeId, NodeId>> apart_;
  std::vector<NodeId> carriers_;
  bool settled_ = true;
};

inline std::set<Because> Why(const Verdict& verdict) {
  std::set<Because> why;
  for (const Reason& reason : verdict.reasons) why.insert(reason.because);
  return why;
}
// "new a b": the sellers on a path, by their ids.
inline std::string WayOf(const std::vector<Hop>& path) {
  if (path.empty()) return "";
  std::string way = path.front().from.external_id;
  for (const Hop& hop : path) way += ' ' + hop.to.external_id;
  return way;
}

}  // namespace revenant

#endif  // REVENANT_TESTS_LINKAGE_VECTOR_GRAPH_H_

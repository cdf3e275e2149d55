#include "registry/proof/check_evidence.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "linkage/judge.h"
#include "linkage/weigh.h"
#include "registry/answer/screening.h"
#include "registry/proof/facts_view.h"
#include "registry/proof/make_certificate.h"
#include "registry/state/late.h"
#include "util/try.h"

namespace revenant {
namespace {

Error Wrong(std::string_view what) { return {Code::kCorruption, "evidence: " + std::string(what)}; }
Error Wrong(const SellerName& seller, std::string_view what) {
  return Wrong(seller.ToString() + ": " + std::string(what));
}

// The facts that a certificate cites, as if a registry held no others.
Result<Facts> FactsOf(const certified::Certificate& certificate) {
  Facts facts;
  for (const certified::Seller& seller : certificate.sellers) {
    Facts::Seller& entry = facts.sellers[seller.name];
    entry.status = seller.status;
    if (seller.ban) {
      entry.bans[seller.ban->case_ref] = {seller.ban->at.micros, Facts::kNever, seller.ban->reason};
    }
  }
  const auto cite = [&](const SellerName& name, const certified::Shared& shared,
                        const std::vector<certified::Observation>& observations) -> Result<void> {
    for (const certified::Observation& cited : observations) {
      const auto seller = facts.sellers.find(name);
      if (seller == facts.sellers.end()) return Wrong(name, "on a path, but not among the sellers");
      if (cited.source.empty()) return Wrong(name, "an observation without a source");
      if (cited.last <= cited.through) return Wrong(name, "cites what was withdrawn");
      const auto [place, fresh] =
          seller->second.observations.try_emplace({cited.root, cited.source});
      Facts::Observation& entry = place->second;
      if (fresh) {
        entry = {cited.first.micros, cited.last.micros, cited.through.micros, {}};
      } else if (entry.first != cited.first.micros || entry.last != cited.last.micros ||
                 entry.through != cited.through.micros) {
        return Wrong(name, "cites two sets of dates for one observation");
      }
      const bool known = std::any_of(
          entry.items.begin(), entry.items.end(),
          [&](const Facts::Item& item) { return item.fingerprint == shared.fingerprint; });
      if (!known) entry.items.push_back({shared.fingerprint, shared.kind, false, false});
    }
    return {};
  };
  for (const certified::Link& link : certificate.links) {
    for (const certified::Hop& hop : link.path) {
      for (const certified::Shared& shared : hop.shared) {
        TRY(cite(hop.from, shared, shared.from));
        TRY(cite(hop.to, shared, shared.to));
      }
    }
  }
  return facts;
}

// How many enrolled sellers carry an identifier, and how many of them the limit leaves out.
struct Counted {
  std::uint64_t enrolled = 0, late = 0;
  friend bool operator==(const Counted&, const Counted&) = default;
};

class OwnEvidence {
 public:
  OwnEvidence(const certified::Certificate& certificate, const LinkPolicy& policy,
              const Facts& facts, const FactsView& view)
      : certificate_(certificate),
        policy_(policy),
        facts_(facts),
        view_(view),
        graph_(view, policy),
        event_(EventOf(certificate.application, policy.rules)) {}

  Result<void> Check() {
    TRY(CheckSellers());
    TRY(CheckKinds());
    TRY(CheckApplicant());
    TRY(CheckHubs());
    TRY(CheckVelocity());
    TRY(ReadCounts());
    std::set<SellerName> ends;
    for (const certified::Link& link : certificate_.links) {
      if (!ends.insert(link.seller).second) return Wrong(link.seller, "two links to one seller");
      TRY(CheckLink(link));
    }
    if (ends.size() > Verdict::kMaxLinks) return Wrong("more links than a verdict has");
    return CheckConclusion();
  }

 private:
  const certified::Seller* Find(const SellerName& name) const {
    for (const certified::Seller& seller : certificate_.sellers) {
      if (seller.name == name) return &seller;
    }
    return nullptr;
  }

  // Kin is enrolled, without a ban, neither end of the hop, and why an identifier blames nobody.
  bool IsKin(const certified::Hop& hop, const certified::Shared& shared) const {
    const certified::Seller* kin = Find(*shared.kin);
    return kin != nullptr && kin->status == SellerStatus::kActive && !kin->ban &&
           *shared.kin != hop.from && *shared.kin != hop.to &&
           *shared.kin != certificate_.application.name && shared.contested && shared.makes_hop;
  }

  // All sellers on a path, their kin, and no other but the applicant, in name order.
  Result<void> CheckSellers() {
    std::set<SellerName> wanted;
    for (const certified::Link& link : certificate_.links) {
      for (const certified::Hop& hop : link.path) {
        wanted.insert(hop.to);
        for (const certified::Shared& shared : hop.shared) {
          if (!shared.kin) continue;
          if (!IsKin(hop, shared)) return Wrong(*shared.kin, "named as kin, which it cannot be");
          wanted.insert(*shared.kin);
        }
      }
    }
    const SellerName& applicant = certificate_.application.name;
    if (wanted.contains(applicant)) return Wrong(applicant, "a path comes back to the applicant");
    if (Find(applicant) != nullptr) wanted.insert(applicant);
    const auto& sellers = certificate_.sellers;
    const bool same = std::equal(sellers.begin(), sellers.end(), wanted.begin(), wanted.end(),
                                 [](const certified::Seller& seller, const SellerName& name) {
                                   return seller.name == name;
                                 });
    return same ? Result<void>() : Wrong("its sellers are not those of its paths, in name order");
  }

  Result<void> CheckKinds() {
    std::set<std::string> wanted;
    for (const certified::Attribute& attribute : certificate_.application.attributes) {
      for (const certified::Identifier& each : attribute.identifiers) wanted.insert(each.kind);
    }
    for (const certified::Link& link : certificate_.links) {
      for (const certified::Documents& documents : link.documents) wanted.insert(documents.kind);
      for (const certified::Hop& hop : link.path) {
        for (const certified::Shared& shared : hop.shared) wanted.insert(shared.kind);
      }
    }
    std::vector<certified::Kind> kinds;
    for (const std::string& name : wanted) {
      const GraphKind* kind = graph_.Kind(name);
      kinds.push_back({name, kind->family, kind->policy.weight, kind->one_per_person});
    }
    return kinds == certificate_.kinds ? Result<void>()
                                       : Wrong("its kinds do not weigh what its policy says");
  }

  Result<void> CheckApplicant() {
    const std::string& source = certificate_.application.source;
    TRY(CheckSellerName(certificate_.application.name));
    if (source.empty()) return Wrong("the application has no source");
    if (SectionOf(event_, policy_) != certificate_.application) {
      return Wrong("the application's attributes are out of order");
    }
    if (certificate_.as_of.micros <= Time::kUnknownMicros) return Wrong("its as_of is unknown");
    if (certificate_.identifiers != graph_.HeldBy(event_).size()) {
      return Wrong("it counts its identifiers wrongly");
    }
    return {};
  }

  Result<void> CheckHubs() {
    for (const certified::Hub& hub : certificate_.hubs) {
      const double p = policy_.hub_ban_rate, alpha = policy_.hub_smoothing;
      const double rate = (static_cast<double>(hub.banned) + alpha * p) /
                          (static_cast<double>(hub.carriers) + alpha);
      const bool speaks = hub.banned > 0 && hub.banned <= hub.carriers && rate > p &&
                          hub.lift == MilliLog2(rate / p) && hub.lift >= policy_.hub_review &&
                          policy_.For(hub.kind).role == Role::kLinking;
      const auto held = graph_.HeldBy(event_);
      const bool own = std::any_of(held.begin(), held.end(), [&](const Held& each) {
        return each.fingerprint == hub.fingerprint && each.kind->name == hub.kind;
      });
      if (!speaks || !own) return Wrong("a widely shared identifier does not say what it should");
    }
    return {};
  }

  // What came too much at once is of the applicant's own, and as much as its policy asks for.
  Result<void> CheckVelocity() {
    if (!certificate_.velocity) return {};
    const auto& [bursts, starts] = *certificate_.velocity;
    const VelocityPolicy& asked = policy_.velocity;
    const auto held = graph_.HeldBy(event_);
    const auto supports = [&](const std::string& kind, const Fingerprint& fingerprint) {
      return std::any_of(held.begin(), held.end(), [&](const Held& each) {
        return each.fingerprint == fingerprint && each.kind->name == kind &&
               each.kind->policy.role == Role::kSupporting;
      });
    };
    const auto linking =
        static_cast<std::uint64_t>(std::count_if(held.begin(), held.end(), [](const Held& each) {
          return each.kind->policy.role == Role::kLinking;
        }));
    bool right = !bursts.empty() || !starts.empty();
    const certified::Burst* last = nullptr;
    for (const certified::Burst& burst : bursts) {
      right = right && asked.burst_sellers > 0 && burst.sellers >= asked.burst_sellers &&
              burst.before <= policy_.For(burst.kind).fanout_limit &&
              supports(burst.kind, burst.fingerprint) &&
              (last == nullptr ||
               std::tie(last->kind, burst.sellers, last->before, last->fingerprint) <
                   std::tie(burst.kind, last->sellers, burst.before, burst.fingerprint));
      last = &burst;
    }
    const SellerName* before = nullptr;
    for (const certified::FreshStart& start : starts) {
      right = right && asked.fresh_identifiers > 0 &&
              start.identifiers >= asked.fresh_identifiers && start.identifiers <= linking &&
              start.banned_at.micros > Time::kUnknownMicros &&
              supports(start.kind, start.fingerprint) &&
              start.seller != certificate_.application.name &&
              (before == nullptr || *before < start.seller);
      before = &start.seller;
    }
    right = right && starts.size() <= Verdict::kMaxLinks;
    return right ? Result<void>() : Wrong("a burst or a fresh start is not what it should be");
  }

  // Each identifier has one count, of no fewer than the enrolled sellers that are cited with it.
  Result<void> ReadCounts() {
    std::map<Fingerprint, std::set<SellerName>> cited;
    for (const certified::Link& link : certificate_.links) {
      for (const certified::Hop& hop : link.path) {
        for (const certified::Shared& shared : hop.shared) {
          const Counted counted{shared.enrolled, shared.late.value_or(0)};
          const auto place = counted_.emplace(shared.fingerprint, counted).first;
          if (place->second != counted) return Wrong("one identifier with two counts");
          // They are named where leaving them out keeps it from being a hub, and nowhere else.
          const std::uint64_t limit = policy_.For(shared.kind).fanout_limit;
          if (shared.late &&
              (!LeavesOutLate(policy_) || counted.late == 0 || counted.late > counted.enrolled ||
               counted.enrolled <= limit || counted.enrolled - counted.late > limit)) {
            return Wrong("it leaves out carriers that would count");
          }
          for (const SellerName* end : {&hop.from, &hop.to}) {
            const certified::Seller* seller = Find(*end);
            if (*end == certificate_.application.name || seller == nullptr ||
                seller->status != SellerStatus::kActive) {
              continue;
            }
            cited[shared.fingerprint].insert(*end);
          }
        }
      }
    }
    for (const auto& [fingerprint, sellers] : cited) {
      if (counted_.at(fingerprint).enrolled < sellers.size())
        return Wrong("it counts too few carriers");
    }
    return {};
  }

  Result<std::optional<GraphFingerprint>> StateOf(const Fingerprint& fingerprint,
                                                  const std::string& kind) {
    GraphFingerprint state;
    state.kind = graph_.Kind(kind);
    state.enrolled = counted_.at(fingerprint).enrolled;
    state.late = counted_.at(fingerprint).late;
    state.joins = state.kind->policy.role == Role::kLinking &&
                  state.enrolled - state.late <= state.kind->policy.fanout_limit;
    return std::optional<GraphFingerprint>(state);
  }

  Result<const GraphSeller*> Node(const SellerName& name) {
    TRY_ASSIGN(const std::optional<SellerId> id, view_.FindSeller(name));
    if (!id) return Wrong(name, "on a path, but not among the sellers");
    return graph_.Seller(NodeId{static_cast<std::uint64_t>(*id)});
  }

  Result<GraphSeller> Origin() {
    GraphSeller origin;
    origin.name = certificate_.application.name;
    origin.held = graph_.HeldBy(event_);
    if (const certified::Seller* account = Find(origin.name);
        account != nullptr && account->status == SellerStatus::kActive) {
      TRY_ASSIGN(const GraphSeller* known, Node(origin.name));
      DateFromRegistry(*known, origin.held);
    }
    return origin;
  }

  // Wherever a seller's identifier is cited, it is with the same observations, in order.
  bool CitesAll(const SellerName& name, const Fingerprint& fingerprint,
                const std::vector<certified::Observation>& cited) const {
    std::vector<certified::Observation> all;
    if (const auto seller = facts_.sellers.find(name); seller != facts_.sellers.end()) {
      for (const auto& [key, row] : seller->second.observations) {
        const bool holds =
            std::any_of(row.items.begin(), row.items.end(),
                        [&](const Facts::Item& item) { return item.fingerprint == fingerprint; });
        if (!holds) continue;
        all.push_back({key.first, key.second, {row.first}, {row.last}, {row.through}});
      }
    }
    return all == cited;
  }

  Result<Hop> CheckHop(const certified::Hop& hop, bool first_hop) {
    const certified::Seller* account = first_hop ? Find(hop.from) : nullptr;
    const bool enrolled = account != nullptr && account->status == SellerStatus::kActive;
    for (const certified::Shared& shared : hop.shared) {
      if (first_hop && !enrolled && !shared.from.empty()) {
        return Wrong(hop.from, "cites an account that was not enrolled");
      }
    }
    GraphSeller origin;
    const GraphSeller* from = &origin;
    if (first_hop) {
      TRY_ASSIGN(origin, Origin());
    } else {
      TRY_ASSIGN(from, Node(hop.from));
    }
    TRY_ASSIGN(const GraphSeller* to, Node(hop.to));
    std::map<Fingerprint, std::string> kinds;
    std::vector<Fingerprint> contested;
    for (const certified::Shared& shared : hop.shared) {
      kinds.emplace(shared.fingerprint, shared.kind);
      if (shared.contested) contested.push_back(shared.fingerprint);
    }
    std::sort(contested.begin(), contested.end());
    bool unlisted = false;
    const auto facts =
        [&](const Fingerprint& fingerprint) -> Result<std::optional<GraphFingerprint>> {
      const auto kind = kinds.find(fingerprint);
      unlisted = unlisted || kind == kinds.end();
      if (kind == kinds.end()) return std::optional<GraphFingerprint>();
      return StateOf(fingerprint, kind->second);
    };
    TRY_ASSIGN(Hop weighed, WeighHop(*from, *to, policy_, facts, contested));
    TRY_ASSIGN(const Hop dated, WeighHop(*from, *to, policy_, facts, {}));
    bool same = !unlisted && weighed.weight == hop.weight && !weighed.shared.empty() &&
                weighed.blame_weight == hop.blame_weight &&
                weighed.shared.size() == hop.shared.size();
    for (std::size_t i = 0; same && i < hop.shared.size(); ++i) {
      const certified::Shared& said = hop.shared[i];
      const SharedIdentifier& found = weighed.shared[i];
      same = said.kind == found.kind && said.fingerprint == found.fingerprint &&
             said.weight == found.weight && said.makes_hop == found.makes_hop &&
             said.later == found.from_is_later &&
             said.contested == (dated.shared[i].from_is_later && !found.from_is_later) &&
             CitesAll(hop.from, said.fingerprint, said.from) &&
             CitesAll(hop.to, said.fingerprint, said.to);
    }
    if (!same) return Wrong(hop.to, "what is shared with it does not weigh what it says");
    for (std::size_t i = 0; i < hop.shared.size(); ++i) {
      if (hop.shared[i].kin) weighed.shared[i].kin = *hop.shared[i].kin;
    }
    weighed.forbidden = hop.refused;
    return weighed;
  }

  Result<void> CheckLink(const certified::Link& said) {
    const SellerName& end = said.seller;
    if (said.path.empty() || said.path.size() > policy_.max_hops) {
      return Wrong(end, "its path is longer than the policy allows, or empty");
    }
    constexpr MilliBits kBeyondAll = MilliBits{1} << 40;  // so that sums cannot overflow
    if (std::abs(said.strength) > kBeyondAll || std::abs(said.blame_strength) > kBeyondAll) {
      return Wrong(end, "no link is as strong");
    }
    std::set<SellerName> passed;
    const SellerName* at = &certificate_.application.name;
    Link link;
    link.seller = end;
    MilliBits weakest = std::numeric_limits<MilliBits>::max(), blame = weakest;
    for (const certified::Hop& hop : said.path) {
      if (hop.from != *at || !passed.insert(hop.to).second) return Wrong(end, "its path is broken");
      TRY_ASSIGN(Hop weighed, CheckHop(hop, &hop == &said.path.front()));
      weakest = std::min(weakest, hop.weight);
      blame = std::min(blame, hop.refused ? 0 : hop.blame_weight);
      link.path.push_back(std::move(weighed));
      at = &hop.to;
    }
    if (*at != end) return Wrong(end, "its path leads to another seller");
    if (const certified::Seller* seller = Find(end); !seller || !seller->ban) {
      return Wrong(end, "nothing says that it is banned");
    }
    const MilliBits discount = policy_.hop_discount * static_cast<MilliBits>(said.path.size() - 1);
    blame = blame <= 0 ? 0 : std::max<MilliBits>(0, blame - discount);
    // The path that blames is shown where it can block; elsewhere another may blame more.
    const bool blocks =
        said.blame_strength > 0 && policy_.prior + said.blame_strength >= policy_.block;
    if (said.strength != weakest - discount || said.blame_strength < blame ||
        (blocks && said.blame_strength != blame)) {
      return Wrong(end, "its strength does not follow from its path");
    }
    if (said.redundancy > std::numeric_limits<std::uint32_t>::max()) {
      return Wrong(end, "it rests on more proofs than there can be");
    }
    TRY(CheckDocuments(said));
    link.strength = said.strength;
    link.blame_strength = said.blame_strength;
    link.redundancy = static_cast<std::uint32_t>(said.redundancy);
    const LinkJudgement judged = JudgeLink(link, !said.documents.empty(), policy_);
    if (judged.decision != said.decision || judged.because != said.because) {
      return Wrong(end, "what it leads to does not follow from its strength");
    }
    return {};
  }

  Result<void> CheckDocuments(const certified::Link& link) {
    std::string last;
    for (const certified::Documents& documents : link.documents) {
      std::set<Fingerprint> own;
      for (const Held& held : graph_.HeldBy(event_)) {
        if (held.verified && held.kind->name == documents.kind) own.insert(held.fingerprint);
      }
      const std::set<Fingerprint> theirs(documents.seller.begin(), documents.seller.end());
      const bool differ =
          documents.kind > last && graph_.Kind(documents.kind)->one_per_person && !own.empty() &&
          std::equal(own.begin(), own.end(), documents.applicant.begin(),
                     documents.applicant.end()) &&
          !theirs.empty() &&
          std::equal(theirs.begin(), theirs.end(), documents.seller.begin(),
                     documents.seller.end()) &&
          std::none_of(own.begin(), own.end(),
                       [&](const Fingerprint& document) { return theirs.contains(document); });
      if (!differ) return Wrong(link.seller, "its documents are not shown to differ");
      last = documents.kind;
    }
    return {};
  }

  static std::optional<SellerName> FirstKinOf(const certified::Link& link) {
    for (const certified::Hop& hop : link.path) {
      for (const certified::Shared& shared : hop.shared) {
        if (shared.kin) return shared.kin;
      }
    }
    return std::nullopt;
  }

  // As Judge() draws it, from what the certificate found.
  Result<void> CheckConclusion() {
    Decision decision = Decision::kClear;
    std::vector<certified::Reason> reasons;
    const auto conclude = [&](Decision reached, certified::Reason reason) {
      decision = std::max(decision, reached);
      reasons.push_back(std::move(reason));
    };
    const SellerName& applicant = certificate_.application.name;
    if (const certified::Seller* account = Find(applicant); account && account->ban) {
      conclude(Decision::kBlock, {Because::kItselfBanned, applicant, std::nullopt});
    }
    for (const certified::Link& link : certificate_.links) {
      if (link.decision == Decision::kClear) continue;
      conclude(link.decision, {link.because, link.seller,
                               link.because == Because::kKin ? FirstKinOf(link) : std::nullopt});
    }
    for (const certified::Contested& contested : certificate_.contested) {
      conclude(Decision::kReview, {Because::kDifferentPeople, contested.a, contested.b});
    }
    for (std::size_t i = 0; i < certificate_.hubs.size(); ++i) {
      conclude(Decision::kReview, {Because::kTaintedHub, std::nullopt, std::nullopt});
    }
    if (certificate_.velocity) {
      for (std::size_t i = 0; i < certificate_.velocity->bursts.size(); ++i) {
        conclude(Decision::kReview, {Because::kVelocity, std::nullopt, std::nullopt});
      }
      for (const certified::FreshStart& start : certificate_.velocity->fresh_starts) {
        conclude(Decision::kReview, {Because::kVelocity, start.seller, std::nullopt});
      }
    }
    if (certificate_.cut_short) {
      conclude(Decision::kReview, {Because::kCutShort, std::nullopt, std::nullopt});
    }
    std::stable_sort(reasons.begin(), reasons.end(),
                     [](const auto& a, const auto& b) { return a.because < b.because; });
    if (reasons.empty()) reasons.push_back({Because::kNoLink, std::nullopt, std::nullopt});
    const bool same = std::equal(
        reasons.begin(), reasons.end(), certificate_.reasons.begin(), certificate_.reasons.end(),
        [](const certified::Reason& found, const certified::Reason& said) {
          // A link across a finding names the two sellers of the finding, for which there is no
          // evidence here, or, if they are out of reach, only where it leads.
          const bool across = found.because == Because::kDifferentPeople && !found.other;
          if (across && said.because == found.because && said.seller && said.other) return true;
          return found == said;
        });
    if (!same) return Wrong("its reasons do not follow from what it found");
    if (decision != certificate_.decision) return Wrong("its decision does not follow");
    return {};
  }

  const certified::Certificate& certificate_;
  const LinkPolicy& policy_;
  const Facts& facts_;
  const FactsView& view_;
  StoreGraph graph_;
  const Enrol event_;
  std::map<Fingerprint, Counted> counted_;  // carriers of each shared identifier
};

}  // namespace

Result<LinkPolicy> CheckOwnEvidence(const certified::Certificate& certificate) {
  const Result<LinkPolicy> policy = ParseStoredLinkPolicy(certificate.policy.toml, "certificate");
  if (!policy) return Error{Code::kCorruption, "policy: " + policy.error().message};
  if (FormatLinkPolicy(SpelledOut(*policy, certificate.kinds)) != certificate.policy.toml ||
      certified::DigestOf(certificate.policy.toml) != certificate.policy.digest ||
      policy->rules != certificate.rules) {
    return Error{Code::kCorruption, "policy: not canonical, or not the one of its digest"};
  }
  TRY_ASSIGN(const Facts facts, FactsOf(certificate));
  TRY_ASSIGN(const std::unique_ptr<FactsView> view, FactsView::Make(facts, *policy));
  TRY(OwnEvidence(certificate, *policy, facts, *view).Check());
  return *policy;
}

}  // namespace revenant

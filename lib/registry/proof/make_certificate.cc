// Writes down what a verdict was drawn from (DESIGN.md section 5, rule 13).

#include "registry/proof/make_certificate.h"

#include <algorithm>
#include <set>

#include "linkage/judge.h"
#include "registry/state/live.h"
#include "registry/state/seller_names.h"
#include "util/try.h"

namespace revenant {
namespace {

using certified::Moment;

class Certifier {
 public:
  Certifier(const View& view, const LinkPolicy& policy, const Enrol& application,
            Screening& screening, const Fingerprinter* keyed)
      : view_(view), policy_(policy), event_(application), screening_(screening), keyed_(keyed) {}

  Result<certified::Certificate> Run(const Verdict& verdict) {
    out_.rules = policy_.rules;
    out_.as_of = {verdict.as_of.micros};
    out_.application = SectionOf(event_, policy_);
    for (const certified::Attribute& attribute : out_.application.attributes) {
      for (const certified::Identifier& identifier : attribute.identifiers) {
        Name(identifier.kind);
      }
    }
    out_.decision = verdict.decision;
    out_.cut_short = verdict.cut_short;
    out_.identifiers = verdict.identifiers;
    for (const Reason& reason : verdict.reasons) AddReason(reason);
    for (const Link& link : verdict.links) TRY(AddLink(link));
    for (const Neighbourhood::TaintedHub& hub : screening_.around().tainted_hubs()) {
      out_.hubs.push_back({hub.kind, hub.fingerprint, hub.lift, hub.banned, hub.carriers});
    }
    for (const Neighbourhood::Contested& contested : screening_.around().contested()) {
      out_.contested.push_back({contested.kind, contested.a, contested.b});
    }
    AddVelocity(verdict);
    if (screening_.account()) sellers_.insert(screening_.account()->name);
    TRY(AddSellers());
    for (const std::string& name : kinds_) {
      const GraphKind* kind = screening_.graph().Kind(name);
      out_.kinds.push_back({name, kind->family, kind->policy.weight, kind->one_per_person});
    }
    out_.policy.toml = FormatLinkPolicy(SpelledOut(policy_, out_.kinds));
    out_.policy.digest = certified::DigestOf(out_.policy.toml);
    return std::move(out_);
  }

 private:
  void Name(const std::string& kind) { kinds_.insert(kind); }

  void AddVelocity(const Verdict& verdict) {
    if (verdict.bursts.empty() && verdict.fresh_starts.empty()) return;
    certified::Velocity& velocity = out_.velocity.emplace();
    for (const Burst& burst : verdict.bursts) {
      velocity.bursts.push_back({burst.kind, burst.fingerprint, burst.sellers, burst.before});
    }
    for (const FreshStart& start : verdict.fresh_starts) {
      velocity.fresh_starts.push_back({start.seller,
                                       {start.banned_at.micros},
                                       start.kind,
                                       start.fingerprint,
                                       start.identifiers});
    }
  }

  void AddReason(const Reason& reason) {
    const auto named = [](const SellerName& name) {
      return name == SellerName{} ? std::nullopt : std::optional(name);
    };
    out_.reasons.push_back({reason.because, named(reason.seller), named(reason.other)});
  }

  Result<void> AddLink(const Link& link) {
    const bool differ = screening_.around().DocumentsDifferFrom(link.seller);
    const LinkJudgement judged = JudgeLink(link, differ, policy_);
    certified::Link out{link.seller,
                        link.strength,
                        link.blame_strength,
                        link.redundancy,
                        judged.decision,
                        judged.because,
                        {},
                        {}};
    if (differ) {
      TRY_ASSIGN(out.documents, DifferingDocuments(link.seller));
    }
    for (const Hop& hop : link.path) {
      sellers_.insert(hop.to);
      TRY_ASSIGN(certified::Hop section, SectionOfHop(hop, &hop == &link.path.front()));
      out.path.push_back(std::move(section));
    }
    out_.links.push_back(std::move(out));
    return {};
  }

  Result<certified::Hop> SectionOfHop(const Hop& hop, bool first_hop) {
    certified::Hop out{hop.from, hop.to, hop.weight, hop.blame_weight, hop.forbidden, {}};
    TRY_ASSIGN(const std::optional<SellerId> from, view_.FindSeller(hop.from));
    TRY_ASSIGN(const std::optional<SellerId> to, view_.FindSeller(hop.to));
    for (const SharedIdentifier& shared : hop.shared) {
      Name(shared.kind);
      certified::Shared section{shared.kind, shared.fingerprint, shared.weight, shared.makes_hop,
                                shared.from_is_later};
      if (!first_hop || screening_.account_enrolled()) {
        TRY_ASSIGN(section.from, Behind(*from, shared.fingerprint));
      }
      TRY_ASSIGN(section.to, Behind(*to, shared.fingerprint));
      const bool fresh = first_hop && section.from.empty();
      const bool dated_later = fresh || (shared.from.first.known() && shared.to.first.known() &&
                                         shared.from.first > shared.to.first);
      section.contested = dated_later && !shared.from_is_later;
      if (shared.kin != SellerName{}) {
        section.kin = shared.kin;
        sellers_.insert(shared.kin);
      }
      TRY_ASSIGN(const std::optional<GraphFingerprint> state,
                 screening_.graph().At(shared.fingerprint, screening_.without()));
      if (state) section.enrolled = state->enrolled;
      if (state && state->late > 0) section.late = state->late;
      out.shared.push_back(std::move(section));
    }
    return out;
  }

  // The live observations of `seller` that contain `fingerprint`, in order of root and source.
  Result<std::vector<certified::Observation>> Behind(SellerId seller,
                                                     const Fingerprint& fingerprint) const {
    std::vector<certified::Observation> behind;
    TRY(ForEachLive(view_, seller, [&](LiveObservation& live) -> Result<bool> {
      const bool holds = std::any_of(live.row.items.begin(), live.row.items.end(),
                                     [&](const ObservationRow::Item& item) {
                                       return !item.junk && item.fingerprint == fingerprint;
                                     });
      if (!holds) return true;
      TRY_ASSIGN(const std::optional<ObservationRow> every,
                 view_.Observation({seller, live.key.root, kEverySource}));
      const std::int64_t through =
          std::max(live.row.through, every ? every->through : ObservationRow::kNever);
      behind.push_back({live.key.root, view_.Word(live.key.source), Moment{live.row.first},
                        Moment{live.row.last}, Moment{through}});
      return true;
    }));
    std::sort(behind.begin(), behind.end(), [](const auto& a, const auto& b) {
      return std::tie(a.root, a.source) < std::tie(b.root, b.source);
    });
    return behind;
  }

  Result<std::vector<certified::Documents>> DifferingDocuments(const SellerName& name) {
    TRY_ASSIGN(const std::optional<SellerId> id, view_.FindSeller(name));
    TRY_ASSIGN(const GraphSeller* seller,
               screening_.graph().Seller(NodeId{static_cast<std::uint64_t>(*id)}));
    const auto by_kind = [](const std::vector<Held>& list) {
      std::map<std::string, std::set<Fingerprint>> documents;
      for (const Held& held : list) {
        if (held.verified && held.kind->one_per_person) {
          documents[held.kind->name].insert(held.fingerprint);
        }
      }
      return documents;
    };
    const auto theirs = by_kind(seller->held);
    std::vector<certified::Documents> differing;
    for (const auto& [kind, own] : by_kind(screening_.graph().HeldBy(event_))) {
      const auto other = theirs.find(kind);
      if (other == theirs.end()) continue;
      const bool shared = std::any_of(own.begin(), own.end(), [&](const Fingerprint& document) {
        return other->second.contains(document);
      });
      if (shared) continue;
      Name(kind);
      differing.push_back(
          {kind, {own.begin(), own.end()}, {other->second.begin(), other->second.end()}});
    }
    return differing;
  }

  Result<void> AddSellers() {
    for (const SellerName& name : sellers_) {
      TRY_ASSIGN(const std::optional<SellerId> id, view_.FindSeller(name));
      TRY_ASSIGN(const SellerRow row, view_.NeedSeller(*id));
      TRY_ASSIGN(const GraphSeller* node,
                 screening_.graph().Seller(NodeId{static_cast<std::uint64_t>(*id)}));
      certified::Seller& section = out_.sellers.emplace_back();
      section.name = name;
      if (keyed_ != nullptr) section.tombstone = TombstoneOf(*keyed_, name);
      section.status = row.status;
      if (node->banned) {
        section.ban = {node->ban_case, node->ban_reason, {node->banned_at.micros}};
      }
    }
    return {};
  }

  const View& view_;
  const LinkPolicy& policy_;
  const Enrol& event_;
  Screening& screening_;
  const Fingerprinter* keyed_;
  std::set<SellerName> sellers_;
  std::set<std::string> kinds_;
  certified::Certificate out_;
};

}  // namespace

Result<certified::Certificate> Certify(const View& view, const LinkPolicy& policy,
                                       const Enrol& application, Screening& screening,
                                       const Verdict& verdict, const Fingerprinter* keyed) {
  return Certifier(view, policy, application, screening, keyed).Run(verdict);
}

certified::Application SectionOf(const Enrol& application, const LinkPolicy& policy) {
  certified::Application section;
  section.name = application.seller;
  section.status = application.status;
  section.source = application.source.empty() ? application.seller.platform : application.source;
  section.seen = {application.seen.micros};
  for (const KeyedAttribute& attribute : application.attributes) {
    certified::Attribute& out = section.attributes.emplace_back();
    out.root = attribute.root;
    for (const KeyedIdentifier& identifier : attribute.identifiers) {
      out.identifiers.push_back({identifier.kind, identifier.fingerprint, identifier.junk,
                                 IsVerified(identifier, policy)});
    }
    std::sort(out.identifiers.begin(), out.identifiers.end());
  }
  // Neither the order in which attributes were typed nor a repetition says anything.
  auto& attributes = section.attributes;
  std::sort(attributes.begin(), attributes.end());
  attributes.erase(std::unique(attributes.begin(), attributes.end()), attributes.end());
  return section;
}

Enrol EventOf(const certified::Application& application, std::uint32_t rules) {
  Enrol event;
  event.seller = application.name;
  event.status = application.status;
  event.source = application.source;
  event.seen = Time{application.seen.micros};
  for (const certified::Attribute& attribute : application.attributes) {
    KeyedAttribute& out = event.attributes.emplace_back();
    out.root = attribute.root;
    for (const certified::Identifier& identifier : attribute.identifiers) {
      KeyedIdentifier& keyed = out.identifiers.emplace_back();
      keyed = {identifier.fingerprint, identifier.kind, identifier.junk};
      (rules < 2 ? keyed.checked : keyed.verified) = identifier.verified;
    }
  }
  return event;
}

LinkPolicy SpelledOut(LinkPolicy policy, const std::vector<certified::Kind>& kinds) {
  for (const certified::Kind& kind : kinds) {
    if (FindKind(kind.name) != nullptr) policy.Set(kind.name, policy.For(kind.name));
  }
  return policy;
}

}  // namespace revenant

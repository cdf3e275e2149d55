// Gathers from a registry the plain facts that policy.h judges: which cases reach which sellers,
// the basis of measures, what is known about a seller, and which other sellers have its suppliers.

#include "registry/answer/group_facts.h"

#include <algorithm>
#include <map>
#include <set>

#include "linkage/judge.h"
#include "registry/answer/store_graph.h"
#include "registry/state/case_facts.h"
#include "registry/state/event_names.h"
#include "registry/state/live.h"
#include "registry/state/meta_rows.h"
#include "registry/state/seller_names.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr std::string_view kSupplierKind = "org.supplier";
constexpr std::size_t kMaxGroup = 200;       // sellers whose links are searched
constexpr std::size_t kMaxMembers = 20'000;  // of a cluster that are looked at at all
constexpr std::uint64_t kMaxSearches = 10;   // that may each read all that one search may read
constexpr std::size_t kMaxLinks = 1000;

NodeId ToNode(SellerId id) { return NodeId{static_cast<std::uint64_t>(id)}; }

// The graph with one difference: searches end at sellers with infringements, banned or not.
class CaseGraph final : public LinkGraph {
 public:
  CaseGraph(const View& view, const LinkPolicy& policy) : graph_(view, policy) {}

  Result<const GraphSeller*> Seller(NodeId id) override {
    const auto known = sellers_.find(id);
    if (known != sellers_.end()) return &known->second;
    TRY_ASSIGN(const SellerRow* row, graph_.RowOf(id));
    TRY_ASSIGN(const GraphSeller* plain, graph_.Seller(id));
    GraphSeller& seller = sellers_.emplace(id, *plain).first->second;
    seller.tainted = true;
    if (row->infringements > 0) {
      ids_[seller.name] = SellerId{static_cast<std::uint64_t>(id)};
      // A search for cases ends at infringements, as one for bans ends at bans.
      seller.banned = true;
    }
    return &seller;
  }
  Result<std::optional<GraphFingerprint>> At(const Fingerprint& fingerprint,
                                             NodeId without) override {
    return graph_.At(fingerprint, without);
  }
  Result<std::span<const NodeId>> Carriers(const Fingerprint& fingerprint,
                                           NodeId without) override {
    const auto known = without == kNoNode ? carriers_.find(fingerprint) : carriers_.end();
    if (known != carriers_.end()) return std::span<const NodeId>(known->second);
    TRY_ASSIGN(const std::span<const NodeId> carriers, graph_.Carriers(fingerprint, without));
    if (without != kNoNode) return carriers;
    std::vector<NodeId>& kept = carriers_[fingerprint];
    kept.assign(carriers.begin(), carriers.end());
    return std::span<const NodeId>(kept);
  }
  Result<bool> Forbidden(NodeId a, NodeId b) override { return graph_.Forbidden(a, b); }
  Result<std::vector<NodeId>> Foes(NodeId id) override { return graph_.Foes(id); }

  // Sellers with infringements that searches came upon.
  const std::map<SellerName, SellerId>& ids() const { return ids_; }

 private:
  StoreGraph graph_;
  std::map<NodeId, GraphSeller> sellers_;
  std::map<SellerName, SellerId> ids_;
  std::map<Fingerprint, std::vector<NodeId>> carriers_;  // in name order, which costs a crowd dear
};

// From when on the near end of each hop carried what may be held against it, and what that is.
void TellPath(const Link& link, ReachFact& reach) {
  for (const Hop& hop : link.path) {
    Time since;
    const SharedIdentifier* strongest = nullptr;
    for (const SharedIdentifier& shared : hop.shared) {
      if (!shared.makes_hop || !shared.from_is_later) continue;
      if (strongest == nullptr) strongest = &shared;
      if (!since.known() || shared.from.first < since) since = shared.from.first;
    }
    if (strongest == nullptr) continue;
    reach.path.push_back(strongest->fingerprint.ToHex());
    reach.since = std::max(reach.since, since);
  }
}

class Gatherer {
 public:
  Gatherer(const View& view, const LinkPolicy& policy) : view_(view), policy_(policy) {}

  Result<GroupFacts> Run(SellerId subject) {
    TRY(ChooseMembers(subject));
    std::set<SellerName> asked;
    TRY_ASSIGN(const SellerRow own, view_.NeedSeller(subject));
    asked.insert(view_.NameOf(own));
    TRY(Reach(view_.NameOf(own), subject));  // whatever the others cost
    // A search may bring holders of cases from outside the cluster, where a leaf stands between:
    // whose cases reach them is asked as well.
    for (auto next = members_.begin(); next != members_.end();) {
      const auto [name, id] = *next;
      if (asked.insert(name).second) {
        // In a crowd around one identifier each search reads the crowd.
        if (observations_ >= kMaxSearches * policy_.search_budget) {
          facts_.cut_short = true;
        } else {
          TRY(Reach(name, id));
        }
        next = members_.begin();
      } else {
        ++next;
      }
    }
    std::stable_sort(facts_.reaches.begin(), facts_.reaches.end(),
                     [](const ReachFact& a, const ReachFact& b) { return a.to < b.to; });
    for (const auto& [name, id] : members_) {
      facts_.sellers.push_back(name);
      TRY(ReadFile(name, id));
    }
    for (const auto& [name, id] : members_) TRY(ReadMeasures(name, id));
    return std::move(facts_);
  }

 private:
  // The cluster; of a large one those with infringements first.
  Result<void> ChooseMembers(SellerId subject) {
    TRY_ASSIGN(const SellerRow own, view_.NeedSeller(subject));
    members_.emplace(view_.NameOf(own), subject);
    if (own.label == kNoLabel) return {};
    std::vector<std::pair<SellerName, SellerId>> bystanders;
    std::size_t seen = 0;
    TRY(view_.ForEachMember(own.label, own.part, [&](SellerId id) -> Result<bool> {
      if (++seen > kMaxMembers) facts_.cut_short = true;
      if (seen > kMaxMembers || members_.size() >= kMaxGroup) return false;
      TRY_ASSIGN(const SellerRow row, view_.NeedSeller(id));
      if (row.infringements > 0) {
        members_.emplace(view_.NameOf(row), id);
      } else {
        bystanders.emplace_back(view_.NameOf(row), id);
      }
      return true;
    }));
    for (auto& [name, id] : bystanders) {
      if (members_.size() < kMaxGroup) members_.emplace(std::move(name), id);
    }
    TRY_ASSIGN(const ComponentRow sums, view_.Component(own.label, own.part));
    facts_.cut_short = facts_.cut_short || members_.size() < sums.size;
    return {};
  }

  // The sellers with cases that reach this seller. They belong to the group, too.
  Result<void> Reach(const SellerName& name, SellerId id) {
    TRY_ASSIGN(const GraphSeller* origin, graph_.Seller(ToNode(id)));
    Neighbourhood around(graph_, policy_, *origin, {});
    TRY(around.Explore());
    observations_ += around.observations();
    facts_.cut_short = facts_.cut_short || around.cut_short();
    for (const Link& link : around.Links(kMaxLinks)) {
      const auto holder = graph_.ids().find(link.seller);
      if (holder == graph_.ids().end()) continue;  // banned, and without an infringement
      const LinkJudgement judged =
          JudgeLink(link, around.DocumentsDifferFrom(link.seller), policy_);
      ReachFact reach;
      reach.from = link.seller;
      reach.to = name;
      reach.allowed = judged.decision == Decision::kBlock;
      reach.why = BecauseName(judged.because);
      reach.strength_millibits = link.strength;
      reach.blame_millibits = link.blame_strength;
      reach.redundancy = link.redundancy;
      reach.hops = static_cast<std::uint32_t>(link.path.size());
      if (reach.allowed) TellPath(link, reach);
      facts_.reaches.push_back(std::move(reach));
      if (members_.size() < kMaxGroup) {
        members_.emplace(link.seller, holder->second);
      } else if (!members_.contains(link.seller)) {
        facts_.cut_short = true;
      }
    }
    MilliBits lift = 0;
    for (const Neighbourhood::TaintedHub& hub : around.tainted_hubs()) {
      lift = std::max(lift, hub.lift);
    }
    lifts_[name] = lift;
    return {};
  }

  Result<void> ReadFile(const SellerName& name, SellerId id) {
    TRY_ASSIGN(const SellerFile file, SellerFile::Read(view_, id, name));
    TRY(AddCases(file));
    facts_.reinstatements.insert(facts_.reinstatements.end(), file.reinstatements.begin(),
                                 file.reinstatements.end());
    TRY_ASSIGN(const auto deposit, file.FigureOf(FigureKind::kDepositHeld));
    TRY_ASSIGN(const auto insurance, file.FigureOf(FigureKind::kInsuranceCover));
    const MilliBits lift = lifts_[name];
    if (deposit || insurance || lift > 0) {
      facts_.funds.push_back(
          {name, deposit ? deposit->value : 0, insurance ? insurance->value : 0, lift});
    }
    return {};
  }

  Result<void> AddCases(const SellerFile& file) {
    if (!told_.insert(file.seller).second) return {};
    TRY_ASSIGN(std::vector<CaseFact> cases, file.Cases());
    for (CaseFact& fact : cases) facts_.cases.push_back(std::move(fact));
    return {};
  }

  Result<void> ReadMeasures(const SellerName& name, SellerId id) {
    std::vector<std::pair<CaseKey, CaseRow>> rows;
    TRY(view_.ForEachCase(id, CaseType::kMeasure,
                          [&](const CaseKey& key, const CaseRow& row) -> Result<bool> {
                            rows.emplace_back(key, row);
                            return true;
                          }));
    for (const auto& [key, row] : rows) {
      if (row.set == ObservationRow::kNever) continue;  // undone, and never said to be done
      TRY_ASSIGN(const MeasureTarget target, MeasureTargetFrom(key.case_ref));
      TRY_ASSIGN(const MeasureDetail detail, MeasureDetailFrom(row.reason));
      MeasureFact measure;
      measure.key = {target.name, target.step, name};
      measure.done = Time{row.set};
      if (row.lifted != ObservationRow::kNever) measure.undone = Time{row.lifted};
      measure.amount = detail.amount;
      for (const BasisCase& one : detail.basis) {
        TRY_ASSIGN(MeasureFact::Basis basis, Examine(id, name, one));
        measure.basis.push_back(std::move(basis));
      }
      facts_.measures.push_back(std::move(measure));
    }
    return {};
  }

  // Follows the fingerprints that a measure cites, hubs or not, to whose case it is now.
  Result<MeasureFact::Basis> Examine(SellerId id, const SellerName& name, const BasisCase& cited) {
    MeasureFact::Basis basis{cited.name, {}, LinkState::kWithdrawn};
    if (cited.path.empty()) return MeasureFact::Basis{cited.name, name, LinkState::kOwn};
    std::map<SellerId, bool> reached = {{id, true}};  // and whether without a forbidden pair
    for (const std::string& hex : cited.path) {
      const auto fingerprint = Fingerprint::FromHex(hex);
      if (!fingerprint) return basis;
      TRY_ASSIGN(reached, Step(*fingerprint, reached));
    }
    reached.erase(id);
    TRY_ASSIGN(const SellerRow own, view_.NeedSeller(id));
    bool in_force = false;
    for (const auto& [holder, allowed] : reached) {
      TRY_ASSIGN(const auto row,
                 view_.Case({holder, CaseType::kInfringement, false, cited.name.reference}));
      TRY_ASSIGN(const SellerRow seller, view_.NeedSeller(holder));
      const SellerName holder_name = view_.NameOf(seller);
      if (!row || holder_name.platform != cited.name.platform) continue;
      const bool parted =
          own.label != kNoLabel && own.label == seller.label && own.part != seller.part;
      const LinkState link = allowed && !parted ? LinkState::kStands : LinkState::kCannotLink;
      // The best that can be said for it: a case in force, over a link that stands.
      const bool better = basis.holder.platform.empty() ||
                          std::pair(link == LinkState::kStands, row->in_force()) >
                              std::pair(basis.link == LinkState::kStands, in_force);
      if (!better) continue;
      basis.holder = holder_name;
      basis.link = link;
      in_force = row->in_force();
      TRY_ASSIGN(const SellerFile file, SellerFile::Read(view_, holder, holder_name));
      TRY(AddCases(file));
    }
    return basis;
  }

  // The sellers that share the fingerprint with one of those reached so far.
  Result<std::map<SellerId, bool>> Step(const Fingerprint& fingerprint,
                                        const std::map<SellerId, bool>& reached) {
    std::map<SellerId, bool> next;
    TRY_ASSIGN(const auto state, view_.FingerprintState(fingerprint));
    if (!state) return next;
    std::vector<SellerId> carriers;
    TRY(view_.ForEachCarrier(fingerprint, *state, [&](const Carrier& carrier) -> Result<bool> {
      carriers.push_back(carrier.seller);
      return true;
    }));
    for (const auto& [from, allowed] : reached) {
      if (std::find(carriers.begin(), carriers.end(), from) == carriers.end()) continue;
      for (const SellerId to : carriers) {
        if (to == from) continue;
        TRY_ASSIGN(const auto pair, view_.Pair(from, to));
        const bool fair = allowed && !(pair && pair->in_force());
        next[to] = next[to] || fair;
      }
    }
    return next;
  }

  const View& view_;
  const LinkPolicy& policy_;
  CaseGraph graph_{view_, policy_};  // of all searches: they read the same sellers
  std::map<SellerName, SellerId> members_;
  std::map<SellerName, MilliBits> lifts_;
  std::uint64_t observations_ = 0;  // read by all searches
  std::set<SellerName> told_;       // whose cases are among the facts
  GroupFacts facts_;
};

// Links of an account to banned ones, as a screening of it would find them.
Result<std::vector<BannedLinkFact>> BannedLinks(const View& view, const LinkPolicy& policy,
                                                SellerId id) {
  StoreGraph graph(view, policy);
  TRY_ASSIGN(const GraphSeller* origin, graph.Seller(ToNode(id)));
  Neighbourhood around(graph, policy, *origin, {});
  TRY(around.Explore());
  std::vector<BannedLinkFact> facts;
  for (const Link& link : around.Links(Verdict::kMaxLinks)) {
    const LinkJudgement judged = JudgeLink(link, around.DocumentsDifferFrom(link.seller), policy);
    if (judged.decision == Decision::kClear) continue;
    BannedLinkFact fact{link.seller, link.strength, judged.decision == Decision::kBlock, {}};
    std::set<std::string> kinds;
    const auto collect = [&](const std::vector<Hop>& path) {
      if (path.size() != 1 || path.front().forbidden) return;
      for (const SharedIdentifier& shared : path.front().shared) {
        const KindInfo* info = FindKind(shared.kind);
        if (info != nullptr && info->family == Family::kPayment && shared.makes_hop &&
            shared.from_is_later) {
          kinds.insert(shared.kind);
        }
      }
    };
    collect(link.path);
    for (const std::vector<Hop>& path : link.runners_up) collect(path);
    fact.payment_kinds.assign(kinds.begin(), kinds.end());
    facts.push_back(std::move(fact));
  }
  return facts;
}

}  // namespace

Result<std::vector<Fact>> CaseFileOf(const View& view, const SellerName& seller) {
  TRY_ASSIGN(const auto known, FindNamed(view, seller));
  TRY_ASSIGN(const SellerFile file, SellerFile::Read(view, known.first, seller));
  std::vector<Fact> facts;
  const auto moment = [](std::int64_t micros) {
    return micros == ObservationRow::kNever ? Time::Unknown() : Time{micros};
  };
  for (const auto& [key, row] : file.facts) {
    facts.push_back({key.first, key.second, row.reason, moment(row.set), moment(row.lifted)});
  }
  return facts;
}

Result<GroupFacts> FactsForSanctions(const View& view, const LinkPolicy& policy,
                                     const SellerName& seller) {
  TRY_ASSIGN(const auto known, FindNamed(view, seller));
  TRY_ASSIGN(const EnforcementPolicy enforcement, EnforcementOf(view));
  TRY_ASSIGN(GroupFacts facts, Gatherer(view, policy).Run(known.first));
  facts.duty_factor = enforcement.duty.Of(enforcement.duty.platform_type).deposit_factor;
  return facts;
}

Result<KnowledgeFacts> FactsForKnowledge(const View& view, const LinkPolicy& policy,
                                         const SellerName& seller) {
  TRY_ASSIGN(const auto known, FindNamed(view, seller));
  TRY_ASSIGN(const SellerFile file, SellerFile::Read(view, known.first, seller));
  KnowledgeFacts facts;
  facts.seller = seller;
  TRY_ASSIGN(const std::vector<CaseFact> cases, file.Cases());
  for (const CaseFact& each : cases) {
    const CaseRow* row = file.Find(FactKind::kNotice, each.reference);
    if (row == nullptr || !row->in_force()) continue;
    TRY_ASSIGN(Notice notice, NoticeFrom(row->reason));
    facts.notices.push_back(
        {each.reference, std::move(notice), each.noticed, each.state == CaseState::kRetracted});
  }
  for (const auto& [key, row] : file.facts) {
    if (!row.in_force()) continue;
    if (key.first == FactKind::kOrder) {
      TRY_ASSIGN(Order order, OrderFrom(row.reason));
      facts.orders.push_back({key.second, std::move(order), Time{row.set}});
    } else if (key.first == FactKind::kWording) {
      TRY_ASSIGN(Wording wording, WordingFrom(row.reason));
      facts.wordings.push_back({key.second, std::move(wording), Time{row.set}});
    }
  }
  TRY_ASSIGN(facts.price_ratio, file.FigureOf(FigureKind::kPriceRatio));
  TRY_ASSIGN(facts.sales_ratio, file.FigureOf(FigureKind::kSalesRatio));
  TRY_ASSIGN(facts.negative_review_ratio, file.FigureOf(FigureKind::kNegativeReviewRatio));
  TRY_ASSIGN(facts.links, BannedLinks(view, policy, known.first));
  return facts;
}

Result<std::vector<ClockFacts>> FactsForClocks(const View& view,
                                               const std::optional<SellerName>& seller) {
  std::set<SellerId> sellers;
  if (seller) {
    TRY_ASSIGN(const auto known, FindNamed(view, *seller));
    sellers.insert(known.first);
  } else {
    TRY(view.Scan(Table::kCases, "", [&](std::string_view bytes, std::string_view) -> Result<bool> {
      TRY_ASSIGN(const CaseKey key, DecodeCaseKey(bytes));
      if (key.type == CaseType::kNotice) sellers.insert(key.seller);
      return true;
    }));
  }
  std::vector<ClockFacts> facts;
  for (const SellerId id : sellers) {
    TRY_ASSIGN(const SellerRow row, view.NeedSeller(id));
    TRY_ASSIGN(const SellerFile file, SellerFile::Read(view, id, view.NameOf(row)));
    TRY_ASSIGN(std::vector<ClockFacts> own, file.Clocks());
    std::move(own.begin(), own.end(), std::back_inserter(facts));
  }
  return facts;
}

Result<std::vector<SupplierFacts>> FactsForSuppliers(const View& view, const SellerName& seller) {
  TRY_ASSIGN(const auto known, FindNamed(view, seller));
  TRY_ASSIGN(const std::vector<Carried> carried, CarriedBy(view, known.first));
  std::vector<SupplierFacts> suppliers;
  for (const Carried& item : carried) {
    if (view.Word(item.kind) != kSupplierKind) continue;
    TRY_ASSIGN(const auto state, view.FingerprintState(item.fingerprint));
    if (!state) continue;
    SupplierFacts facts;
    facts.fingerprint = item.fingerprint.ToHex();
    facts.sellers = state->carriers;
    TRY(view.ForEachCarrier(item.fingerprint, *state, [&](const Carrier& carrier) -> Result<bool> {
      TRY_ASSIGN(const SellerRow row, view.NeedSeller(carrier.seller));
      if (row.bans > 0) {
        facts.banned.push_back(view.NameOf(row));
      } else if (row.infringements > 0) {
        facts.infringing.push_back(view.NameOf(row));
      }
      return true;
    }));
    std::sort(facts.banned.begin(), facts.banned.end());
    std::sort(facts.infringing.begin(), facts.infringing.end());
    suppliers.push_back(std::move(facts));
  }
  return suppliers;
}

}  // namespace revenant

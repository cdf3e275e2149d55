#include "revenant/sanctions.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "policy/named_enum.h"

namespace revenant {
namespace {

constexpr std::int64_t kMicrosPerDay = 86'400'000'000;
constexpr std::string_view kCompensationNames[] = {"deposit", "insurance",
                                                   "deposit_then_insurance"};
constexpr std::string_view kCaseStateNames[] = {"reported", "confirmed", "countered", "retracted"};
constexpr std::string_view kUndoNames[] = {"retracted", "stepped_down", "withdrawn", "cannot_link",
                                           "reinstated"};
constexpr std::string_view kChangeNames[] = {"now_due", "no_longer_due", "now_to_undo",
                                             "no_longer_to_undo"};

constexpr Step kLadder[] = {Step::kFreeze, Step::kDeduct, Step::kTerminate, Step::kFile};

// The sum of weights, in thousandths, from which a step is owed.
std::uint64_t Threshold(Step step, const SanctionPolicy& policy) {
  const std::uint32_t from[] = {policy.freeze_from, policy.deduct_from, policy.terminate_from,
                                policy.file_from};
  return std::uint64_t{1000} * from[static_cast<std::size_t>(step) - 1];
}

std::uint32_t WeightOf(Right right, const SanctionPolicy& policy) {
  return policy.weight[static_cast<std::size_t>(right) - 1];
}

bool EndsAnAccount(Step step) { return step == Step::kTerminate || step == Step::kFile; }

// A case as it reaches one seller: over the own account, or over the strongest allowed link.
struct Reaching {
  CountedCase counted;
  const CaseFact* fact = nullptr;
  bool in_window = false;
};

// The facts of a group, looked up by seller and case.
class Group {
 public:
  Group(const GroupFacts& facts, const SanctionPolicy& policy, Time as_of)
      : policy_(policy), as_of_(as_of) {
    for (const CaseFact& fact : facts.cases) {
      by_seller_[fact.seller].push_back(&fact);
      if (fact.counts()) in_force_.insert({fact.name(), fact.seller});
    }
    for (const ReachFact& reach : facts.reaches) {
      if (reach.allowed && reach.from != reach.to) reaches_to_[reach.to].push_back(&reach);
    }
    for (const ReinstatementFact& fact : facts.reinstatements) {
      reinstated_[fact.seller].push_back(&fact);
    }
  }

  // Cases that count against `seller`, by time, then name, with their sums.
  std::vector<Reaching> CasesOf(const SellerName& seller) const {
    std::map<CaseName, Reaching> cases;
    Add(seller, nullptr, cases);
    const auto reaches = reaches_to_.find(seller);
    if (reaches != reaches_to_.end()) {
      for (const ReachFact* reach : reaches->second) Add(reach->from, reach, cases);
    }
    std::vector<Reaching> sorted;
    for (auto& [name, reaching] : cases) sorted.push_back(std::move(reaching));
    std::sort(sorted.begin(), sorted.end(), [](const Reaching& a, const Reaching& b) {
      return std::tie(a.counted.at, a.counted.name) < std::tie(b.counted.at, b.counted.name);
    });
    std::uint64_t sum = 0;
    for (Reaching& each : sorted) {
      if (each.in_window) sum += WeightOf(each.counted.right, policy_);
      each.counted.sum = sum;
    }
    return sorted;
  }

  // Does a case still count against its holder?
  bool InForce(const CaseName& name, const SellerName& holder) const {
    return in_force_.contains({name, holder});
  }

  bool Reinstated(const SellerName& seller, const std::string& reference, Time since) const {
    const auto found = reinstated_.find(seller);
    if (found == reinstated_.end()) return false;
    return std::any_of(found->second.begin(), found->second.end(), [&](const auto* fact) {
      return fact->at >= since && (fact->every_case || fact->reference == reference);
    });
  }

 private:
  void Add(const SellerName& holder, const ReachFact* reach,
           std::map<CaseName, Reaching>& cases) const {
    const auto found = by_seller_.find(holder);
    if (found == by_seller_.end()) return;
    for (const CaseFact* fact : found->second) {
      if (!fact->counts() || WeightOf(fact->right, policy_) == 0) continue;
      Reaching reaching;
      reaching.fact = fact;
      reaching.counted = {fact->name(), holder, fact->right, fact->at,
                          fact->state == CaseState::kCountered};
      if (reach != nullptr) reaching.counted.reach = *reach;
      reaching.in_window = InWindow(fact->at);
      const auto [place, fresh] = cases.emplace(fact->name(), reaching);
      if (!fresh && Better(reaching, place->second)) place->second = std::move(reaching);
    }
  }

  // One case at several accounts counts once: the own account's goes first, then the earliest.
  static bool Better(const Reaching& a, const Reaching& b) {
    const auto rank = [](const Reaching& each) {
      return std::tuple(each.counted.reach.has_value(), each.counted.at, each.counted.holder);
    };
    return rank(a) < rank(b);
  }

  bool InWindow(Time at) const {
    if (policy_.window_days == 0) return true;
    return as_of_.micros - at.micros <= std::int64_t{policy_.window_days} * kMicrosPerDay;
  }

  const SanctionPolicy& policy_;
  const Time as_of_;
  std::map<SellerName, std::vector<const CaseFact*>> by_seller_;
  std::map<SellerName, std::vector<const ReachFact*>> reaches_to_;
  std::map<SellerName, std::vector<const ReinstatementFact*>> reinstated_;
  std::set<std::pair<CaseName, SellerName>> in_force_;
};

class Assessor {
 public:
  Assessor(const GroupFacts& facts, const SanctionPolicy& policy, Time as_of)
      : facts_(facts),
        policy_(policy),
        sellers_(facts.sellers.begin(), facts.sellers.end()),
        group_(facts, policy, as_of) {
    out_.as_of = as_of;
    out_.cut_short = facts.cut_short;
  }

  SanctionAssessment Run() {
    for (const SellerName& seller : sellers_) {
      const std::vector<Reaching> cases = group_.CasesOf(seller);
      const Standing standing = StandingOf(seller, cases);
      Owe(seller, cases, standing);
      if (!cases.empty()) out_.standings.push_back(standing);
      Propose(seller, cases);
    }
    for (const MeasureFact& measure : facts_.measures) Review(measure);
    Sort();
    return std::move(out_);
  }

 private:
  const FundsFact* FundsOf(const SellerName& seller) const {
    const auto found = std::find_if(facts_.funds.begin(), facts_.funds.end(),
                                    [&](const FundsFact& funds) { return funds.seller == seller; });
    return found == facts_.funds.end() ? nullptr : &*found;
  }

  Standing StandingOf(const SellerName& seller, const std::vector<Reaching>& cases) const {
    Standing standing;
    standing.seller = seller;
    DepositFacts deposit;
    for (const Reaching& each : cases) {
      standing.cases.push_back(each.counted);
      if (!each.in_window) continue;
      (each.counted.reach ? deposit.linked : deposit.own) += WeightOf(each.counted.right, policy_);
    }
    if (!cases.empty()) standing.sum = cases.back().counted.sum;
    if (const FundsFact* funds = FundsOf(seller)) {
      deposit.hub_lift_millibits = funds->hub_lift_millibits;
    }
    deposit.duty_factor = facts_.duty_factor;
    standing.deposit_required = RequiredDeposit(deposit, policy_);
    return standing;
  }

  bool IsDone(const MeasureKey& key) const {
    return std::any_of(facts_.measures.begin(), facts_.measures.end(), [&](const auto& measure) {
      return measure.key == key && measure.in_force();
    });
  }

  // The k-th case owes every step up to k.
  void Owe(const SellerName& seller, const std::vector<Reaching>& cases, const Standing& standing) {
    std::vector<CountedCase> counted;
    for (const Reaching& each : cases) {
      if (!each.in_window) continue;
      counted.push_back(each.counted);
      for (const Step step : kLadder) {
        if (each.counted.sum < Threshold(step, policy_)) continue;
        if (step == Step::kDeduct && each.counted.reach && !policy_.deduct_from_linked) continue;
        const MeasureKey key{each.counted.name, step, seller};
        if (IsDone(key)) continue;
        if (EndsAnAccount(step) &&
            group_.Reinstated(seller, each.counted.name.reference, each.counted.at)) {
          continue;
        }
        MeasureDue due;
        due.key = key;
        due.basis = counted;
        due.held = each.counted.countered && policy_.hold_while_countered;
        if (step == Step::kDeduct) Price(*each.fact, standing, due);
        if (step == Step::kFreeze) {
          due.until = Time{out_.as_of.micros + std::int64_t{policy_.freeze_days} * kMicrosPerDay};
        }
        out_.due.push_back(std::move(due));
      }
    }
  }

  void Price(const CaseFact& fact, const Standing& standing, MeasureDue& due) const {
    due.right_holder = fact.right_holder;
    due.amount = fact.claim > 0 ? std::min(fact.claim, kMaxAmount)
                                : standing.deposit_required * policy_.deduct_share / 1000;
    const FundsFact* funds = FundsOf(standing.seller);
    const Payment payment = PayFrom(due.amount, funds ? funds->deposit_held : 0,
                                    funds ? funds->insurance_cover : 0, policy_.compensation);
    due.from_deposit = payment.from_deposit;
    due.from_insurance = payment.from_insurance;
  }

  // Does what was carried out still rest on what it rested on?
  void Review(const MeasureFact& measure) {
    if (!measure.in_force()) return;
    MeasureToUndo undo;
    undo.measure = measure;
    const std::optional<UndoBecause> because = WhyUndo(measure, undo.fallen);
    if (!because) {
      out_.standing_measures.push_back(measure);
    } else {
      undo.because = *because;
      out_.to_undo.push_back(std::move(undo));
    }
  }

  std::optional<UndoBecause> WhyUndo(const MeasureFact& measure,
                                     std::vector<CaseName>& fallen) const {
    const MeasureKey& key = measure.key;
    if (EndsAnAccount(key.step) &&
        group_.Reinstated(key.seller, key.name.reference, measure.done)) {
      return UndoBecause::kReinstated;
    }
    std::map<CaseName, const MeasureFact::Basis*> standing;
    std::optional<UndoBecause> own_fell;
    for (const MeasureFact::Basis& basis : measure.basis) {
      const std::optional<UndoBecause> fell = Fell(basis);
      if (!fell) {
        standing.emplace(basis.name, &basis);
        continue;
      }
      fallen.push_back(basis.name);
      if (basis.name == key.name) own_fell = fell;
    }
    if (fallen.empty()) return std::nullopt;
    if (!own_fell)
      return Reaches(key, standing) ? std::nullopt : std::optional(UndoBecause::kSteppedDown);
    // The case may reach the seller another way by now: over another link, or its own account.
    standing.erase(key.name);
    return Reaches(key, standing) ? std::nullopt : own_fell;
  }

  std::optional<UndoBecause> Fell(const MeasureFact::Basis& basis) const {
    if (basis.link == LinkState::kCannotLink) return UndoBecause::kCannotLink;
    if (basis.link == LinkState::kWithdrawn) return UndoBecause::kWithdrawn;
    if (!group_.InForce(basis.name, basis.holder)) return UndoBecause::kRetracted;
    return std::nullopt;
  }

  // Is the step reached by the cases of its basis that stand, together with those that count today?
  bool Reaches(const MeasureKey& key,
               const std::map<CaseName, const MeasureFact::Basis*>& standing) const {
    std::map<CaseName, std::pair<Time, std::uint64_t>> cases;
    for (const Reaching& each : group_.CasesOf(key.seller)) {
      cases[each.counted.name] = {each.counted.at, WeightOf(each.counted.right, policy_)};
    }
    for (const auto& [name, basis] : standing) {
      for (const CaseFact& fact : facts_.cases) {
        if (fact.name() == name && fact.seller == basis->holder && fact.counts()) {
          cases.emplace(name, std::pair(fact.at, WeightOf(fact.right, policy_)));
        }
      }
    }
    const auto own = cases.find(key.name);
    if (own == cases.end()) return false;
    std::uint64_t sum = 0;
    for (const auto& [name, each] : cases) {
      if (std::tie(each.first, name) <= std::tie(own->second.first, key.name)) sum += each.second;
    }
    return sum >= Threshold(key.step, policy_);
  }

  // Members of the group that a case does not reach.
  void Propose(const SellerName& seller, const std::vector<Reaching>& cases) {
    std::map<SellerName, std::set<CaseName>> unreached;
    for (const CaseFact& fact : facts_.cases) {
      if (!fact.counts() || fact.seller == seller || !sellers_.contains(fact.seller)) continue;
      const bool reaches = std::any_of(cases.begin(), cases.end(), [&](const Reaching& each) {
        return each.counted.name == fact.name();
      });
      if (!reaches) unreached[fact.seller].insert(fact.name());
    }
    for (const auto& [holder, names] : unreached) {
      Proposal proposal{seller, holder, {names.begin(), names.end()}, "same_cluster", 0};
      for (const ReachFact& reach : facts_.reaches) {
        if (reach.from != holder || reach.to != seller) continue;
        proposal.why = reach.why;
        proposal.strength_millibits = reach.strength_millibits;
      }
      out_.proposals.push_back(std::move(proposal));
    }
  }

  void Sort() {
    const auto by_key = [](const auto& a, const auto& b) { return a.measure.key < b.measure.key; };
    std::sort(out_.to_undo.begin(), out_.to_undo.end(), by_key);
    std::sort(out_.standing_measures.begin(), out_.standing_measures.end(),
              [](const auto& a, const auto& b) { return a.key < b.key; });
  }

  const GroupFacts& facts_;
  const SanctionPolicy& policy_;
  const std::set<SellerName> sellers_;
  const Group group_;
  SanctionAssessment out_;
};

std::int64_t CeilingDivide(std::int64_t value, std::int64_t by) { return (value + by - 1) / by; }

}  // namespace

std::string_view CompensationName(Compensation source) {
  return NameAt(kCompensationNames, source);
}
std::optional<Compensation> CompensationFromName(std::string_view name) {
  return Named<Compensation>(kCompensationNames, name);
}
std::string_view CaseStateName(CaseState state) { return NameAt(kCaseStateNames, state, 1); }
std::string_view UndoBecauseName(UndoBecause because) { return NameAt(kUndoNames, because, 1); }
std::string_view ChangeName(Change change) { return NameAt(kChangeNames, change); }

SanctionAssessment AssessSanctions(const GroupFacts& facts, const SanctionPolicy& policy,
                                   Time as_of) {
  return Assessor(facts, policy, as_of).Run();
}

std::vector<SanctionChange> DiffSanctions(const SanctionAssessment& before,
                                          const SanctionAssessment& after) {
  const auto due = [](const SanctionAssessment& assessment) {
    std::set<MeasureKey> keys;
    for (const MeasureDue& each : assessment.due) keys.insert(each.key);
    return keys;
  };
  const auto undo = [](const SanctionAssessment& assessment) {
    std::set<MeasureKey> keys;
    for (const MeasureToUndo& each : assessment.to_undo) keys.insert(each.measure.key);
    return keys;
  };
  std::vector<SanctionChange> changes;
  const auto compare = [&](const std::set<MeasureKey>& was, const std::set<MeasureKey>& is,
                           Change now, Change no_longer) {
    for (const MeasureKey& key : is) {
      if (!was.contains(key)) changes.push_back({key, now});
    }
    for (const MeasureKey& key : was) {
      if (!is.contains(key)) changes.push_back({key, no_longer});
    }
  };
  compare(due(before), due(after), Change::kNowDue, Change::kNoLongerDue);
  compare(undo(before), undo(after), Change::kNowToUndo, Change::kNoLongerToUndo);
  std::sort(changes.begin(), changes.end());
  return changes;
}

std::int64_t RequiredDeposit(const DepositFacts& facts, const SanctionPolicy& policy) {
  // Bounds that keep every product below 2^63. Only that of the risk can be told from infinity.
  constexpr std::int64_t kMostRisk = 1'000'000;             // a thousand times the base
  constexpr std::int64_t kMostMoney = 100'000'000'000'000;  // a hundred times any ceiling
  static constexpr std::int64_t kMostFacts = 1'000'000'000;
  const auto added = [](std::uint32_t rate, std::int64_t thousandths) {
    return CeilingDivide(rate * std::clamp<std::int64_t>(thousandths, 0, kMostFacts), 1000);
  };
  const std::int64_t risk =
      std::min(1000 + added(policy.own_rate, facts.own) + added(policy.linked_rate, facts.linked) +
                   added(policy.hub_rate, facts.hub_lift_millibits),
               kMostRisk);
  const std::int64_t raised = std::min(CeilingDivide(policy.deposit_base * risk, 1000), kMostMoney);
  const std::int64_t amount = CeilingDivide(raised * facts.duty_factor, 1000);
  return std::clamp(amount, policy.deposit_floor, policy.deposit_ceiling);
}

Payment PayFrom(std::int64_t amount, std::int64_t deposit_held, std::int64_t insurance_cover,
                Compensation source) {
  Payment payment;
  payment.open = std::max<std::int64_t>(0, amount);
  const auto take = [&](std::int64_t purse, std::int64_t& from) {
    from = std::clamp<std::int64_t>(purse, 0, payment.open);
    payment.open -= from;
  };
  if (source != Compensation::kInsurance) take(deposit_held, payment.from_deposit);
  if (source != Compensation::kDeposit) take(insurance_cover, payment.from_insurance);
  return payment;
}

}  // namespace revenant

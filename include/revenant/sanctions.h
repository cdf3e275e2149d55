#ifndef REVENANT_SANCTIONS_H_
#define REVENANT_SANCTIONS_H_

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/case_file.h"
#include "revenant/record.h"
#include "revenant/time.h"

namespace revenant {

// The ladder of sanctions: what a person's infringements owe, what must be undone, and what only an
// investigator may decide (DESIGN.md section 8). Everything here is a pure function of plain facts:
// nothing reads a clock, a store or a file. Threads: pure functions. Cost: O(n log n) in the facts
// for each seller.

// Which purse compensates the right holder.
enum class Compensation : std::uint8_t { kDeposit, kInsurance, kDepositThenInsurance };
std::string_view CompensationName(Compensation source);  // "deposit", ...
std::optional<Compensation> CompensationFromName(std::string_view name);

// [sanctions]. Shares and weights are integers in thousandths, money in minor units (cents).
struct SanctionPolicy {
  // The sum of weights from which a step is owed; with weights of 1, the k-th infringement.
  std::uint32_t freeze_from = 1, deduct_from = 2, terminate_from = 3, file_from = 3;
  std::uint32_t freeze_days = 90;
  std::uint32_t freeze_share = 1000;  // of the account's funds
  std::uint32_t deduct_share = 500;   // of the deposit required, where no claim is stated
  std::uint32_t window_days = 0;      // cases older than this owe nothing new; 0: all count
  std::array<std::uint32_t, kRightCount> weight = {1000, 1000, 1000, 1000,
                                                   1000};  // in order of Right
  bool hold_while_countered = true;  // nothing new on a case while a counter-notice is open
  bool deduct_from_linked = false;   // else only the account whose case it is pays
  // The floating deposit.
  std::string currency = "EUR";  // ISO 4217
  std::int64_t deposit_base = 100'000;
  std::int64_t deposit_floor = 50'000;
  std::int64_t deposit_ceiling = 5'000'000;
  std::uint32_t own_rate = 500;     // added for each own infringement
  std::uint32_t linked_rate = 250;  // and each that a link brings
  std::uint32_t hub_rate = 100;     // and each bit of lift of a tainted hub
  Compensation compensation = Compensation::kDepositThenInsurance;
  friend bool operator==(const SanctionPolicy&, const SanctionPolicy&) = default;
};

// --- Facts ---

enum class CaseState : std::uint8_t {
  kReported = 1,   // a notice came, nothing is confirmed
  kConfirmed = 2,  // counts
  kCountered = 3,  // confirmed, and a counter-notice waits for a decision: counts, see the policy
  kRetracted = 4,  // counter-notice upheld, or the notice was wrong
};
std::string_view CaseStateName(CaseState state);

// One case at one seller.
struct CaseFact {
  SellerName seller;
  std::string reference;
  Right right = Right::kTrademark;
  CaseState state = CaseState::kConfirmed;
  Time at;  // of confirmation; what orders the cases of a person
  Time noticed, countered, retracted;
  std::string right_holder;
  std::int64_t claim = 0;  // minor units; 0: none stated
  CaseName name() const { return {seller.platform, reference}; }
  bool counts() const { return state == CaseState::kConfirmed || state == CaseState::kCountered; }
};

// A link over which cases of `from` may reach `to`. `allowed`: it has block_bits and
// min_redundancy, and `to` carried what they share later than `from` (rule 11).
struct ReachFact {
  SellerName from, to;
  bool allowed = false;
  std::string why;  // name of the reason, e.g. "strong_link", "earlier_holder"
  std::int64_t strength_millibits = 0;
  std::int64_t blame_millibits = 0;
  std::uint32_t redundancy = 0;
  std::uint32_t hops = 0;
  Time since;                     // from when on `to` carried what they share
  std::vector<std::string> path;  // fingerprints of its hops, from `to` to `from` (BasisCase)
};

struct MeasureKey {
  CaseName name;
  Step step = Step::kFreeze;
  SellerName seller;
  friend auto operator<=>(const MeasureKey&, const MeasureKey&) = default;
};

// What happened to the link that brought a case to a measure. Only a withdrawal or a finding of
// "different people" ends it: a hub, a fading or a change of policy does not (rule 10).
enum class LinkState : std::uint8_t { kOwn, kStands, kWithdrawn, kCannotLink };

// A measure that was carried out, and its basis at the time.
struct MeasureFact {
  MeasureKey key;
  Time done, undone;
  std::int64_t amount = 0;
  struct Basis {
    CaseName name;
    SellerName holder;  // whose case it is now; empty where no link leads to one
    LinkState link = LinkState::kOwn;
  };
  std::vector<Basis> basis;
  bool in_force() const { return done > undone; }
};

// An account's termination was reversed: for one case, or (reference empty) for all up to `at`.
struct ReinstatementFact {
  SellerName seller;
  std::string reference;
  bool every_case = false;
  Time at;
};

struct FundsFact {
  SellerName seller;
  std::int64_t deposit_held = 0;
  std::int64_t insurance_cover = 0;
  std::int64_t hub_lift_millibits = 0;
};

// All that is known about a group of sellers: those of one cluster.
struct GroupFacts {
  std::vector<SellerName> sellers;
  std::vector<CaseFact> cases;  // theirs, and those of others on which a measure rests
  std::vector<ReachFact> reaches;
  std::vector<MeasureFact> measures;
  std::vector<ReinstatementFact> reinstatements;
  std::vector<FundsFact> funds;
  std::uint32_t duty_factor = 1000;  // of the platform's type (duty.h), in thousandths
  bool cut_short = false;            // too large to be read whole: the assessment may be incomplete
};

// --- What follows ---

// A case that counts against one seller.
struct CountedCase {
  CaseName name;
  SellerName holder;
  Right right = Right::kTrademark;
  Time at;
  bool countered = false;
  std::uint64_t sum = 0;           // of the weights up to here, in thousandths
  std::optional<ReachFact> reach;  // the link that brings it; nullopt: the seller's own
};

// Where a seller stands on the ladder.
struct Standing {
  SellerName seller;
  std::vector<CountedCase> cases;  // by time, then name
  std::uint64_t sum = 0;           // of the weights within the window, in thousandths
  std::int64_t deposit_required = 0;
};

struct MeasureDue {
  MeasureKey key;
  std::vector<CountedCase> basis;  // the cases counted, its own last
  bool held = false;               // a counter-notice is open: carry out once it is decided
  std::int64_t amount = 0;         // kDeduct: what is owed to the right holder
  std::int64_t from_deposit = 0, from_insurance = 0;  // and from which purse
  std::string right_holder;                           // kDeduct: the payee; may be unknown
  Time until;  // kFreeze: end of the period, counted from as_of
};

enum class UndoBecause : std::uint8_t {
  kRetracted = 1,    // its case is no longer an infringement
  kSteppedDown = 2,  // a case that it counted fell, and the step is not reached without it
  kWithdrawn = 3,    // the identifiers that linked the seller to the case were withdrawn
  kCannotLink = 4,   // an investigator found that they are different people
  kReinstated = 5,   // the termination was reversed
};
std::string_view UndoBecauseName(UndoBecause because);

struct MeasureToUndo {
  MeasureFact measure;
  UndoBecause because = UndoBecause::kRetracted;
  std::vector<CaseName> fallen;  // cases of its basis that no longer count
};

// A seller of the group that the cases do not reach: an investigator may look; no measure follows.
struct Proposal {
  SellerName seller;
  SellerName holder;  // whose cases
  std::vector<CaseName> cases;
  std::string why;  // "earlier_holder", "too_few_proofs", ... or "same_cluster"
  std::int64_t strength_millibits = 0;
  friend bool operator==(const Proposal&, const Proposal&) = default;
};

struct SanctionAssessment {
  std::vector<Standing> standings;             // of every seller that a case reaches, in name order
  std::vector<MeasureDue> due;                 // not carried out yet; by seller, time of case, step
  std::vector<MeasureFact> standing_measures;  // carried out, and rightly so
  std::vector<MeasureToUndo> to_undo;
  std::vector<Proposal> proposals;
  bool cut_short = false;
  Time as_of;
};

// What `facts` owe at `as_of`. The order of the lists in `facts` does not matter.
SanctionAssessment AssessSanctions(const GroupFacts& facts, const SanctionPolicy& policy,
                                   Time as_of);

// --- When the facts change ---

enum class Change : std::uint8_t { kNowDue, kNoLongerDue, kNowToUndo, kNoLongerToUndo };
std::string_view ChangeName(Change change);  // "now_due", ...
struct SanctionChange {
  MeasureKey key;
  Change change = Change::kNowDue;
  friend auto operator<=>(const SanctionChange&, const SanctionChange&) = default;
};
// What a merge, a split, a new case or a retraction changed: the alerts to raise, sorted.
std::vector<SanctionChange> DiffSanctions(const SanctionAssessment& before,
                                          const SanctionAssessment& after);

// --- Money ---

// What a seller has to deposit:
//   clamp(base x (1 + own_rate x own + linked_rate x linked + hub_rate x lift) x duty, floor,
//   ceiling)
// where own and linked are sums of weights, lift the bits of tainted hubs, duty the factor of the
// platform's type. The bracket counts up to 1,000. Rounded up to the minor unit. All in integers:
// the same everywhere.
struct DepositFacts {
  std::int64_t own = 0, linked = 0;  // sums of weights, in thousandths
  std::int64_t hub_lift_millibits = 0;
  std::uint32_t duty_factor = 1000;
};
std::int64_t RequiredDeposit(const DepositFacts& facts, const SanctionPolicy& policy);

// How `amount` is paid. What neither purse holds is `open`.
struct Payment {
  std::int64_t from_deposit = 0, from_insurance = 0, open = 0;
  friend bool operator==(const Payment&, const Payment&) = default;
};
Payment PayFrom(std::int64_t amount, std::int64_t deposit_held, std::int64_t insurance_cover,
                Compensation source);

}  // namespace revenant

#endif  // REVENANT_SANCTIONS_H_

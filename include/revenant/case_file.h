#ifndef REVENANT_CASE_FILE_H_
#define REVENANT_CASE_FILE_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/record.h"
#include "revenant/result.h"
#include "revenant/time.h"

namespace revenant {

// Facts on file about a seller besides its identifiers: notices, orders, measures, figures. Each
// is a register (DESIGN.md section 5): one kind, one reference, a detail; the latest entry holds,
// and it stands until it is lifted later. Value types; threads: pure functions.

// Append new ones, never renumber: stored in every infringement row.
enum class Right : std::uint8_t {
  kTrademark = 1,
  kPatent = 2,
  kCopyright = 3,
  kDesign = 4,
  kSecret = 5
};
std::string_view RightName(Right right);
std::optional<Right> RightFromName(std::string_view name);
inline constexpr std::size_t kRightCount = 5;

// Append new ones, never renumber: stored in keys. 1 and 2 are bans and infringements.
enum class FactKind : std::uint8_t {
  kNotice = 3,         // reference: the case; detail: Notice
  kCounterNotice = 4,  // reference: the case; detail: CounterNotice; lifted: it was rejected
  kMilestone = 5,      // reference: "STAGE:CASE"; no detail
  kOrder = 6,          // reference: the court's; detail: Order; lifted: it holds no longer
  kMeasure = 7,        // reference: MeasureReference(); detail: MeasureDetail; lifted: undone
  kFigure = 8,         // reference: FigureName(); detail: Figure
  kWording = 9,        // reference: the listing; detail: Wording; lifted: it was taken down
  kObjection = 10,     // reference: its own; detail: Objection; lifted: it was taken back
  kReview = 11,        // reference: the objection's; detail: Review, a person's
};
inline constexpr FactKind kFactKinds[] = {
    FactKind::kNotice,  FactKind::kCounterNotice, FactKind::kMilestone,
    FactKind::kOrder,   FactKind::kMeasure,       FactKind::kFigure,
    FactKind::kWording, FactKind::kObjection,     FactKind::kReview};
std::string_view FactKindName(FactKind kind);  // "notice", "counter_notice" ...
std::optional<FactKind> FactKindFromName(std::string_view name);

// One register as it stands.
struct Fact {
  FactKind kind = FactKind::kNotice;
  std::string reference;
  std::string detail;  // canonical JSON of the kind's own type
  Time at;             // of the latest entry; unknown: only ever lifted
  Time lifted;         // unknown: never
  bool in_force() const { return at > lifted; }
  friend bool operator==(const Fact&, const Fact&) = default;
};

// May this stand in a register? kInvalidArgument: an empty or overlong reference, one that is not
// UTF-8, a detail that is not the canonical text of its kind.
Result<void> CheckFact(FactKind kind, std::string_view reference, std::string_view detail);
Result<void> CheckReference(FactKind kind, std::string_view reference);  // its first half
inline constexpr std::size_t kMaxReferenceBytes = 1024;
inline constexpr std::size_t kMaxDetailBytes = 64 << 10;

// --- Notices ---

// What makes a notice a qualified one. Append new ones, never renumber: bits of stored details.
enum class NoticeElement : std::uint8_t {
  kRightHolder = 0,  // who complains
  kContact = 1,      // how to reach them
  kProofOfRight = 2,
  kListing = 3,    // which listings, so that they can be found
  kEvidence = 4,   // preliminary evidence of the infringement
  kGoodFaith = 5,  // a statement that the notice is true
  kSignature = 6,  // signed, or sent by an authenticated account
};
inline constexpr std::size_t kNoticeElementCount = 7;
std::string_view ElementName(NoticeElement element);  // "right_holder" ...
std::optional<NoticeElement> ElementFromName(std::string_view name);

struct Notice {
  Right right = Right::kTrademark;
  std::string right_holder;         // the platform's own reference for them
  std::string language;             // BCP 47 tag; says nothing about whether it counts
  std::set<NoticeElement> present;  // in order
  std::set<NoticeElement> flawed;   // there, with errors made in good faith: they still count
  std::int64_t claim = 0;           // compensation asked for, in minor units; 0: none stated
  friend bool operator==(const Notice&, const Notice&) = default;
};
std::string ToDetail(const Notice& notice);
Result<Notice> NoticeFrom(std::string_view detail);

struct CounterNotice {
  std::string ground;  // in the platform's own words
  friend bool operator==(const CounterNotice&, const CounterNotice&) = default;
};
std::string ToDetail(const CounterNotice& counter);
Result<CounterNotice> CounterNoticeFrom(std::string_view detail);

// What has to be done about a notice, and in which order (clocks.h). Append new ones, never
// renumber.
enum class ClockStage : std::uint8_t {
  kAcknowledge = 0,  // tell the sender that it came
  kMeasure = 1,      // take the necessary measure: remove, block, disconnect
  kForward = 2,      // pass the counter-notice on to the sender of the notice
  kRestore = 3,      // end the measure
};
inline constexpr std::size_t kClockStageCount = 4;
std::string_view ClockStageName(ClockStage stage);  // "acknowledge", "measure" ...
std::optional<ClockStage> ClockStageFromName(std::string_view name);
struct Milestone {  // that it was done
  ClockStage stage = ClockStage::kAcknowledge;
  std::string case_ref;
};
std::string ToReference(const Milestone& milestone);
Result<Milestone> MilestoneFrom(std::string_view reference);

// --- Orders ---

enum class OrderType : std::uint8_t { kCourtOrder = 1, kForeignInjunction = 2 };
enum class Compliance : std::uint8_t { kNone = 0, kPartial = 1, kEffective = 2 };
struct Order {
  OrderType type = OrderType::kCourtOrder;
  std::string country;                      // ISO 3166, of the court
  Compliance measures = Compliance::kNone;  // what the platform has done about it
  friend bool operator==(const Order&, const Order&) = default;
};
std::string_view OrderTypeName(OrderType type);  // "court_order", "foreign_injunction"
std::optional<OrderType> OrderTypeFromName(std::string_view name);
std::string_view ComplianceName(Compliance measures);  // "none", "partial", "effective"
std::optional<Compliance> ComplianceFromName(std::string_view name);
std::string ToDetail(const Order& order);
Result<Order> OrderFrom(std::string_view detail);

// --- Measures ---

// Append new ones, never renumber.
enum class Step : std::uint8_t { kFreeze = 1, kDeduct = 2, kTerminate = 3, kFile = 4 };
inline constexpr std::size_t kStepCount = 4;
std::string_view StepName(Step step);  // "freeze", "deduct", "terminate", "file"
std::optional<Step> StepFromName(std::string_view name);

// A case is its platform's own reference; it counts once for a person.
struct CaseName {
  std::string platform;
  std::string reference;
  std::string ToString() const { return platform + ":" + reference; }
  friend auto operator<=>(const CaseName&, const CaseName&) = default;
};

// A case that a measure counted. No seller is named: one that was forgotten must not live on here.
struct BasisCase {
  CaseName name;
  // Fingerprints, in hexadecimal, that lead from the seller of the measure to the seller of the
  // case, one per hop, so that a later withdrawal of one can be seen; none: its own case.
  std::vector<std::string> path;
  friend bool operator==(const BasisCase&, const BasisCase&) = default;
};
struct MeasureDetail {
  std::vector<BasisCase> basis;  // the cases counted, the measure's own last
  std::int64_t amount = 0;       // moved, in minor units
  std::string currency;          // where an amount was
  friend bool operator==(const MeasureDetail&, const MeasureDetail&) = default;
};
std::string ToDetail(const MeasureDetail& detail);
Result<MeasureDetail> MeasureDetailFrom(std::string_view detail);
// "STEP:PLATFORM:REFERENCE"
std::string MeasureReference(Step step, const CaseName& name);
struct MeasureTarget {
  Step step = Step::kFreeze;
  CaseName name;
};
Result<MeasureTarget> MeasureTargetFrom(std::string_view reference);

// --- Figures and listings ---

// Append new ones, never renumber: names stand in keys.
enum class FigureKind : std::uint8_t {
  kPriceRatio = 0,           // price over that of the genuine article, in thousandths
  kSalesRatio = 1,           // sales over the industry's average, in thousandths
  kNegativeReviewRatio = 2,  // share of negative reviews over the industry's, in thousandths
  kDepositHeld = 3,          // in minor units
  kInsuranceCover = 4,       // in minor units
};
inline constexpr std::size_t kFigureKindCount = 5;
std::string_view FigureName(FigureKind kind);  // "price_ratio" ...
std::optional<FigureKind> FigureFromName(std::string_view name);
inline constexpr std::int64_t kMaxAmount = 1'000'000'000'000;  // of any figure or claim

struct Figure {
  std::int64_t value = 0;
  std::string source;  // who says so
  friend bool operator==(const Figure&, const Figure&) = default;
};
std::string ToDetail(const Figure& figure);
Result<Figure> FigureFrom(std::string_view detail);

struct Wording {
  std::vector<std::string> words;  // rows of the list of infringing words (knowledge.h)
  std::string source;
  friend bool operator==(const Wording&, const Wording&) = default;
};
std::string ToDetail(const Wording& wording);
Result<Wording> WordingFrom(std::string_view detail);

// --- Objections ---

// What a seller says against what is held or concluded about it. It changes no verdict by itself:
// until a person has looked at it, everything that rests on the seller says "contested".
struct Objection {
  std::string statement;  // the seller's own words
  friend bool operator==(const Objection&, const Objection&) = default;
};
std::string ToDetail(const Objection& objection);
Result<Objection> ObjectionFrom(std::string_view detail);

enum class ReviewOutcome : std::uint8_t { kUpheld = 1, kRejected = 2 };  // the objection is
std::string_view ReviewOutcomeName(ReviewOutcome outcome);               // "upheld", "rejected"
std::optional<ReviewOutcome> ReviewOutcomeFromName(std::string_view name);
struct Review {
  ReviewOutcome outcome = ReviewOutcome::kRejected;
  std::string by;    // the person who looked
  std::string note;  // what follows from it, in that person's words
  friend bool operator==(const Review&, const Review&) = default;
};
std::string ToDetail(const Review& review);
Result<Review> ReviewFrom(std::string_view detail);

// An objection and what became of it.
struct Contest {
  std::string reference;
  Objection objection;
  Time at;
  bool taken_back = false;
  std::optional<Review> review;  // the latest that came after it
  Time reviewed_at;
  bool open() const { return !taken_back && !review; }
};
// Of a case file, by reference. kInvalidArgument: a detail that does not read.
Result<std::vector<Contest>> ContestsIn(const std::vector<Fact>& file);

}  // namespace revenant

#endif  // REVENANT_CASE_FILE_H_

#include "revenant/case_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "policy/named_enum.h"
#include "revenant/contests.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

using Json = nlohmann::json;  // members sorted by name: equal values give equal text

constexpr std::string_view kRightNames[] = {"trademark", "patent", "copyright", "design", "secret"};
static_assert(std::size(kRightNames) == kRightCount);
constexpr std::string_view kFactNames[] = {"notice",  "counter_notice", "milestone",
                                           "order",   "measure",        "figure",
                                           "wording", "objection",      "review"};
static_assert(std::size(kFactNames) == std::size(kFactKinds));
constexpr std::string_view kElementNames[] = {
    "right_holder", "contact", "proof_of_right", "listing", "evidence", "good_faith", "signature"};
static_assert(std::size(kElementNames) == kNoticeElementCount);
constexpr std::string_view kStageNames[] = {"acknowledge", "measure", "forward", "restore"};
static_assert(std::size(kStageNames) == kClockStageCount);
constexpr std::string_view kOrderNames[] = {"court_order", "foreign_injunction"};
constexpr std::string_view kComplianceNames[] = {"none", "partial", "effective"};
constexpr std::string_view kStepNames[] = {"freeze", "deduct", "terminate", "file"};
static_assert(std::size(kStepNames) == kStepCount);
constexpr std::string_view kOutcomeNames[] = {"upheld", "rejected"};
constexpr std::string_view kFigureNames[] = {"price_ratio", "sales_ratio", "negative_review_ratio",
                                             "deposit_held", "insurance_cover"};
static_assert(std::size(kFigureNames) == kFigureKindCount);

Error Wrong(std::string_view what) {
  return {Code::kInvalidArgument, "case file: " + std::string(what)};
}

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Members of one detail. The first that is not as it should be makes it fail for good, and so does
// one that nobody asked for: what is stored is what the type says, and nothing else.
class Members {
 public:
  explicit Members(std::string_view detail) {
    if (detail.size() <= kMaxDetailBytes) {
      constexpr int kMaxDepth = 6;
      json_ = Json::parse(
          detail, [](int depth, Json::parse_event_t, Json&) { return depth <= kMaxDepth; }, false);
    }
    ok_ = json_.is_object();
  }
  explicit Members(const Json& object) : json_(object), ok_(object.is_object()) {}

  std::string Text(const char* name) {
    const Json* value = Take(name);
    const auto* text = value == nullptr ? nullptr : value->get_ptr<const std::string*>();
    ok_ = ok_ && text != nullptr;
    return ok_ ? *text : std::string();
  }
  std::int64_t Amount(const char* name) {
    const Json* value = Take(name);
    ok_ = ok_ && value->is_number_integer();
    if (!ok_) return 0;
    // Beyond the range of 64 bits it would come out wrapped.
    const bool huge = value->is_number_unsigned() && value->get<std::uint64_t>() > kMaxAmount;
    const std::int64_t amount = huge ? -1 : value->get<std::int64_t>();
    ok_ = amount >= 0 && amount <= kMaxAmount;
    return ok_ ? amount : 0;
  }
  template <typename Enum>
  Enum Name(const char* name, std::optional<Enum> (*from)(std::string_view)) {
    const auto found = from(Text(name));
    ok_ = ok_ && found.has_value();
    return found.value_or(Enum{});
  }
  // Calls `read` with each element of a list.
  template <typename Read>
  void Each(const char* name, Read read) {
    const Json* list = Take(name);
    ok_ = ok_ && list->is_array();
    if (!ok_) return;
    for (const Json& item : *list) ok_ = ok_ && read(item);
  }
  bool AtEnd() const { return ok_ && taken_ == json_.size(); }

 private:
  const Json* Take(const char* name) {
    if (!ok_) return nullptr;
    const auto found = json_.find(name);
    ok_ = found != json_.end();
    taken_ += ok_;
    return ok_ ? &*found : nullptr;
  }
  Json json_;
  bool ok_ = false;
  std::size_t taken_ = 0;
};

// The detail as read, if it was written as ToDetail() writes it.
template <typename T>
Result<T> Canonical(const Members& members, T value, std::string_view detail,
                    std::string_view what) {
  if (!members.AtEnd() || ToDetail(value) != detail) {
    return Wrong("not the detail of " + std::string(what));
  }
  return value;
}

Json Names(const std::set<NoticeElement>& elements) {
  Json list = Json::array();
  for (const NoticeElement element : elements) list.push_back(ElementName(element));
  return list;
}

bool ReadElement(const Json& item, std::set<NoticeElement>& elements) {
  const auto* name = item.get_ptr<const std::string*>();
  const auto element = name == nullptr ? std::nullopt : ElementFromName(*name);
  return element && elements.insert(*element).second;
}

bool ReadText(const Json& item, std::vector<std::string>& texts) {
  const auto* text = item.get_ptr<const std::string*>();
  if (text != nullptr) texts.push_back(*text);
  return text != nullptr;
}

bool ReadBasis(const Json& item, std::vector<BasisCase>& basis) {
  Members members(item);
  BasisCase& one = basis.emplace_back();
  one.name = {members.Text("platform"), members.Text("case")};
  members.Each("path", [&](const Json& text) { return ReadText(text, one.path); });
  return members.AtEnd();
}

}  // namespace

std::string_view RightName(Right right) { return NameAt(kRightNames, right, 1); }
std::optional<Right> RightFromName(std::string_view name) {
  return Named<Right>(kRightNames, name, 1);
}
std::string_view FactKindName(FactKind kind) { return NameAt(kFactNames, kind, 3); }
std::optional<FactKind> FactKindFromName(std::string_view name) {
  return Named<FactKind>(kFactNames, name, 3);
}
std::string_view ElementName(NoticeElement element) { return NameAt(kElementNames, element); }
std::optional<NoticeElement> ElementFromName(std::string_view name) {
  return Named<NoticeElement>(kElementNames, name);
}
std::string_view ClockStageName(ClockStage stage) { return NameAt(kStageNames, stage); }
std::optional<ClockStage> ClockStageFromName(std::string_view name) {
  return Named<ClockStage>(kStageNames, name);
}
std::string_view OrderTypeName(OrderType type) { return NameAt(kOrderNames, type, 1); }
std::optional<OrderType> OrderTypeFromName(std::string_view name) {
  return Named<OrderType>(kOrderNames, name, 1);
}
std::string_view ComplianceName(Compliance measures) { return NameAt(kComplianceNames, measures); }
std::optional<Compliance> ComplianceFromName(std::string_view name) {
  return Named<Compliance>(kComplianceNames, name);
}
std::string_view StepName(Step step) { return NameAt(kStepNames, step, 1); }
std::optional<Step> StepFromName(std::string_view name) { return Named<Step>(kStepNames, name, 1); }
std::string_view ReviewOutcomeName(ReviewOutcome outcome) {
  return NameAt(kOutcomeNames, outcome, 1);
}
std::optional<ReviewOutcome> ReviewOutcomeFromName(std::string_view name) {
  return Named<ReviewOutcome>(kOutcomeNames, name, 1);
}
std::string_view FigureName(FigureKind kind) { return NameAt(kFigureNames, kind); }
std::optional<FigureKind> FigureFromName(std::string_view name) {
  return Named<FigureKind>(kFigureNames, name);
}

std::string ToDetail(const Notice& notice) {
  return Dump({{"claim", notice.claim},
               {"flawed", Names(notice.flawed)},
               {"language", notice.language},
               {"present", Names(notice.present)},
               {"right", RightName(notice.right)},
               {"right_holder", notice.right_holder}});
}
Result<Notice> NoticeFrom(std::string_view detail) {
  Members members(detail);
  Notice notice;
  notice.claim = members.Amount("claim");
  members.Each("flawed", [&](const Json& item) { return ReadElement(item, notice.flawed); });
  members.Each("present", [&](const Json& item) { return ReadElement(item, notice.present); });
  notice.language = members.Text("language");
  notice.right = members.Name("right", RightFromName);
  notice.right_holder = members.Text("right_holder");
  return Canonical(members, std::move(notice), detail, "a notice");
}

std::string ToDetail(const CounterNotice& counter) { return Dump({{"ground", counter.ground}}); }
Result<CounterNotice> CounterNoticeFrom(std::string_view detail) {
  Members members(detail);
  CounterNotice counter{members.Text("ground")};
  return Canonical(members, std::move(counter), detail, "a counter-notice");
}

std::string ToDetail(const Order& order) {
  return Dump({{"country", order.country},
               {"measures", ComplianceName(order.measures)},
               {"type", OrderTypeName(order.type)}});
}
Result<Order> OrderFrom(std::string_view detail) {
  Members members(detail);
  Order order;
  order.country = members.Text("country");
  order.measures = members.Name("measures", ComplianceFromName);
  order.type = members.Name("type", OrderTypeFromName);
  return Canonical(members, std::move(order), detail, "an order");
}

std::string ToDetail(const MeasureDetail& detail) {
  Json basis = Json::array();
  for (const BasisCase& one : detail.basis) {
    basis.push_back(
        {{"case", one.name.reference}, {"path", one.path}, {"platform", one.name.platform}});
  }
  return Dump(
      {{"amount", detail.amount}, {"basis", std::move(basis)}, {"currency", detail.currency}});
}
Result<MeasureDetail> MeasureDetailFrom(std::string_view text) {
  Members members(text);
  MeasureDetail detail;
  detail.amount = members.Amount("amount");
  members.Each("basis", [&](const Json& item) { return ReadBasis(item, detail.basis); });
  detail.currency = members.Text("currency");
  return Canonical(members, std::move(detail), text, "a measure");
}

std::string ToDetail(const Figure& figure) {
  return Dump({{"source", figure.source}, {"value", figure.value}});
}
Result<Figure> FigureFrom(std::string_view detail) {
  Members members(detail);
  Figure figure;
  figure.source = members.Text("source");
  figure.value = members.Amount("value");
  return Canonical(members, std::move(figure), detail, "a figure");
}

std::string ToDetail(const Wording& wording) {
  return Dump({{"source", wording.source}, {"words", wording.words}});
}
Result<Wording> WordingFrom(std::string_view detail) {
  Members members(detail);
  Wording wording;
  wording.source = members.Text("source");
  members.Each("words", [&](const Json& item) { return ReadText(item, wording.words); });
  return Canonical(members, std::move(wording), detail, "a wording");
}

std::string ToDetail(const Objection& objection) {
  return Dump({{"statement", objection.statement}});
}
Result<Objection> ObjectionFrom(std::string_view detail) {
  Members members(detail);
  Objection objection{members.Text("statement")};
  return Canonical(members, std::move(objection), detail, "an objection");
}

std::string ToDetail(const Review& review) {
  return Dump(
      {{"by", review.by}, {"note", review.note}, {"outcome", ReviewOutcomeName(review.outcome)}});
}
Result<Review> ReviewFrom(std::string_view detail) {
  Members members(detail);
  Review review;
  review.by = members.Text("by");
  review.note = members.Text("note");
  review.outcome = members.Name("outcome", ReviewOutcomeFromName);
  return Canonical(members, std::move(review), detail, "a review");
}

Result<std::vector<Contest>> ContestsIn(const std::vector<Fact>& file) {
  std::vector<Contest> contests;
  for (const Fact& fact : file) {
    if (fact.kind != FactKind::kObjection || !fact.at.known()) continue;
    Contest& contest = contests.emplace_back();
    contest.reference = fact.reference;
    contest.at = fact.at;
    contest.taken_back = !fact.in_force();
    TRY_ASSIGN(contest.objection, ObjectionFrom(fact.detail));
    for (const Fact& other : file) {
      const bool answers = other.kind == FactKind::kReview && other.reference == fact.reference &&
                           other.in_force() && other.at >= fact.at;
      if (!answers) continue;
      TRY_ASSIGN(contest.review, ReviewFrom(other.detail));
      contest.reviewed_at = other.at;
    }
  }
  std::sort(contests.begin(), contests.end(),
            [](const Contest& a, const Contest& b) { return a.reference < b.reference; });
  return contests;
}

// --- References ---

std::string ToReference(const Milestone& milestone) {
  return std::string(ClockStageName(milestone.stage)) + ":" + milestone.case_ref;
}
Result<Milestone> MilestoneFrom(std::string_view reference) {
  const std::size_t colon = reference.find(':');
  const auto stage = ClockStageFromName(reference.substr(0, colon));
  if (colon == reference.npos || !stage || colon + 1 == reference.size()) {
    return Wrong("a milestone's reference is STAGE:CASE");
  }
  return Milestone{*stage, std::string(reference.substr(colon + 1))};
}

std::string MeasureReference(Step step, const CaseName& name) {
  return std::string(StepName(step)) + ":" + name.ToString();
}
Result<MeasureTarget> MeasureTargetFrom(std::string_view reference) {
  const std::size_t first = reference.find(':');
  const auto step = StepFromName(reference.substr(0, first));
  const std::size_t second = first == reference.npos ? first : reference.find(':', first + 1);
  if (!step || second == reference.npos || second == first + 1 || second + 1 == reference.size()) {
    return Wrong("a measure's reference is STEP:PLATFORM:CASE");
  }
  return MeasureTarget{*step,
                       {std::string(reference.substr(first + 1, second - first - 1)),
                        std::string(reference.substr(second + 1))}};
}

Result<void> CheckReference(FactKind kind, std::string_view reference) {
  if (reference.empty() || reference.size() > kMaxReferenceBytes || !IsUtf8(reference)) {
    return Wrong("a reference is UTF-8 of 1 to 1024 bytes");
  }
  if (kind == FactKind::kMilestone) TRY(MilestoneFrom(reference));
  if (kind == FactKind::kMeasure) TRY(MeasureTargetFrom(reference));
  if (kind == FactKind::kFigure && !FigureFromName(reference)) {
    return Wrong("no figure has this name");
  }
  return {};
}

namespace {

template <typename T>
Result<void> Checked(const Result<T>& read) {
  return read ? Result<void>() : Result<void>(read.error());
}

}  // namespace

Result<void> CheckFact(FactKind kind, std::string_view reference, std::string_view detail) {
  TRY(CheckReference(kind, reference));
  switch (kind) {
    case FactKind::kNotice:
      return Checked(NoticeFrom(detail));
    case FactKind::kCounterNotice:
      return Checked(CounterNoticeFrom(detail));
    case FactKind::kMilestone:
      return detail.empty() ? Result<void>() : Wrong("a milestone has no detail");
    case FactKind::kOrder:
      return Checked(OrderFrom(detail));
    case FactKind::kMeasure:
      return Checked(MeasureDetailFrom(detail));
    case FactKind::kFigure:
      return Checked(FigureFrom(detail));
    case FactKind::kWording:
      return Checked(WordingFrom(detail));
    case FactKind::kObjection:
      return Checked(ObjectionFrom(detail));
    case FactKind::kReview:
      return Checked(ReviewFrom(detail));
  }
  return Wrong("no fact is of this kind");
}

Result<std::string> NewObjectionReference(const std::vector<Contest>& contests,
                                          std::string_view wished) {
  // Larger ones were not counted here: a caller chose them.
  constexpr std::uint64_t kLargestCounted = 1'000'000'000;
  std::set<std::string, std::less<>> taken;
  std::uint64_t largest = 0;
  for (const Contest& contest : contests) {
    const std::string& text = *taken.insert(contest.reference).first;
    std::uint64_t number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed == std::errc() && end == text.data() + text.size() && number <= kLargestCounted) {
      largest = std::max(largest, number);
    }
  }
  if (!wished.empty()) {
    if (!taken.contains(wished)) return std::string(wished);
    return Error{Code::kConflict, "contest: an objection with this reference is on file"};
  }
  std::string next;
  do next = std::to_string(++largest);
  while (taken.contains(next));
  return next;
}

}  // namespace revenant

#include "revenant/case_file.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "revenant/contests.h"

namespace revenant {
namespace {

// One good detail of each kind, as it is stored.
struct DetailCase {
  FactKind kind;
  std::string reference, detail;
};
std::vector<DetailCase> Good() {
  Notice notice{
      Right::kPatent, "RH \"1\"", "zh", {NoticeElement::kListing}, {NoticeElement::kContact}, 1234};
  MeasureDetail measure{{{{"p", "c:1"}, {}}, {{"p", "c2"}, {"00ff", "ff00"}}}, 5, "EUR"};
  return {
      {FactKind::kNotice, "c1", ToDetail(notice)},
      {FactKind::kCounterNotice, "c1", ToDetail(CounterNotice{"licensed"})},
      {FactKind::kMilestone, ToReference({ClockStage::kForward, "c:1"}), ""},
      {FactKind::kOrder, "4 Ob 1/26",
       ToDetail(Order{OrderType::kForeignInjunction, "AT", Compliance::kPartial})},
      {FactKind::kMeasure, MeasureReference(Step::kFile, {"p", "c:1"}), ToDetail(measure)},
      {FactKind::kFigure, "price_ratio", ToDetail(Figure{650, "crawler"})},
      {FactKind::kWording, "L-1", ToDetail(Wording{{"高仿"}, "crawler"})},
      {FactKind::kObjection, "o-1", ToDetail(Objection{"it was not us"})},
      {FactKind::kReview, "o-1", ToDetail(Review{ReviewOutcome::kUpheld, "ada", "reinstated"})}};
}

TEST_CASE("What is written is read back, and only in its canonical form") {
  for (const DetailCase& row : Good()) {
    CAPTURE(FactKindName(row.kind));
    CHECK(CheckFact(row.kind, row.reference, row.detail));
    CHECK(FactKindFromName(FactKindName(row.kind)) == row.kind);
    for (const std::string& bad :
         {row.detail + " ", "{}" + row.detail, std::string("null"), std::string("[1]"),
          std::string("{\"x\":1}"), std::string(kMaxDetailBytes + 1, 'x')}) {
      const Result<void> checked = CheckFact(row.kind, row.reference, bad);
      REQUIRE_FALSE(checked);
      CHECK(checked.error().code == Code::kInvalidArgument);
    }
    for (const std::string& bad :
         {std::string(), std::string("\xFF"), std::string(kMaxReferenceBytes + 1, 'x')}) {
      CHECK_FALSE(CheckFact(row.kind, bad, row.detail));
    }
  }
  const Result<Notice> notice = NoticeFrom(Good().front().detail);
  REQUIRE(notice);
  CHECK(notice->right_holder == "RH \"1\"");
  CHECK(notice->flawed.contains(NoticeElement::kContact));
}

TEST_CASE("Every single byte that changes a detail is noticed or means another detail") {
  for (const DetailCase& row : Good()) {
    for (std::size_t i = 0; i < row.detail.size(); ++i) {
      std::string changed = row.detail;
      changed[i] = changed[i] == 'x' ? 'y' : 'x';
      // Inside a text it is another text; anywhere else it is refused. Neither may crash.
      (void)CheckFact(row.kind, row.reference, changed);
    }
    CHECK_FALSE(
        CheckFact(row.kind, row.reference, row.detail.empty() ? "x" : row.detail.substr(1)));
  }
}

TEST_CASE("Amounts stay in range") {
  for (const char* value :
       {"-1", "1000000000001", "18446744073709551616", "1.5", "\"1\"", "null"}) {
    CAPTURE(value);
    CHECK_FALSE(FigureFrom(std::string("{\"source\":\"\",\"value\":") + value + "}"));
  }
  CHECK(FigureFrom("{\"source\":\"\",\"value\":1000000000000}"));
  CHECK(FigureFrom("{\"source\":\"\",\"value\":0}"));
}

TEST_CASE("References name their parts, and the last part may hold colons") {
  const Result<MeasureTarget> target = MeasureTargetFrom("deduct:shop-eu:C:7");
  REQUIRE(target);
  CHECK(target->step == Step::kDeduct);
  CHECK(target->name == CaseName{"shop-eu", "C:7"});
  for (const char* bad : {"", "deduct", "deduct:", "deduct:p", "deduct:p:", "deduct::c", "x:p:c"}) {
    CHECK_FALSE(MeasureTargetFrom(bad));
  }
  const Result<Milestone> milestone = MilestoneFrom("measure:C:7");
  REQUIRE(milestone);
  CHECK(milestone->stage == ClockStage::kMeasure);
  CHECK(milestone->case_ref == "C:7");
  for (const char* bad : {"", "measure", "measure:", "measured:c"}) {
    CHECK_FALSE(MilestoneFrom(bad));
  }
  CHECK_FALSE(CheckFact(FactKind::kFigure, "height", ToDetail(Figure{1, ""})));
}

TEST_CASE("Every name leads back to what it names") {
  for (const Right right :
       {Right::kTrademark, Right::kPatent, Right::kCopyright, Right::kDesign, Right::kSecret}) {
    CHECK(RightFromName(RightName(right)) == right);
  }
  for (int i = 1; i <= 4; ++i) {
    CHECK(StepFromName(StepName(static_cast<Step>(i))) == static_cast<Step>(i));
  }
  for (std::size_t i = 0; i < kFigureKindCount; ++i) {
    const auto kind = static_cast<FigureKind>(i);
    CHECK(FigureFromName(FigureName(kind)) == kind);
  }
  CHECK_FALSE(RightFromName("nothing"));
}

TEST_CASE("A new objection takes a number that no other has") {
  const struct {
    std::vector<std::string> taken;
    std::string wished, gets;
  } kRows[] = {
      {{}, "", "1"},
      {{"1", "2"}, "", "3"},
      {{"1", "7", "case-9"}, "", "8"},
      {{"1"}, "letter 5", "letter 5"},
      {{"0001"}, "", "2"},
      {{"18446744073709551615"}, "", "1"},
      {{"18446744073709551615", "0"}, "", "1"},
      {{"99999999999999999999999"}, "", "1"},
      {{"1000000000"}, "", "1000000001"},
      {{"1000000000", "1000000001"}, "", "1000000002"},
      {{"-1", "+4", "1 "}, "", "1"},
      {{"1"}, "1", ""},
      {{"a", "b"}, "b", ""},
  };
  for (const auto& row : kRows) {
    std::vector<Contest> contests;
    for (const std::string& reference : row.taken) contests.push_back({.reference = reference});
    const Result<std::string> gets = NewObjectionReference(contests, row.wished);
    CAPTURE(row.gets);
    if (row.gets.empty()) {
      REQUIRE_FALSE(gets);
      CHECK(gets.error().code == Code::kConflict);
    } else {
      REQUIRE(gets);
      CHECK(*gets == row.gets);
    }
  }
}

}  // namespace
}  // namespace revenant

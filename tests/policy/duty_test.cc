#include "revenant/duty.h"

#include <doctest/doctest.h>

#include <set>

namespace revenant {
namespace {

constexpr PlatformType kTypes[] = {PlatformType::kInformation, PlatformType::kLogistics,
                                   PlatformType::kMarketing, PlatformType::kPayment};

// Everything shown, at the thresholds asked for.
DutyFacts Everything(PlatformType type, const DutyPolicy& policy) {
  DutyFacts facts;
  for (const DutyItem& item : DutyItems()) facts.shown.emplace(item.id);
  facts.review_millibits = policy.Of(type).review_millibits;
  facts.block_millibits = policy.Of(type).block_millibits;
  return facts;
}

TEST_CASE("The level follows from the type") {
  CHECK(LevelOf(PlatformType::kInformation) == DutyLevel::kLow);
  CHECK(LevelOf(PlatformType::kLogistics) == DutyLevel::kModerate);
  CHECK(LevelOf(PlatformType::kMarketing) == DutyLevel::kHigh);
  CHECK(LevelOf(PlatformType::kPayment) == DutyLevel::kHigh);
}

TEST_CASE("The higher the duty, the more is asked") {
  std::size_t before = 0;
  for (const PlatformType type : kTypes) {
    const std::size_t asked = AssessDuty(type, {}, {}).obligations.size();
    CHECK(asked > before);
    before = asked;
  }
  const DutyPolicy policy;
  for (std::size_t i = 1; i < kPlatformTypeCount; ++i) {
    CHECK(policy.types[i].review_millibits <= policy.types[i - 1].review_millibits);
    CHECK(policy.types[i].block_millibits <= policy.types[i - 1].block_millibits);
    CHECK(policy.types[i].deposit_factor >= policy.types[i - 1].deposit_factor);
  }
}

TEST_CASE("Exempt is who shows every obligation and every condition") {
  const DutyPolicy policy;
  for (const PlatformType type : kTypes) {
    CAPTURE(PlatformTypeName(type));
    const DutyFacts all = Everything(type, policy);
    const DutyAssessment good = AssessDuty(type, all, policy);
    CHECK(good.exempt);
    std::set<std::string> asked;
    for (const auto* lines : {&good.obligations, &good.exemptions}) {
      for (const DutyLine& line : *lines) asked.emplace(line.item->id);
    }
    for (const DutyItem& item : DutyItems()) {
      CAPTURE(item.id);
      DutyFacts less = all;
      less.shown.erase(std::string(item.id));
      const DutyAssessment without = AssessDuty(type, less, policy);
      CHECK(without.exempt == !asked.contains(std::string(item.id)));
      CHECK(without.obligations_shown == (item.exemption || !asked.contains(std::string(item.id))));
      // What is known to be lacking outweighs the claim.
      DutyFacts denied = all;
      denied.lacking.emplace(item.id);
      CHECK(AssessDuty(type, denied, policy).exempt == !asked.contains(std::string(item.id)));
    }
  }
}

TEST_CASE("Thresholds laxer than asked for are found, by a thousandth of a bit") {
  const DutyPolicy policy;
  for (const PlatformType type : kTypes) {
    for (const int change : {-1, 0, 1}) {
      for (std::int64_t DutyFacts::* threshold :
           {&DutyFacts::review_millibits, &DutyFacts::block_millibits}) {
        DutyFacts facts = Everything(type, policy);
        facts.*threshold += change;
        const DutyAssessment assessment = AssessDuty(type, facts, policy);
        CHECK(assessment.thresholds_met == (change <= 0));
        CHECK(assessment.exempt == (change <= 0));
      }
    }
  }
}

TEST_CASE("Ids that nothing has are named") {
  DutyFacts facts;
  facts.shown = {"verify_identity", "nonsense"};
  facts.lacking = {"deposit", "more nonsense"};
  CHECK(UnknownItems(facts) == std::vector<std::string>{"more nonsense", "nonsense"});
}

TEST_CASE("The checklist has every id once") {
  std::set<std::string_view> ids;
  for (const DutyItem& item : DutyItems()) {
    CHECK(ids.insert(item.id).second);
    CHECK_FALSE(item.title.empty());
    CHECK_FALSE(item.evidence.empty());
  }
}

}  // namespace
}  // namespace revenant

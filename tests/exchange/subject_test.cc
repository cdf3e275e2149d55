// What is held about a seller and who received it; objections that wait for a person.

#include "revenant/subject.h"

#include <cmath>

#include "exchange/feeds_world.h"

namespace revenant {
namespace {

constexpr int kDay = FeedsWorld::kStart;

struct Subjects : FeedsWorld {
  Subjects() {
    a().Shows("ring", kDay + 1, {1});
    a().Shows("ring", kDay + 3, {1});
    a().Bans("ring", kDay + 4);
    a().Evaluates({1}, kDay + 4);
    b().Evaluates({1}, kDay + 4);
    b().Shows("shop", kDay + 1, {1});
    b().Imports(a().Exports(kDay + 5), kDay + 5);
  }
  SubjectReport Of(Party& party, const char* seller) {
    return Need(MakeSubjectReport(party.registry(), {party.name, seller}, Day(kDay + 6)));
  }
};

TEST_CASE_FIXTURE(Subjects, "A report tells what is held, why, until when, and who was told") {
  const SubjectReport report = Of(a(), "ring");
  CHECK(report.status == SellerStatus::kActive);
  REQUIRE(report.observations.size() == 1);
  const HeldObservation& held = report.observations.front();
  CHECK(held.kind == "pay.iban");
  CHECK(held.source == "market-a");
  CHECK(held.first == Day(kDay + 1));
  CHECK(held.last == Day(kDay + 3));
  CHECK(held.live);
  CHECK(held.purpose == "to recognise a banned seller behind another storefront");
  // One bit of its weight is left then, not earlier and not later.
  const KindPolicy iban = a().registry().policy().For("pay.iban");
  REQUIRE(iban.half_life_days > 0);
  const double days = static_cast<double>(held.expires.micros - held.last.micros) / 86'400e6;
  const double left =
      static_cast<double>(iban.weight) / 1000 * std::exp2(-days / iban.half_life_days);
  CHECK(left == doctest::Approx(1));
  REQUIRE(report.cases.size() == 2);
  CHECK(report.cases[0].type == "ban");
  CHECK(report.cases[0].detail == "counterfeit");
  CHECK(report.cases[1].type == "infringement");
  CHECK(report.measures.size() == 1);  // the first step is due
  CHECK_FALSE(report.measures.front().done.known());
  CHECK(report.journal.size() == 4);  // twice seen, infringed, banned
  CHECK(report.foreign.empty());
  REQUIRE(report.told.size() == 1);
  CHECK(report.told.front().kind == "pay.iban");
  CHECK(report.told.front().readers == std::vector<std::string>{"market-b", "market-c"});
  CHECK(report.told.front().listed == Day(kDay + 5));
  CHECK_FALSE(report.told.front().gone.known());
  CHECK_FALSE(MakeSubjectReport(a().registry(), {"market-a", "nobody"}, Day(kDay + 6)));
}

TEST_CASE_FIXTURE(Subjects, "That it was told stays in the report when the entry is gone") {
  a().Reinstates("ring", kDay + 6);
  a().Exports(kDay + 6);
  REQUIRE(Of(a(), "ring").told.size() == 1);
  CHECK(Of(a(), "ring").told.front().gone == Day(kDay + 6));
  CHECK(Of(a(), "ring").told.front().why == "withdrawn");
  Need(a().desk->WithholdSeller({"market-a", "ring"}, Exchange::Withhold::kErase));
  a().Exports(kDay + 7);
  CHECK(Of(a(), "ring").told.front().why == "erased");
}

TEST_CASE_FIXTURE(Subjects, "A report tells what others list, and the alerts that came of it") {
  const SubjectReport report = Of(b(), "shop");
  REQUIRE(report.foreign.size() == 1);
  const ForeignEntry& entry = report.foreign.front();
  CHECK(entry.foreign_case.platform == "exchange/market-a");
  CHECK(entry.reason == "counterfeit");
  CHECK(entry.listed_at == Day(kDay + 5));
  CHECK(entry.opinion == Opinion::kRetracted);
  CHECK(report.alerts.size() == 1);
  CHECK(report.told.empty());
  Need(b().desk->Opine(entry.foreign_case, Opinion::kFalsePositive, Day(kDay + 6)));
  CHECK(Of(b(), "shop").foreign.front().opinion == Opinion::kFalsePositive);
  CHECK(Of(b(), "shop").alerts.size() == 2);
}

TEST_CASE_FIXTURE(Subjects, "Withdrawn observations are held as registers, and are said to be") {
  a().world.Apply(Withdraw{{"market-a", "ring"}, IdentifierPrint(1), "", Day(kDay + 5)});
  REQUIRE(Of(a(), "ring").observations.size() == 1);
  CHECK_FALSE(Of(a(), "ring").observations.front().live);
}

// --- Objections ---

TEST_CASE_FIXTURE(Subjects,
                  "An objection makes what rests on it contested, and changes no verdict") {
  const SellerName ring{"market-a", "ring"};
  const Verdict before = a().Asks(kDay + 8, {1});
  REQUIRE(before.decision == Decision::kBlock);
  CHECK(before.contested.empty());
  const auto attest = [&](FactKind kind, const std::string& reference, const std::string& detail,
                          int day) {
    a().world.Apply(Attest{ring, kind, reference, detail, Day(day)});
  };
  attest(FactKind::kObjection, "1", ToDetail(Objection{"the account was sold"}), kDay + 6);
  attest(FactKind::kObjection, "2", ToDetail(Objection{"and not by us"}), kDay + 6);
  const auto review = [&](const char* reference, int day) {
    attest(FactKind::kReview, reference, ToDetail(Review{ReviewOutcome::kUpheld, "ada", ""}), day);
  };
  const auto contested = [&] {
    const Verdict now = a().Asks(kDay + 8, {1});
    CHECK(now.decision == before.decision);
    CHECK(now.reasons.size() == before.reasons.size());
    CHECK((now.contested.empty() || now.contested == std::vector<SellerName>{ring}));
    return !now.contested.empty();
  };
  CHECK(contested());
  review("1", kDay + 7);
  CHECK(contested());  // the other one waits
  review("2", kDay + 5);
  CHECK(contested());  // before the objection: of an earlier one
  review("2", kDay + 7);
  CHECK_FALSE(contested());
  attest(FactKind::kObjection, "1", ToDetail(Objection{"the review was wrong"}), kDay + 8);
  CHECK(contested());
  a().world.Apply(Revoke{ring, FactKind::kObjection, "1", Day(kDay + 9)});
  CHECK_FALSE(contested());

  const SubjectReport report = Of(a(), "ring");
  REQUIRE(report.contests.size() == 2);
  CHECK(report.contests[0].taken_back);
  CHECK_FALSE(report.contests[0].review.has_value());  // older than what it objects to now
  REQUIRE(report.contests[1].review.has_value());
  CHECK(report.contests[1].review->by == "ada");
  CHECK(report.contests[1].objection.statement == "and not by us");
  a().world.CheckSound();
}

}  // namespace
}  // namespace revenant

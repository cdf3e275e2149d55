// What screener.h promises about cost, and that screenings beside a writer see whole events.

#include "revenant/screener.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "registry/allocations.h"
#include "registry/stage.h"

namespace revenant {
namespace {

Record Stranger(int n) {
  const std::string digits = std::to_string(10'000'000 + n);
  Record record;
  record.seller = {"shop", "S-" + digits};
  record.status = SellerStatus::kApplicant;
  record.attributes = {{"contact.phone", "", "+49151" + digits},
                       {"contact.email", "", "someone" + digits + "@mailinator.com"},
                       {"custom.strong", "", "value " + digits},
                       {"custom.side", "", "side " + digits}};
  return record;
}

TEST_CASE("AStrangerCostsNoAllocation") {
  Stage stage;
  Chain(stage);
  Screener screener(*stage);
  for (int n = 0; n < 4; ++n) REQUIRE(screener.Screen(Stranger(n), Day(1)));  // warms the buffers
  for (int n = 4; n < 40; ++n) {
    const Record record = Stranger(n);
    const long before = AllocationsOfThisThread();
    const Result<const Verdict*> verdict = screener.Screen(record, Day(1));
    CHECK(AllocationsOfThisThread() == before);
    REQUIRE(verdict);
    CHECK((*verdict)->decision == Decision::kClear);
    CHECK((*verdict)->identifiers == 5);  // the e-mail address yields two
    CHECK((*verdict)->reasons.size() == 1);
  }
}

TEST_CASE("AScreenerAnswersAsTheRegistryDoesWhateverItAnsweredBefore") {
  Stage stage;
  Chain(stage);
  Screener screener(*stage);
  const auto record_with = [](const char* id, std::vector<RawAttribute> attributes) {
    Record record;
    record.seller = Shop(id);
    record.status = SellerStatus::kApplicant;
    record.seen = Day(20);
    record.attributes = std::move(attributes);
    return record;
  };
  const std::vector<Record> records = {
      Stranger(1),
      record_with("new", {{"custom.strong", "", "1"}}),  // the banned one's own
      record_with("new", {{"custom.strong", "", "4"}, {"pay.iban", "", "DE00"}}),
      record_with("a", {{"custom.side", "", "y"}}),  // itself banned
      record_with("b", {{"no.such.kind", "", "x"}}),
      Stranger(2),
      record_with("new", {}),
  };
  for (const Record& record : records) {
    CAPTURE(record.seller.ToString());
    const Result<const Verdict*> mine = screener.Screen(record, Day(30));
    const Result<Intake> intake = stage->Prepare(record, Day(30));
    REQUIRE(mine);
    REQUIRE(intake);
    const Result<Certified> wanted = stage->Certify(intake->event, Day(30));
    REQUIRE(wanted);
    CHECK(DecisionName((*mine)->decision) == DecisionName(wanted->verdict.decision));
    CHECK((*mine)->seller == record.seller);
    CHECK((*mine)->identifiers == wanted->verdict.identifiers);
    CHECK((*mine)->links.size() == wanted->verdict.links.size());
    std::size_t odd = 0;
    for (const AttributeOutcome& outcome : intake->outcomes) {
      odd += outcome.status != Status::kValid || outcome.repaired;
    }
    CHECK((*mine)->attributes.size() == odd);
  }
  CHECK_FALSE(screener.Screen(Record{}, Day(30)));  // no name
}

TEST_CASE("TheCertificateOfAScreeningIsTheRegistrysOwn") {
  Stage stage;
  Chain(stage);
  Screener screener(*stage);
  const std::vector<std::pair<const char*, std::vector<RawAttribute>>> rows = {
      {"plain", {{"custom.strong", "", "1"}}},
      {"checked by the source", {{"custom.strong", "", "1", true}, {"custom.side", "", "y"}}},
      {"typed twice", {{"custom.strong", "", "1"}, {"custom.strong", "", "1"}}},
      {"with junk", {{"contact.phone", "", "N/A"}, {"custom.strong", "", "1"}}},
      {"with a wrong value", {{"pay.iban", "", "DE00"}, {"custom.strong", "", "1"}}},
      {"with what derives from others",
       {{"contact.email", "", "A.b+c@gmail.com"}, {"custom.strong", "", "1"}}},
  };
  for (const auto& [name, attributes] : rows) {
    CAPTURE(name);
    Record record;
    record.seller = Shop("new");
    record.seen = Day(20);
    record.attributes = attributes;
    std::string certificate;
    const Result<const Verdict*> mine = screener.ScreenAndCertify(record, certificate, Day(30));
    REQUIRE(mine);
    CHECK((*mine)->decision != Decision::kClear);
    const Result<Certified> wanted = stage->Certify(record, Day(30));
    REQUIRE(wanted);
    CHECK(certificate == wanted->certificate);
    for (const AttributeOutcome& outcome : (*mine)->attributes) {
      CHECK(outcome.kind == attributes.at(outcome.attribute).kind);
    }
  }
  std::string certificate = "of before";
  REQUIRE(screener.ScreenAndCertify(Stranger(1), certificate, Day(30)));
  CHECK(certificate.empty());
}

TEST_CASE("ANameOfTheExchangeIsRefusedByEveryWayOfScreening") {
  Stage stage;
  Chain(stage);
  Record record = Stranger(1);
  record.seller = {"exchange/x", "y"};
  CHECK_FALSE(Screener(*stage).Screen(record, Day(30)));
  CHECK_FALSE(stage->Screen(record, Day(30)));
  CHECK_FALSE(stage->Certify(record, Day(30)));
}

// Readers that screen while `write` turns the registry this way and that; false once one of them
// saw anything but clear.
bool StaysClear(Stage& stage, const Enrol& application, const std::function<void(int)>& write) {
  std::atomic<bool> done = false;
  std::atomic<int> torn = 0, screened = 0;
  std::vector<std::thread> readers;
  for (int t = 0; t < 3; ++t) {
    readers.emplace_back([&] {
      Screener screener(*stage);
      while (!done) {
        const Result<const Verdict*> verdict = screener.Screen(application, Day(99));
        torn += !verdict || (*verdict)->decision != Decision::kClear;
        ++screened;
      }
    });
  }
  for (int i = 0; i < 150 || screened < 2'000; ++i) write(i);
  done = true;
  for (std::thread& reader : readers) reader.join();
  return torn == 0;
}

TEST_CASE("APolicyAndTheStateUnderItChangeAtOnce") {
  // In every other state the seller is banned while its value's kind is ignored: under neither
  // policy does anything lead to a ban, unless the one is applied to the rows of the other.
  Stage stage;
  stage.Shows("a", 1, {"custom.strong=1"});
  const Enrol application =
      stage.Prepared("new", 20, {"custom.strong=1"}, SellerStatus::kApplicant);
  const LinkPolicy ignoring =
      With("custom.strong", [](KindPolicy& kind) { kind.role = Role::kIgnored; });
  CHECK(StaysClear(stage, application, [&](int i) {
    const Ban ban{Shop("a"), "", "fakes", Day(100 + 2 * i)};
    const Reinstate lift{Shop("a"), "", true, Day(101 + 2 * i)};
    stage.ApplyAll({SetPolicy{ignoring}, ban});
    stage.ApplyAll({lift, SetPolicy{PlainPolicy()}});
    if (i % 16 == 0) REQUIRE(stage->WarmUp());
  }));
}

TEST_CASE("ABanMovesFromOneSellerToAnotherWithoutAMomentBetween") {
  // The go-between carries the applicant's value only while the other side of it is not banned.
  Stage stage;
  stage.Shows("a", 1, {"custom.strong=1"});
  stage.Shows("b", 1, {"custom.strong=1", "custom.strong=2"});
  const Enrol application =
      stage.Prepared("new", 20, {"custom.strong=2"}, SellerStatus::kApplicant);
  const Enrol two = stage.Prepared("b", 1, {"custom.strong=2"}, SellerStatus::kActive);
  CHECK(StaysClear(stage, application, [&](int i) {
    const int day = 100 + 3 * i;
    stage.ApplyAll({Withdraw{Shop("b"), two.attributes.front().root, "", Day(day)},
                    Ban{Shop("a"), "", "fakes", Day(day)}});
    Enrol again = two;
    again.seen = Day(day + 1);
    stage.ApplyAll({Reinstate{Shop("a"), "", true, Day(day + 1)}, again});
  }));
}

}  // namespace
}  // namespace revenant

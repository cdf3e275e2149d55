// Rule 12 at entry: what somebody decides now must make sense now. The function that applies events
// asks none of this, since there order must not matter.

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "registry/stage.h"

namespace revenant {
namespace {

constexpr int kNow = 50;

Result<Entered> Enter(Stage& stage, const Event& event) { return stage->Enter(event, Day(kNow)); }
std::string StillOf(const Entered& entered) {
  std::string text;
  for (const InForce& still : entered.still) {
    text +=
        still.reference + "/" + still.reason + "@" + FormatTime(still.since).substr(0, 10) + " ";
  }
  return text;
}
std::string On(int day) { return FormatTime(Day(day)).substr(0, 10); }

TEST_CASE("Rule12NothingIsEnteredThatIsDatedInTheFuture") {
  Stage stage;
  stage.Shows("a", 1, {"custom.strong=1"});
  stage.Shows("b", 1, {"custom.strong=2"});
  stage.IsBanned("b", 3);
  stage.Apply(Infringe{Shop("b"), "c", Right::kDesign, Day(3)});
  const std::string before = stage.Export(ExportScope::kFacts);
  const Time later = Day(kNow + 1);
  const Fingerprint root =
      stage.Prepared("a", 1, {"custom.strong=1"}, SellerStatus::kActive).attributes[0].root;
  const Event events[] = {Ban{Shop("a"), "1", "fakes", later},
                          Infringe{Shop("a"), "1", Right::kTrademark, later},
                          Reinstate{Shop("b"), "case", false, later},
                          Reinstate{Shop("b"), "", true, later},
                          Retract{Shop("b"), "c", later},
                          CannotLink{Shop("a"), Shop("b"), later},
                          Withdraw{Shop("a"), root, "", later},
                          Attest{Shop("a"), FactKind::kOrder, "o",
                                 ToDetail(Order{OrderType::kCourtOrder, "AT"}), later},
                          Forget{Shop("a"), "", later}};
  for (const Event& event : events) {
    CAPTURE(EventName(event));
    const Result<Entered> entered = Enter(stage, event);
    REQUIRE_FALSE(entered);
    CHECK(entered.error().code == Code::kInvalidArgument);
    CHECK(entered.error().message.find("in the future") != std::string::npos);
    CHECK(stage.Export(ExportScope::kFacts) == before);
  }
  // The very moment is not the future; and where events are applied, nobody asks.
  CHECK(Enter(stage, Ban{Shop("a"), "1", "fakes", Day(kNow)}));
  CHECK(stage->Apply(Ban{Shop("a"), "1", "fakes", later}));
}

TEST_CASE("Rule12LiftingWhatIsNotThereIsNotFoundAndMakesNothing") {
  Stage stage;
  stage.Shows("a", 1, {"custom.strong=1"});
  stage.Shows("b", 1, {"custom.strong=2"});
  stage.Apply(Ban{Shop("b"), "right", "fakes", Day(3)});
  stage.Apply(Infringe{Shop("b"), "right", Right::kDesign, Day(3)});
  const std::string before = stage.Export(ExportScope::kFacts);
  struct {
    Event event;
    const char* says;
  } const cases[] = {
      {Reinstate{Shop("nobody"), "", true, Day(9)}, "no such seller"},
      {Reinstate{Shop("a"), "", true, Day(9)}, "no ban to lift"},
      {Reinstate{Shop("b"), "wrong", false, Day(9)}, "'right'"},
      {Reinstate{Shop("b"), "", false, Day(9)}, "without a case"},
      {Retract{Shop("a"), "c", Day(9)}, "no infringement to lift"},
      {Retract{Shop("b"), "wrong", Day(9)}, "'right'"},
      {Retract{Shop("nobody"), "c", Day(9)}, "no such seller"},
      {AllowLink{Shop("a"), Shop("b"), Day(9)}, "different people"},
      {AllowLink{Shop("a"), Shop("nobody"), Day(9)}, "no such seller"},
      {Revoke{Shop("b"), FactKind::kOrder, "o", Day(9)}, "to lift"},
  };
  for (const auto& [event, says] : cases) {
    CAPTURE(says);
    const Result<Entered> entered = Enter(stage, event);
    REQUIRE_FALSE(entered);
    CHECK(entered.error().code == Code::kNotFound);
    CHECK_MESSAGE(entered.error().message.find(says) != std::string::npos, entered.error().message);
    CHECK(stage.Export(ExportScope::kFacts) == before);
  }
}

TEST_CASE("Rule12WhatLiftsSaysWhatStillStands") {
  Stage stage;
  stage.Shows("a", 1, {"custom.strong=1"});
  stage.Apply(Ban{Shop("a"), "1", "fakes", Day(3)});
  stage.Apply(Ban{Shop("a"), "2", "fraud", Day(9)});
  SUBCASE("another case") {
    const Result<Entered> entered = Enter(stage, Reinstate{Shop("a"), "1", false, Day(20)});
    REQUIRE(entered);
    CHECK(StillOf(*entered) == "2/fraud@" + On(9) + " ");
  }
  SUBCASE("a lifting that is dated before the ban") {
    const Result<Entered> entered = Enter(stage, Reinstate{Shop("a"), "", true, Day(5)});
    REQUIRE(entered);
    CHECK(StillOf(*entered) == "2/fraud@" + On(9) + " ");
  }
  SUBCASE("a ban of the future that an earlier version let in") {
    stage.Apply(Ban{Shop("a"), "1", "fakes", Day(9'000)});
    const Result<Entered> entered = Enter(stage, Reinstate{Shop("a"), "", true, Day(kNow)});
    REQUIRE(entered);
    CHECK(StillOf(*entered) == "1/fakes@" + On(9'000) + " ");
  }
  SUBCASE("nothing") {
    const Result<Entered> entered = Enter(stage, Reinstate{Shop("a"), "", true, Day(20)});
    REQUIRE(entered);
    CHECK(entered->still.empty());
    CHECK(stage.Export().find("\"bans\":[]") != std::string::npos);
    const Result<Entered> again = Enter(stage, Reinstate{Shop("a"), "1", false, Day(21)});
    REQUIRE_FALSE(again);
    CHECK(again.error().code == Code::kNotFound);
    CHECK(again.error().message.find("already") != std::string::npos);
  }
  SUBCASE("a finding of later date") {
    stage.Shows("b", 1, {"custom.strong=1"});
    stage.AreDifferent("a", "b");  // on day 50
    const Result<Entered> early = Enter(stage, AllowLink{Shop("a"), Shop("b"), Day(40)});
    REQUIRE(early);
    CHECK(early->still.size() == 1);
    const Result<Entered> entered = Enter(stage, AllowLink{Shop("b"), Shop("a"), Day(50)});
    REQUIRE(entered);
    CHECK(entered->still.empty());
  }
}

TEST_CASE("Rule12OfSeveralEntriesEachFindsWhatThoseBeforeItLeft") {
  Stage stage;
  stage.Shows("a", 1, {"custom.strong=1"});
  const Event events[] = {
      Ban{Shop("a"), "1", "fakes", Day(3)}, Reinstate{Shop("a"), "1", false, Day(4)},
      Reinstate{Shop("a"), "2", false, Day(5)}, Ban{Shop("a"), "2", "fakes", Day(6)}};
  std::vector<Registry::Refusal> refused;
  const Result<std::vector<Entered>> entered = stage->EnterAll(events, Day(kNow), &refused);
  REQUIRE(entered);
  REQUIRE(entered->size() == 4);
  REQUIRE(refused.size() == 1);
  CHECK(refused.front().index == 2);
  CHECK(refused.front().error.code == Code::kNotFound);
  CHECK((*entered)[1].applied.changed);
  CHECK_FALSE((*entered)[2].applied.changed);
  CHECK((*entered)[3].applied.changed);
  const Result<std::vector<Entered>> none = stage->EnterAll(events, Day(5));
  CHECK_FALSE(none);  // the last is of the future, and without a list one refuses all
}

// --- Beyond the last hop

TEST_CASE("Rule12BeyondTheLastHopTheVerdictSaysSo") {
  LinkPolicy policy = PlainPolicy();
  policy.max_hops = 2;
  Stage stage(policy);
  Chain(stage);
  const auto text = [&](Values values) {
    const Verdict verdict = stage.Asks("new", values);
    CHECK(verdict.decision == Decision::kClear);
    REQUIRE(verdict.reasons.size() == 1);
    CHECK(verdict.reasons.front().because == Because::kNoLink);
    return verdict.reasons.front().text;
  };
  CHECK(text({"custom.strong=4"}).find("further away than 2 steps") != std::string::npos);
  CHECK(text({"custom.strong=77"}).find("Nothing") == 0);
  stage.Shows("lone", 1, {"custom.strong=9"});
  CHECK(text({"custom.strong=9"}).find("Nothing") == 0);
}

TEST_CASE("Rule8ALinkThatIsTooWeakIsNotNothing") {
  LinkPolicy policy = With("custom.weak", [](KindPolicy& kind) { kind.u = kind.m / 32; });
  Stage stage(policy);
  stage.Shows("a", 1, {"custom.weak=1"});
  stage.IsBanned("a", 9);
  const Verdict verdict = stage.Asks("new", {"custom.weak=1"});
  CHECK(verdict.decision == Decision::kClear);
  CHECK(verdict.links.size() == 1);
  CHECK(verdict.reasons.front().text.find("p:a") != std::string::npos);
}

}  // namespace
}  // namespace revenant

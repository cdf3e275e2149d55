// Certificates (DESIGN.md section 5, rule 13): what holds, what held then, what was erased;
// extracts and exports; the same bytes for the same verdict.

#include "revenant/certificate.h"

#include <doctest/doctest.h>

#include "registry/certificate_worlds.h"
#include "registry/link_worlds.h"
#include "registry/proof/certificate_format.h"

namespace revenant {
namespace {

// --- Holds ---

TEST_CASE("CertificateHoldsRightAfterItWasMade") {
  StoryWorld world;
  const Result<Certified> certified = world->Certify(Returner(), Day(kToday));
  REQUIRE(certified);
  CHECK(certified->verdict.decision == Decision::kBlock);
  CHECK(certified->verdict.links.size() == 2);
  for (const revenant::Enrol& application : {Returner(), Stranger()}) {
    const std::string certificate = Certify(world, application);
    const CertificateCheck by_store = Verify(world, certificate);
    CHECK_MESSAGE(by_store.outcome == CertificateOutcome::kHolds, Text(by_store));
    CHECK(by_store.complete);
    CHECK(by_store.differs.empty());
    for (const ExportScope scope : {ExportScope::kFacts, ExportScope::kLive}) {
      const auto by_export = VerifyBy(world.Export(scope), ExportExtent::kWhole, certificate);
      REQUIRE(by_export);
      CHECK_MESSAGE(by_export->outcome == CertificateOutcome::kHolds, Text(*by_export));
      CHECK(by_export->complete);
    }
  }
}

TEST_CASE("CertificateHoldsNoMatterWhatHappensElsewhere") {
  StoryWorld world;
  const std::string certificate = Certify(world, Returner());
  world.ApplyAll({Enrolled("other", 11, {Carry("pay.iban", 20)}),
                  Ban{Shop("other"), "c9", "fakes", Day(12)},
                  Withdraw{Shop("honest"), Print(7), "", Day(12)},
                  Forget{Shop("honest"), "asked for it", Day(13)}});
  const CertificateCheck check = Verify(world, certificate);
  CHECK_MESSAGE(check.outcome == CertificateOutcome::kHolds, Text(check));
}

// --- Held then ---

struct LaterCase {
  std::string name;
  std::vector<Event> events;
  CertificateOutcome outcome;
  const char* says;
  // The same where it was entered before the verdict, as far as facts alone can tell.
  CertificateOutcome timely = outcome;
};

TEST_CASE("WhatHappensLaterTellsHeldThenFromErasedAndFalse") {
  const LinkPolicy stricter = [] {
    LinkPolicy policy;
    policy.review = -1'000;
    return policy;
  }();
  const auto& held_then = CertificateOutcome::kHeldThen;
  const auto& is_false = CertificateOutcome::kFalse;
  const LaterCase cases[] = {
      {"an identifier is withdrawn",
       {Withdraw{Shop("old"), Print(1), "", Day(20)}},
       held_then,
       "withdrawn through"},
      {"one source withdraws it",
       {Withdraw{Shop("old"), Print(1), "form", Day(20)}},
       held_then,
       "withdrawn through"},
      {"the ban is lifted", {Reinstate{Shop("old"), "c1", false, Day(20)}}, held_then, "lifted"},
      {"all bans are lifted", {Reinstate{Shop("old"), "", true, Day(20)}}, held_then, "lifted"},
      {"lifted and set again",
       {Reinstate{Shop("old"), "c1", false, Day(20)}, Ban{Shop("old"), "c1", "fakes", Day(21)}},
       held_then,
       "set again"},
      {"the ban is given another date",
       {Ban{Shop("old"), "c1", "fakes", Day(21)}},
       held_then,
       "set again"},
      {"it is seen again", {Enrolled("old", 20, {Carry("pay.iban", 1)})}, held_then, "last seen"},
      {"it turns out to have been seen earlier",
       {Enrolled("old", 0, {Carry("pay.iban", 1)})},
       held_then,
       "first seen"},
      {"somebody else who has it is banned",
       {Enrolled("third", 11, {Carry("pay.iban", 1)}), Ban{Shop("third"), "c3", "fakes", Day(12)}},
       held_then,
       "left out, or new"},
      {"the policy changes", {SetPolicy{stricter}}, held_then, "policy"},
      {"the two turn out to be different people",
       {CannotLink{Shop("old"), Shop("mid"), Day(20)}},
       held_then,
       "today"},
      {"the applicant is let in",
       {Enrolled("new", 11, {Carry("pay.iban", 1)})},
       held_then,
       "today"},
      {"it becomes a hub",
       {Enrolled("h1", 11, {Carry("contact.phone", 3)}),
        Enrolled("h2", 11, {Carry("contact.phone", 3)})},
       held_then,
       "today"},
      {"the banned seller is forgotten",
       {Forget{Shop("old"), "a court said so", Day(20)}},
       CertificateOutcome::kErased,
       "forgotten"},
      {"the one between is forgotten",
       {Forget{Shop("mid"), "a court said so", Day(20)}},
       CertificateOutcome::kErased,
       "forgotten"},
      {"forgotten and lifted",
       {Reinstate{Shop("far"), "c2", false, Day(20)}, Forget{Shop("old"), "a court", Day(20)}},
       CertificateOutcome::kErased,
       "lifted"},
      {"withdrawn with a date before it",
       {Withdraw{Shop("old"), Print(1), "", Day(9)}},
       held_then,
       "withdrawn through",
       is_false},
      {"lifted with a date before it",
       {Reinstate{Shop("old"), "c1", false, Day(9)}},
       held_then,
       "lifted",
       is_false},
      {"found to be different people, dated before it",
       {CannotLink{Shop("mid"), Shop("far"), Day(9)}},
       held_then,
       "link to p:far",
       is_false},
  };
  for (const LaterCase& later : cases) {
    CAPTURE(later.name);
    StoryWorld world;
    const std::string certificate = Certify(world, Returner());
    world.ApplyAll(later.events);
    const CertificateCheck check = Verify(world, certificate);
    CHECK_MESSAGE(check.outcome == later.outcome, Text(check));
    CHECK_MESSAGE(Says(check, later.says), Text(check));
    const auto by_export =
        VerifyBy(world.Export(ExportScope::kFacts), ExportExtent::kWhole, certificate);
    REQUIRE(by_export);  // which does not say when anything was entered
    CHECK_MESSAGE(by_export->outcome == later.timely, Text(*by_export));
  }
}

TEST_CASE("Rule13WhatWasEnteredByThenContradictsACertificateThatLeavesItOut") {
  // Made of a state in which nothing was lifted or banned yet, though its own date is later.
  const auto outcome = [](const Event& left_out, const revenant::Enrol& application, int entered) {
    StoryWorld world;
    world.EnterOn(kToday - 1);
    world.Apply(Enrolled("twin", 8, {Carry("pay.iban", 9)}));
    const std::string certificate = Certify(world, application);
    world.EnterOn(entered);
    world.Apply(left_out);
    const CertificateCheck check = Verify(world, certificate);
    INFO(Text(check));
    if (entered > kToday) CHECK(Says(check, "entered after the verdict"));
    return check.outcome;
  };
  const auto& held_then = CertificateOutcome::kHeldThen;
  const auto& is_false = CertificateOutcome::kFalse;
  for (const Event& event : {Event(Reinstate{Shop("old"), "c1", false, Day(9)}),
                             Event(Reinstate{Shop("old"), "", true, Day(9)}),
                             Event(Withdraw{Shop("old"), Print(1), "", Day(9)}),
                             Event(Withdraw{Shop("old"), Print(1), "form", Day(9)}),
                             Event(CannotLink{Shop("mid"), Shop("far"), Day(9)})}) {
    CAPTURE(EventName(event));
    CHECK(outcome(event, Returner(), kToday - 1) == is_false);
    CHECK(outcome(event, Returner(), kToday + 1) == held_then);
  }
  for (const Event& event : {Event(Ban{Shop("twin"), "c3", "fakes", Day(9)}),
                             Event(Enrolled("far", 9, {Carry("pay.iban", 9)}))}) {
    CAPTURE(EventName(event));
    CHECK(outcome(event, Stranger(), kToday - 1) == is_false);
    CHECK(outcome(event, Stranger(), kToday + 1) == held_then);
  }
}

TEST_CASE("Rule13ARepeatedEntryIsNoLateOne") {
  StoryWorld world;
  const std::string certificate = Certify(world, Returner());
  world.EnterOn(kToday - 1);
  world.Apply(Reinstate{Shop("old"), "c1", false, Day(9)});
  world.EnterOn(kToday + 5);
  world.Apply(Reinstate{Shop("old"), "c1", false, Day(9)});  // says nothing new
  CHECK(Verify(world, certificate).outcome == CertificateOutcome::kFalse);
}

TEST_CASE("Rule13ADecisionInTheJournalTellsMoreThanTheClock") {
  // Everything within one moment: only the order of entries tells.
  StoryWorld world;
  world.EnterOn(kToday);
  const std::string certificate = Certify(world, Returner());
  SUBCASE("lifted after the decision") {
    REQUIRE(world->RecordDecision(certificate, "refused", {}));
    world.Apply(Reinstate{Shop("old"), "c1", false, Day(9)});
    CHECK(Verify(world, certificate).outcome == CertificateOutcome::kHeldThen);
  }
  SUBCASE("lifted before it") {
    world.Apply(Reinstate{Shop("old"), "c1", false, Day(9)});
    REQUIRE(world->RecordDecision(certificate, "refused", {}));
    CHECK(Verify(world, certificate).outcome == CertificateOutcome::kFalse);
  }
}

TEST_CASE("CitedFactsThatChangedStandInForThemselves") {
  // What a later withdrawal or ban hides, the certificate says, and nothing else is in doubt.
  const Event changes[] = {Withdraw{Shop("old"), Print(1), "", Day(20)},
                           Withdraw{Shop("old"), Print(1), "form", Day(20)},
                           Reinstate{Shop("old"), "c1", false, Day(20)},
                           Enrolled("old", 20, {Carry("pay.iban", 1)}),
                           Ban{Shop("old"), "c1", "fakes", Day(21)}};
  for (const Event& later : changes) {
    StoryWorld world;
    const std::string certificate = Certify(world, Returner());
    world.Apply(later);
    const CertificateCheck check = Verify(world, certificate);
    CHECK_MESSAGE(check.outcome == CertificateOutcome::kHeldThen, Text(check));
    CHECK_MESSAGE(check.complete, Text(check));
  }
}

TEST_CASE("ForgettingSomebodyOffThePathDoesNotMakeItFalse") {
  // A second way from the applicant to the ban, which the path shown does not take.
  StoryWorld world;
  world.Apply(Enrolled("aside", 2, {Carry("contact.email", 11), Carry("device.imei", 2)}));
  const std::string certificate =
      Certify(world, Applies("new", {Carry("pay.iban", 1), Carry("contact.email", 11)}));
  world.Apply(Forget{Shop("aside"), "asked for it", Day(20)});
  const CertificateCheck check = Verify(world, certificate);
  CHECK_MESSAGE(check.outcome == CertificateOutcome::kHeldThen, Text(check));
  CHECK(!check.complete);
  CHECK_MESSAGE(Says(check, "rests on 1 proofs, not 2"), Text(check));
}

TEST_CASE("ClearCertificateIsHeldAgainstTheDatesOfFacts") {
  const auto outcome = [](const std::vector<Event>& later) {
    StoryWorld world;
    const std::string certificate = Certify(world, Stranger());
    world.ApplyAll(later);
    const CertificateCheck check = Verify(world, certificate);
    INFO(Text(check));
    return check.outcome;
  };
  const revenant::Enrol twin = Enrolled("twin", 8, {Carry("pay.iban", 9)});
  CHECK(outcome({}) == CertificateOutcome::kHolds);
  CHECK(outcome({twin}) == CertificateOutcome::kHolds);
  CHECK(outcome({twin, Ban{Shop("twin"), "c3", "fakes", Day(11)}}) ==
        CertificateOutcome::kHeldThen);
  CHECK(outcome({twin, Ban{Shop("twin"), "c3", "fakes", Day(9)}}) ==
        CertificateOutcome::kHeldThen);  // entered later: the journal says so
}

// The same event at a later time.
Event Later(Event event, std::int64_t by) {
  const auto shift = [by](Time& time) {
    if (time.known()) time.micros += by;
  };
  std::visit(
      [&]<typename T>(T& what) {
        if constexpr (requires { what.at; }) shift(what.at);
        if constexpr (requires { what.seen; }) shift(what.seen);
        if constexpr (requires { what.through; }) shift(what.through);
      },
      event);
  return event;
}

// `back_dated`: what is entered later bears any date, not only a later one.
void CheckHonestCertificates(int histories_count, bool back_dated) {
  const std::uint64_t first = FirstSeed();
  int outcomes[4] = {};
  for (std::uint64_t seed = first; seed < first + static_cast<std::uint64_t>(histories_count);
       ++seed) {
    CAPTURE(seed);
    LinkHistories histories(seed);
    World world(histories.Policy());
    constexpr int kJudged = 9'000;  // after all that it draws
    world->ActAs({"", Day(kJudged - 1)});
    for (int i = 0; i < 40; ++i) world.Apply(histories.Draw());
    const int judged = back_dated ? kJudged : kToday;
    std::vector<std::string> certificates;
    for (int i = 0; i < 4; ++i) {
      certificates.push_back(Certify(world, histories.Application(), Day(judged)));
    }
    if (back_dated) world->ActAs({"", Day(kJudged + 1)});
    for (const std::string& certificate : certificates) {
      const CertificateCheck by_store = Verify(world, certificate);
      CHECK_MESSAGE(by_store.outcome == CertificateOutcome::kHolds, Text(by_store));
      CHECK(by_store.complete);
      for (const ExportScope scope : {ExportScope::kFacts, ExportScope::kLive}) {
        const auto check = VerifyBy(world.Export(scope), ExportExtent::kWhole, certificate);
        REQUIRE(check);
        CHECK_MESSAGE(check->outcome == CertificateOutcome::kHolds, Text(*check));
        CHECK(check->complete);
      }
    }
    const int later = 1 + histories.Below(12);
    for (int i = 0; i < later; ++i) {
      world.Apply(Later(histories.Draw(), back_dated ? 0 : 3'000 * kDay));
    }
    for (const std::string& certificate : certificates) {
      const CertificateCheck check = Verify(world, certificate);
      const bool fair = check.outcome == CertificateOutcome::kHolds ||
                        check.outcome == CertificateOutcome::kHeldThen;
      CHECK_MESSAGE(fair, Text(check));
      ++outcomes[static_cast<int>(check.outcome)];
    }
  }
  CHECK(outcomes[0] > histories_count / 6);  // both were met
  CHECK(outcomes[1] > histories_count / 6);
}

TEST_CASE("HonestCertificateHoldsAndNoLaterEventMakesItFalse") {
  CheckHonestCertificates(Scaled(12), false);
}
TEST_CASE("Rule13NothingEnteredLaterMakesAnHonestCertificateFalse") {
  CheckHonestCertificates(Scaled(12), true);
}

// --- Extracts and exports ---

TEST_CASE("ExtractProvesAPathAndNoMore") {
  StoryWorld world;
  const std::string certificate = Certify(world, Returner());
  const std::string named = Extract(world, {"old", "mid", "far"});
  auto check = VerifyBy(named, ExportExtent::kExtract, certificate);
  REQUIRE(check);
  CHECK_MESSAGE(check->outcome == CertificateOutcome::kHolds, Text(*check));
  CHECK(!check->complete);

  // What leaves a seller out cannot say that it was never there.
  check = VerifyBy(Extract(world, {"old"}), ExportExtent::kExtract, certificate);
  REQUIRE(!check);
  CHECK(check.error().code == Code::kNotFound);
  check = VerifyBy(Extract(world, {"old"}), ExportExtent::kWhole, certificate);
  REQUIRE(check);
  CHECK(check->outcome == CertificateOutcome::kFalse);

  // Nor can it show that there is nothing.
  check = VerifyBy(named, ExportExtent::kExtract, Certify(world, Stranger()));
  REQUIRE(!check);
  CHECK(check.error().code == Code::kNotFound);

  world.Apply(Withdraw{Shop("old"), Print(1), "", Day(20)});
  check = VerifyBy(Extract(world, {"old", "mid", "far"}), ExportExtent::kExtract, certificate);
  REQUIRE(check);
  CHECK(check->outcome == CertificateOutcome::kHeldThen);
  CHECK(!check->complete);

  world.Apply(Withdraw{Shop("far"), Print(5), "", Day(9)});
  check = VerifyBy(Extract(world, {"old", "mid", "far"}), ExportExtent::kExtract, certificate);
  REQUIRE(check);
  CHECK(check->outcome == CertificateOutcome::kFalse);
}

TEST_CASE("TombstoneInAnExtractTellsErasedFromLeftOut") {
  StoryWorld world;
  const std::string certificate = Certify(world, Returner());
  world.Apply(Forget{Shop("old"), "a court said so", Day(20)});
  const std::string all = world.Export(ExportScope::kFacts);
  const std::string tombstones = all.substr(all.find("{\"v\":1,\"forgotten\""));
  const std::string named = Extract(world, {"mid", "far"});
  auto check = VerifyBy(named + tombstones, ExportExtent::kExtract, certificate);
  REQUIRE(check);
  CHECK(check->outcome == CertificateOutcome::kErased);
  check = VerifyBy(named, ExportExtent::kExtract, certificate);
  REQUIRE(!check);
  CHECK(check.error().code == Code::kNotFound);
}

TEST_CASE("LiveExportDoesNotAccuse") {
  StoryWorld world;
  const std::string certificate = Certify(world, Returner());
  world.Apply(Reinstate{Shop("old"), "c1", false, Day(20)});
  const auto check = VerifyBy(world.Export(ExportScope::kLive), ExportExtent::kWhole, certificate);
  REQUIRE(!check);
  CHECK(check.error().code == Code::kNotFound);
  CHECK(check.error().message.find("--facts") != std::string::npos);
}

TEST_CASE("WhatIsNoExportIsRefusedWithItsLine") {
  StoryWorld world;
  const std::string certificate = Certify(world, Returner());
  const std::string facts = world.Export(ExportScope::kFacts);
  const std::string live = world.Export(ExportScope::kLive);
  const std::string seller = Extract(world, {"old"});
  const std::pair<std::string, std::string> cases[] = {
      {"not JSON", facts + "nonsense\n"},
      {"a list", facts + "[]\n"},
      {"a number", facts + "7\n"},
      {"an empty object", facts + "{}\n"},
      {"a seller twice", facts + seller},
      {"two scopes", facts + live},
      {"a broken fingerprint",
       facts +
           "{\"v\":1,\"platform\":\"p\",\"seller\":\"z\",\"status\":\"active\",\"observations\":"
           "[{\"root\":\"12\",\"identifiers\":[]}],\"bans\":[],\"infringements\":[],"
           "\"cannot_link\":[]}\n"},
      {"a broken time",
       facts +
           "{\"v\":1,\"platform\":\"p\",\"seller\":\"z\",\"status\":\"active\",\"since\":\"no\","
           "\"observations\":[],\"bans\":[],\"infringements\":[],\"cannot_link\":[]}\n"},
      {"an unknown status",
       facts +
           "{\"v\":1,\"platform\":\"p\",\"seller\":\"z\",\"status\":\"king\",\"observations\":[],"
           "\"bans\":[],\"infringements\":[],\"cannot_link\":[]}\n"},
      {"a broken tombstone", facts + "{\"v\":1,\"forgotten\":7}\n"},
      {"deep brackets", facts + std::string(1'000'000, '[') + "\n"},
  };
  for (const auto& [name, lines] : cases) {
    CAPTURE(name);
    const auto check = VerifyBy(lines, ExportExtent::kWhole, certificate);
    REQUIRE(!check);
    CHECK(check.error().code == Code::kInvalidArgument);
    CHECK(check.error().message.find("line ") != std::string::npos);
  }
  const auto failing = []() -> Result<std::string> { return Error{Code::kIo, "disk"}; };
  const auto check = VerifyCertificateAgainstExport(failing, ExportExtent::kWhole, certificate);
  REQUIRE(!check);
  CHECK(check.error().code == Code::kIo);
}

TEST_CASE("ExportCutAnywhereNeitherCrashesNorHolds") {
  StoryWorld world;
  const std::string certificate = Certify(world, Returner());
  const std::string facts = world.Export(ExportScope::kFacts);
  for (std::size_t size = 0; size < facts.size() - 1; size += 3) {
    CAPTURE(size);
    const auto check = VerifyBy(facts.substr(0, size), ExportExtent::kWhole, certificate);
    // All that matters may stand before the cut.
    if (check && size < facts.find("\"old\"")) {
      CHECK(check->outcome == CertificateOutcome::kFalse);
    }
  }
}

// --- Determinism ---

TEST_CASE("SameVerdictGivesTheSameBytesInAnyOrderOfEvents") {
  const std::uint64_t first = FirstSeed();
  for (std::uint64_t seed = first; seed < first + static_cast<std::uint64_t>(Scaled(10)); ++seed) {
    CAPTURE(seed);
    LinkHistories histories(seed);
    const LinkPolicy policy = histories.Policy();
    std::vector<Event> events;
    for (int i = 0; i < 40; ++i) events.push_back(histories.Draw());
    World straight(policy), shuffled(policy);
    straight.ApplyAll(events);
    std::shuffle(events.begin(), events.end(), std::mt19937_64(seed));
    shuffled.ApplyAll(events);
    for (int i = 0; i < 3; ++i) {
      revenant::Enrol application = histories.Application();
      const std::string certificate = Certify(straight, application);
      CHECK(Certify(straight, application) == certificate);
      std::reverse(application.attributes.begin(), application.attributes.end());
      application.attributes.push_back(application.attributes.front());
      CHECK(Certify(shuffled, application) == certificate);
    }
  }
}

TEST_CASE("PolicyOfACertificateSpellsOutItsKinds") {
  revenant::Enrol application = Stranger();
  int number = 30;
  for (const KindInfo& kind : Kinds()) {
    if (kind.name != "custom.*") {
      application.attributes.push_back(Carry(std::string(kind.name).c_str(), ++number));
    }
  }
  application.attributes.push_back(Carry("custom.loyalty-card", ++number));
  application.attributes.push_back(Carry("no.such_kind", ++number));
  StoryWorld world;
  const std::string bytes = Certify(world, application);
  const Result<certified::Certificate> certificate = certified::Decode(bytes);
  REQUIRE(certificate);
  for (const certified::Kind& kind : certificate->kinds) {
    CAPTURE(kind.name);
    const bool spelled =
        certificate->policy.toml.find("[kind.\"" + kind.name + "\"]") != std::string::npos;
    CHECK(spelled == (FindKind(kind.name) != nullptr));
  }
  CHECK(Verify(world, bytes).outcome == CertificateOutcome::kHolds);
}

TEST_CASE("TimesOffTheCalendarAreNotCertified") {
  StoryWorld world;
  const Result<Certified> certified = world->Certify(Returner(), Time{INT64_MAX});
  REQUIRE(!certified);
  CHECK(certified.error().code == Code::kInvalidArgument);
}

TEST_SUITE("slow") {
  TEST_CASE("HonestCertificatesOfManyHistories") { CheckHonestCertificates(Scaled(400), false); }
  TEST_CASE("HonestCertificatesAndWhatWasEnteredLate") {
    CheckHonestCertificates(Scaled(400), true);
  }
}

}  // namespace
}  // namespace revenant

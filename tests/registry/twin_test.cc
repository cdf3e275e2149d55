// Random histories: the registry against the naive twin (tests/registry/twin.h). Every failure
// prints its seed.

#include "registry/twin.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "registry/worlds.h"

namespace revenant {
namespace {

void CheckEqual(World& world, const Twin& twin) {
  CHECK(world.Export() == twin.Export());
  const Result<Stats> stats = world->GetStats();
  REQUIRE(stats);
  const Stats wanted = twin.GetStats();
  CHECK(stats->sellers == wanted.sellers);
  CHECK(stats->observations == wanted.observations);
  CHECK(stats->fingerprints == wanted.fingerprints);
  CHECK(stats->clusters == wanted.clusters);
  CHECK(stats->linked_clusters == wanted.linked_clusters);
  CHECK(stats->largest_cluster == wanted.largest_cluster);
  CHECK(stats->hubs == wanted.hubs);
  CHECK(stats->banned == wanted.banned);
}

std::vector<Event> DrawHistory(Histories& histories, int length) {
  std::vector<Event> events;
  for (int i = 0; i < length; ++i) events.push_back(histories.Draw());
  return events;
}

TEST_CASE("EveryStepOfARandomHistoryEqualsTheTwin") {
  const std::uint64_t first = FirstSeed();
  for (std::uint64_t seed = first; seed < first + static_cast<std::uint64_t>(Scaled(60)); ++seed) {
    CAPTURE(seed);
    Histories histories(seed);
    World world(TightPolicy());
    Twin twin(TightPolicy());
    for (int step = 0; step < 60; ++step) {
      CAPTURE(step);
      const Event event = histories.Draw();
      world.Apply(event);
      twin.Apply(event);
      CheckEqual(world, twin);
    }
    world.CheckSound();
  }
}

TEST_CASE("AnyOrderOfAHistoryGivesTheSameExport") {
  const std::uint64_t first = FirstSeed();
  for (std::uint64_t seed = first; seed < first + static_cast<std::uint64_t>(Scaled(40)); ++seed) {
    CAPTURE(seed);
    Histories histories(seed, 9, 10);
    std::vector<Event> events = DrawHistory(histories, 120);
    World straight(TightPolicy());
    for (const Event& event : events) straight.Apply(event);
    std::shuffle(events.begin(), events.end(), histories.random());
    const std::vector<Event> repeats(events.begin(), events.begin() + 40);
    events.insert(events.end(), repeats.begin(), repeats.end());
    World shuffled(TightPolicy());
    shuffled.ApplyAll(events);
    CHECK(straight.Export() == shuffled.Export());
    CHECK(straight.Export(ExportScope::kFacts) == shuffled.Export(ExportScope::kFacts));
    shuffled.CheckSound();
  }
}

TEST_CASE("WithdrawingHalfOfTheObservationsEqualsTheTwin") {
  const std::uint64_t first = FirstSeed();
  for (std::uint64_t seed = first; seed < first + static_cast<std::uint64_t>(Scaled(20)); ++seed) {
    CAPTURE(seed);
    Histories histories(seed, 24, 30);
    World world(TightPolicy());
    Twin twin(TightPolicy());
    std::vector<Withdraw> withdrawals;
    for (const Event& event : DrawHistory(histories, 200)) {
      world.Apply(event);
      twin.Apply(event);
      if (const auto* enrol = std::get_if<Enrol>(&event)) {
        for (const KeyedAttribute& attribute : enrol->attributes) {
          withdrawals.push_back({enrol->seller, attribute.root, "", Time{50'000'000}});
        }
      }
    }
    std::shuffle(withdrawals.begin(), withdrawals.end(), histories.random());
    withdrawals.resize(withdrawals.size() / 2);
    for (std::size_t i = 0; i < withdrawals.size(); ++i) {
      world.Apply(withdrawals[i]);
      twin.Apply(withdrawals[i]);
      if (i % 10 == 0) CheckEqual(world, twin);
    }
    CheckEqual(world, twin);
    world.CheckSound();
  }
}

TEST_CASE("AlertsNameEverybodyWhomAnEventLinkedToABanOrFreed") {
  const std::uint64_t first = FirstSeed();
  for (std::uint64_t seed = first; seed < first + static_cast<std::uint64_t>(Scaled(60)); ++seed) {
    CAPTURE(seed);
    Histories histories(seed);
    World world(TightPolicy());
    Twin twin(TightPolicy());
    std::uint64_t read = 0;
    for (int step = 0; step < 80; ++step) {
      CAPTURE(step);
      const Event event = histories.Draw();
      const std::set<SellerName> before = twin.Linked();
      auto others_before = twin.OthersInfringements();
      twin.Apply(event);
      const std::set<SellerName> after = twin.Linked();
      auto others_after = twin.OthersInfringements();
      std::set<std::pair<SellerName, bool>> wanted, told;
      std::set<SellerName> sanctions_wanted, sanctions_told;
      for (const auto& [name, seller] : twin.sellers()) {
        if (others_before[name] != others_after[name]) sanctions_wanted.insert(name);
      }
      for (const SellerName& name : before) {
        if (!after.contains(name)) wanted.emplace(name, false);
      }
      for (const SellerName& name : after) {
        if (!before.contains(name)) wanted.emplace(name, true);
      }
      const Result<Applied> applied = world->Apply(event);
      REQUIRE(applied);
      const Result<std::vector<Alert>> alerts = world->Alerts(read, 1000);
      REQUIRE(alerts);
      for (const Alert& alert : *alerts) {
        CHECK(alert.number == ++read);
        CHECK(alert.event == EventName(event));
        if (alert.sanctions) {
          sanctions_told.insert(alert.seller);
        } else {
          told.emplace(alert.seller, alert.linked);
        }
      }
      CHECK(applied->new_alerts == alerts->size());
      REQUIRE(told == wanted);
      REQUIRE(sanctions_told == sanctions_wanted);
    }
  }
}

TEST_CASE("AlertsAreAcknowledgedForwardOnly") {
  World world(TightPolicy());
  for (const char* name : {"a", "b"}) {
    world.Apply(Enrol{{"p", name},
                      SellerStatus::kActive,
                      "",
                      Time{1},
                      {{Histories::FingerprintOf(0), {Histories::Identifier(0)}}}});
  }
  world.Apply(Ban{{"p", "a"}, "c1", "fakes", Time{2}});
  world.Apply(Reinstate{{"p", "a"}, "c1", false, Time{3}});
  const Result<std::vector<Alert>> alerts = world->Alerts(0, 10);
  REQUIRE(alerts);
  REQUIRE(alerts->size() == 2);
  CHECK(alerts->at(0).linked);
  CHECK(alerts->at(0).seller == SellerName{"p", "b"});
  CHECK(alerts->at(0).cause == SellerName{"p", "a"});
  CHECK_FALSE(alerts->at(1).linked);
  CHECK(*world->AcknowledgedAlerts() == 0);
  CHECK(world->AcknowledgeAlerts(2));
  CHECK(world->AcknowledgeAlerts(1));
  CHECK(*world->AcknowledgedAlerts() == 2);
  const Result<void> beyond = world->AcknowledgeAlerts(3);
  REQUIRE_FALSE(beyond);
  CHECK(beyond.error().code == Code::kInvalidArgument);
}

TEST_CASE("AddingAnObservationAndWithdrawingItRestoresTheExport") {
  for (std::uint64_t seed = FirstSeed(); seed < FirstSeed() + 40; ++seed) {
    CAPTURE(seed);
    Histories histories(seed);
    World world(TightPolicy());
    for (const Event& event : DrawHistory(histories, 80)) world.Apply(event);
    const std::string before = world.Export();
    for (int n = 100; n < 110; ++n) {  // roots that the state lacks, identifiers that it has
      Enrol enrol{histories.Seller(), SellerStatus::kMentioned, "s3", histories.When(), {}};
      enrol.attributes.push_back(
          {Histories::FingerprintOf(n),
           {Histories::Identifier(n), Histories::Identifier(histories.Below(8))}});
      world.Apply(enrol);
      world.Apply(Withdraw{enrol.seller, Histories::FingerprintOf(n), "", Time{60'000'000}});
      CHECK(world.Export() == before);
    }
    world.CheckSound();
  }
}

TEST_CASE("ForgettingLeavesTheHistoryWithoutTheSeller") {
  for (std::uint64_t seed = FirstSeed(); seed < FirstSeed() + 20; ++seed) {
    CAPTURE(seed);
    Histories histories(seed);
    World world(TightPolicy());
    Twin twin(TightPolicy());
    for (const Event& event : DrawHistory(histories, 80)) {
      world.Apply(event);
      twin.Apply(event);
    }
    const SellerName gone = twin.sellers().begin()->first;
    const Forget forget{gone, "court order", Time{1'000'000}};
    world.Apply(forget);
    twin.Apply(forget);
    CheckEqual(world, twin);
    world.CheckSound();
    const Result<Applied> again =
        world->Apply(Enrol{gone, SellerStatus::kActive, "", Time::Unknown(), {}});
    REQUIRE_FALSE(again);
    CHECK(again.error().code == Code::kConflict);
    CHECK(world.Export() == twin.Export());
  }
}

TEST_CASE("ChangingThePolicyJudgesEverythingAnew") {
  for (std::uint64_t seed = FirstSeed(); seed < FirstSeed() + 20; ++seed) {
    CAPTURE(seed);
    Histories histories(seed);
    World world(TightPolicy());
    LinkPolicy loose = TightPolicy();
    KindPolicy strong = loose.For("custom.strong");
    strong.fanout_limit = 5;
    strong.carry_limit = 5;
    loose.Set("custom.strong", strong);
    Twin twin(loose);
    for (const Event& event : DrawHistory(histories, 80)) {
      world.Apply(event);
      twin.Apply(event);
    }
    world.Apply(SetPolicy{loose});
    CheckEqual(world, twin);
    for (const Event& event : DrawHistory(histories, 40)) {
      world.Apply(event);
      twin.Apply(event);
    }
    CheckEqual(world, twin);
    world.CheckSound();
  }
}

}  // namespace
}  // namespace revenant

// Many threads: any interleaving of writers gives the same state, and readers see whole events.

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "registry/twin.h"
#include "registry/worlds.h"

namespace revenant {
namespace {

// Applies the events from so many threads; how many changed something.
std::uint64_t ApplyFromThreads(World& world, const std::vector<Event>& events,
                               std::size_t threads) {
  std::atomic<std::uint64_t> failed = 0, changed = 0;
  std::vector<std::thread> writers;
  for (std::size_t t = 0; t < threads; ++t) {
    writers.emplace_back([&, t] {
      for (std::size_t i = t; i < events.size(); i += threads) {
        const Result<Applied> applied = world->Apply(events[i]);
        failed += !applied;
        changed += applied && applied->changed;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  CHECK(failed == 0);
  return changed;
}

TEST_CASE("AnyInterleavingOfWritersGivesTheSameExport") {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    CAPTURE(seed);
    Histories histories(seed, 10, 12);
    std::vector<Event> events;
    for (int i = 0; i < 300; ++i) events.push_back(histories.Draw());
    World straight(TightPolicy());
    straight.ApplyAll(events);
    const std::size_t threads = 2 + seed;  // 3 to 8
    World shared(TightPolicy());
    ApplyFromThreads(shared, events, threads);
    CHECK(shared.Export() == straight.Export());
    shared.CheckSound();
  }
}

TEST_CASE("AScreenSeesTheStateBeforeOrAfterAnEventNeverBetween") {
  World world(TightPolicy());
  const SellerName banned{"p", "banned"};
  world.Apply(Enrol{banned,
                    SellerStatus::kActive,
                    "",
                    Time{1},
                    {{Histories::FingerprintOf(0), {Histories::Identifier(0)}}}});
  world.Apply(Ban{banned, "c1", "fakes", Time{2}});
  // One event gives the go-between both identifiers, one takes the first away: with both there is
  // a path of two hops, with either alone there is none. Each is there in every other state only.
  const SellerName between{"p", "between"};
  const KeyedAttribute old_card{Histories::FingerprintOf(0), {Histories::Identifier(0)}};
  const KeyedAttribute new_card{Histories::FingerprintOf(4), {Histories::Identifier(4)}};
  Enrol application{{"p", "applicant"}, SellerStatus::kApplicant, "", Time::Unknown(), {new_card}};
  std::atomic<bool> done = false;
  std::atomic<int> linked = 0, clear = 0, torn = 0;
  std::vector<std::thread> readers;
  for (int t = 0; t < 3; ++t) {
    readers.emplace_back([&] {
      while (!done) {
        const Result<Verdict> verdict = world->Screen(application, Time{99});
        if (!verdict) {
          ++torn;
          continue;
        }
        if (verdict->links.empty()) {
          ++clear;
        } else if (verdict->links.size() == 1 && verdict->links[0].path.size() == 2) {
          ++linked;
        } else {
          ++torn;
        }
      }
    });
  }
  std::int64_t now = 10;
  for (int i = 0; i < 400 || linked == 0 || clear == 0; ++i) {
    world.Apply(Enrol{between, SellerStatus::kActive, "", Time{now++}, {old_card, new_card}});
    const std::vector<Event> gone = {Withdraw{between, old_card.root, "", Time{now}},
                                     Withdraw{between, new_card.root, "", Time{now}}};
    world.ApplyAll(gone);
    ++now;
    if (i > 100'000) break;
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  CHECK(torn == 0);
  CHECK(linked > 0);
  CHECK(clear > 0);
}

TEST_SUITE("slow") {
  TEST_CASE("LongHistoriesInAnyOrderFromManyThreadsEqualTheTwin") {
    const std::uint64_t first = FirstSeed(), last = first + static_cast<std::uint64_t>(Scaled(10));
    std::uint64_t events = 0, changed = 0;
    for (std::uint64_t seed = first; seed < last; ++seed) {
      CAPTURE(seed);
      Histories histories(seed, 3 + static_cast<int>(seed % 20), 4 + static_cast<int>(seed % 27));
      Twin twin(TightPolicy());
      World world(TightPolicy());
      for (std::size_t part = 0; part < 20; ++part) {
        std::vector<Event> history;
        for (int i = 0; i < 100; ++i) history.push_back(histories.Draw());
        for (const Event& event : history) twin.Apply(event);
        std::shuffle(history.begin(), history.end(), histories.random());
        changed += ApplyFromThreads(world, history, 2 + (seed + part) % 7);
        events += history.size();
        REQUIRE(world.Export() == twin.Export());
        histories.GoOn();
      }
      world.CheckSound();
    }
    MESSAGE(events, " events, of which ", changed, " changed something");
    CHECK(changed * 4 > events);
  }
}

}  // namespace
}  // namespace revenant

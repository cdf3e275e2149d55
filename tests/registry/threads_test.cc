// Many threads: any interleaving of writers gives the same state, and readers see whole events.

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "registry/worlds.h"

namespace revenant {
namespace {

TEST_CASE("AnyInterleavingOfWritersGivesTheSameExport") {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    CAPTURE(seed);
    Histories histories(seed, 10, 12);
    std::vector<Event> events;
    for (int i = 0; i < 300; ++i) events.push_back(histories.Draw());
    World straight(TightPolicy());
    straight.ApplyAll(events);
    const int threads = 2 + static_cast<int>(seed);  // 3 to 8
    World shared(TightPolicy());
    std::atomic<int> failed = 0;
    std::vector<std::thread> writers;
    for (int t = 0; t < threads; ++t) {
      writers.emplace_back([&, t] {
        for (std::size_t i = static_cast<std::size_t>(t); i < events.size();
             i += static_cast<std::size_t>(threads)) {
          failed += !shared->Apply(events[i]).has_value();
        }
      });
    }
    for (std::thread& writer : writers) writer.join();
    CHECK(failed == 0);
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

}  // namespace
}  // namespace revenant

// Rows in memory never make a verdict: with them and without they are the same, over random
// histories, before and after what they hold is written, and beside a writer. Every failure prints
// its seed; REVENANT_SEQUENCES multiplies the histories, REVENANT_SEED moves them.

#include "registry/answer/row_table.h"

#include <doctest/doctest.h>
#include <rocksdb/env.h>

#include <atomic>
#include <concepts>
#include <functional>
#include <string>
#include <thread>

#include "registry/answer/screening.h"
#include "registry/handle.h"
#include "registry/link_worlds.h"
#include "registry/stage.h"
#include "revenant/screener.h"
#include "util/bytes.h"

namespace revenant {
namespace {

constexpr std::uint64_t kMuch = std::uint64_t{64} << 20;

// A store on a disk of memory, with rows in memory beside it.
class Remembering {
 public:
  explicit Remembering(const LinkPolicy& policy, std::uint64_t in_memory_bytes = kMuch)
      : env_(rocksdb::NewMemEnv(rocksdb::Env::Default())) {
    Store::Options options;
    options.mode = Store::Mode::kCreate;
    options.env = env_.get();
    options.cache_bytes = std::size_t{1} << 20;
    options.count_reads = true;
    Result<std::unique_ptr<Registry>> made =
        OpenRegistry("/world", TestKey(), options, &policy, {}, in_memory_bytes);
    if (!made) FAIL(made.error().message);
    registry_ = std::move(*made);
  }

  void Apply(const Event& event) { ApplyAll({event}); }
  void ApplyAll(const std::vector<Event>& events) {
    const Result<std::vector<Applied>> applied = registry_->ApplyAll(events);
    if (!applied) FAIL(applied.error().message);
  }
  // Takes all rows up again. A policy, be it the same, drops those that there are.
  void Refill() {
    Apply(SetPolicy{registry_->policy()});
    REQUIRE(registry_->WarmUp());
    REQUIRE(inner().gate.Read()->rows);
  }
  std::uint64_t reads() const { return inner().store->PointReads(); }
  Serving& inner() const { return Inside(*registry_); }
  Registry* operator->() const { return registry_.get(); }
  Registry& operator*() const { return *registry_; }

 private:
  std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<Registry> registry_;
};

// All that a verdict says, as text.
class Said {
 public:
  explicit Said(const Verdict& verdict) {
    Add(verdict.seller, static_cast<int>(verdict.decision), verdict.identifiers, verdict.cut_short,
        verdict.as_of);
    for (const Reason& reason : verdict.reasons) {
      Add(static_cast<int>(reason.because), reason.seller, reason.other, reason.text);
    }
    for (const Link& link : verdict.links) {
      Add(link.seller, link.strength, link.blame_strength, link.redundancy, link.banned,
          link.banned_at, link.ban_reason, link.ban_case);
      Add(link.path);
      for (const std::vector<Hop>& path : link.runners_up) Add("or", path);
    }
  }
  const std::string& text() const { return text_; }

 private:
  template <typename... Parts>
  void Add(const Parts&... parts) {
    (Put(parts), ...);
  }
  void Put(std::string_view text) { text_.append(text).push_back('|'); }
  template <std::integral Number>
  void Put(Number number) {
    Put(std::string_view(std::to_string(number)));
  }
  void Put(Time time) { Put(time.micros); }
  void Put(const SellerName& name) { Put(name.ToString()); }
  void Put(const Sighting& sighting) {
    Add(sighting.first, sighting.last);
    for (const std::string& source : sighting.sources) Put(source);
  }
  void Put(const std::vector<Hop>& path) {
    for (const Hop& hop : path) {
      Add("hop", hop.from, hop.to, hop.weight, hop.blame_weight, hop.forbidden);
      for (const SharedIdentifier& shared : hop.shared) {
        Add(shared.kind, shared.fingerprint.ToHex(), shared.weight, shared.makes_hop,
            shared.from_is_later, shared.from, shared.to);
      }
    }
  }

  std::string text_;
};

// What the store alone says.
std::string Plainly(const Remembering& world, const Enrol& application) {
  const std::unique_ptr<View> view = world.inner().store->Snapshot();
  const Result<Verdict> verdict =
      Screening(*view, *world.inner().gate.policy()).Run(application, Time{1});
  REQUIRE(verdict);
  return Said(*verdict).text();
}

struct Tally {
  int suspects = 0, without_a_read = 0;
};

void CheckScreen(const Remembering& world, Screener& screener, const Enrol& application,
                 Tally& tally) {
  const std::uint64_t before = world.reads();
  const Result<const Verdict*> verdict = screener.Screen(application, Time{1});
  const bool asked = world.reads() != before;
  REQUIRE(verdict);
  CHECK(Said(**verdict).text() == Plainly(world, application));
  if ((*verdict)->decision == Decision::kClear) return;
  ++tally.suspects;
  tally.without_a_read += !asked;
}

TEST_CASE("RowsInMemoryNeverChangeAVerdict") {
  const std::uint64_t first = FirstSeed(), last = first + static_cast<std::uint64_t>(Scaled(30));
  Tally fresh, worn;
  for (std::uint64_t seed = first; seed < last; ++seed) {
    CAPTURE(seed);
    LinkHistories histories(seed);
    LinkPolicy policy = histories.Policy();
    if (seed % 3 == 0) policy.search_budget = 1 + static_cast<std::uint32_t>(seed % 9);
    Remembering world(policy);
    Screener screener(*world);
    const auto check = [&](Tally& tally) {
      for (int i = 0; i < 3; ++i) CheckScreen(world, screener, histories.Application(), tally);
      for (int n = 0; n < LinkHistories::kIdentifierCount; ++n) {
        CAPTURE(n);
        const Enrol alone{
            {"p", "new"}, SellerStatus::kApplicant, "form", Time{1}, {histories.Carrying(n)}};
        CheckScreen(world, screener, alone, tally);
      }
    };
    for (int step = 0; step < 25; ++step) world.Apply(histories.Draw());
    for (int round = 0; round < 4; ++round) {
      CAPTURE(round);
      world.Refill();
      check(fresh);
      for (int step = 0; step < 6; ++step) {
        CAPTURE(step);
        world.Apply(histories.Draw());
        check(worn);
      }
    }
  }
  MESSAGE("suspects ", fresh.suspects, ", without a read ", fresh.without_a_read, "; after writes ",
          worn.suspects, ", without a read ", worn.without_a_read);
  CHECK(fresh.suspects > 200);
  CHECK(fresh.without_a_read * 10 > fresh.suspects * 3);  // the others have accounts, or findings
  CHECK(worn.without_a_read > 0);
  CHECK(worn.without_a_read < worn.suspects);
}

TEST_CASE("ASuspectCostsNoReadUntilWhatLedToItIsWritten") {
  Remembering world(PlainPolicy());
  const KeyedAttribute one{Histories::FingerprintOf(0), {Histories::Identifier(0)}};
  const KeyedAttribute two{Histories::FingerprintOf(2), {Histories::Identifier(2)}};
  world.Apply(Enrol{Shop("a"), SellerStatus::kActive, "", Day(1), {one}});
  world.Apply(Enrol{Shop("b"), SellerStatus::kActive, "", Day(2), {one}});
  world.Apply(Ban{Shop("a"), "c", "fakes", Day(3)});
  world.Refill();
  const Enrol application{Shop("new"), SellerStatus::kApplicant, "", Day(9), {one, two}};
  Screener screener(*world);
  const auto screens = [&](Decision decision) {
    const std::uint64_t before = world.reads();
    const Result<const Verdict*> verdict = screener.Screen(application, Day(9));
    REQUIRE(verdict);
    CHECK(DecisionName((*verdict)->decision) == DecisionName(decision));
    return world.reads() - before;
  };
  CHECK(screens(Decision::kBlock) == 0);
  // Somebody else entirely: nothing of it is in memory.
  world.Apply(Enrol{Shop("z"),
                    SellerStatus::kActive,
                    "",
                    Day(4),
                    {{Histories::FingerprintOf(4), {Histories::Identifier(4)}}}});
  CHECK(screens(Decision::kBlock) == 0);
  // The application's other identifier, which nobody carried.
  world.Apply(Enrol{Shop("y"), SellerStatus::kActive, "", Day(5), {two}});
  CHECK(screens(Decision::kBlock) > 0);
  world.Refill();
  world.Apply(Reinstate{Shop("a"), "", true, Day(6)});
  CHECK(screens(Decision::kClear) > 0);
}

TEST_CASE("WhatDoesNotFitInMemoryIsReadFromTheStore") {
  Remembering world(PlainPolicy(), 1);
  const KeyedAttribute one{Histories::FingerprintOf(0), {Histories::Identifier(0)}};
  world.Apply(Enrol{Shop("a"), SellerStatus::kActive, "", Day(1), {one}});
  world.Apply(Ban{Shop("a"), "c", "fakes", Day(3)});
  world.Refill();
  const Result<Verdict> verdict =
      world->Screen(Enrol{Shop("new"), SellerStatus::kApplicant, "", Day(9), {one}}, Day(9));
  REQUIRE(verdict);
  CHECK(verdict->decision == Decision::kBlock);
}

TEST_CASE("AMarkedRowIsTheStoresToTell") {
  RowTable rows(kMuch, 10);
  const std::string seller(8, 's'), other(8, 'o');
  rows.Put(RowTable::What::kRow, Table::kSellers, seller, "\1abc");
  rows.Put(RowTable::What::kRow, Table::kComponents, seller, "\1xyz");
  rows.Put(RowTable::What::kRows, Table::kCases, seller + '\1', "many");
  rows.PutFingerprint(Histories::FingerprintOf(1));
  rows.Finish();
  CHECK(rows.entries() == 3);
  CHECK(rows.Find(RowTable::What::kRow, Table::kSellers, seller) == "\1abc");
  CHECK_FALSE(rows.Find(RowTable::What::kRow, Table::kSellers, other));
  CHECK_FALSE(rows.Find(RowTable::What::kRows, Table::kSellers, seller));
  CHECK(rows.MayHave(Histories::FingerprintOf(1)));
  CHECK_FALSE(rows.MayHave(Histories::FingerprintOf(2)));
  RowTouches touches;
  touches.Add(Table::kSellers, other);
  touches.Add(Table::kCases, seller + "\2x");  // of another type
  touches.Add(Table::kMeta, seller);
  rows.Mark(touches);
  CHECK(rows.marked() == 0);
  touches.Add(Table::kSellers, seller);
  touches.Add(Table::kCases, seller + '\1' + "some case");
  touches.Add(Table::kFingerprints, AsView(Histories::FingerprintOf(2).bytes));
  rows.Mark(touches);
  CHECK(rows.marked() == 2);
  CHECK_FALSE(rows.Find(RowTable::What::kRow, Table::kSellers, seller));
  CHECK_FALSE(rows.Find(RowTable::What::kRows, Table::kCases, seller + '\1'));
  CHECK(rows.Find(RowTable::What::kRow, Table::kComponents, seller) == "\1xyz");
  CHECK(rows.MayHave(Histories::FingerprintOf(2)));
  rows.Mark(touches);
  CHECK(rows.marked() == 2);  // once is enough
}

// Readers that screen while `write` turns the registry this way and that, and its rows are taken up
// again and again: does every one of them come to `decision`?
bool AlwaysSays(Remembering& world, const Enrol& application, Decision decision,
                const std::function<void(int day)>& write) {
  std::atomic<bool> done = false;
  std::atomic<int> torn = 0, screened = 0, filled = 0;
  std::vector<std::thread> readers;
  for (int t = 0; t < 3; ++t) {
    readers.emplace_back([&] {
      Screener screener(*world);
      while (!done) {
        const Result<const Verdict*> verdict = screener.Screen(application, Day(99));
        torn += !verdict || (*verdict)->decision != decision;
        ++screened;
      }
    });
  }
  std::thread filling([&] {
    while (!done) {
      filled += world->WarmUp() && world.inner().gate.Read()->rows != nullptr;
      std::this_thread::yield();
    }
  });
  for (int i = 0; i < 300 || screened < 5'000 || filled < 20; ++i) {
    write(100 + 3 * i);
    if (i % 8 == 7) world.Apply(SetPolicy{PlainPolicy()});  // the rows go, and come back
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  filling.join();
  return torn == 0;
}

TEST_CASE("BesideAWriterRowsInMemoryAndInTheStoreAreOfOneMoment") {
  const KeyedAttribute one{Histories::FingerprintOf(0), {Histories::Identifier(0)}};
  const KeyedAttribute two{Histories::FingerprintOf(2), {Histories::Identifier(2)}};
  const auto shows = [](const char* id, int day, std::vector<KeyedAttribute> attributes) {
    return Enrol{Shop(id), SellerStatus::kActive, "", Day(day), std::move(attributes)};
  };
  const auto withdraws = [&](const char* id, int day) {
    return Withdraw{Shop(id), two.root, "", Day(day)};
  };
  const Enrol application{Shop("new"), SellerStatus::kApplicant, "", Day(2'000), {two}};
  Remembering world(PlainPolicy());
  world.ApplyAll({shows("a", 1, {one}), shows("b", 2, {one, two}), shows("c", 2, {one})});
  SUBCASE("a ban and the way to it never meet") {
    CHECK(AlwaysSays(world, application, Decision::kClear, [&](int day) {
      world.ApplyAll({withdraws("b", day), Ban{Shop("a"), "", "fakes", Day(day)}});
      world.ApplyAll(
          {Reinstate{Shop("a"), "", true, Day(day + 1)}, shows("b", day + 1, {one, two})});
    }));
  }
  SUBCASE("the way to a ban moves from one seller to another") {
    world.Apply(Ban{Shop("a"), "", "fakes", Day(3)});
    CHECK(AlwaysSays(world, application, Decision::kBlock, [&](int day) {
      world.ApplyAll({withdraws("b", day), shows("c", day + 1, {two})});
      world.ApplyAll({withdraws("c", day + 1), shows("b", day + 2, {two})});
    }));
  }
}

}  // namespace
}  // namespace revenant

// The taint filter never makes a verdict: with it and without it (Certify never asks it) they are
// the same, over random histories. Every failure prints its seed; REVENANT_SEQUENCES multiplies the
// histories, REVENANT_SEED moves them.

#include <doctest/doctest.h>
#include <rocksdb/env.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "registry/answer/taint_fill.h"
#include "registry/handle.h"
#include "registry/link_worlds.h"
#include "registry/stage.h"

namespace revenant {
namespace {

std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// A store on a disk of memory that can be closed and opened.
class Reopened {
 public:
  explicit Reopened(const LinkPolicy& policy) : env_(rocksdb::NewMemEnv(rocksdb::Env::Default())) {
    Open(Store::Mode::kCreate, &policy);
  }
  void Close() { registry_.reset(); }
  void Open(Store::Mode mode = Store::Mode::kReadWrite, const LinkPolicy* policy = nullptr) {
    Store::Options options;
    options.mode = mode;
    options.env = env_.get();
    options.cache_bytes = std::size_t{1} << 20;
    options.count_reads = true;
    Result<std::unique_ptr<Registry>> made = OpenRegistry("/world", TestKey(), options, policy);
    if (!made) FAIL(made.error().message);
    registry_ = std::move(*made);
  }
  void WarmUp() {
    const Result<void> warm = registry_->WarmUp();
    if (!warm) FAIL(warm.error().message);
  }
  void Apply(const Event& event) {
    const Result<Applied> applied = registry_->Apply(event);
    if (!applied) FAIL(applied.error().message);
  }
  std::uint64_t reads() const { return Inside(*registry_).store->PointReads(); }
  bool asks() const { return Inside(*registry_).gate.Read()->filter->ask_store(); }
  const TaintFilter& filter() const { return *Inside(*registry_).gate.Read()->filter; }
  Registry& operator*() { return *registry_; }
  Registry* operator->() { return registry_.get(); }
  rocksdb::Env& env() { return *env_; }

 private:
  std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<Registry> registry_;
};

void CheckSame(const Verdict& with, const Verdict& without) {
  CHECK(DecisionName(with.decision) == DecisionName(without.decision));
  CHECK(with.seller == without.seller);
  CHECK(with.identifiers == without.identifiers);
  CHECK(with.cut_short == without.cut_short);
  CHECK(with.as_of == without.as_of);
  REQUIRE(with.reasons.size() == without.reasons.size());
  for (std::size_t i = 0; i < with.reasons.size(); ++i) {
    CHECK(with.reasons[i].text == without.reasons[i].text);
    CHECK(with.reasons[i].because == without.reasons[i].because);
    CHECK(with.reasons[i].seller == without.reasons[i].seller);
    CHECK(with.reasons[i].other == without.reasons[i].other);
  }
  REQUIRE(with.links.size() == without.links.size());
  for (std::size_t i = 0; i < with.links.size(); ++i) {
    CHECK(with.links[i].seller == without.links[i].seller);
    CHECK(with.links[i].strength == without.links[i].strength);
    CHECK(with.links[i].blame_strength == without.links[i].blame_strength);
    CHECK(with.links[i].redundancy == without.links[i].redundancy);
  }
}

struct Tally {
  int clear_by_filter = 0, clear_by_store = 0, suspects = 0, cut_short = 0;
};

void CheckScreen(const Registry& registry, const Enrol& application, Tally& tally) {
  CAPTURE(application.seller.ToString());
  const std::uint64_t before = Inside(registry).store->PointReads();
  const Result<Verdict> with = registry.Screen(application, Time{1});
  const bool asked = Inside(registry).store->PointReads() != before;
  REQUIRE(with);
  const Result<Certified> without = registry.Certify(application, Time{1});
  REQUIRE(without);
  CheckSame(*with, without->verdict);
  tally.cut_short += with->cut_short;
  if (with->decision != Decision::kClear) {
    ++tally.suspects;
  } else {
    ++(asked ? tally.clear_by_store : tally.clear_by_filter);
  }
}

// Asks with every identifier alone, with what histories draw, and under known names.
void CheckScreens(const Registry& registry, LinkHistories& histories, Tally& tally) {
  for (int i = 0; i < 3; ++i) CheckScreen(registry, histories.Application(), tally);
  for (int n = 0; n < LinkHistories::kIdentifierCount; ++n) {
    CAPTURE(n);
    Enrol alone{{"p", "new"}, SellerStatus::kApplicant, "form", Time{1}, {histories.Carrying(n)}};
    CheckScreen(registry, alone, tally);
  }
}

LinkPolicy PolicyOf(LinkHistories& histories, std::uint64_t seed) {
  LinkPolicy policy = histories.Policy();
  // Every third history is judged on a short budget: what the filter spares must not lengthen it.
  if (seed % 3 == 0) policy.search_budget = static_cast<std::uint32_t>(1 + seed % 7);
  return policy;
}

// Bits stick, so that after a long history the filter knows everybody and a missing one is not
// missed: many short histories beside a few long ones.
struct Shape {
  std::uint64_t histories;
  int steps, between;  // screens
};
constexpr Shape kShapes[] = {{50, 40, 3}, {200, 9, 1}};

TEST_CASE("TheFilterNeverChangesAVerdict") {
  const std::uint64_t first = FromEnvironment("REVENANT_SEED", 1);
  const std::uint64_t factor = FromEnvironment("REVENANT_SEQUENCES", 1);
  Tally tally;
  for (const Shape& shape : kShapes) {
    for (std::uint64_t seed = first; seed < first + factor * shape.histories; ++seed) {
      CAPTURE(seed);
      CAPTURE(shape.steps);
      LinkHistories histories(seed);
      Reopened world(PolicyOf(histories, seed));
      for (int step = 0; step < shape.steps; ++step) {
        CAPTURE(step);
        world.Apply(histories.Draw());
        if (step == 30) world.Apply(SetPolicy{PolicyOf(histories, seed + 1)});
        if (step == 33) world.WarmUp();
        if (step % shape.between == shape.between - 1) CheckScreens(*world, histories, tally);
      }
    }
  }
  MESSAGE("clear by the filter ", tally.clear_by_filter, ", by the store ", tally.clear_by_store,
          ", suspects ", tally.suspects, ", cut short ", tally.cut_short);
  CHECK(tally.clear_by_filter > 100);
  CHECK(tally.suspects > 100);
  CHECK(tally.cut_short > 10);
}

TEST_CASE("WhatALoneSellerBesideABannedLeafShowsLeadsToTheBan") {
  const auto is_suspected = [](Stage& stage, const char* value) {
    return stage.Asks("new", {value}).decision != Decision::kClear;
  };
  SUBCASE("the leaf is banned last") {
    Stage stage;
    stage.Shows("x", 1, {"custom.strong=1", "custom.strong=2"});
    stage.AppliesFor("leaf", 2, {"custom.strong=1"});
    CHECK_FALSE(is_suspected(stage, "custom.strong=2"));
    stage.IsBanned("leaf", 9);
    CHECK(is_suspected(stage, "custom.strong=2"));
    // What it shows later is tainted as well, and leads nowhere once the leaf is free.
    stage.Shows("x", 10, {"custom.strong=3"});
    CHECK(is_suspected(stage, "custom.strong=3"));
    stage.Apply(Reinstate{Shop("leaf"), "", true, Day(11)});
    CHECK_FALSE(is_suspected(stage, "custom.strong=3"));
  }
  SUBCASE("the seller comes last") {
    Stage stage;
    stage.AppliesFor("leaf", 2, {"custom.strong=1"});
    stage.IsBanned("leaf", 9);
    stage.Shows("x", 10, {"custom.strong=1", "custom.strong=2"});
    CHECK(is_suspected(stage, "custom.strong=2"));
  }
  SUBCASE("their identifier stops being a hub") {
    Stage stage(HubPolicy());
    stage.AppliesFor("leaf", 2, {"custom.strong=1"});
    stage.IsBanned("leaf", 9);
    for (const char* id : {"x", "y", "z", "w"}) stage.Shows(id, 3, {"custom.strong=1"});
    stage.Shows("x", 4, {"custom.strong=2"});
    CHECK_FALSE(is_suspected(stage, "custom.strong=2"));
    for (const char* id : {"y", "z", "w"}) stage.Withdraws(id, "custom.strong=1", 5);
    CHECK(is_suspected(stage, "custom.strong=2"));
  }
}

TEST_CASE("AFilterFilledAnewAndOneReadBackNeverChangeAVerdict") {
  const std::uint64_t first = FromEnvironment("REVENANT_SEED", 1);
  const std::uint64_t count = 15 * FromEnvironment("REVENANT_SEQUENCES", 1);
  Tally tally;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    CAPTURE(seed);
    LinkHistories histories(seed);
    Reopened world(PolicyOf(histories, seed));
    for (int round = 0; round < 4; ++round) {
      CAPTURE(round);
      for (int step = 0; step < 10; ++step) world.Apply(histories.Draw());
      world.Close();
      if (round % 2 == 1) CHECK(world.env().DeleteFile("/world/taint_filter").ok());
      world.Open();
      CHECK(world.asks());
      world.WarmUp();
      CHECK_FALSE(world.asks());
      CheckScreens(*world, histories, tally);
      world.Apply(histories.Draw());
      CheckScreens(*world, histories, tally);
    }
  }
  CHECK(tally.clear_by_filter > 100);
  CHECK(tally.suspects > 100);
}

// Opens the store as if it had been killed: no filter is left.
void OpenWithoutFile(Reopened& world) {
  world.Close();
  CHECK(world.env().DeleteFile("/world/taint_filter").ok());
  world.Open();
}
std::string_view Ask(Reopened& world, const KeyedAttribute& attribute) {
  const Result<Verdict> verdict =
      world->Screen(Enrol{Shop("new"), SellerStatus::kApplicant, "", Day(9), {attribute}}, Day(9));
  REQUIRE(verdict);
  return DecisionName(verdict->decision);
}

TEST_CASE("AFilterFilledAnewKnowsTheLoneSellerBesideABannedLeaf") {
  std::mt19937_64 random(1);
  const KeyedAttribute shared = Histories::Strong(random), own = Histories::Strong(random);
  Reopened world(PlainPolicy());
  world.Apply(Enrol{Shop("x"), SellerStatus::kActive, "", Day(1), {shared, own}});
  world.Apply(Enrol{Shop("leaf"), SellerStatus::kApplicant, "", Day(2), {shared}});
  world.Apply(Ban{Shop("leaf"), "c", "fakes", Day(3)});
  OpenWithoutFile(world);
  world.WarmUp();
  CHECK(Ask(world, own) != "clear");
}

std::string FileOf(Reopened& world) {
  std::string bytes;
  CHECK(rocksdb::ReadFileToString(&world.env(), "/world/taint_filter", &bytes).ok());
  return bytes;
}
void PutFile(Reopened& world, const std::string& bytes) {
  CHECK(rocksdb::WriteStringToFile(&world.env(), bytes, "/world/taint_filter").ok());
}
// Row reads that opening and warming up took.
std::uint64_t WarmUpReads(Reopened& world) {
  world.Open();
  const std::uint64_t before = world.reads();
  world.WarmUp();
  return world.reads() - before;
}

TEST_CASE("OnlyTheFileOfThisStateIsReadBack") {
  Reopened world(PlainPolicy());
  const KeyedAttribute one{Histories::FingerprintOf(0), {Histories::Identifier(0)}};
  const KeyedAttribute two{Histories::FingerprintOf(2), {Histories::Identifier(2)}};
  world.Apply(Enrol{Shop("a"), SellerStatus::kActive, "", Day(1), {one}});
  world.Apply(Ban{Shop("a"), "c", "fakes", Day(2)});
  world.Close();
  const std::string earlier = FileOf(world);
  CHECK(WarmUpReads(world) == 0);
  world.Apply(Enrol{Shop("b"), SellerStatus::kActive, "", Day(1), {two}});
  world.Apply(Ban{Shop("b"), "c", "fakes", Day(2)});
  world.Close();
  const std::string later = FileOf(world);
  CHECK(WarmUpReads(world) == 0);
  world.Close();
  CHECK(FileOf(world) == later);  // nothing was written, so it still holds

  const auto is_refused = [&](const std::string& bytes) {
    PutFile(world, bytes);
    CHECK(WarmUpReads(world) > 0);
    const Enrol asks{Shop("new"), SellerStatus::kApplicant, "", Day(3), {two}};
    const Result<Verdict> verdict = world->Screen(asks, Day(3));
    REQUIRE(verdict);
    CHECK(verdict->decision == Decision::kBlock);
    CHECK(world.env().DeleteFile("/world/taint_filter").ok());
    world.Close();
  };
  is_refused(earlier);
  is_refused("");
  is_refused(later.substr(0, later.size() / 2));
  is_refused(later + "x");
  for (const std::size_t at :
       {std::size_t{3}, std::size_t{25}, std::size_t{40}, later.size() / 2, later.size() - 1}) {
    CAPTURE(at);
    std::string damaged = later;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    is_refused(damaged);
  }
}

TEST_CASE("AReaderBesideAWriterFillsItsOwnFilterAndWritesNothing") {
  Reopened world(PlainPolicy());
  const KeyedAttribute one{Histories::FingerprintOf(0), {Histories::Identifier(0)}};
  world.Apply(Enrol{Shop("a"), SellerStatus::kActive, "", Day(1), {one}});
  world.Apply(Ban{Shop("a"), "c", "fakes", Day(2)});
  world.Close();
  const std::string left = FileOf(world);
  PutFile(world, "no filter");
  world.Open(Store::Mode::kReadOnly);
  world.WarmUp();
  const Result<Verdict> verdict =
      world->Screen(Enrol{Shop("new"), SellerStatus::kApplicant, "", Day(3), {one}}, Day(3));
  REQUIRE(verdict);
  CHECK(verdict->decision == Decision::kBlock);
  world.Close();
  CHECK(FileOf(world) == "no filter");
}

// Sellers in a chain, each sharing a value with the next.
void Chain(Reopened& world, std::uint32_t count, std::uint64_t seed) {
  std::vector<Event> events;
  std::mt19937_64 random(seed);
  KeyedAttribute last = Histories::Strong(random);
  for (std::uint32_t i = 0; i < count; ++i) {
    const KeyedAttribute next = Histories::Strong(random);
    events.push_back(Enrol{{"chain", std::to_string(seed) + "-" + std::to_string(i)},
                           SellerStatus::kActive,
                           "",
                           Day(1),
                           {last, next}});
    last = next;
    if (events.size() == 500 || i + 1 == count) {
      REQUIRE(world->ApplyAll(events));
      events.clear();
    }
  }
}

TEST_CASE("AnEventThatTaintsTooManyMakesScreeningsAskTheStore") {
  Reopened world(PlainPolicy());
  constexpr std::uint32_t kMany = 10'100;
  Chain(world, kMany, 7);
  world.WarmUp();
  // What asks with the n-th value is next to the sellers n - 1 and n.
  std::mt19937_64 random(7);
  std::vector<KeyedAttribute> values;
  for (std::uint32_t i = 0; i <= kMany; ++i) values.push_back(Histories::Strong(random));
  const auto asks_with = [&](std::uint32_t n) {
    const Result<Verdict> verdict = world->Screen(
        Enrol{Shop("new"), SellerStatus::kApplicant, "", Day(9), {values[n]}}, Day(9));
    REQUIRE(verdict);
    return DecisionName(verdict->decision);
  };
  CHECK(asks_with(6000) == "clear");
  world.Apply(Ban{{"chain", "7-6001"}, "c", "fakes", Day(2)});
  CHECK(asks_with(6001) == "block");
  CHECK(asks_with(100) == "clear");
  world.WarmUp();
  CHECK_FALSE(world.asks());
  CHECK(asks_with(6001) == "block");
  const std::uint64_t before = world.reads();
  CHECK(asks_with(100) == "clear");
  CHECK(world.reads() > before);  // tainted by its component, though out of reach
}

TEST_CASE("WhatIsWrittenWhileTheFilterIsFilledIsInIt") {
  Reopened world(PlainPolicy());
  Chain(world, 3'000, 1);
  std::mt19937_64 random(9);
  std::size_t written = 0;
  for (int round = 0; round < 5; ++round) {
    OpenWithoutFile(world);
    std::atomic<bool> warm = false;
    bool filled = false;
    std::thread waiting([&] {
      filled = world->WarmUp().has_value();
      warm = true;
    });
    std::vector<KeyedAttribute> values;
    while (!warm) {
      const KeyedAttribute& value = values.emplace_back(Histories::Strong(random));
      const SellerName name{"late", std::to_string(++written)};
      world.Apply(Enrol{name, SellerStatus::kActive, "", Day(1), {value}});
      world.Apply(Ban{name, "c", "fakes", Day(2)});
    }
    waiting.join();
    CHECK(filled);
    CHECK_FALSE(world.asks());
    for (const KeyedAttribute& value : values) CHECK(Ask(world, value) == "block");
  }
  CHECK(written > 20);
}

TEST_CASE("ManyNewSellersOutgrowTheFilterAndStrangersStillReadNothing") {
  Reopened world(PlainPolicy());
  Chain(world, 3'000, 1);
  world.Apply(Ban{{"chain", "1-5"}, "c", "fakes", Day(2)});
  Chain(world, 6'000, 2);  // the filter of an empty store has room for some four thousand
  world.Apply(Ban{{"chain", "2-5"}, "c", "fakes", Day(2)});
  REQUIRE(Inside(*world).gate.WaitUntilIdle());
  CHECK_FALSE(world.asks());
  CHECK_FALSE(world.filter().overfull());
  std::mt19937_64 random(3);
  const std::uint64_t before = world.reads();
  for (int i = 0; i < 1'000; ++i) {
    Enrol stranger{{"shop", std::to_string(i)}, SellerStatus::kApplicant, "", Day(9), {}};
    for (int n = 0; n < 8; ++n) stranger.attributes.push_back(Histories::Strong(random));
    const Result<Verdict> verdict = world->Screen(stranger, Day(9));
    REQUIRE(verdict);
    CHECK(verdict->decision == Decision::kClear);
    CHECK(verdict->identifiers == 8);
  }
  CAPTURE(world.reads() - before);
  CHECK(world.reads() - before <= 10);
}

}  // namespace
}  // namespace revenant

// A bulk load leaves what the same events leave one by one: facts, everything derived, verdicts,
// and what later events make of it.

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "registry/apply/applier.h"
#include "registry/bulk/load.h"
#include "registry/faulty_disk.h"
#include "registry/handle.h"
#include "registry/stage.h"
#include "registry/state/seller_names.h"
#include "registry/worlds.h"
#include "revenant/journal.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

// Few bytes of memory, so that a load of a few records spills.
BulkLoad::Options Tight(unsigned threads) {
  BulkLoad::Options options;
  options.memory_bytes = 1;
  options.threads = threads;
  return options;
}

std::unique_ptr<BulkLoad> Begin(World& world, const BulkLoad::Options& options) {
  Result<std::unique_ptr<BulkLoad>> load = BeginBulkLoad(*world, options);
  if (!load) FAIL(load.error().message);
  return std::move(*load);
}

// Loads events in blocks of `block_events`; gives the indices of those that were refused.
std::vector<std::size_t> Load(World& world, const std::vector<Enrol>& events,
                              const BulkLoad::Options& options, std::size_t block_events) {
  const std::unique_ptr<BulkLoad> load = Begin(world, options);
  std::vector<std::size_t> refused;
  BulkBlock block;
  const auto take = [&] {
    Seal(block);
    const Result<void> taken = load->Take(block, "events");
    if (!taken) FAIL(taken.error().message);
    block = {};
  };
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Result<void> packed = load->Pack(events[i], block);
    if (!packed) refused.push_back(i);
    if (block.count == block_events) take();
  }
  take();
  const Result<bool> done = load->Finish({});
  if (!done) FAIL(done.error().message);
  CHECK(*done);
  return refused;
}

void CheckSame(World& loaded, World& enrolled) {
  CHECK(loaded.Export() == enrolled.Export());
  CHECK(loaded.Export(ExportScope::kFacts) == enrolled.Export(ExportScope::kFacts));
  loaded.CheckSound();
  const Result<Stats> a = loaded->GetStats(), b = enrolled->GetStats();
  REQUIRE(a);
  REQUIRE(b);
  CHECK(a->sellers == b->sellers);
  CHECK(a->observations == b->observations);
  CHECK(a->fingerprints == b->fingerprints);
  CHECK(a->hubs == b->hubs);
  CHECK(a->linked_clusters == b->linked_clusters);
  CHECK(a->largest_cluster == b->largest_cluster);
}

std::multiset<std::tuple<std::string, std::string, bool, bool>> AlertsOf(World& world) {
  const Result<std::vector<Alert>> alerts = world->Alerts(0, 1'000'000);
  REQUIRE(alerts);
  std::multiset<std::tuple<std::string, std::string, bool, bool>> all;
  for (const Alert& alert : *alerts) {
    all.emplace(alert.seller.ToString(), alert.cause.ToString(), alert.linked, alert.sanctions);
  }
  return all;
}

std::vector<Enrol> DrawEnrols(Histories& histories, int count) {
  std::vector<Enrol> events;
  while (events.size() < static_cast<std::size_t>(count)) {
    Event event = histories.Draw();
    if (auto* enrol = std::get_if<Enrol>(&event)) events.push_back(std::move(*enrol));
  }
  return events;
}

TEST_CASE("random events loaded in bulk leave what they leave one by one") {
  const int sequences = Scaled(30);
  for (int i = 0; i < sequences; ++i) {
    const std::uint64_t seed = FirstSeed() + static_cast<std::uint64_t>(i);
    CAPTURE(seed);
    Histories histories(seed, 4 + static_cast<int>(seed % 23), 6 + static_cast<int>(seed % 7));
    const std::vector<Enrol> events = DrawEnrols(histories, histories.Below(60));
    World loaded(TightPolicy()), enrolled(TightPolicy());
    for (const Enrol& event : events) enrolled.Apply(event);
    const auto options = i % 2 == 0 ? Tight(1 + seed % 3) : BulkLoad::Options{};
    CHECK(Load(loaded, events, options, 1 + seed % 9).empty());
    CheckSame(loaded, enrolled);
    // It can be lived with: the same events have the same result on both.
    for (int j = 0; j < 25; ++j) {
      const Event event = histories.Draw();
      const Result<Applied> a = loaded->Apply(event), b = enrolled->Apply(event);
      REQUIRE(a.has_value() == b.has_value());
      if (a) CHECK(a->cluster == b->cluster);
    }
    CheckSame(loaded, enrolled);
    CHECK(AlertsOf(loaded) == AlertsOf(enrolled));
    for (int j = 0; j < 10; ++j) {
      Histories asking(seed * 100 + static_cast<std::uint64_t>(j));
      const Enrol application = DrawEnrols(asking, 1).front();
      const Result<Verdict> a = loaded->Screen(application, Time{1}),
                            b = enrolled->Screen(application, Time{1});
      REQUIRE(a);
      REQUIRE(b);
      CHECK(a->decision == b->decision);
      CHECK(a->links.size() == b->links.size());
      CHECK(Why(*a) == Why(*b));
    }
  }
}

TEST_CASE("random events loaded into a store that has sellers leave what they leave one by one") {
  const int sequences = Scaled(25);
  for (int i = 0; i < sequences; ++i) {
    const std::uint64_t seed = FirstSeed() + static_cast<std::uint64_t>(i);
    CAPTURE(seed);
    Histories histories(seed, 4 + static_cast<int>(seed % 23), 6 + static_cast<int>(seed % 7));
    World loaded(TightPolicy()), enrolled(TightPolicy());
    for (int round = 0; round < 2; ++round) {
      for (int j = histories.Below(60); j > 0; --j) {
        Event event = histories.Draw();
        if (j % 10 == 0) event = Forget{histories.Seller(), "", Time{1}};
        if (!std::holds_alternative<Enrol>(event) && !std::holds_alternative<Withdraw>(event) &&
            !std::holds_alternative<Forget>(event)) {
          continue;  // a banned seller keeps a store from being loaded
        }
        const bool a = loaded->Apply(event).has_value(), b = enrolled->Apply(event).has_value();
        REQUIRE(a == b);
      }
      const std::vector<Enrol> events = DrawEnrols(histories, histories.Below(40));
      std::vector<std::size_t> refused;
      for (std::size_t j = 0; j < events.size(); ++j) {
        if (!enrolled->Apply(events[j])) refused.push_back(j);
      }
      CHECK(Load(loaded, events, Tight(1 + seed % 3), 1 + seed % 9) == refused);
      CheckSame(loaded, enrolled);
    }
    for (int j = 0; j < 25; ++j) {
      const Event event = histories.Draw();
      const bool a = loaded->Apply(event).has_value(), b = enrolled->Apply(event).has_value();
      REQUIRE(a == b);
    }
    CheckSame(loaded, enrolled);
    CHECK(AlertsOf(loaded) == AlertsOf(enrolled));
  }
}

TEST_CASE("a bulk load leaves the entries of imports in batches to those whom they brought") {
  World world(TightPolicy());
  Histories histories(FirstSeed());
  const auto import = [&](const char* input, std::vector<Enrol> enrols) {
    std::vector<Event> events;
    for (Enrol& each : enrols) {
      each.source = input;  // so that it brings something new
      events.emplace_back(std::move(each));
    }
    const ImportMark mark{input, events.size()};
    REQUIRE(world->ApplyAll(events, &mark));
  };
  const std::vector<Enrol> first = DrawEnrols(histories, 5), second = DrawEnrols(histories, 10);
  import("first", first);
  import("second", second);
  std::map<SellerName, std::vector<std::uint64_t>> before;
  for (const auto& part : {first, second}) {
    for (const Enrol& each : part) before[each.seller] = *(*world->Journal())->About(each.seller);
  }
  CHECK(before.begin()->second.size() >= 1);
  CHECK(Load(world, DrawEnrols(histories, 200), Tight(2), 50).empty());
  world.CheckSound();
  for (const auto& [seller, entries] : before) {
    std::vector<std::uint64_t> now = *(*world->Journal())->About(seller);
    REQUIRE(now.size() >= entries.size());
    now.resize(entries.size());  // the load may have brought more
    CHECK(now == entries);
  }
  const auto& [gone, entries] = *before.begin();
  world.Apply(Forget{gone, "", Time{1}});
  for (const std::uint64_t entry : entries) CHECK_FALSE((*world->Journal())->At(entry)->opening);
  world.CheckSound();
}

// Many sellers with identifiers of their own: more than one unit, names of all lengths.
TEST_CASE("thousands of sellers loaded in bulk leave what they leave one by one") {
  std::mt19937_64 random(FirstSeed());
  std::vector<Enrol> events;
  for (int i = 0; i < 1'500; ++i) {
    Enrol event;
    event.seller = {i % 5 == 0 ? "other" : "p", std::string(static_cast<std::size_t>(i % 40), 's') +
                                                    std::to_string(random() % 1'200)};
    event.seen = Time{static_cast<std::int64_t>(random() % 1'000'000)};
    for (int j = 0; j < 4; ++j) event.attributes.push_back(Histories::Strong(random));
    if (i % 7 == 0 && i > 10)
      event.attributes[0] = events[static_cast<std::size_t>(i) - 10].attributes[0];
    if (i % 50 == 0 && i > 0) event.attributes[1] = events[0].attributes[1];
    events.push_back(std::move(event));
  }
  LinkPolicy policy = TightPolicy();
  KindPolicy strong = policy.For("custom.strong");
  strong.fanout_limit = 40;
  strong.carry_limit = 100;
  policy.Set("custom.strong", strong);
  World loaded(policy), enrolled(policy);
  for (const Enrol& event : events) enrolled.Apply(event);
  SUBCASE("all at once") { CHECK(Load(loaded, events, Tight(2), 100).empty()); }
  SUBCASE("in three loads, the last of known ones") {
    const auto middle = events.begin() + 500;
    CHECK(Load(loaded, {events.begin(), middle}, Tight(2), 100).empty());
    CHECK(Load(loaded, {middle, events.end()}, Tight(1), 30).empty());
    CHECK(Load(loaded, events, Tight(2), 100).empty());
  }
  CheckSame(loaded, enrolled);
}

TEST_CASE("who was forgotten is refused, and the rest is loaded") {
  Stage loaded, enrolled;
  const Enrol a = loaded.Prepared("a", 1, {"custom.strong=1"}, SellerStatus::kActive);
  const Enrol b = loaded.Prepared("b", 1, {"custom.strong=1"}, SellerStatus::kActive);
  for (Stage* stage : {&loaded, &enrolled}) {
    const Fingerprint digest = TombstoneOf(Inside(**stage).keyed, Shop("a"));
    std::unique_ptr<Batch> batch = Inside(**stage).store->NewBatch();
    batch->Put(Table::kTombstones, AsView(digest.bytes), EncodeNumber(ZigZag(Day(3).micros)));
    REQUIRE(Inside(**stage).store->Commit(*batch, false));
  }
  CHECK(Load(loaded, {a, b}, {}, 10) == std::vector<std::size_t>{0});
  enrolled.Apply(b);
  CHECK_FALSE(enrolled->Apply(a));
  CheckSame(loaded, enrolled);
}

TEST_CASE("a load that is given up leaves the store as it was") {
  Stage stage;
  const std::string before = stage.Export(ExportScope::kFacts);
  const Enrol a = stage.Prepared("a", 1, {"custom.strong=1"}, SellerStatus::kActive);
  {
    const std::unique_ptr<BulkLoad> load = Begin(stage, Tight(2));
    BulkBlock block;
    REQUIRE(load->Pack(a, block));
    Seal(block);
    REQUIRE(load->Take(block, "events"));
    SUBCASE("before its end") {}
    SUBCASE("at its end") {
      const Result<bool> done = load->Finish([] { return false; });
      REQUIRE(done);
      CHECK_FALSE(*done);
    }
  }
  CHECK(stage.Export(ExportScope::kFacts) == before);
  stage.CheckSound();
  stage.Apply(a);
  CHECK(stage.ClusterOf("a") == "a");
  stage.CheckSound();
}

// What comes of a load on a disk that takes only so many writes more; the error, if there is one.
Result<void> LoadOn(Registry& registry, const std::vector<Enrol>& events) {
  TRY_ASSIGN(const std::unique_ptr<BulkLoad> load, BeginBulkLoad(registry, Tight(1)));
  BulkBlock block;
  for (const Enrol& event : events) TRY(load->Pack(event, block));
  Seal(block);
  TRY(load->Take(block, "events"));
  TRY(load->Finish({}));
  return {};
}

TEST_CASE("a load that fills the disk leaves the store as it was") {
  const auto open = [](rocksdb::Env& env, Store::Mode mode) {
    const LinkPolicy policy = TightPolicy();
    Store::Options options;
    options.mode = mode;
    options.env = &env;
    options.cache_bytes = std::size_t{1} << 20;
    Result<std::unique_ptr<Registry>> registry = OpenRegistry(
        "/faulty", TestKey(), options, mode == Store::Mode::kCreate ? &policy : nullptr);
    if (!registry) FAIL(registry.error().message);
    return std::move(*registry);
  };
  const auto exported = [](const Registry& registry) {
    std::string out;
    REQUIRE(registry.Export(ExportScope::kFacts, [&](std::string_view piece) { out += piece; }));
    return out;
  };
  Histories histories(FirstSeed());
  const std::vector<Enrol> known = DrawEnrols(histories, 20), events = DrawEnrols(histories, 40);
  World calm(TightPolicy());
  for (const Enrol& event : known) calm.Apply(event);
  const std::string before = calm.Export(ExportScope::kFacts);
  for (const Enrol& event : events) calm.Apply(event);
  const std::string after = calm.Export(ExportScope::kFacts);

  int failures = 0;
  bool done = false;
  for (std::int64_t writes = 0; !done; ++writes) {
    CAPTURE(writes);
    FaultyDisk disk;
    bool loaded = false;
    {
      const std::unique_ptr<Registry> registry = open(disk, Store::Mode::kCreate);
      for (const Enrol& event : known) REQUIRE(registry->Apply(event));
      disk.FailAfter(writes);
      const Result<void> outcome = LoadOn(*registry, events);
      loaded = outcome.has_value();
      if (!loaded) CHECK(outcome.error().code == Code::kIo);
      failures += !loaded;
      done = loaded && !disk.failed();
      disk.Mend();
    }
    const std::unique_ptr<Registry> again = open(disk, Store::Mode::kReadWrite);
    const std::string left = exported(*again);
    // Of the last write, which makes the files the store's, a failure does not tell if it was done.
    CHECK((left == after || (left == before && !loaded)));
    const Result<FsckReport> report = again->Fsck();
    REQUIRE(report);
    CHECK(report->problems.empty());
    if (left == before) {
      REQUIRE(LoadOn(*again, events));
      CHECK(exported(*again) == after);
    }
  }
  CHECK(failures > 20);  // the disk did fill up
}

TEST_CASE("many carriers of a fingerprint that a load makes count otherwise are filed again") {
  World loaded(TightPolicy()), enrolled(TightPolicy());
  std::vector<Enrol> events;
  for (int i = 0; i < 40; ++i) {  // more than stand in the fingerprint's own row
    Enrol event;
    event.seller = {"p", "s" + std::to_string(i)};
    event.status = SellerStatus::kApplicant;
    event.seen = Time{i + 1};
    event.attributes = {{Histories::FingerprintOf(0), {Histories::Identifier(0)}}};
    loaded.Apply(event);
    enrolled.Apply(event);
    event.status = SellerStatus::kActive;
    events.push_back(std::move(event));
  }
  for (const Enrol& event : events) enrolled.Apply(event);
  CHECK(Load(loaded, events, Tight(2), 7).empty());
  CheckSame(loaded, enrolled);
}

TEST_CASE("a store with bans or findings is not loaded") {
  Stage stage;
  SUBCASE("a ban") { stage.IsBanned("a", 1); }
  SUBCASE("a finding") { stage.AreDifferent("a", "b"); }
  const Result<std::unique_ptr<BulkLoad>> load = BeginBulkLoad(*stage, {});
  REQUIRE_FALSE(load);
  CHECK(load.error().code == Code::kConflict);
}

TEST_CASE(
    "every seller finds the entries of its records in the journal, and forgetting erases them") {
  Stage stage;
  const Enrol a = stage.Prepared("a", 1, {"custom.strong=1"}, SellerStatus::kActive);
  const Enrol b = stage.Prepared("b", 1, {"custom.strong=2"}, SellerStatus::kActive);
  const Enrol c = stage.Prepared("c", 1, {"custom.strong=3"}, SellerStatus::kActive);
  Load(stage, {a, b, a, a}, {}, 2);
  Load(stage, {c, a}, {}, 2);
  const auto about = [&](const char* id) {
    const Result<std::unique_ptr<JournalReader>> journal = stage->Journal();
    REQUIRE(journal);
    const Result<std::vector<std::uint64_t>> entries = (*journal)->About(Shop(id));
    REQUIRE(entries);
    return *entries;
  };
  CHECK(about("a") == std::vector<std::uint64_t>{1, 2});
  CHECK(about("b") == std::vector<std::uint64_t>{1});
  CHECK(about("c") == std::vector<std::uint64_t>{2});
  stage.Apply(Forget{Shop("b"), "", Day(5)});
  CHECK(about("a") == std::vector<std::uint64_t>{2});
  CHECK(about("c") == std::vector<std::uint64_t>{2});
  stage.CheckSound();
}

TEST_CASE("a seller screened after a load is judged by what was loaded") {
  Stage stage;
  REQUIRE(stage->WarmUp());
  CHECK(stage.Asks("z", {"custom.strong=1"}).decision == Decision::kClear);
  Load(stage, {stage.Prepared("a", 1, {"custom.strong=1"}, SellerStatus::kActive)}, {}, 2);
  stage.IsBanned("a", 2);
  CHECK(stage.Asks("z", {"custom.strong=1"}).decision == Decision::kBlock);
  REQUIRE(stage->WarmUp());
  CHECK(stage.Asks("z", {"custom.strong=1"}).decision == Decision::kBlock);
}

}  // namespace
}  // namespace revenant

// Rule 10: a seller that came after the first ban does not count towards a fingerprint's limit.

#include <rocksdb/db.h>
#include <rocksdb/statistics.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <climits>
#include <map>
#include <numeric>
#include <random>
#include <span>

#include "registry/bulk/load.h"
#include "registry/handle.h"
#include "registry/stage.h"
#include "registry/twin.h"
#include "revenant/certificate.h"

namespace revenant {
namespace {

constexpr Values kShared = {"custom.strong=1"};

// Sellers "1", "2", ... show the shared identifier, one a day from `day` on.
void Show(Stage& stage, int from, int count, int day) {
  for (int i = from; i < from + count; ++i) {
    stage.Shows(std::to_string(i).c_str(), day + i - from, kShared);
  }
}
bool IsHub(Stage& stage) { return stage.Export().find("\"hub\":true") != std::string::npos; }

// --- Stories

TEST_CASE("Rule10AFloodAfterTheBanFreesNobody") {
  // The defaults: an e-mail address, a phone, a document, an account.
  for (const char* kind : {"contact.email", "contact.phone", "doc.cn.resident_id", "device.imei",
                           "pay.iban", "pay.pan", "custom.strong"}) {
    CAPTURE(kind);
    const LinkPolicy policy;
    const int limit = static_cast<int>(policy.For(kind).fanout_limit);
    World world(policy);
    std::mt19937_64 random(7);
    Fingerprint shared;
    for (std::uint8_t& byte : shared.bytes) byte = static_cast<std::uint8_t>(random());
    const auto application = [&](const std::string& id, int day, SellerStatus status) {
      return Enrol{{"p", id}, status, "form", Day(day), {{shared, {{shared, kind}}}}};
    };
    world.Apply(application("ring", 1, SellerStatus::kActive));
    world.Apply(Ban{{"p", "ring"}, "case", "fakes", Day(9)});
    const Enrol asks = application("new", 200, SellerStatus::kApplicant);
    const Result<Verdict> before = world->Screen(asks, Day(200));
    REQUIRE(before);
    REQUIRE(before->decision != Decision::kClear);
    std::vector<Event> flood;
    for (int i = 0; i < 3 * limit; ++i) {
      flood.push_back(application("bot" + std::to_string(i), 10 + i, SellerStatus::kActive));
    }
    world.ApplyAll(flood);
    const Result<Verdict> after = world->Screen(asks, Day(200));
    REQUIRE(after);
    CHECK(after->decision == before->decision);
    world.CheckSound();
  }
}

TEST_CASE("Rule10AFloodBeforeTheBanMakesAHub") {
  Stage stage(HubPolicy());  // more than three
  Show(stage, 1, 4, 1);
  stage.IsBanned("1", 9);
  CHECK(IsHub(stage));
  CHECK(stage.ClusterOf("2") == "2");
  CHECK(stage.Asks("new", kShared).decision == Decision::kClear);
}

TEST_CASE("Rule10TheMomentOfTheBanCountsAndSoDoesWhoHasNoDate") {
  for (const int day : {8, 9, 10, -1}) {  // of the fourth; -1: nobody knows
    CAPTURE(day);
    Stage stage(HubPolicy());
    Show(stage, 1, 3, 1);
    stage.IsBanned("1", 9);
    stage.Shows("4", day, kShared);
    CHECK(IsHub(stage) == (day != 10));
    CHECK(stage.ClusterOf("4") == (day == 10 ? "1234" : "4"));
    stage.CheckSound();
  }
}

TEST_CASE("Rule10TheBanOfAnyLocalCarrierCounts") {
  const std::string all = "12345";
  SUBCASE("an applicant's") {
    Stage stage(HubPolicy());
    stage.AppliesFor("x", 1, kShared);
    stage.IsBanned("x", 3);
    Show(stage, 1, 5, 2);  // the third comes on day 4
    CHECK_FALSE(IsHub(stage));
    CHECK(stage.ClusterOf("1") == all);
  }
  SUBCASE("a list of victims'") {
    LinkPolicy policy = HubPolicy();
    KindPolicy strong = policy.For("custom.strong");
    strong.carry_limit = 1;
    policy.Set("custom.strong", strong);
    Stage stage(policy);
    stage.Shows("x", 1, {"custom.strong=1", "custom.strong=2"});
    stage.IsBanned("x", 3);
    Show(stage, 1, 5, 2);
    CHECK_FALSE(IsHub(stage));
    CHECK(stage.ClusterOf("1") == all);
    stage.CheckSound();
  }
  SUBCASE("one that was banned before it came") {
    Stage stage(HubPolicy());
    Show(stage, 1, 5, 4);
    stage.IsBanned("x", 3);
    CHECK(IsHub(stage));
    stage.Shows("x", 30, kShared);
    CHECK_FALSE(IsHub(stage));
    stage.CheckSound();
  }
  SUBCASE("the earliest of several cases in force") {
    Stage stage(HubPolicy());
    Show(stage, 1, 5, 1);
    stage.Apply(Ban{Shop("1"), "late", "fakes", Day(40)});
    CHECK(IsHub(stage));
    stage.Apply(Ban{Shop("1"), "early", "fakes", Day(2)});
    CHECK_FALSE(IsHub(stage));
    stage.Apply(Ban{Shop("1"), "early", "fakes", Day(30)});  // set again: its time is the latest
    CHECK(IsHub(stage));
    stage.CheckSound();
  }
}

TEST_CASE("Rule10LiftingTheBanCountsEverybodyAgainAndAlertsWhomItFreed") {
  Stage stage(HubPolicy());
  Show(stage, 1, 2, 1);
  stage.IsBanned("1", 9);
  const std::string before = stage.Export();
  Show(stage, 3, 5, 20);
  CHECK(stage.ClusterOf("2") == "1234567");
  stage.Apply(Ban{Shop("2"), "other", "fakes", Day(40)});  // too late to leave anybody out
  const Result<std::vector<Alert>> known = stage->Alerts(0, 100);
  REQUIRE(known);
  stage.Apply(Reinstate{Shop("1"), "case", false, Day(50)});
  CHECK(IsHub(stage));
  CHECK(stage.ClusterOf("2") == "2");
  const Result<std::vector<Alert>> alerts = stage->Alerts(known->back().number, 100);
  REQUIRE(alerts);
  std::set<SellerName> freed;
  for (const Alert& alert : *alerts) {
    if (!alert.linked) freed.insert(alert.seller);
  }
  for (const char* id : {"3", "4", "5", "6", "7"}) CHECK(freed.contains(Shop(id)));
  stage.IsBanned("1", 60);  // and once more, but now they all came before
  CHECK(IsHub(stage));
  stage.CheckSound();
}

TEST_CASE("Rule10WhoIsJudgedNeitherCountsNorBans") {
  Stage stage(HubPolicy());
  Show(stage, 1, 2, 1);
  Show(stage, 3, 5, 20);
  stage.IsBanned("1", 9);
  stage.Apply(Ban{Shop("2"), "other", "fakes", Day(40)});
  CHECK(stage.ClusterOf("2") == "1234567");
  // Without the first there is no early ban: all others came in time, and make a hub.
  const Verdict own = stage.Asks("1", kShared);
  CHECK(own.links.empty());
  CHECK(Why(own) == std::set{Because::kItselfBanned});
  CHECK_FALSE(stage.Asks("5", kShared).links.empty());
  CHECK(stage.Asks("new", kShared).links.size() == 2);
}

TEST_CASE("Rule10WhatAFreedHubLeadsToIsCertifiedAndHolds") {
  Stage stage(HubPolicy());
  Show(stage, 1, 2, 1);
  stage.IsBanned("1", 9);
  Show(stage, 3, 5, 20);
  const Enrol asks = stage.Prepared("new", 60, kShared, SellerStatus::kApplicant);
  const Result<Certified> certified = stage->Certify(asks, Day(100));
  REQUIRE(certified);
  CHECK(certified->verdict.decision == Decision::kBlock);
  const Result<CertificateCheck> check = VerifyCertificate(*stage, certified->certificate);
  REQUIRE(check);
  CHECK(check->outcome == CertificateOutcome::kHolds);
  CHECK(certified->certificate.find("\"late\":5") != std::string::npos);
}

TEST_CASE("Rule10RulesOfBeforeCountEverybody") {
  LinkPolicy before = HubPolicy();
  before.rules = 1;
  Stage stage(before);
  Show(stage, 1, 2, 1);
  stage.IsBanned("1", 9);
  Show(stage, 3, 40, 20);  // many enough for rows of their own
  CHECK(IsHub(stage));
  stage.CheckSound();
  const std::string export_before = stage.Export();
  stage.Apply(SetPolicy{HubPolicy()});
  CHECK_FALSE(IsHub(stage));
  stage.CheckSound();
  stage.Apply(Reinstate{Shop("1"), "case", false, Day(90)});
  CHECK(IsHub(stage));
  stage.IsBanned("1", 5);  // dated before it was lifted: no ban
  stage.CheckSound();
  stage.Apply(Ban{Shop("2"), "case", "fakes", Day(10)});
  CHECK_FALSE(IsHub(stage));
  stage.CheckSound();
  stage.Apply(SetPolicy{before});
  CHECK(IsHub(stage));
  stage.CheckSound();
}

// --- Rules 2 and 3

// The same event about other sellers and another identifier.
Event InCorner(Event event, const std::string& corner) {
  const auto move = [&](Fingerprint& fingerprint) {
    std::copy_n(corner.begin(), corner.size(), fingerprint.bytes.begin());
  };
  std::visit(
      [&](auto& what) {
        if constexpr (requires { what.seller; }) what.seller.external_id += corner;
        if constexpr (requires { what.root; }) move(what.root);
        if constexpr (requires { what.attributes; }) {
          for (KeyedAttribute& attribute : what.attributes) {
            move(attribute.root);
            for (KeyedIdentifier& identifier : attribute.identifiers) move(identifier.fingerprint);
          }
        }
      },
      event);
  return event;
}

TEST_CASE("Rule10InWhateverOrderTheEventsCome") {
  const auto shows = [](const char* id, int day) {
    const Fingerprint shared = Histories::FingerprintOf(0);
    return Enrol{
        Shop(id), SellerStatus::kActive, "s", Day(day), {{shared, {{shared, "custom.strong"}}}}};
  };
  const std::vector<Event> histories[] = {
      {shows("a", 1), shows("b", 10), shows("c", 10), shows("d", 10),
       Ban{Shop("a"), "1", "x", Day(5)}},
      {shows("a", 1), shows("b", 10), shows("c", 10), shows("d", 10),
       Ban{Shop("a"), "1", "x", Day(5)}, Reinstate{Shop("a"), "1", false, Day(20)}},
      {shows("a", 9), shows("b", 2), shows("c", 10), shows("d", 10), shows("d", 3),
       Ban{Shop("b"), "1", "x", Day(5)}},
      {shows("a", 1), shows("b", 10), shows("c", 10), shows("d", 10),
       Ban{Shop("c"), "1", "x", Day(20)}, Ban{Shop("d"), "2", "x", Day(4)}},
      {shows("a", 1), shows("b", 2), shows("c", 10), shows("d", 10),
       Ban{Shop("a"), "1", "x", Day(5)},
       Withdraw{Shop("b"), Histories::FingerprintOf(0), "", Day(3)}},
      {shows("a", 1), shows("b", 2), shows("b", 30), shows("c", 3), shows("d", 4),
       Ban{Shop("a"), "1", "x", Day(5)},
       Withdraw{Shop("b"), Histories::FingerprintOf(0), "s", Day(7)}},
  };
  // Each order in a corner of its own of one store, which by rule 6 nothing else reaches.
  World world(TightPolicy());
  std::size_t orders = 0;
  for (const std::vector<Event>& events : histories) {
    Twin twin(TightPolicy());
    for (const Event& event : events) twin.Apply(event);
    const auto clusters = twin.Clusters();
    std::vector<std::size_t> order(events.size());
    std::iota(order.begin(), order.end(), 0);
    do {
      if (++orders % 3 != 0 && events.size() > 5) continue;
      const std::string corner = std::to_string(orders);
      for (const std::size_t i : order) world.Apply(InCorner(events[i], corner));
      bool right = true;
      for (const auto& [name, members] : clusters) {
        const Result<ClusterSummary> found =
            world->Cluster({name.platform, name.external_id + corner});
        REQUIRE(found);
        std::set<SellerName> wanted;
        for (const SellerName& member : members) {
          wanted.insert({member.platform, member.external_id + corner});
        }
        right = right && std::set(found->sellers.begin(), found->sellers.end()) == wanted;
      }
      CAPTURE(corner);
      REQUIRE(right);
    } while (std::next_permutation(order.begin(), order.end()));
  }
  world.CheckSound();
  MESSAGE(orders, " orders");
}

TEST_CASE("Rule10WithdrawingALateOneOrAnEarlyOneRestoresWhatWas") {
  Stage stage(HubPolicy());
  Show(stage, 1, 3, 1);
  stage.IsBanned("1", 9);
  const std::string before = stage.Export();
  stage.Shows("late", 20, kShared);
  CHECK_FALSE(IsHub(stage));
  stage.Withdraws("late", "custom.strong=1", 30);
  stage.Shows("early", 5, kShared);
  CHECK(IsHub(stage));
  stage.Withdraws("early", "custom.strong=1", 30);
  CHECK_FALSE(IsHub(stage));
  stage.Shows("early", 40, kShared);  // shown since it was withdrawn
  CHECK_FALSE(IsHub(stage));
  CHECK(stage.ClusterOf("early") == "123early");
  stage.CheckSound();
}

// --- Everything small

// One identifier and four sellers in every combination of time, ban and status, each in a corner of
// its own of one store (rule 6), the events in some order. The expected result is counted here.
struct Part {
  int first = 0;  // 0: does not carry it, 1: early, 2: at the ban, 3: late, 4: at an unknown time
  int ban = 0;    // 0: none, 1: early, 2: late, 3: early and lifted
  bool enrolled = true;
};
constexpr int kEarly = 5, kMiddle = 10, kLate = 15;

std::vector<Event> EventsOf(const Part& part, const SellerName& name, const Fingerprint& shared) {
  std::vector<Event> events;
  Enrol enrol{
      name, part.enrolled ? SellerStatus::kActive : SellerStatus::kApplicant, "s", Day(1), {}};
  events.push_back(enrol);
  if (part.first > 0) {
    constexpr std::array<int, 4> kDays = {1, kMiddle, kLate, -1};
    const int day = kDays[static_cast<std::size_t>(part.first - 1)];
    enrol.seen = day < 0 ? Time::Unknown() : Day(day);
    enrol.attributes = {{shared, {{shared, "custom.strong"}}}};
    events.push_back(enrol);
  }
  if (part.ban == 1) events.push_back(Ban{name, "c", "x", Day(kMiddle)});
  if (part.ban == 2) events.push_back(Ban{name, "c", "x", Day(kLate)});
  if (part.ban == 3) {
    events.push_back(Ban{name, "c", "x", Day(kEarly)});
    events.push_back(Reinstate{name, "c", false, Day(kLate)});
  }
  return events;
}

bool MustBeHub(std::span<const Part> parts, int limit) {
  int ban = INT_MAX;
  for (const Part& part : parts) {
    if (part.first == 0 || part.ban == 0 || part.ban == 3) continue;
    ban = std::min(ban, part.ban == 1 ? kMiddle : kLate);
  }
  int counted = 0;
  for (const Part& part : parts) {
    if (part.first == 0 || !part.enrolled) continue;
    const int first = part.first == 1 ? 1 : part.first == 2 ? kMiddle : part.first == 3 ? kLate : 0;
    counted += first <= ban;
  }
  return counted > limit;
}

std::uint64_t TryAll(std::uint64_t every) {
  constexpr int kSellers = 4, kOfOne = 5 * 4 + 2;  // enrolled; applicants carry it early or late
  constexpr int kLimit = 2;
  LinkPolicy policy = TightPolicy();
  KindPolicy strong = policy.For("custom.strong");
  strong.fanout_limit = kLimit;
  policy.Set("custom.strong", strong);
  World world(policy);
  std::mt19937_64 random(20);
  std::uint64_t worlds = 0;
  for (std::uint64_t code = 0; code < std::uint64_t{kOfOne} * kOfOne * kOfOne * kOfOne; ++code) {
    if (code % every != 0) continue;
    std::array<Part, kSellers> parts;
    std::uint64_t rest = code;
    for (Part& part : parts) {
      const int one = static_cast<int>(rest % kOfOne);
      rest /= kOfOne;
      part = one < 20 ? Part{one % 5, one / 5, true} : Part{one == 20 ? 1 : 3, 1, false};
    }
    Fingerprint shared;
    for (std::uint8_t& byte : shared.bytes) byte = static_cast<std::uint8_t>(random() >> 32);
    std::vector<Event> events;
    std::vector<SellerName> names;
    for (int i = 0; i < kSellers; ++i) {
      names.push_back({"p", std::to_string(code) + static_cast<char>('a' + i)});
      for (Event& event : EventsOf(parts[static_cast<std::size_t>(i)], names.back(), shared)) {
        events.push_back(std::move(event));
      }
    }
    std::shuffle(events.begin(), events.end(), random);
    world.ApplyAll(events);
    const bool hub = MustBeHub(parts, kLimit);
    std::set<SellerName> joined;
    for (int i = 0; i < kSellers; ++i) {
      const Part& part = parts[static_cast<std::size_t>(i)];
      if (!hub && part.first > 0 && part.enrolled)
        joined.insert(names[static_cast<std::size_t>(i)]);
    }
    bool right = true;
    for (const SellerName& name : names) {
      const Result<ClusterSummary> cluster = world->Cluster(name);
      REQUIRE(cluster);
      const std::set<SellerName> wanted = joined.contains(name) ? joined : std::set{name};
      right = right && std::set(cluster->sellers.begin(), cluster->sellers.end()) == wanted;
    }
    CAPTURE(code);
    REQUIRE(right);
    ++worlds;
  }
  world.CheckSound();
  return worlds;
}

TEST_CASE("Rule10SomeOfAllSmallWorldsOfOneIdentifier") { TryAll(97); }

// --- Many carriers, which have rows of their own

// Random events about one identifier near its limit and near the number from which carriers have
// rows of their own, against the twin and `fsck`.
// Returns the steps at which it was a hub, and those at which only latecomers kept it from being
// one.
struct Met {
  int hubs = 0, freed = 0;
};
Met WalkNearTheLimit(std::uint64_t seed, std::uint32_t limit, int steps) {
  CAPTURE(seed);
  CAPTURE(limit);
  LinkPolicy policy = TightPolicy();
  KindPolicy strong = policy.For("custom.strong");
  strong.fanout_limit = limit;
  policy.Set("custom.strong", strong);
  World world(policy);
  Twin twin(policy);
  Histories draw(seed);
  const Fingerprint shared = Histories::FingerprintOf(0);
  const auto name = [&] { return SellerName{"p", std::to_string(draw.Below(44))}; };
  Met met;
  for (int step = 0; step < steps; ++step) {
    // First they come, then bans do; above a high limit mostly of times after that.
    const int alone = limit > 20 ? steps / 2 : 2 * static_cast<int>(limit);
    if (limit > 20 && step == alone) draw.GoOn();
    const int what = draw.Below(step < alone ? 64 : limit > 20 ? 88 : 100);
    Event event = Ban{name(), draw.Below(2) ? "c" : "d", "x", draw.Stamp()};
    if (what < 60) {
      const SellerStatus status =
          draw.Below(9) == 0 ? SellerStatus::kApplicant : SellerStatus::kActive;
      event = Enrol{name(),
                    status,
                    draw.Below(2) ? "s" : "t",
                    draw.When(),
                    {{shared, {{shared, "custom.strong"}}}}};
    } else if (what < 75) {
      event = Withdraw{name(), shared, draw.Below(2) ? "s" : "", draw.Stamp()};
    } else if (what < 84) {
      event = Reinstate{name(), "c", draw.Below(2) == 0, draw.Stamp()};
    }
    world.Apply(event);
    twin.Apply(event);
    if (step % 16 == 0) world.CheckSound();
    const bool hub = world.Export().find("\"hub\":true") != std::string::npos;
    REQUIRE(hub == twin.IsHub(shared, "custom.strong"));
    std::size_t enrolled = 0;
    for (const SellerName& carrier : twin.CarriersOf(shared)) {
      enrolled += twin.sellers().at(carrier).status == SellerStatus::kActive;
    }
    met.hubs += hub;
    met.freed += !hub && enrolled > limit;
  }
  REQUIRE(world.Export() == twin.Export());
  world.CheckSound();
  return met;
}

TEST_CASE("Rule10ManyCarriersAreCountedAsTheTwinDoes") {
  for (const std::uint32_t limit : {3U, 12U, 31U, 33U}) {
    const Met met = WalkNearTheLimit(FirstSeed(), limit, 260);
    MESSAGE("limit ", limit, ": hub at ", met.hubs, " steps, kept from it at ", met.freed);
    CHECK(met.hubs > 0);
    if (limit > 3) CHECK(met.freed > 0);
  }
}

// --- Cost

struct BanCost {
  std::uint64_t rows = 0;
  double millis = 0;
};

// What bans cost on an identifier that `count` sellers carry, all since day 1: one that leaves it a
// hub, one of day 0, which joins them all, and the lifting of that, which parts them.
std::array<BanCost, 3> CostOfBans(std::uint64_t count) {
  const std::unique_ptr<rocksdb::Env> env(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  Store::Options options;
  options.mode = Store::Mode::kCreate;
  options.env = env.get();
  options.count_reads = true;
  const LinkPolicy policy = HubPolicy();
  Result<std::unique_ptr<Registry>> made = OpenRegistry("/world", TestKey(), options, &policy);
  REQUIRE(made);
  Registry& registry = **made;
  const Fingerprint shared = Histories::FingerprintOf(0);
  {
    Result<std::unique_ptr<BulkLoad>> load = BeginBulkLoad(registry, {});
    REQUIRE(load);
    BulkBlock block;
    for (std::uint64_t i = 0; i < count; ++i) {
      const Enrol enrol{{"p", std::to_string(i)},
                        SellerStatus::kActive,
                        "s",
                        Day(1),
                        {{shared, {{shared, "custom.strong"}}}}};
      REQUIRE((*load)->Pack(enrol, block));
      if (block.count < 4096 && i + 1 < count) continue;
      Seal(block);
      REQUIRE((*load)->Take(block, "events"));
      block = {};
    }
    REQUIRE((*load)->Finish({}));
  }
  const auto rows = [&] {
    const auto statistics = Inside(registry).store->database().GetDBOptions().statistics;
    return statistics->getTickerCount(rocksdb::NUMBER_KEYS_READ) +
           statistics->getTickerCount(rocksdb::NUMBER_DB_SEEK) +
           statistics->getTickerCount(rocksdb::NUMBER_DB_NEXT);
  };
  std::array<BanCost, 3> costs;
  const Event events[] = {Ban{{"p", "7"}, "c", "x", Day(5)}, Ban{{"p", "8"}, "c", "x", Day(0)},
                          Reinstate{{"p", "8"}, "c", false, Day(9)}};
  for (std::size_t i = 0; i < costs.size(); ++i) {
    const std::uint64_t before = rows();
    const auto start = std::chrono::steady_clock::now();
    REQUIRE(registry.Apply(events[i]));
    costs[i].millis =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    costs[i].rows = rows() - before;
  }
  return costs;
}

TEST_CASE("Rule10ABanOnAHubReadsNoMoreRowsOfManyCarriersThanOfFew") {
  const std::uint64_t few = CostOfBans(100)[0].rows;
  CHECK(few < 60);
  CHECK(CostOfBans(3'000)[0].rows <= few);
}

TEST_SUITE("slow") {
  TEST_CASE("Rule10WhatBansOnAHubCost") {
    for (const std::uint64_t count : {100U, 1'000U, 10'000U, 100'000U}) {
      const std::array<BanCost, 3> costs = CostOfBans(count);
      MESSAGE(count, " carriers: stays a hub ", costs[0].rows, " rows, ", costs[0].millis,
              " ms; joins all ", costs[1].rows, " rows, ", costs[1].millis, " ms; parts all ",
              costs[2].rows, " rows, ", costs[2].millis, " ms");
    }
  }
  TEST_CASE("Rule10AllSmallWorldsOfOneIdentifier") { MESSAGE(TryAll(1), " worlds"); }
  TEST_CASE("Rule10ManyCarriersInManyHistories") {
    for (int i = 0; i < Scaled(20); ++i) {
      for (const std::uint32_t limit : {3U, 12U, 30U, 32U, 34U}) {
        WalkNearTheLimit(FirstSeed() + static_cast<std::uint64_t>(i), limit, 400);
      }
    }
  }
}

}  // namespace
}  // namespace revenant

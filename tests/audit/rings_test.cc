// Applications of one audit that know each other.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "audit/audit_market.h"
#include "revenant/audit.h"

namespace revenant {
namespace {

using namespace test;
using Json = nlohmann::json;

std::vector<Json> JsonLines(const std::string& file) {
  std::vector<Json> lines;
  std::ifstream input(file);
  for (std::string line; std::getline(input, line);) lines.push_back(Json::parse(line));
  return lines;
}

struct Store {
  Store() : registry(Market(folder / "store")) {}
  // Audits rows "seller,custom.c,contact.email,custom.d".
  AuditReport Audit(const std::string& rows, bool among = true) {
    WriteFile(folder / "in.csv", "platform,seller,custom.c,contact.email,custom.d\n" + rows);
    AuditOptions options;
    options.as_of = kAsOf;
    options.among = among;
    options.threads = 2;
    const std::vector<std::string> files = {folder / "in.csv"};
    auto report = revenant::Audit(*registry, files, folder / "out", options);
    REQUIRE_MESSAGE(report, report.error().message);
    if (among) rings = JsonLines(folder / "out/rings.jsonl");
    return *std::move(report);
  }
  Folder folder;
  std::unique_ptr<Registry> registry;
  std::vector<Json> rings;
};

TEST_SUITE("audit") {
  TEST_CASE("ARingThatKnowsOnlyItselfIsFoundAmongTheApplications") {
    Store store;
    std::string rows;
    for (int i = 0; i < 300; ++i) rows += fmt::format("m,alone{},own {},,\n", i, i);
    for (int i = 0; i < 60; ++i) {  // each shares one value with the next
      rows += fmt::format("m,ring{},link {},,link {}\n", i, i / 2, (i + 1) / 2);
    }
    const AuditReport without = store.Audit(rows, false);
    CHECK_FALSE(without.among);
    CHECK_FALSE(fs::exists(store.folder / "out/rings.jsonl"));
    CHECK(without.clear == 360);
    const std::string lines = ReadFile(store.folder / "out/results.jsonl");
    const std::string table = ReadFile(store.folder / "out/results.csv");

    const AuditReport with = store.Audit(rows);
    REQUIRE(with.among);
    CHECK(with.among->rings == 1);
    CHECK(with.among->largest == 60);
    CHECK(with.among->sellers == 60);
    CHECK(with.among->unknown == 1);
    CHECK(with.clear == 360);
    REQUIRE(store.rings.size() == 1);
    const Json& ring = store.rings[0];
    CHECK(ring["size"] == 60);
    CHECK(ring["members"][0] == "m:ring0");
    CHECK(ring["members"][59] == "m:ring59");
    CHECK(ring["verdicts"]["clear"] == 60);
    CHECK(ring["shared"].size() > 30);
    // Nothing else changes.
    std::string plain = ReadFile(store.folder / "out/results.jsonl");
    std::size_t marked = 0;
    const std::string mark = ",\"ring\":\"ring-1\"";
    for (std::size_t at; (at = plain.find(mark)) != plain.npos; ++marked) {
      plain.erase(at, mark.size());
    }
    CHECK(marked == 60);
    CHECK((plain == lines));
    plain = ReadFile(store.folder / "out/results.csv");
    for (std::size_t at; (at = plain.find(",ring-1\n")) != plain.npos;) plain.erase(at + 1, 6);
    CHECK((plain == table));
    // And an audit without it takes the old rings away.
    store.Audit(rows, false);
    CHECK_FALSE(fs::exists(store.folder / "out/rings.jsonl"));
  }

  TEST_CASE("WhatLinksNobodyMakesNoRing") {
    Store store;
    LinkPolicy policy = store.registry->policy();
    KindPolicy kind = policy.For("custom.c");
    kind.fanout_limit = 5;
    kind.carry_limit = 3;
    policy.Set("custom.c", kind);
    kind.role = Role::kSupporting;
    policy.Set("custom.d", kind);
    REQUIRE(store.registry->Apply(SetPolicy{policy}));
    for (int i = 0; i < 6; ++i) {
      Record record{.seller = {"m", fmt::format("warehouse{}", i)},
                    .attributes = {{"custom.c", "", "busy"}}};
      REQUIRE(store.registry->Enrol(record));
    }
    const auto share = [](int sellers, const char* cells) {
      std::string rows;
      for (int i = 0; i < sellers; ++i) rows += fmt::format("m,x{},{}\n", i, cells);
      return rows;
    };
    struct Case {
      const char* name;
      std::string rows;
      std::uint64_t largest;
    };
    const Case cases[] = {
        {"a value of five", share(5, "till-7,,"), 5},
        {"a hub among the applications", share(6, "till-7,,"), 0},
        {"a hub in the registry", share(2, "busy,,"), 0},
        {"junk", share(2, "n/a,test@test.com,"), 0},
        {"a supporting kind", share(2, ",,till-7"), 0},
        {"one seller's own rows", "m,x,a,,\nm,x,a,,\nm,x,a,,\n", 0},
        {"rows of one seller add up", "m,x,a,,\nm,y,b,,\nm,x,b,,\n", 2},
        {"two rows of a seller count once for a hub", share(5, "till-7,,") + share(5, "till-7,,"),
         5},
        {"who carries too many joins nobody",
         "m,x,a,,\nm,x,b,,\nm,x,c,,\nm,x,d,,\nm,y,a,,\nm,z,b,,\n", 0},
        {"the same value of another kind", "m,x,till-7,,\nm,y,,,till-7\n", 0},
    };
    for (const Case& one : cases) {
      CAPTURE(one.name);
      const AuditReport report = store.Audit(one.rows);
      CHECK(report.among->largest == one.largest);
      CHECK(report.among->rings == (one.largest > 0));
    }
  }

  // Against components found by comparing each with each.
  TEST_CASE("RingsAreTheComponentsOfWhatIsShared") {
    Store store;
    std::mt19937_64 random(Seed());
    CAPTURE(Seed());
    for (int round = 0; round < 5; ++round) {
      const std::size_t sellers = 200;
      std::vector<std::set<std::string>> values(sellers);
      std::string rows;
      for (std::size_t i = 0; i < 300; ++i) {
        const std::size_t seller = random() % sellers;
        const std::string c = fmt::format("v{}", random() % 250);
        const std::string d = random() % 2 == 0 ? fmt::format("v{}", random() % 250) : "";
        values[seller].insert("c " + c);
        if (!d.empty()) values[seller].insert("d " + d);
        rows += fmt::format("m,n{},{},,{}\n", seller, c, d);
      }
      std::map<std::string, std::size_t> carriers;
      for (const auto& own : values) {
        for (const std::string& value : own) ++carriers[value];
      }
      const std::size_t limit = store.registry->policy().For("custom.c").fanout_limit;
      std::vector<std::size_t> ring(sellers);
      for (std::size_t i = 0; i < sellers; ++i) ring[i] = i;
      for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t a = 0; a < sellers; ++a) {
          for (std::size_t b = 0; b < a; ++b) {
            if (ring[a] == ring[b]) continue;
            const bool meet = std::any_of(values[a].begin(), values[a].end(), [&](const auto& one) {
              return values[b].contains(one) && carriers[one] <= limit;
            });
            if (!meet) continue;
            ring[a] = ring[b] = std::min(ring[a], ring[b]);
            changed = true;
          }
        }
      }
      std::map<std::size_t, std::set<std::string>> wanted;
      for (std::size_t i = 0; i < sellers; ++i) wanted[ring[i]].insert(fmt::format("m:n{}", i));
      std::set<std::set<std::string>> rings, found;
      for (const auto& [number, members] : wanted) {
        if (members.size() > 1) rings.insert(members);
      }
      const AuditReport report = store.Audit(rows);
      std::size_t before = SIZE_MAX;
      for (const Json& line : store.rings) {
        found.insert(line["members"].get<std::set<std::string>>());
        CHECK(line["size"] == line["members"].size());
        CHECK(line["size"].get<std::size_t>() <= before);
        before = line["size"];
      }
      CHECK((found == rings));
      CHECK(report.among->rings == rings.size());
    }
  }
}

}  // namespace
}  // namespace revenant

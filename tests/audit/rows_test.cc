// Rows of one seller add up to one application, wherever blocks end.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "audit/audit_market.h"
#include "audit/row_merger.h"
#include "audit/sellers_apart.h"
#include "records/block_reader.h"
#include "revenant/audit.h"

namespace revenant {
namespace {

using namespace test;
using Json = nlohmann::json;

struct Store {
  Store() : registry(Market(folder / "store")) {}
  // Audits rows "seller,custom.c,contact.email,seen".
  AuditReport Run(const std::string& rows, AuditOptions options = {}) {
    WriteFile(folder / "in.csv", "platform,seller,custom.c,contact.email,seen\n" + rows);
    return RunFile(folder / "in.csv", options);
  }
  AuditReport RunFile(const std::string& file, AuditOptions options = {}) {
    options.as_of = kAsOf;
    options.threads = 2;
    const std::vector<std::string> files = {file};
    auto report = Audit(*registry, files, folder / "out", options);
    REQUIRE_MESSAGE(report, report.error().message);
    verdicts.clear();
    std::ifstream results(folder / "out/results.jsonl");
    for (std::string line; std::getline(results, line);) {
      const Json verdict = Json::parse(line);
      verdicts += fmt::format("{}:{} ", verdict["seller"].get<std::string>(),
                              verdict["identifiers"].get<int>());
    }
    return *std::move(report);
  }
  Folder folder;
  std::unique_ptr<Registry> registry;
  std::string verdicts;  // "seller:identifiers " of each
};

TEST_SUITE("audit") {
  TEST_CASE("RowsOfOneSellerThatFollowEachOtherAreOneApplication") {
    Store store;
    struct Case {
      const char *name, *rows, *verdicts;
      std::uint64_t merged, apart, refused, rejected;
    };
    const std::string many_bad = [] {
      std::string rows = "m,x,v1,,\n";
      for (int i = 0; i < 65; ++i) rows += "m,,v2,,\n";
      return rows + "m,x,v3,,\n";
    }();
    const Case cases[] = {
        {"one each", "m,x,v1,,\nm,y,v2,,\n", "x:1 y:1 ", 0, 0, 0, 0},
        {"two of one", "m,x,v1,,\nm,x,v2,,\nm,y,v2,,\n", "x:2 y:1 ", 1, 0, 0, 0},
        {"the same twice", "m,x,v1,,\nm,x,v1,,\n", "x:1 ", 1, 0, 0, 0},
        {"an empty row", "m,x,,,\nm,x,v1,,\nm,x,,,\n", "x:1 ", 2, 0, 0, 0},
        {"apart", "m,x,v1,,\nm,y,v2,,\nm,x,v3,,\n", "x:1 y:1 x:1 ", 0, 1, 0, 0},
        {"another platform's", "m,x,v1,,\no,x,v2,,\n", "x:1 x:1 ", 0, 0, 0, 0},
        {"a refused row between", "m,x,v1,,\nm,,v2,,\nm,x,v3,,\n", "x:2 ", 1, 0, 1, 1},
        {"refused rows around", "m,,v1,,\nm,x,v2,,\nm,x,v3,,\nm,,v4,,\nm,y,v5,,\n", "x:2 y:1 ", 1,
         0, 2, 2},
        {"refused rows at the end", "m,x,v2,,\nm,x,v3,,\nm,,v4,,\nm,,v5,,\n", "x:2 ", 1, 0, 2, 2},
        {"too many refused rows between", many_bad.c_str(), "x:1 x:1 ", 0, 1, 65, 65},
        {"a bad cell", "m,x,v1,a@@b,\nm,x,v2,a@@b,\n", "x:2 ", 1, 0, 0, 2},
    };
    for (const Case& one : cases) {
      CAPTURE(one.name);
      for (const bool sampled : {false, true}) {
        AuditOptions options;
        options.sample = sampled ? 1'000 : 0;
        const AuditReport report = store.Run(one.rows, options);
        CHECK(store.verdicts == one.verdicts);
        CHECK(report.merged == one.merged);
        CHECK(report.apart == one.apart);
        CHECK(report.refused == one.refused);
        CHECK(report.rejected == one.rejected);
        CHECK(report.cut == 0);
      }
    }
    CHECK((ReadFile(store.folder / "out/rejects.csv").find(":2,") == std::string::npos));
  }

  TEST_CASE("WhatTwoRowsSayIsWeighedTogether") {
    Store store;  // m:s0 is banned
    const AuditReport apart = store.Run("m,x,value 0,,\nm,y,,mail0@mailinator.com,\n");
    const AuditReport together = store.Run("m,x,value 0,,\nm,x,,mail0@mailinator.com,\n");
    const AuditReport one_row = store.Run("m,x,value 0,mail0@mailinator.com,\n");
    CHECK(one_row.block == 1);
    CHECK(apart.block < 2);
    CHECK(together.block == 1);
    CHECK(together.screened == 1);
  }

  TEST_CASE("AnApplicationIsChosenWithAllItsRows") {
    Store store;
    const char* const rows =
        "m,x,v1,,2026-01-01\nm,x,v2,,2026-03-01\nm,y,v3,,2026-01-01\nm,y,v4,,\n"
        "m,z,v5,,2026-04-01\n";
    AuditOptions options;
    options.since = *ParseTime("2026-02-01");
    AuditReport report = store.Run(rows, options);
    CHECK(store.verdicts == "x:2 z:1 ");
    CHECK(report.skipped == 2);
    CHECK(report.merged == 1);
    options.limit = 1;
    report = store.Run(rows, options);
    CHECK(store.verdicts == "x:2 ");
    CHECK(report.records == 2);
    options.limit = 3;
    report = store.Run(rows, options);
    CHECK(store.verdicts == "x:2 z:1 ");
    CHECK(report.records == 5);
    options = {};
    options.sample = 1;
    for (options.seed = 1; options.seed < 9; ++options.seed) {
      report = store.Run(rows, options);
      CHECK(report.screened == 1);
      CHECK((store.verdicts == "x:2 " || store.verdicts == "y:2 " || store.verdicts == "z:1 "));
      CHECK(report.records == 5);
    }
  }

  // Runs longer than blocks, and than one application may be.
  TEST_CASE("ALongRunIsOneApplicationUpToItsLimit") {
    Store store;
    const std::size_t block_rows = BlockReader::kBlockBytes / 20;
    std::string rows = "m,a,v,,\n";
    for (std::size_t i = 0; i < block_rows; ++i) rows += fmt::format("m,b,long value {},,\n", i);
    rows += "m,c,v,,\n";
    REQUIRE(rows.size() > BlockReader::kBlockBytes);
    AuditReport report = store.Run(rows);
    CHECK(store.verdicts == fmt::format("a:1 b:{} c:1 ", block_rows));
    CHECK(report.merged == block_rows - 1);
    CHECK(report.apart == 0);
    CHECK(report.cut == 0);

    std::string text;
    const std::size_t count = 2 * kMaxAttributes + 7;
    for (std::size_t i = 0; i < count; ++i) {
      text += fmt::format("{{\"platform\":\"m\",\"seller\":\"b\",\"custom.c\":\"v{}\"}}\n", i);
    }
    WriteFile(store.folder / "in.jsonl", text);
    for (const bool limited : {false, true}) {
      AuditOptions options;
      options.limit = limited ? count : 0;
      report = store.RunFile(store.folder / "in.jsonl", options);
      CHECK(store.verdicts == fmt::format("b:{0} b:{0} b:7 ", kMaxAttributes));
      CHECK(report.screened == 3);
      CHECK(report.cut == 2);
      CHECK(report.apart == 2);
      CHECK(report.merged == count - 3);
    }
  }

  TEST_CASE("SellersWhoComeAgainAreCountedInAnyNumberOfPasses") {
    const Folder folder;
    std::mt19937_64 random(Seed());
    StagedFile file(folder / "sellers");
    REQUIRE(file.OpenNew());
    CHECK(*CountRepeatedSellers(file) == 0);
    std::set<std::uint64_t> seen;
    std::uint64_t again = 0;
    for (int i = 0; i < 3'000; ++i) {
      const std::uint64_t name = random() % 2'000;
      again += !seen.insert(name).second;
      std::string bytes;
      AppendSeller(bytes, {"m", fmt::format("s{}", name)});
      REQUIRE(file.Append(bytes));
    }
    for (const std::size_t most : {100u, 2'999u, 3'000u, 100'000u}) {
      CAPTURE(most);
      CHECK(*CountRepeatedSellers(file, most) == again);
    }
  }

  TEST_CASE("TheEarliestDateOfTheRowsStands") {
    struct Case {
      const char *first, *second, *seen, *latest;
    };
    const Case cases[] = {
        {"2026-01-01", "2026-02-01", "2026-01-01", "2026-02-01"},
        {"2026-02-01", "2026-01-01", "2026-01-01", "2026-02-01"},
        {"", "2026-01-01", "2026-01-01", "2026-01-01"},
        {"2026-01-01", "", "2026-01-01", "2026-01-01"},
        {"", "", "", ""},
    };
    const auto time = [](const char* text) {
      return *text == '\0' ? Time::Unknown() : *ParseTime(text);
    };
    for (const Case& one : cases) {
      InputRecord first{.usable = true, .record = {.seller = {"m", "x"}, .seen = time(one.first)}};
      InputRecord second{.usable = true,
                         .record = {.seller = {"m", "x"}, .seen = time(one.second)}};
      first.record.status = SellerStatus::kApplicant;
      Application application;
      application.Begin(first);
      REQUIRE(application.Add(second));
      CHECK(application.input.record.seen == time(one.seen));
      CHECK(application.latest == time(one.latest));
      CHECK(application.input.record.status == SellerStatus::kActive);
      CHECK(application.rows == 2);
    }
    InputRecord large{.usable = true, .record = {.seller = {"m", "x"}}};
    large.record.attributes.push_back({"custom.c", "", std::string(kMaxRecordBytes, 'x')});
    InputRecord small{.usable = true, .record = {.seller = {"m", "x"}}};
    small.record.attributes.push_back({"custom.c", "", "y"});
    Application application;
    application.Begin(large);
    CHECK_FALSE(application.Add(small));
    CHECK(application.rows == 1);
    CHECK(small.record.attributes.size() == 1);
  }
}

}  // namespace
}  // namespace revenant

// A bulk import leaves what batches leave, and reports the same.

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "registry/worlds.h"
#include "revenant/audit.h"

namespace revenant {
namespace {

std::string Told(const Reject& reject) {
  return reject.file + ":" + std::to_string(reject.line) + ":" + std::to_string(reject.column) +
         ":" + reject.field + ":" + reject.kind + ":" + reject.reason;
}

using Lines = std::vector<std::string>;

struct Folder {
  Folder()
      : path(std::filesystem::temp_directory_path() /
             ("bulk" + std::to_string(std::random_device{}()))) {
    std::filesystem::create_directories(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string Write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path / name, std::ios::binary) << bytes;
    return (path / name).string();
  }
  const std::filesystem::path path;
};

struct Imported {
  World world{LinkPolicy{}};
  ImportReport report;
  std::string error;
  Lines rejects, unmapped;
};

void Import(Imported& imported, const std::vector<std::string>& files, ImportOptions options) {
  options.hooks.on_reject = [&](const Reject& reject) { imported.rejects.push_back(Told(reject)); };
  options.hooks.on_unmapped = [&](const std::string&, const Lines& names) {
    imported.unmapped.insert(imported.unmapped.end(), names.begin(), names.end());
  };
  Result<ImportReport> report = revenant::Import(*imported.world, files, options);
  if (report) {
    imported.report = std::move(*report);
  } else {
    imported.error = report.error().message;
  }
}

// Imports the same files both ways: the state, report and rejects must be the same.
void CheckSame(const std::vector<std::string>& files, ImportOptions options = {}) {
  Imported bulk, batch;
  options.mode = ImportMode::kBulk;
  options.threads = 2;
  options.memory_bytes = 1;
  Import(bulk, files, options);
  options.mode = ImportMode::kBatch;
  Import(batch, files, options);
  CHECK(bulk.error == batch.error);
  CHECK(bulk.report.bulk == bulk.error.empty());
  CHECK(bulk.report.records == batch.report.records);
  CHECK(bulk.report.sellers == batch.report.sellers);
  CHECK(bulk.report.attributes == batch.report.attributes);
  CHECK(bulk.report.identifiers == batch.report.identifiers);
  CHECK(bulk.report.invalid == batch.report.invalid);
  CHECK(bulk.report.junk == batch.report.junk);
  CHECK(bulk.report.rejected == batch.report.rejected);
  CHECK(bulk.rejects == batch.rejects);
  CHECK(bulk.unmapped == batch.unmapped);
  CHECK(bulk.world.Export() == batch.world.Export());
  CHECK(bulk.world.Export(ExportScope::kFacts) == batch.world.Export(ExportScope::kFacts));
  bulk.world.CheckSound();
}

std::string ManyRows(int rows) {
  std::mt19937 random(3);
  std::string text = "platform,seller,seen,status,pay.iban,contact.email,device.imei,colour\n";
  for (int i = 0; i < rows; ++i) {
    const std::string number = std::to_string(random() % 5'000);
    text += "eu,s" + std::to_string(random() % 2'000) + ",2026-03-0" + std::to_string(1 + i % 9) +
            (i % 97 == 0 ? "x" : "") + "," + (i % 11 == 0 ? "applicant" : "active") + "," +
            (i % 5 == 0   ? "GB82 WEST 1234 5698 7654 32"
             : i % 7 == 0 ? "GB00WEST"
                          : "") +
            "," +
            (i % 3 == 0 ? "\"m" + number + "@mailinator.com\"" : "m" + number + "@mailinator.net") +
            "," + (i % 13 == 0 ? "000000000000000" : "") + ",red\n";
    if (i % 501 == 0) text += "eu,short\n";
  }
  return text;
}

TEST_CASE("a bulk import leaves and reports what batches leave and report") {
  const Folder folder;
  ImportOptions options;
  options.received = Time{1'800'000'000'000'000};
  CheckSame({folder.Write("many.csv", ManyRows(6'000))}, options);
  CheckSame({folder.Write("a.csv", ManyRows(10)), folder.Write("b.csv", ManyRows(300))}, options);
  CheckSame({folder.Write("none.csv", "platform,seller,pay.iban\n\n\n")}, options);
  CheckSame({folder.Write("empty.csv", "")}, options);
  CheckSame({folder.Write("good.csv", ManyRows(10)), folder.Write("bad.csv", "colour\nred\n")},
            options);
  CheckSame({(folder.path / "missing.csv").string()}, options);
}

TEST_CASE("what came before a damaged place is in") {
  const Folder folder;
  const std::string rows = ManyRows(2'000);
  CheckSame({folder.Write("open_quote.csv", rows + "eu,\"never ends,,,,,,\n" + rows)});
  CheckSame({folder.Write("foreign.csv", rows + "exchange/eu,case,,,,,,\n" + rows)});
  ImportOptions small;
  small.read.max_record_bytes = 2'000;
  const std::string endless(std::size_t{2} << 20, 'x');
  CheckSame({folder.Write("long.csv", rows + "eu,\"" + endless + "\"" + ",,,,,,\n" + rows)}, small);
  CheckSame({folder.Write("long_open.csv", rows + "eu,\"" + endless + ",,,,,,\n" + rows)}, small);
}

TEST_CASE("a bulk import that is told to stop enters nothing") {
  const Folder folder;
  const std::vector<std::string> files = {folder.Write("many.csv", ManyRows(20'000))};
  for (const std::uint64_t limit :
       {std::uint64_t{0}, std::uint64_t{15'000}, std::uint64_t{20'000}}) {
    Imported stopped;
    ImportOptions options;
    options.mode = ImportMode::kBulk;
    options.hooks.on_progress = [&](std::uint64_t records) { return records < limit; };
    Import(stopped, files, options);
    CHECK(stopped.error.empty());
    CHECK(stopped.report.interrupted);
    const Result<Stats> stats = stopped.world->GetStats();
    REQUIRE(stats);
    CHECK(stats->sellers == 0);
    stopped.world.CheckSound();
  }
}

TEST_CASE("large files are loaded in bulk where that is possible, and small ones never") {
  const Folder folder;
  const std::string large = folder.Write("large.csv", ManyRows(25'000));
  const std::string small = folder.Write("small.csv", ManyRows(10));
  Imported imported;
  Import(imported, {small}, {});
  CHECK_FALSE(imported.report.bulk);
  Import(imported, {large}, {});
  CHECK(imported.report.bulk);
  imported.world.Apply(Ban{{"eu", "s1"}, "case", "fakes", Time{1}});
  Import(imported, {large}, {});
  CHECK_FALSE(imported.report.bulk);  // somebody is banned
  Imported fresh;
  Import(fresh, {small, large}, {});
  CHECK(fresh.report.bulk);
}

}  // namespace
}  // namespace revenant

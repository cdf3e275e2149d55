// Imports that are killed or interrupted at random moments, and what the same command makes of it.

#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <random>

#include "command.h"

namespace revenant::test {
namespace {

constexpr int kRecords = 20'000;

// Sellers of which some share accounts, some records cannot be used, and `seen` tells the order.
std::string ManyRecords() {
  std::mt19937 random(7);
  std::string lines;
  for (int i = 0; i < kRecords; ++i) {
    if (i % 997 == 0) lines += "{\"platform\":\"eu\"}\n";
    const std::string number = std::to_string(i);
    lines += "{\"platform\":\"eu\",\"seller\":\"s" + std::to_string(random() % kRecords) +
             "\",\"seen\":\"2026-0" + std::to_string(1 + i % 5) + "-0" + std::to_string(1 + i % 9) +
             "T00:00:00Z\",\"attributes\":[{\"kind\":\"custom.account\",\"value\":\"a" +
             std::to_string(random() % (2 * kRecords)) +
             "\"},{\"kind\":\"custom.device\",\"value\":\"d" + number + "\"}]}\n";
  }
  return lines;
}

using Span = std::chrono::microseconds;

// Waits for a random part of `span`, then ends `pid` by `signal`. Returns its exit code.
int EndWithin(Span span, pid_t pid, int signal, std::mt19937& random) {
  usleep(static_cast<unsigned>(
      random() % std::max<std::uint64_t>(1, static_cast<std::uint64_t>(span.count()))));
  kill(pid, signal);
  const int code = Workshop::Wait(pid);
  constexpr int kStopped = 130;  // by itself, whichever signal asked it to
  CHECK((code == 0 || code == kStopped || code == 128 + signal));
  return code;
}

// Starts the import again and again, each time ended by `signal` at a random moment, and finishes
// it; the store must hold what an undisturbed import gives. Where it was never cut short, because
// this machine is faster now, once more with less time.
void CutShort(int signal, int times) {
  const Workshop shop;
  shop.Write("many.jsonl", ManyRecords());
  const auto import = [](const char* store) {
    return Words{"--store", store, "--key", "k", "import", "--batch", "many.jsonl", "--quiet"};
  };
  REQUIRE(shop.On("calm", {"--key", "k", "init"}).exit_code == 0);
  const auto start = std::chrono::steady_clock::now();
  REQUIRE(shop.Run(import("calm")).exit_code == 0);
  const auto took = std::chrono::duration_cast<Span>(std::chrono::steady_clock::now() - start);
  const std::string exported = shop.On("calm", {"--key", "k", "export"}).out;
  const std::string facts = shop.On("calm", {"--key", "k", "export", "--facts"}).out;

  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  int cut = 0;
  for (int attempt = 0; attempt < 6 && cut == 0; ++attempt) {
    const std::string torn = "torn" + std::to_string(attempt);
    REQUIRE(shop.On(torn, {"--key", "k", "init"}).exit_code == 0);
    for (int i = 0; i < times; ++i) {
      const pid_t pid = shop.Start(import(torn.c_str()));
      cut += EndWithin(took * 2 / (times << attempt), pid, signal, random) != 0;
      const Outcome fsck = shop.On(torn, {"--key", "k", "fsck"});
      CAPTURE(fsck.out);
      CHECK(fsck.exit_code == 0);
    }
    CHECK(shop.Run(import(torn.c_str())).exit_code == 0);
    CHECK(shop.On(torn, {"--key", "k", "export"}).out == exported);
    CHECK(shop.On(torn, {"--key", "k", "export", "--facts"}).out == facts);
  }
  CHECK(cut > 0);
}

TEST_CASE("an import that is killed goes on where it stopped") { CutShort(SIGKILL, 5); }

TEST_CASE("an import that is interrupted goes on where it stopped") { CutShort(SIGINT, 3); }

// Audits cut short at random moments; the last one ends with the bytes of an undisturbed one.
TEST_CASE("an audit that is interrupted or killed goes on to the same bytes") {
  const Workshop shop;
  shop.Write("many.jsonl", ManyRecords());
  REQUIRE(shop.On("s", {"init"}).exit_code == 0);
  REQUIRE(shop.On("s", {"import", "many.jsonl", "--quiet"}).exit_code != 2);
  for (const char* seller : {"eu:s1", "eu:s2", "eu:s5"}) {
    shop.On("s", {"ban", seller, "--reason", "x", "--at", "2026-06-01"});
  }
  const auto audit = [](const std::string& out) {
    return Words{"--store", "s", "audit", "many.jsonl", "--among", "--out", out};
  };
  const auto at = [&](const std::string& out) {
    Words words = audit(out);
    words.insert(words.end(), {"--as-of", "2026-07-01"});
    return words;
  };
  const auto start = std::chrono::steady_clock::now();
  REQUIRE(shop.Run(at("calm")).exit_code == 0);
  const auto took = std::chrono::duration_cast<Span>(std::chrono::steady_clock::now() - start);
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  int cut = 0;
  for (int attempt = 0; attempt < 8 && cut == 0; ++attempt) {
    for (const int signal : {SIGINT, SIGTERM, SIGKILL, SIGINT}) {
      cut += EndWithin(took / (1 + attempt), shop.Start(at("torn")), signal, random) != 0;
    }
    CHECK(shop.Run(at("torn")).exit_code == 0);
    for (const char* file : {"results.jsonl", "results.csv", "rejects.csv", "rings.jsonl"}) {
      CAPTURE(file);
      CHECK((shop.Read(std::string("torn/") + file) == shop.Read(std::string("calm/") + file)));
    }
  }
  CHECK(cut > 0);

  Outcome stopped;
  for (int wait_ms = 100; wait_ms < 10'000 && stopped.exit_code != 130; wait_ms = wait_ms * 5 / 4) {
    const pid_t pid = shop.Start(audit("said"));
    usleep(static_cast<unsigned>(wait_ms) * 1000);
    kill(pid, SIGTERM);
    stopped.exit_code = Workshop::Wait(pid);
    stopped.err = shop.Read(".err");
    if (stopped.exit_code == 0) break;
  }
  REQUIRE(stopped.exit_code == 130);
  CHECK(stopped.err.find("the same command continues from there") != std::string::npos);
  CHECK(!std::filesystem::exists(shop.dir() / "said/results.jsonl"));
  REQUIRE(shop.On("s", {"ban", "eu:s9", "--reason", "x", "--at", "2026-06-01"}).exit_code == 0);
  CHECK(shop.Run(audit("said")).err.find("begins again: the store changed") != std::string::npos);
}

TEST_CASE("an interrupted import says so in one line, and the next one where it goes on") {
  const Workshop shop;
  shop.Write("many.jsonl", ManyRecords());
  REQUIRE(shop.On("s", {"init"}).exit_code == 0);
  Outcome cut;
  for (int wait_ms = 30; wait_ms < 5000 && cut.exit_code != 130; wait_ms *= 2) {
    const pid_t pid =
        shop.Start({"--store", "s", "import", "--batch", "many.jsonl", "--rejects", "r.csv"});
    usleep(static_cast<unsigned>(wait_ms) * 1000);
    kill(pid, SIGTERM);
    cut.exit_code = Workshop::Wait(pid);
    cut.err = shop.Read(".err");
    if (cut.exit_code == 0) break;
  }
  REQUIRE(cut.exit_code == 130);
  CHECK(cut.err.find("interrupted after") != std::string::npos);
  const Outcome rest = shop.On("s", {"import", "many.jsonl", "--rejects", "r.csv"});
  CHECK(rest.exit_code == 0);
  CHECK(rest.err.find("continuing after record") != std::string::npos);
  const std::string rejects = shop.Read("r.csv");
  CHECK(rejects.starts_with("file,line,"));
  CHECK(rejects.find("many.jsonl,1,") != std::string::npos);      // of the first run
  CHECK(rejects.find("many.jsonl,19961,") != std::string::npos);  // of the second
  CHECK(rejects.find("file,line,", 1) == std::string::npos);
}

// Bulk loads ended by `signal` at random moments, each of a new store: nothing of them is in, or
// everything.
void CutBulkShort(int signal, int times) {
  const Workshop shop;
  shop.Write("many.jsonl", ManyRecords());
  const auto exported = [&](const std::string& store) {
    return shop.On(store, {"--key", "k", "export", "--facts"}).out;
  };
  REQUIRE(shop.On("empty", {"--key", "k", "init"}).exit_code == 0);
  REQUIRE(shop.On("calm", {"--key", "k", "init"}).exit_code == 0);
  REQUIRE(shop.On("whole", {"--key", "k", "init"}).exit_code == 0);
  REQUIRE(shop.On("calm", {"--key", "k", "import", "--batch", "many.jsonl"}).exit_code == 0);
  const auto start = std::chrono::steady_clock::now();
  REQUIRE(shop.On("whole", {"--key", "k", "import", "--bulk", "many.jsonl"}).exit_code == 0);
  const auto took = std::chrono::duration_cast<Span>(std::chrono::steady_clock::now() - start);
  CHECK(shop.On("whole", {"--key", "k", "fsck"}).exit_code == 0);
  const std::string nothing = exported("empty"), everything = exported("calm");
  CHECK(exported("whole") == everything);

  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  int cut = 0;
  for (int i = 0; i < times || (cut == 0 && i < times + 6); ++i) {
    const std::string store = "torn" + std::to_string(i);
    CAPTURE(store);
    REQUIRE(shop.On(store, {"--key", "k", "init"}).exit_code == 0);
    const Words import = {"--store", store,    "--key",      "k",
                          "import",  "--bulk", "many.jsonl", "--quiet"};
    const pid_t pid = shop.Start(import);
    // A machine that is faster now would never be cut short: the rounds beyond have less time.
    const int code = EndWithin(took / (1 << std::max(0, i - times)), pid, signal, random);
    const Outcome fsck = shop.On(store, {"--key", "k", "fsck"});
    CAPTURE(fsck.out);
    CHECK(fsck.exit_code == 0);
    const std::string left = exported(store);
    CHECK((left == nothing || left == everything));
    if (code == 0) CHECK(left == everything);
    cut += left == nothing;
    if (left == nothing) {
      CHECK(shop.Run(import).exit_code == 0);
      CHECK(exported(store) == everything);
    }
    CHECK_FALSE(std::filesystem::exists(shop.dir() / store / "bulk_load"));
  }
  CHECK(cut > 0);
}

TEST_CASE("a bulk load that is killed leaves nothing behind") { CutBulkShort(SIGKILL, 4); }

TEST_CASE("a bulk load that is interrupted leaves nothing behind") { CutBulkShort(SIGINT, 3); }

TEST_CASE("stdin and compressed files are loaded in bulk as well") {
  const Workshop shop;
  const std::string records = ManyRecords();
  shop.Write("many.jsonl.gz", Gzip(records));
  shop.Write("many.jsonl", records);
  for (const char* store : {"stdin", "gzip", "batch"}) {
    REQUIRE(shop.On(store, {"--key", "k", "init"}).exit_code == 0);
  }
  CHECK(shop.On("stdin", {"--key", "k", "import", "--bulk", "-"}, records).exit_code == 0);
  CHECK(shop.On("gzip", {"--key", "k", "import", "--bulk", "many.jsonl.gz"}).exit_code == 0);
  CHECK(shop.On("batch", {"--key", "k", "import", "--batch", "many.jsonl"}).exit_code == 0);
  const std::string expected = shop.On("batch", {"--key", "k", "export", "--facts"}).out;
  CHECK(shop.On("stdin", {"--key", "k", "export", "--facts"}).out == expected);
  CHECK(shop.On("gzip", {"--key", "k", "export", "--facts"}).out == expected);
  // Once more, into what is no empty store any more; and not where somebody is banned.
  CHECK(shop.On("gzip", {"--key", "k", "import", "--bulk", "many.jsonl.gz"}).exit_code == 0);
  CHECK(shop.On("gzip", {"--key", "k", "export", "--facts"}).out == expected);
  CHECK(shop.On("gzip", {"--key", "k", "fsck"}).exit_code == 0);
  CHECK(shop.On("gzip", {"--key", "k", "ban", "eu:s1", "--reason", "fakes"}).exit_code == 0);
  const Outcome banned = shop.On("gzip", {"--key", "k", "import", "--bulk", "many.jsonl.gz"});
  CHECK(banned.exit_code == 2);
  CHECK(banned.err.find("enter records in batches") != std::string::npos);
}

TEST_SUITE("slow") {
  TEST_CASE("twenty kills") { CutShort(SIGKILL, 20); }
  TEST_CASE("twenty kills of a bulk load") { CutBulkShort(SIGKILL, 20); }
}

}  // namespace
}  // namespace revenant::test

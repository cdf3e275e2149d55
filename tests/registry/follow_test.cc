// Reading beside a writer: every opening succeeds, every answer is a state that the writer had, and
// a reader can catch up with the newest.

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <thread>

#include "registry/again.h"
#include "registry/folder.h"
#include "registry/handle.h"
#include "registry/worlds.h"
#include "revenant/journal.h"
#include "revenant/screener.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

// Event n bans seller n, whose IBAN nobody else has, and seller n + 1 beside it: in every state
// that existed the banned sellers are 2n, and exactly those.
SellerName Numbered(int number) { return {"p", "s" + std::to_string(number)}; }

Fingerprint PrintOf(int number) {
  Fingerprint print;
  for (std::size_t i = 0; i < print.bytes.size(); ++i) {
    print.bytes[i] = static_cast<std::uint8_t>((number + 1) * 2654435761U >> (8 * (i % 4)) ^ i);
  }
  return print;
}

Enrol Application(const SellerName& seller, int print) {
  return {seller,
          SellerStatus::kApplicant,
          "",
          Time{1},
          {{PrintOf(print), {{.fingerprint = PrintOf(print), .kind = "pay.iban"}}}}};
}

std::vector<Event> StepOf(int number) {
  std::vector<Event> events;
  for (const int seller : {2 * number, 2 * number + 1}) {
    Enrol enrol = Application(Numbered(seller), seller);
    enrol.status = SellerStatus::kActive;
    events.emplace_back(std::move(enrol));
    events.emplace_back(Ban{Numbered(seller), "c" + std::to_string(seller), "fakes", Time{2}});
  }
  return events;
}

// What a reader sees must be the state after some step, at least `least` and, if that is known, at
// most `most`. Returns the number of steps; -1 with `why` if it is no such state.
int StepsSeen(const Registry& reader, std::string& why) {
  const Result<Stats> stats = reader.GetStats();
  if (!stats) return why = stats.error().message, -1;
  std::set<std::string> banned;
  const Result<void> each =
      reader.ForEachSeller([&](const SellerName& name, const ClusterId&, bool is_banned) {
        if (is_banned) banned.insert(name.external_id);
      });
  if (!each) return why = each.error().message, -1;
  if (stats->banned % 2 != 0) return why = "half an event", -1;
  const int steps = static_cast<int>(stats->banned / 2);
  if (stats->sellers != stats->banned || stats->observations != stats->banned) {
    return why = "sums of two states", -1;
  }
  if (banned.size() != stats->banned) return why = "rows of two states", -1;
  if (steps > 0 && !banned.contains("s" + std::to_string(2 * steps - 1))) {
    return why = "a hole", -1;
  }
  return steps;
}

// No seller that was banned in a state that was seen is clear in it, and later sellers are.
bool JudgesRightly(const Registry& reader, int steps, std::string& why) {
  for (const int seller : {0, steps - 1, 2 * steps - 1}) {
    if (seller < 0 || steps == 0) continue;
    const Result<Verdict> verdict = reader.Screen(Application({"q", "new"}, seller));
    if (!verdict) return why = verdict.error().message, false;
    if (verdict->decision == Decision::kClear) {
      return why = "a false clear of " + std::to_string(seller), false;
    }
  }
  const Result<Verdict> stranger = reader.Screen(Application({"q", "new"}, 2 * steps + 999'983));
  if (!stranger) return why = stranger.error().message, false;
  return stranger->decision == Decision::kClear;
}

struct Shared {
  std::atomic<int> committed{0}, opens{0}, refreshes{0}, failures{0}, news{0};
  std::atomic<bool> stop{false};
  char why[512] = {};
  void Fail(const std::string& text) {
    if (failures.fetch_add(1) == 0) text.copy(why, sizeof why - 1);
  }
};

// Opens, and catches up a few times, checking each state.
void ReadOnce(const fs::path& dir, Shared& shared, int refreshes, bool warm) {
  const int least = shared.committed;
  const Result<std::unique_ptr<Registry>> reader =
      Registry::Open(dir, TestKey(), Access::kReadOnly);
  ++shared.opens;
  if (!reader) return shared.Fail(reader.error().message);
  std::string why;
  int seen = StepsSeen(**reader, why);
  if (seen < least) return shared.Fail(why.empty() ? "older than what was there before" : why);
  if (warm) {
    if (const Result<void> warmed = (*reader)->WarmUp(); !warmed) {
      return shared.Fail(warmed.error().message);
    }
  }
  for (int i = 0; i < refreshes; ++i) {
    if (!JudgesRightly(**reader, seen, why)) return shared.Fail(why);
    const int before = shared.committed;
    const Result<bool> is_new = (*reader)->Refresh();
    ++shared.refreshes;
    if (!is_new) return shared.Fail(is_new.error().message);
    const int now = StepsSeen(**reader, why);
    if (now < 0) return shared.Fail(why);
    if (now < before || now < seen) return shared.Fail("went back");
    if (*is_new != (now != seen)) return shared.Fail("news that is none, or none that is");
    shared.news += *is_new;
    seen = now;
  }
}

// Steps of one event each, closed and opened again now and then, as the command would.
void WriteAll(const fs::path& dir, Shared& shared, int steps, int steps_an_opening) {
  std::unique_ptr<Registry> writer;
  for (int step = shared.committed; step < steps && !shared.stop; ++step) {
    if (writer == nullptr) {
      Result<std::unique_ptr<Registry>> opened = Registry::Open(dir, TestKey());
      if (!opened) return shared.Fail(opened.error().message);
      writer = std::move(*opened);
    }
    const auto applied = writer->ApplyAll(StepOf(step));
    if (!applied) return shared.Fail(applied.error().message);
    shared.committed = step + 1;
    if (step % steps_an_opening == steps_an_opening - 1) writer.reset();
  }
}

void CheckOutcome(const Shared& shared) {
  CAPTURE(std::string(shared.why));
  MESSAGE(shared.opens.load() << " opens, " << shared.refreshes.load() << " refreshes, "
                              << shared.news.load() << " with news, " << shared.committed.load()
                              << " steps, " << shared.failures.load() << " failures");
  CHECK(shared.failures == 0);
}

void FollowInThisProcess(int steps, int opens, int refreshes) {
  Folder folder;
  const fs::path dir = folder / "store";
  REQUIRE(Registry::Create(dir, TestKey()));
  Shared shared;
  std::thread writer([&] {
    while (!shared.stop && shared.failures == 0) {
      // Openings of different lengths: what a flush leaves differs.
      WriteAll(dir, shared, steps, shared.committed % 3 == 0 ? 1 : 7);
      if (shared.committed >= steps) break;
    }
  });
  for (int i = 0; i < opens && shared.failures == 0; ++i) {
    ReadOnce(dir, shared, refreshes, i % 4 == 0);
  }
  shared.stop = true;
  writer.join();
  CheckOutcome(shared);
}

// What processes share lies in a file.
Shared& MapShared(const fs::path& file) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT, 0600);
  REQUIRE(fd >= 0);
  REQUIRE(::ftruncate(fd, sizeof(Shared)) == 0);
  void* memory = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  REQUIRE(memory != MAP_FAILED);
  ::close(fd);
  return *static_cast<Shared*>(memory);  // all zeros is how it begins
}

// The writer is a process, and so is each reader.
void FollowAcrossProcesses(int steps, int readers, int opens, int refreshes) {
  Folder folder;
  const fs::path dir = folder / "store";
  REQUIRE(Registry::Create(dir, TestKey()));
  REQUIRE(TestKey().WriteNew(folder / "test.key"));
  Shared& shared = MapShared(folder / "shared");
  std::map<std::string, std::string> variables = {
      {"REVENANT_TEST_KEY", (folder / "test.key").string()},
      {"REVENANT_TEST_STORE", dir.string()},
      {"REVENANT_TEST_SHARED", (folder / "shared").string()},
      {"REVENANT_TEST_STEPS", std::to_string(steps)},
      {"REVENANT_TEST_OPENS", std::to_string(opens)},
      {"REVENANT_TEST_REFRESHES", std::to_string(refreshes)}};
  const pid_t writer = StartAgain("StepsOfAWriter", variables);
  std::vector<pid_t> others;
  for (int i = 0; i < readers; ++i) others.push_back(StartAgain("OpeningsOfAReader", variables));
  for (const pid_t reader : others) CHECK(WaitFor(reader) == 0);
  shared.stop = true;
  CHECK(WaitFor(writer) == 0);
  CheckOutcome(shared);
  ::munmap(&shared, sizeof(Shared));
}

TEST_CASE("StepsOfAWriter" * doctest::skip()) {
  WriteAll(Variable("REVENANT_TEST_STORE"), MapShared(Variable("REVENANT_TEST_SHARED")),
           std::stoi(Variable("REVENANT_TEST_STEPS")), 3);
}

TEST_CASE("OpeningsOfAReader" * doctest::skip()) {
  Shared& shared = MapShared(Variable("REVENANT_TEST_SHARED"));
  const int opens = std::stoi(Variable("REVENANT_TEST_OPENS"));
  for (int each = 0; each < opens && shared.failures == 0; ++each) {
    ReadOnce(Variable("REVENANT_TEST_STORE"), shared,
             std::stoi(Variable("REVENANT_TEST_REFRESHES")), each % 4 == 0);
  }
}

TEST_CASE("AReaderFollowsTheWriter") {
  Folder folder;
  const fs::path dir = folder / "store";
  REQUIRE(Registry::Create(dir, TestKey()));
  Result<std::unique_ptr<Registry>> writer = Registry::Open(dir, TestKey());
  REQUIRE(writer);
  Result<std::unique_ptr<Registry>> reader = Registry::Open(dir, TestKey(), Access::kReadOnly);
  REQUIRE(reader);
  REQUIRE((*reader)->WarmUp());  // its filter knows nobody
  Screener screener(**reader);
  const auto decision = [&](int print) {
    const Result<const Verdict*> verdict = screener.Screen(Application({"q", "new"}, print));
    REQUIRE(verdict);
    return (*verdict)->decision;
  };
  CHECK_FALSE(*(*reader)->Refresh());
  CHECK_FALSE(*(*writer)->Refresh());
  for (int step = 0; step < 6; ++step) {
    CHECK(decision(2 * step) == Decision::kClear);
    REQUIRE((*writer)->ApplyAll(StepOf(step)));
    CHECK(decision(2 * step) == Decision::kClear);  // of the state before
    REQUIRE(*(*reader)->Refresh());
    CHECK(decision(2 * step) != Decision::kClear);
    CHECK_FALSE(*(*reader)->Refresh());
    if (step % 2 == 0) REQUIRE((*reader)->WarmUp());
    CHECK(decision(2 * step) != Decision::kClear);
    std::string why;
    CHECK(StepsSeen(**reader, why) == step + 1);
    if (step == 3) {  // closed, its log becomes tables
      writer->reset();
      writer = Registry::Open(dir, TestKey());
      REQUIRE(writer);
    }
  }
  // A change of policy, and its taking back, arrive with the rows that go with them.
  LinkPolicy policy = (*writer)->policy();
  policy.max_hops += 1;
  REQUIRE((*writer)->Apply(SetPolicy{policy}));
  CHECK((*reader)->policy().max_hops != policy.max_hops);
  REQUIRE(*(*reader)->Refresh());
  CHECK((*reader)->policy().max_hops == policy.max_hops);
  REQUIRE((*writer)->Apply(Reinstate{Numbered(0), "c0", false, Time{3}}));
  REQUIRE((*reader)->Refresh());
  CHECK(decision(0) == Decision::kClear);
  CHECK(decision(1) != Decision::kClear);
  CHECK((*reader)->Fsck()->problems.empty());
}

TEST_CASE("WhatAReaderHoldsSurvivesTheWritersDeletions") {
  Folder folder;
  const fs::path dir = folder / "store";
  REQUIRE(Registry::Create(dir, TestKey()));
  Shared shared;
  WriteAll(dir, shared, 5, 1);
  const Result<std::unique_ptr<Registry>> reader =
      Registry::Open(dir, TestKey(), Access::kReadOnly);
  REQUIRE(reader);
  {
    Result<std::unique_ptr<Registry>> writer = Registry::Open(dir, TestKey());
    REQUIRE(writer);
    REQUIRE(Inside(**writer).store->Tidy());
    REQUIRE((*writer)->ApplyAll(StepOf(5)));
    REQUIRE(Inside(**writer).store->Tidy());
  }
  std::string why;
  CHECK(StepsSeen(**reader, why) == 5);
  CHECK((*reader)->Fsck()->problems.empty());  // reads every file, also those that were deleted
  REQUIRE((*reader)->Refresh());
  CHECK(StepsSeen(**reader, why) == 6);
}

// RocksDB opens such a table and finds nothing in it: a ban would vanish without a word.
TEST_CASE("ATableWhosePropertiesAreDamagedIsRefused") {
  Folder folder;
  const fs::path dir = folder / "store";
  REQUIRE(Registry::Create(dir, TestKey()));
  Shared shared;
  WriteAll(dir, shared, 5, 1);
  REQUIRE(Inside(**Registry::Open(dir, TestKey())).store->Tidy());
  int damaged = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(dir)) {
    if (entry.path().extension() != ".sst") continue;
    const auto size = static_cast<std::size_t>(fs::file_size(entry.path()));
    std::string bytes(size, '\0');
    std::ifstream(entry.path(), std::ios::binary)
        .read(bytes.data(), static_cast<std::streamsize>(size));
    const std::size_t at = bytes.find("data.size");
    if (at == std::string::npos) continue;
    CAPTURE(entry.path().filename().string());
    std::string bad = bytes;
    bad[at + 4] = '!';
    std::ofstream(entry.path(), std::ios::binary) << bad;
    for (const Access access : {Access::kReadOnly, Access::kReadWrite}) {
      const Result<std::unique_ptr<Registry>> registry = Registry::Open(dir, TestKey(), access);
      REQUIRE_FALSE(registry);
      CHECK(registry.error().code == Code::kCorruption);
      CHECK(registry.error().message.find("put back a copy") != std::string::npos);
    }
    std::ofstream(entry.path(), std::ios::binary) << bytes;
    ++damaged;
  }
  CHECK(damaged >= 5);
  std::string why;
  CHECK(StepsSeen(**Registry::Open(dir, TestKey(), Access::kReadOnly), why) == 5);
}

TEST_CASE("AReaderNoticesAnotherStoreInItsPlace") {
  Folder folder;
  const fs::path dir = folder / "store";
  REQUIRE(Registry::Create(dir, TestKey()));
  const Result<std::unique_ptr<Registry>> reader =
      Registry::Open(dir, TestKey(), Access::kReadOnly);
  REQUIRE(reader);
  fs::remove_all(dir);
  const Result<bool> gone = (*reader)->Refresh();
  REQUIRE_FALSE(gone);
  CHECK(gone.error().code == Code::kNotFound);
  CHECK((*reader)->GetStats());  // what it has is still there
  REQUIRE(Registry::Create(dir, TestKey()));
  const Result<bool> other = (*reader)->Refresh();
  REQUIRE_FALSE(other);
  CHECK(other.error().code == Code::kConflict);
}

// A process that may not write can still read, and leaves nothing behind.
TEST_CASE("AReaderWritesNothing") {
  Folder folder;
  const fs::path dir = folder / "store";
  REQUIRE(Registry::Create(dir, TestKey()));
  Shared shared;
  WriteAll(dir, shared, 3, 2);
  std::map<std::string, fs::file_time_type> before;
  const auto look = [&] {
    std::map<std::string, fs::file_time_type> found;
    for (const fs::directory_entry& entry : fs::directory_iterator(dir)) {
      found[entry.path().filename().string()] = entry.last_write_time();
    }
    found["."] = fs::last_write_time(dir);
    return found;
  };
  fs::permissions(dir, fs::perms::owner_read | fs::perms::owner_exec);
  before = look();
  ReadOnce(dir, shared, 3, true);
  CHECK(std::string(shared.why) == "");
  CHECK(look() == before);
  fs::permissions(dir, fs::perms::owner_all);
}

TEST_CASE("EveryStateThatAReaderSeesExistedInOneProcess") { FollowInThisProcess(60, 25, 4); }
TEST_CASE("EveryStateThatAReaderSeesExistedAcrossProcesses") {
  FollowAcrossProcesses(400, 2, 12, 4);
}

TEST_SUITE("slow") {
  TEST_CASE("TenThousandOpeningsAndRefreshesBesideAWriter") {
    FollowInThisProcess(1'000'000, 700, 4);
    FollowAcrossProcesses(1'000'000, 3, 450, 4);
  }
}

}  // namespace
}  // namespace revenant

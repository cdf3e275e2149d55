// The log of a killed process: damage is refused by name, an unfinished last write is accepted and
// reported, and no banned seller is ever clear.

#include <unistd.h>

#include <fstream>
#include <functional>
#include <iterator>

#include "registry/again.h"
#include "registry/folder.h"
#include "registry/handle.h"
#include "registry/worlds.h"
#include "store/wal_marks.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

constexpr int kBans = 40;

SellerName Banned(int number) { return {"p", "s" + std::to_string(number)}; }

// Writes bans, each acknowledged, and dies without closing. With `synced`, all but the last ten
// were on disk.
void WriteAndDie(const fs::path& dir, int first, int count, bool synced) {
  const fs::path key = dir.parent_path() / "test.key";
  if (!fs::exists(key)) REQUIRE(TestKey().WriteNew(key));
  const pid_t child = StartAgain("BansThatAProcessWritesBeforeItDies",
                                 {{"REVENANT_TEST_KEY", key.string()},
                                  {"REVENANT_TEST_STORE", dir.string()},
                                  {"REVENANT_TEST_FIRST", std::to_string(first)},
                                  {"REVENANT_TEST_COUNT", std::to_string(count)},
                                  {"REVENANT_TEST_SYNCED", synced ? "yes" : ""}});
  REQUIRE(WaitFor(child) == 0);
}

TEST_CASE("BansThatAProcessWritesBeforeItDies" * doctest::skip()) {
  Result<std::unique_ptr<Registry>> registry =
      Registry::Open(Variable("REVENANT_TEST_STORE"), TestKey());
  REQUIRE(registry);
  const int first = std::stoi(Variable("REVENANT_TEST_FIRST"));
  const int end = first + std::stoi(Variable("REVENANT_TEST_COUNT"));
  for (int i = first; i < end; ++i) {
    const bool now = !Variable("REVENANT_TEST_SYNCED").empty() && i == end - 11;
    REQUIRE((*registry)->Apply(Ban{Banned(i), "c" + std::to_string(i), "fakes", Time{1}},
                               now ? Durability::kSynced : Durability::kBuffered));
  }
  ::_exit(0);  // as a kill would
}

fs::path LogOf(const fs::path& dir) {
  fs::path found;
  for (const fs::directory_entry& entry : fs::directory_iterator(dir)) {
    if (entry.path().extension() != ".log") continue;
    if (found.empty() || fs::file_size(entry.path()) > fs::file_size(found)) found = entry.path();
  }
  REQUIRE_FALSE(found.empty());
  return found;
}

std::string BytesOf(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void Replace(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

// Where records begin (a block is larger than what these tests write between two of them).
std::vector<std::size_t> RecordsOf(const std::string& log) {
  std::vector<std::size_t> records;
  for (std::size_t at = 0; at + 7 <= log.size();) {
    const std::size_t left = 32768 - at % 32768;
    if (left < 7) {
      at += left;
      continue;
    }
    const std::size_t size =
        static_cast<unsigned char>(log[at + 4]) +
        256 * static_cast<std::size_t>(static_cast<unsigned char>(log[at + 5]));
    if (log[at + 6] == 1 || log[at + 6] == 2) records.push_back(at);
    at += 7 + size;
  }
  return records;
}

// The marks as they are after the machine went down: what was not synced binds nobody.
void PretendAnotherBoot(const fs::path& dir) {
  std::optional<WalMarkList> marks = WalMarkList::Read(dir);
  REQUIRE(marks);
  marks->boot = "another";
  Replace(dir / WalMarks::kFileName, marks->Encode());
}

struct Tried {
  bool opened = false;
  Code code{};
  std::string message, said;
  int kept = 0;  // bans in force
};

Tried Try(const fs::path& dir, Access access) {
  Tried tried;
  OpenOptions options;
  options.access = access;
  options.log = [&](LogLevel level, std::string_view line) {
    if (level == LogLevel::kWarning) tried.said += line;
  };
  const Result<std::unique_ptr<Registry>> registry = Registry::Open(dir, TestKey(), options);
  tried.opened = registry.has_value();
  if (!registry) {
    tried.code = registry.error().code;
    tried.message = registry.error().message;
    return tried;
  }
  const Result<Stats> stats = (*registry)->GetStats();
  REQUIRE(stats);
  tried.kept = static_cast<int>(stats->banned);
  for (int i = 0; i < kBans; ++i) {
    const Result<ClusterSummary> cluster = (*registry)->Cluster(Banned(i));
    CHECK((cluster && cluster->banned == 1) == (i < tried.kept));  // a prefix, whole
  }
  const Result<FsckReport> report = (*registry)->Fsck();
  REQUIRE(report);
  CHECK(report->problems.empty());
  return tried;
}

enum class Then : std::uint8_t {
  kRefused,   // by name, for writing and for reading
  kTornTail,  // accepted; what is missing was never acknowledged, or not synced; and said
  kWhole,
  kNobodyKnows,  // a hole between two whole records: only marks tell
};

struct Damage {
  const char* name;
  std::function<void(const fs::path& dir, const fs::path& log, const std::string& bytes)> make;
  Then same_boot, another_boot;  // the machine went down, or not; all but ten were synced
  Then nobody_marked;            // a store of before, without marks
};

void Flip(const fs::path& log, std::string bytes, std::size_t at) {
  bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
  Replace(log, bytes);
}
std::size_t Place(const std::string& bytes, double share) {
  const std::vector<std::size_t> records = RecordsOf(bytes);
  return records[static_cast<std::size_t>(share * static_cast<double>(records.size() - 1))];
}

const std::vector<Damage>& AllDamages() {
  using P = const fs::path&;
  using B = const std::string&;
  constexpr Then R = Then::kRefused, T = Then::kTornTail, W = Then::kWhole;
  static const std::vector<Damage> all = {
      {"none", [](P, P, B) {}, W, W, W},
      {"a byte of the first record", [](P, P log, B b) { Flip(log, b, Place(b, 0) + 20); }, R, R,
       R},
      {"the first record's length", [](P, P log, B b) { Flip(log, b, Place(b, 0) + 5); }, R, R, R},
      {"the first record's type", [](P, P log, B b) { Flip(log, b, Place(b, 0) + 6); }, R, R, R},
      {"the first record's checksum", [](P, P log, B b) { Flip(log, b, Place(b, 0)); }, R, R, R},
      {"a byte in the middle", [](P, P log, B b) { Flip(log, b, Place(b, .5) + 20); }, R, R, R},
      {"a length in the middle", [](P, P log, B b) { Flip(log, b, Place(b, .5) + 4); }, R, R, R},
      {"a byte of the last record but one",
       [](P, P log, B b) { Flip(log, b, RecordsOf(b).end()[-2] + 30); }, R, R, R},
      // Nothing follows: after a power cut it may be a write that never got through.
      {"a byte of the last record", [](P, P log, B b) { Flip(log, b, Place(b, 1) + 20); }, R, T, R},
      {"the last byte", [](P, P log, B b) { Flip(log, b, b.size() - 1); }, R, T, R},
      {"zeros in the middle",
       [](P, P log, B b) {
         const std::size_t at = Place(b, .5);
         Replace(log, b.substr(0, at) + std::string(100, '\0') + b.substr(at + 100));
       },
       R, R, R},
      {"a hole in the middle",
       [](P, P log, B b) { Replace(log, b.substr(0, Place(b, .4)) + b.substr(Place(b, .5))); }, R,
       R, Then::kNobodyKnows},
      {"some bytes out of the middle",
       [](P, P log, B b) {
         Replace(log, b.substr(0, Place(b, .5) + 9) + b.substr(Place(b, .5) + 12));
       },
       R, R, R},
      {"cut in the last record", [](P, P log, B b) { fs::resize_file(log, b.size() - 5); }, R, T,
       T},
      {"cut by the last record", [](P, P log, B b) { fs::resize_file(log, Place(b, 1)); }, R, W, W},
      {"cut to what was synced, and a byte less",
       [](P dir, P log, B) {
         fs::resize_file(log, WalMarkList::Read(dir)->logs.back().synced - 1);
       },
       R, R, T},
      {"cut in the middle of a record",
       [](P, P log, B b) { fs::resize_file(log, Place(b, .5) + 9); }, R, R, T},
      {"cut between two records", [](P, P log, B b) { fs::resize_file(log, Place(b, .5)); }, R, R,
       W},
      {"emptied", [](P, P log, B) { fs::resize_file(log, 0); }, R, R, W},
      {"deleted", [](P, P log, B) { fs::remove(log); }, R, R, W},
      // What follows the last record was never acknowledged.
      {"zeros behind the last record",
       [](P, P log, B b) { Replace(log, b + std::string(5000, '\0')); }, T, T, T},
      {"the beginning of another write",
       [](P, P log, B b) { Replace(log, b + b.substr(Place(b, .5), 25)); }, T, T, T},
      {"older bytes of the same length",
       [](P, P log, B b) {
         std::string old;
         while (old.size() < b.size()) old += b.substr(0, Place(b, .5));
         Replace(log, old);
       },
       R, R, R},
  };
  return all;
}

TEST_CASE("DamageInTheLogOfAKilledProcess") {
  Folder folder;
  const fs::path before = folder / "before";
  REQUIRE(Registry::Create(before, TestKey()));
  WriteAndDie(before, 0, kBans, true);
  enum class Case : std::uint8_t { kSameBoot, kAnotherBoot, kNobodyMarked };
  int tried = 0, refused = 0, torn = 0, whole = 0;
  for (const Damage& damage : AllDamages()) {
    for (const Case which : {Case::kSameBoot, Case::kAnotherBoot, Case::kNobodyMarked}) {
      CAPTURE(std::string(damage.name));
      CAPTURE(static_cast<int>(which));
      const fs::path dir = folder / "store";
      fs::remove_all(dir);
      fs::copy(before, dir, fs::copy_options::recursive);
      const fs::path log = LogOf(dir);
      damage.make(dir, log, BytesOf(log));
      if (which == Case::kAnotherBoot) PretendAnotherBoot(dir);
      if (which == Case::kNobodyMarked) fs::remove(dir / WalMarks::kFileName);
      const Then then = which == Case::kSameBoot      ? damage.same_boot
                        : which == Case::kAnotherBoot ? damage.another_boot
                                                      : damage.nobody_marked;
      if (then == Then::kNobodyKnows) continue;
      ++tried;
      refused += then == Then::kRefused;
      torn += then == Then::kTornTail;
      whole += then == Then::kWhole;
      // Readers first: they leave everything as it is.
      for (const Access access : {Access::kReadOnly, Access::kReadWrite}) {
        CAPTURE(static_cast<int>(access));
        const Tried found = Try(dir, access);
        CAPTURE(found.message);
        CAPTURE(found.said);
        CHECK(found.opened == (then != Then::kRefused));
        if (then == Then::kRefused) {
          CHECK(found.code == Code::kCorruption);
          CHECK(found.message.find(log.filename().string()) != std::string::npos);
          CHECK(found.message.find("put back a copy") != std::string::npos);
        } else {
          // What was synced is there in any case; without marks nobody can know what was.
          if (which != Case::kNobodyMarked) CHECK(found.kept >= kBans - 10);
          if (which == Case::kSameBoot) CHECK(found.kept == kBans);
          const bool is_said = found.said.find("was not finished") != std::string::npos;
          CHECK(is_said == (then == Then::kTornTail && access == Access::kReadWrite));
        }
      }
    }
  }
  MESSAGE(tried << " damages: " << refused << " refused, " << torn << " torn ends accepted, "
                << whole << " that nothing shows or that touched nothing");
}

// The log of a process that was killed before, put in the place of the newer one.
TEST_CASE("AnOlderLogIsNotTakenForTheNewerOne") {
  Folder folder;
  const fs::path dir = folder / "store";
  REQUIRE(Registry::Create(dir, TestKey()));
  WriteAndDie(dir, 0, kBans, true);
  const std::string older = BytesOf(LogOf(dir));
  REQUIRE(Registry::Open(dir, TestKey()));
  WriteAndDie(dir, kBans, 20, true);
  const fs::path log = LogOf(dir);
  REQUIRE(fs::file_size(log) < older.size());
  Replace(log, older);
  for (const Access access : {Access::kReadOnly, Access::kReadWrite}) {
    const Result<std::unique_ptr<Registry>> opened = Registry::Open(dir, TestKey(), access);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == Code::kCorruption);
  }
}

// What the message says can be done is done.
TEST_CASE("AStoreWithADamagedLogCanBeOpenedWithoutWhatWasEnteredLast") {
  Folder folder;
  const fs::path dir = folder / "store";
  REQUIRE(Registry::Create(dir, TestKey()));
  WriteAndDie(dir, 0, kBans, true);
  const fs::path log = LogOf(dir);
  const std::string bytes = BytesOf(log);
  Flip(log, bytes, Place(bytes, .5) + 20);
  const Tried refused = Try(dir, Access::kReadWrite);
  REQUIRE_FALSE(refused.opened);
  const std::size_t at = refused.message.find("`truncate -s ");
  REQUIRE(at != std::string::npos);
  const std::size_t end = refused.message.find('`', at + 1);
  const std::string command = refused.message.substr(at + 1, end - at - 1);
  REQUIRE(std::system(command.c_str()) == 0);
  fs::remove(dir / WalMarks::kFileName);
  const Tried opened = Try(dir, Access::kReadWrite);
  CHECK(opened.opened);
  CHECK(opened.kept > 0);
  CHECK(opened.kept < kBans);
}

// A log is deleted once all that is in it lies in tables, and its mark before it.
TEST_CASE("MarksFollowTheLogs") {
  Folder folder;
  const fs::path dir = folder / "store";
  REQUIRE(Registry::Create(dir, TestKey()));
  Result<std::unique_ptr<Registry>> registry = Registry::Open(dir, TestKey());
  REQUIRE(registry);
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < 5; ++i) {
      const int number = round * 5 + i;
      REQUIRE((*registry)->Apply(Ban{Banned(number), "c", "fakes", Time{1}},
                                 i == 2 ? Durability::kSynced : Durability::kBuffered));
    }
    const std::optional<WalMarkList> marks = WalMarkList::Read(dir);
    REQUIRE(marks);
    CHECK(marks->boot == BootId());
    REQUIRE_FALSE(marks->logs.empty());
    for (const WalMark& mark : marks->logs) {
      char name[32];
      std::snprintf(name, sizeof name, "%06d.log", static_cast<int>(mark.number));
      REQUIRE(fs::exists(dir / name));
      CHECK(fs::file_size(dir / name) == mark.written);
      CHECK(mark.synced <= mark.written);
      if (mark.written > 0) CHECK(mark.synced > 0);
    }
    if (round == 1) REQUIRE(Inside(**registry).store->Tidy());
    if (round == 2) {
      registry->reset();
      registry = Registry::Open(dir, TestKey());
      REQUIRE(registry);
    }
  }
  // Copied while it is open, as a killed process would leave it.
  fs::copy(dir, folder / "copy", fs::copy_options::recursive);
  CHECK(Try(folder / "copy", Access::kReadOnly).opened);
  CHECK(Try(folder / "copy", Access::kReadWrite).opened);
}

}  // namespace
}  // namespace revenant

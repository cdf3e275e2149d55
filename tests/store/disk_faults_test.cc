// The n-th operation on the disk fails, for every n: the process lives, errors are clear, readers
// continue, and acknowledged writes are there afterwards. By a file system that fails, and by a
// real one that is full.

#include <doctest/doctest.h>
#include <rocksdb/db.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "store/bulk_writer.h"
#include "store/faulty_files.h"
#include "store/store.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

constexpr Table kTables[] = {Table::kNames, Table::kTombstones, Table::kAlerts};

// Step i puts a row into each of three tables and the number of steps into a fourth. So a state
// that some step left has as many rows in each as it says.
struct Steps {
  int acknowledged = 0;  // they said that they were done
  int tried = 0;
  std::string trouble;  // what is wrong; empty: nothing
};

std::optional<int> CountSteps(const View& view, std::string& trouble) {
  const Result<std::optional<std::string>> said = view.Get(Table::kMeta, "steps");
  if (!said) return trouble = said.error().message, std::nullopt;
  const int steps = *said ? std::stoi(**said) : 0;
  for (const Table table : kTables) {
    int rows = 0;
    const Result<void> done =
        view.Scan(table, "", [&](std::string_view, std::string_view) -> Result<bool> {
          ++rows;
          return true;
        });
    if (!done) return trouble = done.error().message, std::nullopt;
    if (rows != steps) {
      return trouble = std::string(TableName(table)) + " has " + std::to_string(rows) +
                       " rows in step " + std::to_string(steps),
             std::nullopt;
    }
  }
  return steps;
}

std::string KeyOf(int step) {
  std::string key = std::to_string(step);
  return std::string(6 - key.size(), '0') + key;
}

Result<void> Step(Store& store, int step, bool sync, std::size_t bytes) {
  std::unique_ptr<Batch> batch = store.NewBatch();
  for (const Table table : kTables) batch->Put(table, KeyOf(step), std::string(bytes, 'x'));
  batch->Put(Table::kMeta, "steps", std::to_string(step));
  return store.Commit(*batch, sync);
}

// Whole tables that come in at once, as one step.
Result<void> Load(Store& store, int step, std::size_t bytes) {
  Result<std::unique_ptr<BulkWriter>> writer = BulkWriter::Begin(store);
  if (!writer) return std::move(writer).error();
  const auto add = [&](Table table, std::string_view key, std::string_view value) -> Result<void> {
    TableFile file(**writer, table);
    if (Result<void> put = file.Put(key, value); !put) return put;
    return file.Finish();
  };
  for (const Table table : kTables) {
    if (Result<void> done = add(table, KeyOf(step), std::string(bytes, 'y')); !done) return done;
  }
  if (Result<void> done = add(Table::kMeta, "steps", std::to_string(step)); !done) return done;
  return (*writer)->Ingest({});
}

bool IsClear(const Error& error) {
  const bool is_io = error.code == Code::kIo || error.code == Code::kConflict;
  return is_io && error.message.find('\n') == std::string::npos && error.message.size() > 20;
}

// Whatever happens: reads show the last state acknowledged, or one that was being tried.
void CheckReads(const Store& store, Steps& steps, const char* when) {
  std::string trouble;
  const std::optional<int> seen = CountSteps(*store.Snapshot(), trouble);
  if (!seen) {
    steps.trouble = std::string(when) + ": " + trouble;
  } else if (*seen < steps.acknowledged || *seen > steps.tried) {
    steps.trouble = std::string(when) + ": " + std::to_string(*seen) + " steps, " +
                    std::to_string(steps.acknowledged) + " acknowledged";
  }
}

// Opens, writes in every way there is, closes and opens again. Errors are noted, and it continues.
void Work(const fs::path& dir, const Store::Options& options, int rounds, std::size_t bytes,
          Steps& steps, int& errors) {
  const auto note = [&](const Result<void>& done) {
    if (done) return true;
    ++errors;
    if (!IsClear(done.error())) steps.trouble = "not clear: " + done.error().message;
    return false;
  };
  for (int round = 0; round < rounds && steps.trouble.empty(); ++round) {
    Result<std::unique_ptr<Store>> store = Store::Open(dir, options);
    if (!store) {
      note(std::move(store).error());
      continue;
    }
    for (int i = 0; i < 5 && steps.trouble.empty(); ++i) {
      // A step that failed may stand or not: so the next one builds on what is there.
      std::string trouble;
      const std::optional<int> seen = CountSteps(*(*store)->Snapshot(), trouble);
      if (!seen) {
        steps.trouble = "while writing: " + trouble;
        return;
      }
      CheckReads(**store, steps, "while writing");
      const int step = *seen + 1;
      steps.tried = std::max(steps.tried, step);
      const bool done =
          note(i == 3 ? Load(**store, step, bytes) : Step(**store, step, i % 2 == 0, bytes));
      if (done) steps.acknowledged = std::max(steps.acknowledged, step);
      CheckReads(**store, steps, "after a write");
      if (i == 1) note((*store)->Tidy());
      if (i == 2) note((*store)->WriteSideFile("beside", std::string(bytes, 'z')));
    }
  }
}

void CheckAfterwards(const fs::path& dir, Steps& steps) {
  for (const Store::Mode mode : {Store::Mode::kReadOnly, Store::Mode::kReadWrite}) {
    Store::Options options;
    options.mode = mode;
    const Result<std::unique_ptr<Store>> store = Store::Open(dir, options);
    if (!store) {
      steps.trouble = "opened again: " + store.error().message;
      return;
    }
    CheckReads(**store, steps, "opened again");
    if (const Result<void> sound = (*store)->VerifyChecksums(); !sound) {
      steps.trouble = sound.error().message;
    }
    if (mode == Store::Mode::kReadOnly || !steps.trouble.empty()) continue;
    std::string trouble;
    const int step = CountSteps(*(*store)->Snapshot(), trouble).value_or(-1) + 1;
    if (const Result<void> done = Step(**store, step, true, 100); !done) {
      steps.trouble = done.error().message;
    }
  }
}

class Place {
 public:
  Place() {
    std::string pattern = (fs::temp_directory_path() / "revenant-test-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~Place() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

struct Sweep {
  int runs = 0, errors = 0, injected = 0;
};

// Fails the n-th operation of the work, n = `first`, `first` + `stride` ... until none fails any
// more, or n = `last`. Returns the number of runs in which one did.
Sweep FailEvery(FaultyFiles::Error error, bool lasting, int first, int stride, int last = INT_MAX,
                const std::string& only = {}) {
  Sweep sweep;
  for (int number = first; number <= last; number += stride) {
    Place place;
    const fs::path dir = place.path() / "store";
    Store::Options options;
    options.cache_bytes = std::size_t{1} << 20;
    const auto files = std::make_shared<FaultyFiles>();
    options.files = files;
    options.mode = Store::Mode::kCreate;
    REQUIRE(Store::Open(dir, options));
    options.mode = Store::Mode::kReadWrite;
    files->Fail(number, error, lasting, only);
    Steps steps;
    int errors = 0;
    Work(dir, options, 2, 3000, steps, errors);
    const int failures = files->failures();
    const std::string failure = files->first_failure();
    files->Mend();
    if (steps.trouble.empty())
      Work(dir, options, 1, 3000, steps, errors);  // the disk is well again
    if (steps.trouble.empty()) CheckAfterwards(dir, steps);
    CAPTURE(number);
    CAPTURE(lasting);
    CAPTURE(failure);
    CHECK(steps.trouble == "");
    if (failures == 0) return sweep;
    ++sweep.runs;
    sweep.errors += errors;
    sweep.injected += failures;
  }
  return sweep;
}

void SweepAll(int stride, FaultyFiles::Error error, bool lasting) {
  const Sweep sweep = FailEvery(error, lasting, 1, stride);
  MESSAGE(std::string(error == FaultyFiles::Error::kNoSpace ? "no space" : "EIO")
          << std::string(lasting ? ", lasting: " : ", once: ") << sweep.runs << " places, "
          << sweep.injected << " failures, " << sweep.errors << " errors");
  CHECK(sweep.runs > 60 / stride);
}

TEST_CASE("AnyOperationOnTheDiskMayFail") {
  for (const auto error : {FaultyFiles::Error::kNoSpace, FaultyFiles::Error::kIo}) {
    for (const bool lasting : {false, true}) SweepAll(53, error, lasting);
  }
}

// One write to a log fails while RocksDB is about to leave it, and the next attempt goes through:
// its torn end stays behind, and tables must not get ahead of it.
TEST_CASE("ATornLogThatRocksDBLeavesIsNotNeededAgain") {
  for (const int first : {70, 500}) {
    CHECK(FailEvery(FaultyFiles::Error::kNoSpace, false, first, 1, first + 25).runs > 20);
  }
}

// A small file system of its own, in memory, but a real one.
class SmallDisk {
 public:
  explicit SmallDisk(int kilobytes) {
    const std::string size = "size=" + std::to_string(kilobytes) + "k";
    mounted_ = ::mount("tmpfs", place_.path().c_str(), "tmpfs", 0, size.c_str()) == 0;
    if (!mounted_) why_ = std::strerror(errno);
  }
  ~SmallDisk() {
    if (mounted_) static_cast<void>(::umount2(place_.path().c_str(), MNT_DETACH));
  }
  bool mounted() const { return mounted_; }
  const std::string& why() const { return why_; }
  const fs::path& path() const { return place_.path(); }

  // Leaves room for so many bytes.
  void FillUpTo(std::uintmax_t room) {
    const fs::path filler = path() / "filler";
    fs::remove(filler);
    const std::uintmax_t free = fs::space(path()).available;
    if (free > room) {
      std::ofstream(filler, std::ios::binary) << std::string(free - room, 'f');
    }
  }
  void Empty() { fs::remove(path() / "filler"); }

 private:
  Place place_;
  bool mounted_ = false;
  std::string why_;
};

// The disk is well again: RocksDB finds out by itself, within a second or two where there is a
// processor to be had. Another failure, after that, is one.
bool WritesFourTimes(Store& store, int& step) {
  constexpr int kTries = 600;
  int tries = 0;
  while (!Step(store, step + 1, true, 100)) {
    if (++tries == kTries) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  ++step;
  for (int more = 1; more < 4; ++more) {
    const Result<void> done = more == 2 ? Load(store, ++step, 100) : Step(store, ++step, true, 100);
    if (!done) {
      MESSAGE(done.error().message);
      return false;
    }
  }
  return true;
}

// One operation fails once, in the middle of a service's life: the same handle writes on, loads in
// bulk and closes.
TEST_CASE("AStoreComesBackWithoutBeingOpenedAgain") {
  struct Row {
    FaultyFiles::Error error;
    const char* only;
    int number;
  };
  constexpr auto kNoSpace = FaultyFiles::Error::kNoSpace, kIo = FaultyFiles::Error::kIo;
  const Row rows[] = {
      {kNoSpace, "append to 0", 1},   {kNoSpace, "append to 0", 2}, {kNoSpace, "sync 0", 1},
      {kNoSpace, "append to MAN", 1}, {kNoSpace, "sync MAN", 1},    {kNoSpace, "make", 1},
      {kIo, "append to 0", 1},        {kIo, "append to 0", 2},      {kIo, "sync 0", 1},
      {kIo, "append to MAN", 1},      {kIo, "sync MAN", 1},         {kIo, "make", 1},
  };
  for (const Row& row : rows) {
    CAPTURE(row.only);
    CAPTURE(row.number);
    CAPTURE((row.error == kIo));
    Place place;
    const fs::path dir = place.path() / "store";
    Store::Options options;
    const auto files = std::make_shared<FaultyFiles>();
    options.files = files;
    options.mode = Store::Mode::kCreate;
    Steps steps;
    {
      Result<std::unique_ptr<Store>> store = Store::Open(dir, options);
      REQUIRE(store);
      if (row.number > 1) REQUIRE(Step(**store, 1, true, 3000));
      files->Fail(row.number, row.error, false, row.only);
      std::string trouble;
      for (int i = 0; i < 4 && files->failures() == 0; ++i) {
        const int step = CountSteps(*(*store)->Snapshot(), trouble).value_or(-10) + 1;
        static_cast<void>(i % 2 == 0 ? Step(**store, step, true, 3000) : (*store)->Tidy());
      }
      REQUIRE(files->failures() == 1);
      files->Mend();
      int step = CountSteps(*(*store)->Snapshot(), trouble).value_or(-10);
      CHECK(trouble == "");
      REQUIRE(WritesFourTimes(**store, step));
      CHECK((*store)->Tidy());
      steps.acknowledged = steps.tried = step;
    }
    CheckAfterwards(dir, steps);
    CHECK(steps.trouble == "");
  }
}

// As above, with a disk that is really full, and never has as much room as RocksDB would like.
TEST_CASE("AStoreComesBackWhenThereIsRoomAgain") {
  for (const int kilobytes : {3 << 10, 16 << 10}) {
    SmallDisk disk(kilobytes);
    if (!disk.mounted()) {
      MESSAGE("not tried: a file system cannot be mounted here: " << disk.why());
      return;
    }
    const fs::path dir = disk.path() / "store";
    Store::Options options;
    options.mode = Store::Mode::kCreate;
    Steps steps;
    {
      Result<std::unique_ptr<Store>> store = Store::Open(dir, options);
      REQUIRE(store);
      REQUIRE(Step(**store, 1, true, 3000));
      disk.FillUpTo(0);
      int failed = 0;
      std::string trouble;
      for (int i = 0; i < 40 && failed < 3; ++i) {
        const int step = CountSteps(*(*store)->Snapshot(), trouble).value_or(-10) + 1;
        failed += !Step(**store, step, true, 3000);
      }
      CHECK(failed == 3);
      disk.Empty();
      int step = CountSteps(*(*store)->Snapshot(), trouble).value_or(-10);
      REQUIRE(WritesFourTimes(**store, step));
      CHECK((*store)->Tidy());
      steps.acknowledged = steps.tried = step;
    }
    CheckAfterwards(dir, steps);
    CHECK(steps.trouble == "");
  }
}

// The disk stays full, and the store is closed.
TEST_CASE("AFullDiskDoesNotHoldUpClosing") {
  SmallDisk disk(16 << 10);
  if (!disk.mounted()) {
    MESSAGE("not tried: a file system cannot be mounted here: " << disk.why());
    return;
  }
  const fs::path dir = disk.path() / "store";
  Store::Options options;
  options.mode = Store::Mode::kCreate;
  Steps steps;
  {
    Result<std::unique_ptr<Store>> store = Store::Open(dir, options);
    REQUIRE(store);
    REQUIRE(Step(**store, 1, true, 3000));
    disk.FillUpTo(0);
    int step = 1;
    while (step < 40 && Step(**store, step + 1, false, 3000)) ++step;
    CHECK(step < 40);
    CHECK_FALSE((*store)->Sync());
    steps.acknowledged = step;
    steps.tried = step + 1;
  }
  disk.Empty();
  CheckAfterwards(dir, steps);
  CHECK(steps.trouble == "");
}

// The MANIFEST cannot be written any more, everything else can: RocksDB deletes the tables of an
// ingestion that failed, and must not delete those that the MANIFEST may name.
TEST_CASE("TablesThatAManifestMayNameStay") {
  CHECK(FailEvery(FaultyFiles::Error::kNoSpace, true, 1, 1, INT_MAX, "sync MANIFEST-").runs > 8);
}

// Short runs, one after another, as of a command: what each leaves is merged.
TEST_CASE("ManyClosingsLeaveFewFiles") {
  Place place;
  const fs::path dir = place.path() / "store";
  Store::Options options;
  options.mode = Store::Mode::kCreate;
  REQUIRE(Store::Open(dir, options));
  options.mode = Store::Mode::kReadWrite;
  for (int step = 1; step <= 60; ++step) {
    const Result<std::unique_ptr<Store>> store = Store::Open(dir, options);
    REQUIRE(store);
    REQUIRE(Step(**store, step, false, 100));
  }
  int files = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(dir)) {
    files += entry.path().extension() == ".sst";
  }
  CHECK(files <= 3 * 4);  // of four tables
  Steps steps{.acknowledged = 60, .tried = 60, .trouble = {}};
  CheckAfterwards(dir, steps);
  CHECK(steps.trouble == "");
}

// Room for n pages, n = 0, 1, 2 ... until the work goes through.
void FillDisk(int kilobytes, std::size_t bytes, int stride) {
  constexpr std::uintmax_t kPage = 4096;
  int full = 0, errors_in_all = 0;
  for (std::uintmax_t pages = 0;; pages += static_cast<std::uintmax_t>(stride)) {
    SmallDisk disk(kilobytes);
    if (!disk.mounted()) {
      MESSAGE("not tried: a file system cannot be mounted here: " << disk.why());
      return;
    }
    const fs::path dir = disk.path() / "store";
    Store::Options options;
    options.cache_bytes = std::size_t{1} << 20;
    options.mode = Store::Mode::kCreate;
    REQUIRE(Store::Open(dir, options));
    options.mode = Store::Mode::kReadWrite;
    Steps steps;
    int errors = 0;
    disk.FillUpTo(pages * kPage);
    Work(dir, options, 2, bytes, steps, errors);
    const bool was_full = errors > 0;
    disk.Empty();
    errors = 0;
    if (steps.trouble.empty()) Work(dir, options, 1, bytes, steps, errors);
    CHECK(errors == 0);
    if (steps.trouble.empty()) CheckAfterwards(dir, steps);
    CAPTURE(pages);
    CHECK(steps.trouble == "");
    if (!was_full) break;
    ++full;
    errors_in_all += errors;
  }
  MESSAGE(kilobytes << " KiB: full at " << full << " places");
  CHECK(full > 20 / stride);
}

TEST_CASE("AFullDiskIsAnError") {
  FillDisk(3 << 10, 3000, 17);
  FillDisk(40 << 10, 200'000, 170);
}

TEST_SUITE("slow") {
  // Four cases, since each mostly waits and takes most of an hour: run them side by side.
  TEST_CASE("EachOperationMayFindNoSpaceOnce") { SweepAll(1, FaultyFiles::Error::kNoSpace, false); }
  TEST_CASE("EachOperationMayFindNoSpaceFromThenOn") {
    SweepAll(1, FaultyFiles::Error::kNoSpace, true);
  }
  TEST_CASE("EachOperationMayFailOnce") { SweepAll(1, FaultyFiles::Error::kIo, false); }
  TEST_CASE("EachOperationMayFailFromThenOn") { SweepAll(1, FaultyFiles::Error::kIo, true); }
  TEST_CASE("ADiskFullAtEveryPageIsAnError") {
    FillDisk(3 << 10, 3000, 1);
    FillDisk(40 << 10, 200'000, 10);
  }
}

}  // namespace
}  // namespace revenant

// Callers that wait for the disk wait together, and no call returns too early.

#include <doctest/doctest.h>
#include <rocksdb/env.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "registry/worlds.h"
#include "revenant/journal.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

// A disk that takes its time to sync, and may refuse.
class SlowDisk final : public rocksdb::EnvWrapper {
 public:
  SlowDisk() : EnvWrapper(rocksdb::Env::Default()) {}

  rocksdb::Status NewWritableFile(const std::string& name,
                                  std::unique_ptr<rocksdb::WritableFile>* file,
                                  const rocksdb::EnvOptions& options) override {
    std::unique_ptr<rocksdb::WritableFile> inner;
    const rocksdb::Status status = EnvWrapper::NewWritableFile(name, &inner, options);
    if (status.ok()) *file = std::make_unique<File>(*this, std::move(inner));
    return status;
  }

  std::atomic<int> syncs{0};
  std::atomic<bool> refuses{false};

 private:
  class File final : public rocksdb::WritableFileWrapper {
   public:
    File(SlowDisk& disk, std::unique_ptr<rocksdb::WritableFile> inner)
        : WritableFileWrapper(inner.get()), disk_(disk), inner_(std::move(inner)) {}
    rocksdb::Status Sync() override {
      if (disk_.refuses) return rocksdb::Status::IOError("the test's disk refuses");
      ++disk_.syncs;
      std::this_thread::sleep_for(std::chrono::milliseconds(3));
      return WritableFileWrapper::Sync();
    }

   private:
    SlowDisk& disk_;
    std::unique_ptr<rocksdb::WritableFile> inner_;
  };
};

class SyncedWorld {
 public:
  SyncedWorld() {
    std::string pattern = (fs::temp_directory_path() / "revenant-test-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
    Store::Options options;
    options.mode = Store::Mode::kCreate;
    options.env = &disk;
    const LinkPolicy policy = TightPolicy();
    Result<std::unique_ptr<Registry>> made =
        OpenRegistry(path_ / "store", TestKey(), options, &policy);
    if (!made) FAIL(made.error().message);
    registry = std::move(*made);
  }
  ~SyncedWorld() {
    registry.reset();
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  SlowDisk disk;
  std::unique_ptr<Registry> registry;

 private:
  fs::path path_;
};

Event Newcomer(int thread, int number) {
  const SellerName name{"p", std::to_string(thread) + "-" + std::to_string(number)};
  return Enrol{name, SellerStatus::kActive, "", Time{1}, {}};
}

TEST_CASE("EightWhoWaitForTheDiskShareItsSyncs") {
  constexpr int kThreads = 8, kEach = 25;
  SyncedWorld world;
  const int before = world.disk.syncs;
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kEach; ++i) {
        refused += !world.registry->Apply(Newcomer(thread, i), Durability::kSynced).has_value();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(refused == 0);
  const int syncs = world.disk.syncs - before;
  const int events = kThreads * kEach;
  MESSAGE(events, " events in ", syncs, " syncs");
  CHECK(syncs >= kEach);  // one thread's own events come one after the other
  CHECK(syncs < kThreads * kEach / 2);

  // One order of events, and of the journal: each thread's own is as it entered them.
  const auto journal = world.registry->Journal();
  REQUIRE(journal);
  REQUIRE((*journal)->head().size == kThreads * kEach + 1);
  for (int thread = 0; thread < kThreads; ++thread) {
    std::uint64_t last = 0;
    for (int i = 0; i < kEach; ++i) {
      const auto about = (*journal)->About(std::get<Enrol>(Newcomer(thread, i)).seller);
      REQUIRE(about);
      REQUIRE(about->size() == 1);
      CHECK(about->front() > last);
      last = about->front();
    }
  }
  CHECK(world.registry->Fsck()->problems == std::vector<std::string>{});
}

TEST_CASE("OneWhoWaitsAloneHasASyncForEachEventAndNoneUnasked") {
  SyncedWorld world;
  REQUIRE(world.registry->Apply(Newcomer(0, 0), Durability::kSynced));
  const int before = world.disk.syncs;
  for (int i = 1; i < 6; ++i) REQUIRE(world.registry->Apply(Newcomer(0, i)));
  CHECK(world.disk.syncs == before);
  for (int i = 6; i < 9; ++i) REQUIRE(world.registry->Apply(Newcomer(0, i), Durability::kSynced));
  CHECK(world.disk.syncs == before + 3);
}

TEST_CASE("ADiskThatRefusesToSyncIsTold") {
  SyncedWorld world;
  REQUIRE(world.registry->Apply(Newcomer(0, 0), Durability::kSynced));
  world.disk.refuses = true;
  const Result<Applied> applied = world.registry->Apply(Newcomer(0, 1), Durability::kSynced);
  REQUIRE_FALSE(applied);
  CHECK(applied.error().code == Code::kIo);
}

}  // namespace
}  // namespace revenant

// What a batch shows is what it wrote over what was committed, and committing makes it so.

#include <doctest/doctest.h>
#include <rocksdb/env.h>

#include <cstdlib>
#include <map>
#include <random>

#include "store/store.h"

namespace revenant {
namespace {

// A table with a cache before it, one without, and the one of numbers.
constexpr Table kTables[] = {Table::kFingerprints, Table::kPairs, Table::kMeta};

class BatchTwin {
 public:
  explicit BatchTwin(std::uint64_t seed)
      : env_(rocksdb::NewMemEnv(rocksdb::Env::Default())), random_(seed) {
    Store::Options options;
    options.mode = Store::Mode::kCreate;
    options.env = env_.get();
    options.cache_bytes = std::size_t{1} << 20;
    store_ = *Store::Open("/batches", options);
  }

  // One batch: some of it undone, all of it committed or dropped.
  void Step() {
    std::unique_ptr<Batch> batch = store_->NewBatch();
    Rows rows = committed_;
    for (int part = Below(3); part >= 0; --part) {
      const Rows before = rows;
      const bool undone = Below(3) == 0;
      if (undone || Below(2) == 0) batch->SetMark();
      for (int writes = Below(12); writes > 0; --writes) Write(*batch, rows);
      CheckSame(*batch, rows);
      if (undone) {
        batch->RollBackToMark();
        rows = before;
        CheckSame(*batch, rows);
      } else {
        batch->DropMark();
      }
    }
    if (Below(4) == 0) return;
    REQUIRE(store_->Commit(*batch, Below(2) == 0));
    committed_ = std::move(rows);
    CheckSame(*store_->Snapshot(), committed_);
    CheckSame(*store_->NewBatch(), committed_);
  }

 private:
  using Rows = std::map<std::pair<Table, std::string>, std::string>;

  int Below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }
  // Keys of which some begin like others, and like prefixes that are scanned.
  std::string Key() {
    return std::string("k") + std::string("abc").substr(0, Below(4)) + std::to_string(Below(6));
  }

  void Write(Batch& batch, Rows& rows) {
    const Table table = kTables[Below(3)];
    const std::string key = Key();
    if (Below(3) == 0) {
      batch.Delete(table, key);
      rows.erase({table, key});
    } else {
      const std::string value = std::to_string(random_() % 1000);
      batch.Put(table, key, value);
      rows[{table, key}] = value;
    }
  }

  void CheckSame(const View& view, const Rows& rows) {
    for (const Table table : kTables) {
      for (const char* prefix : {"k", "ka", "kab", "kabc", "kc"}) {
        CheckScan(view, rows, table, prefix);
      }
      for (int i = 0; i < 6; ++i) {
        const std::string key = Key();
        const auto found = view.Get(table, key);
        REQUIRE(found);
        const auto wanted = rows.find({table, key});
        CHECK(*found == (wanted == rows.end() ? std::nullopt : std::optional(wanted->second)));
      }
    }
  }

  void CheckScan(const View& view, const Rows& rows, Table table, const std::string& prefix) {
    std::vector<std::pair<std::string, std::string>> wanted, seen;
    for (const auto& [place, value] : rows) {
      if (place.first == table && place.second.starts_with(prefix)) {
        wanted.emplace_back(place.second, value);
      }
    }
    const std::size_t enough = static_cast<std::size_t>(Below(12));
    if (wanted.size() > enough + 1) wanted.resize(enough + 1);
    REQUIRE(
        view.Scan(table, prefix, [&](std::string_view key, std::string_view value) -> Result<bool> {
          seen.emplace_back(key, value);
          return seen.size() <= enough;
        }));
    CHECK(seen == wanted);
  }

  std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<Store> store_;
  std::mt19937_64 random_;
  Rows committed_;
};

TEST_CASE("ABatchShowsWhatItWroteOverWhatWasCommitted") {
  const char* given = std::getenv("REVENANT_SEED");
  const std::uint64_t first = given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
  for (std::uint64_t seed = first; seed < first + 10; ++seed) {
    CAPTURE(seed);
    BatchTwin twin(seed);
    for (int step = 0; step < 60; ++step) twin.Step();
  }
}

TEST_CASE("ARefusedPartTakesItsWordsAndNumbersAlong") {
  const std::unique_ptr<rocksdb::Env> env(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  Store::Options options;
  options.mode = Store::Mode::kCreate;
  options.env = env.get();
  const std::unique_ptr<Store> store = *Store::Open("/words", options);
  std::unique_ptr<Batch> batch = store->NewBatch();
  const WordId kept = batch->InternWord("kept");
  batch->SetMark();
  const WordId gone = batch->InternWord("gone");
  CHECK(*batch->NextNumber("n") == 1);
  batch->RollBackToMark();
  CHECK(batch->FindWord("gone") == WordId{0});
  CHECK(batch->InternWord("other") == gone);
  CHECK(*batch->NextNumber("n") == 1);
  REQUIRE(store->Commit(*batch, true));
  CHECK(store->Snapshot()->FindWord("kept") == kept);
  CHECK(store->Snapshot()->Word(gone) == "other");
  CHECK(*store->NewBatch()->NextNumber("n") == 2);
}

}  // namespace
}  // namespace revenant

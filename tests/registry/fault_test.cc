// The disk fails, fills up or lies: errors are clear, and what was acknowledged is still there.

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "registry/faulty_disk.h"
#include "registry/folder.h"
#include "registry/worlds.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

std::string ExportOf(const Registry& registry) {
  std::string out;
  REQUIRE(registry.Export(ExportScope::kFacts, [&](std::string_view piece) { out += piece; }));
  return out;
}

Result<std::unique_ptr<Registry>> OpenOn(rocksdb::Env& env, Store::Mode mode) {
  const LinkPolicy policy = TightPolicy();
  Store::Options options;
  options.mode = mode;
  options.env = &env;
  options.cache_bytes = std::size_t{1} << 20;
  return OpenRegistry("/faulty", TestKey(), options,
                      mode == Store::Mode::kCreate ? &policy : nullptr);
}

TEST_CASE("AFullDiskLosesNoAcknowledgedEventAndHalfOfNone") {
  int failures = 0;
  for (std::int64_t writes = 0; writes < 40; ++writes) {
    CAPTURE(writes);
    FaultyDisk disk;
    Histories histories(static_cast<std::uint64_t>(writes) + 1);
    std::string before, after;
    {
      Result<std::unique_ptr<Registry>> registry = OpenOn(disk, Store::Mode::kCreate);
      REQUIRE(registry);
      for (int i = 0; i < 20; ++i) REQUIRE((*registry)->Apply(histories.Draw()));
      disk.FailAfter(writes);
      bool ok = true;
      for (int i = 0; i < 60 && ok; ++i) {
        before = ExportOf(**registry);
        const Result<Applied> applied = (*registry)->Apply(histories.Draw());
        ok = applied.has_value();
        if (!ok) {
          CHECK(applied.error().code == Code::kIo);
          CHECK(applied.error().message.find("make room") != std::string::npos);
          CHECK(ExportOf(**registry) == before);  // reads continue, on the state before
        }
      }
      failures += !ok;
    }
    disk.Mend();
    Result<std::unique_ptr<Registry>> again = OpenOn(disk, Store::Mode::kReadWrite);
    if (!again) FAIL(again.error().message);
    REQUIRE(again);
    if (disk.failed()) CHECK(ExportOf(**again) == before);
    const Result<FsckReport> report = (*again)->Fsck();
    REQUIRE(report);
    CHECK(report->problems.empty());
    CHECK((*again)->Apply(histories.Draw()));
  }
  CHECK(failures > 20);  // the disk did fill up
}

TEST_CASE("ARefusedEventLeavesTheOthersOfItsBatch") {
  World world(TightPolicy());
  const SellerName a{"p", "a"}, b{"p", "b"};
  world.Apply(Enrol{a, SellerStatus::kActive, "", Time{1}, {}});
  world.Apply(Forget{a, "", Time{2}});
  const std::vector<Event> events = {
      Enrol{b,
            SellerStatus::kActive,
            "",
            Time{1},
            {{Histories::FingerprintOf(0), {Histories::Identifier(0)}}}},
      Enrol{a,
            SellerStatus::kActive,
            "new-source",
            Time{3},
            {{Histories::FingerprintOf(1), {Histories::Identifier(1)}}}},
      Ban{b, "c1", "fakes", Time{4}}};
  std::vector<Registry::Refusal> refused;
  REQUIRE(world->ApplyAll(events, nullptr, &refused));
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].index == 1);
  CHECK(refused[0].error.code == Code::kConflict);
  World straight(TightPolicy());
  straight.Apply(events[0]);
  straight.Apply(events[2]);
  CHECK(world.Export() == straight.Export());
  world.CheckSound();
  // Without a list of refusals the batch is all or nothing.
  const std::string before = world.Export();
  const std::vector<Event> more = {Ban{b, "c2", "fraud", Time{5}}, events[1]};
  CHECK_FALSE(world->ApplyAll(more));
  CHECK(world.Export() == before);
}

TEST_CASE("OpeningSaysWhatIsWrong") {
  Folder folder;
  const fs::path dir = folder / "store";
  {
    const Result<std::unique_ptr<Registry>> missing = Registry::Open(dir, TestKey());
    REQUIRE_FALSE(missing);
    CHECK(missing.error().code == Code::kNotFound);
  }
  {
    Result<std::unique_ptr<Registry>> made = Registry::Create(dir, TestKey());
    REQUIRE(made);
    const Result<std::unique_ptr<Registry>> twice = Registry::Open(dir, TestKey());
    REQUIRE_FALSE(twice);
    CHECK(twice.error().code == Code::kConflict);
    CHECK(Registry::Open(dir, TestKey(), Access::kReadOnly));  // beside the writer
  }
  {
    const Result<std::unique_ptr<Registry>> again = Registry::Create(dir, TestKey());
    REQUIRE_FALSE(again);
    CHECK(again.error().code == Code::kConflict);
  }
  {
    Result<Key> other = Key::Generate();
    REQUIRE(other);
    const Result<std::unique_ptr<Registry>> wrong = Registry::Open(dir, *other);
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().code == Code::kInvalidArgument);
    CHECK(wrong.error().message.find("another key") != std::string::npos);
  }
  {
    Store::Options options;
    Result<std::unique_ptr<Store>> store = Store::Open(dir, options);
    REQUIRE(store);
    std::unique_ptr<Batch> batch = (*store)->NewBatch();
    batch->Put(Table::kMeta, "format", EncodeNumber(kFormatVersion + 1));
    REQUIRE((*store)->Commit(*batch, true));
  }
  const Result<std::unique_ptr<Registry>> newer = Registry::Open(dir, TestKey());
  REQUIRE_FALSE(newer);
  CHECK(newer.error().code == Code::kUnsupportedFormat);
  CHECK(newer.error().message.find("upgrade") != std::string::npos);
}

TEST_CASE("AFolderThatIsNoStoreIsLeftAlone") {
  Folder folder;
  fs::create_directory(folder / "notes");
  std::ofstream(folder / "notes/diary.txt") << "dear diary";
  const Result<std::unique_ptr<Registry>> made = Registry::Create(folder / "notes", TestKey());
  REQUIRE_FALSE(made);
  CHECK(made.error().code == Code::kConflict);
  const Result<std::unique_ptr<Registry>> opened = Registry::Open(folder / "notes", TestKey());
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == Code::kNotFound);
  CHECK(std::distance(fs::directory_iterator(folder / "notes"), {}) == 1);
}

TEST_CASE("ADamagedBlockIsFoundByFsck") {
  Folder folder;
  const fs::path dir = folder / "store";
  {
    Result<std::unique_ptr<Registry>> registry = Registry::Create(dir, TestKey());
    REQUIRE(registry);
    Histories histories(3);
    for (int i = 0; i < 200; ++i) REQUIRE((*registry)->Apply(histories.Draw()));
  }
  {
    REQUIRE(Registry::Open(dir, TestKey()));
  }  // recovery turns the log into table files
  int damaged = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(dir)) {
    if (entry.path().extension() != ".sst") continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(20);
    const char byte = static_cast<char>(file.get());
    file.seekp(20);
    file.put(static_cast<char>(byte ^ 0x40));
    ++damaged;
  }
  REQUIRE(damaged > 0);
  const Result<std::unique_ptr<Registry>> opened =
      Registry::Open(dir, TestKey(), Access::kReadOnly);
  if (opened) {
    const Result<FsckReport> report = (*opened)->Fsck();
    REQUIRE(report);
    CHECK_FALSE(report->problems.empty());
  } else {
    CHECK(opened.error().code == Code::kCorruption);
  }
}

// What fsck says of a store whose rows somebody changed behind the registry's back.
std::vector<std::string> ProblemsAfter(const std::function<void(Batch&)>& change) {
  Folder folder;
  const fs::path dir = folder / "store";
  {
    Result<std::unique_ptr<Registry>> registry = Registry::Create(dir, TestKey(), TightPolicy());
    REQUIRE(registry);
    Histories histories(5);
    for (int i = 0; i < 100; ++i) REQUIRE((*registry)->Apply(histories.Draw()));
    REQUIRE((*registry)->Fsck()->problems.empty());
  }
  {
    Result<std::unique_ptr<Store>> store = Store::Open(dir, {});
    REQUIRE(store);
    std::unique_ptr<Batch> batch = (*store)->NewBatch();
    change(*batch);
    REQUIRE((*store)->Commit(*batch, true));
  }
  Result<std::unique_ptr<Registry>> registry = Registry::Open(dir, TestKey());
  REQUIRE(registry);
  const Result<FsckReport> report = (*registry)->Fsck();
  REQUIRE(report);
  return report->problems;
}

TEST_CASE("FsckNamesADerivedRowThatFactsContradict") {
  const std::vector<std::string> problems = ProblemsAfter([](Batch& batch) {
    std::string key;
    FingerprintRow changed;
    REQUIRE(batch.Scan(Table::kFingerprints, "",
                       [&](std::string_view found, std::string_view value) -> Result<bool> {
                         key = found;
                         changed = *DecodeFingerprintRow(value);
                         return false;
                       }));
    changed.enrolled += 1;
    batch.Put(Table::kFingerprints, key, Encode(changed));
  });
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].find("carriers are wrong") != std::string::npos);
}

TEST_CASE("FsckNamesAFactThatBelongsToNobody") {
  constexpr SellerId kNobody{1'000'000}, kNoOne{1'000'001};
  const std::vector<std::string> problems = ProblemsAfter([&](Batch& batch) {
    batch.Put(Table::kObservations, ObservedKey(kNobody),
              EncodeObserved(std::vector<Observed>{{Fingerprint{}, WordId{1}, {1, 1}}}));
    batch.Put(Table::kPairs, PairKey(kNobody, kNoOne), Encode(PairRow{}));
  });
  const auto named = [&](std::string_view text) {
    return std::any_of(problems.begin(), problems.end(), [&](const std::string& problem) {
      return problem.find(text) != std::string::npos;
    });
  };
  CHECK(named("observations belong to no seller"));
  CHECK(named("a finding of different people is about no seller"));
  CHECK(named("a finding of different people stands under one of two"));
}

}  // namespace
}  // namespace revenant

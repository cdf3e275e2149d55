// Stores of every old format open, say what they said, and can be written to.

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "revenant/journal.h"
#include "revenant/registry.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

std::string ReadBytes(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string ExportOf(const Registry& registry, ExportScope scope) {
  std::string out;
  REQUIRE(registry.Export(scope, [&](std::string_view piece) { out += piece; }));
  return out;
}

// A copy of a fixture's store, since opening one writes to it.
class OldStore {
 public:
  explicit OldStore(const char* version)
      : from_(fs::path(REVENANT_FIXTURES) / "formats" / version) {
    std::string pattern = (fs::temp_directory_path() / "revenant-test-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
    fs::copy(from_ / "store", path_ / "store", fs::copy_options::recursive);
  }
  ~OldStore() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  OldStore(const OldStore&) = delete;
  OldStore& operator=(const OldStore&) = delete;

  std::unique_ptr<Registry> Open(Access access) const {
    const Result<Key> key =
        Key::FromKeeper([&]() -> Result<std::string> { return ReadBytes(from_ / "key"); });
    REQUIRE(key);
    Result<std::unique_ptr<Registry>> registry = Registry::Open(path_ / "store", *key, access);
    if (!registry) FAIL(registry.error().message);
    return std::move(*registry);
  }
  std::string Expected(const char* name) const { return ReadBytes(from_ / name); }

 private:
  fs::path from_, path_;
};

TEST_CASE("AStoreOfFormat1SaysWhatItSaidWhoeverOpensIt") {
  const OldStore store("v1");
  for (const Access access : {Access::kReadOnly, Access::kReadWrite, Access::kReadOnly}) {
    const auto registry = store.Open(access);
    CHECK(ExportOf(*registry, ExportScope::kFacts) == store.Expected("facts.jsonl"));
    CHECK(ExportOf(*registry, ExportScope::kLive) == store.Expected("live.jsonl"));
    const Result<FsckReport> report = registry->Fsck();
    REQUIRE(report);
    CHECK(report->problems.empty());
    const auto journal = registry->Journal();
    REQUIRE(journal);
    CHECK((*journal)->head().size == 0);
  }
}

TEST_CASE("AStoreOfFormat1KeepsAJournalFromItsFirstNewEventOn") {
  const OldStore store("v1");
  const SellerName seller{"eu", "twin"};
  {
    const auto registry = store.Open(Access::kReadWrite);
    REQUIRE(registry->Apply(Ban{seller, "c", "fakes", Time{1'780'000'000'000'000}}));
  }
  const auto registry = store.Open(Access::kReadOnly);
  const auto journal = registry->Journal();
  REQUIRE(journal);
  CHECK((*journal)->head().size == 1);
  CHECK((*journal)->About(seller)->size() == 1);
  CHECK(registry->Fsck()->problems.empty());
}

}  // namespace
}  // namespace revenant

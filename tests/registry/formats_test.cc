// Stores of every old format open, say what they said, and can be written to.

#include <doctest/doctest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "fixtures.h"
#include "journal/base64.h"
#include "registry/faulty_disk.h"
#include "registry/impl.h"
#include "revenant/certificate.h"
#include "revenant/journal.h"
#include "revenant/registry.h"
#include "util/bytes.h"
#include "util/digest.h"

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
  explicit OldStore(const char* version) : from_(fs::path(test::Fixtures()) / "formats" / version) {
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

  Key TheKey() const {
    Result<Key> key =
        Key::FromKeeper([&]() -> Result<std::string> { return ReadBytes(from_ / "key"); });
    REQUIRE(key);
    return *std::move(key);
  }
  std::unique_ptr<Registry> Open(Access access) const {
    Result<std::unique_ptr<Registry>> registry = Registry::Open(path_ / "store", TheKey(), access);
    if (!registry) FAIL(registry.error().message);
    return std::move(*registry);
  }
  void CopyTo(rocksdb::Env& env, const std::string& dir) const {
    REQUIRE(env.CreateDirIfMissing(dir).ok());
    for (const auto& file : fs::directory_iterator(from_ / "store")) {
      const std::string to = dir + "/" + file.path().filename().string();
      REQUIRE(rocksdb::WriteStringToFile(&env, ReadBytes(file.path()), to).ok());
    }
  }
  std::string Expected(const char* name) const { return ReadBytes(from_ / name); }

 private:
  fs::path from_, path_;
};

// Up to format 3, `verified` was the word for check digits that agree.
std::string InTodaysWords(std::string text) {
  constexpr std::string_view kBefore = "\"verified\":true", kToday = "\"checked\":true";
  for (std::size_t at = 0; (at = text.find(kBefore, at)) != std::string::npos;) {
    text.replace(at, kBefore.size(), kToday);
  }
  if (!text.starts_with(R"({"v":1,"policy")")) return text;
  text.insert(text.find("}\n"), R"(,"counted":true)");
  const auto lines = std::count(text.begin(), text.end(), '\n');
  return text + R"({"v":1,"lines":)" + std::to_string(lines) + R"(,"digest":")" + Blake2bHex(text) +
         "\"}\n";
}

void CheckSaysWhatItSaid(const Registry& registry, const OldStore& store) {
  CHECK(ExportOf(registry, ExportScope::kFacts) == InTodaysWords(store.Expected("facts.jsonl")));
  CHECK(ExportOf(registry, ExportScope::kLive) == InTodaysWords(store.Expected("live.jsonl")));
  CHECK(registry.policy().rules == 1);  // until another policy is set
  CHECK(registry.policy().For("doc.cn.resident_id").fanout_limit == 5);
  const Result<FsckReport> report = registry.Fsck();
  REQUIRE(report);
  CHECK(report->problems == std::vector<std::string>{});
}

TEST_CASE("AStoreOfAnOldFormatSaysWhatItSaidWhoeverOpensIt") {
  for (const char* version : {"v1", "v2", "v3"}) {
    CAPTURE(version);
    const OldStore store(version);
    for (const Access access : {Access::kReadOnly, Access::kReadWrite, Access::kReadOnly}) {
      const auto registry = store.Open(access);
      CheckSaysWhatItSaid(*registry, store);
    }
  }
}

TEST_CASE("AStoreOfFormat1HasNoJournalYet") {
  const OldStore store("v1");
  for (const Access access : {Access::kReadOnly, Access::kReadWrite}) {
    const auto registry = store.Open(access);
    const auto journal = registry->Journal();
    REQUIRE(journal);
    CHECK((*journal)->head().size == 0);
  }
}

TEST_CASE("AStoreOfFormat2KeepsItsJournal") {
  const OldStore store("v2");
  std::istringstream checkpoint(store.Expected("checkpoint"));
  std::string origin, size, root;
  REQUIRE((std::getline(checkpoint, origin) && std::getline(checkpoint, size) &&
           std::getline(checkpoint, root)));
  const SellerName seller{"us", "many"};
  for (const Access access : {Access::kReadOnly, Access::kReadWrite, Access::kReadOnly}) {
    const auto registry = store.Open(access);
    const auto journal = registry->Journal();
    REQUIRE(journal);
    CHECK(std::to_string((*journal)->head().size) == size);
    CHECK(Base64(AsView((*journal)->head().root)) == root);
    // Two imports, of which forgetting another seller erased the first, a withdrawal, a ban, a
    // case and a notice.
    CHECK(*(*journal)->About(seller) == std::vector<std::uint64_t>{2, 3, 6, 9, 11});
  }
}

TEST_CASE("AStoreOfFormat2IsChangedLikeAnyOther") {
  const OldStore store("v2");
  const SellerName many{"us", "many"}, beta{"eu", "beta"};
  const auto root_of = [](const Registry& registry, const SellerName& seller) {
    const std::string line = *registry.ExportSeller(seller, ExportScope::kFacts);
    const std::string name = "\"root\":\"";
    return *Fingerprint::FromHex(line.substr(line.find(name) + name.size(), 32));
  };
  const auto registry = store.Open(Access::kReadWrite);
  const auto observations = registry->GetStats()->observations;
  const Time late{1'790'000'000'000'000};
  for (const SellerName& seller : {many, beta}) {
    const auto withdrawn = registry->Apply(Withdraw{seller, root_of(*registry, seller), "", late});
    REQUIRE(withdrawn);
    CHECK(withdrawn->observations_removed >= 1);
  }
  CHECK(registry->GetStats()->observations < observations);
  REQUIRE(registry->Apply(Forget{many, "asked for", late}));
  CHECK(registry->Fsck()->problems == std::vector<std::string>{});
}

// Made by the command of before: the document veto of check digits, one account that blocks alone.
TEST_CASE("CertificatesOfBeforeHoldInTheirStoreUnderTheRulesOfBefore") {
  const OldStore store("v3");
  const auto registry = store.Open(Access::kReadWrite);
  const auto check = [&](const char* name) {
    const Result<CertificateCheck> found = VerifyCertificate(*registry, store.Expected(name));
    REQUIRE(found);
    return found->outcome;
  };
  constexpr const char* kCertificates[] = {"certificate1.json", "certificate2.json"};
  for (const char* name : kCertificates) {
    CHECK(check(name) == CertificateOutcome::kHolds);
    std::string forged = store.Expected(name);
    forged[forged.find("\"strength\":") + 11] = '9';
    CHECK(VerifyCertificate(*registry, forged)->outcome == CertificateOutcome::kFalse);
  }
  REQUIRE(registry->Apply(SetPolicy{LinkPolicy{}}));
  CHECK(registry->Fsck()->problems == std::vector<std::string>{});
  for (const char* name : kCertificates) CHECK(check(name) == CertificateOutcome::kHeldThen);
  // Six shops under one document were a hub; now they are one person.
  CHECK(registry->Cluster({"eu", "six0"})->sellers.size() == 7);
  REQUIRE(registry->Apply(Reinstate{{"eu", "closed"}, "C-1", false, Time{1'800'000'000'000'000}}));
  CHECK(check(kCertificates[1]) == CertificateOutcome::kHeldThen);
  REQUIRE(
      registry->Apply(Forget{{"eu", "closed"}, "a court said so", Time{1'800'000'000'000'000}}));
  CHECK(check(kCertificates[1]) == CertificateOutcome::kErased);
}

// --- The disk fails while a store is brought into this version's form

Result<std::unique_ptr<Registry>> OpenOn(FaultyDisk& disk, const OldStore& store,
                                         Store::Mode mode) {
  Store::Options options;
  options.mode = mode;
  options.env = &disk;
  options.cache_bytes = std::size_t{1} << 20;
  options.upgrade_batch_bytes = 1;  // a seller at a time
  return OpenRegistry("/old", store.TheKey(), options, nullptr);
}

TEST_CASE("ABrokenUpgradeLeavesAStoreThatOpensAndGoesOn") {
  const OldStore store("v2");
  int broken = 0;
  for (std::int64_t writes = 0; writes < 100; writes += 2) {
    CAPTURE(writes);
    FaultyDisk disk;
    store.CopyTo(disk, "/old");
    disk.FailAfter(writes);
    broken += !OpenOn(disk, store, Store::Mode::kReadWrite).has_value();
    disk.Mend();
    for (const auto mode : {Store::Mode::kReadOnly, Store::Mode::kReadWrite}) {
      const auto registry = OpenOn(disk, store, mode);
      if (!registry) FAIL(registry.error().message);
      CheckSaysWhatItSaid(**registry, store);
    }
  }
  MESSAGE("broken off ", broken, " times");
  CHECK(broken > 20);
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

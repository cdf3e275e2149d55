// Values that are nobody's: words for missing ones, and what a policy lists.

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "fixtures.h"
#include "registry/bulk/load.h"
#include "registry/handle.h"
#include "registry/stage.h"
#include "revenant/certificate.h"
#include "util/bytes.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

LinkPolicy Listing(std::vector<std::string> everywhere, std::vector<std::string> strong = {}) {
  LinkPolicy policy = PlainPolicy();
  if (!everywhere.empty()) policy.junk[""] = std::move(everywhere);
  if (!strong.empty()) policy.junk["custom.strong"] = std::move(strong);
  return policy;
}
LinkPolicy TakingWords(LinkPolicy policy) {
  KindPolicy kind = policy.For("custom.strong");
  kind.placeholders = true;
  policy.Set("custom.strong", kind);
  return policy;
}
Applied Sets(Stage& stage, const LinkPolicy& policy) {
  const Result<Applied> applied = stage->Apply(SetPolicy{policy});
  REQUIRE(applied);
  return *applied;
}

TEST_CASE("TenSellersWithoutATaxNumberAreNoCluster") {
  constexpr const char* kNames[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
  for (const char* value : {"custom.vat_id=N/A", "custom.vat_id=none", "custom.vat_id=0",
                            "custom.vat_id=-", "contact.email=test@test.com"}) {
    CAPTURE(value);
    Stage stage;
    for (const char* name : kNames) stage.Shows(name, 1, {value});
    stage.IsBanned("a", 9);
    CHECK(stage.ClusterOf("j") == "j");
    CHECK(stage.Asks("z", {value}).decision == Decision::kClear);
    stage.CheckSound();
  }
}

TEST_CASE("WordsOfAPolicyAreJunkInEveryKindAndItsOwn") {
  struct Case {
    const char* name;
    LinkPolicy policy;
    const char *one, *other;
    bool linked;
  };
  const Case cases[] = {
      {"listed", Listing({"house account"}), "custom.strong=house account",
       "custom.strong=house account", false},
      {"by case", Listing({"House Account"}), "custom.strong=HOUSE ACCOUNT",
       "custom.strong=HOUSE ACCOUNT", false},
      {"beyond ASCII", Listing({"später"}), "custom.strong=SPÄTER", "custom.strong=SPÄTER", false},
      {"another value", Listing({"house account"}), "custom.strong=house", "custom.strong=house",
       true},
      {"of another kind", Listing({}, {"house"}), "custom.weak=house", "custom.weak=house", true},
      {"of its kind", Listing({}, {"house"}), "custom.strong=house", "custom.strong=house", false},
      {"in another spelling", Listing({"gb33 bukb 2020 1555 5555 55"}),
       "pay.iban=GB33BUKB20201555555555", "pay.iban=GB33BUKB20201555555555", false},
      {"a word that is a value", TakingWords(PlainPolicy()), "custom.strong=N/A",
       "custom.strong=N/A", true},
      {"that but of another kind", TakingWords(PlainPolicy()), "custom.weak=N/A", "custom.weak=N/A",
       false},
      {"a listed word that would be one", TakingWords(Listing({"n/a"})), "custom.strong=N/A",
       "custom.strong=N/A", false},
  };
  for (const Case& each : cases) {
    CAPTURE(each.name);
    Stage stage(each.policy);
    stage.Shows("a", 1, {each.one});
    stage.Shows("b", 2, {each.other});
    stage.IsBanned("a", 9);
    CHECK(stage.ClusterOf("b") == (each.linked ? "ab" : "b"));
    // An event, and the raw record by the way that keeps no event.
    CHECK((stage.Asks("z", {each.one}).decision == Decision::kClear) != each.linked);
    Record record;
    record.seller = Shop("z");
    const std::string_view text = each.one;
    const std::size_t split = text.find('=');
    record.attributes = {
        {std::string(text.substr(0, split)), "", std::string(text.substr(split + 1))}};
    const Result<Verdict> verdict = stage->Screen(record, Day(100));
    REQUIRE(verdict);
    CHECK((verdict->decision == Decision::kClear) != each.linked);
    REQUIRE(verdict->attributes.size() == (each.linked ? 0 : 1));
    if (!each.linked) CHECK(verdict->attributes.front().status == Status::kJunk);
    const Result<Certified> certified = stage->Certify(record, Day(100));
    REQUIRE(certified);
    CHECK(certified->verdict.decision == verdict->decision);
    const Result<CertificateCheck> check = VerifyCertificate(*stage, certified->certificate);
    REQUIRE(check);
    CHECK(check->outcome == CertificateOutcome::kHolds);
    stage.CheckSound();
  }
}

TEST_CASE("WhatDerivesFromAListedValueLinksNeither") {
  Stage stage;
  stage.Shows("a", 1, {"pay.iban=GB33BUKB20201555555555"});
  stage.Shows("b", 2, {"pay.iban=GB33BUKB20201555555555"});
  REQUIRE(stage.ClusterOf("a") == "ab");
  LinkPolicy policy = PlainPolicy();
  policy.junk["pay.iban"] = {"GB33BUKB20201555555555"};
  CHECK(Sets(stage, policy).now_junk == 2);
  CHECK(stage.ClusterOf("a") == "a");
  const Result<Stats> stats = stage->GetStats();
  REQUIRE(stats);
  CHECK(stats->fingerprints == 0);
  stage.CheckSound();
}

TEST_CASE("AWordTakenOutOfThePolicyBringsItsLinksBack") {
  Stage stage;
  stage.Shows("a", 1, {"custom.strong=house", "custom.weak=1"});
  stage.Shows("b", 2, {"custom.strong=house", "custom.strong=N/A"});
  stage.Shows("c", 3, {"custom.strong=N/A"});
  stage.Shows("d", 4, {"custom.weak=house"});
  const std::string before = stage.Export();
  const Applied listed = Sets(stage, Listing({"house"}));
  CHECK(listed.now_junk == 3);
  CHECK(listed.no_longer_junk == 0);
  CHECK(stage.ClusterOf("b") == "b");
  stage.CheckSound();
  stage.Shows("e", 5, {"custom.strong=House"});  // under the list it is one value more
  stage.Shows("f", 5, {"custom.strong=house"});
  CHECK(stage.ClusterOf("f") == "f");
  CHECK(Sets(stage, Listing({"house"})).changed == false);
  const Applied taken_out = Sets(stage, PlainPolicy());
  CHECK(taken_out.now_junk == 0);
  CHECK(taken_out.no_longer_junk == 5);
  CHECK(stage.ClusterOf("f") == "abf");
  stage.CheckSound();
  stage.Apply(Forget{Shop("e"), "", Day(60)});
  stage.Apply(Forget{Shop("f"), "", Day(60)});
  CHECK(stage.Export() == before);

  const Applied taken_for_real = Sets(stage, TakingWords(PlainPolicy()));
  CHECK(taken_for_real.no_longer_junk == 2);
  CHECK(stage.ClusterOf("c") == "abc");
  stage.CheckSound();
  CHECK(Sets(stage, PlainPolicy()).now_junk == 2);
  CHECK(stage.Export() == before);
}

// Whatever the order of events and of policies: the last policy says what is junk.
TEST_CASE("JunkDependsOnThePolicyInForceAlone") {
  const LinkPolicy policies[] = {PlainPolicy(), Listing({"1", "tbd"}), Listing({}, {"2", "3"}),
                                 TakingWords(PlainPolicy()), TakingWords(Listing({"1", "n/a"}))};
  for (int sequence = 0; sequence < Scaled(60); ++sequence) {
    const std::uint64_t seed = FirstSeed() + static_cast<std::uint64_t>(sequence);
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    constexpr const char* kValues[] = {"custom.strong=1",   "custom.strong=2", "custom.strong=3",
                                       "custom.strong=N/A", "custom.weak=1",   "custom.weak=tbd",
                                       "custom.strong=4",   "custom.other=4"};
    constexpr const char* kNames[] = {"a", "b", "c", "d", "e", "f"};
    const LinkPolicy& last = policies[below(std::size(policies))];
    Stage changing, same(last);
    std::vector<Event> events;
    for (int step = 0; step < 30; ++step) {
      const char* name = kNames[below(std::size(kNames))];
      const char* value = kValues[below(std::size(kValues))];
      const int day = static_cast<int>(below(9));
      switch (below(8)) {
        case 0:
          Sets(changing, policies[below(std::size(policies))]);
          changing.CheckSound();
          continue;
        case 1:
          events.push_back(Withdraw{
              Shop(name),
              same.Prepared(name, 0, {value}, SellerStatus::kActive).attributes.front().root, "",
              Day(day)});
          break;
        case 2:
          events.push_back(Ban{Shop(name), "case", "fakes", Day(day)});
          break;
        default:
          events.push_back((below(2) == 0 ? same : changing)
                               .Prepared(name, day, {value}, SellerStatus::kActive));
      }
      changing.Apply(events.back());
    }
    Sets(changing, last);
    std::shuffle(events.begin(), events.end(), random);
    for (const Event& event : events) same.Apply(event);
    REQUIRE(changing.Export() == same.Export());
    REQUIRE(changing.Export(ExportScope::kFacts) == same.Export(ExportScope::kFacts));
    changing.CheckSound();
    same.CheckSound();
  }
}

TEST_CASE("ABulkLoadJudgesAsEventsOneByOne") {
  for (const LinkPolicy& policy :
       {Listing({"house"}), TakingWords(PlainPolicy()), TakingWords(Listing({"n/a"}))}) {
    Stage one_by_one(policy), loaded(policy);
    std::vector<Enrol> events;
    for (const char* name : {"a", "b", "c"}) {
      events.push_back(one_by_one.Prepared(
          name, 1, {"custom.strong=house", "custom.strong=N/A", "custom.weak=none"},
          SellerStatus::kActive));
    }
    for (const Enrol& event : events) one_by_one.Apply(event);
    for (int half = 0; half < 2; ++half) {  // the second with sellers that the store has
      Result<std::unique_ptr<BulkLoad>> load = BeginBulkLoad(*loaded, {});
      REQUIRE(load);
      BulkBlock block;
      for (const Enrol& event : events) {
        if ((&event == &events.back()) == (half == 1)) REQUIRE((*load)->Pack(event, block));
      }
      Seal(block);
      REQUIRE((*load)->Take(block, "events"));
      REQUIRE((*load)->Finish({}));
    }
    CHECK(loaded.Export() == one_by_one.Export());
    CHECK(loaded.Export(ExportScope::kFacts) == one_by_one.Export(ExportScope::kFacts));
    loaded.CheckSound();
  }
}

TEST_CASE("ACertificateHeldThenWhoseValueIsListedSince") {
  Stage stage;
  stage.Shows("a", 1, {"custom.strong=house"});
  stage.IsBanned("a", 9);
  Record record;
  record.seller = Shop("z");
  record.attributes = {{"custom.strong", "", "house"}};
  const auto certify = [&] {
    Result<Certified> made = stage->Certify(record, Day(100));
    REQUIRE(made);
    return *std::move(made);
  };
  const auto outcome = [&](const Certified& certified) {
    const Result<CertificateCheck> check = VerifyCertificate(*stage, certified.certificate);
    REQUIRE(check);
    return check->outcome;
  };
  const Certified block = certify();
  REQUIRE(block.verdict.decision == Decision::kBlock);
  Sets(stage, Listing({"house"}));
  CHECK(outcome(block) == CertificateOutcome::kHeldThen);
  const Certified clear = certify();
  CHECK(clear.verdict.decision == Decision::kClear);
  CHECK(outcome(clear) == CertificateOutcome::kHolds);
  Sets(stage, PlainPolicy());
  CHECK(outcome(block) == CertificateOutcome::kHolds);
  CHECK(outcome(clear) == CertificateOutcome::kHeldThen);
}

// --- A store of a version that did not know the words ---

std::string ReadBytes(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class OldStore {
 public:
  OldStore() : from_(fs::path(test::Fixtures()) / "formats/words") {
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

  std::unique_ptr<Registry> Open(Access access) {
    const Result<Key> key =
        Key::FromKeeper([&]() -> Result<std::string> { return ReadBytes(from_ / "key"); });
    REQUIRE(key);
    warnings.clear();
    OpenOptions options{.access = access};
    options.log = [this](LogLevel level, std::string_view line) {
      if (level == LogLevel::kWarning) warnings.emplace_back(line);
    };
    Result<std::unique_ptr<Registry>> registry = Registry::Open(path_ / "store", *key, options);
    if (!registry) FAIL(registry.error().message);
    return std::move(*registry);
  }
  std::string File(const char* name) const { return ReadBytes(from_ / name); }
  std::vector<std::string> warnings;

 private:
  fs::path from_, path_;
};

std::string ClustersOf(const Registry& registry) {
  const Result<std::vector<ClusterSummary>> clusters = registry.Clusters(2);
  REQUIRE(clusters);
  std::vector<std::string> all;
  for (const ClusterSummary& cluster : *clusters) {
    std::string& letters = all.emplace_back();
    for (const SellerName& name : cluster.sellers) letters += name.external_id;
  }
  std::sort(all.begin(), all.end());
  std::string text;
  for (const std::string& one : all) text += (text.empty() ? "" : " ") + one;
  return text;
}

TEST_CASE("AStoreThatTookWordsForValuesIsJudgedAgain") {
  OldStore old;
  const std::string before = "abclm de fg hi jk no";
  CHECK(ClustersOf(*old.Open(Access::kReadOnly)) == before);
  CHECK(old.warnings.empty());
  std::uint64_t entries = 0;
  {
    const std::unique_ptr<Registry> registry = old.Open(Access::kReadWrite);
    REQUIRE(old.warnings.size() == 1);
    CHECK(old.warnings.front().starts_with("11 observations entered by an earlier version"));
    CHECK(ClustersOf(*registry) == "alm no");
    const Result<FsckReport> report = registry->Fsck();
    REQUIRE(report);
    CHECK(report->problems.empty());
    const Result<CertificateCheck> check =
        VerifyCertificate(*registry, old.File("certificate.json"));
    REQUIRE(check);
    CHECK(check->outcome == CertificateOutcome::kHeldThen);
    const Result<std::unique_ptr<JournalReader>> journal = registry->Journal();
    REQUIRE(journal);
    entries = (*journal)->head().size;
  }
  CHECK(ClustersOf(*old.Open(Access::kReadOnly)) == "alm no");
  const std::unique_ptr<Registry> again = old.Open(Access::kReadWrite);
  CHECK(old.warnings.empty());
  const Result<std::unique_ptr<JournalReader>> journal = again->Journal();
  REQUIRE(journal);
  CHECK((*journal)->head().size == entries);
  // What stands for nothing is a fact of the row from then on, so that a policy can take it back.
  LinkPolicy policy = again->policy();
  KindPolicy kind = policy.For("custom.vat_id");
  kind.placeholders = true;
  policy.Set("custom.vat_id", kind);
  const Result<Applied> applied = again->Apply(SetPolicy{policy});
  REQUIRE(applied);
  CHECK(applied->no_longer_junk == 11);
  CHECK(ClustersOf(*again) == before);
  const Result<FsckReport> report = again->Fsck();
  REQUIRE(report);
  CHECK(report->problems.empty());
}

}  // namespace
}  // namespace revenant

// What events leave in the journal, and what forgetting takes from it.

#include "revenant/journal.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "registry/stage.h"
#include "registry/worlds.h"
#include "store/journal_rows.h"
#include "util/bytes.h"

namespace revenant {
namespace {

using Json = nlohmann::json;

const Actor kAnn{"ann", Time{1'780'000'000'000'000}};

const JournalKey& SigningKey() {
  static const JournalKey key = std::move(JournalKey::Generate().value());
  return key;
}

std::vector<JournalEntry> EntriesOf(World& world) {
  std::vector<JournalEntry> entries;
  const auto journal = world->Journal();
  REQUIRE(journal);
  REQUIRE((*journal)->ForEach(0, [&](const JournalEntry& entry) -> Result<bool> {
    entries.push_back(entry);
    return true;
  }));
  CHECK(entries.size() == (*journal)->head().size);
  return entries;
}
std::vector<std::string> TypesOf(World& world) {
  std::vector<std::string> types;
  for (const JournalEntry& entry : EntriesOf(world)) types.push_back(entry.type);
  return types;
}
Json BodyOf(const JournalEntry& entry) {
  REQUIRE(entry.opening);
  return Json::parse(entry.opening->body);
}
std::string FileOf(World& world) {
  std::string file;
  const auto journal = world->Journal();
  REQUIRE(journal);
  REQUIRE(
      (*journal)->Export(SigningKey(), kAnn.at, [&](std::string_view piece) { file += piece; }));
  return file;
}
JournalCheck Checked(const std::string& file) {
  bool given = false;
  const Result<JournalCheck> check =
      VerifyJournal([&]() -> Result<std::string> { return std::exchange(given, true) ? "" : file; },
                    SigningKey().public_key());
  REQUIRE(check);
  return *check;
}
using Strings = std::vector<std::string>;

TEST_CASE("AStoreIsBornWithItsFirstEntry") {
  Stage stage;
  const auto entries = EntriesOf(stage);
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].type == "init");
  CHECK(BodyOf(entries[0])["policy"] == FormatLinkPolicy(PlainPolicy()));
}

TEST_CASE("EveryEventThatChangesSomethingHasAnEntryAndNoOther") {
  Stage stage;
  const Event events[] = {
      stage.Prepared("a", 1, {"custom.strong=1"}, SellerStatus::kActive),
      Ban{Shop("a"), "c1", "fakes", Day(2)},
      Infringe{Shop("a"), "c2", Right::kDesign, Day(3)},
      CannotLink{Shop("a"), Shop("b"), Day(4)},
      SetPolicy{TightPolicy()},
  };
  for (const Event& event : events) REQUIRE((*stage).Apply(event, Durability::kBuffered, kAnn));
  const Strings expected = {"init", "enrol", "ban", "infringe", "cannot_link", "set_policy"};
  CHECK(TypesOf(stage) == expected);
  for (const Event& event : events) REQUIRE((*stage).Apply(event, Durability::kBuffered, kAnn));
  CHECK(TypesOf(stage) == expected);  // nothing changed, nothing to remember

  const auto entries = EntriesOf(stage);
  for (std::size_t i = 1; i < entries.size(); ++i) {
    CHECK(BodyOf(entries[i])["by"] == "ann");
    CHECK(entries[i].at == kAnn.at);
    CHECK(CommitmentHolds(entries[i]));
  }
  const Json enrol = BodyOf(entries[1]);
  CHECK(enrol["seller"] == "p:a");
  CHECK(enrol["source"] == "form");
  CHECK(enrol["seen"] == FormatTime(Day(1)));
  CHECK(enrol["attributes"][0]["identifiers"][0]["kind"] == "custom.strong");
  CHECK(BodyOf(entries[2]) == Json{{"by", "ann"},
                                   {"seller", "p:a"},
                                   {"case", "c1"},
                                   {"reason", "fakes"},
                                   {"at", FormatTime(Day(2))}});
  CHECK(BodyOf(entries[3])["right"] == "design");
  CHECK(BodyOf(entries[4])["a"] == "p:a");
  CHECK(BodyOf(entries[4])["b"] == "p:b");
  CHECK(BodyOf(entries[5])["policy"] == FormatLinkPolicy(TightPolicy()));
}

TEST_CASE("ARefusedEventLeavesNoEntry") {
  Stage stage;
  stage.Shows("a", 1, {"custom.strong=1"});
  stage.IsBanned("a", 2);
  const Strings before = TypesOf(stage);
  CHECK_FALSE((*stage).Apply(Forget{Shop("a"), "", Day(3)}));
  CHECK(TypesOf(stage) == before);
  const Event batch[] = {Ban{Shop("b"), "c", "fakes", Day(3)}, Forget{Shop("a"), "", Day(3)}};
  CHECK_FALSE((*stage).ApplyAll(batch));
  CHECK(TypesOf(stage) == before);
  std::vector<Registry::Refusal> refused;
  REQUIRE((*stage).ApplyAll(batch, nullptr, &refused));
  CHECK(refused.size() == 1);
  Strings after = before;
  after.push_back("ban");
  CHECK(TypesOf(stage) == after);
  stage.CheckSound();
}

TEST_CASE("TheRecordsOfAnImportShareOneEntry") {
  Stage stage;
  const std::vector<Event> events = {
      stage.Prepared("a", 1, {"custom.strong=1", "custom.side=2"}, SellerStatus::kActive),
      stage.Prepared("b", 1, {"custom.strong=1"}, SellerStatus::kActive)};
  const ImportMark mark{"file.csv#00", 2};
  REQUIRE((*stage).ApplyAll(events, &mark, nullptr, Durability::kBuffered, kAnn));
  REQUIRE((*stage).ApplyAll(events, &mark, nullptr, Durability::kBuffered, kAnn));  // nothing new
  CHECK(TypesOf(stage) == Strings{"init", "import"});
  const Json body = BodyOf(EntriesOf(stage)[1]);
  CHECK(body["records"] == 2);
  CHECK(body["attributes"] == 3);
  CHECK(body["input"] == "file.csv#00");
  for (const char* id : {"a", "b"}) {
    CHECK(*(*(*stage).Journal())->About(Shop(id)) == std::vector<std::uint64_t>{1});
  }
}

TEST_CASE("ForgettingOneOfAnImportTakesItsBodyAndNoOther") {
  Stage stage;
  const auto import = [&](const char* input, const std::vector<const char*>& sellers) {
    std::vector<Event> events;
    for (const char* id : sellers) {
      events.push_back(stage.Prepared(id, 1, {"custom.side=2"}, SellerStatus::kActive));
      std::get<Enrol>(events.back()).source = input;  // so that each import brings something new
    }
    const ImportMark mark{input, sellers.size()};
    REQUIRE((*stage).ApplyAll(events, &mark, nullptr, Durability::kBuffered, kAnn));
  };
  import("first", {"a", "b"});
  import("second", {"c", "a", "d"});
  import("third", {"e"});
  const auto about = [&](const char* id) { return *(*(*stage).Journal())->About(Shop(id)); };
  CHECK(about("a") == std::vector<std::uint64_t>{1, 2});
  CHECK(about("b") == std::vector<std::uint64_t>{1});
  CHECK(about("d") == std::vector<std::uint64_t>{2});
  CHECK(about("e") == std::vector<std::uint64_t>{3});
  CHECK(about("nobody").empty());

  REQUIRE((*stage).Apply(Forget{Shop("d"), "", Day(9)}, Durability::kBuffered, kAnn));
  const auto entries = EntriesOf(stage);
  CHECK(BodyOf(entries.back())["erased"] == Json{2});
  CHECK(entries[1].opening);
  CHECK_FALSE(entries[2].opening);
  CHECK(entries[3].opening);
  CHECK(about("a") == std::vector<std::uint64_t>{1});
  CHECK(about("c").empty());
  stage.CheckSound();
}

TEST_CASE("ForgettingTakesTheBodiesAndLeavesTheTree") {
  Stage stage;
  stage.Shows("secret-shop", 1, {"custom.side=1"});
  stage.Shows("other", 2, {"custom.side=1"});
  stage.AreDifferent("secret-shop", "other");
  const TreeHead before = (*(*stage).Journal())->head();
  REQUIRE((*stage).Apply(Forget{Shop("secret-shop"), "", Day(9)}, Durability::kBuffered, kAnn));

  const auto entries = EntriesOf(stage);
  REQUIRE(entries.size() == 5);
  CHECK_FALSE(entries[1].opening);  // enrol
  CHECK(entries[2].opening);        // somebody else's
  CHECK_FALSE(entries[3].opening);  // about both
  CHECK(BodyOf(entries[4])["erased"] == Json{1, 3});
  CHECK(entries[4].type == "forget");
  const auto journal = *(*stage).Journal();
  CHECK(journal->HeadAt(before.size)->root == before.root);
  CHECK(VerifyConsistency(before, journal->head(), *journal->ProveConsistency(before.size)));
  CHECK(journal->About(Shop("secret-shop"))->empty());
  CHECK(*journal->About(Shop("other")) == std::vector<std::uint64_t>{2});

  const std::string file = FileOf(stage);
  CHECK(file.find("secret-shop") == std::string::npos);
  const JournalCheck check = Checked(file);
  CHECK_FALSE(check.fault);
  CHECK(check.erased == 2);
  stage.CheckSound();
}

TEST_CASE("NoRowKeepsTheNameOfAForgottenSeller") {
  Stage stage;
  stage.Shows("secret-shop", 1, {"custom.side=1"});
  const Verdict verdict = stage.Asks("secret-shop", {"custom.side=1"});
  const Enrol asked = stage.Prepared("secret-shop", 3, {"custom.side=1"}, SellerStatus::kApplicant);
  const auto certified = (*stage).Certify(asked, Day(4));
  REQUIRE(certified);
  REQUIRE((*stage).RecordDecision(certified->certificate, "let in", kAnn));
  REQUIRE((*stage).RecordExport("dossier", "00ff", Shop("secret-shop"), kAnn));
  CHECK(FileOf(stage).find("secret-shop") != std::string::npos);
  REQUIRE((*stage).Apply(Forget{Shop("secret-shop"), "", Day(9)}));
  CHECK(FileOf(stage).find("secret-shop") == std::string::npos);
  CHECK_FALSE(Checked(FileOf(stage)).fault);
  // And nothing may bring it back.
  const auto again = (*stage).RecordDecision(certified->certificate, "let in", kAnn);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == Code::kConflict);
  CHECK((*stage).RecordExport("dossier", "", Shop("secret-shop"), kAnn).error().code ==
        Code::kConflict);
}

TEST_CASE("WhoOnlyAppliedIsForgottenToo") {
  Stage stage;
  CHECK((*stage).Apply(Forget{Shop("passer-by"), "", Day(1)}).error().code == Code::kNotFound);
  const Enrol asked = stage.Prepared("passer-by", 3, {"custom.side=1"}, SellerStatus::kApplicant);
  const auto certified = (*stage).Certify(asked, Day(4));
  REQUIRE(certified);
  REQUIRE((*stage).RecordDecision(certified->certificate, "refused", kAnn));
  CHECK(FileOf(stage).find("passer-by") != std::string::npos);
  const auto forgotten = (*stage).Apply(Forget{Shop("passer-by"), "", Day(9)});
  REQUIRE(forgotten);
  CHECK(forgotten->changed);
  CHECK(FileOf(stage).find("passer-by") == std::string::npos);
  CHECK_FALSE(Checked(FileOf(stage)).fault);
  CHECK_FALSE((*stage).Apply(Forget{Shop("passer-by"), "", Day(9)})->changed);
  stage.CheckSound();
}

TEST_CASE("ADecisionNamesItsCertificate") {
  Stage stage;
  stage.Shows("a", 1, {"custom.strong=1"});
  stage.IsBanned("a", 2);
  const Enrol asked = stage.Prepared("n", 3, {"custom.strong=1"}, SellerStatus::kApplicant);
  const auto certified = (*stage).Certify(asked, Day(4));
  REQUIRE(certified);
  const auto seq = (*stage).RecordDecision(certified->certificate, "refused", kAnn);
  REQUIRE(seq);
  const Json body = BodyOf(*(*(*stage).Journal())->At(*seq));
  CHECK(body["seller"] == "p:n");
  CHECK(body["verdict"] == "block");
  CHECK(body["decision"] == "refused");
  CHECK(body["by"] == "ann");
  CHECK((*stage).RecordDecision("{}", "refused", kAnn).error().code == Code::kInvalidArgument);
}

TEST_CASE("NoRawIdentifierStandsInTheJournal") {
  World world{LinkPolicy{}};
  Record record;
  record.seller = {"p", "a"};
  record.attributes = {{"pay.iban", "", "DE89370400440532013000"},
                       {"contact.email", "", "shop@roe-trading-ltd.org"}};
  REQUIRE(world->Enrol(record));
  const Event events[] = {world->Prepare(record, Day(3))->event};
  const ImportMark mark{"file", 1};
  REQUIRE(world->ApplyAll(events, &mark));
  const std::string file = FileOf(world);
  CHECK(file.find("0532013000") == std::string::npos);
  CHECK(file.find("shop@mail") == std::string::npos);
}

TEST_CASE("AfterRandomHistoriesTheTreeIsThatOfItsLeavesAndEveryProofHolds") {
  const char* asked = std::getenv("REVENANT_SEED");
  const std::uint64_t first = asked == nullptr ? 1 : std::strtoull(asked, nullptr, 10);
  for (std::uint64_t seed = first; seed < first + 8; ++seed) {
    CAPTURE(seed);
    World world(TightPolicy());
    Histories histories(seed);
    std::vector<TreeHead> heads;
    for (int i = 0; i < 60; ++i) {
      if (histories.Below(12) == 0) {
        const Forget forget{histories.Seller(), "the owner asked", histories.Stamp()};
        const auto forgotten = world->Apply(forget);
        CHECK((forgotten || forgotten.error().code == Code::kNotFound));
      } else {
        const auto applied = world->Apply(histories.Draw());
        CHECK((applied || applied.error().code == Code::kConflict));
      }
      if (histories.Below(10) == 0) heads.push_back((*world->Journal())->head());
    }
    const auto entries = EntriesOf(world);
    const auto journal = *world->Journal();
    for (const JournalEntry& entry : entries) {
      CHECK(VerifyInclusion(LeafHashOf(entry), entry.seq, journal->head(),
                            *journal->ProveInclusion(entry.seq)));
    }
    for (const TreeHead& head : heads) {
      CHECK(VerifyConsistency(head, journal->head(), *journal->ProveConsistency(head.size)));
    }
    const JournalCheck check = Checked(FileOf(world));
    CHECK_FALSE(check.fault);
    CHECK(check.head->head == journal->head());
    world.CheckSound();
  }
}

TEST_CASE("FsckFindsWhateverIsWrongInTheJournalsRows") {
  struct Damage {
    const char* name;
    const char* says;
    void (*apply)(Batch&);
  };
  static const Damage kDamages[] = {
      {"a body", "does not commit to",
       [](Batch& batch) {
         JournalBodyRow row =
             *DecodeJournalBodyRow(**batch.Get(Table::kJournalBodies, JournalKeyOf(1)));
         row.body += ' ';
         batch.Put(Table::kJournalBodies, JournalKeyOf(1), Encode(row));
       }},
      {"a leaf", "node of the tree",
       [](Batch& batch) {
         JournalRow row = *DecodeJournalRow(**batch.Get(Table::kJournal, JournalKeyOf(0)));
         row.at.micros += 1;
         batch.Put(Table::kJournal, JournalKeyOf(0), Encode(row));
       }},
      {"a node", "node of the tree",
       [](Batch& batch) {
         batch.Put(Table::kJournalNodes, JournalNodeKey(1, 0), std::string(32, 'x'));
       }},
      {"a node too many", "over no entries",
       [](Batch& batch) {
         batch.Put(Table::kJournalNodes, JournalNodeKey(9, 0), std::string(32, 'x'));
       }},
      {"a leaf gone", "entry 1 is missing",
       [](Batch& batch) { batch.Delete(Table::kJournal, JournalKeyOf(1)); }},
      {"a note of a seller gone", "cannot be found by its seller",
       [](Batch& batch) {
         const JournalBodyRow row =
             *DecodeJournalBodyRow(**batch.Get(Table::kJournalBodies, JournalKeyOf(1)));
         batch.Delete(Table::kJournalAbout, JournalAboutKey(row.about[0], 1));
       }},
      {"a body gone", "without a body",
       [](Batch& batch) { batch.Delete(Table::kJournalBodies, JournalKeyOf(1)); }},
      {"the count", "not as many entries",
       [](Batch& batch) { batch.Put(Table::kMeta, "journal", EncodeNumber(9)); }},
  };
  for (const Damage& damage : kDamages) {
    CAPTURE(damage.name);
    const std::unique_ptr<rocksdb::Env> disk(rocksdb::NewMemEnv(rocksdb::Env::Default()));
    Store::Options options;
    options.env = disk.get();
    options.mode = Store::Mode::kCreate;
    const LinkPolicy policy = TightPolicy();
    {
      const auto registry = OpenRegistry("/world", TestKey(), options, &policy);
      REQUIRE(registry);
      REQUIRE((*registry)->Apply(Ban{Shop("a"), "c", "fakes", Day(1)}));
      REQUIRE((*registry)->Apply(Ban{Shop("b"), "c", "fakes", Day(1)}));
      CHECK((*registry)->Fsck()->problems.empty());
    }
    options.mode = Store::Mode::kReadWrite;
    {
      const auto store = Store::Open("/world", options);
      REQUIRE(store);
      const std::unique_ptr<Batch> batch = (*store)->NewBatch();
      damage.apply(*batch);
      REQUIRE((*store)->Commit(*batch, true));
    }
    const auto registry = OpenRegistry("/world", TestKey(), options, nullptr);
    REQUIRE(registry);
    const auto report = (*registry)->Fsck();
    REQUIRE(report);
    REQUIRE_FALSE(report->problems.empty());
    CHECK(std::any_of(report->problems.begin(), report->problems.end(),
                      [&](const std::string& problem) {
                        return problem.find(damage.says) != std::string::npos;
                      }));
  }
}

}  // namespace
}  // namespace revenant

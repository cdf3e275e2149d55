#include "revenant/operations.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "operations/copy_list.h"
#include "registry/folder.h"
#include "registry/worlds.h"
#include "revenant/journal.h"
#include "util/posix_file.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

std::string ReadBytes(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void WriteBytes(const fs::path& file, std::string_view bytes) {
  std::ofstream(file, std::ios::binary).write(bytes.data(), std::ssize(bytes));
}

template <typename T>
T Need(Result<T> result) {
  if (!result) FAIL(result.error().message);
  return std::move(*result);
}
void Need(const Result<void>& result) {
  if (!result) FAIL(result.error().message);
}

std::unique_ptr<Registry> OpenStore(const fs::path& dir, const Key& key = TestKey(),
                                    Access access = Access::kReadOnly) {
  return Need(Registry::Open(dir, key, access));
}
std::string ExportOf(const Registry& registry, ExportScope scope = ExportScope::kFacts) {
  std::string out;
  Need(registry.Export(scope, [&](std::string_view piece) { out += piece; }));
  return out;
}
void CheckSound(const Registry& registry) {
  const FsckReport report = Need(registry.Fsck());
  for (const std::string& problem : report.problems) FAIL_CHECK(problem);
}

// A store with a random history, a forgotten seller and alerts among it; closed.
struct Made {
  std::string facts, live;
  TreeHead journal;
};
Made MakeStore(const fs::path& dir, std::uint64_t seed, int events = 150) {
  const auto registry = Need(Registry::Create(dir, TestKey(), TightPolicy()));
  Histories histories(seed);
  for (int i = 0; i < events; ++i) Need(registry->Apply(histories.Draw()));
  Need(registry->Apply(Enrol{{"p", "gone"}, SellerStatus::kApplicant, "s1", Time{5}, {}}));
  Need(registry->Apply(Forget{{"p", "gone"}, "", Time{9}}));
  return {ExportOf(*registry), ExportOf(*registry, ExportScope::kLive),
          Need(registry->Journal())->head()};
}

std::function<Result<std::string>()> Pieces(const std::string& text) {
  return [text, at = std::size_t{0}]() mutable -> Result<std::string> {
    const std::string piece = text.substr(at, 1000);
    at += piece.size();
    return piece;
  };
}

TEST_CASE("ACopyIsTheStoreWithJournalAndAlerts") {
  for (int i = 0; i < Scaled(3); ++i) {
    const Folder folder;
    const std::uint64_t seed = FirstSeed() + static_cast<std::uint64_t>(i);
    CAPTURE(seed);
    const Made made = MakeStore(folder / "s", seed);
    const CopyReport point = Need(MakeCheckpoint(folder / "s", folder / "point", Time{1}));
    CHECK(point.key_check == TestKey().CheckValue());
    CHECK(point.written < point.bytes);  // tables are hard links
    CHECK(ExportOf(*OpenStore(folder / "point")) == made.facts);
    Need(BackUp(folder / "s", folder / "back", Time{1}));
    const RestoreReport from_point = Need(RestoreCopy(folder / "point", folder / "r1"));
    CHECK(from_point.from == CopyKind::kCheckpoint);
    CHECK(from_point.copy.digest == point.digest);
    CHECK(from_point.journal_entries == made.journal.size);
    const RestoreReport from_backup = Need(RestoreCopy(folder / "back", folder / "r2"));
    CHECK(from_backup.from == CopyKind::kBackup);
    CHECK(from_backup.number == 1);
    for (const char* name : {"r1", "r2"}) {
      const auto registry = OpenStore(folder / name, TestKey(), Access::kReadWrite);
      CHECK(ExportOf(*registry) == made.facts);
      CHECK(ExportOf(*registry, ExportScope::kLive) == made.live);
      CHECK(Need(registry->Journal())->head() == made.journal);
      CHECK(Need(registry->Alerts(0, 1000)).size() ==
            Need(OpenStore(folder / "s")->Alerts(0, 1000)).size());
      CheckSound(*registry);
      Need(registry->Apply(Ban{{"p", "new"}, "c", "fakes", Time{50}}));  // it goes on
    }
  }
}

TEST_CASE("ACheckpointBesideAWriterIsAStateThatWas") {
  const Folder folder;
  const auto registry = Need(Registry::Create(folder / "s", TestKey(), TightPolicy()));
  std::set<std::string> states = {ExportOf(*registry)};
  std::atomic<bool> done{false};
  std::string trouble;
  std::thread writer([&] {
    Histories histories(FirstSeed());
    for (int i = 0; !done; ++i) {
      // Closing a table and merging tables are what a copy must not fall in between.
      if (i % 20 == 7 && !Compact(*registry)) trouble = "compact";
      std::vector<Event> events;
      for (int n = histories.Below(3); n >= 0; --n) events.push_back(histories.Draw());
      if (!registry->ApplyAll(events)) trouble = "apply";
      std::string state;
      if (!registry->Export(ExportScope::kFacts, [&](std::string_view piece) { state += piece; })) {
        trouble = "export";
      }
      states.insert(std::move(state));
    }
  });
  const int kPoints = Scaled(12);
  std::mt19937 random(static_cast<unsigned>(FirstSeed()));
  std::vector<std::string> failures;
  for (int i = 0; i < kPoints; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 40));
    const Result<CopyReport> made =
        MakeCheckpoint(folder / "s", folder / ("point" + std::to_string(i)), Time{1});
    if (!made) failures.push_back(made.error().message);
  }
  done = true;
  writer.join();
  CHECK(trouble.empty());
  for (const std::string& failure : failures) FAIL_CHECK(failure);
  std::set<std::string> seen;
  for (int i = 0; i < kPoints; ++i) {
    const std::string name = "point" + std::to_string(i);
    CHECK(states.contains(ExportOf(*OpenStore(folder / name))));
    Need(RestoreCopy(folder / name, folder / (name + ".r")));
    const auto restored = OpenStore(folder / (name + ".r"), TestKey(), Access::kReadWrite);
    const std::string state = ExportOf(*restored);
    CHECK(states.contains(state));
    CheckSound(*restored);
    seen.insert(state);
  }
  CHECK(seen.size() > 1);  // the writer went on meanwhile
}

TEST_CASE("FactsMakeTheSameStoreAgain") {
  for (int i = 0; i < Scaled(6); ++i) {
    const Folder folder;
    const std::uint64_t seed = FirstSeed() + static_cast<std::uint64_t>(i);
    CAPTURE(seed);
    const Made made = MakeStore(folder / "s", seed);
    const FactsReport report =
        Need(RestoreFacts(Pieces(made.facts), folder / "r", TestKey(), {"ann", Time{7}}));
    CHECK(report.same);
    CHECK(report.tombstones == 1);
    const auto registry = OpenStore(folder / "r", TestKey(), Access::kReadWrite);
    CHECK(ExportOf(*registry) == made.facts);
    CHECK(ExportOf(*registry, ExportScope::kLive) == made.live);
    CheckSound(*registry);
    const JournalEntry entry = Need(Need(registry->Journal())->At(1));
    CHECK(entry.type == "restore");
    CHECK(entry.opening->body.find(report.digest) != std::string::npos);
    // Both go on alike: what is derived is not only the same to look at.
    const auto original = OpenStore(folder / "s", TestKey(), Access::kReadWrite);
    Histories more(seed + 1000);
    more.GoOn();
    for (int n = 0; n < 60; ++n) {
      const Event event = more.Draw();
      Need(original->Apply(event));
      Need(registry->Apply(event));
    }
    CHECK(ExportOf(*registry, ExportScope::kLive) == ExportOf(*original, ExportScope::kLive));
    CheckSound(*registry);
  }
}

TEST_CASE("ARestoredBanIsFoundWithoutTheFilterOfBefore") {
  const Folder folder;
  Record banned{{"p", "old"}, SellerStatus::kActive, "form", Time{1'000'000}, {}};
  banned.attributes.push_back({"custom.strong", "", "v-1"});
  {
    const auto registry = Need(Registry::Create(folder / "s", TestKey(), TightPolicy()));
    Need(registry->Enrol(banned));
    Need(registry->Apply(Ban{{"p", "old"}, "c", "fakes", Time{2'000'000}}));
    WriteBytes(folder / "facts", ExportOf(*registry));
  }
  Need(RestoreFacts(Pieces(ReadBytes(folder / "facts")), folder / "r", TestKey()));
  const auto registry = OpenStore(folder / "r", TestKey(), Access::kReadWrite);
  Need(registry->WarmUp());
  Record applicant = banned;
  applicant.seller.external_id = "new";
  CHECK(Need(registry->Screen(applicant)).decision != Decision::kClear);
}

// The last line counts the others.
std::string WithoutEnd(const std::string& facts) {
  return facts.substr(0, facts.rfind('\n', facts.size() - 2) + 1);
}

// As earlier versions wrote it: nothing says how many lines there are.
std::string Uncounted(std::string facts) {
  constexpr std::string_view kCounted = R"(,"counted":true)";
  facts.erase(facts.find(kCounted), kCounted.size());
  return facts;
}

TEST_CASE("AnExportOfAnEarlierVersionIsRestoredAndNotCalledWhole") {
  const Folder folder;
  const Made made = MakeStore(folder / "s", 3, 30);
  const std::string before = Uncounted(WithoutEnd(made.facts));
  const FactsReport report = Need(RestoreFacts(Pieces(before), folder / "r", TestKey()));
  CHECK(!report.whole);
  CHECK(!report.same);
  CHECK(ExportOf(*OpenStore(folder / "r")) == made.facts);
  CHECK(Need(RestoreFacts(Pieces(made.facts), folder / "r2", TestKey())).whole);
}

TEST_CASE("NoStoreIsMadeOfLinesThatAreNoFacts") {
  const Folder folder;
  const Made made = MakeStore(folder / "s", 3, 30);
  const std::string seller =
      R"({"v":1,"platform":"p","seller":"x","status":"active","observations":[],"bans":[],)"
      R"("infringements":[],"cannot_link":[{"platform":"p","seller":"y","at":null}]})";
  const std::string policy = made.facts.substr(0, made.facts.find('\n') + 1);
  const std::string without_end = WithoutEnd(made.facts);
  const std::string last = made.facts.substr(without_end.size());
  const std::string uncounted = Uncounted(policy);
  const struct {
    std::string lines, says;
  } kCases[] = {
      {made.live, "export --facts"},
      {"", "export --facts"},
      {"not JSON\n", "line 1"},
      {made.facts + "{}\n", "not a seller"},
      {uncounted + "{\"v\":1,\"policy\":\"[nonsense]\"}\n", "policy of the export"},
      {uncounted + seller + "\n", "p:y, which has no line"},
      {policy, "cut off"},
      {policy + seller + "\n", "cut off"},
      {without_end, "cut off"},
      {WithoutEnd(without_end), "cut off"},
      {policy + last, "lines were changed"},
      {uncounted + last, "lines were changed"},
      {made.facts + made.facts.substr(policy.size()), "second line"},
      {made.facts + last, "lines were changed"},
      {without_end + R"({"v":1,"lines":"x"})" + "\n", "lines were changed"},
      {without_end + R"({"v":1,"lines":-1,"digest":7})" + "\n", "lines were changed"},
  };
  for (const auto& test : kCases) {
    CAPTURE(test.says);
    const Result<FactsReport> report =
        RestoreFacts(Pieces(test.lines), folder / "r", TestKey(), {"ann", Time{7}});
    REQUIRE(!report);
    CHECK(report.error().code == Code::kInvalidArgument);
    CHECK(report.error().message.find(test.says) != std::string::npos);
    CHECK(!fs::exists(folder / "r"));
    CHECK(!fs::exists(folder / "r.revenant-part"));
  }
}

TEST_CASE("ADamagedCopyIsRefusedByName") {
  const Folder folder;
  MakeStore(folder / "s", FirstSeed());
  Need(MakeCheckpoint(folder / "s", folder / "point", Time{1}));
  Need(BackUp(folder / "s", folder / "back", Time{1}));
  std::mt19937 random(static_cast<unsigned>(FirstSeed()));
  int tried = 0;
  for (const char* copy : {"point", "back", "back/files"}) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder / copy)) {
      if (entry.is_regular_file() && entry.path().filename() != "back-ups") {
        files.push_back(entry.path());
      }
    }
    for (const fs::path& file : files) {
      const std::string whole = ReadBytes(file);
      const fs::path source = folder / (std::string(copy) == "point" ? "point" : "back");
      for (const char* how : {"flipped", "cut", "longer", "gone"}) {
        std::string bytes = whole;
        if (std::string(how) == "flipped" && !bytes.empty()) {
          bytes[random() % bytes.size()] ^= static_cast<char>(1U << (random() % 8));
        } else if (std::string(how) == "cut" && !bytes.empty()) {
          bytes.resize(random() % bytes.size());
        } else {
          bytes += 'x';
        }
        fs::remove(file);  // it may be a hard link to the store's
        if (std::string(how) != "gone") WriteBytes(file, bytes);
        CAPTURE(file);
        CAPTURE(how);
        const Result<RestoreReport> made = RestoreCopy(source, folder / "r");
        REQUIRE(!made);
        if (std::string(how) != "gone") CHECK(made.error().code == Code::kCorruption);
        if (file.filename() != "checkpoint" && file.extension() != ".backup") {
          CHECK(made.error().message.find(file.string()) != std::string::npos);
        }
        CHECK(!fs::exists(folder / "r"));
        CHECK(!fs::exists(folder / "r.revenant-part"));
        ++tried;
      }
      WriteBytes(file, whole);
    }
    Need(RestoreCopy(folder / "point", folder / "r"));
    fs::remove_all(folder / "r");
  }
  CHECK(tried > 30);
}

TEST_CASE("AListNamesFilesOfItsOwnFolderAlone") {
  CopyList list{"id", "0123456789abcdef", 5, Time{1}, {}};
  const std::string digest(64, 'a');
  for (const char* name : {"../x", "a/b", "", ".", "..", ".hidden", "a b", "a\nb"}) {
    CAPTURE(name);
    list.files = {{name, digest, 1}};
    CHECK(!CopyList::Decode(list.Encode(), "here"));
  }
  list.files = {{"000012.sst", digest, 1}, {"CURRENT", digest, 0}};
  const CopyList read = Need(CopyList::Decode(list.Encode(), "here"));
  CHECK(read.Encode() == list.Encode());
  const std::string text = list.Encode();
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string other = text;
    other[i] ^= 4;
    CHECK(!CopyList::Decode(other, "here"));
    CHECK(!CopyList::Decode(text.substr(0, i), "here"));
  }
}

TEST_CASE("BackUpsShareWhatDidNotChangeAndOldOnesGo") {
  const Folder folder;
  Made states[4];
  states[1] = MakeStore(folder / "s", FirstSeed());
  const BackupReport first = Need(BackUp(folder / "s", folder / "b", Time{1}));
  CHECK(first.copy.written >= first.copy.bytes / 2);
  for (int n = 2; n <= 3; ++n) {
    {
      const auto registry = OpenStore(folder / "s", TestKey(), Access::kReadWrite);
      Need(registry->Apply(Ban{{"p", "n" + std::to_string(n)}, "c", "fakes", Time{99}}));
      states[n].facts = ExportOf(*registry);
    }
    const BackupReport next = Need(BackUp(folder / "s", folder / "b", Time{1}));
    CHECK(next.number == static_cast<std::uint64_t>(n));
    CHECK(next.copy.written < next.copy.bytes);
    CHECK(next.mended == 0);
  }
  for (std::uint64_t n = 1; n <= 3; ++n) {
    const fs::path to = folder / ("r" + std::to_string(n));
    CHECK(Need(RestoreCopy(folder / "b", to, n)).number == n);
    CHECK(ExportOf(*OpenStore(to)) == states[n].facts);
  }
  const BackupReport kept = Need(BackUp(folder / "s", folder / "b", Time{1}, 2));
  CHECK(kept.removed == 2);
  CHECK(RestoreCopy(folder / "b", folder / "x", 2).error().code == Code::kNotFound);
  CHECK(ExportOf(*OpenStore([&] {
          Need(RestoreCopy(folder / "b", folder / "r"));
          return folder / "r";
        }())) == states[3].facts);
  // Nothing is left that no list has.
  std::set<std::string> needed;
  for (const char* name : {"000003.backup", "000004.backup"}) {
    for (const CopyList::File& file : Need(CopyList::Read(folder / "b" / name)).files) {
      needed.insert(file.digest);
    }
  }
  std::set<std::string> found;
  for (const auto& entry : fs::directory_iterator(folder / "b" / "files")) {
    found.insert(entry.path().filename().string());
  }
  CHECK(found == needed);
  // A file that went bad is written again, and said.
  const auto some = std::find_if(found.begin(), found.end(), [&](const std::string& name) {
    return fs::file_size(folder / "b" / "files" / name) > 0;
  });
  const fs::path bad = folder / "b" / "files" / *some;
  std::string bytes = ReadBytes(bad);
  bytes.back() ^= 1;
  WriteBytes(bad, bytes);
  CHECK(!RestoreCopy(folder / "b", folder / "y"));
  CHECK(Need(BackUp(folder / "s", folder / "b", Time{1})).mended == 1);
  Need(RestoreCopy(folder / "b", folder / "y"));
  // Another store's go elsewhere.
  MakeStore(folder / "other", 8, 10);
  CHECK(BackUp(folder / "other", folder / "b", Time{1}).error().code == Code::kConflict);
}

TEST_CASE("WhatIsThereIsNotWrittenOver") {
  const Folder folder;
  MakeStore(folder / "s", 5, 20);
  Need(MakeCheckpoint(folder / "s", folder / "point", Time{1}));
  fs::create_directory(folder / "full");
  WriteBytes(folder / "full" / "file", "x");
  fs::create_directory(folder / "empty");
  WriteBytes(folder / "file", "x");
  for (const char* target : {"s", "full", "file"}) {
    CAPTURE(target);
    CHECK(MakeCheckpoint(folder / "s", folder / target, Time{1}).error().code != Code::kCorruption);
    CHECK(RestoreCopy(folder / "point", folder / target).error().code == Code::kConflict);
    CHECK(RestoreFacts(Pieces("x"), folder / target, TestKey()).error().code == Code::kConflict);
  }
  CHECK(BackUp(folder / "s", folder / "full", Time{1}).error().code == Code::kConflict);
  CHECK(BackUp(folder / "s", folder / "s" / "b", Time{1}).error().code == Code::kInvalidArgument);
  Need(RestoreCopy(folder / "point", folder / "empty"));
  CHECK(ReadBytes(folder / "full" / "file") == "x");
}

TEST_CASE("WhatIsNoCopyIsNamedForWhatItIs") {
  const Folder folder;
  MakeStore(folder / "s", 5, 20);
  fs::create_directory(folder / "half.revenant-part");
  fs::create_directory(folder / "b");
  WriteBytes(folder / "b" / "back-ups", "revenant back-ups 1\n");
  const struct {
    const char* source;
    const char* says;
  } kCases[] = {
      {"s", "neither a checkpoint"},
      {"half.revenant-part", "never finished"},
      {"b", "holds no back-up"},
      {"nothing", "no folder there"},
  };
  for (const auto& test : kCases) {
    const Result<RestoreReport> made = RestoreCopy(folder / test.source, folder / "r");
    REQUIRE(!made);
    CHECK(made.error().message.find(test.says) != std::string::npos);
  }
}

TEST_CASE("ACheckpointMayOnlyBeRead") {
  const Folder folder;
  const Made made = MakeStore(folder / "s", 5, 40);
  Need(MakeCheckpoint(folder / "s", folder / "point", Time{1}));
  const auto opened = Registry::Open(folder / "point", TestKey());
  REQUIRE(!opened);
  CHECK(opened.error().code == Code::kInvalidArgument);
  CHECK(opened.error().message.find("is a checkpoint") != std::string::npos);
  CHECK(ExportOf(*OpenStore(folder / "point")) == made.facts);
  Need(TestKey().WriteNew(folder / "k"));
  const auto rekeyed = Rekey(folder / "point", folder / "k");
  REQUIRE(!rekeyed);
  CHECK(rekeyed.error().message.find("is a checkpoint") != std::string::npos);
  CHECK(ExportOf(*OpenStore(folder / "point")) == made.facts);
  CHECK(!fs::exists(folder / "k.new"));
  // Nor does it change with the store that it shares files with.
  {
    const auto registry = OpenStore(folder / "s", TestKey(), Access::kReadWrite);
    for (int i = 0; i < 30; ++i) {
      Need(registry->Apply(Ban{{"p", std::to_string(i)}, "c", "fakes", Time{99}}));
    }
    Need(Compact(*registry));
  }
  CHECK(ExportOf(*OpenStore(folder / "point")) == made.facts);
  Need(RestoreCopy(folder / "point", folder / "r"));
}

TEST_CASE("CompactingChangesNothingButTheFiles") {
  const Folder folder;
  for (int i = 0; i < 5; ++i) {
    if (i == 0) MakeStore(folder / "s", 4, 50);
    const auto registry = OpenStore(folder / "s", TestKey(), Access::kReadWrite);
    Need(registry->Apply(Ban{{"p", std::to_string(i)}, "c", "fakes", Time{99}}));
  }
  const auto registry = OpenStore(folder / "s", TestKey(), Access::kReadWrite);
  const std::string before = ExportOf(*registry);
  const CompactReport report = Need(Compact(*registry));
  CHECK(report.files_after < report.files_before);
  CHECK(report.bytes_after <= report.bytes_before);
  CHECK(ExportOf(*registry) == before);
  CheckSound(*registry);
  CHECK(Compact(*OpenStore(folder / "s")).error().code == Code::kConflict);
}

// --- Rekeying

// An export as values, with every fingerprint wrapped, in an order that does not depend on them.
std::set<std::string> Unordered(const std::string& facts, const Fingerprinter* keyed) {
  const auto wrap = [&](Json& hex) {
    if (keyed != nullptr)
      hex = keyed->Rewrap(*Fingerprint::FromHex(hex.get<std::string>())).ToHex();
  };
  const auto sorted = [](Json& list) {
    std::vector<std::string> texts;
    for (const Json& each : list) texts.push_back(each.dump());
    std::sort(texts.begin(), texts.end());
    list = texts;
  };
  std::set<std::string> lines;
  std::istringstream in(facts);
  for (std::string text; std::getline(in, text);) {
    Json line = Json::parse(text);
    if (line.contains("forgotten")) wrap(line["forgotten"]);
    if (line.contains("observations")) {
      for (Json& observation : line["observations"]) {
        wrap(observation["root"]);
        for (Json& item : observation["identifiers"]) wrap(item["fingerprint"]);
        sorted(observation["identifiers"]);
      }
      sorted(line["observations"]);
    }
    lines.insert(line.dump());
  }
  return lines;
}

TEST_CASE("ARekeyedStoreIsTheSameUnderOtherFingerprints") {
  for (int i = 0; i < Scaled(4); ++i) {
    const Folder folder;
    const std::uint64_t seed = FirstSeed() + static_cast<std::uint64_t>(i);
    CAPTURE(seed);
    Made made = MakeStore(folder / "s", seed);
    Need(TestKey().WriteNew(folder / "k"));
    for (int turn = 1; turn <= 2; ++turn) {
      const Key before = Need(Key::Read(folder / "k"));
      const std::string file_before = ReadBytes(folder / "k");
      const RekeyReport report = Need(Rekey(folder / "s", folder / "k", {"ann", Time{7}}));
      CHECK(!report.resumed);
      CHECK(report.key_check_before == before.CheckValue());
      CHECK(ReadBytes(folder / "k.old") == file_before);
      CHECK(!fs::exists(folder / "k.new"));
      CHECK(!fs::exists(folder / "s.revenant-part"));
      const Key key = Need(Key::Read(folder / "k"));
      CHECK(key.CheckValue() == report.key_check);
      CHECK(Registry::Open(folder / "s", before).error().code == Code::kInvalidArgument);
      const auto registry = OpenStore(folder / "s", key, Access::kReadWrite);
      const Fingerprinter keyed(key);
      const std::string facts = ExportOf(*registry);
      CHECK(facts != made.facts);
      CHECK(Unordered(WithoutEnd(facts), nullptr) == Unordered(WithoutEnd(made.facts), &keyed));
      CheckSound(*registry);
      const auto journal = Need(registry->Journal());
      CHECK(journal->head().size == made.journal.size + 1);
      CHECK(Need(journal->At(made.journal.size)).type == "rekey");
      CHECK(Need(journal->HeadAt(made.journal.size)) == made.journal);
      // The forgotten stays forgotten.
      CHECK(registry->Apply(Enrol{{"p", "gone"}, SellerStatus::kActive, "s1", Time{99}, {}})
                .error()
                .code == Code::kConflict);
      made.facts = facts;
      made.journal = journal->head();
    }
  }
}

TEST_CASE("RawValuesGetTheSameVerdictsUnderTheNewKey") {
  const Folder folder;
  Need(TestKey().WriteNew(folder / "k"));
  std::vector<Record> applications;
  std::vector<std::string> before;
  const auto verdicts = [&](const Registry& registry) {
    std::vector<std::string> out;
    for (const Record& application : applications) {
      const Verdict verdict = Need(registry.Screen(application, Time{90'000'000}));
      std::string text(DecisionName(verdict.decision));
      for (const Link& link : verdict.links) {
        text += " " + link.seller.ToString() + " " + std::to_string(link.strength) + " " +
                std::to_string(link.redundancy);
      }
      out.push_back(text);
    }
    return out;
  };
  {
    const auto registry = Need(Registry::Create(folder / "s", TestKey(), TightPolicy()));
    std::mt19937 random(static_cast<unsigned>(FirstSeed()));
    for (int i = 0; i < 120; ++i) {
      Record record{
          {"p", "s" + std::to_string(i)}, SellerStatus::kActive, "form", Time{1'000'000 + i}, {}};
      for (int n = 0; n < 3; ++n) {
        record.attributes.push_back({n == 0   ? "custom.strong"
                                     : n == 1 ? "custom.weak"
                                              : "custom.side",
                                     "", "v" + std::to_string(random() % 80)});
      }
      if (i < 80) {
        Need(registry->Enrol(record));
      } else {
        applications.push_back(record);
      }
      if (i < 80 && i % 7 == 0) {
        Need(registry->Apply(Ban{record.seller, "c", "fakes", Time{2'000'000}}));
      }
    }
    before = verdicts(*registry);
  }
  CHECK(std::set<std::string>(before.begin(), before.end()).size() > 3);
  Need(Rekey(folder / "s", folder / "k"));
  const auto registry = OpenStore(folder / "s", Need(Key::Read(folder / "k")));
  CHECK(verdicts(*registry) == before);
  Need(registry->WarmUp());
  CHECK(verdicts(*registry) == before);
}

TEST_CASE("ARekeyingThatCannotBeLeavesEverything") {
  const Folder folder;
  const Made made = MakeStore(folder / "s", 6, 30);
  Need(TestKey().WriteNew(folder / "k"));
  Need(Need(Key::Generate()).WriteNew(folder / "other"));
  CHECK(Rekey(folder / "s", folder / "other").error().code == Code::kInvalidArgument);
  CHECK(!fs::exists(folder / "other.new"));
  CHECK(Rekey(folder / "none", folder / "k").error().code == Code::kNotFound);
  CHECK(Rekey(folder / "s", folder / "none").error().code == Code::kNotFound);
  CHECK(!fs::exists(folder / "k.new"));
  {
    const auto writer = OpenStore(folder / "s", TestKey(), Access::kReadWrite);
    const Result<RekeyReport> refused = Rekey(folder / "s", folder / "k");
    REQUIRE(!refused);
    CHECK(refused.error().code == Code::kConflict);
    Need(writer->Apply(Ban{{"p", "z"}, "c", "fakes", Time{99}}));  // its lock is its own still
    CHECK(Registry::Open(folder / "s", TestKey()).error().code == Code::kConflict);
  }
  // A key that does not follow from this one.
  Need(Need(Key::Generate()).WriteNew(folder / "k.new"));
  CHECK(Rekey(folder / "s", folder / "k").error().code == Code::kConflict);
  fs::remove(folder / "k.new");
  // A reader goes on with the store as it was.
  const auto reader = OpenStore(folder / "s");
  const std::string facts = ExportOf(*reader);
  Need(Rekey(folder / "s", folder / "k"));
  CHECK(ExportOf(*reader) == facts);
  CHECK(!reader->Refresh());
}

TEST_CASE("RekeyingFollowsLinksAndKeepsEveryOldKey") {
  const Folder folder;
  const Made made = MakeStore(folder / "s", 6, 30);
  fs::create_directory(folder / "keys");
  Need(TestKey().WriteNew(folder / "keys" / "k"));
  fs::create_symlink(folder / "keys" / "k", folder / "k");
  fs::create_directory_symlink(folder / "s", folder / "link");
  const RekeyReport report = Need(Rekey(folder / "link", folder / "k"));
  CHECK(fs::is_symlink(folder / "link"));
  CHECK(fs::is_symlink(folder / "k"));
  CHECK(!fs::exists(folder / "k.old"));
  CHECK(report.old_key_file == fs::canonical(folder / "keys" / "k.old"));
  CHECK(ExportOf(*OpenStore(folder / "s", Need(Key::Read(folder / "keys" / "k")))) != made.facts);
  Need(Rekey(folder / "s", folder / "k"));
  const Key first = Need(Key::Read(folder / "keys" / ("k.old-" + TestKey().CheckValue())));
  CHECK(first.CheckValue() == TestKey().CheckValue());
  CHECK(Need(Key::Read(folder / "keys" / "k.old")).CheckValue() == report.key_check);
  CheckSound(*OpenStore(folder / "link", Need(Key::Read(folder / "k"))));
}

TEST_CASE("ARekeyingThatFailsLeavesNoKeyAndTwoExcludeEachOther") {
  const Folder folder;
  const Made made = MakeStore(folder / "s", 6, 30);
  Need(TestKey().WriteNew(folder / "k"));
  WriteBytes(folder / "s.revenant-part", "no folder");
  CHECK(!Rekey(folder / "s", folder / "k"));
  CHECK(!fs::exists(folder / "k.new"));
  CHECK(ReadBytes(folder / "s.revenant-part") == "no folder");
  fs::remove(folder / "s.revenant-part");
  {
    const FileDescriptor other(::open((folder / "k").c_str(), O_RDONLY | O_CLOEXEC));
    REQUIRE(::flock(other.get(), LOCK_EX | LOCK_NB) == 0);
    CHECK(Rekey(folder / "s", folder / "k").error().code == Code::kConflict);
  }
  CHECK(!fs::exists(folder / "k.old"));
  CHECK(ExportOf(*OpenStore(folder / "s")) == made.facts);
  Need(Rekey(folder / "s", folder / "k"));
}

unsigned ModeOf(const fs::path& path) {
  struct stat info{};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  return info.st_mode & 0777U;
}

TEST_CASE("WhatIsMadeIsItsOwnersAlone") {
  const Folder folder;
  MakeStore(folder / "s", 6, 30);
  for (const char* open : {"point.revenant-part", "b"}) {
    fs::create_directory(folder / open);
    fs::permissions(folder / open, fs::perms{0755});
  }
  Need(MakeCheckpoint(folder / "s", folder / "point", Time{1}));
  CHECK(ModeOf(folder / "point") == 0700);
  Need(BackUp(folder / "s", folder / "b", Time{1}));
  CHECK(ModeOf(folder / "b") == 0700);
  for (const fs::path& nothing : {fs::path(), fs::path("")}) {
    CHECK(MakeCheckpoint(folder / "s", nothing, Time{1}).error().code == Code::kInvalidArgument);
    CHECK(RestoreCopy(nothing, folder / "r").error().code == Code::kInvalidArgument);
    CHECK(BackUp(folder / "s", nothing, Time{1}).error().code == Code::kInvalidArgument);
  }
  if (::geteuid() != 0) return;
  constexpr uid_t kOther = 65534;
  fs::create_directory(folder / "theirs.revenant-part");
  REQUIRE(::chown((folder / "theirs.revenant-part").c_str(), kOther, kOther) == 0);
  const auto refused = MakeCheckpoint(folder / "s", folder / "theirs", Time{1});
  REQUIRE(!refused);
  CHECK(refused.error().message.find("another user") != std::string::npos);
  // The administrator rekeys for the owner.
  Need(TestKey().WriteNew(folder / "k"));
  REQUIRE(::chown((folder / "k").c_str(), kOther, kOther) == 0);
  REQUIRE(::chown((folder / "s").c_str(), kOther, kOther) == 0);
  Need(Rekey(folder / "s", folder / "k"));
  std::vector<fs::path> all = {folder / "s", folder / "k", folder / "k.old"};
  for (const auto& entry : fs::directory_iterator(folder / "s")) all.push_back(entry.path());
  for (const fs::path& path : all) {
    struct stat info{};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CAPTURE(path.filename().string());
    CHECK(info.st_uid == kOther);
  }
}

TEST_CASE("AListThatWentBadStopsNoBackUp") {
  const Folder folder;
  const Made made = MakeStore(folder / "s", 6, 30);
  for (int n = 0; n < 2; ++n) Need(BackUp(folder / "s", folder / "b", Time{1}));
  std::string bytes = ReadBytes(folder / "b" / "000002.backup");
  bytes[bytes.size() / 2] ^= 1;
  WriteBytes(folder / "b" / "000002.backup", bytes);
  WriteBytes(folder / "b" / "0000000009.backup", "x");
  int warnings = 0;
  const LogSink log = [&](LogLevel level, std::string_view) {
    warnings += level == LogLevel::kWarning;
  };
  CHECK(Need(BackUp(folder / "s", folder / "b", Time{1}, 0, log)).number == 3);
  CHECK(warnings == 1);
  Need(RestoreCopy(folder / "b", folder / "r1", 1));
  Need(RestoreCopy(folder / "b", folder / "r3"));
  CHECK(RestoreCopy(folder / "b", folder / "x", 2).error().code == Code::kCorruption);
  const BackupReport last = Need(BackUp(folder / "s", folder / "b", Time{1}, 1, log));
  CHECK(last.number == 4);
  CHECK(last.removed == 3);
  CHECK(warnings == 1);
  Need(RestoreCopy(folder / "b", folder / "r4"));
  CHECK(ExportOf(*OpenStore(folder / "r4")) == made.facts);
}

TEST_CASE("AFileOfABackUpIsARegularOne") {
  const Folder folder;
  MakeStore(folder / "s", 6, 30);
  Need(BackUp(folder / "s", folder / "b", Time{1}));
  const CopyList list = Need(CopyList::Read(folder / "b" / "000001.backup"));
  const auto table = std::find_if(list.files.begin(), list.files.end(),
                                  [](const auto& file) { return file.name.ends_with(".sst"); });
  REQUIRE(table != list.files.end());
  const fs::path file = folder / "b" / "files" / table->digest;
  for (const bool is_pipe : {false, true}) {
    CAPTURE(is_pipe);
    if (is_pipe) {
      fs::remove(file);
      REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
    } else {
      fs::rename(file, folder / "elsewhere");
      fs::create_symlink(folder / "elsewhere", file);
    }
    const auto restored = RestoreCopy(folder / "b", folder / "r");
    REQUIRE(!restored);
    CHECK(restored.error().code == Code::kCorruption);
    CHECK(restored.error().message.find("no regular file") != std::string::npos);
    CHECK(Need(BackUp(folder / "s", folder / "b", Time{1})).mended == 1);
    CHECK(fs::is_regular_file(fs::symlink_status(file)));
    Need(RestoreCopy(folder / "b", folder / (is_pipe ? "r1" : "r2")));
  }
}

}  // namespace
}  // namespace revenant

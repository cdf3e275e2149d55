// An import that is killed at random moments: the old list or the new one, never between.

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <random>

#include "exchange/feeds_world.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

constexpr int kDay = FeedsWorld::kStart;
constexpr int kEntries = 20'000, kOurs = 200;

// What the killed process does, in a program of its own (this one, started again): RocksDB's
// threads do not survive a fork.
TEST_CASE("One import that the test below kills" * doctest::skip()) {
  const char* folder = std::getenv("REVENANT_KILL_FOLDER");
  if (folder == nullptr) return;
  const fs::path dir(folder);
  const Key key = Need(Key::Read(dir / "store.key"));
  const auto registry = Need(Registry::Open(dir / "store", key));
  const auto desk = Need(Exchange::Open(*registry, dir / "member.key"));
  std::ifstream in(dir / "list", std::ios::binary);
  const std::string list((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  Need(desk->Import(list, Day(kDay + 3)));
}

// A list of a's that names what b's shops carry among much else.
std::string LongList(FeedsWorld& world) {
  FeedHeader header;
  header.publisher = MemberId{1};
  header.roster = DigestOf(EncodeRoster(world.roster));
  header.epoch = 1;
  header.created = Day(kDay + 2);
  header.expires = Day(kDay + 9);
  const FeedId feed = FeedIdOf(world.exchange, header.publisher, {});
  Delta delta;
  RunDigests digests;
  Run run;
  for (std::uint64_t id = 0; id < kEntries; ++id) {
    const int n = static_cast<int>(id) * 10;  // never a device
    EntryContent content;
    content.case_number = id;
    content.kind = KindCode("pay.iban");
    content.reason = ExchangeReason::kCounterfeit;
    content.banned_on = kDay;
    const ExchangeSecret secret = SecretOf(n, 1);
    const NewEntry entry{id, kDay + 1000, TagOf(secret, world.exchange, 1, "pay.iban"),
                         SealContent(secret, {world.exchange, 1, feed, id, 0}, content)};
    delta.put.push_back(entry);
    run.push_back({id, 0, entry.expires_on, 0, false, entry.tag, entry.box});
    if (run.size() == kRunIds || id + 1 == kEntries) {
      digests[id / kRunIds] = DigestOf(EncodeRun(run));
      run.clear();
    }
  }
  const std::string body = EncodeDelta(delta);
  header.delta_bytes = body.size();
  header.delta = DigestOf(body);
  header.live_entries = header.next_id = kEntries;
  header.live_bytes = SnapshotBytes(digests.size(), kEntries);
  header.state = StateHash(digests);
  return WriteFeedFile(
      FileType::kFeedDelta, world.exchange, header,
      world.a().keys.signing().Sign(FileType::kFeedDelta, world.exchange, EncodeFeedHeader(header)),
      body);
}

// b on a disk: 200 shops that the list is about.
void MakeStore(FeedsWorld& world, const fs::path& dir) {
  const Key key = Need(Key::Generate());
  Need(key.WriteNew(dir / "store.key"));
  fs::copy_file(world.b().key_file, dir / "member.key");
  const auto registry = Need(Registry::Create(dir / "store", key));
  const auto desk = Need(Exchange::Open(*registry, dir / "member.key"));
  Need(desk->Join(world.genesis, "market-b"));
  std::vector<Event> events;
  std::vector<HeldToken> tokens;
  for (int i = 0; i < kOurs; ++i) {
    const int n = i * 10;
    const std::string shop = "shop" + std::to_string(i);
    events.push_back(world.b().Shown(shop.c_str(), kDay, {n}, SellerStatus::kActive));
    tokens.push_back({IdentifierPrint(n), KindOf(n), 1, SecretOf(n, 1)});
  }
  Need(registry->ApplyAll(events));
  Need(desk->KeepTokens(tokens, Day(kDay + 1)));
}

pid_t StartImport(const fs::path& dir) {
  const pid_t pid = fork();
  REQUIRE(pid >= 0);
  if (pid != 0) return pid;
  setenv("REVENANT_KILL_FOLDER", dir.c_str(), 1);
  execl("/proc/self/exe", "exchange_test", "--no-skip", "--minimal",
        "--test-case=One import that the test below kills", nullptr);
  _exit(127);
}

// Checks what the killed import left, then finishes it. Was the new list there already?
bool LeftWhole(const fs::path& dir) {
  const auto registry = Need(Registry::Open(dir / "store", Need(Key::Read(dir / "store.key"))));
  const auto desk = Need(Exchange::Open(*registry, dir / "member.key"));
  const bool is_new = !Need(desk->Status(Day(kDay + 3))).feeds.empty();
  CHECK(Need(registry->Alerts(0, 1000)).size() == (is_new ? kOurs : 0));
  CHECK(Need(registry->Fsck()).problems.empty());
  // Once more, and once more: alerts exactly once.
  std::ifstream in(dir / "list", std::ios::binary);
  const std::string list((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  Need(desk->Import(list, Day(kDay + 3)));
  CHECK(Need(desk->Import(list, Day(kDay + 3))).outcome == FeedImport::Outcome::kUnchanged);
  CHECK(Need(registry->Alerts(0, 1000)).size() == kOurs);
  return is_new;
}

TEST_SUITE("slow") {
  TEST_CASE("An import killed at 50 random moments leaves the old list or the new one, whole") {
    FeedsWorld world;
    TemporaryFolder folder;
    const fs::path origin = folder.path() / "origin";
    fs::create_directory(origin);
    MakeStore(world, origin);
    std::ofstream(origin / "list", std::ios::binary) << LongList(world);

    const char* given = std::getenv("REVENANT_SEED");
    const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : 2026;
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    std::chrono::microseconds took{0};
    int killed = 0, old_list = 0, new_list = 0;
    for (int i = 0; i <= 50; ++i) {
      const fs::path dir = folder.path() / "try";
      fs::copy(origin, dir, fs::copy_options::recursive);
      const auto start = std::chrono::steady_clock::now();
      const pid_t pid = StartImport(dir);
      if (i > 0) {
        usleep(static_cast<unsigned>(random() % static_cast<std::uint64_t>(took.count())));
        kill(pid, SIGKILL);
      }
      int status = 0;
      REQUIRE(waitpid(pid, &status, 0) == pid);
      if (i == 0) {  // undisturbed, to learn how long it takes
        REQUIRE(WIFEXITED(status));
        REQUIRE(WEXITSTATUS(status) == 0);
        took = std::chrono::duration_cast<std::chrono::microseconds>(
            std::chrono::steady_clock::now() - start);
      }
      killed += WIFSIGNALED(status);
      const bool is_new = LeftWhole(dir);
      if (i == 0) CHECK(is_new);
      (is_new ? new_list : old_list) += 1;
      fs::remove_all(dir);
    }
    MESSAGE("killed ", killed, " times of 50: ", old_list, " old lists, ", new_list,
            " new ones; an import takes ", took.count() / 1000, " ms");
    CHECK(killed > 20);
  }
}

}  // namespace
}  // namespace revenant

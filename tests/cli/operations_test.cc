// Copies, restored stores and new keys as a user makes them, and what is left of those that are
// killed.

#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <random>
#include <set>

#include "command.h"

namespace revenant::test {
namespace {

namespace fs = std::filesystem;

std::string Sellers(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i) {
    lines += "{\"platform\":\"eu\",\"seller\":\"s" + std::to_string(i) +
             "\",\"seen\":\"2026-01-02T00:00:00Z\",\"attributes\":[{\"kind\":\"custom.account\","
             "\"value\":\"a" +
             std::to_string(i / 2) + "\"},{\"kind\":\"custom.device\",\"value\":\"d" +
             std::to_string(i) + "\"}]}\n";
  }
  return lines;
}

// A store "s" with sellers, bans and a forgotten one.
struct Kept : Workshop {
  explicit Kept(int sellers = 60) {
    Write("sellers.jsonl", Sellers(sellers));
    REQUIRE(On("s", {"init"}).exit_code == 0);
    REQUIRE(On("s", {"import", "sellers.jsonl", "--quiet"}).exit_code == 0);
    REQUIRE(On("s", {"ban", "eu:s2", "--reason", "x"}).exit_code == 0);
    REQUIRE(On("s", {"cannot-link", "eu:s8", "eu:s9"}).exit_code == 0);
    REQUIRE(On("s", {"forget", "eu:s5"}).exit_code == 0);
    Write("new.jsonl",
          R"({"platform":"eu","seller":"n","attributes":[{"kind":"custom.account","value":"a1"}]})"
          "\n");
  }
  // Without a journal's entry about it, which a reader's copy of the key would not allow.
  std::string Facts(const std::string& store, const std::string& key = "s.key") const {
    const Outcome outcome = On(store, {"--key", key, "export", "--facts"});
    if (outcome.exit_code != 0) FAIL(outcome.err);
    return outcome.out;
  }
};

TEST_CASE("a checkpoint, a back-up and an export give the store back") {
  const Kept shop;
  const std::string facts = shop.Facts("s");
  shop.Write("facts.jsonl", facts);
  const Json point = Lines(shop.On("s", {"checkpoint", "point", "--json"}).out).at(0);
  const Json back = Lines(shop.On("s", {"backup", "back", "--keep", "2", "--json"}).out).at(0);
  CHECK(point["digest"].get<std::string>().size() == 64);
  CHECK(back["number"] == 1);
  for (const char* source : {"point", "back", "facts.jsonl"}) {
    CAPTURE(source);
    const std::string store = std::string("r-") + source;
    const Outcome outcome = shop.On(store, {"--key", "s.key", "restore", source, "--json"});
    CAPTURE(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    const Json line = Lines(outcome.out).at(0);
    CHECK(line["journal"] == (std::string(source) != "facts.jsonl"));
    CHECK(shop.Facts(store) == facts);
    CHECK(shop.On(store, {"--key", "s.key", "fsck"}).exit_code == 0);
    CHECK(shop.On(store, {"--key", "s.key", "screen", "new.jsonl", "--exit-code"}).exit_code == 20);
  }
  CHECK(shop.On("point", {"--key", "s.key", "stats"}).exit_code == 0);
}

TEST_CASE("what cannot be restored is said in one line, with exit code 2") {
  const Kept shop(6);
  REQUIRE(shop.On("s", {"checkpoint", "point"}).exit_code == 0);
  shop.Write("live.jsonl", shop.On("s", {"export"}).out);
  shop.Write("junk", "x");
  const std::string facts = shop.Facts("s");
  shop.Write("cut.jsonl", facts.substr(0, facts.rfind('\n', facts.size() - 2) + 1));
  const struct {
    Words words;
    const char* says;
  } kCases[] = {
      {{"restore", "s"}, "neither a checkpoint"},
      {{"restore", "nowhere"}, "no folder there"},
      {{"restore", "point", "--number", "3"}, "no folder of back-ups"},
      {{"--key", "s.key", "restore", "live.jsonl"}, "export --facts"},
      {{"--key", "s.key", "restore", "junk"}, "junk: export: line 1"},
      {{"restore", "junk"}, "no such key file"},
      {{"restore", ""}, "empty name"},
      {{"--key", "s.key", "restore", "cut.jsonl"}, "cut off"},
  };
  for (const auto& test : kCases) {
    const Outcome outcome = shop.On("r", test.words);
    CAPTURE(outcome.err);
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.err.find(test.says) != std::string::npos);
    CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1);
    CHECK(!fs::exists(shop.dir() / "r"));
  }
  CHECK(shop.On("s", {"restore", "point"}).exit_code == 2);
  for (const char* verb : {"checkpoint", "backup"}) {
    const Outcome nowhere = shop.On("s", {verb, ""});
    CHECK(nowhere.exit_code == 2);
    CHECK(nowhere.err.find("empty name") != std::string::npos);
  }
  const Outcome writing = shop.On("point", {"--key", "s.key", "ban", "eu:s0", "--reason", "x"});
  CHECK(writing.exit_code == 2);
  CHECK(writing.err.find("is a checkpoint") != std::string::npos);
  // The key is another matter.
  const Outcome keyless = shop.On("r", {"restore", "point"});
  CHECK(keyless.exit_code == 0);
  CHECK(keyless.err.find("r.key: holds no key") != std::string::npos);
}

TEST_CASE("compact and upgrade say what they did") {
  const Kept shop(6);
  const Json compact = Lines(shop.On("s", {"compact", "--json"}).out).at(0);
  CHECK(compact["files_after"] <= compact["files_before"]);
  const Json upgrade = Lines(shop.On("s", {"upgrade", "--json"}).out).at(0);
  CHECK(upgrade["changed"] == false);
  fs::copy(fs::path(REVENANT_FIXTURES) / "formats/v2/store", shop.dir() / "old",
           fs::copy_options::recursive);
  fs::copy(fs::path(REVENANT_FIXTURES) / "formats/v2/key", shop.dir() / "old.key");
  fs::permissions(shop.dir() / "old.key", fs::perms::owner_read);
  CHECK(shop.On("old", {"checkpoint", "older"}).exit_code == 0);
  const Outcome rekey = shop.On("old", {"rekey"});
  CHECK(rekey.exit_code == 2);
  CHECK(rekey.err.find("`revenant upgrade` first") != std::string::npos);
  const Json changed = Lines(shop.On("old", {"upgrade", "--json"}).out).at(0);
  CHECK(changed["from"] == 2);
  CHECK(changed["changed"] == true);
  CHECK(Lines(shop.On("old", {"upgrade", "--json"}).out).at(0)["changed"] == false);
}

TEST_CASE("after rekey the new key opens the store and the old one its copies") {
  const Kept shop;
  REQUIRE(shop.On("s", {"checkpoint", "point"}).exit_code == 0);
  const std::string facts = shop.Facts("s");
  const Json line = Lines(shop.On("s", {"rekey", "--json"}).out).at(0);
  CHECK(line["resumed"] == false);
  CHECK(line["key_check"] != line["key_check_before"]);
  CHECK(shop.Facts("s") != facts);
  CHECK(shop.On("s", {"fsck"}).exit_code == 0);
  CHECK(shop.On("s", {"screen", "new.jsonl", "--exit-code"}).exit_code == 20);
  CHECK(shop.On("s", {"--key", "s.key.old", "stats"}).exit_code == 2);
  CHECK(shop.Facts("point", "s.key.old") == facts);
  CHECK(shop.On("point", {"--key", "s.key", "stats"}).exit_code == 2);
  const Outcome again = shop.On("s", {"rekey"});
  CHECK(again.exit_code == 0);
  CHECK(again.err.find("new folder for the next back-up") != std::string::npos);
  const std::string first = "s.key.old-" + line["key_check_before"].get<std::string>();
  CHECK(shop.Facts("point", first) == facts);
  // A wrong key beside some KEY.new is no rekeying that was cut short.
  fs::copy(shop.dir() / "s.key.old", shop.dir() / "w.key");
  fs::copy(shop.dir() / first, shop.dir() / "w.key.new");
  const Outcome wrong = shop.On("s", {"--key", "w.key", "stats"});
  CHECK(wrong.exit_code == 2);
  CHECK(wrong.err.find("cut short") == std::string::npos);
}

TEST_CASE("the journal is signed by its own store's key, and by the next one after a rotation") {
  const Kept shop(6);
  REQUIRE(shop.On("other", {"init"}).exit_code == 0);
  for (const Words& verb : {Words{"journal", "checkpoint"}, Words{"journal", "export"},
                            Words{"journal", "prove", "0"}, Words{"journal", "key"},
                            Words{"journal", "rotate"}, Words{"dossier", "eu:s2", "--out", "d"}}) {
    Words words = {"--journal-key", "other.journal.key"};
    words.insert(words.end(), verb.begin(), verb.end());
    const Outcome outcome = shop.On("s", words);
    CAPTURE(outcome.err);
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.err.find("other.journal.key: ") != std::string::npos);
    CHECK(outcome.err.find("another store's") != std::string::npos);
  }
  CHECK(!fs::exists(shop.dir() / "other.journal.key.new"));
  shop.Write("old.pub", shop.Read("s.journal.pub"));
  REQUIRE(shop.On("s", {"journal", "checkpoint", "--out", "witness"}).exit_code == 0);
  REQUIRE(shop.On("s", {"dossier", "eu:s2", "--out", "before.json"}).exit_code == 0);
  const std::string secret = shop.Read("s.journal.key");
  const Json line = Lines(shop.On("s", {"journal", "rotate", "--json"}).out).at(0);
  CHECK(line["key"] != shop.Read("old.pub"));
  CHECK(shop.Read("s.journal.key.old") == secret);
  CHECK(!fs::exists(shop.dir() / "s.journal.key.new"));
  REQUIRE(shop.On("s", {"journal", "export", "--out", "journal"}).exit_code == 0);
  REQUIRE(shop.On("s", {"dossier", "eu:s2", "--out", "after.json"}).exit_code == 0);
  const Words trusted = {"--key", "old.pub", "--signers", "s.journal.pub"};
  const auto verify = [&](Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return shop.Run(words).exit_code;
  };
  CHECK(verify({"journal", "verify", "journal", "--witness", "witness"}, trusted) == 0);
  CHECK(verify({"journal", "verify", "journal"}, {"--key", "s.journal.pub"}) == 0);
  CHECK(verify({"journal", "verify", "journal"}, {"--key", "old.pub"}) != 0);
  CHECK(verify({"verify-dossier", "before.json"}, trusted) == 0);
  CHECK(verify({"verify-dossier", "after.json"}, trusted) == 0);
  CHECK(verify({"verify-dossier", "after.json"}, {"--key", "old.pub"}) == 1);
  // A copy names the signer too.
  REQUIRE(shop.On("s", {"checkpoint", "point"}).exit_code == 0);
  REQUIRE(shop.On("r", {"--key", "s.key", "restore", "point"}).exit_code == 0);
  const auto sign = [&](const char* key) {
    return shop.On("r", {"--key", "s.key", "--journal-key", key, "journal", "checkpoint"})
        .exit_code;
  };
  CHECK(sign("s.journal.key") == 0);
  CHECK(sign("other.journal.key") == 2);
  // Where that is lost, a new one is made and the journal says so; no succession leads to it.
  const Outcome asked = shop.On("r", {"--key", "s.key", "journal", "key"});
  CHECK(asked.exit_code == 2);
  CHECK(asked.err.find("--replace-lost") != std::string::npos);
  CHECK(!fs::exists(shop.dir() / "r.journal.key"));
  CHECK(sign("s.journal.key") == 0);
  const Outcome anew = shop.On("r", {"--key", "s.key", "journal", "key", "--replace-lost"});
  CHECK(anew.exit_code == 0);
  CHECK(anew.err.find("is not there any more") != std::string::npos);
  CHECK(sign("r.journal.key") == 0);
  CHECK(sign("s.journal.key") == 2);
  REQUIRE(shop.On("r", {"--key", "s.key", "journal", "export", "--out", "anew"}).exit_code == 0);
  CHECK(verify({"journal", "verify", "anew"}, {"--key", "r.journal.pub"}) == 0);
  CHECK(verify({"journal", "verify", "anew"}, {"--key", "old.pub", "--signers", "r.journal.pub"}) ==
        2);
  // Cut short before the files changed places: said, and finished by the same command.
  fs::rename(shop.dir() / "s.journal.key", shop.dir() / "s.journal.key.new");
  fs::copy(shop.dir() / "s.journal.key.old", shop.dir() / "s.journal.key");
  const Outcome halfway = shop.On("s", {"journal", "checkpoint"});
  CHECK(halfway.exit_code == 2);
  CHECK(halfway.err.find("`revenant journal rotate` finishes it") != std::string::npos);
  CHECK(Lines(shop.On("s", {"journal", "rotate", "--json"}).out).at(0) == line);
  CHECK(shop.On("s", {"journal", "checkpoint"}).exit_code == 0);
  CHECK(shop.On("s", {"fsck"}).exit_code == 0);
}

// --- Kills

using Span = std::chrono::microseconds;

// Runs `words` again and again, each time killed at a random moment of what it takes, calls `check`
// after each, and says how many were cut short.
template <typename Prepare, typename Check>
int KillAtRandomMoments(const Workshop& shop, int times, Prepare prepare, const Words& words,
                        Check check) {
  prepare();
  const auto start = std::chrono::steady_clock::now();
  REQUIRE(Workshop::Wait(shop.Start(words)) == 0);
  const auto took =
      std::chrono::duration_cast<Span>(std::chrono::steady_clock::now() - start).count();
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  int cut = 0;
  for (int i = 0; i < times; ++i) {
    prepare();
    const pid_t pid = shop.Start(words);
    usleep(static_cast<unsigned>(random() % static_cast<std::uint64_t>(took + 1)));
    kill(pid, SIGKILL);
    const int code = Workshop::Wait(pid);
    CHECK((code == 0 || code == 128 + SIGKILL));
    cut += code != 0;
    check();
  }
  return cut;
}

void KillCopies(int times) {
  const Kept shop(2000);
  const std::string facts = shop.Facts("s");
  shop.Write("facts.jsonl", facts);
  REQUIRE(shop.On("s", {"checkpoint", "whole"}).exit_code == 0);
  const auto remove = [&](const char* name) { fs::remove_all(shop.dir() / name); };
  const struct {
    Words words;
    const char* made;
  } kCases[] = {
      {{"--store", "s", "checkpoint", "made"}, "made"},
      {{"--store", "made", "--key", "s.key", "restore", "whole"}, "made"},
      {{"--store", "made", "--key", "s.key", "restore", "facts.jsonl"}, "made"},
  };
  for (const auto& test : kCases) {
    CAPTURE(test.words.at(2));
    const int cut = KillAtRandomMoments(
        shop, times, [&] { remove(test.made); }, test.words,
        [&] {
          // All of it, or nothing; and where nothing, the half is refused and made anew.
          if (!fs::exists(shop.dir() / test.made)) {
            CHECK(shop.On("x", {"restore", "made.revenant-part"}).exit_code == 2);
            const Outcome again = shop.Run(test.words);
            CAPTURE(again.err);
            CHECK(again.exit_code == 0);
          }
          CHECK(shop.Facts(test.made) == facts);
        });
    CHECK(cut > 0);
    remove(test.made);
    CHECK(!fs::exists(shop.dir() / "made.revenant-part"));
  }
  // Back-ups: the older one always holds, and so does each that is listed.
  REQUIRE(shop.On("s", {"backup", "back"}).exit_code == 0);
  int n = 0;
  std::set<std::string> states = {facts};
  const int cut = KillAtRandomMoments(
      shop, times,
      [&] {
        REQUIRE(
            shop.On("s", {"ban", "eu:s" + std::to_string(100 + n++), "--reason", "x"}).exit_code ==
            0);
        states.insert(shop.Facts("s"));
      },
      {"--store", "s", "backup", "back", "--keep", "2"},
      [&] {
        remove("r");
        const Outcome outcome = shop.On("r", {"--key", "s.key", "restore", "back"});
        CAPTURE(outcome.err);
        CHECK(outcome.exit_code == 0);
        CHECK(states.contains(shop.Facts("r")));
      });
  CHECK(cut > 0);
  REQUIRE(shop.On("s", {"backup", "back", "--keep", "2"}).exit_code == 0);
  remove("r");
  REQUIRE(shop.On("r", {"--key", "s.key", "restore", "back"}).exit_code == 0);
  CHECK(shop.Facts("r") == shop.Facts("s"));
}

void KillRekey(int times) {
  const Kept shop(2000);
  REQUIRE(shop.On("s", {"checkpoint", "whole"}).exit_code == 0);
  fs::copy(shop.dir() / "s.key", shop.dir() / "first.key");
  int before = 0, finished = 0;
  const Words rekey = {"--store", "t", "rekey"};
  const auto prepare = [&] {
    for (const char* name : {"t", "t.revenant-part", "t.key", "t.key.new", "t.key.old"}) {
      fs::remove_all(shop.dir() / name);
    }
    fs::copy(shop.dir() / "first.key", shop.dir() / "t.key");
    REQUIRE(shop.On("t", {"restore", "whole"}).exit_code == 0);
  };
  const int cut = KillAtRandomMoments(shop, times, prepare, rekey, [&] {
    const Outcome now = shop.On("t", {"screen", "new.jsonl", "--exit-code"});
    CAPTURE(now.err);
    if (now.exit_code == 2) {
      // The one moment at which the key file is behind: said, and finished by the same command.
      CHECK(now.err.find("rekey` finishes it") != std::string::npos);
    } else {
      CHECK(now.exit_code == 20);
    }
    if (fs::exists(shop.dir() / "t.key.new") || !fs::exists(shop.dir() / "t.key.old")) {
      ++before;
      const Outcome again = shop.Run(rekey);
      CAPTURE(again.err);
      CHECK(again.exit_code == 0);
    } else {
      ++finished;
    }
    CHECK(!fs::exists(shop.dir() / "t.key.new"));
    CHECK(!fs::exists(shop.dir() / "t.revenant-part"));
    CHECK(shop.On("t", {"fsck"}).exit_code == 0);
    CHECK(shop.On("t", {"screen", "new.jsonl", "--exit-code"}).exit_code == 20);
    CHECK(shop.On("t", {"--key", "t.key.old", "stats"}).exit_code == 2);
  });
  CHECK(cut > 0);
  CHECK(before > 0);
}

TEST_CASE("copies that are killed are whole or not there") { KillCopies(4); }
TEST_CASE("a rekeying that is killed goes on") { KillRekey(4); }
TEST_SUITE("slow") {
  TEST_CASE("copies that are killed twenty times") { KillCopies(20); }
  TEST_CASE("a rekeying that is killed twenty times") { KillRekey(20); }
}

}  // namespace
}  // namespace revenant::test

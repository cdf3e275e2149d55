// Keys, their files, signed notes and checkpoints.

#include "journal/note.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "support.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "revenant-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  fs::path operator/(const char* name) const { return path_ / name; }

 private:
  fs::path path_;
};

std::string ReadBytes(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_CASE("AKeyComesBackFromItsFileWhichNobodyElseMayRead") {
  const Folder folder;
  REQUIRE(OurKey().WriteNew(folder / "k"));
  CHECK((fs::status(folder / "k").permissions() & (fs::perms::group_all | fs::perms::others_all)) ==
        fs::perms::none);
  CHECK(OurKey().WriteNew(folder / "k").error().code == Code::kConflict);
  const Result<JournalKey> key = JournalKey::Read(folder / "k");
  REQUIRE(key);
  CHECK(key->public_key().ToText() == OurKey().public_key().ToText());
  CHECK(key->Sign("text") == OurKey().Sign("text"));
  CHECK(JournalKey::Read(folder / "none").error().code == Code::kNotFound);
}

TEST_CASE("ADamagedKeyFileIsRefusedWhereverTheDamageIs") {
  const Folder folder;
  REQUIRE(OurKey().WriteNew(folder / "k"));
  const std::string good = ReadBytes(folder / "k");
  for (std::size_t i = 0; i < good.size(); ++i) {
    CAPTURE(i);
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    const fs::path file = folder / "bad";
    std::ofstream(file, std::ios::binary) << bad;
    ::chmod(file.c_str(), 0600);
    CHECK_FALSE(JournalKey::Read(file));
  }
  std::ofstream(folder / "cut", std::ios::binary) << good.substr(0, good.size() - 1);
  ::chmod((folder / "cut").c_str(), 0600);
  CHECK(JournalKey::Read(folder / "cut").error().code == Code::kCorruption);
  std::ofstream(folder / "next", std::ios::binary) << "revenant-journal-key 2\n";
  ::chmod((folder / "next").c_str(), 0600);
  CHECK(JournalKey::Read(folder / "next").error().code == Code::kUnsupportedFormat);
}

TEST_CASE("APublicKeyComesBackFromItsTextAndFromNoOther") {
  const std::string text = OurKey().public_key().ToText();
  const Result<JournalPublicKey> key = JournalPublicKey::Parse(text + "\n");
  REQUIRE(key);
  CHECK(key->ToText() == text);
  CHECK(key->Verify("text", OurKey().Sign("text")));
  CHECK_FALSE(key->Verify("text", OtherKey().Sign("text")));
  CHECK_FALSE(key->Verify("test", OurKey().Sign("text")));
  CHECK_FALSE(key->Verify("text", ""));
  for (std::size_t i = 0; i < text.size(); ++i) {
    CAPTURE(i);
    std::string bad = text;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(JournalPublicKey::Parse(bad));
  }
  for (const char* bad : {"", "+", "a+b", "a+b+c", "+00000000+AQ=="}) {
    CAPTURE(bad);
    CHECK_FALSE(JournalPublicKey::Parse(bad));
  }
}

// The example of the C2SP signed-note specification: other tools' notes are ours to read.
TEST_CASE("TheNoteOfTheSpecificationOpensUnderItsKey") {
  const Result<JournalPublicKey> key =
      JournalPublicKey::Parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  REQUIRE(key);
  const std::string note =
      "If you think cryptography is the answer to your problem,\n"
      "then you don't know what your problem is.\n"
      "\n"
      "\u2014 PeterNeumann "
      "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
      "\n";
  const Result<std::string> text = OpenNote(note, *key);
  REQUIRE(text);
  CHECK(text->starts_with("If you think"));
}

TEST_CASE("ACheckpointComesBackAndSaysWhatWasSigned") {
  Checkpoint checkpoint{{12, HashLeaf("x")}, kNoon, false};
  for (const bool part : {false, true}) {
    checkpoint.part = part;
    const std::string note = SignCheckpoint(checkpoint, OurKey());
    const Result<Checkpoint> opened = OpenCheckpoint(note, OurKey().public_key());
    REQUIRE(opened);
    CHECK(*opened == checkpoint);
  }
}

TEST_CASE("NoByteOfACheckpointMayChange") {
  const std::string note = SignCheckpoint({{12, HashLeaf("x")}, kNoon, false}, OurKey());
  for (std::size_t i = 0; i < note.size(); ++i) {
    for (const char flip : {'\x01', '\x20', '\x40'}) {
      CAPTURE(i);
      std::string bad = note;
      bad[i] = static_cast<char>(bad[i] ^ flip);
      CHECK_FALSE(OpenCheckpoint(bad, OurKey().public_key()));
    }
    CHECK_FALSE(OpenCheckpoint(note.substr(0, i), OurKey().public_key()));
  }
  CHECK_FALSE(OpenCheckpoint(note + "x", OurKey().public_key()));
  CHECK(OpenCheckpoint(note, OtherKey().public_key()).error().message == "signed with another key");
}

TEST_CASE("SignaturesOfWitnessesBesideOursAreNoHindrance") {
  const std::string note = SignCheckpoint({{3, HashLeaf("x")}, kNoon, false}, OurKey());
  const std::string theirs = SignNote(note.substr(0, note.find("\n\n") + 1), OtherKey());
  const std::string both = note + theirs.substr(theirs.find("\u2014"));
  CHECK(OpenCheckpoint(both, OurKey().public_key()));
}

TEST_CASE("ASignedTextThatIsNoCheckpointIsNotTakenForOne") {
  const std::string origin = OurKey().public_key().name();
  const std::string root = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
  const char* time = "2026-06-01T00:00:00Z\n";
  CHECK(OpenCheckpoint(SignNote(origin + "\n1\n" + root + time, OurKey()), OurKey().public_key()));
  for (const std::string& text :
       {"other\n1\n" + root + time, origin + "\n01\n" + root + time,
        origin + "\n-1\n" + root + time, origin + "\n1\nAAAA\n" + time, origin + "\n1\n" + root,
        origin + "\n1\n" + root + "2026-06-01\n", origin + "\n1\n" + root + time + "more\n",
        origin + "\n1\n" + root + time + "part\npart\n"}) {
    CAPTURE(text);
    const auto opened = OpenCheckpoint(SignNote(text, OurKey()), OurKey().public_key());
    REQUIRE_FALSE(opened);
    CHECK(opened.error().message == "signed with this key, but no checkpoint");
  }
}

}  // namespace
}  // namespace revenant

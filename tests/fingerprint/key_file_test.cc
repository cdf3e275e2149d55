#include "fingerprint/key_file.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <string>
#include <string_view>

#include "fingerprint/support.h"
#include "revenant/fingerprint.h"
#include "util/bytes.h"

namespace {
std::atomic<bool> g_no_randomness = false;
}

// Stands before the C library's, so that a system without randomness can be played.
extern "C" int getentropy(void* out, std::size_t size) {
  if (g_no_randomness) {
    errno = ENOSYS;
    return -1;
  }
  return getrandom(out, size, 0) == static_cast<ssize_t>(size) ? 0 : -1;
}

namespace revenant {
namespace {

using namespace std::string_view_literals;
namespace fs = std::filesystem;

constexpr std::string_view kKeyFiles[] = {"one_link.key", "three_links.key"};

mode_t ModeOf(const fs::path& file) {
  struct stat info{};
  REQUIRE(::stat(file.c_str(), &info) == 0);
  return info.st_mode & 07777;
}

// The code that reading `text` fails with. Whatever the failure, no key bytes may be in the
// message.
Code RefusalOf(std::string_view text) {
  const auto key = KeyFromText(text);
  REQUIRE_FALSE(key);
  CHECK(key.error().message.find("0001020304") == std::string::npos);
  return key.error().code;
}

// A key file whose sum is right, whatever else is not.
std::string WithSum(const std::string& body) {
  Sha256Digest digest;
  Sha256Stream stream(Sha256Best());
  stream.Update(body);
  stream.Finish(digest);
  return body + "sum " + HexEncode(AsView(digest).substr(0, 16)) + "\n";
}

TEST_CASE("AWrittenKeyFileReadsBackAndIsTheOwnersAlone") {
  const TempFolder folder;
  const auto key = Key::Generate();
  REQUIRE(key);
  const mode_t before = ::umask(0777);  // neither a strict umask nor a lax one decides
  const auto strict = key->WriteNew(folder / "strict.key");
  ::umask(0);
  const auto lax = key->WriteNew(folder / "lax.key");
  ::umask(before);
  REQUIRE(strict);
  REQUIRE(lax);
  for (const std::string_view name : {"strict.key"sv, "lax.key"sv}) {
    CHECK(ModeOf(folder / name) == 0600);
    const auto back = Key::Read(folder / name);
    REQUIRE(back);
    CHECK(back->CheckValue() == key->CheckValue());
  }
}

TEST_CASE("KeyFilesOfVersion1AreReadByEveryLaterBuild") {
  for (const std::string_view name : kKeyFiles) {
    CAPTURE(name);
    const std::string text = ReadBytes(Fixture(name));
    const auto key = KeyFromText(text);
    REQUIRE(key);
    const TempFolder folder;
    REQUIRE(key->WriteNew(folder / "copy"));
    CHECK(ReadBytes(folder / "copy") == text);
  }
}

TEST_CASE("EveryFlippedBitOfAKeyFileIsRefused") {
  for (const std::string_view name : kKeyFiles) {
    std::string text = ReadBytes(Fixture(name));
    REQUIRE(KeyFromText(text));
    for (std::size_t bit = 0; bit < 8 * text.size(); ++bit) {
      CAPTURE(bit);
      const char mask = static_cast<char>(1 << bit % 8);
      text[bit / 8] ^= mask;
      const Code code = RefusalOf(text);
      if (bit / 8 >= "revenant-key 1\n"sv.size()) CHECK(code == Code::kCorruption);
      text[bit / 8] ^= mask;
    }
  }
}

TEST_CASE("EveryTruncationOfAKeyFileIsRefused") {
  for (const std::string_view name : kKeyFiles) {
    const std::string text = ReadBytes(Fixture(name));
    REQUIRE_FALSE(text.empty());
    for (std::size_t size = 0; size < text.size(); ++size) {
      CAPTURE(size);
      const Code code = RefusalOf(text.substr(0, size));
      CHECK(code == (size < "revenant-key "sv.size() ? Code::kInvalidArgument : Code::kCorruption));
    }
  }
}

TEST_CASE("KeyFilesThatAreWrongOtherwiseAreRefusedWithTheirCode") {
  const std::string good = ReadBytes(Fixture("one_link.key"));
  const std::string three = ReadBytes(Fixture("three_links.key"));
  const std::string header = "revenant-key 1\n";
  const std::string link = "link " + std::string(64, 'a') + "\n";
  const KeyChain too_long(kMaxChainLinks + 1);
  const SecretText too_long_text = EncodeKeyFile(too_long);
  std::string swapped = three;
  swapped.replace(15, 70, three.substr(85, 70)).replace(85, 70, three.substr(15, 70));
  REQUIRE(KeyFromText(WithSum(header + link)));  // so that the refusals below have other reasons

  struct WrongFile {
    std::string_view name;
    std::string text;
    Code code;
  };
  const WrongFile kWrong[] = {
      {"empty", "", Code::kInvalidArgument},
      {"another file", "-----BEGIN PRIVATE KEY-----\n", Code::kInvalidArgument},
      {"bytes before it", " " + good, Code::kInvalidArgument},
      {"a byte after it", good + "\n", Code::kCorruption},
      {"a zero byte after it", good + '\0', Code::kCorruption},
      {"twice", good + good, Code::kCorruption},
      {"no links", WithSum(header), Code::kCorruption},
      {"too many links", {too_long_text.data(), too_long_text.size()}, Code::kCorruption},
      {"links swapped", swapped, Code::kCorruption},
      {"upper case, sum right", WithSum(header + "link " + std::string(64, 'A') + "\n"),
       Code::kCorruption},
      {"no digits, sum right", WithSum(header + "link " + std::string(64, 'g') + "\n"),
       Code::kCorruption},
      {"another label, sum right", WithSum(header + "Link " + std::string(64, 'a') + "\n"),
       Code::kCorruption},
      {"other line ends, sum right", WithSum(header + "link " + std::string(64, 'a') + "\r"),
       Code::kCorruption},
      {"version 2", "revenant-key 2\nwhatever comes", Code::kUnsupportedFormat},
      {"version 10", "revenant-key 10\nwhatever comes", Code::kUnsupportedFormat},
      {"version 0", "revenant-key 0\n" + link, Code::kCorruption},
      {"version 01", "revenant-key 01\n" + link, Code::kCorruption},
      {"version 1a", "revenant-key 1a\n" + link, Code::kCorruption},
      {"no version", "revenant-key \n" + link, Code::kCorruption},
      {"DOS line end", "revenant-key 1\r\n" + link, Code::kCorruption},
  };
  for (const WrongFile& wrong : kWrong) {
    CAPTURE(wrong.name);
    CHECK(RefusalOf(wrong.text) == wrong.code);
    // The same from a file, which names itself in the message.
    const TempFolder folder;
    const fs::path file = folder / "wrong.key";
    REQUIRE(WriteNewSecretFile(file, wrong.text));
    const auto key = Key::Read(file);
    REQUIRE_FALSE(key);
    CHECK(key.error().code == wrong.code);
    CHECK(key.error().message.find(file.string()) != std::string::npos);
  }
}

TEST_CASE("AKeyFileThatOthersCanTouchIsRefused") {
  const TempFolder folder;
  const fs::path file = folder / "shared.key";
  REQUIRE(Key::Generate()->WriteNew(file));
  for (const mode_t mode : {0640, 0620, 0610, 0604, 0602, 0601, 0660, 0777}) {
    CAPTURE(mode);
    REQUIRE(::chmod(file.c_str(), mode) == 0);
    const auto key = Key::Read(file);
    REQUIRE_FALSE(key);
    CHECK(key.error().code == Code::kInvalidArgument);
    CHECK(key.error().message.find("chmod 600") != std::string::npos);
  }
  for (const mode_t mode : {0600, 0400, 0700}) {
    CAPTURE(mode);
    REQUIRE(::chmod(file.c_str(), mode) == 0);
    CHECK(Key::Read(file));
  }
}

TEST_CASE("AnExistingFileIsNotOverwritten") {
  const TempFolder folder;
  const fs::path file = folder / "taken";
  REQUIRE(WriteNewSecretFile(file, "precious"));
  const auto key = Key::Generate();
  REQUIRE(key);
  const auto written = key->WriteNew(file);
  REQUIRE_FALSE(written);
  CHECK(written.error().code == Code::kConflict);
  CHECK(ReadBytes(file) == "precious");

  // Nor is one made through a symbolic link that leads nowhere yet.
  fs::create_symlink(folder / "elsewhere", folder / "dangling");
  CHECK(key->WriteNew(folder / "dangling").error().code == Code::kConflict);
  CHECK_FALSE(fs::exists(folder / "elsewhere"));
}

TEST_CASE("OnlyARegularFileIsReadAsAKey") {
  const TempFolder folder;
  REQUIRE(Key::Generate()->WriteNew(folder / "real.key"));
  CHECK(Key::Read(folder / "absent.key").error().code == Code::kNotFound);
  CHECK(Key::Read(folder / "real.key/below").error().code == Code::kNotFound);

  REQUIRE(::mkdir((folder / "folder").c_str(), 0700) == 0);
  CHECK(Key::Read(folder / "folder").error().code == Code::kInvalidArgument);
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(Key::Read(folder / "pipe").error().code == Code::kInvalidArgument);

  // Secret mounts of container platforms are symbolic links: what they lead to is what counts.
  fs::create_symlink("real.key", folder / "link.key");
  CHECK(Key::Read(folder / "link.key"));
  REQUIRE(::chmod((folder / "real.key").c_str(), 0644) == 0);
  CHECK(Key::Read(folder / "link.key").error().code == Code::kInvalidArgument);
}

TEST_CASE("AMissingFolderIsNotFoundAndNothingIsCreated") {
  const TempFolder folder;
  const auto key = Key::Generate();
  REQUIRE(key);
  CHECK(key->WriteNew(folder / "no/such/key").error().code == Code::kNotFound);
  CHECK_FALSE(fs::exists(folder / "no"));
}

TEST_CASE("AFileNameWithoutAFolderIsWrittenToTheCurrentOne") {
  const TempFolder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder / "");
  const auto written = Key::Generate()->WriteNew("bare.key");
  fs::current_path(before);
  CHECK(written);
  CHECK(Key::Read(folder / "bare.key"));
}

// A file size limit stands in for a full disk: ten bytes go in, then writing fails.
TEST_CASE("AFailedWriteLeavesNoFileBehind") {
  const TempFolder folder;
  const auto key = Key::Generate();
  REQUIRE(key);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const rlimit tiny{10, before.rlim_max};
  auto* const handler = ::signal(SIGXFSZ, SIG_IGN);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &tiny) == 0);
  const auto written = key->WriteNew(folder / "full.key");
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  ::signal(SIGXFSZ, handler);
  REQUIRE_FALSE(written);
  CHECK(written.error().code == Code::kIo);
  CHECK_FALSE(fs::exists(folder / "full.key"));
}

TEST_CASE("WithoutRandomnessThereIsNoKey") {
  auto key = Key::Generate();
  REQUIRE(key);
  g_no_randomness = true;
  const auto generated = Key::Generate();
  const auto rotated = key->Rotated();
  g_no_randomness = false;
  REQUIRE_FALSE(generated);
  CHECK(generated.error().code == Code::kIo);
  REQUIRE_FALSE(rotated);
  CHECK(rotated.error().code == Code::kIo);
}

TEST_CASE("AKeepersFailureIsPassedOn") {
  const auto failed = Key::FromKeeper(
      []() -> Result<std::string> { return Error{Code::kIo, "the vault is sealed"}; });
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == Code::kIo);
  CHECK(failed.error().message.find("the vault is sealed") != std::string::npos);
  CHECK(Key::FromKeeper(nullptr).error().code == Code::kInvalidArgument);
}

}  // namespace
}  // namespace revenant

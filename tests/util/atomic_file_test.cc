#include "util/atomic_file.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace revenant {
namespace {

namespace fs = std::filesystem;
using Existing = FileDraft::Existing;

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / "atomic_file_test.XXXXXX") {
    std::string name = path_.string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  fs::path operator/(const char* name) const { return path_ / name; }
  // Names in it, to see that nothing was left behind.
  std::string Names() const {
    std::string names;
    for (const auto& entry : fs::directory_iterator(path_)) {
      names += (names.empty() ? "" : " ") + entry.path().filename().string();
    }
    return names;
  }

 private:
  fs::path path_;
};

std::string Read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void Write(const fs::path& file, const std::string& text) { std::ofstream(file) << text; }

int Put(const fs::path& file, std::string_view text, Existing existing = Existing::kReplace) {
  FileDraft draft(file, existing);
  int failed = draft.Open();
  if (failed == 0) failed = draft.Write(text);
  if (failed == 0) failed = draft.Sync();
  if (failed == 0) failed = draft.Publish();
  return failed;
}

TEST_CASE("AFileIsThereOnceItIsPublishedAndNothingElseIs") {
  const Folder folder;
  Write(folder / "a", "old");
  {
    AtomicFile file(folder / "a");
    REQUIRE(file.Open());
    REQUIRE(file.Append("new "));
    REQUIRE(file.Append(std::string(1 << 20, 'x')));
    REQUIRE(file.Append("!"));
    CHECK(Read(folder / "a") == "old");
    REQUIRE(file.Finish());
    CHECK(Read(folder / "a") == "old");
    REQUIRE(file.Publish());
  }
  CHECK(Read(folder / "a") == "new " + std::string(1 << 20, 'x') + "!");
  CHECK(folder.Names() == "a");
}

TEST_CASE("WhatIsNotPublishedLeavesTheOldFileAndNoOther") {
  const Folder folder;
  Write(folder / "a", "old");
  {
    AtomicFile file(folder / "a");
    REQUIRE(file.Open());
    REQUIRE(file.Append("new"));
    REQUIRE(file.Finish());
    CHECK(folder.Names() != "a");
  }
  CHECK(Read(folder / "a") == "old");
  CHECK(folder.Names() == "a");
}

TEST_CASE("OnlyTheOwnerMayReadItWhateverTheUmask") {
  const Folder folder;
  for (const mode_t mask : {0777, 0}) {
    const mode_t before = ::umask(mask);
    const auto written = ReplaceFile(folder / "a", "text");
    ::umask(before);
    REQUIRE(written);
    struct stat info{};
    REQUIRE(::stat((folder / "a").c_str(), &info) == 0);
    CHECK((info.st_mode & 07777) == 0600);
  }
}

TEST_CASE("ASecondWriterIsTurnedAwayUntilTheFirstIsDone") {
  const Folder folder;
  {
    AtomicFile first(folder / "a");
    REQUIRE(first.Open());
    REQUIRE(first.Append("first"));
    const auto second = ReplaceFile(folder / "a", "second");
    REQUIRE_FALSE(second);
    CHECK(second.error().code == Code::kConflict);
    REQUIRE(first.Finish());
    REQUIRE(first.Publish());
    CHECK(Read(folder / "a") == "first");
    CHECK(ReplaceFile(folder / "a", "second"));
  }
  CHECK(Read(folder / "a") == "second");
}

TEST_CASE("WhatAKilledWriterLeftIsRemovedByTheNext") {
  const Folder folder;
  const pid_t child = ::fork();
  if (child == 0) {
    FileDraft draft(folder / "a");
    if (draft.Open() == 0 && draft.Write("half") == 0) ::kill(::getpid(), SIGKILL);
    std::_Exit(1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  CHECK(folder.Names() == "a.tmp");
  CHECK(ReplaceFile(folder / "a", "whole"));
  CHECK(Read(folder / "a") == "whole");
  CHECK(folder.Names() == "a");
}

TEST_CASE("ADraftIsNeverWrittenThroughALinkThatLiesThere") {
  const Folder folder;
  Write(folder / "victim", "precious");
  fs::create_symlink(folder / "victim", folder / "a.tmp");
  CHECK(ReplaceFile(folder / "a", "text"));
  CHECK(Read(folder / "victim") == "precious");
  CHECK(Read(folder / "a") == "text");
}

TEST_CASE("AFileThatIsToBeNewReplacesNothing") {
  const Folder folder;
  CHECK(Put(folder / "a", "first", Existing::kKeep) == 0);
  CHECK(Put(folder / "a", "second", Existing::kKeep) == EEXIST);
  fs::create_symlink(folder / "nowhere", folder / "dangling");
  CHECK(Put(folder / "dangling", "second", Existing::kKeep) == EEXIST);
  CHECK(Read(folder / "a") == "first");
  CHECK(folder.Names().find("nowhere") == std::string::npos);
  CHECK(folder.Names().find("tmp") == std::string::npos);

  // Not even what came while it was written.
  FileDraft draft(folder / "b", Existing::kKeep);
  REQUIRE(draft.Open() == 0);
  REQUIRE(draft.Write("second") == 0);
  Write(folder / "b", "first");
  CHECK(draft.Publish() == EEXIST);
  CHECK(Read(folder / "b") == "first");
}

TEST_CASE("FailuresNameTheFileAndLeaveNothing") {
  const Folder folder;
  const auto missing = ReplaceFile(folder / "no" / "a", "text");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Code::kNotFound);
  CHECK(missing.error().message.find((folder / "no" / "a").string()) != std::string::npos);

  Write(folder / "a", "old");
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const rlimit tiny{10, before.rlim_max};
  auto* const handler = ::signal(SIGXFSZ, SIG_IGN);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &tiny) == 0);
  const auto full = ReplaceFile(folder / "a", "more than ten bytes");
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  ::signal(SIGXFSZ, handler);
  REQUIRE_FALSE(full);
  CHECK(full.error().code == Code::kIo);
  CHECK(Read(folder / "a") == "old");
  CHECK(folder.Names() == "a");
}

}  // namespace
}  // namespace revenant

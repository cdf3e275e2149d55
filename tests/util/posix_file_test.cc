#include "util/posix_file.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

namespace revenant {
namespace {

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    out = FileDescriptor(ends[0]);
    in = FileDescriptor(ends[1]);
  }
  FileDescriptor out, in;
};

bool IsOpen(int fd) { return ::fcntl(fd, F_GETFD) != -1; }

TEST_CASE("a descriptor is closed once, by whoever holds it last") {
  Pipe pipe;
  const int fd = pipe.in.get();
  FileDescriptor moved(std::move(pipe.in));
  CHECK(!pipe.in.valid());
  CHECK(moved.get() == fd);
  CHECK(moved.Close() == 0);
  CHECK(!moved.valid());
  CHECK(!IsOpen(fd));
  CHECK(moved.Close() == EBADF);
  {
    const FileDescriptor held(std::move(pipe.out));
    CHECK(IsOpen(held.get()));
  }
  CHECK(FileDescriptor(-1).Release() == -1);
}

TEST_CASE("what is written whole is read whole, up to the size asked for or the end") {
  Pipe pipe;
  REQUIRE(WriteAll(pipe.in.get(), "twelve bytes") == 0);
  std::string text(5, '?');
  CHECK(ReadUpTo(pipe.out.get(), text.data(), text.size()) == 5);
  CHECK(text == "twelv");
  REQUIRE(pipe.in.Close() == 0);
  text.assign(20, '?');
  CHECK(ReadUpTo(pipe.out.get(), text.data(), text.size()) == 7);
  CHECK(text.substr(0, 7) == "e bytes");
  CHECK(ReadUpTo(pipe.out.get(), text.data(), text.size()) == 0);
}

TEST_CASE("what comes in pieces is read on until it is whole") {
  Pipe pipe;
  REQUIRE(WriteAll(pipe.in.get(), "first, ") == 0);
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    WriteAll(pipe.in.get(), "second");
  });
  std::string text(13, '?');
  CHECK(ReadUpTo(pipe.out.get(), text.data(), text.size()) == 13);
  CHECK(text == "first, second");
  later.join();
}

TEST_CASE("a failing descriptor gives the system's own number") {
  CHECK(WriteAll(-1, "x") == EBADF);
  char byte = 0;
  errno = 0;
  CHECK(ReadUpTo(-1, &byte, 1) < 0);
  CHECK(errno == EBADF);
  CHECK(SyncFolder("no/such/folder") == ENOENT);
  CHECK(SyncFolder("") == 0);  // the folder that we are in
  CHECK(SyncFolder(std::filesystem::temp_directory_path()) == 0);
}

TEST_CASE("an error says what was being done, to which file, and whether it was there") {
  const Error missing = SystemError("opening", "a/b", ENOENT);
  CHECK(missing.code == Code::kNotFound);
  CHECK(missing.message == "opening a/b: No such file or directory");
  CHECK(SystemError("opening", "a/b", ENOTDIR).code == Code::kNotFound);
  CHECK(SystemError("writing", "a/b", ENOSPC).code == Code::kIo);
}

}  // namespace
}  // namespace revenant

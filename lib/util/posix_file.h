#ifndef REVENANT_UTIL_POSIX_FILE_H_
#define REVENANT_UTIL_POSIX_FILE_H_

// What every writer of whole files needs of POSIX: descriptors that close themselves, writes that
// continue after an interruption, and folders that are synced, so that a new name survives a power
// cut. Threads: pure functions over their arguments.

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <utility>

#include "revenant/result.h"

namespace revenant {

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd = -1) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.Release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FileDescriptor();

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int Release() { return std::exchange(fd_, -1); }
  // For a writer, for which a failing close() matters: 0 or the error number.
  int Close();

 private:
  int fd_;
};

// "DOING FILE: what the system says", kNotFound where it says that there is no such file, else kIo.
Error SystemError(std::string_view doing, const std::filesystem::path& file, int number);

// write() until all is written; 0 or the error number.
int WriteAll(int fd, std::string_view bytes);

// read() until `size` bytes are read or the file ends; how many, or less than 0 with errno set.
std::ptrdiff_t ReadUpTo(int fd, char* out, std::size_t size);

// Makes new names, renames and removals inside `dir` (empty: here) last; 0 or the error number.
// Where folders cannot be synced, there is nothing to do.
int SyncFolder(const std::filesystem::path& dir);

}  // namespace revenant

#endif  // REVENANT_UTIL_POSIX_FILE_H_

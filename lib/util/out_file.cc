#include "util/out_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "util/try.h"

namespace revenant {
namespace {

constexpr std::size_t kBufferBytes = 256 << 10;

}  // namespace

OutFile::OutFile(std::filesystem::path path)
    : path_(std::move(path)), temporary_(path_.string() + ".tmp") {}

OutFile::~OutFile() {
  if (made_) unlink(temporary_.c_str());
}

Result<void> OutFile::Open() {
  file_ =
      FileDescriptor(::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file_.valid()) return SystemError("writing", temporary_, errno);
  made_ = true;
  return {};
}

Result<void> OutFile::Append(std::string_view bytes) {
  buffer_ += bytes;
  return buffer_.size() < kBufferBytes ? Result<void>() : Flush();
}

Result<void> OutFile::Flush() {
  if (const int error = WriteAll(file_.get(), buffer_)) {
    return SystemError("writing", temporary_, error);
  }
  buffer_.clear();
  return {};
}

Result<void> OutFile::Finish() {
  TRY(Flush());
  if (::fsync(file_.get()) != 0) return SystemError("syncing", temporary_, errno);
  if (const int error = file_.Close()) return SystemError("writing", temporary_, error);
  return {};
}

Result<void> OutFile::Publish() {
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0)
    return SystemError("renaming", temporary_, errno);
  made_ = false;
  return {};
}

}  // namespace revenant

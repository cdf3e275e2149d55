#ifndef REVENANT_OPERATIONS_COPY_LIST_H_
#define REVENANT_OPERATIONS_COPY_LIST_H_

// The list of what a copy of a store consists of, with digests: README.md has the bytes. It is
// written last, so a copy without one was never finished.
// Threads: pure functions; values as any.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/operations.h"
#include "revenant/result.h"
#include "revenant/time.h"
#include "util/posix_file.h"

namespace revenant {

struct CopyList {
  struct File {
    std::string name, digest;  // BLAKE2b-256 in hexadecimal digits
    std::uint64_t bytes = 0;
  };
  std::string store;      // the database's identity
  std::string key_check;  // of the key that opens it
  std::uint64_t format = 0;
  Time at;
  std::vector<File> files;  // by name

  std::string Encode() const;
  // What is last in Encode(): stands for all of it.
  std::string Digest() const;
  CopyReport Report(std::uint64_t written) const;

  // kCorruption: damaged, naming `place`. kUnsupportedFormat.
  static Result<CopyList> Decode(std::string_view text, const std::string& place);
  static Result<CopyList> Read(const std::filesystem::path& file);
};

// Opens a file of a copy. kCorruption: it is a link, a pipe or the like, none of which a copy
// holds.
Result<FileDescriptor> OpenToRead(const std::filesystem::path& file);

// The digest of an open file's bytes, read from its beginning; `to`, if it is a descriptor, gets
// them too. The offset of `from` stays where it is.
struct Digested {
  std::string digest;
  std::uint64_t bytes = 0;
};
Result<Digested> DigestOf(int from, const std::filesystem::path& name, int to = -1,
                          const std::filesystem::path& to_name = {});
Result<Digested> DigestOfFile(const std::filesystem::path& file);

}  // namespace revenant

#endif  // REVENANT_OPERATIONS_COPY_LIST_H_

#ifndef REVENANT_OPERATIONS_PART_FOLDER_H_
#define REVENANT_OPERATIONS_PART_FOLDER_H_

// A folder that appears whole or not at all: made beside its place as NAME.revenant-part, synced,
// renamed. What a killed process left there goes when the same is made again.
// Nobody else may read it, nor may it be another user's.
// Threads: one at a time. Errors: kNotFound (no such parent), kConflict, kInvalidArgument (an empty
// name, or the root of a mounted file system, which no folder can take the place of), kIo.

#include <filesystem>
#include <string_view>

#include "revenant/result.h"
#include "util/posix_file.h"

namespace revenant {

inline constexpr std::string_view kPartEnding = ".revenant-part";

// Absolute, without a slash at its end.
Result<std::filesystem::path> PlainPath(const std::filesystem::path& path);

class PartFolder {
 public:
  // kConflict: something is at `target`, or another process makes it now.
  static Result<PartFolder> Make(const std::filesystem::path& target);
  PartFolder(PartFolder&&) noexcept = default;
  PartFolder& operator=(PartFolder&&) = delete;
  ~PartFolder();  // removes what was not published

  const std::filesystem::path& path() const { return part_; }
  Result<void> Publish();

  // The two swap places in one step: `target` is there, and what it was is at path() afterwards.
  // `target`: no symbolic link, which would be swapped itself.
  static Result<PartFolder> MakeBeside(const std::filesystem::path& target);
  Result<void> Exchange();
  bool exchanged() const { return exchanged_; }  // also where Exchange() failed after it
  // Makes all that is in it the property of the owner of `target`.
  Result<void> GiveToOwner();

 private:
  PartFolder(std::filesystem::path target, std::filesystem::path part, FileDescriptor lock)
      : target_(std::move(target)), part_(std::move(part)), lock_(std::move(lock)) {}
  static Result<PartFolder> MakeEmpty(std::filesystem::path target);

  std::filesystem::path target_, part_;
  FileDescriptor lock_;
  bool exchanged_ = false;
};

}  // namespace revenant

#endif  // REVENANT_OPERATIONS_PART_FOLDER_H_

#ifndef REVENANT_STORE_STILL_FILES_H_
#define REVENANT_STORE_STILL_FILES_H_

// A store's files as they are at one moment, to be copied: beside a writer of this or another
// process, or of a closed store. No key, no lock, nothing is written to the store.
// Threads: one at a time. Errors: those of Store::Open(kReadOnly).

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/log.h"
#include "revenant/result.h"

namespace revenant {

class StillFiles {
 public:
  // Cost: that of opening for reading. What is taken stays readable as long as this lives, whatever
  // the writer deletes.
  static Result<StillFiles> Take(const std::filesystem::path& dir, const LogSink& log = {});

  std::uint64_t format() const;
  const std::string& key_check() const;  // empty: the store was never finished
  const std::string& identity() const;   // of the database
  // A number of kMeta; 0: there is none.
  Result<std::uint64_t> Number(std::string_view name) const;
  // Reads every block of every file against its checksum. Cost: reads the whole store.
  Result<void> Verify() const;

  struct Table {
    std::string name;  // "000012.sst"
    std::uint64_t bytes = 0;
  };
  // Files of tables: what stands in one never changes.
  const std::vector<Table>& tables() const;
  // Open for reading, to be used with pread().
  int DescriptorOf(const Table& table) const;
  // Puts the same file into `folder`, as a hard link. False: that cannot be had there; copy it.
  bool Link(const Table& table, const std::filesystem::path& folder) const;

  // Writes everything else that a store consists of into `folder`, each synced: MANIFEST, CURRENT,
  // IDENTITY, the logs up to their last whole record, and what they must hold. Returns the names.
  Result<std::vector<std::string>> CopyLoose(const std::filesystem::path& folder) const;

  StillFiles(StillFiles&&) noexcept;
  StillFiles& operator=(StillFiles&&) noexcept;
  ~StillFiles();

 private:
  struct Impl;
  explicit StillFiles(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// A file of a checkpoint by this name makes its folder one: it may be read as a store is, but not
// be opened for writing.
inline constexpr std::string_view kCheckpointFile = "checkpoint";

}  // namespace revenant

#endif  // REVENANT_STORE_STILL_FILES_H_

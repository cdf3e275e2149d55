#ifndef REVENANT_OPERATIONS_H_
#define REVENANT_OPERATIONS_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/fingerprint.h"
#include "revenant/log.h"
#include "revenant/registry.h"
#include "revenant/result.h"
#include "revenant/time.h"

namespace revenant {

// Keeping a store: copies of it, and what is made of them. lib/operations/README.md has the bytes
// on disk, and what a process that is killed in the middle leaves.
//
// No copy holds a key, neither the store's nor the journal's: keep those elsewhere. Copying needs
// none either.
// Threads: any; two calls that write to the same folder exclude each other (kConflict).
// Errors: kNotFound, kConflict (something is there already), kCorruption (damaged; names the file),
// kUnsupportedFormat, kIo. After an error, and after a kill, there is the old or the new, never
// half.

// What a copy of a store consists of.
struct CopyReport {
  std::string digest;        // BLAKE2b-256 over the list of all files and their digests
  std::string key_check;     // check value of the key that opens it
  std::uint64_t format = 0;  // of the store
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;  // of the files
  std::uint64_t written =
      0;  // of them, what was not there yet (as a hard link, or of an earlier back-up)
};

// --- Checkpoints

// Makes `dir` a copy of the store as it is at one moment, beside a writer of this process or
// another; tables are hard links where the file system allows that. It can be opened for reading as
// it is. Every block of the store is read against its checksum: a damaged store is refused. `dir`:
// must be absent or empty. Cost: reads the store twice; writes it only where it cannot link.
Result<CopyReport> MakeCheckpoint(const std::filesystem::path& store,
                                  const std::filesystem::path& dir, Time at,
                                  const LogSink& log = {});

// --- Back-ups

struct BackupReport {
  CopyReport copy;
  std::uint64_t number = 0;   // of this back-up, from 1
  std::uint64_t removed = 0;  // earlier back-ups that went, by `keep`
  std::uint64_t mended = 0;   // files of earlier back-ups that were damaged and written again
};

// Adds a back-up of the store to those in `dir` (created), beside a writer or not. Files that an
// earlier back-up holds already are not written again. All that the back-up consists of is read
// back and compared. `keep`: only the newest so many stay; 0: all. kConflict: back-ups of another
// store. Cost: reads the store three times and the back-up once, writes what is new.
Result<BackupReport> BackUp(const std::filesystem::path& store, const std::filesystem::path& dir,
                            Time at, std::size_t keep = 0, const LogSink& log = {});

// --- Restoring

enum class CopyKind : std::uint8_t { kCheckpoint, kBackup, kFacts };

struct RestoreReport {
  CopyKind from = CopyKind::kCheckpoint;
  std::uint64_t number = 0;  // of the back-up
  CopyReport copy;
  // What is there of history; an export holds none.
  std::uint64_t journal_entries = 0;
  std::uint64_t alerts = 0;
};

// Makes a store of a checkpoint or of a back-up (the newest, or `number`). Every file is held
// against its digest while it is copied. `store`: must be absent or empty.
Result<RestoreReport> RestoreCopy(const std::filesystem::path& source,
                                  const std::filesystem::path& store,
                                  std::optional<std::uint64_t> number = {},
                                  const LogSink& log = {});

// Makes a store of the lines that Registry::Export(kFacts) wrote: every seller, register, policy
// and mark of a forgotten one, so that it exports the same bytes. An export holds no journal, no
// alerts, no marks of imports and nothing of the exchange but the foreign cases: the journal begins
// anew, with an entry about this. `key`: that of the store that was exported; another one cannot be
// told from it, and no value would be found again. `read` gives the next piece, empty at the end.
// kInvalidArgument: not such lines, cut off, changed since, or of an export without --facts.
// Cost: holds all facts in memory, some KB a seller; then as of SetPolicy.
struct FactsReport {
  std::uint64_t sellers = 0;
  std::uint64_t tombstones = 0;  // marks of forgotten sellers
  std::string digest;            // BLAKE2b-256 of what was read
  // It exports what was read, byte by byte. Otherwise an earlier version wrote the lines, or
  // another program did.
  bool same = false;
  // Its last line counts the others, and they are those. Exports of 0.1.0 have no such line: one
  // that was cut off between two lines cannot be told from a whole one.
  bool whole = false;
};
Result<FactsReport> RestoreFacts(const std::function<Result<std::string>()>& read,
                                 const std::filesystem::path& store, const Key& key,
                                 const Actor& actor = {}, const LogSink& log = {});

// --- Upkeep

struct CompactReport {
  std::uint64_t bytes_before = 0, bytes_after = 0;  // of all tables' files
  std::uint64_t files_before = 0, files_after = 0;
};
// Merges all files of every table, so that deleted rows leave the disk and the lowest level is all
// there is. Readers and writers go on meanwhile. Cost: reads and writes the whole store, whose size
// it takes a second time until it is done.
Result<CompactReport> Compact(Registry& registry);

struct RekeyReport {
  std::string key_check_before, key_check;
  std::uint64_t rows = 0;                        // written again
  bool resumed = false;                          // an earlier run had come as far as the new store
  std::filesystem::path key_file, old_key_file;  // the new key, and that of before
};
// Puts a store under a new key without any raw value: every fingerprint is replaced by a digest of
// it under a new link of the key's chain (Key::Rotated), in a new store beside the old one, which
// then takes its place in one step. Applications get the same verdicts as before; an export is the
// same but for its fingerprints. Certificates and journal entries of before keep theirs. Readers go
// on with the store as it was until they open it again; a writer is refused, and refuses this
// (kConflict), and so are two rekeyings with one key. A store of an exchange, or of an earlier
// format: kConflict; a checkpoint, another user's store: kInvalidArgument (run by root, all that is
// made stays the owner's). Links are followed: what STORE and KEY_FILE lead to is replaced. The new
// key lies in KEY_FILE.new meanwhile; in the end it is KEY_FILE, and the old one KEY_FILE.old,
// which copies of before need. A KEY_FILE.old of an earlier rekeying becomes KEY_FILE.old-CHECK,
// after its check value. Killed at any moment: called again, it goes on. To undo one that was
// killed before its new store had taken its place, remove KEY_FILE.new. To BackUp() it is another
// store. Cost: reads and writes the whole store, whose size it takes a second time until it is
// done.
Result<RekeyReport> Rekey(const std::filesystem::path& store, const std::filesystem::path& key_file,
                          const Actor& actor = {}, const LogSink& log = {});

// The format that a store is in, as it lies there. Opening a store for writing brings an older one
// into this version's format (Registry::Open), for good.
Result<std::uint64_t> StoredFormat(const std::filesystem::path& store);

}  // namespace revenant

#endif  // REVENANT_OPERATIONS_H_

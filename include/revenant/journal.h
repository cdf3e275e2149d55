#ifndef REVENANT_JOURNAL_H_
#define REVENANT_JOURNAL_H_

#include <array>
#include <compare>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/record.h"
#include "revenant/result.h"
#include "revenant/time.h"

namespace revenant {

// The journal: who did what and when, in a log that only grows. One Merkle tree (RFC 6962, SHA-256)
// over entries whose bodies can be erased: a leaf holds number, time, type and a salted commitment
// to the body (BLAKE2b-256), so the tree still verifies when body and salt are gone. Heads are
// signed (Ed25519) in the form of C2SP signed notes, for an outside witness to keep.
// lib/journal/FORMAT.md in the sources fixes every byte, and what each check proves.
//
// Threads: const members and functions may run concurrently.

// --- The tree

using TreeHash = std::array<std::uint8_t, 32>;

struct TreeHead {
  std::uint64_t size = 0;
  TreeHash root{};
  friend bool operator==(const TreeHead&, const TreeHead&) = default;
};

TreeHash HashLeaf(std::string_view leaf);
TreeHash HashNode(const TreeHash& left, const TreeHash& right);

// Is the leaf with this hash number `seq` (from 0) of the tree with this head?
bool VerifyInclusion(const TreeHash& leaf, std::uint64_t seq, const TreeHead& head,
                     std::span<const TreeHash> proof);
// Does `newer` begin with all that `old` held, unchanged?
bool VerifyConsistency(const TreeHead& old, const TreeHead& newer, std::span<const TreeHash> proof);

// --- Keys

// The key that third parties verify with. One key, one journal: its name stands in every
// checkpoint.
class JournalPublicKey {
 public:
  // "NAME+ID+BASE64", one line: a C2SP verifier key. kInvalidArgument.
  static Result<JournalPublicKey> Parse(std::string_view text);
  std::string ToText() const;  // without a line feed
  const std::string& name() const { return name_; }

  // Does `signature` (64 bytes) stand under `text`?
  bool Verify(std::string_view text, std::string_view signature) const;
  // First four bytes of SHA-256 over name, algorithm and key: tells keys apart, proves nothing.
  std::array<std::uint8_t, 4> id() const;

 private:
  friend class JournalKey;
  std::string name_;
  std::array<std::uint8_t, 32> bytes_{};
};

// The secret that signs checkpoints and dossiers. Wipes itself; cannot be copied or printed.
class JournalKey {
 public:
  // kIo: the system gave no randomness.
  static Result<JournalKey> Generate();
  // kInvalidArgument: not a journal key, or others than its owner may read it. kCorruption:
  // damaged. kUnsupportedFormat: made by a later version. kNotFound, kIo.
  static Result<JournalKey> Read(const std::filesystem::path& file);
  // Writes the file with mode 0600. kConflict: it exists; it is not touched. kNotFound, kIo.
  Result<void> WriteNew(const std::filesystem::path& file) const;

  const JournalPublicKey& public_key() const;
  std::string Sign(std::string_view text) const;  // 64 bytes

  JournalKey(JournalKey&&) noexcept;
  JournalKey& operator=(JournalKey&&) noexcept;
  ~JournalKey();

 private:
  struct Impl;
  explicit JournalKey(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// --- Checkpoints

// A head at a time. `part`: signed within the file of a longer journal, and no head of any.
struct Checkpoint {
  TreeHead head;
  Time at;
  bool part = false;
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};
std::string SignCheckpoint(const Checkpoint& checkpoint, const JournalKey& key);
// kInvalidArgument: no checkpoint, or not signed with this key. Signatures of others are ignored.
Result<Checkpoint> OpenCheckpoint(std::string_view note, const JournalPublicKey& key);

// --- Entries

// What an entry's commitment commits to.
struct JournalOpening {
  std::array<std::uint8_t, 32> salt{};
  std::string body;  // a JSON object: who and what; never a raw identifier
  friend bool operator==(const JournalOpening&, const JournalOpening&) = default;
};

struct JournalEntry {
  std::uint64_t seq = 0;  // from 0
  Time at;                // when it was entered
  std::string type;       // "ban", "import" ...; FORMAT.md lists them
  TreeHash commitment{};
  // Gone once a seller that the entry was about is forgotten.
  using Opening = JournalOpening;
  std::optional<Opening> opening;
  friend bool operator==(const JournalEntry&, const JournalEntry&) = default;
};
TreeHash LeafHashOf(const JournalEntry& entry);
// Is the body what the entry commits to? True for one that is erased: nothing contradicts it.
bool CommitmentHolds(const JournalEntry& entry);
TreeHash CommitmentTo(const JournalEntry::Opening& opening);

// One state of a registry's journal (Registry::Journal()). It must not outlive the registry.
// Threads: one at a time. Errors: kCorruption, kIo; kInvalidArgument: beyond the head.
class JournalReader {
 public:
  const TreeHead& head() const;
  Result<JournalEntry> At(std::uint64_t seq) const;
  // Entries from `from` on, in order; `visit` returns false to stop.
  using Visit = std::function<Result<bool>(const JournalEntry&)>;
  Result<void> ForEach(std::uint64_t from, const Visit& visit) const;
  // Numbers of the entries that are about a seller and have their bodies, in order.
  Result<std::vector<std::uint64_t>> About(const SellerName& seller) const;

  // Cost: O(log n) reads each.
  Result<TreeHead> HeadAt(std::uint64_t size) const;
  Result<std::vector<TreeHash>> ProveInclusion(std::uint64_t seq) const;
  Result<std::vector<TreeHash>> ProveConsistency(std::uint64_t old_size) const;

  // The whole journal as a file that VerifyJournal() checks with the public key alone. `at`: of its
  // checkpoints. Cost: reads the journal, one signature for every 256 entries.
  Result<void> Export(const JournalKey& key, Time at,
                      const std::function<void(std::string_view piece)>& sink) const;

  ~JournalReader();
  struct Impl;
  explicit JournalReader(std::unique_ptr<Impl> impl);  // the registry's

 private:
  std::unique_ptr<Impl> impl_;
};

// --- Verification of an exported journal

struct JournalFault {
  std::optional<std::uint64_t> entry;  // the first that is bad; nullopt: no entry, but the file
  std::uint64_t last = 0;              // of those that nothing in the file tells apart
  std::uint64_t line = 0;              // of the file where it showed, from 1
  std::string what;
};

struct JournalCheck {
  std::optional<JournalFault> fault;  // the first; nullopt: the journal holds
  std::uint64_t entries = 0;          // that hold: all, or those before the fault
  std::uint64_t erased = 0;           // of them without a body
  std::optional<Checkpoint> head;     // that the file was signed with
  std::optional<Checkpoint> witness;  // the newest of those given that agrees with the file
};

// Checks what JournalReader::Export() wrote, with nothing else at hand. `witnesses`: checkpoints of
// this journal that an outside party kept; one that the journal does not extend is a fault (a fork,
// or a past that was cut off). Without one the holder of the key could have rewritten everything.
// Errors: those of `read` (the next piece, empty at the end); kInvalidArgument: not a journal file,
// or a witness that is no checkpoint under `key`. Cost: a few us per entry; memory for 256 entries,
// and a few bytes for each erased one.
Result<JournalCheck> VerifyJournal(const std::function<Result<std::string>()>& read,
                                   const JournalPublicKey& key,
                                   std::span<const std::string> witnesses = {});
// What VerifyJournal() found, in words, one line each; the last one about witnesses.
std::vector<std::string> Describe(const JournalCheck& check);

}  // namespace revenant

#endif  // REVENANT_JOURNAL_H_

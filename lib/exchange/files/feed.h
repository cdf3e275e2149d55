#ifndef REVENANT_EXCHANGE_FILES_FEED_H_
#define REVENANT_EXCHANGE_FILES_FEED_H_

// A list as it crosses between members: one signed header a sequence number, and behind it either
// the changes (delta) or the whole live list (snapshot). FORMAT.md, "Feed", has the bytes.
// Threads: pure functions. Errors: Refusal names.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/files/entry.h"
#include "exchange/files/file_header.h"
#include "revenant/exchange_feeds.h"
#include "revenant/result.h"
#include "revenant/time.h"

namespace revenant {

// The newest header of another feed that the publisher has seen: members who were shown different
// ones find out by comparing.
struct HeaderMark {
  FeedId feed;
  std::uint32_t generation = 0, seq = 0;
  Digest digest{};
  friend bool operator==(const HeaderMark&, const HeaderMark&) = default;
};

// Does an opinion dispute the entry that it is about?
constexpr bool IsAgainst(Opinion opinion) {
  return opinion == Opinion::kFalsePositive || opinion == Opinion::kExpired;
}

// A dispute of the publisher's that the lister of the entry left unanswered: only a holder of the
// same identifier can tell which entry is meant (feedback.h, ProveOpinion).
struct DisputeMark {
  FeedId feed;      // the other list, one for all members
  Epoch epoch = 0;  // of the N that the proof is made with
  Opinion opinion = Opinion::kFalsePositive;
  Time at;
  Digest proof{};
  friend auto operator<=>(const DisputeMark&, const DisputeMark&) = default;
};
// Erasures that one header can ask for.
inline constexpr std::size_t kMaxErased = 4096;
inline constexpr std::size_t kMaxUnanswered = 1000;

struct FeedHeader {
  MemberId publisher{};
  std::vector<MemberId> audience;  // ascending; empty: all members
  std::uint64_t roster_version = 0;
  Digest roster{};
  std::uint32_t generation = 1;
  Epoch epoch = 0;
  std::uint32_t seq = 0;
  Digest prev{};  // digest of the previous header's signed bytes
  Time created, expires;
  std::uint64_t delta_bytes = 0;  // of the uncompressed delta
  Digest delta{};
  std::uint64_t live_entries = 0;
  std::uint64_t live_bytes = 0;  // of the uncompressed snapshot
  std::uint64_t next_id = 0;     // ids below it were given
  Digest state{};
  std::uint64_t journal_size = 0;
  Digest journal_head{};         // root of the publisher's journal: headers are its witnesses
  std::vector<HeaderMark> seen;  // by feed
  std::vector<DisputeMark> unanswered;  // ascending
  std::vector<std::uint64_t> erased;    // ids of which every trace is to go, until all answered
  friend bool operator==(const FeedHeader&, const FeedHeader&) = default;
};

std::string EncodeFeedHeader(const FeedHeader& header);
Result<FeedHeader> DecodeFeedHeader(std::string_view bytes);

// An entry in force.
struct LiveEntry {
  std::uint64_t id = 0;
  std::uint32_t seq = 0;  // of the delta that brought its box
  DayNumber expires_on = 0;
  std::uint8_t disputes = 0;  // members who say that it is wrong, at most kMaxDisputes
  bool answered = false;      // its lister looked at all of them and stands by it
  Tag tag;
  Box box{};
  friend bool operator==(const LiveEntry&, const LiveEntry&) = default;
};

// Entries of one run (ids / kRunIds), ascending: what is stored, hashed and sent alike.
inline constexpr std::uint64_t kRunIds = 1024;
inline constexpr std::size_t kRunEntryBytes = 2 + 4 + 2 + 1 + 16 + 48;
using Run = std::vector<LiveEntry>;
std::string EncodeRun(const Run& run);
Result<Run> DecodeRun(std::uint64_t number, std::string_view bytes);

// Digest of every run that is not empty, by its number.
using RunDigests = std::map<std::uint64_t, Digest>;
Digest StateHash(const RunDigests& digests);
std::uint64_t SnapshotBytes(std::uint64_t runs, std::uint64_t entries);

struct NewEntry {
  std::uint64_t id = 0;
  DayNumber expires_on = 0;
  Tag tag;
  Box box{};
  friend bool operator==(const NewEntry&, const NewEntry&) = default;
};

// Why an entry went. Append new ones, never renumber.
enum class Removal : std::uint8_t {
  kWithdrawn = 1,  // the case no longer stands
  kExpired = 2,
  kErased = 3,  // and every trace of it is to go; answered by a receipt
};
struct Removed {
  std::uint64_t id = 0;
  Removal why = Removal::kWithdrawn;
  friend bool operator==(const Removed&, const Removed&) = default;
};
inline constexpr std::uint8_t kMaxDisputes = 127;
struct Disputed {
  std::uint64_t id = 0;
  std::uint8_t disputes = 0;
  bool answered = false;
  friend bool operator==(const Disputed&, const Disputed&) = default;
};

// What one sequence number changes; each list by ascending id.
struct Delta {
  std::vector<NewEntry> put;  // new ids, or, when the epoch changes, every live one again
  std::vector<Removed> removed;
  std::vector<Disputed> disputed;
  friend bool operator==(const Delta&, const Delta&) = default;
};
// The longest delta of a list of so many entries: all put, all removed, all disputed.
std::uint64_t MaxDeltaBytes(std::uint64_t entries);
std::string EncodeDelta(const Delta& delta);
Result<Delta> DecodeDelta(std::string_view bytes);

// Runs by number, each already in the bytes of EncodeRun().
using RunBytes = std::map<std::uint64_t, std::string>;
std::string EncodeSnapshot(const RunBytes& runs);
Result<RunBytes> DecodeSnapshot(std::string_view bytes);

// --- Files ---

// A feed file with its header read; nothing is believed yet.
struct FeedFile {
  FileFrame frame;
  FeedHeader header;
  FeedId feed;
  Digest digest{};  // of the header's signed bytes
  bool is_snapshot() const { return frame.type == FileType::kFeedSnapshot; }
};
Result<FeedFile> ReadFeedFile(std::string_view file);

// The body, unpacked into exactly as many bytes as the header (whose signature the caller has
// verified) says, and compared with its digests: of a delta here, of a snapshot as it is read.
// kDigest.
Result<std::string> UnpackBody(const FeedFile& file);
// What it holds. kMalformed, kStateHash.
Result<RunBytes> ReadSnapshotBody(std::string_view body, const FeedHeader& header);
// Both steps at once, for lists of which two copies fit into memory.
Result<Delta> UnpackDelta(const FeedFile& file);
Result<RunBytes> UnpackSnapshot(const FeedFile& file);

std::string WriteFeedFile(FileType type, const ExchangeId& exchange, const FeedHeader& header,
                          const SignedBy& signature, std::string_view body);
std::string HeaderOnlyFile(const FeedFile& file);

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_FILES_FEED_H_

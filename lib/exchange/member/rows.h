#ifndef REVENANT_EXCHANGE_MEMBER_ROWS_H_
#define REVENANT_EXCHANGE_MEMBER_ROWS_H_

// Rows of Table::kExchange, beside those of store/foreign_rows.h: a letter, then a key. FORMAT.md,
// "In the store", has the bytes.
// Threads: pure functions. Errors: kCorruption.

#include <optional>
#include <string>
#include <string_view>

#include "exchange/files/entry.h"
#include "exchange/files/feed.h"
#include "revenant/exchange_feeds.h"
#include "revenant/fingerprint.h"
#include "store/view.h"
#include "util/bytes.h"

namespace revenant {

// First letters of keys. Append new ones, never give one a second meaning.
inline constexpr char kMembershipRow = 'm';  // -> MembershipRow
inline constexpr char kRosterRow = 'r';      // version -> its file
inline constexpr char kForkRow = 'q';        // -> the file of a second roster of one version
inline constexpr char kHeaderRow = 'f';      // feed -> its newest header, as a file without body
inline constexpr char kRunDigestsRow = 'g';  // feed -> (run, digest)*
inline constexpr char kRunRow = 'e';         // feed, run -> EncodeRun()
inline constexpr char kSeenRow = 'd';        // feed, generation, seq -> digest of that header
inline constexpr char kMatchRow = 'h';       // feed, id -> MatchRow
inline constexpr char kCaseMatchRow = 'i';   // publisher, case, feed, id -> nothing
inline constexpr char kTagRow = 't';         // tag -> TagRow
inline constexpr char kSecretRow = 'n';      // fingerprint, epoch -> sealed N
inline constexpr char kCaseNumberRow = 'k';  // seller -> number of its case in our lists
inline constexpr char kOriginRow = 'p';      // own feed, id -> OriginRow
inline constexpr char kToldRow = 'j';        // seller, own feed, id -> ToldRow
inline constexpr char kLastDeltaRow = 'l';   // own feed -> the file of the last delta
inline constexpr char kOpinionRow = 'b';     // feed, id -> OpinionRow: ours of theirs
inline constexpr char kHeardRow = 'y';       // own feed, id, member -> OpinionRow: theirs of ours
inline constexpr char kWithheldRow = 'w';    // seller -> Removal: not to be listed
inline constexpr char kEvidenceRow = 'v';    // number -> EvidenceRow
inline constexpr char kForgedRow = 'B';      // publisher -> boxes that did not open
inline constexpr char kAskedRow = 'u';       // digest of a request -> AskedRow
inline constexpr char kGoneRow = 'o';        // feed, id -> GoneRow: a match that was withdrawn
inline constexpr char kErasedRow = 'x';      // feed, id -> when its every trace went from here
inline constexpr char kErasureRow = 'a';     // own feed, id, member -> ErasureRow: to erase it
inline constexpr char kReceiptRow = 'z';     // digest -> the file of a receipt of an erasure
inline constexpr char kMarkRow = 'D';        // feed, member, proof -> MarkRow: their open dispute

// A key, put together part by part so that rows sort by them.
class RowKey {
 public:
  explicit RowKey(char letter) : bytes_(1, letter) {}
  RowKey& Feed(const FeedId& feed) { return Raw(AsView(feed.bytes)); }
  RowKey& Of(const Fingerprint& fingerprint) { return Raw(AsView(fingerprint.bytes)); }
  RowKey& Of(const Tag& tag) { return Raw(AsView(tag.bytes)); }
  RowKey& Of(MemberId member) { return U32(static_cast<std::uint32_t>(member)); }
  RowKey& Of(SellerId seller) { return U64(static_cast<std::uint64_t>(seller)); }
  RowKey& Of(const Digest& digest) { return Raw(AsView(digest)); }
  RowKey& U32(std::uint32_t number) {
    PutBigEndian32(bytes_, number);
    return *this;
  }
  RowKey& U64(std::uint64_t number) {
    PutBigEndian64(bytes_, number);
    return *this;
  }
  const std::string& str() const { return bytes_; }

 private:
  RowKey& Raw(std::string_view bytes) {
    bytes_.append(bytes);
    return *this;
  }
  std::string bytes_;
};

struct MembershipRow {
  ExchangeId exchange;
  MemberId member{};
};
std::string Encode(const MembershipRow& row);
Result<MembershipRow> DecodeMembershipRow(std::string_view bytes);

// What a tag of ours stands for.
struct TagRow {
  Fingerprint fingerprint;
  Epoch epoch = 0;
  std::string kind;
  friend bool operator==(const TagRow&, const TagRow&) = default;
};
std::string Encode(const TagRow& row);
Result<TagRow> DecodeTagRow(std::string_view bytes);

// An entry of another member whose identifier we hold, opened.
struct MatchRow {
  Fingerprint fingerprint;
  std::string kind;
  MemberId publisher{};
  std::uint32_t seq = 0;  // of the box that was opened
  Time listed_at;         // when we took it in
  DayNumber expires_on = 0;
  std::uint8_t disputes = 0;
  bool answered = false;
  EntryContent content;
  friend bool operator==(const MatchRow&, const MatchRow&) = default;
};
std::string Encode(const MatchRow& row);
Result<MatchRow> DecodeMatchRow(std::string_view bytes);

// Where an entry of ours comes from. Stays here.
struct OriginRow {
  SellerId seller{};
  Fingerprint fingerprint;
  std::string kind;
  std::array<std::uint8_t, 16> salt{};  // of its evidence digest
};
std::string Encode(const OriginRow& row);
Result<OriginRow> DecodeOriginRow(std::string_view bytes);

// What an entry of ours shared with a list's readers, for the person that it is about.
struct ToldRow {
  std::string kind;
  Time listed, gone;     // gone is unknown while it is listed
  std::uint8_t why = 0;  // it went: Removal, 0 while it is listed
};
std::string Encode(const ToldRow& row);
Result<ToldRow> DecodeToldRow(std::string_view bytes);

// What is left of a match once its entry is withdrawn, so that an erasure can still follow.
struct GoneRow {
  MemberId publisher{};
  std::uint64_t case_number = 0;
};
std::string Encode(const GoneRow& row);
Result<GoneRow> DecodeGoneRow(std::string_view bytes);

// That a member was asked to erase an entry of ours, and what it answered.
struct ErasureRow {
  SellerId seller{};
  Time asked, answered;  // answered is unknown until it did
  Digest receipt{};      // of its signed bytes
};
std::string Encode(const ErasureRow& row);
Result<ErasureRow> DecodeErasureRow(std::string_view bytes);

// The rest of a DisputeMark: its feed, and whose it is, stand in the key.
struct MarkRow {
  Epoch epoch = 0;
  Opinion opinion = Opinion::kFalsePositive;
  Time at;
};
std::string Encode(const MarkRow& row);
Result<MarkRow> DecodeMarkRow(std::string_view bytes);

struct OpinionRow {
  Opinion opinion = Opinion::kConfirmed;
  Time at;
  bool sent = false;      // in a feedback file
  bool answered = false;  // ours by a receipt, one about ours by a person who looked at it
  friend bool operator==(const OpinionRow&, const OpinionRow&) = default;
};
std::string Encode(const OpinionRow& row);
Result<OpinionRow> DecodeOpinionRow(std::string_view bytes);

// Two things that cannot both be true, as files that anyone can check.
struct EvidenceRow {
  std::string what;  // RefusalName()
  MemberId about{};
  Time at;
  std::string held, shown;
};
std::string Encode(const EvidenceRow& row);
Result<EvidenceRow> DecodeEvidenceRow(std::string_view bytes);

// A request that we made for the operators.
struct AskedRow {
  bool rotation = false;
  KeyClass key_class = KeyClass::kGuessable;
  Epoch epoch = 0;
  std::uint32_t items = 0;
  Time at;
  bool taken = false;  // its answer was
  friend bool operator==(const AskedRow&, const AskedRow&) = default;
};
std::string Encode(const AskedRow& row);
Result<AskedRow> DecodeAskedRow(std::string_view bytes);

std::string Encode(const RunDigests& digests);
Result<RunDigests> DecodeRunDigests(std::string_view bytes);

// --- Looking things up ---

// Feed and id at the end of a key; zeros where it is too short.
struct EntryKey {
  FeedId feed;
  std::uint64_t id = 0;
};
EntryKey EntryKeyAtEnd(std::string_view key);

Result<std::optional<std::string>> GetRow(const View& view, const RowKey& key);
Result<std::optional<MembershipRow>> FindMembership(const View& view);
Result<std::optional<TagRow>> FindTag(const View& view, const Tag& tag);
Result<std::optional<MatchRow>> FindMatch(const View& view, const FeedId& feed, std::uint64_t id);
Result<RunDigests> FindRunDigests(const View& view, const FeedId& feed);  // empty: no list
Result<Run> FindRun(const View& view, const FeedId& feed, std::uint64_t number);

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_MEMBER_ROWS_H_

#ifndef REVENANT_EXCHANGE_FILES_ENTRY_H_
#define REVENANT_EXCHANGE_FILES_ENTRY_H_

// One line of a list: a tag that all can see and a box that only a holder of the same identifier
// can make or open. FORMAT.md, "Entry", has the bytes.
// Threads: pure functions. Cost: two BLAKE2b and one ChaCha20-Poly1305 of a few blocks.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "exchange/files/file_header.h"
#include "revenant/exchange_feeds.h"
#include "revenant/exchange_tokens.h"

namespace revenant {

// Whole days since 1970 in UTC, up to 2149.
using DayNumber = std::uint16_t;
DayNumber DayOf(Time time);  // clamped
Time TimeOfDay(DayNumber day);

// What the box says. All boxes have one size, so that their length tells nothing.
struct EntryContent {
  std::uint64_t case_number = 0;  // the publisher's own, opaque to all others
  std::uint32_t kind = 0;         // KindCode()
  ExchangeReason reason = ExchangeReason::kOther;
  std::uint8_t infringements = 0;  // confirmed cases of the person, 255 for more
  DayNumber banned_on = 0;
  std::array<std::uint8_t, 16> evidence{};  // salted digest of the evidence held
  friend bool operator==(const EntryContent&, const EntryContent&) = default;
};

inline constexpr std::size_t kContentBytes = 32;
using Box = std::array<std::uint8_t, kContentBytes + 16>;

// First four bytes, as a number, of BLAKE2b-256 of the kind's name: the same in every version of
// the table of kinds.
std::uint32_t KindCode(std::string_view kind);
// "" for a code that no kind of this version has.
std::string_view KindOfCode(std::uint32_t code);

// Where a box stands: part of its key, so that no key ever seals two contents.
struct EntryPlace {
  ExchangeId exchange;
  Epoch epoch = 0;
  FeedId feed;
  std::uint64_t id = 0;
  std::uint32_t seq = 0;  // of the delta that brought the box
};

Box SealContent(const ExchangeSecret& secret, const EntryPlace& place, const EntryContent& content);
// nullopt: made by a member that does not hold the identifier, or for another place.
std::optional<EntryContent> OpenContent(const ExchangeSecret& secret, const EntryPlace& place,
                                        const Box& box);

// Digest of the evidence that the platform holds, under a salt of its own.
std::array<std::uint8_t, 16> EvidenceDigest(std::string_view salt, std::string_view evidence);

FeedId FeedIdOf(const ExchangeId& exchange, MemberId publisher,
                const std::vector<MemberId>& audience);

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_FILES_ENTRY_H_

#include "exchange/files/feed.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <functional>

#include "exchange/files/refusal.h"
#include "util/try.h"
#include "util/wire.h"

namespace revenant {
namespace {

constexpr std::uint16_t kFeedVersion = 2;
constexpr std::size_t kMaxAudience = 1000, kMaxSeen = 1000;
constexpr std::size_t kNewEntryBytes = 2 + 16 + 48;
constexpr std::size_t kRunFrontBytes = 12;  // number and length in front of a run of a snapshot

// How many members dispute an entry, and whether its lister answered them all: one byte.
constexpr std::uint8_t kAnswered = 0x80;
template <typename Entry>
std::uint8_t StandingByte(const Entry& entry) {
  return static_cast<std::uint8_t>(entry.disputes | (entry.answered ? kAnswered : 0));
}
template <typename Entry>
void GetStandingByte(WireReader& in, Entry& entry) {
  const std::uint8_t standing = in.U8();
  entry.disputes = standing & kMaxDisputes;
  entry.answered = (standing & kAnswered) != 0;
  if (entry.answered && entry.disputes == 0) in.Fail();
}

// Ids as the first one and the distances between, less one: zeros where they follow each other.
template <typename Item>
void PutIds(WireWriter& out, const std::vector<Item>& items) {
  out.U32(static_cast<std::uint32_t>(items.size()));
  if (items.empty()) return;
  out.U64(items.front().id);
  for (std::size_t i = 1; i < items.size(); ++i) {
    out.U32(static_cast<std::uint32_t>(items[i].id - items[i - 1].id - 1));
  }
}

template <typename Item>
std::vector<Item> GetIds(WireReader& in, std::size_t other_bytes) {
  std::vector<Item> items(in.Count(in.U32(), kMaxUnpackedBytes, 4 + other_bytes));
  if (items.empty()) return items;
  std::uint64_t id = in.U64();
  items.front().id = id;
  for (std::size_t i = 1; i < items.size(); ++i) {
    const std::uint64_t step = std::uint64_t{in.U32()} + 1;
    if (id > UINT64_MAX - step) in.Fail();
    items[i].id = id += step;
  }
  if (!in.ok()) items.clear();
  return items;
}

}  // namespace

std::string EncodeFeedHeader(const FeedHeader& header) {
  std::string bytes;
  WireWriter out(bytes);
  out.U16(kFeedVersion).U32(0).U32(static_cast<std::uint32_t>(header.publisher));
  out.U16(static_cast<std::uint16_t>(header.audience.size()));
  for (const MemberId member : header.audience) out.U32(static_cast<std::uint32_t>(member));
  out.U64(header.roster_version).Raw(header.roster).U32(header.generation).U32(header.epoch);
  out.U32(header.seq).Raw(header.prev).Moment(header.created).Moment(header.expires);
  out.U64(header.delta_bytes).Raw(header.delta).U64(header.live_entries).U64(header.live_bytes);
  out.U64(header.next_id).Raw(header.state).U64(header.journal_size).Raw(header.journal_head);
  out.U16(static_cast<std::uint16_t>(header.seen.size()));
  for (const HeaderMark& mark : header.seen) {
    out.Raw(mark.feed.bytes).U32(mark.generation).U32(mark.seq).Raw(mark.digest);
  }
  out.U16(static_cast<std::uint16_t>(header.unanswered.size()));
  for (const DisputeMark& mark : header.unanswered) {
    out.Raw(mark.feed.bytes).U32(mark.epoch).U8(static_cast<std::uint8_t>(mark.opinion));
    out.Moment(mark.at).Raw(mark.proof);
  }
  out.U16(static_cast<std::uint16_t>(header.erased.size()));
  for (const std::uint64_t id : header.erased) out.U64(id);
  return bytes;
}

Result<FeedHeader> DecodeFeedHeader(std::string_view bytes) {
  WireReader in(bytes);
  if (in.U16() != kFeedVersion) {
    return Refused(Refusal::kUnknownVersion, "the feed is of another version: upgrade");
  }
  if (in.U32() != 0) {
    return Refused(Refusal::kCriticalFlag, "the feed asks for what this version does not know");
  }
  FeedHeader header;
  header.publisher = MemberId{in.U32()};
  header.audience.resize(in.Count(in.U16(), kMaxAudience, 4));
  for (MemberId& member : header.audience) member = MemberId{in.U32()};
  header.roster_version = in.U64();
  in.Raw(header.roster);
  header.generation = in.U32();
  header.epoch = in.U32();
  header.seq = in.U32();
  in.Raw(header.prev);
  header.created = in.Moment();
  header.expires = in.Moment();
  header.delta_bytes = in.U64();
  in.Raw(header.delta);
  header.live_entries = in.U64();
  header.live_bytes = in.U64();
  header.next_id = in.U64();
  in.Raw(header.state);
  header.journal_size = in.U64();
  in.Raw(header.journal_head);
  header.seen.resize(in.Count(in.U16(), kMaxSeen, 56));
  for (HeaderMark& mark : header.seen) {
    in.Raw(mark.feed.bytes);
    mark.generation = in.U32();
    mark.seq = in.U32();
    in.Raw(mark.digest);
  }
  header.unanswered.resize(in.Count(in.U16(), kMaxUnanswered, 61));
  for (DisputeMark& mark : header.unanswered) {
    in.Raw(mark.feed.bytes);
    mark.epoch = in.U32();
    mark.opinion = static_cast<Opinion>(in.U8());
    mark.at = in.Moment();
    in.Raw(mark.proof);
    if (!IsAgainst(mark.opinion)) in.Fail();
  }
  header.erased.resize(in.Count(in.U16(), kMaxErased, 8));
  for (std::uint64_t& id : header.erased) id = in.U64();
  const auto ascending = [](const auto& items, auto less_or_equal) {
    return std::adjacent_find(items.begin(), items.end(), less_or_equal) == items.end();
  };
  const bool ordered =
      ascending(header.audience, [](MemberId a, MemberId b) { return a >= b; }) &&
      ascending(header.seen, [](const auto& a, const auto& b) { return a.feed >= b.feed; }) &&
      ascending(header.unanswered, std::greater_equal<>()) &&
      ascending(header.erased, std::greater_equal<>());
  if (!in.AtEnd() || !ordered || header.expires <= header.created ||
      header.live_entries > header.next_id) {
    return Malformed("header of the feed");
  }
  if (header.delta_bytes > kMaxUnpackedBytes || header.live_bytes > kMaxUnpackedBytes) {
    return Refused(Refusal::kOversized, "the feed announces a list beyond every bound");
  }
  return header;
}

std::string EncodeRun(const Run& run) {
  std::string bytes;
  bytes.reserve(2 + run.size() * kRunEntryBytes);
  WireWriter out(bytes);
  out.U16(static_cast<std::uint16_t>(run.size()));
  for (const LiveEntry& entry : run) out.U16(static_cast<std::uint16_t>(entry.id % kRunIds));
  for (const LiveEntry& entry : run) out.U32(entry.seq);
  for (const LiveEntry& entry : run) out.U16(entry.expires_on);
  for (const LiveEntry& entry : run) out.U8(StandingByte(entry));
  for (const LiveEntry& entry : run) out.Raw(entry.tag.bytes).Raw(entry.box);
  return bytes;
}

Result<Run> DecodeRun(std::uint64_t number, std::string_view bytes) {
  WireReader in(bytes);
  Run run(in.Count(in.U16(), kRunIds, kRunEntryBytes));
  if (run.empty() || number > UINT64_MAX / kRunIds - 1) return Malformed("run of entries");
  for (LiveEntry& entry : run) {
    const std::uint16_t place = in.U16();
    if (place >= kRunIds) in.Fail();
    entry.id = number * kRunIds + place;
    if (&entry != &run.front() && (&entry)[-1].id >= entry.id) in.Fail();
  }
  for (LiveEntry& entry : run) entry.seq = in.U32();
  for (LiveEntry& entry : run) entry.expires_on = in.U16();
  for (LiveEntry& entry : run) GetStandingByte(in, entry);
  for (LiveEntry& entry : run) {
    in.Raw(entry.tag.bytes);
    in.Raw(entry.box);
  }
  if (!in.AtEnd()) return Malformed("run of entries");
  return run;
}

Digest StateHash(const RunDigests& digests) {
  std::string bytes;
  WireWriter out(bytes);
  for (const auto& [number, digest] : digests) out.U64(number).Raw(digest);
  return DigestOf(bytes);
}

std::uint64_t SnapshotBytes(std::uint64_t runs, std::uint64_t entries) {
  return 4 + runs * (kRunFrontBytes + 2) + entries * kRunEntryBytes;
}

std::uint64_t MaxDeltaBytes(std::uint64_t entries) {
  return 3 * (4 + 8) + entries * (4 + kNewEntryBytes + 2 * (4 + 1));
}

std::string EncodeDelta(const Delta& delta) {
  std::string bytes;
  bytes.reserve(64 + delta.put.size() * (4 + kNewEntryBytes));
  WireWriter out(bytes);
  PutIds(out, delta.put);
  for (const NewEntry& entry : delta.put) out.U16(entry.expires_on);
  for (const NewEntry& entry : delta.put) out.Raw(entry.tag.bytes).Raw(entry.box);
  PutIds(out, delta.removed);
  for (const Removed& removed : delta.removed) out.U8(static_cast<std::uint8_t>(removed.why));
  PutIds(out, delta.disputed);
  for (const Disputed& disputed : delta.disputed) out.U8(StandingByte(disputed));
  return bytes;
}

Result<Delta> DecodeDelta(std::string_view bytes) {
  WireReader in(bytes);
  Delta delta;
  delta.put = GetIds<NewEntry>(in, kNewEntryBytes);
  for (NewEntry& entry : delta.put) entry.expires_on = in.U16();
  for (NewEntry& entry : delta.put) {
    in.Raw(entry.tag.bytes);
    in.Raw(entry.box);
  }
  delta.removed = GetIds<Removed>(in, 1);
  for (Removed& removed : delta.removed) {
    const std::uint8_t why = in.U8();
    if (why < 1 || why > 3) in.Fail();
    removed.why = static_cast<Removal>(why);
  }
  delta.disputed = GetIds<Disputed>(in, 1);
  for (Disputed& disputed : delta.disputed) GetStandingByte(in, disputed);
  if (!in.AtEnd()) return Malformed("delta");
  return delta;
}

std::string EncodeSnapshot(const RunBytes& runs) {
  std::string bytes;
  WireWriter out(bytes);
  out.U32(static_cast<std::uint32_t>(runs.size()));
  for (const auto& [number, run] : runs) {
    out.U64(number).U32(static_cast<std::uint32_t>(run.size())).Raw(run);
  }
  return bytes;
}

Result<RunBytes> DecodeSnapshot(std::string_view bytes) {
  WireReader in(bytes);
  RunBytes runs;
  const std::size_t count = in.Count(in.U32(), kMaxUnpackedBytes, kRunFrontBytes);
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    const std::uint64_t number = in.U64();
    const std::uint32_t size = in.U32();
    if (!runs.empty() && runs.rbegin()->first >= number) in.Fail();
    const std::string_view run = in.Raw(in.ok() ? size : 0);
    runs.emplace_hint(runs.end(), number, run);
  }
  if (!in.AtEnd()) return Malformed("snapshot");
  return runs;
}

}  // namespace revenant

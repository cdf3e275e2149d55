#include "exchange/matcher.h"

#include <fmt/format.h>

#include <algorithm>

#include "store/foreign_rows.h"
#include "util/try.h"

namespace revenant {
namespace {

std::string MatchKey(const FeedId& feed, std::uint64_t id) {
  return RowKey(kMatchRow).Feed(feed).U64(id).str();
}
std::string CaseMatchKey(const MatchRow& match, const FeedId& feed, std::uint64_t id) {
  return RowKey(kCaseMatchRow)
      .Of(match.publisher)
      .U64(match.content.case_number)
      .Feed(feed)
      .U64(id)
      .str();
}

// Feed and id at the end of a key.
struct Place {
  FeedId feed;
  std::uint64_t id = 0;
};
Place PlaceOf(std::string_view key) {
  Place place;
  ByteReader reader(key.substr(key.size() - 24));
  const std::string_view feed = reader.Bytes(16);
  std::copy(feed.begin(), feed.end(), place.feed.bytes.begin());
  place.id = reader.BigEndian64();
  return place;
}

}  // namespace

SellerName ForeignCaseName(std::string_view member, std::uint64_t case_number) {
  return {std::string(kForeignPlatform).append(member), fmt::format("{:016x}", case_number)};
}

Result<void> Matcher::Follow(const FeedId& feed, const FeedHeader& header,
                             const ListChange& change) {
  for (const std::uint64_t id : change.removed) TRY(Drop(feed, id));
  const auto look = [&](const LiveEntry& entry) { return Look(feed, header, entry); };
  TRY(ForEachEntryOf(batch_, feed, change.replaced, look));
  return ForEachEntryOf(batch_, feed, change.added, look);
}

Result<void> Matcher::Look(const FeedId& feed, const FeedHeader& header, const LiveEntry& entry) {
  TRY_ASSIGN(std::optional<MatchRow> known, FindMatch(batch_, feed, entry.id));
  if (known && known->seq == entry.seq) {  // the same box: only its standing may differ
    known->disputes = entry.disputes;
    known->expires_on = entry.expires_on;
    batch_.Put(Table::kExchange, MatchKey(feed, entry.id), Encode(*known));
    touched_.insert({known->publisher, known->content.case_number});
    return {};
  }
  // A retagged entry whose new tag we do not know yet stays what it was: rotating our own tokens
  // may take longer than the publisher took.
  TRY_ASSIGN(const std::optional<TagRow> tag, FindTag(batch_, entry.tag));
  if (!tag) return {};
  TRY_ASSIGN(const std::optional<KeptSecret> kept,
             FindSecret(batch_, keys_, tag->fingerprint, tag->epoch));
  if (!kept) return {};
  const EntryPlace place{membership_.exchange(), tag->epoch, feed, entry.id, entry.seq};
  const std::optional<EntryContent> content = OpenContent(kept->secret, place, entry.box);
  if (!content || content->kind != KindCode(tag->kind)) {
    ++counts_.forged;
    if (known) TRY(Drop(feed, entry.id));
    return {};
  }
  MatchRow match;
  match.fingerprint = tag->fingerprint;
  match.kind = tag->kind;
  match.publisher = header.publisher;
  match.seq = entry.seq;
  match.listed_at = known ? known->listed_at : now_;
  match.expires_on = entry.expires_on;
  match.disputes = entry.disputes;
  match.content = *content;
  if (known && known->content.case_number != content->case_number) TRY(Drop(feed, entry.id));
  counts_.matched += !known;
  batch_.Put(Table::kExchange, MatchKey(feed, entry.id), Encode(match));
  batch_.Put(Table::kExchange, CaseMatchKey(match, feed, entry.id), "");
  touched_.insert({match.publisher, content->case_number});
  return {};
}

Result<void> Matcher::Drop(const FeedId& feed, std::uint64_t id) {
  TRY_ASSIGN(const std::optional<MatchRow> known, FindMatch(batch_, feed, id));
  if (!known) return {};
  ++counts_.unmatched;
  batch_.Delete(Table::kExchange, MatchKey(feed, id));
  batch_.Delete(Table::kExchange, CaseMatchKey(*known, feed, id));
  batch_.Delete(Table::kExchange, RowKey(kOpinionRow).Feed(feed).U64(id).str());
  touched_.insert({known->publisher, known->content.case_number});
  return {};
}

Result<void> Matcher::DropFeed(const FeedId& feed) {
  std::vector<std::uint64_t> ids;
  TRY(batch_.Scan(Table::kExchange, RowKey(kMatchRow).Feed(feed).str(),
                  [&](std::string_view key, std::string_view) -> Result<bool> {
                    ids.push_back(PlaceOf(key).id);
                    return true;
                  }));
  for (const std::uint64_t id : ids) TRY(Drop(feed, id));
  return {};
}

Result<void> Matcher::Touch(const FeedId& feed, std::uint64_t id) {
  TRY_ASSIGN(const std::optional<MatchRow> known, FindMatch(batch_, feed, id));
  if (known) touched_.insert({known->publisher, known->content.case_number});
  return {};
}

Result<void> Matcher::TouchAll() {
  return batch_.Scan(Table::kExchange, std::string(1, kMatchRow),
                     [&](std::string_view, std::string_view value) -> Result<bool> {
                       TRY_ASSIGN(const MatchRow match, DecodeMatchRow(value));
                       touched_.insert({match.publisher, match.content.case_number});
                       return true;
                     });
}

Result<bool> Matcher::Weighs(const FeedId& feed, std::uint64_t id, const MatchRow& match) const {
  if (match.expires_on < DayOf(now_) || match.disputes >= kDisputesThatSilence) return false;
  TRY_ASSIGN(const auto bytes, GetRow(batch_, RowKey(kOpinionRow).Feed(feed).U64(id)));
  if (!bytes) return true;
  TRY_ASSIGN(const OpinionRow ours, DecodeOpinionRow(*bytes));
  return ours.opinion == Opinion::kConfirmed || ours.opinion == Opinion::kRetracted;
}

Result<void> Matcher::Finish(const MirrorForeign& mirror) {
  for (const Case& which : touched_) TRY(FinishCase(which, mirror));
  touched_.clear();
  return {};
}

Result<void> Matcher::FinishCase(const Case& which, const MirrorForeign& mirror) {
  const auto& [publisher, number] = which;
  const Member* member = membership_.roster.roster.Find(publisher);
  if (member == nullptr) {
    return Error{Code::kCorruption, "store: a match names a member that the roster does not"};
  }
  ForeignLeaf leaf;
  leaf.seller = ForeignCaseName(member->name, number);
  ForeignCaseRow row;
  std::vector<Place> places;
  TRY(batch_.Scan(Table::kExchange, RowKey(kCaseMatchRow).Of(publisher).U64(number).str(),
                  [&](std::string_view key, std::string_view) -> Result<bool> {
                    places.push_back(PlaceOf(key));
                    return true;
                  }));
  for (const Place& place : places) {
    TRY_ASSIGN(const std::optional<MatchRow> match, FindMatch(batch_, place.feed, place.id));
    if (!match) return Error{Code::kCorruption, "store: a match is missing: import a snapshot"};
    TRY_ASSIGN(const bool weighs, Weighs(place.feed, place.id, *match));
    if (!weighs) continue;
    const bool first = leaf.items.empty();
    leaf.items.push_back({match->fingerprint, match->kind});
    const Time banned = TimeOfDay(match->content.banned_on);
    const Time expires = TimeOfDay(match->expires_on);
    if (first) {
      leaf.reason = std::string(FindReason(static_cast<std::uint8_t>(match->content.reason))->name);
      row.feed = place.feed.bytes;
      row.banned_at = banned;
      row.listed_at = match->listed_at;
    }
    row.banned_at = std::min(row.banned_at, banned);
    row.listed_at = std::min(row.listed_at, match->listed_at);
    row.expires_at = std::max(row.expires_at, expires);
    row.infringements = std::max(row.infringements, match->content.infringements);
    row.disputes = std::max(row.disputes, match->disputes);
  }
  leaf.banned_at = row.banned_at;
  std::sort(leaf.items.begin(), leaf.items.end());
  leaf.items.erase(std::unique(leaf.items.begin(), leaf.items.end()), leaf.items.end());
  if (leaf.items.empty()) {
    batch_.Delete(Table::kExchange, ForeignCaseKey(leaf.seller));
  } else {
    batch_.Put(Table::kExchange, ForeignCaseKey(leaf.seller), Encode(row));
  }
  return mirror(leaf, now_);
}

}  // namespace revenant

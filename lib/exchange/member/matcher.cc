#include "exchange/member/matcher.h"

#include <fmt/format.h>

#include <algorithm>

#include "exchange/files/feedback.h"
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

std::string GoneKey(const FeedId& feed, std::uint64_t id) {
  return RowKey(kGoneRow).Feed(feed).U64(id).str();
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
  if (known) {  // whether or not its box is another: its standing may differ
    known->disputes = entry.disputes;
    known->answered = entry.answered;
    known->expires_on = entry.expires_on;
    batch_.Put(Table::kExchange, MatchKey(feed, entry.id), Encode(*known));
    touched_.insert({known->publisher, known->content.case_number});
    if (known->seq == entry.seq) return {};
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
  match.answered = entry.answered;
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
  batch_.Put(Table::kExchange, GoneKey(feed, id),
             Encode(GoneRow{known->publisher, known->content.case_number}));
  touched_.insert({known->publisher, known->content.case_number});
  return {};
}

Result<void> Matcher::Erase(const FeedId& feed, std::uint64_t id) {
  TRY(Drop(feed, id));
  TRY_ASSIGN(const auto bytes, batch_.Get(Table::kExchange, GoneKey(feed, id)));
  if (!bytes) return {};  // nothing of ours ever had to do with it
  TRY_ASSIGN(const GoneRow gone, DecodeGoneRow(*bytes));
  batch_.Delete(Table::kExchange, GoneKey(feed, id));
  touched_.insert({gone.publisher, gone.case_number});
  erased_.insert({gone.publisher, gone.case_number});
  return {};
}

Result<void> Matcher::TakeMarks(MemberId from, const std::vector<DisputeMark>& marks) {
  std::map<std::string, std::string> wanted;
  std::set<FeedId> feeds;
  for (const DisputeMark& mark : marks) {
    wanted.emplace(RowKey(kMarkRow).Feed(mark.feed).Of(from).Of(mark.proof).str(),
                   Encode(MarkRow{mark.epoch, mark.opinion, mark.at}));
    feeds.insert(mark.feed);
  }
  std::vector<std::string> gone;
  TRY(batch_.Scan(Table::kExchange, std::string(1, kMarkRow),
                  [&](std::string_view key, std::string_view) -> Result<bool> {
                    FeedId feed;
                    std::copy_n(key.begin() + 1, feed.bytes.size(), feed.bytes.begin());
                    if (!key.starts_with(RowKey(kMarkRow).Feed(feed).Of(from).str())) return true;
                    if (wanted.contains(std::string(key))) return true;
                    gone.emplace_back(key);
                    feeds.insert(feed);
                    return true;
                  }));
  for (const std::string& key : gone) batch_.Delete(Table::kExchange, key);
  for (const auto& [key, value] : wanted) batch_.Put(Table::kExchange, key, value);
  for (const FeedId& feed : feeds) TRY(TouchFeed(feed));
  return {};
}

Result<void> Matcher::DropFeed(const FeedId& feed) {
  std::vector<std::uint64_t> ids;
  TRY(batch_.Scan(Table::kExchange, RowKey(kMatchRow).Feed(feed).str(),
                  [&](std::string_view key, std::string_view) -> Result<bool> {
                    ids.push_back(EntryKeyAtEnd(key).id);
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

Result<void> Matcher::TouchAll() { return TouchMatches(RowKey(kMatchRow)); }
Result<void> Matcher::TouchFeed(const FeedId& feed) {
  return TouchMatches(RowKey(kMatchRow).Feed(feed));
}

Result<void> Matcher::TouchMatches(const RowKey& prefix) {
  return batch_.Scan(Table::kExchange, prefix.str(),
                     [&](std::string_view, std::string_view value) -> Result<bool> {
                       TRY_ASSIGN(const MatchRow match, DecodeMatchRow(value));
                       touched_.insert({match.publisher, match.content.case_number});
                       return true;
                     });
}

Result<bool> Matcher::Weighs(const FeedId& feed, std::uint64_t id, const MatchRow& match) const {
  if (match.expires_on < DayOf(now_) || match.disputes >= kDisputesThatSilence) return false;
  TRY_ASSIGN(const auto bytes, GetRow(batch_, RowKey(kOpinionRow).Feed(feed).U64(id)));
  if (bytes) {
    TRY_ASSIGN(const OpinionRow ours, DecodeOpinionRow(*bytes));
    if (IsAgainst(ours.opinion)) return false;
  }
  TRY_ASSIGN(const bool unanswered, LeftUnanswered(feed, id, match));
  return !unanswered;
}

// Does another member that holds the identifier as well dispute the entry, and was its lister
// silent about that for too long?
Result<bool> Matcher::LeftUnanswered(const FeedId& feed, std::uint64_t id,
                                     const MatchRow& match) const {
  if (match.answered) return false;
  bool unanswered = false;
  TRY(batch_.Scan(
      Table::kExchange, RowKey(kMarkRow).Feed(feed).str(),
      [&](std::string_view key, std::string_view value) -> Result<bool> {
        ByteReader reader(key.substr(1 + feed.bytes.size()));
        const MemberId from{reader.BigEndian32()};
        const std::string_view proof = reader.rest();
        TRY_ASSIGN(const MarkRow mark, DecodeMarkRow(value));
        const Member* member = membership_.roster.roster.Find(from);
        const bool counts = member != nullptr && member->status == MemberStatus::kActive &&
                            from != match.publisher &&
                            mark.at.micros + membership_.silence_micros <= now_.micros;
        if (!counts) return true;
        TRY_ASSIGN(const auto kept, FindSecret(batch_, keys_, match.fingerprint, mark.epoch));
        if (!kept) return true;
        const EntryOpinion opinion{id, mark.opinion, mark.at, {}};
        unanswered = AsView(ProveOpinion(kept->secret, membership_.exchange(), feed, from,
                                         opinion)) == proof;
        return !unanswered;
      }));
  return unanswered;
}

Result<void> Matcher::Finish(WriteSession& session) {
  for (const Case& which : touched_) TRY(FinishCase(which, session));
  touched_.clear();
  erased_.clear();
  return {};
}

Result<void> Matcher::FinishCase(const Case& which, WriteSession& session) {
  const auto& [publisher, number] = which;
  const Member* member = membership_.roster.roster.Find(publisher);
  if (member == nullptr) {
    return Error{Code::kCorruption, "store: a match names a member that the roster does not"};
  }
  ForeignLeaf leaf;
  leaf.seller = ForeignCaseName(member->name, number);
  ForeignCaseRow row;
  std::vector<EntryKey> places;
  TRY(batch_.Scan(Table::kExchange, RowKey(kCaseMatchRow).Of(publisher).U64(number).str(),
                  [&](std::string_view key, std::string_view) -> Result<bool> {
                    places.push_back(EntryKeyAtEnd(key));
                    return true;
                  }));
  for (const EntryKey& place : places) {
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
  leaf.erase = places.empty() && erased_.contains(which);
  if (leaf.items.empty()) {
    batch_.Delete(Table::kExchange, ForeignCaseKey(leaf.seller));
  } else {
    batch_.Put(Table::kExchange, ForeignCaseKey(leaf.seller), Encode(row));
  }
  return session.Mirror(leaf, now_);
}

}  // namespace revenant

// What a person is shown of an exchange, and what other tools may have of it.

#include <algorithm>
#include <map>
#include <set>

#include "exchange/files/feed.h"
#include "exchange/member/exchange_impl.h"
#include "exchange/member/list_state.h"
#include "util/try.h"

namespace revenant {
namespace {

Result<std::uint64_t> CountRows(const View& view, const RowKey& prefix) {
  std::uint64_t count = 0;
  TRY(view.Scan(Table::kExchange, prefix.str(),
                [&](std::string_view, std::string_view) -> Result<bool> {
                  ++count;
                  return true;
                }));
  return count;
}

// Entries of a list of ours that a member disputes.
Result<std::uint64_t> DisputedOfOurs(const View& view, const FeedId& feed) {
  std::set<std::string> entries;
  TRY(view.Scan(Table::kExchange, RowKey(kHeardRow).Feed(feed).str(),
                [&](std::string_view key, std::string_view value) -> Result<bool> {
                  TRY_ASSIGN(const OpinionRow row, DecodeOpinionRow(value));
                  // The member stands at the end of the key.
                  if (IsAgainst(row.opinion)) entries.emplace(key.substr(0, key.size() - 4));
                  return true;
                }));
  return entries.size();
}

// Matched entries of another member's list that it says are disputed, or that we dispute.
Result<std::uint64_t> DisputedOfTheirs(const View& view, const FeedId& feed) {
  std::uint64_t count = 0;
  const std::size_t letter = 1;
  TRY(view.Scan(Table::kExchange, RowKey(kMatchRow).Feed(feed).str(),
                [&](std::string_view key, std::string_view value) -> Result<bool> {
                  TRY_ASSIGN(const MatchRow match, DecodeMatchRow(value));
                  std::string opinion_key(1, kOpinionRow);
                  opinion_key += key.substr(letter);
                  TRY_ASSIGN(const auto bytes, view.Get(Table::kExchange, opinion_key));
                  bool against = match.disputes > 0;
                  if (bytes) {
                    TRY_ASSIGN(const OpinionRow ours, DecodeOpinionRow(*bytes));
                    against = against || IsAgainst(ours.opinion);
                  }
                  count += against;
                  return true;
                }));
  return count;
}

// What we asked for, against what the roster lets us.
Result<void> CountAsked(const View& view, const Member* self, Time now, ExchangeStatus& status) {
  std::map<std::pair<KeyClass, DayNumber>, std::uint64_t> by_day;
  TRY(view.Scan(Table::kExchange, std::string(1, kAskedRow),
                [&](std::string_view, std::string_view value) -> Result<bool> {
                  TRY_ASSIGN(const AskedRow row, DecodeAskedRow(value));
                  if (!row.rotation) by_day[{row.key_class, DayOf(row.at)}] += row.items;
                  if (row.taken) return true;
                  ++status.pending.requests;
                  status.pending.items += row.items;
                  Time& oldest = status.pending.oldest;
                  if (!oldest.known() || row.at < oldest) oldest = row.at;
                  return true;
                }));
  if (self == nullptr) return {};
  const auto minus = [](std::uint64_t a, std::uint64_t b) { return a > b ? a - b : 0; };
  for (const KeyClass key_class : kKeyClasses) {
    const Quota& quota = QuotaOf(*self, key_class);
    ExchangeStatus::QuotaLine& line = status.quotas.emplace_back();
    line.key_class = key_class;
    line.daily = line.left_today = quota.daily;
    line.backlog = line.left_of_backlog = quota.backlog;
    for (const auto& [when, items] : by_day) {
      if (when.first != key_class) continue;
      line.asked += items;
      line.left_of_backlog = minus(line.left_of_backlog, minus(items, quota.daily));
      if (when.second == DayOf(now)) line.left_today = minus(quota.daily, items);
    }
  }
  return {};
}

Result<std::uint64_t> TokensOf(const View& view, Epoch epoch) {
  std::uint64_t count = 0;
  TRY(view.Scan(Table::kExchange, std::string(1, kTagRow),
                [&](std::string_view, std::string_view value) -> Result<bool> {
                  TRY_ASSIGN(const TagRow row, DecodeTagRow(value));
                  count += row.epoch == epoch;
                  return true;
                }));
  return count;
}

Result<std::vector<ExchangeStatus::MemberLine>> MembersOf(const View& view, const Roster& roster) {
  std::vector<ExchangeStatus::MemberLine> lines;
  for (const Member& member : roster.members) {
    ExchangeStatus::MemberLine& line = lines.emplace_back();
    line.id = member.id;
    line.name = member.name;
    line.status = MemberStatusName(member.status);
    line.jurisdiction = member.jurisdiction;
    line.backlog[0] = member.guessable.backlog;
    line.backlog[1] = member.random.backlog;
    line.daily[0] = member.guessable.daily;
    line.daily[1] = member.random.daily;
    TRY_ASSIGN(const auto forged, GetRow(view, RowKey(kForgedRow).Of(member.id)));
    TRY_ASSIGN(line.forged, forged ? DecodeNumber(*forged) : Result<std::uint64_t>(0));
  }
  return lines;
}

}  // namespace

Result<ExchangeStatus> Exchange::Status(Time now) const {
  const std::unique_ptr<View> view = impl_->Snapshot();
  TRY_ASSIGN(const Membership membership, LoadMembership(*view));
  const Roster& roster = membership.roster.roster;
  ExchangeStatus status;
  status.exchange = membership.exchange();
  const Member* self = roster.Find(membership.self);
  if (self != nullptr) status.self = self->name;
  status.roster_version = roster.version;
  status.roster_expires = roster.expires;
  status.forked = membership.forked;
  status.epoch = roster.EpochAt(now);
  for (const EpochSpan& span : roster.epochs) {
    status.epochs.push_back({span.epoch, span.from, span.until});
  }
  TRY(CountAsked(*view, self, now, status));
  TRY_ASSIGN(status.tokens, TokensOf(*view, status.epoch));
  TRY_ASSIGN(status.members, MembersOf(*view, roster));
  TRY_ASSIGN(status.evidence, CountRows(*view, RowKey(kEvidenceRow)));
  TRY_ASSIGN(status.receipts_due, CountRows(*view, RowKey(kErasedRow)));
  TRY(view->Scan(Table::kExchange, RowKey(kErasureRow).str(),
                 [&](std::string_view, std::string_view value) -> Result<bool> {
                   TRY_ASSIGN(const ErasureRow asked, DecodeErasureRow(value));
                   status.erasures_open += !asked.answered.known();
                   return true;
                 }));
  TRY(ForEachHeader(*view, [&](const FeedId& feed, const HeldHeader& held) -> Result<bool> {
    ExchangeStatus::FeedLine& line = status.feeds.emplace_back();
    const Member* publisher = roster.Find(held.header.publisher);
    line.feed = feed;
    line.publisher = publisher == nullptr ? std::string() : publisher->name;
    line.own = held.header.publisher == membership.self;
    line.generation = held.header.generation;
    line.seq = held.header.seq;
    line.epoch = held.header.epoch;
    line.created = held.header.created;
    line.expires = held.header.expires;
    line.stale = held.header.expires <= now ||
                 (publisher != nullptr && publisher->status != MemberStatus::kActive);
    line.live = held.header.live_entries;
    TRY_ASSIGN(line.matched, CountRows(*view, RowKey(kMatchRow).Feed(feed)));
    TRY_ASSIGN(line.disputed,
               line.own ? DisputedOfOurs(*view, feed) : DisputedOfTheirs(*view, feed));
    return true;
  }));
  return status;
}

Result<void> Exchange::ForEachTag(
    const std::function<Result<bool>(const ListedTag&)>& visit) const {
  const std::unique_ptr<View> view = impl_->Snapshot();
  TRY_ASSIGN(const Membership membership, LoadMembership(*view));
  bool more = true;
  return ForEachHeader(*view, [&](const FeedId& feed, const HeldHeader& held) -> Result<bool> {
    const Member* publisher = membership.roster.roster.Find(held.header.publisher);
    if (publisher == nullptr || publisher->status == MemberStatus::kExpelled) return true;
    TRY_ASSIGN(const RunBytes runs, FindRuns(*view, feed));
    for (const auto& [number, bytes] : runs) {
      TRY_ASSIGN(const Run run, DecodeRun(number, bytes));
      for (const LiveEntry& entry : run) {
        TRY_ASSIGN(more, visit({entry.tag, publisher->name, feed, entry.id, held.header.epoch,
                                held.header.created, TimeOfDay(entry.expires_on)}));
        if (!more) return false;
      }
    }
    return true;
  });
}

}  // namespace revenant

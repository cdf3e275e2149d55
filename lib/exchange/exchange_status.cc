// What a person is shown of an exchange, and what other tools may have of it.

#include <algorithm>

#include "exchange/exchange.h"
#include "exchange/list_state.h"
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
  if (const Member* self = roster.Find(membership.self)) status.self = self->name;
  status.roster_version = roster.version;
  status.roster_expires = roster.expires;
  status.forked = membership.forked;
  status.epoch = roster.EpochAt(now);
  TRY_ASSIGN(status.tokens, TokensOf(*view, status.epoch));
  TRY_ASSIGN(status.members, MembersOf(*view, roster));
  TRY_ASSIGN(status.evidence, CountRows(*view, RowKey(kEvidenceRow)));
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
               CountRows(*view, RowKey(line.own ? kHeardRow : kOpinionRow).Feed(feed)));
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

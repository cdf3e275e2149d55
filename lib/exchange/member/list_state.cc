#include "exchange/member/list_state.h"

#include <algorithm>

#include "exchange/files/refusal.h"
#include "util/try.h"

namespace revenant {
namespace {

Error Impossible(std::string_view what) { return Refused(Refusal::kMalformed, what); }

LiveEntry Live(const NewEntry& entry, std::uint32_t seq) {
  LiveEntry live;
  live.id = entry.id;
  live.seq = seq;
  live.expires_on = entry.expires_on;
  live.tag = entry.tag;
  live.box = entry.box;
  return live;
}

Run::iterator PlaceOf(Run& run, std::uint64_t id) {
  return std::lower_bound(
      run.begin(), run.end(), id,
      [](const LiveEntry& entry, std::uint64_t wanted) { return entry.id < wanted; });
}

LiveEntry* EntryOf(Run& run, std::uint64_t id) {
  const auto place = PlaceOf(run, id);
  return place == run.end() || place->id != id ? nullptr : &*place;
}

Result<HeldHeader> ReadHeld(std::string_view bytes) {
  HeldHeader held;
  held.bytes = bytes;
  TRY_ASSIGN(const FeedFile file, ReadFeedFile(held.bytes));
  held.header = file.header;
  held.digest = file.digest;
  return held;
}

}  // namespace

Result<std::optional<HeldHeader>> FindHeader(const View& view, const FeedId& feed) {
  TRY_ASSIGN(const auto bytes, GetRow(view, RowKey(kHeaderRow).Feed(feed)));
  if (!bytes) return std::optional<HeldHeader>();
  TRY_ASSIGN(HeldHeader held, ReadHeld(*bytes));
  return std::optional<HeldHeader>(std::move(held));
}

Result<void> ForEachHeader(
    const View& view, const std::function<Result<bool>(const FeedId&, const HeldHeader&)>& visit) {
  return view.Scan(Table::kExchange, std::string(1, kHeaderRow),
                   [&](std::string_view key, std::string_view value) -> Result<bool> {
                     FeedId feed;
                     std::copy_n(key.begin() + 1, feed.bytes.size(), feed.bytes.begin());
                     TRY_ASSIGN(const HeldHeader held, ReadHeld(value));
                     return visit(feed, held);
                   });
}

Result<ListState> ListState::Load(Batch& batch, const FeedId& feed) {
  ListState state(batch, feed);
  TRY_ASSIGN(const auto bytes, GetRow(batch, RowKey(kHeaderRow).Feed(feed)));
  if (!bytes) return state;
  state.held_bytes_ = *bytes;
  TRY_ASSIGN(FeedFile file, ReadFeedFile(state.held_bytes_));
  state.live_ = file.header.live_entries;
  file.frame = {};  // its views would not survive a move of this object
  state.held_ = std::move(file);
  TRY_ASSIGN(state.digests_, FindRunDigests(batch, feed));
  return state;
}

void ListState::PutRun(std::uint64_t number, const std::string& bytes) {
  const std::string key = RowKey(kRunRow).Feed(feed_).U64(number).str();
  if (bytes.empty()) {
    batch_->Delete(Table::kExchange, key);
    digests_.erase(number);
  } else {
    batch_->Put(Table::kExchange, key, bytes);
    digests_[number] = DigestOf(bytes);
  }
}

Result<void> ListState::TakePut(const NewEntry& entry, const FeedHeader& header, Run& run,
                                Rest& rest, ListChange& change) const {
  const std::uint64_t first_new = held_ ? held_->header.next_id : 0;
  if (entry.id >= first_new) {
    if (entry.id != rest.next_new) return Impossible("new entries are not numbered one by one");
    ++rest.next_new;
    run.push_back(Live(entry, header.seq));  // ids ascend, so it is the last of its run
    change.added.push_back(entry.id);
    return {};
  }
  const bool new_epoch = held_ && header.epoch != held_->header.epoch;
  if (!new_epoch) return Impossible("an entry changes although its epoch did not");
  LiveEntry* live = EntryOf(run, entry.id);
  if (live == nullptr) return Impossible("an id that was withdrawn is used again");
  LiveEntry retagged = Live(entry, header.seq);
  retagged.disputes = live->disputes;
  retagged.answered = live->answered;
  *live = retagged;
  ++rest.retagged;
  change.replaced.push_back(entry.id);
  return {};
}

// All changes of the delta to the ids of one run, so that no more than that run is in memory.
Result<void> ListState::ApplyToRun(std::uint64_t number, const FeedHeader& header, Rest& rest,
                                   ListChange& change) {
  const auto here = [&](const auto& items) {
    return !items.empty() && items.front().id / kRunIds == number;
  };
  Run run;
  if (digests_.contains(number)) {
    TRY_ASSIGN(run, FindRun(*batch_, feed_, number));
  }
  for (; here(rest.removed); rest.removed = rest.removed.subspan(1)) {
    const std::uint64_t id = rest.removed.front().id;
    const auto place = PlaceOf(run, id);
    if (place == run.end() || place->id != id) {
      return Impossible("an entry is withdrawn that is not in the list");
    }
    run.erase(place);
    change.removed.push_back(id);
    --live_;
  }
  const std::size_t added = change.added.size();
  for (; here(rest.put); rest.put = rest.put.subspan(1)) {
    TRY(TakePut(rest.put.front(), header, run, rest, change));
  }
  live_ += change.added.size() - added;
  for (; here(rest.disputed); rest.disputed = rest.disputed.subspan(1)) {
    LiveEntry* live = EntryOf(run, rest.disputed.front().id);
    if (live == nullptr) return Impossible("an entry is disputed that is not in the list");
    live->disputes = rest.disputed.front().disputes;
    live->answered = rest.disputed.front().answered;
    change.replaced.push_back(live->id);
  }
  PutRun(number, run.empty() ? std::string() : EncodeRun(run));
  return {};
}

Result<ListChange> ListState::Apply(const FeedHeader& header, const Delta& delta) {
  const bool new_epoch = held_ && header.epoch != held_->header.epoch;
  const std::uint64_t to_retag = live_ - delta.removed.size();
  const std::uint64_t first_new = held_ ? held_->header.next_id : 0;
  Rest rest{delta.removed, delta.put, delta.disputed, first_new, 0};
  // A later key generation may leave ids out: those that a lost store had given.
  const bool new_generation =
      header.generation > 1 && (!held_ || held_->header.generation != header.generation);
  if (new_generation) {
    const auto first = std::find_if(delta.put.begin(), delta.put.end(),
                                    [&](const NewEntry& entry) { return entry.id >= first_new; });
    rest.next_new = first != delta.put.end() ? first->id : std::max(first_new, header.next_id);
  }
  ListChange change;
  for (;;) {
    std::uint64_t number = UINT64_MAX;
    const auto look = [&](const auto& items) {
      if (!items.empty()) number = std::min(number, items.front().id / kRunIds);
    };
    look(rest.removed);
    look(rest.put);
    look(rest.disputed);
    if (number == UINT64_MAX) break;
    TRY(ApplyToRun(number, header, rest, change));
  }
  if (new_epoch && rest.retagged != to_retag) {
    return Impossible("entries of an ended epoch were left as they are");
  }
  if (header.next_id != rest.next_new) {
    return Impossible("the next number is not the one that follows");
  }
  // An entry may be retagged and disputed again at once.
  std::sort(change.replaced.begin(), change.replaced.end());
  change.replaced.erase(std::unique(change.replaced.begin(), change.replaced.end()),
                        change.replaced.end());
  return change;
}

Result<ListChange> ListState::Replace(const FeedHeader& header, const RunBytes& runs) {
  const bool same_past = held_ && header.generation == held_->header.generation;
  const std::uint64_t given = same_past ? held_->header.next_id : 0;
  ListChange change;
  std::uint64_t live = 0;
  const auto gone = [&](const Run& run) {
    for (const LiveEntry& entry : run) change.removed.push_back(entry.id);
  };
  const RunDigests before = digests_;
  for (const auto& [number, digest] : before) {  // runs that are no more
    if (runs.contains(number)) continue;
    TRY_ASSIGN(const Run old, FindRun(*batch_, feed_, number));
    gone(old);
    PutRun(number, "");
  }
  for (const auto& [number, bytes] : runs) {
    TRY_ASSIGN(const Run now, DecodeRun(number, bytes));
    live += now.size();
    if (now.back().id >= header.next_id) return Impossible("an id is beyond those given");
    const auto known = before.find(number);
    if (known != before.end() && known->second == DigestOf(bytes)) continue;
    Run old;
    if (known != before.end()) {
      TRY_ASSIGN(old, FindRun(*batch_, feed_, number));
    }
    for (const LiveEntry& entry : now) {
      const LiveEntry* was = EntryOf(old, entry.id);
      if (was == nullptr && entry.id < given) {
        return Impossible("an id that was withdrawn is used again");
      }
      if (entry.seq > header.seq) return Impossible("an entry is newer than its header");
      if (was == nullptr) {
        change.added.push_back(entry.id);
      } else if (*was != entry) {
        change.replaced.push_back(entry.id);
      }
    }
    for (const LiveEntry& entry : old) {
      const auto place =
          std::lower_bound(now.begin(), now.end(), entry.id,
                           [](const LiveEntry& a, std::uint64_t wanted) { return a.id < wanted; });
      if (place == now.end() || place->id != entry.id) change.removed.push_back(entry.id);
    }
    PutRun(number, bytes);
  }
  live_ = live;
  std::sort(change.removed.begin(), change.removed.end());
  return change;
}

Result<void> ListState::CheckAgainst(const FeedHeader& header) const {
  for (const std::uint64_t id : header.erased) {
    TRY_ASSIGN(Run run, FindRun(*batch_, feed_, id / kRunIds));
    if (id >= header.next_id || EntryOf(run, id) != nullptr) {
      return Impossible("an entry to be erased is still in the list, or never was");
    }
  }
  if (live_ != header.live_entries || live_bytes() != header.live_bytes ||
      StateHash(digests_) != header.state) {
    return Refused(Refusal::kStateHash, "the list that results is not the one that was signed for");
  }
  return {};
}

void ListState::Put(const FeedFile& file) {
  batch_->Put(Table::kExchange, RowKey(kHeaderRow).Feed(feed_).str(), HeaderOnlyFile(file));
  batch_->Put(Table::kExchange, RowKey(kRunDigestsRow).Feed(feed_).str(), Encode(digests_));
  batch_->Put(Table::kExchange,
              RowKey(kSeenRow).Feed(feed_).U32(file.header.generation).U32(file.header.seq).str(),
              AsView(file.digest));
}

Result<void> ForEachEntryOf(const View& view, const FeedId& feed,
                            std::span<const std::uint64_t> ids,
                            const std::function<Result<void>(const LiveEntry&)>& visit) {
  Run run;
  std::uint64_t held = UINT64_MAX;
  for (const std::uint64_t id : ids) {
    if (id / kRunIds != held) {
      held = id / kRunIds;
      TRY_ASSIGN(run, FindRun(view, feed, held));
    }
    if (const LiveEntry* entry = EntryOf(run, id)) TRY(visit(*entry));
  }
  return {};
}

Result<RunBytes> FindRuns(const View& view, const FeedId& feed) {
  TRY_ASSIGN(const RunDigests digests, FindRunDigests(view, feed));
  RunBytes runs;
  for (const auto& [number, digest] : digests) {
    TRY_ASSIGN(auto bytes, GetRow(view, RowKey(kRunRow).Feed(feed).U64(number)));
    if (!bytes || DigestOf(*bytes) != digest) {
      return Error{Code::kCorruption, "store: a run of a list is damaged: import a snapshot"};
    }
    runs.emplace(number, std::move(*bytes));
  }
  return runs;
}

Result<void> ListState::ForEachEntry(
    const std::function<Result<bool>(const LiveEntry&)>& visit) const {
  for (const auto& [number, digest] : digests_) {
    TRY_ASSIGN(const Run run, FindRun(*batch_, feed_, number));
    for (const LiveEntry& entry : run) {
      TRY_ASSIGN(const bool more, visit(entry));
      if (!more) return {};
    }
  }
  return {};
}

}  // namespace revenant

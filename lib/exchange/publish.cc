#include "exchange/publish.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>

#include "exchange/refusal.h"
#include "journal/log.h"
#include "registry/case_facts.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr std::int64_t kDayMicros = 86'400'000'000;

std::string OriginKey(const FeedId& feed, std::uint64_t id) {
  return RowKey(kOriginRow).Feed(feed).U64(id).str();
}
std::string ListedKey(const FeedId& feed, const CandidateKey& key) {
  return RowKey(kListedRow).Feed(feed).Of(key.first).Of(key.second).str();
}

template <typename Items>
void SortById(Items& items) {
  std::sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
}

}  // namespace

std::vector<const Member*> Readers(const Membership& membership,
                                   const std::vector<MemberId>& audience) {
  std::vector<const Member*> readers;
  for (const Member& member : membership.roster.roster.members) {
    const bool meant = audience.empty() ||
                       std::find(audience.begin(), audience.end(), member.id) != audience.end();
    if (meant && member.status == MemberStatus::kActive && member.id != membership.self) {
      readers.push_back(&member);
    }
  }
  return readers;
}

Result<ExportPlan> Publisher::Plan(const ExportOptions& options) {
  TRY(membership_.CheckUsable(now_));
  const Roster& roster = membership_.roster.roster;
  const Member* self = roster.Find(membership_.self);
  if (self == nullptr || self->status != MemberStatus::kActive) {
    return Refused(Refusal::kRemovedMember, "the roster in force does not count us as active");
  }
  if (self->signing != keys_.signing().key()) {
    return Refused(Refusal::kOldGeneration, "these are not the keys that the roster names");
  }
  TRY_ASSIGN(const EnforcementPolicy enforcement, EnforcementOf(batch_));
  const ExchangePolicy& rules = enforcement.exchange;
  options_ = options;
  if (options_.valid_days == 0) options_.valid_days = static_cast<std::uint16_t>(rules.valid_days);
  if (options_.valid_days > roster.max_feed_days) {
    return Error{Code::kInvalidArgument,
                 fmt::format("a list may be valid for 1 to {} days", roster.max_feed_days)};
  }
  std::sort(options_.audience.begin(), options_.audience.end());
  feed_ = FeedIdOf(membership_.exchange(), membership_.self, options_.audience);
  TRY_ASSIGN(ListState list, ListState::Load(batch_, feed_));
  list_.emplace(std::move(list));
  TRY(PickEpoch());
  TRY(LoadListed());
  std::vector<std::string> countries;
  for (const Member* reader : Readers(membership_, options_.audience)) {
    countries.push_back(reader->jurisdiction);
  }
  TRY_ASSIGN(Selection selection,
             Select(batch_, policy_, rules, self->jurisdiction, countries, now_));
  TRY(Compare(std::move(selection)));
  TRY(CompareDisputes());
  plan_.live = listed_.size() - delta_.removed.size() + additions_.size();
  if (plan_.live > roster.max_entries) {
    return Error{Code::kConflict, fmt::format("the roster lets a list have {} entries, not {}",
                                              roster.max_entries, plan_.live)};
  }
  return plan_;
}

// The epoch that the list is in stays as long as it counts and not all of it can move on.
Result<void> Publisher::PickEpoch() {
  const Roster& roster = membership_.roster.roster;
  epoch_ = roster.EpochAt(now_);
  if (epoch_ == 0) {
    return Refused(Refusal::kWrongEpoch, "no epoch is in force: the operators must open one");
  }
  const auto& held = list_->held();
  if (!held || held->header.epoch == epoch_) return {};
  if (held->header.epoch > epoch_) {
    return Refused(Refusal::kWrongEpoch, "the roster's epoch is older than the list's");
  }
  if (!roster.EpochCounts(held->header.epoch, now_)) return {};
  bool all = true;
  TRY(list_->ForEachEntry([&](const LiveEntry& entry) -> Result<bool> {
    TRY_ASSIGN(const auto bytes, batch_.Get(Table::kExchange, OriginKey(feed_, entry.id)));
    if (!bytes) return Error{Code::kCorruption, "store: an entry of ours has no origin"};
    TRY_ASSIGN(const OriginRow origin, DecodeOriginRow(*bytes));
    TRY_ASSIGN(const auto kept, FindSecret(batch_, keys_, origin.fingerprint, epoch_));
    all = kept.has_value();
    return all;
  }));
  if (!all) epoch_ = held->header.epoch;
  return {};
}

Result<void> Publisher::LoadListed() {
  return list_->ForEachEntry([&](const LiveEntry& entry) -> Result<bool> {
    TRY_ASSIGN(const auto bytes, batch_.Get(Table::kExchange, OriginKey(feed_, entry.id)));
    if (!bytes) return Error{Code::kCorruption, "store: an entry of ours has no origin"};
    TRY_ASSIGN(OriginRow origin, DecodeOriginRow(*bytes));
    const CandidateKey key{origin.seller, origin.fingerprint};
    listed_.emplace(key, Listed{entry, std::move(origin)});
    return true;
  });
}

Result<void> Publisher::Compare(Selection selection) {
  plan_ = selection.plan;
  const bool new_epoch = list_->held() && list_->held()->header.epoch != epoch_;
  const DayNumber today = DayOf(now_);
  for (const auto& [key, listed] : listed_) {
    TRY_ASSIGN(const auto kept, FindSecret(batch_, keys_, key.second, epoch_));
    const bool stays = selection.wanted.contains(key) && (kept || !new_epoch);
    if (!stays) {
      TRY_ASSIGN(const auto withheld, GetRow(batch_, RowKey(kWithheldRow).Of(key.first)));
      const bool erase = withheld && *withheld == std::string(1, char(Removal::kErased));
      const Removal why = erase                              ? Removal::kErased
                          : listed.entry.expires_on <= today ? Removal::kExpired
                                                             : Removal::kWithdrawn;
      delta_.removed.push_back({listed.entry.id, why});
      leaving_.emplace(listed.entry.id, key);
    } else if (new_epoch) {
      retags_.push_back(&listed);
    }
  }
  std::map<std::string, std::uint64_t> kinds;
  std::set<SellerId> sellers;
  for (auto& [key, candidate] : selection.wanted) {
    const bool known = listed_.contains(key);
    TRY_ASSIGN(const auto kept, FindSecret(batch_, keys_, key.second, epoch_));
    if (!kept && (!known || new_epoch)) {
      ++plan_.awaiting;
      continue;
    }
    ++kinds[candidate.kind];
    sellers.insert(key.first);
    if (!known) additions_.push_back({std::move(candidate), kept->secret});
  }
  for (const auto& [kind, entries] : kinds) plan_.kinds.push_back({kind, entries});
  SortById(delta_.removed);
  plan_.sellers = sellers.size();
  plan_.to_add = additions_.size();
  plan_.to_withdraw = delta_.removed.size();
  plan_.to_retag = retags_.size();
  return {};
}

// How many members say that an entry of ours is wrong: told to all, so that it weighs less.
Result<void> Publisher::CompareDisputes() {
  for (const auto& [key, listed] : listed_) {
    if (leaving_.contains(listed.entry.id)) continue;
    std::uint8_t disputes = 0;
    TRY(batch_.Scan(Table::kExchange, RowKey(kHeardRow).Feed(feed_).U64(listed.entry.id).str(),
                    [&](std::string_view, std::string_view value) -> Result<bool> {
                      TRY_ASSIGN(const OpinionRow heard, DecodeOpinionRow(value));
                      const bool against = heard.opinion == Opinion::kFalsePositive ||
                                           heard.opinion == Opinion::kExpired;
                      disputes += against && disputes < 255;
                      return true;
                    }));
    if (disputes != listed.entry.disputes) {
      delta_.disputed.push_back({listed.entry.id, disputes});
    }
  }
  SortById(delta_.disputed);
  plan_.to_dispute = delta_.disputed.size();
  return {};
}

Result<std::uint64_t> Publisher::CaseNumber(SellerId seller) {
  const std::string key = RowKey(kCaseNumberRow).Of(seller).str();
  TRY_ASSIGN(const auto known, batch_.Get(Table::kExchange, key));
  if (known) return DecodeNumber(*known);
  std::uint64_t number;
  randombytes_buf(&number, sizeof number);  // tells nothing, not even how many cases there are
  batch_.Put(Table::kExchange, key, EncodeNumber(number));
  return number;
}

Result<NewEntry> Publisher::Make(const Candidate& candidate, const ExchangeSecret& secret,
                                 std::uint64_t id) {
  OriginRow origin{candidate.seller, candidate.fingerprint, candidate.kind, {}};
  randombytes_buf(origin.salt.data(), origin.salt.size());
  EntryContent content;
  TRY_ASSIGN(content.case_number, CaseNumber(candidate.seller));
  content.kind = KindCode(candidate.kind);
  content.reason = candidate.reason;
  content.infringements = candidate.infringements;
  content.banned_on = candidate.banned_on;
  content.evidence = EvidenceDigest(AsView(origin.salt), candidate.evidence);
  const EntryPlace place{membership_.exchange(), epoch_, feed_, id, NextHeader().seq};
  batch_.Put(Table::kExchange, OriginKey(feed_, id), Encode(origin));
  batch_.Put(Table::kExchange, ListedKey(feed_, {candidate.seller, candidate.fingerprint}),
             EncodeNumber(id));
  return NewEntry{id, candidate.expires_on,
                  TagOf(secret, membership_.exchange(), epoch_, candidate.kind),
                  SealContent(secret, place, content)};
}

// The same content under the same id, tagged and sealed for the new epoch.
Result<void> Publisher::Retag() {
  const FeedHeader& held = list_->held()->header;
  for (const Listed* listed : retags_) {
    const LiveEntry& entry = listed->entry;
    const Fingerprint& fingerprint = listed->origin.fingerprint;
    TRY_ASSIGN(const auto old, FindSecret(batch_, keys_, fingerprint, held.epoch));
    TRY_ASSIGN(const auto fresh, FindSecret(batch_, keys_, fingerprint, epoch_));
    const ExchangeId& exchange = membership_.exchange();
    const std::optional<EntryContent> content =
        old ? OpenContent(old->secret, {exchange, held.epoch, feed_, entry.id, entry.seq},
                          entry.box)
            : std::nullopt;
    if (!content || !fresh) {
      return Error{Code::kConflict,
                   "an entry of ours cannot be opened: the tokens of the ending "
                   "epoch are needed until all is retagged"};
    }
    const EntryPlace place{exchange, epoch_, feed_, entry.id, NextHeader().seq};
    delta_.put.push_back({entry.id, entry.expires_on,
                          TagOf(fresh->secret, exchange, epoch_, listed->origin.kind),
                          SealContent(fresh->secret, place, *content)});
  }
  return {};
}

FeedHeader Publisher::NextHeader() const {
  const Member& self = *membership_.roster.roster.Find(membership_.self);
  FeedHeader header;
  header.publisher = self.id;
  header.audience = options_.audience;
  header.roster_version = membership_.roster.roster.version;
  header.roster = membership_.roster.digest;
  header.generation = self.generation;
  header.epoch = epoch_;
  const auto& held = list_->held();
  if (held && held->header.generation == self.generation) {
    header.seq = held->header.seq + 1;
    header.prev = held->digest;
  } else {
    header.prev = self.resume_from;  // the roster's word; zero in the first generation
  }
  header.created = held ? std::max(now_, held->header.created) : now_;
  header.expires = Time{header.created.micros + options_.valid_days * kDayMicros};
  return header;
}

// Lists for some members only stay between them.
Result<void> Publisher::NoteSeen(FeedHeader& header) const {
  return ForEachHeader(batch_, [&](const FeedId& feed, const HeldHeader& held) -> Result<bool> {
    const bool public_list = held.header.audience.empty();
    if (public_list && held.header.publisher != membership_.self && header.seen.size() < 1000) {
      header.seen.push_back({feed, held.header.generation, held.header.seq, held.digest});
    }
    return true;
  });
}

Result<std::string> Publisher::Publish() {
  FeedHeader header = NextHeader();
  const std::uint64_t first = list_->held() ? list_->held()->header.next_id : 0;
  TRY(Retag());
  SortById(delta_.put);
  std::uint64_t id = first;
  for (const Addition& addition : additions_) {
    TRY_ASSIGN(NewEntry entry, Make(addition.candidate, addition.secret, id++));
    delta_.put.push_back(std::move(entry));
  }
  for (const auto& [gone, key] : leaving_) {
    batch_.Delete(Table::kExchange, ListedKey(feed_, key));
    batch_.Delete(Table::kExchange, OriginKey(feed_, gone));
  }
  header.next_id = id;
  TRY_ASSIGN(const JournalLog journal, JournalLog::Open(batch_));
  header.journal_size = journal.head().size;  // who keeps the header witnesses the journal
  header.journal_head = journal.head().root;
  TRY(NoteSeen(header));
  TRY(list_->Apply(header, delta_));
  const std::string body = EncodeDelta(delta_);
  header.delta_bytes = body.size();
  header.delta = DigestOf(body);
  header.live_entries = list_->live_entries();
  header.live_bytes = list_->live_bytes();
  header.state = StateHash(list_->digests());
  const ExchangeId& exchange = membership_.exchange();
  const SignedBy signature =
      keys_.signing().Sign(FileType::kFeedDelta, exchange, EncodeFeedHeader(header));
  const std::string file = WriteFeedFile(FileType::kFeedDelta, exchange, header, signature, body);
  TRY_ASSIGN(const FeedFile read, ReadFeedFile(file));
  list_->Put(read);
  batch_.Put(Table::kExchange, RowKey(kLastDeltaRow).Feed(feed_).str(), file);
  return file;
}

Result<std::string> SnapshotFile(const View& view, const FeedId& feed) {
  TRY_ASSIGN(const std::optional<HeldHeader> held, FindHeader(view, feed));
  if (!held) return Error{Code::kNotFound, "nothing was published to this audience yet"};
  TRY_ASSIGN(const RunBytes runs, FindRuns(view, feed));
  TRY_ASSIGN(const FileFrame frame, ReadFrame(held->bytes));
  return WriteFeedFile(FileType::kFeedSnapshot, frame.exchange, held->header,
                       frame.signatures.front(), EncodeSnapshot(runs));
}

Result<std::string> LastDeltaFile(const View& view, const FeedId& feed) {
  TRY_ASSIGN(auto file, GetRow(view, RowKey(kLastDeltaRow).Feed(feed)));
  if (!file) return Error{Code::kNotFound, "nothing was published to this audience yet"};
  return *std::move(file);
}

}  // namespace revenant

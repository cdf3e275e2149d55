#include "exchange/member/publish.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>

#include "exchange/files/feedback.h"
#include "exchange/files/refusal.h"
#include "journal/log.h"
#include "registry/state/case_facts.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr std::int64_t kDayMicros = 86'400'000'000;

std::string OriginKey(const FeedId& feed, std::uint64_t id) {
  return RowKey(kOriginRow).Feed(feed).U64(id).str();
}
std::string ToldKey(SellerId seller, const FeedId& feed, std::uint64_t id) {
  return RowKey(kToldRow).Of(seller).Feed(feed).U64(id).str();
}
std::string ErasureKey(const FeedId& feed, std::uint64_t id, MemberId member) {
  return RowKey(kErasureRow).Feed(feed).U64(id).Of(member).str();
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
  TRY(CollectErasures());
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
  for (const auto& [key, listed] : listed_) {
    TRY_ASSIGN(const auto kept, FindSecret(batch_, keys_, key.second, epoch_));
    const bool stays = selection.wanted.contains(key) && (kept || !new_epoch);
    if (!stays) {
      TRY_ASSIGN(const Removal why, WhyGone(listed));
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

// A person asked for it, or the seller itself was forgotten: entries about it must go at the
// readers as well.
Result<bool> Publisher::MustErase(SellerId seller) const {
  TRY_ASSIGN(const auto withheld, GetRow(batch_, RowKey(kWithheldRow).Of(seller)));
  if (withheld && *withheld == std::string(1, char(Removal::kErased))) return true;
  TRY_ASSIGN(const std::optional<SellerRow> row, batch_.Seller(seller));
  return !row;
}

Result<Removal> Publisher::WhyGone(const Listed& listed) const {
  TRY_ASSIGN(const bool erase, MustErase(listed.origin.seller));
  if (erase) return Removal::kErased;
  return listed.entry.expires_on <= DayOf(now_) ? Removal::kExpired : Removal::kWithdrawn;
}

// What readers are newly to erase: what leaves the list for that reason, and what left it earlier
// for another. Reads a row for every entry that was ever listed.
Result<void> Publisher::CollectErasures() {
  for (const Removed& removed : delta_.removed) {
    if (removed.why != Removal::kErased) continue;
    to_erase_.emplace(removed.id, leaving_.at(removed.id).first);
  }
  std::map<SellerId, bool> must;
  TRY(batch_.Scan(Table::kExchange, std::string(1, kToldRow),
                  [&](std::string_view key, std::string_view value) -> Result<bool> {
                    const EntryKey place = EntryKeyAtEnd(key);
                    if (place.feed != feed_) return true;
                    TRY_ASSIGN(const ToldRow told, DecodeToldRow(value));
                    if (!told.gone.known() || told.why == std::uint8_t(Removal::kErased))
                      return true;
                    const SellerId seller{ByteReader(key.substr(1)).BigEndian64()};
                    const auto [known, is_new] = must.try_emplace(seller);
                    if (is_new) {
                      TRY_ASSIGN(known->second, MustErase(seller));
                    }
                    if (known->second) to_erase_.emplace(place.id, seller);
                    return true;
                  }));
  plan_.to_erase = to_erase_.size();
  return {};
}

// How many members say that an entry of ours is wrong: published, so that it weighs less.
Result<void> Publisher::CompareDisputes() {
  for (const auto& [key, listed] : listed_) {
    if (leaving_.contains(listed.entry.id)) continue;
    Disputed now{listed.entry.id, 0, true};
    TRY(batch_.Scan(Table::kExchange, RowKey(kHeardRow).Feed(feed_).U64(listed.entry.id).str(),
                    [&](std::string_view, std::string_view value) -> Result<bool> {
                      TRY_ASSIGN(const OpinionRow heard, DecodeOpinionRow(value));
                      if (!IsAgainst(heard.opinion)) return true;
                      now.disputes += now.disputes < kMaxDisputes;
                      now.answered = now.answered && heard.answered;
                      return true;
                    }));
    now.answered = now.answered && now.disputes > 0;
    if (now.disputes != listed.entry.disputes || now.answered != listed.entry.answered) {
      delta_.disputed.push_back(now);
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
  batch_.Put(Table::kExchange, ToldKey(candidate.seller, feed_, id),
             Encode(ToldRow{candidate.kind, now_, {}, 0}));
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

// Disputes of ours that listers left unanswered: the others hear of them from us.
Result<void> Publisher::NoteUnanswered(FeedHeader& header) const {
  TRY(batch_.Scan(
      Table::kExchange, std::string(1, kOpinionRow),
      [&](std::string_view key, std::string_view value) -> Result<bool> {
        TRY_ASSIGN(const OpinionRow ours, DecodeOpinionRow(value));
        const EntryKey place = EntryKeyAtEnd(key);
        if (!IsAgainst(ours.opinion) ||
            ours.at.micros + membership_.silence_micros > header.created.micros) {
          return true;
        }
        TRY_ASSIGN(const auto match, FindMatch(batch_, place.feed, place.id));
        TRY_ASSIGN(const auto held, FindHeader(batch_, place.feed));
        const bool open = match && !match->answered && held && held->header.audience.empty();
        if (!open) return true;
        TRY_ASSIGN(const auto kept,
                   FindSecret(batch_, keys_, match->fingerprint, held->header.epoch));
        if (!kept) return true;  // after our rotation
        const EntryOpinion opinion{place.id, ours.opinion, ours.at, {}};
        header.unanswered.push_back({place.feed, held->header.epoch, ours.opinion, ours.at,
                                     ProveOpinion(kept->secret, membership_.exchange(), place.feed,
                                                  membership_.self, opinion)});
        return header.unanswered.size() < kMaxUnanswered;
      }));
  std::sort(header.unanswered.begin(), header.unanswered.end());
  return {};
}

// Entries that leave the list, and members' opinions of them, are kept no longer than they are
// listed; the record that they were shared stays on file.
Result<void> Publisher::NoteLeaving() {
  for (const Removed& removed : delta_.removed) {
    batch_.Delete(Table::kExchange, OriginKey(feed_, removed.id));
    std::vector<std::string> heard;
    TRY(batch_.Scan(Table::kExchange, RowKey(kHeardRow).Feed(feed_).U64(removed.id).str(),
                    [&](std::string_view key, std::string_view) -> Result<bool> {
                      heard.emplace_back(key);
                      return true;
                    }));
    for (const std::string& key : heard) batch_.Delete(Table::kExchange, key);
    const std::string told_key = ToldKey(leaving_.at(removed.id).first, feed_, removed.id);
    TRY_ASSIGN(const auto bytes, batch_.Get(Table::kExchange, told_key));
    if (!bytes) continue;
    TRY_ASSIGN(ToldRow told, DecodeToldRow(*bytes));
    told.gone = now_;
    told.why = static_cast<std::uint8_t>(removed.why);
    batch_.Put(Table::kExchange, told_key, Encode(told));
  }
  return {};
}

// Every active reader is asked, and asked again by every header until it has answered.
Result<void> Publisher::AskToErase(FeedHeader& header) {
  for (const auto& [id, seller] : to_erase_) {
    for (const Member* reader : Readers(membership_, options_.audience)) {
      batch_.Put(Table::kExchange, ErasureKey(feed_, id, reader->id),
                 Encode(ErasureRow{seller, now_, {}, {}}));
    }
    const std::string told_key = ToldKey(seller, feed_, id);
    TRY_ASSIGN(const auto bytes, batch_.Get(Table::kExchange, told_key));
    if (!bytes) continue;
    TRY_ASSIGN(ToldRow told, DecodeToldRow(*bytes));
    told.why = static_cast<std::uint8_t>(Removal::kErased);
    batch_.Put(Table::kExchange, told_key, Encode(told));
  }
  std::set<std::uint64_t> open;
  TRY(batch_.Scan(Table::kExchange, RowKey(kErasureRow).Feed(feed_).str(),
                  [&](std::string_view key, std::string_view value) -> Result<bool> {
                    TRY_ASSIGN(const ErasureRow asked, DecodeErasureRow(value));
                    ByteReader reader(key.substr(1 + feed_.bytes.size()));
                    const std::uint64_t id = reader.BigEndian64();
                    const Member* member =
                        membership_.roster.roster.Find(MemberId{reader.BigEndian32()});
                    if (asked.answered.known() || member == nullptr) return true;
                    if (member->status == MemberStatus::kActive) open.insert(id);
                    return true;
                  }));
  while (open.size() > kMaxErased) open.erase(open.begin());  // the newest matter most
  header.erased.assign(open.begin(), open.end());
  return {};
}

// Numbers and ids are given once, also when the store was put back from an older copy.
Result<std::uint64_t> Publisher::FirstNewId(const FeedHeader& header,
                                            const PublishedMarks& marks) const {
  const std::uint64_t next = list_->held() ? list_->held()->header.next_id : 0;
  const std::optional<PublishedMark> mark = marks.Find(feed_);
  if (!mark || (header.generation == mark->generation && header.seq > mark->seq)) return next;
  if (header.generation > mark->generation) return std::max(next, mark->next_id);
  return Error{Code::kConflict,
               fmt::format("number {} of this list was published with these keys, and this store "
                           "would publish number {} again: it was put back from an older copy. "
                           "Begin a new key generation (roster draft) and export a snapshot",
                           mark->seq, header.seq)};
}

Result<std::string> Publisher::Publish(const PublishedMarks& marks) {
  FeedHeader header = NextHeader();
  TRY_ASSIGN(const std::uint64_t first, FirstNewId(header, marks));
  TRY(Retag());
  SortById(delta_.put);
  std::uint64_t id = first;
  for (const Addition& addition : additions_) {
    TRY_ASSIGN(NewEntry entry, Make(addition.candidate, addition.secret, id++));
    delta_.put.push_back(std::move(entry));
  }
  TRY(NoteLeaving());
  header.next_id = id;
  TRY_ASSIGN(const JournalLog journal, JournalLog::Open(batch_));
  header.journal_size = journal.head().size;  // who keeps the header witnesses the journal
  header.journal_head = journal.head().root;
  TRY(NoteSeen(header));
  if (options_.audience.empty()) TRY(NoteUnanswered(header));
  TRY(AskToErase(header));
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
  std::string file = WriteFeedFile(FileType::kFeedDelta, exchange, header, signature, body);
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

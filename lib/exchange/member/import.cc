#include "exchange/member/import.h"

#include <fmt/format.h>

#include <algorithm>

#include "exchange/files/refusal.h"
#include "exchange/files/seal.h"
#include "registry/state/case_facts.h"
#include "store/foreign_rows.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr std::int64_t kDayMicros = 86'400'000'000;
constexpr std::int64_t kClockSkewMicros = kDayMicros / 24;

Digest DigestFrom(std::string_view bytes) {
  Digest digest{};
  if (bytes.size() == digest.size()) std::copy(bytes.begin(), bytes.end(), digest.begin());
  return digest;
}

}  // namespace

Result<FeedImport> FeedImporter::Run(std::string_view bytes, WriteSession& session) {
  TRY_ASSIGN(std::string plain, OpenFile(bytes, keys_));
  TRY_ASSIGN(FeedFile file, ReadFeedFile(plain));
  if (file.frame.exchange != membership_.exchange()) {
    return Refused(Refusal::kWrongExchange, "the feed is of another exchange");
  }
  TRY(membership_.CheckUsable(now_));
  TRY(CheckPublisher(file));
  report_.publisher = publisher_->id;
  report_.publisher_name = publisher_->name;
  report_.feed = file.feed;
  report_.seq = file.header.seq;
  TRY(CheckRosterNamed(file.header));
  TRY(CheckHeader(file));
  TRY_ASSIGN(ListState list, ListState::Load(batch_, file.feed));
  TRY_ASSIGN(const Step step, CheckSequence(file, list));
  report_.live = list.live_entries();
  if (step == Step::kUnchanged) return report_;
  if (step == Step::kHold) return report_;

  const bool is_snapshot = file.is_snapshot();
  TRY_ASSIGN(std::string body, UnpackBody(file));
  plain = HeaderOnlyFile(file);  // long lists are not held twice
  TRY_ASSIGN(file, ReadFeedFile(plain));
  TRY_ASSIGN(const ListChange change, is_snapshot ? TakeSnapshot(std::move(body), file, list)
                                                  : TakeDelta(std::move(body), file, list));
  TRY(list.CheckAgainst(file.header));
  list.Put(file);
  batch_.Put(Table::kExchange, ForeignFeedKey(file.feed.bytes),
             EncodeNumber(ZigZag(file.header.expires.micros)));
  TRY(CompareSeen(file));

  Matcher matcher(batch_, membership_, keys_, now_);
  TRY(matcher.Follow(file.feed, file.header, change));
  TRY(EraseAsked(file, matcher));
  if (file.header.audience.empty()) TRY(matcher.TakeMarks(publisher_->id, file.header.unanswered));
  TRY(matcher.Finish(session));
  report_.outcome = FeedImport::Outcome::kApplied;
  report_.added = change.added.size();
  report_.removed = change.removed.size();
  report_.replaced = change.replaced.size();
  report_.live = list.live_entries();
  report_.matched = matcher.counts().matched;
  report_.unmatched = matcher.counts().unmatched;
  report_.forged = matcher.counts().forged;
  if (report_.forged > 0) {  // the publisher is flagged, and the flag stays
    const std::string key = RowKey(kForgedRow).Of(publisher_->id).str();
    TRY_ASSIGN(const auto known, batch_.Get(Table::kExchange, key));
    TRY_ASSIGN(const std::uint64_t before, known ? DecodeNumber(*known) : Result<std::uint64_t>(0));
    batch_.Put(Table::kExchange, key, EncodeNumber(before + report_.forged));
  }
  return report_;
}

// Both let go of the body once it is read: the longest list needs its room for the batch.
Result<ListChange> FeedImporter::TakeDelta(std::string body, const FeedFile& file,
                                           ListState& list) {
  TRY_ASSIGN(const Delta delta, DecodeDelta(body));
  body = std::string();
  return list.Apply(file.header, delta);
}

Result<ListChange> FeedImporter::TakeSnapshot(std::string body, const FeedFile& file,
                                              ListState& list) {
  TRY_ASSIGN(const RunBytes runs, ReadSnapshotBody(body, file.header));
  body = std::string();
  return list.Replace(file.header, runs);
}

// Is the publisher a member, and did it really sign this?
Result<void> FeedImporter::CheckPublisher(const FeedFile& file) {
  const FeedHeader& header = file.header;
  publisher_ = membership_.roster.roster.Find(header.publisher);
  if (publisher_ == nullptr) {
    return Refused(Refusal::kUnknownMember, "the roster in force has no such member");
  }
  if (publisher_->status != MemberStatus::kActive) {
    return Refused(
        Refusal::kRemovedMember,
        fmt::format("{} {}", publisher_->name,
                    publisher_->status == MemberStatus::kLeft ? "left" : "was expelled"));
  }
  if (header.generation < publisher_->generation) {
    return Refused(Refusal::kOldGeneration, fmt::format("{} signs with generation {} now",
                                                        publisher_->name, publisher_->generation));
  }
  if (header.generation > publisher_->generation) {
    return Refused(Refusal::kRosterGap, "the roster that names the signing key must come first");
  }
  return VerifySignedBy(file.frame, publisher_->signing);
}

Result<void> FeedImporter::CheckRosterNamed(const FeedHeader& header) const {
  if (header.roster_version > membership_.roster.roster.version) {
    return Refused(Refusal::kRosterGap,
                   fmt::format("adopt roster version {} first", header.roster_version));
  }
  TRY_ASSIGN(const std::optional<Digest> known, RosterDigest(batch_, header.roster_version));
  if (known && *known != header.roster) {
    return Refused(Refusal::kRosterFork, fmt::format("{} was shown another roster of version {}",
                                                     publisher_->name, header.roster_version));
  }
  return {};
}

Result<void> FeedImporter::CheckHeader(const FeedFile& file) const {
  const FeedHeader& header = file.header;
  const Roster& roster = membership_.roster.roster;
  const std::vector<MemberId>& audience = header.audience;
  const bool ours = header.publisher == membership_.self;
  const bool for_us = audience.empty() || std::find(audience.begin(), audience.end(),
                                                    membership_.self) != audience.end();
  if (!for_us || ours) {
    return Refused(Refusal::kNotForUs,
                   ours ? "this is our own list" : "its audience is other members");
  }
  // Before anything is unpacked: no more memory than a list of the roster's length takes.
  const std::uint64_t entries = roster.max_entries;
  if (header.live_entries > entries || header.live_bytes > SnapshotBytes(entries, entries) ||
      header.delta_bytes > MaxDeltaBytes(entries)) {
    return Refused(Refusal::kOversized, "the list is longer than the roster allows");
  }
  const std::int64_t valid = header.expires.micros - header.created.micros;
  if (header.created.micros > now_.micros + kClockSkewMicros ||
      valid > std::int64_t{roster.max_feed_days} * kDayMicros) {
    return Refused(
        Refusal::kWrongTimes,
        fmt::format("made in the future, or valid for more than {} days", roster.max_feed_days));
  }
  if (!roster.EpochCounts(header.epoch, header.created)) {
    return Refused(Refusal::kWrongEpoch,
                   fmt::format("epoch {} was not in force when it was made", header.epoch));
  }
  return {};
}

Error FeedImporter::Contradicts(Refusal refusal, const FeedFile& file, std::string_view detail) {
  const Result<std::optional<std::string>> held =
      GetRow(batch_, RowKey(kHeaderRow).Feed(file.feed));
  evidence_ = EvidenceRow{std::string(RefusalName(refusal)), publisher_->id, now_,
                          held && *held ? **held : std::string(), HeaderOnlyFile(file)};
  return Refused(refusal, fmt::format("{}: {}", publisher_->name, detail));
}

FeedImporter::Step FeedImporter::Hold(std::string reason) {
  report_.outcome = FeedImport::Outcome::kHeld;
  report_.needs = std::move(reason);
  return Step::kHold;
}

Result<FeedImporter::Step> FeedImporter::CheckSequence(const FeedFile& file,
                                                       const ListState& list) {
  const FeedHeader& header = file.header;
  const std::optional<FeedFile>& held = list.held();
  if (held && header.epoch < held->header.epoch) {
    return Refused(Refusal::kWrongEpoch, "an epoch never comes back");
  }
  if (held && header.generation == held->header.generation) return FollowSequence(file, *held);
  // A generation never comes back: CheckPublisher() took the roster's own, and what is held was
  // the roster's once.
  return RestartSequence(file, list);
}

Result<FeedImporter::Step> FeedImporter::FollowSequence(const FeedFile& file,
                                                        const FeedFile& held) {
  const FeedHeader& header = file.header;
  const std::uint32_t last = held.header.seq;
  if (header.seq <= last) {
    TRY_ASSIGN(
        const auto seen,
        GetRow(batch_, RowKey(kSeenRow).Feed(file.feed).U32(header.generation).U32(header.seq)));
    if (seen && DigestFrom(*seen) != file.digest) {
      return Contradicts(Refusal::kEquivocation, file,
                         fmt::format("there are two headers of number {}", header.seq));
    }
    if (header.seq == last) return Step::kUnchanged;
    return Refused(Refusal::kRollback, fmt::format("number {} is held, not {}", last, header.seq));
  }
  TRY_ASSIGN(const EnforcementPolicy enforcement, EnforcementOf(batch_));
  const std::uint32_t max_leap =
      std::min(membership_.roster.roster.max_seq_leap, enforcement.exchange.max_seq_leap);
  if (header.seq - last > max_leap) {
    return Refused(Refusal::kSeqLeap, fmt::format("from {} to {}: only a new key generation can "
                                                  "begin elsewhere",
                                                  last, header.seq));
  }
  if (header.created < held.header.created) {
    return Refused(Refusal::kWrongTimes, "made before the one that it follows");
  }
  if (header.next_id < held.header.next_id) {
    return Refused(Refusal::kRollback, "ids that were given would be given again");
  }
  if (header.seq == last + 1) {
    if (header.prev != held.digest) {
      return Contradicts(Refusal::kWrongPredecessor, file,
                         fmt::format("number {} follows another header of number {} than the one "
                                     "held",
                                     header.seq, last));
    }
    return Step::kApply;
  }
  if (file.is_snapshot()) return Step::kApply;
  return Hold(fmt::format("deltas {} to {} of {}, or a snapshot", last + 1, header.seq - 1,
                          publisher_->name));
}

// First contact, or the first header of a key generation: what the roster names is where honest
// history ended.
Result<FeedImporter::Step> FeedImporter::RestartSequence(const FeedFile& file,
                                                         const ListState& list) {
  const FeedHeader& header = file.header;
  const bool first_generation = publisher_->generation == 1;
  const Digest resume = first_generation ? Digest{} : publisher_->resume_from;
  if (header.seq == 0 && header.prev != resume) {
    return Refused(Refusal::kWrongPredecessor,
                   "a key generation begins at the header that the roster names");
  }
  if (file.is_snapshot()) return Step::kApply;
  const bool follows_held = list.held() ? list.held()->digest == resume : resume == Digest{};
  if (header.seq == 0 && follows_held) return Step::kApply;
  return Hold(fmt::format("a snapshot of {}", publisher_->name));
}

// Entries that the publisher wants erased are gone from here, however this header was reached; that
// it is gone is remembered, for the receipt, until the publisher asks no more.
Result<void> FeedImporter::EraseAsked(const FeedFile& file, Matcher& matcher) {
  const std::vector<std::uint64_t>& asked = file.header.erased;
  std::vector<std::string> over;
  TRY(batch_.Scan(Table::kExchange, RowKey(kErasedRow).Feed(file.feed).str(),
                  [&](std::string_view key, std::string_view) -> Result<bool> {
                    const std::uint64_t id = EntryKeyAtEnd(key).id;
                    if (!std::binary_search(asked.begin(), asked.end(), id)) over.emplace_back(key);
                    return true;
                  }));
  for (const std::string& key : over) batch_.Delete(Table::kExchange, key);
  for (const std::uint64_t id : asked) {
    const std::string key = RowKey(kErasedRow).Feed(file.feed).U64(id).str();
    TRY_ASSIGN(const auto done, batch_.Get(Table::kExchange, key));
    if (done) continue;
    TRY(matcher.Erase(file.feed, id));
    batch_.Put(Table::kExchange, key, EncodeNumber(ZigZag(now_.micros)));
    ++report_.erased;
  }
  return {};
}

// Members who were shown different headers of one number find out here.
Result<void> FeedImporter::CompareSeen(const FeedFile& file) {
  for (const HeaderMark& mark : file.header.seen) {
    TRY_ASSIGN(const auto seen,
               GetRow(batch_, RowKey(kSeenRow).Feed(mark.feed).U32(mark.generation).U32(mark.seq)));
    if (!seen || DigestFrom(*seen) == mark.digest) continue;
    TRY_ASSIGN(const auto held, FindHeader(batch_, mark.feed));
    TRY_ASSIGN(const std::uint64_t number, batch_.NextNumber("exchange_evidence"));
    EvidenceRow evidence{std::string(RefusalName(Refusal::kForkElsewhere)),
                         held ? held->header.publisher : MemberId{}, now_,
                         held ? held->bytes : std::string(), HeaderOnlyFile(file)};
    batch_.Put(Table::kExchange, RowKey(kEvidenceRow).U64(number).str(), Encode(evidence));
    ++report_.forks;
  }
  return {};
}

}  // namespace revenant

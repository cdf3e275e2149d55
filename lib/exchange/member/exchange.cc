// The desk: each change is one batch over the registry's store.

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "exchange/files/refusal.h"
#include "exchange/files/seal.h"
#include "exchange/member/exchange_impl.h"
#include "exchange/member/import.h"
#include "exchange/member/publish.h"
#include "exchange/roster/possession.h"
#include "store/foreign_rows.h"
#include "util/json_writer.h"
#include "util/try.h"

namespace revenant {
namespace {

struct HashOfTag {  // a tag is uniform: its first bytes are a hash
  std::size_t operator()(const Tag& tag) const noexcept {
    std::size_t head;
    __builtin_memcpy(&head, tag.bytes.data(), sizeof head);
    return head;
  }
};

std::vector<PublicKey> ReceivingKeys(const Membership& membership,
                                     const std::vector<MemberId>& audience) {
  std::vector<PublicKey> keys;
  for (const Member* reader : Readers(membership, audience)) keys.push_back(reader->receiving);
  return keys;
}

// Tokens of earlier epochs open nothing any more: no list is in one, and none may come.
Result<Epoch> OldestEpochInUse(const View& view, const Membership& membership, Time now) {
  Epoch oldest = UINT32_MAX;
  for (const EpochSpan& span : membership.roster.roster.epochs) {
    if (now < span.until) oldest = std::min(oldest, span.epoch);
  }
  TRY(ForEachHeader(view, [&](const FeedId&, const HeldHeader& held) -> Result<bool> {
    oldest = std::min(oldest, held.header.epoch);
    return true;
  }));
  return oldest == UINT32_MAX ? Epoch{0} : oldest;
}

// Keeps what proves a contradiction although the file that showed it was refused.
Result<void> KeepEvidence(Registry& registry, const EvidenceRow& evidence) {
  TRY_ASSIGN(const std::unique_ptr<WriteSession> session, BeginExchange(registry));
  Batch& batch = session->batch();
  // The same contradiction once more is no news.
  bool known = false;
  TRY(batch.Scan(Table::kExchange, std::string(1, kEvidenceRow),
                 [&](std::string_view, std::string_view value) -> Result<bool> {
                   TRY_ASSIGN(const EvidenceRow row, DecodeEvidenceRow(value));
                   known = row.held == evidence.held && row.shown == evidence.shown;
                   return !known;
                 }));
  if (known) return {};
  TRY_ASSIGN(const std::uint64_t number, batch.NextNumber("exchange_evidence"));
  batch.Put(Table::kExchange, RowKey(kEvidenceRow).U64(number).str(), Encode(evidence));
  TRY(session->Commit(Durability::kSynced));
  return {};
}

// In a session of its own; `evidence` is what a refused file proves.
Result<FeedImport> ImportFile(Registry& registry, const MemberKeys& keys, std::string_view file,
                              Time now, std::optional<EvidenceRow>& evidence) {
  TRY_ASSIGN(const std::unique_ptr<WriteSession> session, BeginExchange(registry));
  TRY_ASSIGN(const Membership membership, LoadMembership(session->batch()));
  FeedImporter importer(session->batch(), membership, keys, now);
  Result<FeedImport> report = importer.Run(file, *session);
  if (!report) evidence = importer.evidence();
  if (!report || report->outcome != FeedImport::Outcome::kApplied) return report;
  std::string body;
  JsonWriter json = JsonWriter::Inside(body);
  json.Text("member", report->publisher_name).Text("feed", report->feed.ToHex());
  json.Count("seq", report->seq).Count("added", report->added);
  json.Count("removed", report->removed).Count("matched", report->matched);
  json.Count("erased", report->erased).End();
  TRY(session->Enter("exchange_import", body, {}));
  TRY(session->Commit(Durability::kSynced));
  report->new_alerts = session->new_alerts();
  return report;
}

// What a new roster does to the lists at hand. Returns how many entries stopped matching.
Result<std::uint64_t> FollowRoster(WriteSession& session, const RosterAdoption& adoption,
                                   const MemberKeys& keys, Time now) {
  Batch& batch = session.batch();
  TRY_ASSIGN(const Membership membership, LoadMembership(batch));
  Matcher matcher(batch, membership, keys, now);
  std::vector<FeedId> stale;
  TRY(ForEachHeader(batch, [&](const FeedId& feed, const HeldHeader& held) -> Result<bool> {
    const auto among = [&](const std::vector<MemberId>& members) {
      return std::find(members.begin(), members.end(), held.header.publisher) != members.end();
    };
    if (among(adoption.expelled)) TRY(matcher.DropFeed(feed));
    if (among(adoption.left)) stale.push_back(feed);
    return true;
  }));
  // A party that is no longer a member disputes nothing either.
  if (!adoption.expelled.empty() || !adoption.left.empty()) TRY(matcher.TouchAll());
  for (const FeedId& feed : stale) {  // it is no longer renewed
    batch.Put(Table::kExchange, ForeignFeedKey(feed.bytes), EncodeNumber(ZigZag(now.micros)));
  }
  TRY(matcher.Finish(session));
  return matcher.counts().unmatched;
}

}  // namespace

Exchange::Exchange(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Exchange::~Exchange() = default;

Result<std::unique_ptr<Exchange>> Exchange::Open(Registry& registry,
                                                 const std::filesystem::path& member_keys) {
  TRY_ASSIGN(MemberKeys keys, MemberKeys::Read(member_keys));
  return std::unique_ptr<Exchange>(
      new Exchange(std::make_unique<Impl>(registry, std::move(keys), member_keys)));
}

Result<void> Exchange::Join(std::string_view genesis, std::string_view member_name) {
  TRY_ASSIGN(const std::unique_ptr<WriteSession> session, BeginExchange(impl_->registry));
  TRY(JoinExchange(session->batch(), genesis, member_name, impl_->keys, PossessionHolds));
  return session->Commit(Durability::kSynced);
}

Result<RosterChange> Exchange::AdoptRoster(std::string_view file, Time now) {
  TRY_ASSIGN(const std::unique_ptr<WriteSession> session, BeginExchange(impl_->registry));
  TRY_ASSIGN(const RosterAdoption adoption,
             revenant::AdoptRoster(session->batch(), file, impl_->keys, PossessionHolds, now));
  RosterChange change;
  change.changed = adoption.changed;
  change.version = adoption.version;
  if (adoption.changed) {
    TRY_ASSIGN(change.withdrawn, FollowRoster(*session, adoption, impl_->keys, now));
  }
  // Also where nothing changed: it may have shown a fork.
  TRY(session->Commit(Durability::kSynced));
  if (adoption.fork) {
    return Refused(Refusal::kRosterFork,
                   fmt::format("there are two rosters of version {}; nothing goes in or out until "
                               "the members settle which holds",
                               adoption.version));
  }
  change.new_alerts = session->new_alerts();
  return change;
}

Result<FeedImport> Exchange::Import(std::string_view file, Time now) {
  std::optional<EvidenceRow> evidence;
  Result<FeedImport> report = ImportFile(impl_->registry, impl_->keys, file, now, evidence);
  // A refused file changes nothing, but what it proves against its sender is kept.
  if (!report && evidence) TRY(KeepEvidence(impl_->registry, *evidence));
  return report;
}

Result<ExportPlan> Exchange::PlanExport(const ExportOptions& options, Time now) const {
  const std::unique_ptr<WriteSession> rehearsal = Rehearse(impl_->registry);
  TRY_ASSIGN(const Membership membership, LoadMembership(rehearsal->batch()));
  Publisher publisher(rehearsal->batch(), membership, impl_->keys, rehearsal->policy(), now);
  return publisher.Plan(options);
}

Result<ExportedFeed> Exchange::Export(const ExportOptions& options, Time now) {
  ExportedFeed exported;
  const LinkPolicy policy = impl_->registry.policy();
  TRY_ASSIGN(PublishedMarks marks, PublishedMarks::Read(impl_->key_file));
  PublishedMark published;
  TRY_ASSIGN(const std::unique_ptr<WriteSession> session, BeginExchange(impl_->registry));
  Batch& batch = session->batch();
  TRY_ASSIGN(const Membership membership, LoadMembership(batch));
  Publisher publisher(batch, membership, impl_->keys, policy, now);
  TRY_ASSIGN(exported.plan, publisher.Plan(options));
  TRY_ASSIGN(const std::string plain, publisher.Publish(marks));
  TRY_ASSIGN(const FeedFile file, ReadFeedFile(plain));
  exported.feed = file.feed;
  exported.seq = file.header.seq;
  published = {file.header.generation, file.header.seq, file.header.next_id};
  TRY_ASSIGN(exported.file, SealFile(plain, membership.exchange(),
                                     ReceivingKeys(membership, file.header.audience)));
  std::string body;
  JsonWriter json = JsonWriter::Inside(body);
  json.Text("feed", exported.feed.ToHex()).Count("seq", exported.seq);
  json.Count("added", exported.plan.to_add).Count("withdrawn", exported.plan.to_withdraw);
  json.Count("to_erase", exported.plan.to_erase).End();
  TRY(session->Enter("exchange_export", body, {}));
  TRY(session->Commit(Durability::kSynced));
  // Before the list is given away, so that the mark is never behind what others have seen.
  TRY(marks.Advance(exported.feed, published));
  return exported;
}

Result<std::string> Exchange::ExportAgain(const std::vector<MemberId>& audience, Again what) const {
  const std::unique_ptr<View> view = impl_->Snapshot();
  TRY_ASSIGN(const Membership membership, LoadMembership(*view));
  std::vector<MemberId> sorted = audience;
  std::sort(sorted.begin(), sorted.end());
  const FeedId feed = FeedIdOf(membership.exchange(), membership.self, sorted);
  TRY_ASSIGN(const std::string plain,
             what == Again::kSnapshot ? SnapshotFile(*view, feed) : LastDeltaFile(*view, feed));
  return SealFile(plain, membership.exchange(), ReceivingKeys(membership, sorted));
}

Result<TokensKept> Exchange::KeepTokens(std::span<const HeldToken> tokens, Time now) {
  TokensKept result;
  TRY_ASSIGN(const std::unique_ptr<WriteSession> session, BeginExchange(impl_->registry));
  Batch& batch = session->batch();
  TRY_ASSIGN(const Membership membership, LoadMembership(batch));
  std::unordered_set<Tag, HashOfTag> fresh;
  for (const HeldToken& token : tokens) {
    TRY(KeepSecret(batch, membership.exchange(), impl_->keys, token.fingerprint, token.kind,
                   token.epoch, token.secret));
    fresh.insert(TagOf(token.secret, membership.exchange(), token.epoch, token.kind));
  }
  result.kept = tokens.size();
  Matcher matcher(batch, membership, impl_->keys, now);
  TRY(ForEachHeader(batch, [&](const FeedId& feed, const HeldHeader& held) -> Result<bool> {
    const Member* publisher = membership.roster.roster.Find(held.header.publisher);
    const bool counts = publisher != nullptr && publisher->id != membership.self &&
                        publisher->status != MemberStatus::kExpelled;
    if (!counts) return true;
    TRY_ASSIGN(const ListState list, ListState::Load(batch, feed));
    TRY(list.ForEachEntry([&](const LiveEntry& entry) -> Result<bool> {
      if (fresh.contains(entry.tag)) TRY(matcher.Look(feed, held.header, entry));
      return true;
    }));
    return true;
  }));
  TRY(matcher.Finish(*session));
  result.matched = matcher.counts().matched;
  TRY(session->Commit(Durability::kSynced));
  result.new_alerts = session->new_alerts();
  return result;
}

Result<std::uint32_t> Exchange::Refresh(Time now) {
  TRY_ASSIGN(const std::unique_ptr<WriteSession> session, BeginExchange(impl_->registry));
  Batch& batch = session->batch();
  TRY_ASSIGN(const Membership membership, LoadMembership(batch));
  PutEpochs(batch, membership.roster.roster);  // joined by a version that kept none
  Matcher matcher(batch, membership, impl_->keys, now);
  TRY(matcher.TouchAll());
  TRY_ASSIGN(const Epoch oldest, OldestEpochInUse(batch, membership, now));
  TRY(DropSecretsBefore(batch, oldest));
  TRY(matcher.Finish(*session));
  TRY(session->Commit(Durability::kSynced));
  return session->new_alerts();
}

Result<void> Exchange::WithholdSeller(const SellerName& seller, std::optional<Withhold> how) {
  TRY_ASSIGN(const std::unique_ptr<WriteSession> session, BeginExchange(impl_->registry));
  Batch& batch = session->batch();
  TRY_ASSIGN(const std::optional<SellerId> id, batch.FindSeller(seller));
  if (!id) return Error{Code::kNotFound, seller.ToString() + ": no such seller"};
  const std::string key = RowKey(kWithheldRow).Of(*id).str();
  if (how) {
    const Removal why = *how == Withhold::kErase ? Removal::kErased : Removal::kWithdrawn;
    batch.Put(Table::kExchange, key, std::string(1, static_cast<char>(why)));
  } else {
    batch.Delete(Table::kExchange, key);
  }
  return session->Commit(Durability::kSynced);
}

}  // namespace revenant

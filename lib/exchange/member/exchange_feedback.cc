// The desk's letters: opinions to the listers, receipts back.

#include <algorithm>
#include <map>

#include "exchange/files/feedback.h"
#include "exchange/files/refusal.h"
#include "exchange/files/seal.h"
#include "exchange/member/exchange_impl.h"
#include "exchange/member/list_state.h"
#include "util/json_writer.h"
#include "util/try.h"

namespace revenant {
namespace {

std::string OpinionKey(const EntryKey& place) {
  return RowKey(kOpinionRow).Feed(place.feed).U64(place.id).str();
}

// The active member that a file names, whose key signed it.
Result<const Member*> SignedByMember(const Membership& membership, const FileFrame& frame,
                                     MemberId from, std::uint32_t generation) {
  if (frame.exchange != membership.exchange()) {
    return Refused(Refusal::kWrongExchange, "the letter is of another exchange");
  }
  const Member* member = membership.roster.roster.Find(from);
  if (member == nullptr) return Refused(Refusal::kUnknownMember, "the roster names no such member");
  if (member->status != MemberStatus::kActive) {
    return Refused(Refusal::kRemovedMember, member->name + " is not an active member");
  }
  if (member->generation != generation) {
    return Refused(Refusal::kOldGeneration, member->name + " signs with another generation now");
  }
  TRY(VerifySignedBy(frame, member->signing));
  return member;
}

}  // namespace

Result<std::uint64_t> Exchange::Opine(const SellerName& foreign_case, Opinion opinion, Time at) {
  std::uint64_t entries = 0;
  TRY_ASSIGN(const std::unique_ptr<WriteSession> session, BeginExchange(impl_->registry));
  Batch& batch = session->batch();
  TRY_ASSIGN(const Membership membership, LoadMembership(batch));
  Matcher matcher(batch, membership, impl_->keys, at);
  std::vector<EntryKey> places;
  TRY(batch.Scan(Table::kExchange, std::string(1, kMatchRow),
                 [&](std::string_view key, std::string_view value) -> Result<bool> {
                   TRY_ASSIGN(const MatchRow match, DecodeMatchRow(value));
                   const Member* member = membership.roster.roster.Find(match.publisher);
                   if (member != nullptr &&
                       ForeignCaseName(member->name, match.content.case_number) == foreign_case) {
                     places.push_back(EntryKeyAtEnd(key));
                   }
                   return true;
                 }));
  if (places.empty()) {
    return Error{Code::kNotFound, foreign_case.ToString() + ": no such case is matched here"};
  }
  for (const EntryKey& place : places) {
    batch.Put(Table::kExchange, OpinionKey(place), Encode(OpinionRow{opinion, at}));
    TRY(matcher.Touch(place.feed, place.id));
  }
  entries = places.size();
  TRY(matcher.Finish(*session));

  std::string body;
  JsonWriter json = JsonWriter::Inside(body);
  json.Text("case", foreign_case.ToString()).Text("opinion", OpinionName(opinion));
  json.Count("entries", entries).End();
  TRY(session->Enter("exchange_opinion", body, {foreign_case}));
  TRY(session->Commit(Durability::kSynced));
  return entries;
}

Result<std::vector<Letter>> Exchange::WriteFeedback(Time now) {
  std::vector<Letter> letters;
  TRY_ASSIGN(const std::unique_ptr<WriteSession> session, BeginExchange(impl_->registry));
  Batch& batch = session->batch();
  TRY_ASSIGN(const Membership membership, LoadMembership(batch));
  TRY(membership.CheckUsable(now));
  const Member* self = membership.roster.roster.Find(membership.self);
  if (self == nullptr) return Refused(Refusal::kUnknownMember, "the roster does not name us");
  std::map<FeedId, std::vector<std::pair<EntryKey, OpinionRow>>> due;
  TRY(batch.Scan(Table::kExchange, std::string(1, kOpinionRow),
                 [&](std::string_view key, std::string_view value) -> Result<bool> {
                   TRY_ASSIGN(const OpinionRow row, DecodeOpinionRow(value));
                   const EntryKey place = EntryKeyAtEnd(key);
                   if (!row.answered) due[place.feed].emplace_back(place, row);
                   return true;
                 }));
  for (const auto& [feed, opinions] : due) {
    TRY_ASSIGN(const std::optional<HeldHeader> held, FindHeader(batch, feed));
    if (!held) continue;
    const Member* lister = membership.roster.roster.Find(held->header.publisher);
    if (lister == nullptr || lister->status != MemberStatus::kActive) continue;
    Feedback feedback{self->id, self->generation, feed, held->header.epoch, now, {}};
    for (const auto& [place, row] : opinions) {
      TRY_ASSIGN(const auto match, FindMatch(batch, feed, place.id));
      if (!match) continue;
      TRY_ASSIGN(const auto kept,
                 FindSecret(batch, impl_->keys, match->fingerprint, held->header.epoch));
      if (!kept) continue;  // after our rotation
      EntryOpinion opinion{place.id, row.opinion, row.at, {}};
      opinion.proof = ProveOpinion(kept->secret, membership.exchange(), feed, self->id, opinion);
      feedback.opinions.push_back(opinion);
      OpinionRow sent = row;
      sent.sent = true;
      batch.Put(Table::kExchange, OpinionKey(place), Encode(sent));
    }
    if (feedback.opinions.empty()) continue;
    const std::string plain =
        revenant::WriteFeedback(feedback, membership.exchange(), impl_->keys.signing());
    TRY_ASSIGN(std::string sealed,
               SealFile(plain, membership.exchange(), std::span(&lister->receiving, 1)));
    letters.push_back({lister->id, lister->name, std::move(sealed)});
  }
  TRY(session->Commit(Durability::kSynced));
  return letters;
}

Result<FeedbackTaken> Exchange::TakeFeedback(std::string_view bytes, Time now) {
  FeedbackTaken taken;
  TRY_ASSIGN(const std::string plain, OpenFile(bytes, impl_->keys));
  TRY_ASSIGN(const FeedbackFile file, ReadFeedback(plain));
  const Feedback& feedback = file.feedback;
  TRY_ASSIGN(const std::unique_ptr<WriteSession> session, BeginExchange(impl_->registry));
  Batch& batch = session->batch();
  TRY_ASSIGN(const Membership membership, LoadMembership(batch));
  TRY(membership.CheckUsable(now));
  TRY_ASSIGN(const Member* from,
             SignedByMember(membership, file.frame, feedback.from, feedback.generation));
  taken.from_name = from->name;
  Receipt receipt{ReceiptFor::kFeedback, membership.self, 1, feedback.feed, file.digest, now, {}};
  if (const Member* self = membership.roster.roster.Find(membership.self)) {
    receipt.generation = self->generation;
  }
  for (const EntryOpinion& opinion : feedback.opinions) {
    TRY_ASSIGN(const auto bytes_of_origin,
               GetRow(batch, RowKey(kOriginRow).Feed(feedback.feed).U64(opinion.id)));
    bool proved = false;
    if (bytes_of_origin) {
      TRY_ASSIGN(const OriginRow origin, DecodeOriginRow(*bytes_of_origin));
      TRY_ASSIGN(const auto kept,
                 FindSecret(batch, impl_->keys, origin.fingerprint, feedback.epoch));
      proved = kept && ProveOpinion(kept->secret, membership.exchange(), feedback.feed,
                                    feedback.from, opinion) == opinion.proof;
    }
    if (!proved) {
      receipt.ids.push_back(opinion.id);
      continue;
    }
    const std::string key =
        RowKey(kHeardRow).Feed(feedback.feed).U64(opinion.id).Of(feedback.from).str();
    TRY_ASSIGN(const auto known, batch.Get(Table::kExchange, key));
    if (known) {  // letters may arrive out of order: the later opinion counts
      TRY_ASSIGN(const OpinionRow row, DecodeOpinionRow(*known));
      const bool newer = std::pair(opinion.at, opinion.opinion) > std::pair(row.at, row.opinion);
      if (!newer) continue;
    }
    batch.Put(Table::kExchange, key, Encode(OpinionRow{opinion.opinion, opinion.at}));
  }
  taken.opinions = feedback.opinions.size() - receipt.ids.size();
  taken.refused = receipt.ids.size();
  TRY_ASSIGN(taken.receipt.file,
             SealFile(WriteReceipt(receipt, membership.exchange(), impl_->keys.signing()),
                      membership.exchange(), std::span(&from->receiving, 1)));
  taken.receipt.to = from->id;
  taken.receipt.to_name = from->name;
  TRY(session->Commit(Durability::kSynced));
  return taken;
}

namespace {

// Opinions of ours that the lister has read, but for those whose proof it refused.
Result<std::uint64_t> TakeAnswers(Batch& batch, const Receipt& receipt) {
  TRY_ASSIGN(const std::optional<HeldHeader> held, FindHeader(batch, receipt.feed));
  if (!held || held->header.publisher != receipt.from) {
    return Refused(Refusal::kUnknownMember, "the receipt is for a list that is not theirs");
  }
  std::vector<std::pair<std::string, OpinionRow>> answered;
  TRY(batch.Scan(Table::kExchange, RowKey(kOpinionRow).Feed(receipt.feed).str(),
                 [&](std::string_view key, std::string_view value) -> Result<bool> {
                   TRY_ASSIGN(OpinionRow row, DecodeOpinionRow(value));
                   const bool refused = std::binary_search(receipt.ids.begin(), receipt.ids.end(),
                                                           EntryKeyAtEnd(key).id);
                   if (!row.sent || refused || row.at > receipt.created) return true;
                   row.answered = true;
                   answered.emplace_back(key, row);
                   return true;
                 }));
  for (const auto& [key, row] : answered) batch.Put(Table::kExchange, key, Encode(row));
  return answered.size();
}

// Entries of ours that are gone from a member. The signed receipt is kept: it is the proof.
Result<std::uint64_t> TakeErasures(Batch& batch, const Receipt& receipt, const FileFrame& frame,
                                   std::string_view file) {
  bool ours = false;  // does it name a header of ours?
  TRY(batch.Scan(Table::kExchange, RowKey(kSeenRow).Feed(receipt.feed).str(),
                 [&](std::string_view, std::string_view digest) -> Result<bool> {
                   ours = digest == AsView(receipt.about);
                   return !ours;
                 }));
  const Digest digest = DigestOf(frame.signed_part);
  std::uint64_t erased = 0;
  for (const std::uint64_t id : receipt.ids) {
    const std::string key = RowKey(kErasureRow).Feed(receipt.feed).U64(id).Of(receipt.from).str();
    TRY_ASSIGN(const auto bytes, batch.Get(Table::kExchange, key));
    if (!ours || !bytes) {
      return Refused(Refusal::kWrongRequest,
                     "the receipt is for an erasure that we did not ask for");
    }
    TRY_ASSIGN(ErasureRow asked, DecodeErasureRow(*bytes));
    if (asked.answered.known()) continue;
    asked.answered = receipt.created;
    asked.receipt = digest;
    batch.Put(Table::kExchange, key, Encode(asked));
    ++erased;
  }
  if (erased > 0) batch.Put(Table::kExchange, RowKey(kReceiptRow).Of(digest).str(), file);
  return erased;
}

}  // namespace

Result<ReceiptTaken> Exchange::TakeReceipt(std::string_view bytes, Time now) {
  ReceiptTaken taken;
  TRY_ASSIGN(const std::string plain, OpenFile(bytes, impl_->keys));
  TRY_ASSIGN(const ReceiptFile file, ReadReceipt(plain));
  const Receipt& receipt = file.receipt;
  TRY_ASSIGN(const std::unique_ptr<WriteSession> session, BeginExchange(impl_->registry));
  Batch& batch = session->batch();
  TRY_ASSIGN(const Membership membership, LoadMembership(batch));
  TRY(membership.CheckUsable(now));
  TRY_ASSIGN(const Member* from,
             SignedByMember(membership, file.frame, receipt.from, receipt.generation));
  taken.from_name = from->name;
  if (receipt.what == ReceiptFor::kFeedback) {
    TRY_ASSIGN(taken.opinions, TakeAnswers(batch, receipt));
  } else {
    TRY_ASSIGN(taken.erased, TakeErasures(batch, receipt, file.frame, plain));
  }
  if (taken.erased > 0) {
    std::string body;
    JsonWriter json = JsonWriter::Inside(body);
    json.Text("member", taken.from_name).Text("feed", receipt.feed.ToHex());
    json.Count("erased", taken.erased);
    json.Text("receipt", HexEncode(DigestOf(file.frame.signed_part))).End();
    TRY(session->Enter("exchange_receipt", body, {}));
  }
  TRY(session->Commit(Durability::kSynced));
  return taken;
}

Result<std::vector<Letter>> Exchange::WriteReceipts(Time now) const {
  const std::unique_ptr<View> view = impl_->Snapshot();
  TRY_ASSIGN(const Membership membership, LoadMembership(*view));
  TRY(membership.CheckUsable(now));
  const Member* self = membership.roster.roster.Find(membership.self);
  if (self == nullptr) return Refused(Refusal::kUnknownMember, "the roster does not name us");
  std::map<FeedId, std::vector<std::uint64_t>> erased;
  TRY(view->Scan(Table::kExchange, std::string(1, kErasedRow),
                 [&](std::string_view key, std::string_view) -> Result<bool> {
                   const EntryKey place = EntryKeyAtEnd(key);
                   erased[place.feed].push_back(place.id);
                   return true;
                 }));
  std::vector<Letter> letters;
  for (const auto& [feed, ids] : erased) {
    TRY_ASSIGN(const std::optional<HeldHeader> held, FindHeader(*view, feed));
    const Member* lister = held ? membership.roster.roster.Find(held->header.publisher) : nullptr;
    if (lister == nullptr || lister->status != MemberStatus::kActive) continue;
    const Receipt receipt{
        ReceiptFor::kErasure, self->id, self->generation, feed, held->digest, now, ids};
    TRY_ASSIGN(std::string sealed,
               SealFile(WriteReceipt(receipt, membership.exchange(), impl_->keys.signing()),
                        membership.exchange(), std::span(&lister->receiving, 1)));
    letters.push_back({lister->id, lister->name, std::move(sealed)});
  }
  return letters;
}

Result<std::vector<ErasureAsked>> Exchange::Erasures() const {
  const std::unique_ptr<View> view = impl_->Snapshot();
  TRY_ASSIGN(const Membership membership, LoadMembership(*view));
  std::vector<ErasureAsked> list;
  TRY(view->Scan(Table::kExchange, std::string(1, kErasureRow),
                 [&](std::string_view key, std::string_view value) -> Result<bool> {
                   TRY_ASSIGN(const ErasureRow row, DecodeErasureRow(value));
                   ErasureAsked& asked = list.emplace_back();
                   const EntryKey place = EntryKeyAtEnd(key.substr(0, key.size() - 4));
                   asked.feed = place.feed;
                   asked.id = place.id;
                   ByteReader reader(key.substr(key.size() - 4));
                   const Member* member =
                       membership.roster.roster.Find(MemberId{reader.BigEndian32()});
                   if (member != nullptr) asked.member = member->name;
                   TRY_ASSIGN(const std::optional<SellerRow> seller, view->Seller(row.seller));
                   if (seller) asked.seller = view->NameOf(*seller);
                   asked.asked = row.asked;
                   asked.answered = row.answered;
                   if (row.answered.known()) asked.receipt = HexEncode(row.receipt);
                   return true;
                 }));
  return list;
}

Result<std::uint64_t> Exchange::StandBy(const SellerName& seller, Time at) {
  std::uint64_t answered = 0;
  TRY_ASSIGN(const std::unique_ptr<WriteSession> session, BeginExchange(impl_->registry));
  Batch& batch = session->batch();
  TRY_ASSIGN(const std::optional<SellerId> id, batch.FindSeller(seller));
  if (!id) return Error{Code::kNotFound, seller.ToString() + ": no such seller"};
  std::vector<std::pair<std::string, OpinionRow>> rows;
  TRY(batch.Scan(Table::kExchange, std::string(1, kHeardRow),
                 [&](std::string_view key, std::string_view value) -> Result<bool> {
                   TRY_ASSIGN(OpinionRow row, DecodeOpinionRow(value));
                   const EntryKey place = EntryKeyAtEnd(key.substr(0, key.size() - 4));
                   TRY_ASSIGN(const auto bytes,
                              GetRow(batch, RowKey(kOriginRow).Feed(place.feed).U64(place.id)));
                   if (!bytes || !IsAgainst(row.opinion)) return true;
                   TRY_ASSIGN(const OriginRow origin, DecodeOriginRow(*bytes));
                   if (origin.seller != *id) return true;
                   row.answered = true;
                   rows.emplace_back(key, row);
                   return true;
                 }));
  if (rows.empty()) {
    return Error{Code::kNotFound, seller.ToString() + ": no member disputes what we list"};
  }
  for (const auto& [key, row] : rows) batch.Put(Table::kExchange, key, Encode(row));
  answered = rows.size();
  std::string body;
  JsonWriter json = JsonWriter::Inside(body);
  json.Text("seller", seller.ToString()).Count("opinions", answered);
  json.Text("at", FormatTime(at)).End();
  TRY(session->Enter("exchange_stand_by", body, {seller}));
  TRY(session->Commit(Durability::kSynced));
  return answered;
}

}  // namespace revenant

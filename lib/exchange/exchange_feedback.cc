// The desk's letters: opinions to the listers, receipts back.

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "exchange/exchange.h"
#include "exchange/feedback.h"
#include "exchange/list_state.h"
#include "exchange/refusal.h"
#include "exchange/seal.h"
#include "util/try.h"

namespace revenant {
namespace {

struct MatchPlace {
  FeedId feed;
  std::uint64_t id = 0;
};

std::string OpinionKey(const MatchPlace& place) {
  return RowKey(kOpinionRow).Feed(place.feed).U64(place.id).str();
}

MatchPlace PlaceOf(std::string_view key) {
  MatchPlace place;
  ByteReader reader(key.substr(1));
  const std::string_view feed = reader.Bytes(place.feed.bytes.size());
  if (reader.ok()) std::copy(feed.begin(), feed.end(), place.feed.bytes.begin());
  place.id = reader.BigEndian64();
  return place;
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
    return Refused(Refusal::kRemovedMember, member->name + " is no active member");
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
  TRY(ForeignWriter::Write(
      impl_->registry, [&](Batch& batch, const MirrorForeign& mirror) -> Result<void> {
        TRY_ASSIGN(const Membership membership, LoadMembership(batch));
        Matcher matcher(batch, membership, impl_->keys, at);
        std::vector<MatchPlace> places;
        TRY(batch.Scan(Table::kExchange, std::string(1, kMatchRow),
                       [&](std::string_view key, std::string_view value) -> Result<bool> {
                         TRY_ASSIGN(const MatchRow match, DecodeMatchRow(value));
                         const Member* member = membership.roster.roster.Find(match.publisher);
                         if (member != nullptr &&
                             ForeignCaseName(member->name, match.content.case_number) ==
                                 foreign_case) {
                           places.push_back(PlaceOf(key));
                         }
                         return true;
                       }));
        if (places.empty()) {
          return Error{Code::kNotFound, foreign_case.ToString() + ": no such case is matched here"};
        }
        for (const MatchPlace& place : places) {
          batch.Put(Table::kExchange, OpinionKey(place), Encode(OpinionRow{opinion, at}));
          TRY(matcher.Touch(place.feed, place.id));
        }
        entries = places.size();
        return matcher.Finish(mirror);
      }));
  return entries;
}

Result<std::vector<Letter>> Exchange::WriteFeedback(Time now) {
  std::vector<Letter> letters;
  TRY(ForeignWriter::Write(
      impl_->registry, [&](Batch& batch, const MirrorForeign&) -> Result<void> {
        TRY_ASSIGN(const Membership membership, LoadMembership(batch));
        TRY(membership.CheckUsable(now));
        const Member* self = membership.roster.roster.Find(membership.self);
        if (self == nullptr) return Refused(Refusal::kUnknownMember, "the roster does not name us");
        std::map<FeedId, std::vector<std::pair<MatchPlace, OpinionRow>>> due;
        TRY(batch.Scan(Table::kExchange, std::string(1, kOpinionRow),
                       [&](std::string_view key, std::string_view value) -> Result<bool> {
                         TRY_ASSIGN(const OpinionRow row, DecodeOpinionRow(value));
                         const MatchPlace place = PlaceOf(key);
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
            opinion.proof =
                ProveOpinion(kept->secret, membership.exchange(), feed, self->id, opinion);
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
        return {};
      }));
  return letters;
}

Result<FeedbackTaken> Exchange::TakeFeedback(std::string_view bytes, Time now) {
  FeedbackTaken taken;
  TRY_ASSIGN(const std::string plain, OpenFile(bytes, impl_->keys));
  TRY_ASSIGN(const FeedbackFile file, ReadFeedback(plain));
  const Feedback& feedback = file.feedback;
  TRY(ForeignWriter::Write(
      impl_->registry, [&](Batch& batch, const MirrorForeign&) -> Result<void> {
        TRY_ASSIGN(const Membership membership, LoadMembership(batch));
        TRY(membership.CheckUsable(now));
        TRY_ASSIGN(const Member* from,
                   SignedByMember(membership, file.frame, feedback.from, feedback.generation));
        taken.from_name = from->name;
        Receipt receipt{
            ReceiptFor::kFeedback, membership.self, 1, feedback.feed, file.digest, now, {}};
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
            if (row.at > opinion.at) continue;
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
        return {};
      }));
  return taken;
}

Result<void> Exchange::TakeReceipt(std::string_view bytes, Time now) {
  TRY_ASSIGN(const std::string plain, OpenFile(bytes, impl_->keys));
  TRY_ASSIGN(const ReceiptFile file, ReadReceipt(plain));
  const Receipt& receipt = file.receipt;
  TRY(ForeignWriter::Write(
      impl_->registry, [&](Batch& batch, const MirrorForeign&) -> Result<void> {
        TRY_ASSIGN(const Membership membership, LoadMembership(batch));
        TRY(membership.CheckUsable(now));
        TRY(SignedByMember(membership, file.frame, receipt.from, receipt.generation));
        TRY_ASSIGN(const std::optional<HeldHeader> held, FindHeader(batch, receipt.feed));
        if (receipt.what != ReceiptFor::kFeedback) return {};
        if (!held || held->header.publisher != receipt.from) {
          return Refused(Refusal::kUnknownMember, "the receipt is for a list that is not theirs");
        }
        std::vector<std::pair<std::string, OpinionRow>> answered;
        TRY(batch.Scan(Table::kExchange, RowKey(kOpinionRow).Feed(receipt.feed).str(),
                       [&](std::string_view key, std::string_view value) -> Result<bool> {
                         TRY_ASSIGN(OpinionRow row, DecodeOpinionRow(value));
                         const bool refused = std::binary_search(
                             receipt.ids.begin(), receipt.ids.end(), PlaceOf(key).id);
                         if (!row.sent || refused || row.at > receipt.created) return true;
                         row.answered = true;
                         answered.emplace_back(key, row);
                         return true;
                       }));
        for (const auto& [key, row] : answered) batch.Put(Table::kExchange, key, Encode(row));
        return {};
      }));
  return {};
}

}  // namespace revenant

#include "exchange/files/feedback.h"

#include <sodium.h>

#include "exchange/files/refusal.h"
#include "util/try.h"
#include "util/wire.h"

namespace revenant {
namespace {

constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kMaxOpinions = 200'000;
constexpr std::size_t kOpinionBytes = 8 + 1 + 8 + 32;

}  // namespace

OpinionProof ProveOpinion(const ExchangeSecret& secret, const ExchangeId& exchange,
                          const FeedId& feed, MemberId from, const EntryOpinion& opinion) {
  std::string message;
  WireWriter out(message);
  out.Text("revenant/feedback/1").Raw(exchange.bytes).Raw(feed.bytes).U64(opinion.id);
  out.U8(static_cast<std::uint8_t>(opinion.opinion)).Moment(opinion.at);
  out.U32(static_cast<std::uint32_t>(from));
  OpinionProof proof;
  crypto_generichash(proof.data(), proof.size(), AsBytes(message).data(), message.size(),
                     secret.n.data(), secret.n.size());
  return proof;
}

std::string WriteFeedback(const Feedback& feedback, const ExchangeId& exchange,
                          const Signer& signer) {
  std::string bytes;
  WireWriter out(bytes);
  out.U16(kVersion).U32(static_cast<std::uint32_t>(feedback.from)).U32(feedback.generation);
  out.Raw(feedback.feed.bytes).U32(feedback.epoch).Moment(feedback.created);
  out.U32(static_cast<std::uint32_t>(feedback.opinions.size()));
  for (const EntryOpinion& each : feedback.opinions) {
    out.U64(each.id).U8(static_cast<std::uint8_t>(each.opinion)).Moment(each.at).Raw(each.proof);
  }
  return WriteFrame(FileType::kFeedback, exchange, bytes,
                    {signer.Sign(FileType::kFeedback, exchange, bytes)});
}

Result<FeedbackFile> ReadFeedback(std::string_view file) {
  FeedbackFile read;
  TRY_ASSIGN(read.frame, ReadFrame(file, FileType::kFeedback));
  WireReader in(read.frame.signed_part);
  if (in.U16() != kVersion) {
    return Refused(Refusal::kUnknownVersion, "the feedback is of another version: upgrade");
  }
  Feedback& feedback = read.feedback;
  feedback.from = MemberId{in.U32()};
  feedback.generation = in.U32();
  in.Raw(feedback.feed.bytes);
  feedback.epoch = in.U32();
  feedback.created = in.Moment();
  feedback.opinions.resize(in.Count(in.U32(), kMaxOpinions, kOpinionBytes));
  for (EntryOpinion& each : feedback.opinions) {
    each.id = in.U64();
    const std::uint8_t opinion = in.U8();
    each.at = in.Moment();
    in.Raw(each.proof);
    each.opinion = static_cast<Opinion>(opinion);
    const bool ordered = &each == &feedback.opinions.front() || (&each)[-1].id < each.id;
    if (OpinionName(each.opinion).empty() || !ordered) in.Fail();
  }
  if (!in.AtEnd()) return Malformed("feedback");
  read.digest = DigestOf(read.frame.signed_part);
  return read;
}

std::string WriteReceipt(const Receipt& receipt, const ExchangeId& exchange, const Signer& signer) {
  std::string bytes;
  WireWriter out(bytes);
  out.U16(kVersion).U8(static_cast<std::uint8_t>(receipt.what));
  out.U32(static_cast<std::uint32_t>(receipt.from)).U32(receipt.generation);
  out.Raw(receipt.feed.bytes).Raw(receipt.about).Moment(receipt.created);
  out.U32(static_cast<std::uint32_t>(receipt.ids.size()));
  for (const std::uint64_t id : receipt.ids) out.U64(id);
  return WriteFrame(FileType::kReceipt, exchange, bytes,
                    {signer.Sign(FileType::kReceipt, exchange, bytes)});
}

Result<ReceiptFile> ReadReceipt(std::string_view file) {
  ReceiptFile read;
  TRY_ASSIGN(read.frame, ReadFrame(file, FileType::kReceipt));
  WireReader in(read.frame.signed_part);
  if (in.U16() != kVersion) {
    return Refused(Refusal::kUnknownVersion, "the receipt is of another version: upgrade");
  }
  Receipt& receipt = read.receipt;
  const std::uint8_t what = in.U8();
  receipt.from = MemberId{in.U32()};
  receipt.generation = in.U32();
  in.Raw(receipt.feed.bytes);
  in.Raw(receipt.about);
  receipt.created = in.Moment();
  receipt.ids.resize(in.Count(in.U32(), kMaxOpinions * 8, 8));
  for (std::uint64_t& id : receipt.ids) {
    id = in.U64();
    if (&id != &receipt.ids.front() && (&id)[-1] >= id) in.Fail();
  }
  if (what < 1 || what > 2 || !in.AtEnd()) return Malformed("receipt");
  receipt.what = static_cast<ReceiptFor>(what);
  return read;
}

}  // namespace revenant

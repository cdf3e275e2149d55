#ifndef REVENANT_EXCHANGE_FILES_FEEDBACK_H_
#define REVENANT_EXCHANGE_FILES_FEEDBACK_H_

// What members tell the lister of an entry: opinions out, receipts back. Each opinion is proved by
// a key that only a holder of the identifier has, so that a member cannot dispute an entry that it
// cannot read. FORMAT.md, "Feedback" and "Receipt", has the bytes.
// Threads: pure functions. Errors: Refusal names.

#include <string>
#include <string_view>
#include <vector>

#include "exchange/files/file_header.h"
#include "revenant/exchange_feeds.h"
#include "revenant/exchange_tokens.h"
#include "revenant/result.h"

namespace revenant {

using OpinionProof = std::array<std::uint8_t, 32>;

struct EntryOpinion {
  std::uint64_t id = 0;
  Opinion opinion = Opinion::kConfirmed;
  Time at;
  OpinionProof proof{};
  friend bool operator==(const EntryOpinion&, const EntryOpinion&) = default;
};

struct Feedback {
  MemberId from{};
  std::uint32_t generation = 1;  // of the key that signs it
  FeedId feed;
  Epoch epoch = 0;  // of the N that the proofs are made with
  Time created;
  std::vector<EntryOpinion> opinions;  // by id
  friend bool operator==(const Feedback&, const Feedback&) = default;
};

// BLAKE2b-256 keyed with N over entry, opinion and member.
OpinionProof ProveOpinion(const ExchangeSecret& secret, const ExchangeId& exchange,
                          const FeedId& feed, MemberId from, const EntryOpinion& opinion);

std::string WriteFeedback(const Feedback& feedback, const ExchangeId& exchange,
                          const Signer& signer);
struct FeedbackFile {
  FileFrame frame;
  Feedback feedback;
  Digest digest{};
};
Result<FeedbackFile> ReadFeedback(std::string_view file);

// Append new ones, never renumber.
enum class ReceiptFor : std::uint8_t {
  kFeedback = 1,  // it was read; opinions without a valid proof are named as refused
  kErasure = 2,   // every trace of these entries is gone here
};
struct Receipt {
  ReceiptFor what = ReceiptFor::kFeedback;
  MemberId from{};
  std::uint32_t generation = 1;
  FeedId feed;
  Digest about{};  // of the feedback's or the header's signed bytes
  Time created;
  std::vector<std::uint64_t> ids;  // of entries: erased, or refused
  friend bool operator==(const Receipt&, const Receipt&) = default;
};
std::string WriteReceipt(const Receipt& receipt, const ExchangeId& exchange, const Signer& signer);
struct ReceiptFile {
  FileFrame frame;
  Receipt receipt;
};
Result<ReceiptFile> ReadReceipt(std::string_view file);

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_FILES_FEEDBACK_H_

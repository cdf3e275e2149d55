// What an operator has evaluated for whom, and what it may still evaluate: the ledger behind
// quotas. Requests are blind, so counting is all that stands between a member and guessing.
//
// The ledger is one small file, replaced whole and synced before an answer leaves; sums are taken
// from its charges, so there is nothing that could disagree with them. FORMAT.md, "Ledger".
// Threads: one at a time (operator.h locks). Errors: kCorruption for a damaged file, kOverQuota.
// Cost: a charge reads all charges and writes the file, some 100 bytes for each request ever made.
#ifndef REVENANT_EXCHANGE_QUOTA_H_
#define REVENANT_EXCHANGE_QUOTA_H_

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "exchange/evaluation.h"
#include "exchange/roster.h"

namespace revenant {

// One request that was answered. `by_day` and `by_backlog` add up to its count, unless it was a
// rotation, which has an allowance of its own.
struct Charge {
  RequestDigest request{};  // names what was answered (operator.cc: ChargeName())
  MemberId member{};
  KeyClass key_class = KeyClass::kGuessable;
  ProofPurpose purpose = ProofPurpose::kEvaluation;
  Epoch epoch = 0;
  std::uint32_t count = 0;
  std::uint32_t by_day = 0;
  std::uint32_t by_backlog = 0;
  Time at;
  friend bool operator==(const Charge&, const Charge&) = default;
};

// A request that was more than what was left: what the operator is told.
struct RefusedRequest {
  RequestDigest request{};
  MemberId member{};
  KeyClass key_class = KeyClass::kGuessable;
  std::uint32_t count = 0;
  std::uint32_t times = 0;  // it came
  Time at;                  // it came last
  friend bool operator==(const RefusedRequest&, const RefusedRequest&) = default;
};

// What a member may still have evaluated.
struct Allowance {
  std::uint64_t today = 0;    // of the daily rate
  std::uint64_t backlog = 0;  // approved once, for what a member brings with it
};

const Quota& QuotaOf(const Member& member, KeyClass key_class);

class Ledger {
 public:
  // The newest refusals are kept, so that nobody can fill the operator's disk with them.
  static constexpr std::size_t kMaxRefused = 200;

  // An absent file is an empty ledger. kCorruption, kUnsupportedFormat, kIo.
  static Result<Ledger> Open(const std::filesystem::path& file);

  const Charge* Find(const RequestDigest& name) const;
  Allowance Left(MemberId member, KeyClass key_class, const Quota& quota, Time now) const;
  // Tokens of `epoch` that the member holds by our count and has not had rotated into `next`.
  std::uint64_t LeftToRotate(MemberId member, KeyClass key_class, Epoch epoch, Epoch next) const;

  // Whether the request may be answered; nothing is written. kOverQuota.
  Result<void> Check(const TokenRequest& request, const Quota& quota, Time now) const;
  // Charges it under `name`, durably: when this returns it is counted. What was charged before
  // stands as it is. kOverQuota, kIo.
  Result<void> Add(const RequestDigest& name, const TokenRequest& request, const Quota& quota,
                   Time now);
  // Notes that it was refused, durably.
  Result<void> NoteRefused(const TokenRequest& request, Time now);

  std::span<const Charge> charges() const { return charges_; }
  std::span<const RefusedRequest> refused() const { return refused_; }

 private:
  explicit Ledger(std::filesystem::path file) : file_(std::move(file)) {}
  std::string Encode() const;
  Result<void> Decode(std::string_view bytes);
  Result<void> Save() const;
  // Days never go back, whatever the clock does: else yesterday's rate could be had twice.
  Time Forward(Time now) const;

  std::filesystem::path file_;
  std::vector<Charge> charges_;  // in order of time
  std::vector<RefusedRequest> refused_;
};

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_QUOTA_H_

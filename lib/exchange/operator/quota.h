// What an operator has evaluated for each member, and what it may still evaluate: the ledger behind
// quotas. Requests are blind, so counting is all that stands between a member and guessing.
//
// The ledger is a file that grows by one record per request, synced before an answer leaves. A
// charge is remembered by name for kRememberedDays; older ones live on in sums, and the file is
// rewritten without them when most of it is old. FORMAT.md, "At rest: operators".
// Threads: one at a time (operator.h locks). Errors: kCorruption for a damaged file, kOverQuota.
// Cost: a charge appends 72 bytes and syncs, regardless of earlier charges. Memory: about 130 bytes
// per request of the last kRememberedDays.
#ifndef REVENANT_EXCHANGE_OPERATOR_QUOTA_H_
#define REVENANT_EXCHANGE_OPERATOR_QUOTA_H_

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "exchange/roster/evaluation.h"
#include "exchange/roster/roster.h"

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

// Items that a member has had evaluated and rotated, ever.
struct UsedItems {
  std::uint64_t evaluated = 0;
  std::uint64_t rotated = 0;
};

class Ledger {
 public:
  // The newest refusals are kept, and no member's push out another's.
  static constexpr std::size_t kMaxRefused = 200;
  // For this long a charge is known by its name. An operator turns away older requests
  // (operator.cc), so that none is ever charged twice.
  static constexpr std::int64_t kRememberedDays = 7;

  // An absent file is an empty ledger. A last record that was cut short was never answered, and is
  // dropped. kCorruption, kUnsupportedFormat, kIo.
  static Result<Ledger> Open(const std::filesystem::path& file);

  const Charge* Find(const RequestDigest& name) const;
  Allowance Left(MemberId member, KeyClass key_class, const Quota& quota, Time now) const;
  // Tokens of `epoch` that the member holds by our count and has not had rotated into `next`.
  std::uint64_t LeftToRotate(MemberId member, KeyClass key_class, Epoch epoch, Epoch next) const;
  UsedItems Used(MemberId member, KeyClass key_class) const;

  // Whether the request may be answered; nothing is written. kOverQuota.
  Result<void> Check(const TokenRequest& request, const Quota& quota, Time now) const;
  // Charges it under `name`, durably: when this returns it is counted. What was charged before
  // stands as it is. kOverQuota, kIo: not charged, or charged without an answer.
  Result<void> Add(const RequestDigest& name, const TokenRequest& request, const Quota& quota,
                   Time now);
  // Notes that it was refused, durably.
  Result<void> NoteRefused(const TokenRequest& request, Time now);

  // Those still known by name, in order of time.
  std::span<const Charge> charges() const;
  std::span<const RefusedRequest> refused() const { return refused_; }

 private:
  using Holder = std::pair<MemberId, KeyClass>;
  struct Sum {
    std::uint64_t evaluated = 0;
    std::uint64_t rotated = 0;  // into the epoch
    std::uint64_t by_backlog = 0;
  };
  using Sums = std::map<std::pair<Holder, Epoch>, Sum>;
  struct DayUse {
    std::int64_t day = 0;
    std::uint64_t by_day = 0;
  };

  explicit Ledger(std::filesystem::path file) : file_(std::move(file)) {}
  static void AddTo(Sums& sums, const Charge& charge);
  void Take(const Charge& charge);
  void Take(const RefusedRequest& refused);
  // Charges before this are no longer known by name.
  Time Horizon() const;
  std::size_t ForgottenCharges() const;

  Result<void> Decode(std::string_view bytes);
  Result<void> DecodeVersion1(std::string_view bytes);
  Result<void> Append(std::string record);
  // Replaces the file by one without what is forgotten.
  Result<void> Rewrite();
  // Days never go back, even if the clock does: else yesterday's rate could be had twice.
  Time Forward(Time now) const;

  std::filesystem::path file_;
  std::vector<Charge> charges_;  // in order of time; forgotten ones in front until Rewrite()
  std::unordered_map<std::string, std::size_t> by_name_;  // places in charges_
  std::vector<RefusedRequest> refused_;
  Sums sums_;                        // of every charge, remembered or not
  std::map<Holder, DayUse> by_day_;  // of the newest day of each
  std::uint64_t file_bytes_ = 0;     // 0: there is none yet, or one of an older version
  std::uint64_t records_ = 0;        // in the file
  std::uint64_t chain_ = 0;          // checksum of the last record, the seed of the next one's
};

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_OPERATOR_QUOTA_H_

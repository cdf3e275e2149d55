// An operator at work: the folder with its keys, its ledger and its answers. It holds k and never
// sees an identifier; it evaluates what members send, as often as their quotas allow.
//
//   DIR/operator.key   its signing and receiving keys (member_keys.h)
//   DIR/epochs.key     what it evaluates with (epoch_keys.h)
// DIR/ledger         how much each member had evaluated (quota.h)
//   DIR/answers/       every answer under the digest of its request, until its epoch ends
//   DIR/LOCK           one process at a time
//
// Threads: Evaluate() may run several times at once, everything else one at a time.
// Lifetime: keeps nothing of the roster between calls.
#ifndef REVENANT_EXCHANGE_OPERATOR_OPERATOR_H_
#define REVENANT_EXCHANGE_OPERATOR_OPERATOR_H_

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/files/member_keys.h"
#include "exchange/operator/epoch_keys.h"
#include "exchange/operator/quota.h"
#include "exchange/roster/evaluation.h"
#include "exchange/roster/roster.h"
#include "util/durable_file.h"
#include "util/mutex.h"

namespace revenant {

class OperatorDesk {
 public:
  // A new operator with keys for epoch 1. kConflict: there is one in this folder.
  static Result<std::unique_ptr<OperatorDesk>> Create(const std::filesystem::path& dir,
                                                      std::string_view name, std::uint8_t place);
  // kConflict: in use. kNotFound: none there. kCorruption.
  static Result<std::unique_ptr<OperatorDesk>> Open(const std::filesystem::path& dir);

  // Everything public: what the next roster must list.
  Result<std::string> CardFile() const;

  // Makes keys for `epoch` unless they are there.
  Result<void> MakeKeys(Epoch epoch);
  // Destroys the keys of every epoch that has ended by the roster, and the answers made with them.
  // Returns the epochs.
  Result<std::vector<Epoch>> DestroyEnded(const SignedRoster& roster, Time now);

  // Answers one request; for the second operator of a chain `previous` is the first one's answer.
  // A request that was answered before gets the same bytes again and is not charged.
  // Errors: Refusal names, kIo. A batch with one bad element is refused whole and not charged.
  // Cost: two multiplications an item.
  Result<std::string> Evaluate(std::string_view request, std::optional<std::string_view> previous,
                               const SignedRoster& roster, Time now, unsigned threads);

  // Not while Evaluate() runs.
  const Ledger& ledger() const NO_THREAD_SAFETY_ANALYSIS { return ledger_; }
  const std::string& name() const { return name_; }
  std::uint8_t place() const { return place_; }

 private:
  OperatorDesk(std::filesystem::path dir, FolderLock lock, MemberKeys keys, Ledger ledger);
  Result<void> ReadProfile();

  // A request that passed every check but the quota's.
  struct Job {
    TokenRequest request;
    Quota quota;
    StageKeys keys;
    std::optional<TokenEvaluation> previous;
    RequestDigest name{};
    std::filesystem::path answer_file;
    const TokenEvaluation* before() const { return previous ? &*previous : nullptr; }
  };
  Result<Job> Examine(std::string_view request, std::optional<std::string_view> previous,
                      const SignedRoster& roster, Time now) const;
  Result<std::string> MakeAnswer(const Job& job, const SignedRoster& roster, Time now,
                                 unsigned threads) const;
  Result<std::optional<std::string>> StoredAnswer(const Job& job) const REQUIRES(ledger_mutex_);
  Result<void> Admit(const Job& job, Time now) REQUIRES(ledger_mutex_);

  const std::filesystem::path dir_;
  const FolderLock lock_;
  const MemberKeys keys_;
  std::string name_;
  std::uint8_t place_ = 0;
  EpochKeys epoch_keys_;
  Mutex ledger_mutex_;
  Ledger ledger_ GUARDED_BY(ledger_mutex_);
};

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_OPERATOR_OPERATOR_H_

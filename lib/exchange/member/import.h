#ifndef REVENANT_EXCHANGE_MEMBER_IMPORT_H_
#define REVENANT_EXCHANGE_MEMBER_IMPORT_H_

// Taking in a file of another member's list. Every check comes before anything depends on it, in
// this order: lengths; roster and signature; key generation, sequence, predecessor, epoch; digests;
// the staged batch; the state hash. Until the caller commits the batch the last good list stands.
// Threads: belongs to one batch. Errors: Refusal names; nothing may be committed after one, but for
// evidence().

#include <optional>
#include <string>
#include <vector>

#include "exchange/files/refusal.h"
#include "exchange/member/list_state.h"
#include "exchange/member/matcher.h"
#include "exchange/member/membership.h"

namespace revenant {

class FeedImporter {
 public:
  FeedImporter(Batch& batch, const Membership& membership, const MemberKeys& keys, Time now)
      : batch_(batch), membership_(membership), keys_(keys), now_(now) {}

  // `file` may be sealed to us.
  Result<FeedImport> Run(std::string_view file, WriteSession& session);

  // After an error: what proves that the publisher contradicted itself.
  const std::optional<EvidenceRow>& evidence() const { return evidence_; }

 private:
  enum class Step { kApply, kUnchanged, kHold };

  Result<void> CheckPublisher(const FeedFile& file);
  Result<void> CheckHeader(const FeedFile& file) const;
  Result<void> CheckRosterNamed(const FeedHeader& header) const;
  Result<Step> CheckSequence(const FeedFile& file, const ListState& list);
  Result<Step> FollowSequence(const FeedFile& file, const FeedFile& held);
  Result<Step> RestartSequence(const FeedFile& file, const ListState& list);
  static Result<ListChange> TakeDelta(std::string body, const FeedFile& file, ListState& list);
  static Result<ListChange> TakeSnapshot(std::string body, const FeedFile& file, ListState& list);
  Result<void> CompareSeen(const FeedFile& file);
  Result<void> EraseAsked(const FeedFile& file, Matcher& matcher);
  Error Contradicts(Refusal refusal, const FeedFile& file, std::string_view detail);
  Step Hold(std::string reason);

  Batch& batch_;
  const Membership& membership_;
  const MemberKeys& keys_;
  Time now_;
  const Member* publisher_ = nullptr;
  FeedImport report_;
  std::optional<EvidenceRow> evidence_;
};

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_MEMBER_IMPORT_H_

#ifndef REVENANT_EXCHANGE_MEMBER_PUBLISH_H_
#define REVENANT_EXCHANGE_MEMBER_PUBLISH_H_

// Our own lists: what the registry says now, compared with what was last published, becomes the
// next delta. Withdrawals need no call of their own: what is no longer to be listed goes.
// Threads: belongs to one batch. Errors: kConflict (roster, epoch), kInvalidArgument.

#include <map>

#include "exchange/member/list_state.h"
#include "exchange/member/membership.h"
#include "exchange/member/published_mark.h"
#include "exchange/member/selection.h"

namespace revenant {

class Publisher {
 public:
  Publisher(Batch& batch, const Membership& membership, const MemberKeys& keys,
            const LinkPolicy& policy, Time now)
      : batch_(batch), membership_(membership), keys_(keys), policy_(policy), now_(now) {}

  // Works out what there is to publish; stages nothing yet.
  Result<ExportPlan> Plan(const ExportOptions& options);
  // After Plan(): stages the next header and returns its delta file, not sealed. A plan without
  // changes renews the list's freshness. kConflict: more was published than this store knows of.
  Result<std::string> Publish(const PublishedMarks& marks);

 private:
  struct Listed {  // an entry that stands in the list
    LiveEntry entry;
    OriginRow origin;
  };
  Result<void> LoadListed();
  Result<void> PickEpoch();
  Result<void> Compare(Selection selection);
  Result<void> CompareDisputes();
  Result<Removal> WhyGone(const Listed& listed) const;
  Result<bool> MustErase(SellerId seller) const;
  Result<void> CollectErasures();
  Result<void> AskToErase(FeedHeader& header);
  Result<void> NoteUnanswered(FeedHeader& header) const;
  Result<void> NoteLeaving();
  Result<void> Retag();
  Result<NewEntry> Make(const Candidate& candidate, const ExchangeSecret& secret, std::uint64_t id);
  Result<std::uint64_t> FirstNewId(const FeedHeader& header, const PublishedMarks& marks) const;
  Result<std::uint64_t> CaseNumber(SellerId seller);
  FeedHeader NextHeader() const;
  Result<void> NoteSeen(FeedHeader& header) const;

  Batch& batch_;
  const Membership& membership_;
  const MemberKeys& keys_;
  const LinkPolicy& policy_;
  const Time now_;

  ExportOptions options_;
  FeedId feed_;
  std::optional<ListState> list_;
  Epoch epoch_ = 0;
  std::map<CandidateKey, Listed> listed_;
  Delta delta_;
  struct Addition {
    Candidate candidate;
    ExchangeSecret secret;
  };
  std::vector<Addition> additions_;
  std::vector<const Listed*> retags_;
  std::map<std::uint64_t, CandidateKey> leaving_;  // by id
  std::map<std::uint64_t, SellerId> to_erase_;     // newly, by id
  ExportPlan plan_;
};

// The readers of a list of this audience: its active members but ourselves.
std::vector<const Member*> Readers(const Membership& membership,
                                   const std::vector<MemberId>& audience);

// The whole of one of our lists as a snapshot file under its newest header, and the newest delta
// once more; not sealed. kNotFound: nothing was published.
Result<std::string> SnapshotFile(const View& view, const FeedId& feed);
Result<std::string> LastDeltaFile(const View& view, const FeedId& feed);

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_MEMBER_PUBLISH_H_

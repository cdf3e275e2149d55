#ifndef REVENANT_EXCHANGE_MEMBER_MATCHER_H_
#define REVENANT_EXCHANGE_MEMBER_MATCHER_H_

// Entries of other members meet the identifiers that we hold. An entry whose tag is ours and whose
// box our N opens becomes a match; the matches of one case become one leaf of the registry.
// Threads: belongs to one batch. Cost: a point read per entry (a miss behind a Bloom filter for
// what we do not hold), and a few for every match.

#include <map>
#include <set>

#include "exchange/files/feed.h"
#include "exchange/member/list_state.h"
#include "exchange/member/membership.h"
#include "registry/apply/write_session.h"

namespace revenant {

// An entry that this many members dispute weighs nothing anywhere.
inline constexpr std::uint8_t kDisputesThatSilence = 2;

class Matcher {
 public:
  Matcher(Batch& batch, const Membership& membership, const MemberKeys& keys, Time now)
      : batch_(batch), membership_(membership), keys_(keys), now_(now) {}

  struct Counts {
    std::uint64_t matched = 0;    // entries whose identifier we hold
    std::uint64_t unmatched = 0;  // matches that went
    std::uint64_t forged = 0;     // tags of ours whose box did not open
  };
  const Counts& counts() const { return counts_; }

  // Takes over the results for a list.
  Result<void> Follow(const FeedId& feed, const FeedHeader& header, const ListChange& change);
  // An entry that may be one of ours.
  Result<void> Look(const FeedId& feed, const FeedHeader& header, const LiveEntry& entry);
  // Everything that an entry led to goes.
  Result<void> Drop(const FeedId& feed, std::uint64_t id);
  Result<void> DropFeed(const FeedId& feed);
  // The same, and every trace that its case left here with it, if nothing else of the case stands.
  // Also of an entry that was dropped before.
  Result<void> Erase(const FeedId& feed, std::uint64_t id);
  // The disputes that a member's newest header for all says were left unanswered.
  Result<void> TakeMarks(MemberId from, const std::vector<DisputeMark>& marks);
  // Our opinion of an entry, or the day, changed: its case must be judged again.
  Result<void> Touch(const FeedId& feed, std::uint64_t id);
  Result<void> TouchAll();
  Result<void> TouchFeed(const FeedId& feed);

  // Carries every case that was touched into the registry. Call it once, at the end.
  Result<void> Finish(WriteSession& session);

 private:
  using Case = std::pair<MemberId, std::uint64_t>;
  Result<bool> Weighs(const FeedId& feed, std::uint64_t id, const MatchRow& match) const;
  Result<bool> LeftUnanswered(const FeedId& feed, std::uint64_t id, const MatchRow& match) const;
  Result<void> TouchMatches(const RowKey& prefix);
  Result<void> FinishCase(const Case& which, WriteSession& session);

  Batch& batch_;
  const Membership& membership_;
  const MemberKeys& keys_;
  Time now_;
  Counts counts_;
  std::set<Case> touched_;
  std::set<Case> erased_;
};

// The seller under which a foreign case stands in the registry.
SellerName ForeignCaseName(std::string_view member, std::uint64_t case_number);

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_MEMBER_MATCHER_H_

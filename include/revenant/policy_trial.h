#ifndef REVENANT_POLICY_TRIAL_H_
#define REVENANT_POLICY_TRIAL_H_

// What another policy would change, before it is set. The store is judged under it in memory, by
// the same code as SetPolicy, and nothing is written: what is said here is what setting it does.
//
//   auto trial = PolicyTrial::Begin(*registry, policy, {});
//   while (...) (*trial)->Judge(application);
//   std::cout << ToJson((*trial)->report());

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "revenant/fingerprint.h"
#include "revenant/link_policy.h"
#include "revenant/record.h"
#include "revenant/registry.h"
#include "revenant/result.h"
#include "revenant/time.h"
#include "revenant/verdict.h"

namespace revenant {

struct PolicyTrialOptions {
  Time as_of;  // moment at which to judge; unknown: the present
  // Clusters, hubs and verdicts that are listed, of each sort; all are counted.
  std::size_t max_listed = 100;
  // Sellers looked at whose bans or infringements were all taken back.
  std::size_t max_cleared = 10'000;
  // The values of block_bits on the curve; empty: every second bit from review_bits to 32, and
  // those of both policies. Values below the new policy's review_bits are left out.
  std::vector<MilliBits> curve;
};

struct PolicyTrialReport {
  Stats before, after;
  std::uint64_t now_junk = 0, no_longer_junk = 0;  // observations (Applied)

  // Sellers that would be one cluster and were several, or the other way round.
  struct ClusterChange {
    std::uint64_t sellers = 0;
    std::uint64_t clusters = 0;        // that it is made of or falls into
    std::vector<SellerName> examples;  // one of each of the largest of these, at most 3
    std::vector<std::uint64_t> sizes;  // of the largest, at most 8
  };
  std::uint64_t joined = 0, parted = 0;     // clusters
  std::vector<ClusterChange> joins, parts;  // those of most sellers first

  struct HubChange {
    std::string kind;
    Fingerprint fingerprint;
    std::uint64_t carriers = 0;  // enrolled sellers
    std::uint64_t banned = 0;    // carriers with a ban in force
  };
  std::uint64_t gained = 0, lost = 0;             // hubs
  std::vector<HubChange> hubs_gained, hubs_lost;  // those of most carriers first

  struct Verdicts {
    std::uint64_t clear = 0, review = 0, block = 0;
    friend bool operator==(const Verdicts&, const Verdicts&) = default;
  };
  struct VerdictChange {
    SellerName seller;
    Decision before = Decision::kClear, after = Decision::kClear;
    std::string why;  // the first reason of the graver of the two, in words
  };
  std::uint64_t applications = 0;
  Verdicts verdicts_before, verdicts_after;
  std::uint64_t changed = 0;           // verdicts
  std::vector<VerdictChange> changes;  // in input order

  // Enrolled sellers whose bans and infringements were all taken back: judged as if they applied,
  // a block is known to be wrong.
  std::uint64_t cleared = 0;
  std::uint64_t wrongly_blocked_before = 0, wrongly_blocked_after = 0;

  // The new policy with other values of block_bits.
  struct CurvePoint {
    MilliBits block = 0;
    Verdicts verdicts;                  // of the applications
    std::uint64_t wrongly_blocked = 0;  // of `cleared`
  };
  std::vector<CurvePoint> curve;  // by block
};

// One policy tried on one state of a registry. Threads: one at a time, beside readers; on a
// registry that is open for writing nobody may write meanwhile. Lifetime: within the registry's.
class PolicyTrial {
 public:
  // Judges clusters, hubs and cleared sellers. kConflict: somebody wrote meanwhile. Other errors:
  // of reading. Cost: that of SetPolicy without the disk: reads all facts, holds everything derived
  // in memory (about 100 bytes per observation, twice), and 40 bytes per seller.
  static Result<std::unique_ptr<PolicyTrial>> Begin(const Registry& registry,
                                                    const LinkPolicy& policy,
                                                    const PolicyTrialOptions& options = {});
  ~PolicyTrial();

  // Screens an application under both. Errors: those of Registry::Screen(). Cost: a screening and a
  // search in the store; where it leads to a ban, a search for each point of the curve.
  Result<void> Judge(const Record& application);

  // Screens the sellers of the last `count` decisions on record (Registry::RecordDecision) under
  // both, as if they applied with what is on file about them; the newest first, each seller once.
  // Cost: reads the journal back to the oldest of them, and a screening each.
  struct Decisions {
    std::uint64_t read = 0;
    std::uint64_t judged = 0;     // sellers
    std::uint64_t forgotten = 0;  // decisions about sellers of whom nothing is on file
  };
  Result<Decisions> JudgeDecisions(std::uint64_t count);

  const PolicyTrialReport& report() const;

  struct Impl;

 private:
  explicit PolicyTrial(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// For a person, several lines. No raw value.
std::string Describe(const PolicyTrialReport& report);
// One line without its end. `settings`: what the policies say differently, as `policy set` lists
// it.
std::string ToJson(const PolicyTrialReport& report, const std::vector<std::string>& settings);

}  // namespace revenant

#endif  // REVENANT_POLICY_TRIAL_H_

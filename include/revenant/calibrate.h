#ifndef REVENANT_CALIBRATE_H_
#define REVENANT_CALIBRATE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "revenant/link_policy.h"
#include "revenant/registry.h"
#include "revenant/result.h"
#include "revenant/time.h"

namespace revenant {

// Figures of a policy measured on the sellers that a registry holds. No ground truth is needed:
// bans are the experiment. After a ban the seller's identifiers turn up again more often than those
// of sellers that stayed open; the excess is people who came back. An identifier that open sellers
// share, and nothing else supports, is shared among strangers. Lifted bans count as none, findings
// of "different people" as strangers, and sellers whose objection waits for a person are left out.

struct CalibrateOptions {
  // Sellers looked at, at most half of them banned; of more a sample is drawn, the same one for the
  // same seed and sellers.
  std::size_t sample = 200'000;
  std::uint64_t seed = 1;
};

// What was measured of one linking kind.
struct KindRates {
  std::string kind;
  std::uint64_t carriers = 0;  // open sellers with a value of it, in the sample
  // Of those the ones that share it with a stranger, by a value that is not a hub.
  std::uint64_t sharers = 0;
  // Pairs of a banned seller and one that opened afterwards, both with a value of the kind, that
  // share anything, beyond what chance explains; and of those the pairs that share this kind.
  double returns = 0, kept = 0;

  double stranger_share() const;  // sharers of carriers
  double keeps() const;           // kept of returns, at most 1
};

struct ProposedChange {
  std::string section, key;  // "verdict", "hub_ban_rate"; "kind.\"pay.iban\"", "u"
  double before = 0, after = 0;
  std::string why;  // one sentence
};

struct Calibration {
  LinkPolicy policy;  // the registry's, with what is proposed
  std::vector<ProposedChange> changes;
  std::vector<std::string> left;  // what could not be measured, one sentence each
  std::uint64_t sellers = 0;      // enrolled
  std::uint64_t banned = 0;       // of them, with a ban in force
  std::uint64_t sampled = 0, sampled_banned = 0;
  std::uint64_t seed = 0;
  std::vector<KindRates> kinds;  // in name order, those that open sellers carry
  double ban_rate() const;
};

// Proposes `m`, `u`, `fanout_limit` and `half_life_days` of linking kinds and `hub_ban_rate`, and
// leaves the rest of the policy as it is, and so settings for which there are too few sellers.
// Writes nothing, and reads one state. Errors: those of reading. Threads: as Registry's const
// members.
// Cost: for each seller of the sample a read of it and of those it shares something with; memory
// for 16 bytes per seller of the sample and some hundred sellers at a time.
Result<Calibration> Calibrate(const Registry& registry, const CalibrateOptions& options = {});

// The proposed policy as a file for `policy set` (ParseLinkPolicy), each change under a comment
// that says why; what was left stands in comments at its head.
std::string FormatCalibration(const Calibration& calibration);

}  // namespace revenant

#endif  // REVENANT_CALIBRATE_H_

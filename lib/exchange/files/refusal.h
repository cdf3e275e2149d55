#ifndef REVENANT_EXCHANGE_FILES_REFUSAL_H_
#define REVENANT_EXCHANGE_FILES_REFUSAL_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "revenant/result.h"

namespace revenant {

// Why something that another party wrote was turned away. Each has a fixed name that stands at the
// front of the message ("refused, bad signature: ..."), so that scripts, logs and tests can tell
// them apart without a code of their own in the public interface.
enum class Refusal : std::uint8_t {
  kTruncated,         // ends before what its header announces
  kOversized,         // announces more than its type may have, or has bytes to spare
  kNotOurs,           // no such magic
  kUnknownVersion,    // of the file's frame or of what it holds
  kWrongType,         // another file than the one asked for
  kCriticalFlag,      // asks for something that this version does not know
  kChecksum,          // damaged on its way
  kMalformed,         // not the one encoding of any value
  kWrongExchange,     // of another exchange
  kBadSignature,      // not made by the party it names
  kUnknownMember,     // the roster has no such member or key
  kRemovedMember,     // the member left or was expelled
  kRosterExpired,     // nothing may be exchanged under this roster any more
  kRosterFork,        // two valid rosters of one version
  kRosterRollback,    // older than the one in force
  kRosterGap,         // a version between is missing
  kRosterUnsigned,    // too few root keys signed it
  kBadPossession,     // a key whose holder did not show to hold it
  kOldGeneration,     // signed by a key generation that has ended
  kRollback,          // older than what is held
  kEquivocation,      // two headers of one sequence number
  kSeqLeap,           // too far ahead
  kWrongPredecessor,  // does not follow what is held
  kWrongEpoch,        // of an epoch that is not in force
  kWrongTimes,        // created in the future, or valid for too long
  kDigest,            // content differs from what the signed header says
  kStateHash,         // the list that results differs from what the signed header says
  kNotForUs,          // we are not in its audience, or cannot open it
  kForgedBox,         // an entry whose box its tag's holder cannot open
  kForkElsewhere,     // another member was shown another header
  kWrongRequest,      // answers another request, or another count of items
  kBadElement,        // the identity, or no canonical encoding of an element
  kBadProof,          // the operator did not show that it used its key for the whole batch
  kOverQuota,         // more than may still be evaluated
};
std::string_view RefusalName(Refusal refusal);

// kCorruption for damage on the way, kUnsupportedFormat for what is newer, kConflict for what
// contradicts the state held, kInvalidArgument for the rest.
Error Refused(Refusal refusal, std::string_view detail);
// kMalformed: "the WHAT cannot be read".
Error Malformed(std::string_view what);
bool IsRefusal(const Error& error, Refusal refusal);

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_FILES_REFUSAL_H_

#ifndef REVENANT_EXCHANGE_DESK_H_
#define REVENANT_EXCHANGE_DESK_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/exchange_tokens.h"
#include "revenant/fingerprint.h"
#include "revenant/record.h"
#include "revenant/registry.h"
#include "revenant/result.h"
#include "revenant/time.h"

namespace revenant {

// The two ends of an evaluation: a member's desk, which asks for tokens of its identifiers, and an
// operator's, which evaluates blindly and counts. Between them go files (lib/exchange/FORMAT.md),
// by whatever means.
// Errors: what another party wrote and is turned away is named at the front of the message
// ("refused, bad proof: ..."); nothing was changed then.

// A request for the operators, and what its sender keeps until the answers are there.
struct TokenAsk {
  KeyClass key_class = KeyClass::kGuessable;
  Epoch epoch = 0;
  std::uint64_t items = 0;
  std::string request;
  std::string pending;  // sealed to the member itself
};

struct TokenAskOptions {
  std::uint32_t max_items = 0;  // in one request, at most 1,000,000; 0: as the policy says
  unsigned threads = 1;
};

struct TokensTaken {
  Epoch epoch = 0;
  bool rotation = false;
  std::uint64_t tokens = 0;      // kept from now on
  std::uint64_t matched = 0;     // entries of other members' lists that we turn out to hold
  std::uint32_t new_alerts = 0;  // that this raised
};

// What the frame of a file tells its carrier: enough to sort the mail, nothing about the content.
struct CarriedFile {
  std::string_view type;  // "request", "feed", "sealed" ... as FORMAT.md has them; static text
  ExchangeId exchange;    // zero in cards
};
// The bytes of one such file, from a file of any kind ("-": stdin). The first 72 bytes say how long
// it is; a file that is no exchange file, that announces more than its type may have or that is
// longer than it announces is refused before anything is allocated for it. Compressed files are not
// unpacked: none travels so. kNotFound, kIo, refusals ("refused, oversized: ...").
// Cost: reads the file once; memory: its size, which is at most 1.1 GiB for a list and 64 MiB for
// anything else.
Result<std::string> ReadCarriedFile(const std::filesystem::path& file);

// Parses the frame and compares lengths and checksum; trusts nothing that is signed.
// Refusals as of every reader. Cost: one pass of XXH3. Threads: pure, as ReadCarriedFile() is.
Result<CarriedFile> InspectFile(std::string_view file);

// Asks for tokens of what a registry holds. Raw identifiers are needed once, while they are at hand
// (an import, an application); from then on rotations carry their tokens on without them.
// Threads: one at a time; the registry may be used by others meanwhile. Lifetime: the registry must
// outlive it. Errors of every call that takes `now`: kConflict where the roster has expired or
// forked, or has no epoch in force ("refused, expired roster: ..."); kInvalidArgument where it
// names us with other keys; kIo, kCorruption of the store. Calls that write also return kConflict
// on a store that was opened for reading.
class TokenDesk {
 public:
  // `key` is the registry's own. kNotFound: the registry joined no exchange. kInvalidArgument:
  // another key, or no member key. kCorruption, kIo. Cost: a few point reads.
  static Result<std::unique_ptr<TokenDesk>> Open(Registry& registry, const Key& key,
                                                 const std::filesystem::path& member_key);
  ~TokenDesk();

  // Notes the identifiers of a record that may be exchanged and have no token in the epoch in force
  // at `now`; returns how many were new to the desk: those it asked for before are not. They stay
  // in memory until Ask(). Attributes that are no identifiers are passed over.
  // Cost: a hash and a point read per identifier.
  Result<std::uint64_t> Add(const Record& record, Time now);
  // The same for inputs that were kept (DeferredInputs) in this store. kCorruption: damaged; "not
  // for us": kept in another store or for another desk; "wrong exchange". Those before the one that
  // failed stay added. Cost: opens a seal per input.
  Result<std::uint64_t> AddDeferred(std::string_view file, Time now);

  // Identifiers that wait in memory for Ask(): about 250 bytes each. Cost: none.
  std::size_t noted() const;

  // Requests for everything that was added, a class at a time. The journal records the sellers
  // whose identifiers are asked for. kInvalidArgument: max_items. If it fails, what was added is
  // still there, and requests that were made already are in the journal though not returned.
  // Cost: about 50 us per item, divided by the threads; a synced batch per request.
  Result<std::vector<TokenAsk>> Ask(Time now, const TokenAskOptions& options = {});

  // Requests that carry the tokens of the epoch before into the one in force; those that have their
  // token already are left out. kConflict: the two do not overlap now. kInvalidArgument: max_items.
  // Cost: as of Ask(), and a scan of the tokens kept.
  Result<std::vector<TokenAsk>> AskForRotation(Time now, const TokenAskOptions& options = {});

  // Verifies the operators' answers, in the order of the chain, and keeps the tokens, sealed.
  // Entries that other members listed under them are matched at once. "bad proof", "wrong request",
  // "bad signature", "not for us" (the pending part is another's) and the like: nothing was kept.
  // After kIo some may be; the same call again keeps the rest.
  // Cost: about 140 us per item, divided by the threads; a pass over all entries of others' lists
  // for every 65,536 tokens.
  Result<TokensTaken> Take(std::string_view request, std::string_view pending,
                           std::span<const std::string> evaluations, Time now,
                           unsigned threads = 1);

 private:
  struct Impl;
  explicit TokenDesk(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Inputs for later evaluation, for hosts that see raw identifiers and must not hold the member's
// keys: what an evaluation needs of each, not the identifier itself, sealed so that only the desk
// opens it. Off unless it is used, and only for the kinds that are named: a holder of the desk's
// receiving key and such a file can test guesses against it.
// Threads: one at a time. Lifetime: keeps nothing of the registry and the key after Start().
class DeferredInputs {
 public:
  // A new run, with a key of its own. `kinds`: those that may be kept; names as "pay.iban".
  // kNotFound: the registry joined no exchange, or is not in its roster yet. kInvalidArgument:
  // another key, no kinds, or one that is not exchanged. kConflict: our receiving key in the roster
  // is none. kIo, kCorruption. Cost: a few point reads.
  static Result<std::unique_ptr<DeferredInputs>> Start(const Registry& registry, const Key& key,
                                                       std::vector<std::string> kinds);
  ~DeferredInputs();

  // Returns how many identifiers were new to the run. Cost: a hash and a seal per identifier, which
  // stays in memory with its fingerprint until the run ends.
  Result<std::uint64_t> Add(const Record& record);
  // The file of the run so far. Cost: a copy.
  std::string File() const;

 private:
  struct Impl;
  explicit DeferredInputs(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// What an operator's ledger says of one member and class.
struct TokenUsage {
  std::string member;
  KeyClass key_class = KeyClass::kGuessable;
  std::uint64_t daily = 0, left_today = 0;
  std::uint64_t backlog = 0, left_of_backlog = 0;
  std::uint64_t evaluated = 0, rotated = 0;  // items, ever
  std::uint64_t refused = 0;                 // requests, of those that are remembered
};

// An operator: a folder with its keys, its ledger, its answers and the roster that it goes by.
// Threads: Evaluate() may run several times at once, everything else one at a time. One process at
// a time has the folder. Errors of every call: kIo, kCorruption (a file of the folder is damaged);
// kConflict where a roster is needed and none has been adopted.
class ExchangeOperator {
 public:
  // A new operator with keys for epoch 1, first (0) or second (1) in the chain. kConflict: there is
  // one in this folder. kInvalidArgument: name (a-z, 0-9, '-', '.') or place. Cost: a few synced
  // files.
  static Result<std::unique_ptr<ExchangeOperator>> Create(const std::filesystem::path& dir,
                                                          std::string_view name,
                                                          std::uint8_t place);
  // kNotFound: none there. kConflict: in use. kInvalidArgument: others have access to its keys.
  // kUnsupportedFormat: of a later version. Cost: reads the ledger, 72 bytes per request.
  static Result<std::unique_ptr<ExchangeOperator>> Open(const std::filesystem::path& dir);
  ~ExchangeOperator();

  // Its public keys with their proofs, for the author of the next roster. Cost: two
  // multiplications per key, one signature.
  Result<std::string> Card() const;
  // Takes in the genesis, then each successor; returns the version in force. Refusals as of
  // CheckRoster() (exchange_membership.h), after which the one before is still in force.
  // Cost: that of CheckRoster(), and a synced file.
  Result<std::uint64_t> TakeRoster(std::string_view file);
  // Nullopt: none was taken in.
  std::optional<std::uint64_t> roster_version() const;

  // Makes keys for an epoch unless they are there. kInvalidArgument: epoch 0. Cost: a synced file.
  Result<void> MakeKeys(Epoch epoch);
  // Destroys keys of epochs that have ended, and the answers made with them; returns the epochs.
  // Cost: a synced file, and one removal per answer.
  Result<std::vector<Epoch>> DestroyEnded(Time now);

  // Answers a request; `previous` is the first operator's answer where this is the second. The same
  // request gets the same bytes and is charged once. Refusals: "over quota", "wrong request", "bad
  // element", "wrong epoch", "unknown member" and the like; nothing is charged then, and what was
  // over the quota is noted in the ledger. Cost: about 90 us per item, divided by the threads, and
  // two synced files.
  Result<std::string> Evaluate(std::string_view request, std::optional<std::string_view> previous,
                               Time now, unsigned threads = 1);

  // Two lines per member of the roster, one for each class. Cost: memory alone.
  Result<std::vector<TokenUsage>> Usage(Time now) const;

 private:
  struct Impl;
  explicit ExchangeOperator(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_DESK_H_

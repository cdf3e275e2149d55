#ifndef REVENANT_EXCHANGE_ROSTER_ROSTER_H_
#define REVENANT_EXCHANGE_ROSTER_ROSTER_H_

// The members of an exchange, with their keys and rules. Versions go N -> N+1 only; each is signed
// by m of n members' root keys, of the old roster and of the new one. FORMAT.md has the bytes.
// Threads: pure functions; a Roster is a value. Errors: Refusal names.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/files/file_header.h"
#include "exchange/files/member_keys.h"
#include "revenant/exchange_feeds.h"
#include "revenant/exchange_tokens.h"
#include "revenant/result.h"
#include "revenant/time.h"

namespace revenant {

// Append new ones, never renumber: stands in rosters.
enum class MemberStatus : std::uint8_t {
  kActive = 1,
  kLeft = 2,      // its entries go stale
  kExpelled = 3,  // its entries are withdrawn
};
std::string_view MemberStatusName(MemberStatus status);

// What a member may have evaluated under one class of key.
struct Quota {
  std::uint64_t backlog = 0;  // approved once
  std::uint64_t daily = 0;
  friend bool operator==(const Quota&, const Quota&) = default;
};

struct Member {
  MemberId id{};
  std::string name;          // "market-eu": names its sellers exchange/market-eu
  std::string jurisdiction;  // ISO 3166-1 alpha-2: where what it holds is
  MemberStatus status = MemberStatus::kActive;
  std::uint32_t generation = 1;  // of the two keys below
  PublicKey root{}, signing{}, receiving{};
  Digest resume_from{};  // first header of this generation follows the header with this digest
  Signature root_possession{}, signing_possession{};  // of the card, by either key
  Quota guessable, random;
  friend bool operator==(const Member&, const Member&) = default;
};

struct Operator {
  std::uint8_t place = 0;  // in the chain, from 0
  std::string name;
  PublicKey signing{}, receiving{};
  friend bool operator==(const Operator&, const Operator&) = default;
};

// A public key of one operator for one epoch and class, with its Schnorr proof of possession.
struct EpochKey {
  Epoch epoch = 0;
  KeyClass key_class{};
  std::uint8_t place = 0;  // of the operator
  std::array<std::uint8_t, 32> key{};
  std::array<std::uint8_t, 64> proof{};
  friend bool operator==(const EpochKey&, const EpochKey&) = default;
};

// When tags of an epoch count. Two may overlap while publishers retag.
struct EpochSpan {
  Epoch epoch = 0;
  Time from, until;
  friend bool operator==(const EpochSpan&, const EpochSpan&) = default;
};

struct Roster {
  std::uint64_t version = 0;  // the genesis is 0
  Digest predecessor{};       // digest of the signed part before; zero in the genesis
  Time created, expires;
  std::uint16_t threshold = 1;  // m of the active members' root keys
  Digest kinds{};               // of the table of kinds that members agreed on
  std::uint32_t max_seq_leap = 1000;
  std::uint16_t max_feed_days = 30;  // how long a header may be valid
  std::uint32_t max_entries = 0;     // of one feed
  std::vector<Operator> operators;   // by place
  std::vector<EpochSpan> epochs;     // ascending
  std::vector<EpochKey> keys;        // by epoch, class, place
  std::vector<Member> members;       // by id
  friend bool operator==(const Roster&, const Roster&) = default;

  const Member* Find(MemberId member) const;
  const Member* FindByName(std::string_view name) const;
  const EpochKey* FindKey(Epoch epoch, KeyClass key_class, std::uint8_t place) const;
  bool EpochCounts(Epoch epoch, Time at) const;
  // The newest whose span has begun; 0: none.
  Epoch EpochAt(Time at) const;
};

const Quota& QuotaOf(const Member& member, KeyClass key_class);

inline constexpr std::size_t kMaxMembers = 1000;
inline constexpr std::size_t kMaxMemberName = 64;

// One encoding a roster: decoding the result of Encode() returns the same roster, and no other
// bytes decode. kMalformed for every bound that is broken.
std::string EncodeRoster(const Roster& roster);
Result<Roster> DecodeRoster(std::string_view bytes);

ExchangeId ExchangeIdOf(const Roster& genesis);

// What every member agreed to call kinds: BLAKE2b-256 of names, roles and scopes of the table.
Digest KindsDigest();

// The unsigned file of a roster, and the same with one more signature (signing needs the root).
std::string RosterFile(const Roster& roster, const ExchangeId& exchange);
Result<std::string> SignRosterFile(std::string_view file, const Signer& root);

// A roster with its file, as far as it is believed.
struct SignedRoster {
  Roster roster;
  ExchangeId exchange;
  Digest digest{};  // of its signed part
  std::string file;
};

// Says whether an operator's proof of possession holds (possession.h). An empty one is for tests.
using CheckPossession = std::function<bool(const EpochKey&, const ExchangeId&)>;

// Of a roster that was checked before, or that is not to be trusted: neither signatures nor
// possession are looked at.
Result<SignedRoster> ReadRosterUnchecked(std::string file);

// How many active members' root keys signed its file, in the roster's own eyes.
std::size_t SignaturesOf(const SignedRoster& roster);

// Reads a genesis: enough of its own members must have signed it.
Result<SignedRoster> ReadGenesis(std::string_view file, const CheckPossession& check);

// Reads a successor of `current`. kRosterRollback, kRosterFork, kRosterGap, kRosterUnsigned,
// kWrongPredecessor, kBadPossession. The same roster once more is fine: the caller sees that by
// its version.
Result<SignedRoster> ReadSuccessor(std::string_view file, const SignedRoster& current,
                                   const CheckPossession& check);

// What a party sends to be taken up: its public keys, each signed for by its own secret.
// Cards come before the exchange that its founders' cards make, so they name none.
std::string MemberCardFile(const MemberKeys& keys, std::string_view name,
                           std::string_view jurisdiction, std::uint32_t generation);
// The member that a card describes, without id and quotas. kBadPossession.
Result<Member> ReadMemberCard(std::string_view file);

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_ROSTER_ROSTER_H_

#ifndef REVENANT_EXCHANGE_MEMBERSHIP_H_
#define REVENANT_EXCHANGE_MEMBERSHIP_H_

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/exchange_feeds.h"
#include "revenant/exchange_policy.h"
#include "revenant/exchange_tokens.h"
#include "revenant/result.h"
#include "revenant/time.h"

namespace revenant {

// Membership of an exchange: a party's keys, the cards that members and operators hand in, and the
// roster that lists them. Nothing here needs a registry; Exchange::Join() and AdoptRoster() take a
// roster in, and so does ExchangeOperator::TakeRoster().
//
//   const auto keys = MembershipKeys::Generate();
//   keys->WriteNew("alpha.member.key");
//   keys->Card("alpha", "DE")                 // to the author of the roster
//   DraftRosterFile(json, {}, read_card)      // to the members, and each
//   keys->SignRoster(file)                    // adds a signature, until
//   CheckRoster(file)                         // holds
//
// Files are strings; lib/exchange/FORMAT.md has their bytes. AtomicFile (atomic_file.h) writes
// them. Threads: const members and functions may run concurrently. Errors: what another party wrote
// and is turned away is named at the front of the message
// ("refused, key possession: ..."; lib/exchange/files/refusal.h has all names).

// A party's secrets: root (signs rosters), signing (signs lists, letters and requests), receiving
// (opens what is sealed to it) and keeping (seals what it stores). The root belongs off line: a
// file without it serves for everything but rosters and cards.
// Lifetime: wipes itself; cannot be copied or printed.
class MembershipKeys {
 public:
  // kIo: the system gave no randomness.
  static Result<MembershipKeys> Generate();
  // New signing and receiving keys under the same root and keeping key: what follows a leak. Its
  // card has the next generation's number. kIo.
  Result<MembershipKeys> NextGeneration() const;

  // kInvalidArgument: no member key, or others than its owner may read it. kCorruption: damaged.
  // kUnsupportedFormat: made by a later version. kNotFound, kIo.
  static Result<MembershipKeys> Read(const std::filesystem::path& file);
  enum class Root : std::uint8_t { kWith, kWithout };
  // Writes the file whole and synced, with mode 0600. kConflict: it exists; it is not touched.
  // kInvalidArgument: a root is asked for that is not here. kNotFound: no such folder. kIo.
  Result<void> WriteNew(const std::filesystem::path& file, Root root = Root::kWith) const;

  bool has_root() const;

  // The member's card: its public keys, each signed with its secret. `country`: ISO 3166-1 alpha-2,
  // where the member keeps its data. `generation`: 1, and one more after each NextGeneration().
  // kInvalidArgument: no such name (a-z, 0-9, '-', '.'), country or generation, or no root here.
  // Cost: two signatures.
  Result<std::string> Card(std::string_view name, std::string_view country,
                           std::uint32_t generation = 1) const;

  // The roster's file with our root's signature added, or put in place of an older one of ours.
  // Its content is not judged: look at InspectRoster() and CheckRoster() first.
  // kInvalidArgument: no root here, or no roster. Cost: one signature.
  Result<std::string> SignRoster(std::string_view file) const;

  MembershipKeys(MembershipKeys&&) noexcept;
  MembershipKeys& operator=(MembershipKeys&&) noexcept;
  ~MembershipKeys();

 private:
  struct Impl;
  explicit MembershipKeys(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// --- Cards

struct MemberCardInfo {
  std::string name, country;
  std::uint32_t generation = 1;
};
// Reads a member's card. "key possession": it is not signed with every key that it lists.
// Cost: two checks of a signature.
Result<MemberCardInfo> CheckMemberCard(std::string_view file);

struct OperatorCardInfo {
  struct Key {
    Epoch epoch = 0;
    KeyClass key_class = KeyClass::kGuessable;
  };
  std::string name;
  std::uint8_t place = 0;  // in the chain, from 0
  std::vector<Key> keys;   // by epoch and class
};
// Reads an operator's card (ExchangeOperator::Card()). "bad signature"; "key possession": a key
// whose secret the operator did not show to hold, which could have been made from another's.
// Cost: the check of one signature, and two multiplications per key.
Result<OperatorCardInfo> CheckOperatorCard(std::string_view file);

// --- Rosters

struct RosterInfo {
  struct MemberLine {
    MemberId id{};
    std::string name, country;
    std::string status;  // "active", "left", "expelled"
    std::uint32_t generation = 1;
  };
  struct OperatorLine {
    std::uint8_t place = 0;
    std::string name;
  };
  ExchangeId exchange;
  std::uint64_t version = 0;  // 0: the genesis, which makes the exchange
  Time created, expires;
  std::uint16_t threshold = 1;          // active members whose root must sign
  std::uint64_t signatures = 0;         // that hold, of its own active members' roots
  std::vector<MemberLine> members;      // by id
  std::vector<OperatorLine> operators;  // by place
};

// What a roster's file says of itself, whether or not it has enough signatures. Trusts nothing.
// Refusals: "malformed", "unknown version" and the like. Cost: a check of each signature.
Result<RosterInfo> InspectRoster(std::string_view file);

// Everything that a member checks before it takes a roster in: signatures, possession of every key,
// and that it follows `before`, the roster in force (none: it is a genesis). `before` itself is
// trusted. Refusals: "roster not signed", "roster gap", "roster rollback", "forked roster", "wrong
// predecessor", "key possession" and others.
// Cost: two checks of a signature per member, two multiplications per epoch's key.
Result<RosterInfo> CheckRoster(std::string_view file,
                               std::optional<std::string_view> before = std::nullopt);

// Returns the bytes of a card by the name that the draft calls it.
using ReadCard = std::function<Result<std::string>(const std::string& name)>;

struct DraftedRoster {
  RosterInfo info;
  std::string file;  // without signatures
};
// A roster from what the members agreed on, as JSON (lib/exchange/FORMAT.md, "Drafting a roster").
// `after`: the roster that it follows, which is believed; none makes a genesis. `defaults`: quotas
// of members for which the JSON names none. kInvalidArgument, naming the member of the JSON that is
// wrong; the errors of `read_card`; refusals of cards and of what no reader would take. Cost: that
// of checking each card.
Result<DraftedRoster> DraftRosterFile(std::string_view json, std::optional<std::string_view> after,
                                      const ReadCard& read_card,
                                      const ExchangePolicy& defaults = {});

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_MEMBERSHIP_H_

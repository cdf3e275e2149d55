#ifndef REVENANT_EXCHANGE_MEMBER_MEMBERSHIP_H_
#define REVENANT_EXCHANGE_MEMBER_MEMBERSHIP_H_

// Our place in an exchange, as the store keeps it: the chain of rosters, and N of our identifiers,
// sealed.
// Threads: functions of a view or a batch. Errors: kNotFound (no exchange joined), Refusal names.

#include <functional>
#include <optional>

#include "exchange/member/rows.h"
#include "exchange/roster/roster.h"
#include "store/store.h"

namespace revenant {

struct Membership {
  SignedRoster roster;  // in force
  MemberId self{};
  bool forked = false;  // two rosters of one version are known
  // For how long a lister may be silent about a dispute before its entry weighs nothing here.
  std::int64_t silence_micros = 0;

  const ExchangeId& exchange() const { return roster.exchange; }
  // Nothing goes in or out under an expired or forked roster. kRosterExpired, kRosterFork.
  Result<void> CheckUsable(Time now) const;
};

Result<Membership> LoadMembership(const View& view);
// What screenings go by (store/foreign_rows.h), as the roster names it.
void PutEpochs(Batch& batch, const Roster& roster);
// The roster of a version that was in force here once; nullopt: it never was.
Result<std::optional<Digest>> RosterDigest(const View& view, std::uint64_t version);

// kConflict: an exchange is joined already. kUnknownMember: the genesis names no such member, or
// names it with other keys.
Result<void> JoinExchange(Batch& batch, std::string_view genesis_file, std::string_view member_name,
                          const MemberKeys& keys, const CheckPossession& check);

struct RosterAdoption {
  bool changed = false;
  bool fork = false;  // evidence was kept; the error is the caller's to report
  std::uint64_t version = 0;
  std::vector<MemberId> expelled, left;  // since the roster before
};
// A member that was not in the genesis finds itself in a successor by its root key.
Result<RosterAdoption> AdoptRoster(Batch& batch, std::string_view file, const MemberKeys& keys,
                                   const CheckPossession& check, Time now);

// --- What we know of our own identifiers ---

// Keeps N of a fingerprint, sealed under the member's keeping key, and files its tag.
Result<void> KeepSecret(Batch& batch, const ExchangeId& exchange, const MemberKeys& keys,
                        const Fingerprint& fingerprint, std::string_view kind, Epoch epoch,
                        const ExchangeSecret& secret);
// nullopt: not evaluated in that epoch. kCorruption: other keys sealed it, or it is damaged.
struct KeptSecret {
  std::string kind;
  ExchangeSecret secret;
};
Result<std::optional<KeptSecret>> FindSecret(const View& view, const MemberKeys& keys,
                                             const Fingerprint& fingerprint, Epoch epoch);
// Every N kept of an epoch, for a rotation. Key order.
Result<void> ForEachSecret(
    const View& view, const MemberKeys& keys, Epoch epoch,
    const std::function<Result<bool>(const Fingerprint&, const KeptSecret&)>& visit);
// Forgets what was kept of epochs before `epoch`.
Result<std::uint64_t> DropSecretsBefore(Batch& batch, Epoch epoch);

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_MEMBER_MEMBERSHIP_H_

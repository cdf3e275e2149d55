#include "exchange/member/membership.h"

#include <fmt/format.h>

#include <algorithm>

#include "exchange/crypto/at_rest.h"
#include "exchange/files/refusal.h"
#include "registry/state/case_facts.h"
#include "store/foreign_rows.h"
#include "util/try.h"
#include "util/wire.h"

namespace revenant {
namespace {

Error KeptTokenDamaged() {
  return {Code::kCorruption,
          "store: a kept token cannot be opened: these are other member keys, or it is damaged"};
}

// The newest roster row, read without the checks that it passed when it was adopted.
Result<SignedRoster> CurrentRoster(const View& view) {
  std::string newest;
  TRY(view.Scan(Table::kExchange, std::string(1, kRosterRow),
                [&](std::string_view, std::string_view file) -> Result<bool> {
                  newest = file;
                  return true;
                }));
  return ReadRosterUnchecked(std::move(newest));
}

void PutRoster(Batch& batch, const SignedRoster& roster) {
  batch.Put(Table::kExchange, RowKey(kRosterRow).U64(roster.roster.version).str(), roster.file);
  PutEpochs(batch, roster.roster);
}

}  // namespace

void PutEpochs(Batch& batch, const Roster& roster) {
  ExchangeEpochs epochs;
  for (const EpochSpan& span : roster.epochs) {
    epochs.spans.push_back({span.epoch, span.from, span.until});
  }
  batch.Put(Table::kExchange, ExchangeEpochsKey(), Encode(epochs));
}

Result<void> Membership::CheckUsable(Time now) const {
  if (forked) {
    return Refused(Refusal::kRosterFork,
                   "two rosters of one version are known: the members must settle which holds");
  }
  if (now >= roster.roster.expires) {
    return Refused(Refusal::kRosterExpired,
                   fmt::format("version {} held until {}: adopt its successor",
                               roster.roster.version, FormatTime(roster.roster.expires)));
  }
  return {};
}

Result<Membership> LoadMembership(const View& view) {
  TRY_ASSIGN(const std::optional<MembershipRow> row, FindMembership(view));
  if (!row) return Error{Code::kNotFound, "no exchange was joined; `exchange join` does it"};
  Membership membership;
  membership.self = row->member;
  TRY_ASSIGN(membership.roster, CurrentRoster(view));
  TRY_ASSIGN(const auto fork, GetRow(view, RowKey(kForkRow)));
  membership.forked = fork.has_value();
  TRY_ASSIGN(const EnforcementPolicy policy, EnforcementOf(view));
  membership.silence_micros = std::int64_t{policy.exchange.silence_days} * 86'400'000'000;
  return membership;
}

Result<std::optional<Digest>> RosterDigest(const View& view, std::uint64_t version) {
  TRY_ASSIGN(const auto file, GetRow(view, RowKey(kRosterRow).U64(version)));
  if (!file) return std::optional<Digest>();
  TRY_ASSIGN(const FileFrame frame, ReadFrame(*file, FileType::kRoster));
  return std::optional<Digest>(DigestOf(frame.signed_part));
}

Result<void> JoinExchange(Batch& batch, std::string_view genesis_file, std::string_view member_name,
                          const MemberKeys& keys, const CheckPossession& check) {
  TRY_ASSIGN(const std::optional<MembershipRow> joined, FindMembership(batch));
  if (joined) {
    return Error{Code::kConflict, "this store belongs to exchange " + joined->exchange.ToHex()};
  }
  TRY_ASSIGN(const SignedRoster genesis, ReadGenesis(genesis_file, check));
  const Member* self = genesis.roster.FindByName(member_name);
  // A later member joins by the genesis too, and finds itself in a successor.
  const MemberId id = self == nullptr ? MemberId{0} : self->id;
  if (self != nullptr && self->root != keys.root_key()) {
    return Refused(Refusal::kUnknownMember, "the roster names this member with other keys");
  }
  // A misspelt name would make this store one that no roster will ever name.
  for (const Member& member : genesis.roster.members) {
    if (self == nullptr && member.root == keys.root_key()) {
      return Error{Code::kInvalidArgument,
                   fmt::format("the roster names these member keys {}, not {}; join by that name",
                               member.name, member_name)};
    }
  }
  PutRoster(batch, genesis);
  batch.Put(Table::kExchange, RowKey(kMembershipRow).str(),
            Encode(MembershipRow{genesis.exchange, id}));
  return {};
}

Result<RosterAdoption> AdoptRoster(Batch& batch, std::string_view file, const MemberKeys& keys,
                                   const CheckPossession& check, Time now) {
  TRY_ASSIGN(const Membership held, LoadMembership(batch));
  Result<SignedRoster> next = ReadSuccessor(file, held.roster, check);
  RosterAdoption adoption;
  adoption.version = held.roster.roster.version;
  if (!next) {
    if (!IsRefusal(next.error(), Refusal::kRosterFork)) return std::move(next).error();
    adoption.fork = true;
    batch.Put(Table::kExchange, RowKey(kForkRow).str(), file);
    TRY_ASSIGN(const std::uint64_t number, batch.NextNumber("exchange_evidence"));
    batch.Put(Table::kExchange, RowKey(kEvidenceRow).U64(number).str(),
              Encode(EvidenceRow{std::string(RefusalName(Refusal::kRosterFork)),
                                 {},
                                 now,
                                 held.roster.file,
                                 std::string(file)}));
    return adoption;
  }
  if (next->roster.version == held.roster.roster.version) return adoption;  // known
  PutRoster(batch, *next);
  adoption.changed = true;
  adoption.version = next->roster.version;
  for (const Member& member : next->roster.members) {
    if (held.self == MemberId{0} && member.root == keys.root_key()) {
      batch.Put(Table::kExchange, RowKey(kMembershipRow).str(),
                Encode(MembershipRow{held.exchange(), member.id}));
    }
    const Member* before = held.roster.roster.Find(member.id);
    if (before != nullptr && before->status == member.status) continue;
    if (member.status == MemberStatus::kExpelled) adoption.expelled.push_back(member.id);
    if (member.status == MemberStatus::kLeft) adoption.left.push_back(member.id);
  }
  return adoption;
}

Result<void> KeepSecret(Batch& batch, const ExchangeId& exchange, const MemberKeys& keys,
                        const Fingerprint& fingerprint, std::string_view kind, Epoch epoch,
                        const ExchangeSecret& secret) {
  const std::string key = ExchangeTokenKey(fingerprint, epoch);
  Wiped<MemberKeys::Secret> keeping;
  keys.KeepingKey("tokens", keeping);
  std::string value;
  WireWriter(value).Text(kind).Raw(Seal(keeping.value, key, AsView(secret.n)));
  batch.Put(Table::kExchange, key, value);
  batch.Put(Table::kExchange, RowKey(kTagRow).Of(TagOf(secret, exchange, epoch, kind)).str(),
            Encode(TagRow{fingerprint, epoch, std::string(kind)}));
  return {};
}

namespace {

Result<KeptSecret> OpenSecret(std::string_view key, std::string_view value,
                              const Wiped<MemberKeys::Secret>& keeping) {
  WireReader in(value);
  KeptSecret kept;
  kept.kind = in.Text(600);
  const std::string_view sealed = in.Raw(sizeof kept.secret.n + kSealBytes);
  SecretText opened;
  if (!in.AtEnd() || !Unseal(keeping.value, key, sealed, opened) ||
      opened.size() != kept.secret.n.size()) {
    return KeptTokenDamaged();
  }
  std::copy(opened.begin(), opened.end(), kept.secret.n.begin());
  return kept;
}

}  // namespace

Result<std::optional<KeptSecret>> FindSecret(const View& view, const MemberKeys& keys,
                                             const Fingerprint& fingerprint, Epoch epoch) {
  const std::string key = ExchangeTokenKey(fingerprint, epoch);
  TRY_ASSIGN(const std::optional<std::string> value, view.Get(Table::kExchange, key));
  if (!value) return std::optional<KeptSecret>();
  Wiped<MemberKeys::Secret> keeping;
  keys.KeepingKey("tokens", keeping);
  TRY_ASSIGN(KeptSecret kept, OpenSecret(key, *value, keeping));
  return std::optional<KeptSecret>(std::move(kept));
}

Result<void> ForEachSecret(
    const View& view, const MemberKeys& keys, Epoch epoch,
    const std::function<Result<bool>(const Fingerprint&, const KeptSecret&)>& visit) {
  Wiped<MemberKeys::Secret> keeping;
  keys.KeepingKey("tokens", keeping);
  return view.Scan(Table::kExchange, std::string(1, kSecretRow),
                   [&](std::string_view key, std::string_view value) -> Result<bool> {
                     ByteReader reader(key.substr(1));
                     Fingerprint fingerprint;
                     const std::string_view bytes = reader.Bytes(fingerprint.bytes.size());
                     const std::uint32_t of = reader.BigEndian32();
                     if (!reader.AtEnd()) return KeptTokenDamaged();
                     if (of != epoch) return true;
                     std::copy(bytes.begin(), bytes.end(), fingerprint.bytes.begin());
                     TRY_ASSIGN(const KeptSecret kept, OpenSecret(key, value, keeping));
                     return visit(fingerprint, kept);
                   });
}

Result<std::uint64_t> DropSecretsBefore(Batch& batch, Epoch epoch) {
  std::vector<std::string> keys;
  TRY(batch.Scan(Table::kExchange, std::string(1, kSecretRow),
                 [&](std::string_view key, std::string_view) -> Result<bool> {
                   ByteReader reader(key.substr(1));
                   reader.Bytes(sizeof(Fingerprint::bytes));
                   if (reader.BigEndian32() < epoch) keys.emplace_back(key);
                   return true;
                 }));
  const std::uint64_t dropped = keys.size();
  TRY(batch.Scan(Table::kExchange, std::string(1, kTagRow),
                 [&](std::string_view key, std::string_view value) -> Result<bool> {
                   TRY_ASSIGN(const TagRow row, DecodeTagRow(value));
                   if (row.epoch < epoch) keys.emplace_back(key);
                   return true;
                 }));
  for (const std::string& key : keys) batch.Delete(Table::kExchange, key);
  return dropped;
}

}  // namespace revenant

// What stands behind revenant/exchange_membership.h.
#include "exchange/files/member_keys.h"
#include "exchange/roster/operator_card.h"
#include "exchange/roster/possession.h"
#include "exchange/roster/roster.h"
#include "exchange/roster/roster_draft.h"
#include "revenant/exchange_membership.h"
#include "util/try.h"

namespace revenant {
namespace {

RosterInfo InfoOf(const SignedRoster& read) {
  const Roster& roster = read.roster;
  RosterInfo info;
  info.exchange = read.exchange;
  info.version = roster.version;
  info.created = roster.created;
  info.expires = roster.expires;
  info.threshold = roster.threshold;
  info.signatures = SignaturesOf(read);
  for (const Member& member : roster.members) {
    info.members.push_back({member.id, member.name, member.jurisdiction,
                            std::string(MemberStatusName(member.status)), member.generation});
  }
  for (const Operator& each : roster.operators) info.operators.push_back({each.place, each.name});
  return info;
}

Error NoRoot(std::string_view instead) {
  return {Code::kInvalidArgument, "this member key holds no root: " + std::string(instead)};
}

}  // namespace

struct MembershipKeys::Impl {
  MemberKeys keys;
};

MembershipKeys::MembershipKeys(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
MembershipKeys::MembershipKeys(MembershipKeys&&) noexcept = default;
MembershipKeys& MembershipKeys::operator=(MembershipKeys&&) noexcept = default;
MembershipKeys::~MembershipKeys() = default;

Result<MembershipKeys> MembershipKeys::Generate() {
  TRY_ASSIGN(MemberKeys keys, MemberKeys::Generate());
  return MembershipKeys(std::make_unique<Impl>(Impl{std::move(keys)}));
}

Result<MembershipKeys> MembershipKeys::NextGeneration() const {
  TRY_ASSIGN(MemberKeys keys, impl_->keys.NextGeneration());
  return MembershipKeys(std::make_unique<Impl>(Impl{std::move(keys)}));
}

Result<MembershipKeys> MembershipKeys::Read(const std::filesystem::path& file) {
  TRY_ASSIGN(MemberKeys keys, MemberKeys::Read(file));
  return MembershipKeys(std::make_unique<Impl>(Impl{std::move(keys)}));
}

Result<void> MembershipKeys::WriteNew(const std::filesystem::path& file, Root root) const {
  return impl_->keys.WriteNew(file, root == Root::kWith);
}

bool MembershipKeys::has_root() const { return impl_->keys.has_root(); }

Result<std::string> MembershipKeys::Card(std::string_view name, std::string_view country,
                                         std::uint32_t generation) const {
  if (!has_root()) return NoRoot("make the card where that is kept");
  std::string card = MemberCardFile(impl_->keys, name, country, generation);
  if (!ReadMemberCard(card)) {
    return Error{Code::kInvalidArgument,
                 "a member has a name of a-z, 0-9, '-' and '.', and a country of two letters"};
  }
  return card;
}

Result<std::string> MembershipKeys::SignRoster(std::string_view file) const {
  if (!has_root()) return NoRoot("sign where that is kept");
  return SignRosterFile(file, impl_->keys.root());
}

Result<MemberCardInfo> CheckMemberCard(std::string_view file) {
  TRY_ASSIGN(Member member, ReadMemberCard(file));
  return MemberCardInfo{std::move(member.name), std::move(member.jurisdiction), member.generation};
}

Result<OperatorCardInfo> CheckOperatorCard(std::string_view file) {
  TRY_ASSIGN(OperatorCard card, ReadOperatorCard(file));
  OperatorCardInfo info;
  info.name = std::move(card.who.name);
  info.place = card.who.place;
  for (const EpochKey& key : card.keys) info.keys.push_back({key.epoch, key.key_class});
  return info;
}

Result<RosterInfo> InspectRoster(std::string_view file) {
  TRY_ASSIGN(const SignedRoster roster, ReadRosterUnchecked(std::string(file)));
  return InfoOf(roster);
}

Result<RosterInfo> CheckRoster(std::string_view file, std::optional<std::string_view> before) {
  if (!before) {
    TRY_ASSIGN(const SignedRoster genesis, ReadGenesis(file, PossessionHolds));
    return InfoOf(genesis);
  }
  TRY_ASSIGN(const SignedRoster current, ReadRosterUnchecked(std::string(*before)));
  TRY_ASSIGN(const SignedRoster next, ReadSuccessor(file, current, PossessionHolds));
  return InfoOf(next);
}

Result<DraftedRoster> DraftRosterFile(std::string_view json, std::optional<std::string_view> after,
                                      const ReadCard& read_card, const ExchangePolicy& defaults) {
  std::optional<SignedRoster> before;
  if (after) {
    TRY_ASSIGN(before, ReadRosterUnchecked(std::string(*after)));
  }
  SignedRoster draft;
  TRY_ASSIGN(draft.roster, DraftRoster(json, before ? &*before : nullptr, read_card, defaults));
  draft.exchange = before ? before->exchange : ExchangeIdOf(draft.roster);
  draft.file = RosterFile(draft.roster, draft.exchange);
  RosterInfo info = InfoOf(draft);
  return DraftedRoster{std::move(info), std::move(draft.file)};
}

}  // namespace revenant

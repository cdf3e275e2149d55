#include "exchange/roster/roster.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "exchange/files/refusal.h"
#include "util/try.h"
#include "util/wire.h"

namespace revenant {
namespace {

constexpr std::uint16_t kRosterVersion = 1;
constexpr std::size_t kMaxOperators = 2, kMaxEpochs = 1000, kMaxEpochKeys = 4000;
constexpr std::uint32_t kMaxListEntries = 12'000'000;  // what kMaxUnpackedBytes has room for

// --- Parts, each written and read by a pair of functions of one shape ---

void Put(WireWriter& out, const Quota& quota) { out.U64(quota.backlog).U64(quota.daily); }
Quota GetQuota(WireReader& in) {
  Quota quota;
  quota.backlog = in.U64();
  quota.daily = in.U64();
  return quota;
}

void Put(WireWriter& out, const Operator& who) {
  out.U8(who.place).Text(who.name).Raw(who.signing).Raw(who.receiving);
}
Operator GetOperator(WireReader& in) {
  Operator who;
  who.place = in.U8();
  who.name = in.Text(kMaxMemberName);
  in.Raw(who.signing);
  in.Raw(who.receiving);
  return who;
}

void Put(WireWriter& out, const EpochSpan& span) {
  out.U32(span.epoch).Moment(span.from).Moment(span.until);
}
EpochSpan GetSpan(WireReader& in) {
  EpochSpan span;
  span.epoch = in.U32();
  span.from = in.Moment();
  span.until = in.Moment();
  if (span.epoch == 0 || span.until <= span.from) in.Fail();
  return span;
}

void Put(WireWriter& out, const EpochKey& key) {
  out.U32(key.epoch).U8(static_cast<std::uint8_t>(key.key_class)).U8(key.place);
  out.Raw(key.key).Raw(key.proof);
}
EpochKey GetEpochKey(WireReader& in) {
  EpochKey key;
  key.epoch = in.U32();
  const std::uint8_t key_class = in.U8();
  key.place = in.U8();
  in.Raw(key.key);
  in.Raw(key.proof);
  if (key_class != 1 && key_class != 2) in.Fail();
  key.key_class = static_cast<KeyClass>(key_class);
  return key;
}

bool IsMemberName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}
bool IsCountry(std::string_view code) {
  return code.size() == 2 &&
         std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

void PutCard(WireWriter& out, const Member& member) {
  out.Text(member.name).Text(member.jurisdiction).U32(member.generation);
  out.Raw(member.root).Raw(member.signing).Raw(member.receiving);
}
void GetCard(WireReader& in, Member& member) {
  member.name = in.Text(kMaxMemberName);
  member.jurisdiction = in.Text(2);
  member.generation = in.U32();
  in.Raw(member.root);
  in.Raw(member.signing);
  in.Raw(member.receiving);
  if (!IsMemberName(member.name) || !IsCountry(member.jurisdiction) || member.generation == 0) {
    in.Fail();
  }
}

void Put(WireWriter& out, const Member& member) {
  out.U32(static_cast<std::uint32_t>(member.id)).U8(static_cast<std::uint8_t>(member.status));
  PutCard(out, member);
  out.Raw(member.resume_from).Raw(member.root_possession).Raw(member.signing_possession);
  Put(out, member.guessable);
  Put(out, member.random);
}
Member GetMember(WireReader& in) {
  Member member;
  member.id = MemberId{in.U32()};
  const std::uint8_t status = in.U8();
  GetCard(in, member);
  in.Raw(member.resume_from);
  in.Raw(member.root_possession);
  in.Raw(member.signing_possession);
  member.guessable = GetQuota(in);
  member.random = GetQuota(in);
  if (status < 1 || status > 3 || member.id == MemberId{0}) in.Fail();
  member.status = static_cast<MemberStatus>(status);
  return member;
}

// A list in strictly ascending order of `order_of`, so that it has one encoding.
template <typename Item, typename Get, typename OrderOf>
std::vector<Item> GetList(WireReader& in, std::size_t max, std::size_t item_bytes, Get get,
                          OrderOf order_of) {
  std::vector<Item> items(in.Count(in.U16(), max, item_bytes));
  for (std::size_t i = 0; i < items.size(); ++i) {
    items[i] = get(in);
    if (i > 0 && !(order_of(items[i - 1]) < order_of(items[i]))) in.Fail();
  }
  return items;
}

std::string CardBytes(const Member& member) {
  std::string card;
  WireWriter out(card);
  PutCard(out, member);
  return card;
}

bool HoldsItsKeys(const Member& member) {
  const std::string card = CardBytes(member);
  return Verify({member.root, member.root_possession}, FileType::kMemberCard, {}, card) &&
         Verify({member.signing, member.signing_possession}, FileType::kMemberCard, {}, card);
}

std::size_t SignaturesOf(const FileFrame& frame, const Roster& roster) {
  return static_cast<std::size_t>(
      std::count_if(frame.signatures.begin(), frame.signatures.end(), [&](const SignedBy& by) {
        return std::any_of(roster.members.begin(), roster.members.end(),
                           [&](const Member& member) {
                             return member.status == MemberStatus::kActive && member.root == by.key;
                           }) &&
               Verify(by, frame.type, frame.exchange, frame.signed_part);
      }));
}

Result<void> NeedSignatures(const FileFrame& frame, const Roster& by, std::string_view whose) {
  const std::size_t got = SignaturesOf(frame, by);
  if (got >= by.threshold) return {};
  return Refused(Refusal::kRosterUnsigned,
                 fmt::format("{} of the {} root keys that {} asks for", got, by.threshold, whose));
}

// Names, root keys and numbers tell members apart; a majority rule keeps two rosters of one
// version from both finding enough honest signers.
Result<void> CheckRoster(const Roster& roster, const ExchangeId& exchange,
                         const CheckPossession& check) {
  std::set<std::string> names;
  std::set<PublicKey> roots;
  std::size_t active = 0;
  for (const Member& member : roster.members) {
    active += member.status == MemberStatus::kActive;
    if (!names.insert(member.name).second || !roots.insert(member.root).second) {
      return Refused(Refusal::kMalformed, "two members share a name or a root key");
    }
    if (!HoldsItsKeys(member)) {
      return Refused(Refusal::kBadPossession, member.name + " did not show that it holds its keys");
    }
  }
  if (roster.threshold > active || 2 * roster.threshold <= active) {
    return Refused(Refusal::kMalformed,
                   "the number of signatures asked for must be a majority of the active members");
  }
  for (const EpochKey& key : roster.keys) {
    if (check && !check(key, exchange)) {
      return Refused(Refusal::kBadPossession,
                     fmt::format("operator {} did not show that it holds its key of epoch {}",
                                 key.place, key.epoch));
    }
  }
  return {};
}

}  // namespace

std::string_view MemberStatusName(MemberStatus status) {
  switch (status) {
    case MemberStatus::kActive:
      return "active";
    case MemberStatus::kLeft:
      return "left";
    case MemberStatus::kExpelled:
      return "expelled";
  }
  return "unknown";
}

const Member* Roster::Find(MemberId member) const {
  const auto found = std::lower_bound(members.begin(), members.end(), member,
                                      [](const Member& m, MemberId id) { return m.id < id; });
  return found == members.end() || found->id != member ? nullptr : &*found;
}

const Member* Roster::FindByName(std::string_view name) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const Member& member) { return member.name == name; });
  return found == members.end() ? nullptr : &*found;
}

const EpochKey* Roster::FindKey(Epoch epoch, KeyClass key_class, std::uint8_t place) const {
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const EpochKey& key) {
    return key.epoch == epoch && key.key_class == key_class && key.place == place;
  });
  return found == keys.end() ? nullptr : &*found;
}

bool Roster::EpochCounts(Epoch epoch, Time at) const {
  return std::any_of(epochs.begin(), epochs.end(), [&](const EpochSpan& span) {
    return span.epoch == epoch && span.from <= at && at < span.until;
  });
}

Epoch Roster::EpochAt(Time at) const {
  Epoch newest = 0;
  for (const EpochSpan& span : epochs) {
    if (span.from <= at && at < span.until) newest = span.epoch;
  }
  return newest;
}

const Quota& QuotaOf(const Member& member, KeyClass key_class) {
  return key_class == KeyClass::kGuessable ? member.guessable : member.random;
}

std::string EncodeRoster(const Roster& roster) {
  std::string bytes;
  WireWriter out(bytes);
  out.U16(kRosterVersion).U64(roster.version).Raw(roster.predecessor);
  out.Moment(roster.created).Moment(roster.expires).U16(roster.threshold).Raw(roster.kinds);
  out.U32(roster.max_seq_leap).U16(roster.max_feed_days).U32(roster.max_entries);
  const auto put_list = [&](const auto& items) {
    out.U16(static_cast<std::uint16_t>(items.size()));
    for (const auto& item : items) Put(out, item);
  };
  put_list(roster.operators);
  put_list(roster.epochs);
  put_list(roster.keys);
  put_list(roster.members);
  return bytes;
}

Result<Roster> DecodeRoster(std::string_view bytes) {
  WireReader in(bytes);
  if (in.U16() != kRosterVersion) {
    return Refused(Refusal::kUnknownVersion, "the roster is of another version: upgrade");
  }
  Roster roster;
  roster.version = in.U64();
  in.Raw(roster.predecessor);
  roster.created = in.Moment();
  roster.expires = in.Moment();
  roster.threshold = in.U16();
  in.Raw(roster.kinds);
  roster.max_seq_leap = in.U32();
  roster.max_feed_days = in.U16();
  roster.max_entries = in.U32();
  if (roster.expires <= roster.created || roster.threshold == 0 || roster.max_feed_days == 0 ||
      roster.max_entries > kMaxListEntries ||
      (roster.version == 0) != (roster.predecessor == Digest{})) {
    in.Fail();
  }
  roster.operators = GetList<Operator>(in, kMaxOperators, 67, GetOperator,
                                       [](const Operator& who) { return who.place; });
  roster.epochs = GetList<EpochSpan>(in, kMaxEpochs, 20, GetSpan,
                                     [](const EpochSpan& span) { return span.epoch; });
  roster.keys = GetList<EpochKey>(in, kMaxEpochKeys, 102, GetEpochKey, [](const EpochKey& key) {
    return std::tuple(key.epoch, key.key_class, key.place);
  });
  roster.members = GetList<Member>(in, kMaxMembers, 300, GetMember,
                                   [](const Member& member) { return member.id; });
  if (!in.AtEnd()) return Refused(Refusal::kMalformed, "the roster cannot be read");
  return roster;
}

ExchangeId ExchangeIdOf(const Roster& genesis) {
  return ExchangeId{DigestOf(EncodeRoster(genesis))};
}

Digest KindsDigest() {
  std::string text;
  for (const KindInfo& kind : Kinds()) {
    PutLengthPrefixed(text, kind.name);
    PutLengthPrefixed(text, kind.scope);
  }
  return DigestOf(text);
}

std::string RosterFile(const Roster& roster, const ExchangeId& exchange) {
  return WriteFrame(FileType::kRoster, exchange, EncodeRoster(roster), {});
}

Result<std::string> SignRosterFile(std::string_view file, const Signer& root) {
  TRY_ASSIGN(FileFrame frame, ReadFrame(file, FileType::kRoster));
  std::erase_if(frame.signatures, [&](const SignedBy& by) { return by.key == root.key(); });
  frame.signatures.push_back(root.Sign(frame.type, frame.exchange, frame.signed_part));
  return WriteFrame(frame.type, frame.exchange, frame.signed_part, std::move(frame.signatures));
}

Result<SignedRoster> ReadRosterUnchecked(std::string file) {
  SignedRoster read;
  read.file = std::move(file);
  TRY_ASSIGN(const FileFrame frame, ReadFrame(read.file, FileType::kRoster));
  read.exchange = frame.exchange;
  read.digest = DigestOf(frame.signed_part);
  TRY_ASSIGN(read.roster, DecodeRoster(frame.signed_part));
  return read;
}

std::size_t SignaturesOf(const SignedRoster& roster) {
  const Result<FileFrame> frame = ReadFrame(roster.file, FileType::kRoster);
  return frame ? SignaturesOf(*frame, roster.roster) : 0;
}

Result<SignedRoster> ReadGenesis(std::string_view file, const CheckPossession& check) {
  TRY_ASSIGN(const FileFrame frame, ReadFrame(file, FileType::kRoster));
  SignedRoster made{{}, frame.exchange, DigestOf(frame.signed_part), std::string(file)};
  TRY_ASSIGN(made.roster, DecodeRoster(frame.signed_part));
  if (made.roster.version != 0) {
    return Refused(Refusal::kRosterGap, "an exchange is joined by its genesis roster, version 0");
  }
  if (ExchangeIdOf(made.roster) != frame.exchange) {
    return Refused(Refusal::kWrongExchange, "its exchange id is not the digest of this genesis");
  }
  TRY(CheckRoster(made.roster, made.exchange, check));
  TRY(NeedSignatures(frame, made.roster, "it"));
  return made;
}

Result<SignedRoster> ReadSuccessor(std::string_view file, const SignedRoster& current,
                                   const CheckPossession& check) {
  TRY_ASSIGN(const FileFrame frame, ReadFrame(file, FileType::kRoster));
  if (frame.exchange != current.exchange) {
    return Refused(Refusal::kWrongExchange, "the roster is of another exchange");
  }
  SignedRoster next{{}, frame.exchange, DigestOf(frame.signed_part), std::string(file)};
  TRY_ASSIGN(next.roster, DecodeRoster(frame.signed_part));
  const std::uint64_t held = current.roster.version;
  if (next.roster.version == held && next.digest == current.digest) {
    TRY(NeedSignatures(frame, current.roster, "it"));
    return current;  // and its file: a copy may carry fewer signatures
  }
  if (next.roster.version < held) {
    return Refused(Refusal::kRosterRollback,
                   fmt::format("version {} is in force, not {}", held, next.roster.version));
  }
  if (next.roster.version > held + 1) {
    return Refused(Refusal::kRosterGap, fmt::format("version {} must come first", held + 1));
  }
  TRY(CheckRoster(next.roster, next.exchange, check));
  TRY(NeedSignatures(frame, next.roster, "it"));
  if (next.roster.version == held) {  // valid in itself, and not the one that we hold
    return Refused(Refusal::kRosterFork, fmt::format("there are two rosters of version {}", held));
  }
  TRY(NeedSignatures(frame, current.roster, "the one in force"));
  if (next.roster.predecessor != current.digest) {
    return Refused(Refusal::kWrongPredecessor, "the roster does not follow the one in force");
  }
  if (next.roster.created < current.roster.created) {
    return Refused(Refusal::kWrongTimes, "the roster was made before the one in force");
  }
  for (const Member& before : current.roster.members) {
    const Member* after = next.roster.Find(before.id);
    if (after == nullptr || after->name != before.name || after->generation < before.generation) {
      return Refused(Refusal::kMalformed, "members keep their number, their name and their past");
    }
    if (after->generation == before.generation && after->signing != before.signing) {
      return Refused(Refusal::kMalformed, "a new key is a new generation");
    }
  }
  return next;
}

std::string MemberCardFile(const MemberKeys& keys, std::string_view name,
                           std::string_view jurisdiction, std::uint32_t generation) {
  Member member;
  member.name = name;
  member.jurisdiction = jurisdiction;
  member.generation = generation;
  member.root = keys.root_key();
  member.signing = keys.signing().key();
  member.receiving = keys.receiving_key();
  const std::string card = CardBytes(member);
  return WriteFrame(FileType::kMemberCard, {}, card,
                    {keys.root().Sign(FileType::kMemberCard, {}, card),
                     keys.signing().Sign(FileType::kMemberCard, {}, card)});
}

Result<Member> ReadMemberCard(std::string_view file) {
  TRY_ASSIGN(const FileFrame frame, ReadFrame(file, FileType::kMemberCard));
  WireReader in(frame.signed_part);
  Member member;
  GetCard(in, member);
  if (!in.AtEnd()) return Refused(Refusal::kMalformed, "the member card cannot be read");
  for (const SignedBy& by : frame.signatures) {
    if (by.key == member.root) member.root_possession = by.signature;
    if (by.key == member.signing) member.signing_possession = by.signature;
  }
  if (!HoldsItsKeys(member)) {
    return Refused(Refusal::kBadPossession, member.name + " did not show that it holds its keys");
  }
  return member;
}

}  // namespace revenant

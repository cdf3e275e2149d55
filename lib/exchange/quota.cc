#include "exchange/quota.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>

#include "exchange/durable_file.h"
#include "exchange/refusal.h"
#include "exchange/wire.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr std::string_view kMagic = "RVNTLEDG";
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kChargeBytes = 62;
constexpr std::size_t kRefusedBytes = 53;
constexpr std::uint32_t kMaxCharges = 4'000'000;
constexpr std::size_t kMaxFileBytes = std::size_t{512} << 20;
constexpr std::int64_t kDayMicros = 86'400'000'000;

std::int64_t DayOf(Time time) { return time.micros / kDayMicros; }

std::uint64_t Minus(std::uint64_t quota, std::uint64_t used) {
  return quota > used ? quota - used : 0;
}

void Put(WireWriter& out, const Charge& charge) {
  out.Raw(charge.request)
      .U32(static_cast<std::uint32_t>(charge.member))
      .U8(static_cast<std::uint8_t>(charge.key_class))
      .U8(static_cast<std::uint8_t>(charge.purpose))
      .U32(charge.epoch)
      .U32(charge.count)
      .U32(charge.by_day)
      .U32(charge.by_backlog)
      .Moment(charge.at);
}

Charge GetCharge(WireReader& in) {
  Charge charge;
  in.Raw(charge.request);
  charge.member = MemberId{in.U32()};
  charge.key_class = static_cast<KeyClass>(in.U8());
  charge.purpose = static_cast<ProofPurpose>(in.U8());
  charge.epoch = in.U32();
  charge.count = in.U32();
  charge.by_day = in.U32();
  charge.by_backlog = in.U32();
  charge.at = in.Moment();
  return charge;
}

void Put(WireWriter& out, const RefusedRequest& refused) {
  out.Raw(refused.request)
      .U32(static_cast<std::uint32_t>(refused.member))
      .U8(static_cast<std::uint8_t>(refused.key_class))
      .U32(refused.count)
      .U32(refused.times)
      .Moment(refused.at);
}

RefusedRequest GetRefused(WireReader& in) {
  RefusedRequest refused;
  in.Raw(refused.request);
  refused.member = MemberId{in.U32()};
  refused.key_class = static_cast<KeyClass>(in.U8());
  refused.count = in.U32();
  refused.times = in.U32();
  refused.at = in.Moment();
  return refused;
}

Error Damaged(const std::filesystem::path& file) {
  return {Code::kCorruption, file.string() + " is damaged: restore it, or quotas would begin anew"};
}

}  // namespace

const Quota& QuotaOf(const Member& member, KeyClass key_class) {
  return key_class == KeyClass::kGuessable ? member.guessable : member.random;
}

Result<Ledger> Ledger::Open(const std::filesystem::path& file) {
  Ledger ledger(file);
  const Result<SecretText> bytes = ReadWholeFile(file, kMaxFileBytes);
  if (!bytes) {
    if (bytes.error().code == Code::kNotFound) return ledger;
    return bytes.error();
  }
  TRY(ledger.Decode({bytes->data(), bytes->size()}));
  return ledger;
}

std::string Ledger::Encode() const {
  std::string bytes;
  WireWriter out(bytes);
  out.Raw(kMagic).U16(kVersion);
  out.U32(static_cast<std::uint32_t>(charges_.size()));
  for (const Charge& charge : charges_) Put(out, charge);
  out.U32(static_cast<std::uint32_t>(refused_.size()));
  for (const RefusedRequest& refused : refused_) Put(out, refused);
  out.U64(XXH3_64bits(bytes.data(), bytes.size()));
  return bytes;
}

Result<void> Ledger::Decode(std::string_view bytes) {
  constexpr std::size_t kSumBytes = sizeof(std::uint64_t);
  if (bytes.size() < kMagic.size() + kSumBytes || !bytes.starts_with(kMagic)) {
    return Damaged(file_);
  }
  WireReader sum(bytes.substr(bytes.size() - kSumBytes));
  bytes.remove_suffix(kSumBytes);
  if (sum.U64() != XXH3_64bits(bytes.data(), bytes.size())) return Damaged(file_);
  WireReader in(bytes.substr(kMagic.size()));
  if (in.U16() != kVersion) {
    return Error{Code::kUnsupportedFormat, file_.string() + " was written by a later version"};
  }
  charges_.resize(in.Count(in.U32(), kMaxCharges, kChargeBytes));
  for (Charge& charge : charges_) charge = GetCharge(in);
  refused_.resize(in.Count(in.U32(), kMaxRefused, kRefusedBytes));
  for (RefusedRequest& refused : refused_) refused = GetRefused(in);
  if (!in.AtEnd()) return Damaged(file_);
  return {};
}

Result<void> Ledger::Save() const { return ReplaceFile(file_, Encode()); }

Time Ledger::Forward(Time now) const {
  return charges_.empty() ? now : std::max(now, charges_.back().at);
}

const Charge* Ledger::Find(const RequestDigest& name) const {
  const auto found = std::find_if(charges_.begin(), charges_.end(),
                                  [&](const Charge& charge) { return charge.request == name; });
  return found == charges_.end() ? nullptr : &*found;
}

Allowance Ledger::Left(MemberId member, KeyClass key_class, const Quota& quota, Time now) const {
  const std::int64_t today = DayOf(Forward(now));
  std::uint64_t by_day = 0;
  std::uint64_t by_backlog = 0;
  for (const Charge& charge : charges_) {
    if (charge.member != member || charge.key_class != key_class) continue;
    if (DayOf(charge.at) == today) by_day += charge.by_day;
    by_backlog += charge.by_backlog;
  }
  return {Minus(quota.daily, by_day), Minus(quota.backlog, by_backlog)};
}

std::uint64_t Ledger::LeftToRotate(MemberId member, KeyClass key_class, Epoch epoch,
                                   Epoch next) const {
  std::uint64_t made = 0;
  std::uint64_t rotated = 0;
  for (const Charge& charge : charges_) {
    if (charge.member != member || charge.key_class != key_class) continue;
    if (charge.epoch == epoch) made += charge.count;  // evaluated, or rotated into it
    if (charge.epoch == next && charge.purpose == ProofPurpose::kRotation) rotated += charge.count;
  }
  return Minus(made, rotated);
}

Result<void> Ledger::Check(const TokenRequest& request, const Quota& quota, Time now) const {
  const std::uint64_t count = request.elements.size();
  if (request.purpose == ProofPurpose::kRotation) {
    const std::uint64_t left =
        LeftToRotate(request.member, request.key_class, request.from_epoch, request.epoch);
    if (count <= left) return {};
    return Refused(Refusal::kOverQuota,
                   fmt::format("{} items to rotate, {} were evaluated in epoch {} and not rotated "
                               "yet",
                               count, left, request.from_epoch));
  }
  const Allowance left = Left(request.member, request.key_class, quota, now);
  if (count <= left.today || count - left.today <= left.backlog) return {};
  return Refused(Refusal::kOverQuota,
                 fmt::format("{} items of class {}; {} are left for today and {} of the backlog",
                             count, KeyClassName(request.key_class), left.today, left.backlog));
}

Result<void> Ledger::Add(const RequestDigest& name, const TokenRequest& request, const Quota& quota,
                         Time now) {
  if (Find(name) != nullptr) return {};
  TRY(Check(request, quota, now));
  if (charges_.size() >= kMaxCharges) {
    return Error{Code::kConflict, "the ledger is full: begin a new exchange"};
  }
  const auto count = static_cast<std::uint32_t>(request.elements.size());
  Charge charge{name, request.member, request.key_class, request.purpose, request.epoch, count, 0,
                0,    Forward(now)};
  if (request.purpose == ProofPurpose::kEvaluation) {
    const Allowance left = Left(request.member, request.key_class, quota, now);
    charge.by_day = static_cast<std::uint32_t>(std::min<std::uint64_t>(count, left.today));
    charge.by_backlog = count - charge.by_day;
  }
  charges_.push_back(charge);
  if (Result<void> saved = Save(); !saved) {
    charges_.pop_back();
    return std::move(saved).error();
  }
  return {};
}

Result<void> Ledger::NoteRefused(const TokenRequest& request, Time now) {
  const auto known = std::find_if(
      refused_.begin(), refused_.end(),
      [&](const RefusedRequest& refused) { return refused.request == request.digest; });
  RefusedRequest refused{request.digest,
                         request.member,
                         request.key_class,
                         static_cast<std::uint32_t>(request.elements.size()),
                         1,
                         Forward(now)};
  if (known != refused_.end()) {
    refused.times = known->times + (known->times < UINT32_MAX ? 1 : 0);
    refused_.erase(known);
  }
  if (refused_.size() >= kMaxRefused) refused_.erase(refused_.begin());
  refused_.push_back(refused);
  return Save();
}

}  // namespace revenant

#include "exchange/operator/quota.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>

#include "exchange/files/refusal.h"
#include "revenant/atomic_file.h"
#include "util/durable_file.h"
#include "util/try.h"
#include "util/wire.h"

namespace revenant {
namespace {

constexpr std::string_view kMagic = "RVNTLEDG";
constexpr std::uint16_t kVersion = 2;
constexpr std::size_t kHeaderBytes = 16;
constexpr std::size_t kPayloadBytes = 63;
constexpr std::size_t kRecordBytes = 1 + kPayloadBytes + sizeof(std::uint64_t);
constexpr std::size_t kMaxFileBytes = std::size_t{4} << 30;
constexpr std::int64_t kDayMicros = 86'400'000'000;
// The file is rewritten when it has more records than this and more than twice what it needs.
constexpr std::uint64_t kRewriteAbove = 4'096;

// Version 1: one list of each, replaced whole.
constexpr std::size_t kChargeBytes = 62;
constexpr std::size_t kRefusedBytes = 53;
constexpr std::uint32_t kMaxVersion1Charges = 4'000'000;
static_assert(kChargeBytes <= kPayloadBytes && kRefusedBytes <= kPayloadBytes);

// Stands in every record: append new ones, never renumber.
enum class RecordType : std::uint8_t { kCharge = 1, kRefusal = 2, kSum = 3 };

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
  return {Code::kCorruption, file.string() +
                                 " is damaged: put back a copy of the whole folder; without its "
                                 "ledger every quota would start again"};
}

std::string Header() {
  std::string header;
  WireWriter(header).Raw(kMagic).U16(kVersion).U16(0).U32(0);
  return header;
}

// The first record's checksum is seeded with the header's, each other one's with that before it: a
// record cannot be dropped, moved or repeated without a trace.
std::uint64_t FirstSeed() {
  const std::string header = Header();
  return XXH3_64bits(header.data(), header.size());
}

// `put` writes the payload.
template <typename PutPayload>
std::string MakeRecord(RecordType type, PutPayload put) {
  std::string record;
  WireWriter out(record);
  out.U8(static_cast<std::uint8_t>(type));
  put(out);
  record.resize(1 + kPayloadBytes, '\0');
  return record;
}

std::string RecordOf(const Charge& charge) {
  return MakeRecord(RecordType::kCharge, [&](WireWriter& out) { Put(out, charge); });
}
std::string RecordOf(const RefusedRequest& refused) {
  return MakeRecord(RecordType::kRefusal, [&](WireWriter& out) { Put(out, refused); });
}

// Ends the record with its checksum, which is returned.
std::uint64_t Seal(std::string& record, std::uint64_t seed) {
  const std::uint64_t sum = XXH3_64bits_withSeed(record.data(), record.size(), seed);
  WireWriter(record).U64(sum);
  return sum;
}

}  // namespace

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

Result<void> Ledger::Decode(std::string_view bytes) {
  if (bytes.size() < kHeaderBytes || !bytes.starts_with(kMagic)) return Damaged(file_);
  WireReader head(bytes.substr(kMagic.size()));
  const std::uint16_t version = head.U16();
  if (version == 1) return DecodeVersion1(bytes);
  if (version > kVersion) {
    return Error{Code::kUnsupportedFormat, file_.string() + " was written by a later version"};
  }
  if (!bytes.starts_with(Header())) return Damaged(file_);
  file_bytes_ = kHeaderBytes;
  chain_ = FirstSeed();
  for (std::string_view rest = bytes.substr(kHeaderBytes); rest.size() >= kRecordBytes;
       rest.remove_prefix(kRecordBytes)) {
    const std::string_view record = rest.substr(0, 1 + kPayloadBytes);
    WireReader sum(rest.substr(record.size(), sizeof chain_));
    chain_ = XXH3_64bits_withSeed(record.data(), record.size(), chain_);
    if (sum.U64() != chain_) return Damaged(file_);
    WireReader in(record);
    switch (static_cast<RecordType>(in.U8())) {
      case RecordType::kCharge:
        Take(GetCharge(in));
        break;
      case RecordType::kRefusal:
        Take(GetRefused(in));
        break;
      case RecordType::kSum: {
        const MemberId member{in.U32()};
        const auto key_class = static_cast<KeyClass>(in.U8());
        Sum& held = sums_[{{member, key_class}, in.U32()}];
        held.evaluated += in.U64();
        held.rotated += in.U64();
        held.by_backlog += in.U64();
        break;
      }
      default:
        return Damaged(file_);
    }
    if (!in.ok()) return Damaged(file_);
    file_bytes_ += kRecordBytes;
    ++records_;
  }
  return {};
}

Result<void> Ledger::DecodeVersion1(std::string_view bytes) {
  constexpr std::size_t kSumBytes = sizeof(std::uint64_t);
  WireReader sum(bytes.substr(bytes.size() - kSumBytes));
  bytes.remove_suffix(kSumBytes);
  if (sum.U64() != XXH3_64bits(bytes.data(), bytes.size())) return Damaged(file_);
  WireReader in(bytes.substr(kMagic.size() + sizeof(std::uint16_t)));
  for (std::size_t left = in.Count(in.U32(), kMaxVersion1Charges, kChargeBytes); left > 0; --left) {
    Take(GetCharge(in));
  }
  for (std::size_t left = in.Count(in.U32(), kMaxRefused, kRefusedBytes); left > 0; --left) {
    Take(GetRefused(in));
  }
  if (!in.AtEnd()) return Damaged(file_);
  return {};
}

void Ledger::AddTo(Sums& sums, const Charge& charge) {
  Sum& sum = sums[{{charge.member, charge.key_class}, charge.epoch}];
  (charge.purpose == ProofPurpose::kRotation ? sum.rotated : sum.evaluated) += charge.count;
  sum.by_backlog += charge.by_backlog;
}

void Ledger::Take(const Charge& charge) {
  AddTo(sums_, charge);
  DayUse& use = by_day_[{charge.member, charge.key_class}];
  if (use.day != DayOf(charge.at)) use = {DayOf(charge.at), 0};
  use.by_day += charge.by_day;
  by_name_.insert_or_assign(std::string(AsView(charge.request)), charges_.size());
  charges_.push_back(charge);
}

void Ledger::Take(const RefusedRequest& refused) {
  std::erase_if(refused_, [&](const RefusedRequest& known) {
    return known.request == refused.request && known.member == refused.member;
  });
  if (refused_.size() >= kMaxRefused) {  // the oldest of the member with the most gives way
    std::map<MemberId, std::size_t> counts;
    for (const RefusedRequest& known : refused_) ++counts[known.member];
    const auto most = std::max_element(counts.begin(), counts.end(),
                                       [](auto& a, auto& b) { return a.second < b.second; });
    refused_.erase(std::find_if(refused_.begin(), refused_.end(), [&](const RefusedRequest& known) {
      return known.member == most->first;
    }));
  }
  refused_.push_back(refused);
}

Result<void> Ledger::Append(std::string record) {
  const std::size_t needed = charges_.size() - ForgottenCharges() + refused_.size() + sums_.size();
  if (file_bytes_ == 0 || (records_ > kRewriteAbove && records_ > 2 * needed)) TRY(Rewrite());
  const std::uint64_t chain = Seal(record, chain_);
  TRY(AppendToFile(file_, file_bytes_, record));
  chain_ = chain;
  file_bytes_ += record.size();
  ++records_;
  return {};
}

Result<void> Ledger::Rewrite() {
  const std::size_t forgotten = ForgottenCharges();
  Sums remembered;  // their charges stand in the file themselves
  for (std::size_t i = forgotten; i < charges_.size(); ++i) AddTo(remembered, charges_[i]);
  std::string bytes = Header();
  std::uint64_t chain = FirstSeed();
  std::uint64_t records = 0;
  const auto append = [&](std::string record) {
    chain = Seal(record, chain);
    bytes += record;
    ++records;
  };
  for (const auto& [whose, sum] : sums_) {
    const Sum& own = remembered[whose];
    const Sum old{sum.evaluated - own.evaluated, sum.rotated - own.rotated,
                  sum.by_backlog - own.by_backlog};
    if (old.evaluated == 0 && old.rotated == 0) continue;
    append(MakeRecord(RecordType::kSum, [&, &member = whose](WireWriter& out) {
      out.U32(static_cast<std::uint32_t>(member.first.first))
          .U8(static_cast<std::uint8_t>(member.first.second))
          .U32(member.second)
          .U64(old.evaluated)
          .U64(old.rotated)
          .U64(old.by_backlog);
    }));
  }
  for (std::size_t i = forgotten; i < charges_.size(); ++i) append(RecordOf(charges_[i]));
  for (const RefusedRequest& refused : refused_) append(RecordOf(refused));
  TRY(ReplaceFile(file_, bytes));
  for (std::size_t i = 0; i < forgotten; ++i) {
    by_name_.erase(std::string(AsView(charges_[i].request)));
  }
  charges_.erase(charges_.begin(), charges_.begin() + static_cast<std::ptrdiff_t>(forgotten));
  for (auto& [name, place] : by_name_) place -= forgotten;
  chain_ = chain;
  records_ = records;
  file_bytes_ = bytes.size();
  return {};
}

Time Ledger::Forward(Time now) const {
  return charges_.empty() ? now : std::max(now, charges_.back().at);
}

// By the ledger's own clock, so that the same file always remembers the same.
Time Ledger::Horizon() const {
  if (charges_.empty()) return Time{0};
  return Time{(DayOf(charges_.back().at) - kRememberedDays) * kDayMicros};
}

std::size_t Ledger::ForgottenCharges() const {
  const auto first = std::lower_bound(charges_.begin(), charges_.end(), Horizon(),
                                      [](const Charge& a, Time at) { return a.at < at; });
  return static_cast<std::size_t>(first - charges_.begin());
}

std::span<const Charge> Ledger::charges() const {
  return std::span(charges_).subspan(ForgottenCharges());
}

const Charge* Ledger::Find(const RequestDigest& name) const {
  const auto found = by_name_.find(std::string(AsView(name)));
  if (found == by_name_.end() || charges_[found->second].at < Horizon()) return nullptr;
  return &charges_[found->second];
}

Allowance Ledger::Left(MemberId member, KeyClass key_class, const Quota& quota, Time now) const {
  const Holder holder{member, key_class};
  const auto use = by_day_.find(holder);
  const bool is_today = use != by_day_.end() && use->second.day == DayOf(Forward(now));
  std::uint64_t by_backlog = 0;
  for (auto sum = sums_.lower_bound({holder, 0}); sum != sums_.end() && sum->first.first == holder;
       ++sum) {
    by_backlog += sum->second.by_backlog;
  }
  return {Minus(quota.daily, is_today ? use->second.by_day : 0), Minus(quota.backlog, by_backlog)};
}

std::uint64_t Ledger::LeftToRotate(MemberId member, KeyClass key_class, Epoch epoch,
                                   Epoch next) const {
  const auto sum_of = [&](Epoch which) {
    const auto found = sums_.find({{member, key_class}, which});
    return found == sums_.end() ? Sum{} : found->second;
  };
  const Sum made = sum_of(epoch);  // evaluated, or rotated into it
  return Minus(made.evaluated + made.rotated, sum_of(next).rotated);
}

UsedItems Ledger::Used(MemberId member, KeyClass key_class) const {
  const Holder holder{member, key_class};
  UsedItems used;
  for (auto sum = sums_.lower_bound({holder, 0}); sum != sums_.end() && sum->first.first == holder;
       ++sum) {
    used.evaluated += sum->second.evaluated;
    used.rotated += sum->second.rotated;
  }
  return used;
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
  const auto count = static_cast<std::uint32_t>(request.elements.size());
  Charge charge{name, request.member, request.key_class, request.purpose, request.epoch, count, 0,
                0,    Forward(now)};
  if (request.purpose == ProofPurpose::kEvaluation) {
    const Allowance left = Left(request.member, request.key_class, quota, now);
    charge.by_day = static_cast<std::uint32_t>(std::min<std::uint64_t>(count, left.today));
    charge.by_backlog = count - charge.by_day;
  }
  TRY(Append(RecordOf(charge)));
  Take(charge);
  return {};
}

Result<void> Ledger::NoteRefused(const TokenRequest& request, Time now) {
  const auto known =
      std::find_if(refused_.begin(), refused_.end(), [&](const RefusedRequest& refused) {
        return refused.request == request.digest && refused.member == request.member;
      });
  const std::uint32_t before = known == refused_.end() ? 0 : known->times;
  const RefusedRequest refused{request.digest,
                               request.member,
                               request.key_class,
                               static_cast<std::uint32_t>(request.elements.size()),
                               before == UINT32_MAX ? before : before + 1,
                               Forward(now)};
  TRY(Append(RecordOf(refused)));
  Take(refused);
  return {};
}

}  // namespace revenant

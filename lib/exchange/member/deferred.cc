#include "exchange/member/deferred.h"

#include <fmt/format.h>
#include <sodium.h>
#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "exchange/crypto/at_rest.h"
#include "exchange/crypto/token.h"
#include "exchange/files/refusal.h"
#include "exchange/member/membership.h"
#include "linkage/value_reader.h"
#include "registry/handle.h"
#include "registry/state/awaiting.h"
#include "revenant/exchange_desk.h"
#include "util/try.h"
#include "util/wire.h"

namespace revenant {
namespace {

constexpr std::string_view kMagic = "RVNTDEFR";
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kSealedKeyBytes = sizeof(SealKey) + crypto_box_SEALBYTES;
constexpr std::size_t kSealedInputBytes = kSealBytes + sizeof(WideBytes);
constexpr std::size_t kSumBytes = sizeof(std::uint64_t);
constexpr std::size_t kMaxKindBytes = 128;
constexpr std::size_t kMaxStoreBytes = 64;

// What binds a sealed input to its place: exchange, store, identifier, kind, version.
std::string PlaceOf(const ExchangeId& exchange, std::string_view store,
                    const Fingerprint& fingerprint, std::string_view kind) {
  std::string place;
  WireWriter(place)
      .Raw(kMagic)
      .U16(kVersion)
      .Raw(exchange.bytes)
      .Text(store)
      .Raw(fingerprint.bytes)
      .Text(kind);
  return place;
}

}  // namespace

Result<void> ForEachExchangeable(const Record& record, const LinkPolicy& policy,
                                 const std::function<Result<void>(const Identifier&)>& visit) {
  const JunkValues junk(policy);
  ValueReader reader(policy, junk);
  for (const RawAttribute& raw : record.attributes) {
    const Normalized& normal = reader.Read(raw);
    if (normal.status == Status::kJunk) continue;
    for (const Identifier& identifier : normal.identifiers()) {
      if (IsExchangeable(identifier.kind, policy)) TRY(visit(identifier));
    }
  }
  return {};
}

struct DeferredInputs::Impl {
  Impl(const Registry& owner, const Key& key) : keyed(key), policy(owner.policy()) {}

  Fingerprinter keyed;
  LinkPolicy policy;
  std::vector<std::string> kinds;  // sorted
  ExchangeId exchange;
  std::string store;
  Wiped<SealKey> run_key;
  std::string front;
  std::string inputs;
  std::set<Fingerprint> seen;
};

DeferredInputs::DeferredInputs(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DeferredInputs::~DeferredInputs() = default;

Result<std::unique_ptr<DeferredInputs>> DeferredInputs::Start(const Registry& registry,
                                                              const Key& key,
                                                              std::vector<std::string> kinds) {
  if (!InitSodium()) return Error{Code::kIo, "the system gives no randomness"};
  if (key.CheckValue() != registry.key_check_value()) {
    return Error{Code::kInvalidArgument, "the key is not that of this store"};
  }
  if (kinds.empty()) {
    return Error{Code::kInvalidArgument,
                 "inputs are kept for kinds that are named, and for no other"};
  }
  for (std::string& kind : kinds) {
    const KindInfo* info = FindKind(kind);
    if (info == nullptr || info->family == Family::kCustom) {
      return Error{Code::kInvalidArgument, kind + ": not a kind that is exchanged"};
    }
    kind = info->name;
  }
  TRY_ASSIGN(const Membership membership, LoadMembership(*SnapshotOf(registry)));
  const Member* self = membership.roster.roster.Find(membership.self);
  if (self == nullptr) {
    return Error{Code::kNotFound, "the roster does not name us yet: adopt the one that does"};
  }
  auto impl = std::make_unique<Impl>(registry, key);
  std::sort(kinds.begin(), kinds.end());
  impl->kinds = std::move(kinds);
  impl->exchange = membership.exchange();
  impl->store = registry.key_check_value();
  randombytes_buf(impl->run_key.value.data(), impl->run_key.value.size());
  std::array<std::uint8_t, kSealedKeyBytes> sealed_key;
  if (crypto_box_seal(sealed_key.data(), impl->run_key.value.data(), impl->run_key.value.size(),
                      self->receiving.data()) != 0) {
    return Error{Code::kConflict, "our receiving key in the roster is not a key"};
  }
  WireWriter(impl->front)
      .Raw(kMagic)
      .U16(kVersion)
      .Raw(impl->exchange.bytes)
      .Text(impl->store)
      .Raw(sealed_key);
  return std::unique_ptr<DeferredInputs>(new DeferredInputs(std::move(impl)));
}

Result<std::uint64_t> DeferredInputs::Add(const Record& record) {
  std::uint64_t added = 0;
  TRY(ForEachExchangeable(record, impl_->policy, [&](const Identifier& identifier) -> Result<void> {
    if (!std::binary_search(impl_->kinds.begin(), impl_->kinds.end(), identifier.kind)) return {};
    const Fingerprint fingerprint = impl_->keyed.Of(identifier);
    if (!impl_->seen.insert(fingerprint).second) return {};
    Wiped<WideBytes> input;
    ExpandInput(impl_->exchange, identifier, input.value);
    WireWriter(impl_->inputs)
        .Text(identifier.kind)
        .Raw(fingerprint.bytes)
        .Raw(Seal(impl_->run_key.value,
                  PlaceOf(impl_->exchange, impl_->store, fingerprint, identifier.kind),
                  AsView(input.value)));
    ++added;
    return {};
  }));
  return added;
}

std::string DeferredInputs::File() const {
  std::string file = impl_->front;
  WireWriter(file).U32(static_cast<std::uint32_t>(impl_->seen.size())).Raw(impl_->inputs);
  WireWriter(file).U64(XXH3_64bits(file.data(), file.size()));
  return file;
}

Result<void> ReadDeferred(std::string_view file, const ExchangeId& exchange, std::string_view store,
                          const MemberKeys& keys, const VisitDeferred& visit) {
  if (!file.starts_with(kMagic)) return Refused(Refusal::kNotOurs, "these are not deferred inputs");
  if (file.size() < kMagic.size() + kSumBytes) return Refused(Refusal::kTruncated, "cut short");
  WireReader sum(file.substr(file.size() - kSumBytes));
  file.remove_suffix(kSumBytes);
  if (sum.U64() != XXH3_64bits(file.data(), file.size())) {
    return Refused(Refusal::kChecksum, "the file is damaged");
  }
  WireReader in(file.substr(kMagic.size()));
  if (in.U16() != kVersion) {
    return Refused(Refusal::kUnknownVersion, "the deferred inputs are of another version");
  }
  if (in.Raw<std::array<std::uint8_t, 32>>() != exchange.bytes) {
    return Refused(Refusal::kWrongExchange, "the inputs were kept for another exchange");
  }
  const bool is_ours = in.Text(kMaxStoreBytes) == store;
  const auto sealed_key = in.Raw<std::array<std::uint8_t, kSealedKeyBytes>>();
  Wiped<SealKey> run_key;
  if (!is_ours ||
      crypto_box_seal_open(run_key.value.data(), sealed_key.data(), sealed_key.size(),
                           keys.receiving_key().data(), keys.receiving_secret().data()) != 0) {
    return Refused(Refusal::kNotForUs, "the inputs were kept in another store or for another desk");
  }
  const std::uint32_t count = in.U32();
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
    const std::string_view kind = in.Text(kMaxKindBytes);
    Fingerprint fingerprint;
    in.Raw(fingerprint.bytes);
    const std::string_view sealed = in.Raw(kSealedInputBytes);
    if (!in.ok()) break;
    SecretText content;
    if (!Unseal(run_key.value, PlaceOf(exchange, store, fingerprint, kind), sealed, content)) {
      return Refused(Refusal::kNotForUs, "an input was not sealed for its place");
    }
    Wiped<WideBytes> input;
    std::memcpy(input.value.data(), content.data(), input.value.size());
    TRY(visit(fingerprint, kind, input.value));
  }
  if (!in.AtEnd()) return Refused(Refusal::kMalformed, "the deferred inputs cannot be read");
  return {};
}

}  // namespace revenant

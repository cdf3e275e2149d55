// A member's desk: from a registry's records to requests, and from answers to kept tokens.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <unordered_set>

#include "exchange/member/deferred.h"
#include "exchange/member/exchange_impl.h"
#include "exchange/member/member_tokens.h"
#include "exchange/member/membership.h"
#include "revenant/exchange_desk.h"
#include "revenant/exchange_feeds.h"
#include "util/json_writer.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr std::size_t kKeptAtOnce = 65'536;

struct HashOfFingerprint {  // it is uniform: its first bytes are a hash
  std::size_t operator()(const Fingerprint& fingerprint) const noexcept {
    std::size_t head;
    std::memcpy(&head, fingerprint.bytes.data(), sizeof head);
    return head;
  }
};

// An identifier that awaits evaluation.
struct Awaiting {
  std::string kind;
  Wiped<WideBytes> input;
  std::set<SellerName> sellers;
};

}  // namespace

struct TokenDesk::Impl {
  Impl(Registry& owner, const Key& key, MemberKeys own_keys, std::unique_ptr<Exchange> lists)
      : registry(owner), keyed(key), keys(std::move(own_keys)), exchange(std::move(lists)) {}

  Registry& registry;
  Fingerprinter keyed;
  MemberKeys keys;
  std::unique_ptr<Exchange> exchange;
  Membership joined;  // as it was when the desk was opened
  std::map<Fingerprint, Awaiting> awaiting;
  std::unordered_set<Fingerprint, HashOfFingerprint> asked;  // by this desk, not answered yet

  Result<Membership> Usable(const View& view, Time now) const {
    TRY_ASSIGN(Membership membership, LoadMembership(view));
    TRY(membership.CheckUsable(now));
    const Member* self = membership.roster.roster.Find(membership.self);
    if (self == nullptr || self->signing != keys.signing().key()) {
      return Error{Code::kInvalidArgument,
                   "the roster names this member with other keys than the member key given"};
    }
    return membership;
  }
  static Result<Epoch> EpochNow(const Membership& membership, Time now) {
    const Epoch epoch = membership.roster.roster.EpochAt(now);
    if (epoch != 0) return epoch;
    return Error{Code::kConflict, "the roster has no epoch in force: adopt a newer one"};
  }
  Asking As(const Membership& membership, Time now, unsigned threads) const {
    return {membership.roster, membership.self, keys, now, threads};
  }

  Result<std::size_t> MaxItems(const TokenAskOptions& options) const {
    std::size_t items = options.max_items;
    if (items == 0) {
      TRY_ASSIGN(const EnforcementPolicy policy, registry.enforcement());
      items = policy.exchange.request_items;
    }
    if (items <= kMaxBatchItems) return items;
    return Error{Code::kInvalidArgument,
                 fmt::format("a request holds 1 to {} items", kMaxBatchItems)};
  }
  Result<void> NoteAsked(const TokenAsk& ask, bool rotation, Time now,
                         const std::set<SellerName>& sellers) const;
  Result<void> NoteTaken(std::string_view request) const;
};

TokenDesk::TokenDesk(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TokenDesk::~TokenDesk() = default;

Result<std::unique_ptr<TokenDesk>> TokenDesk::Open(Registry& registry, const Key& key,
                                                   const std::filesystem::path& member_key) {
  if (key.CheckValue() != registry.key_check_value()) {
    return Error{Code::kInvalidArgument, "the key is not that of this store"};
  }
  TRY_ASSIGN(MemberKeys keys, MemberKeys::Read(member_key));
  TRY_ASSIGN(std::unique_ptr<Exchange> exchange, Exchange::Open(registry, member_key));
  auto impl = std::make_unique<Impl>(registry, key, std::move(keys), std::move(exchange));
  TRY_ASSIGN(impl->joined, LoadMembership(*SnapshotOf(registry)));
  return std::unique_ptr<TokenDesk>(new TokenDesk(std::move(impl)));
}

Result<std::uint64_t> TokenDesk::Add(const Record& record, Time now) {
  const std::unique_ptr<View> view = SnapshotOf(impl_->registry);
  const Membership& membership = impl_->joined;
  TRY(membership.CheckUsable(now));
  TRY_ASSIGN(const Epoch epoch, Impl::EpochNow(membership, now));
  std::uint64_t added = 0;
  TRY(ForEachExchangeable(
      record, impl_->registry.policy(), [&](const Identifier& identifier) -> Result<void> {
        const Fingerprint fingerprint = impl_->keyed.Of(identifier);
        const auto known = impl_->awaiting.find(fingerprint);
        if (known != impl_->awaiting.end()) {
          known->second.sellers.insert(record.seller);
          return {};
        }
        if (impl_->asked.contains(fingerprint)) return {};
        TRY_ASSIGN(const auto kept, FindSecret(*view, impl_->keys, fingerprint, epoch));
        if (kept) return {};
        Awaiting& item = impl_->awaiting[fingerprint];
        item.kind = identifier.kind;
        item.sellers.insert(record.seller);
        ExpandInput(membership.exchange(), identifier, item.input.value);
        ++added;
        return {};
      }));
  return added;
}

Result<std::uint64_t> TokenDesk::AddDeferred(std::string_view file, Time now) {
  const std::unique_ptr<View> view = SnapshotOf(impl_->registry);
  TRY(impl_->joined.CheckUsable(now));
  TRY_ASSIGN(const Epoch epoch, Impl::EpochNow(impl_->joined, now));
  std::uint64_t added = 0;
  TRY(ReadDeferred(
      file, impl_->joined.exchange(), impl_->registry.key_check_value(), impl_->keys,
      [&](const Fingerprint& fingerprint, std::string_view kind,
          const WideBytes& input) -> Result<void> {
        if (impl_->awaiting.contains(fingerprint) || impl_->asked.contains(fingerprint)) {
          return {};
        }
        TRY_ASSIGN(const auto kept, FindSecret(*view, impl_->keys, fingerprint, epoch));
        if (kept) return {};
        Awaiting& item = impl_->awaiting[fingerprint];
        item.kind = kind;
        item.input.value = input;
        ++added;
        return {};
      }));
  return added;
}

// Whose identifiers were handed to an operator, blind or not, is for the person to know
// (EXCHANGE.md, "Rights"). A rotation reveals no new seller.
Result<void> TokenDesk::Impl::NoteAsked(const TokenAsk& ask, bool rotation, Time now,
                                        const std::set<SellerName>& sellers) const {
  const Digest digest = DigestOf(ask.request);
  const AskedRow row{rotation, ask.key_class, ask.epoch, static_cast<std::uint32_t>(ask.items),
                     now,      false};
  TRY_ASSIGN(const std::unique_ptr<WriteSession> session, BeginExchange(registry));
  Batch& batch = session->batch();
  batch.Put(Table::kExchange, RowKey(kAskedRow).Of(digest).str(), Encode(row));
  if (!rotation) {
    std::string body;
    JsonWriter json = JsonWriter::Inside(body);
    json.Text("class", KeyClassName(ask.key_class)).Count("epoch", ask.epoch);
    json.Count("items", ask.items).Text("request", HexEncode(digest)).End();
    TRY(session->Enter(kEvaluationEntry, body, {sellers.begin(), sellers.end()}));
  }
  TRY(session->Commit(Durability::kSynced));
  return {};
}

Result<void> TokenDesk::Impl::NoteTaken(std::string_view request) const {
  TRY_ASSIGN(const std::unique_ptr<WriteSession> session, BeginExchange(registry));
  Batch& batch = session->batch();
  const RowKey key = RowKey(kAskedRow).Of(DigestOf(request));
  TRY_ASSIGN(const auto bytes, GetRow(batch, key));
  if (!bytes) return {};  // asked by a version that took no note
  TRY_ASSIGN(AskedRow row, DecodeAskedRow(*bytes));
  row.taken = true;
  batch.Put(Table::kExchange, key.str(), Encode(row));
  TRY(session->Commit(Durability::kSynced));
  return {};
}

std::size_t TokenDesk::noted() const { return impl_->awaiting.size(); }

namespace {

// Inputs that were kept for later name no seller: those who carry the identifier are meant.
Result<void> AddCarriers(const View& view, const Fingerprint& fingerprint,
                         std::set<SellerName>& sellers) {
  TRY_ASSIGN(const std::optional<FingerprintRow> row, view.FingerprintState(fingerprint));
  if (!row) return {};
  return view.ForEachCarrier(fingerprint, *row, [&](const Carrier& carrier) -> Result<bool> {
    TRY_ASSIGN(const SellerRow seller, view.NeedSeller(carrier.seller));
    const SellerName name = view.NameOf(seller);
    if (!IsForeignCase(name)) sellers.insert(name);
    return true;
  });
}

}  // namespace

Result<std::vector<TokenAsk>> TokenDesk::Ask(Time now, const TokenAskOptions& options) {
  TRY_ASSIGN(const std::size_t max_items, impl_->MaxItems(options));
  const std::unique_ptr<View> view = SnapshotOf(impl_->registry);
  TRY_ASSIGN(const Membership membership, impl_->Usable(*view, now));
  TRY_ASSIGN(const Epoch epoch, Impl::EpochNow(membership, now));
  std::vector<TokenAsk> asks;
  for (const KeyClass key_class : kKeyClasses) {
    std::vector<TokenItem> items;
    TokenInputs inputs;
    std::set<SellerName> sellers;
    const auto flush = [&]() -> Result<void> {
      if (items.empty()) return {};
      TRY_ASSIGN(AskedTokens asked, AskForTokens(impl_->As(membership, now, options.threads),
                                                 key_class, epoch, items, inputs));
      TokenAsk& ask = asks.emplace_back();
      ask = {key_class, epoch, items.size(), std::move(asked.request), std::move(asked.pending)};
      TRY(impl_->NoteAsked(ask, false, now, sellers));
      items.clear();
      inputs.clear();
      sellers.clear();
      return {};
    };
    for (const auto& [fingerprint, item] : impl_->awaiting) {
      if (KeyClassOf(item.kind) != key_class) continue;
      items.push_back({fingerprint, item.kind});
      inputs.push_back(item.input.value);
      sellers.insert(item.sellers.begin(), item.sellers.end());
      if (item.sellers.empty()) TRY(AddCarriers(*view, fingerprint, sellers));
      if (items.size() == max_items) TRY(flush());
    }
    TRY(flush());
  }
  for (const auto& [fingerprint, item] : impl_->awaiting) impl_->asked.insert(fingerprint);
  impl_->awaiting.clear();
  return asks;
}

Result<std::vector<TokenAsk>> TokenDesk::AskForRotation(Time now, const TokenAskOptions& options) {
  TRY_ASSIGN(const std::size_t max_items, impl_->MaxItems(options));
  const std::unique_ptr<View> view = SnapshotOf(impl_->registry);
  TRY_ASSIGN(const Membership membership, impl_->Usable(*view, now));
  TRY_ASSIGN(const Epoch to, Impl::EpochNow(membership, now));
  const std::vector<EpochSpan>& spans = membership.roster.roster.epochs;
  const auto span = std::find_if(spans.begin(), spans.end(),
                                 [&](const EpochSpan& one) { return one.epoch == to; });
  if (span == spans.begin() || std::prev(span)->until <= now) {
    return Error{Code::kConflict, "no epoch before the one in force overlaps with it now"};
  }
  const Epoch from = std::prev(span)->epoch;
  std::map<KeyClass, std::pair<std::vector<TokenItem>, ExchangeSecrets>> batches;
  std::vector<TokenAsk> asks;
  const auto flush = [&](KeyClass key_class) -> Result<void> {
    auto& [items, secrets] = batches[key_class];
    if (items.empty()) return {};
    TRY_ASSIGN(AskedTokens asked,
               revenant::AskForRotation(impl_->As(membership, now, options.threads), key_class,
                                        from, to, items, secrets));
    asks.push_back(
        {key_class, to, items.size(), std::move(asked.request), std::move(asked.pending)});
    TRY(impl_->NoteAsked(asks.back(), true, now, {}));
    items.clear();
    secrets.clear();
    return {};
  };
  TRY(ForEachSecret(*view, impl_->keys, from,
                    [&](const Fingerprint& fingerprint, const KeptSecret& kept) -> Result<bool> {
                      TRY_ASSIGN(const auto carried,
                                 FindSecret(*view, impl_->keys, fingerprint, to));
                      if (carried) return true;
                      const KeyClass key_class = KeyClassOf(kept.kind);
                      auto& [items, secrets] = batches[key_class];
                      items.push_back({fingerprint, kept.kind});
                      secrets.push_back(kept.secret);
                      if (items.size() == max_items) TRY(flush(key_class));
                      return true;
                    }));
  for (const KeyClass key_class : kKeyClasses) TRY(flush(key_class));
  return asks;
}

Result<TokensTaken> TokenDesk::Take(std::string_view request, std::string_view pending,
                                    std::span<const std::string> evaluations, Time now,
                                    unsigned threads) {
  TRY_ASSIGN(const Membership membership, impl_->Usable(*SnapshotOf(impl_->registry), now));
  TRY_ASSIGN(const GivenTokens given,
             TakeTokens(impl_->As(membership, now, threads), request, pending, evaluations));
  TokensTaken taken;
  taken.epoch = given.epoch;
  taken.rotation = given.purpose == ProofPurpose::kRotation;
  taken.tokens = given.items.size();
  // As many at once as one batch of the store should hold. Keeping a token again changes nothing,
  // so an interruption in between costs a repetition.
  std::vector<HeldToken, WipingAllocator<HeldToken>> held;
  held.reserve(std::min(given.items.size(), kKeptAtOnce));
  for (std::size_t i = 0; i < given.items.size(); ++i) {
    const TokenItem& item = given.items[i];
    held.push_back({item.fingerprint, item.kind, given.epoch, given.secrets[i]});
    if (held.size() < kKeptAtOnce && i + 1 < given.items.size()) continue;
    TRY_ASSIGN(const TokensKept kept, impl_->exchange->KeepTokens(held, now));
    taken.matched += kept.matched;
    taken.new_alerts += kept.new_alerts;
    held.clear();
  }
  TRY(impl_->NoteTaken(request));
  return taken;
}

}  // namespace revenant

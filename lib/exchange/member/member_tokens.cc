#include "exchange/member/member_tokens.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <cstring>

#include "exchange/files/refusal.h"
#include "util/try.h"
#include "util/wire.h"

namespace revenant {
namespace {

constexpr std::string_view kPendingMagic = "RVNTPEND";
constexpr std::uint16_t kPendingVersion = 1;
constexpr std::size_t kFrontBytes = 8 + 2 + 32;  // magic, version, request digest
constexpr std::size_t kMaxKinds = 65'535;
constexpr std::size_t kMaxPendingKind = 128;

void PutSecret(SecretText& out, std::string_view bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

// The front in the clear says which request it belongs to; sealing binds it, and the exchange.
std::string FrontOf(const TokenRequest& request) {
  std::string front;
  WireWriter(front).Raw(kPendingMagic).U16(kPendingVersion).Raw(request.digest);
  return front;
}
std::string PlaceOf(const TokenRequest& request) {
  return FrontOf(request) + std::string(AsView(request.exchange.bytes));
}

std::string PendingFile(const Asking& asking, const TokenRequest& request, const BlindSeed& seed,
                        std::span<const TokenItem> items) {
  // Few kinds, many items: an item says the place of its kind in a list.
  std::vector<std::string_view> kinds;
  for (const TokenItem& item : items) kinds.push_back(item.kind);
  std::sort(kinds.begin(), kinds.end());
  kinds.erase(std::unique(kinds.begin(), kinds.end()), kinds.end());
  std::string body;
  WireWriter out(body);
  out.U16(static_cast<std::uint16_t>(kinds.size()));
  for (const std::string_view kind : kinds) out.Text(kind);
  out.U32(static_cast<std::uint32_t>(items.size()));
  for (const TokenItem& item : items) {
    const auto place = std::lower_bound(kinds.begin(), kinds.end(), item.kind) - kinds.begin();
    out.Raw(item.fingerprint.bytes).U16(static_cast<std::uint16_t>(place));
  }
  SecretText content;
  content.reserve(seed.size() + body.size());
  PutSecret(content, AsView(seed));
  PutSecret(content, body);
  Wiped<SealKey> key;
  asking.keys.KeepingKey("pending", key);
  return FrontOf(request) + Seal(key.value, PlaceOf(request), {content.data(), content.size()});
}

struct Pending {
  Wiped<BlindSeed> seed;
  std::vector<TokenItem> items;
};

Result<void> ReadPending(const Asking& asking, const TokenRequest& request, std::string_view file,
                         Pending& pending) {
  if (file.size() < kFrontBytes || !file.starts_with(kPendingMagic)) {
    return Refused(Refusal::kNotOurs, "this is not a pending file");
  }
  if (!file.starts_with(FrontOf(request))) {
    return Refused(Refusal::kWrongRequest, "the pending file is of another request or version");
  }
  SecretText content;
  Wiped<SealKey> key;
  asking.keys.KeepingKey("pending", key);
  if (!Unseal(key.value, PlaceOf(request), file.substr(kFrontBytes), content)) {
    return Refused(Refusal::kNotForUs, "the pending file is damaged or sealed to other keys");
  }
  WireReader in({content.data(), content.size()});
  in.Raw(pending.seed.value);
  std::vector<std::string> kinds(in.Count(in.U16(), kMaxKinds, sizeof(std::uint16_t)));
  for (std::string& kind : kinds) kind = in.Text(kMaxPendingKind);
  pending.items.resize(in.Count(in.U32(), kMaxBatchItems, 18));
  for (TokenItem& item : pending.items) {
    in.Raw(item.fingerprint.bytes);
    const std::size_t kind = in.U16();
    if (kind >= kinds.size()) in.Fail();
    if (in.ok()) item.kind = kinds[kind];
  }
  if (!in.AtEnd()) return Refused(Refusal::kMalformed, "the pending file cannot be read");
  return {};
}

Result<TokenRequest> NewRequest(const Asking& asking, ProofPurpose purpose, KeyClass key_class,
                                Epoch epoch, std::span<const TokenItem> items) {
  const Roster& roster = asking.roster.roster;
  const Member* member = roster.Find(asking.member);
  if (member == nullptr || member->signing != asking.keys.signing().key()) {
    return Refused(Refusal::kUnknownMember, "the roster does not know these keys as ours");
  }
  if (items.empty() || items.size() > kMaxBatchItems) {
    return Error{Code::kInvalidArgument,
                 fmt::format("a request holds 1 to {} items", kMaxBatchItems)};
  }
  for (const TokenItem& item : items) {
    if (KeyClassOf(item.kind) != key_class || item.kind.size() > kMaxPendingKind) {
      return Error{Code::kInvalidArgument,
                   fmt::format("kind {} is not evaluated under keys of class {}", item.kind,
                               KeyClassName(key_class))};
    }
  }
  TokenRequest request;
  request.exchange = asking.roster.exchange;
  request.purpose = purpose;
  request.key_class = key_class;
  request.epoch = epoch;
  request.roster_version = roster.version;
  request.member = asking.member;
  request.generation = member->generation;
  request.created = asking.now;
  return request;
}

// `blind` fills request.elements from the blinds.
template <typename BlindElements>
Result<AskedTokens> Ask(const Asking& asking, TokenRequest& request,
                        std::span<const TokenItem> items, const BlindElements& blind) {
  TRY(CheckTerms(request, asking.roster, asking.now));
  TRY(ChainOf(request, asking.roster.roster));
  Wiped<BlindSeed> seed;
  randombytes_buf(seed.value.data(), seed.value.size());
  SecretScalars blinds;
  DrawBlinds(seed.value, items.size(), blinds);
  request.elements.resize(items.size());
  if (!blind(blinds, request.elements)) {
    return Refused(Refusal::kBadElement, "what is to be blinded is no element");
  }
  AskedTokens asked;
  asked.request = RequestFile(request, asking.keys.signing());
  asked.pending = PendingFile(asking, request, seed.value, items);
  return asked;
}

// One answer, checked against what it was given: `in` becomes what it gave.
Result<void> TakeStage(const Asking& asking, const TokenRequest& request, const StageKeys& keys,
                       std::uint8_t place, std::string_view file, Digest& previous,
                       std::vector<Element>& in) {
  TRY_ASSIGN(TokenEvaluation answer, ReadEvaluation(file, asking.roster.roster));
  if (answer.exchange != request.exchange) {
    return Refused(Refusal::kWrongExchange, "the evaluation is of another exchange");
  }
  if (answer.request != request.digest || answer.place != place || answer.previous != previous ||
      answer.elements.size() != in.size()) {
    return Refused(Refusal::kWrongRequest,
                   fmt::format("the evaluation of operator {} answers something else", place));
  }
  const DleqStatement statement{keys.base, keys.image, in, answer.elements};
  if (!CheckProof(ProofRules::BatchBound(request.purpose, request.digest, statement), statement,
                  answer.proof, asking.threads)) {
    return Refused(
        Refusal::kBadProof,
        fmt::format("operator {} did not prove its evaluation: all of it is dropped", place));
  }
  previous = answer.digest;
  in = std::move(answer.elements);
  return {};
}

}  // namespace

Result<AskedTokens> AskForTokens(const Asking& asking, KeyClass key_class, Epoch epoch,
                                 std::span<const TokenItem> items,
                                 std::span<const WideBytes> inputs) {
  TRY_ASSIGN(TokenRequest request,
             NewRequest(asking, ProofPurpose::kEvaluation, key_class, epoch, items));
  if (inputs.size() != items.size()) {
    return Error{Code::kInvalidArgument, "as many inputs as items are needed"};
  }
  return Ask(asking, request, items, [&](const SecretScalars& blinds, std::vector<Element>& out) {
    return BlindAll(inputs, blinds, asking.threads, out);
  });
}

Result<AskedTokens> AskForRotation(const Asking& asking, KeyClass key_class, Epoch from, Epoch to,
                                   std::span<const TokenItem> items,
                                   std::span<const ExchangeSecret> secrets) {
  TRY_ASSIGN(TokenRequest request,
             NewRequest(asking, ProofPurpose::kRotation, key_class, to, items));
  request.from_epoch = from;
  if (secrets.size() != items.size()) {
    return Error{Code::kInvalidArgument, "as many tokens as items are needed"};
  }
  return Ask(asking, request, items, [&](const SecretScalars& blinds, std::vector<Element>& out) {
    return BlindSecrets(secrets, blinds, asking.threads, out);
  });
}

Result<GivenTokens> TakeTokens(const Asking& asking, std::string_view request_file,
                               std::string_view pending_file,
                               std::span<const std::string> evaluations) {
  TRY_ASSIGN(const TokenRequest request, ReadRequest(request_file));
  if (request.exchange != asking.roster.exchange) {
    return Refused(Refusal::kWrongExchange, "the request is of another exchange");
  }
  Pending pending;
  TRY(ReadPending(asking, request, pending_file, pending));
  if (pending.items.size() != request.elements.size()) {
    return Refused(Refusal::kWrongRequest, "the pending file has another count of items");
  }
  TRY_ASSIGN(const std::vector<StageKeys> chain, ChainOf(request, asking.roster.roster));
  if (evaluations.size() != chain.size()) {
    return Refused(Refusal::kWrongRequest,
                   fmt::format("{} evaluations are needed, one of each operator; {} were given",
                               chain.size(), evaluations.size()));
  }
  std::vector<Element> elements = request.elements;
  Digest previous{};
  for (std::size_t i = 0; i < chain.size(); ++i) {
    TRY(TakeStage(asking, request, chain[i], static_cast<std::uint8_t>(i), evaluations[i], previous,
                  elements));
  }
  GivenTokens given;
  given.exchange = request.exchange;
  given.purpose = request.purpose;
  given.epoch = request.epoch;
  SecretScalars blinds;
  DrawBlinds(pending.seed.value, elements.size(), blinds);
  given.secrets.resize(elements.size());
  if (!UnblindAll(blinds, elements, asking.threads, given.secrets)) {
    return Refused(Refusal::kBadElement, "the evaluation holds what is no element");
  }
  given.items = std::move(pending.items);
  return given;
}

}  // namespace revenant

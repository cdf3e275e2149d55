#include "exchange/files/entry.h"

#include <sodium.h>

#include <algorithm>
#include <unordered_map>

#include "util/wiping.h"
#include "util/wire.h"

namespace revenant {
namespace {

constexpr std::int64_t kDayMicros = 86'400'000'000;

using BoxKey = std::array<std::uint8_t, crypto_aead_chacha20poly1305_IETF_KEYBYTES>;

void KeyOf(const ExchangeSecret& secret, const EntryPlace& place, Wiped<BoxKey>& key) {
  std::string message;
  WireWriter out(message);
  out.Text("revenant/entry/1").Raw(place.exchange.bytes).U32(place.epoch).Raw(place.feed.bytes);
  out.U64(place.id).U32(place.seq);
  crypto_generichash(key.value.data(), key.value.size(), AsBytes(message).data(), message.size(),
                     secret.n.data(), secret.n.size());
}

// A key seals one content only, so the nonce may stand still.
constexpr std::array<std::uint8_t, crypto_aead_chacha20poly1305_IETF_NPUBBYTES> kNonce{};

}  // namespace

DayNumber DayOf(Time time) {
  if (!time.known() || time.micros < 0) return 0;
  return static_cast<DayNumber>(std::min<std::int64_t>(time.micros / kDayMicros, 0xffff));
}
Time TimeOfDay(DayNumber day) { return Time{day * kDayMicros}; }

std::uint32_t KindCode(std::string_view kind) {
  const Digest digest = DigestOf(kind);
  std::uint32_t code;
  std::memcpy(&code, digest.data(), sizeof code);
  return code;
}

std::string_view KindOfCode(std::uint32_t code) {
  static const auto* const kNames = [] {
    auto* names = new std::unordered_map<std::uint32_t, std::string_view>;
    for (const KindInfo& kind : Kinds()) names->emplace(KindCode(kind.name), kind.name);
    return names;
  }();
  const auto found = kNames->find(code);
  return found == kNames->end() ? std::string_view() : found->second;
}

Box SealContent(const ExchangeSecret& secret, const EntryPlace& place,
                const EntryContent& content) {
  std::string plain;
  WireWriter out(plain);
  out.U64(content.case_number).U32(content.kind).U8(static_cast<std::uint8_t>(content.reason));
  out.U8(content.infringements).U16(content.banned_on).Raw(content.evidence);
  Wiped<BoxKey> key;
  KeyOf(secret, place, key);
  Box box;
  crypto_aead_chacha20poly1305_ietf_encrypt(box.data(), nullptr, AsBytes(plain).data(),
                                            plain.size(), nullptr, 0, nullptr, kNonce.data(),
                                            key.value.data());
  return box;
}

std::optional<EntryContent> OpenContent(const ExchangeSecret& secret, const EntryPlace& place,
                                        const Box& box) {
  Wiped<BoxKey> key;
  KeyOf(secret, place, key);
  std::array<std::uint8_t, kContentBytes> plain;
  if (crypto_aead_chacha20poly1305_ietf_decrypt(plain.data(), nullptr, nullptr, box.data(),
                                                box.size(), nullptr, 0, kNonce.data(),
                                                key.value.data()) != 0) {
    return std::nullopt;
  }
  WireReader in(AsView(plain));
  EntryContent content;
  content.case_number = in.U64();
  content.kind = in.U32();
  const std::uint8_t reason = in.U8();
  content.infringements = in.U8();
  content.banned_on = in.U16();
  in.Raw(content.evidence);
  // A reason of a later version still is one: it reads as "other".
  content.reason =
      FindReason(reason) == nullptr ? ExchangeReason::kOther : static_cast<ExchangeReason>(reason);
  return content;
}

std::array<std::uint8_t, 16> EvidenceDigest(std::string_view salt, std::string_view evidence) {
  std::string message;
  WireWriter(message).Text("revenant/evidence/1").Text(salt).Raw(evidence);
  std::array<std::uint8_t, 16> digest;
  crypto_generichash(digest.data(), digest.size(), AsBytes(message).data(), message.size(), nullptr,
                     0);
  return digest;
}

FeedId FeedIdOf(const ExchangeId& exchange, MemberId publisher,
                const std::vector<MemberId>& audience) {
  std::string message;
  WireWriter out(message);
  out.Text("revenant/feed-id/1").Raw(exchange.bytes).U32(static_cast<std::uint32_t>(publisher));
  for (const MemberId member : audience) out.U32(static_cast<std::uint32_t>(member));
  FeedId feed;
  crypto_generichash(feed.bytes.data(), feed.bytes.size(), AsBytes(message).data(), message.size(),
                     nullptr, 0);
  return feed;
}

std::string FeedId::ToHex() const { return HexEncode(bytes); }

}  // namespace revenant

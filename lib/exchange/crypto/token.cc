#include "exchange/crypto/token.h"

#include <sodium.h>

#include <algorithm>

#include "exchange/crypto/hash_to_group.h"
#include "util/split_work.h"
#include "util/wire.h"

namespace revenant {
namespace {

constexpr std::string_view kInputLabel("revenant/x/1", 13);  // with the zero that ends it
constexpr std::string_view kTagLabel("revenant/tag/1", 15);

static_assert(sizeof(ExchangeSecret) == sizeof(Element), "N is an encoded element");

// out[i] = blinds[i] * point(i)
template <typename PointAt>
bool MultiplyEach(std::span<const Scalar> blinds, std::size_t count, unsigned threads,
                  const PointAt& point_at, std::span<Element> out) {
  if (blinds.size() != count || out.size() != count) return false;
  return SplitWork(count, threads, [&](std::size_t, std::size_t begin, std::size_t end) {
    Wiped<Element> point;
    for (std::size_t i = begin; i < end; ++i) {
      point.value = point_at(i);
      if (!Ristretto::Multiply(blinds[i], point.value, out[i])) return false;
    }
    return true;
  });
}

}  // namespace

std::string ExchangeId::ToHex() const { return HexEncode(bytes); }
std::string Tag::ToHex() const { return HexEncode(bytes); }

std::string_view KeyClassName(KeyClass key_class) {
  return key_class == KeyClass::kRandom ? "random" : "guessable";
}

std::optional<KeyClass> KeyClassFromName(std::string_view name) {
  for (const KeyClass key_class : kKeyClasses) {
    if (KeyClassName(key_class) == name) return key_class;
  }
  return std::nullopt;
}

KeyClass KeyClassOf(std::string_view kind) {
  const KindInfo* info = FindKind(kind);
  const bool is_random = info != nullptr && info->entropy_bits >= kGuessableBelowBits;
  return is_random ? KeyClass::kRandom : KeyClass::kGuessable;
}

Tag TagOf(const ExchangeSecret& secret, const ExchangeId& exchange, Epoch epoch,
          std::string_view kind) {
  std::string message;
  WireWriter(message).Raw(kTagLabel).Raw(exchange.bytes).U32(epoch).Text(kind);
  Tag tag;
  crypto_generichash_blake2b(tag.bytes.data(), tag.bytes.size(), AsBytes(message).data(),
                             message.size(), secret.n.data(), secret.n.size());
  return tag;
}

void ExpandInput(const ExchangeId& exchange, const Identifier& identifier, WideBytes& out) {
  // Hashed from where they lie: no copy of the identifier is made that would have to be wiped.
  std::string lengths[3];
  const std::string_view parts[3] = {identifier.kind, identifier.scope, identifier.canonical};
  std::vector<std::string_view> pieces = {kInputLabel, AsView(exchange.bytes)};
  for (std::size_t i = 0; i < 3; ++i) {
    WireWriter(lengths[i]).U32(static_cast<std::uint32_t>(parts[i].size()));
    pieces.push_back(lengths[i]);
    pieces.push_back(parts[i]);
  }
  ExpandMessageXmd(pieces, VoprfHashToGroup(), out);
}

void DrawBlinds(const BlindSeed& seed, std::size_t count, SecretScalars& out) {
  static_assert(sizeof(BlindSeed) == randombytes_SEEDBYTES);
  // In runs, so that the stream's bytes never take more room than the scalars.
  constexpr std::size_t kRun = 256;
  constexpr std::uint8_t kNonce[crypto_stream_chacha20_NONCEBYTES] = {};
  std::vector<WideBytes, WipingAllocator<WideBytes>> stream(std::min(kRun, count));
  out.resize(count);
  constexpr std::size_t kBlockBytes = 64;  // of ChaCha20: one a scalar
  static_assert(sizeof(WideBytes) == kBlockBytes);
  for (std::size_t begin = 0; begin < count; begin += kRun) {
    const std::size_t run = std::min(kRun, count - begin);
    sodium_memzero(stream.data(), run * sizeof(WideBytes));
    auto* bytes = stream.data()->data();
    crypto_stream_chacha20_xor_ic(bytes, bytes, run * kBlockBytes, kNonce, begin, seed.data());
    for (std::size_t i = 0; i < run; ++i) out[begin + i] = Ristretto::Reduce(stream[i]);
  }
}

bool BlindAll(std::span<const WideBytes> inputs, std::span<const Scalar> blinds, unsigned threads,
              std::span<Element> out) {
  return MultiplyEach(
      blinds, inputs.size(), threads, [&](std::size_t i) { return GroupFromWide(inputs[i]); }, out);
}

bool BlindSecrets(std::span<const ExchangeSecret> secrets, std::span<const Scalar> blinds,
                  unsigned threads, std::span<Element> out) {
  return MultiplyEach(
      blinds, secrets.size(), threads, [&](std::size_t i) { return Element{secrets[i].n}; }, out);
}

bool MultiplyAll(const Scalar& key, std::span<const Element> points, unsigned threads,
                 std::span<Element> out) {
  if (out.size() != points.size()) return false;
  return SplitWork(points.size(), threads, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      if (!Ristretto::Multiply(key, points[i], out[i])) return false;
    }
    return true;
  });
}

bool UnblindAll(std::span<Scalar> blinds, std::span<const Element> evaluated, unsigned threads,
                std::span<ExchangeSecret> out) {
  if (out.size() != evaluated.size() || blinds.size() != evaluated.size() || !InvertAll(blinds)) {
    return false;
  }
  return SplitWork(out.size(), threads, [&](std::size_t, std::size_t begin, std::size_t end) {
    Wiped<Element> secret;
    for (std::size_t i = begin; i < end; ++i) {
      if (!Ristretto::Multiply(blinds[i], evaluated[i], secret.value)) return false;
      out[i].n = secret.value.bytes;
    }
    return true;
  });
}

}  // namespace revenant

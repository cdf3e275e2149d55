#include "registry/answer/taint_filter.h"

#include <xxhash.h>

#include <algorithm>
#include <cstring>

#include "util/bytes.h"

namespace revenant {
namespace {

// Raise it whenever the meaning of the bits changes: what a filter holds, how keys become bits.
constexpr std::string_view kMagic = "revenant taint filter 1\n";

// Bits are written as this machine has them; another one fills its filter again.
std::uint64_t ByteOrder() { return 0x0102030405060708; }

std::uint64_t ChecksumOf(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

void PutBloom(std::string& out, const Bloom& bloom) {
  PutBigEndian64(out, bloom.capacity());
  PutBigEndian64(out, bloom.added());
  out += AsView(bloom.bits());
}

struct BloomBytes {
  std::uint64_t capacity = 0, added = 0;
  std::string_view bits;
};
BloomBytes ReadBloom(ByteReader& reader, unsigned bits_per_key) {
  BloomBytes bloom;
  bloom.capacity = reader.BigEndian64();
  bloom.added = reader.BigEndian64();
  // No bigger than the bytes at hand, even if the number says more.
  if (bloom.capacity / 8 * bits_per_key > reader.remaining()) {
    reader.Fail();
    return bloom;
  }
  bloom.bits = reader.Bytes(Bloom::BytesFor(bloom.capacity, bits_per_key));
  return bloom;
}

std::unique_ptr<Bloom> Restored(const BloomBytes& from, unsigned bits_per_key) {
  auto bloom = std::make_unique<Bloom>(from.capacity, bits_per_key);
  std::memcpy(bloom->bits().data(), from.bits.data(), from.bits.size());
  bloom->SetAdded(from.added);
  return bloom;
}

}  // namespace

Bloom::Key TaintKey(const Fingerprint& fingerprint) {
  Bloom::Key key;
  std::memcpy(&key.block, fingerprint.bytes.data(), sizeof key.block);
  std::memcpy(&key.bits, fingerprint.bytes.data() + sizeof key.block, sizeof key.bits);
  return key;
}

Bloom::Key TaintKey(std::string_view platform, std::string_view external_id) {
  // An attacker can make names collide; that costs a look into the store, never a wrong verdict.
  const std::uint64_t seed = XXH3_64bits(platform.data(), platform.size());
  const XXH128_hash_t hash = XXH3_128bits_withSeed(external_id.data(), external_id.size(), seed);
  return {hash.high64, hash.low64};
}

std::unique_ptr<TaintFilter> TaintFilter::Empty() {
  constexpr std::uint64_t kSome = 4096;
  return std::make_unique<TaintFilter>(std::make_unique<Bloom>(kSome, kFingerprintBits),
                                       std::make_unique<Bloom>(kSome, kNameBits));
}

void TaintFilter::Add(const TaintAdditions& additions) {
  if (additions.too_many) AskStore();
  for (const Bloom::Key& key : additions.fingerprints) fingerprints_->Add(key);
  for (const Bloom::Key& key : additions.names) names_->Add(key);
}

std::string TaintFilter::Encode(const Store::Stamp& stamp) const {
  std::string out;
  out.reserve(bytes() + 256);
  out += kMagic;
  PutBigEndian64(out, 0);  // the checksum's place
  std::uint64_t order = ByteOrder();
  out.append(reinterpret_cast<const char*>(&order), sizeof order);
  PutLengthPrefixed(out, stamp.store);
  PutBigEndian64(out, stamp.sequence);
  PutBloom(out, *fingerprints_);
  PutBloom(out, *names_);
  std::string checksum;
  PutBigEndian64(checksum, ChecksumOf(std::string_view(out).substr(kMagic.size() + 8)));
  out.replace(kMagic.size(), 8, checksum);
  return out;
}

std::unique_ptr<TaintFilter> TaintFilter::Decode(std::string_view bytes,
                                                 const Store::Stamp& stamp) {
  ByteReader reader(bytes);
  if (reader.Bytes(kMagic.size()) != kMagic) return nullptr;
  const std::uint64_t checksum = reader.BigEndian64();
  if (!reader.ok() || checksum != ChecksumOf(reader.rest())) return nullptr;
  const std::uint64_t order = ByteOrder();
  if (reader.Bytes(sizeof order) !=
      std::string_view(reinterpret_cast<const char*>(&order), sizeof order)) {
    return nullptr;
  }
  Store::Stamp found;
  found.store = reader.LengthPrefixed();
  found.sequence = reader.BigEndian64();
  if (!reader.ok() || found != stamp) return nullptr;
  const BloomBytes fingerprints = ReadBloom(reader, kFingerprintBits);
  const BloomBytes names = ReadBloom(reader, kNameBits);
  if (!reader.AtEnd()) return nullptr;
  return std::make_unique<TaintFilter>(Restored(fingerprints, kFingerprintBits),
                                       Restored(names, kNameBits));
}

}  // namespace revenant

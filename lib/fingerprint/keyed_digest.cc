#include "fingerprint/keyed_digest.h"

#include <algorithm>
#include <cassert>

#include "util/bytes.h"

namespace revenant {
namespace {

// What a subkey is for. A label is never given a second meaning; "revenant/key/seal/1" is reserved
// for the sealed boxes of the exchange.
constexpr std::string_view kFingerprintKeyLabel = "revenant/key/fingerprint/1";
constexpr std::string_view kCheckKeyLabel = "revenant/key/check/1";

// What a message is. They stand first in it, so no message of one sort is ever one of another.
constexpr std::string_view kFingerprintLabel = "revenant/fp/1";
constexpr std::string_view kWrapLabel = "revenant/fp/wrap/1";
constexpr std::string_view kCheckLabel = "revenant/check/1";

void DeriveKey(const MasterKey& master, std::string_view label, Sha256Compress compress,
               Sha256Digest& subkey) {
  HmacKey(master, compress).Mac(label, subkey);
}

// Length as a varint (PutVarint64), then the bytes. Short parts, which all but freaks are, take one
// byte of length; four of them would push a usual identifier into a second block.
inline void PutPart(Sha256Stream& message, std::string_view part) {
  std::uint64_t length = part.size();
  for (; length >= 0x80; length >>= 7) message.UpdateByte(static_cast<std::uint8_t>(length | 0x80));
  message.UpdateByte(static_cast<std::uint8_t>(length));
  message.Update(part);
}

template <typename Output>
Output Head(const Sha256Digest& digest) {
  Output head;
  std::copy_n(digest.begin(), head.size(), head.begin());
  return head;
}

Fingerprint FinishFingerprint(const HmacKey& key, Sha256Stream& message) {
  Sha256Digest digest;
  key.Finish(message, digest);
  return {Head<decltype(Fingerprint::bytes)>(digest)};
}

Fingerprint Wrap(const HmacKey& key, const Fingerprint& old) {
  Sha256Stream message = key.Start();
  PutPart(message, kWrapLabel);
  PutPart(message, AsView(old.bytes));
  return FinishFingerprint(key, message);
}

}  // namespace

KeyedDigest::KeyedDigest(std::span<const MasterKey> chain, Sha256Compress compress) {
  assert(!chain.empty());
  links_.reserve(chain.size());
  for (const MasterKey& master : chain) {
    Wiped<Sha256Digest> subkey;
    DeriveKey(master, kFingerprintKeyLabel, compress, subkey.value);
    links_.emplace_back(subkey.value, compress);
  }
}

Fingerprint KeyedDigest::Of(std::string_view kind, std::string_view scope,
                            std::string_view canonical) const {
  const HmacKey& first = links_.front();
  Sha256Stream message = first.Start();
  PutPart(message, kFingerprintLabel);
  PutPart(message, kind);
  PutPart(message, scope);
  PutPart(message, canonical);
  Fingerprint fingerprint = FinishFingerprint(first, message);
  for (std::size_t i = 1; i < links_.size(); ++i) fingerprint = Wrap(links_[i], fingerprint);
  return fingerprint;
}

Fingerprint KeyedDigest::Rewrap(const Fingerprint& old) const {
  return links_.size() == 1 ? old : Wrap(links_.back(), old);
}

// Covers the whole chain: the newest key under another chain yields other fingerprints.
CheckBytes CheckOf(std::span<const MasterKey> chain) {
  assert(!chain.empty());
  const Sha256Compress compress = Sha256Best();
  Wiped<Sha256Digest> subkey;
  DeriveKey(chain.back(), kCheckKeyLabel, compress, subkey.value);
  const HmacKey newest(subkey.value, compress);
  Sha256Stream message = newest.Start();
  PutPart(message, kCheckLabel);
  for (const MasterKey& earlier : chain.first(chain.size() - 1)) {
    DeriveKey(earlier, kCheckKeyLabel, compress, subkey.value);
    PutPart(message, AsView(subkey.value));
  }
  Sha256Digest digest;
  newest.Finish(message, digest);
  return Head<CheckBytes>(digest);
}

}  // namespace revenant

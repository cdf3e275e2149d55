// Fingerprints and check values of a chain of master keys: the arithmetic behind Fingerprinter and
// Key, without their files. README.md beside this file is its normative description.
#ifndef REVENANT_FINGERPRINT_KEYED_DIGEST_H_
#define REVENANT_FINGERPRINT_KEYED_DIGEST_H_

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "fingerprint/hmac.h"
#include "revenant/fingerprint.h"
#include "util/wiping.h"

namespace revenant {

using MasterKey = std::array<std::uint8_t, 32>;
// Oldest first; one more with every rotation. Never empty.
using KeyChain = std::vector<MasterKey, WipingAllocator<MasterKey>>;

// Threads: const members may run concurrently. Cost: no allocation after construction.
class KeyedDigest {
 public:
  explicit KeyedDigest(std::span<const MasterKey> chain, Sha256Compress compress = Sha256Best());

  Fingerprint Of(std::string_view kind, std::string_view scope, std::string_view canonical) const;

  // The step of the last rotation alone; nothing for a chain of one.
  Fingerprint Rewrap(const Fingerprint& old) const;

 private:
  std::vector<HmacKey, WipingAllocator<HmacKey>> links_;
};

using CheckBytes = std::array<std::uint8_t, 8>;
CheckBytes CheckOf(std::span<const MasterKey> chain);

}  // namespace revenant

#endif  // REVENANT_FINGERPRINT_KEYED_DIGEST_H_
